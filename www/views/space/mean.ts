/** The mean of many images. */
import type { Subject } from "../subject";

/** So long the page may wait, in milliseconds. */
const SLICE = 10;

/**
 * Pixel by pixel; undefined where one of the images cannot be had. Rejects with the signal's reason once
 * that is aborted.
 */
export async function meanOf(
  images: Uint32Array,
  subject: (image: number) => Promise<Subject | undefined>,
  signal: AbortSignal,
): Promise<Float32Array | undefined> {
  let sums: Float64Array | undefined;
  let until = performance.now() + SLICE;
  for (const image of images) {
    const pixels = (await subject(image))?.pixels;
    signal.throwIfAborted();
    if (!pixels) return undefined;
    sums ??= new Float64Array(pixels.length);
    for (let pixel = 0; pixel < pixels.length; pixel += 1) sums[pixel]! += pixels[pixel]!;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    until = performance.now() + SLICE;
  }
  return sums && Float32Array.from(sums, (sum) => sum / images.length);
}
