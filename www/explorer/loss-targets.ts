/** What can be pointed at in the chart of the loss: an epoch. */
import { loss, significant } from "../format";
import type { LossParts, Report } from "../report";
import type { Layout } from "../views/picture";
import { within } from "../views/targets";
import type { Targets } from "../views/view";

export interface DrawnEpochs extends Layout {
  report: Partial<Report> | undefined;
  /** Whether it can be shown how things were after an epoch. */
  opens?: boolean;
}

const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
};

export const EPOCHS: Targets<DrawnEpochs> = {
  hint: "Point at an epoch to read its loss. By keyboard: arrows, Page Up and Down, Home, End.",

  at({ layout: { plane }, report }, x, y) {
    const epochs = report?.training?.training_loss.length ?? 0;
    if (!plane || !epochs) return undefined;
    const { window, width, height } = plane;
    const [across, down] = [(x - plane.x) / width, (y - plane.y) / height];
    if (across < 0 || across > 1 || down < 0 || down > 1) return undefined;
    const [[from, to]] = window;
    return { kind: "epoch", epoch: within(Math.round(from + across * (to - from)) - 1, epochs) };
  },

  next({ report }, from, key) {
    const epochs = report?.training?.training_loss.length ?? 0;
    const step = STEPS[key];
    if (!epochs || !step) return undefined;
    const at = from?.kind === "epoch" ? from.epoch + step : step < 0 ? 0 : epochs - 1;
    return { kind: "epoch", epoch: within(at, epochs) };
  },

  outlines({ layout: { plane } }, target) {
    if (!plane || target.kind !== "epoch") return [];
    const [[from, to]] = plane.window;
    const x = plane.x + ((target.epoch + 1 - from) / (to - from)) * plane.width;
    return [`M${x} ${plane.y}v${plane.height}`];
  },

  words({ report }, target) {
    const { training_loss: training, held_out_loss: heldOut } = report?.training ?? {};
    if (target.kind !== "epoch" || !training) return "";
    const { epoch } = target;
    const held = heldOut?.[epoch];
    const other = held === undefined ? "" : `, ${loss(held)} on those held out`;
    const whole = `Epoch ${epoch + 1}: loss ${loss(training[epoch]!)} on the images trained on${other}.`;
    return whole + partsOf(report?.training?.parts, epoch);
  },

  opens: ({ opens }, target) =>
    opens && target.kind === "epoch" ? { epoch: target.epoch + 1 } : undefined,
};

/** What the held-out loss of an epoch is added up from. */
function partsOf(parts: LossParts | null | undefined, epoch: number): string {
  const rebuilt = parts?.held_out_reconstruction[epoch];
  const penalty = parts?.held_out_penalty[epoch];
  if (!parts || rebuilt === undefined || penalty === undefined) return "";
  const times = `counts ${parts.weight} times`;
  if (parts.penalty === "divergence") {
    const whole = significant(rebuilt * parts.numbers, 4);
    return ` Held out: reconstruction ${loss(rebuilt)}, ${whole} for a whole image; divergence ${significant(penalty, 4)} nats an image, which ${times}.`;
  }
  const share = parts.active_share[epoch];
  const active = share === undefined ? "" : `; ${Math.round(100 * share)} % of latents are not 0`;
  return ` Held out: reconstruction ${loss(rebuilt)}; sum of absolute latents ${significant(penalty, 3)} an image, which ${times}${active}.`;
}
