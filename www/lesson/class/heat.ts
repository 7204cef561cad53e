/** Two maps of the same image: how many marked each pixel, and how much it matters. */
import { h, setText, svg } from "../../dom";
import { paint, rampOf } from "../../parts/pixels";
import type { ImageShape } from "../../report";

export interface Heat {
  heading: string;
  /** What the ends of its colours stand for. */
  scale: string;
  /** One for each pixel. */
  values: readonly number[];
}

/** `outlined` are drawn around in every map; `read` says what a pixel is that is pointed at. */
export function heatMaps(
  maps: readonly Heat[],
  image: ImageShape,
  outlined: ReadonlySet<number>,
  outlineWords: string,
  hint: string,
  read: (pixel: number) => string,
): HTMLElement {
  const said = h("p", { class: "note", role: "status" }, hint);
  const figures = maps.map(({ heading, scale, values }) => {
    const most = Math.max(...values) || 1;
    const canvas = h("canvas", { role: "img", "aria-label": `${heading}: ${scale}` });
    const shares = Float32Array.from(values, (value) => value / most);
    const outline = svg(
      "svg",
      {
        viewBox: `0 0 ${image.width} ${image.height}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      },
      svg("path", { d: around(outlined, image), "vector-effect": "non-scaling-stroke" }),
    );
    const board = h("div", { class: "board" }, canvas, outline);
    board.style.aspectRatio = `${image.width} / ${image.height}`;
    board.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      const column = Math.floor((offsetX / board.clientWidth) * image.width);
      const row = Math.floor((offsetY / board.clientHeight) * image.height);
      const inside = column >= 0 && row >= 0 && column < image.width && row < image.height;
      if (inside) setText(said, read(row * image.width + column));
    });
    const ramp = h("span", { class: "ramp", "aria-hidden": "true" });
    const figure = h(
      "figure",
      {},
      h("figcaption", {}, heading),
      board,
      h("p", { class: "scale" }, ramp, scale),
    );
    return { figure, draw: () => paint(canvas, image, shares, rampOf("ink", inkOf(figure))) };
  });
  const key = h("p", { class: "key outline" }, h("span", {}, outlineWords));
  const element = h(
    "div",
    { class: "heat" },
    ...figures.map(({ figure }) => figure),
    ...(outlined.size ? [key] : []),
    said,
  );
  // Their colour is the style's, which it has once it is in the page, and in which it may change.
  const draw = () => figures.forEach(({ draw }) => draw());
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawWhileShown = () => {
    if (element.isConnected) draw();
    else dark.removeEventListener("change", drawWhileShown);
  };
  dark.addEventListener("change", drawWhileShown);
  requestAnimationFrame(draw);
  return element;
}

/** The colour of a map's largest value, as #rrggbb. */
function inkOf(figure: HTMLElement): string {
  const { color } = getComputedStyle(figure);
  const channels = color.match(/\d+/g)?.slice(0, 3).map(Number) ?? [0, 0, 0];
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The lines between pixels that are in a set and those that are not. */
export function around(pixels: ReadonlySet<number>, { width, height }: ImageShape): string {
  const has = (row: number, column: number) =>
    row >= 0 && column >= 0 && row < height && column < width && pixels.has(row * width + column);
  let path = "";
  for (const pixel of pixels) {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    if (!has(row - 1, column)) path += `M${column} ${row}h1`;
    if (!has(row + 1, column)) path += `M${column} ${row + 1}h1`;
    if (!has(row, column - 1)) path += `M${column} ${row}v1`;
    if (!has(row, column + 1)) path += `M${column + 1} ${row}v1`;
  }
  return path;
}
