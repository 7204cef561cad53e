/** What a loss is added up from, beside its chart; and, of a variational network, β, with which it is trained anew. */
import "../shared";
import css from "./loss-kind.css" with { type: "text" };
import { h, setText } from "../dom";
import { dress } from "../parts/dress";
import type { Report } from "../report";
import type { Texts } from "../settings";

const MEANING =
  "A larger β presses the latents closer to the normal distribution: fewer dimensions stay active, and images get blurrier. A smaller one gives sharper images, and gaps between them.";

export class LossKind {
  readonly #words = h("p", { class: "note" });
  readonly #beta = h("input", { type: "number", min: "0", max: "1000", step: "any" });
  readonly #run = h("button", { type: "submit", class: "button" }, "Train again with this β");
  readonly #form = h(
    "form",
    {
      class: "beta",
      onsubmit: (event: Event) => {
        event.preventDefault();
        this.again({ beta: this.#beta.value });
      },
    },
    h("label", { class: "field" }, "β", this.#beta),
    this.#run,
    h("p", { class: "note" }, MEANING),
  );
  readonly element = h("div", { class: "loss-kind", part: "loss-kind" }, this.#words, this.#form);
  /** The run whose β stands there. */
  #of: unknown;

  constructor(readonly again: (texts: Texts) => void) {}

  show(report: Partial<Report> | undefined, words: readonly string[], active: boolean): void {
    dress(this.element, css);
    setText(this.#words, words.join(" "));
    const settings = report?.settings;
    const variant = report?.model ? undefined : settings?.variant;
    this.#form.hidden = !variant?.variational;
    this.#run.disabled = active;
    // What somebody is writing stays until there is another run.
    if (!variant || this.#of === settings) return;
    this.#of = settings;
    this.#beta.value = `${variant.beta ?? 1}`;
  }
}
