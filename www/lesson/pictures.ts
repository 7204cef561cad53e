/** What the explorer shows of a run, as drawings for paper. */
import { labelOf } from "../classes";
import { shadingOf } from "../parts/shading";
import { planned, type Stages, stages } from "../network";
import type { Report } from "../report";
import { runSettings, type Values } from "../settings";
import { markup } from "../trusted";
import { another, type Chart, type ChartOptions, openView, type Theme, type View } from "../view";
import { chartOptions } from "../views/options";
import type { ViewName } from "../views/table";
import { bottleneck, film } from "./drawings";
import type { Found } from "./facts";
import type { Part } from "./lesson";

/** Of a sheet of A4 within its margins, in CSS pixels. */
const WIDTH = 680;
/** Higher ones would leave no room for words. */
const HIGHEST = 235;
const LOSS = 105;

const PAPER: Theme = {
  scale: 1,
  font: "system-ui, sans-serif",
  font_size: 13,
  background: "#ffffff",
  text: "#000000",
  muted: "#444444",
  grid: "#cccccc",
  accent: "#0b7a73",
};

/** Charts are called as their views are, but for some. */
function chartOf(view: ViewName): Chart {
  if (view === "plane" || view === "prior") return "decoded";
  return view === "errors" ? "reconstruction-errors" : view;
}

export class Pictures {
  /** What charts are drawn by, once that has been fetched. */
  #charts: View | undefined;
  readonly #views = new WeakMap<Found, View>();

  /** Whether charts can be drawn at once. */
  get ready(): boolean {
    return this.#charts !== undefined;
  }

  /** Fetches what draws charts. Rejects with a `Failure`. */
  async fetch(): Promise<void> {
    const charts = await openView();
    await charts.ready();
    this.#charts = charts;
  }

  /** What a step speaks of, as far as it can be drawn. */
  of(part: Part, found: Found | undefined, values: Values): SVGSVGElement[] {
    if (part === "pipeline") return [bottleneck(found, layers(found, values))];
    if (!found) return [];
    const options = optionsOf(found, values);
    const drawing =
      part === "samples" || part === "loss"
        ? [film(found, options.images), this.#draw("loss", found, options)]
        : [this.#draw(chartOf(values.view), found, options)];
    return drawing.filter((each) => each !== undefined);
  }

  #draw(chart: Chart, found: Found, options: ChartOptions): SVGSVGElement | undefined {
    const view = this.#viewOf(found);
    if (!view) return undefined;
    const natural = chart === "loss" ? LOSS : view.height(chart, WIDTH, options, PAPER);
    const height = Math.min(HIGHEST, natural ?? HIGHEST);
    const text = view.export_svg(chart, WIDTH, height, options, PAPER)!;
    const file = new DOMParser().parseFromString(markup(text), "image/svg+xml");
    const drawn = document.importNode(file.documentElement, true) as Element as SVGSVGElement;
    drawn.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
    drawn.removeAttribute("width");
    drawn.removeAttribute("height");
    drawn.setAttribute("lang", "en");
    return drawn;
  }

  #viewOf(found: Found): View | undefined {
    if (!this.#charts) return undefined;
    let view = this.#views.get(found);
    if (!view) {
      view = another(this.#charts);
      const { network, ...report } = found;
      view.update(report);
      if (network) view.network(network);
      this.#views.set(found, view);
    }
    return view;
  }
}

function optionsOf(report: Report, values: Values): ChartOptions {
  const { classes, image, settings, data } = report;
  const label = labelOf(values["explain-class"], classes);
  const row = classes.findIndex((each) => each.label === label);
  const { dims, epochs } = settings;
  const shading = shadingOf(values.images, data?.pixels ?? "ink", image.channels);
  const each = image.channels > 1 && settings.permute === "channel";
  return chartOptions(values, {
    row: Math.max(0, row),
    dims,
    image,
    epochs,
    shading,
    form: "image",
    each,
  });
}

/** What there is between the layers; of the images only where they are known. */
function layers(found: Found | undefined, values: Values): Stages {
  if (found?.network) return stages(found.network);
  if (found) return planned(found.image, runSettings(values));
  const half = values.kind === "dense" ? values["hidden-layers"] : [];
  return { encoder: [...half, values.dims], decoder: [values.dims, ...[...half].reverse()] };
}
