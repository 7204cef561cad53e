import { h } from "../dom";
import type { ImageShape } from "../report";

/** A picture of one image, an ink dot per pixel: strong where the value is near 1. */
export function picture(): HTMLCanvasElement {
  return h("canvas", { class: "picture", width: "1", height: "1", "aria-hidden": "true" });
}

/** Paints values from 0 to 1 in the colour of ink (#rrggbb); without values, nothing. */
export function paint(
  canvas: HTMLCanvasElement,
  { height, width }: ImageShape,
  values: Float32Array | undefined,
  ink: string,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.classList.toggle("empty", !values);
  const context = canvas.getContext("2d")!;
  if (!values) return context.clearRect(0, 0, width, height);
  const image = context.createImageData(width, height);
  const colour = Number.parseInt(ink.slice(1), 16);
  for (let pixel = 0; pixel < values.length; pixel++) {
    image.data[4 * pixel] = colour >> 16;
    image.data[4 * pixel + 1] = (colour >> 8) & 255;
    image.data[4 * pixel + 2] = colour & 255;
    image.data[4 * pixel + 3] = 255 * values[pixel]!;
  }
  context.putImageData(image, 0, 0);
}
