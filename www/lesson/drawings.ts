/** Drawings for paper: an image to mark pixels on, and an image on its way through the network. */
import { rowOf, SAMPLES } from "../data/samples";
import { svg } from "../dom";
import { sizeOf, type Stage, type Stages, stageText } from "../network";
import { seenOf } from "../parts/pixels";
import type { Shading } from "../parts/shading";
import type { ImageShape, Matrix, Report } from "../report";
import { drawn, shades } from "../views/source";

/** Steps of grey, or of each colour: what has one of them is one path, so that it stays sharp on paper. */
const STEPS = 16;
/** A pixel's side on paper, in millimetres, and the widest image. */
const PIXEL_MM = 3.5;
const WIDEST_MM = 165;
/** Every how many pixels rows and columns are numbered. */
const NUMBERED = 5;
/** Room for the numbers, in pixels of the image. */
const EDGE = 1.4;

/** An image with its pixels to be marked; `marked` are outlined. */
export function grid(
  image: ImageShape,
  values: Float32Array,
  shading: Shading,
  title: string,
  marked?: { pixels: ReadonlySet<number>; outline: string },
): SVGSVGElement {
  const { width, height } = image;
  const lines = (strong: boolean) => {
    const at = (length: number) =>
      [...Array(length + 1).keys()].filter((line) => (line % NUMBERED === 0) === strong);
    return [
      ...at(width).map((x) => `M${x} 0V${height}`),
      ...at(height).map((y) => `M0 ${y}H${width}`),
    ].join("");
  };
  const numbered = (length: number) =>
    [...Array(length).keys()].filter((at) => at === 0 || (at + 1) % NUMBERED === 0);
  const number = (at: number, x: number, y: number) => {
    const text = svg("text", { x, y, "text-anchor": "middle", "font-size": 0.85 });
    text.textContent = `${at + 1}`;
    return text;
  };
  const cell = Math.min(PIXEL_MM, WIDEST_MM / (width + EDGE));
  const drawing = svg(
    "svg",
    {
      class: "grid",
      role: "img",
      "aria-label": title,
      viewBox: `${-EDGE} ${-EDGE} ${width + EDGE + 0.2} ${height + EDGE + 0.2}`,
      style: `width: ${(width + EDGE) * cell}mm`,
    },
    svg("g", { opacity: 0.45 }, ...painted(values, image, shading)),
    svg("path", { d: lines(false), stroke: "#999", "stroke-width": 0.04 }),
    svg("path", { d: lines(true), stroke: "#444", "stroke-width": 0.06 }),
    ...(marked
      ? [
          svg("path", { d: squares(marked.pixels, width), fill: "#0b7a73", opacity: 0.35 }),
          svg("path", {
            d: marked.outline,
            fill: "none",
            stroke: "#0b7a73",
            "stroke-width": 0.16,
          }),
        ]
      : []),
    svg("rect", { width, height, fill: "none", stroke: "#000", "stroke-width": 0.08 }),
    ...numbered(width).map((at) => number(at, at + 0.5, -0.4)),
    ...numbered(height).map((at) => number(at, -0.8, at + 0.8)),
  );
  return drawing;
}

/** Of 680 in all. */
const SAMPLE = 60;
const BETWEEN = (680 - SAMPLES * SAMPLE) / (SAMPLES - 1);

/** The samples in a row, each above its reconstruction. */
export function film(report: Report, shading: Shading): SVGSVGElement | undefined {
  const { samples, image } = report;
  if (!samples) return undefined;
  const range = shades(report);
  const size = SAMPLE / Math.max(image.width, image.height);
  const row = (values: Matrix | undefined, y: number) =>
    samples.labels.flatMap((_, at) => {
      const x = at * (SAMPLE + BETWEEN);
      const frame = svg("rect", {
        ...{ x, y, width: image.width * size, height: image.height * size },
        ...{ fill: "none", stroke: "#ccc" },
      });
      const inside = values ? painted(drawn(rowOf(values, at), range), image, shading) : [];
      return [svg("g", { transform: `translate(${x} ${y}) scale(${size})` }, ...inside), frame];
    });
  const below = image.height * size + 6;
  return svg(
    "svg",
    {
      role: "img",
      lang: "en",
      "aria-label": "Images, and their reconstructions below",
      viewBox: `-1 -1 682 ${2 * below}`,
    },
    ...row(samples.images, 0),
    ...row(samples.reconstructions, below),
  );
}

/** The widths of the strip's parts, of 680 in all, and its height without words. */
const [IMAGE, HALF, LATENTS, TALL, NARROW] = [110, 130, 140, 110, 48];
const GAP = 15;
/** From line to line of words, and what of them fits beneath a funnel. */
const [LINE, LETTERS] = [16, 24];

/** Image, encoder, latents, decoder, reconstruction; what is not known yet is left empty. */
export function bottleneck(report: Report | undefined, layers: Stages): SVGSVGElement {
  const { samples, image } = report ?? {};
  const range = shades(report);
  const picture = (x: number, values: Float32Array | undefined) => {
    const frame = svg("rect", { x, width: IMAGE, height: TALL, fill: "#fff", stroke: "#999" });
    if (!values || !image) return [frame];
    const size = IMAGE / Math.max(image.width, image.height);
    const place = `translate(${x} 0) scale(${size})`;
    const inside = painted(drawn(values, range), image, "ink");
    return [frame, svg("g", { transform: place }, ...inside)];
  };
  const low = (TALL - NARROW) / 2;
  const starts = [0, IMAGE + GAP, IMAGE + HALF + 2 * GAP, IMAGE + HALF + LATENTS + 3 * GAP];
  const [, encoder, middle, decoder] = starts as [number, number, number, number];
  const last = decoder + HALF + GAP;
  const funnel = (x: number, [first, second]: [number, number]) =>
    svg("polygon", {
      points: `${x},${first} ${x + HALF},${second} ${x + HALF},${TALL - second} ${x},${TALL - first}`,
      fill: "#f2f4f6",
      stroke: "#999",
    });
  const dims = sizeOf(layers.decoder[0]!);
  const latents = samples?.latents ? rowOf(samples.latents, 0) : new Float32Array(dims);
  const most = Math.max(...latents) || 1;
  const step = LATENTS / latents.length;
  const bars = Array.from(latents, (value, at) => {
    const tall = Math.max(1, (NARROW * value) / most);
    return `M${middle + at * step + step / 8} ${TALL - low}v${-tall}h${step * 0.75}v${tall}z`;
  });
  const notes = { encoder: lines(layers.encoder), decoder: lines(layers.decoder) };
  const caption = (x: number, name: string, ...notes: string[]) => {
    const line = (text: string, y: number, weight: number) => {
      const element = svg("text", {
        x,
        y,
        "text-anchor": "middle",
        "font-size": 12,
        "font-weight": weight,
      });
      element.textContent = text;
      return element;
    };
    const below = notes.map((note, at) => line(note, TALL + 34 + at * LINE, 400));
    return [line(name, TALL + 18, 600), ...below];
  };
  const lowest = Math.max(notes.encoder.length, notes.decoder.length);
  return svg(
    "svg",
    {
      role: "img",
      lang: "en",
      "aria-label": "The autoencoder",
      viewBox: `-1 -1 ${last + IMAGE + 2} ${TALL + 26 + lowest * LINE}`,
    },
    ...picture(0, samples && rowOf(samples.images, 0)),
    funnel(encoder, [0, low]),
    svg("path", { d: bars.join(""), fill: "#0b7a73" }),
    funnel(decoder, [low, 0]),
    ...picture(last, samples?.reconstructions && rowOf(samples.reconstructions, 0)),
    ...caption(IMAGE / 2, "Image", image ? `${image.height} × ${image.width} pixels` : ""),
    ...caption(encoder + HALF / 2, "Encoder", ...notes.encoder),
    ...caption(middle + LATENTS / 2, "Latents", `${dims} numbers`),
    ...caption(decoder + HALF / 2, "Decoder", ...notes.decoder),
    ...caption(last + IMAGE / 2, "Reconstruction", "from the latents"),
  );
}

/** "784 → 12": in as many lines as it takes beneath a funnel. */
function lines(stages: Stage[]): string[] {
  const found = [""];
  for (const [at, stage] of stages.entries()) {
    const more = `${at ? "→ " : ""}${stageText(stage)}`;
    const longer = `${found.at(-1)} ${more}`.trim();
    if (longer.length > LETTERS) found.push(more);
    else found[found.length - 1] = longer;
  }
  return found;
}

/** An image's pixels in the image's own units, one path for each grey or colour. */
function painted(
  values: Float32Array,
  { height, width, channels }: ImageShape,
  shading: Shading,
): SVGPathElement[] {
  const fills = new Map<string, number[]>();
  const stepOf = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * STEPS);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const seen = seenOf(values, pixel, channels);
    const [value = 0] = seen;
    const dark = stepOf(shading === "ink" ? value : 1 - value) / STEPS;
    const colours = seen.map((value) => (255 * stepOf(value)) / STEPS);
    const fill = seen.length > 1 ? `rgb(${colours.join(" ")})` : `rgb(0 0 0 / ${dark})`;
    if (seen.length === 1 && dark === 0) continue;
    const found = fills.get(fill) ?? [];
    fills.set(fill, found);
    found.push(pixel);
  }
  return [...fills].map(([fill, pixels]) =>
    svg("path", { d: squares(pixels, width), fill, "shape-rendering": "crispEdges" }),
  );
}

function squares(pixels: Iterable<number>, width: number): string {
  return Array.from(
    pixels,
    (pixel) => `M${pixel % width} ${Math.floor(pixel / width)}h1v1h-1z`,
  ).join("");
}
