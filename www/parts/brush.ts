/** An image whose pixels are marked by hand: with a mouse, a pen, a finger or the keyboard. */
import { h } from "../dom";
import type { ImageShape } from "../report";
import { paint, picture, rampOf } from "./pixels";
import type { Shading } from "./shading";

/** The most canvas pixels that a pixel of the image has, and that its longer side has. */
const CELL = 12;
const SIDE = 1200;
/** The image lies faint below what is marked. */
const FAINT = 0.45;

/** What becomes of strokes. */
export interface Strokes {
  /** One begins at a pixel; false where nothing can be marked. */
  begun(pixel: number): boolean;
  /** It goes over a pixel: the first, and each after it. */
  over(pixel: number): void;
  ended(): void;
  /** The keys have come to a pixel, or have marked it. */
  reached(pixel: number): void;
  /** It looks different now. */
  moved(): void;
}

export class PixelBrush {
  readonly canvas: HTMLCanvasElement;
  /** Canvas pixels of a pixel of the image. */
  readonly cell: number;
  readonly #image = picture();
  #cursor: number | undefined;
  /** Where the stroke in hand last was. */
  #last: number | undefined;

  constructor(
    readonly shape: Pick<ImageShape, "height" | "width">,
    attributes: Record<string, string>,
    readonly strokes: Strokes,
  ) {
    const { height, width } = shape;
    this.cell = Math.max(1, Math.min(CELL, Math.floor(SIDE / Math.max(height, width))));
    this.canvas = h("canvas", {
      class: "brush",
      tabindex: "0",
      role: "application",
      width: `${width * this.cell}`,
      height: `${height * this.cell}`,
      ...attributes,
    });
    this.canvas.style.aspectRatio = `${width} / ${height}`;
    this.canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.canvas.addEventListener(end, () => this.#end());
    }
    this.canvas.addEventListener("keydown", (event) => this.#press(event));
    this.canvas.addEventListener("blur", () => {
      this.#cursor = undefined;
      strokes.moved();
    });
  }

  /** The image by itself, on which `over` then draws. */
  draw(
    image: Float32Array | undefined,
    shading: Shading,
    { ink, paper }: { ink: string; paper: string },
    over: (context: CanvasRenderingContext2D) => void,
  ): void {
    const { width, height } = this.canvas;
    const context = this.canvas.getContext("2d")!;
    context.globalAlpha = 1;
    context.fillStyle = paper;
    context.fillRect(0, 0, width, height);
    paint(this.#image, this.shape, image, rampOf(shading, "#000000"));
    if (shading === "ink") tint(this.#image, ink);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = FAINT;
    context.drawImage(this.#image, 0, 0, width, height);
    context.globalAlpha = 1;
    over(context);
    if (this.#cursor === undefined) return;
    const [x, y] = this.place(this.#cursor);
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.strokeRect(x, y, this.cell, this.cell);
  }

  /** Where a pixel is drawn. */
  place(pixel: number): [x: number, y: number] {
    const { width } = this.shape;
    return [(pixel % width) * this.cell, Math.floor(pixel / width) * this.cell];
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    const pixel = this.#pixel(event);
    if (pixel === undefined || !this.strokes.begun(pixel)) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.#last = pixel;
    this.strokes.over(pixel);
  }

  #go(event: PointerEvent): void {
    if (this.#last === undefined) return;
    const pixel = this.#pixel(event);
    if (pixel === undefined || pixel === this.#last) return;
    for (const each of line(this.#last, pixel, this.shape.width)) this.strokes.over(each);
    this.#last = pixel;
  }

  #end(): void {
    if (this.#last !== undefined) this.strokes.ended();
    this.#last = undefined;
  }

  #press(event: KeyboardEvent): void {
    const { width, height } = this.shape;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ];
    if (event.key === " " && this.#cursor !== undefined) {
      event.preventDefault();
      if (!this.strokes.begun(this.#cursor)) return;
      this.strokes.over(this.#cursor);
      this.strokes.ended();
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
      this.strokes.moved();
    } else return;
    this.strokes.reached(this.#cursor);
  }

  #pixel({ offsetX, offsetY }: PointerEvent): number | undefined {
    const { width, height } = this.shape;
    const column = Math.floor((offsetX / this.canvas.clientWidth) * width);
    const row = Math.floor((offsetY / this.canvas.clientHeight) * height);
    const inside = column >= 0 && row >= 0 && column < width && row < height;
    return inside ? row * width + column : undefined;
  }
}

/** Gives what was painted a colour, written in any way that CSS knows. */
function tint(canvas: HTMLCanvasElement, colour: string): void {
  const context = canvas.getContext("2d")!;
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
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
