/** The training once more, an epoch at a time: played, halted, stepped and pulled to and fro. */
import { h, setText } from "../dom";
import type { Report } from "../report";
import type { LessonText } from "../text/en";
import { written } from "./facts";

export interface Acts {
  /** Shows the explorer as it was after an epoch; undefined: as it is. */
  look(epoch: number | undefined): void;
  /** Trains once more, slowly. */
  again(): void;
}

/** So long each epoch is seen, in milliseconds. */
const SEEN_MS = 400;

export class Replay {
  readonly #play;
  readonly #back;
  readonly #on;
  readonly #slider = h("input", { type: "range", min: "0", step: "1" });
  readonly #where = h("p", { class: "note", role: "status" });
  readonly #film;
  readonly #again;
  readonly element;
  #epochs: number[] = [];
  #losses: number[] = [];
  /** Which of the epochs is shown; the last one is how the explorer is anyway. */
  #at = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly words: LessonText,
    readonly language: string,
    readonly acts: Acts,
  ) {
    const button = (text: string, act: () => void) =>
      h("button", { type: "button", class: "button", onclick: act }, text);
    this.#play = button(words.play, () => (this.#timer ? this.#halt() : this.#run()));
    this.#back = button(`‹ ${words.epoch}`, () => this.#pull(this.#at - 1));
    this.#on = button(`${words.epoch} ›`, () => this.#pull(this.#at + 1));
    this.#back.setAttribute("aria-label", words.stepBack);
    this.#on.setAttribute("aria-label", words.stepOn);
    this.#slider.setAttribute("aria-label", words.epoch);
    this.#slider.addEventListener("input", () => this.#pull(Number(this.#slider.value)));
    this.#film = h(
      "div",
      {},
      this.#where,
      this.#slider,
      h("div", { class: "row" }, this.#play, this.#back, this.#on),
    );
    this.#again = button(words.trainSlowly, () => acts.again());
    this.element = h(
      "div",
      { class: "replay", role: "group", "aria-label": words.replay },
      this.#film,
      this.#again,
    );
    this.element.hidden = true;
    // Who wants nothing to move goes step by step.
    this.#play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /** `report` is that of the run whose epochs these are; undefined where nothing is to be replayed. */
  show(report: Report | undefined, epochs: number[], busy: boolean): void {
    const losses = report?.training?.held_out_loss;
    this.element.hidden = !losses || busy;
    if (!losses || busy) return this.end();
    const enough = epochs.length > losses.length / 2;
    this.#film.hidden = !enough;
    this.#again.hidden = enough;
    if (`${epochs}` === `${this.#epochs}`) return;
    this.#losses = losses;
    this.#epochs = epochs;
    this.#at = epochs.length - 1;
    this.#slider.max = `${this.#at}`;
    this.#tell();
  }

  /** Nothing is played any more, and the explorer is as it is. */
  end(): void {
    this.#halt();
    if (!this.#epochs.length) return;
    this.#epochs = [];
    this.acts.look(undefined);
  }

  /** From the beginning, where it has come to its end. */
  #run(): void {
    if (this.#at === this.#epochs.length - 1) this.#go(0);
    this.#timer = setInterval(() => {
      this.#go(this.#at + 1);
      if (this.#at === this.#epochs.length - 1) this.#halt();
    }, SEEN_MS);
    this.#tell();
  }

  #halt(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tell();
  }

  #pull(to: number): void {
    this.#halt();
    this.#go(to);
  }

  #go(at: number): void {
    const last = this.#epochs.length - 1;
    this.#at = Math.min(last, Math.max(0, at));
    this.acts.look(this.#at === last ? undefined : this.#epochs[this.#at]);
    this.#tell();
  }

  #tell(): void {
    const { words, language } = this;
    const playing = this.#timer !== undefined;
    const epoch = this.#epochs[this.#at] ?? 0;
    const count = (value: number) => written(value, "count", language);
    const loss = this.#losses[epoch - 1];
    const text =
      loss === undefined
        ? ""
        : words.afterEpoch(
            count(epoch),
            count(this.#losses.length),
            written(loss, "loss", language),
          );
    setText(this.#where, text);
    // While it plays, nobody is told of every epoch.
    this.#where.setAttribute("aria-live", playing ? "off" : "polite");
    this.#slider.value = `${this.#at}`;
    this.#slider.setAttribute("aria-valuetext", text);
    setText(this.#play, playing ? words.halt : words.play);
    this.#back.disabled = this.#at === 0;
    this.#on.disabled = this.#at >= this.#epochs.length - 1;
  }
}
