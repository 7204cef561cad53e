/** What browsers and pages around do to a tab and to the element in it while it runs. */
import { setTimeout as pause } from "node:timers/promises";

import { until } from "../../browser/harness";
import type { Kind } from "../kinds";
import type { Random } from "../random";
import type { Explorer } from "./explorer";

const CANCELLED = /Cancelled/;

/** Does something in the middle of a run, which has to come to its end all the same. */
async function during(
  explorer: Explorer,
  random: Random,
  what: () => Promise<string>,
  words = CANCELLED,
): Promise<string> {
  const seed = await explorer.begin(random, { workers: random.choose(["1", "3"]) });
  const ms = random.below(600);
  await pause(ms);
  const done = await what();
  const end = await explorer.end();
  await explorer.check(end, seed, words);
  await explorer.leaks();
  return `${done} after ${ms} ms`;
}

export const TAB: readonly Kind<Explorer>[] = [
  {
    name: "the tab is frozen, and goes on",
    happen: (explorer, random) =>
      during(explorer, random, async () => {
        const session = await explorer.page.context().newCDPSession(explorer.page);
        await session.send("Page.setWebLifecycleState", { state: "frozen" });
        const ms = 200 + random.below(800);
        await pause(ms);
        await session.send("Page.setWebLifecycleState", { state: "active" });
        await session.detach();
        return `for ${ms} ms`;
      }),
  },
  {
    name: "the tab is hidden, and looked at again",
    happen: (explorer, random) =>
      during(explorer, random, async () => {
        const other = await explorer.page.context().newPage();
        await other.bringToFront();
        const ms = 200 + random.below(800);
        await explorer.page.evaluate(() => {
          Object.defineProperty(document, "hidden", { configurable: true, value: true });
          Object.defineProperty(document, "visibilityState", {
            configurable: true,
            value: "hidden",
          });
          document.dispatchEvent(new Event("visibilitychange"));
        });
        await pause(ms);
        await explorer.page.evaluate(() => {
          delete (document as { hidden?: boolean }).hidden;
          delete (document as { visibilityState?: string }).visibilityState;
          document.dispatchEvent(new Event("visibilitychange"));
        });
        await other.close();
        await explorer.page.bringToFront();
        return `for ${ms} ms`;
      }),
  },
  {
    name: "the element is moved",
    happen: (explorer, random) =>
      during(explorer, random, async () => {
        const times = 1 + random.below(4);
        for (let time = 0; time < times; time += 1) {
          await explorer.call((element) => {
            const place = document.createElement("section");
            document.querySelector("main")!.append(place);
            const { parentElement } = element;
            place.append(element);
            if (parentElement?.localName === "section") parentElement.remove();
          });
          await pause(random.below(200));
        }
        return `${times} times`;
      }),
  },
  {
    name: "the element is taken out, and put back later",
    async happen(explorer, random) {
      const away = 600 + random.below(400);
      await explorer.begin(random, { workers: random.choose(["1", "3"]) });
      const ms = random.below(600);
      await pause(ms);
      const element = await explorer.lens.element.elementHandle();
      const place = await element!.evaluateHandle((element) => {
        const place = element.parentElement!;
        element.remove();
        return place;
      });
      // What is taken out for good ends all that it has begun.
      await until(
        () => explorer.page.workers().length === 0,
        () => `${explorer.page.workers().length} workers are left`,
      );
      await pause(away);
      await place.evaluate((place, element) => place.prepend(element!), element);
      const seed = 1 + random.below(3);
      await explorer.recovers(seed);
      await explorer.leaks();
      return `after ${ms} ms, for ${away} ms`;
    },
  },
  {
    name: "asked, halted and cancelled in any order",
    async happen(explorer, random) {
      const orders = Array.from({ length: 2 + random.below(8) }, () =>
        random.choose(["run", "pause", "resume", "cancel"] as const),
      );
      for (const order of orders) {
        await explorer.lens.element.evaluate((element, order) => {
          const lens = element as unknown as Record<string, () => Promise<unknown> | undefined>;
          void lens[order]!()?.catch(() => {});
        }, order);
        await pause(random.below(150));
      }
      await explorer.call((element) => element.cancel());
      await explorer.recovers(1 + random.below(3));
      await explorer.leaks();
      return orders.join(", ");
    },
  },
  {
    name: "the clock jumps",
    async happen(explorer, random) {
      const seconds = Math.round((random.next() - 0.3) * 20_000);
      const words = await during(explorer, random, async () => {
        const jump = (seconds: number) => {
          const global = globalThis as unknown as { jumped?: number; ahead?: number };
          const before = global.jumped ?? 0;
          global.jumped = before + 1000 * seconds;
          global.ahead = Math.max(global.ahead ?? 0, global.jumped);
          if (before || Date.now.name === "jumping") return;
          const { now } = Date;
          Date.now = function jumping() {
            return now.call(Date) + global.jumped!;
          };
          // Monotonic clocks go forward alone, as over a night that a machine sleeps, and frames have the time of one.
          const performed = performance.now.bind(performance);
          performance.now = () => performed() + global.ahead!;
          const frames = globalThis.requestAnimationFrame as
            typeof requestAnimationFrame | undefined;
          if (!frames) return;
          globalThis.requestAnimationFrame = (act) => frames((now) => act(now + global.ahead!));
        };
        await explorer.page.evaluate(jump, seconds);
        for (const worker of explorer.page.workers()) {
          await worker.evaluate(jump, seconds).catch(() => {});
        }
        return `by ${seconds} s`;
      });
      return words;
    },
  },
];
