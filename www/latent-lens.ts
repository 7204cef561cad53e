/**
 * The `<latent-lens>` element: trains an autoencoder on images and shows which pixels drive each
 * latent dimension, and which dimensions rebuild each class.
 *
 * Attributes are the settings of `settings.ts`; `phase` is reflected. Where `link` is the address
 * of a page that takes the settings from its query, links to it are offered. Events: `progress`, `done`
 * and `error`, each with plain data as detail.
 */
import type { Credit, Dataset } from "./data/dataset";
import { type Chosen, DataPanel } from "./data/panel";
import { preview } from "./data/samples";
import { h, setText } from "./dom";
import { Engines } from "./engine/engines";
import { Failure } from "./failures";
import { type Brought, ModelPanel, type Session } from "./model/panel";
import { Form } from "./parts/form";
import { Results } from "./parts/results";
import { type Action, Transport } from "./parts/transport";
import { type ImageShape, type Report, type RunSettings, sizes } from "./report";
import { type Phase, Run } from "./run";
import {
  address,
  type Name,
  nameOf,
  NAMES,
  queryOf,
  readSettings,
  type Refusals,
  runSettings,
  SETTINGS,
  textsOf,
  type Values,
} from "./settings";
import { describe, type Status } from "./status";
import { styles } from "./styles";
import { openView, type View } from "./view";

/** Until the data set has said otherwise. */
const MNIST_IMAGE: ImageShape = { height: 28, width: 28 };
const MNIST_CLASSES = Array.from({ length: 10 }, (_, label) => ({ label, name: `${label}` }));
/** Of 100 images, so many are trained on (the engine's split). */
const TRAINING_PERCENT = 85;

export class LatentLens extends HTMLElement {
  static readonly observedAttributes = NAMES;

  #values!: Values;
  #refusals!: Refusals;

  #view: View | undefined;
  #dataset: Dataset | undefined;
  #loading: Promise<void> | undefined;
  /** What keeps the element from being ready. */
  #trouble: Failure | undefined;
  /** A model that was brought to be explained. */
  #brought: Brought | undefined;
  /** A run was asked for before everything was there. */
  #waiting = false;

  /** The latest run; what it found is in the results, from its first part on. */
  #run: Run | undefined;

  #previewed = "";
  #announced = "";
  #unobserve: (() => void) | undefined;

  readonly #results = new Results(
    (label) => this.#choose(label),
    (name, text) => this.#set(name, text),
    () => this.#link(),
  );
  readonly #frames = this.#results.frames;
  readonly #engines = new Engines(() => this.#frames.request(this.#showEngine));
  readonly #transport = new Transport();
  readonly #engineLine = h("p", { class: "engine-line", part: "engine" });
  readonly #form = new Form((name, text) => this.#set(name, text));
  readonly #data = new DataPanel({
    element: this,
    choose: (settings) => this.#look(settings),
    ink: () => this.#results.theme.read().text,
  });
  readonly #model = new ModelPanel({
    brought: (model) => this.#bring(model),
    reopened: (session) => this.#reopen(session),
  });
  readonly #credit = h("p", { class: "note credit", part: "credit" });
  readonly #announcement = h("p", { class: "announcement", "aria-live": "polite" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles];
    const { pipeline, film, loss, figure, dimension, theme } = this.#results;
    root.append(
      h(
        "div",
        { class: "lens", part: "lens" },
        pipeline.element,
        this.#transport.element,
        h(
          "div",
          { class: "setup" },
          this.#data.element,
          this.#form.element,
          this.#model.element,
          this.#engineLine,
        ),
        h("div", { class: "learning" }, film.element, loss.element),
        figure.element,
        dimension.element,
        this.#credit,
        this.#announcement,
        theme.element,
      ),
    );
    this.#form.offer(MNIST_CLASSES);
    theme.element.addEventListener("transitionend", () => this.#data.repaint());
    this.#readSettings();
  }

  /** Starts a run with the present settings; the previous results stay until it has some. */
  run(): void {
    if (this.#run?.active) return;
    this.#readSettings();
    if (this.#firstRefusal()) return this.#frames.now(this.#showSettings);
    if (!this.#view || !this.#dataset) {
      this.#waiting = true;
      void this.#load();
      return this.#frames.now(this.#showStatus);
    }
    this.#waiting = false;
    this.#trouble = undefined;
    const listener = {
      changed: () => this.#changed(run),
      reported: (part: Partial<Report>) => this.#results.reported(run, part),
      ended: () => this.#ended(run),
    };
    const { engine } = this.#values;
    const run: Run = new Run(this.#runSettings(), engine, this.#engines, listener, this.#brought);
    this.#run = run;
    this.#changed(run);
    this.#frames.now(this.#showSettings);
    void run.start(this.#dataset);
  }

  pause(): void {
    this.#run?.pause();
  }

  resume(): void {
    this.#run?.resume();
  }

  /** Ends the run; what it has found so far stays. */
  cancel(): void {
    if (this.#waiting) {
      this.#waiting = false;
      this.#frames.now(this.#showStatus);
    }
    this.#run?.cancel();
  }

  get phase(): Phase {
    return this.#status().phase;
  }

  /** What the run in the figure has found so far: plain data, parts missing that are not known. */
  get report(): Partial<Report> | null {
    return this.#results.report;
  }

  connectedCallback(): void {
    this.#unobserve = this.#results.observe();
    this.#showSettings();
    if (this.#values.autorun) this.#waiting = true;
    void this.#load();
    void this.#engines.probe();
  }

  disconnectedCallback(): void {
    this.cancel();
    this.#engines.close();
    this.#data.close();
    this.#frames.stop();
    this.#unobserve?.();
  }

  attributeChangedCallback(name: string): void {
    this.#readSettings();
    if (!this.isConnected) return;
    this.#frames.now(this.#showSettings);
    if (name === "dataset") this.#reload();
  }

  // Settings

  #readSettings(): void {
    const { values, refusals } = readSettings((name) => this.getAttribute(name));
    // Which classes there are is known once the images are.
    const labels = this.#dataset?.labels ?? values.classes;
    for (const { field, message } of this.#view?.check(runSettings(values), labels) ?? []) {
      const name = nameOf(field);
      refusals[name] ??= message;
      // What cannot be used is not shown either.
      Object.assign(values, { [name]: SETTINGS[name].read(SETTINGS[name].initial) });
    }
    this.#values = values;
    this.#refusals = refusals;
  }

  /** A brought model has the size that it has. */
  #runSettings(): RunSettings {
    const settings = runSettings(this.#values);
    return this.#brought ? { ...settings, ...sizes(this.#brought.network) } : settings;
  }

  /** Another model is to be explained: at once, as bringing it was the asking. */
  #bring(model: Brought | undefined): void {
    this.#brought = model;
    this.#frames.now(this.#showSettings);
    if (model) this.run();
  }

  /** Shows a run that was kept, with the settings that it had. */
  #reopen({ settings, network, report, dataset }: Session): void {
    for (const [name, text] of Object.entries(textsOf(settings))) this.#set(name as Name, text);
    const listener = { changed: () => {}, reported: () => {}, ended: () => {} };
    const { engine } = this.#values;
    const empty = new Run(this.#runSettings(), engine, this.#engines, listener, this.#brought);
    const run = Run.finished(empty, report, network, dataset);
    this.#run = run;
    this.#results.reported(run, run.report);
    this.#frames.now(this.#showSettings);
  }

  /** What the visitor chose becomes an attribute, as if the page's author had written it. */
  #set(name: Name, text: string): void {
    if (text === SETTINGS[name].initial) this.removeAttribute(name);
    else this.setAttribute(name, text);
  }

  /** Other images are to be looked at, with settings that suit them. */
  #look(settings: Chosen): void {
    for (const [name, text] of Object.entries(settings)) this.#set(name as Name, text);
    this.#reload();
  }

  /** Of those that keep a run from starting. */
  #firstRefusal(): string | undefined {
    const name = NAMES.find((each) => this.#refusals[each] && SETTINGS[each].scope !== "figure");
    return name && this.#refusals[name];
  }

  /** Whether a run would now give other numbers than the latest. */
  #settingsChanged(): boolean {
    if (!this.#run) return false;
    const { settings, choice } = this.#run;
    const same = JSON.stringify(settings) === JSON.stringify(this.#runSettings());
    const others = this.#dataset !== undefined && this.#dataset !== this.#run.dataset;
    return !same || others || choice !== this.#values.engine || this.#run.model !== this.#brought;
  }

  // Loading

  /** Gets the charts and the data set, once; may be called again after it failed. */
  #load(): Promise<void> {
    const { dataset } = this.#values;
    this.#loading ??= this.#loadAll(dataset).catch((error: unknown) => {
      if (dataset !== this.#values.dataset) return;
      this.#loading = undefined;
      this.#fail(Failure.from(error, "page-file"));
    });
    return this.#loading;
  }

  #reload(): void {
    this.#dataset = undefined;
    this.#loading = undefined;
    this.#previewed = "";
    this.#trouble = undefined;
    void this.#load();
  }

  /** Something that a run needs cannot be had. */
  #fail(failure: Failure): void {
    this.#trouble = failure;
    this.#waiting = false;
    this.#fire("error", { kind: failure.kind, message: failure.message });
    this.#frames.now(this.#showStatus);
  }

  async #loadAll(name: string): Promise<void> {
    this.#trouble = undefined;
    const [view, dataset] = await Promise.all([
      this.#view ?? openView(),
      this.#dataset ?? this.#data.open(name),
    ]);
    if (!this.#view) this.#results.drawWith((this.#view = view));
    if (name !== this.#values.dataset) return;
    this.#dataset = dataset;
    this.#form.offer(dataset.classes);
    this.#credit.replaceChildren(...credit(dataset.credit));
    this.#readSettings();
    this.#frames.now(this.#showSettings);
    if (this.#waiting) this.run();
  }

  async #showPreview(): Promise<void> {
    const { classes, dataset: name } = this.#values;
    const key = `${name} ${classes.join()}`;
    if (!this.#dataset || !this.#view || this.#refusals.classes || key === this.#previewed) return;
    this.#previewed = key;
    try {
      const samples = await preview(this.#dataset, this.#view, classes);
      if (key !== this.#previewed) return;
      this.#results.preview(samples);
      this.#trouble = undefined;
    } catch (error) {
      if (key !== this.#previewed) return;
      this.#previewed = "";
      this.#fail(Failure.from(error, "data-unreadable"));
    }
    this.#frames.now(this.#showStatus);
  }

  // What a run tells

  #changed(run: Run): void {
    if (run !== this.#run) return;
    const { phase, progress } = run;
    // The phase is answered at once, whatever is still waiting to be drawn.
    if (phase !== this.getAttribute("phase")) {
      this.setAttribute("phase", phase);
      this.#frames.now(this.#showSettings);
      this.#frames.now(this.#showStatus);
    } else this.#frames.request(this.#showStatus);
    if (progress) this.#fire("progress", { phase, ...progress });
  }

  #ended(run: Run): void {
    if (run !== this.#run) return;
    if (run.phase === "done") this.#fire("done", { report: run.report });
    if (run.failure) this.#fire("error", { kind: run.failure.kind, message: run.failure.message });
    this.#frames.now(this.#showSettings);
  }

  #fire(type: "progress" | "done" | "error", detail: object): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Showing

  readonly #showSettings = (): void => {
    const textOf = (name: Name) => this.getAttribute(name) ?? SETTINGS[name].initial;
    this.#form.show(textOf, this.#values, this.#refusals, this.#run?.active ?? false);
    this.#results.figure.look.show(textOf, this.#values, this.#refusals);
    this.#model.show(
      {
        network: this.#run?.network ?? this.#brought?.network,
        settings: this.#runSettings(),
        image: this.#dataset?.image ?? MNIST_IMAGE,
        report: this.#run?.phase === "done" ? this.#run.report : undefined,
        dataset: this.#run?.dataset,
        open: this.#dataset,
      },
      this.#run?.active ?? false,
    );
    this.#data.show(this.#dataset, textOf, this.#run?.active ?? false);
    this.#results.settings(this.#values, {
      image: this.#dataset?.image ?? MNIST_IMAGE,
      name: (label) => this.#dataset?.name(label) ?? `${label}`,
    });
    this.#showStatus();
    this.#showEngine();
    void this.#showPreview();
  };

  readonly #showEngine = (): void => {
    // The run's engine as long as its results are what the settings would give.
    const run = this.#run?.active || !this.#settingsChanged() ? this.#run : undefined;
    const choice = run?.choice ?? this.#values.engine;
    const settings = run?.settings ?? this.#runSettings();
    setText(this.#engineLine, this.#engines.explain(choice, settings, run?.engine));
  };

  #status(): Status {
    const images = this.#dataset?.count(this.#values.classes);
    const training = this.#values.classes.reduce((sum, label) => {
      return sum + Math.floor(((this.#dataset?.count([label]) ?? 0) * TRAINING_PERCENT) / 100);
    }, 0);
    return describe({
      run: this.#run,
      trouble: this.#trouble,
      refusal: this.#firstRefusal(),
      changed: this.#settingsChanged(),
      waiting: this.#waiting,
      images: images === undefined ? undefined : { training, heldOut: images - training },
    });
  }

  readonly #showStatus = (): void => {
    const status = this.#status();
    if (this.getAttribute("phase") !== status.phase) this.setAttribute("phase", status.phase);
    this.#transport.show(status, ...this.#actions(status.phase));
    // New settings, new bar: what was done for the old ones does not count.
    const stale = this.#settingsChanged() && !this.#run?.active && status.phase !== "error";
    this.#transport.progress(stale ? undefined : this.#run?.progress);
    this.#announce(status.phase === "error" ? status.detail : status.headline);
  };

  #actions(phase: Phase): [first: Action, second?: Action] {
    const run = () => this.run();
    const cancel = { label: "Cancel", act: () => this.cancel() };
    switch (phase) {
      case "loading":
        return [{ label: "Starting", act: run, blocked: "The run is about to start." }, cancel];
      case "training":
      case "analysing":
        return [{ label: "Pause", act: () => this.pause() }, cancel];
      case "paused":
        return [{ label: "Resume", act: () => this.resume() }, cancel];
      case "error": {
        const failure = this.#trouble ?? this.#run?.failure;
        if (failure?.kind === "not-downloaded") {
          return [{ label: "Download", act: () => this.#download() }];
        }
        if (failure?.kind === "own-images") {
          return [{ label: "Choose images", act: () => this.#data.reveal() }];
        }
        const blocked = failure?.passing ? this.#firstRefusal() : failure?.message;
        const again = { label: "Try again", act: () => this.#tryAgain(), blocked };
        const useCpu = { label: "Use the CPU", act: () => this.#useCpu() };
        return failure?.cpuHelps && this.#values.engine !== "cpu" ? [again, useCpu] : [again];
      }
      default: {
        const first = this.#brought ? "Explain this model" : "Train and explain";
        const label = this.#run ? "Run again" : first;
        return [{ label, act: run, blocked: this.#firstRefusal() }];
      }
    }
  }

  #tryAgain(): void {
    if (!this.#trouble) return this.run();
    this.#trouble = undefined;
    void this.#load().then(() => this.#showPreview());
    this.#frames.now(this.#showStatus);
  }

  #download(): void {
    this.#trouble = undefined;
    this.#waiting = this.#values.autorun;
    // Where it fails, what is missing is said again.
    void this.#data.fetch(this.#values.dataset).then(() => this.#load());
    this.#frames.now(this.#showStatus);
  }

  #useCpu(): void {
    this.#set("engine", "cpu");
    this.run();
  }

  /** Tells those who cannot see the page, once per change and not for every epoch. */
  #announce(text: string): void {
    if (text === this.#announced) return;
    this.#announced = text;
    this.#announcement.textContent = text;
  }

  /** Where the page around says that its address takes settings: one that shows the same again. */
  #link(): string | undefined {
    const base = this.getAttribute("link");
    if (base === null) return undefined;
    const shown = this.#results.report;
    const { settings, choice } = (shown && this.#run) || {};
    const ran = textsOf(settings ?? {});
    if (choice) Object.assign(ran, { engine: choice, autorun: "" });
    return address(
      base,
      queryOf((name) => ran[name] ?? this.getAttribute(name)),
    );
  }

  #choose(label: number): void {
    const { classes } = this.#results.subject;
    const others = [...this.classList].filter((each) => !classes.map(String).includes(each));
    // At once, so that who observes the attribute hears of one change.
    this.className = [...others, label].join(" ");
  }
}

/** Whose the images are, and on what terms. */
function credit({ name, source, licence, licence_url: href }: Credit): (string | Node)[] {
  if (!source) return [`Images: ${name}, from this machine; they stay on it.`];
  const terms = licence ? [", ", href ? h("a", { href, rel: "license" }, licence) : licence] : [];
  return [`Images: ${name}`, ...terms, `. Source: ${source}.`];
}

customElements.define("latent-lens", LatentLens);
