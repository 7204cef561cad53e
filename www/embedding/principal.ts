/** Where the images lie along the directions in which their latents vary most. */
import type { Matrix } from "../report";

export interface Components {
  /** Scores of the first two principal components: x and y of every row. */
  scores: Float64Array;
  /** The share of the variance along each of the two, from 0 to 1; 0 where nothing varies. */
  shares: [first: number, second: number];
}

/** So many products are formed between two looks at the clock. */
const PRODUCTS = 200_000;
/** More sweeps than this were never needed; each brings several times as many digits. */
const SWEEPS = 30;

/** As `components`, at once. */
export function principalComponents(latents: Matrix): Components {
  const work = components(latents);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/**
 * The first two principal components of the rows, exact but for rounding: the eigenvectors of the
 * covariance of the columns. The largest part of a direction is positive. Yields how much is done,
 * from 0 to 1.
 */
export function* components({
  shape: [rows, columns],
  data,
}: Matrix): Generator<number, Components, void> {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) means[j]! += data[i * columns + j]! / rows;
  }
  const covariance = new Float64Array(columns * columns);
  const centred = new Float64Array(columns);
  const often = Math.max(1, Math.floor(PRODUCTS / (columns * columns)));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) centred[j] = data[i * columns + j]! - means[j]!;
    for (let a = 0; a < columns; a++) {
      const value = centred[a]!;
      if (value === 0) continue;
      for (let b = a; b < columns; b++) covariance[a * columns + b]! += value * centred[b]!;
    }
    if (i % often === 0) yield (0.8 * i) / rows;
  }
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < a; b++) covariance[a * columns + b] = covariance[b * columns + a]!;
  }

  const vectors = yield* eigenvectors(covariance, columns);
  const variances = Array.from({ length: columns }, (_, j) => covariance[j * columns + j]!);
  const order = variances.map((_, j) => j).sort((a, b) => variances[b]! - variances[a]! || a - b);
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  const direction = (place: number): Float64Array => {
    const at = order[place];
    if (at === undefined) return new Float64Array(columns);
    const row = vectors.slice(at * columns, (at + 1) * columns);
    const largest = row.reduce((most, part) => (Math.abs(part) > Math.abs(most) ? part : most), 0);
    return largest < 0 ? row.map((part) => -part) : row;
  };
  const share = (place: number) => {
    const variance = variances[order[place] ?? -1] ?? 0;
    return total > 0 ? Math.max(0, variance) / total : 0;
  };

  const [first, second] = [direction(0), direction(1)];
  const scores = new Float64Array(2 * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = data[i * columns + j]! - means[j]!;
      scores[2 * i]! += value * first[j]!;
      scores[2 * i + 1]! += value * second[j]!;
    }
  }
  return { scores, shares: [share(0), share(1)] };
}

/**
 * Jacobi's method: turns two axes at a time until no two of them vary together, which works however
 * near each other the eigenvalues are. Leaves these on the diagonal of the matrix, and gives the
 * eigenvectors as rows.
 */
function* eigenvectors(matrix: Float64Array, size: number): Generator<number, Float64Array, void> {
  const vectors = new Float64Array(size * size);
  for (let j = 0; j < size; j++) vectors[j * size + j] = 1;
  const scale = matrix.reduce((sum, value) => sum + value * value, 0);
  const often = Math.max(1, Math.floor(PRODUCTS / (6 * size * size)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < size; p++) {
      for (let q = 0; q < p; q++) off += 2 * matrix[p * size + q]! ** 2;
    }
    if (off <= 1e-26 * scale) break;
    for (let p = 0; p < size - 1; p++) {
      for (let q = p + 1; q < size; q++) turn(matrix, vectors, size, p, q);
      if (p % often === 0) yield 0.8 + 0.2 * (1 - 1 / (1 + sweep + p / size));
    }
  }
  return vectors;
}

/** Turns the axes p and q so that they no longer vary together. */
function turn(matrix: Float64Array, vectors: Float64Array, size: number, p: number, q: number) {
  const both = matrix[p * size + q]!;
  if (both === 0) return;
  const theta = (matrix[q * size + q]! - matrix[p * size + p]!) / (2 * both);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const mix = (values: Float64Array, a: number, b: number) => {
    const [x, y] = [values[a]!, values[b]!];
    values[a] = cosine * x - sine * y;
    values[b] = sine * x + cosine * y;
  };
  for (let k = 0; k < size; k++) mix(matrix, k * size + p, k * size + q);
  for (let k = 0; k < size; k++) mix(matrix, p * size + k, q * size + k);
  for (let k = 0; k < size; k++) mix(vectors, p * size + k, q * size + k);
}
