/** The npm package as its users have it: packed, installed, type-checked, bundled, opened. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, test } from "node:test";

import { needed, visit } from "../browser/harness";
import { Lens } from "../browser/lens";
import { serving } from "../browser/servers";

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

test("it holds the element and the engine, and nothing of the site around them", () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of [
    "README.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "licences.txt",
    "latent-lens.js",
    "engine.js",
    "engine-node.js",
    "worker.js",
    "engine-cpu_bg.wasm",
    "embed.html",
    "data/mnist/0.idx.gz",
    "types/www/latent-lens.d.ts",
    "types/www/engine.d.ts",
  ]) {
    assert.ok(paths.includes(path), path);
  }
  for (const path of paths) assert.doesNotMatch(path, /^(index|404|page|style|sw|book)/);
});

test("a strict consumer's types are right, and what is documented is said where it is used", () => {
  const source = join(folder, "consumer.ts");
  writeFileSync(source, CONSUMER);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom"];
  for (const resolution of [
    ["--module", "esnext", "--moduleResolution", "bundler"],
    ["--module", "nodenext"],
  ]) {
    // Types are looked for beside the file.
    tool("tsc", "--ignoreConfig", ...options, "--skipLibCheck", "false", ...resolution, source);
  }
  const types = readFileSync(
    join(folder, "node_modules/latent-lens/types/www/latent-lens.d.ts"),
    "utf8",
  );
  assert.match(types, /Starts a run with the present settings/);
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
