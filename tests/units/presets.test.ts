/** Kinds of autoencoders by one name, and settings of kinds: what they set, and when they have a bearing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { networkLine } from "../../www/element/setup";
import { packageOf } from "../../www/engine/package";
import {
  NETWORK_PRESETS,
  PRESET_SOURCES,
  presetNamed,
  presetOf,
  presetTexts,
} from "../../www/network-presets";
import type { RunSettings } from "../../www/report";
import {
  isAbout,
  isSameNetwork,
  type Name,
  queryOf,
  readQuery,
  readSettings,
  Refusal,
  runSettings,
  SETTINGS,
  type Texts,
  textsOf,
  trainedWith,
} from "../../www/settings";

const IMAGE = { height: 28, width: 28, channels: 1 };

function read(texts: Texts) {
  return readSettings((name) => texts[name] ?? null);
}

/** What the tutorials themselves say, apart from the table. */
const TAUGHT: Record<string, Partial<RunSettings>> = {
  "keras-simple": { dims: 32, hidden: [], loss: "bce", epochs: 50, batch_size: 256 },
  "keras-sparse": { dims: 32, epochs: 100, batch_size: 256 },
  "keras-deep": { dims: 32, hidden: [128, 64], epochs: 100, batch_size: 256 },
  "keras-convolutional": { filters: [16, 8, 8], dims: 4 * 4 * 8, epochs: 50, batch_size: 128 },
  "keras-denoising": { filters: [32, 32], epochs: 100, batch_size: 128 },
  "keras-variational": { dims: 2, hidden: [64], epochs: 100, batch_size: 32 },
  "tensorflow-basic": { dims: 64, hidden: [], loss: "mse", epochs: 10, batch_size: 32 },
  "tensorflow-denoising": { filters: [16, 8], loss: "mse", epochs: 10, batch_size: 32 },
  "tensorflow-anomalies": { hidden: [32, 16], dims: 8, loss: "mae", epochs: 20, batch_size: 512 },
  "pytorch-variational": { dims: 20, hidden: [400], epochs: 10, batch_size: 128 },
  paper: { dims: 12, hidden: [], epochs: 50, batch_size: 256 },
};

const VARIANTS: Record<string, Partial<RunSettings["variant"]>> = {
  "keras-sparse": { sparsity: 1e-4 },
  "keras-convolutional": { downsampling: "pooling" },
  "keras-denoising": { downsampling: "pooling", noise: "gaussian", noise_level: 0.5 },
  "keras-variational": { variational: true, beta: 1 },
  "tensorflow-denoising": { downsampling: "strided", noise: "gaussian", noise_level: 0.2 },
  "pytorch-variational": { variational: true, beta: 1 },
};

test("every preset is what its source teaches", () => {
  assert.deepEqual(
    NETWORK_PRESETS.map(({ name }) => name).sort(),
    Object.keys(TAUGHT).sort(),
    "each once",
  );
  for (const preset of NETWORK_PRESETS) {
    const { values, refusals } = read(presetTexts(preset));
    assert.deepEqual(refusals, {}, preset.name);
    const settings = runSettings(values);
    const { kind, activation, learning_rate, variant } = settings;
    assert.equal(activation, "relu");
    assert.equal(learning_rate, 0.001);
    const taught = TAUGHT[preset.name]!;
    assert.equal(kind, taught.filters ? "convolutional" : "dense", preset.name);
    for (const [field, value] of Object.entries(taught)) {
      assert.deepEqual(settings[field as keyof RunSettings], value, `${preset.name}: ${field}`);
    }
    for (const [field, value] of Object.entries(VARIANTS[preset.name] ?? {})) {
      assert.equal(variant?.[field as keyof typeof variant], value, `${preset.name}: ${field}`);
    }
    assert.equal(variant !== undefined, preset.name in VARIANTS, preset.name);
    // All but the paper's and the two that the small package trains are of the large one.
    const small = ["paper", "keras-simple", "keras-deep"].includes(preset.name);
    assert.equal(packageOf("cpu", { settings }), small ? "engine-cpu" : "general-cpu");
  }
});

test("every preset says what it teaches, where it is from, and what is otherwise there", () => {
  for (const { name, source, teaches, differs } of NETWORK_PRESETS) {
    assert.ok(
      PRESET_SOURCES.some((each) => each.name === source),
      name,
    );
    assert.match(teaches, /^[A-Z].*\.$/, name);
    assert.equal(differs === "", name === "paper", name);
  }
  for (const { address } of PRESET_SOURCES) assert.match(address, /^https:/);
});

test("a preset undoes another one, and is known by its settings", () => {
  let texts: Texts = {};
  for (const preset of [...NETWORK_PRESETS, ...[...NETWORK_PRESETS].reverse()]) {
    texts = { ...texts, ...presetTexts(preset) };
    assert.equal(presetOf(read(texts).values)?.name, preset.name);
    const query = readQuery(`?${queryOf((name) => texts[name] ?? null)}`);
    assert.equal(presetOf(read(Object.fromEntries(query)).values)?.name, preset.name);
  }
  assert.equal(presetOf(read({}).values)?.name, "paper");
  assert.equal(presetOf(read({ dims: "13" }).values), undefined);
  // What has no bearing on it does not matter, nor does how it is written.
  assert.equal(presetOf(read({ "noise-level": "0.3", beta: "4" }).values)?.name, "paper");
  const deep = { ...presetTexts(presetNamed("keras-deep")), "hidden-layers": " 128  64" };
  assert.equal(presetOf(read(deep).values)?.name, "keras-deep");
  assert.throws(
    () => presetNamed("keras"),
    (error: Error) => {
      return (
        error instanceof Refusal && /^Preset must be one of keras-simple, /.test(error.message)
      );
    },
  );
});

test("what a network has no use for is not asked for, and does not reach the engine", () => {
  const about = (texts: Texts) => {
    const { values } = read(texts);
    const asked: Name[] = ["beta", "sparsity", "noise-level", "output", "downsampling"];
    return asked.filter((name) => isAbout(name, values));
  };
  assert.deepEqual(about({}), ["sparsity"]);
  assert.deepEqual(about({ variational: "" }), ["beta"]);
  // Both at once are refused by the engine, at the field that is seen.
  assert.deepEqual(about({ variational: "", sparsity: "0.1" }), ["beta", "sparsity"]);
  assert.deepEqual(about({ noise: "masking" }), ["sparsity", "noise-level"]);
  assert.deepEqual(about({ loss: "mae" }), ["sparsity", "output"]);
  assert.deepEqual(about({ output: "linear" }), ["sparsity", "output"]);
  assert.deepEqual(about({ kind: "convolutional" }), ["sparsity", "downsampling"]);

  const variant = (texts: Texts) => runSettings(read(texts).values).variant;
  assert.equal(variant({ beta: "4", "noise-level": "0.1", downsampling: "pooling" }), undefined);
  assert.equal(variant({ variational: "", sparsity: "0.1" })?.sparsity, 0.1);
  assert.equal(variant({ output: "linear" })?.output, "linear");
});

test("a kind is the same again as texts, and another network than any other", () => {
  const all = NETWORK_PRESETS.map((preset) => runSettings(read(presetTexts(preset)).values));
  for (const [at, settings] of all.entries()) {
    const again = runSettings(read(textsOf(settings)).values);
    assert.ok(isSameNetwork(settings, again));
    for (const other of all.slice(at + 1)) assert.ok(!isSameNetwork(settings, other));
  }
});

test("a kind is said in one line and in a sentence", () => {
  const line = (texts: Texts) =>
    networkLine({ values: read(texts).values, image: IMAGE, brought: undefined });
  assert.equal(
    line({ variational: "", beta: "4", dims: "2" }),
    "784 – 2 – 784 · variational · β 4 · 50 epochs",
  );
  assert.equal(
    line({ noise: "gaussian", "noise-level": "0.3", dropout: "0.2" }),
    "784 – 12 – 784 · 50 epochs · Gaussian noise of 0.3 · dropout 0.2",
  );
  const told = (texts: Texts) => trainedWith(runSettings(read(texts).values)).join(", ");
  assert.equal(told({}), "");
  assert.equal(told({ beta: "4", "noise-level": "0.3" }), "");
  assert.equal(told({ variational: "", beta: "0.5" }), "variational, β 0.5");
  assert.equal(
    told({ noise: "masking", "noise-level": "0.3", loss: "mae", output: "linear" }),
    "loss MAE, linear output, masking noise of 0.3",
  );
  assert.equal(
    told({ kind: "convolutional", downsampling: "pooling", sparsity: "0.0001" }),
    "max-pooling, sparsity 0.0001",
  );
});

test("what is no value of a kind is refused in a sentence", () => {
  for (const [name, text, reason] of [
    ["beta", "-1", /^β must be a number from 0, such as 1\.$/],
    ["sparsity", "some", /^Sparsity must be a number from 0/],
    ["noise", "salt", /^Noise on images must be one of none, gaussian, masking\.$/],
    ["noise-level", "", /^Level of noise must be a number above 0/],
    ["dropout", "half", /^Dropout must be a number from 0 to 0\.9/],
    ["weight-decay", "x", /^Weight decay must be a number from 0 to 1/],
    ["output", "tanh", /^Output must be one of sigmoid, linear\.$/],
    ["downsampling", "2", /^Downsampling must be one of strided, pooling\.$/],
  ] as [Name, string, RegExp][]) {
    assert.match(read({ [name]: text }).refusals[name]!, reason, name);
    assert.equal(`${read({ [name]: text }).values[name]}`, SETTINGS[name].initial);
  }
});
