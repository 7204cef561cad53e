/** The first batches of a model's functions: how many latents there are, and how long a row takes. */
import { unlessAborted } from "../calls/ends";
import { count as counted } from "../format";
import type { Tried } from "../graph/messages";
import { BATCH_MS, drawn } from "../graph/trial";
import { sizeOf } from "../network";
import type { ImageShape } from "../report";
import { ELSEWHERE_MS } from "./answers";
import { type Functions, refusal } from "./functions";
import type { HalfName } from "./messages";

/** Rows of a batch, at most: what is asked later are no fewer where a row takes little. */
const BATCH = 256;
/** A batch is measured once more where so many times as many rows would do. */
const GROWTH = 1.5;
/** A row may be as different in a batch as in half precision, as a share of the largest number. */
const DIFFERENCE = 0.01;

/**
 * Calls both halves with numbers from 0 to 1 for images, and with what comes of them for latents. Rejects as these
 * do, or with the signal's reason.
 */
export async function tryFunctions(
  functions: Functions,
  image: ImageShape,
  signal?: AbortSignal,
  now = () => performance.now(),
): Promise<Tried> {
  const pixels = sizeOf(image);
  functions.widths.decode = pixels;
  const { encode, decode, latents: known } = functions.model;
  const encoded = encode && (await timed(functions, "encode", drawn(BATCH * pixels), signal, now));
  const latent = { numbers: known ? known.shape[1] : functions.widths.encode! };
  const tried: Tried = {
    encoder: { input: { image }, output: latent },
    ...(encoded && { encode_ms: encoded.ms }),
    waits: false,
    notes: [],
  };
  if (!decode) return tried;
  // Latents of as many images as there are, over and over.
  const made = encoded?.made ?? known!.data;
  const latents = new Float32Array(BATCH * latent.numbers);
  for (let at = 0; at < latents.length; at += 1) latents[at] = made[at % made.length]!;
  const { ms } = await timed(functions, "decode", latents, signal, now);
  return { ...tried, decoder: { input: latent, output: { image } }, decode_ms: ms };
}

/** Milliseconds for each of some rows, and what is given for them. */
async function timed(
  functions: Functions,
  half: HalfName,
  rows: Float32Array,
  signal: AbortSignal | undefined,
  now: () => number,
): Promise<{ ms: number; made: Float32Array }> {
  const width = rows.length / BATCH;
  const measured = async (count: number) => {
    signal?.throwIfAborted();
    const given = rows.slice(0, count * width);
    const from = now();
    const made = await unlessAborted(functions.call(half, given, count), signal);
    return { ms: (now() - from) / count, made };
  };
  // What is made ready at the first call has no bearing on the others.
  const first = await measured(1);
  const second = await measured(1);
  const { batch: least } = functions.model;
  const fit = (row_ms: number) => {
    const most = (least ? ELSEWHERE_MS : BATCH_MS) / Math.max(row_ms, 0.1);
    return Math.min(BATCH, Math.max(least ?? 1, Math.floor(most)));
  };
  let count = fit(second.ms);
  let batch = count > 1 ? await measured(count) : second;
  // The way to a server and back, which takes as long for few rows, hides how little each takes.
  for (let more = fit(batch.ms); more > GROWTH * count; more = fit(batch.ms)) {
    count = more;
    batch = await measured(count);
  }
  // Nor has what is made ready for batches of another size.
  const again = count > 1 ? await measured(count) : second;
  check(half, first.made, second.made, "a second time");
  check(half, first.made, batch.made, `with ${counted(count - 1, "other")} beside it`);
  return { made: batch.made, ms: Math.min(batch.ms, again.ms) };
}

/** What is given for the first row is the same each time, and whatever rows are beside it. */
function check(half: HalfName, before: Float32Array, after: Float32Array, how: string): void {
  const largest = before.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const differs = before.some((each, at) => Math.abs(each - after[at]!) > DIFFERENCE * largest);
  if (!differs) return;
  throw refusal(
    `The function ${half} gave other numbers for the same row when it was given ${how}: a row has to be calculated by itself, without anything drawn at random. Switch off dropout, sampled latents and normalisation over a batch.`,
  );
}
