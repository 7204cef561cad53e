/** Models that were brought, of whatever kind, on the way to a run. */
import { counts } from "../data/counts";
import type { Engines } from "../engine/engines";
import type { Job } from "../engine/messages";
import { Failure } from "../failures";
import { latentsOf } from "../functions/latents";
import type { TriedModel } from "../functions/model";
import type { ImageShape, Matrix, Report } from "../report";
import { LensError } from "./error";
import { follow, type RunOptions, type RunResult, type TrainingOptions } from "./run";

/** What a model is to explain. */
export interface Subject {
  engines: Engines;
  /** But for the network. */
  job: Omit<Job, "network">;
  image: ImageShape;
  onEstimate: RunOptions["onEstimate"];
}

/** Layers of our own are neither asked anything nor tried. */
export type Brought = Pick<TriedModel, "network" | "source" | "latents"> &
  Partial<Pick<TriedModel, "ask" | "takes">>;

/** Says what it will take, and explains it with the latents of its images where these are given. */
export function explain<K extends keyof Report>(
  { network, source, latents, ask, takes }: Brought,
  { engines, job, onEstimate }: Subject,
  options: TrainingOptions,
): Promise<RunResult<K>> {
  const { settings, images, sources } = job;
  if (takes) onEstimate?.(takes({ settings, images: explained(job) }));
  const all = {
    settings,
    images,
    network,
    sources: { ...sources, model: source },
    ...(latents && { latents: ordered(latents, images) }),
  };
  // Functions, whole graphs and layers other than dense ones are run on the CPU, whichever engine is open.
  return follow<K>(engines, "cpu", all, "everything", options, ask);
}

/** Latents of the images as the engine is given these. */
function ordered(latents: Matrix, images: Job["images"]): Matrix {
  const total = images.reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
  try {
    return latentsOf(latents, images, total);
  } catch (error) {
    throw error instanceof Failure ? LensError.from(error) : error;
  }
}

/** How many images are explained. */
function explained({ images, settings }: Subject["job"]): number {
  const count = (role: string | undefined, label: number) =>
    images
      .filter((each) => each.label === label && each.role === role)
      .reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
  const classes = settings.classes.map((label) => {
    const [own, test] = [
      count(undefined, label) + count("training", label),
      count("explained", label),
    ];
    const isTested = images.some(({ role }) => role !== undefined);
    return { count: own + test, ...(isTested && { explained: test }) };
  });
  return counts(classes, 0, settings, false).explained;
}
