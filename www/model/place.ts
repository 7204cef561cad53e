/** Where models are brought and taken home: what stands there is fetched when somebody wants it. */
import { h, setText } from "../dom";
import { Failure } from "../failures";
import type { Fold } from "../parts/fold";
import type { Brought, Files, Listener, ModelPanel, Takeable } from "./panel";
import type { NamedFile } from "./package";

export class ModelPlace {
  readonly #refusal = h("p", { class: "refusal", role: "alert" });
  readonly element = h("div", { class: "model", part: "model" }, this.#refusal);
  /** What is said of a model that is kept for the next visit. */
  readonly kept = h("p", { class: "note kept", role: "status", hidden: true });
  #coming: Promise<ModelPanel> | undefined;
  #panel: ModelPanel | undefined;
  #shown: [Takeable, boolean] | undefined;
  #taken: Brought | undefined;

  /** `fold` is where it stands, folded away. */
  constructor(
    readonly fold: Fold,
    readonly listener: Listener,
  ) {
    fold.onToggle((open) => open && void this.#with(() => {}));
  }

  /** Follows what there is to take home, and whether a run is under way. */
  show(...shown: [takeable: Takeable, running: boolean]): void {
    this.#shown = shown;
    this.#panel?.show(...shown);
  }

  /** Shows a model that was not brought here; undefined: one is trained. */
  take(model: Brought | undefined): void {
    this.#taken = model;
    this.#panel?.take(model);
  }

  /** Opens files of a model. */
  openFiles(files: NamedFile[]): Promise<void> {
    this.fold.open = true;
    return this.#with((panel) => panel.openFiles(files));
  }

  /** Opens latents of the images that are open. */
  openLatents(files: NamedFile[]): Promise<void> {
    this.fold.open = true;
    return this.#with((panel) => panel.openLatents(files));
  }

  /** Opens a model as it was opened before. */
  again(from: Files): Promise<void> {
    return this.#with((panel) => panel.again(from));
  }

  /** Opens a session's file. */
  openSession(file: NamedFile): Promise<void> {
    this.fold.open = true;
    return this.#with((panel) => panel.openSession(file));
  }

  async #with(act: (panel: ModelPanel) => unknown): Promise<void> {
    try {
      const panel = await (this.#coming ??= this.#fetch());
      setText(this.#refusal, "");
      await act(panel);
    } catch (error) {
      // What failed once may succeed when asked again.
      this.#coming = undefined;
      setText(this.#refusal, Failure.from(error, "page-file").message);
    }
  }

  async #fetch(): Promise<ModelPanel> {
    const { ModelPanel } = await import("./panel");
    const panel = (this.#panel = new ModelPanel(this.kept, this.listener));
    panel.take(this.#taken);
    if (this.#shown) panel.show(...this.#shown);
    this.element.prepend(...panel.parts);
    panel.dress(this.element);
    return panel;
  }
}
