/** Trains a network on that was made from one of a run's, on the run's images: fetched where somebody wants that. */
import "../shared";
import type { Engines } from "../engine/engines";
import type { Job } from "../engine/messages";
import type { Failure } from "../failures";
import type { Network, Report } from "../report";
import type { Run } from "./run";

/** What has become of it. */
export interface TrainedOn {
  network: Network;
  /** Held-out losses after every epoch. */
  losses: number[];
  samples: Report["samples"] | undefined;
}

/** Rejects with a `Failure`; never settles once its signal is aborted. `progress` hears of shares of 1. */
export function trainOn(
  engines: Engines,
  { settings, choice, dataset }: Run,
  network: Network,
  dims: number,
  epochs: number,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<TrainedOn> {
  // As all that is done with a network beside the run itself, it is only trained.
  const { measure: _, ...own } = settings;
  const asked = { ...own, dims, epochs };
  const end = new AbortController();
  const over = () => end.abort();
  signal.addEventListener("abort", over);
  const engine = engines.pick(choice, asked);
  return new Promise<TrainedOn>((resolve, reject) => {
    if (!dataset) return reject(new Error("The images of this run are not open any more."));
    const images = dataset.images(asked.classes);
    images.catch(reject);
    const job = images.then((images): Job => ({
      settings: asked,
      images,
      network,
      trains_on: true,
    }));
    let losses: number[] = [];
    let samples: TrainedOn["samples"];
    engines.start(engine, { settings: asked, network, trains_on: true }, job, {
      workers: 1,
      signal: end.signal,
      update: ({ stage, done, total, report, network: trained }) => {
        if (stage === "training") progress(done / Math.max(1, total));
        losses = report.training?.held_out_loss.slice() ?? losses;
        samples = report.samples ?? samples;
        if (!trained) return;
        resolve({ network: trained, losses, samples });
        over();
      },
      failed: (failure: Failure) => reject(failure),
    });
  }).finally(() => {
    signal.removeEventListener("abort", over);
    over();
  });
}
