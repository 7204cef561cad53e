/** ONNX files beside ONNX Runtime Web: importance of patches of 4 × 4 pixels on 300 digits, by as many workers each. */
import assert from "node:assert/strict";

import { workbench } from "./against";
import { PAPER } from "./designs";
import { paired, say } from "./line";
import type { OnnxPair } from "./page/onnx";

const PEER = "ONNX Runtime Web 1.30.0 wasm SIMD";
const WORKERS = 2;
const PERMUTATIONS = 4;

/** A convolutional encoder that layers of our own cover. */
export function onnxStage1(name: string, repeats: number): Promise<void> {
  return pairs(name, repeats, { file: "convolutions", isGraph: false, target: 3 });
}

/**
 * One with LayerNorm, GELU and attention, which is run as it is. It takes minutes: before patches a run measures single
 * pixels, which takes 16 times as long.
 */
export function onnxBlackBox(name: string, repeats: number): Promise<void> {
  return pairs(name, repeats, { file: "transformer", isGraph: true, target: 0.5 });
}

async function pairs(
  name: string,
  repeats: number,
  { file, isGraph, target }: { file: string; isGraph: boolean; target: number },
): Promise<void> {
  await workbench(async (bench) => {
    const measured: OnnxPair[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const pair = await bench.onnx(file, WORKERS, PERMUTATIONS, PAPER);
      assert.equal(pair.is_graph, isGraph, `${file} is run as the benchmark says`);
      assert.ok(pair.off < 1e-4, `both differ by ${pair.off} of the largest importance`);
      measured.push(pair);
    }
    const ours = measured.map(({ ours_ms }) => ours_ms);
    const peer = measured.map(({ peer_ms }) => peer_ms);
    const off = Math.max(...measured.map(({ off }) => off));
    const more = {
      images: 300,
      patches: 49,
      permutations: PERMUTATIONS,
      dims: 12,
      workers: WORKERS,
      off,
    };
    say(paired(name, ours, PEER, peer, { ratio: target }, more));
  });
}
