/** Workers that the browser ends without a word, that trap, and that run out of memory. */
import assert from "node:assert/strict";

import { csv, set } from "../../browser/files";
import { until } from "../../browser/harness";
import type { Kind } from "../kinds";
import type { Random } from "../random";
import type { Explorer } from "./explorer";
import type { Strike } from "./inject";

const WAYS = ["end", "throw", "trap", "memory"] as const;
/** What is said where a run cannot go on, with what to do. */
const STOPPED =
  /(stopped unexpectedly|could not go on|ran out of memory).*(run again|choose fewer|change the settings)/s;
const FILES =
  /could not be read|browser ended a worker.*try again|stopped unexpectedly|out of memory|unreachable/s;

/** A run among so many workers, some of which are struck. */
async function run(
  explorer: Explorer,
  random: Random,
  workers: number,
  strike: Strike,
): Promise<string> {
  await explorer.strike(strike);
  const seed = await explorer.begin(random, { workers: `${workers}` });
  const end = await explorer.end();
  const struck = await explorer.struck();
  await explorer.disarm();
  await explorer.check(end, seed, STOPPED);
  await explorer.leaks();
  const { role = "any", after, what } = strike;
  return `${what} after ${after} words of ${role}, ${struck} struck, ${end.said ? "said" : "went on"}`;
}

export const WORKERS: readonly Kind<Explorer>[] = [
  {
    name: "the only worker of a run is lost",
    happen: (explorer, random) =>
      run(explorer, random, 1, {
        file: "worker.js",
        after: 1 + random.below(16),
        what: random.choose(WAYS),
        times: 1,
      }),
  },
  {
    name: "the worker that leads is lost, and others help",
    happen: (explorer, random) =>
      run(explorer, random, 3, {
        file: "worker.js",
        role: "lead",
        after: 1 + random.below(24),
        what: random.choose(WAYS),
        times: 1,
      }),
  },
  {
    name: "workers that help are lost",
    happen: (explorer, random) =>
      run(explorer, random, 3, {
        file: "worker.js",
        role: "helper",
        after: 1 + random.below(8),
        what: random.choose(WAYS),
        times: 1 + random.below(2),
      }),
  },
  {
    name: "one worker after the other is lost",
    happen: (explorer, random) =>
      run(explorer, random, 3, {
        file: "worker.js",
        after: 1 + random.below(16),
        what: random.choose(WAYS),
        times: 9,
      }),
  },
  {
    name: "the worker that reads files is lost",
    async happen(explorer, random) {
      const what = random.choose(WAYS);
      const after = 1 + random.below(3);
      await explorer.strike({ file: "data-worker.js", after, what, times: 1 });
      const text = [...csv(set(3, 10 + random.below(200), 8, 8))];
      const open = () =>
        explorer.lens.element.evaluate(
          (element, text) =>
            (element as unknown as { open(files: File[]): Promise<void> }).open([
              new File([new Uint8Array(text)], "toy.csv"),
            ]),
          text,
        );
      const said = () => explorer.lens.element.locator("[part=images] [part=data]").innerText();
      const settled = async () => {
        let words = "";
        await until(
          async () => /\d+ images|grey|columns/.test((words = await said())) || FILES.test(words),
          () => `nothing is said of the files: ${words}`,
        );
        return words;
      };
      await Promise.race([open(), new Promise((late) => setTimeout(late, 20_000))]);
      const words = await settled();
      const struck = await explorer.struck();
      await explorer.disarm();
      await open();
      const again = async () => !FILES.test(await said());
      await until(again, "the same files cannot be read once more");
      assert.deepEqual(explorer.uncaught, []);
      await explorer.leaks();
      return `${what} after ${after} words, ${struck} struck, ${FILES.test(words) ? "said" : "read"}`;
    },
  },
  {
    name: "the worker that projects the encoded space is lost",
    async happen(explorer, random) {
      const what = random.choose(["end", "throw"] as const);
      const method = random.choose(["tsne", "umap"]);
      const after = 1 + random.below(6);
      // Another report, of which nothing has settled yet.
      await explorer.recovers(
        await explorer.begin(random).then(async (seed) => {
          await explorer.end();
          return seed;
        }),
      );
      await explorer.strike({ file: "embedding-worker.js", after, what, times: 1 });
      await explorer.set({ view: "space", projection: method });
      const place = explorer.lens.element.locator("[part=projection]");
      const over = /has settled|try again|stopped|ended|unreachable/i;
      let words = "";
      await until(
        async () => over.test((words = await place.innerText())),
        () => `the projection comes to no end: ${words}`,
        120,
      );
      const struck = await explorer.struck();
      await explorer.disarm();
      if (!words.includes("has settled")) await place.getByRole("button").click();
      await place.getByText(/has settled/).waitFor({ timeout: 120_000 });
      await explorer.set({ view: "figure", projection: "1,2" });
      assert.deepEqual(explorer.uncaught, []);
      await explorer.leaks();
      return `${method}: ${what} after ${after} words, ${struck} struck`;
    },
  },
];
