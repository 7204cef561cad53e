/** What differs between what is pinned and what is shown, in words. */
import { isOfResults, type Matrix, type Report, type RunSettings } from "../../report";
import type { ChartLayout, ChartOptions } from "../../view";
import { count, integer, latentImportance, list, SETTINGS, significant } from "../shared";
import type { Pin } from "../view";
import { differing, type Beside } from "./kept";

type Rows = NonNullable<ChartLayout["beside"]>;

/** What is compared. */
export interface Compared {
  shown: Pin;
  /** Row of the class that is shown. */
  row: number;
  /** After which epoch it is shown, where that is not the last. */
  epoch?: number | undefined;
  beside: Beside;
  /** As it was drawn. */
  drawn: Rows;
  options: Pick<ChartOptions, "metric">;
}

/** From here on two latents, or two maps, are called alike. */
const ALIKE = 0.9;
/** A difference of shares that is worth a word. */
const WORTH = 0.03;
/** So many dimensions are named, and the others counted. */
const NAMED = 3;

/** A sentence or two on each thing that differs. */
export function differences(compared: Compared): string[] {
  const { beside, drawn } = compared;
  const oneNetwork = drawn.by === "network";
  return [
    which(compared),
    (!beside.same || beside.epoch !== compared.epoch) && losses(compared),
    !oneNetwork && matches(drawn),
    oneNetwork && className(compared.shown.report, compared.row) !== otherName(compared)
      ? shared(compared)
      : importance(compared),
    apart(compared),
    maps(drawn),
  ].filter((sentence): sentence is string => Boolean(sentence));
}

function className({ classes }: Partial<Report>, row: number): string {
  return classes?.[row]?.name ?? `${row}`;
}

function otherName({ beside }: Compared): string {
  return className(beside.report, beside.row);
}

/** Whose numbers stand beside each other. */
function which({ shown, row, epoch, beside }: Compared): string {
  const names = [className(shown.report, row), className(beside.report, beside.row)];
  const classes =
    names[0] === names[1]
      ? `class ${names[0]}`
      : `class ${names[0]} here, class ${names[1]} pinned`;
  const after = (each: number | undefined) =>
    each === undefined
      ? "after its last epoch"
      : each
        ? `after epoch ${integer(each)}`
        : "before training";
  const epochs =
    epoch === beside.epoch ? "" : `, ${after(epoch)} here and ${after(beside.epoch)} pinned`;
  if (beside.same) return `Both are of one network${epochs}: ${classes}.`;
  const models = [shown, beside].map(({ run }) =>
    isOfResults(run.report)
      ? `the results in ${list(run.report.model!.files)}, whose settings are not known`
      : run.model?.name,
  );
  if (models[0] ?? models[1]) {
    const [ours, theirs] = models.map((name) => name ?? "a network that was trained here");
    return `Two networks${epochs}: here ${ours}, pinned ${theirs}; ${classes}.`;
  }
  const settings = differing(shown.texts, beside.texts).map(([name, ours, theirs]) => {
    const label = SETTINGS[name].label.toLowerCase() || (name === "dataset" ? "images" : name);
    return `${label} ${ours || "as usual"} here and ${theirs || "as usual"} pinned`;
  });
  const differ = settings.length ? `: ${list(settings)}` : " of the same settings";
  return `Two networks${epochs}${differ}; ${classes}.`;
}

/** What a loss is of, beside how far off reconstructions are. */
function penalties({ variant }: Partial<RunSettings>): string {
  const { variational, beta, sparsity, noise, noise_level } = variant ?? {};
  const divergence = variational ? `divergence ${beta}` : "";
  return `${divergence}, ${sparsity ?? 0}, ${(noise ?? "none") === "none" ? "" : `${noise} ${noise_level}`}`;
}

/** How well each rebuilds what it has not seen. */
function losses({ shown, beside }: Compared): string | undefined {
  const of = ({ training, settings }: Partial<Report>) => ({
    loss: training?.held_out_loss.at(-1),
    kind: settings?.loss,
    of: settings && penalties(settings),
    test: settings?.explain,
  });
  const [ours, theirs] = [of(shown.report), of(beside.report)];
  if (ours.loss === undefined || theirs.loss === undefined || ours.kind !== theirs.kind) return;
  if (ours.of !== theirs.of)
    return "Their losses are not of the same, by penalties or noise, and cannot be compared.";
  return `Loss on held-out images: ${significant(ours.loss, 4)} here, ${significant(theirs.loss, 4)} pinned.`;
}

/** How dimensions were matched, and how well. */
function matches({ by, images, rows }: Rows): string {
  if (by === "nothing") {
    return "Dimensions cannot be matched: the two explain no images in common, and their maps are of other sizes. They stand in the order of their importance.";
  }
  const pairs = rows.filter(({ dim, pinned }) => dim !== null && pinned !== null);
  const how =
    by === "latents"
      ? `by the correlation of their latents over ${count(images ?? 0, "image")} that both explain`
      : "by their maps alone, as the two explain hardly an image in common: whether they say the same of an image is not known";
  const alike = pairs.filter(({ r }) => Math.abs(r ?? 0) >= ALIKE);
  const against = pairs.filter(({ r }) => (r ?? 0) < 0);
  const ours = rows.filter(({ dim }) => dim !== null);
  const without = ours.length - pairs.length;
  return [
    `Dimensions are matched ${how}, each with one at most, so that the matches together are as close as can be.`,
    `${integer(alike.length)} of ${count(ours.length, "dimension")} ${alike.length === 1 ? "has" : "have"} a match with |r| of at least ${ALIKE}.`,
    without > 0 && `${integer(without)} ${without === 1 ? "has" : "have"} none.`,
    against.length > 0 &&
      `${integer(against.length)} ${against.length === 1 ? "runs" : "run"} the other way there: the colours of ${against.length === 1 ? "its pinned map are" : "their pinned maps are"} swapped.`,
  ]
    .filter(Boolean)
    .join(" ");
}

/** Of all importance of a class, each dimension's part. */
function shares(
  { report }: Pin,
  row: number,
  options: Compared["options"],
): Float64Array | undefined {
  const mean = latentImportance(report, options)?.mean;
  if (!mean) return undefined;
  const [, dims] = mean.shape;
  const own = Float64Array.from(mean.data.subarray(row * dims, (row + 1) * dims));
  const sum = own.reduce((total, value) => total + value, 0);
  return sum > 0 ? own.map((value) => value / sum) : undefined;
}

function bothShares({ shown, row, beside, options }: Compared) {
  return [shares(shown, row, options), shares(beside, beside.row, options)] as const;
}

function percent(share: number): string {
  return `${significant(100 * share, 2)} %`;
}

/** Which dimensions matter most to each, where that is another. */
function importance(compared: Compared): string | undefined {
  const { rows, by } = compared.drawn;
  const [ours, theirs] = bothShares(compared);
  if (!ours || !theirs) return undefined;
  const name = ({ dim, pinned }: Rows["rows"][number]) =>
    by === "network" || pinned === null
      ? `dimension ${dim! + 1}`
      : `dimension ${dim! + 1} | ${pinned + 1}`;
  const moved = rows
    .filter(({ dim, pinned }) => dim !== null && pinned !== null)
    .map((row) => ({ row, a: ours[row.dim!] ?? 0, b: theirs[row.pinned!] ?? 0 }))
    .filter(({ a, b }) => Math.abs(a - b) >= WORTH)
    .sort((x, y) => Math.abs(y.a - y.b) - Math.abs(x.a - x.b));
  if (!moved.length) {
    return by === "nothing"
      ? undefined
      : `No dimension’s share of all importance differs by more than ${percent(WORTH)} from that of its match.`;
  }
  const told = moved
    .slice(0, NAMED)
    .map(({ row, a, b }) => `${name(row)} has ${percent(a)} here and ${percent(b)} pinned`);
  const more = moved.length - told.length;
  return `Shares of all importance that differ most: ${told.join("; ")}${more ? `; ${integer(more)} more by over ${percent(WORTH)}` : ""}.`;
}

/** What two classes share, and what one of them needs alone. */
function shared(compared: Compared): string | undefined {
  const [ours, theirs] = bothShares(compared);
  if (!ours || !theirs) return undefined;
  const names = [className(compared.shown.report, compared.row), otherName(compared)] as const;
  const common = ours.map((share, dim) => Math.min(share, theirs[dim] ?? 0));
  const overlap = common.reduce((sum, share) => sum + share, 0);
  const top = [...common.keys()]
    .filter((dim) => common[dim]! >= WORTH)
    .sort((a, b) => common[b]! - common[a]!)
    .slice(0, NAMED)
    .map((dim) => `${dim + 1} (${percent(ours[dim]!)} and ${percent(theirs[dim]!)})`);
  const together = `What they share: ${percent(overlap)} of the importance for both lies on the same dimensions${top.length ? `, most of it on ${top.length > 1 ? "dimensions" : "dimension"} ${list(top)}` : ""}.`;
  const alone = [...ours.keys()]
    .map((dim) => ({ dim, by: ours[dim]! - (theirs[dim] ?? 0) }))
    .filter(({ by }) => Math.abs(by) >= WORTH)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .slice(0, NAMED)
    .map(
      ({ dim, by }) =>
        `dimension ${dim + 1} matters more for ${by > 0 ? names[0] : names[1]} (${percent(ours[dim]!)} and ${percent(theirs[dim] ?? 0)})`,
    );
  const tells = alone.length
    ? `What they need differently: ${alone.join("; ")}.`
    : "They need no dimension differently by more than 3 % of all importance.";
  return `${together} ${tells}`;
}

/** Along which dimensions the images of two classes of one network lie apart. */
function apart(compared: Compared): string | undefined {
  const { shown, row, beside, drawn } = compared;
  const { encoded, classes } = shown.report;
  const labels = [classes?.[row]?.label, beside.report.classes?.[beside.row]?.label] as const;
  if (drawn.by !== "network" || !encoded || labels[0] === labels[1]) return undefined;
  if (labels[0] === undefined || labels[1] === undefined) return undefined;
  const found = separation(encoded.latents, encoded.labels, [labels[0], labels[1]]);
  const most = [...found.keys()]
    .filter((dim) => Number.isFinite(found[dim]!) && Math.abs(found[dim]!) > 0)
    .sort((a, b) => Math.abs(found[b]!) - Math.abs(found[a]!))
    .slice(0, NAMED);
  if (!most.length) return undefined;
  const names = [className(shown.report, row), otherName(compared)] as const;
  const told = most.map((dim) => {
    const [higher, by] = found[dim]! > 0 ? [names[0], found[dim]!] : [names[1], -found[dim]!];
    return `dimension ${dim + 1}, where ${higher} lies ${significant(by, 2)} standard deviations higher`;
  });
  return `What tells their images apart, whatever it matters for rebuilding them: ${told.join("; ")}.`;
}

/**
 * By how many of their pooled standard deviations the mean of one class lies above that of another, dimension by
 * dimension; NaN where neither varies.
 */
export function separation(
  { shape: [images, dims], data }: Matrix,
  labels: ArrayLike<number>,
  classes: [number, number],
): Float64Array {
  const result = new Float64Array(dims);
  for (let dim = 0; dim < dims; dim += 1) {
    const [a, b] = classes.map((label) => {
      let [sum, squares, number] = [0, 0, 0];
      for (let image = 0; image < images; image += 1) {
        if (labels[image] !== label) continue;
        const value = data[image * dims + dim]!;
        sum += value;
        squares += value * value;
        number += 1;
      }
      const mean = sum / number;
      return { mean, off: Math.max(0, squares - number * mean * mean), number };
    }) as [Moments, Moments];
    const free = a.number + b.number - 2;
    result[dim] = (a.mean - b.mean) / Math.sqrt((a.off + b.off) / free);
  }
  return result;
}

interface Moments {
  mean: number;
  /** Sum of squared deviations from the mean. */
  off: number;
  number: number;
}

/** How far maps agree, where they are two. */
function maps({ by, rows }: Rows): string | undefined {
  const known = rows.filter(({ maps }) => maps !== null);
  const apart = known.filter(({ maps }) => maps! < ALIKE);
  if (!known.length || (by === "network" && !apart.length)) return undefined;
  const alike = known.length - apart.length;
  const least = apart
    .sort((a, b) => a.maps! - b.maps!)
    .slice(0, NAMED)
    .map(({ dim, pinned, maps }) => {
      const name = by === "network" ? `${dim! + 1}` : `${dim! + 1} | ${pinned! + 1}`;
      return `${name} (r ${significant(maps!, 2)})`;
    });
  return `${integer(alike)} of ${count(known.length, "pair")} of maps ${alike === 1 ? "is" : "are"} alike (r over the pixels of at least ${ALIKE})${least.length ? `; least alike: ${list(least)}` : ""}.`;
}
