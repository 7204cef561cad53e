/** The site as files on a plain static server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { SITE, visit } from "./harness";

const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
].join("; ");

async function get(path: string): Promise<Response> {
  const response = await fetch(SITE + path);
  assert.equal(response.status, 200, path);
  return response;
}

test("the page opens without a complaint under a strict content security policy", async () => {
  await visit(
    {
      before: (page) =>
        page.route(SITE, async (route) => {
          const response = await route.fetch();
          const headers = { ...response.headers(), "content-security-policy": POLICY };
          await route.fulfill({ response, headers });
        }),
    },
    async (page) => {
      await page.locator("latent-lens").waitFor();
      await page.waitForLoadState("networkidle");
    },
  );
});

test("every file has the type that browsers insist on", async () => {
  for (const [path, type] of [
    ["", "text/html; charset=utf-8"],
    ["latent-lens.js", "text/javascript; charset=utf-8"],
    ["worker.js", "text/javascript; charset=utf-8"],
    ["engine-cpu_bg.wasm", "application/wasm"],
    ["engine-webgpu_bg.wasm", "application/wasm"],
    ["view_bg.wasm", "application/wasm"],
    ["data/mnist/0.idx.gz", "application/gzip"],
  ] as const) {
    const response = await get(path);
    assert.equal(response.headers.get("content-type"), type, path);
    await response.body?.cancel();
  }
});

test("ten thousand digits are there, with their licence", async () => {
  interface Catalogue {
    licence: string;
    height: number;
    width: number;
    classes: { label: number; count: number; file: string }[];
  }
  const catalogue = (await (await get("data/mnist/mnist.json")).json()) as Catalogue;
  assert.equal(catalogue.licence, "CC BY-SA 3.0");
  const counts = catalogue.classes.map(({ count }) => count);
  assert.deepEqual(counts, [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);

  for (const { count, file } of catalogue.classes) {
    const idx = gunzipSync(await (await get(`data/mnist/${file}`)).arrayBuffer());
    const header = [0, 4, 8, 12].map((offset) => idx.readUInt32BE(offset));
    assert.deepEqual(header, [0x0803, count, catalogue.height, catalogue.width]);
    assert.equal(idx.length, 16 + count * 28 * 28);
    // Ink on paper: mostly empty, and as dark as it gets somewhere.
    const pixels = idx.subarray(16);
    assert.equal(Math.max(...pixels.subarray(0, 28 * 28 * 100)), 255);
    const ink = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length / 255;
    assert.ok(ink > 0.05 && ink < 0.25, `${file}: mean intensity ${ink}`);
  }
});
