/** What the figure shows of a class, in a few sentences. */
import { integer } from "../format";
import type { Estimate, Report } from "../report";
import { featureOf } from "./features";
import { explained, isMeasured, type Scene } from "./picture";
import { unsettled } from "./over-images";
import { latentImportance, list, one } from "./words";

/** So many dimensions count as the top of a class. */
const TOP = 3;
/** Shares of importance that differ by less than this are taken for alike. */
const APART = 0.02;
/** Two means further apart than so many of their combined standard errors are told apart. */
const SETTLED = 2;

/** Of the class that is explained, after what has to be said first. */
export function findings(scene: Scene): string {
  return [...(scene.words?.cautions ?? []), ...found(scene)].join(" ");
}

/** Nothing while its latent importance is not known. */
function found(scene: Scene): string[] {
  const { report, options, names } = scene;
  const importance = latentImportance(report, options);
  const row = options.class;
  if (!report || !importance || !isMeasured(scene, row)) return [];
  const dims = importance.mean.shape[1];
  const valuesOf = (each: number) => importance.mean.data.subarray(each * dims, (each + 1) * dims);
  const top = topOf(valuesOf(row));
  const name = one(explained(scene));
  if (top.length === 0) return [`No dimension matters for ${name}.`];

  const many = top.length > 1;
  const sentences = [
    `${dimensions(top)} ${many ? "matter most" : "alone matters"} for ${name}${many ? ", in this order" : ""}.`,
  ];
  const told = shared(top, names, row, valuesOf);
  if (told) sentences.push(told);
  const settled =
    top.length < 2
      ? ""
      : options.errors === "images"
        ? overImages(report, top, row)
        : ranking(top, valuesOf(row), importance, row);
  if (settled) sentences.push(settled);
  const empty = emptyDimensions(report);
  if (empty.length) {
    const { recipients = "all", donors = "all" } = report.settings?.measure ?? {};
    const here = recipients === "all" && donors === "all" ? "" : ", as it is measured here";
    sentences.push(`No ${featureOf(report)} moves ${dimensions(empty).toLowerCase()}${here}.`);
  }
  return sentences;
}

/** Dimensions, counted from 0, the most important first; those of no importance are left out. */
function topOf(values: Float32Array): number[] {
  return [...values.keys()]
    .filter((dim) => values[dim]! > 0)
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, TOP);
}

/** Which dimensions classes have in common, and by which one this class differs from the others. */
function shared(
  top: number[],
  names: string[],
  row: number,
  valuesOf: (row: number) => Float32Array,
): string {
  const others = [...names.keys()].filter((at) => at !== row && topOf(valuesOf(at)).length > 0);
  if (!others.length) return "";
  const tops = others.map((at) => topOf(valuesOf(at)));
  const common = top.filter((dim) => tops.every((each) => each.includes(dim)));
  const own = top.filter((dim) => !tops.some((each) => each.includes(dim)));
  const name = one(names[row]!);
  const all = others.length > 1 ? `all ${integer(others.length + 1)} classes` : "both classes";
  const [other, than] =
    others.length > 1
      ? ["the other classes", "on average in the other classes"]
      : [one(names[others[0]!]!), `of that of ${one(names[others[0]!]!)}`];
  const values = valuesOf(row);
  const { dim, here, elsewhere } = distinguishing(values, others.map(valuesOf));
  // Of so few dimensions all are among the first.
  const few = values.length <= TOP;
  return [
    !few && common.length && `${among(common)} for ${all}.`,
    !few && own.length && `${among(own)} for ${name} alone.`,
    values.length > 1 &&
      (here - elsewhere < APART
        ? `No dimension distinguishes ${name} from ${other} by much.`
        : `Dimension ${dim + 1} distinguishes ${name} most: ${percent(here)} of its importance, ${percent(elsewhere)} ${than}.`),
  ]
    .filter(Boolean)
    .join(" ");
}

function among(dims: number[]): string {
  return `${dimensions(dims)} ${dims.length > 1 ? "are" : "is"} among the first ${TOP}`;
}

/** The dimension whose share of a class's importance exceeds its mean share in the others the most. */
function distinguishing(values: Float32Array, others: Float32Array[]) {
  const of = others.map(shares);
  const found = shares(values).map((here, dim) => {
    const elsewhere = of.reduce((sum, each) => sum + each[dim]!, 0) / of.length;
    return { dim, here, elsewhere };
  });
  return found.reduce((a, b) => (b.here - b.elsewhere > a.here - a.elsewhere ? b : a));
}

/** Each dimension's part of the sum, which is not 0. */
function shares(values: Float32Array): number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  return Array.from(values, (value) => value / sum);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function ranking(
  [first = 0, second = 0]: number[],
  values: Float32Array,
  { method, std_error }: Estimate,
  row: number,
): string {
  if (method === "elsewhere") return "How settled the order is, these results do not tell.";
  if (method === "exact") return "The order is exact: every possible shuffle counts.";
  const errors = std_error?.data;
  if (!errors) return "How settled the order is needs at least two permutations to tell.";
  const at = row * values.length;
  const combined = Math.hypot(errors[at + first]!, errors[at + second]!);
  const apart = (values[first]! - values[second]!) / combined;
  if (!Number.isFinite(apart)) return "";
  return apart > SETTLED
    ? `Dimension ${first + 1} is clearly first: ${apart.toFixed(1)} combined standard errors above ${second + 1}.`
    : `Which of ${first + 1} and ${second + 1} is first is not settled: they are only ${apart.toFixed(1)} combined standard errors apart.`;
}

/** How settled the order is had other images been explained. */
function overImages(
  report: Partial<Report>,
  [first = 0, second = 0]: number[],
  row: number,
): string {
  if (!report.image_errors) return "";
  return unsettled(report, row, first).includes(second)
    ? `Had other images been explained, ${second + 1} may well be before ${first + 1}: the difference is within two of its errors over images.`
    : `Dimension ${first + 1} is first over other images, too: the difference to ${second + 1} is more than two of its errors.`;
}

/** Those that no pixel moves, once every pixel has been shuffled. */
function emptyDimensions(report: Partial<Report>): number[] {
  const importance = report.pixel_importance;
  if (!importance || importance.repeats < 1) return [];
  const { data, shape } = importance.mean;
  const [pixels, dims] = shape;
  const empty = new Set(Array.from({ length: dims }, (_, dim) => dim));
  for (let pixel = 0; pixel < pixels && empty.size; pixel += 1) {
    for (const dim of empty) if (data[pixel * dims + dim] !== 0) empty.delete(dim);
  }
  return [...empty];
}

function dimensions(dims: number[]): string {
  return `${dims.length > 1 ? "Dimensions" : "Dimension"} ${numbers(dims)}`;
}

/** As people number them. */
function numbers(dims: number[]): string {
  return list(dims.map((dim) => `${dim + 1}`));
}
