/** A latent dimension, large: where it opens, which image it starts from, and how it does on a phone. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { explore, type Explorer, number, QUICK } from "./explorer";
import { screenshot, visit } from "./harness";
import { Lens } from "./lens";

/** Where the focus is: in the page, and in the element. */
function focused(page: Page): Promise<(string | undefined)[]> {
  return page.evaluate(() => {
    const { activeElement } = document;
    return [activeElement?.tagName, activeElement?.shadowRoot?.activeElement?.className];
  });
}

/** Opens the first dimension of the figure as a visitor does. */
async function open(lens: Explorer): Promise<Locator> {
  await lens.figure.focus();
  await lens.page.keyboard.press("ArrowRight");
  await lens.page.keyboard.press("Enter");
  const dialog = lens.element.getByRole("dialog", { name: /^Dimension / });
  await dialog.waitFor();
  await lens.settle();
  return dialog;
}

test("a dimension that the page asks for opens in its place: nothing is covered, no focus is taken", async () => {
  await visit({ query: "?dimension=3" }, async (page) => {
    const lens = new Lens(page);
    const place = lens.element.locator("section.dimension");
    await place.getByRole("heading", { name: "Dimension 3" }).waitFor();
    assert.deepEqual(await focused(page), ["BODY", undefined]);
    assert.equal(await lens.element.getByRole("dialog").count(), 0);
    const [figure, below] = await Promise.all([lens.figure.boundingBox(), place.boundingBox()]);
    assert.ok(below!.y > figure!.y + figure!.height);
    await screenshot(page, "dimension in its place");
  });
});

test("in its place it does what the dialog does, and what a visitor opens is a dialog", async () => {
  await explore(async (lens, _, page) => {
    const place = lens.element.locator("section.dimension");
    const slider = place.getByRole("slider");
    await place.scrollIntoViewIfNeeded();
    await slider.focus();
    await page.keyboard.press("End");
    await lens.settle();
    const most = Number(await slider.getAttribute("max"));
    assert.ok(Math.abs(Number(await slider.inputValue()) - most) < 1e-6);
    await place.getByRole("button", { name: "Next" }).click();
    await place.getByRole("heading", { name: "Dimension 4", exact: true }).waitFor();
    assert.equal(await lens.element.getByRole("dialog").count(), 0);
    await place.getByRole("button", { name: "Close" }).click();
    await lens.settle();
    assert.equal(await place.isVisible(), false);
    assert.doesNotMatch(page.url(), /dimension/);
    assert.deepEqual(await focused(page), ["LATENT-LENS", "chart"]);

    const dialog = await open(lens);
    assert.ok(await dialog.evaluate((element) => element.matches(":modal")));
    assert.equal(await place.isVisible(), false);
    await page.keyboard.press("Escape");
    await lens.settle();
    assert.deepEqual(await focused(page), ["LATENT-LENS", "chart"]);
  }, `${QUICK}&dimension=3`);
});

test("the class that is explained comes first, and what is shared starts from the very image", async () => {
  const which = (element: Locator) => element.locator(".mover > .note").first().innerText();
  const moved = (element: Locator) =>
    element
      .locator(".moved-images canvas")
      .nth(2)
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const seen: string[] = [];
  let link = "";
  await explore(async (lens, report) => {
    const dialog = await open(lens);
    const { labels, positions } = report.encoded;
    const first = labels.indexOf(1);
    assert.equal(await which(dialog), `Image ${positions[first]! + 1} of class 1.`);
    assert.match(
      (await lens.share(dialog)).element,
      new RegExp(`image="1 ${positions[first]! + 1}"`),
    );
    const third = labels.findIndex((label, at) => label === 0 && at > labels.indexOf(0));
    const name = `Image ${positions[third]! + 1} of class 0`;
    await dialog.getByRole("radio", { name, exact: true }).check({ force: true });
    await dialog.getByRole("slider").focus();
    await lens.page.keyboard.press("Home");
    await lens.settle();
    assert.equal(await which(dialog), `${name}.`);
    seen.push(await which(dialog), await moved(dialog));
    link = (await lens.share(dialog)).link!;
  }, `${QUICK}&explain-class=1`);
  await explore(async (lens) => {
    const place = lens.element.locator("section.dimension");
    assert.deepEqual([await which(place), await moved(place)], seen);
  }, new URL(link).search);
});

for (const [width, height, colorScheme] of [
  [320, 568, "light"],
  [390, 844, "dark"],
] as const) {
  test(`at ${width} pixels the slider is beside the picture it changes, and Close within reach`, async () => {
    await explore(
      async (lens, report, page) => {
        const dialog = await open(lens);
        const title = dialog.getByRole("heading", { level: 2 });
        // The maps bear it already.
        assert.deepEqual([await title.count(), (await title.boundingBox())!.width], [1, 1]);
        const slider = dialog.getByRole("slider");
        await slider.focus();
        await page.keyboard.press("PageUp");
        await lens.settle();
        const box = async (part: Locator) => (await part.boundingBox())!;
        const [picture, track, close] = [
          await box(dialog.locator(".moved-images canvas").nth(2)),
          await box(slider),
          await box(dialog.getByRole("button", { name: "Close" })),
        ];
        assert.ok(picture.y >= 0 && picture.y < track.y, "the picture is above the slider");
        assert.ok(track.y - (picture.y + picture.height) < 40, "and next to it");
        assert.ok(track.y + track.height <= close.y, "nothing lies over the slider");
        assert.ok(close.y > height / 2 && close.y + close.height <= height);
        assert.ok(close.height >= 44);
        const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth);
        assert.ok(wide <= width, `${wide}`);
        const inside = await dialog.evaluate(
          (element) => element.scrollWidth <= element.clientWidth,
        );
        assert.ok(inside, "the dialog does not scroll sideways");

        // The image's own value, where the slider has it.
        const mark = await box(dialog.locator(".mark"));
        const dim =
          Number((await dialog.getByRole("heading", { level: 2 }).innerText()).slice(10)) - 1;
        const own = report.samples.latents.data[dim]!;
        const [least, most] = await slider.evaluate(({ min, max }: HTMLInputElement) => [min, max]);
        const share = (own - Number(least)) / (Number(most) - Number(least));
        const expected = track.x + 8 + share * (track.width - 16);
        assert.ok(Math.abs(mark.x + mark.width / 2 - expected) < 1.5, `${mark.x} ${expected}`);
        await dialog.getByRole("button", { name: `Back to the image’s own, ` }).waitFor();

        // What the colours of the change mean, and over which range.
        const [less, more] = (await dialog.locator(".legend").innerText())
          .split("\n")
          .filter((line) => /ink/.test(line));
        assert.match(less!, /^−\S+, less ink$/);
        assert.equal(
          number(more!.match(/^\+(\S+), more ink$/)![1]!),
          -number(less!.split(",")[0]!),
        );
        await screenshot(page, `dimension at ${width}`);
      },
      QUICK,
      { viewport: { width, height }, colorScheme },
    );
  });
}
