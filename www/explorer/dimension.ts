/** One latent dimension, large: what drives it, and what becomes of an image when it is moved. */
import { h, setText } from "../dom";
import { fit, onResize } from "../parts/canvas";
import { save } from "../save";
import { Downloads } from "./downloads";
import type { EndsHost, EndsSection } from "./ends/section";
import { png, svg } from "./image-file";
import { isOfResults } from "../report";
import { Mover, type Moves, type Shown } from "./mover";
import { Numbers } from "./numbers";
import { Pointer } from "./pointer";
import { howMeasured } from "../views/caption";
import { inChannel, rise } from "../views/channels";
import { PAIR } from "../views/maps";
import { dimensionName } from "../views/numbering";
import { featureNames, ofOne } from "../views/features";
import { made, onWhich } from "../views/source";
import { mapped } from "../views/words";

export interface Listener extends Moves, EndsHost {
  /** The dimension to open, from 0; undefined closes. */
  opened(dim: number | undefined): void;
  /** Tells what it takes to show the same elsewhere. */
  share(): void;
  /** What it is drawn with has come in. */
  redraw(): void;
}

export class Dimension {
  /** For who does not see the maps, which bear the same title. */
  readonly #title = h("h2", { id: "dimension-title", class: "unseen", tabindex: "-1" });
  readonly #canvas = h("canvas", { class: "chart", "aria-label": "Empty figure" });
  readonly #pointer = new Pointer(this.#canvas);
  readonly #downloads = new Downloads();
  readonly #numbers = new Numbers();
  readonly #mover;
  readonly #previous = this.#button("Previous", () => this.#step(-1));
  readonly #next = this.#button("Next", () => this.#step(1));
  readonly #body;
  /** The images at its ends, fetched when a dimension is opened. */
  #ends: Promise<EndsSection | void> | undefined;
  /** Where a visitor opened it. */
  readonly #dialog;
  /** Where nobody did: in the page, under the figure. */
  readonly #place;
  readonly element;
  #shown: Shown | undefined;

  constructor(readonly listener: Listener) {
    this.#mover = new Mover(listener);
    this.#downloads.button("Maps, PNG", () => this.#png());
    this.#downloads.button("Maps, SVG", () => this.#svg());
    this.#downloads.button("Share", () => this.listener.share());
    this.#body = h(
      "div",
      { class: "dimension-body" },
      this.#title,
      h(
        "div",
        { class: "halves" },
        h(
          "section",
          { class: "seen" },
          h("div", { class: "drawing" }, this.#canvas, this.#pointer.marks),
          this.#pointer.readout,
          this.#downloads.element,
          this.#numbers.element,
        ),
        this.#mover.element,
      ),
      h(
        "div",
        { class: "dimension-foot" },
        this.#previous,
        this.#next,
        this.#button("Close", () => this.#leave()),
      ),
    );
    const attributes = {
      class: "dimension",
      part: "dimension",
      "aria-labelledby": "dimension-title",
    };
    this.#dialog = h("dialog", attributes);
    this.#place = h("section", { ...attributes, hidden: true });
    this.element = h("div", {}, this.#place, this.#dialog);
    this.#dialog.addEventListener("close", () => {
      // Not where it was closed to stand in the page.
      if (this.#shown && this.#body.parentElement === this.#dialog) this.listener.opened(undefined);
    });
    this.#dialog.addEventListener("click", (event) => {
      // Beside the dialog, on what lies behind it.
      if (event.target === this.#dialog) this.#dialog.close();
    });
  }

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, resized);
    return () => observer.disconnect();
  }

  /** Which explained image is moved, counted from 0. */
  get startImage(): number | undefined {
    return this.#shown?.scene.layers ? this.#mover.subject?.image : undefined;
  }

  get isOpen(): boolean {
    return this.#shown !== undefined;
  }

  /** Opens a dimension, or shows anew what is open: as a dialog, or in its place in the page. */
  show(shown: Shown, modal: boolean): void {
    this.#shown = shown;
    this.#put(modal);
    setText(this.#title, dimensionName(shown.scene.report, shown.dim));
    this.#offer();
    this.#draw();
    // What is not known layer by layer decodes nothing here; results that were computed elsewhere have no images either.
    const { layers, report } = shown.scene;
    this.#mover.element.hidden = !layers;
    if (layers) this.#mover.show(shown);
    void this.#showEnds(isOfResults(report));
  }

  /** After the element was moved: a dialog that was open has lost its modality. */
  reconnect(): void {
    if (!this.#dialog.open || this.#dialog.matches(":modal")) return;
    this.#dialog.removeAttribute("open");
    this.#cover();
  }

  /** Begins at the top, whatever can be pressed first. */
  #cover(): void {
    this.#dialog.showModal();
    this.#title.focus();
  }

  close(): void {
    if (!this.#shown) return;
    this.#shown = undefined;
    this.#mover.close();
    this.#place.hidden = true;
    if (this.#dialog.open) this.#dialog.close();
  }

  #put(modal: boolean): void {
    const holder = modal ? this.#dialog : this.#place;
    if (this.#body.parentElement !== holder) holder.append(this.#body);
    this.#place.hidden = modal;
    if (modal && !this.#dialog.open) this.#cover();
    else if (!modal && this.#dialog.open) this.#dialog.close();
  }

  #leave(): void {
    if (this.#dialog.open) this.#dialog.close();
    else this.listener.opened(undefined);
  }

  #offer(): void {
    const { dim, scene } = this.#shown!;
    const { activeElement } = this.element.getRootNode() as ShadowRoot;
    this.#previous.disabled = dim === 0;
    this.#next.disabled = dim + 1 >= scene.options.dims;
    // What is disabled has no focus.
    if (activeElement?.matches(":disabled") && this.element.contains(activeElement)) {
      this.#title.focus();
    }
  }

  /** The pair of maps, and its numbers. */
  #draw(): void {
    const { view, scene, theme, dim } = this.#shown!;
    const options = ofOne(scene.options, dim);
    const plain = { ...theme, scale: 1 };
    const height = view.height("pair", this.#canvas.clientWidth, options, plain);
    if (height !== undefined) this.#canvas.style.height = `${height}px`;
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const layout = view.draw("pair", this.#canvas, options, { ...theme, scale });
    // Where the charts cannot be fetched, the figure says so.
    if (!layout) return void view.ready("pair", options).then(this.listener.redraw, () => {});
    this.#canvas.setAttribute("aria-label", layout.summary);
    this.#pointer.show({ ...scene, view, options, theme, layout }, PAIR);
    const which = onWhich(scene.report, scene.words);
    this.#numbers.show({ view, chart: "pair", options, which });
  }

  async #showEnds(alone: boolean): Promise<void> {
    if (alone && !this.#ends) return;
    this.#ends ??= import("./ends/section").then(
      ({ EndsSection }) => new EndsSection(this.listener),
      // All else is there without it; it can be asked for again.
      () => void (this.#ends = undefined),
    );
    const ends = await this.#ends;
    if (!ends || !this.#shown) return;
    ends.element.hidden = alone;
    if (alone) return;
    if (!ends.element.isConnected) this.#body.lastElementChild!.before(ends.element);
    ends.show(this.#shown.scene, this.#shown.dim);
  }

  #step(by: number): void {
    this.listener.opened(this.#shown!.dim + by);
  }

  #png(): string {
    if (!this.#shown) return "";
    return png(this.#drawn(), "pair", this.#size(), this.#described(), (file) =>
      save(file, `${this.#name()}.png`),
    );
  }

  async #svg(): Promise<void> {
    if (!this.#shown) return;
    const name = `${this.#name()}.svg`;
    save(await svg(this.#drawn(), "pair", this.#size(), this.#described()), name);
  }

  #drawn() {
    const { view, scene, theme, dim } = this.#shown!;
    return { view, theme, options: ofOne(scene.options, dim) };
  }

  #size() {
    return { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
  }

  #described() {
    const { scene, dim } = this.#shown!;
    const title = this.#canvas.getAttribute("aria-label") ?? "";
    const what = `${dimensionName(scene.report, dim)}: ${featureNames(scene)[0]} importance${inChannel(scene.options)}, and the same with the direction in which ${rise(scene)} moves it.`;
    const said = [what, mapped(scene), ...howMeasured(scene), made(scene.report, scene.words)];
    return { title, description: said.filter(Boolean).join(" ") };
  }

  #name(): string {
    return `latent-lens-dimension-${this.#shown!.dim + 1}`;
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}
