/** The engine's workers: how many a page has, and what a test has them do. */
import type { Page } from "playwright-core";

import { until } from "./harness";

/** Until a page has so many of them, and no more. */
export async function engineWorkers(page: Page, count: number): Promise<void> {
  const workers = () => page.workers().filter((worker) => worker.url().includes("/worker.js"));
  await until(
    () => workers().length === count,
    () => `${workers().length} workers, not ${count}`,
  );
}

/** Puts `code` before that of every worker, or of those at these places in the order of their start. */
export async function prepend(page: Page, code: string, which?: readonly number[]): Promise<void> {
  let workers = 0;
  await page.route("**/worker.js", async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const meant = !which || which.includes(workers);
    workers += 1;
    await route.fulfill({ response, body: meant ? `${code};\n${text}` : text });
  });
}

/** As much of `www/engine/messages.ts` as a test looks at. */
export interface Update {
  stage: string;
  done: number;
  total: number;
}

/** Code of a worker that does `what` each time it has told of a run as far as `when` says. */
export function afterUpdate(when: (update: Update) => boolean, what: string): string {
  return `{
    const when = ${when.toString()};
    const post = self.postMessage.bind(self);
    self.postMessage = (message, transfer) => {
      post(message, transfer);
      const word = message.message;
      if (word?.type === "update" && when(word.update)) { ${what} }
    };
  }`;
}

/** A place of a run where workers wait. */
interface Gate {
  closed: boolean;
  readonly waiting: (() => void)[];
}

/**
 * Keeps workers waiting at places of a run until the test lets them go: so what a test does in the
 * middle of training happens there, however fast the run is and however slow the test. A worker hears
 * nothing while it waits.
 */
export class Held {
  readonly #gates = new Map<string, Gate>();

  /** Before the page is opened: workers wait where they have told of a run as far as a place says. */
  static async at(page: Page, places: Record<string, (update: Update) => boolean>): Promise<Held> {
    const held = new Held();
    const codes = Object.entries(places).map(([name, when]) => {
      held.#gates.set(name, { closed: true, waiting: [] });
      const ask = `new XMLHttpRequest(); asked.open("GET", "held-${name}", false); asked.send();`;
      return afterUpdate(when, `const asked = ${ask}`);
    });
    await page.route("**/held-*", (route) => {
      const name = route.request().url().split("held-")[1]!;
      held.#keep(held.#gates.get(name)!, () => void route.fulfill({ body: "" }));
    });
    await prepend(page, codes.join(";\n"));
    return held;
  }

  /** Until a worker waits there. */
  reached(name: string): Promise<void> {
    const { waiting } = this.#gates.get(name)!;
    return until(() => waiting.length > 0, `no worker has come to ${name}`);
  }

  /** Lets those go on that wait there; others pass, unless told otherwise. */
  release(name: string, closed = false): void {
    const gate = this.#gates.get(name)!;
    gate.closed = closed;
    for (const go of gate.waiting.splice(0)) go();
  }

  #keep(gate: Gate, go: () => void): void {
    if (!gate.closed) return go();
    gate.waiting.push(go);
  }
}
