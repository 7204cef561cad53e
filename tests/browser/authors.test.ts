/** What authors of pages rely on: names and events, images and models of their own. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { opening } from "./elsewhere";
import { screenshot, visit } from "./harness";
import { Lens, type Report } from "./lens";

const QUICK = `engine="cpu" epochs="2" method="sampled" permutations="2"`;

/** The element as a page's script has it. */
interface Element extends HTMLElement {
  images: unknown;
  model: unknown;
  phase: string;
  report: Report;
  explainClass: string;
  run(): Promise<Report>;
  [property: string]: unknown;
}

/** What a page's script says in the console of old names. */
function warnings(page: Page): string[] {
  const told: string[] = [];
  page.on("console", (message) => {
    if (message.text().startsWith("latent-lens:")) told.push(message.text());
  });
  return told;
}

test("a change event tells which settings changed, once for all that change together", async () => {
  await opening(
    `<form><latent-lens ${QUICK} loading="eager"></latent-lens></form>`,
    async (page) => {
      const lens = new Lens(page);
      await lens.element.locator("canvas").first().waitFor();
      await page.evaluate(() => {
        const told: string[][] = [];
        Object.assign(window, { told });
        document.querySelector("form")!.addEventListener("change", (event) => {
          told.push((event as CustomEvent<{ names: string[] }>).detail.names);
        });
        const element = document.querySelector<Element>("latent-lens" as "div")!;
        element["seed"] = 5;
        element["dims"] = 7;
        element.setAttribute("epochs", "2");
      });
      await lens.element.getByRole("radio", { name: "Encoded space" }).check({ force: true });
      const told = () => page.evaluate(() => (window as unknown as { told: string[][] }).told);
      await page.waitForFunction(
        () => (window as unknown as { told: unknown[] }).told.length === 2,
      );
      assert.deepEqual(await told(), [["dims", "seed"], ["view"]]);
    },
  );
});

test("old names of settings, views and events are read, and told once in the console", async () => {
  const body = `<latent-lens id="one" class="wide 1" view="likeness" ${QUICK} loading="eager"></latent-lens>
    <latent-lens id="two" class="1 narrow" view="likeness" ${QUICK} loading="eager"></latent-lens>`;
  let told: string[] = [];
  await opening(
    body,
    async (page) => {
      const found = await page.evaluate(async () => {
        const [one, two] = document.querySelectorAll<Element>("latent-lens" as "div");
        const events: string[] = [];
        const types = ["progress", "done", "lens-done"];
        for (const element of [one!, two!]) {
          for (const type of types) {
            element.addEventListener(type, () => {
              if (events.at(-1) !== type) events.push(type);
            });
          }
        }
        one!.images = "viridis";
        await one!.run();
        return [events, one!.explainClass, one!["view"], two!["view"], one!["imageColours"]];
      });
      assert.deepEqual(found, [
        ["progress", "lens-done", "done"],
        "1",
        "similarity",
        "similarity",
        "viridis",
      ]);
      await page.locator("#two canvas.chart").first().waitFor();
    },
    {
      expected: /latent-lens: .* is now /,
      before: (page) => Promise.resolve((told = warnings(page))),
    },
  );
  const next = "The next version no longer reads the old name.";
  assert.deepEqual(told.sort(), [
    `latent-lens: class="1" is now explain-class="1". ${next}`,
    `latent-lens: the event done is now lens-done. ${next}`,
    `latent-lens: the event progress is now lens-progress. ${next}`,
    `latent-lens: the property images of how images are drawn is now imageColours. ${next}`,
    `latent-lens: view="likeness" is now view="similarity". ${next}`,
  ]);
});

test("an address of the version before shows what it showed, under its new names", async () => {
  const expected = /latent-lens: .* is now /;
  await visit({ query: "?epochs=1&engine=cpu&class=1&view=likeness", expected }, async (page) => {
    const lens = new Lens(page);
    assert.equal(await lens.element.getAttribute("explain-class"), "1");
    assert.equal(await lens.element.getAttribute("view"), "similarity");
    await lens.element.evaluate((element) => element.setAttribute("seed", "3"));
    await page.waitForFunction(() => location.search.includes("seed=3"));
    assert.match(page.url(), /\?epochs=1&engine=cpu&view=similarity&explain-class=1&seed=3$/);
  });
});

/** Makes images in the page: bright rows or columns, with some noise. */
const MAKE = `
  function stripes(count, bytes = true) {
    const data = bytes ? new Uint8Array(count * 30) : new Float32Array(count * 30);
    for (let image = 0; image < count; image += 1) {
      for (let pixel = 0; pixel < 30; pixel += 1) {
        const [row, column] = [Math.floor(pixel / 6), pixel % 6];
        const on = image % 2 ? row === (image >> 1) % 5 : column === (image >> 1) % 6;
        const value = on ? 0.9 : ((image * 7 + pixel * 13) % 10) / 50;
        data[image * 30 + pixel] = bytes ? Math.round(255 * value) : value;
      }
    }
    const labels = Array.from({ length: count }, (_, image) => image % 2);
    return { data, shape: [count, 5, 6], labels, names: ["upright", "level"], name: "stripes" };
  }
`;

test("images that a page gives are trained on and explained, replaced and taken back", async () => {
  const early = `<latent-lens ${QUICK} dims="3" classes="3,8"></latent-lens><script>
    ${MAKE}
    document.querySelector("latent-lens").images = stripes(80);
  </script>`;
  await opening(early, async (page) => {
    const lens = new Lens(page);
    const of = (report: Report) => ({
      name: report.data.name,
      count: report.data.count,
      classes: report.classes.map(({ name, training, held_out }) => [name, training + held_out]),
    });
    await lens.status.getByText("68 images to learn from").waitFor();
    await screenshot(page, "images of the page");
    const run = async () => {
      await page.evaluate(() => document.querySelector<Element>("latent-lens" as "div")!.run());
      return lens.finish();
    };
    const first = await run();
    assert.deepEqual(of(first), {
      name: "stripes",
      count: 80,
      classes: [
        ["upright", 40],
        ["level", 40],
      ],
    });
    assert.deepEqual(first.pixel_importance.mean.shape, [30, 3]);
    assert.deepEqual(first.encoded.files, ["stripes"]);

    // Others in their place, asked for at once; classes that the page names stay.
    const second = await page.evaluate(async () => {
      const element = document.querySelector<Element>("latent-lens" as "div")!;
      const { stripes } = window as unknown as {
        stripes(count: number, bytes: boolean): Record<string, unknown>;
      };
      element["classes"] = ["level"];
      element.images = { ...stripes(60, false), name: undefined };
      const { data, classes } = await element.run();
      return { name: data.name, count: data.count, classes: classes.map(({ name }) => name) };
    });
    assert.deepEqual(second, { name: "the page’s images", count: 30, classes: ["level"] });

    await page.evaluate(
      () => (document.querySelector<Element>("latent-lens" as "div")!.images = null),
    );
    assert.equal(await lens.element.getAttribute("classes"), "3,8");
    assert.equal(await lens.element.getAttribute("dataset"), null);
    await lens.element.getByText(/[Ii]mages.*: MNIST digits/).waitFor();
  });
});

test("images that cannot be used are refused with a sentence, and others put right", async () => {
  const body = `<latent-lens ${QUICK} loading="eager"></latent-lens><script>${MAKE}</script>`;
  await opening(body, async (page) => {
    const lens = new Lens(page);
    await lens.element.getByText(/[Ii]mages.*: MNIST digits/).waitFor();
    const refusals = await page.evaluate(async () => {
      const element = document.querySelector<Element>("latent-lens" as "div")!;
      const { stripes } = window as unknown as {
        stripes(count: number, bytes?: boolean): { data: Float32Array };
      };
      const heard: string[] = [];
      element.addEventListener("lens-error", (event) =>
        heard.push((event as CustomEvent<{ kind: string }>).detail.kind),
      );
      const nothing = stripes(8, false);
      nothing.data[33] = NaN;
      const said: string[] = [];
      for (const images of [
        { ...stripes(8), shape: [8, 36] },
        { ...stripes(8), shape: [9, 5, 6] },
        { ...stripes(8), data: undefined },
        { ...stripes(8), labels: [1, 2] },
        nothing,
      ]) {
        element.images = images;
        await element.run().catch((error: Error) => said.push(error.message));
      }
      return { said, heard };
    });
    const begin = "What the page around gives cannot be used. ";
    assert.deepEqual(
      refusals.said.map((sentence) => sentence.replace(begin, "")),
      [
        "The shape must be [images, height, width], such as [60, 28, 28], with the channels last where there are any, and is [8, 36].",
        "The shape [9, 5, 6] takes 270 values, and there are 240.",
        "The shape [8, 5, 6] takes 240 values, and there are no data.",
        "There are 8 images and 2 labels: each image needs one, or one is that of all.",
        "A pixel of image 2 is NaN: all must be finite numbers, so put another in its place or leave the image out.",
      ],
    );
    assert.ok(refusals.heard.every((kind) => kind === "refused"));
    await lens.status.getByText("A pixel of image 2 is NaN").waitFor();
    await page.evaluate(
      () => (document.querySelector<Element>("latent-lens" as "div")!.images = null),
    );
    await lens.status.getByText("1,807 images to learn from").waitFor();

    // Floats that no network is trained on can be had from 0 to 1.
    await page.evaluate(() => {
      const { stripes } = window as unknown as {
        stripes(count: number, bytes?: boolean): { data: Float32Array };
      };
      const wide = stripes(80, false);
      wide.data = wide.data.map((value) => 4 * value - 2);
      document.querySelector<Element>("latent-lens" as "div")!.images = wide;
    });
    await lens.element
      .getByText(/The values are from .* to .*, outside 0 to 1/)
      .first()
      .waitFor();
    await lens.button("Spread from 0 to 1").click();
    await lens.button("Train and explain").click();
    const { data } = await lens.finish();
    assert.match(data.handling.join(), /^Values from .2 to .* were spread/);
  });
});

/** Layers of a page's own: each latent is the mean of every second pixel. */
const MODEL = `
  function layer(inputs, outputs, activation) {
    const data = Float32Array.from({ length: inputs * outputs }, (_, at) => {
      const [input, output] = [Math.floor(at / outputs), at % outputs];
      return input % outputs === output % inputs ? 0.25 : -0.05;
    });
    return { weight: { shape: [inputs, outputs], data }, bias: new Float32Array(outputs), activation };
  }
  const model = {
    encoder: [layer(30, 8, "relu"), layer(8, 2, { "leaky-relu": { slope: 0.1 } })],
    decoder: [layer(2, 8, "tanh"), layer(8, 30, "sigmoid")],
    name: "halves",
  };
`;

test("a model that a page gives is explained, and taken back", async () => {
  const early = `<latent-lens ${QUICK.replace("2", "9")}></latent-lens><script>
    ${MAKE} ${MODEL}
    const lens = document.querySelector("latent-lens");
    lens.model = model;
    lens.images = stripes(80);
  </script>`;
  await opening(early, async (page) => {
    const lens = new Lens(page);
    await lens.button("Explain this model").waitFor();
    await lens.status.getByText("to explain halves on").waitFor();
    const report = await page.evaluate(async () => {
      const element = document.querySelector<Element>("latent-lens" as "div")!;
      const { settings, model, pixel_importance } = await element.run();
      return { settings, model, shape: pixel_importance.mean.shape };
    });
    assert.deepEqual(report.shape, [30, 2]);
    assert.deepEqual(report.model, { files: ["halves"], format: "given by the page", notes: [] });
    assert.equal(report.settings.epochs, 0);

    const said = await page.evaluate(async () => {
      const element = document.querySelector<Element>("latent-lens" as "div")!;
      const { model, layer } = window.eval("({ model, layer })") as {
        model: { encoder: object[]; decoder: object[] };
        layer(inputs: number, outputs: number, activation: unknown): object;
      };
      const { encoder, decoder } = model;
      const said: string[] = [];
      for (const bad of [
        { encoder, decoder: [] },
        { encoder: [encoder[0]], decoder },
        { encoder: [encoder[0], layer(7, 2, "relu")], decoder },
        { encoder, decoder: [decoder[0], layer(8, 29, "sigmoid")] },
        { encoder: [encoder[0], layer(8, 2, "rely")], decoder },
        { encoder: [encoder[0], layer(8, 2, { elu: {} })], decoder },
        { encoder: [{ ...encoder[0], bias: new Float32Array(3) }, encoder[1]], decoder },
      ]) {
        element.model = bad;
        await element.run().catch((error: Error) => said.push(error.message));
      }
      return said;
    });
    const begin = "What the page around gives cannot be used. ";
    const sentences = said.map((sentence) => sentence.replace(begin, ""));
    assert.equal(sentences[0]!.slice(0, 36), "A model must be { encoder, decoder }");
    assert.deepEqual(sentences.slice(1, 4), [
      "The encoder gives 8 latents, and the decoder takes 2.",
      "Layer 2 of the encoder takes 7 numbers, and the one before gives 8.",
      "The encoder takes 30 pixels, and the decoder gives 29.",
    ]);
    assert.match(sentences[4]!, /^Layer 2 of the encoder: the activation must be one of linear, /);
    assert.match(sentences[5]!, /is written with its numbers, as \{ "elu": \{ alpha: 1 \} \}\.$/);
    assert.equal(
      sentences[6],
      "Layer 1 of the encoder: the bias must be a Float32Array of 8 numbers.",
    );

    await page.evaluate(
      () => (document.querySelector<Element>("latent-lens" as "div")!.model = null),
    );
    await lens.button(/Train and explain|Run again/).waitFor();
    assert.equal(
      await page.evaluate(() => document.querySelector<Element>("latent-lens" as "div")!["epochs"]),
      9,
    );
  });
});
