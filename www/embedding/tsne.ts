/** t-SNE by the wasm package `tsne`, which is fetched when it is first wanted. */
import type { Arrange } from "./arrange";
import type { TsneModule } from "./messages";

/** Standard deviation of x at the start: van der Maaten and Hinton's, and scikit-learn's. */
const START_DEVIATION = 1e-4;

/** Loads what t-SNE needs from `base`. */
export async function loadTsne(base: string): Promise<Arrange> {
  const module = (await import(new URL("tsne.js", base).href)) as TsneModule;
  await module.default();
  return tsneOf(module);
}

export function tsneOf({ tsne }: TsneModule): Arrange {
  return ({ shape: [rows, columns], data }, start, _, report) => {
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += start[2 * i]! ** 2 / rows;
    const small = Float32Array.from(start, (x) => (x / Math.sqrt(squares)) * START_DEVIATION);
    return tsne(data, columns, small, report);
  };
}
