/** What is known of each dimension: one row each, with a column for everything that was asked. */
import { spoken } from "../features";
import type { Picture } from "../picture";
import { explained, isMeasured } from "../picture";
import { dimensionName, latentImportance, list, measured, significant } from "../shared";

export interface KnownTable {
  columns: string[];
  /** The first cell of a row names its dimension. */
  rows: string[][];
  /** What was not asked yet, as a sentence; empty where everything was. */
  missing: string;
}

/** A column, or what it would be called where nothing is known of it. */
interface Column {
  name: string;
  what: string;
  cell: ((dim: number) => string) | undefined;
}

export function known(picture: Picture): KnownTable {
  const { report = {}, options, layout } = picture;
  const { dims } = options;
  const order = layout.order ?? Array.from({ length: dims }, (_, dim) => dim);
  const all: Column[] = [
    importance(picture),
    {
      name: "Map as it is since epoch",
      what: "when each map came to be",
      cell: report.emergence && ((dim) => since(picture, dim)),
    },
    {
      name: "Found again in other networks",
      what: "other networks",
      cell: report.networks && ((dim) => again(picture, dim)),
    },
    {
      name: "ρ with its map before training",
      what: "controls",
      cell: report.controls && ((dim) => written(report.controls!.untrained[dim])),
    },
    {
      name: spoken(picture, "ρ with 2 · Var(pixel)"),
      what: "controls",
      cell: report.controls && ((dim) => written(report.controls!.variance[dim])),
    },
  ];
  const there = all.filter(({ cell }) => cell);
  const missing = new Set(all.filter(({ cell }) => !cell).map(({ what }) => what));
  if (!report.image_errors) missing.add(spoken(picture, "errors over images"));
  return {
    columns: ["Dimension", ...there.map(({ name }) => name)],
    rows: order.map((dim) => [dimensionName(report, dim), ...there.map(({ cell }) => cell!(dim))]),
    missing: missing.size ? `Not asked yet: ${list([...missing])}.` : "",
  };
}

/** IE of the class, with its error over images where that is known, else that of sampling. */
function importance(picture: Picture): Column {
  const { report = {}, options } = picture;
  const { class: row, dims, metric } = options;
  const found = latentImportance(report, options);
  const errors = report.image_errors;
  const over = metric === "rmse" ? errors?.latent_importance_rmse : errors?.latent_importance;
  const error = over ?? found?.std_error;
  const name = `Importance, class ${explained(picture)}${over ? spoken(picture, ", ± error over images") : ""}`;
  const at = (dim: number) => row * dims + dim;
  const cell = (dim: number) => measured(found!.mean.data[at(dim)]!, error?.data[at(dim)]);
  return { name, what: "importance", cell: found && isMeasured(picture, row) ? cell : undefined };
}

function since({ report = {} }: Picture, dim: number): string {
  const { emerged, inactive_since } = report.emergence!;
  const inactive = inactive_since[dim];
  if (inactive != null) return `inactive since ${inactive}`;
  return emerged[dim] == null ? "–" : `${emerged[dim]}`;
}

function again({ report = {} }: Picture, dim: number): string {
  const all = report.networks!.others.map(({ matches }) => matches[dim]?.verdict);
  const count = (which: string) => all.filter((verdict) => verdict === which).length;
  if (all.length && count("inactive") === all.length) return "inactive";
  const mixed = count("mixed") ? `, mixed in ${count("mixed")}` : "";
  return `${count("found-again")} of ${all.length}${mixed}`;
}

function written(rho: number | null | undefined): string {
  return rho == null ? "–" : significant(rho, 2);
}
