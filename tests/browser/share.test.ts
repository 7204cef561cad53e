/** What the dialog gives to be copied shows, elsewhere, what was on the screen. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import type { Locator, Page } from "playwright-core";

import type { Counted } from "./drawn";
import { type Explorer, explore, QUICK } from "./explorer";
import { SITE, screenshot, until, visit } from "./harness";
import { Lens } from "./lens";

/** Chromium has advice for who reads canvases, as these tests do. */
const expected = /willReadFrequently/;
const ORIGIN = new URL(SITE).origin;

/** Once it has run: every setting, what is drawn, and what the opened dimension is moved to. */
async function shown(element: Locator): Promise<unknown> {
  const ended = async () => /done|error/.test((await element.getAttribute("phase")) ?? "");
  await until(ended, "the run does not end");
  return element.evaluate(async (lens) => {
    if (lens.getAttribute("phase") === "error") throw new Error(lens.shadowRoot!.textContent!);
    await (window as unknown as Counted).drawn(30);
    const root = lens.shadowRoot!;
    // Which image a dimension is moved from is said even where it is the first of its class.
    const settings = [...lens.attributes]
      .filter(({ name }) => !["link", "loading", "keep", "image"].includes(name))
      .map(({ name, value }) => `${name}=${value}`)
      .sort();
    const pictures = [...root.querySelectorAll<HTMLCanvasElement>("canvas.chart")].map((canvas) => [
      canvas.getAttribute("aria-label"),
      canvas.toDataURL(),
    ]);
    const place = root.querySelector<HTMLElement>("section.dimension")!;
    const from = place.querySelector(".mover > .note")?.textContent;
    const moved = place.querySelector<HTMLInputElement>("input[type=range]")?.value;
    return { settings, pictures, open: !place.hidden, from, moved };
  });
}

/** Waits until an element shows what another did: the image that it is moved from may come later. */
async function agree(element: Locator, before: unknown, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (isDeepStrictEqual(await shown(element), before)) return;
  }
  assert.deepEqual(await shown(element), before, what);
}

/** Puts a line into a page, in a box as wide as the element was, which then shows the same. */
function pasted(
  line: string,
  width: number,
  locate: (page: Page) => Locator,
  before: unknown,
): Promise<void> {
  return visit(
    {
      expected,
      other: { url: `${SITE}elsewhere.html`, origins: [ORIGIN] },
      before: (page) =>
        page.route("**/elsewhere.html", (route) =>
          route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><html lang="en"><title>Elsewhere</title><link rel="icon" href="data:,">
              <body style="margin: 0"><div style="width: ${width}px">${line}</div></body></html>`,
          }),
        ),
    },
    async (page) => {
      await locate(page).waitFor();
      await agree(locate(page), before, line);
    },
  );
}

const STATES = [
  {
    what: "a class's figure as it is looked at",
    query: `${QUICK}&explain-class=1&rotate=90&sort=false&top=5&palette=colour-blind&hidden-layers=16`,
    from: (lens: Explorer) => lens.element,
  },
  {
    what: "a view and a dimension that is opened and moved",
    query: `${QUICK}&view=pixels&scale=each&dimension=2&moved=1.5`,
    from: (lens: Explorer) => lens.element.locator("[part=dimension]"),
  },
];

for (const { what, query, from } of STATES) {
  test(`link, frame and element show the same: ${what}`, async () => {
    let lines!: Awaited<ReturnType<Explorer["share"]>>;
    let before: unknown;
    let width = 0;
    await explore(async (lens) => {
      before = await shown(lens.element);
      await agree(lens.element, (before = await shown(lens.element)), "at rest");
      width = (await lens.element.boundingBox())!.width;
      const origin = from(lens);
      if (origin === lens.element) await lens.unfold("exports");
      lines = await lens.share(origin);
    }, query);
    const { link, frame, element } = lines;

    await visit({ expected, query: new URL(link!).search }, async (page) => {
      await agree(page.locator("latent-lens"), before, link!);
    });
    await pasted(element, width, (page) => page.locator("latent-lens"), before);
    // The frame's page has a little room at its edges.
    const inFrame = (page: Page) => page.frameLocator("iframe").locator("latent-lens");
    await pasted(frame!, width + 8, inFrame, before);
  });
}

test("the dialog is gone through by keyboard, and copies", async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  await explore(
    async (lens, _, page) => {
      await lens.unfold("exports");
      const button = lens.button(/^Share$/);
      await button.press("Enter");
      const dialog = lens.element.getByRole("dialog", { name: "Share what is shown" });
      await dialog.waitFor();
      await screenshot(page, "share");
      const lines = new Map<string, string>();
      for (const kind of ["Link", "Frame", "Element"]) {
        const text = await dialog.getByRole("textbox", { name: kind, exact: true }).inputValue();
        await dialog.getByRole("button", { name: `Copy ${kind.toLowerCase()}` }).press("Enter");
        await dialog.getByText(`${kind} copied.`).waitFor();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
        lines.set(kind, text);
      }
      assert.match(lines.get("Link")!, /^http\S+\?classes=|^http\S+\?epochs=3/);
      assert.match(
        lines.get("Frame")!,
        /^<iframe src="http\S+embed\.html\?\S+" title="latent-lens"/,
      );
      assert.match(
        lines.get("Element")!,
        /<latent-lens epochs="3" method="sampled" permutations="2" engine="cpu" autorun><\/latent-lens>$/,
      );
      await page.keyboard.press("Escape");
      assert.equal(await dialog.isVisible(), false);
      const focused = await page.evaluate(
        () => document.activeElement!.shadowRoot!.activeElement!.textContent,
      );
      assert.equal(focused, "Share", "the keyboard is where it was");
    },
    QUICK,
    context,
  );
});

test("a frame tells its page how high it is and what is going on", async () => {
  // The listener that the documentation gives.
  const documented = readFileSync("docs/embedding.md", "utf8").match(
    /```html\n(<iframe\s+id="lens"[^]*?)```/,
  )?.[1];
  assert.ok(documented, "docs/embedding.md has the frame and its listener");
  const line = documented
    .replace("https://example.org/latent-lens/", SITE)
    .replace("?classes=3,8", QUICK);
  await visit(
    {
      other: { url: `${SITE}elsewhere.html`, origins: [ORIGIN] },
      before: (page) =>
        page.route("**/elsewhere.html", (route) =>
          route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><html lang="en"><title>Elsewhere</title><link rel="icon" href="data:,">
              <script>
                window.heard = [];
                addEventListener("message", ({ data }) => heard.push(data));
              </script>${line}</html>`,
          }),
        ),
    },
    async (page) => {
      const frame = page.frameLocator("iframe");
      const lens = frame.locator("latent-lens");
      await page.waitForFunction(
        () =>
          (window as unknown as { heard: { phase: string }[] }).heard.some(
            ({ phase }) => phase === "done",
          ),
        undefined,
        { timeout: 60_000 },
      );
      interface Heard {
        type: string;
        height: number;
        phase: string;
      }
      const all = () => page.evaluate("heard") as Promise<Heard[]>;
      const framed = async () => (await page.locator("iframe").boundingBox())!.height;
      // What is said of a finished run may take another line a frame later.
      await until(async () => {
        const { height } = (await lens.boundingBox())!;
        return (await all()).at(-1)!.height === Math.ceil(height);
      }, "the page is not told how high the frame is");
      const heard = await all();
      assert.ok(heard.every(({ type }) => type === "latent-lens"));
      const phases = heard
        .map(({ phase }) => phase)
        .filter((phase, at, all) => phase !== all[at - 1]);
      assert.deepEqual(phases.slice(-3), ["training", "analysing", "done"]);
      assert.equal(await framed(), heard.at(-1)!.height);
      await screenshot(page, "frame");
      assert.equal(await new Lens(page).element.count(), 0, "the element is in the frame alone");
    },
  );
});
