/** What fewer dimensions cost, the network that is made of those that are kept, and other numbers of them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot } from "./harness";
import type { Report } from "./lens";

const SMALL = "?classes=0,1&dims=6&epochs=5&explain=60&engine=cpu&autorun";

type Asked = Report & {
  smaller?: { order: number[]; loss: number[]; random: number[][] };
  sizes?: { tried: { dims: number; held_out_loss: number; inactive: number }[] };
};

const asked = (lens: Explorer) => lens.report() as Promise<Asked>;

async function until(lens: Explorer, part: "smaller" | "sizes"): Promise<Asked> {
  await lens.page.waitForFunction(
    (part) =>
      (document.querySelector("latent-lens") as unknown as { report: Record<string, unknown> })
        .report[part] !== undefined,
    part,
  );
  await lens.finish();
  await lens.settle();
  return asked(lens);
}

test("fewer dimensions are measured, made, trained on and explained", async () => {
  await explore(
    async (lens, _, page) => {
      await lens.view("Compare", "Fewer dimensions");
      const before = await asked(lens);
      await lens.button("Measure it").click();
      const report = await until(lens, "smaller");
      assert.deepEqual(report.training, before.training, "nothing is trained again");
      const { order, loss, random } = report.smaller!;
      assert.equal(order.length, 6);
      assert.equal(loss.length, 7);
      assert.equal(random.length, 8);
      assert.ok(loss[6]! < loss[0]!);

      await lens.element.getByRole("slider", { name: "Keep" }).fill("3");
      await lens.settle();
      await lens.button("Make this network").click();
      const words = lens.element.getByText("The network of 3 dimensions");
      await words.waitFor();
      assert.equal(await lens.element.locator(".rebuilt canvas").count(), 24);
      await lens.button("Train on").click();
      await lens.element.getByText(/Trained on for \d+ epochs/).waitFor();
      await screenshot(page, "smaller");
      assert.deepEqual(await complaints(page), []);

      await lens.button("Explain this network").click();
      await page.waitForFunction(
        () =>
          (
            document.querySelector("latent-lens") as unknown as {
              report: { settings?: { dims: number }; latent_importance?: unknown };
            }
          ).report.settings?.dims === 3,
      );
      await lens.finish();
      const explained = await asked(lens);
      assert.equal(explained.settings.dims, 3);
      // Of the same images as before.
      assert.deepEqual(explained.encoded?.labels, report.encoded?.labels);
    },
    SMALL.replace("explain=60&", "").replace("epochs=5", "epochs=20"),
  );
});

test("other numbers of dimensions are trained beside the network that is shown", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Compare", "How many");
    await lens.element.getByLabel("Dimensions", { exact: true }).fill("2,6,9");
    await lens.button("Train these").click();
    const { sizes } = await until(lens, "sizes");
    assert.deepEqual(
      sizes!.tried.map(({ dims }) => dims),
      [2, 6, 9],
    );
    const training = (await asked(lens)).training!;
    const own = sizes!.tried.find(({ dims }) => dims === 6)!;
    assert.equal(own.held_out_loss, training.held_out_loss.at(-1));
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^2 dimensions: held-out loss /);
    await screenshot(page, "sizes");
    assert.deepEqual(await complaints(page), []);
  }, SMALL);
});
