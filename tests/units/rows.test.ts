/** What the page tells of single signals and rows of tables, before anything is drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { NOUNS, say } from "../../www/nouns";
import { mostDifferent, nameOf, rowsOf, stored } from "../../www/data/rows";
import { ON_ALL, reachesAll, said, type Scale, tooWide } from "../../www/data/scale";
import type { Report } from "../../www/report";
import { spread } from "../../www/views/source";

const SHAPE = { height: 1, width: 3, channels: 1 };

test("rows are images where nobody says otherwise", () => {
  assert.equal(rowsOf(SHAPE, undefined).form, "image");
  assert.equal(rowsOf(SHAPE, { name: "digits" }).form, "image");
  const table = rowsOf(SHAPE, { form: "table", columns: ["age", "mass", "length"] });
  assert.deepEqual([table.form, table.width], ["table", 3]);
  assert.deepEqual(
    [0, 2, 3].map((at) => nameOf(table, at)),
    ["age", "length", "4"],
  );
  assert.equal(nameOf({}, 4), "5");
  assert.deepEqual(NOUNS.table, ["row", "rows"]);
});

test("numbers are told in the unit in which they were stored", () => {
  const scaling = { offset: [10, -1, 0], scale: [2, 0.5, 1] };
  const rows = rowsOf(SHAPE, { form: "table", scaling });
  assert.deepEqual(
    [1.5, 2, 7].map((value, at) => stored(rows, at, value)),
    [13, 0, 7],
  );
  assert.equal(stored(rowsOf(SHAPE, { form: "table" }), 1, 0.25), 0.25);
});

test("lines and bars have a lower and an upper edge, shades a dark and a bright end", () => {
  const of = (form: "image" | "table", how = {}) =>
    spread(
      {
        report: { data: { form, range: [-2, 3] } as Partial<Report>["data"] & object },
        options: { images: "ink", image: SHAPE },
      },
      how,
    );
  assert.equal(
    of("table"),
    "The rows’ values go from −2.00 (at the lower edge) to 3.00 (at the upper edge).",
  );
  assert.doesNotMatch(of("image"), /edge/);
  assert.match(of("table", { inShades: true }), /^The rows’ values go from −2\.00 \((?!at)/);
});

test("what differs most comes first, of equals the first in order", () => {
  const values = Float32Array.of(0, 1, 2, 3);
  const rebuilt = Float32Array.of(0.5, 1, -1, 3.5);
  assert.deepEqual(mostDifferent(values, rebuilt), [2, 0, 3, 1]);
});

const STANDARD: Scale = {
  normalise: "standard",
  proposed: "min-max",
  range: [-12.5, 31.25],
  chosen: true,
};

test("words about images are said of signals and of rows, but for the names among them", () => {
  const words = "An image’s pixels, more than images of 3 pixels. Pixel importance, imagery.";
  assert.equal(say("image", words), words);
  assert.equal(
    say("signal", words),
    "A signal’s time steps, more than signals of 3 time steps. Time step importance, imagery.",
  );
  assert.equal(
    say("table", words),
    "A row’s columns, more than rows of 3 columns. Column importance, imagery.",
  );
  const named = "Image 3 of class an image (pixel); image 4 of images.csv.";
  assert.equal(
    say("table", named, ["an image (pixel)", "images.csv"]),
    "Row 3 of class an image (pixel); row 4 of images.csv.",
  );
});

test("numbers outside 0 to 1 are refused but where loss and output reach them", () => {
  assert.equal(reachesAll(ON_ALL), true);
  assert.equal(reachesAll({ loss: "mae", output: "linear" }), true);
  assert.equal(reachesAll({ loss: "bce", output: "linear" }), false);
  assert.equal(reachesAll({ loss: "mse", output: "sigmoid" }), false);
  const told = said(STANDARD, STANDARD, undefined, { loss: "bce", output: "sigmoid" })!;
  assert.equal(told.text, tooWide(STANDARD));
  assert.equal(told.fits, true);
  assert.match(told.text, /loss MSE and a linear output/);
  assert.equal(said(STANDARD, STANDARD, undefined, ON_ALL), undefined);
  // What was chosen for the data is told.
  const chosen = (names: string[]) => said(STANDARD, STANDARD, undefined, ON_ALL, names)!.text;
  const values = "The values are from −12.5 to 31.25, outside 0 to 1:";
  assert.equal(
    chosen(["loss", "output"]),
    `${values} the loss MSE and a linear output were chosen for them.`,
  );
  assert.equal(chosen(["output"]), `${values} a linear output was chosen for them.`);
  // A model that was trained elsewhere takes what it takes.
  assert.equal(said(STANDARD, STANDARD, { stored: false }, ON_ALL)!.fits, undefined);
});
