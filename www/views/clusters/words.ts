/** What is said of clusters, and of what they have in common. */
import type { Report } from "../../report";
import { featureOf } from "../features";
import { count, integer, list, significant } from "../shared";
import type { Cut } from "./cut";

/** So many clusters of a table's columns are listed, and so many columns of each. */
const LISTED = 12;
const NAMED = 8;

/** "96 clusters of two pixels or more, the largest of 57; 210 pixels stand alone, 67 never change." */
export function cutWords({ sizes, alone, still }: Cut, noun: string): string {
  const several = sizes.length
    ? `${count(sizes.length, "cluster")} of two ${noun}s or more, the largest of ${integer(Math.max(...sizes))}`
    : `No two ${noun}s belong together`;
  const rest = [
    alone > 0 && `${count(alone, noun)} ${alone === 1 ? "stands" : "stand"} alone`,
    still > 0 && `${integer(still)} never ${still === 1 ? "changes" : "change"}`,
  ].filter((each) => each !== false);
  return `${[several, rest.join(", ")].filter(Boolean).join("; ")}.`;
}

/** The columns of a table that belong together, cluster by cluster, the largest first. */
export function columnWords({ of, sizes }: Cut, columns: readonly string[]): string[] {
  const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const told = order.slice(0, LISTED).map((cluster) => {
    const own = columns.filter((_, column) => of[column] === cluster + 1);
    const more = own.length - NAMED;
    return list(more > 1 ? [...own.slice(0, NAMED), `${integer(more)} more`] : own);
  });
  const rest = order.length - LISTED;
  return rest > 0 ? [...told, `and ${count(rest, "more cluster")}`] : told;
}

/** What the group that moves a dimension most shares: its V beside the sum of its members'. */
export function sharedWords(report: Partial<Report> | undefined, dim: number): string {
  const { groups, pixel_importance } = report ?? {};
  if (!groups || !pixel_importance || pixel_importance.repeats < 1) return "";
  const { of, names } = groups.grouping;
  const [features, dims] = pixel_importance.mean.shape;
  // Where each channel was shuffled by itself, its pixels are no features.
  if (features !== of.length) return "";
  const together = names.map((_, at) => groups.importance.mean.data[at * dims + dim]!);
  const most = together.indexOf(Math.max(...together));
  if (most < 0 || !together[most]) return "";
  let sum = 0;
  let members = 0;
  for (const [pixel, group] of of.entries()) {
    if (group !== most + 1) continue;
    sum += pixel_importance.mean.data[pixel * dims + dim]!;
    members += 1;
  }
  if (members < 2 || !sum) return "";
  const ratio = together[most]! / sum;
  const how =
    ratio > 1 ? "they share their credit" : ratio < 1 ? "they partly cancel" : "they add up";
  const noun = featureOf(report ?? {});
  return `Dimension ${dim + 1} is moved most by ${names[most]} (${count(members, noun)}). Shuffled together its ${noun}s come to ${significant(together[most]!, 3)}, ${significant(ratio, 3)} times what they come to one at a time: ${how}.`;
}
