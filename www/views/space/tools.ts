/** What the encoded space has besides its picture: axes, zooming, searching, choosing, neighbours. */
import type { Encoded, Report } from "../../report";
import type { ChartOptions, PlaneLayout, PlaneWindow, View } from "../../view";
import type { Picture, Scene } from "../picture";
import { axesOf, count, h, integer, Segmented, setText } from "../shared";
import type { Host, Tools } from "../view";
import { Axes } from "./axes";
import { Chosen } from "./chosen";
import { Classes } from "./classes";
import { Finder } from "./finder";
import { Gestures, type Mode } from "./gestures";
import { surrounded, together } from "./lasso";
import { Near } from "./near";
import { Projection, type Way } from "./projection";
import { dress } from "../../parts/dress";
import css from "./space.css" with { type: "text" };
import { centred, STEP } from "./window";

const MODES: Record<Mode, string> = { point: "Point", move: "Move", choose: "Choose" };

const HINTS: Record<Mode, string> = {
  point:
    "Drag with a mouse to move, turn the wheel with Ctrl to zoom. By keyboard, in the picture: + and −, 0 for all, Shift with the arrows.",
  move: "Drag to move; pinch, or turn the wheel, to zoom. Esc ends it.",
  choose: "Draw around images to choose them, with Shift in addition to those chosen. Esc ends it.",
};

/** How long nothing has moved before it is said what is in view, in milliseconds. */
const STILL = 400;

export class SpaceTools implements Tools {
  readonly #axes;
  readonly #projection;
  readonly #modes = new Segmented("space-mode", (value) => this.#setMode(value as Mode));
  readonly #hint = h("p", { class: "note" });
  readonly #view = h("span", { class: "note", role: "status" });
  readonly #fit = this.#button("Fit", "Fit all", () => this.#moved(undefined));
  readonly #byClass = h("select", {
    "aria-label": "Choose all of a class",
    onchange: () => this.#chooseClass(),
  });
  readonly #adding = h("input", { type: "checkbox" });
  readonly #choosing;
  readonly #finder;
  readonly #classes;
  readonly #near;
  readonly #chosen;
  readonly #gestures;
  readonly above;
  readonly below;
  readonly #ended = new AbortController();
  #mode: Mode = "point";
  #isShown = false;
  #charts: View | undefined;
  #scene: Scene | undefined;
  #layout: PlaneLayout | undefined;
  #points: ArrayLike<number> = [];
  /** What is asked for; undefined: the whole plane. */
  #window: PlaneWindow | undefined;
  #hidden: number[] = [];
  #images: Uint32Array | undefined;
  /** Whose window and choice these are. */
  #of: { labels: Encoded["labels"] | undefined; plane: string } | undefined;
  /** What the charts were last told to let stand out, and which charts. */
  #told: { charts?: View; images?: Uint32Array | undefined; encoded?: Report["encoded"] } = {};
  #timer = 0;

  constructor(readonly host: Host) {
    this.#axes = new Axes(host);
    this.#projection = new Projection(host);
    this.#classes = new Classes((hidden) => {
      this.#hidden = hidden;
      host.moved();
    });
    this.#finder = new Finder({
      went: (image) => this.#go(image),
      chosen: (images) => this.#choose(images),
      say: (words) => host.say(words),
    });
    this.#near = new Near(host);
    this.#chosen = new Chosen(host, () => this.#choose(undefined, false));
    this.#gestures = new Gestures(
      host.canvas,
      host.drawing,
      {
        plane: () => this.#plane,
        mode: () => this.#mode,
        moved: (window) => this.#moved(window),
        surrounded: (line, add) => this.#choose(surrounded(this.#points, line), add),
        entry: (row) => this.#classes.toggle(row),
        left: () => this.#setMode("point"),
      },
      this.#ended.signal,
    );
    this.#choosing = h(
      "span",
      { class: "choosing" },
      this.#byClass,
      this.#button("All in view", "Choose all in view", () => this.#chooseSeen()),
      h("label", {}, this.#adding, "Add to those chosen"),
    );
    this.above = h(
      "div",
      { class: "space-tools", onkeydown: (event) => this.#press(event as KeyboardEvent) },
      this.#axes.element,
      this.#projection.element,
      h(
        "div",
        { class: "bar" },
        h(
          "fieldset",
          {},
          h("legend", { class: "unseen" }, "What dragging does"),
          this.#modes.element,
        ),
        h(
          "span",
          { class: "zoom" },
          this.#button("+", "Zoom in", () => this.#gestures.zoom(STEP)),
          this.#button("−", "Zoom out", () => this.#gestures.zoom(1 / STEP)),
          this.#fit,
        ),
        this.#finder.element,
      ),
      this.#choosing,
      this.#hint,
      this.#view,
    );
    this.below = h(
      "div",
      { class: "space-tools" },
      this.#near.element,
      this.#chosen.element,
      this.#classes.element,
    );
    this.#setMode("point");
  }

  options(charts: View, scene: Scene): Partial<ChartOptions> {
    if (!this.#isShown) dress(this.above, css);
    this.#isShown = true;
    this.#charts = charts;
    this.#scene = scene;
    const { report, projection, options } = scene;
    const encoded = report?.encoded;
    // After every epoch the images are the same.
    const labels = encoded?.labels;
    if (labels !== this.#of?.labels) {
      this.#images = undefined;
      this.#hidden = [];
    }
    if (labels !== this.#of?.labels || projection !== this.#of?.plane) this.#window = undefined;
    this.#of = { labels, plane: projection };
    const { dims } = options;
    const axes = axesOf(projection);
    this.#axes.show(projection, dims);
    this.#projection.show(charts, wayOf(projection, dims), report);
    this.#tellChosen(charts, encoded);
    return {
      ...(axes && { axes }),
      ...(this.#window && { window: this.#window }),
      hidden: this.#hidden,
    };
  }

  shown(picture: Picture): void {
    const { layout, report, options, classes, names } = picture;
    this.#layout = layout.plane;
    this.#points = layout.points ?? [];
    this.#axes.drawn(layout.plane?.dims);
    this.#fit.disabled = !this.#window;
    const encoded = report?.encoded;
    const nameOf = (label: number) => names[classes.indexOf(label)] ?? `${label}`;
    this.#finder.show(encoded, nameOf);
    this.#near.show(encoded, options.selected, nameOf);
    this.#chosen.show(this.#charts!, report, this.#images, nameOf);
    this.#classes.show(names, this.#hidden);
    this.#offer(names);
    this.#gestures.follow();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#tell(encoded), STILL);
  }

  hidden(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#layout = undefined;
    this.#setMode("point");
    this.#gestures.follow();
    if (this.#charts) this.#projection.show(this.#charts, undefined, this.#scene?.report);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#projection.close();
    this.#near.close();
    this.#chosen.close();
  }

  /** What is drawn, with the window that is asked for, which may not have been drawn yet. */
  get #plane(): PlaneLayout | undefined {
    const layout = this.#layout;
    return layout && { ...layout, window: this.#window ?? layout.whole };
  }

  #setMode(mode: Mode): void {
    this.#mode = mode;
    this.#modes.show(MODES, mode);
    this.#choosing.hidden = mode !== "choose";
    setText(this.#hint, this.#scene ? this.host.say(HINTS[mode]) : HINTS[mode]);
    this.#gestures.follow();
  }

  #press(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#setMode("point");
  }

  #moved(window: PlaneWindow | undefined): void {
    this.#window = window;
    this.host.moved();
  }

  /** What is in view, once it is: not on the way there. */
  #tell(encoded: Encoded | undefined): void {
    let seen = 0;
    for (let at = 0; at < this.#points.length; at += 2) {
      if (Number.isFinite(this.#points[at])) seen += 1;
    }
    const all = encoded?.labels.length ?? 0;
    const words = `${integer(seen)} of ${count(all, "image")} in view.`;
    setText(this.#view, this.#window ? this.host.say(words) : "");
  }

  // Choosing

  #choose(images: Uint32Array | undefined, add = this.#adding.checked): void {
    const before = this.#images;
    this.#images = images && add && before ? together(before, images) : images;
    this.host.moved();
  }

  #chooseSeen(): void {
    const seen: number[] = [];
    for (let image = 0; 2 * image < this.#points.length; image += 1) {
      if (Number.isFinite(this.#points[2 * image])) seen.push(image);
    }
    this.#choose(Uint32Array.from(seen));
  }

  #chooseClass(): void {
    const label = this.#scene?.classes[Number(this.#byClass.value)];
    this.#byClass.value = "";
    const labels = this.#scene?.report?.encoded?.labels;
    if (label === undefined || !labels) return;
    const own = Array.from(labels.keys()).filter((image) => labels[image] === label);
    this.#choose(Uint32Array.from(own));
  }

  /** The classes that can be chosen as a whole. */
  #offer(names: readonly string[]): void {
    const key = JSON.stringify(names);
    if (this.#byClass.dataset.names === key) return;
    this.#byClass.dataset.names = key;
    this.#byClass.replaceChildren(
      h("option", { value: "" }, "A class…"),
      ...names.map((name, row) => h("option", { value: `${row}` }, name)),
    );
  }

  #tellChosen(charts: View, encoded: Encoded | undefined): void {
    const told = { charts, images: this.#images, encoded };
    const same = (name: keyof typeof told) => this.#told[name] === told[name];
    if (same("charts") && same("images") && same("encoded")) return;
    this.#told = told;
    charts.choose(told.images);
  }

  // Going to an image

  #go(image: number): void {
    const { report, classes = [] } = this.#scene ?? {};
    const row = classes.indexOf(report?.encoded?.labels[image] ?? -1);
    this.#hidden = this.#hidden.filter((each) => each !== row);
    if (this.#window && this.#plane && !Number.isFinite(this.#points[2 * image])) {
      const at = this.#placeOf(image, row);
      this.#window = at && centred(this.#plane, at);
    }
    this.host.moved();
    this.host.opened({ image });
  }

  /** Where an image is on the plane, in the numbers of its axes. */
  #placeOf(image: number, row: number): [number, number] | undefined {
    const { data, shape } = this.#scene?.report?.encoded?.latents ?? {};
    const { plane } = this.#projection;
    if (plane) return [plane.coordinates[2 * image]!, plane.coordinates[2 * image + 1]!];
    if (!data || !shape) return undefined;
    const [across, up] = this.#layout?.dims ?? [];
    const value = (dim: number) => data[image * shape[1] + dim]!;
    if (across === undefined || up === undefined) return [value(0), -row];
    return [value(across), value(up)];
  }

  #button(title: string, name: string, act: () => void): HTMLButtonElement {
    return h(
      "button",
      { type: "button", class: "button", "aria-label": name, title: name, onclick: act },
      title,
    );
  }
}

/** What a projection is calculated by; undefined where it is two dimensions, or there are no two. */
function wayOf(projection: Scene["projection"], dims: number): Way | undefined {
  return dims > 1 && (projection === "pca" || projection === "tsne" || projection === "umap")
    ? projection
    : undefined;
}
