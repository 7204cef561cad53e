/** Everything that shows what a run has found: the strip, the samples, the loss and the figure. */
import { type ImageShape, merge, type Report } from "../report";
import type { Run } from "../run";
import type { Samples } from "../samples";
import type { Values } from "../settings";
import type { FigureOptions, View } from "../view";
import type { Changed } from "./field";
import { Figure } from "./figure";
import { Film } from "./film";
import { Frames } from "./frames";
import { LossChart } from "./loss-chart";
import { Pipeline } from "./pipeline";
import { ThemeProbe } from "./theme";

export class Results {
  readonly frames = new Frames();
  readonly theme = new ThemeProbe(() => this.redraw());
  readonly pipeline = new Pipeline();
  readonly film = new Film((row) => {
    this.#row = row;
    this.frames.now(this.#drawSamples);
  });
  readonly loss = new LossChart();
  readonly figure;

  #view: View | undefined;
  #values!: Values;
  /** Of the data set; a run's own image comes first. */
  #image!: ImageShape;
  /** The latest run that had something to show. */
  #run: Run | undefined;
  /** Parts of its report that the charts have not taken over yet. */
  #unseen: Partial<Report> = {};
  /** Images to look at before a run with the present settings has any. */
  #preview: Samples | undefined;
  /** Which of the samples is in the strip. */
  #row = 0;

  /** `chosen` hears which class is to be explained, `changed` how the figure is to be shown. */
  constructor(chosen: (label: number) => void, changed: Changed, link: () => string | undefined) {
    this.figure = new Figure(chosen, changed, link);
  }

  get report(): Partial<Report> | null {
    return this.#run?.report ?? null;
  }

  /** Watches the charts' sizes until the returned function is called. */
  observe(): () => void {
    const ends = [
      this.loss.observe(() => this.frames.now(this.#drawLoss)),
      this.figure.observe(() => this.frames.now(this.#drawFigure)),
    ];
    return () => ends.forEach((end) => end());
  }

  /** What the charts are drawn with, once it is loaded. */
  drawWith(view: View): void {
    this.#view = view;
    this.redraw();
  }

  /** Follows the settings, as far as no run has settled what is shown. */
  settings(values: Values, image: ImageShape): void {
    this.#values = values;
    this.#image = image;
    this.pipeline.shape(this.#imageShape(), values.hidden, values.dims);
    this.#showFigureFrame();
    this.redraw();
  }

  preview(samples: Samples): void {
    this.#preview = samples;
    this.frames.now(this.#drawSamples);
  }

  /** Takes over new parts of a run's report; the first of a run make it the one that is shown. */
  reported(run: Run, part: Partial<Report>): void {
    if (run !== this.#run) {
      this.#run = run;
      this.#unseen = {};
      this.#view?.reset();
      this.#showFigureFrame();
      this.redraw();
    }
    merge(this.#unseen, part);
    if (part.samples) this.frames.request(this.#drawSamples);
    if (part.training) this.frames.request(this.#drawLoss);
    if (part.pixel_importance || part.direction || part.latent_importance) {
      this.frames.request(this.#drawFigure);
    }
  }

  /** What the figure is of: the shown run, or what the first run will be. */
  get subject(): { classes: number[]; dims: number; label: number } {
    const { classes, dims } = this.#run?.settings ?? this.#values;
    // `class` may hold names for style sheets too: the first that is a label counts.
    const chosen = this.#values.class.split(/\s+/).filter(Boolean).map(Number);
    const label = chosen.find((each) => classes.includes(each)) ?? classes[0] ?? 0;
    return { classes, dims, label };
  }

  redraw(): void {
    for (const job of [this.#drawSamples, this.#drawLoss, this.#drawFigure]) this.frames.now(job);
  }

  #showFigureFrame(): void {
    const { classes, dims, label } = this.subject;
    this.figure.layout(classes, label, Math.min(this.#values.top ?? dims, dims));
    this.figure.caption(label, this.#figureOptions(), this.#run?.report);
  }

  readonly #drawSamples = (): void => {
    const samples = this.#samples();
    if (!samples) return;
    const { text } = this.theme.read();
    const row = Math.min(this.#row, samples.labels.length - 1);
    this.film.show(samples, text);
    this.pipeline.show(samples, row, this.#values.dims, text);
  };

  /** The run's samples while the settings are still its own, else those of the next run. */
  #samples(): Samples | undefined {
    const { report, settings } = this.#run ?? {};
    const network = ({ classes, hidden, dims }: Pick<Values, "classes" | "hidden" | "dims">) =>
      JSON.stringify([classes, hidden, dims]);
    if (report?.samples && settings && network(settings) === network(this.#values)) {
      return { image: this.#imageShape(), ...report.samples };
    }
    return this.#preview;
  }

  readonly #drawLoss = (): void => {
    if (!this.#view) return;
    this.#flush(this.#view);
    const { epochs } = this.#run?.settings ?? this.#values;
    this.loss.draw(this.#view, epochs, this.theme.read());
  };

  readonly #drawFigure = (): void => {
    if (!this.#view) return;
    this.#flush(this.#view);
    const { classes, label } = this.subject;
    const shown = { report: this.#run?.report, classes, label };
    this.figure.draw(this.#view, this.#figureOptions(), this.theme.read(), shown);
  };

  #figureOptions(): FigureOptions {
    const { classes, dims, label } = this.subject;
    const values = this.#values;
    return {
      class: classes.indexOf(label),
      dims,
      image: this.#imageShape(),
      sort: values.sort,
      filter_empty: values["filter-empty"],
      top: values.top && Math.min(values.top, dims),
      rotate: Number(values.rotate) as FigureOptions["rotate"],
      flip_horizontal: values["flip-horizontal"],
      flip_vertical: values["flip-vertical"],
      palette: values.palette,
      scale: values.scale,
      threshold: values.threshold,
    };
  }

  #flush(view: View): void {
    if (Object.keys(this.#unseen).length === 0) return;
    view.update(this.#unseen);
    this.#unseen = {};
  }

  #imageShape(): ImageShape {
    return this.#run?.report.image ?? this.#image;
  }
}
