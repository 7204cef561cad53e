/** The element in somebody else's page, its files on a CDN. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { visit } from "./harness";
import { Lens } from "./lens";
import { cdn, site } from "./servers";

/** What `docs/embedding.md` says a page needs. */
function policy(cdn: string, worker = `worker-src blob: ${cdn}`): string {
  return [
    "default-src 'none'",
    `script-src ${cdn} 'wasm-unsafe-eval'`,
    worker,
    `connect-src ${cdn}`,
    "img-src data: blob:",
  ].join("; ");
}

const page = (cdn: string, element = "") => `<!doctype html>
  <html lang="en">
    <head>
      <title>A page of somebody else's</title>
      <link rel="icon" href="data:," />
      <script type="module" src="${cdn}/latent-lens.js"></script>
    </head>
    <body>
      ${element || `<latent-lens engine="cpu" epochs="2" permutations="2" method="sampled" autorun></latent-lens>`}
    </body>
  </html>`;

/** Opens a page with the element from a CDN. */
function embedded(
  use: (lens: Lens, page: Page) => Promise<void>,
  {
    types,
    headers = () => ({}),
    expected,
  }: {
    types?: Record<string, string>;
    headers?: (cdn: string) => Record<string, string>;
    expected?: RegExp;
  } = {},
): Promise<void> {
  return cdn(
    (origin) =>
      site(
        page(origin),
        (url) =>
          visit(
            {
              other: { url, origins: [new URL(url).origin, origin] },
              ...(expected && { expected }),
            },
            (page) => use(new Lens(page), page),
          ),
        headers(origin),
      ),
    types,
  );
}

test("from another origin the element trains and explains", async () => {
  await embedded(async (lens) => {
    const report = await lens.finish();
    assert.deepEqual(report.pixel_importance.mean.shape, [784, 12]);
  });
});

test("a page with a strict content security policy can have it from another origin", async () => {
  await embedded(
    async (lens, page) => {
      await lens.finish();
      // The other workers too.
      await lens.element.evaluate((element) => element.setAttribute("view", "space"));
      await lens.element.evaluate((element) => element.setAttribute("projection", "tsne"));
      await lens.element.getByText(/t-SNE of \d+ images has settled/).waitFor();
      await page.waitForLoadState("networkidle");
    },
    { headers: (cdn) => ({ "content-security-policy": policy(cdn) }) },
  );
});

test("where blobs may not be workers, the element says what the page has to allow", async () => {
  await embedded(
    async (lens) => {
      await lens.reach(["error"]);
      assert.match(await lens.status.innerText(), /has to allow blob: and http\S+ as worker-src/);
    },
    {
      headers: (cdn) => ({ "content-security-policy": policy(cdn, "worker-src 'self'") }),
      expected: /violates the following Content Security Policy/,
    },
  );
});

test("a server that knows no WebAssembly will do", async () => {
  await embedded(
    async (lens) => {
      await lens.finish();
    },
    {
      types: { wasm: "application/octet-stream" },
      expected: /MIME type|application\/wasm/,
    },
  );
});
