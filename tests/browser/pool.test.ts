/** Several workers measure: the same numbers to the last digit, whatever becomes of some of them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { afterUpdate, engineWorkers, Held, prepend, type Update } from "./engine-workers";
import { type Options, until, visit } from "./harness";
import { Lens, type Matrix } from "./lens";

/** Quick to train; importance has a few hundred to a few thousand measurements. */
const QUICK = "?engine=cpu&classes=0,1&dims=5&epochs=2&autorun";
/** Long enough for something to happen in the middle of stage 1. */
const LONG = "?engine=cpu&classes=0,1&dims=8&hidden-layers=64,32&epochs=1&method=sampled&autorun";

interface Progress {
  stage: string;
  done: number;
  total: number;
  remaining_ms: number | null;
}

/** As much of www/calls/messages.ts as is looked at. */
interface FromWorker {
  type: string;
  message?: { type: string };
  answer?: unknown;
}

/** What the page has seen: every progress, and every word that its engine's workers have said. */
interface Seen {
  progress: Progress[];
  partial: { stage: string; done: number; repeats: number; mean: Matrix }[];
  said: { worker: number; type: string; ms: number }[];
}

/** What is kept back until so many workers have measured so many stretches each. */
interface Measuring {
  workers: number;
  stretches: number;
}

/**
 * Writes down what happens on the page. What workers measure is kept back until all of them have
 * measured something: how fast each of them starts is a matter of the machine. Each is given two
 * stretches before anybody has to know of the first.
 */
function witness(
  page: Page,
  measuring: Measuring = { workers: 0, stretches: 0 },
): Promise<unknown> {
  return page.addInitScript((measuring) => {
    const seen: Seen = { progress: [], partial: [], said: [] };
    Object.assign(window, { seen });
    let workers = 0;
    const measured = new Map<number, number>();
    const enough = () => {
      const ready = [...measured.values()].filter((count) => count >= measuring.stretches);
      return ready.length >= measuring.workers;
    };
    let kept: (() => void)[] = [];
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        if (!`${url}`.endsWith("/worker.js")) return;
        const worker = workers++;
        this.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
          const ended = () => (typeof data.answer === "string" ? "opened" : "over");
          const type = data.message?.type ?? (data.type === "answer" ? ended() : data.type);
          seen.said.push({ worker, type, ms: performance.now() });
        });
        this.addEventListener("message", (event: MessageEvent<FromWorker>) => {
          if (event.data.message?.type !== "stretch" || enough()) return;
          measured.set(worker, (measured.get(worker) ?? 0) + 1);
          event.stopImmediatePropagation();
          const { data } = event;
          kept.push(() => this.onmessage?.call(this, new MessageEvent("message", { data })));
          if (!enough()) return;
          for (const deliver of kept) deliver();
          kept = [];
        });
      }
    };
    addEventListener(
      "lens-progress",
      (event) => {
        const progress = (event as unknown as CustomEvent<Progress>).detail;
        if (!progress.stage) return;
        seen.progress.push(progress);
        const { report } = event.target as unknown as { report: Record<string, any> };
        const found = report?.["pixel_importance"];
        if (progress.stage !== "pixel-importance" || !found) return;
        const mean = { shape: found.mean.shape, data: [...found.mean.data] };
        seen.partial.push({ stage: "V", done: progress.done, repeats: found.repeats, mean });
      },
      true,
    );
  }, measuring);
}

const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

/** What the engine's workers have said, from a word on. */
const said = (page: Page, from = 0) =>
  page.evaluate((from) => (window as unknown as { seen: Seen }).seen.said.slice(from), from);

/** How many of the engine's workers have said something of this kind. */
function workersSaying({ said }: Pick<Seen, "said">, type: string): number {
  return new Set(said.filter((each) => each.type === type).map(({ worker }) => worker)).size;
}

/** Progress never goes back, arrives where it should, and knows what is left. */
function assertSteady({ progress }: Seen): void {
  for (const stage of ["pixel-importance", "latent-importance"]) {
    const mine = progress.filter((each) => each.stage === stage && each.total > 1);
    assert.ok(mine.length > 0, `no updates in ${stage}`);
    for (const [index, { done, total, remaining_ms }] of mine.entries()) {
      assert.ok(done >= (mine[index - 1]?.done ?? 0) && done <= total);
      assert.equal(total, mine[0]!.total);
      if (done > 0) assert.ok(remaining_ms !== null && remaining_ms >= 0);
    }
    assert.equal(mine.at(-1)!.done, mine[0]!.total, `${stage} comes to its end`);
    assert.equal(mine.at(-1)!.remaining_ms, 0);
  }
}

/** A run's report as text, to the last digit, and what was seen on the way. */
async function run(
  query: string,
  options: Options & { measuring?: Measuring } = {},
): Promise<[report: string, seen: Seen]> {
  let result: [string, Seen] | undefined;
  await visit(
    {
      ...options,
      query,
      before: async (page) => {
        await witness(page, options.measuring);
        await options.before?.(page);
      },
    },
    async (page) => {
      const report = await new Lens(page).finish(180);
      const { repeats, method, std_error } = report.latent_importance;
      assert.equal(std_error !== null, repeats > 1 || method === "exact");
      // Which of its parts came first is a matter of time.
      const parts = Object.entries(report).sort(([one], [other]) => (one < other ? -1 : 1));
      result = [JSON.stringify(Object.fromEntries(parts)), await seen(page)];
    },
  );
  return result!;
}

for (const [name, query] of [
  ["sampled, one layer", `${QUICK}&method=sampled&permutations=40`],
  ["sampled, hidden layers", `${QUICK}&method=sampled&permutations=3&hidden-layers=24,9`],
  ["exact, one layer", `${QUICK}&method=exact`],
  ["exact, hidden layers", `${QUICK}&method=exact&hidden-layers=9`],
] as const) {
  test(`three workers find what one does, to the last digit: ${name}`, async () => {
    const [alone, one] = await run(`${query}&workers=1`);
    const [together, three] = await run(`${query}&workers=3`, {
      measuring: { workers: 3, stretches: 1 },
    });
    assert.equal(together, alone);
    assert.equal(workersSaying(one, "stretch"), 0, "one worker is not divided");
    assert.equal(workersSaying(one, "opened"), 1);
    assert.equal(workersSaying(three, "opened"), 3);
    assert.equal(workersSaying(three, "stretch"), 3, "all three measure");
    assertSteady(three);
  });
}

test("partial results of several workers are those of one after as many measurements", async () => {
  const base = `${QUICK}&hidden-layers=256,128&method=sampled`;
  // What one worker finds by one, two and three repeats of every pixel.
  const after: Matrix[] = [];
  for (const permutations of [1, 2, 3]) {
    const [report] = await run(`${base}&permutations=${permutations}&workers=1`);
    after.push(
      (JSON.parse(report) as { pixel_importance: { mean: Matrix } }).pixel_importance.mean,
    );
  }
  const [, { partial }] = await run(`${base}&permutations=3&workers=3`);
  const [
    {
      shape: [, dims],
    },
  ] = after as [Matrix];
  const row = ({ data }: Matrix, pixel: number) =>
    `${data.slice(pixel * dims, (pixel + 1) * dims)}`;
  const midway = partial.filter(({ repeats }) => repeats < 3);
  // How many the page hears of is a matter of the machine.
  assert.ok(midway.length > 0, "partial results");
  for (const { repeats, mean } of midway) {
    let ahead = true;
    for (let pixel = 0; pixel < mean.shape[0]; pixel += 1) {
      const zero = Array(dims).fill(0).join();
      const less = repeats === 0 ? zero : row(after[repeats - 1]!, pixel);
      const more = row(after[repeats]!, pixel);
      const found = row(mean, pixel);
      // The first pixels have been measured once more than the others.
      ahead &&= found === more;
      assert.equal(found, ahead ? more : less, `pixel ${pixel} after ${repeats} repeats`);
    }
  }
});

test("a first visitor's two digits are trained and explained by one worker, another measures their epochs", async () => {
  const [, witnessed] = await run("?engine=cpu&classes=0,1&epochs=3&autorun");
  assert.equal(workersSaying(witnessed, "divided"), 0);
  assert.ok(workersSaying(witnessed, "opened") <= 2);
});

test("work that is worth it is divided without being asked, among workers opened during training", async () => {
  const query = `${QUICK}&hidden-layers=256,128&method=sampled&permutations=3`;
  const cores = 3;
  const before = (page: Page) =>
    page.addInitScript((cores) => {
      Object.defineProperty(navigator, "hardwareConcurrency", { get: () => cores });
    }, cores);
  let held!: Held;
  const opened = async (page: Page) =>
    (await said(page)).filter(({ type }) => type === "opened").length;
  await visit(
    {
      query,
      before: async (page) => {
        await before(page);
        await witness(page);
        held = await Held.at(page, { training: ({ stage }: Update) => stage === "training" });
      },
    },
    async (page) => {
      // It trains until the helper is there.
      await held.reached("training");
      await until(async () => (await opened(page)) > 1, "no helper is opened");
      held.release("training");
      await new Lens(page).finish();
      assert.equal(await opened(page), cores - 1, "a core is left to the page");
      assert.equal(workersSaying({ said: await said(page) }, "stretch"), cores - 1);
    },
  );
});

/** Dies of its fourth stretch, before or after it has measured it. */
const dying = (of: string) => `{
  let stretches = 0;
  addEventListener("message", ({ data }) => {
    if (data.message?.type === "stretch" && ++stretches === 4) setTimeout(() => { ${of} });
  });
}`;
const CRASH = `throw new WebAssembly.RuntimeError("unreachable");`;
const EXHAUST = `throw new RangeError("WebAssembly.Memory.grow(): out of memory");`;

let undisturbed: Promise<[string, Seen]> | undefined;
const DISTURBED = `${LONG}&permutations=40&workers=3`;
for (const [name, which, death] of [
  ["a helper crashes", [1], CRASH],
  ["a helper runs out of memory", [2], EXHAUST],
  ["the worker that trained crashes", [0], CRASH],
  ["all but one die", [0, 1], CRASH],
] as const) {
  test(`${name} in mid-stage, and the run finishes with the same numbers`, async () => {
    undisturbed ??= run(DISTURBED);
    const [expected] = await undisturbed;
    const [found, witnessed] = await run(DISTURBED, {
      // The browser itself reports a worker that throws.
      expected: /./,
      // Before anything is known of anybody's speed all have two stretches, and then two more.
      measuring: { workers: 3, stretches: 2 },
      before: (page) => prepend(page, dying(death), which),
    });
    assert.equal(found, expected);
    const failed = witnessed.said.filter(({ type }) => type === "error");
    assert.equal(failed.length, which.length);
    assert.equal(
      failed.some(({ worker }) => worker === 0),
      which.some((worker) => worker === 0),
    );
    assertSteady(witnessed);
  });
}

test("a run whose workers all die says so and keeps what was found", async () => {
  // Each leads in its turn, and dies once something is added up.
  const measuring = ({ stage, done }: Update) => stage === "pixel-importance" && done > 0;
  const dying = afterUpdate(measuring, `setTimeout(() => { ${CRASH} });`);
  await visit(
    { query: DISTURBED, expected: /./, before: (page) => prepend(page, dying) },
    async (page) => {
      const lens = new Lens(page);
      await lens.reach(["error"], 120);
      assert.match(await lens.status.innerText(), /stopped unexpectedly.*stays on screen/s);
      const { fraction } = (await lens.report()).pixel_importance;
      assert.ok(fraction > 0 && fraction < 1);
      await page.unroute("**/worker.js");
      await lens.button("Try again").click();
      await lens.finish(120);
    },
  );
});

/** What a worker may still measure that is told to halt: as much as it is given ahead. */
const AHEAD = 2;
/**
 * On a machine that is busy with other things a worker may have to wait for a core before it can answer
 * anything, and then only by the clock is it late: the quickest of some tries is what it takes.
 */
const TRIES = 5;

test("pause, resume and cancel are answered within 100 ms by every worker", async () => {
  const query = `${LONG}&permutations=1000&workers=2`;
  await visit({ query, before: (page) => witness(page) }, async (page) => {
    const lens = new Lens(page);
    await lens.reach(["analysing"]);
    const measure = async () => workersSaying({ said: await said(page) }, "stretch") === 2;
    await until(measure, "not both measure");

    /** Presses a button and gives how long it took until both had answered. */
    const press = async (button: string, answer: string): Promise<number> => {
      const { from, before } = await lens.element.evaluate((element, button) => {
        const buttons =
          element.shadowRoot!.querySelectorAll<HTMLElement>("[part=transport] button");
        const { seen } = window as unknown as { seen: Seen };
        const [from, before] = [performance.now(), seen.said.length];
        [...buttons].find(({ textContent }) => textContent === button)!.click();
        return { from, before };
      }, button);
      const since = () => said(page, before);
      const answers = async () => (await since()).filter(({ type }) => type === answer);
      await until(async () => (await answers()).length >= 2, `${button} is not answered by both`);
      const who = (await answers()).map(({ worker }) => worker).sort();
      assert.deepEqual(who, [0, 1], `${button}: who answers`);
      if (answer !== "resumed") {
        // Time in which somebody could measure who should not.
        await page.waitForTimeout(200);
        for (const worker of who) {
          const mine = (await since()).filter((each) => each.worker === worker);
          const at = mine.findIndex(({ type }) => type === answer);
          const measured = (from: number, to?: number) =>
            mine.slice(from, to).filter(({ type }) => type === "stretch").length;
          assert.ok(
            measured(0, at) <= AHEAD,
            `${button}: goes on for ${measured(0, at)} stretches`,
          );
          assert.equal(measured(at), 0, `nobody measures after ${button}`);
        }
      }
      return Math.max(...(await answers()).map(({ ms }) => ms)) - from;
    };

    const times = { paused: Infinity, resumed: Infinity };
    for (let again = 0; again < TRIES && Math.max(...Object.values(times)) >= 100; again += 1) {
      times.paused = Math.min(times.paused, await press("Pause", "paused"));
      times.resumed = Math.min(times.resumed, await press("Resume", "resumed"));
    }
    for (const [answer, ms] of Object.entries(times))
      assert.ok(ms < 100, `${answer} after ${ms} ms`);
    await press("Pause", "paused");
    await press("Cancel", "over");
    await lens.button("Run again").click();
    await lens.reach(["analysing"]);
  });
});

test("workers are kept for the next run, and end with the element", async () => {
  const before = (page: Page) => witness(page);
  await visit({ query: `${QUICK}&workers=3`, before }, async (page) => {
    const lens = new Lens(page);
    await lens.finish();
    await lens.button("Run again").click();
    await lens.finish();
    assert.equal(workersSaying(await seen(page), "opened"), 3);
    await engineWorkers(page, 3);
    // Half a second later it is known that it was not only moved.
    await lens.element.evaluate((element) => element.remove());
    await engineWorkers(page, 0);
  });
});

test("a number of workers is refused where it is none", async () => {
  await visit({ query: "?workers=many" }, async (page) => {
    const lens = new Lens(page);
    const refused = lens.element.locator("[part=refused]");
    await refused.getByText("Workers must be auto or a whole number from 1 to 64.").waitFor();
  });
});

/** A page with elements that a test drives: what runs, and how many workers there are. */
const PAGE = "?engine=cpu&classes=0,1&dims=4&epochs=1&permutations=1&method=sampled";

interface Element extends HTMLElement {
  run(): Promise<unknown>;
  cancel(): Promise<void>;
}

test("two elements run at once, with numbers and workers of their own", async () => {
  await visit({ query: PAGE }, async (page) => {
    const reports = await page.evaluate(async () => {
      const first = document.querySelector("latent-lens") as Element;
      const second = first.cloneNode() as Element;
      second.setAttribute("dims", "3");
      first.after(second);
      const plain = (report: unknown) =>
        JSON.stringify(report, (_, value: unknown) =>
          value instanceof Float32Array ? [...value] : value,
        );
      const both = (await Promise.all([first.run(), second.run()])).map(plain);
      // Alone it finds the same.
      return [...both, plain(await second.run())];
    });
    const [first, second, again] = reports.map(
      (text) => JSON.parse(text) as { pixel_importance: { mean: Matrix } },
    );
    assert.equal(first!.pixel_importance.mean.shape[1], 4);
    assert.equal(second!.pixel_importance.mean.shape[1], 3);
    assert.deepEqual(again!.pixel_importance, second!.pixel_importance);
    await engineWorkers(page, 2);
    // What one of them leaves is for the other.
    await page.evaluate(() => document.querySelector("latent-lens")!.remove());
    await page.waitForTimeout(1500);
    await page.evaluate(() => (document.querySelector("latent-lens") as Element).run());
    await engineWorkers(page, 2);
    await page.evaluate(() => document.querySelector("latent-lens")!.remove());
    await engineWorkers(page, 0);
  });
});

// The second one measures epochs.
test("twenty runs, six that are cancelled and six that are removed leave two workers, then none", async () => {
  await visit({ query: `${PAGE}&workers=2` }, async (page) => {
    const lens = new Lens(page);
    const browser = await page.context().newCDPSession(page);
    const heap = async () => {
      await browser.send("HeapProfiler.collectGarbage");
      return (await browser.send("Runtime.getHeapUsage")).usedSize;
    };
    await page.evaluate(async () => {
      const lens = document.querySelector("latent-lens") as Element;
      for (let run = 0; run < 3; run += 1) await lens.run();
    });
    const before = await heap();
    await page.evaluate(async () => {
      const lens = document.querySelector("latent-lens") as Element;
      for (let run = 0; run < 17; run += 1) await lens.run();
      for (let run = 0; run < 6; run += 1) {
        const over = lens.run().catch(() => {});
        if (run > 2) await new Promise((next) => setTimeout(next, 20 * run));
        await lens.cancel();
        await over;
      }
    });
    await engineWorkers(page, 2);
    const after = await heap();
    assert.ok(after < before + 2e6, `${before} bytes grew to ${after}`);
    await page.evaluate(async () => {
      const first = document.querySelector("latent-lens") as Element;
      for (let run = 0; run < 6; run += 1) {
        const other = first.cloneNode() as Element;
        first.after(other);
        const over = other.run().catch(() => {});
        if (run > 2) await new Promise((next) => setTimeout(next, 100 * run));
        other.remove();
        await over;
        // It may only have been moved: until half a second later it goes on, with a worker for its epochs.
        await new Promise((next) => setTimeout(next, 600));
      }
    });
    await engineWorkers(page, 2);
    await lens.element.evaluate((element) => element.remove());
    await until(() => page.workers().length === 0, "workers are left");
  });
});

test("offline in the middle of a run nothing of it fails, and a run that has no worker yet says why", async () => {
  const query = `${DISTURBED}&workers=3`.replace("&autorun", "");
  await visit({ query, expected: /ERR_INTERNET_DISCONNECTED|Failed to load/ }, async (page) => {
    const lens = new Lens(page);
    await lens.button("Train and explain").click();
    await lens.reach(["training", "analysing"]);
    await page.context().setOffline(true);
    await lens.finish(120);
  });
  await visit({ query: PAGE, expected: /./ }, async (page) => {
    const lens = new Lens(page);
    await lens.button("Train and explain").waitFor();
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await lens.button("Train and explain").click();
    await lens.reach(["error"]);
    assert.match(await lens.status.innerText(), /not connected to the network: connect it/);
    await page.context().setOffline(false);
    await lens.button("Try again").click();
    await lens.finish();
  });
});
