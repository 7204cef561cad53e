/** The figure the page is about: one view of what a run has found, with its words and numbers. */
import { h, setText } from "../dom";
import { fit, onResize } from "../parts/canvas";
import type { Changed } from "../parts/field";
import { Segmented } from "../parts/segmented";
import type { Report } from "../report";
import type { Theme, View } from "../view";
import { caption } from "../views/caption";
import { figureHeight } from "../views/figure-height";
import { known, load } from "../views/load";
import type { Scene } from "../views/picture";
import { onWhich } from "../views/source";
import { type ViewName, VIEWS } from "../views/table";
import type { Opened } from "../views/view";
import { Exports } from "./exports";
import { ImageCard } from "./image";
import { Look } from "./look";
import { Numbers } from "./numbers";
import { Pointer } from "./pointer";
import { Projection } from "./projection";

export interface Listener {
  /** Which class is to be explained. */
  chosen(label: number): void;
  /** How the figure is to be shown. */
  changed: Changed;
  opened(what: Opened): void;
  /** There is something else to draw. */
  moved(): void;
  /** What it takes to show the same elsewhere. */
  share(): void;
}

export class Figure {
  readonly #tabs;
  readonly #classes;
  readonly #class;
  readonly #heading = h("h2");
  readonly #canvas = h("canvas", { class: "chart", role: "img", "aria-label": "Empty figure" });
  readonly #pointer;
  /** What keeps the view from being shown. */
  readonly #trouble = h("p", { class: "trouble", role: "alert" });
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

  constructor(readonly listener: Listener) {
    this.#tabs = new Segmented("view", (value) => listener.changed("view", value));
    this.#classes = new Segmented("class", (value) => listener.chosen(Number(value)));
    this.#class = h(
      "fieldset",
      { class: "class" },
      h("legend", {}, "Explain class"),
      this.#classes.element,
    );
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
      h("div", { class: "figure-head" }, this.#heading, this.#class),
      this.look.element,
      this.projection.element,
      h("div", { class: "drawing" }, this.#canvas, this.#pointer.marks, this.#trouble),
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

  /** Whether new parts of a report change what is shown. */
  concerns(part: Partial<Report>): boolean {
    return this.parts.some((name) => part[name]);
  }

  /** Whether a setting has a bearing on what is shown, once the view is loaded. */
  readonly heeds = (name: string): boolean => {
    return (this.#scene && known(this.#scene.name)?.settings.includes(name)) ?? false;
  };

  /** The parts of a report that are shown, once the view is loaded. */
  get parts(): readonly (keyof Report)[] {
    return (this.#scene && known(this.#scene.name)?.concerns) ?? [];
  }

  /** Puts the figure in its final place, long before there is anything to draw. */
  layout(scene: Scene): void {
    const other = scene.name !== this.#scene?.name;
    this.#scene = scene;
    const { name, classes, names, options } = scene;
    this.#tabs.show(new Map(Object.entries(VIEWS).map(([each, { label }]) => [each, label])), name);
    const label = classes[options.class] ?? "";
    this.#classes.show(
      new Map(classes.map((each, row) => [`${each}`, names[row] ?? `${each}`])),
      `${label}`,
    );
    const view = known(name);
    this.#class.hidden = !view?.ofOneClass;
    this.#findings.hidden = !view?.findings;
    setText(this.#heading, VIEWS[name].heading);
    setText(this.#caption, view ? caption(scene, view) : "");
    for (const { element } of [this.#numbers, this.#exports]) element.hidden = !view;
    this.#canvas.classList.toggle("awaited", !view);
    if (other) this.#trouble.replaceChildren();
    if (!view && other) this.#fetch(name);
    this.#reserve();
  }

  draw(charts: View, scene: Scene, theme: Omit<Theme, "scale">): void {
    this.#view = charts;
    this.#theme = theme;
    this.layout(scene);
    const view = known(scene.name);
    if (!view) return this.#pointer.clear();
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const layout = charts.draw(view.chart, this.#canvas, scene.options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", layout.summary);
    setText(this.#findings, view.findings?.(scene) ?? "");
    const picture = { ...scene, view: charts, theme, layout };
    this.#pointer.show(picture, view.targets);
    this.#exports.show(picture, view.chart);
    const which = view.measured ? onWhich(scene.report, scene.words) : "";
    this.#numbers.show({ view: charts, chart: view.chart, options: scene.options, which });
  }

  /** A view that has not come in keeps its place empty meanwhile. */
  #fetch(name: ViewName): void {
    this.#trouble.replaceChildren();
    load(name).then(
      () => {
        this.look.again();
        this.listener.moved();
      },
      (failure: Error) => {
        if (this.#scene?.name !== name) return;
        const again = h(
          "button",
          { type: "button", class: "button", onclick: () => this.#fetch(name) },
          "Try again",
        );
        this.#trouble.replaceChildren(failure.message, " ", again);
      },
    );
  }

  #reserve(): void {
    if (!this.#scene) return;
    const { name, options } = this.#scene;
    const view = known(name);
    const width = this.#canvas.clientWidth;
    const theme = this.#theme && { ...this.#theme, scale: 1 };
    const height =
      view?.height?.(width, this.#scene) ??
      (view && theme && this.#view?.height(view.chart, width, options, theme));
    // Until that is known, a view takes the place of the one before it.
    if (height === undefined && this.#canvas.style.height) return;
    const style = `${height ?? figureHeight(width, options)}px`;
    if (this.#canvas.style.height !== style) this.#canvas.style.height = style;
  }
}
