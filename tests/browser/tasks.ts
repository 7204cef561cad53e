/** How long the page's main thread is busy at a stretch. */
import assert from "node:assert/strict";

import type { Page } from "playwright-core";

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  args: { name?: string; data?: { duration?: number } };
  /** Microseconds of processor time. */
  tdur?: number;
}

/** Milliseconds of processor time of the page's longest task while `use` runs. */
export async function longestTask(page: Page, use: () => Promise<void>): Promise<number> {
  const times = await taskTimes(page, use);
  assert.ok(times.length > 100, `only ${times.length} tasks were traced`);
  return Math.max(...times);
}

/**
 * Milliseconds of processor time of each of the page's tasks while `use` runs. The Long Tasks API
 * counts by the clock, and on a busy machine a task is long because others have its processor;
 * what the page itself takes is what a visitor's machine would have to bear.
 */
export async function taskTimes(page: Page, use: () => Promise<void>): Promise<number[]> {
  const times = await trace(page);
  await use();
  return times();
}

/** Traces a page's tasks from now on; the function that is returned ends it and gives their times. */
export async function trace(page: Page): Promise<() => Promise<number[]>> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "devtools.timeline"] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.end");
    await complete;
    return mainThread(events);
  };
}

function mainThread(events: TraceEvent[]): number[] {
  const mains = events.filter(
    ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain",
  );
  const tasks = events.filter(
    ({ name, tdur, pid, tid }) =>
      tdur !== undefined &&
      name.endsWith("RunTask") &&
      mains.some((main) => main.pid === pid && main.tid === tid),
  );
  assert.ok(tasks.length > 0, "no task was traced");
  return tasks.map(({ tdur }) => tdur! / 1000);
}
