/** The methods that say which pixels drive a dimension, as people call them. */
import type { Attribution, Filler, Report } from "../../report";

export const METHOD_NAMES: Record<Attribution, string> = {
  permutation: "Permutation (V)",
  gradient: "Gradient",
  smoothgrad: "SmoothGrad",
  "integrated-zero": "Integrated gradients from 0",
  "integrated-mean": "Integrated gradients from the mean",
  "occlusion-zero": "Occlusion by 0",
  "occlusion-mean": "Occlusion by the mean",
  variance: "2 · Var(pixel)",
};

export const FILLER_NAMES: Record<Filler, string> = {
  mean: "their mean",
  zero: "0",
  donor: "another image",
};

/** The methods of a report in the order in which they are drawn: V first. */
export function methodsOf({ opinions }: Partial<Report>): Attribution[] {
  return ["permutation", ...(opinions?.methods ?? []).map(({ method }) => method)];
}

/** In the middle of a sentence. */
export function inSentence(method: Attribution): string {
  if (method === "variance" || method === "smoothgrad") return METHOD_NAMES[method];
  const [first, ...rest] = METHOD_NAMES[method];
  return `${first!.toLowerCase()}${rest.join("")}`;
}

/** Where groups are moved as well. */
export const ALONE = "All maps here are of single pixels, although groups are moved, too.";
