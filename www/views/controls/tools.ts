/** What controls have besides their picture: a way to ask for them. */
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import { whileTrained } from "../networks/time";
import type { Picture, Scene } from "../picture";
import { h, setText } from "../shared";
import { Overview } from "../trust/overview";
import type { Host, Tools } from "../view";
import asks from "../asks.css" with { type: "text" };
import css from "../opinions/opinions.css" with { type: "text" };

export class ControlsTools implements Tools {
  readonly #words = h("p", { "aria-live": "polite" });
  readonly #button = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ controls: "true" }),
    },
    "Measure controls",
  );
  readonly #ask = h("div", { class: "ask" }, this.#words, this.#button);
  readonly above = h("div", { class: "opinion-tools" }, this.#ask);
  readonly #overview = new Overview();
  readonly below = this.#overview.element;

  constructor(readonly host: Host) {}

  options(_: Charts, { report, older, trainingMs }: Scene): Partial<ChartOptions> {
    this.#ask.hidden = report?.controls !== undefined;
    this.#button.hidden = older;
    const trains =
      report?.model === undefined
        ? ` A network is trained on permuted images: ${whileTrained(1, trainingMs)}.`
        : " This model was brought: only the variance of the pixels can be held against it.";
    const words = older
      ? "Under way: controls come once importance has been measured. Progress, pause and cancel are at the top."
      : `These maps have not been held against controls yet.${trains} Nothing of what is shown changes.`;
    setText(this.#words, this.host.say(words));
    return {};
  }

  shown(picture: Picture): void {
    this.#overview.show(picture);
    for (const sheet of [asks, css]) dress(this.above, sheet);
  }

  hidden(): void {}

  close(): void {}
}
