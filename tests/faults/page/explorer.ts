/** The page in a real browser, with what its runs give undisturbed, and what it must not let grow. */
import assert from "node:assert/strict";

import type { CDPSession, Page } from "playwright-core";

import { type Options, until, visit } from "../../browser/harness";
import { coloured, Lens } from "../../browser/lens";
import type { Place } from "../kinds";
import type { Random } from "../random";
import { type Injected, injecting, type Strike } from "./inject";

/** Quick, and yet through every stage. */
export const QUICK = "engine=cpu&dims=4&epochs=3&method=sampled&permutations=3";
const SEEDS = [1, 2, 3];
/** After so many faults every kind has struck, and every part of the page that they open has its listeners. */
const ROUND = 14;
/** A page that has not come to an end of any kind by then hangs. */
const PATIENCE_S = 90;

/** How a run ended: its report's digest, or what is said. */
export type End = { digest: string; said?: undefined } | { said: string; digest?: undefined };

interface LensElement extends HTMLElement {
  run(): Promise<unknown>;
  cancel(): Promise<void>;
  open(files: File[]): Promise<void>;
  report: Record<string, unknown> | null;
}

type Held = Window & { injected: Injected; ended?: Promise<unknown> };

export class Explorer implements Place {
  readonly lens: Lens;
  /** Digests of reports by seed. */
  readonly right = new Map<number, string>();
  readonly uncaught: string[] = [];
  #session!: CDPSession;
  #close = () => {};
  #closed: Promise<void> = Promise.resolve();
  #counted: { listeners: number; urls: number; workers: number }[] = [];
  #seed = 0;

  private constructor(readonly page: Page) {
    this.lens = new Lens(page);
    page.on("pageerror", ({ message }) => this.uncaught.push(message));
    page.on("crash", () => this.uncaught.push("the page crashed"));
  }

  static open(options: Options = {}, undisturbed = true): Promise<Explorer> {
    const before = async (page: Page) => {
      await injecting(page);
      await options.before?.(page);
    };
    // The browser reports what is made to fail.
    const usual = { query: `?${QUICK}`, expected: /./ };
    return Explorer.within((use) => visit({ ...usual, ...options, before }, use), undisturbed);
  }

  /** Of a page that `opening` opens, until it is closed. */
  static async within(
    opening: (use: (page: Page) => Promise<void>) => Promise<void>,
    undisturbed = true,
  ): Promise<Explorer> {
    let explorer!: Explorer;
    let closed!: Promise<void>;
    await new Promise<void>((opened, failed) => {
      closed = opening(async (page) => {
        explorer = new Explorer(page);
        explorer.#session = await page.context().newCDPSession(page);
        await explorer.#session.send("Performance.enable");
        const over = new Promise<void>((close) => (explorer.#close = close));
        await explorer.lens.reach(["idle"]);
        if (undisturbed) await explorer.#undisturbed();
        opened();
        await over;
      });
      closed.catch(failed);
    });
    explorer.#closed = closed;
    return explorer;
  }

  async #undisturbed(): Promise<void> {
    for (const seed of SEEDS) {
      const end = await this.run({ seed: `${seed}` });
      assert.ok(end.digest, end.said);
      this.right.set(seed, end.digest);
    }
    this.#seed = SEEDS.at(-1)!;
    assert.equal(new Set(this.right.values()).size, SEEDS.length, "other seeds, other numbers");
  }

  async close(): Promise<void> {
    this.#close();
    await this.#closed;
  }

  call<T>(what: (element: LensElement) => T): Promise<Awaited<T>> {
    return this.lens.element.evaluate(what as (element: Element) => T) as Promise<Awaited<T>>;
  }

  set(attributes: Record<string, string>): Promise<void> {
    return this.lens.element.evaluate((element, attributes) => {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }, attributes);
  }

  /** Begins a run of another seed than that of the figure, and returns the seed. */
  async begin(random: Random, attributes: Record<string, string> = {}): Promise<number> {
    const seed = random.choose(SEEDS.filter((each) => each !== this.#seed));
    await this.start({ ...attributes, seed: `${seed}` });
    return seed;
  }

  async start(attributes: Record<string, string>): Promise<void> {
    await this.set(attributes);
    await this.call((element) => {
      const ended = element.run().then(
        () => "done",
        (reason: Error) => `${reason.name}: ${reason.message}`,
      );
      Object.assign(window, { ended });
    });
  }

  /** Until the run that has been begun has an end. */
  async end(seconds = PATIENCE_S): Promise<End> {
    const how = await this.page.evaluate(async (seconds) => {
      const late = new Promise((resolve) => setTimeout(resolve, 1000 * seconds, "late"));
      return Promise.race([(window as unknown as Held).ended, late]);
    }, seconds);
    assert.notEqual(
      how,
      "late",
      `no end after ${seconds} s: ${await this.lens.status.innerText()}`,
    );
    if (how === "done") return { digest: await this.digest() };
    await this.lens.reach(["error", "idle"]);
    return { said: await this.lens.status.innerText() };
  }

  async run(attributes: Record<string, string>): Promise<End> {
    await this.start(attributes);
    return this.end();
  }

  /** A text that differs where a number of the report does. */
  digest(): Promise<string> {
    return this.call(async (element) => {
      const plain = (_: string, value: unknown) =>
        ArrayBuffer.isView(value) ? [...(value as never)] : value;
      // Which of its parts came first is a matter of time.
      const parts = Object.entries(element.report ?? {}).sort(([one], [other]) =>
        one < other ? -1 : 1,
      );
      const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(parts), plain));
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
      return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    });
  }

  /** Arms a fault in the page's workers. */
  strike(strike: Strike): Promise<void> {
    return this.page.evaluate((strike) => {
      const { injected } = window as unknown as Held;
      injected.strike = strike;
      injected.struck = 0;
    }, strike);
  }

  disarm(): Promise<void[]> {
    return this.page.evaluate(() => (window as unknown as Held).injected.disarm());
  }

  struck(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as Held).injected.struck);
  }

  /**
   * A run with this seed has ended: with the right numbers, or in these words, with a figure as before. Then the next
   * run is right.
   */
  async check(end: End, seed: number, words: RegExp): Promise<void> {
    if (end.digest)
      assert.equal(end.digest, this.right.get(seed), "other numbers than undisturbed");
    else {
      assert.match(end.said!, words);
      const kept = await this.call((element) => Boolean(element.report?.["pixel_importance"]));
      assert.ok(kept, "what was computed before is gone");
    }
    await this.recovers(seed);
  }

  /** The next run has the right numbers, and a figure. */
  async recovers(seed: number): Promise<void> {
    const again = await this.run({ seed: `${seed}`, workers: "1" });
    assert.equal(again.said, undefined, `the next run fails: ${again.said}`);
    assert.equal(again.digest, this.right.get(seed), "the next run has other numbers");
    this.#seed = seed;
    await this.lens.settle();
    assert.ok((await coloured(this.lens.figure)) > 500, "the figure is empty");
    assert.deepEqual(this.uncaught, [], "an error that nobody caught");
  }

  /** That nothing is left of what was done: workers, addresses of objects, listeners. */
  async leaks(): Promise<void> {
    // Engines keep as many as there are cores, at least four; readers and projections one each.
    const most = 6;
    await until(
      () => this.page.workers().length <= most,
      () => `${this.page.workers().length} workers are left`,
      20,
    );
    await this.#session.send("HeapProfiler.collectGarbage");
    const { metrics } = await this.#session.send("Performance.getMetrics");
    const listeners = metrics.find(({ name }) => name === "JSEventListeners")?.value ?? 0;
    const urls = await this.page.evaluate(() => (window as unknown as Held).injected.urls.size);
    this.#counted.push({ listeners, urls, workers: this.page.workers().length });
    const [first] = this.#counted.slice(Math.min(ROUND, this.#counted.length - 1));
    assert.ok(urls <= first!.urls + 2, `${urls} addresses of objects, after ${first!.urls}`);
    const allowed = first!.listeners + 40;
    assert.ok(listeners <= allowed, `${listeners} listeners, after ${first!.listeners}`);
  }
}
