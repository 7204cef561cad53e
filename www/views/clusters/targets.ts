/** A dendrogram's leaves: what is read off each. */
import { featureOf } from "../features";
import type { Picture } from "../picture";
import { around, count, inside, significant, STEPS, within } from "../shared";
import type { Targets } from "../view";
import { cut } from "./cut";

export const LEAVES: Targets = {
  hint: "Point at a leaf to read whose it is. By keyboard: arrows; the slider above has the threshold.",

  at({ layout: { tree } }, x, y) {
    if (!tree?.leaves.length || !inside(tree, x, y)) return undefined;
    const leaf = Math.floor(((x - tree.x) / tree.width) * tree.leaves.length);
    return { kind: "leaf", leaf: within(leaf, tree.leaves.length) };
  },

  next({ layout: { tree } }, from, key) {
    const step = STEPS[key];
    if (!step || !tree?.leaves.length) return undefined;
    if (from?.kind !== "leaf") return { kind: "leaf", leaf: 0 };
    const by = step.right + step.down + 10 * step.page;
    return { kind: "leaf", leaf: within(from.leaf + by, tree.leaves.length) };
  },

  outlines({ layout: { tree } }, target) {
    if (!tree || target.kind !== "leaf") return [];
    const width = tree.width / tree.leaves.length;
    const x = tree.x + target.leaf * width;
    return [around({ ...tree, x, width }, 0)];
  },

  words(picture, target) {
    const { tree } = picture.layout;
    const pixel = target.kind === "leaf" ? tree?.leaves[target.leaf] : undefined;
    const merges = picture.report?.groups?.merges;
    if (pixel === undefined || !merges) return "";
    const { image, cut: threshold = 0 } = picture.options;
    const { of, sizes } = cut(merges, image.height * image.width, threshold);
    const first = merges.find(({ a, b }) => a === pixel || b === pixel);
    const noun = featureOf(picture.report ?? {});
    const where = of[pixel]
      ? `in a cluster of ${count(sizes[of[pixel]! - 1]!, noun)}`
      : "joined with no other";
    const joined = first ? `; it is first joined at ${significant(first.distance, 2)}` : "";
    return `${placeOf(picture, pixel)}: ${where}${joined}.`;
  },

  opens: () => undefined,
};

function placeOf({ report, options: { image } }: Picture, pixel: number): string {
  const column = report?.data?.columns?.[pixel];
  if (column !== undefined) return column;
  return `Row ${Math.floor(pixel / image.width) + 1}, column ${(pixel % image.width) + 1}`;
}
