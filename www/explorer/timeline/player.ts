/** Lets epochs pass: played, halted, stepped, over and over again, slowly or fast. */
import { h, setText } from "../../views/shared";

export interface Acts {
  /** Shows the network after an epoch. */
  go(epoch: number): void;
  /** Nothing is played any more. */
  stop(): void;
}

/** Epochs a second. */
const SPEEDS = { slow: 3, normal: 10, fast: 30 };

export class Player {
  readonly #play = this.#button("▶", () => this.toggle());
  readonly #back = this.#button("‹", () => this.#step(-1));
  readonly #on = this.#button("›", () => this.#step(1));
  readonly #again = this.#button("↻", () => {
    this.#loops = !this.#loops;
    this.#label();
  });
  readonly #speed = h(
    "select",
    { "aria-label": "Speed" },
    ...Object.keys(SPEEDS).map((name) => h("option", { value: name }, name)),
  );
  readonly #where = h("p", { class: "note", role: "status" });
  readonly element = h(
    "div",
    { class: "player", role: "group", "aria-label": "Epoch by epoch", part: "player" },
    this.#back,
    this.#play,
    this.#on,
    this.#again,
    this.#speed,
    this.#where,
  );
  #known: readonly number[] = [];
  #at = 0;
  #loops = false;
  #playing = 0;
  /** When the shown epoch came. */
  #since = 0;

  constructor(readonly acts: Acts) {
    this.#speed.value = "normal";
    for (const [button, name] of [
      [this.#back, "One epoch back"],
      [this.#on, "One epoch on"],
      [this.#again, "Over and over again"],
    ] as const) {
      button.setAttribute("aria-label", name);
      button.title = name;
    }
    // Who wants nothing to move goes step by step.
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const element of [this.#play, this.#again, this.#speed]) element.hidden = still;
    this.#label();
  }

  get playing(): boolean {
    return this.#playing !== 0;
  }

  /** `live`: the last of the epochs is not the last there will be. */
  show(known: readonly number[], at: number, live: boolean): void {
    this.#known = known;
    this.#at = at;
    this.#back.disabled = at <= (known[0] ?? 0);
    this.#on.disabled = at >= (known.at(-1) ?? 0);
    this.#again.disabled = live;
  }

  /** `often`: it changes too often to be read out. */
  tell(text: string, often: boolean): void {
    this.#where.setAttribute("aria-live", often ? "off" : "polite");
    setText(this.#where, text);
  }

  toggle(): void {
    if (this.playing) return this.#end();
    if (this.#play.hidden) return;
    this.#since = performance.now();
    // From the beginning, where it has come to its end.
    if (this.#at >= (this.#known.at(-1) ?? 0)) this.#go(0);
    this.#playing = requestAnimationFrame(this.#frame);
    this.#label();
  }

  /** Something else moves it. */
  halt(): void {
    cancelAnimationFrame(this.#playing);
    this.#playing = 0;
    this.#label();
  }

  readonly #frame = (now: number): void => {
    const each = 1000 / SPEEDS[this.#speed.value as keyof typeof SPEEDS];
    const passed = Math.floor((now - this.#since) / each);
    if (passed > 0) {
      this.#since += passed * each;
      const last = this.#known.length - 1;
      const place = this.#place + passed;
      const over = place >= last && !this.#loops;
      this.#go(this.#loops ? place % (last + 1) : place);
      if (over) return this.#end();
    }
    this.#playing = requestAnimationFrame(this.#frame);
  };

  get #place(): number {
    return Math.max(0, this.#known.filter((epoch) => epoch <= this.#at).length - 1);
  }

  #step(by: number): void {
    this.halt();
    this.#go(this.#place + by);
    this.acts.stop();
  }

  #go(place: number): void {
    const epoch = this.#known[Math.min(this.#known.length - 1, Math.max(0, place))];
    if (epoch === undefined) return;
    this.#at = epoch;
    this.acts.go(epoch);
  }

  #end(): void {
    this.halt();
    this.acts.stop();
  }

  #label(): void {
    const name = this.playing ? "Pause" : "Play";
    setText(this.#play, this.playing ? "❚❚" : "▶");
    this.#play.setAttribute("aria-label", `${name} the epochs`);
    this.#play.title = name;
    this.#again.setAttribute("aria-pressed", `${this.#loops}`);
  }

  #button(text: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, text);
  }
}
