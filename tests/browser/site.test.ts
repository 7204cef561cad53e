/** The site as files on a plain static server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { screenshot, SITE, strictly, visit } from "./harness";

async function get(path: string): Promise<Response> {
  const response = await fetch(SITE + path);
  assert.equal(response.status, 200, path);
  return response;
}

test("the page opens without a complaint under a strict content security policy", async () => {
  await visit(
    {
      offline: true,
      before: (page) => strictly(page, SITE),
    },
    async (page) => {
      await page.locator("latent-lens").waitFor();
      await page.waitForFunction(
        async () => (await navigator.serviceWorker.getRegistration())?.active,
      );
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
    ["general-cpu_bg.wasm", "application/wasm"],
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

/** Width and height of a PNG. */
function size(png: Buffer): [number, number] {
  assert.equal(png.toString("latin1", 1, 4), "PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

async function picture(path: string): Promise<Buffer> {
  return Buffer.from(await (await get(path)).arrayBuffer());
}

test("a link to the page has a title, a description and a picture; the page has icons", async () => {
  await visit({}, async (page) => {
    const head = (selector: string, attribute = "content") =>
      page.locator(`head > ${selector}`).getAttribute(attribute);
    assert.match(await page.title(), /^latent-lens: .{10,50}$/);
    const description = (await head("[name=description]"))!;
    assert.ok(description.length > 70 && description.length <= 200, description);

    const preview = await picture((await head("[property='og:image']"))!);
    assert.deepEqual(size(preview), [1200, 630]);
    assert.ok(preview.length < 100_000, `${preview.length} bytes`);
    assert.deepEqual(
      size(await picture((await head("[rel=apple-touch-icon]", "href"))!)),
      [180, 180],
    );

    // The fallback is a PNG of 32 x 32 in the frame of an ICO.
    const ico = await picture((await head("[rel=icon][sizes]", "href"))!);
    assert.deepEqual([...ico.subarray(0, 8)], [0, 0, 1, 0, 1, 0, 32, 32]);
    assert.deepEqual(size(ico.subarray(ico.readUInt32LE(18))), [32, 32]);
    assert.match(await (await get((await head("[rel=icon][type]", "href"))!)).text(), /^<svg /);
  });
});

test("the page can be installed", async () => {
  await visit({ profile: true }, async (page) => {
    const session = await page.context().newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const { icons } = JSON.parse(data!) as {
      icons: { src: string; sizes: string; type: string }[];
    };
    for (const { src, sizes, type } of icons) {
      if (type !== "image/png") continue;
      assert.equal(size(await picture(src)).join("x"), sizes, src);
    }
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors, []);
  });
});

test("an address without a page leads back to the one there is", async () => {
  // The browser tells of the status.
  await visit({ query: "nothing-here", expected: /404/ }, async (page) => {
    await page.getByRole("heading", { name: "There is no page at this address." }).waitFor();
    await screenshot(page, "not found");
    await page.getByRole("link").click();
    assert.equal(page.url(), SITE);
    await page.locator("latent-lens[phase=idle]").waitFor();
  });
});

test("without JavaScript the page says what it needs, and shows the figure", async () => {
  await visit({ context: { javaScriptEnabled: false } }, async (page) => {
    const words = page.getByText(/needs JavaScript and WebAssembly/);
    const image = page.getByRole("img", { name: /figure of a network/ });
    const [above, below] = [(await words.boundingBox())!, (await image.boundingBox())!];
    assert.ok(above.y < 300, `the words stand at ${above.y} px, below an empty element`);
    assert.ok(below.y > above.y && below.width > 600);
    await screenshot(page, "no script");
  });
});
