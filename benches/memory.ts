/** How much memory the largest common data set takes in a browser. */
import { readFileSync } from "node:fs";

import { workbench } from "./against";
import { say } from "./line";

/** As many as MNIST has for training. */
const COUNT = 60_000;

/**
 * A whole run on 60,000 images: the most that the page's process ever held in memory, everything that
 * a browser needs for itself included, and how much of that was there before the run. Where the system
 * does not tell (Linux does), there is no line.
 */
export async function memory(name: string): Promise<void> {
  await workbench(async (bench) => {
    const browser = bench.page.context().browser()!;
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const renderers = processInfo.filter(({ type }) => type === "renderer");
    const most = () => {
      const peaks = renderers.map(({ id }) => /VmHWM:\s*(\d+) kB/.exec(status(id))?.[1]);
      return Math.max(0, ...peaks.map((kilobytes) => Number(kilobytes ?? 0))) / 1000;
    };
    const before = most();
    if (before === 0) return;
    const { stages, held_out } = await bench.ours({
      engine: "cpu",
      source: { kind: "random", count: COUNT, height: 28, width: 28, blank: 0.5 },
      settings: { dims: 32, hidden: [], epochs: 1, permutations: 4, seed: 1, method: "auto" },
    });
    say({
      name,
      ours_ms: Object.values(stages).reduce((sum, each) => sum + each, 0),
      peer: null,
      peer_ms: null,
      ratio: null,
      images: COUNT,
      held_out,
      peak_megabytes: most(),
      before_megabytes: before,
    });
  });
}

/** What Linux says of a process. */
function status(id: number): string {
  try {
    return readFileSync(`/proc/${id}/status`, "utf8");
  } catch {
    return "";
  }
}
