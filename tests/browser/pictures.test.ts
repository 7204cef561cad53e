/** Images as they are: shaded as what they are of, on light pages, on dark ones and on paper. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator } from "playwright-core";

import { explore, Explorer, QUICK } from "./explorer";
import { csv, png, set, shades } from "./files";
import { screenshot, until, visit } from "./harness";

/** Colour and opacity of the first pixels of a canvas. */
function pixels(canvas: Locator, count: number): Promise<number[][]> {
  return canvas.evaluate((element, count) => {
    const context = (element as HTMLCanvasElement).getContext("2d")!;
    const { data } = context.getImageData(0, 0, count, 1);
    return Array.from({ length: count }, (_, at) => [...data.subarray(4 * at, 4 * at + 4)]);
  }, count);
}

/** Brings files, and looks at what was found in them. */
async function bring(lens: Explorer, files: { name: string; bytes: Uint8Array }[]): Promise<void> {
  await lens.element.evaluate(
    (element, all) =>
      (element as HTMLElement & { open(files: File[]): Promise<void> }).open(
        all.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name)),
      ),
    files.map(({ name, bytes }) => ({ name, bytes: [...bytes] })),
  );
  await lens.button(/^Use these (images|rows)$/).waitFor();
}

const FEW = "?epochs=2&dims=3&method=sampled&permutations=2&engine=cpu&images=auto";
const SIDE = 8;
const expected = /willReadFrequently/;

for (const colorScheme of ["light", "dark"] as const) {
  test(`pictures that people bring are bright where they are bright, on a ${colorScheme} page`, async () => {
    await visit({ query: FEW, context: { colorScheme }, expected }, async (page) => {
      const lens = new Explorer(page);
      const archive = Array.from({ length: 16 }, (_, at) => {
        const [label, image] = [at % 2, Math.floor(at / 2)];
        const bytes = png(shades(label, image, SIDE, SIDE), SIDE, SIDE);
        return { name: `${["cat", "ox"][label]}-${image}.png`, bytes };
      });
      await bring(lens, archive);
      const stored = shades(0, 0, SIDE, SIDE).slice(0, SIDE);
      const grey = stored.map((value) => [value, value, value, 255]);
      const card = lens.element.locator("[part=preview] canvas").first();
      assert.deepEqual(await pixels(card, SIDE), grey);
      await lens.button("Use these images").click();
      const film = lens.element.locator("[part=samples] canvas").first();
      const pictured = async () => (await film.getAttribute("width")) === `${SIDE}`;
      await until(pictured, "no picture of them");
      await lens.settle();
      assert.deepEqual(await pixels(film, SIDE), grey);

      await lens.button("Train and explain").click();
      await lens.reach(["done"]);
      await lens.settle();
      const shown = await pixels(film, SIDE);
      for (const [at, [red, green, blue, opacity]] of shown.entries()) {
        assert.deepEqual([green, blue, opacity], [red, red, 255], `${at}`);
      }
      await lens.map(0);
      assert.match(
        await lens.readout.innerText(),
        /; (a lighter pixel (raises|lowers) it|no direction)/,
      );
      await page.keyboard.press("Enter");
      const dialog = lens.element.getByRole("dialog", { name: /^Dimension / });
      await dialog.getByText(/, darker$/).waitFor();
      const slider = dialog.getByRole("slider");
      const ends = await slider.evaluate(({ value, max }: HTMLInputElement) => [value, max]);
      await slider.press(Number(ends[0]) < Number(ends[1]) - 1e-6 ? "End" : "Home");
      await dialog
        .getByText(/this image has it: .*(lighter|darker), by more than|differs by more than/)
        .waitFor();
      await screenshot(page, `brought pictures ${colorScheme}`);
      await dialog.getByRole("button", { name: "Close" }).click();

      // Ink is a choice.
      await lens.element.evaluate((element) => element.setAttribute("images", "ink"));
      await lens.settle();
      const ink = await pixels(film, SIDE);
      assert.notDeepEqual(ink, shown);
      assert.deepEqual(
        ink.map(([, , , opacity]) => opacity),
        shown.map(([red]) => red),
      );
    });
  });
}

test("values of a table are higher and lower, neither lighter nor inked", async () => {
  await visit({ query: FEW, expected }, async (page) => {
    const lens = new Explorer(page);
    const [, ...rows] = Buffer.from(csv(set(2, 12, 1, 4)))
      .toString()
      .split("\n");
    const table = ["label,height,width,depth,weight", ...rows].join("\n");
    await bring(lens, [{ name: "table.csv", bytes: Buffer.from(table) }]);
    await lens.button("Use these rows").click();
    await lens.button("Train and explain").click();
    await lens.reach(["done"]);
    await lens.settle();
    await lens.map(0);
    assert.match(
      await lens.readout.innerText(),
      /; (a higher value (raises|lowers) it|no direction)/,
    );
    await screenshot(page, "brought table");
  });
});

test("print is drawn anew in light, and the page is dark again afterwards", async () => {
  await explore(
    async (lens, _, page) => {
      const corner = () => pixels(lens.figure, 1);
      const dark = await corner();
      assert.ok(dark[0]![0]! < 64, `${dark}`);
      await page.evaluate(() => {
        const seen: string[] = [];
        addEventListener("beforeprint", () => {
          const root = document.querySelector("latent-lens")!.shadowRoot!;
          const canvas = root.querySelector<HTMLCanvasElement>("[part=figure] canvas.chart")!;
          seen.push([...canvas.getContext("2d")!.getImageData(0, 0, 1, 1).data].join());
          const { color } = getComputedStyle(root.querySelector(".probe")!);
          seen.push(color);
        });
        Object.assign(globalThis, { seen });
      });
      await page.pdf();
      const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
      assert.deepEqual(seen, ["255,255,255,255", "rgb(27, 30, 35)"]);
      await lens.settle();
      assert.deepEqual(await corner(), dark);
      // What the style sheet for paper does, where nothing is printed.
      await page.emulateMedia({ media: "print" });
      await lens.settle();
      assert.deepEqual(await corner(), [[255, 255, 255, 255]]);
      await screenshot(page, "print from a dark page");
    },
    QUICK,
    { colorScheme: "dark" },
  );
});
