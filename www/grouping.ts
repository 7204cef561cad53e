/** Pixels that belong together as a text: the names of the groups, and run by run whose the pixels are. */
import { readNames, writeNames } from "./classes";
import type { Grouping } from "./report";

/** More pixels than any image has that is taken here. */
const MOST_PIXELS = 1e7;

/**
 * `left,right/1*14,2*14,0` is 14 pixels of the group left, 14 of right, and one of none. Undefined where a
 * text is nothing like it.
 */
export function readGroups(text: string): Grouping | undefined {
  const [, listed, runs] = /^(.*)\/([\d*,\s]+)$/s.exec(text) ?? [];
  const names = readNames(listed ?? "");
  const of: number[] = [];
  for (const run of runs?.split(",") ?? []) {
    const [, group, length = "1"] = /^\s*(\d{1,7})(?:\*(\d{1,8}))?\s*$/.exec(run) ?? [];
    if (!group || !names || Number(group) > names.length) return undefined;
    if (of.length + Number(length) > MOST_PIXELS) return undefined;
    for (let left = Number(length); left > 0; left -= 1) of.push(Number(group));
  }
  return names?.length && of.length ? { names, of } : undefined;
}

export function writeGroups({ names, of }: Grouping): string {
  const runs: string[] = [];
  for (let at = 0; at < of.length;) {
    const first = at;
    while (of[at] === of[first] && at < of.length) at += 1;
    runs.push(at - first > 1 ? `${of[first]}*${at - first}` : `${of[first]}`);
  }
  return `${writeNames(names)}/${runs.join()}`;
}
