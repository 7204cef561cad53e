/** Regions that are painted, and the groups that they become. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Regions } from "../../www/explorer/groups/regions";

test("nothing painted is no grouping, and what is painted has the rest beside it", () => {
  const regions = new Regions(6);
  assert.equal(regions.grouping, undefined);
  regions.paint(1, 3, 1, 1, false);
  assert.deepEqual(regions.grouping, {
    names: ["Region 1", "The rest"],
    of: [2, 1, 2, 2, 2, 2],
  });
  regions.rest = false;
  assert.deepEqual(regions.grouping, { names: ["Region 1"], of: [0, 1, 0, 0, 0, 0] });
});

test("a broad pen stays within the image, and takes away only its own region", () => {
  const regions = new Regions(12);
  assert.equal(regions.add(), 2);
  regions.paint(0, 4, 3, 1, false);
  assert.deepEqual([...regions.of], [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  regions.paint(3, 4, 3, 2, false);
  assert.deepEqual([...regions.of], [1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0]);
  regions.paint(5, 4, 3, 1, true);
  assert.deepEqual([...regions.of], [0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 0, 0]);
  regions.clear(2);
  assert.equal(regions.count(0), 12);
});

test("regions without pixels are left out, names are kept, and what was chosen can be gone on with", () => {
  const regions = new Regions(4);
  regions.add();
  regions.add();
  regions.names[1] = "eye";
  regions.names[2] = "  ";
  regions.paint(0, 4, 1, 2, false);
  regions.paint(3, 4, 1, 3, false);
  const grouping = { names: ["eye", "Region 3", "The rest"], of: [1, 3, 3, 2] };
  assert.deepEqual(regions.grouping, grouping);
  const again = Regions.from(grouping);
  assert.deepEqual(
    [[...again.of], again.names, again.rest],
    [[1, 0, 0, 2], ["eye", "Region 3"], true],
  );
  assert.deepEqual(again.grouping, grouping);
  const file = { names: ["a", "b"], of: [1, 0, 2, 2] };
  assert.deepEqual(Regions.from(file).grouping, file);
  again.names[1] = "eye";
  assert.deepEqual(again.grouping?.names, ["eye", "eye (2)", "The rest"]);
  // A name that is taken is not given again.
  const named = Regions.from({ names: ["Region 2"], of: [1, 0] });
  assert.equal(named.names[named.add() - 1], "Region 3");
});
