/**
 * A day in class, without the pauses: runs, switches, cancelled runs, other images and exports of one page, again and again.
 * Nothing may grow from hour to hour. `LATENT_LENS_DAY_RUNS` says how many runs; `cargo xtask test day` makes 2,000.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";

import type { CDPSession, Page } from "playwright-core";

import { Explorer } from "./explorer";
import { set } from "./files";
import { visit } from "./harness";

const RUNS = Number(env["LATENT_LENS_DAY_RUNS"] ?? 48);
/** How often it is looked at what there is. */
const HOURS = 8;
/** Of all runs in turn. */
const VIEWS = ["figure", "pixels", "classes", "similarity", "space", "reconstructions"];

/** What one page holds, once everything that nobody holds has been given back. */
interface Held {
  /** Bytes of JavaScript's objects in the page. */
  objects: number;
  nodes: number;
  listeners: number;
  workers: number;
  /** MB of the page's process, its workers and their WebAssembly included. */
  process: number;
  /** Seconds of the processor since the page was opened. */
  seconds: number;
}

async function held(page: Page, session: CDPSession, browser: CDPSession): Promise<Held> {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const metric = (name: string) => metrics.find((metric) => metric.name === name)!.value;
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const resident = renderers.map(({ id }) => /VmRSS:\s*(\d+) kB/.exec(status(id))?.[1]);
  return {
    objects: (await session.send("Runtime.getHeapUsage")).usedSize,
    nodes: metric("Nodes"),
    listeners: metric("JSEventListeners"),
    workers: page.workers().length,
    process: Math.max(...resident.map((kilobytes) => Number(kilobytes ?? 0) / 1000)),
    seconds: Math.max(...renderers.map(({ cpuTime }) => cpuTime)),
  };
}

/** What Linux says of a process. */
function status(id: number): string {
  try {
    return readFileSync(`/proc/${id}/status`, "utf8");
  } catch {
    return "";
  }
}

/** The images of a group at a table: there are two sets of them. */
async function bring(page: Page, which: number): Promise<void> {
  const { images, labels } = set(3, 12 + 6 * which, 8, 8);
  await page.locator("latent-lens").evaluate(
    (element, { images, labels }) => {
      const data = Uint8Array.from(images.flat());
      Object.assign(element, { images: { data, shape: [images.length, 8, 8], labels } });
    },
    { images, labels },
  );
}

test(`${RUNS} runs of one page leave it as small and as quick as it was`, async (t) => {
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Explorer(page);
    await page.locator("latent-lens[phase=idle]").waitFor();
    const session = await page.context().newCDPSession(page);
    const browser = await page.context().browser()!.newBrowserCDPSession();
    await session.send("Performance.enable");
    const hours: Held[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      if (run % 8 === 0) await bring(page, (run / 8) % 2);
      const settings = {
        dims: 2 + (run % 3),
        seed: run,
        epochs: 3,
        method: run % 2 ? "sampled" : "exact",
        metric: run % 4 ? "mse" : "rmse",
        view: VIEWS[run % VIEWS.length]!,
      };
      const ends = run % 7 === 6;
      await lens.element.evaluate(
        async (element, { settings, ends }) => {
          const lens = element as unknown as { run(): Promise<unknown>; cancel(): Promise<void> };
          for (const [name, value] of Object.entries(settings)) {
            element.setAttribute(name, String(value));
          }
          const done = lens.run();
          if (!ends) return done.then(() => {});
          await Promise.allSettled([done, lens.cancel()]);
        },
        { settings, ends },
      );
      await lens.settle();
      if (run === 0) await lens.unfold("exports");
      if (run % 12 === 0) await lens.table("Latent importance, CSV");
      if ((run + 1) % Math.ceil(RUNS / HOURS) === 0) hours.push(await held(page, session, browser));
    }
    for (const hour of hours) t.diagnostic(JSON.stringify(hour));

    // What is fetched and kept once has come by the second hour.
    const [first, last] = [hours[1]!, hours.at(-1)!];
    assert.ok(last.workers <= first.workers, `${last.workers} workers, ${first.workers} before`);
    for (const [name, room] of [
      ["listeners", 8],
      ["nodes", 100],
      ["objects", 1e6],
      ["process", 24],
    ] as const) {
      const least = Math.min(...hours.slice(1, 4).map((hour) => hour[name]));
      assert.ok(last[name] <= 1.05 * least + room, `${name}: ${last[name]}, ${least} before`);
    }
    const took = hours.slice(1).map((hour, at) => hour.seconds - hours[at]!.seconds);
    const before = Math.min(...took.slice(0, 3));
    const after = Math.min(...took.slice(-3));
    assert.ok(after <= 1.3 * before, `an hour takes ${after} s of the processor, ${before} before`);
  });
});
