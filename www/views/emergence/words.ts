/** What is said of the epochs that were measured. */
import type { Emergence, Report } from "../../report";
import { count, integer, list } from "../shared";

/** "before training", "epoch 12". */
export function epochName(epoch: number): string {
  return epoch === 0 ? "before training" : `epoch ${integer(epoch)}`;
}

/** "before training", "after epoch 12". */
export function afterEpoch(epoch: number): string {
  return epoch === 0 ? "before training" : `after ${epochName(epoch)}`;
}

/** After which epochs importance was measured. */
export function measuredAfter({ epochs }: Emergence): string {
  const last = epochs.at(-1) ?? 0;
  const step = last / Math.max(1, epochs.length - 1);
  const all = epochs.every((epoch, at) => epoch === at);
  if (all)
    return `Importance was measured before training and after every one of ${count(last, "epoch")}.`;
  const even = epochs.every((epoch, at) => epoch === at * step);
  const which = even
    ? `every ${integer(step)} epochs`
    : epochs.length > 12
      ? `${integer(epochs.length)} of the epochs from ${integer(epochs[0] ?? 0)} to ${integer(last)}`
      : `epochs ${list(epochs.map(integer))}`;
  return `Importance was measured after ${which}: between them it may have been otherwise.`;
}

/** Why nothing is known of the epochs. */
export function unknown(report: Partial<Report> | undefined, kept: number): string {
  if (!report) return "Nothing is known before a network is trained.";
  if (report.model)
    return "This network was trained elsewhere: nothing is known of it before its end.";
  if (!report.latent_importance)
    return "Epochs are measured while the network is trained, and shown here once it is explained.";
  return kept > 0
    ? "What was measured after the epochs is being compared."
    : "Nothing was kept of this network’s epochs: train it once more to see how its maps come about.";
}

/** How maps and their order came about, in a few sentences. */
export function findings(emergence: Emergence): string {
  const { emerged, inactive_since, epochs } = emergence;
  const last = epochs.at(-1) ?? 0;
  const dims = [...emerged.keys()];
  const active = dims.filter((dim) => inactive_since[dim] == null && emerged[dim] != null);
  const firsts = active.map((dim) => emerged[dim]!).sort((a, b) => a - b);
  if (firsts.length === 0) return "No dimension has a map in the end.";
  const half = firsts[Math.ceil(firsts.length / 2) - 1]!;
  const late = active.filter((dim) => emerged[dim]! > last / 2);
  const lost = dims.filter((dim) => inactive_since[dim] != null);
  return [
    `Of the ${count(active.length, "dimension")} with a map in the end, half looked as they do now ${by(half)}, all ${by(firsts.at(-1)!)}.`,
    late.length > 0 &&
      `${some(late)} still changed in the second half of training: what ${late.length === 1 ? "its map shows" : "their maps show"} may not have settled.`,
    lost.length > 0 &&
      `${some(lost)} ${lost.length === 1 ? "is" : "are"} inactive in the end, since ${list([...new Set(lost.map((dim) => epochName(inactive_since[dim]!)))])}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** "by epoch 12". */
function by(epoch: number): string {
  return epoch === 0 ? "before training" : `by ${epochName(epoch)}`;
}

function some(dims: number[]): string {
  const named = dims.slice(0, 8).map((dim) => integer(dim + 1));
  if (dims.length === 1) return `Dimension ${named[0]}`;
  const more = dims.length > 8 ? [`${integer(dims.length - 8)} more`] : [];
  return `Dimensions ${list([...named, ...more])}`;
}
