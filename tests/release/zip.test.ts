/** The release's zip, taken apart into a folder of a plain static server. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { SITE, visit } from "../browser/harness";
import { Lens } from "../browser/lens";

test("the unpacked zip trains and explains", async () => {
  await visit({ query: "?engine=cpu&epochs=3&autorun" }, async (page) => {
    const report = await new Lens(page).finish();
    assert.deepEqual(report.pixel_importance.mean.shape, [784, 12]);
  });
});

test("it says what to do with it, and under which licences it comes", async () => {
  const readme = await (await fetch(`${SITE}README.txt`)).text();
  assert.match(readme, /^latent-lens-\d+\.\d+\.\d+: /);
  for (const [, name] of readme.matchAll(/\b(LICENSE-\w+|licences\.txt)\b/g)) {
    assert.equal((await fetch(SITE + name)).status, 200, name);
  }
});
