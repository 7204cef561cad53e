/** Networks of other layers than dense ones: chosen, trained, explained, brought and taken home. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { Explorer } from "./explorer";
import { screenshot, visit } from "./harness";
import { distance, Lens, type Report } from "./lens";

/** Small enough for the software adapter. */
const SMALL =
  "?kind=convolutional&filters=2,3&dims=3&epochs=2&explain=16&method=sampled&permutations=2&batch-size=32";

/** Gives the element 48 images of 8 × 8 pixels: a bar that lies (class 0) or stands (class 1), and noise. */
function give(page: Page): Promise<void> {
  return page.locator("latent-lens").evaluate((element) => {
    const data = new Uint8Array(48 * 64);
    for (let at = 0; at < data.length; at += 1) {
      const [image, pixel] = [Math.floor(at / 64), at % 64];
      const along = image % 2 ? pixel % 8 : Math.floor(pixel / 8);
      const noise = (at * 31 + image * image * 7) % 40;
      data[at] = (along === 1 + (image % 5) ? 200 : 0) + noise;
    }
    const labels = Array.from({ length: 48 }, (_, image) => image % 2);
    Object.assign(element, { images: { data, shape: [48, 8, 8], labels, name: "bars" } });
  });
}

/** Has a run from its beginning to its end, and gives what it finds. */
async function run(lens: Lens): Promise<Report> {
  await lens.element.evaluate(async (element) => {
    await (element as unknown as { run(): Promise<unknown> }).run();
  });
  return lens.finish();
}

/** What Keras recorded of a model and of three images of 6 × 5 pixels with two channels. */
async function recorded(name: string): Promise<{ images: number[]; latents: number[] }> {
  const file = await readFile("tests/models/fixtures/keras-conv.json", "utf8");
  const { images, models } = JSON.parse(file) as {
    images: number[][];
    models: { name: string; latents: number[][] }[];
  };
  const model = models.find((each) => each.name === name)!;
  return { images: images.flat(), latents: model.latents.flat() };
}

/** What is written below the strip. */
const strip = async (lens: Lens): Promise<string> =>
  (await lens.element.locator("[part=pipeline]").innerText()).replaceAll("\u00a0", " ");

const blocks = (lens: Lens): Locator => lens.element.locator("[part=pipeline] .block");

function requested(page: Page): string[] {
  const files: string[] = [];
  page.context().on("request", (request) => {
    const file = new URL(request.url()).pathname.split("/").at(-1)!;
    if (file.endsWith("_bg.wasm")) files.push(file);
  });
  return files;
}

test("the kind of network is chosen and in the address, and only what is about it is offered", async () => {
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Lens(page);
    assert.equal(await blocks(lens).count(), 0);
    await (await lens.field("radio", "Convolutional")).check({ force: true });
    await lens.settle();
    assert.match(page.url(), /[?&]kind=convolutional/);
    assert.equal(await lens.element.getByLabel("Hidden layers").isVisible(), false);
    const filters = await lens.field("textbox", "Filters");
    assert.equal(await filters.inputValue(), "8,16");
    assert.equal(await blocks(lens).count(), 4);
    assert.match(await strip(lens), /14 × 14 × 8\s*→ 7 × 7 × 16/);
    assert.match(await lens.fold("network").innerText(), /convolutional 8 – 16 – 12 · 50 epochs$/);
    assert.deepEqual(
      await blocks(lens).evaluateAll((all) => all.map((block) => (block as HTMLElement).title)),
      [
        "8 feature maps of 14 × 14",
        "16 feature maps of 7 × 7",
        "16 feature maps of 7 × 7",
        "8 feature maps of 14 × 14",
      ],
    );
    await filters.fill("4");
    await lens.settle();
    assert.equal(await blocks(lens).count(), 2);
    assert.match(page.url(), /filters=4(&|$)/);
    for (const [text, reason] of [
      ["", "A convolutional network needs the filters of at least one layer."],
      ["8; 16", "Filters must be listed like 8, 16."],
      ["0", "Filters of a layer must be a whole number from 1 to 512."],
    ] as const) {
      await filters.fill(text);
      await lens.element.getByText(reason).first().waitFor();
      assert.equal(await lens.button("Train and explain").getAttribute("aria-disabled"), "true");
    }
    await filters.fill("8, 16");
    await (await lens.field("radio", "Dense")).check({ force: true });
    await lens.settle();
    assert.doesNotMatch(page.url(), /kind=/);
    assert.equal(await filters.isVisible(), false);
    assert.match(await lens.fold("network").innerText(), /784 – 12 – 784 · 50 epochs$/);
  });
});

test("what contradicts the kind is refused where it would be changed", async () => {
  await visit({ query: "?engine=cpu&kind=convolutional&hidden-layers=64" }, async (page) => {
    const lens = new Lens(page);
    const words =
      "A convolutional network has no hidden dense layers: leave them out, or choose the kind dense.";
    await lens.element.getByText(words).first().waitFor();
    await (await lens.field("textbox", "Hidden layers")).fill("");
    await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();
    assert.doesNotMatch(page.url(), /hidden-layers/);
  });
});

test("a convolutional network is trained and explained to the same numbers on both engines", async () => {
  const reports: Report[] = [];
  for (const engine of ["cpu", "webgpu"]) {
    let files: string[] = [];
    const before = async (page: Page) => void (files = requested(page));
    // One of each kind of layer: what takes long is how a software adapter compiles shaders.
    const query = `?kind=convolutional&filters=2&dims=3&epochs=1&explain=16&method=sampled&permutations=1&engine=${engine}`;
    await visit({ webgpu: "software", query, before }, async (page) => {
      const lens = new Lens(page);
      await give(page);
      const report = await run(lens);
      assert.equal(report.engine, engine);
      assert.deepEqual([report.settings.kind, report.settings.filters], ["convolutional", [2]]);
      assert.match(await strip(lens), /4 × 4 × 2/);
      reports.push(report);
      await screenshot(page, `convolutional ${engine}`);
      assert.ok(files.includes(`general-${engine}_bg.wasm`), `${files}`);
      assert.ok(!files.some((file) => file.startsWith("engine-")), `${files}`);
    });
  }
  const [cpu, gpu] = reports as [Report, Report];
  for (const [what, off, allowed] of [
    ["V", distance(cpu.pixel_importance.mean, gpu.pixel_importance.mean), 1e-3],
    ["IE", distance(cpu.latent_importance.mean, gpu.latent_importance.mean), 1e-3],
    ["slope", distance(cpu.direction.slope, gpu.direction.slope), 1e-3],
  ] as const) {
    assert.ok(off < allowed, `${what} differs by ${off} of its largest value`);
  }
  for (const [epoch, ours] of cpu.training.held_out_loss.entries()) {
    const theirs = gpu.training.held_out_loss[epoch]!;
    assert.ok(Math.abs(ours / theirs - 1) < 1e-3, `held-out loss ${ours} and ${theirs}`);
  }
});

test("each run fetches the package that it needs, and what was fetched stays", async () => {
  let files: string[] = [];
  const before = async (page: Page) => void (files = requested(page));
  await visit({ query: `${SMALL}&engine=cpu`, before }, async (page) => {
    const lens = new Lens(page);
    await give(page);
    await run(lens);
    await (await lens.field("radio", "Dense")).check({ force: true });
    const dense = await run(lens);
    assert.equal(dense.settings.kind, "dense");
    const engines = () => files.filter((file) => /^(engine|general)-/.test(file));
    assert.deepEqual(engines(), ["general-cpu_bg.wasm", "engine-cpu_bg.wasm"]);
    // Another loss is for the larger one again, which is there.
    await (await lens.field("radio", "MSE")).check({ force: true });
    await run(lens);
    assert.equal(engines().length, 2);
  });
});

test("its latents are moved by hand, and it is drawn what its decoder makes of them", async () => {
  await visit({ query: `${SMALL}&engine=cpu` }, async (page) => {
    const lens = new Explorer(page);
    await give(page);
    const report = await run(lens);
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const dialog = lens.element.getByRole("dialog", { name: /^Dimension / });
    const rebuilt = dialog.locator(".moved-images canvas:not(.empty)").nth(1);
    await rebuilt.waitFor();
    await lens.settle();
    // The engine's own reconstruction of the same sample is drawn in the film.
    const film = lens.element.locator("[part=samples] .frame canvas").nth(1);
    const drawn = (canvas: Locator) =>
      canvas.evaluate((element) => {
        const { width, height } = element as HTMLCanvasElement;
        const context = (element as HTMLCanvasElement).getContext("2d")!;
        return [...context.getImageData(0, 0, width, height).data];
      });
    const [ours, engines] = await Promise.all([drawn(rebuilt), drawn(film)]);
    assert.equal(ours.length, 4 * 64);
    const off = ours.map((value, at) => Math.abs(value - engines[at]!));
    assert.equal(report.samples.labels[0], 0);
    assert.ok(Math.max(...off) <= 1, `they differ by ${Math.max(...off)} of 255`);
  });
});

for (const [format, ending] of [
  ["Keras 3", "keras"],
  ["safetensors", "safetensors"],
  ["ONNX", "onnx"],
] as const) {
  test(`a convolutional model saved as ${format} is explained to the same numbers when it is brought back`, async () => {
    await visit(
      { query: `${SMALL.replace("explain=16", "explain=all")}&engine=cpu` },
      async (page) => {
        const lens = new Explorer(page);
        await give(page);
        const trained = await run(lens);
        await lens.unfoldPanel("network");
        const { name, bytes } = await lens.take(`Save as ${format}`);
        assert.equal(name, `latent-lens-model.${ending}`);
        const file = { name, buffer: bytes, mimeType: "application/octet-stream" };
        await lens.element.getByLabel("Files of a model").setInputFiles(file);
        await lens.status.getByText(`${name} explained in`).waitFor();
        const brought = await lens.finish();
        for (const part of ["pixel_importance", "latent_importance"] as const) {
          assert.ok(distance(brought[part].mean, trained[part].mean) < 1e-4, part);
        }
        assert.match(await strip(lens), /4 × 4 × 2\s*→ 2 × 2 × 3/);
        const layers = await lens.element.locator(".layers.note").innerText();
        assert.match(layers, /convolution 3 × 3, stride 2, 8 × 8 → 4 × 4 × 2, relu \(encoder\)/);
        const kind = await lens.field("radio", "Convolutional");
        assert.ok((await kind.isChecked()) && (await kind.isDisabled()));
        assert.equal(await lens.element.getByLabel("Learning rate").isVisible(), false);
        assert.doesNotMatch(await lens.fold("network").innerText(), /epoch|untrained/);
        // There is no program that trains whatever was brought.
        assert.ok(await lens.button("Copy as Keras code").isDisabled());
        await lens.button("Train one here instead").click();
        await lens.settle();
        assert.match(await lens.fold("network").innerText(), /convolutional 2 – 3 – 3 · 2 epochs/);
      },
    );
  });
}

test("a model of convolutions and pooling is explained as Keras runs it, with its own layers in the strip", async () => {
  const { images, latents } = await recorded("keras-conv pooling");
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Explorer(page);
    await lens.element.evaluate((element, values) => {
      const data = Float32Array.from(values);
      Object.assign(element, { images: { data, shape: [3, 6, 5, 2], labels: 0, name: "noise" } });
    }, images);
    const path = "tests/models/fixtures/keras-conv/pooling.keras";
    await lens.unfoldPanel("network");
    await lens.element.getByLabel("Files of a model").setInputFiles(path);
    await lens.status.getByText(/pooling\.keras explained in/).waitFor();
    const report = await lens.finish();
    assert.equal(report.encoded.latents.shape[1], 12);
    const off = report.encoded.latents.data.map((value, at) => Math.abs(value - latents[at]!));
    assert.ok(Math.max(...off) < 1e-5, `latents differ by ${Math.max(...off)}`);
    const words = await strip(lens);
    assert.match(words, /12 numbers: 2 × 2 × 3/);
    assert.match(words, /6 × 5 × 4\s*→ 3 × 3 × 4\s*→ 3 × 3 × 3/);
    const layers = await lens.element.locator(".layers.note").innerText();
    assert.match(layers, /convolution 3 × 3, 6 × 5 × 2 → 6 × 5 × 4, relu \(encoder\)/);
    assert.match(layers, /maximum of 2 × 2, stride 2, 6 × 5 × 4 → 3 × 3 × 4 \(encoder\)/);
    await screenshot(page, "model of convolutions");
  });
});

test("weights of PyTorch's convolutions open with the steps that are proposed, and what was written stays", async () => {
  const file = await readFile("tests/models/fixtures/torch-layers.json", "utf8");
  const { models } = JSON.parse(file) as {
    models: { name: string; images: number[][]; latents: number[][] }[];
  };
  const { images, latents } = models.find(({ name }) => name === "torch-layers strides")!;
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Explorer(page);
    await lens.element.evaluate((element, values) => {
      const data = Float32Array.from(values.flat());
      Object.assign(element, {
        images: { data, shape: [values.length, 8, 8], labels: 0, name: "noise" },
      });
    }, images);
    await lens.unfoldPanel("network");
    const path = "tests/models/fixtures/torch-layers/strides.pt";
    await lens.element.getByLabel("Files of a model").setInputFiles(path);
    const steps = lens.element.getByLabel("Steps from the images to the reconstructions");
    await steps.waitFor();
    const proposed = await steps.inputValue();
    assert.match(proposed, /^images 1x8x8\nencoder\.0 stride 2 padding 1\nrelu\n/);
    assert.match(await lens.element.locator(".question").innerText(), /encoder\.0, Conv2d 3 × 3,/);
    await screenshot(page, "steps of a model");
    await steps.fill(`${proposed}\nrelax`);
    await lens.button("Open with these").click();
    await lens.element.locator("[part=model] .refusal").getByText(/relax/).waitFor();
    assert.equal(await steps.inputValue(), `${proposed}\nrelax`);
    await steps.fill(proposed);
    await lens.button("Open with these").click();
    await lens.status.getByText(/strides\.pt explained in/).waitFor();
    const { encoded } = await lens.finish();
    const off = encoded.latents.data.map((value, at) => Math.abs(value - latents.flat()[at]!));
    assert.ok(Math.max(...off) < 1e-5, `latents differ by ${Math.max(...off)}`);
    assert.match(await strip(lens), /2 × 2 × 4/);
  });
});

test("a session of a convolutional network opens again as it was, and runs to the same numbers", async () => {
  await visit({ query: `${SMALL}&engine=cpu&activation=elu&learning-rate=0.003` }, async (page) => {
    const lens = new Explorer(page);
    await give(page);
    const before = await run(lens);
    await lens.unfoldPanel("network");
    const { name, bytes } = await lens.take("Save session");
    await (await lens.field("radio", "Dense")).check({ force: true });
    await run(lens);
    const file = { name, buffer: bytes, mimeType: "application/octet-stream" };
    await lens.element.getByLabel("file of a session").setInputFiles(file);
    await lens.status.getByText("Reopened as it was kept").waitFor();
    await lens.settle();
    assert.match(new URL(page.url()).search, /kind=convolutional/);
    assert.match(new URL(page.url()).search, /activation=elu/);
    assert.match(new URL(page.url()).search, /learning-rate=0\.003/);
    assert.match(await strip(lens), /4 × 4 × 2\s*→ 2 × 2 × 3/);
    const again = await run(lens);
    for (const part of ["pixel_importance", "latent_importance"] as const) {
      assert.ok(distance(again[part].mean, before[part].mean) < 1e-6, part);
    }
  });
});
