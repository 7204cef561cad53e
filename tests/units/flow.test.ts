/** The page's code flows one way: nothing knows what is made from it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

/** Each folder, or file of the top, knows those before it. */
const ORDER = [
  [
    "beside",
    "channels",
    "classes",
    "clipboard",
    "dom",
    "failures",
    "format",
    "grouping",
    "network",
    "nouns",
    "png",
    "reach",
    "renamed",
    "report",
    "save",
    "wasm",
  ],
  ["trusted", "view", "calls", "workers", "text"],
  ["engine", "embedding", "graph", "functions"],
  ["views/table", "settings", "network-presets"],
  ["parts", "offline"],
  ["data"],
  ["model"],
  ["engine-api"],
  ["given"],
  ["run"],
  ["views"],
  ["explorer"],
  ["kept"],
  ["element"],
  ["lesson"],
];

/** What browsers and Node are given first, or fetch on demand: anything may be in it, and it is in nothing. */
const ENTRIES = [
  ...["latent-lens", "page", "embed", "lesson", "engine.ts", "node"],
  ...[
    "worker",
    "data-worker",
    "embedding-worker",
    "graph-worker",
    "black-boxes",
    "microphone-worklet",
    "packed",
    "styles",
    "shared",
  ],
  ...["jsx", "jsx-preact", "jsx-react", "jsx-solid", "offline/service-worker"],
];

const WWW = "www";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return path.endsWith(".ts") && !path.endsWith(".d.ts") ? [path] : [];
  });
}

/** What stands in the order: a file by itself, or the folder that it is in. */
function place(path: string): { name: string; rank: number } {
  const file = relative(WWW, path).replace(/\.ts$/, "");
  const [folder] = file.split("/");
  const name = ORDER.flat().includes(file) ? file : folder!;
  return { name, rank: ORDER.findIndex((names) => names.includes(name)) };
}

function isEntry(path: string): boolean {
  const file = relative(WWW, path);
  return ENTRIES.some((entry) => [file, file.replace(/\.ts$/, ""), dirname(file)].includes(entry));
}

test("nothing in www reaches up", () => {
  const upward: string[] = [];
  for (const path of sources(WWW).filter((path) => !isEntry(path))) {
    const from = place(path);
    assert.ok(from.rank >= 0, `${path} has a place in the order`);
    const code = readFileSync(path, "utf8");
    for (const [, named, lazy] of code.matchAll(/from "(\.[^"]+)"|import\("(\.[^"]+)"\)/g)) {
      const to = normalize(join(dirname(path), (named ?? lazy)!));
      // Types of the wasm packages, and style sheets.
      if (!to.startsWith(WWW) || to.endsWith(".css")) continue;
      const known = place(`${to}.ts`);
      if (known.rank > from.rank || known.rank < 0) upward.push(`${path} → ${to}`);
    }
  }
  assert.deepEqual(upward, []);
});
