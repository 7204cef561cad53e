/** What can go wrong: said in a sentence with a way out, keeping what was computed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { afterUpdate, prepend, type Update } from "./engine-workers";
import { type Options, visit } from "./harness";
import { Lens } from "./lens";

const RUN = "?engine=cpu&classes=0,1&epochs=200&autorun";
/** Trains for longer than it takes until something happens. */
const LONG_RUN = "?engine=cpu&classes=0,1&epochs=2000&autorun";

/** Code of a worker that does `what` once it has told of an epoch. */
function whileTraining(what: string): string {
  const training = ({ stage, done }: Update) => stage === "training" && done > 1;
  return afterUpdate(training, `setTimeout(() => { ${what} });`);
}

async function failure(options: Options, sentence: RegExp, kept = false): Promise<void> {
  // The browser itself reports a file that is missing or a worker that throws.
  await visit({ expected: /./, ...options }, async (page) => {
    const lens = new Lens(page);
    await lens.reach(["error"], 120);
    const text = await lens.status.innerText();
    assert.match(text, sentence);
    if (kept) {
      assert.match(text, /stays on screen/);
      assert.ok((await lens.report()).training.held_out_loss.length > 0);
    }
    await lens.button(/Try again/).waitFor();
  });
}

test("no adapter where WebGPU is demanded", async () => {
  await visit({ expected: /./, query: "?engine=webgpu&epochs=1&autorun" }, async (page) => {
    const lens = new Lens(page);
    await lens.reach(["error"]);
    assert.match(await lens.status.innerText(), /found no graphics adapter.*use the CPU engine/s);
    await lens.button("Use the CPU").click();
    assert.equal((await lens.finish()).engine, "cpu");
  });
});

test("the graphics device is lost in the middle of training", async () => {
  const loseDevice = `{
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...about) {
      const device = await request.apply(this, about);
      addEventListener("message", ({ data }) => {
        if (data.message?.type === "pause") device.destroy();
      });
      return device;
    };
  }`;
  await visit(
    {
      expected: /./,
      webgpu: "software",
      query: "?engine=webgpu&classes=0&dims=4&epochs=200&autorun",
      before: (page) => prepend(page, loseDevice),
    },
    async (page) => {
      const lens = new Lens(page);
      await lens.status.getByText(/held-out loss/).waitFor({ timeout: 120_000 });
      await lens.button("Pause").click();
      await lens.reach(["error"]);
      const text = await lens.status.innerText();
      assert.match(text, /graphics card stopped answering.*run again, or use the CPU/s);
      assert.match(text, /stays on screen/);
      await lens.button("Use the CPU").waitFor();
    },
  );
});

test("the worker crashes in the middle of training", async () => {
  const crash = whileTraining(`throw new Error("struck by lightning");`);
  await failure(
    { query: LONG_RUN, before: (page) => prepend(page, crash) },
    /stopped unexpectedly|could not go on.*struck by lightning/s,
    true,
  );
});

test("the browser ends the worker in the middle of training, without a word", async () => {
  const end = whileTraining("self.close();");
  await failure(
    { query: LONG_RUN, before: (page) => prepend(page, end) },
    /stopped unexpectedly.*browser ended a worker.*run again/s,
    true,
  );
});

test("the server has an empty file in the worker's place", async () => {
  const empty = { contentType: "text/javascript", body: "" };
  await failure(
    { query: RUN, before: (page) => page.route("**/worker.js", (route) => route.fulfill(empty)) },
    /engine could not be started: worker\.js did not start.*try again/s,
  );
});

test("the element's module is missing", async () => {
  const before = (page: Page) =>
    page.route("**/latent-lens.js", (route) => route.fulfill({ status: 404 }));
  await visit({ expected: /./, before }, async (page) => {
    await page.getByText(/part of this page could not be loaded.*load the page again/).waitFor();
  });
});

test("the engine runs out of memory", async () => {
  const exhaust = whileTraining(
    `throw new RangeError("WebAssembly.Memory.grow(): out of memory");`,
  );
  await failure(
    { query: LONG_RUN, before: (page) => prepend(page, exhaust) },
    /ran out of memory: choose fewer classes/,
    true,
  );
});

test("a data file is missing", async () => {
  await failure(
    {
      query: RUN,
      before: (page) => page.route("**/1.idx.gz", (route) => route.fulfill({ status: 404 })),
    },
    /Images are missing on the server.*404/s,
  );
});

test("a data file is damaged", async () => {
  const body = Buffer.from("no digits here");
  await failure(
    { query: RUN, before: (page) => page.route("**/1.idx.gz", (route) => route.fulfill({ body })) },
    /not an IDX file of images/,
  );
});

test("a data file is another class's", async () => {
  const before = (page: Page) =>
    page.route("**/1.idx.gz", async (route) => {
      const response = await route.fetch({ url: route.request().url().replace("1.idx", "0.idx") });
      await route.fulfill({ response });
    });
  await failure({ query: RUN, before }, /arrived damaged \(1\.idx\.gz does not hold \d+ images\)/);
});

test("the network is gone", async () => {
  await failure(
    { query: RUN, before: (page) => page.route("**/*.idx.gz", (route) => route.abort()) },
    /check the network connection, then try again/,
  );
});

test("the engine's file is missing, and comes back", async () => {
  let there = false;
  const before = (page: Page) =>
    page.route("**/engine-cpu_bg.wasm", (route) =>
      there ? route.continue() : route.fulfill({ status: 404 }),
    );
  await visit({ expected: /./, query: "?engine=cpu&epochs=1&autorun", before }, async (page) => {
    const lens = new Lens(page);
    await lens.reach(["error"]);
    assert.match(await lens.status.innerText(), /engine could not be loaded/);
    there = true;
    await lens.button("Try again").click();
    await lens.finish();
  });
});

const AGAIN: [file: string, answer: { status?: number; body?: string }][] = [
  ["0.idx.gz", { status: 500 }],
  ["0.idx.gz", { body: "no images" }],
  ["view.js", { body: "" }],
];
for (const [file, answer] of AGAIN) {
  const what = answer.body === undefined ? "is missing" : `is “${answer.body}”`;
  test(`${file} ${what}, and comes back`, async () => {
    let there = false;
    const before = (page: Page) =>
      page.route(`**/${file}*`, (route) => (there ? route.continue() : route.fulfill(answer)));
    await visit({ expected: /./, query: "?engine=cpu&epochs=1&autorun", before }, async (page) => {
      const lens = new Lens(page);
      await lens.reach(["error"]);
      there = true;
      await lens.button("Try again").click();
      await lens.finish();
    });
  });
}

test("a view whose file cannot be had keeps its place and its heading, and can be asked for again", async () => {
  let cut = true;
  const before = (page: Page) =>
    page.route("**/chunk-classes-*.js", (route) => (cut ? route.abort() : route.continue()));
  await visit({ expected: /./, query: "?engine=cpu&epochs=1&autorun", before }, async (page) => {
    const lens = new Lens(page);
    await lens.finish();
    const figure = lens.element.locator("[part=figure]");
    const box = async () => {
      const { y, height } = (await lens.figure.boundingBox())!;
      return { y: y - (await figure.boundingBox())!.y, height };
    };
    const { height } = await box();
    await lens.element.evaluate((element) => element.setAttribute("view", "classes"));
    await figure.getByText(/could not be loaded.*check the connection/).waitFor();
    await figure.getByRole("heading", { name: "Which latent dimensions each class" }).waitFor();
    const { y, height: kept } = await box();
    assert.equal(kept, height);
    assert.equal(await figure.getByText("PNG").isVisible(), false);

    cut = false;
    await figure.getByRole("button", { name: "Try again" }).click();
    await figure.getByText(/How much the reconstructions of each class change/).waitFor();
    assert.equal(await figure.getByText(/could not be loaded/).isVisible(), false);
    assert.equal((await box()).y, y, "nothing jumps");
  });
});
