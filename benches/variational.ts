/** Training of a variational network beside TensorFlow.js. */
import assert from "node:assert/strict";

import { PEER, workbench } from "./against";
import { paired, say } from "./line";
import type { Subject } from "./page/bench";

const HIDDEN = 256;
const DIMS = 2;
const EPOCHS = 6;
/** What two networks of different first weights may end apart, as a share of the loss. */
const APART = 0.05;

/** 784-256-2 and back on 2,560 digits, batch 256; the two in turn. */
export async function vaeTrainEpoch(name: string, repeats: number): Promise<void> {
  const settings: Subject["settings"] = {
    hidden: [HIDDEN],
    dims: DIMS,
    epochs: EPOCHS,
    variant: { variational: true },
    permutations: 1,
    seed: 1,
    method: "sampled",
  };
  const source = { kind: "digits" as const, labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], limit: 3011 };
  await workbench(async (bench) => {
    const [ours, theirs]: number[][] = [[], []];
    let more: Record<string, unknown> = {};
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const run = await bench.ours({ engine: "cpu", source, settings });
      ours!.push(run.stages.training! / EPOCHS);
      const job = { type: "train-variational" as const, hidden: HIDDEN, dims: DIMS };
      const peer = await bench.peer("wasm", { ...job, epochs: EPOCHS });
      theirs!.push(peer.ms);
      const [loss, peerLoss] = [run.held_out_loss.at(-1)!, peer.values.at(-1)!];
      const off = Math.abs(loss / peerLoss - 1);
      assert.ok(off < APART, `the loss is ${loss} here and ${peerLoss} in the peer`);
      more = {
        images: run.training,
        held_out: run.held_out,
        held_out_loss: loss,
        peer_held_out_loss: peerLoss,
      };
    }
    say(paired(name, ours!, `${PEER.wasm}, optimizer.minimize`, theirs!, { ratio: 4 }, more));
  });
}
