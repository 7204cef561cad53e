/** One latent dimension, large: what drives it, and what the decoder draws when it is moved. */
import { h, setText } from "../dom";
import { integer, significant } from "../format";
import { fit, onResize } from "../parts/canvas";
import { paint, picture, type Ramp, rampOf, rampOfChange } from "../parts/pixels";
import type { PixelWords } from "../parts/shading";
import { save } from "../save";
import { rowOf } from "../data/samples";
import type { Theme, View } from "../view";
import { png, svg } from "./image-file";
import { Numbers } from "./numbers";
import type { Scene } from "../views/picture";
import { drawn, made, onWhich, shades, spread } from "../views/source";
import type { Subject } from "./subject";
import { list, one } from "../views/words";

export interface Listener {
  /** The dimension to open, from 0; undefined closes. */
  opened(dim: number | undefined): void;
  /** Where the latent was left; undefined: at the image's own. */
  moved(value: number | undefined): void;
  /** Tells what it takes to show the same elsewhere. */
  share(): void;
}

export class DimensionDialog {
  readonly #title = h("h2", { id: "dimension-title" });
  readonly #canvas = h("canvas", { class: "chart", role: "img", "aria-label": "Empty figure" });
  readonly #images = h("div", { class: "frames subjects" });
  readonly #original = picture();
  readonly #rebuilt = picture();
  readonly #moved = picture();
  readonly #change = picture();
  readonly #slider = h("input", { type: "range", id: "latent", step: "any" });
  readonly #label = h("label", { for: "latent" });
  readonly #value = h("output", { for: "latent" });
  readonly #ends = [h("span"), h("span")] as const;
  readonly #words = h("p", { class: "note" });
  readonly #effect = h("p", { class: "effect", "aria-live": "polite" });
  readonly #numbers = new Numbers();
  readonly #previous = this.#button("Previous", () => this.#step(-1));
  readonly #next = this.#button("Next", () => this.#step(1));
  readonly #back = this.#button("Back to the image’s own", () => this.#move(undefined));
  readonly element: HTMLDialogElement;

  #shown: { view: View; scene: Scene; theme: Omit<Theme, "scale">; dim: number } | undefined;
  /** What can be moved: the samples, and the image that was opened in the encoded space. */
  #subjects: Subject[] = [];
  #subject = 0;
  /** Where the slider is; undefined: where the image has the latent. */
  #at: number | undefined;
  /** Where the settings have it, which a hand on the slider is ahead of. */
  #left: number | null = null;

  constructor(readonly listener: Listener) {
    this.element = h(
      "dialog",
      { class: "dimension", part: "dimension", "aria-labelledby": "dimension-title" },
      h(
        "div",
        { class: "dialog-head" },
        this.#title,
        this.#previous,
        this.#next,
        this.#button("Close", () => this.element.close()),
      ),
      h(
        "section",
        { class: "seen" },
        this.#canvas,
        h(
          "div",
          { class: "downloads" },
          this.#button("Maps, PNG", () => this.#png()),
          this.#button("Maps, SVG", () => this.#svg()),
          this.#button("Share", () => this.listener.share()),
        ),
        this.#numbers.element,
      ),
      h(
        "section",
        { class: "mover" },
        h("h3", {}, "Move it, and see what the decoder draws"),
        h("fieldset", {}, h("legend", { class: "note" }, "Start from"), this.#images),
        h(
          "div",
          { class: "moved-images" },
          figure(this.#original, "Image"),
          figure(this.#rebuilt, "Reconstruction"),
          figure(this.#moved, "Moved"),
          figure(this.#change, "Change"),
        ),
        h("p", { class: "value" }, this.#label, this.#value, this.#back),
        this.#slider,
        h("p", { class: "ends note" }, ...this.#ends),
        this.#effect,
        this.#words,
      ),
    );
    this.element.addEventListener("close", () => this.listener.opened(undefined));
    this.element.addEventListener("click", (event) => {
      // Beside the dialog, on what lies behind it.
      if (event.target === this.element) this.element.close();
    });
    this.#slider.addEventListener("input", () => {
      this.#at = Number(this.#slider.value);
      this.#showMoved();
    });
    this.#slider.addEventListener("change", () => this.listener.moved(this.#at));
  }

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, resized);
    return () => observer.disconnect();
  }

  /** The dimension that is open, from 0. */
  get dim(): number | undefined {
    return this.#shown?.dim;
  }

  /** Opens a dimension, or shows anew what is open; `moved` is where the latent was left. */
  show(
    view: View,
    scene: Scene,
    theme: Omit<Theme, "scale">,
    dim: number,
    opened: Subject | undefined,
    moved: number | null,
  ): void {
    this.#shown = { view, scene, theme, dim };
    if (!this.element.open) this.element.showModal();
    if (moved !== this.#left) this.#at = moved ?? undefined;
    this.#left = moved;
    this.#collect(opened);
    setText(this.#title, `Dimension ${dim + 1}`);
    this.#draw();
    this.#showRange();
    this.#showMoved();
  }

  /** The element was moved: a dialog that was open is modal again. */
  reconnect(): void {
    if (!this.element.open) return;
    this.element.removeAttribute("open");
    this.element.showModal();
  }

  close(): void {
    this.#shown = undefined;
    this.#at = undefined;
    this.#left = null;
    if (this.element.open) this.element.close();
  }

  /** The pair of maps, and its numbers. */
  #draw(): void {
    const { view, scene, theme, dim } = this.#shown!;
    const options = { ...scene.options, dim };
    const plain = { ...theme, scale: 1 };
    const height = view.height("pair", this.#canvas.clientWidth, options, plain);
    this.#canvas.style.height = `${height}px`;
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const { summary } = view.draw("pair", this.#canvas, options, { ...theme, scale });
    this.#canvas.setAttribute("aria-label", summary);
    const which = onWhich(scene.report, scene.words);
    this.#numbers.show({ view, chart: "pair", options, which });
    this.#previous.disabled = dim === 0;
    this.#next.disabled = dim + 1 >= options.dims;
  }

  /** The images to start from; the one that was opened in the encoded space comes first. */
  #collect(opened: Subject | undefined): void {
    const { scene, theme } = this.#shown!;
    const samples = scene.report?.samples;
    const known = samples?.labels.map((label, row) => ({
      label,
      pixels: rowOf(samples.images, row),
      latents: rowOf(samples.latents, row),
    }));
    this.#subjects = [...(opened ? [opened] : []), ...(known ?? [])];
    this.#subject = Math.min(this.#subject, Math.max(0, this.#subjects.length - 1));
    while (this.#images.children.length > this.#subjects.length) this.#images.lastChild!.remove();
    for (const [row, { label, pixels }] of this.#subjects.entries()) {
      const frame = this.#images.children[row] ?? this.#frame(row);
      const input = frame.querySelector("input")!;
      const name = one(scene.names[scene.classes.indexOf(label)] ?? `${label}`);
      const which =
        opened && row === 0 ? "Image of the encoded space" : `Image ${row + (opened ? 0 : 1)}`;
      input.setAttribute("aria-label", `${which}, ${name}`);
      input.checked = row === this.#subject;
      const shown = drawn(pixels, shades(scene.report));
      paint(
        frame.querySelector("canvas")!,
        scene.options.image,
        shown,
        rampOf(scene.options.images, theme.text),
      );
    }
  }

  #frame(row: number): HTMLElement {
    const onchange = () => {
      this.#subject = row;
      this.#at = undefined;
      this.listener.moved(undefined);
      this.#showMoved();
    };
    const input = h("input", { type: "radio", name: "subject", onchange });
    const frame = h("label", { class: "frame" }, input, picture());
    this.#images.append(frame);
    return frame;
  }

  /** The values that the explained images have. */
  #showRange(): void {
    const { scene, dim } = this.#shown!;
    const encoded = scene.report?.encoded;
    this.#slider.disabled = !encoded;
    setText(this.#label, `Dimension ${dim + 1} at `);
    if (!encoded) return setText(this.#words, "Once training is over, the dimension can be moved.");
    const dims = encoded.latents.shape[1];
    const values = encoded.labels
      .map((_, image) => encoded.latents.data[image * dims + dim]!)
      .sort((a, b) => a - b);
    const [least, most] = [values[0] ?? 0, values.at(-1) ?? 0];
    const alike = least === most;
    this.#slider.min = `${least}`;
    this.#slider.max = `${alike ? least + 1 : most}`;
    setText(this.#ends[0], significant(least, 3));
    setText(this.#ends[1], significant(alike ? least + 1 : most, 3));
    const zero = values.filter((value) => value === 0).length;
    const share = Math.round((100 * zero) / values.length);
    const half = significant(values[Math.floor(values.length / 2)] ?? 0, 3);
    const range = alike
      ? `All ${integer(values.length)} explained images have it at ${significant(least, 3)}: another value says nothing of them.`
      : `The ${integer(values.length)} explained images have it from ${significant(least, 3)} to ${significant(most, 3)}, half of them below ${half}${zero ? `, ${share} % at 0` : ""}.`;
    setText(this.#words, [range, spread(scene)].filter(Boolean).join(" "));
  }

  /** What the decoder draws with the latent where the slider is. */
  #showMoved(): void {
    const { view, scene, theme, dim } = this.#shown!;
    const { image, images, palette } = scene.options;
    const ramp: Ramp = rampOf(images, theme.text);
    const subject = this.#subjects[this.#subject];
    const own = subject?.latents[dim];
    const at = this.#at ?? own;
    const latents = subject?.latents.slice();
    const rebuilt = latents && view.reconstruct(latents);
    if (latents && at !== undefined) latents[dim] = at;
    const moved = latents && view.reconstruct(latents);
    const range = shades(scene.report);
    const after = drawn(moved, range);
    const before = drawn(rebuilt, range);
    paint(this.#original, image, drawn(subject?.pixels, range), ramp);
    paint(this.#rebuilt, image, before, ramp);
    paint(this.#moved, image, after, ramp);
    const change = before && after?.map((value, pixel) => value - before[pixel]!);
    paint(
      this.#change,
      image,
      change?.map((each) => (each + 1) / 2),
      rampOfChange(palette, theme.background),
    );
    if (at !== undefined && this.#at === undefined) this.#slider.value = `${at}`;
    if (this.#at !== undefined && this.#slider.value !== `${this.#at}`)
      this.#slider.value = `${this.#at}`;
    setText(this.#value, at === undefined ? "" : significant(at, 3));
    this.#back.disabled = this.#at === undefined || this.#at === own;
    setText(
      this.#effect,
      change && own !== undefined ? effect(change, at!, own, scene.pixels) : "",
    );
  }

  /** Where the latent is put; undefined: where the image has it. */
  #move(value: number | undefined): void {
    this.#at = value;
    this.listener.moved(value);
    this.#showMoved();
  }

  #step(by: number): void {
    this.listener.opened(this.#shown!.dim + by);
  }

  #png(): void {
    if (!this.#shown) return;
    png(this.#drawn(), "pair", this.#size(), this.#described(), (file) =>
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
    return { view, theme, options: { ...scene.options, dim } };
  }

  #size() {
    return { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
  }

  #described() {
    const { scene, dim } = this.#shown!;
    const title = this.#canvas.getAttribute("aria-label") ?? "";
    const description = `Dimension ${dim + 1}: pixel importance, and the same with the direction in which ${scene.pixels.rise} moves it. ${made(scene.report, scene.words)}`;
    return { title, description };
  }

  #name(): string {
    return `latent-lens-dimension-${this.#shown!.dim + 1}`;
  }

  #button(title: string, act: () => unknown): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick: () => void act() }, title);
  }
}

function figure(image: HTMLCanvasElement, words: string): HTMLElement {
  return h("figure", {}, image, h("figcaption", {}, words));
}

/** A change of a pixel smaller than this is not seen. */
const SEEN = 0.05;

function effect(change: Float32Array, at: number, own: number, words: PixelWords): string {
  if (at === own) return "The slider stands where this image has it.";
  const risen = change.filter((value) => value > SEEN).length;
  const fallen = change.filter((value) => value < -SEEN).length;
  if (risen + fallen === 0) return "The picture stays as it is.";
  const parts = [
    risen && words.pixels(integer(risen), risen > 1, words.more),
    fallen && words.pixels(integer(fallen), fallen > 1, words.less),
  ].filter((part): part is string => Boolean(part));
  return `${at > own ? "Higher" : "Lower"} than this image has it: ${list(parts)}.`;
}
