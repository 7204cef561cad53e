/** What a run of ours costs as its parts grow, one at a time, on random images. */
import { workbench } from "./against";
import { alone, median, say } from "./line";

interface Size {
  /** Held-out images. */
  n: number;
  /** Height and width of an image. */
  side: number;
  d: number;
  hidden: number[];
  /** By default as many as a visitor's page would take. */
  workers?: number;
}

const MIDDLE: Size = { n: 600, side: 28, d: 32, hidden: [] };

const SERIES: Record<string, Partial<Size>[]> = {
  n: [150, 300, 600, 1200, 2400].map((n) => ({ n })),
  pixels: [14, 20, 28, 40, 56].map((side) => ({ side })),
  d: [8, 16, 32, 64, 128].map((d) => ({ d })),
  layers: [0, 1, 2, 3, 4].map((layers) => ({ n: 150, hidden: Array(layers).fill(128) })),
  // Work enough for each: about four seconds of stage 1 for one of them.
  workers: [1, 2, 3].map((workers) => ({ n: 300, hidden: [256, 128], workers })),
};

const STAGES = ["training", "pixel-importance", "direction", "latent-importance"] as const;

/** A line for every size: milliseconds of each stage, with two permutations and one epoch. */
export async function scaling(name: string, repeats: number): Promise<void> {
  await workbench(async (bench) => {
    for (const [varied, sizes] of Object.entries(SERIES)) {
      for (const change of sizes) {
        const { n, side, d, hidden, workers }: Size = { ...MIDDLE, ...change };
        const times: Record<string, number[]> = {};
        for (let repeat = 0; repeat < repeats; repeat += 1) {
          const { stages } = await bench.ours({
            engine: "cpu",
            ...(workers !== undefined && { workers }),
            // Half of a digit's pixels are blank; 15 of 100 images are held out.
            source: {
              kind: "random",
              count: Math.ceil(n / 0.15),
              height: side,
              width: side,
              blank: 0.5,
            },
            settings: {
              dims: d,
              hidden,
              epochs: 1,
              permutations: 2,
              seed: 1,
              method: "sampled" as const,
            },
          });
          for (const stage of STAGES) (times[stage] ??= []).push(stages[stage]!);
        }
        const each = STAGES.map((stage) => [
          `${stage.replace("-", "_")}_ms`,
          median(times[stage]!),
        ]);
        const totals = times["training"]!.map((_, repeat) =>
          STAGES.reduce((sum, stage) => sum + times[stage]![repeat]!, 0),
        );
        const size = {
          varied,
          n,
          pixels: side * side,
          d,
          layers: hidden.length + 1,
          workers: workers ?? "auto",
        };
        say(alone(name, totals, {}, { ...size, ...Object.fromEntries(each) }));
      }
    }
  });
}
