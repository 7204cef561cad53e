/** How many workers measure. */
import type { Network } from "../report";
import type { Demand, Stage } from "./messages";

/** As many as help, or so many whatever the work; the one that has the run counts. */
export type Workers = "auto" | number;

/**
 * Work that makes one more worker worth its while, in the multiply-adds that
 * `src/importance/cost.rs` counts: about a quarter of a second. To start a worker takes a fifth of
 * that, and what it has to prepare for a stage is done by every worker alike. A first visitor's two
 * digits, whose exact stages take hundredths of a second, stay with the one worker that has trained.
 */
const WORTHWHILE = 5e9;

/** What engines count for a row through a black box of which nothing is known, in multiply-adds. */
const BLACK_BOX = 1e6;

/** So many of them take a millisecond. */
const EACH_MS = 2e7;

/** What a run will take where a row of its network was timed, and takes longer than engines count. */
export function timed(demand: Demand, network: Network | undefined): Demand {
  const [encoder, decoder] = [network?.encoder, network?.decoder].map((half) => {
    const [layer] = Array.isArray(half) ? half : [];
    if (!layer?.black_box) return 1;
    const { work = BLACK_BOX } = layer.black_box["black-box"];
    return Math.max(1, ((layer.graph?.row_ms ?? 0) * EACH_MS) / work);
  });
  return {
    ...demand,
    pixel_importance: demand.pixel_importance * encoder!,
    ...(demand.group_importance && { group_importance: demand.group_importance * encoder! }),
    latent_importance: demand.latent_importance * decoder!,
  };
}

/**
 * How many helpers each stage gets, where it gets any. Never more than have room in a page's
 * memory, as each has its own copy of the held-out images and of the weights.
 */
export function helpers(demand: Demand, workers: Workers, cores: number): Map<Stage, number> {
  const { group_importance: groups } = demand;
  const stages: [Stage, number][] = [
    ["pixel-importance", demand.pixel_importance],
    ...(groups ? [["group-importance", groups] as [Stage, number]] : []),
    ["latent-importance", demand.latent_importance],
  ];
  const each = stages.map(([stage, work]): [Stage, number] => {
    const useful = Math.min(Math.floor(work / WORTHWHILE), free(cores));
    const helping = (workers === "auto" ? useful : workers) - 1;
    return [stage, Math.min(helping, demand.room)];
  });
  return new Map(each.filter(([, helping]) => helping > 0));
}

/**
 * Cores that a page can measure on. While it does, the page itself draws a few frames a second; where
 * there are more than two cores, one is left to it and to whatever else the visitor does.
 */
export function free(cores: number): number {
  return cores > 2 ? cores - 1 : cores;
}
