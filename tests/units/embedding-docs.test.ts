/** The tables of `docs/embedding.md` against what they are about. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { propertyOf } from "../../www/element/properties";
import { VIEWS } from "../../www/views/table";
import { NAMES, SETTINGS } from "../../www/settings";

const docs = readFileSync("docs/embedding.md", "utf8");

/** The cells of the table whose first heading is `heading`, row by row. */
function table(heading: string): string[][] {
  const lines = docs.split("\n");
  const from = lines.findIndex((line) => line.startsWith("|") && cells(line)[0] === heading);
  assert.notEqual(from, -1, heading);
  const rows = lines.slice(from + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map(cells);
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** What a pattern's group finds in the page's sources, each once and sorted. */
function found(ending: string, pattern: RegExp): string[] {
  const files = readdirSync("www", { recursive: true, encoding: "utf8" });
  const all = files
    .filter((path) => path.endsWith(`.${ending}`))
    .flatMap((path) => [...readFileSync(join("www", path), "utf8").matchAll(pattern)])
    .map(([, name]) => name!);
  return [...new Set(all)].sort();
}

const code = (name: string) => `\`${name}\``;

test("every setting is told as attribute, property and default", () => {
  assert.deepEqual(
    table("attribute").map((row) => row.slice(0, 3)),
    NAMES.map((name) => {
      const { initial } = SETTINGS[name];
      return [code(name), code(propertyOf(name)), initial && code(initial)];
    }),
  );
});

test("every option of a setting is told", () => {
  for (const [attribute, , , words] of table("attribute")) {
    const name = attribute!.replaceAll("`", "") as (typeof NAMES)[number];
    const { control } = SETTINGS[name];
    const all = name === "view" ? VIEWS : "options" in control ? control.options : {};
    const options = Object.keys(all).filter((each) => !/^(true|false)$/.test(each));
    for (const option of options)
      assert.ok(words!.includes(code(option)), `${attribute} ${option}`);
  }
});

test("every custom property that a page may set is told, and no other", () => {
  const told = table("property").map(([name]) => name!.replaceAll("`", ""));
  assert.deepEqual(told.sort(), found("css", /var\((--latent-lens-[a-z-]+)/g));
});

test("every part is told, and no other", () => {
  const told = table("part").flatMap(([names]) => names!.match(/[a-z-]+/g)!);
  const parts = found("ts", /\bpart: "([a-z-]+)"/g);
  const buttons = ["primary", "secondary", "images", "network"].map((name) => `${name}-button`);
  assert.deepEqual(told.sort(), [...parts, ...buttons, "images", "network"].sort());
});
