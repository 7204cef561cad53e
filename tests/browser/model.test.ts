/** Models brought along and taken home, and sessions, through the page. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { explore, type Explorer, QUICK } from "./explorer";
import { csv, set } from "./files";
import { screenshot } from "./harness";
import { distance, type Report } from "./lens";

const FIXTURES = "tests/models/fixtures";

/** Gives files to one of the panel's file fields. */
async function bring(
  lens: Explorer,
  field: string,
  files: { name: string; buffer: Buffer }[],
): Promise<void> {
  const mimeType = "application/octet-stream";
  await lens.element
    .getByLabel(field, { exact: true })
    .setInputFiles(files.map((file) => ({ ...file, mimeType })));
}

async function finished(lens: Explorer): Promise<Report> {
  await lens.status.getByText(/explained in/).waitFor();
  return lens.finish();
}

for (const [format, ending] of [
  ["Keras 3", "keras"],
  ["safetensors", "safetensors"],
  ["ONNX", "onnx"],
] as const) {
  test(`a model saved as ${format} is explained to the same numbers when it is brought back`, async () => {
    await explore(async (lens, trained) => {
      await lens.element.locator("[part=model] > summary").click();
      const { name, bytes } = await lens.take(`Save as ${format}`);
      assert.equal(name, `latent-lens-model.${ending}`);
      await bring(lens, "Files of a model", [{ name, buffer: bytes }]);
      await lens.status.getByText(`${name} explained in`).waitFor();
      const brought = await finished(lens);
      assert.equal(brought.training ?? null, null);
      for (const part of ["pixel_importance", "latent_importance"] as const) {
        assert.ok(distance(brought[part].mean, trained[part].mean) < 1e-5, part);
      }
      assert.match(
        await lens.element.locator(".layers.note").innerText(),
        /784 → 12, relu \(encoder\)/,
      );
      await screenshot(lens.page, `model ${format}`);

      await lens.button("Train one here instead").click();
      await lens.settle();
      assert.match(
        await lens.element.locator("[part=model] > summary").innerText(),
        /trained here/,
      );
    });
  });
}

test("a model of other images, or no model at all, is refused and leaves everything as it is", async () => {
  await explore(async (lens, trained) => {
    await lens.element.locator("[part=model] > summary").click();
    const refusal = lens.element.locator("[part=model] .refusal");
    await bring(lens, "Files of a model", [{ name: "notes.txt", buffer: Buffer.from("no model") }]);
    await refusal.getByText(/^notes\.txt: .+\.$/).waitFor();
    assert.deepEqual((await lens.report()).pixel_importance, trained.pixel_importance);

    // Weights alone: what follows each layer is asked for, the usual answer filled in.
    const buffer = await readFile(`${FIXTURES}/torch/double.pt`);
    await bring(lens, "Files of a model", [{ name: "weights.pt", buffer }]);
    const question = lens.element.locator(".question");
    await question.waitFor();
    await screenshot(lens.page, "model question");
    await question.getByRole("button", { name: "Open with these" }).click();
    await lens.status.getByText(/takes images of 16 pixels, but these have 784/).waitFor();
    assert.deepEqual((await lens.report()).pixel_importance, trained.pixel_importance);
  });
});

test("a session opens again as it was kept, and reruns to the same numbers", async () => {
  let kept: { name: string; bytes: Buffer } | undefined;
  let before: Report | undefined;
  await explore(
    async (lens, report) => {
      before = report;
      await lens.element.locator("[part=model] > summary").click();
      kept = await lens.take("Save session");
    },
    QUICK.replace("epochs=3", "epochs=2&seed=5&dims=7"),
  );

  await explore(async (lens) => {
    await lens.element.locator("[part=model] > summary").click();
    await bring(lens, "File of a session", [{ name: kept!.name, buffer: kept!.bytes }]);
    await lens.status.getByText("Reopened as it was kept").waitFor();
    await lens.element
      .getByText(/^The session’s images are open: .+ \(\d,\d{3} images\)\.$/)
      .waitFor();
    await lens.settle();
    const reopened = await lens.report();
    assert.deepEqual(single(reopened), single(before!));
    assert.match(new URL(lens.page.url()).search, /dims=7/);
    await lens.button("Run again").click();
    await lens.status.getByText(/^Trained in/).waitFor();
    const again = await lens.finish();
    for (const part of ["pixel_importance", "latent_importance", "training"] as const) {
      assert.deepEqual(single(again[part]), single(before![part]), part);
    }
  });

  await explore(async (lens) => {
    await lens.element.locator("[part=data] > summary").click();
    const toy = { name: "toy.csv", buffer: Buffer.from(csv(set(2, 10, 28, 28), String)) };
    const mimeType = "text/csv";
    await lens.element
      .locator("input[type=file][multiple]")
      .first()
      .setInputFiles({ ...toy, mimeType });
    await lens.button("Use these images").click();
    await lens.status.getByText(/images to learn from|results below/).waitFor();
    await lens.element.locator("[part=model] > summary").click();
    await bring(lens, "File of a session", [{ name: kept!.name, buffer: kept!.bytes }]);
    await lens.element
      .getByText(
        /^The session is of .*MNIST.* \(\d,\d{3} images\), and the images that are open, toy\.csv, are others\./,
      )
      .waitFor();
    await lens.settle();
    assert.deepEqual(single(await lens.report()), single(before!));
    // It is not taken for a run of the images that are open.
    assert.equal(await lens.status.getByText("Reopened as it was kept").count(), 0);
    await screenshot(lens.page, "session of other images");
  });
});

/** Numbers as the engine has them: in files they have the digits that single precision needs. */
function single<T>(value: T): T {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === "number" ? Math.fround(each) : each,
  );
  return JSON.parse(text) as T;
}

test("the architecture is copied as a program", async () => {
  await explore(
    async (lens, _, page) => {
      await lens.element.locator("[part=model] > summary").click();
      for (const library of ["Keras", "PyTorch"]) {
        await lens.button(`Copy as ${library} code`).click();
        await lens.element.getByText(`${library} code copied.`).waitFor();
        const code = await page.evaluate(() => navigator.clipboard.readText());
        assert.match(code, library === "Keras" ? /import keras/ : /import torch/);
        assert.match(code, /784/);
        assert.match(code, /\b12\b/);
      }
    },
    QUICK,
    { permissions: ["clipboard-read", "clipboard-write"] },
  );
});
