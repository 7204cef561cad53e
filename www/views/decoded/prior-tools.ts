/** Draws from the standard normal distribution, again and again. */
import { dress } from "../../parts/dress";
import type { View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { h, setText } from "../shared";
import type { Host, Tools } from "../view";
import css from "./decoded.css" with { type: "text" };
import { Grid, gridFor, isVariational } from "./grid";

export class PriorTools implements Tools {
  readonly #words = h("span", { class: "note", role: "status" });
  readonly #again = h(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => {
        this.#which += 1;
        this.host.moved();
      },
    },
    "Draw again",
  );
  readonly #drawn = h("output", { class: "note" });
  readonly #why = h("p", {});
  readonly #grid;
  readonly above;
  readonly below = h("div");
  /** Which grid of draws is shown: the same one is the same again, on any machine. */
  #which = 0;

  constructor(readonly host: Host) {
    this.#grid = new Grid(host, this.#words);
    this.above = h(
      "div",
      { class: "decoded-tools" },
      this.#why,
      this.#again,
      this.#drawn,
      this.#grid.bar,
      this.#words,
    );
  }

  instead(charts: Charts, scene: Scene): { charts: Charts; scene: Scene } {
    const [rows, columns] = gridFor(this.host.canvas.clientWidth, scene.options);
    const has = isVariational(scene);
    this.#why.hidden = has || !scene.report?.settings;
    setText(this.#why, this.#why.hidden ? "" : WHY_NOT);
    this.#again.hidden = this.#drawn.hidden = !has;
    setText(this.#drawn, `Draw ${this.#which + 1} of this run’s seed`);
    this.#grid.show(charts, scene, `${this.#which},${rows},${columns}`, () =>
      charts.decode_prior(this.#which, rows, columns),
    );
    return { charts, scene };
  }

  options(): Record<string, never> {
    return {};
  }

  shown(_: Picture): void {
    dress(this.above, css);
  }

  hidden(): void {
    this.#grid.forget();
  }

  close(): void {
    this.#grid.forget();
  }
}

const WHY_NOT =
  "There are samples of variational networks alone. The latents of this one follow no distribution that is known, so there is nothing to draw them from.";
