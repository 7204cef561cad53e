/** t-SNE by the wasm package `tsne`, which is fetched when it is first wanted. */
import { openPackage } from "../wasm";
import type { Arrange } from "./arrange";
import type { TsneModule } from "./messages";

/** Standard deviation of x at the start: van der Maaten and Hinton's, and scikit-learn's. */
const START_DEVIATION = 1e-4;

export async function loadTsne(): Promise<Arrange> {
  return tsneOf(await openPackage("tsne"));
}

export function tsneOf({ tsne }: TsneModule): Arrange {
  return ({ shape: [rows, columns], data }, start, _, report) => {
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += start[2 * i]! ** 2 / rows;
    const small = Float32Array.from(start, (x) => (x / Math.sqrt(squares)) * START_DEVIATION);
    return tsne(data, columns, small, report);
  };
}
