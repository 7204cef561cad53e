/** Whose numbers are shown: what status, captions, readouts and the lines to share say of a report. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Dataset } from "../../www/data/dataset";
import { unshared } from "../../www/element/unshared";
import type { ClassImages } from "../../www/engine/messages";
import { caption } from "../../www/views/caption";
import { view as figure } from "../../www/views/figure";
import { findings } from "../../www/views/findings";
import type { Scene } from "../../www/views/picture";
import { dimensionName, imageAt, imageText, whichImage } from "../../www/views/numbering";
import { view as reconstructions } from "../../www/views/reconstructions";
import { drawn, made, scaling, shades } from "../../www/views/source";
import { explainedParts, whereabouts } from "../../www/views/subject";
import { pixelWords, type Shading } from "../../www/parts/shading";
import type { Report } from "../../www/report";
import type { Run } from "../../www/run/run";
import { readSettings, runSettings } from "../../www/settings";
import { describe, type Situation } from "../../www/element/status";

function matrix(rows: number, columns: number, values: number[]) {
  return { shape: [rows, columns] as [number, number], data: Float32Array.from(values) };
}

function estimate(method: "exact" | "sampled", repeats: number, mean: Report["direction"]) {
  return { method, repeats, mean, std_error: null, engine: "cpu", fraction: 1 };
}

const PIXELS = matrix(2, 2, [0, 1, 0.5, 0.25]) as never;
const LATENTS = matrix(2, 2, [0.1, 0.3, 0.6, 0.2]) as never;

/** Two classes of three images, trained on here for 50 epochs. */
const TRAINED = {
  version: "0.1.0",
  engine: "cpu",
  image: { height: 1, width: 2, channels: 1 },
  settings: { ...runSettings(readSettings(() => null).values), dims: 2 },
  data: {
    name: "toy.csv",
    files: ["toy.csv"],
    count: 40,
    test_set: false,
    handling: ["Values were divided by 255."],
    range: [0, 1],
  },
  classes: [
    { label: 0, name: "cat", training: 17, held_out: 3, explained: 3 },
    { label: 1, name: "ox", training: 17, held_out: 3, explained: 3 },
  ],
  training: { training_loss: Array(50).fill(0.2), held_out_loss: Array(50).fill(0.21) },
  encoded: {
    labels: [0, 0, 0, 1, 1, 1],
    positions: [1, 4, 9, 0, 3, 7],
    files: ["toy.csv"],
    file: [0, 0, 0, 0, 0, 0],
    place: [2, 8, 18, 1, 7, 15],
    latents: matrix(6, 2, Array(12).fill(0)),
  },
  pixel_importance: estimate("exact", 1, PIXELS),
  latent_importance: estimate("sampled", 4, LATENTS),
} as unknown as Report;

const WORDS = { explained: "6 held-out images of 40", cautions: [] as string[] };

/** A model that was brought, explained on all images. */
const BROUGHT = {
  ...TRAINED,
  settings: { ...TRAINED.settings, dims: 2, epochs: 0 },
  model: { files: ["autoencoder.keras"], format: "Keras 2", notes: ["Split after layer 1."] },
  training: undefined,
  latent_importance: estimate("exact", 1, LATENTS),
} as unknown as Report;

function scene(report: Report, changes: Partial<Scene> = {}): Scene {
  return {
    chart: "figure",
    options: {
      class: 0,
      dims: 2,
      image: report.image,
      palette: "paper",
      scale: "shared",
    },
    report,
    words: WORDS,
    elsewhere: undefined,
    classes: [0, 1],
    names: ["cat", "ox"],
    projection: undefined,
    pixels: pixelWords("ink", "ink"),
    ...changes,
  } as Scene;
}

test("what gives the same numbers again is said of each kind of run, and nothing that nobody did", () => {
  assert.equal(
    made(TRAINED, WORDS),
    "Made by latent-lens 0.1.0: a network with 2 latent dimensions, trained here for 50 epochs; on 6 held-out images of 40 (toy.csv); pixel importance exact, latent importance over 4 permutations; seed 1. Images from toy.csv. Values were divided by 255.",
  );
  assert.equal(
    made(BROUGHT, { ...WORDS, explained: "all 40 images" }),
    "Made by latent-lens 0.1.0: the model autoencoder.keras (Keras 2) with 2 latent dimensions, trained elsewhere; on all 40 images (toy.csv); pixel importance exact, latent importance exact; seed 1. Images from toy.csv. Values were divided by 255. Split after layer 1.",
  );
  const untrained = {
    ...TRAINED,
    training: undefined,
    settings: BROUGHT.settings,
  } as unknown as Report;
  assert.match(made(untrained, WORDS), /a network with 2 latent dimensions, untrained;/);
  const settings = { ...TRAINED.settings, kind: "convolutional", filters: [8, 16], loss: "mse" };
  assert.match(
    made({ ...TRAINED, settings } as Report, WORDS),
    /a network with 2 latent dimensions and convolutions of 8, 16 filters, trained here for 50 epochs, loss MSE;/,
  );
  const image = { height: 1, width: 2, channels: 3 };
  const each = { ...TRAINED, image, settings: { ...settings, permute: "channel" } };
  assert.match(
    made(each as Report, WORDS),
    /4 permutations; each channel of a pixel permuted by itself; seed 1\./,
  );
});

test("of colours it is said what is shuffled at once, and whose maps are shown", () => {
  const image = { height: 1, width: 2, channels: 3 };
  const coloured = { ...TRAINED, image } as unknown as Report;
  const base = scene(coloured).options;
  const of = (options: Partial<Scene["options"]>) =>
    caption(scene(coloured, { options: { ...base, ...options } }), figure);
  assert.doesNotMatch(caption(scene(TRAINED), figure), /channel/);
  assert.match(
    of({ image }),
    /A pixel is shuffled with all of its channels; its direction is that of their mean\./,
  );
  const green = of({ image, channel: 1 });
  assert.match(green, /red where more green raises it, blue where it lowers it/);
  assert.match(green, /shuffled by itself; these are the maps of the green channel\./);
  const many = of({ image: { ...image, channels: 5 }, channel: 4 });
  assert.match(many, /where a higher value in channel 5 raises it.*the maps of channel 5\./);
});

test("latents that are feature maps are named channel by channel, each row by row", () => {
  assert.equal(dimensionName(TRAINED, 4), "Dimension 5");
  const spatial = { ...TRAINED, latent: { height: 2, width: 3, channels: 4 } } as unknown as Report;
  const names = [0, 4, 6, 23].map((dim) => dimensionName(spatial, dim));
  assert.deepEqual(names, [
    "Dimension 1 (channel 1, row 1, column 1)",
    "Dimension 5 (channel 1, row 2, column 2)",
    "Dimension 7 (channel 2, row 1, column 1)",
    "Dimension 24 (channel 4, row 2, column 3)",
  ]);
});

test("captions say which images and which model, cautions first and others' images last", () => {
  const nothing = "The network has learned no more than the mean image.";
  const cautious = { ...WORDS, cautions: [nothing] };
  const elsewhere = "of toy.csv, not of the images that are open (MNIST)";
  const said = caption(scene(TRAINED, { words: cautious, elsewhere }), figure);
  assert.ok(said.startsWith(`${nothing} Bars: `), said);
  assert.ok(said.includes("Measured on 6 held-out images of 40 (toy.csv)."), said);
  assert.ok(said.endsWith(`These results are ${elsewhere}.`), said);
  // Where the findings say it, the page's caption does not again.
  assert.ok(caption(scene(TRAINED, { words: cautious }), figure, []).startsWith("Bars: "));
  const model = caption(
    scene(BROUGHT, { words: { ...WORDS, explained: "all 40 images" } }),
    figure,
  );
  assert.ok(model.includes("Measured on all 40 images (toy.csv)."), model);
  assert.ok(model.includes("The model autoencoder.keras (Keras 2) was trained elsewhere."), model);
  assert.doesNotMatch(model, /untrained|epoch/);
});

test("what has to be said first stands before any ranking", () => {
  const cautious = { ...WORDS, cautions: ["Train longer."] };
  assert.match(
    findings(scene(TRAINED, { words: cautious })),
    /^Train longer\. Dimensions 2 and 1 /,
  );
  const early = { ...TRAINED, latent_importance: undefined } as unknown as Report;
  assert.equal(findings(scene(early, { words: cautious })), "Train longer.");
});

test("what classes have in common is said once, and then what distinguishes each", () => {
  const names = ["cat", "ox", "elk"];
  const classes = names.map((name, label) => ({ ...TRAINED.classes[0]!, name, label }));
  const shares = [5, 1, 3, 1, 0, 5, 3, 1, 1, 0, 5, 1, 1, 0, 3];
  const report = {
    ...TRAINED,
    classes,
    latent_importance: estimate("exact", 1, matrix(3, 5, shares) as never),
  } as unknown as Report;
  const said = (row: number) => {
    const options = { ...scene(report).options, class: row, dims: 5 };
    return findings(scene(report, { classes: [0, 1, 2], names, options }));
  };
  assert.match(
    said(0),
    / Dimensions 1 and 2 are among the first 3 for all 3 classes\. Dimension 3 distinguishes a cat most: 30 % of its importance, 10 % on average in the other classes\./,
  );
  assert.match(
    said(2),
    /Dimension 5 is among the first 3 for an elk alone\. Dimension 5 distinguishes an elk most: 30 % of its importance, 0 % on average /,
  );
  const both = scene(TRAINED, { report: { ...report, classes: classes.slice(0, 2) } as never });
  const alike = findings({ ...both, options: { ...both.options, dims: 5 } });
  assert.match(alike, /for both classes\. .* 30 % of its importance, 10 % of that of an ox\./);
});

test("of a class with one explained image there are words and no ranking", () => {
  const [cat, ox] = TRAINED.classes;
  const report = { ...TRAINED, classes: [{ ...cat!, explained: 1 }, ox!] };
  const words = { ...WORDS, cautions: ["Of cat one image is explained, so that …"] };
  assert.equal(findings(scene(report, { words })), words.cautions[0]);
  assert.doesNotMatch(caption(scene(report, { words }), figure), /Bars:/);
  const other = { ...scene(report, { words }).options, class: 1 };
  assert.match(
    findings(scene(report, { words, options: other })),
    /Dimensions 1 and 2 matter most/,
  );
});

test("an explained image is known by its class, its place there, and its place in its file", () => {
  const encoded = TRAINED.encoded!;
  assert.equal(whichImage(encoded, 1, "cat"), "Image 5 of class cat; image 9 of toy.csv.");
  const shipped = { ...encoded, files: [], file: [], place: [], positions: [0, 0, 1499, 0, 0, 0] };
  assert.equal(whichImage(shipped, 2, "cat"), "Image 1,500 of class cat.");
  const pictures = { ...encoded, files: ["cat/a.png", "ox/b.png"], file: [0, 1], place: [0, 0] };
  assert.equal(whichImage(pictures, 1, "cat"), "Image 5 of class cat; ox/b.png.");
});

test("the setting that opens an image names it as everything else does", () => {
  for (const image of [0, 2, 3, 5]) {
    assert.equal(imageAt(TRAINED, imageText(TRAINED, image)), image);
  }
  assert.equal(imageText(TRAINED, 4), "ox 4");
  assert.equal(imageAt(TRAINED, "ox 4"), 4);
  assert.equal(imageAt(TRAINED, "ox 2"), undefined, "it is not among the explained images");
  assert.equal(imageAt(TRAINED, "cow 4"), undefined);
  const boots = { ...TRAINED, classes: [{ ...TRAINED.classes[0]!, name: "Ankle boot" }] };
  assert.equal(imageText(boots, 1), "Ankle boot 5");
  assert.equal(imageAt(boots, "Ankle boot 5"), 1);
  // As older addresses have it.
  assert.equal(imageAt(TRAINED, "5"), 4);
  assert.equal(imageAt(TRAINED, "7"), undefined);
});

test("an image's pixels are found in the part of its class that it is from", () => {
  const part = (role?: ClassImages["role"]) => ({ label: 0, ...(role && { role }) }) as ClassImages;
  const [whole, training, tests] = [part(), part("training"), part("explained")];
  assert.deepEqual(explainedParts(TRAINED, [whole]), [whole]);
  const all = [training, tests, part("unlabelled")];
  assert.deepEqual(explainedParts(TRAINED, all), [tests]);
  const settings = { ...TRAINED.settings, explain: "all" as const };
  assert.deepEqual(explainedParts({ ...TRAINED, settings }, all), [training, tests]);

  assert.deepEqual(whereabouts(TRAINED, 4), { part: 0, position: 3 });
  // Two to train on, then two of the test set, of one class; then another class.
  const encoded = { ...TRAINED.encoded!, labels: [0, 0, 0, 0, 1], positions: [0, 1, 0, 1, 0] };
  const found = [0, 1, 2, 3, 4].map((image) => whereabouts({ ...TRAINED, encoded }, image));
  assert.deepEqual(
    found.map(({ part, position }) => [part, position]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  );
});

test("images of other values than from 0 to 1 are drawn over their range, which is said", () => {
  const wide = { ...TRAINED, data: { ...TRAINED.data, range: [-1, 3] as [number, number] } };
  assert.deepEqual(shades(TRAINED), [0, 1]);
  assert.deepEqual([...drawn(Float32Array.of(-1, 0, 3, 5), shades(wide))!], [0, 0.25, 1, 1]);
  const values = Float32Array.of(0, 0.5);
  assert.equal(drawn(values, shades(TRAINED)), values);
  const said = (images: Shading) => {
    const options = { ...scene(wide).options, images };
    return caption(scene(wide, { options }), reconstructions);
  };
  assert.match(said("ink"), /from −1\.00 \(no ink\) to 3\.00 \(full ink\)\./);
  assert.match(said("bright"), /from −1\.00 \(black\) to 3\.00 \(white\)\./);
});

function situation(changes: Partial<Situation>): Situation {
  return {
    state: "idle",
    run: undefined,
    older: false,
    trouble: undefined,
    refusal: undefined,
    changed: false,
    measures: false,
    images: { training: 34, heldOut: 6, explained: 6 },
    form: "image",
    model: undefined,
    elsewhere: undefined,
    words: WORDS,
    ...changes,
  };
}

function ran(report: Report, model?: string): Run {
  const times = new Map([
    ["training", 1000],
    ["pixel-importance", 500],
  ]);
  return {
    report,
    settings: report.settings,
    times,
    measuredMs: 500,
    model: model && { name: model },
  } as unknown as Run;
}

test("how values were scaled is said where it is not as usual", () => {
  const said = (handling: string[], range: [number, number] = [0, 1]) =>
    scaling({ data: { ...TRAINED.data, handling, range } } as Partial<Report>);
  for (const usual of [
    "Bytes from 0 to 255 were divided by 255.",
    "Values from 0 to 255 were divided by 255.",
    "Values from 0.02 to 0.98 were taken as they are.",
    "The columns c and 5 were left out.",
  ]) {
    assert.deepEqual(said([usual]), [], usual);
  }
  const kept = "Values from 0 to 255 were taken as they are.";
  assert.deepEqual(said([kept], [0, 255]), [kept]);
  // As src/data/readers/scale.rs and www/given/images.ts put it.
  for (const other of [
    "Values from -2 to 2 were spread from 0 to 1.",
    "Values from −2 to 2 were spread from the smallest, 0, to the largest, 1.",
    "Each column was spread from 0 to 1, as in the training set.",
    "Each pixel was brought to the mean 0 and the standard deviation 1.",
  ]) {
    assert.deepEqual(said(["The columns c and 5 were left out.", other]), [other]);
  }
});

test("the status line says whose numbers these are, and what has to be said first", () => {
  const detail = (changes: Partial<Situation>) => describe(situation(changes)).detail;
  assert.equal(
    detail({ form: "signal", images: { training: 1, heldOut: 6, explained: 6 } }),
    "1 signal to learn from, 6 held out to test and explain on",
  );
  assert.equal(detail({}), "34 images to learn from, 6 held out to test and explain on");
  assert.equal(
    detail({ images: { training: 34, heldOut: 6, explained: 40 } }),
    "34 images to learn from, 6 held out to test on, 40 to explain",
  );
  const images = { training: 0, heldOut: 0, explained: 40 };
  assert.equal(detail({ images, model: "a.keras" }), "40 images to explain a.keras on");
  assert.equal(
    detail({ state: "done", run: ran(TRAINED), words: { ...WORDS, cautions: ["Train longer."] } }),
    "Train longer. Trained in 1.0 s to a held-out loss of 0.210, explained in 0.5 s on 6 held-out images of 40 (toy.csv)",
  );
  const all = { ...WORDS, explained: "all 40 images" };
  assert.equal(
    detail({ state: "done", run: ran(BROUGHT, "autoencoder.keras"), words: all }),
    "autoencoder.keras explained in 0.5 s on all 40 images (toy.csv)",
  );
  const elsewhere = "of toy.csv, not of the images that are open (MNIST)";
  assert.equal(
    detail({ state: "done", run: ran(TRAINED), changed: true, elsewhere }),
    `The results below are ${elsewhere}`,
  );
  const cut = {
    ...ran(TRAINED),
    progress: { stage: "training", done: 3, total: 50 },
  } as unknown as Run;
  assert.equal(
    detail({ state: "cancelled", run: cut }),
    "In training, after 3 of 50 epochs. What was computed so far stays on screen.",
  );
  assert.equal(
    detail({ state: "cancelled", run: cut, older: true }),
    "In training, after 3 of 50 epochs. The results of the run before are shown again.",
  );
  const held = describe(situation({ state: "held" }));
  assert.deepEqual([held.phase, held.headline], ["paused", "Paused"]);
});

/** What a script or R has computed, of which nothing else is known. */
const RESULTS = {
  ...TRAINED,
  engine: "",
  data: { name: "", files: [], count: 0, handling: [], range: [0, 0] },
  model: { files: ["V.csv", "IE.csv"], format: "results", notes: ["No square."], part: "results" },
  classes: TRAINED.classes.map((each) => ({ ...each, training: 0, held_out: 0, explained: 0 })),
  training: undefined,
  encoded: undefined,
  pixel_importance: { ...estimate("exact", 1, PIXELS), method: "elsewhere" },
  latent_importance: { ...estimate("exact", 1, LATENTS), method: "elsewhere" },
} as unknown as Report;

test("of results that were computed elsewhere nothing is said but whose they are", () => {
  const words = { explained: "images that are not known", cautions: ["Computed elsewhere."] };
  assert.equal(
    made(RESULTS, words),
    "Drawn by latent-lens 0.1.0: results that were computed elsewhere (V.csv and IE.csv). No square.",
  );
  const elsewhere = "those in V.csv and IE.csv";
  const shown = scene(RESULTS, { words, elsewhere });
  const said = caption(shown, figure, []);
  assert.match(said, /These results are those in V\.csv and IE\.csv\.$/);
  assert.doesNotMatch(said, /Measured|trained|epoch|seed/);
  assert.match(
    findings(shown),
    /^Computed elsewhere\. .*How settled the order is, these results do/,
  );
  const status = describe(situation({ state: "done", run: ran(RESULTS), words, elsewhere }));
  assert.deepEqual([status.headline, status.detail], ["Results", "Computed elsewhere."]);
  const open = { credit: { name: "MNIST", source: "the site" } } as Dataset;
  assert.deepEqual(unshared({ report: RESULTS, dataset: undefined, open, brought: undefined }), [
    "The results in V.csv and IE.csv are not part of these: who follows them gets the images that are open, and a network to train.",
  ]);
});

test("latents that were made elsewhere are not called a model", () => {
  const model = { files: ["z.csv"], format: "latents", notes: [], part: "latents" };
  const report = { ...BROUGHT, model, pixel_importance: undefined } as unknown as Report;
  const said = caption(scene(report), figure, []);
  assert.match(said, /The latents are those in z\.csv\./);
  assert.doesNotMatch(said, /model|trained/);
  assert.match(
    made(report, WORDS),
    /: latents that were made elsewhere \(z\.csv\), of 2 dimensions;/,
  );
});

test("what lines to share do not hold is said", () => {
  const own = { credit: { name: "toy.csv" } } as Dataset;
  const mnist = { credit: { name: "MNIST", source: "the site" } } as Dataset;
  const nothing = { report: undefined, dataset: undefined, brought: undefined };
  assert.deepEqual(unshared({ ...nothing, open: mnist }), []);
  assert.deepEqual(
    unshared({ report: TRAINED, dataset: mnist, open: mnist, brought: undefined }),
    [],
  );
  const [asked] = unshared({ report: TRAINED, dataset: own, open: own, brought: undefined });
  assert.match(asked!, /^Images of your own \(toy\.csv\) stay on this machine/);
  const [model] = unshared({ report: BROUGHT, dataset: mnist, open: mnist, brought: undefined });
  assert.match(model!, /^The model autoencoder\.keras \(Keras 2\) is not part of these/);
  const [others] = unshared({
    report: TRAINED,
    dataset: undefined,
    open: mnist,
    brought: undefined,
  });
  assert.match(others!, /^What is shown is of toy\.csv; these open MNIST instead/);
});
