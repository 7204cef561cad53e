/** The npm package as its users have it: packed, installed, type-checked, bundled, opened. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { execPath } from "node:process";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

import { needed, visit } from "../browser/harness";
import { Lens } from "../browser/lens";
import { serving } from "../browser/servers";
import { propertyOf } from "../../www/element/properties";
import { NAMES } from "../../www/settings";

const PACKAGE = needed("PACKAGE");
const folder = mkdtempSync(join(tmpdir(), "latent-lens-package-"));
after(() => rmSync(folder, { recursive: true }));

const npm = (...words: string[]) =>
  execFileSync("npm", [...words, "--offline", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
  });
const tool = (name: string, ...words: string[]) =>
  execFileSync(join("node_modules/.bin", name), words, { encoding: "utf8" });

const [packed] = JSON.parse(npm("pack", PACKAGE, "--json")) as [
  { filename: string; files: { path: string }[] },
];
writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
npm("install", packed.filename);

const CONSUMER = `
import { LatentLens } from "latent-lens";
import { Lens } from "latent-lens/engine";

LatentLens.assets = new URL("latent-lens/", import.meta.url).href;
const lens = document.createElement("latent-lens");
lens.epochs = 2;
lens.classes = [3, 8];
lens.filterEmpty = true;
lens.hiddenLayers = [16];
lens.method = "sampled";
lens.engine = "cpu";
lens.top = null;
lens.addEventListener("lens-progress", ({ detail }) => {
  const share: number = detail.done / detail.total;
  document.title = \`\${detail.phase} \${share}\`;
});
lens.addEventListener("lens-error", ({ detail }) => console.error(detail.kind, detail.message));
lens.addEventListener("click", (event) => console.log(event.type));
document.body.append(lens);
const report = await lens.run();
const importance: Float32Array = report.pixel_importance?.mean.data ?? new Float32Array();
lens.dataset["found"] = \`\${importance.length}\`;
const door: typeof Lens.open = Lens.open;
void door;
// @ts-expect-error: a number is no list
lens.classes = 3;
// @ts-expect-error: there is no such engine
lens.engine = "gpu";
`;

const BUNDLER = ["--module", "esnext", "--moduleResolution", "bundler"];

/** Has the compiler look at a strict consumer's file, beside which it looks for types. */
function checked(file: string, text: string, ...options: string[]): void {
  const source = join(folder, file);
  writeFileSync(source, text);
  const strict = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom"];
  tool("tsc", "--ignoreConfig", ...strict, ...options, source);
}

test("it holds the element and the engine, and nothing of the site around them", () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of [
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "licences.txt",
    "latent-lens.js",
    "packed.js",
    "engine.js",
    "engine-node.js",
    "worker.js",
    "engine-cpu_bg.wasm",
    "general-cpu_bg.wasm",
    "graph_bg.wasm",
    "graph-worker.js",
    "black-boxes.js",
    "embed.html",
    "data/mnist/0.idx.gz",
    "types/www/latent-lens.d.ts",
    "types/www/engine.d.ts",
    "types/www/jsx-react.d.ts",
    "custom-elements.json",
  ]) {
    assert.ok(paths.includes(path), path);
  }
  for (const path of paths) assert.doesNotMatch(path, /^(index|404|page|style|sw|book)/);
});

test("a strict consumer's types are right, and what is documented is said where it is used", () => {
  for (const resolution of [BUNDLER, ["--module", "nodenext"]]) {
    checked("consumer.ts", CONSUMER, "--skipLibCheck", "false", ...resolution);
  }
  const types = readFileSync(
    join(folder, "node_modules/latent-lens/types/www/latent-lens.d.ts"),
    "utf8",
  );
  assert.match(types, /Starts a run with the present settings/);
});

/** The element in JSX, by a framework's name for it and the name of its listener for the end of a run. */
const jsx = (framework: string, done: string) => `
import "latent-lens";
import type {} from "latent-lens/jsx/${framework}";

const props = { "${done}": ({ detail }: CustomEvent) => console.log(detail) };
export const lens = (
  <latent-lens id="lens" epochs={2} classes={["cat", 8]} engine="cpu" autorun top={null}
    filterEmpty={undefined} loading="eager" ${done}={({ detail }) => detail.report.encoded}>
    <img alt="" />
  </latent-lens>
);
export const spread = <latent-lens {...props} />;
// @ts-expect-error: a text is no number
export const wrong = <latent-lens epochs="many" />;
// @ts-expect-error: there is no such engine
export const unknown = <latent-lens engine="gpu" />;
`;

test("JSX of React, Preact and Solid knows the element, its properties and its events", () => {
  const installed = join(folder, "node_modules");
  mkdirSync(join(installed, "@types"), { recursive: true });
  for (const name of ["@types/react", "csstype", "preact", "solid-js"]) {
    symlinkSync(resolve("node_modules", name), join(installed, name));
  }
  for (const [framework, done, ...mode] of [
    ["react", "onlens-done", "react-jsx"],
    ["preact", "onlens-done", "react-jsx", "--jsxImportSource", "preact"],
    ["solid", "on:lens-done", "preserve", "--jsxImportSource", "solid-js"],
  ] as const) {
    checked(`${framework}.tsx`, jsx(framework, done), ...BUNDLER, "--jsx", ...mode);
  }
});

interface Described {
  attributes: { name: string; fieldName?: string; type?: { text: string } }[];
  members: { name: string; kind: string; static?: boolean }[];
  events: { name: string; type: { text: string }; description: string }[];
  cssProperties: { name: string }[];
  cssParts: { name: string }[];
}

test("its manifest tells of the element what the code and the types do", () => {
  const file = join(folder, "node_modules/latent-lens/custom-elements.json");
  const { modules } = JSON.parse(readFileSync(file, "utf8")) as {
    modules: [{ path: string; declarations: [Described] }];
  };
  const [{ path, declarations }] = modules;
  assert.equal(path, "latent-lens.js");
  const [{ attributes, members, events, cssProperties, cssParts }] = declarations;
  const settings = attributes.filter(({ fieldName }) => fieldName);
  assert.deepEqual(
    settings.map(({ name, fieldName }) => [name, fieldName]),
    NAMES.map((name) => [name, propertyOf(name)]),
  );
  const besides = attributes
    .map(({ name }) => name)
    .filter((name) => !(NAMES as string[]).includes(name));
  assert.deepEqual(besides, ["phase", "loading", "poster", "preset", "link", "keep"]);
  const methods = members.filter(({ kind }) => kind === "method").map(({ name }) => name);
  assert.deepEqual(methods, ["run", "pause", "resume", "cancel", "open"]);
  const named = new Set(members.map(({ name }) => name));
  for (const name of ["epochs", "assets", "images", "model", "phase", "report"])
    assert.ok(named.has(name), name);
  assert.ok(events.every(({ description }) => description.endsWith(".")));
  assert.ok(cssProperties.some(({ name }) => name === "--latent-lens-accent"));
  assert.ok(cssParts.some(({ name }) => name === "figure"));

  // Every value that it promises may be set; every event is one, with the detail that it has.
  checked(
    "manifest.ts",
    `import type * as Door from "latent-lens";
     const lens = document.createElement("latent-lens");
     ${settings.map(({ fieldName, type }, at) => `declare const v${at}: ${type!.text}; lens.${fieldName} = v${at};`).join("\n")}
     ${events
       .map(({ name, type }) => {
         const detail = type.text.match(/<(\w+)>/)![1];
         return `lens.addEventListener("${name}", ({ detail }) => { const d: Door.${detail} = detail; void d; });`;
       })
       .join("\n")}
     ${methods.map((name) => `void lens.${name};`).join("\n")}`,
    ...BUNDLER,
  );
});

/** A program of Node's beside the installed package, with the conditions of a framework's server. */
function onServer(program: string, conditions: string[] = []) {
  const flags = conditions.map((condition) => `--conditions=${condition}`);
  const file = join(folder, "server.mjs");
  writeFileSync(file, program);
  return spawnSync(execPath, [...flags, file], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
}

for (const [server, conditions] of [
  ["Node", []],
  ["Next.js", ["react-server", "node", "import"]],
  ["Astro", ["module", "node", "development"]],
  ["an edge", ["worker", "edge-light", "browser"]],
] as const) {
  test(`imported on the server of ${server} it does nothing`, () => {
    const { stdout, stderr, status } = onServer(
      `const before = Object.getOwnPropertyNames(globalThis);
       const { LatentLens } = await import("latent-lens");
       const after = Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name));
       process.stdout.write(JSON.stringify([typeof LatentLens, after]));`,
      [...conditions],
    );
    assert.equal(stderr, "");
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout), ["function", []]);
  });
}

test("the engine that Node is given computes in Node", () => {
  const { stdout, stderr, status } = onServer(
    `import { Lens } from "latent-lens/engine";
     const lens = await Lens.open({ engine: "cpu" });
     const pixels = Uint8Array.from({ length: 40 * 16 }, (_, at) => (at * at) % 251);
     const { report } = await lens.train({ pixels, height: 4, width: 4 }, { dims: 2, epochs: 1 });
     process.stdout.write(JSON.stringify(report.training.held_out_loss.length));
     lens.close();`,
  );
  assert.equal(stderr, "");
  assert.equal(status, 0);
  assert.equal(stdout, "1");
});

test("what is not meant to be imported cannot be", () => {
  for (const inside of ["worker.js", "view.js", "types/www/settings.d.ts", "licences.txt"]) {
    const { stderr } = onServer(`await import("latent-lens/${inside}")`);
    assert.ok(stderr.includes("ERR_PACKAGE_PATH_NOT_EXPORTED"), inside);
  }
  // Tools find the folder that is to be copied by it.
  const { stdout } = onServer(
    `process.stdout.write(import.meta.resolve("latent-lens/package.json"))`,
  );
  assert.match(stdout, /node_modules\/latent-lens\/package\.json$/);
});

test("bundled, with its folder copied beside, it runs", async () => {
  const out = join(folder, "out");
  writeFileSync(join(folder, "consumer.ts"), CONSUMER);
  tool(
    "esbuild",
    join(folder, "consumer.ts"),
    "--bundle",
    "--format=esm",
    `--outdir=${out}`,
    "--log-level=error",
  );
  cpSync(join(folder, "node_modules/latent-lens"), join(out, "latent-lens"), { recursive: true });
  writeFileSync(
    join(out, "index.html"),
    `<!doctype html><html lang="en"><title>Bundled</title><link rel="icon" href="data:,">
    <body><script type="module" src="consumer.js"></script></body></html>`,
  );
  await opened(out, async (lens) => {
    await lens.finish();
    await lens.element.and(lens.page.locator(`[data-found="${784 * 12}"]`)).waitFor();
  });
});

test("served as it is installed, it runs without a bundler", async () => {
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><html lang="en"><title>Installed</title><link rel="icon" href="data:,">
    <script type="importmap">{"imports": {"latent-lens": "./node_modules/latent-lens/latent-lens.js"}}</script>
    <script type="module">import "latent-lens";</script>
    <latent-lens engine="cpu" epochs="2" method="sampled" permutations="2" autorun></latent-lens></html>`,
  );
  await opened(folder, async (lens) => void (await lens.finish()));
});

test("packed, it runs in a page that is opened from a disk, and on a server does nothing", async () => {
  const page = join(folder, "packed.html");
  writeFileSync(
    page,
    `<!doctype html><html lang="en"><title>Packed</title><link rel="icon" href="data:,">
    <script src="node_modules/latent-lens/packed.js"></script>
    <latent-lens engine="cpu" epochs="2" method="sampled" permutations="2" autorun></latent-lens></html>`,
  );
  // A file on a disk has no origin.
  const other = { url: pathToFileURL(page).href, origins: ["null"] };
  await visit({ other }, async (page) => {
    const lens = new Lens(page);
    await lens.finish();
    // Workers other than the engine's have their files, too.
    await lens.element.evaluate((element) => element.setAttribute("view", "space"));
    await lens.element.evaluate((element) => element.setAttribute("projection", "tsne"));
    await lens.element.getByText(/t-SNE of \d+ images has settled/).waitFor();
  });
  const { stderr, status } = onServer(`await import("latent-lens/packed")`);
  assert.deepEqual([stderr, status], ["", 0]);
});

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

function opened(root: string, use: (lens: Lens) => Promise<void>): Promise<void> {
  return serving(
    (path) => ({
      headers: { "content-type": TYPES[extname(path)] ?? "application/octet-stream" },
      body: readFileSync(join(root, path)),
    }),
    (origin) =>
      visit({ other: { url: `${origin}/index.html`, origins: [origin] } }, (page) =>
        use(new Lens(page)),
      ),
  );
}
