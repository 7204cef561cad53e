/**
 * Opens the site in a real Firefox. Playwright drives only a Firefox of its own; Puppeteer drives
 * the one that people have, over WebDriver BiDi.
 */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import puppeteer, { type ElementHandle, type Page, type Viewport } from "puppeteer-core";

import { type Counted, countFrames } from "../browser/drawn";
import { needed, PATIENCE_S, pictureFile, SITE, until } from "../browser/harness";
import { colouredPixels, type Report } from "../browser/lens";

/** Where Firefox leaves what is downloaded, without asking. */
const DOWNLOADS = {
  "browser.download.folderList": 2,
  "browser.download.always_ask_before_handling_new_types": false,
  "browser.download.manager.showWhenStarting": false,
};

export interface Options {
  /** Where the site is, if not on the tests' own server. */
  url?: string;
  /** What the page asks for in its own address, such as `?classes=0,1&autorun`. */
  query?: string;
  viewport?: Viewport;
  dark?: boolean;
}

/**
 * Opens the page in a browser of its own and hands it to `use`. Afterwards the page must have
 * given the browser no reason to complain and must have asked no other server for anything.
 */
export async function visit(
  options: Options,
  use: (lens: Visitor) => Promise<void>,
): Promise<void> {
  const downloads = await mkdtemp(join(tmpdir(), "latent-lens-downloads-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: needed("FIREFOX"),
    extraPrefsFirefox: {
      ...DOWNLOADS,
      "browser.download.dir": downloads,
      "layout.css.prefers-color-scheme.content-override": options.dark ? 0 : 1,
    },
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(1000 * PATIENCE_S);
    await page.setViewport(options.viewport ?? { width: 1280, height: 900 });
    const url = options.url ?? SITE;
    const complaints = listen(page, new URL(url).origin);
    await page.evaluateOnNewDocument(countFrames);
    await page.goto(url + (options.query ?? ""));
    await use(new Visitor(page, downloads));
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    await rm(downloads, { recursive: true, force: true });
  }
}

/** Everything that goes wrong on `page` from now on: the list grows. */
function listen(page: Page, origin: string): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("console", (message) => {
    const complains = message.type() === "error" || message.type() === "warn";
    if (complains) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    const local = url.protocol === "blob:" || url.protocol === "data:";
    if (!local && url.origin !== origin) complaints.push(`request to ${url.href}`);
  });
  return complaints;
}

/** What a visitor does with the page's `<latent-lens>` element and sees of it. */
export class Visitor {
  constructor(
    readonly page: Page,
    readonly downloads: string,
  ) {}

  /** The first element within the lens that is on the screen, as soon as it is. */
  async see(selector: string): Promise<ElementHandle<Element>> {
    const found = await this.page.waitForSelector(`latent-lens >>> ${selector}`, {
      visible: true,
    });
    assert.ok(found, selector);
    return found;
  }

  async text(selector: string): Promise<string> {
    return (await this.see(selector)).evaluate((element) => (element as HTMLElement).innerText);
  }

  /** Clicks the button or the choice with these words, as soon as it is there. */
  async press(words: string): Promise<void> {
    const control = await this.page.waitForFunction(
      (words) => {
        const root = document.querySelector("latent-lens")?.shadowRoot;
        const controls = [...(root?.querySelectorAll<HTMLElement>("button, label") ?? [])];
        return controls.find((each) => each.innerText.trim() === words && each.checkVisibility());
      },
      {},
      words,
    );
    await (control as ElementHandle<Element>).click();
  }

  /** Waits until the element's phase is one of `phases`, and gives it. */
  async reach(phases: string[], seconds = PATIENCE_S): Promise<string> {
    const phase = await this.page.waitForFunction(
      (wanted) => {
        const phase = document.querySelector("latent-lens")?.getAttribute("phase");
        return phase && wanted.includes(phase) ? phase : false;
      },
      { timeout: seconds * 1000, polling: 20 },
      phases,
    );
    return (await phase.jsonValue()) as string;
  }

  async finish(): Promise<Report> {
    const phase = await this.reach(["done", "error"]);
    assert.equal(phase, "done", await this.text("[part=status]"));
    return this.report();
  }

  async report(): Promise<Report> {
    const text = await this.page.evaluate(() => {
      const { report } = document.querySelector("latent-lens") as unknown as { report: unknown };
      return JSON.stringify(report, (_, value: unknown) =>
        value instanceof Float32Array ? [...value] : value,
      );
    });
    return JSON.parse(text) as Report;
  }

  /** How many pixels of a canvas are neither white, black nor grey. */
  async coloured(selector: string): Promise<number> {
    return (await this.see(selector)).evaluate(colouredPixels);
  }

  /** Presses a button that hands out a file, and gives what is in it. */
  async take(button: string, name: string): Promise<Buffer> {
    await this.press(button);
    let content = Buffer.alloc(0);
    const downloaded = async () => {
      content = await readFile(join(this.downloads, name)).catch(() => content);
      return content.length > 0;
    };
    await until(downloaded, `${name} was not downloaded`);
    return content;
  }

  /** Until what was asked for has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(() => (window as unknown as Counted).drawn(30));
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: pictureFile(name) as `${string}.png`, fullPage: true });
  }
}
