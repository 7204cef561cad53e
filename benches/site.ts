/**
 * The benchmark in a real browser: our engines beside TensorFlow.js, whole runs beside Keras, and
 * how quickly the page answers.
 *
 * `cargo xtask bench` builds and serves the site and calls this with the names of the benchmarks
 * to run (without a name: all that do not say otherwise). One JSON object a line.
 */
import { argv, env } from "node:process";

import {
  convStage1,
  convStage1WebGpu,
  deepStage1,
  gradients,
  stages,
  trainedStage3,
  trainEpoch,
  trainEpochWebGpu,
} from "./against";
import { clusters } from "./clusters";
import { convTrainEpoch } from "./convolution";
import { conditional, patches } from "./designs";
import { kernels } from "./kernels";
import { hover, redraw } from "./look";
import { memory } from "./memory";
import { onnxBlackBox, onnxStage1 } from "./onnx";
import { scaling } from "./scaling";
import { timeline } from "./timeline";
import { vaeTrainEpoch } from "./variational";
import { firstFigure, whole } from "./whole";

const STAGES = ["stage1_exact", "stage1_sampled", "stage1_rank_one", "stage3", "stage3_exact"];
const REPEATS = Number(env["REPEATS"] ?? 3);

interface Bench {
  names: string[];
  /** Runs those of its names that are wanted. */
  run(wanted: Set<string>): Promise<void>;
  /** Takes so long that it has to be asked for. */
  long?: boolean;
}

function bench(name: string, run: (name: string) => Promise<void>, long = false): Bench {
  return { names: [name], run: () => run(name), long };
}

const benches: Bench[] = [
  // From the same runs, since the peer takes a minute.
  { names: STAGES, run: (wanted) => stages(wanted, REPEATS) },
  bench("stage1_patches", (name) => patches(name, REPEATS)),
  bench("stage1_conditional", (name) => conditional(name, REPEATS)),
  bench("stage3_trained", (name) => trainedStage3(name, REPEATS)),
  bench("train_epoch", (name) => trainEpoch(name, REPEATS)),
  bench("train_epoch_webgpu", (name) => trainEpochWebGpu(name, REPEATS)),
  bench("vae_train_epoch", (name) => vaeTrainEpoch(name, REPEATS)),
  bench("first_figure", (name) => firstFigure(name, REPEATS)),
  bench("deep_stage1", (name) => deepStage1(name, REPEATS)),
  bench("conv_train_epoch", (name) => convTrainEpoch(name, REPEATS)),
  bench("conv_stage1", (name) => convStage1(name, REPEATS)),
  bench("conv_stage1_webgpu", (name) => convStage1WebGpu(name, 1)),
  bench("onnx_stage1", (name) => onnxStage1(name, REPEATS)),
  bench("onnx_black_box", (name) => onnxBlackBox(name, REPEATS)),
  bench("clusters", (name) => clusters(name, REPEATS)),
  bench("gradients", (name) => gradients(name, REPEATS)),
  bench("redraw", (name) => redraw(name)),
  bench("hover", (name) => hover(name)),
  bench("scaling", (name) => scaling(name, REPEATS)),
  bench("timeline", (name) => timeline(name, REPEATS)),
  bench("kernels", (name) => kernels(name)),
  bench("memory", (name) => memory(name)),
  bench("two_digits_cpu", (name) => whole(name, "cpu", "two digits")),
  bench("ten_digits_cpu", (name) => whole(name, "cpu", "ten digits")),
  // Ten minutes and more than an hour on a software adapter.
  bench("two_digits_webgpu", (name) => whole(name, "webgpu", "two digits"), true),
  bench("ten_digits_webgpu", (name) => whole(name, "webgpu", "ten digits"), true),
];

const wanted = new Set(argv.slice(2));
const known = benches.flatMap(({ names }) => names);
const unknown = [...wanted].find((name) => !known.includes(name));
if (unknown) {
  throw new Error(`there is no benchmark ${unknown}; there are ${known.join(", ")}`);
}
for (const { names, run, long } of benches) {
  const chosen = names.filter((name) => (wanted.size === 0 ? !long : wanted.has(name)));
  if (chosen.length > 0) await run(new Set(chosen));
}
