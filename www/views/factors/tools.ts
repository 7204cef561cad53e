/** What is asked about factors: the question, or why it cannot be asked of these images; and the answer in words. */
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { h, setText } from "../shared";
import type { Host, Tools } from "../view";
import asks from "../asks.css" with { type: "text" };
import css from "../opinions/opinions.css" with { type: "text" };

export class FactorsTools implements Tools {
  readonly #words = h("p", { "aria-live": "polite" });
  readonly #button = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ factors: "true" }),
    },
    "Measure factors",
  );
  readonly #ask = h("div", { class: "ask" }, this.#words, this.#button);
  readonly above = h("div", { class: "opinion-tools" }, this.#ask);
  readonly #said = h("p", { class: "note" });
  readonly below = h("div", {}, this.#said);

  constructor(readonly host: Host) {}

  options(_: Charts, { report, older }: Scene): Partial<ChartOptions> {
    const isKnown = report?.data?.made === "shapes";
    const found = report?.factors ?? undefined;
    this.#ask.hidden = found !== undefined;
    this.#button.hidden = older || !isKnown;
    setText(
      this.#words,
      !isKnown
        ? "Which factors made these images is not known, so it cannot be said which dimension carries which. Of the data Shapes it is: choose them under Images."
        : older
          ? "Under way: factors come once importance has been measured. Progress, pause and cancel are at the top."
          : "Which dimension carries form, size, hue, x or y has not been measured yet: 10,000 images are made for it, which takes seconds. Nothing of what is shown changes.",
    );
    return {};
  }

  shown({ layout, report }: Picture): void {
    for (const sheet of [asks, css]) dress(this.above, sheet);
    setText(this.#said, report?.factors === undefined ? "" : layout.summary);
  }

  hidden(): void {}

  close(): void {}
}
