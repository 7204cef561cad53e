/** What is seen of a variational network, and of a sparse and a denoising one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot } from "./harness";
import type { Report } from "./lens";

const SMALL = "?classes=0,1&dims=4&hidden-layers=32&epochs=6&explain=100&engine=cpu&autorun";

type Asked = Report & {
  divergence?: { mean: number[]; by_class: number[][]; variance_of_means: number[] };
  training: {
    parts?: {
      weight: number;
      numbers: number;
      held_out_reconstruction: number[];
      held_out_penalty: number[];
    };
  };
  samples: { noisy?: { shape: [number, number]; data: number[] } };
};

const asked = (lens: Explorer) => lens.report() as Promise<Asked>;

async function summary(lens: Explorer): Promise<string> {
  return (await lens.figure.getAttribute("aria-label")) ?? "";
}

/** Until the figure is said to be so, all of it decoded. */
async function says(page: Page, words: string): Promise<void> {
  await page.waitForFunction((words) => {
    const { shadowRoot } = document.querySelector("latent-lens")!;
    const said = shadowRoot!
      .querySelector("[part=figure] canvas.chart")!
      .getAttribute("aria-label")!;
    return said.includes(words) && !said.includes("so far");
  }, words);
}

test("a variational network shows its divergence, its two curves, a plane and samples", async () => {
  await explore(async (lens, _, page) => {
    const report = await asked(lens);
    const found = report.divergence!;
    assert.equal(found.mean.length, 4);
    assert.equal(found.by_class.length, 2);
    assert.ok(found.mean.every((nats) => nats >= 0) && found.mean.some((nats) => nats > 0.1));
    const { parts, held_out_loss } = report.training as Asked["training"] & Report["training"];
    const { weight, numbers } = parts!;
    const sum =
      parts!.held_out_reconstruction.at(-1)! + (weight * parts!.held_out_penalty.at(-1)!) / numbers;
    assert.ok(Math.abs(sum / held_out_loss.at(-1)! - 1) < 1e-4, `${sum}`);

    await lens.settle();
    assert.match(await summary(lens), /Divergence from the standard normal distribution/);
    assert.match(
      await summary(lens),
      /of 4 dimensions (is|are) active|All 4 dimensions are active/,
    );
    await lens.element.getByText("latent importance exchanges means").first().waitFor();
    const loss = (await lens.loss.first().getAttribute("aria-label"))!;
    assert.match(loss, /nats of reconstruction and .* nats of divergence/);
    const kind = lens.element.locator("[part=loss-kind]");
    await kind.getByText("β = 1 times the divergence").waitFor();
    await screenshot(page, "variational");
    assert.deepEqual(await complaints(page), []);

    await lens.view("Encoded space", "Decoded plane");
    await says(page, "the others at 0.");
    assert.match(await summary(lens), /from −3.0 to 3.0 from left to right.*the others at 0\.$/);
    await lens.element
      .getByRole("combobox", { name: "Across, dimension" })
      .selectOption({ label: "4" });
    await says(page, "dimension 4 from −3.0");
    await screenshot(page, "plane");
    assert.deepEqual(await complaints(page), []);

    await lens.view("Encoded space", "Samples");
    assert.match(
      await summary(lens),
      /draws from the standard normal distribution of 4 dimensions/,
    );
    const first = await lens.drawn();
    await lens.button("Draw again").click();
    await lens.settle();
    await page.waitForTimeout(300);
    assert.notEqual(await lens.drawn(), first);
    await screenshot(page, "samples");
    assert.deepEqual(await complaints(page), []);

    await kind.getByRole("spinbutton", { name: "β" }).fill("60");
    await kind.getByRole("button", { name: "Train again with this β" }).click();
    await lens.reach(["training", "analysing"]);
    await lens.finish();
    const pressed = await asked(lens);
    assert.equal(pressed.training.parts!.weight, 60);
    const total = (report: Asked) => report.divergence!.mean.reduce((sum, nats) => sum + nats);
    assert.ok(total(pressed) < total(report), `${total(pressed)} ${total(report)}`);
  }, `${SMALL}&variational=true`);
});

test("a plain network has a plane as far as its images reach, and no samples", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Encoded space", "Decoded plane");
    await lens.element.getByText("with all others at their means").waitFor();
    await lens.settle();
    await lens.figure.evaluate((element) => element.scrollIntoView());
    const canvas = (await lens.figure.boundingBox())!;
    await page.mouse.move(canvas.x + 200, canvas.y + 200);
    assert.match(await lens.readout.innerText(), /Dimension \d at .*, dimension \d at /);
    await page.mouse.click(canvas.x + 200, canvas.y + 200);
    await lens.element.locator("[part=image]").waitFor();
    await lens.view("Encoded space", "Samples");
    await lens.element.getByText("There are samples of variational networks alone.").waitFor();
    assert.deepEqual(await complaints(page), []);
  }, SMALL);
});

test("a denoising network shows its images with noise", async () => {
  await explore(async (lens, _, page) => {
    const { samples } = await asked(lens);
    assert.deepEqual(samples.noisy!.shape, samples.images.shape);
    const strip = lens.element.locator("[part=pipeline]");
    await strip.getByText("With noise").waitFor();
    await lens.element.getByText("Images, the same with noise, and their").waitFor();
    await lens.element.getByText("of which 30 % of the numbers were set to 0").first().waitFor();
    await page.setViewportSize({ width: 320, height: 800 });
    await lens.settle();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide}`);
    await screenshot(page, "denoising");
    assert.deepEqual(await complaints(page), []);
  }, `${SMALL}&noise=masking&noise-level=0.3`);
});
