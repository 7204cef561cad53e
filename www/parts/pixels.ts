/** Paints images, pixel for pixel. */
import { h } from "../dom";
import type { DataForm, ImageShape } from "../report";
import type { Shading } from "./shading";

/** A picture of one image; its pixels are painted into it. */
export function picture(): HTMLCanvasElement {
  return h("canvas", { class: "picture", width: "1", height: "1", "aria-hidden": "true" });
}

/** Red, green, blue and opacity of `STEPS` values, from the smallest to the largest. */
export type Ramp = Uint8ClampedArray;

/** Twice those of a byte, and one in the middle: what did not change has no colour. */
const STEPS = 511;

/** The same as in the charts. */
const VIRIDIS = [
  [68, 1, 84],
  [70, 50, 127],
  [54, 92, 141],
  [39, 127, 143],
  [31, 162, 136],
  [74, 194, 110],
  [160, 219, 57],
  [254, 232, 37],
] as const;

/** The colours of values from 0 to 1; `ink` (#rrggbb) is laid on what lies behind the picture. */
export function rampOf(shading: Shading, ink: string): Ramp {
  switch (shading) {
    case "ink":
      return ramp((share) => [...channels(ink), 255 * share]);
    case "bright":
      return ramp((share) => [255 * share, 255 * share, 255 * share, 255]);
    case "viridis":
      return ramp((share) => {
        const at = share * (VIRIDIS.length - 1);
        const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
        const mix = (channel: 0 | 1 | 2) => {
          const from = VIRIDIS[below]![channel];
          return from + (VIRIDIS[below + 1]![channel] - from) * (at - below);
        };
        return [mix(0), mix(1), mix(2), 255];
      });
  }
}

/** Values that fell and that rose, on a light page and on a dark one; the names are those of the palettes. */
const CHANGES = {
  paper: { light: ["#2166ac", "#b2182b"], dark: ["#7db8ff", "#ff8a75"] },
  "colour-blind": { light: ["#2166ac", "#b35806"], dark: ["#7db8ff", "#ffb45e"] },
} as const;

/** The colours of changes from -1 to 1: the stronger the change, the more of the colour of its sign. */
export function rampOfChange(palette: keyof typeof CHANGES, background: string): Ramp {
  const [fallen, risen] = CHANGES[palette][isDark(background) ? "dark" : "light"];
  return ramp((share) => {
    const change = 2 * share - 1;
    return [...channels(change > 0 ? risen : fallen), 255 * Math.abs(change)];
  });
}

function ramp(colour: (share: number) => number[]): Ramp {
  const colours = Array.from({ length: STEPS }, (_, step) => colour(step / (STEPS - 1)));
  return Uint8ClampedArray.from(colours.flat());
}

/** What is painted: its size, and what its numbers are, where these are no pixels. */
export type Painted = Pick<ImageShape, "height" | "width"> & { form?: DataForm };

/** Fetched once there are rows of numbers that are no images. */
let ofRows: typeof import("./row") | undefined;

function paintRow(...row: Parameters<typeof import("./row").drawRow>): void {
  if (ofRows) return ofRows.drawRow(...row);
  import("./row").then(
    (loaded) => (ofRows = loaded).drawRow(...row),
    // All else is there without it, and it is asked for again with the next.
    () => undefined,
  );
}

/**
 * Paints values from 0 to 1, one or more for each pixel: three are red, green and blue; of others the mean is
 * painted, in the colours of `ramp`. Without values, nothing. What is no image is drawn as a line or as bars,
 * paler before them the values that are `beside` it.
 */
export function paint(
  canvas: HTMLCanvasElement,
  { height, width, form = "image" }: Painted,
  values: Float32Array | undefined,
  ramp: Ramp,
  beside?: Float32Array,
): void {
  if (form !== "image") return paintRow(canvas, form, values, beside);
  canvas.classList.remove("row");
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.setProperty("--ratio", `${width / height}`);
  canvas.classList.toggle("empty", !values);
  const context = canvas.getContext("2d")!;
  if (!values) return context.clearRect(0, 0, width, height);
  const image = context.createImageData(width, height);
  const channels = values.length / (width * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      const value = values[pixel * channels + channel]!;
      sum += value;
      if (channels === 3) image.data[4 * pixel + channel] = 255 * value;
    }
    if (channels === 3) {
      image.data[4 * pixel + 3] = 255;
      continue;
    }
    const step = Math.round(Math.min(1, Math.max(0, sum / channels)) * (STEPS - 1));
    image.data.set(ramp.subarray(4 * step, 4 * step + 4), 4 * pixel);
  }
  context.putImageData(image, 0, 0);
}

/** What is painted of a pixel: red, green and blue of three channels, else the one mean of all. */
export function seenOf(values: Float32Array, pixel: number, channels: number): number[] {
  const own = [...values.subarray(pixel * channels, (pixel + 1) * channels)];
  return channels === 3 ? own : [own.reduce((sum, value) => sum + value, 0) / channels];
}

/** Paints the ramp itself, from left to right. */
export function paintRamp(canvas: HTMLCanvasElement, ramp: Ramp): void {
  const shares = Float32Array.from({ length: STEPS }, (_, step) => step / (STEPS - 1));
  paint(canvas, { height: 1, width: STEPS }, shares, ramp);
}

function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = channels(colour);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** Red, green and blue of #rrggbb. */
function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
