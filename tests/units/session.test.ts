/** A session is credited to its own images and to no others. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Dataset } from "../../www/data/dataset";
import type { Images, Models } from "../../www/model/package";
import { readSession } from "../../www/model/session";
import type { Report } from "../../www/report";

const SETTINGS = { classes: [0, 1], dims: 1, hidden: [], epochs: 2 };
const LAYER = { weight: { shape: [4, 1] }, activation: "relu" };
const NETWORK = { encoder: [LAYER], decoder: [{ ...LAYER, weight: { shape: [1, 4] } }] };
const FILE = { name: "session.zip", bytes: new Uint8Array() };

/** Images that are told from others by what `fingerprint` says. */
function images(name: string, fingerprint: string, stored?: string): Dataset {
  return {
    credit: { name },
    labels: [0, 1],
    scale: { normalise: "divide-by-255" },
    images: () => Promise.resolve(fingerprint),
    ...(stored && { scaled: () => Promise.resolve(images(name, stored)) }),
  } as unknown as Dataset;
}

function kept(report: Partial<Report>, images: Images | null): Models {
  return {
    read_session: () => ({
      version: "0.1.0",
      settings: SETTINGS,
      network: NETWORK,
      images,
      report: JSON.stringify(report),
      moments: [],
    }),
    identify: (name: string, fingerprint: unknown) => ({ name, count: 60, fingerprint }),
  } as unknown as Models;
}

const DATA = { name: "toy.csv", files: [], count: 60, handling: [] };
const TOY: Images = { name: "toy.csv", count: 60, fingerprint: "toy" };
const TRAINED = { data: DATA } as unknown as Partial<Report>;
const MODEL = { files: ["a.keras"], format: "Keras 3", notes: ["Split after layer 1."] };
const BROUGHT = { ...TRAINED, model: MODEL } as Partial<Report>;

test("a session is of the images that are open where they are its own, whatever they are called", async () => {
  const open = images("renamed.csv", "toy");
  const { session, whose } = await readSession(kept(TRAINED, TOY), FILE, open);
  assert.equal(session.dataset, open);
  assert.equal(session.model, undefined);
  assert.equal(whose, "The session’s images are open: toy.csv (60 images).");
});

test("a session of other images says whose it is", async () => {
  const others = images("toy.csv", "other");
  const { session, whose } = await readSession(kept(TRAINED, TOY), FILE, others);
  assert.equal(session.dataset, undefined);
  assert.equal(session.report.data?.name, "toy.csv");
  assert.match(
    whose,
    /^The session is of toy\.csv \(60 images\), and the images that are open, toy/,
  );
  const alone = await readSession(kept(TRAINED, TOY), FILE, undefined);
  assert.match(alone.whose, /and they are not open\./);
});

test("an older session, which does not tell its images, is credited to none", async () => {
  const { session, whose } = await readSession(kept(TRAINED, null), FILE, images("a", "toy"));
  assert.equal(session.dataset, undefined);
  assert.match(whose, /does not tell its images/);
  const unnamed = { data: { ...DATA, name: "", count: 0 } } as unknown as Partial<Report>;
  const named = await readSession(kept(unnamed, TOY), FILE, undefined);
  assert.deepEqual(
    [named.session.report.data?.name, named.session.report.data?.count],
    ["toy.csv", 60],
  );
});

test("a session of a model that was brought brings it again, with its images as it takes them", async () => {
  const open = images("toy.csv", "scaled", "toy");
  const { session } = await readSession(kept(BROUGHT, TOY), FILE, open);
  assert.equal(session.dataset, open);
  assert.equal(session.model?.name, "a.keras");
  assert.deepEqual(session.model?.source, MODEL);
  assert.equal(session.model?.description.takes_stored_values, true);
  assert.deepEqual(
    session.model?.description.layers.map(({ input, output }) => [input, output]),
    [
      [{ numbers: 4 }, { numbers: 1 }],
      [{ numbers: 1 }, { numbers: 4 }],
    ],
  );
  // One that was trained here never took them so.
  const trained = await readSession(kept(TRAINED, TOY), FILE, open);
  assert.equal(trained.session.dataset, undefined);
});
