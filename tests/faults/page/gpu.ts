/** A graphics device that is lost, has no memory left, or is not there. A software adapter is slow: there are few of these. */
import assert from "node:assert/strict";

import type { Kind } from "../kinds";
import type { Explorer } from "./explorer";

const SAID = {
  device: /graphics card stopped answering.*run again, or use the CPU engine/s,
  adapter: /found no graphics adapter.*use the CPU engine/s,
  buffers:
    /(ran out of memory|graphics card stopped|could not go on|stopped unexpectedly).*(run again|choose fewer)/s,
};

export const GPU: readonly Kind<Explorer>[] = [
  {
    name: "the graphics device is lost, full or gone",
    async happen(explorer, random) {
      const what = random.choose(["device", "adapter", "buffers"] as const);
      const after = 2 + random.below(12);
      await explorer.strike({ file: "worker.js", after, what, times: 1 });
      const seed = await explorer.begin(random, { engine: "webgpu", workers: "1" });
      const end = await explorer.end(240);
      const struck = await explorer.struck();
      await explorer.disarm();
      if (end.said === undefined) {
        assert.ok(!struck || what !== "adapter", "an engine without an adapter");
      } else assert.match(end.said, SAID[what]);
      await explorer.set({ engine: "cpu" });
      await explorer.recovers(seed);
      await explorer.leaks();
      return `${what} after ${after} words, ${end.said ? "said" : "went on"}`;
    },
  },
];
