/** The site on a server that can change and stop, in a browser that may keep it. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import type { Page } from "playwright-core";

import { SITE, visit } from "./harness";
import { serving } from "./servers";

/** What a server has that the build has not: a text instead of a file, or nothing at all. */
type Changes = Record<string, string | undefined>;

export interface Deployment {
  url: string;
  /** Puts other files on the server. */
  deploy(changes: Changes): void;
  stop(): Promise<void>;
}

async function file(path: string): Promise<Response> {
  return fetch(new URL(path, SITE));
}

/** Opens the site, from a server that can change and stop, in a browser that may keep it. */
export function deployed(
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
export async function kept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

export const NEWER = "A newer build";
export const NEWER_READY = "A newer version of this page is ready.";

/** The files of a build with another title. */
export async function newer(): Promise<{ [file: string]: string }> {
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
