/** What is said of a network: what there is between its layers, and which package can calculate it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOf } from "../../www/engine/package";
import { isDense, type Network, planned, sizes, stages, stageText } from "../../www/network";
import {
  isSameRun,
  type Name,
  NAMES,
  readSettings,
  runSettings,
  SETTINGS,
  textsOf,
} from "../../www/settings";
import { convolution, dense, general, image } from "./networks";

const settings = (texts: Partial<Record<Name, string>> = {}) =>
  runSettings(readSettings((name) => texts[name] ?? null).values);

const texts = (network: Network) => {
  const { encoder, decoder } = stages(network);
  return [encoder, decoder].map((half) => half.map(stageText).join(" → "));
};

const pooling = (height: number, width: number, channels: number) =>
  general(
    {
      "max-pooling": {
        window: {
          size: [2, 2],
          stride: [2, 2],
          dilation: [1, 1],
          padding: [
            [0, 1],
            [0, 1],
          ],
        },
      },
    },
    image(height, width, channels),
  );
const repeating = (height: number, width: number, channels: number) =>
  general(
    { upsampling: { factor: [2, 2], interpolation: "nearest" } },
    image(height, width, channels),
  );

/** 7 × 7 → 2 → 3 → 5 and back, by pooling: what is 7 pixels long is 4, and 8 before it is cut again. */
const pooled: Network = {
  input: image(7, 7, 1),
  encoder: [
    ...[convolution(2, 7, 7), pooling(4, 4, 2)],
    ...[convolution(3, 4, 4), pooling(2, 2, 3), dense(12, 5)],
  ],
  latent: { numbers: 5 },
  decoder: [
    dense(5, 12),
    general({ reshaping: { to: image(2, 2, 3) } }, image(2, 2, 3)),
    ...[repeating(4, 4, 3), convolution(2, 4, 4)],
    repeating(8, 8, 2),
    general(
      {
        padding: {
          margins: [
            [0, -1],
            [0, -1],
          ],
        },
      },
      image(7, 7, 2),
    ),
    convolution(1, 7, 7),
  ],
};

test("what is planned with pooling is what is trained", () => {
  const plan = planned(
    { height: 7, width: 7, channels: 1 },
    settings({ kind: "convolutional", filters: "2,3", dims: "5", downsampling: "pooling" }),
  );
  assert.deepEqual(stages(pooled), plan);
  assert.deepEqual(texts(pooled), [
    "7 × 7 → 7 × 7 × 2 → 4 × 4 × 2 → 4 × 4 × 3 → 2 × 2 × 3 → 5",
    "5 → 2 × 2 × 3 → 4 × 4 × 3 → 4 × 4 × 2 → 8 × 8 × 2 → 7 × 7 × 2 → 7 × 7",
  ]);
  // A signal has one row, before and after.
  const signal = planned(
    { height: 1, width: 6, channels: 1 },
    settings({ kind: "convolutional", filters: "2", dims: "5", downsampling: "pooling" }),
  );
  assert.deepEqual(signal.decoder.map(stageText), ["5", "1 × 3 × 2", "1 × 6 × 2", "1 × 6"]);
});

test("a variational network is known by its second end, planned or trained", () => {
  const plan = planned(
    { height: 2, width: 2, channels: 1 },
    settings({ variational: "", dims: "3", "hidden-layers": "5" }),
  );
  const network: Network = {
    encoder: [dense(4, 5), dense(5, 3)],
    decoder: [dense(3, 5), dense(5, 4)],
    log_variance: { after: 1, layers: [dense(5, 3)] },
  };
  assert.deepEqual(stages(network), plan);
  assert.equal(plan.variational, true);
  assert.ok(!("variational" in planned({ height: 2, width: 2, channels: 1 }, settings())));
});

/** 28 × 28 → 8 → 16 → 12 and back, as it is when it is trained. */
const trained: Network = {
  input: image(28, 28, 1),
  encoder: [convolution(8, 14, 14), convolution(16, 7, 7), dense(784, 12)],
  latent: { numbers: 12 },
  decoder: [
    dense(12, 784),
    general({ reshaping: { to: image(7, 7, 16) } }, image(7, 7, 16)),
    convolution(8, 14, 14),
    convolution(1, 28, 28),
  ],
};

test("what is planned is what is trained", () => {
  const { encoder, decoder } = planned(
    { height: 28, width: 28, channels: 1 },
    settings({ kind: "convolutional" }),
  );
  assert.deepEqual(stages(trained), { encoder, decoder });
  assert.deepEqual(texts(trained), [
    "28 × 28 → 14 × 14 × 8 → 7 × 7 × 16 → 12",
    "12 → 7 × 7 × 16 → 14 × 14 × 8 → 28 × 28",
  ]);
  const colours = planned(
    { height: 9, width: 5, channels: 3 },
    settings({ kind: "convolutional", filters: "4" }),
  );
  assert.deepEqual(colours.encoder.map(stageText), ["9 × 5 × 3", "5 × 3 × 4", "12"]);
  const deep = planned(
    { height: 9, width: 5, channels: 3 },
    settings({ "hidden-layers": "1024, 20" }),
  );
  assert.deepEqual(deep.encoder.map(stageText), ["135", "1,024", "20", "12"]);
});

test("what is planned with max-pooling is what is trained", () => {
  // 7 × 4 → 4 × 2, and of signals 1 × 5 → 1 × 3 → 1 × 2: what is odd is cut again.
  const texts = (image: { height: number; width: number; channels: number }, filters: string) => {
    const plan = planned(
      image,
      settings({ kind: "convolutional", filters, downsampling: "pooling" }),
    );
    return [plan.encoder, plan.decoder].map((half) => half.map(stageText).join(" → "));
  };
  assert.deepEqual(texts({ height: 7, width: 4, channels: 3 }, "5"), [
    "7 × 4 × 3 → 7 × 4 × 5 → 4 × 2 × 5 → 12",
    "12 → 4 × 2 × 5 → 8 × 4 × 5 → 7 × 4 × 5 → 7 × 4 × 3",
  ]);
  assert.deepEqual(texts({ height: 1, width: 5, channels: 1 }, "2, 4"), [
    "1 × 5 → 1 × 5 × 2 → 1 × 3 × 2 → 1 × 3 × 4 → 1 × 2 × 4 → 12",
    "12 → 1 × 2 × 4 → 1 × 4 × 4 → 1 × 3 × 4 → 1 × 3 × 2 → 1 × 6 × 2 → 1 × 5 × 2 → 1 × 5",
  ]);
  // A layer that leaves everything as it is adds no stage.
  assert.deepEqual(texts({ height: 4, width: 4, channels: 1 }, "1"), [
    "4 × 4 → 2 × 2 → 12",
    "12 → 2 × 2 → 4 × 4",
  ]);
});

test("layers that leave the numbers as they are make no stage of their own", () => {
  const network: Network = {
    input: image(8, 8, 3),
    encoder: [
      convolution(4, 4, 4),
      general("scaling", image(4, 4, 4)),
      general("activation", image(4, 4, 4)),
      general(
        { reordering: { to: { planes: image(4, 4, 4).image }, order: [] } },
        {
          planes: image(4, 4, 4).image,
        },
      ),
    ],
    latent: { planes: image(4, 4, 4).image },
    decoder: [
      convolution(3, 8, 8),
      general({ reshaping: { to: { numbers: 192 } } }, { numbers: 192 }),
    ],
  };
  assert.deepEqual(texts(network), ["8 × 8 × 3 → 4 × 4 × 4", "4 × 4 × 4 → 8 × 8 × 3"]);
  const variant = { variational: false, downsampling: "strided" };
  const told = { kind: "convolutional", dims: 64, hidden: [], filters: [4], variant };
  assert.deepEqual(sizes(network), told);
  // A model that was brought settles what kind it is, whatever is asked of networks that are trained.
  const pooled = { ...network, encoder: [pooling(4, 4, 3), ...network.encoder] };
  const { downsampling, variational } = textsOf(sizes(pooled));
  assert.deepEqual([downsampling, variational], ["pooling", "false"]);
});

test("dense networks are told by their units, whatever else is known of them", () => {
  const network: Network = {
    input: image(28, 28, 1),
    encoder: [dense(784, 784), dense(784, 12)],
    latent: { numbers: 12 },
    decoder: [dense(12, 784)],
  };
  assert.deepEqual(texts(network), ["784 → 784 → 12", "12 → 784"]);
  const variant = { variational: false, downsampling: "strided" };
  assert.deepEqual(sizes(network), { kind: "dense", dims: 12, hidden: [784], variant });
  const log_variance = { after: 1, layers: [dense(784, 12)] };
  const brought = textsOf(sizes({ ...network, log_variance }));
  assert.deepEqual([brought.variational, brought.beta, brought.noise], ["true", "1", "none"]);
  assert.ok(isDense(network) && !isDense(trained));
});

test("a run that the small package cannot do has the general one, and only that", () => {
  const needed = (texts: Partial<Record<Name, string>>, network?: Network) =>
    packageOf("cpu", { settings: settings(texts), network });
  assert.equal(needed({}), "engine-cpu");
  assert.equal(packageOf("webgpu", { settings: settings() }), "engine-webgpu");
  const small = { "learning-rate": "0.01", "batch-size": "32", "hidden-layers": "64", epochs: "0" };
  assert.equal(needed(small), "engine-cpu");
  // Filters are those of the other kind.
  assert.equal(needed({ filters: "4" }), "engine-cpu");
  assert.equal(needed({ kind: "convolutional" }), "general-cpu");
  assert.equal(needed({ loss: "mse" }), "general-cpu");
  const { control } = SETTINGS.activation;
  assert.ok("options" in control);
  for (const activation of Object.keys(control.options)) {
    assert.equal(needed({ activation }), activation === "relu" ? "engine-cpu" : "general-cpu");
  }
  assert.equal(
    packageOf("webgpu", { settings: settings({ kind: "convolutional" }) }),
    "general-webgpu",
  );
  // A network that is trained is explained, however another would be trained.
  assert.equal(needed({}, trained), "general-cpu");
  const brought: Network = { encoder: [dense(4, 2)], decoder: [dense(2, 4)] };
  assert.equal(needed({ kind: "convolutional", loss: "mse" }, brought), "engine-cpu");
});

test("the settings of a run are the same again as attributes", () => {
  const asked = settings({ "learning-rate": "3e-3", filters: "4, 8", kind: "convolutional" });
  const written = textsOf(asked);
  assert.equal(written["learning-rate"], "0.003");
  const again = readSettings((name) => written[name] ?? null);
  assert.deepEqual(again.refusals, {});
  assert.ok(isSameRun(runSettings(again.values), asked));
  assert.ok(!isSameRun(asked, { ...asked, filters: [4] }));
});

test("what is no value is refused in a sentence", () => {
  const refusal = (name: Name, text: string) =>
    readSettings((each) => (each === name ? text : null)).refusals[name];
  assert.match(refusal("kind", "recurrent")!, /Kind must be one of dense, convolutional\./);
  assert.match(refusal("filters", "8, x")!, /Filters must be listed like 8, 16\./);
  assert.match(refusal("activation", "maxout")!, /Activation must be one of relu, .*linear\./);
  assert.match(refusal("loss", "hinge")!, /Loss must be one of bce, mse, mae\./);
  assert.match(refusal("learning-rate", "-1")!, /Learning rate must be a number above 0/);
  assert.match(refusal("batch-size", "1.5")!, /Images per step must be a whole number/);
  assert.equal(NAMES.filter((name) => refusal(name, SETTINGS[name].initial)).length, 0);
});
