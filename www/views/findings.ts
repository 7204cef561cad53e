/** What the figure shows of a class, in a few sentences. */
import type { Estimate, Report } from "../report";
import { explained, isMeasured, type Scene } from "./picture";
import { latentImportance, list, one } from "./words";

/** So many dimensions count as the top of a class. */
const TOP = 3;
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
  if (names.length > 1) sentences.push(shared(top, names, row, valuesOf));
  const settled = top.length > 1 ? ranking(top, valuesOf(row), importance, row) : "";
  if (settled) sentences.push(settled);
  const empty = emptyDimensions(report);
  if (empty.length) sentences.push(`No pixel moves ${dimensions(empty).toLowerCase()}.`);
  return sentences;
}

/** Dimensions, counted from 0, the most important first; those of no importance are left out. */
function topOf(values: Float32Array): number[] {
  return [...values.keys()]
    .filter((dim) => values[dim]! > 0)
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, TOP);
}

function shared(
  top: number[],
  names: string[],
  row: number,
  valuesOf: (row: number) => Float32Array,
): string {
  const others = names
    .map((name, at) => {
      const tops = at === row ? [] : topOf(valuesOf(at));
      return { other: one(name), dims: top.filter((dim) => tops.includes(dim)) };
    })
    .filter(({ dims }) => dims.length);
  if (!others.length) return "None of them is at the top for another class.";
  const all = new Set(others.flatMap(({ dims }) => dims));
  const own = top.filter((dim) => !all.has(dim));
  const told = others.slice(0, 3).map(({ other, dims }, at) => {
    const be = dims.length > 1 ? "are" : "is";
    return at === 0
      ? `${dimensions(dims)} ${be} also at the top for ${other}`
      : `${dimensions(dims).toLowerCase()} for ${other}`;
  });
  const more = others.length > told.length ? " and so on" : "";
  const alone = own.length ? `; ${numbers(own)} for ${one(names[row]!)} alone` : "";
  return `${told.join(", ")}${more}${alone}.`;
}

function ranking(
  [first = 0, second = 0]: number[],
  values: Float32Array,
  { method, std_error }: Estimate,
  row: number,
): string {
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
