/**
 * What is moved, whose values are given to whom: through the page, against the literal definition, and
 * measured again without training.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { Held } from "./engine-workers";
import { explore, Explorer } from "./explorer";
import { type Options, screenshot, visit } from "./harness";
import { distance, Lens, type Matrix, type Report } from "./lens";

/** What a report says beyond the paper. */
interface Measured extends Report {
  settings: Report["settings"] & { measure?: Record<string, unknown> };
  groups?: {
    grouping: { names: string[]; of: number[] };
    importance: { mean: Matrix; method: string };
    merges: unknown[];
  };
  donor_checks?: { donors: string; r2?: number; plausibility?: number }[];
}

interface Element extends HTMLElement {
  images: unknown;
  model: unknown;
  run(): Promise<unknown>;
}

const [SIDE, COUNT, DIMS] = [4, 24, 2];
const PIXELS = SIDE * SIDE;

/** Images of two classes, in turn, that are the same on every machine. */
const IMAGES = Array.from({ length: COUNT }, (_, image) =>
  Array.from({ length: PIXELS }, (_, pixel) => {
    const ground = image % 2 === Math.floor((pixel % SIDE) / 2) ? 0.6 : 0;
    return Math.fround(ground + (((image + 3) * (pixel + 7) ** 2) % 97) / 250);
  }),
);
const LABELS = IMAGES.map((_, image) => image % 2);
const WEIGHT = Array.from({ length: PIXELS * DIMS }, (_, at) =>
  Math.fround(((at * 37) % 23) / 20 - 0.5),
);
const BIAS = [0.125, -0.25];

/** The definition as it stands: the mean over recipients of the mean over the donors of each. */
function literal(
  group: number[],
  recipients: number[],
  donorsOf: (recipient: number) => number[],
): number[] {
  const z = (x: number[]) =>
    BIAS.map((bias, dim) => {
      const sum = x.reduce((sum, value, pixel) => sum + value * WEIGHT[pixel * DIMS + dim]!, bias);
      return Math.max(0, sum);
    });
  const changes = recipients.map((s) => {
    const own = z(IMAGES[s]!);
    const each = donorsOf(s).map((t) => {
      const moved = IMAGES[s]!.map((value, at) => (group.includes(at) ? IMAGES[t]![at]! : value));
      return z(moved).map((value, dim) => (value - own[dim]!) ** 2);
    });
    return BIAS.map((_, dim) => mean(each.map((change) => change[dim]!)));
  });
  return BIAS.map((_, dim) => mean(changes.map((change) => change[dim]!)));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Which of the images the explained ones are, in the order of the report. */
function explained({ encoded }: Report): number[] {
  return encoded.labels.map((label, at) => {
    const own = LABELS.flatMap((each, image) => (each === label ? [image] : []));
    return own[encoded.positions[at]!]!;
  });
}

/** Opens the page with images and a model of its own. */
async function given(options: Options, use: (lens: Explorer) => Promise<void>): Promise<void> {
  await visit(options, async (page) => {
    await page.evaluate(
      ({ pixels, labels, weight, bias, sides }) => {
        const [count, side, dims] = sides as [number, number, number];
        const lens = document.querySelector<Element>("latent-lens" as "div")!;
        lens.images = {
          data: Float32Array.from(pixels),
          shape: [count, side, side],
          labels,
          names: ["left", "right"],
          name: "halves",
        };
        const size = side * side;
        const dense = (rows: number, columns: number, data: number[], own: number[]) => ({
          weight: { shape: [rows, columns], data: Float32Array.from(data) },
          bias: Float32Array.from(own),
          activation: rows === size ? "relu" : "sigmoid",
        });
        lens.model = {
          encoder: [dense(size, dims, weight, bias)],
          decoder: [dense(dims, size, weight, Array<number>(size).fill(0))],
          name: "known",
        };
      },
      {
        pixels: IMAGES.flat(),
        labels: LABELS,
        weight: WEIGHT,
        bias: BIAS,
        sides: [COUNT, SIDE, DIMS],
      },
    );
    await use(new Explorer(page));
  });
}

/** Sets attributes and has everything measured. */
async function measured(lens: Lens, texts: Record<string, string>): Promise<Measured> {
  await lens.element.evaluate(async (element, texts) => {
    for (const [name, text] of Object.entries(texts)) element.setAttribute(name, text);
    await (element as Element).run();
  }, texts);
  return (await lens.finish()) as Measured;
}

const PATCH = (pixel: number) =>
  Math.floor(pixel / SIDE / 2) * (SIDE / 2) + Math.floor((pixel % SIDE) / 2);
const ALL = Array.from({ length: PIXELS }, (_, pixel) => pixel);

const CASES: [name: string, texts: Record<string, string>, of: (pixel: number) => number][] = [
  ["patches", { features: "patches", patch: "2" }, PATCH],
  ["rows", { features: "rows" }, (pixel) => Math.floor(pixel / SIDE)],
  ["columns", { features: "columns" }, (pixel) => pixel % SIDE],
  [
    "groups of one’s own, for a class",
    { features: "groups", groups: "edge,rest/1*8,2*8", recipients: "class:right" },
    (pixel) => (pixel < 8 ? 0 : 1),
  ],
  [
    "patches, for one image, from its class",
    { features: "patches", patch: "2", recipients: "image:3", donors: "class", groups: "" },
    PATCH,
  ],
];

async function checkCases(lens: Explorer, cases: typeof CASES, tolerance: number): Promise<void> {
  for (const [name, texts, of] of cases) {
    const report = await measured(lens, { recipients: "all", donors: "all", ...texts });
    const order = explained(report);
    const chosen = texts["recipients"] ?? "all";
    const recipients = chosen.startsWith("image:")
      ? [order[Number(chosen.slice(6)) - 1]!]
      : order.filter((image) => chosen === "all" || LABELS[image] === 1);
    const donorsOf = (s: number) =>
      order.filter((t) => texts["donors"] !== "class" || LABELS[t] === LABELS[s]);

    const { grouping, importance } = report.groups!;
    assert.deepEqual(
      grouping.of,
      ALL.map((pixel) => of(pixel) + 1),
      name,
    );
    assert.equal(importance.method, "exact", name);
    const groups = grouping.names.map((_, group) => ALL.filter((pixel) => of(pixel) === group));
    const data = groups.flatMap((group) => literal(group, recipients, donorsOf));
    const expected = { shape: importance.mean.shape, data };
    assert.ok(distance(importance.mean, expected) < tolerance, `${name}: V of groups`);
    const single = ALL.flatMap((pixel) => literal([pixel], recipients, donorsOf));
    const { mean: pixels } = report.pixel_importance;
    const off = distance(pixels, { shape: pixels.shape, data: single });
    assert.ok(off < tolerance, `${name}: V of pixels`);
    assert.equal(report.donor_checks !== undefined, texts["donors"] === "class", name);
  }
}

test("groups, recipients and donors are what they are by definition", async () => {
  await given({ query: "?engine=cpu&method=exact&dims=2" }, async (lens) => {
    await checkCases(lens, CASES, 1e-4);
    await lens.element.evaluate((element) => (element.ownerDocument.title = element.outerHTML));

    // Conditional donors: three choices are told beside each other.
    const report = await measured(lens, {
      features: "pixels",
      recipients: "all",
      donors: "neighbours",
    });
    assert.equal(report.groups, undefined);
    const checks = report.donor_checks!;
    assert.deepEqual(
      checks.map(({ donors }) => donors),
      ["all", "class", "neighbours"],
    );
    await (await lens.field("group", "Whose values")).waitFor();
    const table = lens.element.locator("[part=measured] table");
    await table.waitFor();
    assert.equal(await table.locator("tbody tr").count(), 3);
    assert.equal(await table.locator("tbody b").innerText(), "By neighbours");
    await screenshot(lens.page, "donors");

    // Clusters: the whole image, as everything is within a distance of 1.
    const clusters = await measured(lens, {
      donors: "all",
      features: "clusters",
      "cluster-threshold": "1",
    });
    const whole = literal(ALL, explained(clusters), () => explained(clusters));
    assert.equal(clusters.groups!.grouping.names.length, 1);
    assert.ok(distance(clusters.groups!.importance.mean, { shape: [1, DIMS], data: whole }) < 1e-4);
    assert.equal(clusters.groups!.merges.length, PIXELS - 1);
  });
});

test("both engines measure groups alike", async () => {
  const query = "?engine=webgpu&method=exact&dims=2";
  await given({ query, webgpu: "software" }, (lens) => checkCases(lens, [CASES[0]!], 1e-3));
});

const QUERY = "?engine=cpu&classes=0,1&epochs=2&dims=3&method=exact";

/** The stages that the element tells of, each once in a row. */
async function stages(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    document.querySelector("latent-lens")!.addEventListener("lens-progress", (event) => {
      const { stage } = (event as CustomEvent<{ stage: string }>).detail;
      if (told.at(-1) !== stage) told.push(stage);
    });
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told.splice(0));
}

/** What is measured beyond the settings of a run. */
const found = ({ pixel_importance, latent_importance, direction, groups, training }: Measured) => ({
  ...{ pixel_importance, latent_importance, direction, groups, training },
});

test("another measurement of the same network is made at once, without training it, and is that of a link", async () => {
  const asked: string[] = [];
  const before = (page: Page) => {
    page.on("request", (request) => asked.push(request.url().split("/").at(-1)!));
    return Promise.resolve();
  };
  const packages = () =>
    asked.splice(0).filter((file) => /^(engine|general|charts).*wasm$/.test(file));
  let link = "";
  let again: Measured | undefined;
  await visit({ query: QUERY, before }, async (page) => {
    const lens = new Explorer(page);
    const told = await stages(page);
    await lens.button("Train and explain").click();
    const first = (await lens.finish()) as Measured;
    assert.ok((await told()).includes("training"));
    assert.equal(first.settings.measure, undefined);
    assert.deepEqual(packages(), ["engine-cpu_bg.wasm"], "the paper needs no more");

    await lens.field("group", "Whose latents");
    await lens.element.getByLabel("What is moved").selectOption("patches");
    await lens.status.getByText(/The same network, explained in/).waitFor();
    again = (await lens.finish()) as Measured;
    const heard = await told();
    assert.ok(heard.includes("group-importance") && !heard.includes("training"), `${heard}`);
    assert.equal(again.groups!.grouping.names.length, 49);
    assert.deepEqual(again.training, first.training);
    assert.deepEqual(again.encoded, first.encoded);
    assert.deepEqual(again.pixel_importance.mean, first.pixel_importance.mean);
    assert.deepEqual(packages().sort(), ["charts_bg.wasm", "general-cpu_bg.wasm"]);
    assert.match(page.url(), /features=patches/);
    await screenshot(page, "patches");

    // What is typed is waited for, and measured as a whole.
    await lens.fill("Patch, pixels", "7");
    await lens.page.waitForFunction(() => {
      const { report } = document.querySelector<Element & { report: Measured }>(
        "latent-lens" as "div",
      )!;
      return report.groups?.grouping.names.length === 16;
    });
    again = (await lens.finish()) as Measured;
    await lens.unfold("exports");
    ({ link } = (await lens.share()) as { link: string });

    await lens.element.getByLabel("What is moved").selectOption("pixels");
    await page.waitForFunction(
      () =>
        !(
          "groups" in (document.querySelector("latent-lens") as never as { report: object }).report
        ),
    );
    const back = (await lens.finish()) as Measured;
    assert.equal(back.settings.measure, undefined);
    assert.deepEqual(found(back), found(first), "to the last bit");

    // By a script it is measured when it is asked for.
    await lens.element.evaluate((element) => element.setAttribute("recipients", "class:1"));
    await lens.button("Measure again").click();
    await told();
    await page.waitForFunction(
      () =>
        (document.querySelector("latent-lens") as never as { report: Measured }).report.settings
          .measure !== undefined,
    );
    const one = (await lens.finish()) as Measured;
    assert.ok(!(await told()).includes("training"));
    assert.equal(one.settings.measure!["recipients"], "class:1");
    assert.notDeepEqual(one.pixel_importance.mean, first.pixel_importance.mean);
    assert.deepEqual(one.latent_importance, first.latent_importance);
    assert.match(page.url(), /recipients=class:1/);
  });
  await visit({ query: new URL(link).search }, async (page) => {
    const lens = new Lens(page);
    if (await lens.button("Train and explain").isVisible()) {
      await lens.button("Train and explain").click();
    }
    const linked = (await lens.finish()) as Measured;
    assert.deepEqual(found(linked), found(again!));
  });
});

test("a session of another measurement opens as it was kept, and its network is measured again", async () => {
  await explore(async (lens) => {
    await lens.unfoldPanel("network");
    const { name, bytes } = await lens.take("Save session");
    await visit({}, async (page) => {
      const other = new Explorer(page);
      await other.status.getByText(/images to learn from/).waitFor();
      await other.unfoldPanel("network");
      await other.element
        .getByLabel("file of a session")
        .setInputFiles({ name, buffer: bytes, mimeType: "application/octet-stream" });
      await other.status.getByText(/^DoneReopened|Reopened as it was kept/).waitFor();
      const kept = (await other.report()) as Measured;
      assert.equal(kept.groups!.grouping.names.length, 28);
      assert.equal(await other.element.getAttribute("features"), "rows");
      const told = await stages(page);
      await other.field("group", "Whose latents");
      await other.element.getByLabel("What is moved").selectOption("columns");
      await other.status.getByText(/The same network, explained in/).waitFor();
      const again = (await other.finish()) as Measured;
      assert.equal(
        again.groups!.grouping.names[0],
        kept.groups!.grouping.names[0]!.replace(/[Rr]ow/, (word) =>
          word === "row" ? "column" : "Column",
        ),
      );
      assert.ok(!(await told()).includes("training"));
      assert.deepEqual(again.pixel_importance.mean, kept.pixel_importance.mean);
    });
  }, `${QUERY}&features=rows&autorun`);
});

test("cancelled while it measures, what was found before stays, and can be measured still", async () => {
  let held: Held | undefined;
  const before = async (page: Page) => {
    held = await Held.at(page, { groups: ({ stage }) => stage === "group-importance" });
  };
  await visit({ query: `${QUERY}&autorun`, before }, async (page) => {
    const lens = new Explorer(page);
    const first = (await lens.finish()) as Measured;
    const drawn = await lens.drawn();
    await lens.field("group", "Whose latents");
    await lens.element.getByLabel("What is moved").selectOption("rows");
    await held!.reached("groups");
    await lens.status.getByText("Group importance").waitFor();
    assert.equal(await lens.drawn(), drawn, "the figure keeps what it shows");
    assert.deepEqual(found((await lens.report()) as Measured), found(first));
    await lens.button("Cancel").click();
    held!.release("groups");
    await lens.status.getByText("Cancelled").waitFor();
    assert.equal(await lens.drawn(), drawn);
    assert.deepEqual(found((await lens.report()) as Measured), found(first));

    await lens.element.getByLabel("What is moved").selectOption("columns");
    await lens.status.getByText(/The same network, explained in/).waitFor();
    const again = (await lens.finish()) as Measured;
    assert.equal(again.groups!.grouping.names.length, 28);
    assert.deepEqual(again.training, first.training);
  });
});

test("an image that is picked is measured alone", async () => {
  await visit({ query: `${QUERY}&autorun&view=space` }, async (page) => {
    const lens = new Explorer(page);
    const { encoded } = await lens.finish();
    const one = encoded.labels.indexOf(1) + 1;
    const text = `1 ${encoded.positions[one]! + 1}`;
    await lens.element.evaluate((element, text) => element.setAttribute("image", text), text);
    await lens.button("Why it lies here").click();
    await lens.status.getByText(/The same network, explained in/).waitFor();
    const report = (await lens.finish()) as Measured;
    assert.equal(report.settings.measure?.["recipients"], `image:${one + 1}`);
    assert.match(page.url(), new RegExp(`recipients=image:${one + 1}`));
  });
});

test("what cannot be measured is refused in a sentence, and can be put right", async () => {
  await visit({ query: `${QUERY}&features=patches&permute=channel` }, async (page) => {
    const lens = new Explorer(page);
    // What checks it is fetched for it.
    await lens.status.getByText(/These settings cannot be used/).waitFor();
    assert.equal(await lens.button("Train and explain").getAttribute("aria-disabled"), "true");
    await lens.element.evaluate((element) => element.removeAttribute("permute"));
    await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();
    await lens.button("Train and explain").click();
    await lens.finish();
    // How large the images are the engine knows.
    await lens.fill("Patch, pixels", "99");
    await lens.status.getByText(/Patches of 99 × 99 pixels are larger than the images/).waitFor();
    await lens.fill("Patch, pixels", "7");
    await lens.status.getByText(/The same network, explained in/).waitFor();
    assert.equal(((await lens.finish()) as Measured).groups!.grouping.names.length, 16);
    await lens.element.getByLabel("What is moved").selectOption("groups");
    await lens.element
      .getByText(/^There are no groups yet: choose/)
      .first()
      .waitFor();
  });
});
