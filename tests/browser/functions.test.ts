/** A model that a page gives as functions: its numbers, what is said of it, and how it may fail. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { asFunction, dense } from "../units/layers";
import { opening } from "./elsewhere";
import { screenshot } from "./harness";
import { Lens, type Matrix, type Report } from "./lens";

/** The element as a page's script has it. */
interface Element extends HTMLElement {
  model: unknown;
  report: Report;
  run(): Promise<Report>;
  cancel(): Promise<void>;
}

interface Script {
  layers: object;
  functions: {
    encode(rows: Float32Array, count: number): Float32Array;
    decode(rows: Float32Array, count: number): Float32Array;
    shape: number[];
    name: string;
  };
  /** Rows that `encode` was called with. */
  counts: number[];
}

/** Images, the network of two layers, and the same as functions. */
const SCRIPT = `
  const asFunction = ${asFunction.toString()};
  const dense = ${dense.toString()};
  const [first, last] = [dense(30, 3, "relu"), dense(3, 30, "sigmoid")];
  const counts = [];
  const encode = asFunction(first);
  const functions = {
    encode: (rows, count) => (counts.push(count), encode(rows, count)),
    decode: async (latents, count) => asFunction(last)(latents, count),
    shape: [5, 6],
    name: "mine",
  };
  Object.assign(window, { functions, counts, layers: { encoder: [first], decoder: [last] } });
  const data = Float32Array.from({ length: 60 * 30 }, (_, at) => ((at * at + 7 * at) % 101) / 100);
  const lens = document.querySelector("latent-lens");
  lens.images = { data, shape: [60, 5, 6], labels: Array.from({ length: 60 }, (_, at) => at % 2) };
`;

function explaining(model: string, use: (page: Page, lens: Lens) => Promise<void>, more = "") {
  const body = `<latent-lens method="sampled" permutations="2" ${more}></latent-lens>
    <script>${SCRIPT} lens.model = ${model};</script>`;
  return opening(body, (page) => use(page, new Lens(page)));
}

/** Has the page run what it has by one of these names, or waits for the run to be refused. */
function run(page: Page, name?: "functions" | "layers"): Promise<Report> {
  return page.evaluate(async (name) => {
    const element = document.querySelector<Element>("latent-lens" as "div")!;
    if (name) element.model = (window as unknown as Script)[name];
    const report = await element.run();
    return JSON.parse(
      JSON.stringify(report, (_, value: unknown) =>
        value instanceof Float32Array ? [...value] : value,
      ),
    ) as Report;
  }, name);
}

function assertNear(found: Matrix, expected: Matrix): void {
  assert.deepEqual(found.shape, expected.shape);
  const largest = Math.max(...expected.data.map(Math.abs));
  for (const [at, number] of expected.data.entries()) {
    assert.ok(Math.abs(found.data[at]! - number) <= 1e-5 * largest, `number ${at}`);
  }
}

test("functions give what the same layers give, and say what they are and take", async () => {
  await explaining("functions", async (page, lens) => {
    await lens.status
      .getByText(/^60 images to explain mine on\. An image takes .* ms to encode and .* to decode/)
      .waitFor();
    await screenshot(page, "functions-ready");
    const found = await run(page);
    assert.deepEqual(found.model!.files, ["mine"]);
    assert.equal(found.model!.format, "given by the page as functions");
    await lens.reach(["done"]);
    await lens.element.getByText("CPU engine: it asks the model").waitFor();
    await screenshot(page, "functions-done");

    // Neither a link nor a session can hold them.
    await lens.element.getByText("Export", { exact: true }).click();
    await lens.button(/^Share$/).click();
    await lens.element.getByText(/The model mine .* is not part of these/).waitFor();
    await page.keyboard.press("Escape");
    await lens.unfoldPanel("network");
    await lens.element
      .getByText(/This model is run as it is, so that no file can hold it/)
      .waitFor();
    assert.ok(await lens.button("Save session").isDisabled());
    await screenshot(page, "functions-network");

    const expected = await run(page, "layers");
    assertNear(found.pixel_importance.mean, expected.pixel_importance.mean);
    assertNear(found.direction.slope, expected.direction.slope);
    assert.deepEqual(found.direction.sign, expected.direction.sign);
    assertNear(found.latent_importance.mean, expected.latent_importance.mean);
    assertNear(found.samples.reconstructions, expected.samples.reconstructions);
  });
});

test("a function encode alone is explained, and what needs a decoder is said to be left out", async () => {
  await explaining("{ encode: functions.encode, shape: [5, 6] }", async (page, lens) => {
    const report = await run(page);
    await lens.reach(["done"]);
    assert.equal(report.pixel_importance.mean.shape[1], 3);
    assert.equal(report.latent_importance, undefined);
    await lens.element
      .getByText(/The model is an encoder alone/)
      .first()
      .waitFor();
    const strip = lens.element.locator("[part=pipeline]");
    await strip.getByText("No decoder, so no reconstruction").waitFor();
    assert.equal(await strip.locator(".funnel").count(), 1);
    await screenshot(page, "functions-encoder");
  });
});

test("a function decode and latents are explained, and what needs an encoder is said to be left out", async () => {
  const latents = `{
    decode: functions.decode,
    latents: { shape: [60, 3], data: encode(data, 60) },
    shape: [5, 6],
    name: "decoder",
  }`;
  await explaining(latents, async (page, lens) => {
    await lens.status.getByText(/An image takes .* ms to decode on this machine\./).waitFor();
    const found = await run(page);
    await lens.reach(["done"]);
    assert.equal(found.pixel_importance, undefined);
    await lens.element
      .getByText(/The model is a decoder alone/)
      .first()
      .waitFor();
    const strip = lens.element.locator("[part=pipeline]");
    await strip.getByText("No encoder: latents made elsewhere").waitFor();
    assert.equal(await strip.locator(".funnel").count(), 1);
    await screenshot(page, "functions-decoder");
    const expected = await run(page, "layers");
    assertNear(found.latent_importance.mean, expected.latent_importance.mean);
    assertNear(found.direction.slope, expected.direction.slope);
  });
});

test("a function that cannot be used is refused with a sentence, and may be replaced", async () => {
  await explaining("{ decode: functions.decode, shape: [5, 6] }", async (page, lens) => {
    await lens.element
      .getByText(/a function decode and none that is called encode/)
      .first()
      .waitFor();
    const said = await page.evaluate(async () => {
      const element = document.querySelector<Element>("latent-lens" as "div")!;
      const { functions } = window as unknown as Script;
      const { encode } = functions;
      let seen = 0;
      const said: string[] = [];
      for (const bad of [
        { encode },
        { encode: () => "latents", shape: [5, 6] },
        { ...functions, decode: (_: Float32Array, count: number) => new Float32Array(count) },
        {
          ...functions,
          encode: (rows: Float32Array, count: number) => {
            // Once it was tried.
            if ((seen += count) > 300) throw new Error("the session is gone");
            return encode(rows, count);
          },
        },
      ]) {
        element.model = bad;
        await element.run().catch((error: Error) => said.push(error.message));
      }
      return said;
    });
    const begin = "What the page around gives cannot be used. ";
    const [shape, text, width, gone] = said.map((sentence) => sentence.replace(begin, ""));
    assert.match(shape!, /^The shape that a model of functions takes must be \[height, width\]/);
    assert.match(
      text!,
      /^The function encode was given 1 row and gave a string: give a Float32Array/,
    );
    assert.match(
      width!,
      /^The function decode was given 1 row and gave 1 number, instead of 30: g/,
    );
    assert.match(
      gone!,
      /encode failed when it was given [\d,]+ rows? \(the session is gone\): correct/,
    );
    const report = await run(page, "functions");
    assert.deepEqual(report.model!.files, ["mine"]);
    await lens.reach(["done"]);
  });
});

test("a slow function is paused, goes on, and is cancelled where it never answers", async () => {
  const slow = `{
    ...functions,
    encode: async (rows, count) => {
      if (window.silent) return new Promise(() => {});
      await new Promise((resolve) => setTimeout(resolve, 2 * count));
      return functions.encode(rows, count);
    },
  }`;
  await explaining(slow, async (page, lens) => {
    await lens.button("Explain this model").click();
    await lens.reach(["analysing"]);
    const calls = () => page.evaluate(() => (window as unknown as Script).counts.length);
    await lens.button("Pause").click();
    // What was under way is answered.
    await page.waitForTimeout(300);
    const paused = await calls();
    await page.waitForTimeout(300);
    assert.equal(await calls(), paused);
    await lens.button("Resume").click();
    await page.waitForFunction((paused) => {
      return (window as unknown as Script).counts.length > paused + 2;
    }, paused);
    const ms = await page.evaluate(async () => {
      Object.assign(window, { silent: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const from = performance.now();
      await document.querySelector<Element>("latent-lens" as "div")!.cancel();
      return performance.now() - from;
    });
    assert.ok(ms < 500, `cancelled after ${ms} ms`);
    await lens.reach(["idle"]);
  });
});
