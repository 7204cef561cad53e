/** A chart as an image file that says what it shows, for who meets it without this page. */
import { h } from "../dom";
import { integer } from "../format";
import { sharpness } from "../parts/canvas";
import { withWords } from "../png";
import { markup } from "../trusted";
import type { Chart } from "../view";
import type { Picture } from "../views/picture";

/** Pixels of an exported PNG per CSS pixel. */
const SHARP = 2;

type Size = { width: number; height: number };
type Words = { title: string; description: string };
type Drawn = Pick<Picture, "view" | "options" | "theme">;

/** What is said of a PNG that has fewer pixels than one usually has; "" of any other. */
export function png(
  { view, options, theme }: Drawn,
  chart: Chart,
  { width, height }: Size,
  { title, description }: Words,
  done: (file: Blob) => void,
): string {
  const { columns, rows, scale } = sharpness(width, height, SHARP);
  const canvas = h("canvas", { width: `${columns}`, height: `${rows}` });
  view.draw(chart, canvas, options, { ...theme, scale });
  canvas.toBlob((blob) => {
    if (blob) done(withWords(blob, { Title: title, Description: description }));
  });
  if (scale === SHARP) return "";
  return `The PNG has ${integer(columns)} × ${integer(rows)} pixels, as many as every browser can draw; the SVG is sharp at any size.`;
}

/** Rejects with a `Failure` if what writes it cannot be had. */
export async function svg(
  { view, options, theme }: Drawn,
  chart: Chart,
  { width, height }: Size,
  { title, description }: Words,
): Promise<Blob> {
  await view.ready();
  const drawn = view.export_svg(chart, width, height, options, { ...theme, scale: 1 })!;
  const file = new DOMParser().parseFromString(markup(drawn), "image/svg+xml");
  const root = file.documentElement;
  for (const plain of root.querySelectorAll(":scope > title, :scope > desc")) plain.remove();
  root.prepend(element(file, "title", title), element(file, "desc", description));
  return new Blob([new XMLSerializer().serializeToString(file)], { type: "image/svg+xml" });
}

function element(file: XMLDocument, name: string, text: string): Element {
  const made = file.createElementNS("http://www.w3.org/2000/svg", name);
  made.textContent = text;
  return made;
}
