/** Digits, or anything else that can be said, recorded take by take. */
import "../shared";
import { h, passFocus, setText } from "../dom";
import { paint, picture, type Ramp } from "../parts/pixels";
import { Microphone } from "./microphone";
import { Reader } from "./reader";

/** Of a take. */
const SECONDS = 1;
/** Of every class: one to learn from, one held out. */
const LEAST = 2;
const SIDE = 32;

interface Recording {
  name: string;
  image: Float32Array;
}

export class Recordings {
  readonly #class = h("input", { type: "text", value: "0", autocomplete: "off", maxlength: "40" });
  readonly #on = this.#button("Switch the microphone on", () => this.#switch());
  readonly #take = this.#button("Record", () => this.#record());
  readonly #level = h("meter", { min: "0", max: "1", high: "0.95", "aria-label": "Loudness" });
  readonly #told = h("p", { class: "note", role: "status" });
  readonly #refusal = h("p", { class: "refusal", role: "alert" });
  readonly #list = h("ul", { class: "takes", "aria-label": "Recordings" });
  readonly #open = this.#button("Look at these recordings", () => void this.#preview());
  readonly element = h(
    "div",
    {},
    h(
      "p",
      { class: "note" },
      "Say one word in each take of a second. Every take becomes a picture of its sound, 32 × 32 pixels, as in the paper’s Section 5. Nothing is uploaded.",
    ),
    h(
      "div",
      { class: "downloads" },
      this.#on,
      h("label", { class: "said" }, h("span", {}, "What is said"), this.#class),
      this.#take,
      this.#level,
    ),
    this.#refusal,
    this.#told,
    this.#list,
    h("div", { class: "downloads" }, this.#open),
  );
  #microphone: Microphone | undefined;
  /** Switches the microphone off. */
  #off = new AbortController();
  /** Whether the visitor is being asked for it. */
  #asking = false;
  #reader: Reader | undefined;
  /** Whether a take is being recorded. */
  #recording = false;
  readonly #recordings: Recording[] = [];

  /** `ready` is handed the reader that has the recordings. */
  constructor(
    readonly ready: (reader: Reader) => Promise<void>,
    readonly ramp: () => Ramp,
  ) {
    this.#show();
  }

  /** Switches the microphone off, also while the visitor is being asked for it. */
  close(): void {
    this.#off.abort();
    this.#microphone = undefined;
    this.#show();
  }

  /** The same, and forgets what was recorded. */
  clear(): void {
    this.#recordings.length = 0;
    this.#reader?.close();
    this.#reader = undefined;
    this.close();
  }

  repaint(): void {
    const pictures = this.#list.querySelectorAll("canvas");
    for (const [at, { image }] of this.#recordings.entries()) {
      paint(pictures[at]!, { height: SIDE, width: SIDE }, image, this.ramp());
    }
  }

  async #switch(): Promise<void> {
    if (this.#microphone || this.#asking) return this.close();
    setText(this.#refusal, "");
    this.#asking = true;
    const { signal } = (this.#off = new AbortController());
    try {
      this.#microphone = await Microphone.open(
        (loudest) => (this.#level.value = Math.max(loudest, this.#level.value * 0.9)),
        () => this.#lost(),
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
    this.#asking = false;
    this.#show();
  }

  #lost(): void {
    this.close();
    setText(this.#refusal, "The microphone was unplugged or taken away: switch it on again.");
  }

  async #record(): Promise<void> {
    const microphone = this.#microphone;
    if (!microphone) return;
    if (this.#recording) return microphone.stop();
    const name = this.#class.value.trim();
    if (!name) {
      setText(this.#refusal, "What is said must have a name, such as 7: write it beside Record.");
      return this.#class.focus();
    }
    setText(this.#refusal, "");
    this.#recording = true;
    this.#show();
    try {
      const { samples, rate } = await microphone.record(SECONDS);
      if (samples.length) {
        this.#reader ??= new Reader();
        const image = await this.#reader.record(name, samples, rate);
        this.#recordings.push({ name, image });
      }
    } catch (error) {
      this.#refuse(error);
    }
    this.#recording = false;
    this.#show();
  }

  async #preview(): Promise<void> {
    try {
      await this.ready(this.#reader!);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #forget(recording: Recording): void {
    const at = this.#recordings.indexOf(recording);
    this.#recordings.splice(at, 1);
    void this.#reader?.forget(at);
    this.#show();
    (this.#microphone ? this.#take : this.#on).focus();
  }

  #refuse(error: unknown): void {
    const words = (error as Error).message;
    setText(
      this.#refusal,
      words.endsWith(".") ? words : `The recording failed (${words}): record it again.`,
    );
  }

  #show(): void {
    const on = this.#microphone !== undefined;
    setText(this.#on, on ? "Switch the microphone off" : "Switch the microphone on");
    setText(this.#take, this.#recording ? "Stop" : "Record");
    if (!on) passFocus(this.#take, this.#on);
    this.#take.disabled = !on;
    this.#take.classList.toggle("live", this.#recording);
    this.#level.hidden = !on;
    const { lacking, text } = this.#counts();
    setText(this.#told, this.#recording ? "Listening …" : text);
    this.#open.disabled = lacking || this.#recording;
    this.#list.replaceChildren(
      ...this.#recordings.map((recording, at) => {
        const label = `Delete take ${at + 1}, ${recording.name}`;
        const onclick = () => this.#forget(recording);
        const remove = h("button", {
          type: "button",
          class: "remove",
          "aria-label": label,
          onclick,
        });
        remove.append("×");
        return h("li", {}, picture(), h("span", {}, recording.name), remove);
      }),
    );
    this.repaint();
  }

  #counts(): { lacking: boolean; text: string } {
    const counts = new Map<string, number>();
    for (const { name } of this.#recordings) counts.set(name, (counts.get(name) ?? 0) + 1);
    const few = [...counts].filter(([, count]) => count < LEAST).map(([name]) => name);
    const all = [...counts].map(([name, count]) => `${count} of ${name}`).join(", ");
    if (!counts.size) {
      return {
        lacking: true,
        text: `Every class needs at least ${LEAST} takes; with 10 or more there is something to learn.`,
      };
    }
    const more = few.length ? ` At least ${LEAST} are needed of ${few.join(", ")}.` : "";
    const text = `Takes so far: ${all}.${more}`;
    return { lacking: few.length > 0, text };
  }

  #button(title: string, act: () => unknown): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick: () => void act() }, title);
  }
}
