/** The clusters of a threshold, on the images that they are of. */
import { hueOf } from "../../parts/hues";
import type { ImageShape } from "../../report";
import type { ChartOptions } from "../../view";
import { h } from "../shared";
import type { Cut } from "./cut";

export class Preview {
  readonly canvas = h("canvas", { class: "picture clusters", role: "img" });

  /** `image` from 0 to 1, faint below the clusters; `ink` and `paper` are the page's. */
  paint(
    { of, sizes }: Cut,
    image: Float32Array | undefined,
    options: Pick<ChartOptions, "image" | "rotate" | "flip_horizontal" | "flip_vertical">,
    [ink, paper]: [ink: string, paper: string],
  ): void {
    const { channels } = options.image;
    const { width, height, source } = turned(options);
    const { canvas } = this;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    canvas.style.setProperty("--ratio", `${width / height}`);
    const context = canvas.getContext("2d")!;
    const colours = sizes.map((_, cluster) => hueOf(cluster + 1, paper));
    context.clearRect(0, 0, width, height);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        const pixel = source(column, row);
        const cluster = of[pixel]!;
        let value = 0;
        for (let channel = 0; image && channel < channels; channel += 1) {
          value += image[pixel * channels + channel]! / channels;
        }
        context.globalAlpha = cluster ? 0.45 + 0.5 * value : 0.35 * value;
        context.fillStyle = colours[cluster - 1] ?? ink;
        context.fillRect(column, row, 1, 1);
      }
    }
    canvas.setAttribute("aria-label", `The image, ${sizes.length} clusters in colours`);
  }
}

/** Where what is drawn at a place comes from: images are turned clockwise, then mirrored. */
export function turned({
  image: { width, height },
  rotate,
  flip_horizontal,
  flip_vertical,
}: {
  image: Pick<ImageShape, "width" | "height">;
} & Pick<ChartOptions, "rotate" | "flip_horizontal" | "flip_vertical">) {
  const lies = rotate === 90 || rotate === 270;
  const [across, down] = lies ? [height, width] : [width, height];
  const source = (column: number, row: number): number => {
    const x = flip_horizontal ? across - 1 - column : column;
    const y = flip_vertical ? down - 1 - row : row;
    if (rotate === 90) return (height - 1 - x) * width + y;
    if (rotate === 180) return (height - 1 - y) * width + width - 1 - x;
    if (rotate === 270) return x * width + width - 1 - y;
    return y * width + x;
  };
  return { width: across, height: down, source };
}
