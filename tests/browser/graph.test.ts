/** ONNX graphs that our own layers do not cover, brought to the page and explained as they are. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { Explorer } from "./explorer";
import { screenshot, until, visit } from "./harness";
import { distance, type Matrix, type Report } from "./lens";

const FIXTURES = "tests/models/fixtures";
const read = (file: string) => JSON.parse(readFileSync(`${FIXTURES}/${file}`, "utf8")) as unknown;
const { images } = read("graphs.json") as { images: number[][] };
/** V, S and IE by their definitions, by a loop that asks ONNX Runtime; of five digits. */
const { graphs: measured } = read("graphs-literal.json") as {
  graphs: { name: string; v: number[][]; slope: number[][]; ie: number[][] }[];
};
const DIGITS = 1e-4;

interface Scene {
  lens: Explorer;
  page: Page;
  card: Locator;
  refusal: Locator;
  /** Files of the site that were fetched, by their names. */
  fetched: string[];
}

/** Opens the page with the recorded images; `change` is what graphs do otherwise. */
async function opened(
  use: (scene: Scene) => Promise<void>,
  { change, context = {} }: { change?: string; context?: object } = {},
): Promise<void> {
  const fetched: string[] = [];
  const before = async (page: Page) => {
    page.context().on("request", (request) => {
      fetched.push(new URL(request.url()).pathname.split("/").at(-1)!);
    });
    await page.addInitScript(() =>
      Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 }),
    );
    if (!change) return;
    await page.context().route("**/graph.js", async (route) => {
      const own = `"./graph.js?own"`;
      const body = `export * from ${own}; export { default } from ${own}; import { Halves } from ${own}; ${change}`;
      await route.fulfill({ contentType: "text/javascript", body });
    });
  };
  const query = "?classes=0,1&method=exact&engine=cpu&workers=2";
  await visit({ query, before, context }, async (page) => {
    const lens = new Explorer(page);
    await lens.settle();
    await page.evaluate((pixels) => {
      const lens = document.querySelector("latent-lens") as unknown as { images: object };
      lens.images = {
        data: Float32Array.from(pixels),
        shape: [8, 6, 6, 2],
        labels: [0, 0, 0, 0, 1, 1, 1, 1],
        name: "recorded",
      };
    }, images.flat());
    await lens.status.getByText("8 images").or(lens.status.getByText("6 images")).waitFor();
    const card = lens.element.getByRole("form", { name: "ONNX graph" });
    const refusal = lens.element.locator("[part=model] > .refusal").first();
    await use({ lens, page, card, refusal, fetched });
  });
}

function graph(name: string): Buffer {
  return readFileSync(`${FIXTURES}/graphs/${name}.onnx`);
}

/** Chooses the file of a model. */
async function bring({ lens }: Scene, name: string, buffer = graph(name)): Promise<void> {
  await lens.unfoldPanel("network");
  await lens.element
    .getByLabel("Files of a model")
    .setInputFiles({ name: `${name}.onnx`, buffer, mimeType: "application/octet-stream" });
}

/** One of the form's choices. */
function choice(card: Locator, name: string): Locator {
  return card.getByRole("combobox", { name, exact: true });
}

async function explained({ lens }: Scene, name: string): Promise<Report> {
  await lens.status.getByText(`${name}.onnx explained in`).waitFor();
  return lens.finish();
}

function near(found: Report["pixel_importance"], expected: number[][], what: string): void {
  const off = distance(found.mean, {
    shape: [expected.length, expected[0]!.length],
    data: expected.flat(),
  });
  assert.ok(off <= DIGITS, `${what} is off by ${off}`);
}

test("graphs are run by workers that are fetched for them, and give what the definitions say", async () => {
  await opened(async (scene) => {
    const { lens, card, fetched } = scene;
    // What our own layers cover keeps going the fast way.
    await bring(scene, "fixed-batch");
    await explained(scene, "fixed-batch");
    const ofGraphs = () => fetched.filter((file) => /graph/.test(file) && !/panel/.test(file));
    assert.deepEqual(ofGraphs(), []);
    for (const { name, v, slope, ie } of measured) {
      await bring(scene, name);
      const report = await explained(scene, name);
      near(report.pixel_importance, v, `V of ${name}`);
      near(report.latent_importance, ie, `IE of ${name}`);
      const largest = Math.max(...slope.flat().map(Math.abs));
      for (const [at, each] of slope.flat().entries()) {
        const sign = report.direction.sign.data[at];
        if (Math.abs(each) > DIGITS * largest) assert.equal(sign, Math.sign(each), `S of ${name}`);
      }
      assert.equal(report.pixel_importance.method, "exact");
      assert.match(
        report.model!.notes[0]!,
        /^\w+\.onnx is run as it is, .+ joins several branches/,
      );
      assert.equal(await choice(card, "What it is").inputValue(), "whole");
      assert.equal(await choice(card, "Latents").inputValue(), "z");
      assert.match(
        await card.innerText(),
        /An image takes .+ to encode and .+ to decode on this machine\. .+ in \d+ s\./,
      );
    }
    assert.ok(ofGraphs().includes("graph_bg.wasm"));
    // Nothing is said of layers that nobody has looked at.
    const kind = lens.element.getByRole("group", {
      name: "Kind",
      exact: true,
      includeHidden: true,
    });
    assert.ok(await kind.isHidden());
    assert.ok(fetched.includes("general-cpu_bg.wasm"));
    // Of what can be asked of layers alone nothing is offered.
    const views = lens.element.locator("[part=views]");
    assert.doesNotMatch(await views.innerText(), /Second opinions/);
    assert.ok(await lens.button("Save session").isDisabled());
    await screenshot(scene.page, "graph");
  });
});

test("a graph is divided otherwise from its form, and keeps what goes round its latents", async () => {
  await opened(async (scene) => {
    const { lens, card } = scene;
    await bring(scene, "unet");
    const encoder = await explained(scene, "unet");
    assert.equal(encoder.latent_importance, undefined);
    assert.equal(encoder.settings.dims, 9);
    assert.match(await lens.status.innerText(), /an encoder alone/);

    await choice(card, "A dimension is").selectOption("channel");
    await card.getByRole("button").click();
    await until(
      async () => (await lens.report()).settings.dims === 1,
      "channels are no dimensions",
    );
    await explained(scene, "unet");

    await choice(card, "What it is").selectOption("whole");
    await choice(card, "Latents").selectOption({ index: 0 });
    assert.equal(await choice(card, "A dimension is").isVisible(), false);
    await choice(card, "Latents").selectOption("bottom");
    await card.getByRole("button").click();
    await until(async () => Boolean((await lens.report()).latent_importance), "nothing is decoded");
    const whole = await explained(scene, "unet");
    assert.deepEqual(whole.pixel_importance.mean, encoder.pixel_importance.mean);
    assert.deepEqual(whole.latent_importance.mean.shape, [2, 9]);
    assert.ok(whole.latent_importance.mean.data.every((each) => each > 0 && each < 1e-4));
    const notes = whole.model!.notes.join(" ");
    assert.match(notes, /what they carry is kept from each image as it was/);
    assert.doesNotMatch(notes, /without a decoder/);
    await screenshot(scene.page, "graph of a U-Net");
  });
});

/** Makes each image take so many milliseconds. */
const SLOW = (ms: number) => `
  const { encode } = Halves.prototype;
  Halves.prototype.encode = function (rows, count) {
    for (const end = performance.now() + ${ms} * count; performance.now() < end;);
    return encode.call(this, rows, count);
  };`;

test("what takes long is said to before it begins, and is paused and cancelled within an image", async () => {
  await opened(
    async (scene) => {
      const { lens, card, page } = scene;
      await bring(scene, "resnet");
      await card.waitFor();
      const takes =
        /An image takes \d+ ms to encode .+ at most 2,304 changed images are encoded and 192 decoded, which 2 workers can do in \d+ (s|min)\. Quicker: one permutation takes \d+ s\./;
      await lens.status.getByText(takes).waitFor();
      assert.match(await card.innerText(), takes);
      assert.equal(await lens.element.getAttribute("phase"), "idle");
      await screenshot(page, "graph that takes long");

      await card.getByRole("button", { name: "Explain it with these" }).click();
      await lens.status.getByText(/Pixel importance/).waitFor();
      await lens.button("Pause").click();
      await lens.reach(["paused"]);
      await lens.button("Resume").click();
      await lens.status.getByText(/Pixel importance/).waitFor();
      await lens.button("Cancel").click();
      await lens.status.getByText(/^Cancelled/).waitFor();
      await until(
        () => page.workers().filter((each) => each.url().endsWith("/worker.js")).length <= 2,
        "workers go on",
      );
    },
    { change: SLOW(60) },
  );
});

/** Makes what runs graphs fail where it is asked the second time. */
const TRAP = `
  const { encode } = Halves.prototype;
  let count = 0;
  Halves.prototype.encode = function (...asked) {
    count += 1;
    const traps = location.pathname.endsWith("/worker.js") ? count > 1 : globalThis.traps;
    if (traps) throw new WebAssembly.RuntimeError("unreachable");
    return encode.apply(this, asked);
  };`;

test("a file that ends what runs it is refused with a sentence, and nothing is lost", async () => {
  await opened(
    async (scene) => {
      const { lens, card, refusal, page } = scene;
      await bring(scene, "fixed-batch");
      const before = await explained(scene, "fixed-batch");
      const bytes = graph("resnet");
      await bring(scene, "damaged", bytes.subarray(0, bytes.length / 2));
      await refusal
        .getByText(/^damaged\.onnx: The structure of the ONNX file cannot be read/)
        .waitFor();
      assert.equal(await card.isVisible(), false);
      assert.match(await lens.fold("network").innerText(), /fixed-batch\.onnx/);

      await bring(scene, "resnet");
      await lens.status
        .getByText(/it ended what runs it, as it is damaged or needs more memory than a page has/)
        .waitFor();
      await lens.status.getByText(/The results of the run before are shown again/).waitFor();
      await bring(scene, "fixed-batch");
      const after = await explained(scene, "fixed-batch");
      assert.deepEqual(after.pixel_importance, before.pixel_importance);
      await screenshot(page, "graph that ended");
    },
    { change: TRAP },
  );
});

/** The rows of a matrix as a table. */
function table({ shape: [rows, columns], data }: Matrix): Buffer {
  const lines = Array.from({ length: rows }, (_, row) =>
    data.slice(row * columns, (row + 1) * columns).join(","),
  );
  return Buffer.from(lines.join("\n"));
}

test("a decoder alone is explained with latents of one's own, and asks for them", async () => {
  await opened(async (scene) => {
    const { lens, card, refusal, page } = scene;
    const { name, slope, ie } = measured[0]!;
    await bring(scene, name);
    const { latents } = (await explained(scene, name)).encoded;

    await bring(scene, `${name}-decoder`);
    await card.getByText(/It is a decoder alone: choose a file with the latents/).waitFor();
    assert.equal(await choice(card, "What it is").inputValue(), "decoder");
    assert.equal(await choice(card, "Latents").isVisible(), false);
    // Until then what was open stays.
    assert.match(
      await lens.fold("network").innerText(),
      new RegExp(`${name}\\.onnx: |${name}\\.onnx`),
    );
    await card.getByRole("button", { name: "Explain it with these" }).click();
    await refusal.getByText(/^It is a decoder alone: choose a file/).waitFor();
    const give = (buffer: Buffer) =>
      card
        .getByLabel("Latents of the images: a file")
        .setInputFiles({ name: "z.csv", buffer, mimeType: "text/csv" });
    await give(
      table({ shape: [7, latents.shape[1]], data: latents.data.slice(0, -latents.shape[1]) }),
    );
    await refusal.getByText(/There are 7 rows of latents and there are 8 images/).waitFor();
    await give(table({ shape: [8, 2], data: latents.data.slice(0, 16) }));
    await refusal.getByText(/have 2 columns, and the decoder takes 3: choose those/).waitFor();
    await screenshot(page, "decoder alone, refused");

    await give(table(latents));
    const report = await explained(scene, `${name}-decoder`);
    assert.equal(report.pixel_importance, undefined);
    near(report.latent_importance, ie, "IE of the decoder");
    const largest = Math.max(...slope.flat().map(Math.abs));
    const off = distance(report.direction.slope, {
      shape: [slope.length, slope[0]!.length],
      data: slope.flat(),
    });
    assert.ok(off <= 1e-4, `slopes are off by ${off} of ${largest}`);
    const notes = report.model!.notes.join(" ");
    assert.match(notes, /-decoder\.onnx is run as it is/);
    assert.match(notes, /the latents in z\.csv are those of the images in the order/);
    assert.match(await card.innerText(), /z\.csv[^]*An image takes .+ to decode on this machine/);
    const strip = lens.element.locator("[part=pipeline]");
    await strip.getByText("No encoder: latents made elsewhere").waitFor();
    assert.equal(await strip.locator(".funnel").count(), 1);
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await lens.settle();
      await screenshot(page, `decoder alone ${width}`);
    }
  });
});

test("of an encoder alone nothing is drawn that it does not have", async () => {
  await opened(async (scene) => {
    const { lens, page } = scene;
    const strip = lens.element.locator("[part=pipeline]");
    assert.equal(await strip.locator(".funnel").count(), 2);
    await bring(scene, "encoder");
    await explained(scene, "encoder");
    await strip.getByText("No decoder, so no reconstruction").waitFor();
    assert.equal(await strip.locator(".funnel").count(), 1);
    assert.doesNotMatch(await strip.innerText(), /Reconstruction\b|Decoder\b/);
    assert.equal(await strip.locator("svg.latents").isVisible(), false);
    const samples = lens.element.locator("[part=samples]");
    assert.match(await samples.innerText(), /^Images\. Of the 2 channels/);
    assert.equal(await samples.locator("canvas").count(), 10);
    await lens.element.getByText(/^encoder\.onnx · 6 × 6 × 2 – 2$/).waitFor();
    // Neither views nor parts of them that need a decoder.
    const tabs = lens.element.locator("[part=views] label");
    assert.deepEqual(await tabs.allInnerTexts(), ["Importance", "Encoded space"]);
    await lens.settle();
    assert.match((await lens.figure.getAttribute("aria-label"))!, /^Maps of pixel importance/);
    assert.doesNotMatch(await lens.element.locator("[part=caption]").innerText(), /Bars/);
    await lens.findings.getByText(/The model is an encoder alone/).waitFor();
    await lens.map(0);
    await page.keyboard.press("Enter");
    const dialog = lens.element.locator("dialog[part=dimension]");
    await dialog.getByText(/It cannot be moved by hand here, which needs a decoder/).waitFor();
    assert.equal(await dialog.getByText("Move it, and see").isVisible(), false);
    await lens.settle();
    await screenshot(page, "encoder alone, a dimension");
    await page.keyboard.press("Escape");
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await lens.settle();
      await screenshot(page, `encoder alone ${width}`);
    }
    await page.emulateMedia({ colorScheme: "dark" });
    await screenshot(page, "encoder alone dark");
    // The next one has both again.
    await bring(scene, "resnet");
    await explained(scene, "resnet");
    assert.equal(await strip.locator(".funnel").count(), 2);
    await strip.getByText("Reconstruction", { exact: true }).waitFor();
  });
});

/** Makes what an encoder gives NaN in an engine's worker. */
const GIVING_NAN = `
  const { encode } = Halves.prototype;
  Halves.prototype.encode = function (rows, count) {
    const made = encode.call(this, rows, count);
    if (location.pathname.endsWith("/worker.js")) made[made.length - 1] = NaN;
    return made;
  };`;

test("a graph that gives NaN is refused with a sentence, and its form stays", async () => {
  await opened(
    async (scene) => {
      const { lens, card, page } = scene;
      await bring(scene, "fixed-batch");
      const before = await explained(scene, "fixed-batch");
      await bring(scene, "resnet");
      await lens.status
        .getByText(/gave a number that is infinite or NaN for row \d of \d/)
        .waitFor();
      await lens.status.getByText(/The results of the run before are shown again/).waitFor();
      assert.match(await card.innerText(), /resnet\.onnx \(ONNX, opset 13\) is run as it is/);
      assert.deepEqual((await lens.report()).pixel_importance, before.pixel_importance);
      await screenshot(page, "graph that gives NaN");
    },
    { change: GIVING_NAN },
  );
});

test("a graph that gives latents of other shapes is refused with what it gave, and nothing is lost", async () => {
  await opened(async (scene) => {
    const { lens, card, refusal, page } = scene;
    await bring(scene, "fixed-batch");
    const before = await explained(scene, "fixed-batch");
    const refused = (name: string) => readFileSync(`${FIXTURES}/refused/${name}.onnx`);
    for (const [name, why] of [
      ["one-row", /"z" of the ONNX graph does not hold floating-point numbers for each image/],
      ["as-long-as-the-batch", /gave a tensor of 1 × 1 for 1 image, where it should be 1 × 2/],
    ] as const) {
      await bring(scene, name, refused(name));
      await refusal.getByText(why).waitFor();
      assert.match(await refusal.innerText(), new RegExp(`^${name}\\.onnx: `));
      // It may be divided at another tensor.
      assert.match(await card.innerText(), new RegExp(`^${name}\\.onnx `));
      assert.deepEqual((await lens.report()).pixel_importance, before.pixel_importance);
    }
    await screenshot(page, "graph of another shape");
    // What only some images show is told once they are asked about.
    const name = "as-long-as-it-is-bright";
    await bring(scene, name, refused(name));
    await lens.status
      .getByText(/gave a tensor of (\d) × 3 for \1 images?, where it should be \1 × 2: how many/)
      .waitFor();
    await lens.status.getByText(/The results of the run before are shown again/).waitFor();
    assert.match(await card.innerText(), /is run as it is/);
    assert.deepEqual((await lens.report()).pixel_importance, before.pixel_importance);
    await screenshot(page, "graph whose shape depends on images");
  });
});

test("a graph that takes a minute an image is ended with a sentence, and nothing is lost", async () => {
  await opened(
    async (scene) => {
      const { lens, card, refusal, page } = scene;
      await bring(scene, "fixed-batch");
      const before = await explained(scene, "fixed-batch");
      // A minute is as long as the page says.
      await page.evaluate(() => {
        const { setTimeout } = window;
        const sooner = (act: () => void, ms?: number) => setTimeout(act, ms === 60_000 ? 200 : ms);
        Object.assign(window, { setTimeout: sooner });
      });
      await bring(scene, "resnet");
      await refusal
        .getByText(/^resnet\.onnx: The model has not answered within a minute, for a few images/)
        .waitFor();
      assert.equal(await card.isVisible(), false);
      await until(
        () => !page.workers().some((each) => each.url().endsWith("/graph-worker.js")),
        "its worker goes on",
      );
      assert.deepEqual((await lens.report()).pixel_importance, before.pixel_importance);
      await screenshot(page, "graph that takes a minute");
    },
    { change: `Halves.prototype.encode = () => { for (;;); };` },
  );
});
