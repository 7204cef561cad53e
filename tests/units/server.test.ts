/** The element's module where there is no page: on a server that puts pages together. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

test("imported on a server, it registers nothing, leaves nothing behind and says nothing", () => {
  const address = pathToFileURL(join(env.DIST!, "latent-lens.js")).href;
  const program = `
    const before = Object.getOwnPropertyNames(globalThis);
    const { LatentLens } = await import(${JSON.stringify(address)});
    // What a page's own module says beside its import, before the page is anywhere.
    LatentLens.assets = "/latent-lens/";
    const after = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
    process.stdout.write(JSON.stringify({ kind: typeof LatentLens, after }));
  `;
  const ran = spawnSync(execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    timeout: 20_000,
  });
  assert.equal(ran.stderr, "");
  assert.equal(ran.status, 0);
  assert.deepEqual(JSON.parse(ran.stdout), { kind: "function", after: [] });
});
