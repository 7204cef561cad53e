/** The CDN that examples name, as it answers once this version is published: with the files built here. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";

import type { Page } from "playwright-core";

/** Which examples may ask for files. */
export const CDN = "https://cdn.jsdelivr.net";

const PACKAGE = `${CDN}/npm/latent-lens@0.1.0/`;

const TYPES: Record<string, string> = {
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
  gz: "application/gzip",
};

export async function publish(page: Page): Promise<void> {
  await page.context().route(`${CDN}/**`, async (route) => {
    const url = route.request().url();
    if (!url.startsWith(PACKAGE)) return route.fulfill({ status: 404, body: "not published" });
    const file = url.slice(PACKAGE.length);
    await route.fulfill({
      body: await readFile(join(env.DIST!, "package", file)),
      headers: {
        "access-control-allow-origin": "*",
        "content-type": TYPES[file.split(".").at(-1)!] ?? "application/octet-stream",
      },
    });
  });
}
