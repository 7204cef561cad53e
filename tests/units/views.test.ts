/** The figure's views: whatever is in their table can be opened. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sectionOf } from "../../www/settings";
import { known, load } from "../../www/views/load";
import { DEFAULT, type ViewName, VIEWS } from "../../www/views/table";

const NAMES = Object.keys(VIEWS) as ViewName[];

test("only the view that a page begins with is there before it is asked for", () => {
  assert.deepEqual(
    NAMES.filter((name) => known(name)),
    [DEFAULT],
  );
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
