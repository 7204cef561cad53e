/** Draws a row of numbers that is no image, small: a signal as a line, a row of a table as bars. */
import "../shared";
import type { DataForm } from "../report";

/** In the canvas' own pixels, several for each of the screen's. */
const WIDTH = 320;
const HEIGHT = 200;
const EDGE = 10;
const LINE = 6;
/** More bars than these are not told apart: each is then the mean of several columns. */
const MOST_BARS = 80;

/** Values are from 0, at the lower edge, to 1; those `beside` are drawn paler, for comparison. */
export function drawRow(
  canvas: HTMLCanvasElement,
  form: DataForm,
  values: Float32Array | undefined,
  beside?: Float32Array,
): void {
  if (canvas.width !== WIDTH) canvas.width = WIDTH;
  if (canvas.height !== HEIGHT) canvas.height = HEIGHT;
  canvas.style.setProperty("--ratio", `${WIDTH / HEIGHT}`);
  canvas.classList.toggle("empty", !values);
  canvas.classList.add("row");
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, WIDTH, HEIGHT);
  if (!values) return;
  const style = getComputedStyle(canvas);
  // A colour that the browser has resolved: the canvas knows no custom properties.
  const accent = style.outlineColor;
  if (form === "signal") {
    if (beside) line(context, beside, style.color, 0.35);
    return line(context, values, beside ? accent : style.color, 1);
  }
  bars(context, values, beside ? accent : style.color);
  if (beside) ticks(context, beside, style.color);
}

function line(
  context: CanvasRenderingContext2D,
  values: Float32Array,
  colour: string,
  opacity: number,
): void {
  context.globalAlpha = opacity;
  context.strokeStyle = colour;
  context.lineWidth = LINE;
  context.lineJoin = "round";
  context.beginPath();
  const steps = Math.max(1, values.length - 1);
  for (const [at, value] of values.entries()) {
    const x = EDGE + ((WIDTH - 2 * EDGE) * at) / steps;
    context.lineTo(x, heightOf(value));
  }
  context.stroke();
  context.globalAlpha = 1;
}

function bars(context: CanvasRenderingContext2D, values: Float32Array, colour: string): void {
  context.fillStyle = colour;
  const all = joined(values);
  const slot = (WIDTH - 2 * EDGE) / all.length;
  for (const [at, value] of all.entries()) {
    const y = heightOf(value);
    context.fillRect(EDGE + at * slot + slot / 6, y, (slot * 2) / 3, HEIGHT - y);
  }
}

function ticks(context: CanvasRenderingContext2D, values: Float32Array, colour: string): void {
  context.fillStyle = colour;
  const all = joined(values);
  const slot = (WIDTH - 2 * EDGE) / all.length;
  for (const [at, value] of all.entries()) {
    context.fillRect(EDGE + at * slot, heightOf(value) - LINE / 2, slot, LINE);
  }
}

function joined(values: Float32Array): Float32Array {
  if (values.length <= MOST_BARS) return values;
  return Float32Array.from({ length: MOST_BARS }, (_, bar) => {
    const edge = (at: number) => Math.floor((at * values.length) / MOST_BARS);
    const own = values.subarray(edge(bar), edge(bar + 1));
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
}

function heightOf(value: number): number {
  return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * Math.min(1, Math.max(0, value));
}
