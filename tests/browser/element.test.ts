/** The element in pages of other people: several, late, small, in other colours, as a picture. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { ELSEWHERE, opening } from "./elsewhere";
import { SITE, screenshot, until } from "./harness";
import { Lens, type Report } from "./lens";

const QUICK = `engine="cpu" epochs="2" method="sampled" permutations="2"`;
const FILLER = `<div style="height: 3000px"></div>`;
/** What an element found, with its typed arrays as lists. */
async function finished(page: Page, id: string): Promise<Report> {
  const element = page.locator(`#${id}`);
  await element.and(page.locator("[phase=done], [phase=error]")).waitFor();
  const json = await element.evaluate((element) => {
    const lens = element as HTMLElement & { phase: string; report: unknown };
    if (lens.phase === "error") throw new Error(lens.shadowRoot!.textContent!);
    return JSON.stringify(lens.report, (_, value: unknown) =>
      value instanceof Float32Array ? [...value] : value,
    );
  });
  return JSON.parse(json) as Report;
}

test("two elements run at once as each does alone, and share what is downloaded", async () => {
  const element = (id: string, more: string) =>
    `<latent-lens id="${id}" ${QUICK} ${more} autorun></latent-lens>`;
  const [one, other] = [element("one", `seed="3"`), element("other", `classes="4,7" dims="5"`)];
  const alone = new Map<string, Report>();
  for (const [id, body] of [
    ["one", one],
    ["other", other],
  ] as const) {
    await opening(body, async (page) => void alone.set(id, await finished(page, id)));
  }
  await opening(
    `<div style="display: flex">${one}${other}</div><style>latent-lens { width: 50% }</style>`,
    async (page, asked) => {
      for (const id of ["one", "other"]) assert.deepEqual(await finished(page, id), alone.get(id));
      for (const file of ["latent-lens.js", "view.js", "view_bg.wasm", "engine-cpu_bg.wasm"]) {
        assert.equal(asked.filter((each) => each === file).length, 1, file);
      }
    },
  );
});

test("imported twice, from two addresses, it is registered once", async () => {
  await opening(`<latent-lens loading="eager"></latent-lens>`, async (page) => {
    await page.locator("latent-lens canvas").first().waitFor();
    const before = await page.evaluate(() => Object.keys(window).sort());
    const exported = await page.evaluate(
      async (again) => Object.keys(await import(again)),
      `${SITE}latent-lens.js?again`,
    );
    assert.deepEqual(exported, ["LatentLens"]);
    assert.deepEqual(await page.evaluate(() => Object.keys(window).sort()), before);
  });
});

test("what is out of sight asks the network for nothing until it is seen", async () => {
  await opening(`${FILLER}<latent-lens ${QUICK} autorun></latent-lens>`, async (page, asked) => {
    const lens = new Lens(page);
    await page.waitForFunction(() => customElements.get("latent-lens") !== undefined);
    await page.waitForLoadState("networkidle");
    // The element's code is three files: the page's own code shares one, what is fetched on demand another.
    const code = asked.filter((file) => !/^chunk-chunk-\w+\.js$/.test(file));
    assert.deepEqual(code, [ELSEWHERE, "latent-lens.js"]);
    assert.ok(asked.length <= 4, `${asked}`);
    assert.equal(await lens.element.getAttribute("phase"), "idle");
    await lens.element.scrollIntoViewIfNeeded();
    await lens.finish();
  });
  await opening(`${FILLER}<latent-lens loading="eager"></latent-lens>`, async (_, asked) => {
    await until(() => asked.includes("view_bg.wasm"), "an eager one does not wait");
  });
  await opening(`${FILLER}<latent-lens ${QUICK}></latent-lens>`, async (page) => {
    const report = await page.evaluate(
      () =>
        document
          .querySelector("latent-lens" as "div")!
          ["run" as "click"]() as unknown as Promise<object>,
    );
    assert.ok(report, "asked by a program it runs unseen");
  });
});

test("every setting is a property with its type, in step with the attribute", async () => {
  await opening(`<latent-lens></latent-lens>`, async (page) => {
    await page.locator("latent-lens canvas").first().waitFor();
    const told = await page.evaluate(() => {
      const lens = document.querySelector("latent-lens")! as unknown as Record<string, unknown> &
        Pick<HTMLElement, "getAttribute" | "removeAttribute">;
      const told: unknown[] = [];
      for (const [property, attribute, value, text] of [
        ["datasetName", "dataset", "fashion-mnist", "fashion-mnist"],
        ["classes", "classes", [3, 8], "3,8"],
        ["kind", "kind", "convolutional", "convolutional"],
        ["variational", "variational", true, "true"],
        ["beta", "beta", 4, "4"],
        ["dims", "dims", 7, "7"],
        ["hiddenLayers", "hidden-layers", [64, 32], "64,32"],
        ["filters", "filters", [4, 6], "4,6"],
        ["downsampling", "downsampling", "pooling", "pooling"],
        ["activation", "activation", "tanh", "tanh"],
        ["loss", "loss", "mae", "mae"],
        ["output", "output", "linear", "linear"],
        ["learningRate", "learning-rate", 0.01, "0.01"],
        ["batchSize", "batch-size", 64, "64"],
        ["sparsity", "sparsity", 0.001, "0.001"],
        ["noise", "noise", "masking", "masking"],
        ["noiseLevel", "noise-level", 0.3, "0.3"],
        ["dropout", "dropout", 0.2, "0.2"],
        ["weightDecay", "weight-decay", 0.01, "0.01"],
        ["epochs", "epochs", 9, "9"],
        ["heldOut", "held-out", 20, "20"],
        ["explain", "explain", "all", "all"],
        ["permute", "permute", "channel", "channel"],
        ["method", "method", "exact", "exact"],
        ["permutations", "permutations", 8, "8"],
        ["features", "features", "patches", "patches"],
        ["patch", "patch", 7, "7"],
        ["clusterThreshold", "cluster-threshold", 0.5, "0.5"],
        ["groups", "groups", { names: ["left"], of: [1, 1, 0] }, "left/1*2,0"],
        ["recipients", "recipients", "image:17", "image:17"],
        ["donors", "donors", "neighbours", "neighbours"],
        ["latentDonors", "latent-donors", "all", "all"],
        ["opinions", "opinions", true, "true"],
        ["imageErrors", "image-errors", true, "true"],
        ["controls", "controls", true, "true"],
        ["networks", "networks", 5, "5"],
        ["smaller", "smaller", true, "true"],
        ["sizes", "sizes", [2, 4], "2,4"],
        ["factors", "factors", true, "true"],
        ["errors", "errors", "images", "images"],
        ["epoch", "epoch", 3, "3"],
        ["pinned", "pinned", "seed:2", "seed:2"],
        ["splitSeed", "split-seed", 2, "2"],
        ["weightsSeed", "weights-seed", 3, "3"],
        ["orderSeed", "order-seed", 4, "4"],
        ["maps", "maps", "gradient", "gradient"],
        ["unit", "unit", "share", "share"],
        ["about", "about", 3, "3"],
        ["seed", "seed", 5, "5"],
        ["engine", "engine", "cpu", "cpu"],
        ["workers", "workers", 3, "3"],
        ["theme", "theme", "dark", "dark"],
        ["view", "view", "pixels", "pixels"],
        ["metric", "metric", "rmse", "rmse"],
        ["sort", "sort", false, "false"],
        ["filterEmpty", "filter-empty", true, "true"],
        ["top", "top", 4, "4"],
        ["topColumns", "top-columns", 5, "5"],
        ["rotate", "rotate", "90", "90"],
        ["flipHorizontal", "flip-horizontal", true, "true"],
        ["flipVertical", "flip-vertical", true, "true"],
        ["channel", "channel", 2, "2"],
        ["palette", "palette", "colour-blind", "colour-blind"],
        ["scale", "scale", "each", "each"],
        ["threshold", "threshold", 0.05, "0.05"],
        ["projection", "projection", "umap", "umap"],
        ["imageColours", "images", "viridis", "viridis"],
        ["dimension", "dimension", 2, "2"],
        ["image", "image", "7 12", "7 12"],
        ["moved", "moved", -1.5, "-1.5"],
        ["autorun", "autorun", true, "true"],
        ["explainClass", "explain-class", "8", "8"],
      ] as const) {
        const initial = lens[property];
        lens[property] = value;
        told.push([attribute, lens.getAttribute(attribute) === text]);
        told.push([property, JSON.stringify(lens[property]) === JSON.stringify(value)]);
        lens.removeAttribute(attribute);
        told.push([`${property} back`, JSON.stringify(lens[property]) === JSON.stringify(initial)]);
      }
      const settings = (
        customElements.get("latent-lens") as unknown as { observedAttributes: string[] }
      ).observedAttributes;
      return { told, settings };
    });
    for (const [what, right] of told.told as [string, boolean][]) assert.ok(right, what);
    const attributes = told.settings.filter(
      (name) => !["class", "poster", "preset"].includes(name),
    );
    assert.equal(told.told.length, 3 * attributes.length, "every setting is looked at");
  });
});

test("properties set before the code is there count, and HTML's hidden stays HTML's", async () => {
  const early = `<latent-lens></latent-lens><script>
    document.querySelector("latent-lens").epochs = 7;
  </script>`;
  await opening(early, async (page) => {
    const lens = page.locator("latent-lens");
    await lens.locator("canvas").first().waitFor();
    assert.equal(await lens.getAttribute("epochs"), "7");
    await lens.evaluate((element) => ((element as HTMLElement).hidden = true));
    assert.equal(await lens.isVisible(), false);
  });
});

test("run, pause, resume and cancel, with promises and events", async () => {
  await opening(`<latent-lens ${QUICK} loading="eager"></latent-lens>`, async (page) => {
    const told = await page.evaluate(async () => {
      interface LensElement extends HTMLElement {
        run(): Promise<{ pixel_importance: { mean: { shape: number[] } } }>;
        pause(): void;
        resume(): void;
        cancel(): Promise<void>;
        phase: string;
        epochs: number;
        dims: number;
        report: object | null;
      }
      const lens = document.querySelector<LensElement>("latent-lens" as "div")!;
      const events: string[] = [];
      for (const type of ["lens-progress", "lens-done", "lens-error"]) {
        lens.addEventListener(type, () => {
          if (events.at(-1) !== type) events.push(type);
        });
      }
      const first = lens.run();
      const same = first === lens.run();
      const report = await first;
      const whole = lens.report === report;
      const { shape } = report.pixel_importance.mean;

      lens.epochs = 500;
      const long = lens.run().then(
        () => "ended",
        (reason: Error) => reason.name,
      );
      while (lens.phase !== "training") await new Promise((next) => setTimeout(next, 20));
      lens.pause();
      const paused = lens.phase;
      lens.resume();
      const resumed = lens.phase;
      await lens.cancel();
      const cancelled = [lens.phase, await long];

      lens.epochs = 2;
      lens.dims = 0;
      const refused = await lens.run().then(
        () => "ran",
        (reason: Error) => reason.message,
      );
      return { same, whole, shape, events, paused, resumed, cancelled, refused };
    });
    assert.deepEqual(told, {
      same: true,
      whole: true,
      shape: [784, 12],
      events: ["lens-progress", "lens-done", "lens-progress"],
      paused: "paused",
      resumed: "training",
      cancelled: ["idle", "AbortError"],
      refused: "Latent dimensions must be a whole number from 1 to 512.",
    });
  });
});

const PICTURE = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"><rect width="300" height="200" fill="teal"/></svg>`,
)}`;

for (const [how, element] of [
  ["an attribute", `<latent-lens ${QUICK} poster="${PICTURE}"></latent-lens>`],
  [
    "an image between its tags",
    `<latent-lens ${QUICK}><img src="${PICTURE}" alt="What it finds"></latent-lens>`,
  ],
] as const) {
  test(`a picture stands in until it is run, from ${how}`, async () => {
    await opening(element, async (page, asked) => {
      const lens = new Lens(page);
      const image = lens.element.locator("img").first();
      await image.waitFor();
      await page.waitForLoadState("networkidle");
      assert.ok((await image.boundingBox())!.width > 1000, "as wide as the element");
      assert.equal(await lens.figure.isVisible(), false);
      assert.ok(!asked.some((file) => file.endsWith(".wasm")), "nothing heavy is fetched");
      await screenshot(page, "poster");
      await lens.button("Train and explain").press("Enter");
      await lens.finish();
      assert.equal(await image.isVisible(), false);
      const focused = await page.evaluate(() =>
        document.activeElement!.shadowRoot!.activeElement!.getAttribute("part"),
      );
      assert.equal(focused, "primary-button", "the keyboard is where it was");
    });
  });
}

test("without WebAssembly the picture stays, and says what it takes", async () => {
  const before = (page: Page) =>
    page.addInitScript(() => void delete (window as { WebAssembly?: unknown }).WebAssembly);
  await opening(
    `<latent-lens poster="${PICTURE}"></latent-lens>`,
    async (page) => {
      const lens = new Lens(page);
      await lens.element.getByText(/takes a browser with WebAssembly/).waitFor();
      assert.equal(await lens.button("Train and explain").count(), 0);
    },
    { before },
  );
});

test("without JavaScript the picture between the tags is what is seen", async () => {
  await opening(
    `<latent-lens><img src="${PICTURE}" alt="What it finds" width="300"></latent-lens>`,
    async (page) => assert.ok(await page.getByAltText("What it finds").isVisible()),
    { context: { javaScriptEnabled: false } },
  );
});

test("on paper there is the picture, and after a run the figure", async () => {
  await opening(`<latent-lens ${QUICK} poster="${PICTURE}"></latent-lens>`, async (page) => {
    const lens = new Lens(page);
    const poster = lens.element.locator("[part=poster-image]");
    const seen = async () => ({
      poster: await poster.isVisible(),
      figure: await lens.figure.isVisible(),
      buttons: await lens.element.getByRole("button").filter({ visible: true }).count(),
    });
    await poster.waitFor();
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await seen(), { poster: true, figure: false, buttons: 0 });
    await page.emulateMedia({ media: "screen" });
    await lens.button("Train and explain").click();
    await lens.finish();
    await page.emulateMedia({ media: "print" });
    assert.deepEqual(await seen(), { poster: false, figure: true, buttons: 0 });
    await screenshot(page, "print");
    assert.ok((await page.pdf()).byteLength > 20_000);
  });
});

test("it fits the width of what it stands in, however wide the page", async () => {
  for (const width of [320, 600, 1200]) {
    const body = `<div id="box" style="width: ${width}px"><latent-lens ${QUICK} autorun></latent-lens></div>`;
    await opening(
      body,
      async (page) => {
        const lens = new Lens(page);
        await lens.finish();
        await lens.settle();
        const box = (await lens.element.boundingBox())!;
        assert.equal(box.width, width);
        const wider = await lens.element.evaluate((element) => {
          const { right } = element.getBoundingClientRect();
          return [...element.shadowRoot!.querySelectorAll<HTMLElement>(".work > *, .work canvas")]
            .filter((part) => part.getBoundingClientRect().right > right + 0.5)
            .map((part) => part.className);
        });
        assert.deepEqual(wider, [], `at ${width}`);
        await screenshot(page, `container ${width}`);

        // And follows when that changes.
        await page.evaluate(() => (document.getElementById("box")!.style.width = "700px"));
        await page.waitForFunction(
          (canvas) => {
            const { width } = canvas as HTMLCanvasElement;
            return (
              width === Math.round(canvas!.getBoundingClientRect().width) &&
              width > 500 &&
              width <= 700
            );
          },
          await lens.figure.elementHandle(),
        );
      },
      { context: { viewport: { width: 1600, height: 900 } } },
    );
  }
});

test("it is light or dark as the page is, unless it is told otherwise", async () => {
  const background = (page: Page) =>
    page
      .locator("latent-lens [part=lens]")
      .evaluate((lens) => getComputedStyle(lens).backgroundColor);
  const [light, dark] = ["rgb(255, 255, 255)", "rgb(18, 21, 24)"];
  await opening(`<latent-lens></latent-lens>`, async (page) => {
    await page.locator("latent-lens canvas").first().waitFor();
    for (const [scheme, theme, expected] of [
      ["light", "", light],
      ["dark", "", dark],
      ["normal", "", light],
      ["light", "dark", dark],
      ["dark", "light", light],
    ] as const) {
      // The system is of the other opinion.
      await page.emulateMedia({ colorScheme: scheme === "dark" ? "light" : "dark" });
      await page.evaluate(
        ([scheme, theme]) => {
          document.documentElement.style.colorScheme = scheme;
          const lens = document.querySelector("latent-lens")!;
          if (theme) lens.setAttribute("theme", theme);
          else lens.removeAttribute("theme");
        },
        [scheme, theme] as const,
      );
      // Colours may be on their way from one to the other.
      const same = async () => (await background(page)) === expected;
      await until(same, `${scheme} ${theme} is not ${expected}`);
    }
  });
});
