/** What the views of second opinions have besides their picture: their dimension, and a way to ask for them. */
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import type { Scene } from "../picture";
import { h, setText } from "../shared";
import type { Host, Tools } from "../view";
import { About, dimensionOf } from "./about";
import asks from "../asks.css" with { type: "text" };
import css from "./opinions.css" with { type: "text" };

export class OpinionTools implements Tools {
  readonly #about;
  readonly #words = h("p");
  readonly #button = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ opinions: "true" }),
    },
    "Ask the other methods",
  );
  readonly #ask = h("div", { class: "ask" }, this.#words, this.#button);
  readonly above;
  readonly below = h("div");

  /** `more` stands beside the choice of the dimension. */
  constructor(
    readonly host: Host,
    ...more: HTMLElement[]
  ) {
    this.#about = new About(host.changed);
    const choices = h("div", { class: "choices" }, this.#about.element, ...more);
    this.above = h("div", { class: "opinion-tools" }, choices, this.#ask);
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    const dim = dimensionOf(scene);
    this.#about.show(scene, dim);
    const { report } = scene;
    const asked = report?.settings?.measure?.opinions ?? false;
    const lacksTest = scene.name === "fair-test" && !report?.opinions?.test;
    this.#ask.hidden = report?.opinions !== undefined && !lacksTest;
    this.#button.hidden = asked;
    setText(this.#words, this.host.say(asked ? waiting(scene) : LACKING));
    return { dim };
  }

  shown(): void {
    dress(this.above, asks);
    dress(this.above, css);
  }

  hidden(): void {}

  close(): void {}
}

const LACKING =
  "Only permutation has been asked which pixels drive the dimensions. Gradients, integrated gradients and occlusion can be asked of the same network: nothing is trained again.";

function waiting({ name, report }: Scene): string {
  if (name === "fair-test" && report?.opinions) {
    return "The fair test comes after all other methods; it takes at least four explained images.";
  }
  return "The other methods are asked once importance has been measured.";
}
