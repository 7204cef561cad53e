/** Which of the explained images are shown, and in which order. */

export const SORTS = {
  largest: "Largest error first",
  smallest: "Smallest first",
  place: "In their order",
} as const;

export type Sort = keyof typeof SORTS;

export interface Asked {
  sort: Sort;
  /** Only those of a class; undefined: all. */
  label: number | undefined;
  /** Only those whose error is larger. */
  above: number | undefined;
}

/** Places of the images, counted from 0; equals stay in their order. */
export function chosen(
  errors: readonly number[],
  labels: readonly number[],
  { sort, label, above }: Asked,
): number[] {
  const images = errors.flatMap((error, image) =>
    (label === undefined || labels[image] === label) && (above === undefined || error > above)
      ? [image]
      : [],
  );
  if (sort === "place") return images;
  const sign = sort === "largest" ? -1 : 1;
  return images.sort((a, b) => sign * (errors[a]! - errors[b]!) || a - b);
}

/** How many images have a larger error. */
export function countAbove(errors: readonly number[], above: number): number {
  return errors.reduce((sum, error) => sum + Number(error > above), 0);
}

/** The least error that at least this share of the images does not exceed. */
export function quantile(errors: readonly number[], share: number): number {
  const sorted = [...errors].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
