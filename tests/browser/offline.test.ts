/** The site kept in the browser: without network, with a newer build, with half of a newer build. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { screenshot, SITE, until, visit } from "./harness";
import { Lens } from "./lens";
import { cdn, serving, site } from "./servers";

/** What a server has that the build has not: a text instead of a file, or nothing at all. */
type Changes = Record<string, string | undefined>;

interface Deployment {
  url: string;
  /** Puts other files on the server. */
  deploy(changes: Changes): void;
  stop(): Promise<void>;
}

async function file(path: string): Promise<Response> {
  return fetch(new URL(path, SITE));
}

/** Opens the site, from a server that can change and stop, in a browser that may keep it. */
function deployed(
  use: (page: Page, deployment: Deployment) => Promise<void>,
  expected = /ERR_CONNECTION_REFUSED|service-worker\.js/,
): Promise<void> {
  let changes: Changes = {};
  const deploy = (next: Changes) => (changes = next);
  return serving(
    async (path) => {
      const inside = path.replace(/^\/lens\//, "");
      const response = await file(inside);
      const headers = { "content-type": response.headers.get("content-type") ?? "" };
      if (!(inside in changes)) {
        const body = new Uint8Array(await response.arrayBuffer());
        return { status: response.status, headers, body };
      }
      const body = changes[inside];
      return body === undefined ? { status: 404, headers: {}, body: "" } : { headers, body };
    },
    async (origin, stop) => {
      const url = `${origin}/lens/`;
      await visit({ offline: true, other: { url, origins: [origin] }, expected }, async (page) => {
        await kept(page);
        assert.equal(await page.getByText(NEWER_READY).count(), 0, "the first build is the newest");
        await use(page, { url, deploy, stop });
      });
    },
  );
}

/** Until the browser has what the first build needs, and asks the service worker from now on. */
async function kept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

function registered(page: Page): Promise<number> {
  return page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
}

function caches(page: Page): Promise<string[]> {
  return page.evaluate(() => globalThis.caches.keys());
}

const NEWER = "A newer build";
const NEWER_READY = "A newer version of this page is ready.";

/** The files of a build with another title. */
async function newer(): Promise<{ [file: string]: string }> {
  const [index, worker] = await Promise.all(
    ["index.html", "service-worker.js"].map(async (path) => (await file(path)).text()),
  );
  const page = index!.replace(/<title>.*<\/title>/, `<title>${NEWER}</title>`);
  const [, list, code] = worker!.match(/^const BUILD=(.*);\n([^]*)$/)!;
  const build = JSON.parse(list!) as { version: string; files: Record<string, string> };
  build.files["index.html"] = createHash("sha256").update(page).digest("hex").slice(0, 16);
  build.version = "newer";
  return {
    "": page,
    "index.html": page,
    "service-worker.js": `const BUILD=${JSON.stringify(build)};\n${code}`,
  };
}

test("a second visit, the server stopped, reaches the finished figure", async () => {
  await deployed(async (page, { url, stop }) => {
    await stop();
    // In an adapter's place stands none: the CPU engine is what is kept.
    await page.goto(`${url}?autorun`);
    const report = await new Lens(page).finish();
    assert.deepEqual(report.pixel_importance.mean.shape, [784, 12]);
    assert.equal(report.training.held_out_loss.length, 50);
  });
});

test("what was used once is there without network; what was not says so", async () => {
  await deployed(async (page, { url, stop }) => {
    const run = (digit: number) => `${url}?engine=cpu&classes=0,${digit}&epochs=1&autorun`;
    await page.goto(run(7));
    await new Lens(page).finish();
    await stop();
    await page.goto(run(7));
    await new Lens(page).finish();
    await page.goto(run(9));
    const lens = new Lens(page);
    await lens.reach(["error"]);
    assert.match(await lens.status.innerText(), /check the network connection/);
  }, /ERR_CONNECTION_REFUSED|ERR_FAILED|service-worker\.js|9\.idx\.gz/);
});

test("a page in use keeps its build; the next visit has the new one, and the old one goes", async () => {
  await deployed(async (page, { url, deploy }) => {
    await page.evaluate(async () => (await globalThis.caches.open("latent-lens-data")).keys());
    const title = await page.title();
    const [before] = (await caches(page)).filter((name) => name.startsWith("latent-lens "));
    deploy(await newer());
    await page.goto(url);
    await page.getByText(NEWER_READY).waitFor();
    await screenshot(page, "newer build");
    assert.equal(await page.title(), title);
    const last = await page.evaluate(async () => (await fetch("index.html")).text());
    assert.ok(last.includes(`<title>${title}</title>`));

    const context = page.context();
    await page.close();
    const next = await context.newPage();
    const arrived = async () => {
      await next.goto("about:blank");
      await next.goto(url);
      return (await next.title()) === NEWER;
    };
    // What a browser does with service workers it does when it likes.
    await until(arrived, "the new build is not there");
    await until(async () => (await caches(next)).length === 2, "the old build is still kept");
    const names = await caches(next);
    assert.ok(!names.includes(before!) && names.includes("latent-lens-data"), names.join());
    assert.equal(await next.getByText(NEWER_READY).count(), 0);
  });
});

test("who asks for the new build has it at once, unless another tab uses the old one", async () => {
  await deployed(async (page, { url, deploy }) => {
    const title = await page.title();
    const other = await page.context().newPage();
    await other.goto(url);
    deploy(await newer());
    await page.goto(url);
    const open = page.getByRole("button", { name: "Open it" });
    await open.click();
    await page.getByText("Close the other tabs with this page first.").waitFor();
    assert.equal(await other.title(), title);
    await other.close();
    await open.click();
    await page.waitForFunction((wanted) => document.title === wanted, NEWER);
  });
});

test("a build that keeps nothing takes the place of one that does, and then of none", async () => {
  await deployed(async (page, { url, deploy }) => {
    const build = await newer();
    const [, code] = build["service-worker.js"]!.match(/^const BUILD=.*;\n([^]*)$/)!;
    const nothing = JSON.stringify({ version: "none", files: {}, first: [] });
    deploy({ ...build, "service-worker.js": `const BUILD=${nothing};\n${code}` });
    await page.goto(url);
    const none = async () => (await registered(page)) === 0;
    await until(none, "a service worker is left");
    assert.deepEqual(await caches(page), []);
    await page.goto(url);
    assert.equal(await page.title(), NEWER);
    await page.waitForLoadState("networkidle");
    await until(none, "a service worker is left");

    // As on a first visit: kept at once, and no word of a newer build.
    deploy(build);
    await page.goto(url);
    await kept(page);
    assert.equal(await page.getByText(NEWER_READY).count(), 0);
  });
});

for (const [what, broken] of [
  ["missing", undefined],
  ["of another build", "export default () => {};"],
] as const) {
  test(`where a file of the new build is ${what}, the old one goes on`, async () => {
    await deployed(async (page, { url, deploy, stop }) => {
      const title = await page.title();
      const before = await caches(page);
      const build = await newer();
      // The list wants another file than the server has.
      const worker = build["service-worker.js"]!.replace(
        /"view\.js":"\w+"/,
        '"view.js":"0123456789abcdef"',
      );
      deploy({ ...build, "service-worker.js": worker, "view.js": broken });
      const failed = await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        const installing = new Promise<ServiceWorker>((found) => {
          registration.onupdatefound = () => found(registration.installing!);
        });
        await registration.update().catch(() => {});
        const worker = await installing;
        while (worker.state === "installing") await new Promise((next) => setTimeout(next, 20));
        return worker.state;
      });
      assert.equal(failed, "redundant");
      assert.deepEqual(await caches(page), before, "nothing is left of it");
      await stop();
      await page.goto(`${url}?engine=cpu&epochs=2&autorun`);
      assert.equal(await page.title(), title);
      await new Lens(page).finish();
    }, /ERR_CONNECTION_REFUSED|404|service-worker\.js|not of the build/);
  });
}

test("the element alone keeps nothing in somebody else's page", async () => {
  await cdn((files) =>
    site(
      `<!doctype html><title>Another page</title><link rel="icon" href="data:," />
       <script type="module" src="${files}/latent-lens.js"></script>
       <latent-lens engine="cpu" epochs="1" autorun></latent-lens>`,
      (url) =>
        visit(
          { offline: true, other: { url, origins: [new URL(url).origin, files] } },
          async (page) => {
            await new Lens(page).finish();
            await page.waitForLoadState("networkidle");
            assert.equal(await registered(page), 0);
            assert.deepEqual(await caches(page), []);
          },
        ),
    ),
  );
});
