/** Errors over images, and which order of dimensions they leave open. */
import type { Report } from "../report";
import type { ChartOptions } from "../view";
import type { Scene } from "./picture";
import type { Sentence } from "./view";

/** Two dimensions are told apart by more than so many errors of their difference. */
const SETTLED = 2;

type Options = Pick<ChartOptions, "errors" | "metric">;

/** What stands behind an error. */
export function overImages({ errors }: Options): string {
  return errors === "images" ? " over images" : "";
}

/** What bars show of them. */
export function brackets({ options, report }: Pick<Scene, "options" | "report">): Sentence {
  return (
    options.errors === "images" &&
    report?.image_errors &&
    "Lines at the ends of bars are errors over images; brackets join neighbours whose order is not settled."
  );
}

/** The errors of latent importance that are shown. */
export function latentErrors(report: Partial<Report> | undefined, { errors, metric }: Options) {
  const rmse = metric === "rmse";
  if (errors === "images") {
    const found = report?.image_errors;
    return rmse ? found?.latent_importance_rmse : found?.latent_importance;
  }
  return (rmse ? report?.latent_importance_rmse : report?.latent_importance)?.std_error;
}

/** The neighbours of a dimension in a class's order that are not told apart from it; all counted from 0. */
export function unsettled(report: Partial<Report>, row: number, dim: number): number[] {
  const { image_errors: errors, latent_importance: importance } = report;
  const order = errors?.order[row];
  if (!errors || !order || !importance) return [];
  const { data, shape } = importance.mean;
  const of = (place: number) => data[row * shape[1] + order[place]!]!;
  const open = (place: number) =>
    place >= 0 &&
    place + 1 < order.length &&
    of(place) > 0 &&
    of(place) - of(place + 1) <= SETTLED * errors.differences[row]![place]!;
  const at = order.indexOf(dim);
  return [
    ...(open(at - 1) ? [order[at - 1]!] : []),
    ...(at >= 0 && open(at) ? [order[at + 1]!] : []),
  ];
}
