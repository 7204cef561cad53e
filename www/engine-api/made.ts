/** Data of known truth for programs: made from a seed by the readers' package, with nothing fetched but that. */
import { readIdx } from "../data/idx";
import type { ReadersModule } from "../data/messages";
import type { Place } from "../engine/place";
import { refusal } from "./error";
import type { ImagePixels, Images } from "./images";
import { loadPackage } from "./load";

/** Data that can be made: shapes in colour, waveforms beside noise, signals of rank 2 beside noise. */
export type MadeName = "shapes" | "waveform" | "rank-two";

export interface MadeOptions {
  /** What they are made from; the same seed makes the same ones. By default 1. */
  seed?: number;
  /** How many, from 2 to 100,000. By default 3,000 shapes, 5,000 waveforms, 2,000 signals. */
  count?: number;
}

let loading: Promise<ReadersModule> | undefined;

export async function make(
  name: MadeName,
  { seed = 1, count }: MadeOptions,
  place: Place,
): Promise<Images> {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw refusal(`The seed must be a whole number from 0 to 4,294,967,295, and is ${seed}.`);
  }
  if (count !== undefined && !(Number.isInteger(count) && count >= 0 && count < 2 ** 31)) {
    throw refusal(`The count must be a whole number, and is ${count}.`);
  }
  loading ??= loadPackage<ReadersModule>(place, "readers", "The generator of data");
  // What failed once may succeed when asked again.
  loading.catch(() => (loading = undefined));
  const wasm = await loading;
  let made;
  try {
    made = wasm.make_data(name, seed, count);
  } catch (error) {
    throw refusal((error as Error).message, error);
  }
  const { height, width, channels, title, columns, classes } = made;
  const arrays = classes.map(({ file }) => readIdx(file)!.values);
  return {
    pixels: joined(arrays),
    height,
    width,
    channels,
    labels: classes.flatMap(({ label, count }) => Array<number>(count).fill(label)),
    names: Object.fromEntries(classes.map(({ label, name }) => [label, name])),
    name: title,
    made: name,
    ...(columns && { columns }),
  };
}

function joined(arrays: ImagePixels[]): ImagePixels {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const all = arrays[0] instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length);
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
