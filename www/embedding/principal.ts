/** Where the images lie along the two directions in which their latents vary most. */
import type { Matrix } from "../report";

/**
 * Orthogonal iteration comes closer by the ratio of neighbouring variances every time. It is the
 * start of something else, or the picture of a handful of images: two decimals are plenty.
 */
const ITERATIONS = 100;

/** Scores of the first two principal components: x and y of every row. */
export function principalComponents({ shape: [rows, columns], data }: Matrix): Float64Array {
  const centred = Float64Array.from(data);
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j]! / rows;
    for (let i = 0; i < rows; i++) centred[i * columns + j]! -= mean;
  }

  // Relative to the total variance, so that what is only rounding can be told.
  const total = dot(centred, centred) || 1;
  const covariance = new Float64Array(columns * columns);
  for (let i = 0; i < rows; i++) {
    const row = centred.subarray(i * columns, (i + 1) * columns);
    for (let a = 0; a < columns; a++) {
      if (row[a] === 0) continue;
      for (let b = 0; b < columns; b++) covariance[a * columns + b]! += (row[a]! * row[b]!) / total;
    }
  }

  // From the two columns that vary most, which cannot both be orthogonal to the directions sought.
  const variance = (j: number) => covariance[j * columns + j]!;
  const order = [...Array(columns).keys()].sort((a, b) => variance(b) - variance(a) || a - b);
  let [first, second] = [0, 1].map((place) => {
    const direction = new Float64Array(columns);
    const column = order[place];
    if (column !== undefined) direction[column] = 1;
    return direction;
  }) as [Float64Array, Float64Array];
  for (let n = 0; n < ITERATIONS; n++) {
    first = unit(times(covariance, first));
    second = times(covariance, second);
    const along = dot(first, second);
    second = unit(second.map((value, j) => value - along * first[j]!));
  }

  const scores = new Float64Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    const row = centred.subarray(i * columns, (i + 1) * columns);
    scores[2 * i] = dot(row, first);
    scores[2 * i + 1] = dot(row, second);
  }
  return scores;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const { length } = vector;
  return vector.map((_, j) => dot(matrix.subarray(j * length, (j + 1) * length), vector));
}

/** Of length 1; of length 0 where there is no direction left. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => (length > 1e-12 ? value / length : 0));
}
