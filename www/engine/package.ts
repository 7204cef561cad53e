/**
 * The wasm packages of the engines. Each engine is there twice: a small package, which trains the
 * paper's networks and explains dense ones as the paper does, and one that also knows all other layers,
 * activations, losses and ways to measure, and comes in its place where a run needs it.
 */
import { isDense, type Network } from "../network";
import type { EngineName, RunSettings, Sources } from "../report";

/** A file's name, without its ending. */
export type EnginePackage = `${"engine" | "general"}-${EngineName}`;

/** What a run is of: what is to be trained, or a network that is. */
export interface Needs {
  settings: Pick<RunSettings, "kind" | "activation" | "loss" | "measure"> &
    Partial<Pick<RunSettings, "variant" | "split_seed" | "weights_seed" | "order_seed">>;
  network?: Network | undefined;
  /** What its rows are: the mean of signals, under which importance is drawn, is calculated by the larger packages. */
  sources?: Sources | undefined;
  /** Networks that were brought to be compared with it. */
  others?: readonly unknown[] | undefined;
  /** Whether that one is only trained on. */
  trains_on?: boolean;
}

/** The package of an engine that can do a run. */
export function packageOf(
  engine: EngineName,
  { settings, network, sources, others = [], trains_on }: Needs,
): EnginePackage {
  const { kind, activation, loss, measure, variant } = settings;
  const { split_seed, weights_seed, order_seed } = settings;
  const seeds = split_seed ?? weights_seed ?? order_seed;
  const usual = network
    ? isDense(network) && !network.log_variance
    : kind === "dense" && activation === "relu" && loss === "bce";
  const paper = !measure && !variant && seeds === undefined && others.length === 0;
  const isSignal = sources?.data?.form === "signal";
  const small = usual && paper && !trains_on && !isSignal;
  return `${small ? "engine" : "general"}-${engine}`;
}
