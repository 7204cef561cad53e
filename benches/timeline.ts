/** The default run of which every epoch is measured as well, beside the same run without, both in one page. */
import assert from "node:assert/strict";

import { SITE, visit } from "../tests/browser/harness";
import type * as Api from "../www/engine";
import { paired, say } from "./line";

const EPOCHS = 50;
/** With all epochs a run takes at most 1.25 times as long. */
const TARGET = 0.8;

export async function timeline(name: string, repeats: number): Promise<void> {
  await visit({}, async (page) => {
    const { pairs, epochs } = await page.evaluate(
      async ({ site, pairs, epochs }) => {
        const { fromIdx, Lens } = (await import(`${site}engine.js`)) as typeof Api;
        const read = async (digit: number) => {
          const file = await fetch(`${site}data/mnist/${digit}.idx.gz`);
          return fromIdx(await file.arrayBuffer(), digit);
        };
        const images = [await read(0), await read(1)];
        const lens = await Lens.open();
        const run = async (history: boolean) => {
          const start = performance.now();
          const found = await lens.run(images, { epochs }, { history });
          return { ms: performance.now() - start, epochs: found.history?.length };
        };
        // Workers start, and fetch what they need, before the clock does.
        await run(true);
        const measured: { ours: number; peer: number }[] = [];
        let fewest = Infinity;
        while (measured.length < pairs) {
          const watched = await run(true);
          const plain = await run(false);
          fewest = Math.min(fewest, watched.epochs!);
          measured.push({ ours: watched.ms, peer: plain.ms });
        }
        lens.close();
        return { pairs: measured, epochs: fewest };
      },
      { site: SITE, pairs: repeats, epochs: EPOCHS },
    );
    assert.equal(epochs, EPOCHS + 1, "every epoch, and before the first");
    say(
      paired(
        name,
        pairs.map(({ ours }) => ours),
        "the same run without its epochs",
        pairs.map(({ peer }) => peer),
        { ratio: TARGET },
        { epochs: EPOCHS },
      ),
    );
  });
}
