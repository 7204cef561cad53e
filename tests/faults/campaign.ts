/**
 * Faults at random times, counted: `cargo xtask test faults [--count N] [--seed S]`. The fault with a number is always the
 * same, and one alone is repeated by its number as seed.
 */
import { writeFileSync } from "node:fs";
import { env, exit } from "node:process";

import { needed } from "../browser/harness";
import type { Group, Kind, Place } from "./kinds";
import { Random } from "./random";
import { DRAWN, RUNS, VISITS } from "./page/group";
import { TERMINAL } from "./terminal/group";

const GROUPS = [TERMINAL, RUNS, VISITS, DRAWN] as unknown as readonly Group<Place>[];

interface Fault {
  number: number;
  kind: Kind<Place>;
  group: Group<Place>;
}

/** What came of the faults of a kind. */
interface Count {
  kind: string;
  faults: number;
  found: number;
  seconds: number;
}

const ALL = GROUPS.flatMap((group) => group.kinds.map((kind) => ({ group, kind })));

/** Kinds take turns, so that few faults are of many kinds. */
function faults(seed: number, count: number): Fault[] {
  return Array.from({ length: count }, (_, at) => {
    const number = seed + at;
    return { number, ...ALL[number % ALL.length]! };
  });
}

/** Whether something is found in a place that is opened anew, too. */
async function repeated(group: Group<Place>, kind: Kind<Place>, number: number): Promise<boolean> {
  const place = await group.open();
  const found = await kind.happen(place, new Random(number)).then(
    () => false,
    () => true,
  );
  await place.close().catch(() => {});
  return found;
}

async function campaign(seed: number, count: number): Promise<number> {
  const counts = new Map<string, Count>();
  const findings: string[] = [];
  const once: string[] = [];
  const all = faults(seed, count);
  for (const group of GROUPS) {
    let place: Place | undefined;
    for (const { number, kind } of all.filter((fault) => fault.group === group)) {
      const { name } = kind;
      const line = counts.get(name) ?? { kind: name, faults: 0, found: 0, seconds: 0 };
      counts.set(name, line);
      const start = performance.now();
      let words: string;
      place ??= await group.open();
      try {
        words = await kind.happen(place, new Random(number));
      } catch (error) {
        words = `FOUND: ${error instanceof Error ? error.message : String(error)}`;
        // What comes after it is to begin afresh.
        await place?.close().catch(() => {});
        place = undefined;
        // A browser stalls now and then: what is not there again is told and fails nothing, as of all browser tests.
        const again = await repeated(group, kind, number);
        if (again) {
          words += `\n  again: cargo xtask test faults --seed ${number} --count 1`;
          findings.push(`${number} ${name}: ${words}`);
          line.found += 1;
        } else once.push(`${number} ${name}: ${words}`);
      }
      const seconds = (performance.now() - start) / 1000;
      line.faults += 1;
      line.seconds += seconds;
      console.log(`${number} ${name}: ${words} (${seconds.toFixed(1)} s)`);
    }
    await place?.close();
  }
  console.log("\nfaults  found  seconds each  kind");
  for (const { kind, faults, found, seconds } of counts.values()) {
    const each = (seconds / faults).toFixed(1);
    const columns = [`${faults}`.padStart(6), `${found}`.padStart(6), each.padStart(13)];
    console.log(`${columns.join(" ")}  ${kind}`);
  }
  console.log(`${all.length} faults, ${findings.length} findings`);
  for (const finding of findings) console.log(`\n${finding}`);
  for (const words of once) console.log(`\nnot there a second time: ${words}`);
  writeFileSync(needed("RESULTS"), JSON.stringify([...counts.values()], undefined, 2));
  return findings.length;
}

exit((await campaign(Number(env["SEED"]), Number(env["COUNT"]))) > 0 ? 1 : 0);
