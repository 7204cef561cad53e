/**
 * Ten networks that differ by their seed only, each trained, not trained, and of convolutions, as ten visitors
 * of the lesson have them.
 */
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { pathToFileURL } from "node:url";

import type * as Api from "../../www/engine";
import type { Found } from "../../www/lesson/facts";

/** What there is to hold a sentence against. */
export interface Seen {
  seed: number;
  trained: Found;
  untrained: Found;
  /** Of convolutions, trained for 20 epochs. */
  convolutional: Found;
  /** Pixels of the explained images, from 0 to 1. */
  images: Float32Array[];
  /** Class by class, from 0. */
  labels: readonly number[];
}

const SEEDS = 10;

export async function classOfTen(): Promise<Seen[]> {
  const { fromIdx, Lens } = (await import(
    pathToFileURL(`${env.DIST}/engine-node.js`).href
  )) as typeof Api;
  const digits = await Promise.all(
    [0, 1].map((label) => fromIdx(readFileSync(`${env.DIST}/data/mnist/${label}.idx.gz`), label)),
  );
  const { height, width } = digits[0]!;
  const bytes = digits.map(({ pixels }) => pixels as Uint8Array);
  const pixels = new Uint8Array(Buffer.concat(bytes));
  const labels = bytes.flatMap((all, label) =>
    new Array<number>(all.length / (height * width)).fill(label),
  );
  const lens = await Lens.open();
  const seen: Seen[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const run = async (
      epochs: number,
      kind: "dense" | "convolutional" = "dense",
    ): Promise<Found> => {
      const settings = { dims: 12, kind, epochs, seed };
      const { report, network } = await lens.run({ pixels, height, width, labels }, settings);
      return { ...report, network };
    };
    const [trained, untrained] = [await run(50), await run(0)];
    const convolutional = await run(20, "convolutional");
    const { place, labels: own } = trained.encoded!;
    const size = height * width;
    const image = (at: number) =>
      Float32Array.from(pixels.subarray(at * size, (at + 1) * size), (byte) => byte / 255);
    seen.push({
      seed,
      trained,
      untrained,
      convolutional,
      images: Array.from(place, image),
      labels: own,
    });
  }
  lens.close();
  return seen;
}
