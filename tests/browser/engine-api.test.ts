/** `latent-lens/engine` in a page, in a worker of the page and in Node: the element's numbers. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { env } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import type { Page } from "playwright-core";

import type * as Api from "../../www/engine";
import { textsOf } from "../../www/settings";
import { SITE, visit } from "./harness";
import { Lens as Element } from "./lens";

const SETTINGS = { classes: [0, 1], dims: 7, hidden: [20], epochs: 2, seed: 5 };
/** Both ways of measuring. */
const METHODS = { exact: { method: "auto" }, sampled: { method: "sampled", permutations: 2 } };

/** A report as text, in which numbers that differ in their last bit differ. */
function plain(report: unknown): string {
  return JSON.stringify(report, (_, value: unknown) =>
    value instanceof Float32Array ? [...value] : value,
  );
}

/** A report but for what its images and their arrays are called, which differs with who asks. */
function found(text: string): unknown {
  const { data, encoded, ...rest } = JSON.parse(text) as Api.Report;
  const { labels, positions, latents } = encoded!;
  const { count, test_set, range } = data;
  return { ...rest, count, test_set, range, labels, positions, latents };
}

interface Task {
  site: string;
  settings: object;
}

/** A program of the page's, or of a worker of its; sent there as text. */
async function analyse({ site, settings }: Task): Promise<string> {
  const { fromIdx, Lens } = (await import(`${site}engine.js`)) as typeof Api;
  const digits = [1, 0].map(async (label) => {
    const file = await fetch(`${site}data/mnist/${label}.idx.gz`);
    return fromIdx(await file.arrayBuffer(), label);
  });
  const lens = await Lens.open();
  const { report } = await lens.run(await Promise.all(digits), settings);
  lens.close();
  return JSON.stringify(report, (_, value: unknown) =>
    value instanceof Float32Array ? [...value] : value,
  );
}

function inWorker(page: Page, task: Task): Promise<string> {
  const program = `postMessage(await (${analyse.toString()})(${JSON.stringify(task)}));`;
  return page.evaluate(
    (program) =>
      new Promise<string>((resolve, reject) => {
        const blob = new Blob([program], { type: "text/javascript" });
        const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
        worker.onmessage = ({ data }) => resolve(data as string);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
    program,
  );
}

async function inNode({ settings }: Task): Promise<string> {
  const { fromIdx, Lens } = (await import(
    pathToFileURL(`${env.DIST}/engine-node.js`).href
  )) as typeof Api;
  const digits = [0, 1].map(async (label) => {
    return fromIdx(await readFile(`${env.DIST}/data/mnist/${label}.idx.gz`), label);
  });
  const lens = await Lens.open();
  const { report } = await lens.run(await Promise.all(digits), settings);
  lens.close();
  return plain(report);
}

for (const [name, method] of Object.entries(METHODS)) {
  test(`page, worker, Node and element give the same numbers, to the last bit: ${name}`, async () => {
    const settings = { ...SETTINGS, ...method };
    const task = { site: SITE, settings };
    const expected = await inNode(task);
    const query = Object.entries(textsOf(settings as Partial<Api.RunSettings>)).map(
      ([name, text]) => `${name}=${text}`,
    );
    await visit({ query: `?engine=cpu&autorun&${query.join("&")}` }, async (page) => {
      const element = await new Element(page).finish(120);
      const known = found(expected);
      assert.deepEqual(found(JSON.stringify(element)), known);
      assert.deepEqual(found(await page.evaluate(analyse, task)), known);
      assert.deepEqual(found(await inWorker(page, task)), known);
    });
  });
}

test("a signal ends a run in a page at once, and the page can go on", async () => {
  await visit({}, async (page) => {
    const { name, again } = await page.evaluate(async (site) => {
      const { Lens } = (await import(`${site}engine.js`)) as typeof Api;
      const lens = await Lens.open();
      const pixels = Uint8Array.from({ length: 500 * 784 }, (_, at) => (at * at) % 251);
      const images = { pixels, height: 28, width: 28 };
      const controller = new AbortController();
      const { signal } = controller;
      let began: () => void;
      const beginning = new Promise<void>((resolve) => (began = resolve));
      const run = lens.run(images, { epochs: 2000 }, { signal, onProgress: () => began() });
      await beginning;
      controller.abort();
      const ended = run.then(
        () => "no error",
        (error: Error) => error.name,
      );
      // Before anything else has its turn; what the worker is busy with is not waited for.
      const later = new Promise<string>((resolve) => setTimeout(() => resolve("not at once")));
      const name = await Promise.race([ended, later]);
      const again = await lens.train(images, { epochs: 1 });
      lens.close();
      return { name, again: again.report.training!.held_out_loss.length };
    }, SITE);
    assert.equal(name, "AbortError");
    assert.equal(again, 1);
  });
});

test("the WebGPU engine runs where it is asked for, and says where there is none", async () => {
  const open = async (site: string) => {
    const { Lens } = (await import(`${site}engine.js`)) as typeof Api;
    try {
      const lens = await Lens.open({ engine: "webgpu" });
      const pixels = Uint8Array.from({ length: 40 * 16 }, (_, at) => (at * at) % 251);
      const small = { dims: 2, epochs: 1 };
      const { report } = await lens.run({ pixels, height: 4, width: 4 }, small);
      return report.engine;
    } catch (error) {
      return (error as Api.LensError).kind;
    }
  };
  await visit({ webgpu: "software" }, async (page) => {
    assert.equal(await page.evaluate(open, SITE), "webgpu");
  });
  await visit({}, async (page) => {
    assert.equal(await page.evaluate(open, SITE), "no-adapter");
  });
});

test("the page of docs/engine.md works as it stands there", async () => {
  const [, html] = /```html\n(.*?)```/s.exec(await readFile("docs/engine.md", "utf8"))!;
  // Where the package's files lie beside the page.
  const body = html!.replace("./latent-lens/engine.js", "./engine.js");
  const url = `${SITE}engine-in-a-page.html`;
  await visit(
    {
      other: { url, origins: [new URL(SITE).origin] },
      before: (page) =>
        page.route(url, (route) => route.fulfill({ body, contentType: "text/html" })),
    },
    (page) =>
      page
        .locator("output")
        .getByText(/^0\.\d{4}$/)
        .waitFor(),
  );
});
