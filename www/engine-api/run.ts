/** One run of the engine as a promise. */
import { unlessAborted, whenAborted } from "../calls/ends";
import type { Engines } from "../engine/engines";
import { History } from "../engine/history";
import { type Job, type Moment, type Progress, trains, type Update } from "../engine/messages";
import {
  type EngineName,
  type Measure,
  merge,
  type Network,
  type Report,
  type RunSettings,
  type Variant,
} from "../report";
import type { Ask } from "../functions/messages";
import type { Estimate } from "../graph/estimate";
import { LensError } from "./error";
import type { Label } from "./labels";

/**
 * What is to be trained and how importance is measured. By default the paper's: all classes of the
 * images, a dense network of 12 latent dimensions without hidden layers, ReLU and cross-entropy, 50 epochs, 15 of 100 images held out and explained,
 * exact importance where that is affordable and 4 permutations elsewhere, seed 1.
 */
export interface Settings extends Partial<
  Omit<RunSettings, "classes" | "explain" | "measure" | "variant">
> {
  /** By their labels. */
  classes?: ArrayLike<Label>;
  /** A kind of autoencoder by its name, such as `keras-variational`: what is not set besides is as it says. */
  preset?: string;
  /** What the network and its training are beyond the paper's: variational, sparse, denoising. */
  variant?: Partial<Variant>;
  /** Which images importance is measured on; a number stands for so many of them. */
  explain?: RunSettings["explain"] | number;
  /** What is moved, whose values are given to whom, and whether other methods are asked as well. */
  measure?: Partial<Omit<Measure, "recipients">> & {
    /** All explained images, those of a class by its label, or one, counted from 1 as in `encoded`. */
    recipients?: "all" | `class:${string}` | `image:${number}`;
  };
}

/** What a run will take, before it begins. */
export type TimeEstimate = Estimate;

export interface RunOptions {
  /** Ends the run early: its promise rejects at once with the signal's reason, an `AbortError`. */
  signal?: AbortSignal | undefined;
  /** Hears several times a second how far the run has come. What it throws ends the run. */
  onProgress?: ((progress: RunProgress) => void) | undefined;
  /** What the report calls a network that is explained, such as the name of its file. */
  model?: string | undefined;
  /** Hears what it will take to explain functions, once these were tried. What it throws ends the run. */
  onEstimate?: ((estimate: TimeEstimate) => void) | undefined;
}

/** Of runs that train. */
export interface TrainingOptions extends RunOptions {
  /**
   * Whether importance is measured after the epochs of training too, by workers that are idle while it trains and
   * then, for no longer than the run has taken or five seconds, after it. The report then has `emergence`, which says of
   * which epochs it is, and the result `history`.
   */
  history?: boolean | undefined;
}

/** How far a run has come, and what it has found so far. */
export interface RunProgress extends Progress {
  /** Grows while the run goes on; parts that are not known yet are missing. */
  report: Partial<Report>;
}

/** A report in which the parts `K` are known. */
export type Knowing<K extends keyof Report> = Report & Required<Pick<Report, K>>;

export interface RunResult<K extends keyof Report> {
  /**
   * What was found, of which images and which model, with the settings, seed and version that give the
   * same numbers again.
   */
  report: Knowing<K>;
  /** The autoencoder, layer by layer. */
  network: Network;
  /**
   * Where it was asked for, the network after the epochs that were measured, ascending, and what was found of it: parts as
   * in the report. Epoch 0 is before training, the last is the end.
   */
  history?: Moment[];
}

/** Whether an update holds everything that was asked for. */
export type Wanted = "network" | "everything";

/** Runs `job`, and resolves once what is wanted is known and nothing more is calculated. */
export async function follow<K extends keyof Report>(
  engines: Engines,
  engine: EngineName,
  job: Job,
  wanted: Wanted,
  { signal, onProgress, history: asked = false }: TrainingOptions,
  ask?: Ask,
): Promise<RunResult<K>> {
  const report: Partial<Report> = {};
  const isWatched = asked && wanted === "everything" && !job.network;
  const history = isWatched ? new History() : undefined;
  const end = new AbortController();
  const off = whenAborted(signal, () => end.abort(signal?.reason));
  let ended: Promise<void> | undefined;
  try {
    const network = await new Promise<Network>((resolve, reject) => {
      end.signal.addEventListener("abort", () => reject(end.signal.reason));
      let { network } = job;
      const update = ({ report: part, network: trained, snapshot, ...progress }: Update) => {
        if (snapshot) history?.snapshot(snapshot);
        if (!trains(progress.stage)) history?.trained(lastEpoch(report));
        network ??= trained;
        if (wanted === "network" && network) {
          // Importance, of which the engine has measured a little, was not asked for.
          if (part.encoded) merge(report, { encoded: part.encoded });
          return resolve(network);
        }
        merge(report, part);
        try {
          onProgress?.({ ...progress, report: { ...report } });
        } catch (error) {
          return reject(error);
        }
        if (progress.stage === "done" && network) resolve(network);
      };
      ({ ended } = engines.start(engine, job, Promise.resolve({ ...job, snapshots: isWatched }), {
        ...(history && { unmeasured: history }),
        ...(ask && { ask }),
        // Where nothing is to be measured, nobody needs to help.
        workers: wanted === "network" ? 1 : "auto",
        signal: end.signal,
        update,
        failed: (failure) => reject(LensError.from(failure)),
      }));
    });
    if (!history) return { report: report as Knowing<K>, network };
    // What is left of the epochs is measured after the run.
    await unlessAborted(ended!, end.signal);
    const moments = [...history.moments, lastMoment(report as Knowing<Measured>, network)];
    const emergence = await engines.emergence(moments, end.signal);
    if (emergence) report.emergence = emergence;
    return { report: report as Knowing<K>, network, history: moments };
  } finally {
    off();
    end.abort();
    await ended;
  }
}

/** What every run that measures finds. */
export type Measured =
  | "samples"
  | "encoded"
  | "pixel_importance"
  | "direction"
  | "latent_importance"
  | "latent_importance_rmse";

/** What a run that measures functions finds; with a function `decode`, all that others do. */
export type MeasuredOfFunctions = "encoded" | "pixel_importance" | "direction";

/** What a run that knows latents finds; with a function `decode`, reconstructions and latent importance as well. */
export type MeasuredOfLatents = "encoded" | "direction";

function lastEpoch({ training }: Partial<Report>): number {
  return training?.held_out_loss.length ?? 0;
}

/** The run's own network, which is that of the last epoch. */
function lastMoment(report: Knowing<Measured>, network: Network): Moment {
  const { samples, encoded, pixel_importance, direction } = report;
  const { latent_importance, latent_importance_rmse } = report;
  return {
    epoch: lastEpoch(report),
    network,
    samples,
    latents: encoded.latents,
    pixel_importance,
    direction,
    latent_importance,
    latent_importance_rmse,
  };
}
