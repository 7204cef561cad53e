/** Groups of pixels, and donors by neighbours, beside single pixels among all images: all exact. */
import assert from "node:assert/strict";

import type { Measure } from "../www/report";
import { workbench } from "./against";
import { paired, say } from "./line";

export const PAPER: Measure = {
  features: "pixels",
  patch: 4,
  threshold: 0.3,
  recipients: "all",
  donors: "all",
  latent_donors: "class",
  opinions: false,
  image_errors: false,
  controls: false,
  networks: 1,
  smaller: false,
  sizes: [],
  factors: false,
};
const SINGLE = "single pixels among all images";

/** Squares of 4 × 4 pixels; a run measures single pixels before them. */
export async function patches(name: string, repeats: number): Promise<void> {
  await pairs(name, repeats, 1, async (exact) => {
    const { "group-importance": ours, "pixel-importance": peer } = await exact({
      ...PAPER,
      features: "patches",
    });
    return [ours!, peer!];
  });
}

/** Single pixels among images whose neighbouring pixels are alike; what predicts them is fitted before. */
export async function conditional(name: string, repeats: number): Promise<void> {
  await pairs(name, repeats, 0.33, async (exact) => {
    const { "pixel-importance": ours } = await exact({ ...PAPER, donors: "neighbours" });
    const { "pixel-importance": peer } = await exact(PAPER);
    return [ours!, peer!];
  });
}

type Stages = Record<string, number>;
type Exact = (measure: Measure) => Promise<Stages>;

/** Of the 1,505 digits that the seed holds out, by a network of 784-32-784. */
async function pairs(
  name: string,
  repeats: number,
  target: number,
  pair: (exact: Exact) => Promise<[ours: number, peer: number]>,
): Promise<void> {
  await workbench(async (bench) => {
    const subject = {
      engine: "cpu" as const,
      source: { kind: "digits" as const, labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    };
    const settings = { epochs: 2, method: "exact" as const };
    await bench.ours({ ...subject, settings });
    const exact = async (measure: Measure): Promise<Stages> => {
      // Networks that were trained elsewhere are explained on all images, unless it is said which.
      const { stages, held_out, method } = await bench.ours({
        ...subject,
        again: true,
        settings: { ...settings, explain: "held-out", measure },
      });
      assert.equal(held_out, 1505);
      assert.equal(method, "exact");
      return stages;
    };
    const measured: [number, number][] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) measured.push(await pair(exact));
    const ours = measured.map(([ours]) => ours);
    const peer = measured.map(([, peer]) => peer);
    say(paired(name, ours, SINGLE, peer, { ratio: target }, { images: 1505, dims: 32 }));
  });
}
