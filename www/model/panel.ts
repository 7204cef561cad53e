/** The model: trained here or brought along, and taken home in the files of other libraries. */
import "../shared";
import type { Dataset } from "../data/dataset";
import { picked } from "../data/drop";
import type { SourceFile } from "../data/messages";
import { copied } from "../clipboard";
import type { ClassImages, Moment } from "../engine/messages";
import { h, passFocus, setText } from "../dom";
import type { Ask } from "../functions/messages";
import type { Estimate, Work } from "../graph/estimate";
import { dress } from "../parts/dress";
import type { Choice } from "../graph/messages";
import { hasBlackBox, type Network, shapeText } from "../network";
import {
  type ImageShape,
  type Matrix,
  type ModelSource,
  type Report,
  type RunSettings,
  toJson,
} from "../report";
import { save } from "../save";
import {
  type Description,
  type Hints,
  type Images,
  type Library,
  type NamedFile,
  openModels,
  type Question,
  type SaveFormat,
  type Scaling,
} from "./package";
import css from "./model.css" with { type: "text" };
import type { GivenLatents, GraphCard, Listener as CardListener } from "./graph-card";
import type { Of } from "./latents";
import { activationName, QuestionForm } from "./question";
import { Refusal } from "./refusal";
import { identify, readSession, type Session } from "./session";

/** A model that was brought along. */
export interface Brought {
  name: string;
  network: Network;
  /** What a report says of it. */
  source: ModelSource;
  /** Of files that were read. */
  description: Partial<Description> &
    Pick<Description, "format" | "layers" | "encoder_layers" | "notes">;
  /** It takes so long to explain that nobody should have to wait for it unasked. */
  waits?: true;
  /** Answers what an engine asks, where its halves are functions of the page's own. */
  ask?: Ask;
  /** Latents of these images, which are of that data set, where it has no encoder. Throws a `Failure`. */
  latents?(images: readonly ClassImages[], dataset: Dataset): Matrix | Promise<Matrix>;
  /** What it takes to explain it, where that is known. */
  takes?(work: Pick<Work, "settings" | "images">): Estimate;
}

/** All that it takes to have a model again. */
export interface Files {
  files: NamedFile[];
  /** What a person said of it. */
  hints: Hints;
  /** Of a graph that is run as it is. */
  choice?: Choice;
  /** Beside one that is a decoder alone. */
  latents?: GivenLatents;
  /** Of latents: which images they are of. */
  of?: Of;
}

export interface Listener {
  /**
   * Another model is to be explained; undefined: one that is trained here. `from` are its files, and
   * `again` says that they were opened before. False while a run is under way.
   */
  brought(model: Brought | undefined, from?: Files, again?: boolean): boolean;
  /** A run that was kept in a file is to be looked at again. False while a run is under way. */
  reopened(session: Session): boolean;
  /** Files were chosen: a model's or a session, unless their content says otherwise. */
  files(files: SourceFile[], otherwise: "model" | "session" | "latents"): void;
}

/** What there is to take home. */
export interface Takeable {
  /** As trained or brought, once there is one. */
  network: Network | undefined;
  /** Whether it was brought, and has layers for which settings have no words. */
  brought: boolean;
  settings: RunSettings;
  image: ImageShape;
  /** Of the run that is shown, once it is finished. */
  report: Partial<Report> | undefined;
  /** The images of that run, where they are open. */
  dataset: Dataset | undefined;
  /** What a session told of them. */
  images: Images | null;
  /** What was measured of the epochs of that run. */
  moments: readonly Moment[];
  /** The images that are open. */
  open: Dataset | undefined;
}

const FORMATS: Record<SaveFormat, { title: string; ending: string }> = {
  keras: { title: "Keras 3", ending: "keras" },
  safetensors: { title: "safetensors", ending: "safetensors" },
  onnx: { title: "ONNX", ending: "onnx" },
};

const LIBRARIES: Record<Library, string> = { keras: "Keras", pytorch: "PyTorch" };

export class ModelPanel {
  readonly #files = h("input", {
    type: "file",
    multiple: true,
    "aria-label": "Choose files of a model",
  });
  readonly #latents = h("input", { type: "file", "aria-label": "Choose latents: a file" });
  readonly #session = h("input", { type: "file", "aria-label": "Open session: file of a session" });
  readonly #images = h("p", { class: "note", role: "status" });
  readonly #kept = h("p", { class: "note" }, SESSION);
  readonly #keep = this.#button("Save session", () => this.#keepSession());
  readonly #refusal = new Refusal(this.#files);
  readonly #question;
  /** Where a graph that is run as it is stands, once there was one. */
  readonly #graph = h("div", { hidden: true });
  #card: Promise<GraphCard> | undefined;
  #shown: GraphCard | undefined;
  readonly #layers = h("ol", { class: "layers note" });
  readonly #notes = h("p", { class: "note" });
  readonly #back = this.#button("Train one here instead", () => this.#bring(undefined));
  readonly #saves: HTMLButtonElement[];
  readonly #codes: HTMLButtonElement[];
  readonly #told = h("span", { class: "told", role: "status" });
  readonly parts: HTMLElement[];
  #takeable: Takeable | undefined;
  /** The question that was asked last, and the files that it was about. */
  #asked: { files: NamedFile[]; question: Question } | undefined;
  #brought: Brought | undefined;
  #reading = new AbortController();
  #enabled = true;

  /** `kept` is what is said of a model that is kept for the next visit. */
  constructor(
    kept: HTMLElement,
    readonly listener: Listener,
  ) {
    const answered = (hints: Hints) => void this.#open({ files: this.#asked!.files, hints });
    this.#question = new QuestionForm(answered, this.#files);
    this.#saves = (Object.keys(FORMATS) as SaveFormat[]).map((format) =>
      this.#button(`Save as ${FORMATS[format].title}`, () => this.#save(format)),
    );
    this.#codes = (Object.keys(LIBRARIES) as Library[]).map((library) =>
      this.#button(`Copy as ${LIBRARIES[library]} code`, () => this.#copy(library)),
    );
    for (const [input, otherwise] of [
      [this.#files, "model"],
      [this.#latents, "latents"],
      [this.#session, "session"],
    ] as const) {
      input.addEventListener("change", () => {
        const files = picked(input.files ?? []);
        // The same files can be chosen again.
        input.value = "";
        if (files.length) listener.files(files, otherwise);
      });
    }
    this.parts = [
      h("h2", { class: "heading" }, "A trained model"),
      h(
        "p",
        { class: "note" },
        "Bring a trained autoencoder: Keras, PyTorch, safetensors, TensorFlow.js or ONNX. It stays on this machine. Choose all its files together.",
      ),
      h("div", { class: "downloads" }, picker(this.#files, "Choose files"), this.#back),
      h(
        "p",
        { class: "note" },
        "Or bring latents alone that were made elsewhere: NPY, CSV, RData or rds, with a row for each of the images that are open.",
      ),
      h("div", { class: "downloads" }, picker(this.#latents, "Choose latents")),
      kept,
      this.#question.element,
      this.#graph,
      this.#layers,
      this.#notes,
      h("h2", { class: "heading" }, "Take it home"),
      h(
        "p",
        { class: "note" },
        "The model as it was trained or brought, or the program that trains the same one.",
      ),
      h("div", { class: "downloads" }, ...this.#saves, ...this.#codes, this.#told),
      h("h2", { class: "heading" }, "Session"),
      this.#kept,
      h("div", { class: "downloads" }, this.#keep, picker(this.#session, "Open session")),
      this.#images,
      ...this.#refusal.parts,
    ];
    this.#show();
  }

  /** Has the element that a node is in look as these parts do. */
  dress(within: Node): void {
    dress(within, css);
  }

  /** Follows what there is to take home, and whether a run is under way. */
  show(takeable: Takeable, running: boolean): void {
    this.#takeable = takeable;
    this.#enabled = !running;
    this.#shown?.show(takeable, running);
    const isBlack = takeable.network !== undefined && hasBlackBox(takeable.network);
    for (const button of this.#saves) {
      button.disabled = !takeable.network || isBlack;
      button.title = isBlack ? "Other formats need the layers of a network." : "";
    }
    for (const button of this.#codes) {
      button.disabled = takeable.brought;
      button.title = takeable.brought ? "There is code for networks that are trained here." : "";
    }
    this.#keep.disabled = !takeable.network || !takeable.report || isBlack;
    const isLatents = this.#brought?.latents && !this.#brought.ask;
    setText(this.#kept, isBlack ? (isLatents ? NO_LAYERS : NO_SESSION) : SESSION);
    for (const control of [this.#files, this.#latents, this.#session, this.#back])
      control.disabled = running;
  }

  /** Opens files of a model. */
  async openFiles(files: NamedFile[]): Promise<void> {
    if (this.#enabled) await this.#open({ files, hints: {} });
    else this.#refuse(BUSY);
  }

  /** Opens latents of the images that are open. */
  async openLatents(files: NamedFile[]): Promise<void> {
    const { open } = this.#takeable ?? {};
    if (!this.#enabled) return this.#refuse(BUSY);
    if (!open) return this.#refuse(new Error(NO_IMAGES));
    try {
      const { imagesOf } = await import("./latents");
      const of = await imagesOf(open);
      // To a decoder that waits for them they belong.
      if (this.#shown?.isDecoder) return this.#shown.take({ files, of });
      await this.#open({ files, hints: {}, of });
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Opens a model as it was opened before. */
  again(from: Files): Promise<void> {
    return this.#open(from, true);
  }

  /** Opens a session's file. */
  async openSession(file: NamedFile): Promise<void> {
    if (this.#enabled) await this.#reopen(file);
    else this.#refuse(BUSY);
  }

  /** The files that were chosen last count: those that are still being read are given up. */
  #begin(): AbortSignal {
    this.#reading.abort();
    this.#reading = new AbortController();
    return this.#reading.signal;
  }

  /** What was loaded before stays until the new files are understood. */
  async #open(from: Files, again = false): Promise<void> {
    const { files, hints } = from;
    this.#refusal.show();
    this.#question.show(undefined);
    const signal = this.#begin();
    try {
      if (from.of) return await this.#openLatents(from, from.of, signal, again);
      const models = await openModels();
      if (signal.aborted) return;
      const opened = models.open(files, hints);
      if (opened.question) return this.#ask(files, opened.question);
      const names = files.map((file) => file.name);
      const { format, notes } = opened.model.description;
      const source = { files: names, format, notes };
      this.#bring({ name: names.join(", "), source, ...opened.model }, from, again);
    } catch (error) {
      if (signal.aborted) return;
      if (isGraph(files)) return this.#openGraph(from, error, signal, again);
      // What was written takes long to write, and is nearly right.
      const { question } = this.#asked ?? {};
      if (question && typeof hints.layers === "string") {
        this.#question.show({ ...question, proposal: hints });
      }
      this.#refuse(error);
    }
  }

  async #openLatents(from: Files, of: Of, signal: AbortSignal, again: boolean): Promise<void> {
    const { readLatents } = await import("./latents");
    const { open } = this.#takeable ?? {};
    const brought = await readLatents(from.files, of, again ? undefined : open, signal);
    if (!signal.aborted) this.#bring(brought, from, again);
  }

  /** Runs what our own layers do not cover, as `error` says, as it is. */
  async #openGraph(from: Files, error: unknown, signal: AbortSignal, again?: boolean) {
    const file = from.files[0]!;
    const said = error instanceof Error ? error.message : String(error);
    // The file is named before, and what is to be done about it does not have to be done.
    const why = said.replace(`${file.name}: `, "").replace(/(; [^;]*)?\.$/, "");
    try {
      const card = await (this.#card ??= this.#fetchCard());
      const { choice, latents } = from;
      const brought = await card.open(
        file,
        why,
        { choice, latents, again: again === true },
        signal,
      );
      if (brought && !signal.aborted) this.#bring(brought, from, again, true);
    } catch (error) {
      if (signal.aborted) return;
      const words = error instanceof Error ? error.message : String(error);
      this.#refuse(new Error(`${file.name}: ${words}`));
    }
  }

  async #fetchCard(): Promise<GraphCard> {
    try {
      const { GraphCard } = await import("./graph-card");
      const listener: CardListener = {
        chosen: (file, choice, latents) =>
          void this.#open({ files: [file], hints: {}, choice, ...(latents && { latents }) }),
        given: (files) => void this.openLatents(files),
        refused: (error) => this.#refuse(error),
      };
      const card = new GraphCard(listener, this.#files);
      if (this.#takeable) card.show(this.#takeable, !this.#enabled);
      this.#graph.replaceChildren(card.element);
      this.#graph.hidden = false;
      return (this.#shown = card);
    } catch (error) {
      // What failed once may succeed when asked again.
      this.#card = undefined;
      throw error;
    }
  }

  #ask(files: NamedFile[], question: Question): void {
    this.#asked = { files, question };
    this.#question.show(question);
  }

  #refuse(error: unknown): void {
    this.#refusal.show(error);
  }

  #bring(model: Brought | undefined, from?: Files, again?: boolean, isGraph?: boolean): void {
    if (!this.listener.brought(model, from, again)) return this.#refuse(BUSY);
    this.take(model, isGraph);
  }

  /** Shows a model, of which nothing is known here unless it `isGraph`; undefined: one is trained. */
  take(model: Brought | undefined, isGraph = false): void {
    if (!isGraph) this.#shown?.close();
    this.#brought = model;
    this.#refusal.show();
    this.#question.show(undefined);
    this.#show();
  }

  #show(): void {
    const model = this.#brought;
    const { layers = [], notes = [], encoder_layers: split = 0 } = model?.description ?? {};
    if (!model) passFocus(this.#back, this.#files);
    this.#back.hidden = !model;
    this.#layers.hidden = !model;
    this.#layers.replaceChildren(
      ...layers.map(({ name, kind, input, output, activation }, at) => {
        const half = at < split ? "encoder" : "decoder";
        const shapes = `${shapeText(input)} → ${shapeText(output)}`;
        // Of a pooling, say, it goes without saying.
        const plain = activation === "linear" && kind !== "dense";
        const what = [kind, shapes, ...(plain ? [] : [activationName(activation)])].join(", ");
        return h("li", {}, `${name}: ${what} (${half})`);
      }),
    );
    this.#notes.hidden = !notes.length;
    setText(this.#notes, notes.join(" "));
  }

  /** What the columns were scaled by before the network saw them. */
  get #scaling(): Scaling | undefined {
    return this.#takeable?.report?.data?.scaling ?? undefined;
  }

  async #save(format: SaveFormat): Promise<void> {
    const network = this.#takeable?.network;
    if (!network) return;
    try {
      const [models, scaling] = [await openModels(), this.#scaling];
      const bytes = models.save(format, network, scaling);
      save(new Blob([bytes]), `latent-lens-model.${FORMATS[format].ending}`);
      setText(this.#told, models.save_notes(format, network, scaling).join(" "));
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #keepSession(): Promise<void> {
    const { network, report, dataset, images: told, moments } = this.#takeable ?? {};
    const settings = report?.settings;
    if (!settings || !network) return;
    try {
      const models = await openModels();
      const images = (await identify(models, dataset, settings)) ?? told ?? undefined;
      const bytes = models.write_session(settings, network, toJson(report), images, moments);
      save(new Blob([bytes]), "latent-lens-session.zip");
    } catch (error) {
      this.#refuse(error);
    }
  }

  async #reopen(file: NamedFile): Promise<void> {
    this.#refusal.show();
    setText(this.#images, "");
    const signal = this.#begin();
    try {
      const models = await openModels();
      const { session, whose } = await readSession(models, file, this.#takeable?.open);
      if (signal.aborted) return;
      if (!this.listener.reopened(session)) return this.#refuse(BUSY);
      setText(this.#images, whose);
      this.#brought = session.model;
      this.#shown?.close();
      this.#question.show(undefined);
      this.#show();
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
  }

  async #copy(library: Library): Promise<void> {
    const { settings, image } = this.#takeable!;
    try {
      const code = (await openModels()).code(library, settings, image, this.#scaling);
      if (await copied(code)) return setText(this.#told, `${LIBRARIES[library]} code copied.`);
      save(new Blob([code], { type: "text/x-python" }), `latent-lens-${library}.py`);
      setText(this.#told, "This browser does not let pages copy: the code was saved instead.");
    } catch (error) {
      this.#refuse(error);
    }
  }

  #button(title: string, act: () => unknown): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick: () => void act() }, title);
  }
}

/** Whether the files may be a graph that is run as it is. */
function isGraph(files: NamedFile[]): boolean {
  return files.length === 1 && /\.onnx$/i.test(files[0]!.name);
}

/** A button that chooses files, in the words of the page. */
function picker(input: HTMLInputElement, words: string): HTMLElement {
  return h("label", { class: "button picker" }, input, words);
}

const SESSION = "One file with the settings, the model and all that was measured. Open one here.";
const NO_SESSION =
  "One file with the settings, the model and all that was measured. This model is run as it is, so that no file can hold it: take the report from Export, and bring the model again.";
const NO_LAYERS =
  "One file with the settings, the model and all that was measured. Latents alone come without a model, so that there is none to save: take the report from Export, and bring the latents again.";
const NO_IMAGES =
  "Latents are those of the images that are open, and none are: choose the images first, then the latents.";
const BUSY = "Models and sessions can be opened once the run has ended.";
