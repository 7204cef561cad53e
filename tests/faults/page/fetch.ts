/** Files of the site that do not come, or come otherwise than they are. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import type { Page, Route } from "playwright-core";

import { SITE, until } from "../../browser/harness";
import type { Kind } from "../kinds";
import { damaged, type Random } from "../random";
import { type Explorer, QUICK } from "./explorer";

const WAYS = ["cut", "slow", "truncated", "empty", "wrong", "404", "500"] as const;
type Way = (typeof WAYS)[number];

/** What any sentence of what did not come ends with. */
const REMEDY = /try again|check the connection|reload|choose other|run again|load it again/;

/** Answers requests for a file so, or only the first of them. */
async function failing(page: Page, url: string, way: Way, once: boolean, random: Random) {
  const number = random.below(2 ** 31);
  let met = 0;
  const answer = async (route: Route) => {
    met += 1;
    if (once && met > 1) return route.fallback();
    if (way === "cut") return route.abort("connectionreset");
    if (way === "404" || way === "500") return route.fulfill({ status: Number(way), body: "" });
    if (way === "slow") {
      await pause(300 + (number % 1200));
      return route.fallback();
    }
    const response = await route.fetch();
    const body = await response.body();
    if (way === "truncated") {
      return route.fulfill({ response, body: body.subarray(0, number % body.length) });
    }
    if (way === "empty") return route.fulfill({ response, body: "" });
    return route.fulfill({ response, body: await other(url, body, number) });
  };
  await page.route(url, answer);
  return { met: () => met, heal: () => page.unroute(url, answer) };
}

/** What a server may give instead of a file: the page for addresses that it has not, another file, a damaged one. */
async function other(url: string, body: Buffer, number: number): Promise<Buffer> {
  const page = async () => Buffer.from(await (await fetch(SITE)).arrayBuffer());
  if (/\.idx\.gz$/.test(url)) {
    const digit = Number(/(\d)\.idx\.gz$/.exec(url)![1]);
    const another = url.replace(/\d(?=\.idx\.gz$)/, `${(digit + 1 + (number % 8)) % 10}`);
    if (number % 3 === 0) return Buffer.from(await (await fetch(another)).arrayBuffer());
    // The head of a compressed file says nothing of what is in it.
    if (number % 3 === 1) return Buffer.concat([body.subarray(0, 10), spoilt(body, number)]);
  }
  if (/\.json$/.test(url) && number % 2) {
    return Buffer.from(["{}", "[]", "null", '{"classes": 3}'][number % 4]!);
  }
  return page();
}

function spoilt(body: Buffer, number: number): Buffer {
  const random = {
    next: () => 0,
    below: (limit: number) => number % limit,
    choose: <T>(of: readonly T[]) => of[number % of.length]!,
  };
  return damaged(body.subarray(10), random as unknown as Random);
}

/** Every file that a visit asks for until its figure is there, in their order. */
const asked = new WeakMap<Page, Promise<string[]>>();

function files({ page, lens }: Explorer): Promise<string[]> {
  let all = asked.get(page);
  if (!all) {
    all = (async () => {
      const urls: string[] = [];
      const hear = (request: { url(): string }) => urls.push(request.url());
      page.context().on("request", hear);
      await page.goto(`${SITE}?${QUICK}&autorun`);
      await lens.finish();
      page.context().off("request", hear);
      return [...new Set(urls)].filter(
        (url) => url.startsWith(SITE) && !/\.(ico|svg|png|webmanifest)$/.test(url),
      );
    })();
    asked.set(page, all);
  }
  return all;
}

export const FETCH: readonly Kind<Explorer>[] = [
  {
    name: "a file of a visit does not come, or not as it is",
    async happen(explorer, random) {
      const { page, lens } = explorer;
      const all = await files(explorer);
      const url = random.choose(all);
      const name = url.slice(SITE.length).replace(/-[A-Z0-9]{8}\b/, "") || "the document";
      const way = random.choose(WAYS);
      const seed = 1 + random.below(3);
      const query = `?${QUICK}&seed=${seed}&autorun`;
      const { heal, met } = await failing(
        page,
        url.replace(/\?.*/, "*"),
        way,
        random.below(2) > 0,
        random,
      );
      let words = "";
      if (url.includes("?") && ["cut", "404", "500", "empty", "truncated", "wrong"].includes(way)) {
        // Without the document there is no page that could say something.
        await page.goto(`${SITE}${query}`).catch(() => {});
        words = "no page";
      } else {
        await page.goto(`${SITE}${query}`);
        const ended = async () => {
          const phase = await lens.element.getAttribute("phase").catch(() => null);
          const absent = page.locator("main > .absent");
          const said = [absent, lens.status, lens.element.locator(".trouble")];
          const texts = said.map(async (place) =>
            (await place.isVisible()) ? place.innerText() : "",
          );
          words = (await Promise.all(texts)).join(" ");
          if (phase === "done") return true;
          const ends = phase === "error" || phase === null || (await absent.isVisible());
          return ends && REMEDY.test(words);
        };
        await until(ended, () => `${way} ${name}: neither a figure nor a sentence: ${words}`, 90);
        const phase = await lens.element.getAttribute("phase");
        words = phase === "done" ? "went on" : "said";
        if (phase === "done") {
          assert.equal(await explorer.digest(), explorer.right.get(seed), "other numbers");
        }
      }
      await heal();
      const again = lens.button("Try again");
      const tries = words === "said" && (await again.isVisible());
      if (tries) {
        await again.click();
        await lens.finish();
      }
      // Where there is no page there is no element, either, and the browser's own may still be on its way.
      const done = words !== "no page" && (await lens.element.getAttribute("phase")) === "done";
      const visited = () =>
        page.goto(`${SITE}${query}`).then(
          () => true,
          () => false,
        );
      if (!done) await until(visited, "the page does not come back");
      await lens.finish();
      assert.equal(
        await explorer.digest(),
        explorer.right.get(seed),
        "the next run has other numbers",
      );
      explorer.uncaught.length = 0;
      return `${way} ${name}: asked for ${met()} times, ${words}`;
    },
  },
];
