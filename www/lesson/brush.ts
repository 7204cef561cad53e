/** An image on which pixels are marked by hand: a guess that is then held against what was measured. */
import { h, setText } from "../dom";
import { rampOf, seenOf } from "../parts/pixels";
import type { Shading } from "../parts/shading";
import type { ImageShape } from "../report";
import type { LessonText } from "../text/en";

export interface Colours {
  ink: string;
  mark: string;
  paper: string;
}

/** Device pixels of the canvas for one pixel of the image. */
const CELL = 12;

export class Brush {
  readonly #canvas;
  readonly #count = h("p", { class: "count" });
  readonly #cursorWords = h("p", { class: "unseen", "aria-live": "polite" });
  readonly #clear;
  readonly #key = h("p", { class: "key" });
  readonly element;
  readonly #marks = new Set<number>();
  /** The pixels that matter, once they may be seen. */
  #truth: Set<number> | undefined;
  #cursor: number | undefined;
  /** What the stroke in hand does, and where it last was. */
  #stroke: { erases: boolean; last: number } | undefined;
  #image: Float32Array;

  constructor(
    readonly shape: ImageShape,
    image: Float32Array,
    readonly shading: Shading,
    /** How many pixels may be marked. */
    readonly most: number,
    readonly words: LessonText,
    readonly write: (value: number) => string,
    readonly colours: () => Colours,
    readonly changed: (marks: number[]) => void,
  ) {
    this.#image = image;
    this.#canvas = h("canvas", {
      class: "brush",
      tabindex: "0",
      role: "application",
      "aria-label": words.brush(write(most)),
      "aria-describedby": "brush-keys",
      width: `${shape.width * CELL}`,
      height: `${shape.height * CELL}`,
    });
    this.#canvas.style.aspectRatio = `${shape.width} / ${shape.height}`;
    this.#clear = h(
      "button",
      { type: "button", class: "quiet", onclick: () => this.#empty() },
      words.clear,
    );
    this.element = h(
      "div",
      { class: "brushing" },
      this.#canvas,
      this.#key,
      h("div", { class: "row" }, this.#count, this.#clear),
      h("p", { class: "note", id: "brush-keys" }, words.brushKeys),
      this.#cursorWords,
    );
    this.#canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.#canvas.addEventListener(end, () => this.#end());
    }
    this.#canvas.addEventListener("keydown", (event) => this.#press(event));
    this.#canvas.addEventListener("blur", () => {
      this.#cursor = undefined;
      this.draw();
    });
    this.#tell();
  }

  get marks(): number[] {
    return [...this.#marks];
  }

  set marks(pixels: readonly number[]) {
    this.#marks.clear();
    const cells = this.shape.width * this.shape.height;
    for (const pixel of pixels.slice(0, this.most)) {
      if (Number.isInteger(pixel) && pixel >= 0 && pixel < cells) this.#marks.add(pixel);
    }
    this.#tell();
    this.draw();
  }

  /** Shows which pixels matter beside those that were marked; from now on nothing changes. */
  reveal(truth: ReadonlySet<number>): void {
    this.#truth = new Set(truth);
    this.#clear.hidden = true;
    const { hit, miss, missed } = this.words;
    this.#key.replaceChildren(
      ...Object.entries({ hit, miss, missed }).map(([kind, word]) =>
        h("span", { class: kind }, word),
      ),
    );
    this.draw();
  }

  draw(): void {
    const { width, height, channels } = this.shape;
    const { ink, mark, paper } = this.colours();
    const ramp = this.shading === "ink" ? undefined : rampOf(this.shading, "#000000");
    const context = this.#canvas.getContext("2d")!;
    context.globalAlpha = 1;
    context.fillStyle = paper;
    context.fillRect(0, 0, width * CELL, height * CELL);
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      const [x, y] = [(pixel % width) * CELL, Math.floor(pixel / width) * CELL];
      // The image lies faint below the marks.
      const seen = seenOf(this.#image, pixel, channels);
      const inColour = seen.length > 1;
      const value = Math.min(1, Math.max(0, seen[0] ?? 0));
      context.globalAlpha = 0.45 * (ramp || inColour ? 1 : value);
      const at = ramp && 4 * Math.round(value * (ramp.length / 4 - 1));
      const colour = inColour ? seen.map((each) => 255 * each) : ramp?.subarray(at, at! + 3);
      context.fillStyle = colour ? `rgb(${colour.join()})` : ink;
      context.fillRect(x, y, CELL, CELL);
      const marked = this.#marks.has(pixel);
      const matters = this.#truth?.has(pixel) ?? false;
      context.globalAlpha = 1;
      context.fillStyle = mark;
      if (marked && (matters || !this.#truth)) context.fillRect(x + 1, y + 1, CELL - 2, CELL - 2);
      else if (marked) context.fillRect(x + 4, y + 4, CELL - 8, CELL - 8);
      else if (matters) {
        context.strokeStyle = mark;
        context.lineWidth = 2;
        context.strokeRect(x + 2, y + 2, CELL - 4, CELL - 4);
      }
      if (pixel === this.#cursor) {
        context.strokeStyle = ink;
        context.lineWidth = 2;
        context.strokeRect(x, y, CELL, CELL);
      }
    }
  }

  #begin(event: PointerEvent): void {
    if (this.#truth || event.button !== 0) return;
    const pixel = this.#pixel(event);
    if (pixel === undefined) return;
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.#canvas.setPointerCapture(event.pointerId);
    this.#stroke = { erases: this.#marks.has(pixel), last: pixel };
    this.#mark(pixel);
  }

  #go(event: PointerEvent): void {
    if (!this.#stroke) return;
    const pixel = this.#pixel(event);
    if (pixel === undefined || pixel === this.#stroke.last) return;
    for (const each of line(this.#stroke.last, pixel, this.shape.width)) this.#mark(each);
    this.#stroke.last = pixel;
  }

  #end(): void {
    if (this.#stroke) this.changed(this.marks);
    this.#stroke = undefined;
  }

  #mark(pixel: number): void {
    if (this.#stroke!.erases) this.#marks.delete(pixel);
    else if (this.#marks.size < this.most) this.#marks.add(pixel);
    this.#tell();
    this.draw();
  }

  #press(event: KeyboardEvent): void {
    const { width, height } = this.shape;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.key === " " && this.#cursor !== undefined && !this.#truth) {
      event.preventDefault();
      this.#stroke = { erases: this.#marks.has(this.#cursor), last: this.#cursor };
      this.#mark(this.#cursor);
      this.#end();
    } else if (step) {
      event.preventDefault();
      const at = this.#cursor;
      // The first key only shows where one is: in the middle.
      const [column, row] =
        at === undefined
          ? [Math.floor(width / 2), Math.floor(height / 2)]
          : [(at % width) + step[0]!, Math.floor(at / width) + step[1]!];
      if (column < 0 || row < 0 || column >= width || row >= height) return;
      this.#cursor = row * width + column;
      this.draw();
    } else return;
    const [row, column] = [Math.floor(this.#cursor! / width) + 1, (this.#cursor! % width) + 1];
    const marked = this.#marks.has(this.#cursor!);
    setText(this.#cursorWords, this.words.at(this.write(row), this.write(column), marked));
  }

  #pixel({ offsetX, offsetY }: PointerEvent): number | undefined {
    const { width, height } = this.shape;
    const column = Math.floor((offsetX / this.#canvas.clientWidth) * width);
    const row = Math.floor((offsetY / this.#canvas.clientHeight) * height);
    const inside = column >= 0 && row >= 0 && column < width && row < height;
    return inside ? row * width + column : undefined;
  }

  #empty(): void {
    this.marks = [];
    this.changed([]);
  }

  #tell(): void {
    setText(this.#count, this.words.marked(this.write(this.#marks.size), this.write(this.most)));
  }
}

/** The so many pixels of largest importance; of equals the first. */
export function largest(importance: readonly number[], count: number): Set<number> {
  const order = [...importance.keys()].sort((a, b) => importance[b]! - importance[a]! || a - b);
  return new Set(order.slice(0, count));
}

/** The pixels between two, the second included: a quick hand leaves no gaps. */
function line(from: number, to: number, width: number): number[] {
  const [x, y] = [from % width, Math.floor(from / width)];
  const [across, down] = [(to % width) - x, Math.floor(to / width) - y];
  const steps = Math.max(Math.abs(across), Math.abs(down));
  return Array.from({ length: steps }, (_, at) => {
    const share = (at + 1) / steps;
    return Math.round(y + down * share) * width + Math.round(x + across * share);
  });
}
