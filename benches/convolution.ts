/** Training of a convolutional network beside Keras as a native program, and beside TensorFlow.js. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { env } from "node:process";

import { workbench } from "./against";
import { paired, say } from "./line";

const FILTERS: [number, number] = [8, 16];
const DIMS = 12;
const EPOCHS = 6;
/** The peer's, which takes seconds for each. */
const FEW = 3;
const TENSORFLOW = "TensorFlow.js 4.22.0 in JavaScript";

interface Keras {
  ms: number;
  held_out_loss: number;
  version: string;
}

/** An epoch of Keras by the program that KERAS names, a Python that has it (tests/oracle/README.md). */
function keras(): Keras | undefined {
  const python = env["KERAS"];
  if (!python) return undefined;
  const output = execFileSync(python, ["benches/keras_epoch.py", String(EPOCHS)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output) as Keras;
}

/**
 * 1,807 digits 0 and 1, 28 x 28 → 8 → 16 → 12 and back, batch 256. TensorFlow.js' wasm backend has no
 * gradient of a convolution's filter, and on a software adapter its WebGPU takes two minutes for an epoch: without a
 * graphics card, its plain JavaScript is the fastest that it has.
 */
export async function convTrainEpoch(name: string, repeats: number): Promise<void> {
  const settings = {
    kind: "convolutional" as const,
    filters: FILTERS,
    dims: DIMS,
    epochs: EPOCHS,
    permutations: 1,
    seed: 1,
    method: "sampled" as const,
  };
  await workbench(async (bench) => {
    const [ours, native, theirs]: number[][] = [[], [], []];
    let more: Record<string, unknown> = {};
    let version = "";
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const source = { kind: "digits" as const, labels: [0, 1] };
      const run = await bench.ours({ engine: "cpu", source, settings });
      const loss = run.held_out_loss.at(-1)!;
      ours!.push(run.stages.training! / EPOCHS);
      more = { images: run.training, held_out: run.held_out, held_out_loss: loss };
      const peer = keras();
      if (peer) {
        const off = Math.abs(loss / peer.held_out_loss - 1);
        assert.ok(off < 5e-3, `the loss is ${loss} here and ${peer.held_out_loss} in Keras`);
        native!.push(peer.ms);
        ({ version } = peer);
      }
      if (repeat === 0) {
        const job = { type: "train-convolution" as const, filters: FILTERS, dims: DIMS };
        theirs!.push((await bench.peer("cpu", { ...job, epochs: FEW })).ms);
      }
    }
    const tensorflow = { tensorflow: TENSORFLOW, tensorflow_ms: theirs![0] };
    const line = version
      ? paired(name, ours!, `${version}, native`, native!, { ratio: 0.4 })
      : paired(
          name,
          ours!,
          TENSORFLOW,
          ours!.map(() => theirs![0]!),
          {},
        );
    say({ ...line, ...more, ...(version ? tensorflow : {}) });
  });
}
