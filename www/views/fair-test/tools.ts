/** What the fair test has besides its picture: what pixels are replaced by in its curves. */
import type { Filler } from "../../report";
import type { ChartOptions, View as Charts } from "../../view";
import { FILLER_NAMES } from "../opinions/names";
import { OpinionTools } from "../opinions/tools";
import type { Scene } from "../picture";
import { h, Segmented } from "../shared";
import type { Host } from "../view";

export class FairTestTools extends OpinionTools {
  readonly #filler;
  readonly #choice;
  #shown: Filler = "mean";

  constructor(host: Host) {
    const filler = new Segmented("filler", (value) => {
      this.#shown = value as Filler;
      host.moved();
    });
    const choice = h(
      "fieldset",
      { class: "filler" },
      h("legend", {}, "Replaced by"),
      filler.element,
    );
    super(host, choice);
    this.#filler = filler;
    this.#choice = choice;
  }

  override options(charts: Charts, scene: Scene): Partial<ChartOptions> {
    this.#choice.hidden = !scene.report?.opinions?.test;
    this.#filler.show(FILLER_NAMES, this.#shown);
    return { ...super.options(charts, scene), filler: this.#shown };
  }
}
