/**
 * Ten networks that differ by their seed only, each trained and not, as ten visitors of the lesson have them, and
 * measured in other ways than the paper's; and for the first of them those of convolutions, which take longer: for
 * all ten with `CONVOLUTIONAL_SEEDS=10`.
 */
import assert from "node:assert/strict";
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
  /** The trained network, with patches shuffled as one, and other methods asked as well. */
  measured: Found;
  /** The trained network, with values of images whose surroundings predict a like one. */
  neighbours: Found;
  /** As it was after ten epochs. */
  tenth: Found;
  /** Trained on the same images from other first weights, in another order; and before that, as are two more. */
  twin: Found;
  strangers: Found[];
  /** Of convolutions, trained for 20 epochs; of some seeds only, an error for the others. */
  readonly convolutional: Found;
  /** Pixels of the explained images, from 0 to 1. */
  images: Float32Array[];
  /** Class by class, from 0. */
  labels: readonly number[];
}

const SEEDS = 10;
const CONVOLUTIONAL_SEEDS = Number(env["CONVOLUTIONAL_SEEDS"] ?? 2);

export function isConvolutional({ seed }: Pick<Seen, "seed">): boolean {
  return seed <= CONVOLUTIONAL_SEEDS;
}

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
      measure: Api.Settings["measure"] = {},
      begins: Partial<Api.Settings> = {},
    ): Promise<Found> => {
      const settings = { dims: 12, kind, epochs, seed, measure, ...begins };
      const { report, network } = await lens.run({ pixels, height, width, labels }, settings);
      return { ...report, network };
    };
    const [trained, untrained] = [await run(50), await run(0)];
    const measured = await run(50, "dense", { features: "patches", opinions: true });
    const neighbours = await run(50, "dense", { donors: "neighbours" });
    const tenth = await run(10);
    const other = (by: number) => ({ weights_seed: seed + by, order_seed: seed + by });
    const twin = await run(50, "dense", {}, other(1));
    const strangers: Found[] = [];
    for (const by of [1, 2, 3]) strangers.push(await run(0, "dense", {}, other(by)));
    const convolved = isConvolutional({ seed }) ? await run(20, "convolutional") : undefined;
    const { place, labels: own } = trained.encoded!;
    const size = height * width;
    const image = (at: number) =>
      Float32Array.from(pixels.subarray(at * size, (at + 1) * size), (byte) => byte / 255);
    seen.push({
      seed,
      trained,
      untrained,
      measured,
      neighbours,
      tenth,
      twin,
      strangers,
      get convolutional() {
        assert.ok(convolved, `no network of convolutions with seed ${seed}`);
        return convolved;
      },
      images: Array.from(place, image),
      labels: own,
    });
  }
  lens.close();
  return seen;
}
