/** One latent dimension of one image, moved by hand: what the decoder draws then, and what that changes. */
import { h, setText } from "../dom";
import { count, integer, significant } from "../format";
import { NOUNS, say } from "../nouns";
import { paint, paintRamp, picture, rampOf, rampOfChange } from "../parts/pixels";
import type { Theme, View } from "../view";
import { dimensionName, imageAt, imageOf, whichImage } from "../views/numbering";
import type { Scene } from "../views/picture";
import { drawn, shades, spread } from "../views/source";
import { sampled, type Subject } from "../views/subject";
import { list, one } from "../views/words";
import { RowPlace } from "./rows/place";

export interface Moves {
  /** Which explained image is started from, counted from 0. */
  started(image: number): void;
  /** Where the latent was left; undefined: at the image's own. */
  moved(value: number | undefined): void;
}

export interface Shown {
  view: View;
  scene: Scene;
  theme: Omit<Theme, "scale">;
  /** Counted from 0. */
  dim: number;
  /** The image that is looked at, where one is asked for. */
  opened: Subject | undefined;
  /** The setting `image`. */
  asked: string | null;
  /** Where the settings have the latent. */
  moved: number | null;
}

export class Mover {
  readonly #images = h("div", { class: "frames subjects" });
  readonly #choice = h("fieldset", {}, h("legend", { class: "note" }, "Start from"), this.#images);
  readonly #which = h("p", { class: "note" });
  readonly #original = picture();
  readonly #rebuilt = picture();
  readonly #moved = picture();
  readonly #change = picture();
  readonly #pictures = h(
    "div",
    { class: "moved-images" },
    figure(this.#original, "Image"),
    figure(this.#rebuilt, "Reconstruction"),
    figure(this.#moved, "Moved"),
    figure(this.#change, "Change"),
  );
  readonly #row = new RowPlace();
  readonly #slider = h("input", { type: "range", id: "latent", step: "any" });
  readonly #label = h("label", { for: "latent" });
  readonly #value = h("output", { for: "latent" });
  readonly #slide;
  readonly #ends = [h("span"), h("span")] as const;
  readonly #scale = h("canvas", { class: "ramp", "aria-hidden": "true" });
  readonly #changed = h("span");
  readonly #signs = [h("span"), h("span")] as const;
  readonly #legend = h("div", { class: "legend note" }, this.#changed, this.#scale, ...this.#signs);
  readonly #effect = h("p", { class: "effect", "aria-live": "polite" });
  readonly #words = h("p", { class: "note" });
  readonly #back = h("button", {
    type: "button",
    class: "button own",
    onclick: () => this.#move(undefined),
  });
  readonly element;

  #shown!: Shown;
  /** What can be moved: the samples, and another image that was opened. */
  #subjects: Subject[] = [];
  /** Where the slider is; undefined: where the image has the latent. */
  #at: number | undefined;
  /** The change of the strongest colour. */
  #limit = 1;
  /** Where the settings have it, which a hand on the slider is ahead of. */
  #left: number | null = null;

  constructor(readonly moves: Moves) {
    this.#slide = h("div", { class: "slide" }, this.#slider, h("span", { class: "mark" }));
    this.element = h(
      "section",
      { class: "mover" },
      h("h3", {}, "Move it, and see what the decoder draws"),
      this.#choice,
      this.#which,
      this.#pictures,
      this.#row.element,
      this.#slide,
      h("p", { class: "ends note" }, ...this.#ends),
      h("p", { class: "value" }, this.#label, this.#value, this.#back),
      this.#legend,
      this.#effect,
      this.#words,
    );
    this.#slider.addEventListener("input", () => {
      this.#at = Number(this.#slider.value);
      this.#showMoved();
    });
    this.#slider.addEventListener("change", () => this.moves.moved(this.#at));
  }

  show(shown: Shown): void {
    this.#shown = shown;
    if (shown.moved !== this.#left) this.#at = shown.moved ?? undefined;
    this.#left = shown.moved;
    this.#collect();
    this.#showRange();
    this.#showScale();
    this.#showMoved();
  }

  close(): void {
    this.#at = undefined;
    this.#left = null;
  }

  /** The image that is moved. */
  get subject(): Subject | undefined {
    const { asked, scene } = this.#shown;
    const wanted = asked === null ? undefined : imageAt(scene.report ?? {}, asked);
    return this.#subjects.find(({ image }) => image === (wanted ?? -1)) ?? this.#subjects[0];
  }

  /** The images to start from: one that was opened and is none of the samples, then those of the explained class. */
  #collect(): void {
    const { scene, theme, opened } = this.#shown;
    const { options, classes, report } = scene;
    const samples = sampled(report ?? {});
    const explained = ({ label }: Subject) => label === classes[options.class];
    this.#subjects = [
      ...(opened && !samples.some(({ image }) => image === opened.image) ? [opened] : []),
      ...samples.filter(explained),
      ...samples.filter((each) => !explained(each)),
    ];
    this.#choice.disabled = !report?.encoded;
    while (this.#images.children.length > this.#subjects.length) this.#images.lastChild!.remove();
    const ramp = rampOf(options.images, theme.text);
    const chosen = this.subject;
    for (const [row, subject] of this.#subjects.entries()) {
      const frame = this.#images.children[row] ?? this.#frame(row);
      const input = frame.querySelector("input")!;
      input.setAttribute("aria-label", this.#nameOf(subject, row));
      input.checked = subject === chosen;
      const shown = drawn(subject.pixels, shades(report));
      paint(frame.querySelector("canvas")!, scene.rows, shown, ramp);
    }
    const { encoded } = report ?? {};
    const image = chosen?.image;
    if (!encoded || image === undefined) return setText(this.#which, "");
    setText(this.#which, whichImage(encoded, image, this.#classOf(chosen!)));
  }

  #classOf({ label }: Subject): string {
    const { classes, names } = this.#shown.scene;
    return names[classes.indexOf(label)] ?? `${label}`;
  }

  #nameOf(subject: Subject, row: number): string {
    const { encoded } = this.#shown.scene.report ?? {};
    const name = this.#classOf(subject);
    return encoded && subject.image !== undefined
      ? imageOf(encoded, subject.image, name)
      : `Sample ${row + 1}, ${one(name)}`;
  }

  #frame(row: number): HTMLElement {
    const onchange = () => {
      const { image } = this.#subjects[row]!;
      if (image === undefined) return;
      this.#move(undefined);
      this.moves.started(image);
    };
    const input = h("input", { type: "radio", name: "subject", onchange });
    const frame = h("label", { class: "frame" }, input, picture());
    this.#images.append(frame);
    return frame;
  }

  /** The values that the explained images have. */
  #showRange(): void {
    const { scene, dim } = this.#shown;
    const { encoded } = scene.report ?? {};
    this.#slider.disabled = !encoded;
    setText(this.#label, `${dimensionName(scene.report, dim)} at `);
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
    const images = say(scene.rows.form, count(values.length, "explained image"));
    const said = alike
      ? `All ${images} have it at ${significant(least, 3)}: another value says nothing of them.`
      : `The ${images} have it from ${significant(least, 3)} to ${significant(most, 3)}, half of them below ${half}${zero ? `, ${share} % at 0` : ""}.`;
    setText(this.#words, [said, spread(scene)].filter(Boolean).join(" "));
  }

  /** The colours of the change: they end where the slider's ends are, so that all of it is told apart. */
  #showScale(): void {
    const { scene, theme } = this.#shown;
    const [dark, bright] = shades(scene.report);
    const own = this.#decoded(undefined);
    const ends = [this.#slider.min, this.#slider.max].map((end) => this.#decoded(Number(end)));
    this.#limit = ends.reduce(
      (most, end) => changes(own, end)?.reduce((a, b) => Math.max(a, Math.abs(b)), most) ?? most,
      SEEN,
    );
    const limit = significant(this.#limit * (bright - dark), 2);
    const { less, more } = scene.pixels;
    setText(this.#signs[0], own ? `−${limit}, ${less}` : less);
    setText(this.#signs[1], own ? `+${limit}, ${more}` : more);
    const inColour = scene.options.image.channels === 3;
    setText(this.#changed, inColour ? "Change per channel" : "Change");
    const { palette } = scene.options;
    paintRamp(
      this.#scale,
      inColour ? rampOf("bright", theme.text) : rampOfChange(palette, theme.background),
    );
  }

  /** What is drawn of the image with the latent at a value, or where it has it, from 0 to 1. */
  #decoded(at: number | undefined): Float32Array | undefined {
    return drawn(this.#numbers(at), shades(this.#shown.scene.report));
  }

  /** The same, as the decoder gives it. */
  #numbers(at: number | undefined): Float32Array | undefined {
    const { view, dim } = this.#shown;
    const latents = this.subject?.latents.slice();
    if (latents && at !== undefined) latents[dim] = at;
    return latents && view.reconstruct(latents);
  }

  /** What the decoder draws with the latent where the slider is. */
  #showMoved(): void {
    const { scene, theme, dim } = this.#shown;
    const { rows: image } = scene;
    const { images, palette } = scene.options;
    const subject = this.subject;
    const own = subject?.latents[dim];
    const at = this.#at ?? own;
    const before = this.#decoded(undefined);
    const after = this.#decoded(this.#at);
    const ramp = rampOf(images, theme.text);
    paint(this.#original, image, drawn(subject?.pixels, shades(scene.report)), ramp);
    paint(this.#rebuilt, image, before, ramp);
    paint(this.#moved, image, after, ramp);
    const change = changes(before, after);
    const shares = change?.map((value) => (value / this.#limit + 1) / 2);
    paint(this.#change, image, shares, rampOfChange(palette, theme.background));
    const isImage = image.form === "image";
    this.#pictures.hidden = !isImage;
    this.#legend.hidden = !isImage;
    this.#row.show(
      subject && {
        rows: image,
        values: subject.pixels,
        rebuilt: this.#numbers(undefined),
        moved: this.#at === undefined ? undefined : this.#numbers(this.#at),
      },
    );
    if (at !== undefined && Number(this.#slider.value) !== at) this.#slider.value = `${at}`;
    setText(this.#value, at === undefined ? "" : significant(at, 3));
    this.#markOwn(own);
    this.#back.disabled = !subject || this.#at === undefined || this.#at === own;
    setText(this.#effect, change && own !== undefined ? effect(change, at!, own, scene) : "");
  }

  /** Where on the slider the image has the latent. */
  #markOwn(own: number | undefined): void {
    const { min, max, disabled } = this.#slider;
    const marked = own !== undefined && !disabled;
    this.#slide.classList.toggle("marked", marked);
    const value = marked ? `, ${significant(own, 3)}` : "";
    setText(this.#back, say(this.#shown.scene.rows.form, `Back to the image’s own${value}`));
    if (!marked) return;
    const share = (own - Number(min)) / (Number(max) - Number(min));
    this.#slide.style.setProperty("--own", `${Math.min(1, Math.max(0, share))}`);
  }

  /** Where the latent is put; undefined: where the image has it. */
  #move(value: number | undefined): void {
    this.#at = value;
    this.moves.moved(value);
    this.#showMoved();
  }
}

function figure(image: HTMLCanvasElement, words: string): HTMLElement {
  return h("figure", {}, image, h("figcaption", {}, words));
}

function changes(before: Float32Array | undefined, after: Float32Array | undefined) {
  return before && after?.map((value, pixel) => value - before[pixel]!);
}

/** Changes of a pixel up to this one are not counted. */
const SEEN = 0.05;

function effect(change: Float32Array, at: number, own: number, scene: Scene): string {
  const [row] = NOUNS[scene.rows.form];
  if (at === own) return `The slider stands where this ${row} has it.`;
  const { pixels, report, options } = scene;
  const [risen, fallen, recoloured] = counted(change, options.image.channels);
  const { noun, having, more, less } = pixels;
  const [dark, bright] = shades(report);
  const by = `by more than ${significant(SEEN * (bright - dark), 2)}`;
  const parts = (
    [
      [risen, `${having}${more}`],
      [fallen, `${having}${less}`],
      [recoloured, "of another colour"],
    ] as const
  )
    .filter(([many]) => many > 0)
    .map(([many, how], at) => `${at ? integer(many) : count(many, noun)} ${how}`);
  const found = parts.length ? `${list(parts)}, ${by}` : `no ${noun} differs ${by}`;
  return `${at > own ? "Higher" : "Lower"} than this ${row} has it: ${found}.`;
}

/** Pixels whose mean over their channels rises and falls, and those of which only single channels change. */
function counted(change: Float32Array, channels: number): [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < change.length; at += channels) {
    const own = change.subarray(at, at + channels);
    const mean = own.reduce((sum, value) => sum + value, 0) / channels;
    if (Math.abs(mean) > SEEN) counts[mean > 0 ? 0 : 1] += 1;
    else if (own.some((value) => Math.abs(value) > SEEN)) counts[2] += 1;
  }
  return counts;
}
