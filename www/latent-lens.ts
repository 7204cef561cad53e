/** The `<latent-lens>` element's module: importing it registers the element, and does nothing else. */
import { type Addresses, assets, keepAssetsIn } from "./beside";
import type { ClassName } from "./classes";
import { counts, tooFew } from "./data/counts";
import type { Dataset } from "./data/dataset";
import type { Kind, SourceFile } from "./data/messages";
import { type Chosen, DataPanel } from "./data/panel";
import type { ResultsPanel } from "./data/results";
import { rowsOf } from "./data/rows";
import type { Samples } from "./data/samples";
import { isWide, ON_ALL, reachesAll, tooWide } from "./data/scale";
import { h, setText } from "./dom";
import { actions } from "./element/actions";
import { Attributes } from "./element/attributes";
import { Base } from "./element/base";
import { credit } from "./element/credit";
import { fire, type Listening, watchListeners } from "./element/events";
import { Given } from "./element/given";
import { Refused } from "./element/refused";
import { missing } from "./explorer/missing";
import { Keeping } from "./element/keeping";
import { Poster } from "./element/poster";
import { PresetPlace } from "./element/preset-place";
import { classNames, defineProperties, type Properties, takeOver } from "./element/properties";
import { whenSeen } from "./element/seen";
import type { Shared } from "./explorer/share";
import { lines } from "./explorer/lines";
import { unshared } from "./element/unshared";
import { Setup } from "./element/setup";
import { Supplies } from "./element/supplies";
import { Engines } from "./engine/engines";
import type { Other } from "./engine/messages";
import { Failure } from "./failures";
import type { ModelFunctions } from "./functions/messages";
import type { OwnImages } from "./given/images";
import type { OwnModel } from "./given/network";
import { renamed } from "./renamed";
import type { Brought, Files } from "./model/panel";
import { ModelPlace } from "./model/place";
import type { Session } from "./model/session";
import { Form } from "./parts/form";
import { Results } from "./explorer/results";
import { type Action, Transport } from "./element/transport";
import { isDense, isMissing, sizes } from "./network";
import {
  type ImageShape,
  isOfResults,
  type Measure,
  type Report,
  type RunSettings,
  type Variant,
} from "./report";
import type { Phase } from "./run/machine";
import { Run, type Runs } from "./run/run";
import { type Ready, Runner } from "./run/runner";
import {
  isMeasured,
  isOfNetwork,
  isSameNetwork,
  isSameRun,
  type Name,
  NAMES,
  readSettings,
  runSettings,
  type Setting,
  SETTINGS,
  type Texts,
  textsOf,
  type Values,
} from "./settings";
import { describe, type Status } from "./element/status";
import { styles } from "./styles";
import { ofResults } from "./views/table";
import type { Pins } from "./views/view";

export type {
  ChangeDetail,
  DoneDetail,
  ErrorDetail,
  LatentLensEventMap,
  LessonDetail,
  ProgressDetail,
} from "./element/events";
export type { HalfFunction, ModelFunctions, Numbers } from "./functions/messages";
export type { OwnImages } from "./given/images";
export type { OwnModel } from "./given/network";
export type { Dense, General, Layer, Network } from "./network";
export type { Estimate, Matrix, Report } from "./report";
export type { Phase } from "./run/machine";

/** Until the data set has said otherwise. */
const MNIST_IMAGE: ImageShape = { height: 28, width: 28, channels: 1 };
const MNIST_CLASSES = Array.from({ length: 10 }, (_, label) => ({ label, name: `${label}` }));

/** An element that is put back so soon was only moved. */
const MOVING_MS = 500;
/** What is typed or dragged is waited for as long. */
const TYPING_MS = 400;
/** Measuring that took no longer is done again as soon as it is asked for, without a button. */
const AT_ONCE_MS = 3000;
/** Nothing is said of it before it has taken longer, so that nothing moves meanwhile. */
const QUIET_MS = 400;

/**
 * Trains an autoencoder on images and shows which pixels drive each latent dimension, and which
 * dimensions rebuild each class.
 *
 * Every setting is an attribute and a property. `phase` is an attribute too, for style sheets. Where
 * the attribute `link` is the address of a page that takes the settings from its query, links to it are
 * offered. Unless `loading` is `eager`, nothing is fetched before the element comes into view or is
 * asked to run.
 */
export class LatentLens extends Base {
  static readonly observedAttributes = [...NAMES, "class", "poster", "preset"];

  /**
   * Address of the folder that holds the element's workers, WebAssembly and images. It is the folder
   * that the element's code came from; a page whose bundler moved that code sets it, before it has an
   * element run. A page that has no such folder sets the address of each file, by its name.
   */
  static get assets(): string {
    return assets();
  }

  static set assets(address: string | Addresses) {
    keepAssetsIn(address);
  }

  static {
    defineProperties(this.prototype, {
      value: (lens, name) => (name === "classes" ? lens.#classNames : lens.#values[name]),
      set: (lens, name, text) => lens.#attributes.set(name, text),
    });
    watchListeners(this.prototype);
  }

  readonly #supplies = new Supplies({
    open: async (name) => {
      await Promise.all([this.#restored, this.#given.ready(), this.#presets.pending]);
      return this.#data.open(name);
    },
    drawWith: (view) => this.#results.drawWith(view),
    arrived: (dataset) => this.#arrived(dataset),
    previewed: (samples) => this.#previewed(samples),
    failed: (failure) => this.#fail(failure),
  });
  readonly #attributes = new Attributes(
    this,
    (settings) => {
      const { view, dataset } = this.#supplies;
      // Which classes there are is known once the images are.
      const classes: [number, string][] =
        dataset?.classes.map(({ label, name }) => [label, name]) ??
        settings.classes.map((label) => [label, `${label}`]);
      return view?.check(settings, classes, !this.#brought) ?? [];
    },
    () => this.#supplies.dataset?.classes,
  );
  /** What keeps the element from being ready. */
  #trouble: Failure | undefined;
  /** A model that was brought to be explained. */
  #brought: Brought | undefined;
  /** Networks that were brought to be compared with that of the latest run. */
  #others: Other[] = [];
  /** Whether anything may be fetched: the element was seen, or asked to run. */
  #awake = false;
  /** Whether it is part of a page, or on its way from one place in it to another. */
  #present = false;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #quietUntil = 0;
  /** Whether what checks all settings is there, or on its way. */
  #checks = false;
  /** Whether it is past its poster. */
  #begun = false;
  #announced = "";
  #unobserve: (() => void)[] = [];

  readonly #pins: Pins = {
    kept: undefined,
    shown: () => {
      const { run } = this.#results;
      return run && { run, report: run.report, texts: this.#textsAround(run) };
    },
    beside: (texts) => this.#beside(texts),
  };
  readonly #results = new Results(
    (label) => this.#choose(label),
    (name, text) => this.#set({ [name]: text }),
    (texts) => this.#set(texts, true),
    (others) => this.#compare(others),
    {
      trainOn: async (run, ...asked) =>
        (await import("./run/train-on")).trainOn(this.#engines, run, ...asked),
      explain: (model) => this.#explainMade(model),
      again: (texts) => {
        this.#attributes.setAll(texts);
        void this.run();
      },
    },
    () => this.#share(),
    () => this.#frames.now(this.#showStatus),
    () => this.#frames.now(this.#showSettings),
    this.#pins,
  );
  readonly #frames = this.#results.frames;
  readonly #engines = new Engines(() => this.#frames.request(this.#showEngine));
  readonly #runner = new Runner(this.#engines, {
    prepare: () => this.#prepare(),
    changed: () => this.#changed(),
    reported: (run, part) => this.#results.reported(run, part),
    ended: (run) => this.#ended(run),
  });
  /** Where results that were computed elsewhere are told of, fetched with the first of them. */
  readonly #resultsPlace = h("div");
  #resultsPanel: ResultsPanel | undefined;
  readonly #transport = new Transport();
  readonly #engineLine = h("p", { class: "engine-line", part: "engine" });
  readonly #refused = { page: new Refused(), figure: new Refused() };
  readonly #form = new Form((name, text) => this.#set({ [name]: text }));
  readonly #setup = new Setup();
  readonly #data = new DataPanel({
    element: this,
    fold: this.#setup.images,
    choose: (settings) => this.#look(settings),
    stay: () => {
      if (this.#runner.phase === "loading") void this.cancel();
    },
    set: (settings) => this.#attributes.setAll(settings),
    rescale: () => this.#reload(),
    files: (files, otherwise) => void this.#take(files, otherwise),
    shades: (kind, channels) => this.#results.shades(kind, channels),
    keep: (own) => this.#keeping.keepImages(own),
    kept: () => this.#keeping.images(),
  });
  readonly #presets = new PresetPlace({
    element: this,
    fold: this.#setup.network,
    choose: (texts) => {
      const fits = this.#attributes.proposed.map((name) => [name, this.#attributes.textOf(name)]);
      this.#set({ ...texts, ...(Object.fromEntries(fits) as Texts) });
    },
    settled: () => {
      this.#frames.now(this.#showSettings);
      this.#runner.begin();
    },
  });
  readonly #model = new ModelPlace(this.#setup.network, {
    brought: (...brought) => this.#bring(...brought),
    reopened: (session) => this.#reopen(session),
    files: (files, otherwise) => void this.#take(files, otherwise),
  });
  readonly #keeping: Keeping = new Keeping(this, {
    lines: { images: this.#data.kept, model: this.#model.kept },
    images: ({ chosen }) => this.#look(chosen),
    model: (from) => void this.#model.again(from),
  });
  /** Settles once a model is back that was there before a reload. */
  #restored: Promise<void> | undefined;
  readonly #given = new Given({
    attributes: this.#attributes,
    hold: (open) => this.#data.hold(open),
    explain: (model) => this.#explain(model),
    reload: () => this.#reload(),
  });
  readonly #credit = h("p", { class: "note credit", part: "credit" });
  readonly #announcement = h("p", { class: "announcement", "aria-live": "polite" });
  readonly #poster = new Poster(
    () => void this.run(),
    () => this.#showPoster(),
  );
  readonly #work: HTMLElement;
  readonly #does = {
    run: () => void this.run(),
    pause: () => this.pause(),
    resume: () => this.resume(),
    cancel: () => void this.cancel(),
    tryAgain: () => this.#tryAgain(),
    download: () => this.#download(),
    chooseImages: () => this.#data.reveal(),
    useCpu: () => this.#useCpu(),
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles()];
    const { pipeline, film, loss, figure, dimension, share, theme, measured } = this.#results;
    const { images, network } = this.#setup;
    images.panel.append(this.#data.about, this.#form.images, this.#data.element);
    network.panel.append(this.#presets.element, this.#form.network, this.#model.element);
    this.#form.measured.element.append(measured);
    const looks = h("div", { class: "looks" });
    figure.look.element.replaceWith(looks);
    looks.append(this.#form.measured.element, this.#form.maps.element, figure.look.element);
    // Its words are English and run from left to right, whatever the page around it is in.
    this.#work = h(
      "div",
      { class: "work", lang: "en", dir: "ltr" },
      h(
        "div",
        { class: "top", part: "top" },
        images.button,
        images.panel,
        network.button,
        network.panel,
        this.#transport.element,
        this.#engineLine,
        h(
          "div",
          { class: "notices" },
          this.#data.line,
          this.#refused.page.element,
          this.#resultsPlace,
        ),
        h("div", { class: "strip" }, pipeline.element),
        h("div", { class: "learning" }, film.element, loss.element),
      ),
      this.#refused.figure.element,
      figure.element,
      dimension.element,
      share.element,
      this.#credit,
    );
    root.append(
      h(
        "div",
        { class: "lens", part: "lens" },
        this.#poster.element,
        this.#work,
        this.#announcement,
        theme.element,
      ),
    );
    this.#form.offer(MNIST_CLASSES);
    theme.element.addEventListener("transitionend", () => this.#data.repaint());
  }

  /**
   * Starts a run with the present settings; the previous results stay until it has some. Resolves to
   * its report; rejects where it fails, where the settings cannot be used, and with an `AbortError`
   * where it is cancelled. While a run is under way, its promise is returned and no other is started.
   */
  run(): Promise<Report> {
    return this.#runner.ask();
  }

  /** A run with the present settings, once everything is there. */
  #prepare(): Ready | string | undefined {
    this.#attributes.read();
    this.#begin();
    if (this.#presets.pending || this.#data.awaits) return undefined;
    const refusal = this.#refusal;
    if (refusal) return refusal;
    const { view, dataset } = this.#supplies;
    if (!view || !dataset) {
      void this.#load();
      return undefined;
    }
    this.#trouble = undefined;
    const { engine, workers } = this.#values;
    const taught = this.#measures ? this.#runner.run!.teaches : undefined;
    if (!taught) this.#others = [];
    const run = new Run(this.#runSettings(), engine, this.#brought, taught, this.#others);
    run.pace = this.runs.pace;
    return { run, dataset, workers };
  }

  /** Halts the run at once, until `resume`. Nothing happens where there is none. */
  pause(): void {
    this.#runner.pause();
  }

  /** Goes on where `pause` halted. */
  resume(): void {
    this.#runner.resume();
  }

  /** Ends the run; what it has found so far stays. Resolves once nothing is calculated any more. */
  cancel(): Promise<void> {
    return this.#runner.cancel();
  }

  /**
   * Takes files as if they were dropped: images, the files of a model, latents, results, a session or a
   * lesson. Images are shown before anything is done with them. Files of folders have a `name` with the
   * folders in it and their `content`. What cannot be told by what is in them is `as`: tables of numbers
   * are images unless they say that they are latents or results.
   */
  open(files: Iterable<File> | SourceFile[] | Promise<SourceFile[]>, as?: Kind): Promise<void> {
    return this.#take(files, as);
  }

  /** Images that the page gives instead of files; null where it gives none. */
  get images(): OwnImages | null {
    return this.#given.images;
  }

  set images(images: OwnImages | null | undefined) {
    if (typeof images === "string") {
      // In the version before, the setting had this name.
      renamed("the property images of how images are drawn", "imageColours");
      this.#attributes.set("images", images);
    } else this.#given.giveImages(images);
  }

  /** A trained autoencoder that the page gives to be explained, as layers or as functions; null where it gives none. */
  get model(): OwnModel | ModelFunctions | null {
    return this.#given.model;
  }

  set model(model: OwnModel | ModelFunctions | null | undefined) {
    this.#given.giveModel(model);
  }

  /** The kind of autoencoder that the page asked for by its name; empty where it did not. */
  get preset(): string {
    return this.getAttribute("preset") ?? "";
  }

  /** Sets all that a kind of autoencoder says, such as `keras-deep`, but for what attributes say otherwise. */
  set preset(name: string | null | undefined) {
    if (name) this.setAttribute("preset", name);
    else this.removeAttribute("preset");
  }

  /** What is going on. */
  get phase(): Phase {
    const { state, phase } = this.#runner;
    // What a next run lacks does not undo what the last one has come to.
    return state === "idle" || state === "cancelled" ? this.#status().phase : phase;
  }

  /**
   * What a lesson beside the element does with runs.
   *
   * @internal
   */
  readonly runs: Runs = {
    pace: 0,
    finished: () => (this.#runner.state === "done" ? this.#runner.run : undefined),
    restore: (run) => this.#show(run),
    lookBack: (epoch) => this.#results.lookBack(epoch),
  };

  /** What the run in the figure has found so far: plain data, parts missing that are not known. */
  get report(): Partial<Report> | null {
    return this.#results.report;
  }

  connectedCallback(): void {
    clearTimeout(this.#leaving);
    // Where it was only moved, everything goes on as it was.
    if (this.#present) return this.#results.dimension.reconnect();
    this.#present = true;
    takeOver(this);
    this.#restored ??= this.#keeping.begin().then((from) => from && this.#model.again(from));
    this.#showPoster();
    this.#showSettings();
    const wake = () => this.#wake();
    const eager = this.getAttribute("loading") === "eager";
    if (eager) wake();
    this.#unobserve = [this.#results.observe(), eager ? () => {} : whenSeen(this, wake)];
  }

  disconnectedCallback(): void {
    this.#leaving = setTimeout(() => this.#leave(), MOVING_MS);
  }

  /** It was taken out for good, as far as can be told: everything ends that it has begun. */
  #leave(): void {
    this.#present = false;
    clearTimeout(this.#soon);
    void this.cancel();
    this.#engines.close();
    this.#data.close();
    this.#keeping.close();
    this.#frames.stop();
    for (const end of this.#unobserve) end();
  }

  attributeChangedCallback(name: string): void {
    if (name === "poster") return this.#showPoster();
    if (name === "preset") return this.#presets.take(this.preset || null);
    this.#attributes.read();
    if (!this.#present) return;
    this.#frames.now(this.#showSettings);
    if (name === "dataset") this.#reload();
  }

  // Beginning

  /** The element is in view. */
  #wake(): void {
    if (this.#values.autorun) return void this.run();
    // A picture is all that is wanted for now.
    if (this.#work.hidden) return;
    void this.#load();
    void this.#engines.probe();
  }

  /** The element is asked to work. */
  #begin(): void {
    void this.#engines.probe();
    if (this.#begun) return;
    this.#begun = true;
    const { activeElement } = this.shadowRoot!;
    this.#showPoster();
    // Where the button was pressed there is another now.
    if (activeElement) this.#transport.focus();
  }

  #showPoster(): void {
    const shown = this.#poster.of(this) && !this.#begun;
    this.#poster.element.hidden = !shown;
    this.#work.hidden = shown;
  }

  // Settings

  get #values(): Values {
    return this.#attributes.values;
  }

  #runSettings(): RunSettings {
    return runSettings(this.#values);
  }

  /** The classes by the names that they were asked for by. */
  get #classNames(): ClassName[] {
    const { refusals, textOf } = this.#attributes;
    return refusals.classes ? this.#values.classes : classNames(textOf("classes"));
  }

  /** Why nothing can be run. */
  get #refusal(): string | undefined {
    const { dataset } = this.#supplies;
    const { firstRefusal } = this.#attributes;
    if (firstRefusal !== undefined || !dataset) return firstRefusal;
    const trains = !this.#brought;
    if (trains && isWide(dataset.scale) && !reachesAll(this.#values)) return tooWide(dataset.scale);
    const settings = this.#runSettings();
    return tooFew(dataset, settings.classes, settings, trains);
  }

  /** For what images would be used. */
  #around() {
    const { explain, held_out, loss } = runSettings(this.#values);
    const model = this.#brought;
    return {
      settings: { explain, held_out, loss, output: this.#values.output },
      proposed: this.#attributes.proposed,
      model: model && { stored: model.description.takes_stored_values === true },
    };
  }

  /** Puts files where their content belongs. */
  async #take(
    files: Iterable<File | SourceFile> | Promise<SourceFile[]>,
    otherwise?: Kind,
  ): Promise<void> {
    try {
      const { take } = await import("./element/take");
      await take(files, otherwise, {
        lesson: (file) => this.#teach(file),
        session: (file) => this.#model.openSession(file),
        model: (files) => this.#model.openFiles(files),
        latents: (files) => this.#model.openLatents(files),
        results: (files, said) => this.#openResults(files, said),
        images: (files) => this.#data.read(files),
        refuse: (reason) => this.#data.refuse(reason),
      });
    } catch (error) {
      this.#data.refuse(Failure.from(error, "page-file").message);
    }
  }

  async #openResults(files: SourceFile[], said: string): Promise<void> {
    const { ResultsPanel } = await import("./data/results");
    this.#resultsPanel ??= new ResultsPanel({
      place: this.#resultsPlace,
      after: this.#setup.images.button,
      images: (files) => void this.#take(files, "images"),
      opened: (report, metric) => {
        if (this.#runner.active) return false;
        const views = ofResults(report);
        const { view } = this.#values;
        this.#attributes.setAll({ metric, view: views.includes(view) ? view : views[0]! });
        const { settings } = report as Report;
        const none = { network: undefined, model: undefined, dataset: undefined, images: null };
        return this.#reopen({ settings, report, moments: [], ...none });
      },
      closed: (whole) => {
        if (whole) this.#leaveResults();
        this.#frames.now(this.#showSettings);
      },
    });
    await this.#resultsPanel.open(files, said, this.#values.metric);
  }

  /** What is shown from now on is of images. */
  #leaveResults(): void {
    if (isOfResults(this.#results.run?.report) && this.#runner.leave()) this.#results.clear();
  }

  /** Lessons are the page's affair. */
  #teach({ name, content }: SourceFile): void {
    const file = new File([content], name.split("/").at(-1)!);
    if (!fire(this, "lens-lesson", { file })) return;
    this.#data.refuse(`${name} is a lesson, and this page shows none: open it in the explorer.`);
  }

  /** Another model is to be explained: at once, as bringing it was the asking. */
  #bring(model: Brought | undefined, from?: Files, again = false): boolean {
    if (this.#runner.active) return false;
    this.#given.forgetModel();
    this.#settle(model);
    if (!again) this.#keeping.keepModel(from);
    if (this.#data.follow(this.#around())) this.#reload();
    this.#frames.now(this.#showSettings);
    if (model && !again && !model.waits) void this.run();
    return true;
  }

  /** Explains a network that was made here of another one, on the images that are held out for that one. */
  #explainMade(model: Brought): boolean {
    if (this.#runner.active) return false;
    if (this.#values.explain === "auto") this.#attributes.set("explain", "held-out");
    this.#model.take(model);
    return this.#bring(model);
  }

  /** A model that the page gives is explained when the page says so. */
  #explain(model: Brought | undefined): void {
    this.#model.take(model);
    this.#keeping.keepModel(undefined);
    this.#settle(model);
    this.#data.follow(this.#around());
    if (this.#present) this.#frames.now(this.#showSettings);
  }

  /** A brought model has the sizes that it has, and is not trained here. */
  #settle(model: Brought | undefined): void {
    this.#brought = model;
    this.#attributes.settle(model ? textsOf({ ...sizes(model.network), epochs: 0 }) : {});
  }

  /** Shows a run that was kept, with the settings that it had. */
  #reopen(session: Session): boolean {
    if (this.#runner.active) return false;
    const { settings, report, network, model } = session;
    // Settings of results that were computed elsewhere are those of nothing here.
    if (network) {
      this.#given.forgetModel();
      this.#settle(model);
      this.#keeping.keepModel(undefined);
      this.#attributes.setAll(this.#textsOf(settings, report, model !== undefined));
    }
    const { engine } = this.#values;
    const own = network ? { ...this.#runSettings(), ...settings } : settings;
    const run = Run.finished(new Run(own, engine, model), session);
    this.#show(run);
    if (!network || !this.#data.follow(this.#around())) return true;
    // Its images are to be open as its model takes them.
    this.#reload();
    void this.#supplies.loaded.then(() => {
      if (session.dataset) run.dataset = this.#supplies.dataset;
      this.#frames.now(this.#showSettings);
    });
    return true;
  }

  /** Shows a run that has found everything. */
  #show(run: Run): boolean {
    if (!this.#runner.reopen(run)) return false;
    this.#others = run.others;
    this.#results.reopened(run);
    this.#frames.now(this.#showSettings);
    return true;
  }

  /** A run's settings as attributes have them, but for those that a model that was brought settles. */
  #textsOf(
    settings: RunSettings,
    { classes }: Partial<Report>,
    brought: boolean,
  ): Partial<Record<Name, string>> {
    const name = (label: number) =>
      classes?.find((each) => each.label === label)?.name ?? this.#results.nameOf(label);
    const texts = Object.entries(
      textsOf({ measure: {} as Measure, variant: {} as Variant, ...settings }, name),
    );
    return Object.fromEntries(texts.filter(([name]) => !brought || !isOfNetwork(name as Name)));
  }

  /** Other images are to be looked at, with settings that suit them. */
  #look(settings: Chosen): void {
    this.#attributes.setAll(settings);
    this.#reload();
  }

  /** Whether a run would now give other numbers than the latest. */
  #settingsChanged(): boolean {
    const run = this.#ran;
    return (
      run !== undefined && !(this.#ofSame(run) && isSameRun(run.settings, this.#runSettings()))
    );
  }

  /** The latest run, unless it is but results that were computed elsewhere. */
  get #ran(): Run | undefined {
    const { run } = this.#runner;
    return isOfResults(run?.report) ? undefined : run;
  }

  /** Whether a run would be of the images and the model of another one, by the same engine. */
  #ofSame({ dataset, choice, model }: Run): boolean {
    const { dataset: open } = this.#supplies;
    return (!open || open === dataset) && choice === this.#values.engine && model === this.#brought;
  }

  /** Whether a run would measure the latest one’s network otherwise, and nothing else. */
  get #measures(): boolean {
    const { run } = this.#runner;
    if (!run?.network || !this.#ofSame(run)) return false;
    const settings = this.#runSettings();
    const asksMore = run.others !== this.#others || !isSameRun(run.settings, settings);
    return isSameNetwork(run.settings, settings) && asksMore;
  }

  /**
   * Takes over what the visitor has set; what it takes little to measure is measured at once, and so is
   * what was `asked` for by a button of its own.
   */
  #set(texts: Texts, asked = false): void {
    this.#attributes.setAll(texts);
    const names = Object.keys(texts) as Name[];
    if (!names.some(isMeasured)) return;
    clearTimeout(this.#soon);
    const waits = names.some((name) => (SETTINGS[name] as Setting<unknown>).gradual);
    this.#soon = setTimeout(() => void this.#measureAgain(asked), waits ? TYPING_MS : 0);
  }

  /** Compares the network of the latest run with these that were brought; false while a run is under way. */
  #compare(others: Other[]): boolean {
    if (this.#runner.active || !this.#runner.run?.network) return false;
    this.#others = others;
    void this.#measureAgain(true);
    return true;
  }

  async #measureAgain(asked: boolean): Promise<void> {
    const { run } = this.#runner;
    if (!this.#measures || this.#refusal) return;
    if (run!.measuredMs > AT_ONCE_MS && !asked) return;
    if (this.#runner.active) {
      if (!run!.taught) return;
      await this.cancel();
    }
    this.#quietUntil = performance.now() + QUIET_MS;
    setTimeout(() => this.#frames.now(this.#showStatus), QUIET_MS);
    void this.run();
  }

  // Loading

  #load(): Promise<void> {
    this.#awake = true;
    this.#trouble = undefined;
    return this.#supplies.load(this.#values.dataset);
  }

  #reload(): void {
    this.#leaveResults();
    this.#supplies.forget();
    this.#attributes.propose({});
    if (this.#awake) void this.#load();
  }

  #arrived(dataset: Dataset): void {
    this.#form.offer(dataset.classes);
    // Whoever brings data is asked before they are used; those that are made here come by their name alone.
    this.#attributes.propose(dataset.source.made && isWide(dataset.scale) ? ON_ALL : {});
    this.#frames.now(this.#showSettings);
    this.#runner.begin();
  }

  /** Something that a run needs cannot be had. */
  #fail(failure: Failure): void {
    this.#trouble = failure;
    this.#runner.lack(failure);
    this.#failed(failure);
    this.#frames.now(this.#showStatus);
  }

  // What a run tells

  #changed(): void {
    const { run, phase, active } = this.#runner;
    // The phase is answered at once, whatever is still waiting to be drawn.
    if (this.phase !== this.getAttribute("phase")) {
      this.setAttribute("phase", this.phase);
      this.#frames.now(this.#showSettings);
      this.#frames.now(this.#showStatus);
    } else this.#frames.request(this.#showStatus);
    if (active && run?.progress) fire(this, "lens-progress", { phase, ...run.progress });
  }

  #ended(run: Run): void {
    this.#results.ended();
    if (run.failure) this.#failed(run.failure);
    if (this.#runner.state === "done") fire(this, "lens-done", { report: run.report as Report });
    this.#frames.now(this.#showSettings);
  }

  #previewed(samples: Samples): void {
    this.#results.preview(samples);
    this.#trouble = undefined;
    this.#frames.now(this.#showStatus);
  }

  #failed(failure: Failure): void {
    fire(this, "lens-error", { kind: failure.kind, message: failure.message });
  }

  // Showing

  readonly #showSettings = (): void => {
    const { textOf, values, refusals } = this.#attributes;
    const { dataset } = this.#supplies;
    const { active } = this.#runner;
    const running = active ? this.#runner.run : undefined;
    const settled = (name: Name) => this.#attributes.isSettled(name);
    const image = dataset?.image ?? MNIST_IMAGE;
    this.#results.settings(values, {
      image,
      dataset,
      network: this.#brought?.network,
      running,
    });
    const heeds = this.#results.heeds(values, image);
    const brought = this.#brought !== undefined;
    const measuring = running?.taught !== undefined;
    const network = this.#brought?.network;
    const rows = rowsOf(image, dataset?.source);
    this.#form.show(rows, textOf, values, refusals, active, network, settled, heeds, measuring);
    this.#setup.show({
      values,
      refusals,
      dataset,
      image,
      brought: this.#brought,
    });
    this.#results.figure.look.show(textOf, values, refusals, heeds, this.#results.rows);
    this.#presets.show(values, active, brought);
    const { refusal } = this.#presets;
    this.#refused.page.show([
      ...this.#attributes.refusalsOf("page"),
      ...(refusal ? [refusal] : []),
    ]);
    const shown = this.#results.run;
    const alone = isOfResults(shown?.report);
    // Of results there is nothing to see between images and reconstructions.
    this.#work.classList.toggle("of-results", alone && !active);
    this.#resultsPanel?.show(active ? undefined : shown?.report, values.metric);
    this.#model.show(
      {
        network: (running ?? shown)?.network ?? this.#brought?.network,
        brought: this.#brought !== undefined && !isDense(this.#brought.network),
        settings: { ...this.#runSettings(), epochs: this.#statedEpochs() },
        image,
        report: shown?.report.latent_importance && !active && !alone ? shown.report : undefined,
        dataset: shown?.dataset,
        images: shown?.images ?? null,
        moments: shown?.history.moments ?? [],
        open: dataset,
      },
      active,
    );
    this.#data.follow(this.#around());
    this.#data.show(dataset, textOf, active);
    this.#keeping.usesImages(dataset !== undefined && this.#data.showsOwn);
    const lacking = missing(values, this.#results.there);
    const refused = this.#attributes.refusalsOf("figure", heeds);
    this.#refused.figure.show([...refused, ...lacking]);
    if (dataset) {
      const { form } = dataset.source;
      this.#credit.replaceChildren(...credit(dataset.credit, this.#results.elsewhere, form));
    }
    this.#showStatus();
    this.#showEngine();
    this.#checkMore();
    if (!refusals.classes) void this.#supplies.preview(values.classes);
  };

  /** What only large packages know is checked by charts that are fetched for it. */
  #checkMore(): void {
    const { view } = this.#supplies;
    const { measure, variant } = this.#runSettings();
    if (!view || this.#checks || !(measure ?? variant)) return;
    this.#checks = true;
    view.ready().then(
      () => {
        this.#attributes.read();
        this.#frames.now(this.#showSettings);
      },
      () => (this.#checks = false),
    );
  }

  /** What the form says, whatever model was brought: the program that is copied trains so long. */
  #statedEpochs(): number {
    return readSettings((name) => this.getAttribute(name)).values.epochs;
  }

  readonly #showEngine = (): void => {
    // The run's engine as long as its results are what the settings would give.
    const run = this.#runner.active || !this.#settingsChanged() ? this.#ran : undefined;
    const choice = run?.choice ?? this.#values.engine;
    const settings = run?.settings ?? this.#runSettings();
    const { network, latents } = (run ? run.model : this.#brought) ?? {};
    const line =
      latents && isMissing(network!.decoder)
        ? "CPU engine: the latents are known, and no model is asked."
        : this.#engines.explain(choice, settings, run?.engine, network);
    setText(this.#engineLine, line);
  };

  #status(): Status {
    const { dataset } = this.#supplies;
    const settings = this.#runSettings();
    const chosen = dataset?.classes.filter(({ label }) => settings.classes.includes(label));
    const { run, state } = this.#runner;
    const images = dataset && counts(chosen!, dataset.unlabelled, settings, !this.#brought);
    return describe({
      state,
      run,
      trouble: this.#trouble,
      refusal: this.#refusal,
      changed: this.#settingsChanged(),
      measures: this.#measures,
      older: run !== undefined && this.#results.run !== undefined && this.#results.run !== run,
      form: dataset?.source.form ?? "image",
      images,
      model: this.#brought?.name,
      takes: images && this.#brought?.takes?.({ settings, images: images.explained }).sentence,
      elsewhere: this.#results.elsewhere,
      words: run && this.#results.wordsOf(run),
    });
  }

  readonly #showStatus = (): void => {
    const { run, state, active } = this.#runner;
    // What has to be said first of what was found is said with it.
    if (state === "done" && this.#results.isWording(run!)) return;
    if (active && performance.now() < this.#quietUntil) return;
    const status = this.#status();
    if (this.getAttribute("phase") !== this.phase) this.setAttribute("phase", this.phase);
    this.#transport.show(status, ...this.#actions(status.phase));
    // New settings, new bar: what was done for the old ones does not count.
    const stale = this.#settingsChanged() && !active && status.phase !== "error";
    const { measure } = (active && run?.settings) || this.#runSettings();
    const { form } = (run?.report.data ?? this.#supplies.dataset?.source) || {};
    this.#transport.progress(stale ? undefined : run?.progress, measure, form);
    this.#announce(status.phase === "error" ? status.detail : status.headline);
  };

  #actions(phase: Phase): [first: Action, second?: Action] {
    return actions(
      {
        phase,
        failure: this.#trouble ?? this.#runner.run?.failure,
        refusal: this.#refusal,
        onCpu: this.#values.engine === "cpu",
        brought: this.#brought !== undefined,
        ran: this.#ran !== undefined,
        measures: this.#measures,
      },
      this.#does,
    );
  }

  #tryAgain(): void {
    this.#supplies.dataset?.forget();
    const failed = this.#runner.state === "failed";
    if (!this.#trouble || failed || this.#values.autorun) return void this.run();
    void this.#load().then(() => this.#frames.now(this.#showSettings));
    this.#frames.now(this.#showStatus);
  }

  #download(): void {
    this.#trouble = undefined;
    // Where it fails, what is missing is said again.
    void this.#data.fetch(this.#values.dataset).then(() => {
      if (this.#values.autorun) void this.run();
      else void this.#load();
    });
    this.#frames.now(this.#showStatus);
  }

  #useCpu(): void {
    this.#attributes.set("engine", "cpu");
    void this.run();
  }

  /** Tells those who cannot see the page, once per change and not for every epoch. */
  #announce(text: string): void {
    if (text === this.#announced) return;
    this.#announced = text;
    this.#announcement.textContent = text;
  }

  /** What it takes to show the same elsewhere. */
  #share(): Shared {
    const { run } = this.#results;
    const { dataset: open } = this.#supplies;
    const { report, dataset } = run ?? {};
    const { kept } = this.#pins;
    const pinned = this.#values.pinned !== null ? kept?.run : undefined;
    const warnings = unshared({ report, dataset, open, brought: this.#brought?.name, pinned });
    const texts = this.#textsAround(run);
    const { startImage: image } = this.#results;
    if (image !== undefined) texts.image = image;
    const textOf = (name: Name) => texts[name] ?? null;
    return { lines: lines(textOf, this.getAttribute("link"), this.offsetHeight), warnings };
  }

  /** What gives a run again, and all that is set besides, as attributes have it. */
  #textsAround(run: Run | undefined): Texts {
    const own = isOfResults(run?.report) ? undefined : run;
    const { settings, report, model, choice } = own ?? {};
    const set = NAMES.map((name) => [name, this.getAttribute(name) ?? undefined]);
    return {
      ...(Object.fromEntries(set) as Texts),
      ...(settings && this.#textsOf(settings, report!, model !== undefined)),
      // What would give other numbers than are shown does not begin by itself.
      ...(choice && { engine: choice, autorun: this.#same(own!) ? "" : "false" }),
    };
  }

  /** A run beside the one that is shown, of a network that is trained on the same images. */
  #beside(texts: Texts): ReturnType<Pins["beside"]> {
    const { dataset } = this.#supplies;
    if (!dataset || (texts.dataset ?? SETTINGS.dataset.initial) !== this.#values.dataset)
      return "What is pinned is of other images than those that are open: open them first.";
    const { values, refusals } = readSettings((name) => texts[name] ?? null, dataset.classes);
    const [refusal] = Object.values(refusals);
    if (refusal) return refusal;
    const run = new Run(runSettings(values), values.engine, undefined);
    const { workers } = this.#values;
    return { run, start: (listener) => run.start(this.#engines, dataset, workers, listener) };
  }

  /** Whether who has only the settings gets the numbers of a run. */
  #same({ model, dataset }: Run): boolean {
    return !model && dataset === this.#supplies.dataset;
  }

  #choose(label: number): void {
    this.#attributes.set("explain-class", this.#results.nameOf(label));
  }
}

/** Settings as properties, and events with their details. */
export interface LatentLens extends Properties {
  addEventListener: Listening["addEventListener"];
  removeEventListener: Listening["removeEventListener"];
}

if (typeof customElements !== "undefined" && !customElements.get("latent-lens"))
  customElements.define("latent-lens", LatentLens);

declare global {
  interface HTMLElementTagNameMap {
    "latent-lens": LatentLens;
  }
}
