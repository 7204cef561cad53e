/** How quickly clusters of pixels are found, before anything is measured. */
import assert from "node:assert/strict";

import type { Measure } from "../www/report";
import { workbench } from "./against";
import { alone, say } from "./line";

const CLUSTERS: Measure = {
  features: "clusters",
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

/** Of 784 pixels in the 1,505 digits that the seed holds out. */
export async function clusters(name: string, repeats: number): Promise<void> {
  await workbench(async (bench) => {
    const subject = {
      engine: "cpu" as const,
      source: { kind: "digits" as const, labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
      settings: {},
    };
    await bench.ours(subject);
    const times: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      // Beside a network that was brought there are no images of a training: those explained are taken.
      const { stages, held_out } = await bench.ours({
        ...subject,
        again: true,
        settings: {
          explain: "held-out",
          permutations: 1,
          measure: CLUSTERS,
        },
      });
      assert.equal(held_out, 1505);
      times.push(stages.preparation!);
    }
    say(alone(name, times, { ms: 1000 }, { images: 1505, pixels: 784 }));
  });
}
