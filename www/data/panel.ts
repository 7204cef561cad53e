/** Which images there are: those of the paper's experiments, and people's own. */
import { inColour } from "../channels";
import { h, passFocus, setText } from "../dom";
import { Failure } from "../failures";
import { count, integer } from "../format";
import { FEATURES, NOUNS } from "../nouns";
import type { Fold } from "../parts/fold";
import type { Ramp } from "../parts/pixels";
import type { PixelKind, Shading } from "../parts/shading";
import type { Name } from "../settings";
import { type About, Brought } from "./brought";
import { type Around, Card, megabytes } from "./card";
import type { Dataset } from "./dataset";
import { download, DownloadRefusal, fileName } from "./download";
import { acceptDrops, type Dropped } from "./drop";
import { Job } from "./job";
import type { DataFit, DataOptions, DataPreview, Kind, Normalise, SourceFile } from "./messages";
import { pickers } from "./pickers";
import {
  downloadable,
  type Downloadable,
  fetchFiles,
  filesHere,
  forgetFiles,
  type Preset,
  presets,
} from "./presets";
import { Reader, ReadRefusal } from "./reader";
import type { Recordings } from "./recordings";
import { ON_ALL, said } from "./scale";
import { Shipped } from "./shipped";
import { CLASSES, forAStart } from "./start";

/** The name that a person's own images have among the data sets. */
export const OWN = "own";
/** More would not fit beside what is made of it. */
const MOST_BYTES = 1 << 30;

/** Names of tables that need not be images. */
const TABLES = /\.(csv|tsv|txt|npy|r(ds|da|data))$/i;

export type Chosen = Partial<Record<Name, string>> & { dataset: string };

export interface Host {
  /** The element onto which files can be dropped. */
  element: HTMLElement;
  /** The settings with which other images are to be looked at. */
  choose(settings: Chosen): void;
  /** What was chosen, and waited for, does not come: the images stay those that they are. */
  stay(): void;
  /** Settings of how a network is trained are to be these. */
  set(settings: Partial<Record<Name, string>>): void;
  /** The same images are to be had again, with their values scaled in another way. */
  rescale(): void;
  /** Files were dropped or chosen, whatever they are. */
  files(files: SourceFile[] | Dropped, otherwise?: Kind): void;
  /** How images of a kind are shaded. */
  shades(kind: PixelKind, channels?: number): { shading: Shading; ramp: Ramp };
  /** Where it stands, folded away. */
  fold: Fold;
  /** These are used from now on, and to be had again after a reload; without files they cannot be. */
  keep(own: Own): void;
  /** Those that are to be had again. */
  kept(): Promise<Own | undefined>;
}

/** Where images are read from, and how. */
interface Source {
  name: string;
  files: SourceFile[];
  /** Images to explain, in files of their own. */
  test: SourceFile[];
  options: DataOptions;
}

/** All that it takes to have a person's own images again. */
export interface Own extends Source {
  /** With what they are looked at. */
  chosen: Chosen;
  /** How their values are scaled instead. */
  instead?: Normalise;
}

/** Images that were read and wait for a decision. */
interface Candidate extends Source {
  /** The loss and the end of the decoder that were taken with them. */
  fit?: DataFit | undefined;
  reader: Reader;
  preview: DataPreview | undefined;
}

export class DataPanel {
  /** Which images are open, and how many. */
  readonly about = h("p", { class: "note", part: "about" });
  readonly #presets = h("div", { class: "presets" });
  readonly #known = h("div", { class: "presets" });
  readonly #job;
  readonly #refusal = h("p", { class: "refusal", role: "alert" });
  /** Tables that may be no images, and what else they may be. */
  #tables: SourceFile[] = [];
  readonly #otherKinds = h(
    "p",
    { class: "note other-kinds", hidden: true },
    "If these are no images, they may be ",
    this.#kind("results (V, S, IE) that were computed elsewhere", "results"),
    " or ",
    this.#kind("latents of the images that are open", "latents"),
    ".",
  );
  readonly #told = h("p", { class: "announcement", role: "status" });
  readonly #address = h("input", {
    type: "url",
    id: "data-address",
    placeholder: "https://…",
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #card;
  readonly #recorder = h(
    "details",
    {
      class: "recordings",
      part: "recordings",
      ontoggle: () => void this.#record(),
    },
    h("summary", {}, "Record spoken digits"),
  );
  /** Once somebody wants to record. */
  #recordings: Recordings | undefined;
  readonly #inputs: HTMLInputElement[];
  readonly #fetch = h("button", { type: "submit", class: "button" }, "Fetch");
  readonly #scaleText = h("span", {});
  readonly #scaleOffer = h("button", {
    type: "button",
    class: "link",
    onclick: () => this.#rescale(),
  });
  readonly #fitOffer = h(
    "button",
    { type: "button", class: "link", onclick: () => this.host.set(ON_ALL) },
    "MSE and a linear output",
  );
  /** What is worth a word about the values of the images that are used. */
  readonly line = h(
    "p",
    { class: "scale-line", part: "scale", hidden: true },
    this.#scaleText,
    " ",
    this.#fitOffer,
    " ",
    this.#scaleOffer,
  );
  readonly element;

  /** What is said of images that are kept for the next visit. */
  readonly kept = h("p", { class: "note kept", role: "status", hidden: true });

  /** By the name in the settings. */
  readonly #held = new Map<string, Promise<Dataset>>();
  /** Opens images that the page gives. */
  #given: (() => Promise<Dataset>) | undefined;
  #candidate: Candidate | undefined;
  #own: Own | undefined;
  #textOf: (name: Name) => string = () => "";
  #running = false;
  /** Images that were chosen and are on their way, until this ends. */
  #coming: AbortSignal | undefined;
  #around: Around | undefined;
  /** The images as they were read, by those whose values are scaled in another way. */
  readonly #origins = new WeakMap<Dataset, Dataset>();
  /** The other way about: the latest. */
  readonly #rescaled = new WeakMap<Dataset, Dataset>();
  /** How values are scaled instead, by the images as they were read. */
  readonly #instead = new WeakMap<Dataset, Normalise>();
  #shown: Dataset | undefined;
  #other: Normalise | undefined;
  #offered: { preset: Preset; button: HTMLButtonElement }[] = [];

  constructor(readonly host: Host) {
    this.#job = new Job(host.fold.button);
    this.#card = new Card(
      {
        options: (options) => void this.#otherwise({ options }),
        test: (test) => void this.#otherwise({ test }),
        fit: (fit) => this.#takeFit(fit),
        use: () => void this.#use(),
        dismiss: () => this.#dismiss(),
      },
      (kind, channels) => host.shades(kind, channels),
    );
    const { inputs, labels } = pickers((files) => host.files(files));
    this.#inputs = inputs;
    this.element = h(
      "div",
      { class: "data", part: "data" },
      h("h2", { class: "heading" }, "The paper’s experiments"),
      this.#presets,
      h("h2", { class: "heading" }, "Made here, of known truth"),
      this.#known,
      h("h2", { class: "heading" }, "Your own images"),
      h(
        "p",
        { class: "note" },
        "Drop files anywhere here, or choose them; a folder goes in with its folders. Readable are IDX, CSV, NPY or NPZ, RData or rds, PNG, JPEG or TIFF pictures, WAV recordings, each also in a zip. Nothing is uploaded: all of it stays on this machine.",
      ),
      h(
        "div",
        { class: "ways" },
        ...labels,
        h(
          "form",
          {
            class: "address",
            novalidate: true,
            onsubmit: (event) => {
              event.preventDefault();
              void this.#download();
            },
          },
          h("label", { for: "data-address" }, "or an address"),
          this.#address,
          this.#fetch,
        ),
      ),
      this.#recorder,
      this.kept,
      this.#job.element,
      this.#refusal,
      this.#otherKinds,
      this.#card.element,
      this.#told,
    );
    host.fold.onToggle((open) => void this.#toggled(open));
    acceptDrops(
      host.element,
      (hanging) => host.element.toggleAttribute("data-dropping", hanging),
      (dropped) => host.files(dropped),
    );
  }

  /** Reads images, of which nothing is used before the visitor says so. */
  async read(files: SourceFile[]): Promise<void> {
    this.host.fold.open = true;
    await this.#read({ files, test: [], options: {} });
  }

  #kind(words: string, kind: Kind): HTMLButtonElement {
    const onclick = () => {
      const files = this.#tables;
      this.#dismiss();
      this.host.files(files, kind);
    };
    return h("button", { type: "button", class: "link", onclick }, words);
  }

  /** Holds images of the page by the name of a person's own, or no longer: false where it has none. */
  hold(open: (() => Promise<Dataset>) | undefined): boolean {
    if (!open && !this.#given) return false;
    this.#given = open;
    this.#own = undefined;
    this.#held.delete(OWN);
    return true;
  }

  /** Whether the images that are shown are those that a person brought. */
  get showsOwn(): boolean {
    return this.#own !== undefined && this.#shown !== undefined && this.#textOf("dataset") === OWN;
  }

  /** Says why files cannot be used. */
  refuse(reason: string): void {
    this.host.fold.open = true;
    this.#refuse(new ReadRefusal(reason));
  }

  /** Follows what the images are used for; true where their values are to be scaled otherwise now. */
  follow(around: Around): boolean {
    this.#around = around;
    this.#card.follow(around);
    const shown = this.#shown;
    return shown !== undefined && this.#wanted(this.#asRead(shown)) !== shown.scale.normalise;
  }

  /** The images of this name. Downloads nothing: what is not here is refused. */
  async open(name: string): Promise<Dataset> {
    const read = await this.#open(name);
    const wanted = this.#wanted(read);
    if (wanted === read.scale.normalise || !read.scaled) return read;
    const known = this.#rescaled.get(read);
    if (known?.scale.normalise === wanted) return known;
    try {
      const scaled = await read.scaled(wanted);
      this.#origins.set(scaled, read);
      this.#rescaled.set(read, scaled);
      return scaled;
    } catch (error) {
      throw Failure.from(error, "data-unreadable");
    }
  }

  #open(name: string): Promise<Dataset> {
    let dataset = this.#held.get(name);
    if (!dataset) {
      dataset = this.#find(name);
      this.#held.set(name, dataset);
      // What failed once may succeed when asked again.
      dataset.catch(() => this.#held.delete(name));
    }
    return dataset;
  }

  /** Downloads the images of this name, as a person asked for; then looks at them. */
  async fetch(name: string): Promise<void> {
    const preset = await downloadable(name);
    if (!preset) return;
    this.host.fold.open = true;
    await this.#obtain(preset, false);
  }

  /** Unfolds, and puts the focus where images can be chosen. */
  reveal(): void {
    this.host.fold.open = true;
    this.#inputs[0]!.focus();
  }

  show(dataset: Dataset | undefined, textOf: (name: Name) => string, running: boolean): void {
    this.#textOf = textOf;
    this.#running = running;
    if (dataset) {
      this.#shown = dataset;
      const { image, credit, labels } = dataset;
      const { height, width, channels } = image;
      const { form = "image" } = dataset.source;
      const [one, many] = NOUNS[form];
      const apart = dataset.classes.reduce((sum, { explained = 0 }) => sum + explained, 0);
      const all = dataset.count(labels);
      const images = `${integer(all)} ${all === 1 ? one : many}`;
      const size =
        form === "image"
          ? `${height} × ${width}${inColour(channels)}`
          : count(width, FEATURES[form][0]);
      const test = apart ? `, ${integer(apart)} of them a test set` : "";
      setText(this.about, `${credit.name}: ${images} of ${size}${test}`);
    }
    this.#sayScale();
    const blocked = running ? "Images can be changed once the run has ended." : undefined;
    for (const { preset, button } of this.#offered) {
      const chosen = Object.entries(preset.settings).every(
        ([setting, text]) => textOf(setting as Name) === text,
      );
      button.setAttribute("aria-pressed", `${chosen}`);
      button.disabled = running;
    }
    this.#card.block(blocked);
  }

  /** Again, as when the page's colours change. */
  repaint(): void {
    this.#card.repaint();
    this.#recordings?.repaint();
  }

  /** Ends what is under way, and every worker that holds what was read. */
  close(): void {
    this.#dismiss();
    this.#recordings?.clear();
  }

  async #find(name: string): Promise<Dataset> {
    if (name === OWN) return this.#given ? this.#given() : this.#again(await this.host.kept());
    // Those beside the page need no list of others.
    const preset = name === "mnist" ? undefined : await downloadable(name);
    if (!preset && isMade(name)) return this.#made(name);
    if (!preset) return Shipped.open(name);
    const files = await filesHere(preset);
    if (!files) throw new Failure("not-downloaded", preset.title);
    const signal = this.#job.begin(`Reading ${preset.title}`);
    try {
      return await this.#dataset(preset, files, signal);
    } finally {
      this.#job.end(signal);
    }
  }

  #made(name: string): Promise<Dataset> {
    return this.#reading("Making the data", async (signal) => {
      const { Made } = await import("./made").catch((error: unknown) => {
        throw Failure.from(error, "page-file");
      });
      return Made.make(name, signal);
    });
  }

  async #toggled(open: boolean): Promise<void> {
    if (!open) return this.#recordings?.close();
    if (this.#offered.length) return;
    try {
      const all = await presets();
      if (this.#offered.length) return;
      this.#offered = all.map((preset) => ({ preset, button: this.#offer(preset) }));
      const buttons = (isKnown: boolean) =>
        this.#offered
          .filter(({ preset }) => isMade(preset.settings.dataset) === isKnown)
          .map(({ button }) => button);
      this.#presets.replaceChildren(...buttons(false));
      this.#known.replaceChildren(...buttons(true));
      this.show(undefined, this.#textOf, this.#running);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #offer(preset: Preset): HTMLButtonElement {
    const { title, about, settings, files } = preset;
    const { dims, "hidden-layers": hidden, epochs } = settings;
    const deep = hidden ? `${hidden.split(",").length + 1} encoder layers down to ` : "";
    const size = files?.megabytes ? ` of ${files.megabytes} MB` : "";
    const from = files
      ? ` · download${size} from ${new URL(files.base).host}`
      : isMade(settings.dataset)
        ? " · nothing is downloaded"
        : "";
    return h(
      "button",
      { type: "button", class: "preset", onclick: () => void this.#takePreset(preset) },
      h("b", {}, title),
      h("span", {}, about),
      h("span", {}, `${deep}${dims} latents, ${epochs} epochs${from}`),
    );
  }

  async #takePreset(preset: Preset): Promise<void> {
    if (isDownloadable(preset)) return this.#obtain(preset, true);
    this.#dismiss();
    this.#choose(preset.settings);
  }

  /** Downloads and reads a preset, and looks at it: with its settings, or with those there are. */
  async #obtain(preset: Downloadable, withSettings: boolean): Promise<void> {
    const { title, settings } = preset;
    const { dataset: name } = settings;
    this.#dismiss();
    const signal = this.#await(`Downloading ${title}`);
    try {
      let dataset = await this.#held.get(name);
      signal.throwIfAborted();
      if (!dataset) {
        const files = await fetchFiles(preset, signal, (bytes, file, total) => {
          const of = total === undefined ? "" : ` of ${megabytes(total)}`;
          const text = `Downloading ${title}: ${megabytes(bytes)}${of}, ${file}`;
          this.#job.tell(text, total === undefined ? undefined : bytes / total);
        });
        dataset = await this.#dataset(preset, files, signal);
        this.#held.set(name, Promise.resolve(dataset));
      }
      this.#tell(`${title} is here.`);
      const { labels } = dataset;
      const wanted = (settings.classes ?? "").split(",").map(Number);
      const there = wanted.filter((label) => labels.includes(label));
      const classes = (there.length ? there : labels.slice(0, CLASSES)).join();
      this.#choose(withSettings ? { ...settings, classes } : { dataset: name });
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    } finally {
      this.#end(signal);
    }
  }

  /** Reads the files of a preset, which are thrown away where they turn out to be damaged. */
  async #dataset(
    preset: Downloadable,
    files: SourceFile[],
    signal: AbortSignal,
    normalise?: Normalise,
  ): Promise<Dataset> {
    const { title, credit } = preset;
    const { transposed, names, pixels } = preset.files;
    const options = { ...preset.files.options, ...(normalise && { normalise }) };
    const reader = new Reader(signal);
    try {
      const preview = await reader.open(files, options, transposed ?? false, (done) =>
        this.#job.tell(`Reading ${title}`, done),
      );
      return await Brought.from(reader, preview, {
        credit,
        names,
        files: files.map(({ name }) => name),
        options,
        ...(pixels && { pixels }),
        again: (normalise) =>
          this.#reading(`Reading ${title}`, (signal) =>
            this.#dataset(preset, files, signal, normalise),
          ),
      });
    } catch (error) {
      if (error instanceof ReadRefusal && error.damaged) await forgetFiles(preset, error.message);
      throw error;
    } finally {
      reader.close();
    }
  }

  async #download(): Promise<void> {
    const text = this.#address.value.trim();
    let url: URL;
    try {
      url = new URL(text);
      if (!/^https?:$/.test(url.protocol)) throw new Error();
    } catch {
      const shown = text ? `“${text}” is no address of a file` : "There is no address";
      this.#refuse(new DownloadRefusal(`${shown}: write it as https://server/folder/file.`));
      return this.#address.focus();
    }
    setText(this.#refusal, "");
    const signal = this.#job.begin(`Fetching ${fileName(url)} from ${url.host}`);
    try {
      const progress = (done: number, total: number | undefined) => {
        const of = total === undefined ? "" : ` of ${megabytes(total)}`;
        const share = total === undefined ? undefined : done / total;
        this.#job.tell(`Fetching ${fileName(url)}: ${megabytes(done)}${of}`, share);
      };
      const content = await download(url, signal, progress, MOST_BYTES);
      this.#job.end(signal);
      this.host.files([{ name: fileName(url), content }]);
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    } finally {
      this.#job.end(signal);
    }
  }

  async #read({ files, test, options, fit }: Asked) {
    setText(this.#refusal, "");
    this.#offerKinds(files);
    const name = titleOf(files);
    const bytes = [...files, ...test].reduce((sum, { content }) => sum + content.size, 0);
    if (bytes > MOST_BYTES) {
      const message = `${name}: ${megabytes(bytes)} are more than a page can hold. Choose files of ${megabytes(MOST_BYTES)} together at most.`;
      return this.#refuse(new ReadRefusal(message));
    }
    const signal = this.#job.begin(`Reading ${name}`);
    const reader = new Reader(signal);
    const kept = options.normalise === undefined && this.#around?.model?.stored === true;
    const wanted: DataOptions = kept ? { ...options, normalise: "keep" } : options;
    try {
      const tell = (done: number) => this.#job.tell(`Reading ${name}`, done);
      const preview = await reader.open(files, wanted, false, tell, test);
      this.#propose({ name, files, test, options, fit, reader, preview }, kept);
    } catch (error) {
      if (signal.aborted) return;
      reader.close();
      this.#refuse(error);
      // A test set that does not fit leaves what was read without it.
      if (!(error instanceof ReadRefusal) || !error.needs || test.length) return;
      this.#take({ name, files, test, options, fit, reader, preview: undefined });
      this.#card.ask(name, error.needs, options);
    } finally {
      this.#job.end(signal);
    }
  }

  async #otherwise(other: Partial<Pick<Candidate, "test" | "options" | "fit">>): Promise<void> {
    if (this.#candidate) await this.#read({ ...this.#candidate, ...other });
  }

  /** What fits the numbers is taken with them; where it has them scaled in another way, they are read again. */
  #takeFit(fit: DataFit | undefined): void {
    const { preview, options } = this.#candidate ?? {};
    if (!this.#candidate || !preview) return;
    const { normalise } = fit ?? {};
    if (normalise) return void this.#otherwise({ fit, options: { ...options, normalise } });
    this.#propose({ ...this.#candidate, preview, fit }, false);
  }

  async #record(): Promise<void> {
    if (!this.#recorder.open || this.#recordings) return;
    try {
      const { Recordings } = await import("./recordings");
      if (this.#recordings) return;
      this.#recordings = new Recordings(
        (reader) => this.#recorded(reader),
        () => this.host.shades("quantity").ramp,
      );
      this.#recorder.append(this.#recordings.element);
    } catch (error) {
      this.#refuse(Failure.from(error, "page-file"));
    }
  }

  async #recorded(reader: Reader): Promise<void> {
    setText(this.#refusal, "");
    const preview = await reader.openRecordings();
    const name = "Your recordings";
    this.#propose({ name, files: [], test: [], options: {}, reader, preview }, false);
  }

  #propose(candidate: Candidate & { preview: DataPreview }, kept: boolean): void {
    const { name, preview, options, test: files, fit } = candidate;
    this.#take(candidate);
    const test = files.length ? titleOf(files) : undefined;
    this.#card.show({ name, preview, options, test, kept, fit });
    this.#card.block(this.#running ? "Images can be changed once the run has ended." : undefined);
    this.#tell(
      `${name}: ${integer(preview.count)} ${NOUNS[preview.form][1]} found. Use them, or keep the present ones.`,
    );
  }

  #take(candidate: Candidate | undefined): void {
    const { reader, files } = this.#candidate ?? {};
    // The reader of recordings goes on to have them.
    if (files?.length && reader !== candidate?.reader) reader?.close();
    this.#candidate = candidate;
  }

  async #use(): Promise<void> {
    const candidate = this.#candidate;
    if (!candidate?.preview) return;
    const { name, files, test, options, fit, reader, preview } = candidate;
    const signal = this.#await(`Taking over ${name}`);
    try {
      const dataset = await Brought.from(reader, preview, about(candidate, this.#rereader()));
      if (signal.aborted) return;
      this.#held.set(OWN, Promise.resolve(dataset));
      this.#given = undefined;
      const classes = forAStart(dataset, this.#around?.model !== undefined);
      this.#dismiss();
      this.#own = {
        name,
        files,
        test,
        options,
        chosen: { dataset: OWN, classes, ...(fit && ON_ALL) },
      };
      this.host.keep(this.#own);
      this.#choose(this.#own.chosen);
      this.host.fold.button.focus();
      this.#tell(`${name} is what is looked at now.`);
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#end(signal);
    }
  }

  /** Whether images that were chosen are on their way: a run that is asked for waits for them. */
  get awaits(): boolean {
    return this.#coming !== undefined;
  }

  /** Begins a job at whose end other images are looked at. */
  #await(text: string): AbortSignal {
    return (this.#coming = this.#job.begin(text));
  }

  #choose(chosen: Chosen): void {
    this.#coming = undefined;
    this.host.choose(chosen);
  }

  #end(signal: AbortSignal): void {
    this.#job.end(signal);
    if (this.#coming !== signal) return;
    this.#coming = undefined;
    this.host.stay();
  }

  #dismiss(): void {
    this.#job.cancel();
    this.#take(undefined);
    passFocus(this.#card.element, this.host.fold.button);
    this.#card.close();
    this.#offerKinds([]);
    setText(this.#refusal, "");
  }

  /** Whether files are tables can be told by their names well enough to offer it. */
  #offerKinds(files: SourceFile[]): void {
    this.#tables = files.filter(({ name }) => TABLES.test(name));
    this.#otherKinds.hidden = !this.#tables.length || this.#tables.length < files.length;
  }

  /** Reads a person's own files again, with their values scaled in another way. */
  #rereader(): Rereader {
    return (source, normalise) =>
      this.#anew({ ...source, options: { ...source.options, normalise } });
  }

  #anew(source: Source): Promise<Dataset> {
    return this.#reading(`Reading ${source.name}`, async (signal) => {
      const { name, files, test, options } = source;
      const reader = new Reader(signal);
      try {
        const tell = (done: number) => this.#job.tell(`Reading ${name}`, done);
        const preview = await reader.open(files, options, false, tell, test);
        return await Brought.from(reader, preview, about({ ...source, preview }, this.#rereader()));
      } finally {
        reader.close();
      }
    });
  }

  /** A person's own images, after a reload. */
  async #again(own: Own | undefined): Promise<Dataset> {
    if (!own) throw new Failure("own-images");
    try {
      const dataset = await this.#anew(own);
      if (own.instead) this.#instead.set(dataset, own.instead);
      this.#own = own;
      return dataset;
    } catch (error) {
      throw Failure.from(error, "data-unreadable");
    }
  }

  /** Something that takes a while, and may be ended. */
  async #reading<T>(words: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = this.#job.begin(words);
    try {
      return await work(signal);
    } finally {
      this.#job.end(signal);
    }
  }

  #asRead(dataset: Dataset): Dataset {
    return this.#origins.get(dataset) ?? dataset;
  }

  /** How the values of these images are to be scaled. */
  #wanted(read: Dataset): Normalise {
    const { normalise, chosen } = read.scale;
    const instead = this.#instead.get(read);
    if (instead || !read.scaled) return instead ?? normalise;
    return this.#around?.model?.stored && !chosen ? "keep" : normalise;
  }

  #sayScale(): void {
    const shown = this.#shown;
    const { model, settings, proposed } = this.#around ?? {};
    const words = shown && said(shown.scale, this.#asRead(shown).scale, model, settings, proposed);
    this.#fitOffer.hidden = !words?.fits;
    this.#fitOffer.disabled = this.#running;
    if (!words) passFocus(this.line, this.host.fold.button);
    this.line.hidden = !words;
    setText(this.#scaleText, words?.text ?? "");
    this.#scaleOffer.hidden = !shown || !words?.offer || !this.#asRead(shown).scaled;
    this.#scaleOffer.disabled = this.#running;
    setText(this.#scaleOffer, words?.offer?.title ?? "");
    this.#other = words?.offer?.normalise;
  }

  #rescale(): void {
    if (!this.#shown || !this.#other) return;
    this.#instead.set(this.#asRead(this.#shown), this.#other);
    if (this.#own && this.showsOwn) {
      this.#own = { ...this.#own, instead: this.#other };
      this.host.keep(this.#own);
    }
    this.host.rescale();
  }

  #refuse(error: unknown): void {
    setText(this.#refusal, error instanceof Error ? error.message : String(error));
  }

  #tell(text: string): void {
    this.#told.textContent = text;
  }
}

/** Whether the images of this name are made here. */
function isMade(dataset: string): boolean {
  return dataset === "shapes" || dataset === "waveform" || dataset === "rank-two";
}

type Asked = Pick<Candidate, "files" | "test" | "options" | "fit">;

type Rereader = (source: Source, normalise: Normalise) => Promise<Dataset>;

function about(source: Source & Pick<Candidate, "preview">, read: Rereader): About {
  const { name, files, test, options, preview } = source;
  const { normalise } = options;
  const about: About = {
    credit: { name },
    files: [...files, ...test].map((file) => file.name),
    options: preview ? { ...options, normalise: preview.normalise } : options,
    chosen: normalise !== undefined && normalise !== preview?.proposed,
  };
  // What was recorded is here only as it was drawn.
  if (files.length) about.again = (other) => read(source, other);
  return about;
}

function isDownloadable(preset: Preset): preset is Downloadable {
  return preset.files !== undefined;
}

/** What files are called together. */
function titleOf(files: SourceFile[]): string {
  const names = files.map(({ name }) => name);
  const [first = "files"] = names;
  const folder = first.split("/")[0]!;
  if (names.length === 1) return first;
  if (folder !== first && names.every((name) => name.startsWith(`${folder}/`))) return folder;
  return names.length === 2
    ? names.join(" and ")
    : `${first} and ${integer(names.length - 1)} more`;
}
