/** Which classes of images that were brought are learned and explained, for a start. */
import { writeNames } from "../classes";
import type { Dataset } from "./dataset";

/** So many at most. */
export const CLASSES = 10;

/** As the setting `classes` has them; `brought`: a trained model is to be explained. */
export function forAStart(dataset: Dataset, brought: boolean): string {
  // A class of one image cannot be divided into images to learn from and held-out ones.
  const usable = dataset.classes
    .filter(({ count, explained }) =>
      explained === undefined ? brought || count > 1 : explained > 0,
    )
    .map(({ label }) => label);
  const chosen = (usable.length ? usable : dataset.labels).slice(0, CLASSES);
  return writeNames(chosen.map((label) => dataset.name(label)));
}
