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
  fill(canvas, { height, width }, values, () => ink);
}

/** Brighter and darker, on a light page and on a dark one; the names are those of the palettes. */
const CHANGES = {
  paper: { light: ["#b2182b", "#2166ac"], dark: ["#ff8a75", "#7db8ff"] },
  "colour-blind": { light: ["#b35806", "#2166ac"], dark: ["#ffb45e", "#7db8ff"] },
} as const;

/** Paints differences from -1 to 1 as their strength in the colour of their sign. */
export function paintChange(
  canvas: HTMLCanvasElement,
  shape: ImageShape,
  change: Float32Array | undefined,
  palette: keyof typeof CHANGES,
  background: string,
): void {
  const [brighter, darker] = CHANGES[palette][isDark(background) ? "dark" : "light"];
  fill(canvas, shape, change, (value) => (value > 0 ? brighter : darker));
}

/** A pixel as opaque as its value is far from 0, in the colour that `ink` has for it. */
function fill(
  canvas: HTMLCanvasElement,
  { height, width }: ImageShape,
  values: Float32Array | undefined,
  ink: (value: number) => string,
): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.setProperty("--ratio", `${width / height}`);
  canvas.classList.toggle("empty", !values);
  const context = canvas.getContext("2d")!;
  if (!values) return context.clearRect(0, 0, width, height);
  const image = context.createImageData(width, height);
  for (const [pixel, value] of values.entries()) {
    const colour = Number.parseInt(ink(value).slice(1), 16);
    image.data[4 * pixel] = colour >> 16;
    image.data[4 * pixel + 1] = (colour >> 8) & 255;
    image.data[4 * pixel + 2] = colour & 255;
    image.data[4 * pixel + 3] = 255 * Math.abs(value);
  }
  context.putImageData(image, 0, 0);
}

function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(colour.slice(at, at + 2), 16),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
