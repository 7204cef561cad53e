/** Second opinions, their agreement and the fair test, asked of a network that is there already. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer, number, ranked } from "./explorer";
import { screenshot } from "./harness";
import type { Matrix, Report } from "./lens";

const SMALL = "?classes=0,1&dims=4&epochs=5&explain=60&engine=cpu&autorun";

interface Opinion {
  method: string;
  map: Matrix;
  sign: Matrix;
}

type Asked = Report & {
  opinions?: {
    methods: Opinion[];
    agreement: { a: string; b: string; spearman: (number | null)[] }[];
    test?: {
      ordered_by: number;
      measured_on: number;
      winners: (string | null)[];
      scores: { method: string | null; filler: string; area: (number | null)[] }[];
    };
  };
};

const asked = (lens: Explorer) => lens.report() as Promise<Asked>;

/** Every phase that the element goes through from now on. */
async function phases({ element }: Explorer): Promise<() => Promise<string[]>> {
  await element.evaluate((lens) => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => seen.push(lens.getAttribute("phase") ?? "")).observe(lens, {
      attributeFilter: ["phase"],
    });
  });
  return () => element.evaluate(() => (window as unknown as { seen: string[] }).seen);
}

/** Asks the other methods by the view's own button, and waits until all is known. */
async function ask(lens: Explorer): Promise<Asked> {
  await lens.view("Importance", "Second opinions");
  const before = (await lens.report()).training;
  const seen = await phases(lens);
  await lens.button("Ask the other methods").click();
  await lens.page.waitForFunction(
    () =>
      (
        document.querySelector("latent-lens") as unknown as {
          report: { opinions?: { test?: unknown } };
        }
      ).report.opinions?.test !== undefined,
  );
  await lens.finish();
  await lens.settle();
  const report = await asked(lens);
  assert.deepEqual(report.training, before, "nothing is trained again");
  assert.ok(!(await seen()).includes("training"), `${await seen()}`);
  return report;
}

const column = ({ shape: [rows, columns], data }: Matrix, at: number) =>
  Array.from({ length: rows }, (_, row) => data[row * columns + at]!);

/** Which place a pixel has in the order of a map: how many pixels have more, and one. */
const placeOf = (values: number[], pixel: number) =>
  1 + values.filter((value) => value > values[pixel]!).length;

test("other methods are asked without training, and a pixel has its place in each map", async () => {
  await explore(async (lens, _, page) => {
    assert.ok((await lens.button("Ask the other methods").count()) === 0);
    const report = await ask(lens);
    const { methods } = report.opinions!;
    assert.equal(methods.length, 7);
    const dim = ranked(report, 0)[0]! - 1;
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("PageDown");
    await lens.settle();
    const said = await lens.readout.innerText();
    const [, name, row, at, value, place, rest] =
      /^Dimension (\d+), [^,]+, row (\d+), column (\d+): ([^;]+); .*?place ([\d,]+) of 784 .*?elsewhere: (.*)\.$/.exec(
        said,
      ) ?? assert.fail(said);
    assert.equal(Number(name), dim + 1);
    const pixel = (Number(row) - 1) * 28 + Number(at) - 1;
    const own = column(methods[0]!.map, dim);
    assert.ok(Math.abs(number(value!) - own[pixel]!) <= 0.006 * own[pixel]!, said);
    assert.equal(Number(place!.replace(",", "")), placeOf(own, pixel));
    const v = column(report.pixel_importance.mean, dim);
    assert.match(rest!, new RegExp(`^permutation \\(V\\) ${placeOf(v, pixel)}, `));
    await screenshot(page, "second opinions");

    // The same for another dimension, which the address keeps.
    await lens.element
      .getByLabel("Dimension", { exact: true })
      .selectOption({ label: "Dimension 4" });
    await lens.settle();
    assert.match(page.url(), /[?&]about=4/);
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Dimension 4, /);
  }, SMALL);
});

test("the fair test's verdict is the report's, and a cell of the agreement its correlation", async () => {
  await explore(async (lens, _, page) => {
    const report = await ask(lens);
    const { test: fair, agreement } = report.opinions!;
    assert.equal(fair!.ordered_by + fair!.measured_on, 60);
    await lens.view("Trust", "Fair test");
    const list = lens.element.getByLabel("Dimension", { exact: true });
    for (const dim of [0, 1, 2, 3]) {
      await list.selectOption(`${dim}`);
      await lens.settle();
      const said = await lens.findings.innerText();
      const still = fair!.scores.every(({ area }) => area[dim] === null);
      const winner = fair!.winners[dim];
      if (still) assert.match(said, new RegExp(`Dimension ${dim + 1} is the same in all images`));
      else if (winner === null) assert.match(said, /They cannot be told apart here/);
      else assert.match(said, new RegExp(`finds the pixels that move dimension ${dim + 1} first`));
    }
    const dim = 3;
    await lens.figure.focus();
    await page.keyboard.press("ArrowDown");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /: (area .* with their mean|no area)/);
    const drawn = await lens.drawn();
    await lens.choose("Replaced by", "another image");
    assert.notEqual(await lens.drawn(), drawn);
    await screenshot(page, "fair test");

    await lens.view("Trust", "Agreement");
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const pair = agreement.find(({ a, b }) => a === "permutation" && b === "gradient");
    const rho = pair!.spearman[dim];
    const said = await lens.readout.innerText();
    if (rho === null) assert.match(said, /same everywhere/);
    else assert.ok(Math.abs(number(/ρ (\S+?)[;.]( |$)/.exec(said)![1]!) - rho!) < 6e-3, said);
    await screenshot(page, "agreement");
  }, SMALL);
});

for (const [width, height, colorScheme] of [
  [320, 700, "light"],
  [390, 844, "dark"],
] as const) {
  test(`at ${width} pixels the views of second opinions fit, and axe-core finds nothing`, async () => {
    await explore(
      async (lens, _, page) => {
        await ask(lens);
        for (const [tab, kind] of [
          ["Importance", "Second opinions"],
          ["Trust", "Fair test"],
          ["Trust", "Agreement"],
        ] as const) {
          await lens.view(tab, kind);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${kind}: ${wide} pixels`);
          assert.deepEqual(await complaints(page), [], kind);
          await screenshot(page, `${kind} at ${width}`);
        }
      },
      SMALL,
      { viewport: { width, height }, colorScheme },
    );
  });
}
