/** Models brought along and taken home, and sessions, through the page. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, Explorer, QUICK } from "./explorer";
import { csv, set } from "./files";
import { screenshot, visit } from "./harness";
import { distance, type Report } from "./lens";

const FIXTURES = "tests/models/fixtures";

/** Gives files to one of the panel's file fields. */
async function bring(
  lens: Explorer,
  field: string,
  files: { name: string; buffer: Buffer }[],
): Promise<void> {
  const mimeType = "application/octet-stream";
  await lens.element.getByLabel(field).setInputFiles(files.map((file) => ({ ...file, mimeType })));
}

/** Opens 40 images of so many pixels squared, of two classes in turn. */
async function openImages(lens: Explorer, side = 4): Promise<void> {
  await lens.unfoldPanel("images");
  const buffer = Buffer.from(csv(set(2, 20, side, side), String));
  await lens.element
    .locator("input[type=file][multiple]")
    .first()
    .setInputFiles({ name: "toy.csv", buffer, mimeType: "text/csv" });
  await lens.button("Use these images").click();
  await lens.status.getByText(/images to learn from|results below/).waitFor();
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
      await lens.unfoldPanel("network");
      const { name, bytes } = await lens.take(`Save as ${format}`);
      assert.equal(name, `latent-lens-model.${ending}`);
      await bring(lens, "Files of a model", [{ name, buffer: bytes }]);
      await lens.status.getByText(`${name} explained in`).waitFor();
      const brought = await finished(lens);
      assert.equal(brought.training ?? null, null);
      assert.equal(brought.settings.epochs, 0);
      assert.deepEqual(brought.model?.files, [name]);
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
      assert.match(await lens.fold("network").innerText(), /^Network\s*784 – 12 – 784 · 3 epochs$/);
    }, `${QUICK}&explain=held-out`);
  });
}

test("with a model everything takes its sizes from it, says whose numbers these are, and is of all images", async () => {
  await explore(async (lens, trained, page) => {
    await openImages(lens);
    await lens.unfoldPanel("network");
    const buffer = await readFile(`${FIXTURES}/torch/double.pt`);
    await bring(lens, "Files of a model", [{ name: "weights.pt", buffer }]);
    const question = lens.element.locator(".question");
    await question.getByRole("button", { name: "Open with these" }).click();
    await lens.status
      .getByText(/weights\.pt explained in .* on all 40 images \(toy\.csv\)/)
      .waitFor();
    const report = await lens.finish();
    await lens.settle();

    assert.notEqual(trained.settings.dims, 3);
    assert.deepEqual([report.settings.dims, report.settings.epochs], [3, 0]);
    assert.deepEqual(report.model?.files, ["weights.pt"]);
    assert.deepEqual([report.data.name, report.data.count], ["toy.csv", 40]);
    assert.deepEqual(
      report.classes.map(({ explained }) => explained),
      [20, 20],
    );
    // Each by its place in the person's own file.
    assert.deepEqual(report.encoded.files, ["toy.csv"]);
    const places = [...report.encoded.place].sort((one, other) => one - other);
    assert.deepEqual(places, [...Array(40).keys()]);

    const strip = await lens.element.locator("[part=pipeline]").innerText();
    assert.match(strip, /3 numbers/);
    const film = lens.element.locator("[part=samples] canvas");
    assert.equal(await film.count(), 20);
    assert.equal(await lens.element.locator("[part=samples] canvas.empty").count(), 0);
    const caption = await lens.element.locator(".figure-caption").innerText();
    assert.match(caption, /Measured on all 40 images \(toy\.csv\)\./);
    assert.match(caption, /The model weights\.pt \(.+\) was trained elsewhere\./);
    assert.doesNotMatch(caption, /epoch|permutation/);
    const line = await lens.fold("network").innerText();
    assert.match(line, /weights\.pt · 16 – .*3 – .*16$/);
    assert.doesNotMatch(line, /epoch|untrained/);
    const dims = await lens.field("textbox", "Latent dimensions");
    assert.equal(await dims.inputValue(), "3");
    assert.equal(await dims.isDisabled(), true);
    assert.doesNotMatch(new URL(page.url()).search, /dims|epochs=0/);
    await screenshot(page, "model of own images");

    await lens.view("Encoded space");
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const { encoded } = report;
    const place = encoded.place[0]! + 1;
    assert.equal(
      await lens.readout.innerText(),
      `Image ${encoded.positions[0]! + 1} of class 0; image ${place} of toy.csv.`,
    );

    await lens.unfold("exports");
    const table = await lens.table("Encoded space, CSV");
    assert.match(table.lines[0]!, /^class,class_place,file,file_place,dim_1,dim_2,dim_3/);
    assert.match(table.lines[1]!, new RegExp(`^0,\\d+,toy\\.csv,${place},`));
    await lens.button(/^Share$/).click();
    const dialog = lens.element.getByRole("dialog", { name: "Share what is shown" });
    await dialog.getByText(/The model weights\.pt .* is not part of these/).waitFor();
    await dialog.getByText(/Images of your own \(toy\.csv\) stay on this machine/).waitFor();
    const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
    assert.doesNotMatch(link, /dims=3|epochs=0|autorun/);
    await dialog.getByRole("button", { name: "Close" }).click();

    // What was kept of it brings model and images again.
    const kept = await lens.take("Save session");
    await lens.button("Train one here instead").click();
    await bring(lens, "file of a session", [{ name: kept.name, buffer: kept.bytes }]);
    await lens.status
      .getByText(/^Done\s*Reopened as it was kept: explained on all 40 images/)
      .waitFor();
    assert.match(await lens.fold("network").innerText(), /weights\.pt/);
    assert.deepEqual(single(await lens.report()), single(report));
    await lens.button("Run again").click();
    await lens.status.getByText(/weights\.pt explained in/).waitFor();
    const again = await lens.finish();
    assert.deepEqual(single(again.pixel_importance), single(report.pixel_importance));
  });
});

test("a network that was hardly trained is said to have learned nothing, before any ranking", async () => {
  await explore(
    async (lens) => {
      const words = /^The network has learned (no|hardly) more than the mean image \(held-out loss/;
      assert.match(await lens.findings.innerText(), words);
      // Once, and not below it again.
      const caption = await lens.element.locator(".figure-caption").innerText();
      assert.doesNotMatch(caption, /learned/);
      await lens.status
        .getByText(/train longer before reading anything into the ranking/)
        .waitFor();
    },
    QUICK.replace("epochs=3", "epochs=1"),
  );
});

test("a model of other images, or no model at all, is refused and leaves everything as it is", async () => {
  await explore(async (lens, trained) => {
    await lens.unfoldPanel("network");
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

test("a model of unknown layers is refused with the code that writes it as ONNX, copied by the keyboard", async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  await visit({ context }, async (page) => {
    const lens = new Explorer(page);
    await lens.unfoldPanel("network");
    const buffer = await readFile(`${FIXTURES}/refused/memory.keras`);
    await bring(lens, "Files of a model", [{ name: "memory.keras", buffer }]);
    const panel = lens.element.locator("[part=model]");
    await panel
      .locator(".refusal")
      .getByText(/Keras's model\.export writes it\.$/)
      .waitFor();

    const code = panel.getByRole("textbox", { name: "Code that writes the model as ONNX" });
    const lines = await code.inputValue();
    assert.match(lines, /^import keras; model = .*load_model\("memory\.keras", compile=False\)\n/);
    await code.focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await panel.getByText("Code copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), lines);
    for (const [width, colorScheme] of [
      [320, "light"],
      [1280, "dark"],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await complaints(page), [], `${width} ${colorScheme}`);
      const within = ({ scrollWidth, clientWidth }: HTMLElement) => scrollWidth <= clientWidth;
      assert.ok(await code.evaluate(within));
      assert.ok(await page.locator("html").evaluate(within));
      await code.scrollIntoViewIfNeeded();
      await screenshot(page, `model refused ${width} ${colorScheme}`);
    }

    // What is no model is no better as ONNX.
    await bring(lens, "Files of a model", [{ name: "notes.txt", buffer: Buffer.from("no model") }]);
    await panel
      .locator(".refusal")
      .getByText(/^notes\.txt: /)
      .waitFor();
    assert.equal(await code.isVisible(), false);
  });
});

test("a session opens again as it was kept, and reruns to the same numbers", async () => {
  let kept: { name: string; bytes: Buffer } | undefined;
  let before: Report | undefined;
  await explore(
    async (lens, report) => {
      before = report;
      await lens.unfoldPanel("network");
      kept = await lens.take("Save session");
    },
    QUICK.replace("epochs=3", "epochs=2&seed=5&dims=7"),
  );

  await explore(async (lens) => {
    await lens.unfoldPanel("network");
    await bring(lens, "file of a session", [{ name: kept!.name, buffer: kept!.bytes }]);
    await lens.status.getByText("Reopened as it was kept").waitFor();
    await lens.element
      .getByText(/^The session’s images are open: .+ \(\d,\d{3} images\)\.$/)
      .waitFor();
    await lens.settle();
    const reopened = await lens.report();
    assert.deepEqual(single(reopened), single(before!));
    assert.match(new URL(lens.page.url()).search, /dims=7/);
    await lens.button("Run again").click();
    await lens.status.getByText(/Trained in/).waitFor();
    const again = await lens.finish();
    for (const part of ["pixel_importance", "latent_importance", "training"] as const) {
      assert.deepEqual(single(again[part]), single(before![part]), part);
    }
  });

  await explore(async (lens) => {
    await openImages(lens, 28);
    await lens.unfoldPanel("network");
    await bring(lens, "file of a session", [{ name: kept!.name, buffer: kept!.bytes }]);
    await lens.element
      .getByText(
        /^The session is of .*MNIST.* \(\d,\d{3} images\), and the images that are open, toy\.csv, are others\./,
      )
      .waitFor();
    await lens.settle();
    assert.deepEqual(single(await lens.report()), single(before!));
    const others = /MNIST digits, not of the images that are open \(toy\.csv\)/;
    await lens.status.getByText(others).waitFor();
    assert.match(await lens.element.locator(".figure-caption").innerText(), others);
    assert.match(await lens.element.locator("[part=credit]").innerText(), others);
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
      await lens.unfoldPanel("network");
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
