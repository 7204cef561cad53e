/** The figure the page is about: one view of what a run has found, with its words and numbers. */
import { h, setText } from "../dom";
import { say } from "../nouns";
import { fit, onResize } from "../parts/canvas";
import type { Other } from "../engine/messages";
import { ClassPicker } from "../parts/class-picker";
import type { Changed } from "../parts/field";
import { Segmented } from "../parts/segmented";
import { isOfResults, type Report } from "../report";
import type { Name, Texts } from "../settings";
import type { Theme, View } from "../view";
import { spoken } from "../views/features";
import { caption } from "../views/caption";
import { figureHeight } from "../views/figure-height";
import { known, load } from "../views/load";
import { hasBars, type Scene } from "../views/picture";
import { onWhich, scaling } from "../views/source";
import { ofResults, offered, tabsOf, type ViewName, VIEWS, viewsIn } from "../views/table";
import type { Compared, Maker, Opened, Pins, Tools, View as FigureView } from "../views/view";
import { Exports } from "./exports";
import { ImageCard } from "./image";
import { Look } from "./look";
import { Numbers } from "./numbers";
import { Pointer } from "./pointer";
import type { Subject } from "../views/subject";

export interface Listener {
  /** Which class is to be explained. */
  chosen(label: number): void;
  /** How the figure is to be shown. */
  changed: Changed;
  /** Sets how a network is measured, and measures the one that is shown anew. */
  measure(texts: Texts): void;
  opened(what: Opened): void;
  /** The run that is shown, as others are compared with it. */
  compared(): Compared | undefined;
  /** Compares its network with these that were brought; false while a run is under way. */
  compare(others: Other[]): boolean;
  /** What can be done with networks that are made of the shown run's. */
  made: Maker;
  pins: Pins;
  /** A view has come in, with the settings that it heeds. */
  loaded(): void;
  /** There is something else to draw. */
  moved(): void;
  /** What it takes to show the same elsewhere. */
  share(): void;
  /** An explained image of the shown run, by its place among them; undefined where it cannot be had. */
  subject(image: number): Promise<Subject | undefined>;
  /** Paints an image of the shown run as the page shades it. */
  paint(canvas: HTMLCanvasElement, values: Float32Array | undefined): void;
  /** Takes over a part of the shown run's report that the page itself has calculated. */
  found(part: Partial<Report>): void;
}

/** Size of the type that early heights are for, in CSS pixels. */
const TYPE = 13;

export class Figure {
  readonly #tabs;
  /** The views of the chosen tab, where it has several. */
  readonly #kinds;
  readonly #kind = h("fieldset", { class: "variant" }, h("legend", { class: "unseen" }, "Show"));
  /** The view that each tab had last. */
  readonly #last = new Map<string, ViewName>();
  readonly #class;
  readonly #pin = h(
    "button",
    { type: "button", class: "button pin", onclick: () => this.#keep() },
    "Pin",
  );
  readonly #heading = h("h2");
  readonly #canvas = h("canvas", {
    class: "chart",
    part: "chart",
    "aria-label": "Empty figure",
  });
  readonly #pointer;
  /** What keeps the view from being shown. */
  readonly #trouble = h("p", { class: "trouble", role: "alert" });
  readonly #caption = h("p", { class: "note figure-caption", part: "caption" });
  readonly #findings = h("p", { class: "findings", part: "findings" });
  readonly #numbers = new Numbers();
  readonly #exports;
  readonly look;
  readonly image;
  readonly element;
  readonly #drawing;
  /** What a view has of its own, above and below what is drawn. */
  readonly #above = h("div");
  readonly #below = h("div", { part: "details" });
  readonly #tools = new Map<ViewName, Tools>();
  #heeded: readonly Name[] = [];
  #fetching: ViewName | undefined;
  #scene: Scene | undefined;
  #view: View | undefined;
  #theme: Omit<Theme, "scale"> | undefined;

  constructor(readonly listener: Listener) {
    const view = (name: string) => listener.changed("view", name);
    this.#tabs = new Segmented("tab", (tab) => view(this.#last.get(tab) ?? viewsIn(tab)[0]!));
    this.#kinds = new Segmented("view", view);
    this.#kind.append(this.#kinds.element);
    this.#class = new ClassPicker("Explain class", (label) => listener.chosen(label));
    this.#pointer = new Pointer(this.#canvas, (what) => listener.opened(what));
    this.look = new Look(listener.changed);
    this.image = new ImageCard(
      () => listener.changed("image", ""),
      (image) => listener.measure({ recipients: `image:${image + 1}` }),
      this.#canvas,
    );
    this.#exports = new Exports(this.#canvas, {
      caption: () => {
        const view = this.#scene && known(this.#scene.name);
        return view ? caption(this.#scene!, view) : "";
      },
      share: () => listener.share(),
    });
    this.#drawing = h(
      "div",
      { class: "drawing" },
      this.#canvas,
      this.#pointer.marks,
      this.#trouble,
    );
    this.element = h(
      "section",
      { class: "figure", part: "figure" },
      h(
        "fieldset",
        { class: "tabs", part: "views" },
        h("legend", { class: "unseen" }, "View"),
        this.#tabs.element,
      ),
      h(
        "div",
        { class: "figure-head", part: "heading" },
        this.#heading,
        this.#kind,
        this.#class.element,
        this.#pin,
      ),
      this.look.element,
      this.#above,
      this.#drawing,
      this.#pointer.readout,
      this.image.element,
      this.#below,
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

  /** Ends what the views' own tools calculate. */
  close(): void {
    for (const tools of this.#tools.values()) tools.close();
    // What they drew with is gone with them.
    this.#view = undefined;
  }

  /** Whether new parts of a report change what is shown. */
  concerns(part: Partial<Report>): boolean {
    return this.parts.some((name) => part[name]);
  }

  /** Which settings have a bearing on a view; until its file has come in, on the last one. */
  heeds(view: ViewName): (name: Name) => boolean {
    this.#heeded = known(view)?.settings ?? this.#heeded;
    return (name) => this.#heeded.includes(name);
  }

  /** The parts of a report that are shown, once the view is loaded. */
  get parts(): readonly (keyof Report)[] {
    return (this.#scene && known(this.#scene.name)?.concerns) ?? [];
  }

  /** Puts the figure in its final place, long before there is anything to draw. */
  layout(scene: Scene): void {
    const other = scene.name !== this.#scene?.name;
    this.#scene = scene;
    const { name, classes, names, options } = scene;
    const { tab, heading } = VIEWS[name];
    const { form = "image" } = options;
    this.#last.set(tab, name);
    const { report } = scene;
    const part = report?.model?.part;
    const views = isOfResults(report)
      ? ofResults(report!)
      : offered(report?.latent_importance !== undefined, scene.layers, name, part);
    const tabs = tabsOf(views);
    this.#tabs.show(
      // What a part of a model never has is not waited for.
      new Map((part ? tabs : tabsOf()).map((each) => [each, say(form, each)])),
      tab,
      (each) => !tabs.includes(each),
    );
    this.#kinds.show(
      new Map(viewsIn(tab).map((each) => [each, VIEWS[each].label])),
      name,
      (each) => !views.includes(each as ViewName),
    );
    this.#pin.hidden = !views.includes("pinned") || name === "pinned";
    this.#kind.hidden = viewsIn(tab, views).length === 1;
    this.#class.show(
      classes.map((label, row) => ({ label, name: names[row] ?? `${label}` })),
      classes[options.class],
    );
    const view = known(name);
    this.#class.element.hidden = !view?.ofOneClass || classes.length < 2 || !hasBars(report);
    this.#findings.hidden = !view?.findings;
    setText(this.#heading, say(form, heading));
    // Before a ranking it is said what has to be said first, and then not here again.
    const cautions = view?.findings && [];
    const own = [
      ...(this.#tools.get(name)?.sentences?.(scene) ?? []),
      ...scaling(scene.report ?? {}),
    ];
    setText(this.#caption, view ? caption(scene, view, cautions, own) : "");
    for (const { element } of [this.#numbers, this.#exports]) element.hidden = !view;
    this.#canvas.classList.toggle("awaited", !view);
    if (other) this.#trouble.replaceChildren();
    if (!view && other) this.#fetch(name);
    this.#reserve();
  }

  draw(charts: View, scene: Scene, theme: Omit<Theme, "scale">): void {
    const view = known(scene.name);
    const tools = view && this.#toolsOf(scene.name, view);
    const drawn = tools?.instead?.(charts, scene) ?? { charts, scene };
    this.#view = drawn.charts;
    this.#theme = theme;
    this.layout(scene);
    if (!view) return this.#pointer.clear();
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const options = { ...scene.options, ...tools?.options(charts, scene) };
    const layout = drawn.charts.draw(view.chart, this.#canvas, options, { ...theme, scale });
    if (!layout) return this.#fetch(scene.name);
    this.#canvas.setAttribute("aria-label", layout.summary);
    // Where they begin, in CSS pixels.
    this.#canvas.dataset["maps"] = `${layout.maps?.[0]?.y ?? 0}`;
    setText(this.#findings, spoken(scene, view.findings?.(scene) ?? ""));
    const picture = { ...drawn.scene, options, view: drawn.charts, theme, layout };
    this.#pointer.show(picture, view.targets);
    this.#exports.show({ ...picture, ...scene, options, view: charts }, view.chart, drawn.charts);
    const which = view.measured ? onWhich(scene.report, scene.words) : "";
    this.#numbers.show({ view: drawn.charts, chart: view.chart, options, which });
    tools?.shown(picture);
  }

  /** Fetches a view's file and what draws it; meanwhile it keeps its place empty. */
  #fetch(name: ViewName): void {
    if (this.#fetching === name) return;
    this.#fetching = name;
    this.#trouble.replaceChildren();
    this.#canvas.width = this.#canvas.width;
    this.#canvas.setAttribute("aria-label", "Loading");
    const ready = async () => {
      const { chart } = await load(name);
      // Charts that are not there yet are asked for when they are to be drawn.
      await this.#view?.ready(chart, this.#scene?.options);
    };
    ready()
      .finally(() => {
        if (this.#fetching === name) this.#fetching = undefined;
      })
      .then(
        () => {
          this.listener.loaded();
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

  /** Keeps what is shown, to stand beside what is shown next. */
  #keep(): void {
    const { pins, changed } = this.listener;
    const report = this.#scene?.report;
    // Where its file cannot be had, the view of it says so.
    import("../views/pinned/kept").then(
      ({ pin }) => pin(pins, changed, report),
      () => changed("view", "pinned"),
    );
  }

  /** The tools of a view that is shown; those of another are put away. */
  #toolsOf(name: ViewName, view: FigureView): Tools | undefined {
    let tools = this.#tools.get(name);
    if (!tools && view.tools) {
      const {
        changed,
        measure,
        opened,
        pins,
        compared,
        compare,
        made,
        moved,
        subject,
        paint,
        found,
      } = this.listener;
      tools = view.tools({
        canvas: this.#canvas,
        drawing: this.#drawing,
        changed,
        say: (sentence) => spoken(this.#scene!, sentence),
        measure,
        opened,
        compared,
        compare,
        made,
        pins,
        moved,
        subject,
        paint,
        found,
      });
      this.#tools.set(name, tools);
    }
    for (const [slot, element] of [
      [this.#above, tools?.above],
      [this.#below, tools?.below],
    ] as const) {
      if (slot.firstChild !== (element ?? null))
        slot.replaceChildren(...(element ? [element] : []));
    }
    for (const [each, other] of this.#tools) if (each !== name) other.hidden();
    return tools;
  }

  #reserve(): void {
    if (!this.#scene) return;
    const { name, options } = this.#scene;
    const view = known(name);
    // All that is drawn grows with the type.
    const larger = parseFloat(getComputedStyle(this.#canvas).fontSize) / TYPE;
    const width = this.#canvas.clientWidth;
    const theme = this.#theme && { ...this.#theme, scale: 1 };
    const early = view?.height?.(width / larger, this.#scene);
    const height =
      early === undefined
        ? view && theme && this.#view?.height(view.chart, width, options, theme)
        : larger * early;
    // Until that is known, a view takes the place of the one before it.
    if (height === undefined && this.#canvas.style.height) return;
    const style = `${height ?? larger * figureHeight(width / larger, options)}px`;
    if (this.#canvas.style.height !== style) this.#canvas.style.height = style;
  }
}
