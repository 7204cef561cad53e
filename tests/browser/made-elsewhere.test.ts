/** Results and latents that were made elsewhere: told from images, shown as the terminal writes them, and left again. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { complaints } from "./axe";
import { Explorer } from "./explorer";
import { csv, type Fixture, npy, set } from "./files";
import { type Options, screenshot, until, visit } from "./harness";

const R = "tests/readers/r";

async function ofR(...names: string[]): Promise<Fixture[]> {
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(`${R}/${name}`) })));
}

const text = (name: string, of: string): Fixture => ({ name, bytes: Buffer.from(of) });

class Visitor extends Explorer {
  readonly results = this.element.locator("[part=results]");
  readonly preview = this.element.locator("[part=preview]");
  readonly strip = this.element.locator("[part=pipeline]");

  /** Has the element take files as if they were dropped. */
  async drop(files: Fixture[], as?: string): Promise<void> {
    const plain = files.map(({ name, bytes }) => ({ name, bytes: [...bytes] }));
    await this.element.evaluate(
      async (element, { plain, as }) => {
        const files = plain.map(({ name, bytes }) => new File([new Uint8Array(bytes)], name));
        await (element as unknown as { open(files: File[], as?: string): Promise<void> }).open(
          files,
          as,
        );
      },
      { plain, as },
    );
    await this.settle();
  }

  /** Which tabs and which views of the present one are offered. */
  async offered(): Promise<string[]> {
    const labels = this.element.locator(
      ":is([part=views], .variant:not([hidden])) label:not(.waits)",
    );
    return labels.allInnerTexts();
  }
}

function visiting(
  use: (lens: Visitor, page: Page) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const usual = { query: "?dims=3&epochs=2&engine=cpu", expected: /willReadFrequently/ };
  return visit({ ...usual, ...options }, async (page) => {
    const lens = new Visitor(page);
    await lens.reach(["idle"]);
    await lens.status.getByText(/to learn from/).waitFor();
    await use(lens, page);
  });
}

/** V, S and IE as `tests/oracle/aim.R` makes them, as the terminal writes them. */
const PIXELS = Array.from({ length: 9 }, (_, at) => {
  const [row, column] = [Math.floor(at / 3) + 1, (at % 3) + 1];
  return { place: `${at + 1},${row},${column}`, v: [at + 11, at + 21] };
});

test("what aim has computed is told from images and drawn as the terminal draws it", async () => {
  await visiting(async (lens, page) => {
    await lens.drop(await ofR("aim.RData"));
    await lens.reach(["done"]);
    await lens.settle();
    await lens.results
      .getByText("aim.RData was taken for results, by what its columns are called.")
      .waitFor();
    assert.match(
      await lens.results.locator("summary").innerText(),
      /taken as 3 × 3 pixels, row by row; latent importance by MSE/,
    );
    await lens.results.locator("summary").click();
    const facts = await lens.results.locator("dl").innerText();
    assert.match(facts, /3 × 3 pixels/);
    assert.match(facts, /of Bag, Coat, Hat/);
    assert.match(await lens.results.innerText(), /class Hat is 0 throughout/);
    assert.match(await lens.status.innerText(), /The results were computed elsewhere/);

    // Nothing is said or offered that is not known.
    assert.equal(await lens.strip.isVisible(), false);
    assert.equal(await lens.element.locator("[part=loss]").isVisible(), false);
    assert.deepEqual(await lens.offered(), [
      ...["Importance", "Classes", "Compare", "Bars and maps", "Maps without direction"],
    ]);
    const caption = await lens.element.locator("[part=caption]").innerText();
    assert.match(caption, /These results are those in aim\.RData\./);
    assert.doesNotMatch(caption, /trained|Measured|epoch|exact|held-out|seed/);
    const findings = await lens.findings.innerText();
    assert.match(findings, /Dimensions 2 and 1 matter most for a Bag, in this order\./);
    assert.match(findings, /How settled the order is, these results do not tell\./);
    assert.equal(await lens.element.getByText("How it is measured").isVisible(), false);

    await lens.unfold("exports");
    const pixels = await lens.table("Pixel importance, CSV");
    assert.deepEqual(pixels.lines, [
      "pixel,row,col,dim_1,dim_2",
      ...PIXELS.map(({ place, v }) => `${place},${v.join()}`),
    ]);
    const direction = await lens.table("Direction, CSV");
    assert.deepEqual(
      direction.lines.slice(1),
      PIXELS.map(({ place }, at) => `${place},${((at + 2) % 3) - 1},${((at + 3) % 3) - 1}`),
    );
    const latents = await lens.table("Latent importance, CSV");
    assert.deepEqual(latents.lines, [
      "class,dimension,importance,std_error",
      ...["Bag,1,1.1,", "Bag,2,1.2,", "Coat,1,2.1,", "Coat,2,2.2,", "Hat,1,0,", "Hat,2,0,"],
    ]);
    const svg = (await lens.take("Figure, SVG")).bytes.toString();
    assert.match(
      svg,
      /Drawn by latent-lens \S+: results that were computed elsewhere \(aim\.RData\)/,
    );
    assert.doesNotMatch(svg, /seed|permutation|epoch/);
    assert.equal(await lens.button("Encoded space, CSV").isVisible(), false);
    const json = JSON.parse((await lens.take("Report, JSON")).bytes.toString()) as {
      model: { part: string };
    };
    assert.equal(json.model.part, "results");
    await lens.share();

    await lens.element.getByRole("radio", { name: "Coat", exact: true }).check({ force: true });
    await lens.settle();
    assert.match(await lens.findings.innerText(), /matter most for a Coat/);
    await lens.map(0);
    assert.match(
      await lens.readout.innerText(),
      /^Dimension 2, row 2, column 2: importance 25.0; no direction|^Dimension 2, row 2, column 2: importance 25/,
    );
    await page.keyboard.press("Enter");
    const dialog = lens.element.getByRole("dialog", { name: /^Dimension/ });
    await dialog.waitFor();
    assert.equal(await dialog.getByText("Move it, and see").isVisible(), false);
    await dialog.getByRole("button", { name: "Close" }).click();
    assert.deepEqual(await complaints(page), []);
    await screenshot(page, "results of aim");

    await lens.view("Classes", "Similarity");
    await lens.view("Classes", "Importance");
    await screenshot(page, "results of aim, classes");

    // By the other error the same numbers are called otherwise.
    await lens.results.getByLabel("Latent importance is").selectOption("rmse");
    await lens.button("Read again with these").click();
    await lens.element
      .getByText(/root of the mean squared error/)
      .first()
      .waitFor();
    const report = await lens.report();
    assert.equal(report.latent_importance ?? null, null);
    assert.ok(report.latent_importance_rmse);

    await lens.button("Close these results").click();
    await lens.status.getByText(/to learn from/).waitFor();
    await lens.settle();
    assert.equal(await lens.results.isVisible(), false);
    assert.ok(await lens.strip.isVisible());
    assert.equal(await lens.element.getAttribute("phase"), "idle");
  });
});

test("a part of results is shown alone, is reshaped, and bad files leave it as it is", async () => {
  await visiting(async (lens, page) => {
    const [encoded] = await ofR("aim-encoded.csv");
    await lens.drop([encoded!]);
    await lens.reach(["done"]);
    assert.deepEqual(await lens.offered(), ["Classes", "Compare", "Importance", "Similarity"]);
    await lens.results.locator("summary").click();
    assert.match(await lens.results.innerText(), /not in these files/);
    await screenshot(page, "results of classes alone");

    // A direction alone has maps, and it is said what they are not.
    await lens.drop(await ofR("aim-direction.rds"));
    await lens.element
      .getByText(/go with the dimension, .*; how much each matters is not/)
      .waitFor();
    assert.doesNotMatch(await lens.element.locator("[part=caption]").innerText(), /Bars/);
    assert.deepEqual(await lens.offered(), ["Importance", "Compare"]);
    await lens.settle();
    const summary = () => lens.figure.getAttribute("aria-label");
    assert.match(
      (await summary())!,
      /^Maps of the direction of pixels: red .* blue where it falls/,
    );
    await lens.map(0);
    const { direction } = await lens.report();
    const sign = direction.sign.data[4 * direction.sign.shape[1]]!;
    const lighter = "a lighter pixel";
    const words = [`${lighter} lowers it`, "no direction", `${lighter} raises it`][sign + 1];
    assert.equal(
      await lens.readout.innerText(),
      `Dimension 1, row 2, column 2: importance not known; ${words}.`,
    );
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await lens.settle();
      await screenshot(page, `results of a direction alone ${width}`);
    }
    await page.emulateMedia({ colorScheme: "dark" });
    await lens.settle();
    await screenshot(page, "results of a direction alone dark");
    await page.emulateMedia({ colorScheme: "light" });

    // Six features, in one row or as images of 2 × 3 that R flattened.
    await lens.drop([text("V.csv", "1,10\n2,20\n3,30\n4,40\n5,50\n6,60\n")]);
    await lens.results.getByText("V.csv was taken for results, by what it is called.").waitFor();
    assert.match(await lens.results.innerText(), /6 features make no square/);
    assert.deepEqual(await lens.offered(), [
      ...["Importance", "Compare", "Bars and maps", "Maps without direction"],
    ]);
    await lens.results.getByLabel("Height of an image").fill("4");
    await lens.button("Read again with these").click();
    await lens.results.getByText(/6 features, and images of 4 × 6 pixels have 24/).waitFor();
    assert.equal((await lens.report()).image.width, 6, "what was shown stays");
    await lens.results.getByLabel("Height of an image").fill("2");
    await lens.results.getByLabel("Width").fill("3");
    await lens.results.getByLabel("Lines stand for pixels").selectOption("column-major");
    await lens.button("Read again with these").click();
    await until(
      async () => (await lens.report()).image.height === 2,
      () => "the shape is not taken",
    );
    const { pixel_importance } = await lens.report();
    const first = pixel_importance.mean.data.filter((_, at) => at % 2 === 0);
    // R's matrix(1:6, 2) has 1 3 5 in its first row.
    assert.deepEqual(first, [1, 3, 5, 2, 4, 6]);
    await screenshot(page, "results of pixels alone");

    // What cannot be read says why, and can be taken for images.
    const before = await lens.report();
    await lens.drop([text("V.csv", "1,-2\n3,4\n")]);
    await lens.results.getByText(/-2 is below 0, which importance never is/).waitFor();
    assert.deepEqual(await lens.report(), before);
    await screenshot(page, "results refused");
    await lens.drop([text("S.csv", "1,0\n"), text("V.csv", "1,2\n3,4\n")]);
    await lens.results.getByText(/1 lines, but/).waitFor();
    await lens.results.getByRole("button", { name: "They are images" }).click();
    await lens.element
      .locator("[part=data]")
      .getByText(/S\.csv|V\.csv/)
      .first()
      .waitFor();
    assert.deepEqual(await lens.report(), before);

    // Other images bring the page back.
    await lens.drop([{ name: "toy.csv", bytes: csv(set(2, 20, 4, 4)) }]);
    await lens.button("Use these images").click();
    await lens.status.getByText(/to learn from/).waitFor();
    await lens.settle();
    assert.equal(await lens.results.isVisible(), false);
    assert.ok(await lens.strip.isVisible());
    await lens.button("Train and explain").click();
    const trained = await lens.finish();
    assert.equal(trained.data.name, "toy.csv");
    assert.equal(trained.settings.dims, 3);
  });
});

test("tables that do not say what they are are asked for, and results are pinned and shared as what they are", async () => {
  await visiting(async (lens, page) => {
    await lens.drop([text("importance-of-mine.txt", "1 2\n3 4\n5 6\n7 8\n")]);
    await lens.results.getByText(/was taken for results, by what it is called/).waitFor();
    await lens.button("Close these results").click();

    await lens.drop([text("mine.csv", "1,2\n3,4\n5,6\n7,8\n")]);
    await lens.preview.waitFor();
    await lens.element.getByText(/If these are no images/).waitFor();
    await screenshot(page, "tables that may be results");
    await lens.button("results (V, S, IE) that were computed elsewhere").click();
    await lens.reach(["done"]);
    await lens.results.getByText("mine.csv").first().waitFor();
    assert.equal(await lens.preview.isVisible(), false);
    assert.deepEqual((await lens.report()).pixel_importance.mean.shape, [4, 2]);

    await lens.unfold("exports");
    await lens.button(/^Share$/).click();
    await lens.element.getByText(/The results in mine\.csv are not part of these/).waitFor();
    await page.keyboard.press("Escape");
    await lens.unfoldPanel("network");
    assert.ok(await lens.button("Save session").isDisabled());
    await lens.unfoldPanel("network");

    await lens.button("Pin").click();
    await lens.settle();
    await lens.drop([text("V.csv", "2,1\n4,3\n6,5\n8,7\n")]);
    await lens.results.getByText(/V\.csv was taken/).waitFor();
    await lens.settle();
    const differs = lens.element.locator("[part=details] .pinned-details li");
    await differs.first().waitFor();
    assert.match(
      await differs.first().innerText(),
      /here the results in V\.csv, whose settings are not known, pinned the results in mine\.csv/,
    );
    await screenshot(page, "results beside results");

    // A run takes their place.
    await lens.button("Train and explain").click();
    const trained = await lens.finish();
    assert.equal(trained.settings.dims, 3);
    assert.equal(await lens.results.isVisible(), false);
  });
});

/** 40 images of two classes in turn, and latents of each: what its left and its right half are on average. */
const TOY = set(2, 20, 4, 4);
const LATENTS = TOY.images.map((image) =>
  [0, 2].map((from) => {
    const half = image.filter((_, at) => at % 4 >= from && at % 4 < from + 2);
    return half.reduce((sum, value) => sum + value, 0) / half.length / 255;
  }),
);
const Z = text("z.csv", `left,right\n${LATENTS.map((row) => row.join()).join("\n")}\n`);

async function openToy(lens: Visitor): Promise<void> {
  await lens.drop([{ name: "toy.csv", bytes: csv(TOY) }]);
  await lens.button("Use these images").click();
  await lens.status.getByText(/to learn from|results below/).waitFor();
}

test("latents beside images give direction and encoded space, whichever classes are chosen", async () => {
  await visiting(async (lens, page) => {
    await openToy(lens);
    await lens.drop([Z]);
    await lens.status.getByText(/z\.csv explained in/).waitFor();
    const report = await lens.finish();
    assert.equal((report.model as { part?: string }).part, "latents");
    assert.equal(report.pixel_importance ?? null, null);
    assert.equal(report.latent_importance ?? null, null);
    const { place, latents } = report.encoded;
    assert.equal(place.length, 40);
    for (const [row, of] of place.entries()) {
      const own = latents.data.slice(2 * row, 2 * row + 2);
      assert.deepEqual(own, [...Float32Array.from(LATENTS[of]!)]);
    }
    // The slope of a simple regression, over all images.
    const mean = (of: number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;
    for (let pixel = 0; pixel < 16; pixel += 1) {
      const x = TOY.images.map((image) => image[pixel]! / 255);
      for (const dim of [0, 1]) {
        const z = LATENTS.map((row) => row[dim]!);
        const [mx, mz] = [mean(x), mean(z)];
        const of = mean(x.map((each, at) => (each - mx) * (z[at]! - mz)));
        const slope = of / mean(x.map((each) => (each - mx) ** 2));
        const found = report.direction.slope.data[2 * pixel + dim]!;
        assert.ok(Math.abs(found - slope) < 1e-4 * Math.max(1, Math.abs(slope)), `pixel ${pixel}`);
        assert.equal(report.direction.sign.data[2 * pixel + dim], Math.sign(found));
      }
    }
    const caption = await lens.element.locator("[part=caption]").innerText();
    assert.match(caption, /The latents are those in z\.csv\./);
    await lens.element.getByText("the latents are known, and no model is asked").waitFor();
    await lens.unfold("exports");
    assert.ok(await lens.button("Report, JSON").isEnabled());
    assert.match(await lens.status.innerText(), /The latents were made elsewhere/);
    assert.deepEqual(await lens.offered(), ["Importance", "Encoded space"]);
    assert.match(caption, /go with the dimension, .*; how much each matters is not known/);
    await screenshot(page, "latents");
    await lens.view("Encoded space");
    await screenshot(page, "latents, encoded space");

    // Of one class alone the rows are still those of its own images.
    await lens.element.evaluate((element) => element.setAttribute("classes", "1"));
    await lens.button("Run again").click();
    await lens.status.getByText(/on all 20 images/).waitFor();
    const one = await lens.finish();
    assert.equal(one.encoded.place.length, 20);
    for (const [row, of] of one.encoded.place.entries()) {
      const own = one.encoded.latents.data.slice(2 * row, 2 * row + 2);
      assert.deepEqual(own, [...Float32Array.from(LATENTS[of]!)]);
    }
    await lens.unfoldPanel("network");
    await screenshot(page, "latents, network");
    await lens.button("Train one here instead").click();
    await lens.status.getByText(/to learn from|results below/).waitFor();
  });
});

test("latents that cannot be those of the images are refused with a sentence, and what is there stays", async () => {
  await visiting(async (lens, page) => {
    await openToy(lens);
    const network = lens.element.locator("[part=network]");
    const refused = async (file: Fixture, why: RegExp) => {
      await lens.drop([file]);
      await network.getByRole("alert").filter({ hasText: why }).waitFor();
      assert.match(await lens.fold("network").innerText(), /16 – 3 – 16/);
    };
    await refused(
      text("z.csv", "1,2\n3,4\n"),
      /z\.csv: There are 2 rows of latents and there are 40 images of toy\.csv: give a row for each image/,
    );
    await screenshot(page, "latents refused");
    await refused(text("latents.csv", `${"1,2\n".repeat(39)}1,\n`), /line 40, column 2.*missing/);
    await refused({ name: "z.npy", bytes: npy([3, 2], [1, 2, 3, 4, 5]) }, /z\.npy/);
    // Equal images have equal latents: the engine knows them apart.
    await lens.drop([
      { name: "same.csv", bytes: csv({ ...TOY, images: TOY.images.map(() => TOY.images[0]!) }) },
    ]);
    await lens.button("Use these images").click();
    await lens.status.getByText(/to learn from/).waitFor();
    await lens.drop([Z]);
    await lens.status.getByText(/differ/).waitFor();
    await lens.reach(["error"]);

    // Beside images that are not in use yet they wait.
    await lens.drop([{ name: "toy.csv", bytes: csv(TOY) }, Z]);
    await lens.element.getByText(/use these images first, then bring the latents/).waitFor();
    await lens.button("Use these images").click();
    await lens.element
      .getByText(/same\.csv|toy\.csv/)
      .first()
      .waitFor();
    await lens.unfoldPanel("network");
    await lens.element.getByLabel("Choose latents").setInputFiles({
      name: "codes.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(Z.bytes),
    });
    await lens.status.getByText(/codes\.csv explained in/).waitFor();
    await lens.finish();
  });
});

test("latents of digits go class by class, and are there again after a reload", async () => {
  const latents = (count: number) =>
    text("z.csv", Array.from({ length: count }, (_, at) => `${at},${at % 7}`).join("\n"));
  await visiting(
    async (lens, page) => {
      const all = await lens.element.evaluate(async () => {
        const answer = await fetch("data/mnist/mnist.json");
        const { classes } = (await answer.json()) as { classes: { count: number }[] };
        return classes.map(({ count }) => count);
      });
      const total = all.reduce((sum, count) => sum + count, 0);
      await lens.drop([latents(total)]);
      await lens.status.getByText(/z\.csv explained in/).waitFor();
      const found = await lens.finish();
      // Of the digits 0 and 1: the rows of the first classes.
      const rows = found.encoded.latents.data.filter((_, at) => at % 2 === 0);
      const expected = Array.from({ length: all[0]! + all[1]! }, (_, at) => at);
      assert.deepEqual(
        [...rows].sort((a, b) => a - b),
        expected,
      );
      assert.match(found.model!.notes.join(" "), /are those of the images class by class/);
      await page.reload();
      await lens.reach(["idle"]);
      await until(
        async () => /z\.csv/.test(await lens.fold("network").innerText()),
        () => "the latents are not there again",
      );
      await lens.button("Explain this model").click();
      const again = await lens.finish();
      assert.deepEqual(again.encoded.latents, found.encoded.latents);
    },
    { profile: true, expected: /willReadFrequently|was preloaded/ },
  );
});
