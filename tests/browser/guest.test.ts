/** The element where pages allow little: in a sandbox, and where scripts have to be trusted. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Frame, Page } from "playwright-core";

import { until, visit } from "./harness";
import { Lens } from "./lens";
import { cdn, site } from "./servers";

const SHORT = "engine=cpu&classes=0,1&dims=5&epochs=2&permutations=2&method=sampled&workers=1";

/** Frames have of a page what is asked of one here. */
const within = (frame: Frame) => new Lens(frame as unknown as Page);

/** Opens a page of somebody else's with a frame in a sandbox, which holds the files of a CDN. */
function boxed(
  content: (cdn: string) => string,
  use: (lens: Lens, page: Page) => Promise<void>,
  { open, expected }: { open?: (path: string) => boolean; expected?: RegExp } = {},
): Promise<void> {
  return cdn(
    (origin) =>
      site(
        `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:," />
         <iframe sandbox="allow-scripts" title="latent-lens" width="900" height="900"
           ${content(origin)}></iframe></html>`,
        (url) =>
          visit(
            {
              other: { url, origins: [new URL(url).origin, origin] },
              ...(expected && { expected }),
            },
            async (page) => {
              const frame = page.frames()[1]!;
              assert.equal(await frame.evaluate(() => self.origin), "null");
              await use(within(frame), page);
            },
          ),
      ),
    {},
    open,
  );
}

const EMBEDDED = (origin: string) => `src="${origin}/embed.html?${SHORT}&autorun"`;

test("in a frame with a sandbox the element trains, explains and projects, and then all ends", async () => {
  await boxed(EMBEDDED, async (lens, page) => {
    const report = await lens.finish();
    assert.deepEqual(report.pixel_importance.mean.shape, [784, 5]);
    await lens.element.evaluate((element) => {
      element.setAttribute("view", "space");
      element.setAttribute("projection", "umap");
    });
    await lens.element.getByText(/UMAP of \d+ images has settled/).waitFor();
    assert.equal(page.workers().length, 2);
    await lens.element.evaluate((element) => element.remove());
    await until(() => page.workers().length === 0, "workers are left");
  });
});

for (const [what, closed] of [
  ["any file but the element's", (path: string) => !/^\/(latent-lens|chunk-.*)\.js$/.test(path)],
  ["the engine's worker", (path: string) => path === "/worker.js"],
  ["the engine's WebAssembly", (path: string) => path === "/engine-cpu_bg.wasm"],
] as const) {
  test(`where a frame may not read ${what}, the element says what the server has to send`, async () => {
    const element = (origin: string) => {
      const script = `<script type=module src=${origin}/latent-lens.js></script>`;
      return `srcdoc="${script}<latent-lens engine=cpu classes=0,1 epochs=1 autorun></latent-lens>"`;
    };
    await boxed(
      element,
      async (lens) => {
        await lens.reach(["error"]);
        assert.match(
          await lens.status.innerText(),
          /127\.0\.0\.1:\d+ does not let this page read its files: it has to send the header Access-Control-Allow-Origin\./,
        );
      },
      { open: (path) => !closed(path), expected: /CORS|ERR_FAILED|Failed to (load|fetch)/ },
    );
  });
}

/** A page that demands Trusted Types, with files of a CDN. */
function trusting(
  policies: string,
  use: (lens: Lens, page: Page) => Promise<void>,
  expected?: RegExp,
): Promise<void> {
  return cdn((origin) =>
    site(
      `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:," />
       <script type="module" src="${origin}/latent-lens.js"></script>
       <latent-lens engine="cpu" classes="0,1" dims="5" epochs="2" permutations="2" method="sampled" autorun></latent-lens></html>`,
      (url) =>
        visit(
          {
            other: { url, origins: [new URL(url).origin, origin] },
            ...(expected && { expected }),
          },
          (page) => use(new Lens(page), page),
        ),
      {
        "content-security-policy": `require-trusted-types-for 'script'; trusted-types ${policies}`,
      },
    ),
  );
}

test("a page that demands Trusted Types has to allow one policy", async () => {
  await trusting("latent-lens", async (lens, page) => {
    await lens.finish();
    await lens.element.evaluate((element) => {
      element.setAttribute("view", "space");
      element.setAttribute("projection", "tsne");
    });
    await lens.element.getByText(/t-SNE of \d+ images has settled/).waitFor();
    await lens.element.evaluate((element) => {
      const file = new File(["label,a,b,c,d\nx,1,2,3,4\ny,4,3,2,1\n"], "two.csv");
      return (element as unknown as { open(files: File[]): Promise<void> }).open([file]);
    });
    await lens.element.locator("[part=preview]").getByText("two.csv").first().waitFor();
    await lens.element.evaluate((element) => element.setAttribute("view", "figure"));
    await lens.element.locator("[part=exports] summary").click();
    const saved = page.waitForEvent("download");
    await lens.button("Figure, SVG").click();
    assert.match((await saved).suggestedFilename(), /\.svg$/);
  });
});

test("where that policy is not allowed, the element says so", async () => {
  await trusting(
    "'none'",
    async (lens) => {
      await lens.reach(["error"]);
      assert.match(
        await lens.status.innerText(),
        /demands Trusted Types: its Content-Security-Policy has to allow the policy latent-lens as trusted-types/,
      );
    },
    /Trusted|violates the following Content Security Policy/,
  );
});
