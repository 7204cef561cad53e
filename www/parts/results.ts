/** Everything that shows what a run has found: the strip, the samples, the loss and the figure. */
import { labelOf, readTokens } from "../classes";
import { Dimension } from "../explorer/dimension";
import { Figure } from "../explorer/figure";
import { spread } from "../explorer/captions";
import type { Scene } from "../explorer/picture";
import { ShareDialog, type Shared } from "../explorer/share";
import { drawn, shades } from "../explorer/source";
import { sampled, type Subject, Subjects } from "../explorer/subject";
import type { Opened } from "../explorer/targets";
import { one } from "../explorer/words";
import { imageAt, imageOf, imageOfSample, imageText, whichImage } from "../explorer/numbering";
import type { Dataset } from "../data/dataset";
import {
  type ImageShape,
  type Matrix,
  merge,
  type Network,
  type Report,
  type RunSettings,
  widths,
} from "../report";
import type { Run } from "../run";
import type { Samples } from "../data/samples";
import { runSettings, type Values } from "../settings";
import type { ChartOptions, ReportWords, View } from "../view";
import type { Changed } from "./field";
import { Film } from "./film";
import { Frames } from "./frames";
import { LossChart } from "./loss-chart";
import { Pipeline } from "./pipeline";
import { type Ramp, rampOf } from "./pixels";
import { type PixelKind, pixelWords, type Shading, shadingOf } from "./shading";
import { ThemeProbe } from "./theme";

/** What there is to run on, before a run has said so itself. */
export interface Open {
  image: ImageShape;
  /** The images that are open, once they are there. */
  dataset: Dataset | undefined;
  /** A model that was brought to be explained. */
  network: Network | undefined;
}

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
  readonly dimension;
  readonly share = new ShareDialog();

  #view: View | undefined;
  #values!: Values;
  /** Of the data set; a run's own images come first. */
  #open!: Open;
  /** The latest run that had something to show. */
  #run: Run | undefined;
  /** Parts of its report that the charts have not taken over yet. */
  #unseen: Partial<Report> = {};
  /** Whether the charts have its network. */
  #trained = false;
  #subjects: Subjects | undefined;
  /** What samples and loss were last drawn for. */
  #learning = "";
  /** What the charts say of its report. */
  #words: ReportWords | undefined;
  /** The explained image that is looked at. */
  #subject: Subject | undefined;
  /** Images to look at before a run with the present settings has any. */
  #preview: Samples | undefined;
  /** Whether a visitor opened the dimension: in the page of others nothing covers it unasked. */
  #asked = false;
  /** Which of the samples is in the strip. */
  #row = 0;

  /** `chosen` hears which class is to be explained, `changed` how the figure is to be shown. */
  constructor(
    chosen: (label: number) => void,
    readonly changed: Changed,
    shared: () => Shared,
  ) {
    const share = () => this.share.open(shared());
    this.figure = new Figure({
      chosen,
      changed,
      share,
      opened: (what) => this.#opened(what),
      moved: () => this.frames.request(this.#drawFigure),
    });
    this.dimension = new Dimension({
      opened: (dim) => this.#openDimension(dim),
      started: (image) => this.#openImage(image),
      moved: (value) => changed("moved", value === undefined ? "" : `${value}`),
      share,
    });
  }

  get report(): Partial<Report> | null {
    return this.#run?.report ?? null;
  }

  /** What is said of a run's report, once the charts have it. */
  wordsOf(run: Run): ReportWords | undefined {
    if (run !== this.#run || !this.#view) return undefined;
    this.#flush(this.#view);
    return this.#words;
  }

  /** Of which images what is shown is, where others are open, as the rest of a sentence. */
  get elsewhere(): string | undefined {
    const run = this.#run;
    if (!run?.report.data) return undefined;
    const { dataset: open } = this.#open;
    if (!open || run.dataset === open) return undefined;
    const name = run.report.data.name || "other images";
    return name === open.credit.name
      ? `of other images or other values than are open now, though both are called ${name}`
      : `of ${name}, not of the images that are open (${open.credit.name})`;
  }

  /** How images of a kind are shaded. */
  shades(kind: PixelKind): { shading: Shading; ramp: Ramp } {
    const shading = this.#shading(kind);
    return { shading, ramp: rampOf(shading, this.theme.read().text) };
  }

  #shading(kind = this.#kind): Shading {
    return shadingOf(this.#values.images, kind);
  }

  /** What the values of the shown run's images stand for, or of those that are open. */
  get #kind(): PixelKind {
    const { dataset } = this.#run ?? this.#open;
    if (dataset) return dataset.pixels;
    return this.#run?.report.data?.columns ? "quantity" : "ink";
  }

  /** Watches the charts' sizes until the returned function is called. */
  observe(): () => void {
    const ends = [
      this.theme.observe(() => this.#jobs.forEach((draw) => draw())),
      this.loss.observe(() => this.frames.now(this.#drawLoss)),
      this.figure.observe(() => this.frames.now(this.#drawFigure)),
      this.dimension.observe(() => this.frames.now(this.#drawDimension)),
      () => this.figure.projection.close(),
    ];
    return () => ends.forEach((end) => end());
  }

  /** What the charts are drawn with, once it is loaded. */
  drawWith(view: View): void {
    this.#view = view;
    this.redraw();
  }

  /** Follows the settings, as far as no run has settled what is shown. */
  settings(values: Values, open: Open): void {
    this.#values = values;
    this.#open = open;
    const { height, width } = this.#imageShape();
    const layers = [height * width, ...values["hidden-layers"], values.dims];
    const { encoder, decoder } = open.network ?? {};
    this.pipeline.shape(
      { height, width },
      encoder ? widths(encoder) : layers,
      decoder ? widths(decoder) : [...layers].reverse(),
    );
    this.loss.says(!(this.#run ? this.#run.model : open.network));
    this.figure.layout(this.#scene());
    // Samples and loss do not depend on how the figure is looked at.
    const learning = JSON.stringify([open.image, this.#shading(), runSettings(values)]);
    if (learning === this.#learning) {
      this.frames.now(this.#drawFigure);
      this.frames.now(this.#drawDimension);
    } else this.redraw();
    this.#learning = learning;
    this.#find();
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
      this.#trained = false;
      this.#subjects = undefined;
      this.#subject = undefined;
      this.#words = undefined;
      this.#view?.reset();
      this.loss.says(!run.model);
      this.figure.layout(this.#scene());
      this.redraw();
    }
    merge(this.#unseen, part);
    if (part.samples) this.frames.request(this.#drawSamples);
    if (part.training) this.frames.request(this.#drawLoss);
    if (CONCERNS[this.#values.view].some((name) => part[name])) {
      this.frames.request(this.#drawFigure);
    }
    if (part.encoded) this.#find();
    if (this.dimension.isOpen) this.frames.request(this.#drawDimension);
  }

  /** What the figure is of: the shown run, or what the first run will be. */
  get subject(): { classes: number[]; dims: number; label: number } {
    const { classes: asked, dims } = this.#run?.settings ?? this.#values;
    // Rows of latent importance are those of the report: a class may have no images to explain.
    const classes = this.#run?.report.classes?.map((each) => each.label) ?? asked;
    // `class` may hold names for style sheets too: the first that a class is called by counts.
    const known = classes.map((label) => ({ label, name: this.nameOf(label) }));
    const chosen = readTokens(this.#values.class).map((token) => labelOf(token, known));
    const label = chosen.find((each) => each !== undefined) ?? classes[0] ?? 0;
    return { classes, dims, label };
  }

  redraw(): void {
    for (const job of this.#jobs) this.frames.now(job);
  }

  // Opening

  #opened(what: Opened): void {
    if ("image" in what) return this.#openImage(what.image);
    this.#asked = true;
    this.#openDimension(what.dimension);
    this.frames.now(this.#drawDimension);
  }

  /** The image that the open dimension is moved from, as the setting `image` has it. */
  get startImage(): string | undefined {
    const image = this.dimension.startImage;
    return image === undefined ? undefined : imageText(this.#run!.report, image);
  }

  #openImage(image: number): void {
    this.changed("image", imageText(this.#run!.report, image));
  }

  /** Another dimension is opened where its images have it. */
  #openDimension(dim: number | undefined): void {
    const text = dim === undefined ? "" : `${dim + 1}`;
    if (`${this.#values.dimension ?? ""}` === text) return;
    this.changed("moved", "");
    this.changed("dimension", text);
    if (dim !== undefined) return;
    // What stood in the page leaves the focus to the figure; a dialog gives it back itself.
    if (!this.#asked) this.figure.element.querySelector<HTMLElement>(".drawing canvas")?.focus();
    this.#asked = false;
  }

  /** The image that is asked for, if the run has it. */
  #find(): void {
    const { image } = this.#values;
    const run = this.#run;
    const wanted = image === null ? undefined : run && imageAt(run.report, image);
    const known = run && sampled(run.report).find((each) => each.image === wanted);
    if (wanted === undefined || known || !this.#view || !run?.dataset) {
      if (this.#subject?.image !== wanted) this.#found(wanted === undefined ? undefined : known);
      return;
    }
    if (this.#subject?.image === wanted) return;
    this.#subjects ??= new Subjects(this.#view, run.dataset);
    this.#subjects.subject(run.report, wanted).then(
      (subject) => {
        if (run === this.#run && image === this.#values.image) this.#found(subject);
      },
      // The file was there when the run began; without it there is no picture, and the rest stays.
      () => this.#found(undefined),
    );
  }

  #found(subject: Subject | undefined): void {
    this.#subject = subject;
    this.frames.now(this.#drawFigure);
    this.frames.now(this.#drawDimension);
  }

  // Drawing

  get #jobs() {
    return [this.#drawSamples, this.#drawLoss, this.#drawFigure, this.#drawDimension];
  }

  readonly #drawSamples = (): void => {
    const samples = this.#samples();
    if (!samples) return;
    const row = Math.min(this.#row, samples.labels.length - 1);
    const previewed = samples === this.#preview;
    const said = previewed ? undefined : spread(this.#scene());
    const { ramp } = this.shades((previewed && this.#open.dataset?.pixels) || this.#kind);
    const report = previewed ? {} : this.#run!.report;
    const which = (at: number) => {
      const name = this.nameOf(samples.labels[at]!);
      const image = imageOfSample(report, at);
      return image === undefined
        ? `Sample ${at + 1}, ${one(name)}`
        : imageOf(report.encoded!, image, name);
    };
    this.film.show(samples, ramp, which, said || "");
    this.pipeline.show(samples, row, this.#values.dims, ramp);
  };

  /** The run's samples while the settings are still its own, else those of the next run. */
  #samples(): Samples | undefined {
    const { report, settings } = this.#run ?? {};
    const network = ({ classes, hidden, dims }: RunSettings) =>
      JSON.stringify([classes, hidden, dims]);
    if (report?.samples && settings && network(settings) === network(runSettings(this.#values))) {
      const range = shades(report);
      const spreadOut = ({ shape, data }: Matrix) => ({ shape, data: drawn(data, range) });
      const { images, reconstructions, ...samples } = report.samples;
      return {
        image: this.#imageShape(),
        ...samples,
        images: spreadOut(images),
        reconstructions: spreadOut(reconstructions),
      };
    }
    return this.#preview;
  }

  readonly #drawLoss = (): void => {
    if (!this.#view) return;
    this.#flush(this.#view);
    this.loss.draw(this.#view, this.#options(), this.theme.read());
  };

  readonly #drawFigure = (): void => {
    const view = this.#view;
    if (!view) return;
    this.#flush(view);
    const scene = this.#scene();
    const theme = this.theme.read();
    this.figure.projection.show(view, scene.projection, this.#run?.report);
    this.figure.draw(view, scene, theme);
    const subject = scene.chart === "space" ? this.#subject : undefined;
    const rebuilt = subject && view.reconstruct(subject.latents);
    const encoded = this.#run?.report.encoded;
    const which =
      subject && encoded ? whichImage(encoded, subject.image ?? 0, this.nameOf(subject.label)) : "";
    const range = shades(this.#run?.report);
    const { ramp } = this.shades(this.#kind);
    this.figure.image.show(subject, which, scene.options.image, rebuilt, range, ramp);
  };

  readonly #drawDimension = (): void => {
    const dim = (this.#values.dimension ?? 0) - 1;
    if (!this.#view || dim < 0 || dim >= this.subject.dims) {
      this.#asked = false;
      return this.dimension.close();
    }
    this.#flush(this.#view);
    const { moved, image: asked } = this.#values;
    const [view, scene, theme] = [this.#view, this.#scene(), this.theme.read()];
    const opened = this.#subject;
    this.dimension.show({ view, scene, theme, dim, opened, asked, moved }, this.#asked);
  };

  #scene(): Scene {
    const { view, projection } = this.#values;
    const { classes } = this.subject;
    return {
      chart: view,
      options: this.#options(),
      report: this.#run?.report,
      words: this.#words,
      pixels: pixelWords(this.#shading(), this.#kind),
      elsewhere: this.elsewhere,
      classes,
      names: classes.map((label) => this.nameOf(label)),
      projection: view === "space" && projection !== "spread" ? projection : undefined,
    };
  }

  /** What people call a class of the shown run, or of the images. */
  nameOf(label: number): string {
    const known = this.#run?.report.classes?.find((each) => each.label === label);
    return known?.name ?? this.#open.dataset?.name(label) ?? `${label}`;
  }

  #options(): ChartOptions {
    const { classes, dims, label } = this.subject;
    const values = this.#values;
    return {
      class: classes.indexOf(label),
      dims,
      image: this.#imageShape(),
      metric: values.metric,
      sort: values.sort,
      filter_empty: values["filter-empty"],
      top: values.top && Math.min(values.top, dims),
      rotate: Number(values.rotate) as ChartOptions["rotate"],
      flip_horizontal: values["flip-horizontal"],
      flip_vertical: values["flip-vertical"],
      palette: values.palette,
      scale: values.scale,
      threshold: values.threshold,
      images: this.#shading(),
      epochs: this.#run?.settings.epochs ?? values.epochs,
      ...(this.#subject?.image !== undefined && { selected: this.#subject.image }),
    };
  }

  #flush(view: View): void {
    if (Object.keys(this.#unseen).length > 0) {
      view.update(this.#unseen);
      this.#unseen = {};
      this.#words = view.words();
    }
    if (this.#run?.network && !this.#trained) {
      view.network(this.#run.network);
      this.#trained = true;
    }
  }

  #imageShape(): ImageShape {
    return this.#run?.report.image ?? this.#open.image;
  }
}

/** The parts of a report that a view shows. */
const CONCERNS: Record<Values["view"], readonly (keyof Report)[]> = {
  figure: ["pixel_importance", "direction", "latent_importance"],
  pixels: ["pixel_importance", "latent_importance"],
  classes: ["pixel_importance", "latent_importance"],
  space: ["encoded"],
  reconstructions: ["samples"],
  likeness: ["latent_importance"],
  loss: ["training"],
};
