/**
 * Importance of networks of any layers, and training of every kind of them: the WebGPU engine, on a software
 * adapter, beside the CPU engine.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import type { Engine, EngineModule } from "../../www/engine/messages";
import type { Activation, Kind, Margins, Pair, Shape, Window } from "../../www/network";
import type { ImageShape, TrainingHistory, Variant } from "../../www/report";
import { SITE, visit } from "./harness";

/** A layer, its weights by their sizes. */
interface Layer {
  kind?: Kind;
  sizes: [rows: number, columns: number][];
  activation: Activation;
}
interface Case {
  name: string;
  input: ImageShape;
  encoder: Layer[];
  latent: Shape;
  decoder: Layer[];
  permute?: "channel";
}

const NONE: Margins = [
  [0, 0],
  [0, 0],
];
/** As Keras pads 8 × 8 pixels at a stride of 2, and as PyTorch pads where it is told to. */
const KERAS: Margins = [
  [0, 1],
  [0, 1],
];
const BOTH: Margins = [
  [1, 1],
  [1, 1],
];

const image = (height: number, width: number, channels: number) => ({ height, width, channels });

function window(side: number, stride: number, padding: Margins, dilation = 1): Window {
  const both = (number: number): Pair => [number, number];
  return { size: both(side), stride: both(stride), dilation: both(dilation), padding };
}

const dense = (inputs: number, outputs: number, activation: Activation): Layer => ({
  sizes: [
    [inputs, outputs],
    [1, outputs],
  ],
  activation,
});

function convolution(
  [inputs, filters, groups]: [number, number, number],
  moves: Window,
  activation: Activation,
): Layer {
  const places = moves.size[0]! * moves.size[1]!;
  return {
    kind: { convolution: { filters, groups, window: moves } },
    sizes: [
      [(places * inputs) / groups, filters],
      [1, filters],
    ],
    activation,
  };
}

function transposed(
  [inputs, filters, groups]: [number, number, number],
  side: number,
  stride: number,
  cut: Margins,
  activation: Activation,
): Layer {
  return {
    kind: {
      transposed: {
        filters,
        groups,
        kernel: [side, side],
        stride: [stride, stride],
        dilation: [1, 1],
        cut,
      },
    },
    sizes: [
      [side * side * inputs, filters / groups],
      [1, filters],
    ],
    activation,
  };
}

/** A layer with factors and offsets, or without weights. */
const plain = (kind: Kind, channels = 0): Layer => ({
  kind,
  sizes: channels
    ? [
        [1, channels],
        [1, channels],
      ]
    : [],
  activation: "linear",
});

const CASES: Case[] = [
  {
    name: "strides and paddings, mirrored",
    input: image(8, 8, 1),
    encoder: [
      convolution([1, 4, 1], window(3, 2, KERAS), "relu"),
      convolution([4, 8, 1], window(3, 2, BOTH), "tanh"),
      dense(2 * 2 * 8, 3, "relu"),
    ],
    latent: { numbers: 3 },
    decoder: [
      dense(3, 2 * 2 * 8, "relu"),
      plain({ reshaping: { to: { image: image(2, 2, 8) } } }),
      transposed([8, 4, 2], 3, 2, KERAS, "relu"),
      transposed([4, 1, 1], 4, 2, BOTH, "sigmoid"),
    ],
  },
  {
    name: "colour, pooling, dilation, groups, upsampling",
    input: image(8, 8, 3),
    encoder: [
      convolution([3, 6, 3], window(3, 1, NONE, 2), { "leaky-relu": { slope: 0.1 } }),
      plain({ "max-pooling": { window: window(2, 1, BOTH) } }),
      plain({ "average-pooling": { window: window(3, 2, BOTH), counts_padding: false } }),
      convolution([6, 4, 2], window(2, 1, NONE), "gelu"),
      dense(2 * 2 * 4, 4, "tanh"),
    ],
    latent: { numbers: 4 },
    decoder: [
      dense(4, 2 * 2 * 4, "silu"),
      plain({ reshaping: { to: { image: image(2, 2, 4) } } }),
      plain({ upsampling: { factor: [2, 2], interpolation: "bilinear" } }),
      convolution([4, 4, 1], window(3, 1, BOTH), "relu"),
      plain({ upsampling: { factor: [2, 2], interpolation: "nearest" } }),
      convolution([4, 3, 1], window(3, 1, BOTH), "sigmoid"),
    ],
  },
  {
    name: "channels by themselves, normalisation, latents that are feature maps",
    input: image(8, 8, 2),
    encoder: [
      plain({
        padding: {
          margins: [
            [1, 0],
            [-1, 2],
          ],
        },
      }),
      convolution([2, 4, 1], window(3, 2, NONE), { elu: { alpha: 1 } }),
      plain("scaling", 4),
      plain({ normalisation: { over: "channels", epsilon: 0.001 } }, 4),
      convolution([4, 2, 1], window(3, 1, NONE), "softplus"),
      plain({
        reordering: {
          to: { planes: image(2, 2, 2) },
          order: [0, 2, 4, 6, 1, 3, 5, 7],
        },
      }),
    ],
    latent: { planes: image(2, 2, 2) },
    decoder: [
      plain({
        reordering: { to: { image: image(2, 2, 2) }, order: [0, 4, 1, 5, 2, 6, 3, 7] },
      }),
      plain({ normalisation: { over: "row", epsilon: 0.1 } }, 8),
      convolution([2, 4, 1], window(1, 1, NONE), "linear"),
      plain("softmax"),
      plain({ upsampling: { factor: [4, 4], interpolation: "bilinear-corners" } }),
      convolution([4, 2, 1], window(3, 1, BOTH), "sigmoid"),
    ],
    permute: "channel",
  },
  {
    name: "dense, of colour",
    input: image(6, 6, 3),
    encoder: [dense(108, 8, "relu"), dense(8, 3, "relu")],
    latent: { numbers: 3 },
    decoder: [dense(3, 108, "sigmoid")],
  },
];

interface Task {
  site: string;
  engine: string;
  subject: Omit<Case, "name" | "permute">;
  settings: object;
}

/** A program of the page's: explains the network, whose weights are drawn alike for both engines. */
async function explain({ site, engine, subject, settings }: Task): Promise<number[][]> {
  let state = 7;
  const draw = () => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff;
  const layer = ({ kind, sizes, activation }: Layer) => {
    const weights = sizes.map(([rows, columns]) => {
      const scale = 2 / Math.sqrt(rows);
      const data = Float32Array.from({ length: rows * columns }, () => (draw() - 0.4) * scale);
      return { data, shape: [rows, columns] };
    });
    return kind
      ? { kind, weights, activation }
      : { weight: weights[0], bias: weights[1]!.data, activation };
  };
  const network = {
    input: { image: subject.input },
    encoder: subject.encoder.map(layer),
    latent: subject.latent,
    decoder: subject.decoder.map(layer),
  };
  const { height, width, channels } = subject.input;
  const count = 11;
  const bytes = new Uint8Array(20 + count * height * width * channels);
  const header = new DataView(bytes.buffer);
  [0x0804, count, height, width, channels].forEach((word, at) => header.setUint32(4 * at, word));
  // Some are black, and there are few different ones.
  for (let at = 20; at < bytes.length; at += 1) {
    bytes[at] = draw() < 0.3 ? 0 : 51 * Math.floor(6 * draw());
  }
  // Opened once: there is one device a page.
  const all = globalThis as unknown as { opened?: Record<string, Promise<Engine>> };
  const open = async () => {
    const module = (await import(`${site}${engine}.js`)) as EngineModule & {
      default(): Promise<unknown>;
    };
    await module.default();
    return module.Engine.open((reason) => console.error(reason));
  };
  const opened = await ((all.opened ??= {})[engine] ??= open());
  const images = [{ label: 0, name: "0", bytes }];
  opened.start(settings as never, images, network as never, {});
  const report: Record<string, { mean: { data: Float32Array } }> = {};
  for (;;) {
    const update = await opened.advance(1000);
    Object.assign(report, update.report);
    if (update.stage === "done") break;
  }
  return ["pixel_importance", "latent_importance"].map((part) => [...report[part]!.mean.data]);
}

async function explained(page: Page, engine: string, subject: Case, method: string) {
  const { name: _, permute, ...rest } = subject;
  const settings = {
    classes: [0],
    dims: 1,
    epochs: 0,
    permutations: 2,
    method,
    seed: 3,
    permute: permute ?? "pixel",
  };
  const task: Task = { site: SITE, engine, subject: rest, settings };
  return page.evaluate(explain, task);
}

for (const method of ["sampled", "exact"]) {
  test(`both engines measure any layers alike: ${method}`, async () => {
    await visit({ webgpu: "software" }, async (page) => {
      for (const subject of CASES) {
        const [gpu, cpu] = [
          await explained(page, "general-webgpu", subject, method),
          await explained(page, "general-cpu", subject, method),
        ];
        for (const [at, what] of ["V", "IE"].entries()) {
          const [ours, theirs] = [gpu[at]!, cpu[at]!];
          assert.equal(ours.length, theirs.length);
          const largest = Math.max(...theirs);
          assert.ok(largest > 0, `${subject.name}: ${what} is 0`);
          const off = Math.max(...ours.map((value, cell) => Math.abs(value - theirs[cell]!)));
          assert.ok(
            off <= 1e-4 * largest,
            `${subject.name}: ${what} is off by ${off} of ${largest}`,
          );
        }
      }
    });
  });
}

/** What is trained, of images of 7 × 6 pixels. */
const TRAINED: {
  name: string;
  settings: object;
  variant: Partial<Variant>;
}[] = [
  { name: "dense, variational", settings: {}, variant: { variational: true, beta: 0.5 } },
  {
    name: "dense, masking, dropout, weight decay, absolute differences, linear",
    settings: { hidden: [6], loss: "mae", activation: "tanh" },
    variant: {
      noise: "masking",
      noise_level: 0.3,
      dropout: 0.25,
      weight_decay: 0.1,
      output: "linear",
    },
  },
  {
    name: "convolutional, variational, noise",
    settings: { kind: "convolutional", filters: [2, 3], loss: "mse" },
    variant: { variational: true, noise: "gaussian", noise_level: 0.2 },
  },
];

interface Lesson {
  site: string;
  engine: string;
  settings: { epochs: number };
}

/** A program of the page's: trains, and gives how that went. */
async function train({ site, engine, settings }: Lesson): Promise<TrainingHistory> {
  let state = 11;
  const draw = () => (state = (state * 48271) % 0x7fffffff) / 0x7fffffff;
  const [count, height, width] = [40, 7, 6];
  const bytes = new Uint8Array(16 + count * height * width);
  const header = new DataView(bytes.buffer);
  [0x0803, count, height, width].forEach((word, at) => header.setUint32(4 * at, word));
  for (let at = 16; at < bytes.length; at += 1) bytes[at] = 1 + Math.floor(255 * draw());
  const all = globalThis as unknown as { opened?: Record<string, Promise<Engine>> };
  const open = async () => {
    const module = (await import(`${site}${engine}.js`)) as EngineModule & {
      default(): Promise<unknown>;
    };
    await module.default();
    return module.Engine.open((reason) => console.error(reason));
  };
  const opened = await ((all.opened ??= {})[engine] ??= open());
  opened.start(settings as never, [{ label: 0, name: "0", bytes }], undefined, {});
  let training: TrainingHistory | undefined;
  for (;;) {
    const update = await opened.advance(1000);
    const report: { training?: TrainingHistory | undefined } = update.report ?? {};
    training = report.training ?? training;
    if (training?.held_out_loss.length === settings.epochs || update.stage === "done") break;
  }
  return training!;
}

test("both engines train every kind of network alike", async () => {
  await visit({ webgpu: "software" }, async (page) => {
    for (const { name, settings, variant } of TRAINED) {
      const base = { classes: [0], dims: 3, epochs: 2, batch_size: 20, permutations: 1, seed: 3 };
      const all = { ...base, learning_rate: 0.01, ...settings, variant };
      const [gpu, cpu] = [
        await page.evaluate(train, {
          site: SITE,
          engine: "general-webgpu",
          settings: all,
        }),
        await page.evaluate(train, { site: SITE, engine: "general-cpu", settings: all }),
      ];
      const curves = ({
        training_loss,
        held_out_loss,
        parts,
      }: TrainingHistory): Record<string, number[]> => ({
        training_loss,
        held_out_loss,
        ...(parts && {
          reconstruction: parts.held_out_reconstruction,
          penalty: parts.held_out_penalty,
          training_penalty: parts.training_penalty,
          active_share: parts.active_share,
        }),
      });
      const [ours, theirs] = [Object.entries(curves(gpu)), Object.entries(curves(cpu))];
      assert.deepEqual(
        ours.map(([what]) => what),
        theirs.map(([what]) => what),
      );
      for (const [at, [what, values]] of ours.entries()) {
        const expected = theirs[at]![1];
        assert.equal(values.length, expected.length, `${name}: ${what}`);
        // No latent may be active in such a short training.
        const largest = Math.max(...expected) || 1;
        for (const [epoch, value] of values.entries()) {
          const off = Math.abs(value - expected[epoch]!) / largest;
          assert.ok(
            off < 2e-3,
            `${name}: ${what} of epoch ${epoch + 1} is ${value}, not ${expected[epoch]}`,
          );
        }
      }
      assert.equal(gpu.training_loss.length, 2, name);
    }
  });
});
