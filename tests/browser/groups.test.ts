/** Groups of pixels: clusters by a slider, regions that are painted, and files. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator } from "playwright-core";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot } from "./harness";
import type { Matrix, Report } from "./lens";

const SMALL = "?classes=0,1&dims=4&epochs=5&explain=60&engine=cpu&autorun";

type Grouped = Report & {
  groups?: {
    grouping: { names: string[]; of: number[] };
    importance: { mean: Matrix };
    merges: { a: number; b: number; distance: number }[];
  };
};

const grouped = (lens: Explorer) => lens.report() as Promise<Grouped>;

/** The panel in which groups of one's own are made. */
async function panel(lens: Explorer): Promise<Locator> {
  const features = lens.element.locator("select#features");
  await features.evaluate((element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
  });
  await features.selectOption("groups");
  const groups = lens.element.getByRole("region", { name: "Groups of your own" });
  await groups.waitFor();
  await lens.settle();
  return groups;
}

/** Until groups are measured that have these names. */
async function measured(lens: Explorer, names: string[]): Promise<Grouped> {
  await lens.page.waitForFunction((wanted) => {
    const lens = document.querySelector("latent-lens")!;
    const { report } = lens as unknown as { report: Grouped };
    return (
      lens.getAttribute("phase") === "done" && `${report.groups?.grouping.names}` === `${wanted}`
    );
  }, names);
  await lens.settle();
  return grouped(lens);
}

/** 2 · Var of a latent over the explained images. */
function whole({ encoded: { latents } }: Report, dim: number): number {
  const [images, dims] = latents.shape;
  const values = Array.from({ length: images }, (_, at) => latents.data[at * dims + dim]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / images;
  return (2 * values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / images;
}

test("a region is painted by hand and by keyboard, named, and shuffled with the rest beside it", async () => {
  await explore(async (lens, before, page) => {
    const groups = await panel(lens);
    const board = groups.getByRole("application");
    await board.scrollIntoViewIfNeeded();
    const box = (await board.boundingBox())!;
    const at = (column: number, row: number): [number, number] => [
      box.x + ((column + 0.5) * box.width) / 28,
      box.y + ((row + 0.5) * box.height) / 28,
    ];
    await groups.getByRole("radio", { name: "1", exact: true }).check({ force: true });
    await page.mouse.move(...at(10, 10));
    await page.mouse.down();
    await page.mouse.move(...at(14, 10), { steps: 3 });
    await page.mouse.up();
    await groups.getByRole("button", { name: "Another region" }).click();
    await board.focus();
    // The first key shows where one is: in the middle.
    for (const key of ["ArrowRight", " ", "ArrowDown", " "]) await page.keyboard.press(key);
    const name = groups.getByRole("textbox", { name: "Name of region 2" });
    await name.fill("heart");
    await name.press("Tab");
    assert.match(await groups.innerText(), /5 pixels[^]*2 pixels/);
    assert.deepEqual(await complaints(page), []);
    await screenshot(page, "a region is painted");
    await groups.getByRole("button", { name: "Shuffle these groups" }).click();
    const report = await measured(lens, ["Region 1", "heart", "The rest"]);
    const of = Array.from({ length: 784 }, () => 3);
    for (let column = 10; column <= 14; column += 1) of[10 * 28 + column] = 1;
    of[14 * 28 + 14] = of[15 * 28 + 14] = 2;
    assert.deepEqual(report.groups!.grouping.of, of);
    assert.deepEqual(report.training, before.training, "nothing is trained again");
    assert.match(page.url(), /groups=/);
  }, SMALL);
});

test("a table of groups is read, and all pixels as one group are twice the variance", async () => {
  await explore(async (lens) => {
    const groups = await panel(lens);
    const file = (line: string) => ({
      name: "groups.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`${Array.from({ length: 28 }, () => line).join("\n")}\n`),
    });
    const all = Array.from({ length: 28 }, () => "all").join();
    await groups.locator("input[type=file]").setInputFiles(file(all));
    const report = await measured(lens, ["all"]);
    for (const dim of [0, 1, 2, 3]) {
      const found = report.groups!.importance.mean.data[dim]!;
      const expected = whole(report, dim);
      assert.ok(Math.abs(found - expected) <= 1e-4 * expected, `${found} is not ${expected}`);
    }
    await groups.locator("input[type=file]").setInputFiles(file("left,right"));
    await groups.getByText(/groups\.csv/).waitFor();
    assert.match(await groups.getByRole("status").innerText(), /line 2: “left” is no pixel/);
  }, SMALL);
});

test("clusters are found without training, seen while the threshold is dragged, and measured when it is let go", async () => {
  await explore(async (lens, before, page) => {
    await lens.view("Importance", "Clusters");
    await lens.button("Find clusters").click();
    await page.waitForFunction(() => {
      const lens = document.querySelector("latent-lens")!;
      const { report } = lens as unknown as { report: Grouped };
      return lens.getAttribute("phase") === "done" && report.groups?.merges.length;
    });
    await lens.settle();
    const first = await grouped(lens);
    assert.deepEqual(first.training, before.training);
    const tools = lens.element.locator(".cluster-tools");
    const words = () => tools.locator("p[aria-live]").innerText();
    const said = await words();
    const counts = new Map<number, number>();
    for (const group of first.groups!.grouping.of) counts.set(group, (counts.get(group) ?? 0) + 1);
    counts.delete(0);
    const several = [...counts.values()].filter((count) => count > 1).length;
    assert.match(said, new RegExp(`^${several} clusters? of two pixels or more`));
    const picture = () =>
      tools.locator("canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const seen = await picture();
    const slider = tools.getByRole("slider");
    await slider.evaluate((element) => {
      (element as HTMLInputElement).value = "0.6";
      element.dispatchEvent(new Event("input"));
    });
    await lens.settle();
    assert.notEqual(await words(), said);
    assert.notEqual(await picture(), seen);
    assert.deepEqual((await grouped(lens)).groups!.grouping, first.groups!.grouping);
    assert.deepEqual(await complaints(page), []);
    await screenshot(page, "clusters");
    await slider.evaluate((element) => element.dispatchEvent(new Event("change")));
    await page.waitForFunction((names) => {
      const lens = document.querySelector("latent-lens")!;
      const { report } = lens as unknown as { report: Grouped };
      return (
        lens.getAttribute("phase") === "done" &&
        report.groups &&
        report.groups.grouping.names.length < names
      );
    }, first.groups!.grouping.names.length);
    assert.match(page.url(), /cluster-threshold=0\.6/);
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Row \d+, column \d+: (in a cluster|joined)/);
  }, SMALL);
});

test("the images at a dimension's ends are those of its largest and smallest values", async () => {
  await explore(async (lens, report, page) => {
    const ends = lens.element.locator(".ends-of-dimension");
    await ends.locator("li").nth(17).waitFor();
    const [images, dims] = report.encoded.latents.shape;
    const values = Array.from(
      { length: images },
      (_, at) => report.encoded.latents.data[at * dims + 2]!,
    );
    const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
    const back = [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
    const wanted = [...order.slice(0, 9), ...back.slice(0, 9)].map(
      (image) =>
        `Image ${(report.encoded.positions[image]! + 1).toLocaleString("en-GB")} of class ${report.encoded.labels[image]}`,
    );
    const names = await ends
      .getByRole("button")
      .evaluateAll((all) =>
        all.map((each) => each.getAttribute("aria-label")!.replace(/^[^:]*: |[.;].*$/g, "")),
      );
    assert.deepEqual(names, wanted);
    const last = ends.getByRole("button").first();
    await last.click();
    await lens.settle();
    assert.ok(new URL(page.url()).searchParams.get("image"));
  }, `${SMALL}&dimension=3`);
});
