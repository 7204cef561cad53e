/** The strip: one image on its way through encoder, latents and decoder to its reconstruction. */
import { inColour } from "../channels";
import { h, setText, svg } from "../dom";
import { count, integer } from "../format";
import { HALVES, sizeOf, type Stage, type Stages, stageText } from "../network";
import { capital, NOUNS } from "../nouns";
import { paint, picture, type Ramp } from "../parts/pixels";
import type { Rows } from "../data/rows";
import { rowOf, type Samples } from "../data/samples";
import type { ImageShape } from "../report";
import { blocks } from "./blocks";
import { latentBars } from "./latent-bars";
import { RowPlace } from "./rows/place";

/** Height of the narrow end of a funnel, of 100: that of the latents beside it. */
const NARROW = 44;

/** What is shown of networks of some kinds alone. */
export interface Kind {
  spreads?: Float32Array | undefined;
  sparse?: boolean;
}

export class Pipeline {
  readonly #image = picture();
  readonly #noisy = picture();
  readonly #reconstruction = picture();
  readonly #encoder = h("div", { class: "half" });
  readonly #decoder = h("div", { class: "half" });
  readonly #bars = svg("path", { class: "bars" });
  readonly #spreads = svg("path", { class: "spreads" });
  readonly #latents = svg(
    "svg",
    {
      class: "latents",
      role: "img",
      "aria-label": "No latents yet",
      preserveAspectRatio: "none",
    },
    this.#bars,
    this.#spreads,
  );
  readonly #notes = {
    image: note(),
    encoder: note(),
    latents: note(),
    decoder: note(),
    reconstruction: note(),
  };
  /** Of a sparse network, how many of an image's latents are used. */
  readonly #used = note();
  readonly #name = h("b", {}, "Image");
  readonly #names = [h("b"), h("b"), h("b")];
  readonly #row = new RowPlace();
  readonly #end = h("div", { class: "end" }, this.#reconstruction);
  #shape = "";

  readonly element = h(
    "section",
    { class: "pipeline", part: "pipeline", "aria-label": "The autoencoder" },
    h("div", { class: "end" }, this.#image),
    this.#encoder,
    this.#latents,
    this.#decoder,
    this.#end,
    caption(this.#name, this.#notes.image),
    caption(this.#names[0]!, this.#notes.encoder),
    caption(h("b", {}, "Latents"), this.#notes.latents, this.#used),
    caption(this.#names[1]!, this.#notes.decoder),
    caption(this.#names[2]!, this.#notes.reconstruction),
    this.#row.element,
  );
  /** The image as the encoder sees it, and what it is called; there where training puts noise on images. */
  readonly #disturbed = [
    h("div", { class: "end noisy" }, this.#noisy),
    h("p", { class: "caption noisy" }, h("b", {}, "With noise")),
  ];

  /** Shows what there is between the layers, from the images to the latents and from these on. */
  shape(image: Rows, { encoder, decoder, variational, missing = [] }: Stages): void {
    const said = (half: Stage[]) =>
      half.map((stage) => unbroken(stageText(stage))).join(" →\u00a0");
    const key = `${image.form} ${stageText(image)}: ${said(encoder)}, ${said(decoder)}, ${variational}, ${missing}`;
    if (key === this.#shape) return;
    this.#shape = key;
    const [encodes, decodes] = HALVES.map((name) => !missing.includes(name));
    for (const [element, half, isThere, words] of [
      [this.#encoder, encoder, encodes, "No encoder: latents made elsewhere"],
      [this.#decoder, decoder, decodes, "No decoder, so no reconstruction"],
    ] as const) {
      element.classList.toggle("absent", !isThere);
      element.replaceChildren(
        ...(isThere ? [funnel(half, image), ...blocks(half, image)] : [words]),
      );
    }
    if (decodes) this.#decoder.after(this.#end);
    else this.#end.remove();
    for (const [at, name] of ["Encoder", "Decoder", "Reconstruction"].entries()) {
      setText(this.#names[at]!, (at ? decodes : encodes) ? name : "");
    }
    const maps = [encodes ? encoder : [], decodes ? decoder : []]
      .flat()
      .some((stage) => typeof stage !== "number");
    this.element.classList.toggle("maps", maps);
    const [latents = 0] = decoder;
    const shaped = typeof latents === "number" ? "" : `: ${unbroken(stageText(latents))}`;
    const pixels = sizeOfRow(image);
    setText(this.#name, capital(NOUNS[image.form][0]));
    setText(this.#notes.image, maps ? unbroken(pixels) : pixels);
    // Of feature maps, what stands beside them is not said again.
    const between = (half: Stage[]) => said(maps ? half.slice(1, -1) : half);
    setText(this.#notes.encoder, encodes ? between(encoder) : "");
    const numbers = count(sizeOf(latents), variational ? "mean" : "number");
    // Those of single images come with reconstructions.
    this.#latents.style.visibility = decodes ? "" : "hidden";
    setText(this.#notes.latents, `${numbers}${variational ? " with spreads" : ""}${shaped}`);
    setText(this.#notes.decoder, decodes ? between(decoder) : "");
    setText(this.#notes.reconstruction, decodes ? "from the latents" : "");
  }

  /**
   * Shows one of the samples; of a variational network `spreads` are the standard deviations of its latents, and
   * of a `sparse` one it is said how many of them are used.
   */
  show(
    samples: Samples,
    row: number,
    dims: number,
    ramp: Ramp,
    { spreads, sparse }: Kind = {},
  ): void {
    const { image, images, noisy, latents, reconstructions } = samples;
    const [own, rebuilt] = [images, reconstructions].map((each) => each && rowOf(each, row));
    paint(this.#image, image, own, ramp);
    this.element.classList.toggle("disturbed", noisy !== undefined);
    if (noisy) {
      this.element.append(...this.#disturbed);
      paint(this.#noisy, image, rowOf(noisy, row), ramp, own);
    } else for (const each of this.#disturbed) each.remove();
    paint(this.#reconstruction, image, rebuilt, ramp, own);
    const { numbers } = samples;
    this.#row.show(
      numbers && {
        rows: image,
        values: rowOf(numbers.images, row),
        rebuilt: numbers.reconstructions && rowOf(numbers.reconstructions, row),
      },
    );
    const drawn = latentBars(latents, row, dims, latents && spreads);
    this.#latents.setAttribute("viewBox", `0 0 ${dims} 1`);
    const { heights } = drawn;
    const used = sparse && latents ? heights.filter((height) => height !== 0).length : undefined;
    const share = used === undefined ? "" : `, ${integer(used)} of them not 0`;
    this.#latents.setAttribute(
      "aria-label",
      latents
        ? `${count(dims, "latent")} of this image${share}${drawn.spreads ? ", with the spread of each" : ""}`
        : "No latents yet",
    );
    setText(this.#used, used === undefined ? "" : `${integer(used)} not 0`);
    this.#bars.setAttribute("d", drawn.bars);
    this.#spreads.setAttribute("d", drawn.spreads);
  }
}

/** How large one is: "28 × 28 pixels", "130 numbers", "4 columns". */
function sizeOfRow({ form, height, width, channels }: Rows): string {
  if (form === "image") return `${height} × ${width} pixels${inColour(channels)}`;
  return count(height * width, form === "table" ? "column" : "number");
}

/** In one line, however narrow the caption, but for what follows a comma. */
function unbroken(text: string): string {
  return text.replaceAll(/(?<!,) /g, "\u00a0");
}

/**
 * One line per layer, the longer the more units it has, joined to a funnel; feature maps, which are
 * drawn on it, make it as high as they are.
 */
function funnel(stages: Stage[], image: ImageShape): SVGSVGElement {
  const sizes = stages.map((stage) => Math.log(Math.max(1, sizeOf(stage))));
  const widest = Math.max(...sizes);
  const narrowest = Math.min(...sizes);
  const ends = stages.map((stage, position) => {
    const share = widest > narrowest ? (sizes[position]! - narrowest) / (widest - narrowest) : 0;
    const tall =
      typeof stage === "number"
        ? NARROW + (100 - NARROW) * share
        : Math.min(100, Math.max(NARROW, (100 * stage.height) / image.height));
    return {
      x: (100 * position) / (stages.length - 1),
      top: 50 - tall / 2,
      bottom: 50 + tall / 2,
      line: typeof stage === "number",
    };
  });
  const outline = [
    ...ends.map(({ x, top }) => `${x},${top}`),
    ...[...ends].reverse().map(({ x, bottom }) => `${x},${bottom}`),
  ];
  return svg(
    "svg",
    {
      class: "funnel",
      viewBox: "0 0 100 100",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    svg("polygon", { points: outline.join(" ") }),
    ...ends
      .slice(1, -1)
      .filter(({ line }) => line)
      .map(({ x, top, bottom }) => svg("path", { class: "layer", d: `M${x} ${top}V${bottom}` })),
    svg("path", { class: "flow", d: "M0 50H100" }),
  );
}

function note(): HTMLElement {
  return h("span", { class: "note" });
}

function caption(...parts: HTMLElement[]): HTMLElement {
  return h("p", { class: "caption" }, ...parts);
}
