/** The figure the page is about: one view of what a run has found, with its words and numbers. */
import { h, setText } from "../dom";
import { fit, onResize } from "../parts/canvas";
import { ClassPicker } from "../parts/class-picker";
import type { Changed } from "../parts/field";
import { Segmented } from "../parts/segmented";
import { SETTINGS } from "../settings";
import type { Theme, View } from "../view";
import { caption, HEADINGS } from "./captions";
import { Exports } from "./exports";
import { figureHeight } from "./figure-height";
import { findings } from "./findings";
import { ImageCard } from "./image";
import { Look } from "./look";
import { Numbers } from "./numbers";
import type { Scene, ViewChart } from "./picture";
import { onWhich } from "./source";
import { Pointer } from "./pointer";
import { Projection } from "./projection";
import type { Opened } from "./targets";

export interface Listener {
  /** Which class is to be explained. */
  chosen(label: number): void;
  /** How the figure is to be shown. */
  changed: Changed;
  opened(what: Opened): void;
  /** The encoded space has moved. */
  moved(): void;
  /** What it takes to show the same elsewhere. */
  share(): void;
}

export class Figure {
  readonly #tabs;
  readonly #class;
  readonly #heading = h("h2");
  readonly #canvas = h("canvas", { class: "chart", role: "img", "aria-label": "Empty figure" });
  readonly #pointer;
  readonly #caption = h("p", { class: "note figure-caption" });
  readonly #findings = h("p", { class: "findings", part: "findings" });
  readonly #numbers = new Numbers();
  readonly #exports;
  readonly look;
  readonly projection;
  readonly image;
  readonly element;
  #scene: Scene | undefined;
  #view: View | undefined;
  #theme: Omit<Theme, "scale"> | undefined;

  constructor(listener: Listener) {
    this.#tabs = new Segmented("view", (value) => listener.changed("view", value));
    this.#class = new ClassPicker("Explain class", (label) => listener.chosen(label));
    this.#pointer = new Pointer(this.#canvas, (what) => listener.opened(what));
    this.look = new Look(listener.changed);
    this.projection = new Projection(() => listener.moved());
    this.image = new ImageCard(() => listener.changed("image", ""));
    this.#exports = new Exports(this.#canvas, {
      caption: () => this.#caption.textContent ?? "",
      share: () => listener.share(),
    });
    this.element = h(
      "section",
      { class: "figure", part: "figure" },
      h(
        "fieldset",
        { class: "tabs", part: "views" },
        h("legend", { class: "unseen" }, "View"),
        this.#tabs.element,
      ),
      h("div", { class: "figure-head" }, this.#heading, this.#class.element),
      this.look.element,
      this.projection.element,
      h("div", { class: "drawing" }, this.#canvas, this.#pointer.marks),
      this.#pointer.readout,
      this.image.element,
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
  layout(scene: Scene): void {
    this.#scene = scene;
    const { name, chart, classes, names, options } = scene;
    const { control } = SETTINGS.view;
    if (control.kind === "tabs") this.#tabs.show(control.options, name);
    this.#class.show(
      classes.map((label, row) => ({ label, name: names[row] ?? `${label}` })),
      classes[options.class],
    );
    this.#class.element.hidden = chart !== OF_ONE_CLASS || classes.length < 2;
    this.#findings.hidden = chart !== OF_ONE_CLASS;
    setText(this.#heading, HEADINGS[chart]);
    setText(this.#caption, caption(scene));
    this.#reserve();
  }

  draw(view: View, scene: Scene, theme: Omit<Theme, "scale">): void {
    this.#view = view;
    this.#theme = theme;
    this.layout(scene);
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const layout = view.draw(scene.chart, this.#canvas, scene.options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", layout.summary);
    if (scene.chart === OF_ONE_CLASS) setText(this.#findings, findings(scene));
    const picture = { ...scene, view, theme, layout };
    this.#pointer.show(picture);
    this.#exports.show(picture);
    const which = onWhich(scene.report, scene.words);
    this.#numbers.show({ ...picture, which });
  }

  #reserve(): void {
    if (!this.#scene) return;
    const { chart, options } = this.#scene;
    const width = this.#canvas.clientWidth;
    const known = this.#view && this.#theme && chart !== "figure";
    const height = known
      ? this.#view!.height(chart, width, options, { ...this.#theme!, scale: 1 })
      : figureHeight(width, Math.min(options.top ?? options.dims, options.dims));
    const style = `${height}px`;
    if (this.#canvas.style.height !== style) this.#canvas.style.height = style;
  }
}

/** The one view that is about one class, which is then to be chosen. */
const OF_ONE_CLASS: ViewChart = "figure";
