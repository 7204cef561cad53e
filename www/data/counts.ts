/** How many images a run trains on and explains, before it runs: as the engine divides them. */
import type { RunSettings } from "../report";
import type { DataClass } from "./dataset";

export interface Counts {
  /** Trained on; none by a model that was brought. */
  training: number;
  /** Never trained on. */
  heldOut: number;
  /** Importance is measured on so many. */
  explained: number;
}

type Which = Pick<RunSettings, "explain" | "held_out">;

/** `unlabelled` images are trained on whichever classes are chosen; `trains`: no model was brought. */
export function counts(
  classes: readonly Pick<DataClass, "count" | "explained">[],
  unlabelled: number,
  { explain, held_out }: Which,
  trains: boolean,
): Counts {
  const sum: Counts = { training: trains ? unlabelled : 0, heldOut: 0, explained: 0 };
  for (const { count, explained } of classes) {
    const training =
      explained === undefined
        ? Math.max(1, Math.floor((count * (100 - held_out)) / 100))
        : count - explained;
    const heldOut = count - training;
    const all = explain === "all" || (!trains && explained === undefined && explain !== "held-out");
    if (trains) sum.training += training;
    sum.heldOut += heldOut;
    sum.explained += all ? count : heldOut;
  }
  const some = Number(explain);
  if (some < sum.explained) sum.explained = some;
  return sum;
}
