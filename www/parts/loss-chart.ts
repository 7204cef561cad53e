/** The loss after every epoch, while training and on held-out images. */
import { fit, onResize } from "./canvas";
import { h } from "../dom";
import type { ChartOptions, Theme, View } from "../view";

export class LossChart {
  readonly #canvas = h("canvas", {
    class: "chart",
    role: "img",
    "aria-label": "Loss: nothing yet",
  });
  readonly element = h(
    "section",
    { class: "loss", part: "loss" },
    h("h2", { class: "heading" }, "Loss: how far off the reconstructions are"),
    this.#canvas,
  );

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, resized);
    return () => observer.disconnect();
  }

  draw(view: View, options: ChartOptions, theme: Omit<Theme, "scale">): void {
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const { summary } = view.draw("loss", this.#canvas, options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", summary);
  }
}
