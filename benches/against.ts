/** Our engines beside TensorFlow.js in one browser, one after the other. */
import assert from "node:assert/strict";

import type { Page } from "playwright-core";

import { visit } from "../tests/browser/harness";
import { paired, say } from "./line";
import type { Bench, Kernel, Subject } from "./page/bench";
import type { OnnxPair } from "./page/onnx";
import type { Answer, Backend, Job } from "./page/tensorflow";

export const PEER = {
  wasm: "TensorFlow.js 4.22.0 wasm SIMD",
  webgpu: "TensorFlow.js 4.22.0 WebGPU",
};
const DIGITS = { kind: "digits" as const, labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] };
const PERMUTATIONS = 4;
const SEED = 1;

type Ours = Awaited<ReturnType<Bench["ours"]>>;

/** The benchmark's page, whose functions run in it. */
export class Workbench {
  constructor(readonly page: Page) {}

  ours(subject: Subject): Promise<Ours> {
    return this.page.evaluate(
      (subject) => (window as unknown as { bench: Bench }).bench.ours(subject),
      subject,
    );
  }

  kernels(): Promise<Kernel[]> {
    return this.page.evaluate(() => (window as unknown as { bench: Bench }).bench.kernels());
  }

  integrated(): Promise<Answer> {
    return this.page.evaluate(() => (window as unknown as { bench: Bench }).bench.integrated());
  }

  onnx(...asked: Parameters<Bench["onnx"]>): Promise<OnnxPair> {
    return this.page.evaluate(
      (asked) => (window as unknown as { bench: Bench }).bench.onnx(...asked),
      asked,
    );
  }

  peer(backend: Backend, job: Job): Promise<Answer> {
    return this.page.evaluate(
      ([backend, job]) => (window as unknown as { bench: Bench }).bench.peer(backend, job),
      [backend, job] as const,
    );
  }
}

export async function workbench(
  use: (bench: Workbench) => Promise<void>,
  webgpu: "software" | "none" = "none",
): Promise<void> {
  // What TensorFlow.js has to say of itself.
  const expected = /tensorflow|onnxruntime|webgpu|shader|powerPreference|kernel/i;
  await visit({ query: "bench.html", webgpu, expected }, async (page) => {
    await page.waitForFunction(() => "bench" in window);
    // Neither side may have what a static server does not give.
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    await use(new Workbench(page));
  });
}

/** Stages 1 and 3 on the held-out 1,500 of ten digits, 784-32-784. */
export async function stages(wanted: Set<string>, repeats: number): Promise<void> {
  const base = { dims: 32, hidden: [], epochs: 2, permutations: PERMUTATIONS, seed: SEED };
  const by = (method: "exact" | "sampled"): Subject => ({
    engine: "cpu",
    source: DIGITS,
    settings: { ...base, method },
  });
  await workbench(async (bench) => {
    const ms: Record<string, number[]> = {};
    const note = (name: string, value: number) => (ms[name] ??= []).push(value);

    let size: Record<string, unknown> = {};
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      let exact: Ours | undefined;
      if (wanted.has("stage1_exact") || wanted.has("stage3_exact")) {
        exact = await bench.ours(by("exact"));
        assert.equal(exact.method, "exact", "stage 1 was done by the method that was asked for");
        note("exact", exact.stages["pixel-importance"]!);
        note("exact3", exact.stages["latent-importance"]!);
      }
      const ours = await bench.ours(by("sampled"));
      assert.equal(ours.method, "sampled", "stage 1 was done by the method that was asked for");
      size = { images: ours.held_out, pixels: 784, dims: 32, permutations: PERMUTATIONS };
      note("sampled", ours.stages["pixel-importance"]!);
      note("stage3", ours.stages["latent-importance"]!);
      if (wanted.has("stage1_exact") || wanted.has("stage1_sampled")) {
        const peer = await bench.peer("wasm", {
          type: "stage1",
          permutations: PERMUTATIONS,
          every: 1,
        });
        agree("V", ours.pixel_importance, peer.values, 0.02);
        note("peer", peer.ms);
      }
      if (wanted.has("stage1_rank_one")) {
        const peer = await bench.peer("wasm", {
          type: "stage1-rank-one",
          permutations: PERMUTATIONS,
          every: 1,
        });
        agree("V", ours.pixel_importance, peer.values, 0.02);
        note("rank-one", peer.ms);
      }
      if (wanted.has("stage3") || wanted.has("stage3_exact")) {
        const peer = await bench.peer("wasm", { type: "stage3", permutations: PERMUTATIONS });
        agree("IE", ours.latent_importance, peer.values, 0.02);
        if (exact) agree("exact IE", exact.latent_importance, peer.values, 0.02);
        note("peer3", peer.ms);
      }
    }
    const line = (name: string, ours: string, peer: string, ratio?: number, more = {}) =>
      wanted.has(name) &&
      say(
        paired(name, ms[ours]!, PEER.wasm, ms[peer]!, ratio ? { ratio } : {}, { ...size, ...more }),
      );
    line("stage1_exact", "exact", "peer", 150, { peer_method: "sampled" });
    line("stage1_sampled", "sampled", "peer", 60);
    line("stage1_rank_one", "sampled", "rank-one", undefined, {
      peer_method: "sampled, first layer by rank one",
    });
    line("stage3", "stage3", "peer3", 15);
    line("stage3_exact", "exact3", "peer3", undefined, { peer_method: "sampled" });
  });
}

/**
 * Stage 3 after 20 epochs: the larger weights have grown, the less of it a series can cover. Sampled,
 * and how long it takes exactly.
 */
export async function trainedStage3(name: string, repeats: number): Promise<void> {
  const epochs = 20;
  const base = { dims: 32, hidden: [], epochs, permutations: PERMUTATIONS, seed: SEED };
  await workbench(async (bench) => {
    const [exact, ours, theirs]: number[][] = [[], [], []];
    let images = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const by = (method: "exact" | "sampled") =>
        bench.ours({ engine: "cpu", source: DIGITS, settings: { ...base, method } });
      exact!.push((await by("exact")).stages["latent-importance"]!);
      const sampled = await by("sampled");
      ours!.push(sampled.stages["latent-importance"]!);
      images = sampled.held_out;
      const peer = await bench.peer("wasm", { type: "stage3", permutations: PERMUTATIONS });
      agree("IE", sampled.latent_importance, peer.values, 0.02);
      theirs!.push(peer.ms);
    }
    const size = { images, pixels: 784, dims: 32, permutations: PERMUTATIONS, epochs };
    say(paired(name, ours!, PEER.wasm, theirs!, {}, { ...size, exact_ms: exact! }));
  });
}

/** The AudioMNIST encoder on 200 random images of 32 x 32. */
export async function deepStage1(name: string, repeats: number): Promise<void> {
  const every = 16;
  // Of 1,333 images 200 are held out.
  const source = { kind: "random" as const, count: 1333, height: 32, width: 32, blank: 0 };
  const hidden = [512, 450, 384, 256, 192, 128, 96, 64];
  const settings = {
    dims: 32,
    hidden,
    epochs: 1,
    permutations: PERMUTATIONS,
    seed: SEED,
    method: "sampled" as const,
  };
  await workbench(async (bench) => {
    const [ours, theirs, halves]: number[][] = [[], [], []];
    let held_out = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const run = await bench.ours({ engine: "cpu", source, settings });
      held_out = run.held_out;
      ours!.push(run.stages["pixel-importance"]!);
      const job = { type: "stage1" as const, permutations: PERMUTATIONS };
      const part = await bench.peer("wasm", { ...job, every });
      const half = await bench.peer("wasm", { ...job, every: 2 * every });
      const mine = run.pixel_importance.filter((_, cell) => Math.floor(cell / 32) % every === 0);
      agree("V", mine, part.values, 0.05);
      theirs!.push(part.ms * every);
      halves!.push(part.ms / half.ms);
    }
    say(
      paired(
        name,
        ours!,
        PEER.wasm,
        theirs!,
        { ratio: 3 },
        {
          peer_fraction: 1 / every,
          // 2 where twice as many pixels take twice as long.
          peer_time_for_twice_the_fraction: halves!,
          images: held_out,
          pixels: 1024,
          layers: [1024, ...hidden, 32],
          permutations: PERMUTATIONS,
        },
      ),
    );
  });
}

/**
 * Stage 1 of digits 0 and 1 through convolutions of 8 and 16 filters and 12 dimensions, with the weights
 * that they begin with. The peer encodes all images for every permutation.
 */
export async function convStage1(name: string, repeats: number): Promise<void> {
  await workbench((bench) => convolutions(bench, name, "wasm", { repeats, every: 8, ratio: 20 }));
}

/** The same on a software adapter, where the peer would take many minutes: it does four pixels of a diagonal. */
export async function convStage1WebGpu(name: string, repeats: number): Promise<void> {
  await workbench(
    (bench) => convolutions(bench, name, "webgpu", { repeats, every: 203, ratio: 1 }),
    "software",
  );
}

interface Part {
  repeats: number;
  /** Only one pixel in so many is done by the peer. */
  every: number;
  ratio: number;
}

async function convolutions(
  bench: Workbench,
  name: string,
  backend: "wasm" | "webgpu",
  { repeats, every, ratio }: Part,
): Promise<void> {
  const source = { kind: "digits" as const, labels: [0, 1] };
  const settings = {
    kind: "convolutional" as const,
    dims: 12,
    epochs: 0,
    permutations: PERMUTATIONS,
    seed: SEED,
    method: "sampled" as const,
  };
  const [ours, theirs, halves]: number[][] = [[], [], []];
  let held_out = 0;
  const fraction = Math.ceil(784 / every) / 784;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    let run = await bench.ours({ engine: "cpu", source, settings });
    if (backend === "webgpu") {
      // The same network, so that no shader of training is compiled.
      const held_out = { ...settings, explain: "held-out" as const };
      run = await bench.ours({ engine: "webgpu", source, settings: held_out, again: true });
    }
    assert.equal(run.method, "sampled", "stage 1 was done by the method that was asked for");
    held_out = run.held_out;
    ours!.push(run.stages["pixel-importance"]!);
    const job = { type: "stage1" as const, permutations: PERMUTATIONS };
    const part = await bench.peer(backend, { ...job, every });
    const half = await bench.peer(backend, { ...job, every: 2 * every });
    const mine = run.pixel_importance.filter((_, cell) => Math.floor(cell / 12) % every === 0);
    agree("V", mine, part.values, 0.2);
    theirs!.push(part.ms / fraction);
    halves!.push(part.ms / half.ms);
  }
  const more = {
    peer_fraction: fraction,
    // 2 where twice as many pixels take twice as long.
    peer_time_for_twice_the_fraction: halves!,
    images: held_out,
    pixels: 784,
    filters: [8, 16],
    dims: 12,
    permutations: PERMUTATIONS,
  };
  say(paired(name, ours!, PEER[backend], theirs!, { ratio }, more));
}

/** Integrated gradients from 0 of every latent, in 32 steps, on the held-out 1,500 of ten digits. */
export async function gradients(name: string, repeats: number): Promise<void> {
  const [steps, every] = [32, 8];
  await workbench(async (bench) => {
    const run = await bench.ours({ engine: "cpu", source: DIGITS, settings: oneLayer(2) });
    // Compiles and warms up.
    await bench.integrated();
    const [ours, theirs, halves]: number[][] = [[], [], []];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const mine = await bench.integrated();
      const part = await bench.peer("wasm", { type: "gradients", steps, every });
      const half = await bench.peer("wasm", { type: "gradients", steps, every: 2 * every });
      const values = mine.values.filter((_, cell) => (cell % 32) % every === 0);
      agree("integrated gradients", values, part.values, 1e-3);
      ours!.push(mine.ms);
      theirs!.push(part.ms * every);
      halves!.push(part.ms / half.ms);
    }
    const more = {
      peer_fraction: 1 / every,
      // 2 where twice as many latents take twice as long.
      peer_time_for_twice_the_fraction: halves!,
      images: run.held_out,
      pixels: 784,
      dims: 32,
      steps,
    };
    say(paired(name, ours!, PEER.wasm, theirs!, { ratio: 5 }, more));
  });
}

/** The paper's ten-class network, for benchmarks that are about its training. */
function oneLayer(epochs: number) {
  return {
    dims: 32,
    hidden: [],
    epochs,
    permutations: 1,
    seed: SEED,
    method: "sampled" as const,
  };
}

export async function trainEpoch(name: string, repeats: number): Promise<void> {
  const epochs = 4;
  const settings = oneLayer(epochs);
  await workbench(async (bench) => {
    const [ours, fit, minimize]: number[][] = [[], [], []];
    let losses: Record<string, unknown> = {};
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const run = await bench.ours({ engine: "cpu", source: DIGITS, settings });
      ours!.push(run.stages.training! / epochs);
      const job = { type: "train" as const, dims: 32, epochs };
      const fitted = await bench.peer("wasm", { ...job, how: "fit" });
      const minimized = await bench.peer("wasm", { ...job, how: "minimize" });
      fit!.push(fitted.ms);
      minimize!.push(minimized.ms);
      losses = {
        images: run.training,
        held_out: run.held_out,
        held_out_loss: run.held_out_loss.at(-1),
        peer_held_out_loss: minimized.values.at(-1),
        peer_fit_held_out_loss: fitted.values.at(-1),
      };
    }
    say(
      paired(
        name,
        ours!,
        `${PEER.wasm}, optimizer.minimize`,
        minimize!,
        { ratio: 6 },
        {
          ...losses,
          peer_fit_ms: fit,
        },
      ),
    );
  });
}

export async function trainEpochWebGpu(name: string, repeats: number): Promise<void> {
  const epochs = 3;
  const settings = oneLayer(epochs);
  await workbench(async (bench) => {
    const [ours, theirs]: number[][] = [[], []];
    let more: Record<string, unknown> = {};
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const source = { ...DIGITS, limit: 3011 };
      const run = await bench.ours({ engine: "webgpu", source, settings });
      ours!.push(run.stages.training! / epochs);
      const job = { type: "train" as const, dims: 32, epochs };
      const peer = await bench.peer("webgpu", { ...job, how: "minimize" });
      theirs!.push(peer.ms);
      more = {
        images: run.training,
        held_out: run.held_out,
        held_out_loss: run.held_out_loss.at(-1),
        peer_held_out_loss: peer.values.at(-1),
      };
    }
    say(paired(name, ours!, PEER.webgpu, theirs!, { ratio: 1.5 }, more));
  }, "software");
}

/** Both sides measured the same thing: their totals differ by no more than chance. */
function agree(what: string, ours: number[], theirs: number[], share: number): void {
  assert.equal(ours.length, theirs.length, `${what}: how many numbers`);
  const [a, b] = [ours, theirs].map((values) => values.reduce((sum, value) => sum + value, 0));
  assert.ok(Math.abs(a! / b! - 1) < share, `${what} adds up to ${a} here and ${b} in the peer`);
}
