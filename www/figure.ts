/** The figure the page is about: latent importance of a class, and what drives each dimension. */
import { fit, onResize } from "./canvas";
import { h, setText } from "./dom";
import { integer } from "./format";
import type { ImageShape, Report } from "./report";
import { Segmented } from "./segmented";
import type { Theme } from "./theme";
import type { View } from "./view";

export class Figure {
  readonly #classes;
  readonly #canvas = h("canvas", { class: "chart", role: "img", "aria-label": "Empty figure" });
  readonly #caption = h("p", { class: "note figure-caption" });
  readonly element;
  #dims = 0;

  constructor(chosen: (label: number) => void) {
    this.#classes = new Segmented("class", (value) => chosen(Number(value)));
    this.element = h(
      "section",
      { class: "figure", part: "figure" },
      h(
        "div",
        { class: "figure-head" },
        h("h2", {}, "What each latent dimension sees, and what it is needed for"),
        h("fieldset", { class: "class" }, h("legend", {}, "Explain digit"), this.#classes.element),
      ),
      this.#canvas,
      this.#caption,
    );
  }

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, () => {
      this.#reserve();
      resized();
    });
    return () => observer.disconnect();
  }

  /** Puts the figure in its final place, long before there is anything to draw. */
  layout(labels: number[], label: number, dims: number): void {
    this.#classes.show(new Map(labels.map((each) => [`${each}`, `${each}`])), `${label}`);
    this.#dims = dims;
    this.#reserve();
  }

  caption(label: number, report: Partial<Report> | undefined): void {
    const images = report?.classes?.reduce((sum, { held_out }) => sum + held_out, 0);
    const measured = images ? ` Measured on ${integer(images)} held-out images.` : "";
    setText(
      this.#caption,
      `Bars: how much the reconstructions of a ${label} change when that dimension is shuffled among them. ` +
        `Maps: the pixels that drive the dimension, red ones raise it, blue ones lower it, stronger means more.${measured}`,
    );
  }

  draw(
    view: View,
    row: number,
    dims: number,
    image: ImageShape,
    theme: Omit<Theme, "scale">,
  ): void {
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const { summary } = view.draw_figure(
      this.#canvas,
      { class: row, dims, image },
      { ...theme, scale },
    );
    this.#canvas.setAttribute("aria-label", summary);
  }

  #reserve(): void {
    const height = figureHeight(this.#canvas.clientWidth, this.#dims);
    this.#canvas.style.height = `${height}px`;
  }
}

/** Enough room for bars that can be told apart and maps that can be read, at this width. */
function figureHeight(width: number, dims: number): number {
  const stacked = width < 570;
  const available = stacked ? width : width - Math.min(0.32 * width, 390) - 34;
  const columns = Math.min(dims, Math.max(1, Math.floor((available + 10) / (stacked ? 88 : 122))));
  const rows = Math.ceil(dims / columns);
  const map = Math.min((available - (columns - 1) * 10) / columns, 195);
  const maps = Math.min(rows * (map + 27) - 27, 936);
  const bars = Math.min(dims * 20, 936);
  const frame = 80;
  return Math.ceil(
    stacked ? 2 * frame + 34 + Math.max(bars + maps, bars / 0.45) : frame + Math.max(bars, maps),
  );
}
