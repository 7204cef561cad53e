/** The loss after every epoch, while training and on held-out images. */
import { fit, onResize } from "./canvas";
import { h, setText } from "../dom";
import type { ChartOptions, Theme, View } from "../view";

export class LossChart {
  readonly #canvas = h("canvas", {
    class: "chart",
    role: "img",
    "aria-label": "Loss: nothing yet",
  });
  readonly #heading = h("h2", { class: "heading" });
  readonly element = h("section", { class: "loss", part: "loss" }, this.#heading, this.#canvas);

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, resized);
    return () => observer.disconnect();
  }

  /** A model that was trained elsewhere has no loss to show. */
  says(trainedHere: boolean): void {
    const what = trainedHere ? "how far off the reconstructions are" : "none, trained elsewhere";
    setText(this.#heading, `Loss: ${what}`);
  }

  draw(view: View, options: ChartOptions, theme: Omit<Theme, "scale">): void {
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const { summary } = view.draw("loss", this.#canvas, options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", summary);
  }
}
