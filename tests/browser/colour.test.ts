/** Images in colour: brought, trained on, explained by pixel and by channel, and drawn as they are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { Explorer } from "./explorer";
import { png } from "./files";
import { screenshot, until, visit } from "./harness";
import { distance, type Report } from "./lens";

const SIDE = 8;
const EACH = 20;
const NAMES = ["warm", "cold"];

/** Two classes that differ by their hue alone: what one has in red the other has in blue, and green is even. */
function picture(label: number, image: number): number[] {
  return Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
    const noise = (image * 31 + row * 17 + column * 13) % 41;
    const inside = Math.abs(row - 3.5) < 2.5 && Math.abs(column - 3.5) < 2.5;
    const [strong, weak] = inside ? [210 - noise, 20 + noise] : [30, 30];
    return label === 0 ? [strong, 90, weak] : [weak, 90, strong];
  }).flat();
}

const IMAGES = NAMES.flatMap((name, label) =>
  Array.from({ length: EACH }, (_, image) => ({
    name,
    label,
    image,
    pixels: picture(label, image),
  })),
);
const FILES = IMAGES.map(({ name, image, pixels }) => ({
  name: `${name}-${image}.png`,
  bytes: png(pixels, SIDE, SIDE, 3),
}));

const QUERY = "?epochs=200&learning-rate=0.01&dims=4&engine=cpu&seed=2&held-out=25";
const expected = /willReadFrequently/;

/** Red, green, blue and opacity of the pixels of a canvas, row by row from the top. */
function pixels(canvas: Locator): Promise<number[]> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext("2d")!;
    return [...context.getImageData(0, 0, width, height).data];
  });
}

/** Bytes of red, green and blue as a canvas has them. */
function opaque(bytes: ArrayLike<number>): number[] {
  return Array.from({ length: (bytes.length / 3) * 4 }, (_, at) =>
    at % 4 === 3 ? 255 : bytes[Math.floor(at / 4) * 3 + (at % 4)]!,
  );
}

/** Numbers from 0 to 1 as a canvas has them. */
function drawn(values: number[]): number[] {
  return opaque(Uint8ClampedArray.from(values, (value) => 255 * value));
}

/** Rows of a matrix. */
function row({ shape: [, columns], data }: Report["samples"]["images"], at: number): number[] {
  return data.slice(at * columns, (at + 1) * columns);
}

async function bring(lens: Explorer): Promise<void> {
  await lens.element.evaluate(
    (element, all) =>
      (element as HTMLElement & { open(files: File[]): Promise<void> }).open(
        all.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name)),
      ),
    FILES.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  );
  await lens.button("Use these images").waitFor();
}

/** Has the page's own code give the images, and runs. */
async function give(page: Page, settings: Record<string, string> = {}): Promise<Report> {
  const images = {
    data: IMAGES.flatMap((each) => each.pixels),
    shape: [IMAGES.length, SIDE, SIDE, 3],
    labels: IMAGES.map(({ label }) => label),
    names: NAMES,
  };
  await page.evaluate(
    ({ images, settings }) => {
      const element = document.querySelector("latent-lens")!;
      for (const [name, text] of Object.entries(settings)) element.setAttribute(name, text);
      Object.assign(element, { images: { ...images, data: Uint8Array.from(images.data) } });
      return (element as HTMLElement & { run(): Promise<unknown> }).run().then(() => undefined);
    },
    { images, settings },
  );
  const lens = new Explorer(page);
  const report = await lens.finish();
  await lens.settle();
  return report;
}

/** The sum of V over all dimensions, of every row. */
function sums({ pixel_importance: { mean } }: Report): number[] {
  return Array.from({ length: mean.shape[0] }, (_, at) =>
    row(mean, at).reduce((sum, value) => sum + value, 0),
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`pictures in colour keep their colours from file to figure, on a ${colorScheme} page`, async () => {
    await visit({ query: QUERY, context: { colorScheme }, expected }, async (page) => {
      const lens = new Explorer(page);
      await bring(lens);
      const card = lens.element.locator("[part=preview]");
      await card.getByText("40 of 8 × 8 pixels, in colour").waitFor();
      const first = opaque(IMAGES[EACH]!.pixels);
      assert.deepEqual(await pixels(card.locator("canvas").first()), first, "cold comes first");
      await lens.button("Use these images").click();
      const film = lens.element.locator("[part=samples] canvas");
      await until(
        async () => (await film.first().getAttribute("width")) === `${SIDE}`,
        "no picture",
      );
      await lens.settle();
      assert.deepEqual(await pixels(film.first()), first);
      await lens.element
        .getByText(/40 images of 8 × 8, in colour/)
        .first()
        .waitFor();

      await lens.button("Train and explain").click();
      const report = await lens.finish();
      await lens.settle();
      assert.deepEqual(report.image, { height: SIDE, width: SIDE, channels: 3 });
      assert.deepEqual(report.pixel_importance.mean.shape, [SIDE * SIDE, 4]);
      const { images, reconstructions, labels } = report.samples;
      for (const at of [0, 1]) {
        assert.deepEqual(await pixels(film.nth(2 * at)), drawn(row(images, at)));
        assert.deepEqual(await pixels(film.nth(2 * at + 1)), drawn(row(reconstructions, at)));
        // It has learned which of red and blue there is.
        const middle = row(reconstructions, at).slice(3 * (4 * SIDE + 4), 3 * (4 * SIDE + 5));
        const name = report.classes.find(({ label }) => label === labels[at])!.name;
        assert.equal(middle[0]! > middle[2]! + 0.2, name === "warm", `${name}: ${middle}`);
      }
      const strip = lens.element.locator("[part=pipeline] canvas.picture");
      assert.deepEqual(await pixels(strip.first()), drawn(row(images, 0)));

      await lens.element
        .getByText(
          "A pixel is shuffled with all of its channels; its direction is that of their mean.",
        )
        .waitFor();
      await lens.map(0);
      assert.match(
        await lens.readout.innerText(),
        /^Dimension \d, row \d, column \d: importance [^;]+(; (a lighter pixel (raises|lowers) it|no direction)|\.)/,
      );
      await screenshot(page, `colour ${colorScheme}`);
      await lens.unfold("exports");
      const { lines } = await lens.table("Pixel importance, CSV");
      assert.equal(lines[0], "pixel,row,col,dim_1,dim_2,dim_3,dim_4");
      assert.equal(lines.length, 1 + SIDE * SIDE);

      // What is opened large, and what is drawn of the samples.
      await lens.map(0);
      await page.keyboard.press("Enter");
      const dialog = lens.element.getByRole("dialog", { name: /^Dimension / });
      const moved = dialog.locator(".moved-images canvas");
      await lens.settle();
      assert.deepEqual(await pixels(moved.first()), drawn(row(images, 0)));
      await dialog.getByText("Change per channel").waitFor();
      assert.deepEqual((await pixels(moved.nth(3))).slice(0, 4), [128, 128, 128, 255]);
      await screenshot(page, `colour dimension ${colorScheme}`);
      await dialog.getByRole("button", { name: "Close" }).click();
      await lens.view("Encoded space");
      // The first sample is the first explained image of its class.
      const { name } = report.classes.find(({ label }) => label === labels[0])!;
      const place = report.encoded.positions[report.encoded.labels.indexOf(labels[0]!)]! + 1;
      await lens.element.evaluate(
        (element, image) => element.setAttribute("image", image),
        `${name} ${place}`,
      );
      const opened = lens.element.locator("[part=image] canvas");
      await opened.first().waitFor();
      await lens.settle();
      assert.deepEqual(await pixels(opened.first()), drawn(row(images, 0)));
      await lens.element.getByText(/Mean squared error per pixel and channel/).waitFor();
      await lens.view("Images");
      await lens.settle();
      assert.ok(await hues(lens.figure), "the chart shows red and blue");
      await screenshot(page, `colour images ${colorScheme}`);
    });
  });
}

/** Whether a canvas has pixels that are clearly red, and others that are clearly blue. */
function hues(canvas: Locator): Promise<boolean> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement)
      .getContext("2d")!
      .getImageData(0, 0, width, height);
    const seen = { red: 0, blue: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const apart = data[at]! - data[at + 2]!;
      if (apart > 100) seen.red += 1;
      if (apart < -100) seen.blue += 1;
    }
    return seen.red > 500 && seen.blue > 500;
  });
}

test("colours become grey where that is asked for, and it is said", async () => {
  await visit({ query: QUERY, expected }, async (page) => {
    const lens = new Explorer(page);
    await bring(lens);
    const card = lens.element.locator("[part=preview]");
    await card.getByLabel("Colours").selectOption("mean");
    await lens.button("Read again with these").click();
    await card.getByText("40 of 8 × 8 pixels", { exact: true }).waitFor();
    const shown = await pixels(card.locator("canvas").first());
    const [red, green, blue] = IMAGES[EACH]!.pixels as [number, number, number];
    const grey = (red + green + blue) / 3;
    assert.ok(Math.abs(shown[0]! - grey) <= 1 && shown[0] === shown[1] && shown[1] === shown[2]);
    await card.getByText(/grey/i).first().waitFor();
    // The way back stays.
    await card.getByLabel("Colours").selectOption("keep");
    await lens.button("Read again with these").click();
    await card.getByText("40 of 8 × 8 pixels, in colour").waitFor();
  });
});

test("each channel by itself has importance, maps and rows of tables of its own", async () => {
  await visit({ query: QUERY, expected }, async (page) => {
    const lens = new Explorer(page);
    await lens.reach(["idle"]);
    const together = await give(page);
    const { lines: whole } = await (await lens.unfold("exports"), lens.table("Direction, CSV"));
    assert.equal(whole.length, 1 + SIDE * SIDE);
    const report = await give(page, { permute: "channel" });
    const { mean } = report.pixel_importance;
    assert.deepEqual(mean.shape, [SIDE * SIDE * 3, 4]);
    const of = (values: number[], channel: number) =>
      values.filter((_, at) => at % 3 === channel).reduce((sum, value) => sum + value, 0);
    const each = [0, 1, 2].map((channel) => of(sums(report), channel));
    assert.equal(each[1], 0, "green is the same in every image");
    assert.ok(each[0]! > 0 && each[2]! > 0);
    assert.ok(sums(together).some((value) => value > 0));

    // The maps are those of one channel, which can be chosen.
    await lens.element.getByText(/by itself; these are the maps of the red channel\./).waitFor();
    await (await lens.field("group", "Channel")).waitFor();
    for (const [channel, name] of ["red", "green", "blue"].entries()) {
      await lens.choose("Channel", name[0]!.toUpperCase() + name.slice(1));
      await lens.element.getByText(`these are the maps of the ${name} channel.`).waitFor();
      await lens.map(0);
      const read = await lens.readout.innerText();
      const [, dim, line, column, value] =
        /^Dimension (\d), row (\d), column (\d), \w+ channel: importance ([^;. ]+(?:\.\d+)?)/.exec(
          read,
        )!;
      assert.ok(read.includes(`, ${name} channel: importance`), read);
      const feature = ((Number(line) - 1) * SIDE + Number(column) - 1) * 3 + channel;
      const known = mean.data[feature * 4 + Number(dim) - 1]!;
      if (known === 0) assert.equal(Number(value), 0, read);
    }
    assert.match(page.url(), /channel=3/);
    const { lines } = await lens.table("Pixel importance, CSV");
    assert.equal(lines[0], "pixel,row,col,channel,dim_1,dim_2,dim_3,dim_4");
    assert.deepEqual(
      lines.slice(1, 5).map((line) => line.split(",").slice(0, 4).join()),
      ["1,1,1,red", "1,1,1,green", "1,1,1,blue", "2,1,2,red"],
    );
    await lens.unfold("look");
    await screenshot(page, "colour by channel");
  });
});

test("WebGPU measures colours as the CPU does", async () => {
  await visit({ query: QUERY, webgpu: "software", expected }, async (page) => {
    const lens = new Explorer(page);
    await lens.reach(["idle"]);
    for (const permute of ["pixel", "channel"]) {
      const settings = { permute, epochs: "5", method: "sampled" };
      const cpu = await give(page, { ...settings, engine: "cpu" });
      const gpu = await give(page, { ...settings, engine: "webgpu" });
      assert.deepEqual([cpu.engine, gpu.engine], ["cpu", "webgpu"]);
      assert.ok(distance(gpu.pixel_importance.mean, cpu.pixel_importance.mean) < 1e-3, permute);
    }
  });
});

test("what is about channels is only there where images have some", async () => {
  await visit({ query: QUERY, expected }, async (page) => {
    const lens = new Explorer(page);
    await lens.reach(["idle"]);
    const offers = (name: string) =>
      lens.element
        .locator(`fieldset.field.${name}`)
        .evaluate((field) => !(field as HTMLElement).hidden);
    const both = async () => [await offers("permute"), await offers("channel")];
    assert.deepEqual(await both(), [false, false]);
    await lens.view("Images");
    assert.equal(await offers("images"), true);
    await give(page);
    assert.equal(await offers("images"), false, "colours are shown as they are");
    await lens.view("Importance", "Maps without direction");
    assert.deepEqual(await both(), [true, false]);
    await lens.element.getByText(/How much each latent .* A pixel is shuffled with all/).waitFor();
  });
});
