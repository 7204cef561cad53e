/** The latents of one image as upright bars, and how far they spread where a network gives that, too. */
import type { Matrix } from "../report";

/** Of a height of 1: what no bar is shorter than, which is a hairline that stands for zero. */
const HAIRLINE = 0.02;

export interface LatentBars {
  /** Outlines of the bars, each dimension 1 wide. */
  bars: string;
  /** Upright lines from one spread below a bar's end to one above it; empty where there is none. */
  spreads: string;
  /** Of every dimension, 1 for the largest of all images: up or down. */
  heights: Float32Array;
}

/**
 * Bars of one row of `latents`, `dims` of them: on a common base, or up and down from the middle where some of
 * any image are below 0. `spreads` are standard deviations of the dimensions.
 */
export function latentBars(
  latents: Matrix | undefined,
  row: number,
  dims: number,
  spreads?: Float32Array,
): LatentBars {
  const heights = new Float32Array(dims);
  if (!latents) return { bars: outlines(heights, 1, 1), spreads: "", heights };
  const columns = latents.shape[1];
  const reach = spreads ? Math.max(...spreads) : 0;
  const furthest = (found: number, value: number) => Math.max(found, Math.abs(value));
  const largest = latents.data.reduce(furthest, 0) + reach || 1;
  const own = latents.data.subarray(row * columns, row * columns + Math.min(columns, dims));
  heights.set(own.map((value) => value / largest));
  // With spreads, values of either sign are to be expected.
  const signed = spreads !== undefined || latents.data.some((value) => value < 0);
  const [base, scale] = signed ? [0.5, 0.5] : [1, 1];
  const lines = Array.from(spreads ?? [], (spread, at) => {
    const [middle, half] = [base - scale * (heights[at] ?? 0), (scale * spread) / largest];
    return `M${at + 0.5} ${rounded(middle - half)}V${rounded(middle + half)}`;
  });
  return { bars: outlines(heights, base, scale), spreads: lines.join(""), heights };
}

function outlines(heights: Float32Array, base: number, scale: number): string {
  const gap = heights.length > 64 ? 0.1 : 0.25;
  const path = Array.from(heights, (height, position) => {
    const tall = Math.max(Math.abs(height) * scale, HAIRLINE);
    const up = height < 0 ? tall : -tall;
    return `M${position + gap / 2} ${base}v${rounded(up)}h${1 - gap}v${rounded(-up)}z`;
  });
  return path.join("");
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
