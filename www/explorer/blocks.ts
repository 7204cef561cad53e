/** Feature maps as planes, one behind the other, as large beside each other as they are. */
import { h, svg } from "../dom";
import { count } from "../format";
import type { Stage } from "../network";
import type { ImageShape } from "../report";

/** The longer side of maps that are as large as the images, of 100 of the strip's height. */
const LARGEST = 72;
const SMALLEST = 5;
/** So many planes are drawn at most, each so far from the one before it; less far where they are small. */
const [PLANES, STEP] = [8, 2.8];
/** What a half's blocks take of its width. */
const FILLED = 0.94;

/** Of each stage between the two ends that is feature maps, in its place along the funnel. */
export function blocks(stages: Stage[], image: ImageShape): HTMLElement[] {
  const parts = stages.length - 1;
  const drawn = stages.flatMap((stage, position) => {
    if (typeof stage === "number" || position === 0 || position === parts) return [];
    const { height, width, channels } = stage;
    const title = `${count(channels, "feature map")} of ${height} × ${width}`;
    return [{ ...planes(stage, image), title, at: position / parts }];
  });
  const widest = Math.max(...drawn.map(({ wide }) => wide));
  return drawn.map(({ element, wide, title, at }) => {
    const block = h("div", { class: "block", title }, element);
    block.style.setProperty("--at", `${100 * at}%`);
    block.style.setProperty("--wide", `${wide}`);
    block.style.setProperty("--room", `${(100 * FILLED) / parts / widest}%`);
    return block;
  });
}

function planes({ height, width, channels }: ImageShape, image: ImageShape) {
  const scale = LARGEST / Math.max(image.height, image.width);
  const side = (pixels: number) => Math.min(LARGEST, Math.max(SMALLEST, scale * pixels));
  const [tall, broad] = [side(height), side(width)];
  const all = Math.min(channels, PLANES);
  const shift = Math.min(STEP * (all - 1), broad);
  const step = shift / Math.max(1, all - 1);
  const plane = (at: number) => {
    const [x, y] = [shift - at * step, at * step];
    return svg("rect", { x, y, width: broad, height: tall });
  };
  const wide = broad + shift;
  const element = svg(
    "svg",
    { class: "planes", viewBox: `0 0 ${wide} ${tall + shift}`, "aria-hidden": "true" },
    ...Array.from({ length: all }, (_, at) => plane(at)),
  );
  return { element, wide };
}
