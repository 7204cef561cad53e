/** What the page tells of images before it runs: counts, scales, and what files are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { counts } from "../../www/data/counts";
import { Dataset } from "../../www/data/dataset";
import { first, readIdx, transposed, writeIdx } from "../../www/data/idx";
import { sort } from "../../www/data/kinds";
import type { Kind, SourceFile, Told } from "../../www/data/messages";
import { between, isWide, said, type Scale, tooWide } from "../../www/data/scale";
import { Stored } from "../../www/data/stored";

test("images are counted as the engine divides them", () => {
  const ten = Array.from({ length: 10 }, () => ({ count: 90 }));
  const of = (explain: string, trains: boolean, classes: Parameters<typeof counts>[0] = ten) =>
    counts(classes, 0, { explain: explain as "all", held_out: 15 }, trains);
  // Of 90 images, 76 are trained on and 14 held out.
  assert.deepEqual(of("auto", true), { training: 760, heldOut: 140, explained: 140 });
  assert.deepEqual(of("auto", false), { training: 0, heldOut: 140, explained: 900 });
  assert.deepEqual(of("held-out", false), { training: 0, heldOut: 140, explained: 140 });
  assert.deepEqual(of("all", true), { training: 760, heldOut: 140, explained: 900 });
  assert.equal(of("60", false).explained, 60);
  assert.equal(of("5000", false).explained, 900);
  assert.equal(of("5000", true).explained, 140);

  const apart = [
    { count: 70, explained: 10 },
    { count: 30, explained: 10 },
  ];
  assert.deepEqual(of("auto", true, apart), { training: 80, heldOut: 20, explained: 20 });
  assert.deepEqual(of("auto", false, apart), { training: 0, heldOut: 20, explained: 20 });
  assert.deepEqual(of("all", false, apart).explained, 100);
  const unlabelled = [{ count: 20, explained: 20 }];
  assert.deepEqual(counts(unlabelled, 60, { explain: "auto", held_out: 15 }, true), {
    training: 60,
    heldOut: 20,
    explained: 20,
  });
});

const BYTES: Scale = {
  normalise: "divide-by-255",
  proposed: "divide-by-255",
  range: [0, 255],
  chosen: false,
};
const TEMPERATURES: Scale = {
  normalise: "min-max",
  proposed: "min-max",
  range: [-12.5, 31.25],
  chosen: false,
};
const kept = (scale: Scale): Scale => ({ ...scale, normalise: "keep" });

test("values outside 0 to 1 are told before a run", () => {
  assert.equal(isWide(BYTES), false);
  assert.equal(isWide(kept(BYTES)), true);
  assert.equal(isWide({ normalise: "keep", range: [0, 1] }), false);
  assert.equal(isWide({ normalise: "standard", range: [0, 1] }), true);
  assert.equal(between(TEMPERATURES.range), "from −12.5 to 31.25");
  assert.match(
    tooWide(kept(TEMPERATURES)),
    /^The values are from −12\.5 to 31\.25, outside 0 to 1: cross-entropy and a sigmoid/,
  );

  assert.equal(said(BYTES, BYTES, undefined), undefined);
  const refused = said(kept(TEMPERATURES), kept(TEMPERATURES), undefined)!;
  assert.equal(refused.text, tooWide(kept(TEMPERATURES)));
  assert.deepEqual(refused.offer, { normalise: "min-max", title: "Spread from 0 to 1" });
});

test("with a model the range that it is given is always told", () => {
  assert.equal(
    said(BYTES, BYTES, { stored: false })!.text,
    "Values from 0 to 255 were divided by 255 for the model. If the model takes values as they are stored, from 0 to 255, choose keep.",
  );
  assert.equal(said(BYTES, BYTES, { stored: false })!.offer?.normalise, "keep");
  const keeps = said(kept(BYTES), BYTES, { stored: true })!;
  assert.equal(
    keeps.text,
    "The model takes values as they are stored: they are kept, from 0 to 255.",
  );
  assert.equal(keeps.offer?.normalise, "divide-by-255");
  assert.match(
    said(BYTES, BYTES, { stored: true })!.text,
    /though the model takes them as they are/,
  );
  const ones: Scale = { ...BYTES, normalise: "keep", proposed: "keep", range: [0, 1] };
  assert.equal(said(ones, ones, { stored: false }), undefined);
});

test("bytes can be had as they are stored", async () => {
  const file = writeIdx([Uint8Array.of(0, 7, 255, 1)], { height: 1, width: 2, channels: 1 }, 2);
  class Two extends Dataset {
    image = { height: 1, width: 2, channels: 1 };
    classes = [{ label: 4, name: "four", count: 2 }];
    credit = { name: "two" };
    scale = BYTES;
    images() {
      return Promise.resolve([{ label: 4, name: "four", bytes: new Uint8Array(gzipSync(file)) }]);
    }
  }
  const stored = new Stored(new Two());
  const [{ bytes }] = (await stored.images([4])) as unknown as [{ bytes: Uint8Array }];
  assert.deepEqual(readIdx(bytes), {
    shape: [2, 1, 2],
    values: Float32Array.of(0, 7, 255, 1),
  });
  assert.equal(stored.scale.normalise, "keep");
  assert.equal(stored.name(4), "four");
});

test("images of several channels have a fourth axis, along which a pixel stays whole", async () => {
  const image = { height: 1, width: 2, channels: 3 };
  const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  for (const values of [Uint8Array.from(pixels), Float32Array.from(pixels)]) {
    const file = writeIdx([values.subarray(0, 6), values.subarray(6)], image);
    assert.deepEqual(readIdx(file), { shape: [2, 1, 2, 3], values });
    const one = new Uint8Array(await (await first(new Blob([file]), 1)).arrayBuffer());
    assert.deepEqual(readIdx(one), { shape: [1, 1, 2, 3], values: values.subarray(0, 6) });
    const tall = transposed(file);
    assert.deepEqual(readIdx(tall), { shape: [2, 2, 1, 3], values });
    assert.deepEqual(transposed(tall), file);
  }
  // Rows become columns, and channels stay.
  const square = writeIdx([Uint8Array.from(pixels)], { height: 2, width: 2, channels: 3 });
  const turned = readIdx(transposed(square))!.values;
  assert.deepEqual([...turned], [1, 2, 3, 7, 8, 9, 4, 5, 6, 10, 11, 12]);
});

/** A zip archive's list of names; its entries are of no concern. */
function archive(...names: string[]): Uint8Array<ArrayBuffer> {
  const list = Buffer.concat(
    names.map((name) => {
      const entry = Buffer.alloc(46 + name.length);
      entry.writeUInt32BE(0x504b0102);
      entry.writeUInt16LE(name.length, 28);
      entry.write(name, 46);
      return entry;
    }),
  );
  const end = Buffer.alloc(22 + 9);
  end.writeUInt32BE(0x504b0506);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(4, 16);
  end.write("a comment", 22);
  return new Uint8Array(Buffer.concat([Buffer.from("PK\x03\x04"), list, end]));
}

function file(name: string, ...parts: (string | number[] | Uint8Array<ArrayBuffer>)[]): SourceFile {
  const bytes = parts.map((part) => (Array.isArray(part) ? Uint8Array.from(part) : part));
  return { name, content: new Blob(bytes) };
}

/** `told` are those of the tables that say what they are, by their names. */
async function sorted(files: SourceFile[], otherwise?: Kind, told: Record<string, Told> = {}) {
  const tell = async (tables: SourceFile[]) => tables.map(({ name }) => told[name] ?? null);
  const { said, ...found } = await sort(files, otherwise, tell);
  const kinds: [string, SourceFile[]][] = Object.entries(found);
  assert.equal(said !== "", found.results.length + found.latents.length > 0 && !otherwise);
  return Object.fromEntries(
    kinds
      .filter(([, found]) => found.length)
      .map(([kind, found]) => [kind, found.map(({ name }) => name)]),
  );
}

const SAFETENSORS = file("a", [8, 0, 0, 0, 0, 0, 0, 0], '{"a":{} }', [0, 0, 0, 0]);
const ONNX = file("b", [0x08, 0x08, 0x12, 0x07], "pytorch");
const HDF5 = file("c.png", [0x89], "HDF\r\n\x1a\n", [0, 0]);
const SESSION = file("d.md", archive("session.json", "settings.json", "report.json"));
const LESSON = file("e.csv", "---\ntitle: Shadows\n---\n\n# One\n");

test("files go where their content belongs, whatever they are called", async () => {
  const keras = file("f.zip", archive("metadata.json", "config.json", "model.weights.h5"));
  const torch = file("g.csv", archive("archive/data.pkl", "archive/data/0"));
  const table = file("h.pt", "label,pixel0\n1,2\n");
  const pictures = file("i.keras", archive("cat/1.png", "dog/2.png"));
  for (const model of [SAFETENSORS, ONNX, HDF5, keras, torch]) {
    assert.deepEqual(await sorted([model]), { model: [model.name] }, model.name);
  }
  assert.deepEqual(await sorted([SESSION]), { session: ["d.md"] });
  assert.deepEqual(await sorted([LESSON]), { lesson: ["e.csv"] });
  assert.deepEqual(await sorted([table, pictures]), { images: ["h.pt", "i.keras"] });
  const idx = file("j", writeIdx([Uint8Array.of(0, 1)], { height: 1, width: 2, channels: 1 }));
  assert.deepEqual(await sorted([idx, SAFETENSORS]), { images: ["j"], model: ["a"] });
});

test("tables that say so are results or latents, and are images where somebody says that", async () => {
  const [v, ie, images] = ["V.csv", "by_class.csv", "digits.csv"].map((name) =>
    file(name, "1,2,3\n4,5,6\n"),
  ) as [SourceFile, SourceFile, SourceFile];
  const z = file("z.npy", [0x93], "NUMPY");
  const picture = file("cat.png", [0x89], "PNG");
  const results: Told = { is: "results", by: "columns" };
  const latents: Told = { is: "latents", by: "name" };
  assert.deepEqual(await sorted([v, images]), { images: ["V.csv", "digits.csv"] });
  // One says it, and what lies beside it is of the same results; a picture is not.
  const told = { "V.csv": results, "z.npy": latents };
  assert.deepEqual(await sorted([picture, v, ie], undefined, told), {
    images: ["cat.png"],
    results: ["V.csv", "by_class.csv"],
  });
  assert.deepEqual(await sorted([images, z], undefined, told), {
    images: ["digits.csv"],
    latents: ["z.npy"],
  });
  assert.deepEqual(await sorted([v, z, SAFETENSORS], "images", told), {
    images: ["V.csv", "z.npy"],
    model: ["a"],
  });
  assert.deepEqual(await sorted([images, ie], "results"), {
    results: ["digits.csv", "by_class.csv"],
  });
  assert.deepEqual(await sorted([images], "latents"), { latents: ["digits.csv"] });
  const said = async (files: SourceFile[], found: (Told | null)[]) =>
    (await sort(files, undefined, async () => found)).said;
  assert.equal(
    await said([v, ie], [results, null]),
    "V.csv was taken for results, by what its columns are called, and what was brought with it for more of them.",
  );
  assert.equal(await said([z], [latents]), "z.npy was taken for latents, by what it is called.");
});

test("of a table its beginning is looked at, and of a file of R all of it unless it is large", async () => {
  const asked: Record<string, number> = {};
  const tell = async (tables: SourceFile[]) => {
    for (const { name, content } of tables) asked[name] = content.size;
    return tables.map(() => null);
  };
  const large = new Uint8Array(33 << 20).fill(0x31);
  await sort(
    [
      file("a.csv", large.subarray(0, 1 << 20)),
      file("b.RData", [0x1f, 0x8b], large.subarray(0, 1 << 20)),
      file("c.rds", [0x1f, 0x8b], large),
      file("d.png", [0x89], "PNG"),
    ],
    undefined,
    tell,
  );
  assert.deepEqual(asked, { "a.csv": 64 << 10, "b.RData": (1 << 20) + 2 });
});

test("the numbers of a model go with its description, and what else lies there is left", async () => {
  const description = file(
    "m/model.json",
    JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: ["group1-shard1of1.bin"] }] }),
  );
  const shard = file("m/group1-shard1of1.bin", [1, 2, 3, 4]);
  const readme = file("m/README", "A model.");
  assert.deepEqual(await sorted([shard, readme, description]), {
    model: ["m/model.json", "m/group1-shard1of1.bin"],
  });
  const table = file("m/table.txt", "1 0.5 0.25 7\n2 0.5 0.75 9\n");
  assert.deepEqual(await sorted([readme, SAFETENSORS, table]), {
    images: ["m/table.txt"],
    model: ["a"],
  });
  const numbers = file("net.onnx.data", [1, 2, 3]);
  const net = file("net.onnx", [0x08, 0x08, 0x12, 0x07], "pytorch");
  assert.deepEqual(await sorted([numbers, net]), { model: ["net.onnx", "net.onnx.data"] });
  assert.deepEqual(await sorted([file("report.json", '{"version":"0.1.0"}')]), {
    images: ["report.json"],
  });
});

test("what cannot be told is what it was chosen as", async () => {
  const torn = file("m.keras", "PK\x03\x04", [1, 2, 3]);
  assert.deepEqual(await sorted([torn]), { images: ["m.keras"] });
  assert.deepEqual(await sorted([torn], "model"), { model: ["m.keras"] });
  assert.deepEqual(await sorted([file("s.zip", "what")], "session"), { session: ["s.zip"] });
});
