/** What was measured after the epochs of a run, its end included. */
import type { Moment } from "../../engine/messages";
import type { Report } from "../../report";
import type { ChartOptions } from "../../view";
import { latentImportance } from "../shared";

/** What charts take of a moment. */
export type Seen = Omit<Moment, "network" | "samples">;

/** With the run's own numbers as those after its last epoch; empty where either is missing. */
export function withEnd(moments: readonly Moment[], report: Partial<Report>): Seen[] {
  const { encoded, pixel_importance, direction, latent_importance, training } = report;
  if (!encoded || !pixel_importance || !direction || !latent_importance || !training) return [];
  if (moments.length === 0) return [];
  const epoch = training.held_out_loss.length;
  const end: Seen = {
    epoch,
    latents: encoded.latents,
    pixel_importance,
    direction,
    latent_importance,
    ...(report.latent_importance_rmse && { latent_importance_rmse: report.latent_importance_rmse }),
  };
  return [...moments.filter((moment) => moment.epoch < epoch), end];
}

/** All dimensions, as the figure has them in the end. */
export function finalOrder(
  report: Partial<Report>,
  options: Pick<ChartOptions, "class" | "dims" | "metric" | "sort">,
): number[] {
  const { class: row, dims, sort } = options;
  const order = Array.from({ length: dims }, (_, dim) => dim);
  const found = latentImportance(report, options)?.mean.data;
  if (!sort || !found) return order;
  const value = (dim: number) => found[row * dims + dim] ?? 0;
  return order.sort((a, b) => value(b) - value(a) || a - b);
}
