/** The figure's views: whatever is in their table can be opened. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Report } from "../../www/report";
import { sectionOf } from "../../www/settings";
import { known, load } from "../../www/views/load";
import { DEFAULT, ofResults, type ViewName, VIEWS } from "../../www/views/table";

const NAMES = Object.keys(VIEWS) as ViewName[];

test("only the view that a page begins with is there before it is asked for", () => {
  assert.deepEqual(
    NAMES.filter((name) => known(name)),
    [DEFAULT],
  );
});

test("of results the views are offered that have their numbers", () => {
  const of = (report: object) => ofResults(report as Partial<Report>);
  const there = {};
  const classes = [{ name: "a" }, { name: "b" }];
  assert.deepEqual(of({ pixel_importance: there }), ["figure", "pixels", "pinned"]);
  assert.deepEqual(of({ direction: there }), ["figure", "pinned"]);
  assert.deepEqual(of({ latent_importance_rmse: there, classes }), [
    ...["classes", "similarity", "pinned"],
  ]);
  assert.deepEqual(of({ latent_importance: there, classes: [{ name: "all" }] }), [
    ...["classes", "pinned"],
  ]);
});

for (const name of NAMES) {
  test(`the view ${name} is about settings of the figure`, async () => {
    const view = await load(name);
    assert.equal(known(name), view);
    for (const setting of view.settings) {
      assert.match(sectionOf(setting), /^(measured|maps|display)$/, setting);
    }
  });
}
