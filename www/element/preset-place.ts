/** Where kinds of autoencoders are chosen, as a whole: their table is fetched when somebody wants it. */
import { h, setText } from "../dom";
import { Failure } from "../failures";
import type { Fold } from "../parts/fold";
import { type Name, Refusal, type Texts, type Values } from "../settings";
import type { Presets } from "./presets";

export interface Host {
  readonly element: HTMLElement;
  /** Where they stand, folded away. */
  readonly fold: Fold;
  /** Sets all at once what a preset says. */
  choose(texts: Texts): void;
  /** What an attribute asked for is set, or refused. */
  settled(): void;
}

export class PresetPlace {
  readonly #refusal = h("p", { class: "refusal", role: "alert", hidden: true });
  readonly element = h("div", { class: "kinds", part: "presets" }, this.#refusal);
  /** Why the preset that the attribute names cannot be used. */
  refusal: string | undefined;
  /** Until what the attribute names is set. */
  pending: Promise<void> | undefined;
  #coming: Promise<Presets> | undefined;
  #presets: Presets | undefined;
  #shown: Parameters<Presets["show"]> | undefined;
  /** What the attribute has set before. */
  #set: Texts = {};

  constructor(readonly host: Host) {
    host.fold.onToggle((open) => open && void this.#open());
  }

  /** Follows the settings; a network that was brought is of whatever kind it is. */
  show(values: Values, running: boolean, brought: boolean): void {
    this.#shown = [values, running];
    this.element.hidden = brought;
    this.#presets?.show(...this.#shown);
  }

  /** Sets what the preset of this name says, but for what the page's author has set otherwise. */
  take(name: string | null): void {
    this.refusal = undefined;
    this.pending = undefined;
    if (!name?.trim()) return;
    const pending: Promise<void> = this.#take(name).finally(() => {
      if (this.pending !== pending) return;
      this.pending = undefined;
      this.host.settled();
    });
    this.pending = pending;
  }

  async #take(name: string): Promise<void> {
    const { element, choose } = this.host;
    try {
      const { textsNamed } = await import("./presets");
      if (element.getAttribute("preset") !== name) return;
      const texts = textsNamed(name);
      const free = Object.entries(texts).filter(([name]) => {
        const written = element.getAttribute(name);
        return written === null || written === this.#set[name as Name];
      });
      this.#set = Object.fromEntries(free);
      choose(this.#set);
    } catch (error) {
      const refused = error instanceof Refusal ? error : Failure.from(error, "page-file");
      this.refusal = refused.message;
    }
  }

  async #open(): Promise<void> {
    try {
      const presets = await (this.#coming ??= this.#fetch());
      if (this.#shown) presets.show(...this.#shown);
      this.#refusal.hidden = true;
    } catch (error) {
      // What failed once may succeed when asked again.
      this.#coming = undefined;
      setText(this.#refusal, Failure.from(error, "page-file").message);
      this.#refusal.hidden = false;
    }
  }

  async #fetch(): Promise<Presets> {
    const { Presets } = await import("./presets");
    const presets = (this.#presets = new Presets((texts) => this.host.choose(texts)));
    this.element.append(presets.element);
    presets.dress();
    return presets;
  }
}
