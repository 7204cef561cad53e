/** How many images a run trains on and explains, before it runs: as the engine divides them. */
import type { RunSettings } from "../report";
import type { DataClass, Dataset } from "./dataset";

export interface Counts {
  /** Trained on; none by a model that was brought. */
  training: number;
  /** Never trained on. */
  heldOut: number;
  /** Importance is measured on so many. */
  explained: number;
}

/** Why these classes cannot be divided into images to learn from and images to explain, as a run would. */
export function tooFew(
  { classes, unlabelled }: Pick<Dataset, "classes" | "unlabelled">,
  labels: readonly number[],
  which: Which,
  trains: boolean,
): string | undefined {
  const chosen = classes.filter(({ label }) => labels.includes(label));
  const splits = trains || which.explain === "held-out";
  const single = chosen.find(({ count, explained }) => explained === undefined && count < 2);
  if (splits && single) {
    const what = classes.length > 1 ? `${single.name} has one image` : "There is one image";
    const without = classes.length > 1 ? "leave the class out, bring" : "bring";
    const model = trains ? "or a trained model, which can explain one" : "or have all explained";
    return `${what}, and a run takes two of each class, one to learn from and one to hold out: ${without} more images, ${model}.`;
  }
  const found = counts(chosen, unlabelled, which, trains);
  if (trains && chosen.length && !found.training) {
    return "All images are of the test set: bring others to learn from, or a trained model.";
  }
  const apart = chosen.filter(({ explained }) => explained !== 0).length;
  if (Number(which.explain) < apart) {
    return `Explain at least one image of each class: ${apart} or more in all.`;
  }
  return undefined;
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
