/** Everything that shows what a run has found: the strip, the samples, the loss and the figure. */
import { labelOf } from "../classes";
import { h } from "../dom";
import type { There } from "./missing";
import { Dimension } from "./dimension";
import type { Donors } from "./donors";
import type { GroupsPanel } from "./groups/panel";
import { Figure } from "./figure";
import type { Scene, ShownEpoch } from "../views/picture";
import { ShareDialog, type Shared } from "./share";
import { imageAt, imageOf, imageOfSample, imageText, whichImage } from "../views/numbering";
import { chartOptions } from "../views/options";
import { type Form, formOf } from "../views/features";
import { drawn, shades, spread } from "../views/source";
import { sampled, type Subject, Subjects } from "../views/subject";
import type { Maker, Opened, Pins } from "../views/view";
import { list, one } from "../views/words";
import type { Dataset } from "../data/dataset";
import type { Brought } from "../model/panel";
import type { Moment, Other } from "../engine/messages";
import { integer } from "../format";
import { hasBlackBox, planned, type Stages, stages } from "../network";
import {
  type ImageShape,
  isOfResults,
  type Matrix,
  merge,
  type Network,
  type Report,
  type RunSettings,
} from "../report";
import { DrawnRun } from "../run/drawn";
import type { Run } from "../run/run";
import type { TrainedOn } from "../run/train-on";
import { FIGURE, ShownRuns } from "../run/shown";
import { type Rows, rowsOf } from "../data/rows";
import { rowOf, type Samples } from "../data/samples";
import { writeGroups } from "../grouping";
import { type Name, runSettings, SETTINGS, type Texts, type Values } from "../settings";
import { another, type ChartOptions, type ReportWords, type View } from "../view";
import type { Changed } from "../parts/field";
import { Film } from "./film";
import { Frames } from "../parts/frames";
import { LossChart } from "./loss-chart";
import { Pipeline } from "./pipeline";
import type { DrawnMoment } from "./timeline/moment";
import type { Epochs, Timeline } from "./timeline/timeline";
import { paint, type Ramp, rampOf } from "../parts/pixels";
import { type PixelKind, pixelWords, type Shading, shadingOf } from "../parts/shading";
import { ThemeProbe } from "../parts/theme";

/** What there is to run on, before a run has said so itself. */
export interface Open {
  image: ImageShape;
  /** The images that are open, once they are there. */
  dataset: Dataset | undefined;
  /** A model that was brought to be explained. */
  network: Network | undefined;
  /** The run that is under way. */
  running: Run | undefined;
}

/** What is chosen of what a run has measured. */
const OF_RUNS: readonly Name[] = ["metric", "unit", "maps", "errors", "threshold"];

/** Classes in the order of the rows of latent importance, and the one that is explained. */
interface Shown {
  classes: number[];
  dims: number;
  label: number;
}

/** What is done with networks that are made of a run's. */
export interface Makes {
  trainOn(run: Run, ...asked: Parameters<Maker["trainOn"]>): Promise<TrainedOn>;
  explain(model: Brought): boolean;
  /** Trains another network with these settings, and the others as they are. */
  again(texts: Texts): void;
}

export class Results {
  readonly frames = new Frames();
  readonly theme = new ThemeProbe(() => this.redraw());
  readonly pipeline = new Pipeline();
  readonly film = new Film((row) => {
    this.#row = row;
    this.frames.now(this.#drawSamples);
  });
  readonly loss;
  readonly figure;
  readonly dimension;
  readonly share = new ShareDialog();
  /** What stands below the settings of how it is measured, fetched when there is something of it. */
  readonly measured = h("div");

  #view: View | undefined;
  #values!: Values;
  /** Of the data set; a run's own images come first. */
  #open!: Open;
  /** The runs that have something to show, each with charts of its own. */
  readonly #shown = new ShownRuns<DrawnRun>((dropped) => {
    dropped.forget();
    this.#timeline?.forget(dropped);
  });
  #subjects: Subjects | undefined;
  /** What samples and loss were last drawn for. */
  #learning = "";
  /** The explained image that is looked at. */
  #subject: Subject | undefined;
  /** Images to look at before a run with the present settings has any. */
  #preview: Samples | undefined;
  #donors: Promise<Donors> | undefined;
  #groups: Promise<GroupsPanel> | undefined;
  /** Whether a visitor opened the dimension: in the page of others nothing covers it unasked. */
  #asked = false;
  /** Which of the samples is in the strip. */
  #row = 0;
  /** The epoch that a lesson looks back at; undefined: as the settings have it. */
  #back: number | undefined;
  /** What epochs are chosen by, fetched once there are some. */
  #timeline: Timeline | undefined;
  #fetching: Promise<void> | undefined;
  /** The run that the figure was last drawn of. */
  #pictured: Run | undefined;

  /**
   * `chosen` hears which class is to be explained, `changed` how the figure is to be shown, `measure` how
   * its network is to be measured, `compare` with which others it is to be compared; `makes` does what is asked
   * of networks that are made of it.
   */
  constructor(
    chosen: (label: number) => void,
    readonly changed: Changed,
    readonly measure: (texts: Texts) => void,
    compare: (others: Other[]) => boolean,
    makes: Makes,
    shared: () => Shared,
    /** What is said of the shown run is other than before. */
    readonly worded: () => void,
    /** Other settings than before have a bearing on what is shown. */
    readonly loaded: () => void,
    /** What can be set beside what is shown. */
    pins: Pins,
  ) {
    const share = () => this.share.open(shared());
    const painted = (canvas: HTMLCanvasElement, values: Float32Array | undefined) => {
      const { run } = this;
      const { ramp } = this.shades(this.#kindOf(run));
      paint(canvas, this.#rowsOf(run), drawn(values, shades(run?.report)), ramp);
    };
    this.loss = new LossChart(
      (what) => this.#opened(what),
      (texts) => makes.again(texts),
    );
    this.figure = new Figure({
      chosen,
      changed,
      measure,
      share,
      opened: (what) => this.#opened(what),
      compared: () => {
        const { run } = this;
        return run && { settings: run.settings, dataset: run.dataset, others: run.others };
      },
      compare,
      made: {
        network: () => this.run?.network,
        trains: () => this.run !== undefined && !this.run.model && this.run.dataset !== undefined,
        trainOn: (...asked) => makes.trainOn(this.run!, ...asked),
        explain: makes.explain,
      },
      pins,
      loaded,
      moved: () => this.frames.request(this.#drawFigure),
      subject: (image) => this.#imageAt(image),
      paint: painted,
      found: (part) => this.#add(part),
    });
    this.dimension = new Dimension({
      opened: (dim) => this.#openDimension(dim),
      started: (image) => this.#openImage(this.#seen(this.#dimensioned), image),
      // Its run may be another than the figure's, whose images are at hand.
      subject: async (image) =>
        this.#dimensioned === this.#figured ? this.#imageAt(image) : undefined,
      paint: painted,
      moved: (value) => changed("moved", value === undefined ? "" : `${value}`),
      share,
      redraw: () => this.frames.now(this.#drawDimension),
    });
  }

  get report(): Partial<Report> | null {
    const { latest } = this.#shown;
    return (latest?.pending ? this.#dimensioned : latest)?.report ?? null;
  }

  /** The run that the figure is of. */
  get run(): Run | undefined {
    return this.#figured?.run;
  }

  /** What is said of a run's report; undefined while that is still to be put into words. */
  wordsOf(run: Run): ReportWords | undefined {
    const { latest } = this.#shown;
    return latest?.run === run && !latest.unsaid ? latest.words : undefined;
  }

  /** Whether a run's report is about to be put into words: `worded` is then called. */
  isWording(run: Run): boolean {
    const { latest } = this.#shown;
    return latest?.run === run && latest.unsaid;
  }

  /** Of which images what is shown is, where others are open, as the rest of a sentence. */
  get elsewhere(): string | undefined {
    return this.#elsewhere(this.run);
  }

  /** How images of a kind are shaded. */
  shades(kind: PixelKind, channels = 1): { shading: Shading; ramp: Ramp } {
    const shading = shadingOf(this.#values.images, kind, channels);
    return { shading, ramp: rampOf(shading, this.theme.read().text) };
  }

  /** Which settings have a bearing on what a view shows of the run, or of the next one on the images that are open. */
  heeds(values: Values, open: ImageShape): (name: Name) => boolean {
    const heeded = this.figure.heeds(values.view);
    const channels = this.channels(open);
    const { permute } = this.run?.settings ?? values;
    const form = this.#formOf(this.run);
    const isImage = form === "image";
    const isThere: Partial<Record<Name, boolean>> = {
      rotate: isImage,
      "flip-horizontal": isImage,
      "flip-vertical": isImage,
      "top-columns": form === "table",
      permute: open.channels > 1,
      channel: channels > 1 && permute === "channel",
      images: channels !== 3,
      patch: values.features === "patches",
      "cluster-threshold": values.features === "clusters",
      maps: values.opinions || this.run?.report.opinions !== undefined,
      errors: values["image-errors"] || this.run?.report.image_errors !== undefined,
    };
    // What was computed elsewhere is not measured otherwise, and its error is chosen where the files are.
    const alone = isOfResults(this.run?.report);
    const asked = (name: Name) =>
      alone && (SETTINGS[name].scope === "run" || OF_RUNS.includes(name));
    return (name) => heeded(name) && !asked(name) && (isThere[name] ?? true);
  }

  /** What the shown images are, or those that are open. */
  get rows(): Rows {
    return this.#rowsOf(this.run);
  }

  /** How many channels the shown images have, or those that are open. */
  channels(open: ImageShape): number {
    return (this.run?.report.image ?? open).channels;
  }

  #shading(run: Run | undefined): Shading {
    return shadingOf(this.#values.images, this.#kindOf(run), this.#imageOf(run).channels);
  }

  #imageOf(run: Run | undefined): ImageShape {
    return run?.report.image ?? this.#open.image;
  }

  /** What a run's images are, or those that are open. */
  #rowsOf(run: Run | undefined): Rows {
    const { source } = (run ?? this.#open).dataset ?? {};
    return rowsOf(this.#imageOf(run), run?.report.data ?? source);
  }

  /** What the values of a run's images stand for, or of those that are open. */
  #kindOf(run: Run | undefined): PixelKind {
    const { dataset } = run ?? this.#open;
    return dataset?.pixels ?? run?.report.data?.pixels ?? "ink";
  }

  /** What the rows of a run are drawn as, or those that are open. */
  #formOf(run: Run | undefined): Form {
    const { dataset } = run ?? this.#open;
    return formOf(run?.report.data ?? dataset?.source, this.#imageOf(run));
  }

  /** Watches the charts' sizes until the returned function is called. */
  observe(): () => void {
    const ends = [
      this.theme.observe(() => this.#jobs.forEach((draw) => draw())),
      this.loss.observe(() => this.frames.now(this.#drawLoss)),
      this.figure.observe(() => this.frames.now(this.#drawFigure)),
      this.dimension.observe(() => this.frames.now(this.#drawDimension)),
      () => this.figure.close(),
    ];
    return () => ends.forEach((end) => end());
  }

  /** What the charts are drawn with, once it is loaded. */
  drawWith(view: View): void {
    this.#view = view;
    const { latest } = this.#shown;
    if (latest) latest.view ??= another(view);
    this.redraw();
  }

  /** Follows the settings, as far as no run has settled what is shown. */
  settings(values: Values, open: Open): void {
    const { epoch } = this.#values ?? {};
    this.#values = values;
    this.#open = open;
    this.#timeline?.follow();
    if (epoch !== undefined && epoch !== values.epoch) this.#draw();
    this.#shapeStrip();
    this.loss.says(!(this.#learned?.run ?? open.running)?.model && !open.network);
    void this.#showGroups();
    this.figure.layout(this.#scene());
    // Samples and loss do not depend on how the figure is looked at.
    const learning = JSON.stringify([
      ...[open.image, this.#shading(this.run), runSettings(values), Boolean(open.running)],
    ]);
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

  /** Shows everything as it was after an epoch. */
  lookBack(epoch: number | undefined): void {
    this.#back = epoch;
    this.#draw();
  }

  /** Takes over new parts of a run's report; each is shown in place of an older run's. */
  reported(run: Run, part: Partial<Report>): void {
    const figured = this.#figured;
    if (run !== this.#shown.latest?.run) {
      this.#back = undefined;
      this.#shown.add(this.#drawn(run));
      this.frames.now(this.#drawSamples);
      this.frames.now(this.#drawLoss);
    }
    this.#shown.latest!.take(part);
    this.frames.request(this.#say);
    if (part.samples) this.frames.request(this.#drawSamples);
    if (part.training) this.frames.request(this.#drawLoss);
    if (figured !== this.#figured) this.#change();
    else if (this.figure.concerns(part)) this.frames.request(this.#drawFigure);
    if (part.encoded) this.#find();
    if (this.dimension.isOpen) this.frames.request(this.#drawDimension);
  }

  /** Takes over a part of the shown run's report that the page has calculated as the engine would have. */
  #add(part: Partial<Report>): void {
    const figured = this.#figured;
    if (!figured) return;
    merge(figured.report, part);
    figured.take(part);
    this.frames.request(this.#say);
    this.frames.request(this.#drawFigure);
  }

  /** Shows no run any more. */
  clear(): void {
    this.#shown.replace(undefined);
    this.#change();
  }

  /** Shows a run that is whole. */
  reopened(run: Run): void {
    this.#back = undefined;
    this.#shown.replace(this.#drawn(run));
    this.#shown.latest!.take(run.report);
    this.frames.now(this.#say);
    this.#change();
  }

  #drawn(run: Run): DrawnRun {
    run.history.changed = () => this.#learnedMore(run);
    if (run.history.measured.length > 0) void this.#fetchTimeline();
    const view = this.#view && another(this.#view);
    return new DrawnRun(run, view, () => {
      this.frames.now(this.#say);
      this.frames.now(this.#drawDimension);
    });
  }

  /** A run has ended: without a figure of its own, the one before it is shown again. */
  ended(): void {
    this.#shown.ended();
    this.#change();
    this.frames.now(this.#say);
  }

  /** What the figure is of: the shown run, or what the first run will be. */
  get subject(): Shown {
    return this.#subjectOf(this.run);
  }

  /** What is shown, as far as settings can ask for what it does not have. */
  get there(): There {
    const { dataset } = this.#open;
    const { classes, dims } = this.subject;
    const { report } = this.run ?? {};
    const known = report?.classes ?? (dataset ? classes : []);
    return {
      classes: known.length ? classes.map((label) => ({ label, name: this.nameOf(label) })) : [],
      others: dataset?.classes ?? [],
      dims,
      form: this.#formOf(this.run),
      channels: this.channels(this.#open.image),
      explained: report?.encoded?.labels.length,
      epochs: this.run?.isMeasured ? (report?.training?.held_out_loss.length ?? 0) : undefined,
      kept:
        this.run !== undefined && (this.run.history.measured.length > 0 || this.run.history.awaits),
      opinions: report?.latent_importance && report.opinions !== undefined,
      errors: report?.latent_importance && report.image_errors !== undefined,
      has: (image) => !report || imageAt(report, image) !== undefined,
    };
  }

  redraw(): void {
    for (const job of this.#jobs) this.frames.now(job);
  }

  // Which run each part is of

  get #figured(): DrawnRun | undefined {
    // Before there is a run nobody may have set anything yet.
    if (!this.#shown.latest) return undefined;
    const live = this.#timeline?.shows(this.#values.view) ? this.#live : undefined;
    return live ?? this.#shown.of(this.figure.parts);
  }

  /** The dimension's maps and what the decoder draws belong together. */
  get #dimensioned(): DrawnRun | undefined {
    return this.#live ?? this.#shown.of(FIGURE);
  }

  /** A run that is under way, of which only epochs are known yet. */
  get #live(): DrawnRun | undefined {
    const { latest } = this.#shown;
    const run = latest?.run;
    if (!this.#timeline || !run || run !== this.#open.running) return undefined;
    if (run.pending || run.isMeasured) return undefined;
    return run.history.measured.length > 0 ? latest : undefined;
  }

  get #learned(): DrawnRun | undefined {
    const { latest } = this.#shown;
    return latest?.run.model ? latest : this.#shown.of(["training"]);
  }

  /** Another run is shown. */
  #change(): void {
    this.#subjects = undefined;
    this.#subject = undefined;
    this.figure.layout(this.#scene());
    this.#shapeStrip();
    this.redraw();
    this.#find();
  }

  readonly #say = (): void => {
    const shown = new Set([this.#shown.latest, this.#figured, this.#seen(this.#figured)]);
    const said = [...shown].filter((each) => each?.say());
    if (said.length === 0) return;
    this.frames.request(this.#drawFigure);
    this.worded();
  };

  // Epochs

  /** A network of a run's epochs has been measured. */
  #learnedMore(run: Run): void {
    // What is missing is said beside the figure.
    if (run.isMeasured && !run.history.awaits) this.loaded();
    if (run.history.measured.length === 0) return;
    if (!this.#timeline) return void this.#fetchTimeline();
    if (run !== this.#shown.latest?.run) return;
    this.frames.request(this.#drawLoss);
    const asks = this.#askedEpoch !== undefined || this.figure.parts.includes("emergence");
    if (!this.#live && asks) this.#draw();
    if (!this.#live) return;
    if (this.#pictured === run) this.frames.request(this.#drawFigure);
    else this.#change();
    if (this.dimension.isOpen) this.frames.request(this.#drawDimension);
  }

  #fetchTimeline(): Promise<void> {
    return (this.#fetching ??= import("./timeline/timeline").then(
      ({ Timeline }) => {
        this.#timeline = new Timeline(this.loss.canvas, {
          moved: () => this.#draw(),
          stands: (epoch) => this.changed("epoch", epoch === undefined ? "" : `${epoch}`),
          changed: () => this.redraw(),
        });
        this.loss.attach(this.#timeline);
        this.#change();
      },
      // All else is there without it, and it can be asked for again.
      () => void (this.#fetching = undefined),
    ));
  }

  /** Shows another epoch: the strip, the handle, the figure and an open dimension. */
  #draw(): void {
    const jobs = [this.#drawSamples, this.#placeHandle, this.#drawFigure, this.#drawDimension];
    for (const job of jobs) this.frames.now(job);
    if (!this.#timeline?.moving) this.frames.request(this.#say);
  }

  readonly #placeHandle = (): void => {
    const run = this.#learned?.run;
    this.#timeline?.show(run && this.#epochsOf(run));
  };

  #epochsOf(run: Run): Epochs {
    const { history, report, settings, isMeasured } = run;
    const last = report.training?.held_out_loss.length ?? 0;
    const known = [...history.measured, ...(isMeasured ? [last] : [])];
    const at = this.#momentOf(run)?.epoch ?? last;
    const { step } = history;
    return { known, total: settings.epochs, at, step, live: !isMeasured, report };
  }

  /** The epoch that is asked for; undefined: the last, or the latest. */
  get #askedEpoch(): number | undefined {
    return this.#timeline?.held ?? this.#back ?? this.#values.epoch ?? undefined;
  }

  /** The epoch of a run that is shown in place of its end. */
  #momentOf({ history, report, isMeasured }: Run): Moment | undefined {
    const asked = this.#askedEpoch;
    const last = report.training?.held_out_loss.length ?? 0;
    if (isMeasured && (asked === undefined || asked >= last)) return undefined;
    return history.at(asked ?? Infinity);
  }

  /** What is shown of a run: one of its epochs, or its end. */
  #seen(drawn: DrawnRun | undefined): DrawnRun | DrawnMoment | undefined {
    const moment = drawn && !drawn.pending && this.#timeline && this.#momentOf(drawn.run);
    return (moment && this.#timeline!.at(drawn, moment)) || drawn;
  }

  /** What the figure shows of its run. */
  get #inFigure(): DrawnRun | DrawnMoment | undefined {
    const figured = this.#figured;
    return this.#timeline?.shows(this.#values.view) ? this.#seen(figured) : figured;
  }

  #isMoment(shown: DrawnRun | DrawnMoment | undefined): shown is DrawnMoment {
    return shown !== undefined && "moment" in shown;
  }

  /** Which epoch is shown, where it is not the end of a run. */
  #shownEpoch(shown: DrawnRun | DrawnMoment | undefined): ShownEpoch | undefined {
    const { view } = this.#values;
    if (!shown || !this.#timeline) return undefined;
    if (this.#isMoment(shown)) {
      const { moment, moving, run } = shown;
      return { after: moment!.epoch, words: this.#timeline.words(view, moment, run), moving };
    }
    if (this.#timeline.shows(view) || !this.#momentOf(shown.run)) return undefined;
    const words = this.#timeline.words(view, undefined, shown.run);
    return { after: undefined, words, moving: false };
  }

  // Opening

  #opened(what: Opened): void {
    if ("epoch" in what) return this.#timeline?.go(what.epoch);
    if ("named" in what) return this.changed("image", what.named);
    if ("settings" in what) {
      for (const [name, text] of Object.entries(what.settings)) this.changed(name as Name, text);
      return;
    }
    if ("image" in what) return this.#openImage(this.#inFigure, what.image);
    this.#asked = true;
    this.#openDimension(what.dimension);
    this.frames.now(this.#drawDimension);
  }

  /** The image that the open dimension is moved from, as the setting `image` has it. */
  get startImage(): string | undefined {
    const image = this.dimension.startImage;
    return image === undefined
      ? undefined
      : imageText(this.#seen(this.#dimensioned)!.report, image);
  }

  #openImage(of: DrawnRun | DrawnMoment | undefined, image: number): void {
    this.changed("image", imageText(of!.report, image));
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
    const { run } = this;
    const { report = {} } = this.#seen(this.#figured) ?? {};
    const wanted = image === null ? undefined : run && imageAt(report, image);
    const known = run && sampled(report).find((each) => each.image === wanted);
    if (wanted === undefined || known || !this.#view || !run?.dataset) {
      if (this.#subject?.image !== wanted) this.#found(wanted === undefined ? undefined : known);
      return;
    }
    if (this.#subject?.image === wanted) return;
    this.#imageAt(wanted).then(
      (subject) => {
        if (run === this.run && image === this.#values.image) this.#found(subject);
      },
      // The file was there when the run began; without it there is no picture, and the rest stays.
      () => this.#found(undefined),
    );
  }

  /** An explained image by its place; undefined where the run's images are not known. */
  async #imageAt(image: number): Promise<Subject | undefined> {
    const { run } = this;
    if (!run?.dataset || !this.#view) return undefined;
    this.#subjects ??= new Subjects(this.#view, run.dataset);
    return this.#subjects.subject(this.#seen(this.#figured)!.report, image);
  }

  /** The image that is looked at, as it is encoded in a report: after every epoch elsewhere. */
  #subjectIn({ encoded }: Partial<Report> = {}): Subject | undefined {
    const { image } = this.#subject ?? {};
    if (!this.#subject || !encoded || image === undefined) return this.#subject;
    return { ...this.#subject, latents: rowOf(encoded.latents, image) };
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
    // The strip may follow another run from now on: one that has samples.
    const { missing } = this.#shapeStrip();
    const run = this.#followed;
    const samples = (run && this.#samplesOf(run)) ?? this.#preview;
    if (!samples) return;
    const row = Math.min(this.#row, samples.labels.length - 1);
    const drawn = { images: this.#shading(run), image: samples.image };
    const said = spread({ report: run?.report, options: drawn });
    const { ramp } = this.shades(this.#kindOf(run));
    const which = (at: number) => {
      const name = this.#nameIn(run, samples.labels[at]!);
      const image = run && imageOfSample(run.report, at);
      return image === undefined
        ? `Sample ${at + 1}, ${one(name)}`
        : imageOf(run!.report.encoded!, image, name);
    };
    const epoch = run && this.#madeAfter(run);
    const after =
      epoch === undefined
        ? undefined
        : epoch === 0
          ? "before training"
          : `after epoch ${integer(epoch)}`;
    const rebuilds = !missing?.includes("decoder");
    this.film.show(samples, ramp, which, said, after, rebuilds);
    // Means over the explained images, of the network as it is in the end.
    const { divergence } = (epoch === undefined && run?.report) || {};
    const spreads = divergence && Float32Array.from(divergence.mean_variance, Math.sqrt);
    const { dims, variant } = run?.settings ?? { ...runSettings(this.#values) };
    const sparse = (variant?.sparsity ?? 0) > 0;
    this.pipeline.show(samples, row, dims, ramp, { spreads, sparse });
  };

  /** The run that the strip follows: one under way, or the latest while the settings are still its own. */
  get #followed(): Run | undefined {
    const run = this.#shown.of(["samples"])?.run;
    if (!run?.report.samples || run === this.#open.running) return run;
    const network = ({ classes, kind, hidden, filters, dims }: RunSettings) =>
      JSON.stringify([classes, kind, kind === "dense" ? hidden : filters, dims]);
    const same = network(run.settings) === network(runSettings(this.#values));
    return same || this.#open.running ? run : undefined;
  }

  /** The sizes of the network that the strip follows, or of the next one. */
  #shapeStrip(): Stages {
    const run = this.#followed ?? this.#open.running;
    const image = this.#rowsOf(run);
    const network = run ? (run.network ?? run.model?.network) : this.#open.network;
    const settings = run?.settings ?? runSettings(this.#values);
    const shown = network ? stages(network) : planned(image, settings);
    this.pipeline.shape(image, shown);
    return shown;
  }

  /** The epoch after which the strip is shown; undefined: the last. */
  #madeAfter({ history, report }: Run): number | undefined {
    const asked = this.#askedEpoch;
    const last = report.training?.held_out_loss.length ?? 0;
    return asked === undefined || asked >= last ? undefined : history.made(asked)?.epoch;
  }

  #samplesOf(run: Run): Samples | undefined {
    const { report, history } = run;
    if (!report.samples) return undefined;
    const range = shades(report);
    const spreadOut = ({ shape, data }: Matrix) => ({ shape, data: drawn(data, range) });
    const epoch = this.#madeAfter(run);
    const back = epoch === undefined ? undefined : history.made(epoch);
    const { images, reconstructions, noisy, ...samples } = { ...report.samples, ...back };
    const image = this.#rowsOf(run);
    return {
      image,
      ...(image.form !== "image" && { numbers: { images, reconstructions } }),
      ...samples,
      images: spreadOut(images),
      reconstructions: spreadOut(reconstructions),
      ...(noisy && { noisy: spreadOut(noisy) }),
    };
  }

  readonly #drawLoss = (): void => {
    const learned = this.#learned;
    const view = learned ? learned.charts() : this.#view;
    if (!view) return;
    const { words, report } = learned ?? {};
    const [options, theme] = [this.#options(learned), this.theme.read()];
    const active = this.#open.running !== undefined;
    this.loss.draw({ view, options, theme, report, words, active });
    this.#placeHandle();
  };

  readonly #drawFigure = (): void => {
    const shown = this.#inFigure;
    const { view: name, projection } = this.#values;
    const settles = name === "space" && (projection === "tsne" || projection === "umap");
    // What takes seconds to settle waits until epochs stand still.
    if (settles && this.#timeline?.moving) return;
    const decoded = name === "plane" || name === "prior";
    const pictured = decoded || ["space", "reconstructions", "errors", "pinned"].includes(name);
    const decodes = decoded || (pictured && Boolean(this.#subject));
    const view = shown ? this.#chartsOf(shown, decodes) : this.#view;
    if (!view) return;
    this.#pictured = shown?.run;
    const scene = this.#scene(shown);
    const theme = this.theme.read();
    this.figure.draw(view, scene, theme);
    const subject = pictured ? this.#subjectIn(scene.report) : undefined;
    const rebuilt = subject && view.reconstruct(subject.latents);
    const encoded = scene.report?.encoded;
    const which =
      subject && encoded ? whichImage(encoded, subject.image ?? 0, this.nameOf(subject.label)) : "";
    const range = shades(scene.report);
    const { ramp } = this.shades(this.#kindOf(this.run));
    this.figure.image.show(subject, which, scene.rows, rebuilt, range, ramp);
    void this.#showDonors(shown?.run.report);
    void this.#emerge();
  };

  /** How what was learned came about is found where a view shows it. */
  async #emerge(): Promise<void> {
    const drawn = this.#figured;
    if (!drawn || !this.figure.parts.includes("emergence")) return;
    const emergence = await this.#timeline?.emergence(drawn);
    if (!emergence || drawn !== this.#shown.latest) return;
    merge(drawn.run.report, { emergence });
    this.reported(drawn.run, { emergence });
  }

  /** The charts of what is shown, with all that the figure draws of it; `decodes`: and the network. */
  #chartsOf(shown: DrawnRun | DrawnMoment, decodes: boolean): View | undefined {
    if (!this.#isMoment(shown)) return shown.charts();
    return shown.charts([...this.figure.parts, "latent_importance_rmse"], decodes);
  }

  /** Where groups of one's own are to be shuffled, they are made. */
  async #showGroups(): Promise<void> {
    if (!this.#groups && this.#values.features !== "groups") return;
    this.#groups ??= import("./groups/panel").then(({ GroupsPanel }) => {
      const panel = new GroupsPanel({
        explained: () => this.run?.report.encoded?.labels.length ?? 0,
        subject: (image) => this.#imageAt(image),
        samples: () => this.#preview,
        shades: () => shades(this.run?.report),
        colours: () => {
          const { text, background } = this.theme.read();
          return { ink: text, paper: background };
        },
        chosen: (groups) => this.measure({ features: "groups", groups: writeGroups(groups) }),
      });
      this.measured.prepend(panel.element);
      return panel;
    });
    const panel = await this.#groups.catch(() => void (this.#groups = undefined));
    if (!panel) return;
    const { features, groups } = this.#values;
    panel.element.hidden = features !== "groups";
    if (panel.element.hidden) return;
    const { image, dataset } = this.#open;
    const columns = dataset?.source.columns ?? null;
    const images = this.run?.report.encoded ?? dataset;
    panel.show({ shape: image, shading: this.#shading(this.run), columns, groups, images });
  }

  async #showDonors(report: Partial<Report> = {}): Promise<void> {
    if (!this.#donors && !report.donor_checks) return;
    this.#donors ??= import("./donors").then(({ Donors }) => {
      const donors = new Donors();
      this.measured.append(donors.element);
      return donors;
    });
    // Where it cannot be fetched, all else is shown, and it is asked for again.
    const donors = await this.#donors.catch(() => (this.#donors = undefined));
    donors?.show(report);
  }

  readonly #drawDimension = (): void => {
    if (this.#values.dimension === null && !this.dimension.isOpen) return;
    const dimensioned = this.#seen(this.#dimensioned);
    const view = dimensioned ? this.#chartsOf(dimensioned, true) : this.#view;
    const dim = (this.#values.dimension ?? 0) - 1;
    const { dims } = dimensioned?.run.settings ?? this.#values;
    if (!view || dim < 0 || dim >= dims) {
      this.#asked = false;
      return this.dimension.close();
    }
    const [scene, theme] = [this.#scene(dimensioned), this.theme.read()];
    const { moved, image: asked } = this.#values;
    const isFigured = dimensioned?.run === this.run;
    const opened = isFigured ? this.#subjectIn(scene.report) : undefined;
    this.dimension.show({ view, scene, theme, dim, opened, asked, moved }, this.#asked);
  };

  #scene(shown = this.#inFigure): Scene {
    const { view, projection, pinned } = this.#values;
    const run = shown?.run;
    const { classes } = this.#subjectOf(run);
    const { running } = this.#open;
    const kind = this.#kindOf(run);
    const options = this.#options(shown);
    return {
      name: view,
      options: this.#isMoment(shown)
        ? { ...options, ...this.#timeline!.steady(view, projection, shown.run, options) }
        : options,
      report: shown?.report,
      words: shown?.words,
      rows: this.#rowsOf(run),
      pixels: pixelWords(this.#shading(run), kind),
      elsewhere: this.#elsewhere(run),
      trainingMs: run?.trainingMs,
      layers: !isOfResults(shown?.report) && !(run?.network && hasBlackBox(run.network)),
      older: run !== undefined && running !== undefined && run !== running,
      classes,
      names: classes.map((label) => this.#nameIn(run, label)),
      projection,
      epoch: this.#shownEpoch(shown),
      moments: run?.history.moments ?? [],
      pinned,
    };
  }

  #elsewhere(run: Run | undefined): string | undefined {
    if (!run?.report.data) return undefined;
    const { dataset: open } = this.#open;
    if (isOfResults(run.report)) return `those in ${list(run.report.model!.files)}`;
    if (!open || run.dataset === open) return undefined;
    const name = run.report.data.name || "other images";
    return name === open.credit.name
      ? `of other images or other values than are open now, though both are called ${name}`
      : `of ${name}, not of the images that are open (${open.credit.name})`;
  }

  #subjectOf(run: Run | undefined): Shown {
    const { classes: asked, dims } = run?.settings ?? this.#values;
    // Rows of latent importance are those of the report: a class may have no images to explain.
    const classes = run?.report.classes?.map((each) => each.label) ?? asked;
    const known = classes.map((label) => ({ label, name: this.#nameIn(run, label) }));
    const label = labelOf(this.#values["explain-class"], known) ?? classes[0] ?? 0;
    return { classes, dims, label };
  }

  /** What people call a class of the shown run, or of the images. */
  nameOf(label: number): string {
    return this.#nameIn(this.run, label);
  }

  #nameIn(run: Run | undefined, label: number): string {
    const known = run?.report.classes?.find((each) => each.label === label);
    return known?.name ?? this.#open.dataset?.name(label) ?? `${label}`;
  }

  #options(shown: DrawnRun | DrawnMoment | undefined): ChartOptions {
    const { classes, dims, label } = this.#subjectOf(shown?.run);
    const values = this.#values;
    const { epochs } = shown?.run.settings ?? values;
    const image = this.#imageOf(shown?.run);
    const shading = this.#shading(shown?.run);
    const form = this.#formOf(shown?.run);
    const row = classes.indexOf(label);
    const { permute } = shown?.run.settings ?? values;
    const each = permute === "channel" && image.channels > 1;
    // Of an epoch there are no maps but those by permutation.
    const maps = this.#isMoment(shown) ? "permutation" : values.maps;
    return {
      ...chartOptions({ ...values, maps }, { row, dims, image, epochs, shading, form, each }),
      ...(this.#subject?.image !== undefined && { selected: this.#subject.image }),
      ...(values.about && { dim: Math.min(values.about, dims) - 1 }),
    };
  }
}
