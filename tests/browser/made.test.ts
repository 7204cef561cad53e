/** Data of known truth, made in the page; which dimension carries which factor; the lesson about noise. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot } from "./harness";
import type { Report } from "./lens";

type Asked = Report & {
  data: { name: string; made?: string; columns?: string[]; form: string };
  factors?: { names: string[]; gaps: number[]; information: number[][]; images: number };
};

/** The page fetches what its usual images are ahead, which nobody asks for here. */
const OTHERS = /willReadFrequently|mnist\.json was preloaded/;

const asked = (lens: Explorer) => lens.report() as Promise<Asked>;

test("shapes are made without a download, and factors are measured where they are asked for", async () => {
  await explore(
    async (lens, _, page) => {
      const report = await asked(lens);
      assert.deepEqual([report.data.name, report.data.made], ["Shapes", "shapes"]);
      await lens.view("Encoded space", "Factors");
      await screenshot(page, "factors-asked");
      await lens.button("Measure factors").click();
      await page.waitForFunction(
        () =>
          (document.querySelector("latent-lens") as unknown as { report: Record<string, unknown> })
            .report["factors"] !== undefined,
      );
      await lens.finish();
      await lens.settle();
      const { factors, training } = await asked(lens);
      assert.deepEqual(factors!.names, ["form", "size", "hue", "x", "y"]);
      assert.equal(factors!.images, 10_000);
      assert.deepEqual(
        factors!.information.map((row) => row.length),
        [4, 4, 4, 4, 4],
      );
      assert.deepEqual(training, report.training, "nothing is trained again");
      await screenshot(page, "factors");
      assert.deepEqual(await complaints(page), []);
    },
    "?dataset=shapes&classes=0,1,2&dims=4&epochs=3&explain=40&engine=cpu&autorun",
    {},
    OTHERS,
  );
});

test("waveforms are signals with named columns, of which noise matters little at two dimensions", async () => {
  await explore(
    async (lens) => {
      const { data, pixel_importance } = await asked(lens);
      assert.deepEqual([data.made, data.form, data.columns?.length], ["waveform", "signal", 40]);
      const { data: values, shape } = pixel_importance.mean;
      const all = Array.from(values);
      const noise = all.slice(21 * shape[1]!);
      const sum = (some: number[]) => some.reduce((total, each) => total + each, 0);
      assert.ok(sum(noise) / sum(all) < 0.02, `${sum(noise) / sum(all)}`);
    },
    "?dataset=waveform&classes=0,1,2&dims=2&epochs=60&learning-rate=0.005&loss=mse&output=linear&engine=cpu&autorun",
    {},
    OTHERS,
  );
});

test("data whose values are not from 0 to 1 have a loss and an output chosen that fit, unless the address says which", async () => {
  await explore(
    async (lens, _, page) => {
      await lens.element
        .getByText("outside 0 to 1: the loss MSE and a linear output were chosen for them.")
        .waitFor();
      const { settings } = (await lens.report()) as unknown as {
        settings: { loss: string; variant: { output: string } };
      };
      assert.deepEqual([settings.loss, settings.variant.output], ["mse", "linear"]);
      assert.equal(new URL(page.url()).searchParams.get("loss"), null);
      await screenshot(page, "waveform-by-name");
      await page.goto(`${page.url().replace("&autorun", "")}&loss=bce`);
      await lens.element
        .getByText("cross-entropy and a sigmoid are not for such")
        .first()
        .waitFor();
    },
    "?dataset=waveform&classes=0,1,2&dims=2&epochs=3&engine=cpu&autorun",
    {},
    OTHERS,
  );
});

test("of other images it is said why factors are not known", async () => {
  await explore(async (lens) => {
    await lens.view("Encoded space", "Factors");
    await lens.element.getByText("Which factors made these images is not known").waitFor();
    assert.equal(await lens.button("Measure factors").isVisible(), false);
  }, "?classes=0,1&dims=3&epochs=2&explain=40&engine=cpu&autorun");
});
