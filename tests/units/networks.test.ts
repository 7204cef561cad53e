/** What is said of other networks and of controls, and which sessions are compared. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { SourceFile } from "../../www/data/messages";
import type { Dataset } from "../../www/data/dataset";
import type { Models } from "../../www/model/package";
import type { Networks, OtherNetwork, Report, RunSettings } from "../../www/report";
import { beside, ofDimension } from "../../www/views/controls/words";
import { readOthers } from "../../www/views/networks/sessions";
import { whileTrained } from "../../www/views/networks/time";
import { known } from "../../www/views/trust/known";
import { fate, procedure, verdicts } from "../../www/views/networks/words";
import type { Picture, Scene } from "../../www/views/picture";

type Match = OtherNetwork["matches"][number];
type Verdict = Match["verdict"];

function match(verdict: Verdict, r: number | null = null, dim: number | null = null): Match {
  const r2 = verdict === "inactive" ? null : 0.92;
  return {
    dim,
    r,
    r2,
    verdict,
    map_similarity: null,
    profile_similarity: null,
  } as unknown as Match;
}

/** A comparison by what each other network says of each dimension. */
function compared(others: Match[][], seeds = true): Partial<Report> {
  const networks = {
    untrained: 5,
    chance: others[0]!.map(() => 0.41),
    chance_r2: others[0]!.map((_, dim) => (dim === 0 ? 0.95 : null)),
    explained: 321,
    training: 1800,
    others: others.map((matches, at) => ({
      name: `seed ${at + 2}`,
      matches,
      ...(seeds && { seeds: {} }),
      maps: [],
    })),
    mean: [],
    deviation: [],
  } as unknown as Networks;
  return { networks };
}

test("dimensions are told by what has become of them everywhere", () => {
  const again = match("found-again", -0.93, 4);
  const mixed = match("mixed", 0.3, 1);
  const lost = match("not-found");
  const still = match("inactive");
  assert.equal(
    verdicts(
      compared([
        [again, mixed, lost, again, still],
        [again, again, lost, lost, still],
      ]),
    ),
    "Of 4 active dimensions, dimension 1 is found again in all 2 other networks; dimension 2 is found again or mixed in all 2 other networks; dimension 3 is not found in any of them: do not read more into it than that this network has it.",
  );
  assert.equal(
    verdicts(compared([[again, again]])),
    "Of 2 active dimensions, all are found again in the other network.",
  );
  assert.equal(
    verdicts(compared([[lost]])),
    "Of 1 active dimension, none is found again in the other network; it is not found in it: do not read more into it than that this network has it.",
  );
  assert.equal(verdicts({}), "");
});

test("a dimension's fate names match, r, R² and the chance of as much", () => {
  const report = compared([
    [match("found-again", -0.93, 4), match("inactive")],
    [match("not-found"), match("inactive")],
  ]);
  assert.equal(
    fate(report, 0),
    "Dimension 1 (by chance up to |r| 0.41 and R² 0.95): seed 2: dimension 5, r −0.93, R² 0.92, found again; seed 3: no match, R² 0.92, not found.",
  );
  assert.match(fate(report, 1), /^Dimension 2 says the same of every image/);
  assert.match(fate({}, 0), /not compared yet/);
});

test("what verdicts mean is said, and what is not known of networks from sessions", () => {
  const trained = procedure(compared([[match("found-again", 1, 0)]]).networks).join(" ");
  assert.match(trained, /over the 321 explained images/);
  assert.match(trained, /5 untrained networks reaches/);
  assert.doesNotMatch(trained, /sessions|Mixed says little/);
  const mixed = procedure(compared([[match("mixed", 0.1, 0), match("mixed", 0.1, 1)]]).networks);
  assert.ok(
    mixed.includes(
      "Mixed says little of dimension 1: the latents of an untrained network predict it as well (R² of 0.9 or more).",
    ),
  );
  const brought = procedure(compared([[match("found-again", 1, 0)]], false).networks).join(" ");
  assert.match(brought, /may be among those they were trained on/);
});

test("time is told by what the first network took, as far as that is known", () => {
  assert.equal(whileTrained(4, 10_000, 2), "about 20 s in all, 2 at a time");
  assert.equal(whileTrained(4, 10_000, 1), "about 40 s in all, 1 at a time");
  assert.equal(whileTrained(1, 10_000, 16), "about 10 s in all, 1 at a time");
  assert.equal(whileTrained(9, undefined, 4), "3 at a time on this machine");
});

const scene = (controls: unknown, row = 0): Scene =>
  ({
    report: {
      controls,
      latent_importance: {
        mean: { shape: [2, 3], data: Float32Array.of(0.5, 2, 1, 0, 0, 0) },
      },
    },
    options: { class: row, dims: 3, metric: "mse" },
    classes: [4, 9],
    names: ["4", "9"],
  }) as unknown as Scene;

test("a likeness to controls is told with what it is a likeness to", () => {
  const controls = {
    untrained: [0.95, 0.1, null],
    variance: [0.2, 0.4, null],
    permuted: {
      held_out_loss: 0.7,
      latent_importance: [
        [0.2, 0.6, 0.1],
        [0, 0, 0],
      ],
    },
  };
  assert.equal(
    beside(scene(controls)),
    "The map of dimension 1 is much the same as before training (ρ of 0.9 or more); the median is 0.53. No map is much the same as 2 · Var(pixel) (ρ of 0.9 or more); the median is 0.30. For class 4, 2 of 3 dimensions are more important than the control’s most important one (0.60).",
  );
  assert.equal(
    ofDimension(scene(controls), 1),
    "Dimension 2: Spearman’s ρ 0.10 with its map before training, 0.40 with 2 · Var(pixel), importance 2.00 in place 1, where the control has 0.600.",
  );
  assert.match(ofDimension(scene(controls), 2), /the same everywhere/);
  const brought = { untrained: [null, null, null], variance: [1, 1, 1], permuted: null };
  assert.equal(
    beside(scene(brought)),
    "All maps are much the same as 2 · Var(pixel) (ρ of 0.9 or more); the median is 1.0.",
  );
  assert.match(ofDimension(scene(brought), 0), /its map before training is not known, 1\.0 with/);
  assert.equal(beside(scene(undefined)), "");
});

test("sessions of the same images are compared; of others, and what is none, it is said", async () => {
  const NETWORK = (weight: number) => ({ encoder: [weight], decoder: [] });
  const images = (fingerprint: string) => ({ name: "digits", count: 9, fingerprint });
  const sessions: Record<string, unknown> = {
    "anna.zip": { images: images("same"), report: '{"training":{"held_out_loss":[0.5,0.25]}}' },
    "latent-lens-session.zip": { images: images("same"), report: null },
    "latent-lens-session (1).zip": { images: images("same"), report: null },
    "old.zip": { images: null, report: null },
    "a/anna.zip": { images: images("same"), report: null },
    "cats.zip": { images: { ...images("other"), name: "cats" }, report: null },
  };
  const models = {
    identify: () => images("same"),
    read_session: ({ name }: { name: string }) => {
      const found = sessions[name];
      if (!found) throw new Error("It is not a session.");
      const network = NETWORK(name.length);
      return { version: "1", settings: { seed: 7 }, network, ...found };
    },
  } as unknown as Models;
  const dataset = {
    labels: [0],
    credit: { name: "digits" },
    images: () => Promise.resolve([]),
  } as unknown as Dataset;
  const settings = { classes: [0] } as unknown as RunSettings;
  const files = [...Object.keys(sessions), "folder/letter.zip"].map(
    (name): SourceFile => ({ name, content: new Blob([name]) }) as SourceFile,
  );
  const { others, refused } = await readOthers(files, { settings, dataset, others: [] }, models);
  assert.deepEqual(
    others.map(({ name, held_out_loss }) => [name, held_out_loss]),
    [
      ["anna", 0.25],
      ["session, seed 7", undefined],
      ["session, seed 7 (2)", undefined],
      ["old", undefined],
      ["anna (2)", undefined],
    ],
  );
  assert.deepEqual(refused, [
    "old.zip is older and does not tell its images: see whether they are these.",
    "cats.zip is of other images (cats), so it is not compared.",
    "letter.zip cannot be compared: It is not a session.",
  ]);
  const closed = await readOthers(files, { settings, dataset: undefined, others: [] }, models);
  assert.equal(closed.others.length, 0);
  const again = await readOthers(files.slice(0, 1), { settings, dataset, others }, models);
  assert.equal(again.others, others);
  assert.deepEqual(again.refused, ["anna.zip is compared already."]);
  assert.match(closed.refused[0]!, /^Open the images of this run first/);
});

test("all that is known of a dimension stands in its row, and what was not asked is named", () => {
  const controls = {
    untrained: [0.95, 0.1, null],
    variance: [0.2, -0.4, null],
    permuted: null,
  };
  const first = scene(controls);
  const picture = { ...first, layout: { order: [1, 0, 2] } } as unknown as Picture;
  const some = known(picture);
  assert.deepEqual(some.columns, [
    "Dimension",
    "Importance, class 4",
    "ρ with its map before training",
    "ρ with 2 · Var(pixel)",
  ]);
  assert.deepEqual(some.rows, [
    ["Dimension 2", "2.00", "0.10", "−0.40"],
    ["Dimension 1", "0.500", "0.95", "0.20"],
    ["Dimension 3", "1.00", "–", "–"],
  ]);
  assert.equal(
    some.missing,
    "Not asked yet: when each map came to be, other networks and errors over images.",
  );
  const { networks } = compared([
    [match("found-again", 0.9, 0), match("mixed", 0.2, 1), match("inactive")],
    [match("found-again", 0.9, 0), match("not-found"), match("inactive")],
  ]);
  const report = {
    ...first.report,
    networks,
    emergence: { emerged: [12, null, null], inactive_since: [null, null, 3] },
    image_errors: { latent_importance: { shape: [2, 3], data: Float32Array.of(0.25, 0, 0) } },
  };
  const all = known({ ...picture, report } as unknown as Picture);
  assert.equal(all.columns.length, 6);
  assert.deepEqual(
    all.rows.map((row) => row.slice(0, 4)),
    [
      ["Dimension 2", "2.00", "–", "0 of 2, mixed in 1"],
      ["Dimension 1", "0.500 ± 0.25", "12", "2 of 2"],
      ["Dimension 3", "1.00", "inactive since 3", "inactive"],
    ],
  );
  assert.equal(all.missing, "");
});
