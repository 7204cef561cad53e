/** The programs of `docs/engine.md`, each run as it stands there. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { env } from "node:process";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** What each prints. */
const PRINTED = [
  /^\[ 16, 3 \] 48\n$/,
  /^\[ '0: 850 images', '1: 957 images' \]\n$/,
  /^pets \[ 'cat: 20 and 5', 'dog: 20 and 5' \]\npets, test 1\n$/,
  /^4 \[ 4, 2 \]\n$/,
  /^sampled \[ 9, 2 \]\n$/,
  /^true An image takes\n\[ 9, 2 \] \[ 1, 2 \]\n$/,
  /^The ONNX graph is divided at "z", which holds 3 numbers an image\.\n\[ 36, 3 \] false\n$/,
  /^training [\d.]+ of 2000 .*\nAbortError\nrefused Latent dimensions must be a whole number from 1 to 512\.\n$/,
  /^true\n$/,
];

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "latent-lens-"));
  await symlink(resolve("tests/models/fixtures/graphs/resnet.onnx"), join(folder, "model.onnx"));
  await symlink(join(env.DIST!, "data/mnist"), join(folder, "digits"), "junction");
});
after(() => rm(folder, { recursive: true }));

const text = await readFile("docs/engine.md", "utf8");
const programs = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, program]) => program!);

test("every program is known", () => assert.equal(programs.length, PRINTED.length));

for (const [at, program] of programs.entries()) {
  test(`program ${at + 1} runs and prints what it should`, async () => {
    const file = join(folder, `${at}.mjs`);
    const engine = pathToFileURL(join(env.DIST!, "engine-node.js")).href;
    await writeFile(file, program.replaceAll('"latent-lens/engine"', JSON.stringify(engine)));
    const { stdout } = await promisify(execFile)("node", [file], { cwd: folder });
    assert.match(stdout, PRINTED[at]!);
  });
}
