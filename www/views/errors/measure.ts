/** Measures how far off the reconstruction of every explained image is. */
import type { Encoded, Report } from "../../report";
import type { View as Charts } from "../../view";
import type { Subject } from "../subject";

/** So many images are decoded at once, and so long the page may wait, in milliseconds. */
const AT_ONCE = 32;
const SLICE = 10;

/**
 * Undefined where an image, the network or the package of all charts is not at hand. Rejects with the signal's reason
 * once that is aborted.
 */
export async function measure(
  charts: Charts,
  { labels, latents }: Encoded,
  subject: (image: number) => Promise<Subject | undefined>,
  signal: AbortSignal,
  told: (done: number) => void,
): Promise<Report["reconstruction_errors"] | undefined> {
  await charts.ready();
  signal.throwIfAborted();
  // What was added before was not finished.
  charts.take_errors();
  const dims = latents.shape[1];
  let until = performance.now() + SLICE;
  for (let from = 0; from < labels.length; from += AT_ONCE) {
    const to = Math.min(from + AT_ONCE, labels.length);
    let pixels: Float32Array | undefined;
    for (let image = from; image < to; image += 1) {
      const found = await subject(image);
      signal.throwIfAborted();
      if (!found) return undefined;
      pixels ??= new Float32Array((to - from) * found.pixels.length);
      pixels.set(found.pixels, (image - from) * found.pixels.length);
    }
    const own = latents.data.subarray(from * dims, to * dims);
    if (!pixels || !charts.add_errors(pixels, own)) return undefined;
    if (performance.now() < until) continue;
    told(to);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    until = performance.now() + SLICE;
  }
  return charts.take_errors();
}
