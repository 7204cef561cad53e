/** What is chosen before a run, and every part of the page, at every width and for any number of classes. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { explore, QUICK } from "./explorer";
import { bytes, csv, set } from "./files";
import { screenshot, visit } from "./harness";
import { Lens } from "./lens";

const WIDTHS = [320, 390, 1280, 2560];
const LONG = (at: number) =>
  `Quercus petraea subspecies huguetiana, the north slope, variety ${at}`;

/** So many classes of two images each, as a table. */
function classes(count: number, name: (at: number) => string): Buffer {
  const { images, labels } = set(count, 2, 4, 4);
  const rows = images.map((image, at) => [`"${name(labels[at]!)}"`, ...image].join());
  const head = ["label", ...images[0]!.map((_, at) => `pixel${at}`)].join();
  return Buffer.from(bytes([head, ...rows].join("\n")));
}

async function bring(lens: Lens, name: string, buffer: Buffer): Promise<void> {
  await lens.element
    .locator("input[type=file][multiple]")
    .first()
    .setInputFiles({ name, buffer, mimeType: "text/csv" });
  await lens.button("Use these images").click();
  await lens.fold("images").getByText(name).waitFor();
}

async function begin(query: string, use: (lens: Lens, page: Page) => Promise<void>, context = {}) {
  await visit({ query, context }, async (page) => {
    await page.locator("latent-lens[phase=idle]").waitFor();
    await use(new Lens(page), page);
  });
}

function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** What has the focus, in the page or in the element. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const inner = document.querySelector("latent-lens")!.shadowRoot!.activeElement;
    return (inner ?? document.activeElement)!.tagName.toLowerCase();
  });
}

for (const [what, count, name] of [
  ["two classes", 2, String],
  ["ten classes", 10, String],
  ["twelve classes of long names", 12, LONG],
  ["the letters", 26, (at: number) => String.fromCharCode(65 + at)],
  ["two hundred classes", 200, (at: number) => `species ${at}`],
] as const) {
  test(`with ${what} no page scrolls sideways, and every class can be reached`, async () => {
    await begin("?engine=cpu", async (lens, page) => {
      await bring(lens, "toy.csv", classes(count, name));
      const panel = lens.element.locator("[part=images] .field.classes");
      if (count > 2) await panel.getByRole("button", { name: "All" }).click();
      await lens.settle();
      assert.match(await lens.fold("images").innerText(), count > 2 ? /all \d+ classes/ : /0, 1/);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await lens.settle();
        assert.ok((await sideways(page)) <= 0, `images at ${width}`);
        await screenshot(page, `${what} ${width}`);
        const seen = await panel.getByRole("checkbox").evaluateAll(
          (boxes) =>
            boxes.filter((box) => {
              const label = box.closest("label")!;
              label.scrollIntoView({ block: "nearest" });
              const { left, right, top, bottom } = label.getBoundingClientRect();
              const above = (label.getRootNode() as ShadowRoot).elementFromPoint(
                (left + right) / 2,
                (top + bottom) / 2,
              );
              return left >= 0 && right <= innerWidth && label.contains(above);
            }).length,
        );
        assert.equal(seen, count, `at ${width}`);
        await lens.unfoldPanel("network");
        assert.ok((await sideways(page)) <= 0, `network at ${width}`);
        await lens.unfoldPanel("images");
      }
      // The last is explained as easily as the first.
      await page.setViewportSize({ width: 320, height: 700 });
      await lens.settle();
      const last = name(count - 1);
      const explain = lens.element.locator("[part=figure] fieldset.class");
      if (count > 10) {
        await explain.getByRole("button").click();
        assert.ok((await sideways(page)) <= 0);
        await page.keyboard.type(last.split(" ").at(-1)!);
        await page.keyboard.press("Enter");
        await explain.getByRole("button", { name: last }).waitFor();
        assert.equal(await explain.getByRole("radio").first().isVisible(), false);
        assert.equal(await focused(page), "button");
        await page.keyboard.press("Enter");
        await explain.getByRole("searchbox").waitFor();
        await page.keyboard.press("Escape");
        await explain.getByRole("searchbox").waitFor({ state: "hidden" });
        assert.equal(await focused(page), "button");
      } else {
        await explain.getByRole("radio", { name: last, exact: true }).check({ force: true });
      }
      assert.equal(await lens.element.getAttribute("explain-class"), last);
      assert.ok((await sideways(page)) <= 0);
    });
  });
}

test("classes are searched, all and none of them chosen, by keyboard as well", async () => {
  await begin("?engine=cpu", async (lens, page) => {
    await bring(
      lens,
      "toy.csv",
      classes(26, (at) => `Bäume ${at}`),
    );
    const panel = lens.element.locator("[part=images] .field.classes");
    const chosen = () => lens.element.getAttribute("classes");
    await panel.getByRole("button", { name: "None" }).click();
    await lens.status.getByText("Choose at least one class.").waitFor();
    await panel.getByRole("searchbox").fill("baume 2");
    assert.equal(await panel.getByRole("checkbox").filter({ visible: true }).count(), 8);
    await panel.getByRole("button", { name: "Choose these" }).click();
    await panel.getByText("8 of 26").waitFor();
    await panel.getByRole("searchbox").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await page.keyboard.press("Space");
    assert.equal(
      await chosen(),
      ["2", "12", "20", "21", "22", "23", "24"].map((at) => `Bäume ${at}`).join(),
    );
    // The whole list is one stop of the Tab key.
    await page.keyboard.press("Tab");
    assert.equal(await panel.evaluate((field) => field.matches(":focus-within")), false);
  });
});

test("one of images and network is open at a time, and says in one line what is chosen", async () => {
  await begin("?engine=cpu&hidden-layers=64", async (lens, page) => {
    await lens.fold("images").getByText("MNIST digits · classes 0, 1", { exact: true }).waitFor();
    const line = /^Network\s*784 – 64 – 12 – 64 – 784 · 50 epochs$/;
    assert.match(await lens.fold("network").innerText(), line);
    const places = async () => [
      await lens.fold("images").boundingBox(),
      await lens.fold("network").boundingBox(),
      await lens.button("Train and explain").boundingBox(),
    ];
    const before = await places();
    for (const name of ["images", "network"] as const) {
      await lens.fold(name).focus();
      await page.keyboard.press("Enter");
      assert.deepEqual(await places(), before, name);
      assert.equal(await lens.fold(name).getAttribute("aria-expanded"), "true");
    }
    assert.equal(await lens.fold("images").getAttribute("aria-expanded"), "false");
    assert.equal(await lens.element.locator("[part=images]").isVisible(), false);
  });
});

test("one image is refused in one sentence, before anything runs", async () => {
  await begin("?engine=cpu", async (lens) => {
    await bring(lens, "one.csv", Buffer.from(csv(set(1, 1, 4, 4))));
    await lens.status.getByText(/There is one image, and a run takes two of each class/).waitFor();
    assert.equal(await lens.button("Train and explain").getAttribute("aria-disabled"), "true");
    assert.match(await lens.element.locator("[part=about]").innerText(), /one\.csv: 1 image of/);
  });
});

test("the keyboard's focus never falls to the page", async () => {
  await begin("?engine=cpu&epochs=2000", async (lens, page) => {
    await lens.button("Train and explain").click();
    await lens.reach(["training"]);
    await lens.button("Cancel").focus();
    await page.keyboard.press("Enter");
    await lens.reach(["idle"]);
    await lens.button("Run again").waitFor();
    assert.equal(await focused(page), "button", "Cancel");
    await lens.fold("images").click();
    const file = { name: "toy.csv", mimeType: "text/csv", buffer: classes(3, String) };
    for (const way of ["Keep the present ones", "Use these images"]) {
      await lens.element.locator("input[type=file][multiple]").first().setInputFiles(file);
      await lens.button(way).focus();
      await page.keyboard.press("Enter");
      await lens.element.locator("[part=preview]").waitFor({ state: "hidden" });
      assert.equal(await focused(page), "button", way);
    }
  });
});

test("in the system's own colours progress, the chosen sample and what is chosen are seen", async () => {
  await explore(
    async (lens) => {
      const colour = (selector: string, property: string) =>
        lens.element
          .locator(selector)
          .first()
          .evaluate((part, name) => getComputedStyle(part).getPropertyValue(name), property);
      assert.notEqual(
        await colour(".fill", "background-color"),
        await colour(".track", "background-color"),
      );
      assert.notEqual(
        await colour(".frame:has(:checked)", "border-bottom-color"),
        await colour(".frame:not(:has(:checked))", "border-bottom-color"),
      );
      for (const what of [".class .chips", ".tabs .segmented"]) {
        assert.notEqual(
          await colour(`${what} label:has(:checked)`, "background-color"),
          await colour(`${what} label:not(:has(:checked))`, "background-color"),
          what,
        );
      }
      await screenshot(lens.page, "forced colours");
    },
    QUICK,
    { forcedColors: "active" },
  );
});

test("on a page that runs from right to left, numbers and English sentences stay in order", async () => {
  await begin("?engine=cpu&hidden-layers=14,16", async (lens, page) => {
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const layers = await lens.field("textbox", "Hidden layers");
    const direction = (element: Element) => getComputedStyle(element).direction;
    assert.equal(await layers.evaluate(direction), "ltr");
    assert.equal(await lens.status.evaluate(direction), "ltr");
    // Names are of the language that they are in.
    await bring(
      lens,
      "toy.csv",
      classes(2, (at) => `نوع ${at}`),
    );
    const name = lens.element.locator(".field.classes label span").first();
    assert.equal(await name.evaluate(direction), "rtl");
  });
});

test("type twice as large grows everywhere and still fits", async () => {
  await begin("?engine=cpu&classes=0,1,2,3,4,5,6,7,8,9", async (lens, page) => {
    const size = () => lens.status.evaluate((part) => parseFloat(getComputedStyle(part).fontSize));
    const before = await size();
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    assert.equal(await size(), 2 * before);
    for (const name of ["images", "network"] as const) {
      await lens.unfoldPanel(name);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await lens.settle();
        assert.ok((await sideways(page)) <= 0, `${name} at ${width}`);
      }
    }
    await page.setViewportSize({ width: 390, height: 900 });
    await screenshot(page, "type twice as large");
  });
});

/** What is said of a PNG with fewer pixels than usual, as a chart gets that is so wide. */
const FEWER = /^The PNG has [\d,]+ × [\d,]+ pixels, as many as every browser can draw;/;
const widen = (chart: HTMLElement | SVGElement) => {
  chart.style.maxWidth = "none";
  chart.style.width = "9000px";
};

test("the maps of a dimension are taken away as a picture, which says where it is not as sharp", async () => {
  await explore(async (lens) => {
    const place = lens.element.locator("section.dimension");
    await lens.take("Maps, PNG");
    assert.equal(await place.getByText(FEWER).count(), 0);
    await place.locator("canvas.chart").evaluate(widen);
    await lens.take("Maps, PNG");
    await place.getByText(FEWER).waitFor();
  }, `${QUICK}&dimension=2`);
});

test("the loss is enlarged, with its numbers, and taken away as a picture", async () => {
  await explore(async (lens) => {
    await lens.button("Enlarge the loss").click();
    const dialog = lens.element.getByRole("dialog", { name: /How far off/ });
    await dialog.waitFor();
    await lens.settle();
    const wide = (await dialog.locator("canvas").boundingBox())!;
    assert.ok(wide.height > 190 && wide.width > 900, JSON.stringify(wide));
    await dialog.locator("[part=numbers] summary").click();
    await dialog.locator("tbody tr").first().waitFor();
    const rows = await dialog.locator("tbody tr").allInnerTexts();
    assert.equal(rows.length, 3);
    const { bytes } = await lens.take("Loss, SVG");
    assert.match(bytes.toString(), /<desc>Mean binary cross-entropy per pixel/);
    assert.equal((await lens.take("Loss, PNG")).name, "latent-lens-loss.png");
    assert.equal(await dialog.getByText(FEWER).count(), 0);
    await dialog.locator("canvas").evaluate(widen);
    await lens.take("Loss, PNG");
    await dialog.getByText(FEWER).waitFor();
    await lens.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await focused(lens.page), "button");
  });
});
