/** What a benchmark says: one JSON object a line. */
import { cpus, loadavg } from "node:os";

export interface Line {
  name: string;
  ours_ms: number;
  /** What ours stands beside; nothing where a limit is all there is. */
  peer: string | null;
  peer_ms: number | null;
  /** How many times as long as ours the peer takes: the median of the pairs. */
  ratio: number | null;
  [more: string]: unknown;
}

/** Lines carry how busy the machine was: runnable tasks over the last minute, and processors. */
export function say(line: Line): void {
  const rounded = Object.entries({ ...line, load: loadavg()[0], processors: cpus().length }).map(
    ([name, value]) => [name, round(name, value)],
  );
  console.log(JSON.stringify(Object.fromEntries(rounded)));
}

/** Four digits are more than any of these figures is good for; a loss is exact. */
function round(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => round(name, each));
  if (typeof value !== "number" || name.includes("loss")) return value;
  return Number(value.toPrecision(4));
}

export interface Target {
  /** The least ratio asked for. */
  ratio?: number;
  /** The most milliseconds asked for. */
  ms?: number;
}

/** A line of pairs of milliseconds, each measured one right after the other. */
export function paired(
  name: string,
  ours: number[],
  peer: string,
  theirs: number[],
  target: Target,
  more: Record<string, unknown> = {},
): Line {
  const ratios = ours.map((ms, pair) => theirs[pair]! / ms);
  const ratio = median(ratios);
  return {
    name,
    ours_ms: median(ours),
    peer,
    peer_ms: median(theirs),
    ratio,
    ...(target.ratio && { target: target.ratio, met: ratio >= target.ratio }),
    repeats: ours.length,
    spread: spread(ratios),
    ours_spread_ms: spread(ours),
    peer_spread_ms: spread(theirs),
    ...more,
  };
}

/** A line of ours alone. */
export function alone(
  name: string,
  ours: number[],
  { ms }: Target,
  more: Record<string, unknown> = {},
): Line {
  return {
    name,
    ours_ms: median(ours),
    peer: null,
    peer_ms: null,
    ratio: null,
    ...(ms && { target_ms: ms, met: median(ours) <= ms }),
    repeats: ours.length,
    spread: spread(ours),
    ...more,
  };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

export function spread(values: number[]): [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}
