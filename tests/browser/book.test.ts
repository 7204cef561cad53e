/** What the book and the README tell people to write into their pages, written into pages. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { SITE, visit } from "./harness";
import { cdn, site } from "./servers";

interface Block {
  file: string;
  line: number;
  language: string;
  text: string;
}

/** The blocks of code of a Markdown file, in the order in which they stand. */
function blocks(file: string): Block[] {
  const markdown = readFileSync(file, "utf8");
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: language = "", 2: text = "" }) => ({
      file,
      line: markdown.slice(0, index).split("\n").length,
      language,
      text,
    }),
  );
}

const ALL = ["README.md", "docs/embedding.md"].flatMap(blocks);
const HTML = ALL.filter(({ language }) => language === "html");
/** But for those of other libraries, which a page has to bundle: `tests/units/functions.test.ts` runs such. */
const SCRIPTS = ALL.filter(
  ({ language, text }) => language === "js" && !/ from "(?!\.|latent-lens)/.test(text),
);

/** Where the book's examples have the site. */
const EXAMPLE = "https://example.org/latent-lens/";

/** Opens a page with `body` whose element comes from a CDN. */
function open(body: (cdn: string) => string, use: (page: Page) => Promise<void>): Promise<void> {
  return cdn((origin) =>
    site(
      `<!doctype html><html lang="en"><head><title>A page</title><link rel="icon" href="data:,">
        <script type="importmap">${JSON.stringify({
          imports: {
            "latent-lens": `${origin}/latent-lens.js`,
            "latent-lens/engine": `${origin}/engine.js`,
          },
        })}</script></head><body>${body(origin)}</body></html>`,
      (url) =>
        visit(
          {
            other: { url, origins: [new URL(url).origin, origin] },
            // The pictures that examples name are not there.
            expected: /status of 404/,
          },
          use,
        ),
    ),
  );
}

test("there are blocks to try", () => {
  assert.ok(HTML.length >= 4, `${HTML.length} of HTML`);
  assert.ok(SCRIPTS.length >= 3, `${SCRIPTS.length} of JavaScript`);
});

for (const { file, line, text } of HTML) {
  test(`${file}, line ${line}: the page shows the element`, async () => {
    const withScript = (cdn: string) =>
      /<script type="module"|<iframe/.test(text)
        ? ""
        : `<script type="module" src="${cdn}/latent-lens.js"></script>`;
    await open(
      (cdn) => withScript(cdn) + text.replaceAll(EXAMPLE, `${cdn}/`),
      async (page) => {
        const within = text.includes("<iframe")
          ? page.frameLocator("iframe").locator("latent-lens")
          : page.locator("latent-lens");
        await within.locator("[part=lens]").first().waitFor();
      },
    );
  });
}

for (const { file, line, text } of SCRIPTS) {
  test(`${file}, line ${line}: the script runs to its end`, async () => {
    await open(
      (cdn) => {
        const script = text.replaceAll('"/latent-lens/"', `"${cdn}/"`);
        return `<script type="module">import "latent-lens";</script>
          <latent-lens loading="eager"></latent-lens>
          <script type="module">${script}\nglobalThis.ranToItsEnd = true;</script>`;
      },
      async (page) => {
        await page.waitForFunction(() => "ranToItsEnd" in globalThis);
      },
    );
  });
}

test("every chapter opens, and the widget in the first one runs", async () => {
  await visit({ other: { url: `${SITE}book/`, origins: [new URL(SITE).origin] } }, async (page) => {
    const chapters = await page
      .locator("nav a[href$='.html']")
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    assert.ok(chapters.length > 10, `${chapters.length} chapters`);
    await page.getByRole("button", { name: "Train and explain" }).click();
    await page.locator("latent-lens[phase=done]").waitFor();
    for (const chapter of new Set(chapters)) {
      await page.goto(chapter);
      await page.locator("main h1").first().waitFor();
    }
    // Formulas are MathML.
    await page.goto(`${SITE}book/method.html`);
    assert.ok((await page.locator("math").count()) > 20);
    assert.equal(await page.locator("main").getByText("$").count(), 0);
  });
});
