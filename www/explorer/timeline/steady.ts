/** What stays where it is while epochs pass: the order of the dimensions, and the axes of the encoded space. */
import type { Estimate, Matrix, Report } from "../../report";
import type { ChartOptions } from "../../view";
import type { ViewName } from "../../views/table";

/**
 * Options that keep everything in the place that it has in the end; until that is known, in natural order.
 * `spread`: the encoded space is seen by the dimensions that vary most.
 */
export function steady(
  view: ViewName,
  end: Partial<Report> | undefined,
  options: ChartOptions,
  spread: boolean,
): Partial<ChartOptions> {
  switch (view) {
    case "figure":
    case "pixels":
      return { order: order(view, end ?? {}, options) };
    case "space": {
      if (!spread) return {};
      const latents = end?.encoded?.latents;
      return latents && latents.shape[1] > 1 ? { axes: widest(latents) } : {};
    }
    default:
      return {};
  }
}

/** As `Shown` in src/plot/shown.rs has it. */
function order(view: ViewName, end: Partial<Report>, options: ChartOptions): number[] {
  const { dims, sort, filter_empty, top, metric } = options;
  const { pixel_importance: pixels } = end;
  const latents = metric === "rmse" ? end.latent_importance_rmse : end.latent_importance;
  const numbers =
    view === "figure"
      ? latents && values(latents, dims, options.class)
      : pixels && ranges(pixels, dims, options);
  let shown = Array.from({ length: dims }, (_, dim) => dim);
  if (sort && numbers) shown.sort((one, other) => numbers[other]! - numbers[one]!);
  if (filter_empty && pixels) {
    const isZero = (of: Estimate | undefined, dim: number) =>
      !of || column(of.mean, dim).every((value) => value === 0);
    shown = shown.filter((dim) => !isZero(pixels, dim) || !isZero(latents, dim));
  }
  return shown.slice(0, top ?? dims);
}

function values({ mean }: Estimate, dims: number, row: number): number[] {
  return Array.from({ length: dims }, (_, dim) => mean.data[row * dims + dim] ?? 0);
}

function ranges({ mean }: Estimate, dims: number, { channel, image }: ChartOptions): number[] {
  const step = channel === undefined ? 1 : image.channels;
  return Array.from({ length: dims }, (_, dim) => {
    const found = column(mean, dim).filter((_, row) => row % step === (channel ?? 0));
    return Math.max(...found) - Math.min(...found);
  });
}

/** The two dimensions that vary most, the widest first. */
function widest(latents: Matrix): [number, number] {
  const dims = latents.shape[1];
  const spread = Array.from({ length: dims }, (_, dim) => {
    const values = column(latents, dim);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  const [one = 0, other = 1] = Array.from(spread.keys()).sort((a, b) => spread[b]! - spread[a]!);
  return [one, other];
}

function column({ shape: [rows, columns], data }: Matrix, dim: number): number[] {
  return Array.from({ length: rows }, (_, row) => data[row * columns + dim]!);
}
