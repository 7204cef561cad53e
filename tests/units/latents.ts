/** Latents for the tests of the encoded space, and how well a plane keeps their neighbourhoods. */
import { normal, uniform } from "../../www/embedding/random";
import type { Matrix } from "../../www/report";

/** Rectified normal clouds, one per class, of images that take turns; as in tests/oracle. */
export function latents(images: number, dims: number, classes: number, seed: number): Matrix {
  const noise = normal(uniform(seed));
  const centres = Array.from({ length: classes * dims }, () => 3 * noise());
  const data = Float32Array.from({ length: images * dims }, (_, place) => {
    const label = Math.floor(place / dims) % classes;
    return Math.max(0, centres[label * dims + (place % dims)]! + 1.5 * noise());
  });
  return { shape: [images, dims], data };
}

/** The other rows, the nearest first; of equally near ones the first. */
function nearest({ shape: [rows, columns], data }: Matrix, row: number): number[] {
  const distances = Array.from({ length: rows }, (_, other) => {
    let squares = 0;
    for (let j = 0; j < columns; j++) {
      squares += (data[row * columns + j]! - data[other * columns + j]!) ** 2;
    }
    return squares;
  });
  const others = [...distances.keys()].filter((other) => other !== row);
  return others.sort((a, b) => distances[a]! - distances[b]! || a - b);
}

/**
 * Venna and Kaski's trustworthiness, between 0 and 1: less for every image that is among the
 * `neighbours` nearest in the plane and not among those of the latents, by how far it is there.
 */
export function trustworthiness(
  latents: Matrix,
  coordinates: Float32Array,
  neighbours: number,
): number {
  const [rows] = latents.shape;
  const plane: Matrix = { shape: [rows, 2], data: coordinates };
  let penalty = 0;
  for (let row = 0; row < rows; row++) {
    const ranks = new Map(nearest(latents, row).map((other, place) => [other, place + 1]));
    for (const other of nearest(plane, row).slice(0, neighbours)) {
      penalty += Math.max(0, ranks.get(other)! - neighbours);
    }
  }
  return 1 - (2 * penalty) / (rows * neighbours * (2 * rows - 3 * neighbours - 1));
}
