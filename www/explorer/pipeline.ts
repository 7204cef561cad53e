/** The strip: one image on its way through encoder, latents and decoder to its reconstruction. */
import { h, setText, svg } from "../dom";
import { count, integer } from "../format";
import { paint, picture, type Ramp } from "../parts/pixels";
import type { ImageShape } from "../report";
import { rowOf, type Samples } from "../data/samples";

/** Height of the narrow end of a funnel, of 100: that of the latents beside it. */
const NARROW = 44;

export class Pipeline {
  readonly #image = picture();
  readonly #reconstruction = picture();
  readonly #encoder = funnel();
  readonly #decoder = funnel();
  readonly #bars = svg("path", { class: "bars" });
  readonly #latents = svg(
    "svg",
    { class: "latents", role: "img", preserveAspectRatio: "none" },
    this.#bars,
  );
  readonly #notes = {
    image: note(),
    encoder: note(),
    latents: note(),
    decoder: note(),
    reconstruction: note(),
  };
  #shape = "";

  readonly element = h(
    "section",
    { class: "pipeline", part: "pipeline", "aria-label": "The autoencoder" },
    h("div", { class: "end" }, this.#image),
    this.#encoder,
    this.#latents,
    this.#decoder,
    h("div", { class: "end" }, this.#reconstruction),
    caption("Image", this.#notes.image),
    caption("Encoder", this.#notes.encoder),
    caption("Latents", this.#notes.latents),
    caption("Decoder", this.#notes.decoder),
    caption("Reconstruction", this.#notes.reconstruction),
  );

  /** Shows the sizes of the layers, from the images to the latents and from these on. */
  shape({ height, width }: ImageShape, encoder: number[], decoder: number[]): void {
    const key = `${height} ${encoder.join(" ")}, ${decoder.join(" ")}`;
    if (key === this.#shape) return;
    this.#shape = key;
    drawFunnel(this.#encoder, encoder);
    drawFunnel(this.#decoder, decoder);
    const dims = decoder[0] ?? 0;
    setText(this.#notes.image, `${height} × ${width} pixels`);
    setText(this.#notes.encoder, encoder.map(integer).join(" → "));
    setText(this.#notes.latents, count(dims, "number"));
    setText(this.#notes.decoder, decoder.map(integer).join(" → "));
    setText(this.#notes.reconstruction, "from the latents");
  }

  /** Shows one of the samples. */
  show(samples: Samples, row: number, dims: number, ramp: Ramp): void {
    const { image, images, latents, reconstructions } = samples;
    paint(this.#image, image, rowOf(images, row), ramp);
    paint(this.#reconstruction, image, reconstructions && rowOf(reconstructions, row), ramp);
    const largest = latents?.data.reduce((found, value) => Math.max(found, value), 0) || 1;
    const heights = new Float32Array(dims);
    if (latents) heights.set(rowOf(latents, row).map((value) => value / largest));
    this.#latents.setAttribute("viewBox", `0 0 ${dims} 1`);
    this.#latents.setAttribute(
      "aria-label",
      latents ? `${count(dims, "latent")} of this image` : "No latents yet",
    );
    this.#bars.setAttribute("d", bars(heights));
  }
}

/** Upright bars on a common base; a hairline stands for zero. */
function bars(heights: Float32Array): string {
  const gap = heights.length > 64 ? 0.1 : 0.25;
  const path = Array.from(heights, (height, position) => {
    const tall = Math.max(height, 0.02);
    return `M${position + gap / 2} 1v${-tall}h${1 - gap}v${tall}z`;
  });
  return path.join("");
}

function funnel(): SVGSVGElement {
  return svg("svg", {
    class: "funnel",
    viewBox: "0 0 100 100",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
}

/** One line per layer, the longer the more units it has, joined to a funnel. */
function drawFunnel(element: SVGSVGElement, layers: number[]): void {
  const sizes = layers.map((units) => Math.log(Math.max(1, units)));
  const widest = Math.max(...sizes);
  const narrowest = Math.min(...sizes);
  const ends = sizes.map((size, position) => {
    const share = widest > narrowest ? (size - narrowest) / (widest - narrowest) : 0;
    const half = (NARROW + (100 - NARROW) * share) / 2;
    return { x: (100 * position) / (layers.length - 1), top: 50 - half, bottom: 50 + half };
  });
  const outline = [
    ...ends.map(({ x, top }) => `${x},${top}`),
    ...[...ends].reverse().map(({ x, bottom }) => `${x},${bottom}`),
  ];
  element.replaceChildren(
    svg("polygon", { points: outline.join(" ") }),
    ...ends
      .slice(1, -1)
      .map(({ x, top, bottom }) => svg("path", { class: "layer", d: `M${x} ${top}V${bottom}` })),
    svg("path", { class: "flow", d: "M0 50H100" }),
  );
}

function note(): HTMLElement {
  return h("span", { class: "note" });
}

function caption(name: string, note: HTMLElement): HTMLElement {
  return h("p", { class: "caption" }, h("b", {}, name), note);
}
