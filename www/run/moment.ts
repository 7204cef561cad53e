/** The report of a run as it was after one of its epochs. */
import type { Moment } from "../engine/messages";
import type { Encoded, LossParts, Report } from "../report";
import type { Run } from "./run";

/** What is known of the network as trained alone. */
const OF_LAST = [
  "groups",
  "donor_checks",
  "reconstruction_errors",
  "opinions",
  "image_errors",
  "divergence",
  "factors",
  "emergence",
  "controls",
  "networks",
  "smaller",
  "sizes",
] as const satisfies (keyof Report)[];

/** `images` are those that are explained, where the run has not said so yet. */
export function reportAt(
  run: Partial<Report>,
  moment: Moment,
  images: Omit<Encoded, "latents"> | undefined,
): Partial<Report> {
  const report: Partial<Report> = { ...run };
  for (const part of OF_LAST) delete report[part];
  const { epoch, samples, latents, pixel_importance, direction } = moment;
  const { latent_importance, latent_importance_rmse } = moment;
  const explained = run.encoded ?? images;
  const { training } = run;
  const upTo = (losses: number[]) => losses.slice(0, epoch);
  Object.assign(report, {
    samples,
    pixel_importance,
    direction,
    latent_importance,
    latent_importance_rmse,
    ...(explained && { encoded: { ...explained, latents } }),
    ...(training && {
      training: {
        ...training,
        training_loss: upTo(training.training_loss),
        held_out_loss: upTo(training.held_out_loss),
        ...(training.parts && { parts: partsUpTo(training.parts, epoch) }),
      },
    }),
  });
  return report;
}

/** What the loss is added up from, as it was known after an epoch. */
function partsUpTo(parts: LossParts, epoch: number): LossParts {
  const known = Object.entries(parts).map(([name, found]) => [
    name,
    Array.isArray(found) ? found.slice(0, epoch) : found,
  ]);
  return Object.fromEntries(known) as LossParts;
}

/** All epochs of a run that are measured, its end among them; none before that is. */
export function momentsOf({ history, report, network, isMeasured }: Run): Moment[] {
  const { training, samples, encoded, pixel_importance, direction, latent_importance } = report;
  const epoch = training?.held_out_loss.length;
  if (!isMeasured || !epoch || !network || !samples || !encoded) return [];
  if (!pixel_importance || !direction || !latent_importance) return [];
  const { latent_importance_rmse } = report;
  const last: Moment = {
    epoch,
    network,
    samples,
    latents: encoded.latents,
    pixel_importance,
    direction,
    latent_importance,
    ...(latent_importance_rmse && { latent_importance_rmse }),
  };
  return [...history.moments, last];
}
