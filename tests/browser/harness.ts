/**
 * Opens the site in a real Chromium. `cargo xtask test browser` serves the site, finds the browser
 * and says in the environment where both are.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

import { countFrames } from "./drawn";

/** Address of the page, which lies in a folder of its server as it does on GitHub Pages. */
export const SITE = needed("SITE");

export interface Options {
  /** Whether WebGPU finds an adapter: a software one, slow but real, or none (the default). */
  webgpu?: "software" | "none";
  /** Another page than the site's own, with the servers that it may ask for something. */
  other?: { url: string; origins: string[] };
  /** What the page asks for in its own address, such as `?classes=0,1&autorun`. */
  query?: string;
  /** Screen, colour scheme, reduced motion, ... */
  context?: BrowserContextOptions;
  /** Whether the browser has a profile to remember things in, instead of a private window. */
  profile?: boolean;
  /** Whether the page may keep itself in the browser, whose requests a test cannot change then. */
  offline?: boolean;
  /** Of the browser's command line. */
  arguments?: string[];
  /** Complaints of the browser that belong to what is tested; any other fails the test. */
  expected?: RegExp;
  /** Called before the page is opened, to intercept requests or to add a script. */
  before?: (page: Page) => Promise<unknown>;
}

const ALWAYS = [
  // Chromium's sandbox does not work for root, as which most containers run.
  "--no-sandbox",
  // No request of the browser's own.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

const WEBGPU = {
  software: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  none: ["--disable-gpu"],
};

/** How many seconds anything is waited for that is not known to take longer. */
export const PATIENCE_S = 90;

/**
 * Opens the page in a browser of its own and hands it to `use`. Afterwards the page must have
 * given the browser no reason to complain and must have asked no other server for anything.
 */
export async function visit(options: Options, use: (page: Page) => Promise<void>): Promise<void> {
  const program = {
    executablePath: needed("CHROMIUM"),
    args: [...ALWAYS, ...WEBGPU[options.webgpu ?? "none"], ...(options.arguments ?? [])],
  };
  const about: BrowserContextOptions = {
    serviceWorkers: options.offline ? "allow" : "block",
    ...options.context,
  };
  // Without a folder's name the profile goes when the browser does.
  const context = options.profile
    ? await chromium.launchPersistentContext("", { ...program, ...about })
    : await (await chromium.launch(program)).newContext(about);
  try {
    // Reached only where something does not come at all, however busy the machine is.
    context.setDefaultTimeout(1000 * PATIENCE_S);
    await context.addInitScript(countFrames);
    const page = await context.newPage();
    const { url, origins } = options.other ?? { url: SITE, origins: [new URL(SITE).origin] };
    const complaints = listen(page, origins);
    await options.before?.(page);
    await page.goto(url + (options.query ?? ""));
    const unexpected = () => complaints.filter((each) => !options.expected?.test(each));
    await use(page).catch((error: Error) => {
      // What the page complained of may be why.
      error.message += unexpected()
        .map((complaint) => `\n${complaint}`)
        .join("");
      throw error;
    });
    assert.deepEqual(unexpected(), []);
  } finally {
    await (context.browser() ?? context).close();
  }
}

/**
 * What Chromium says of itself whenever a page asks for an adapter and there is none, and Playwright
 * when it keeps a page from keeping itself.
 */
const NO_COMPLAINTS = [
  "No available adapters.",
  "Service Worker registration blocked by Playwright",
];

/** Everything that goes wrong on `page` from now on: the list grows. */
function listen(page: Page, origins: string[]): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("crash", () => complaints.push("the page crashed"));
  page.on("console", (message) => {
    const complains = message.type() === "error" || message.type() === "warning";
    if (complains && !NO_COMPLAINTS.includes(message.text())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  // The context hears of the workers' requests too.
  page.context().on("request", (request) => {
    const url = new URL(request.url());
    const local = url.protocol === "blob:" || url.protocol === "data:";
    if (!local && !origins.includes(url.origin)) complaints.push(`request to ${url.href}`);
  });
  return complaints;
}

const STRICT = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
].join("; ");

/** Serves the document at `url` with a strict content security policy. */
export async function strictly(page: Page, url: string): Promise<void> {
  await page.route(url, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-security-policy": STRICT };
    await route.fulfill({ response, headers });
  });
}

/** Asks again until it is so; `what` tells what is the matter where it does not become so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string | (() => string),
  seconds = PATIENCE_S,
): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; !(await isSo());) {
    assert.ok(Date.now() < end, typeof what === "string" ? what : what());
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** Keeps a picture of the page, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: pictureFile(name), fullPage: true });
}

export function pictureFile(name: string): string {
  const folder = needed("SCREENSHOTS");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

/** A variable of the environment. */
export function needed(name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with \`cargo xtask test\``);
  return value;
}
