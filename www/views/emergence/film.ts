/** The figure after one epoch after the other, as one moving picture. */
import type { Report } from "../../report";
import type { ChartOptions, Theme, View as Charts } from "../../view";
import type { Seen } from "./moments";
import type * as Readers from "../../../build/types/readers";
import { another, openPackage } from "../shared";

/** How long an epoch is seen, and the last one, in milliseconds. */
const EACH = 120;
const END = 2_000;
/** CSS pixels. */
const WIDTH = 960;

/** Every picture has the dimensions in the same order. Rejects with the signal's reason once that is aborted. */
export async function film(
  charts: Charts,
  report: Partial<Report>,
  moments: readonly Seen[],
  options: ChartOptions,
  theme: Omit<Theme, "scale">,
  signal: AbortSignal,
  told: (done: number) => void,
): Promise<Uint8Array> {
  const { Animation } = await openPackage<typeof Readers>("readers");
  const view = another(charts);
  await view.ready();
  const { version, engine, settings, image, classes, data, latent } = report;
  view.update({ version, engine, settings, image, classes, data, latent } as Partial<Report>);
  const look = { ...theme, scale: 1 };
  const height = Math.ceil(view.height("figure", WIDTH, options, look) ?? WIDTH / 2);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("The browser gives no 2D context for this picture.");
  const animation = new Animation(WIDTH, height, moments.length, EACH, END);
  let whole = false;
  try {
    for (const [at, moment] of moments.entries()) {
      const { epoch, pixel_importance, direction, latent_importance, latent_importance_rmse } =
        moment;
      view.update({
        pixel_importance,
        direction,
        latent_importance,
        ...(latent_importance_rmse && { latent_importance_rmse }),
      });
      view.draw("figure", canvas, options, look);
      name(context, epoch, look);
      animation.add(new Uint8Array(context.getImageData(0, 0, WIDTH, height).data.buffer));
      told(at + 1);
      await new Promise((resolve) => setTimeout(resolve));
      signal.throwIfAborted();
    }
    whole = true;
    return animation.finish();
  } finally {
    if (!whole) animation.free();
    view.reset();
  }
}

/** Which epoch a picture is of, in its lower right corner. */
function name(context: CanvasRenderingContext2D, epoch: number, theme: Theme): void {
  const { canvas } = context;
  context.font = `bold ${theme.font_size}px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  const text = epoch === 0 ? "before training" : `epoch ${epoch}`;
  context.fillText(text, canvas.width - 4, canvas.height - 2);
}
