/** Images and a model that the page gives as values: they are read when the element needs them. */
import { labelOf, readNames } from "../classes";
import type { Dataset } from "../data/dataset";
import { OWN } from "../data/panel";
import { forAStart } from "../data/start";
import { Failure } from "../failures";
import type { OwnImages } from "../given/images";
import type { OwnModel } from "../given/network";
import { isFunctions, type ModelFunctions } from "../functions/messages";
import type { Brought } from "../model/panel";
import type { Name } from "../settings";
import type { Attributes } from "./attributes";

export interface Host {
  readonly attributes: Attributes;
  /** Has images under the name of a person's own, or those of the page no longer: whether it did. */
  hold(open: (() => Promise<Dataset>) | undefined): boolean;
  /** Has a model explained; undefined: one that is trained here. */
  explain(model: Brought | undefined): void;
  /** What is open is to be opened anew. */
  reload(): void;
}

export class Given {
  images: OwnImages | null = null;
  model: OwnModel | ModelFunctions | null = null;
  /** Whether the model is still to be read. */
  #unread = false;
  /** What the settings were before there were images of the page. */
  #before: Partial<Record<Name, string>> | undefined;
  /** The classes that were chosen for the page. */
  #chosen = "";

  constructor(readonly host: Host) {}

  giveImages(images: OwnImages | null | undefined): void {
    const { attributes } = this.host;
    this.images = images ?? null;
    // A visitor may have brought others since.
    if (!this.host.hold(images ? () => this.#open(images) : undefined)) return;
    const [dataset, classes] = [attributes.textOf("dataset"), attributes.textOf("classes")];
    if (images) {
      if (dataset !== OWN) this.#before = { dataset, classes };
      attributes.set("dataset", OWN);
    } else if (dataset === OWN && this.#before) attributes.setAll(this.#before);
    this.host.reload();
  }

  giveModel(model: OwnModel | ModelFunctions | null | undefined): void {
    const had = this.model !== null;
    this.model = model ?? null;
    this.#unread = this.model !== null;
    if (had && !model) this.host.explain(undefined);
    if (had || model) this.host.reload();
  }

  /** A visitor has brought another model. */
  forgetModel(): void {
    this.#unread = false;
  }

  /** Resolves once the model has been read that is to be explained. */
  async ready(): Promise<void> {
    const { model } = this;
    if (!this.#unread || !model) return;
    const brought = await (isFunctions(model)
      ? read(import("../given/functions"), ({ readFunctions }) => readFunctions(model))
      : read(import("../given/network"), ({ readModel }) => readModel(model)));
    if (model !== this.model || !this.#unread) return;
    this.#unread = false;
    this.host.explain(brought);
  }

  async #open(images: OwnImages): Promise<Dataset> {
    const dataset = await read(import("../given/images"), ({ readImages }) => readImages(images));
    const { attributes } = this.host;
    const written = attributes.element.getAttribute("classes");
    const asked = written === this.#chosen ? [] : (readNames(written ?? "") ?? []);
    const known = asked.every((name) => labelOf(name, dataset.classes) !== undefined);
    // Those that the page asks for stay, where they are there.
    if (images === this.images && !(asked.length && known)) {
      this.#chosen = forAStart(dataset, this.model !== null);
      attributes.set("classes", this.#chosen);
    }
    return dataset;
  }
}

/** Reads with code that is fetched for it; what is refused is a failure that can be shown. */
async function read<M, T>(loading: Promise<M>, reading: (module: M) => T | Promise<T>): Promise<T> {
  try {
    const module = await loading.catch((error: unknown) => {
      throw Failure.from(error, "page-file");
    });
    return await reading(module);
  } catch (error) {
    throw Failure.from(error, "refused");
  }
}
