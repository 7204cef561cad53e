/** When maps came to be what they are, the order of the dimensions over epochs, and images by their error. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { until } from "./harness";
import type { Report } from "./lens";

const EPOCHS = "?classes=0,1&dims=6&epochs=8&method=sampled&permutations=2&engine=cpu&autorun";

interface More {
  emergence?: {
    epochs: number[];
    emerged: (number | null)[];
    similarity: (number | null)[][];
    latent_importance: number[][][];
  };
  reconstruction_errors?: {
    mean_squared: number[];
    by_value: number[];
    worst: { images: number[] };
  };
}

const found = (lens: Explorer) => lens.report() as Promise<Report & More>;

/** Until the run knows its epochs, or its errors. */
async function known(lens: Explorer, part: keyof More): Promise<Report & More> {
  await until(
    async () => (await found(lens))[part] !== undefined,
    () => `there is no ${part}`,
  );
  await lens.settle();
  return found(lens);
}

test("every map has an epoch from which on it is as in the end", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Trust", "Emergence");
    await until(
      async () => (await known(lens, "emergence")).emergence!.epochs.length === 9,
      () => "epochs are missing",
    );
    await lens.settle();
    const { emergence } = await found(lens);
    assert.deepEqual(emergence!.epochs, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    await lens.unfold("numbers");
    for (const [name, since, lost, ...rhos] of await lens.numbers()) {
      const dim = Number(name) - 1;
      assert.equal(since, `${emergence!.emerged[dim] ?? ""}`);
      // From there on it stays at 0.95 or above, and the epoch before it was below.
      const numbers = rhos.map((rho) => (rho === "" ? NaN : Number(rho.replace("−", "-"))));
      if (lost !== "" || since === "") continue;
      assert.ok(
        numbers.slice(Number(since)).every((rho) => rho >= 0.945),
        `${name}: ${rhos.join()}`,
      );
      const before = numbers[Number(since) - 1];
      assert.ok(before === undefined || !(before > 0.955), `${name}: ${rhos.join()}`);
    }
    // A place is told, and opens its epoch.
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Dimension \d+ after epoch 7: Spearman’s ρ /);
    assert.deepEqual(await complaints(page), []);
    await page.keyboard.press("Enter");
    await until(
      async () => new URL(page.url()).searchParams.get("epoch") === "7",
      () => page.url(),
    );

    await lens.view("Trust", "Order over epochs");
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const said = await lens.readout.innerText();
    const [, dim] =
      /^Dimension (\d+) after epoch 8: place 1 for class 0, latent importance /.exec(said) ??
      assert.fail(said);
    const last = emergence!.latent_importance.at(-1)![0]!;
    assert.equal(last[Number(dim) - 1], Math.max(...last));

    const strip = await lens.take("Film strip, SVG");
    assert.match(strip.bytes.toString(), /^<svg/);
    const { name, bytes } = await lens.take("Animation, PNG");
    assert.equal(name, "latent-lens-epochs.png");
    // The chunk that tells of an animation, and how many pictures it has.
    const at = bytes.indexOf("acTL");
    assert.ok(at > 0);
    assert.equal(bytes.readUInt32BE(at + 4), 9);
  }, EPOCHS);
});

test("images are found by their error, and what carries one is told", async () => {
  await explore(async (lens, report, page) => {
    await lens.view("Images", "By error");
    const { reconstruction_errors: errors } = await known(lens, "reconstruction_errors");
    const all = errors!.mean_squared;
    assert.equal(all.length, report.encoded!.labels.length);
    // Mean over images and over pixels of the same numbers.
    const mean = (numbers: number[]) =>
      numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    assert.ok(Math.abs(mean(all) - mean(errors!.by_value)) < 1e-6);
    const order = [...all.keys()].sort((a, b) => all[b]! - all[a]!);
    assert.equal(errors!.worst.images[0], order[0]);

    const value = lens.element.locator("output[for=error-slider]");
    const slider = lens.element.locator("#error-slider");
    const above = async () => {
      const said = await value.innerText();
      const [, threshold, count] = /^([\d.]+): ([\d,]+) of/.exec(said) ?? assert.fail(said);
      return { threshold: Number(threshold), count: Number(count!.replace(",", "")) };
    };
    const usual = await above();
    assert.ok(usual.count <= Math.ceil(0.05 * all.length) && usual.count > 0);
    await slider.fill("500");
    await lens.settle();
    const half = await above();
    const limit = Math.max(...all) / 2;
    assert.equal(half.count, all.filter((error) => error > limit).length);

    // The first image is the worst; opened, its dimensions are told.
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /place 1 of [\d,]+, above the threshold/);
    await page.keyboard.press("Enter");
    const carried = lens.element.locator(".carried");
    await carried.waitFor();
    const rows = await carried.locator("tbody tr").all();
    assert.ok(rows.length > 1);
    const moves = await Promise.all(
      rows.map(async (row) => Number(await row.locator("td").nth(3).innerText())),
    );
    assert.ok(moves.every((move, at) => at === 0 || move <= moves[at - 1]! || Number.isNaN(move)));
    assert.deepEqual(await complaints(page), []);

    const { lines } = await lens.table("Each error, CSV");
    assert.equal(lines.length, all.length + 1);
    assert.match(lines[0]!, /^class,class_place,file,file_place,mean_squared_error,/);
    const first = lines[order[0]! + 1]!.split(",");
    assert.equal(first.at(-1), "1");
    assert.ok(Math.abs(Number(first[4]) - Math.max(...all)) < 1e-7);
  });
});
