/** The clusters of pixels that a threshold gives, before anything is measured. */
import type { Merge } from "../../report";

/** What a threshold comes to. */
export interface Cut {
  /** Of every pixel, its cluster, counted from 1 in the order of their first pixels; 0: it stands alone. */
  of: Uint32Array;
  /** How many pixels each cluster has, by its number less 1. */
  sizes: number[];
  /** Pixels that vary and are joined with no other. */
  alone: number;
  /** Pixels that never vary: they belong to no cluster, whatever the threshold. */
  still: number;
}

/**
 * Pixels whose clusters are joined at the threshold or below. Clusters are numbered as in `Merge`:
 * pixels are 0, 1, …, and the cluster of merge k is `pixels` + k.
 */
export function cut(merges: readonly Merge[], pixels: number, threshold: number): Cut {
  // Of every cluster, one that it has become part of.
  const within = Uint32Array.from({ length: pixels + merges.length }, (_, at) => at);
  const varies = new Uint8Array(pixels);
  for (const [at, { a, b, distance }] of merges.entries()) {
    for (const each of [a, b]) if (each < pixels) varies[each] = 1;
    if (distance <= threshold) within[a] = within[b] = pixels + at;
  }
  // What a cluster is part of has a higher number: from the last on, all that is above is known.
  for (let at = within.length - 1; at >= 0; at -= 1) within[at] = within[within[at]!]!;
  const counts = new Uint32Array(within.length);
  for (let pixel = 0; pixel < pixels; pixel += 1) counts[within[pixel]!]! += 1;
  const of = new Uint32Array(pixels);
  const numbers = new Map<number, number>();
  const sizes: number[] = [];
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const cluster = within[pixel]!;
    if (counts[cluster] === 1) continue;
    let number = numbers.get(cluster);
    if (number === undefined) {
      number = sizes.push(counts[cluster]!);
      numbers.set(cluster, number);
    }
    of[pixel] = number;
  }
  const still = varies.reduce((sum, each) => sum - each, pixels);
  const joined = sizes.reduce((sum, size) => sum + size, 0);
  return { of, sizes, alone: pixels - still - joined, still };
}
