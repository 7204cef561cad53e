/** UMAP, McInnes, Healy and Melville (2018), by umap-js. */
import { UMAP } from "umap-js";

import type { Arrange } from "./arrange";

/** Each image and its nearest others, together so many: the default of umap-learn. */
const NEIGHBOURS = 15;
/** How close points may lie that are alike: the default of umap-learn. */
const MIN_DIST = 0.1;
/** What umap-learn takes for small and for large data; where large begins is umap-js' choice. */
const EPOCHS = { small: 500, large: 200 };
const SMALL = 7500;
/** umap-learn lets its own start, too, reach from -10 to 10. */
const REACH = 10;

export const umap: Arrange = ({ shape: [rows, columns], data }, start, random, report) => {
  const epochs = rows <= SMALL ? EPOCHS.small : EPOCHS.large;
  const points = start.map((value) => REACH * value);
  report(points, 0, epochs);

  const method = new UMAP({
    nNeighbors: Math.min(NEIGHBOURS, rows - 1),
    minDist: MIN_DIST,
    nEpochs: epochs,
    random,
  });
  method.initializeFit(
    Array.from({ length: rows }, (_, i) =>
      Array.from(data.subarray(i * columns, (i + 1) * columns)),
    ),
  );
  // umap-js starts from random places, which tears what belongs together apart (Kobak and
  // Linderman, 2021). It moves the rows of its embedding in place, so they can be put elsewhere.
  const embedding = method.getEmbedding();
  for (const [i, point] of embedding.entries()) {
    for (const axis of [0, 1]) point[axis] = points[2 * i + axis]!;
  }

  for (let done = 1; done <= epochs; done++) {
    method.step();
    for (const [i, point] of embedding.entries()) points.set(point, 2 * i);
    report(points, done, epochs);
  }
  return points;
};
