/**
 * Networks that burn's autodiff trains, by the packages that a page fetches for them: on the CPU as Keras
 * does, on WebGPU as on the CPU.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { visit } from "./harness";

interface Losses {
  training_loss: number[];
  held_out_loss: number[];
}

interface Task {
  name: "general-cpu" | "general-webgpu";
  settings: { classes: number[]; epochs: number } & Record<string, unknown>;
  /** Images of a class, at most. */
  limit?: number;
}

/** The losses of a run, in the page itself, which opens an engine once. */
async function losses({ name, settings, limit = Infinity }: Task): Promise<Losses> {
  interface Run {
    start(settings: object, images: object[], trained: undefined, sources: object): void;
    advance(ms: number): Promise<{ report: { training?: Losses } }>;
  }
  interface Package {
    default(): Promise<unknown>;
    Engine: { open(lost: () => void): Promise<Run> };
  }
  const opened = ((window as { engines?: Record<string, Run> }).engines ??= {});
  if (!opened[name]) {
    const found = (await import(new URL(`${name}.js`, document.baseURI).href)) as Package;
    await found.default();
    opened[name] = await found.Engine.open(() => {});
  }
  const engine = opened[name];
  const HEADER = 16;
  const images = await Promise.all(
    settings.classes.map(async (label) => {
      const { body } = await fetch(`data/mnist/${label}.idx.gz`);
      const unpacked = body!.pipeThrough(new DecompressionStream("gzip"));
      const all = new Uint8Array(await new Response(unpacked).arrayBuffer());
      const count = Math.min(limit, new DataView(all.buffer).getUint32(4));
      const bytes = all.slice(0, HEADER + count * 28 * 28);
      new DataView(bytes.buffer).setUint32(4, count);
      return { label, bytes };
    }),
  );
  engine.start(settings, images, undefined, {});
  for (;;) {
    const { training } = (await engine.advance(500)).report;
    if (training?.held_out_loss.length === settings.epochs) return training;
  }
}

function trained(page: Page, task: Task): Promise<Losses> {
  return page.evaluate(losses, task);
}

function assertClose(what: string, found: number[], expected: number[], tolerance: number): void {
  for (const [epoch, loss] of found.entries()) {
    const off = Math.abs(loss / expected[epoch]! - 1);
    assert.ok(off < tolerance, `${what}, epoch ${epoch + 1}: ${loss}, off by ${off}`);
  }
}

test("the CPU's package trains a convolutional network as Keras does", async () => {
  const { runs } = JSON.parse(readFileSync("tests/oracle/keras_general.json", "utf8")) as {
    runs: ({ name: string; settings: Task["settings"] } & Losses)[];
  };
  const { settings, ...keras } = runs.find(({ name }) => name === "convolution")!;
  await visit({}, async (page) => {
    const task: Task = { name: "general-cpu", settings: { ...settings, epochs: 3 } };
    const { training_loss, held_out_loss } = await trained(page, task);
    assert.equal(training_loss.length, 3);
    assertClose("training", training_loss, keras.training_loss, 5e-3);
    assertClose("held out", held_out_loss, keras.held_out_loss, 5e-3);
  });
});

const SMALL = { classes: [0, 1], dims: 4, batch_size: 24, learning_rate: 0.01, epochs: 2 };
const CONVOLUTIONAL = { ...SMALL, kind: "convolutional", filters: [3, 4] };

test("the CPU's package has all that any activation and either loss needs", async () => {
  await visit({}, async (page) => {
    const activations = "relu elu selu silu gelu softplus tanh sigmoid linear".split(" ");
    const kinds = [CONVOLUTIONAL, { ...SMALL, hidden: [9] }];
    for (const [at, activation] of activations.entries()) {
      for (const kind of kinds) {
        const settings = { ...kind, activation, loss: at % 2 ? "mse" : "bce" };
        const task: Task = { name: "general-cpu", settings, limit: 40 };
        const { training_loss } = await trained(page, task);
        assert.ok(training_loss[1]! < training_loss[0]!, `${activation} learns`);
      }
    }
  });
});

test("both engines learn the same", async () => {
  await visit({ webgpu: "software" }, async (page) => {
    const settings = { ...CONVOLUTIONAL, activation: "gelu" };
    for (const loss of ["bce", "mse"]) {
      const small = { settings: { ...settings, loss }, limit: 40 };
      const cpu = await trained(page, { ...small, name: "general-cpu" });
      const gpu = await trained(page, { ...small, name: "general-webgpu" });
      assert.ok(cpu.held_out_loss[1]! < cpu.held_out_loss[0]!, "something is learned");
      assertClose("training", gpu.training_loss, cpu.training_loss, 1e-3);
      assertClose("held out", gpu.held_out_loss, cpu.held_out_loss, 1e-3);
    }
  });
});
