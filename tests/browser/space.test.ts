/** The encoded space: zooming, moving, choosing, searching, neighbours and axes. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { type Explorer, explore, QUICK } from "./explorer";
import { screenshot, until } from "./harness";
import type { Report } from "./lens";

/** What a visitor does with the encoded space. */
class Space {
  readonly chosen: Locator;
  readonly near: Locator;
  readonly search: Locator;
  readonly inView: Locator;

  constructor(
    readonly lens: Explorer,
    readonly report: Report,
    readonly page: Page,
  ) {
    const { element } = lens;
    this.chosen = element.locator("section.chosen");
    this.near = element.locator("section.near");
    this.search = element.getByRole("searchbox");
    this.inView = element.getByText(/ in view\.$/);
  }

  /** Chooses what dragging does. */
  async drag(mode: "Point" | "Move" | "Choose"): Promise<void> {
    await this.lens.choose("What dragging does", mode);
  }

  /** A place of the picture, in shares of its size. */
  async place(x: number, y: number): Promise<[x: number, y: number]> {
    await this.lens.figure.scrollIntoViewIfNeeded();
    const box = (await this.lens.figure.boundingBox())!;
    return [box.x + x * box.width, box.y + y * box.height];
  }

  /** Drags along places of the picture. */
  async along(...places: [x: number, y: number][]): Promise<void> {
    const [first, ...others] = await Promise.all(places.map((each) => this.place(...each)));
    await this.page.mouse.move(...first!);
    await this.page.mouse.down();
    for (const each of others) await this.page.mouse.move(...each, { steps: 4 });
    await this.page.mouse.up();
    await this.lens.settle();
  }

  /** What the picture says of itself. */
  async says(): Promise<string> {
    return (await this.lens.figure.getAttribute("aria-label"))!;
  }

  /** How many images are in view, if not all of them. */
  async seen(): Promise<number | undefined> {
    await this.lens.settle();
    const [, number] = (await this.says()).match(/(\d+) of them in view/) ?? [];
    return number === undefined ? undefined : Number(number);
  }
}

async function inSpace(
  use: (space: Space, report: Report, page: Page) => Promise<void>,
  query = `${QUICK}&view=space`,
  context = {},
): Promise<void> {
  await explore(
    async (lens, report, page) => {
      await lens.element.getByRole("button", { name: "Zoom in" }).waitFor();
      await lens.settle();
      await use(new Space(lens, report, page), report, page);
    },
    query,
    context,
  );
}

function rows(report: Report): number[][] {
  const { data, shape } = report.encoded.latents;
  return report.encoded.labels.map((_, row) => data.slice(row * shape[1], (row + 1) * shape[1]));
}

/** A place as people read it: from 1, thousands apart. */
function said(place: number): string {
  return new Intl.NumberFormat("en-GB").format(place + 1);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test("the plane is zoomed and moved, and the page is still scrolled", async () => {
  await inSpace(async (space, _, page) => {
    const { lens } = space;
    const whole = await lens.drawn();
    await lens.button("Zoom in").click();
    await lens.button("Zoom in").click();
    const some = (await space.seen())!;
    assert.ok(some < 321, `${some} in view`);
    await space.inView.waitFor();
    await lens.button("Zoom out").click();
    await lens.button("Zoom out").click();
    assert.equal(await space.seen(), undefined);
    assert.equal(await lens.drawn(), whole, "back where it began");

    // A wheel scrolls the page; with Ctrl, or where that was chosen, it zooms.
    await page.mouse.move(...(await space.place(0.4, 0.5)));
    const top = () => page.evaluate(() => scrollY);
    const before = await top();
    await page.mouse.wheel(0, 80);
    await until(async () => (await top()) !== before, "the page is not scrolled");
    await lens.settle();
    assert.equal(await lens.drawn(), whole);
    await page.keyboard.down("Control");
    await page.mouse.move(...(await space.place(0.4, 0.5)));
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    const zoomed = async () => (await space.seen()) !== undefined;
    await until(zoomed, "the wheel does not zoom with Ctrl");
    await lens.button("Fit all").click();
    await lens.settle();
    assert.equal(await lens.drawn(), whole);
    await space.drag("Move");
    await page.mouse.move(...(await space.place(0.4, 0.5)));
    await page.mouse.wheel(0, -300);
    await until(zoomed, "the wheel does not zoom");
    await screenshot(page, "space zoomed");

    // Dragging moves it and opens nothing.
    const here = await lens.drawn();
    await space.along([0.4, 0.5], [0.5, 0.6]);
    assert.notEqual(await lens.drawn(), here);
    assert.equal(await lens.element.locator("[part=image]").isVisible(), false);
    await page.keyboard.press("Escape");
    await lens.figure.press("Escape");
    assert.ok(await lens.element.getByRole("radio", { name: "Point", exact: true }).isChecked());
  });
});

test("by keyboard the plane is zoomed, moved and shown whole, and exports are of what is seen", async () => {
  await inSpace(async (space) => {
    const { lens } = space;
    const whole = await lens.drawn();
    await lens.figure.focus();
    for (let step = 0; step < 3; step += 1) await lens.figure.press("+");
    const some = await space.seen();
    assert.ok(some !== undefined);
    const before = await lens.drawn();
    await lens.figure.press("Shift+ArrowRight");
    await lens.settle();
    assert.notEqual(await lens.drawn(), before);
    await lens.figure.press("Shift+ArrowLeft");
    await lens.settle();
    assert.equal(await lens.drawn(), before);
    await lens.unfold("exports");
    const { bytes } = await lens.take("Figure, SVG");
    assert.ok(bytes.toString().includes(`${some} of them in view`));
    await lens.figure.press("0");
    await lens.settle();
    await lens.figure.blur();
    await lens.settle();
    assert.equal(await lens.drawn(), whole);
  });
});

test("a line around images chooses them, and says what they share", async () => {
  await inSpace(async (space, report, page) => {
    const { lens } = space;
    await space.drag("Choose");
    await space.along([0.1, 0.2], [0.45, 0.2], [0.45, 0.85], [0.1, 0.85], [0.1, 0.2]);
    const words = space.chosen.getByRole("status");
    await words.getByText(/of 321 images are chosen/).waitFor();
    const [, some] = (await words.innerText()).match(/^(\d+) of/)!;
    assert.ok(Number(some) > 0 && Number(some) < 321);
    await screenshot(page, "space chosen");

    // All of them lie left of all others: by the dimension that is across.
    const { name, lines } = await lens.table("Those chosen, CSV");
    assert.equal(name, "latent-lens-chosen-images.csv");
    assert.equal(lines.length - 1, Number(some));
    assert.match(lines[0]!, /^class,class_place,file,file_place,dim_1,/);
    const [, across] = (await space.says()).match(/dimension (\d+) \(/)!;
    const value = Number(across) - 1;
    const own = lines.slice(1).map((line) => Number(line.split(",")[4 + value]));
    const all = rows(report).map((row) => row[value]!);
    assert.ok(Math.max(...own) < Math.max(...all));

    // Another line instead of the first, or in addition to it.
    await page.keyboard.down("Shift");
    await space.along([0.55, 0.2], [0.8, 0.2], [0.8, 0.85], [0.55, 0.85]);
    await page.keyboard.up("Shift");
    const more = Number((await words.innerText()).match(/^(\d+) of/)![1]);
    assert.ok(more > Number(some), `${more} and before ${some}`);
    await space.along([0.55, 0.2], [0.8, 0.2], [0.8, 0.85], [0.55, 0.85]);
    const alone = Number((await words.innerText()).match(/^(\d+) of/)![1]);
    assert.equal(alone, more - Number(some));

    await lens.button("Clear").click();
    await lens.settle();
    assert.equal(await space.chosen.isVisible(), false);
  });
});

test("without a pointer images are chosen by class, and differences are those of the formula", async () => {
  await inSpace(async (space, report, page) => {
    const { lens } = space;
    await space.drag("Choose");
    await lens.element
      .getByRole("combobox", { name: "Choose all of a class" })
      .selectOption("1");
    await lens.settle();
    const { labels } = report.encoded;
    const ones = labels.filter((label) => label === 1).length;
    await space.chosen
      .getByText(`${ones} of ${labels.length} images are chosen: ${ones} of class 1.`)
      .waitFor();
    assert.match(await space.says(), new RegExp(`${ones} of the images are chosen`));

    const expected = Array.from({ length: 12 }, (_, dim) => {
      const values = [0, 1].map((label) =>
        rows(report)
          .filter((_, row) => labels[row] === label)
          .map((row) => row[dim]!),
      );
      const squares = values.map((group) => {
        const middle = mean(group);
        return group.reduce((sum, value) => sum + (value - middle) ** 2, 0);
      });
      const pooled = Math.sqrt((squares[0]! + squares[1]!) / (labels.length - 2));
      const apart = mean(values[1]!) - mean(values[0]!);
      return { dim: dim + 1, far: pooled > 0 ? apart / pooled : 0 };
    }).sort((a, b) => Math.abs(b.far) - Math.abs(a.far));
    const table = await Promise.all(
      (await space.chosen.locator("tbody tr").all()).map((row) =>
        row.locator("th, td").allInnerTexts(),
      ),
    );
    assert.equal(table.length, 5);
    for (const [at, [name, , , far]] of table.entries()) {
      assert.equal(name, `Dimension ${expected[at]!.dim}`);
      const said = Number(far!.replace("−", "-"));
      assert.ok(
        Math.abs(said / expected[at]!.far - 1) < 0.006,
        `${far} is not ${expected[at]!.far}`,
      );
    }
    await space.chosen.getByRole("button", { name: table[0]![0]! }).click();
    await lens.settle();
    assert.match(new URL(page.url()).search, new RegExp(`dimension=${expected[0]!.dim}$`));
  });
});

test("images are found by class and number, and their nearest stand beside them", async () => {
  await inSpace(async (space, report) => {
    const { lens } = space;
    const { labels, positions } = report.encoded;
    const image = labels.lastIndexOf(1);
    // Zoomed in to elsewhere: it is moved to.
    for (let step = 0; step < 6; step += 1) await lens.button("Zoom in").click();
    await space.search.fill(`1 ${positions[image]! + 1}`);
    await space.search.press("Enter");
    const card = lens.element.locator("[part=image]");
    await card.getByText(`Image ${said(positions[image]!)} of class 1`).waitFor();
    assert.match(await space.says(), /Ringed: image /);
    await space.near.getByRole("listitem").nth(4).waitFor();

    const away = rows(report).map((row) =>
      Math.sqrt(
        row.reduce((sum, value, dim) => sum + (value - rows(report)[image]![dim]!) ** 2, 0),
      ),
    );
    const nearest = [...away.keys()].filter((each) => each !== image);
    nearest.sort((a, b) => away[a]! - away[b]! || a - b);
    const buttons = await space.near.getByRole("button").filter({ visible: true }).all();
    assert.equal(buttons.length, 5);
    for (const [at, each] of buttons.entries()) {
      const label = (await each.getAttribute("aria-label"))!;
      const neighbour = nearest[at]!;
      const [, distance, position, name] = label.match(
        /^Distance (\S+): Image ([\d,]+) of class (\d)/,
      )!;
      assert.ok(Math.abs(Number(distance) / away[neighbour]! - 1) < 0.006, label);
      assert.deepEqual([position, Number(name)], [said(positions[neighbour]!), labels[neighbour]]);
    }
    await screenshot(lens.page, "space neighbours");
    await lens.choose("How many are shown", "10");
    assert.equal(await space.near.getByRole("listitem").count(), 10);
    await space.near.getByRole("listitem").first().getByRole("button").click();
    await card.getByText(`Image ${said(positions[nearest[0]!]!)} of class`).waitFor();

    await space.search.fill("nothing like it");
    await lens.element.getByText("No image has all of these.").waitFor();
  });
});

test("axes are two dimensions of one's choice, or principal components with their shares", async () => {
  await inSpace(async (space, report, page) => {
    const { lens } = space;
    await lens.choose("Axes", "Any two");
    await lens.element
      .getByRole("combobox", { name: "Across, dimension" })
      .selectOption({ label: "5" });
    await lens.element
      .getByRole("combobox", { name: "Up, dimension" })
      .selectOption({ label: "3" });
    await lens.settle();
    assert.match(new URL(page.url()).search, /projection=5,3/);
    assert.match(await space.says(), / by dimension 5 \(.*\) and dimension 3 \(/);

    await lens.choose("Axes", "PCA");
    await lens.element
      .getByText(/^The first two principal components hold [\d.]+ % of the variance/)
      .waitFor();
    await lens.settle();
    const [, first] = (await space.says()).match(
      /Principal component 1 \(([\d.]+) % of the variance\)/,
    )!;
    assert.ok(Math.abs(Number(first) - 100 * share(rows(report))) < 0.06, first);
    await lens.unfold("exports");
    const { lines } = await lens.table("Encoded space, CSV");
    assert.ok(lines[0]!.endsWith(",dim_12,pca_1,pca_2"), lines[0]);
    await screenshot(page, "space PCA");
  });
});

/** The largest share of the variance along one direction: a power iteration. */
function share(latents: number[][]): number {
  const dims = latents[0]!.length;
  const means = Array.from({ length: dims }, (_, dim) => mean(latents.map((row) => row[dim]!)));
  const centred = latents.map((row) => row.map((value, dim) => value - means[dim]!));
  const total = centred.flat().reduce((sum, value) => sum + value * value, 0);
  let direction = Array.from({ length: dims }, (_, dim) => 1 + dim / 7);
  let largest = 0;
  for (let step = 0; step < 500; step += 1) {
    const scores = centred.map((row) =>
      row.reduce((sum, value, dim) => sum + value * direction[dim]!, 0),
    );
    largest = scores.reduce((sum, score) => sum + score * score, 0);
    const next = means.map((_, dim) =>
      centred.reduce((sum, row, image) => sum + row[dim]! * scores[image]!, 0),
    );
    const length = Math.hypot(...next);
    direction = next.map((value) => value / length);
  }
  return largest / total;
}

test("classes are hidden and shown, also by the legend", async () => {
  await inSpace(async (space, report) => {
    const { lens } = space;
    const zeros = report.encoded.labels.filter((label) => label === 0).length;
    await lens.element.getByText("that are drawn").click();
    await lens.element
      .getByRole("checkbox", { name: "1", exact: true })
      .last()
      .uncheck({ force: true });
    assert.equal(await space.seen(), zeros);
    assert.match(await space.says(), /Hidden: 1\.$/);
    await lens.button("Show all").last().click();
    assert.equal(await space.seen(), undefined);
  });
});

test("one dimension is said to be one", async () => {
  await inSpace(async (space) => {
    const { lens } = space;
    await lens.element.getByText(/There is one latent dimension/).waitFor();
    await lens.element.getByText("by the only latent dimension").first().waitFor();
    assert.match(await space.says(), /by the only dimension/);
    await screenshot(lens.page, "space of one dimension");
  }, `${QUICK}&view=space&dims=1`);
});

test("a finger scrolls the page unless it was chosen to move the plane", async () => {
  await inSpace(
    async (space) => {
      const { lens } = space;
      const touch = () => lens.figure.evaluate((canvas) => getComputedStyle(canvas).touchAction);
      assert.match(await touch(), /^manipulation$/);
      await space.drag("Move");
      assert.equal(await touch(), "none");
      await space.drag("Choose");
      assert.equal(await touch(), "pinch-zoom");
      await lens.view("Importance", "Maps without direction");
      assert.match(await touch(), /^manipulation$/);
    },
    `${QUICK}&view=space`,
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  );
});
