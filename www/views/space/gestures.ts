/**
 * Zooming, moving and drawing around points, with a mouse, a finger or keys. The page goes on being
 * scrolled and pinched as anywhere, unless a person has chosen that the plane is.
 */
import type { PlaneLayout, PlaneWindow } from "../../view";
import { svg } from "../shared";
import type { Point } from "./lasso";
import { dragged, STEP, stepped, zoomed } from "./window";

/** What dragging does: reading what is pointed at, moving the plane, or choosing images. */
export type Mode = "point" | "move" | "choose";

export interface Hearer {
  /** What is drawn, with the window that is asked for. */
  plane(): PlaneLayout | undefined;
  mode(): Mode;
  /** Undefined: the whole plane. */
  moved(window: PlaneWindow | undefined): void;
  /** A line was drawn around points; these are added to those chosen, or chosen alone. */
  surrounded(line: Point[], add: boolean): void;
  /** An entry of the legend was clicked: the row of its class. */
  entry(row: number): void;
  /** Dragging is to read again. */
  left(): void;
}

/** Nearer than this, in CSS pixels, it was a click. */
const CLICK = 4;
/** Twice as large with so many pixels of a wheel, and with so many of two fingers on a pad. */
const WHEEL = 300;
const PAD = 60;
/** A line of a wheel that counts lines, in pixels. */
const LINE = 16;

export class Gestures {
  readonly #halo = svg("path", { class: "halo" });
  readonly #line = svg("path", { class: "line" });
  readonly #marks = svg(
    "svg",
    { class: "marks lasso", "aria-hidden": "true" },
    this.#halo,
    this.#line,
  );
  /** Where each finger, or the mouse, is. */
  readonly #down = new Map<number, Point>();
  #from: Point | undefined;
  #isDrag = false;
  #lasso: Point[] = [];

  constructor(
    readonly canvas: HTMLCanvasElement,
    drawing: HTMLElement,
    readonly hearer: Hearer,
    signal: AbortSignal,
  ) {
    drawing.append(this.#marks);
    // Before the canvas itself hears of it: a drag is neither pointing nor a click.
    const first = { capture: true, signal };
    drawing.addEventListener("pointerdown", (event) => this.#press(event), first);
    drawing.addEventListener("pointermove", (event) => this.#drag(event), first);
    drawing.addEventListener("pointerup", (event) => this.#lift(event, true), first);
    drawing.addEventListener("pointercancel", (event) => this.#lift(event, false), first);
    drawing.addEventListener("click", (event) => this.#click(event), first);
    drawing.addEventListener("keydown", (event) => this.#key(event), first);
    drawing.addEventListener("wheel", (event) => this.#wheel(event), { ...first, passive: false });
  }

  zoom(times: number): void {
    const plane = this.hearer.plane();
    if (plane) this.hearer.moved(zoomed(plane, times));
  }

  /** What the browser may do with a finger, and what the pointer looks like. */
  follow(): void {
    const mode = this.hearer.mode();
    // A page can still be pinched while images are chosen.
    const touch = { point: "", move: "none", choose: "pinch-zoom" }[mode];
    const cursor = { point: "", move: "grab", choose: "crosshair" }[mode];
    Object.assign(this.canvas.style, { touchAction: touch, cursor });
  }

  #press(event: PointerEvent): void {
    const plane = this.hearer.plane();
    const at = this.#at(event);
    const mode = this.hearer.mode();
    this.#isDrag = false;
    if (!plane || event.button !== 0 || !isIn(plane, at)) return;
    // What a finger does is the page's, unless it was chosen otherwise.
    if (mode === "point" && event.pointerType === "touch") return;
    this.#down.set(event.pointerId, at);
    this.#from = at;
    if (mode === "choose") this.#lasso = [at];
  }

  #drag(event: PointerEvent): void {
    const before = this.#down.get(event.pointerId);
    const plane = this.hearer.plane();
    if (!before || !plane || !this.#from) return this.#hover(event);
    const at = this.#at(event);
    const [right, down] = [at[0] - before[0], at[1] - before[1]];
    if (!this.#isDrag) {
      if (Math.hypot(at[0] - this.#from[0], at[1] - this.#from[1]) < CLICK) return;
      this.#isDrag = true;
      this.canvas.setPointerCapture(event.pointerId);
    }
    event.stopPropagation();
    if (this.hearer.mode() === "choose") {
      this.#lasso.push(at);
      return this.#draw();
    }
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    this.#down.set(event.pointerId, at);
    if (!other) return this.hearer.moved(dragged(plane, right, down));
    // Two fingers: as much larger as they are further apart, about what lies between them.
    const apart = (point: Point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
    const middle = (point: Point): Point => [(point[0] + other[0]) / 2, (point[1] + other[1]) / 2];
    const window = zoomed(plane, apart(at) / Math.max(1, apart(before)), middle(before));
    const [x, y] = [middle(at)[0] - middle(before)[0], middle(at)[1] - middle(before)[1]];
    const next = { ...plane, window: window ?? plane.whole };
    this.hearer.moved(dragged(next, x, y));
  }

  /** An entry of the legend can be clicked. */
  #hover(event: PointerEvent): void {
    const entry = this.#entry(this.#at(event));
    const { style } = this.canvas;
    if (entry) style.cursor = "pointer";
    else if (style.cursor === "pointer") this.follow();
  }

  #lift(event: PointerEvent, ended: boolean): void {
    if (!this.#down.delete(event.pointerId)) return;
    if (this.hearer.mode() !== "choose") return;
    const line = this.#lasso;
    this.#lasso = [];
    this.#draw();
    if (ended && this.#isDrag && line.length > 2) this.hearer.surrounded(line, event.shiftKey);
  }

  #click(event: MouseEvent): void {
    if (this.#isDrag) {
      this.#isDrag = false;
      return event.stopPropagation();
    }
    const entry = this.#entry(this.#at(event));
    if (!entry) return;
    event.stopPropagation();
    this.hearer.entry(entry.class);
  }

  #wheel(event: WheelEvent): void {
    const plane = this.hearer.plane();
    const at = this.#at(event);
    if (!plane || !isIn(plane, at)) return;
    // With the key that zooms pages, which two fingers on a pad seem to hold; or where it was chosen.
    if (!event.ctrlKey && this.hearer.mode() !== "move") return;
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
    const whole = zoomed(plane, 1) === undefined;
    // A whole plane cannot become smaller: then the page is scrolled.
    if (whole && pixels > 0 && !event.ctrlKey) return;
    event.preventDefault();
    const isPad = event.ctrlKey && Math.abs(pixels) < LINE;
    this.hearer.moved(zoomed(plane, 2 ** (-pixels / (isPad ? PAD : WHEEL)), at));
  }

  #key(event: KeyboardEvent): void {
    const plane = this.hearer.plane();
    if (!plane || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.#down.clear();
      this.#lasso = [];
      this.#draw();
      return this.hearer.left();
    }
    const step = event.shiftKey && ARROWS[event.key];
    const times = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
    if (step) this.hearer.moved(stepped(plane, ...step));
    else if (times) this.hearer.moved(zoomed(plane, times));
    else if (event.key === "0") this.hearer.moved(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #draw(): void {
    const path = this.#lasso.map(([x, y]) => `${Math.round(x)} ${Math.round(y)}`).join("L");
    for (const mark of [this.#halo, this.#line]) mark.setAttribute("d", path && `M${path}z`);
  }

  #entry(at: Point): PlaneLayout["legend"][number] | undefined {
    return this.hearer.plane()?.legend.find((each) => isIn(each, at));
  }

  #at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }
}

const ARROWS: Record<string, [right: number, up: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

type Box = { x: number; y: number; width: number; height: number };

function isIn({ x, y, width, height }: Box, at: Point): boolean {
  return at[0] >= x && at[0] <= x + width && at[1] >= y && at[1] <= y + height;
}
