/** The figure the page is about: latent importance of a class, and what drives each dimension. */
import { fit, onResize } from "./canvas";
import { h, setText } from "../dom";
import { findings } from "../findings";
import { integer } from "../format";
import type { Report } from "../report";
import type { FigureOptions, View } from "../view";
import { Exports } from "./exports";
import type { Changed } from "./field";
import { Look } from "./look";
import { Numbers } from "./numbers";
import type { Picture } from "./picture";
import { Pointer } from "./pointer";
import { Segmented } from "./segmented";
import type { Theme } from "./theme";

/** What the maps' colours are called, those that raise a dimension first. */
const COLOURS: Record<FigureOptions["palette"], [raise: string, lower: string]> = {
  paper: ["red", "blue"],
  "colour-blind": ["orange", "blue"],
};

export class Figure {
  readonly #classes;
  readonly #canvas = h("canvas", { class: "chart", role: "img", "aria-label": "Empty figure" });
  readonly #pointer = new Pointer(this.#canvas);
  readonly #caption = h("p", { class: "note figure-caption" });
  readonly #findings = h("p", { class: "findings", part: "findings" });
  readonly #numbers = new Numbers();
  readonly #exports;
  readonly look;
  readonly element;
  #dims = 0;

  /** `link` is an address that shows the same again, if there can be one. */
  constructor(chosen: (label: number) => void, changed: Changed, link: () => string | undefined) {
    this.#classes = new Segmented("class", (value) => chosen(Number(value)));
    this.look = new Look(changed);
    this.#exports = new Exports(this.#canvas, {
      caption: () => this.#caption.textContent ?? "",
      link,
    });
    this.element = h(
      "section",
      { class: "figure", part: "figure" },
      h(
        "div",
        { class: "figure-head" },
        h("h2", {}, "What each latent dimension sees, and what it is needed for"),
        h("fieldset", { class: "class" }, h("legend", {}, "Explain digit"), this.#classes.element),
      ),
      this.look.element,
      h("div", { class: "drawing" }, this.#canvas, this.#pointer.marks),
      this.#pointer.readout,
      this.#caption,
      this.#findings,
      this.#numbers.element,
      this.#exports.element,
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

  caption(label: number, options: FigureOptions, report: Partial<Report> | undefined): void {
    const images = report?.classes?.reduce((sum, { held_out }) => sum + held_out, 0);
    const [raise, lower] = COLOURS[options.palette];
    const each = options.scale === "each" ? ", on each map’s own scale" : "";
    const sentences = [
      `Bars: how much the reconstructions of a ${label} change when that dimension is shuffled among them.`,
      `Maps: the pixels that drive the dimension, ${raise} ones raise it, ${lower} ones lower it, stronger means more${each}.`,
      options.threshold > 0 && `Slopes below ${options.threshold} count as no direction.`,
      images && `Measured on ${integer(images)} held-out images.`,
    ];
    setText(this.#caption, sentences.filter(Boolean).join(" "));
  }

  draw(
    view: View,
    options: FigureOptions,
    theme: Omit<Theme, "scale">,
    shown: Pick<Picture, "report" | "classes" | "label">,
  ): void {
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const layout = view.draw_figure(this.#canvas, options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", layout.summary);
    setText(this.#findings, findings(shown.report, shown.classes, options.class));
    const picture = { view, options, theme, layout, ...shown };
    for (const part of [this.#pointer, this.#numbers, this.#exports]) part.show(picture);
  }

  #reserve(): void {
    const height = figureHeight(this.#canvas.clientWidth, this.#dims);
    this.#canvas.style.height = `${height}px`;
  }
}

/** Widths of maps that show 28 pixels sharply, best first; in CSS pixels, as all below. */
const MAPS = [112, 84, 56];
const STACKED_MAPS = [78];
/** The marks of a wide figure should fit a screen. */
const TALL = 640;
const STACKED_TALL = 936;
/** Heading, titles and axis around the marks of one panel. */
const FRAME = 78;
const LEGEND = 21;
const GAP = 10;
const TITLE = 17;

/**
 * Room for bars that can be told apart and maps that can be read. It depends on nothing that has
 * to be loaded first, so that the figure is in its place from the first paint.
 */
function figureHeight(width: number, dims: number): number {
  if (width < 570) {
    const maps = mapsHeight(width, dims, STACKED_MAPS, STACKED_TALL);
    const bars = Math.min(20 * dims, STACKED_TALL);
    return 2 * FRAME + 34 + bars + maps;
  }
  const besideBars = width - Math.min(0.32 * width, 390) - 34;
  const bars = Math.max(Math.min(20 * dims, 280), Math.min(13 * dims, TALL));
  return FRAME + Math.max(bars, mapsHeight(besideBars, dims, MAPS, TALL));
}

/** Height of a grid of the largest maps that stay within a limit, and of their legend. */
function mapsHeight(width: number, dims: number, sizes: number[], limit: number): number {
  const heights = sizes.map((size) => {
    const columns = Math.max(1, Math.floor((width + GAP) / (size + GAP)));
    return Math.ceil(dims / columns) * (size + TITLE + GAP) - TITLE - GAP;
  });
  return LEGEND + (heights.find((height) => height <= limit) ?? limit);
}
