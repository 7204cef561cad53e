/** Other networks and controls, asked of a network that is there already; sessions that others saved. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot } from "./harness";
import type { Report } from "./lens";

const SMALL = "?classes=0,1&dims=4&epochs=6&explain=60&engine=cpu&autorun";

interface Other {
  name: string;
  seeds: { weights: number } | null;
  held_out_loss: number | null;
  matches: { dim: number | null; r: number | null; verdict: string }[];
}

type Compared = Report & {
  networks?: { others: Other[]; chance: number[] };
  controls?: { untrained: (number | null)[]; variance: (number | null)[] };
};

const compared = (lens: Explorer) => lens.report() as Promise<Compared>;

/** The held-out loss of each network that was trained here, by the seed of its weights. */
const bySeed = (others: Other[]): Record<string, number | null> =>
  Object.fromEntries(others.map(({ seeds, held_out_loss }) => [seeds!.weights, held_out_loss]));

/** Waits until a part of the report is there, and so many other networks. */
async function known(lens: Explorer, part: "networks" | "controls", others = 0): Promise<Compared> {
  await lens.page.waitForFunction(
    ([part, others]) => {
      const { report } = document.querySelector("latent-lens") as unknown as { report: Compared };
      return report[part] && (report.networks?.others.length ?? 0) >= others;
    },
    [part, others] as const,
  );
  await lens.finish();
  await lens.settle();
  return compared(lens);
}

test("other networks are trained and compared, and nothing is trained twice", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Trust", "Other networks");
    const before = (await lens.report()).training;
    await lens.choose("Networks in all", "3");
    await lens.element
      .getByText(/Each takes as long as this one did: about \d+ s in all/)
      .waitFor();
    await lens.button("Train 2 others").click();
    const { networks, training } = await known(lens, "networks", 2);
    assert.deepEqual(training, before);
    assert.deepEqual(
      networks!.others.map(({ seeds }) => seeds?.weights),
      [2, 3],
    );
    assert.match(await lens.findings.innerText(), /Of \d active dimensions?, /);
    const losses = bySeed(networks!.others);

    // A row tells what has become of its dimension, and a map its pixels.
    await lens.figure.focus();
    await page.keyboard.press("ArrowDown");
    await lens.settle();
    assert.match(
      await lens.readout.innerText(),
      /^Dimension \d \(by chance up to \|r\| [\d.]+.*\): seed 2: .*; seed 3: /,
    );
    await page.keyboard.press("PageDown");
    await page.keyboard.press("PageDown");
    await lens.settle();
    assert.match(
      await lens.readout.innerText(),
      /^Dimension \d in seed 2 \(.*row \d+, column \d+: /,
    );
    await page.keyboard.press("Enter");
    await lens.settle();
    assert.match(page.url(), /[?&]dimension=\d/);
    await page.keyboard.press("Escape");
    await screenshot(page, "other networks");
    assert.deepEqual(await complaints(page), []);

    // One more: those that are there are kept as they are.
    await lens.choose("Networks in all", "5");
    await lens.button("Train 4 others").click();
    const more = (await known(lens, "networks", 4)).networks!;
    const all = bySeed(more.others);
    assert.deepEqual(Object.keys(all), ["2", "3", "4", "5"]);
    assert.deepEqual({ 2: all[2], 3: all[3] }, losses);
  }, SMALL);
});

test("maps stand beside controls, and it is said what a likeness means", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Trust", "Controls");
    await lens.button("Measure controls").click();
    const { controls } = await known(lens, "controls");
    assert.equal(controls!.variance.length, 4);
    assert.match(
      await lens.findings.innerText(),
      /2 · Var\(pixel\).*more important than the control/,
    );
    await lens.figure.focus();
    await page.keyboard.press("ArrowDown");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Dimension \d: /);
    assert.equal(await lens.button("Measure controls").count(), 0);
    await screenshot(page, "controls");
    assert.deepEqual(await complaints(page), []);
  }, SMALL);
});

test("sessions that others saved are dropped in and compared", async () => {
  let kept: { name: string; bytes: Buffer } | undefined;
  await explore(async (lens) => {
    await lens.unfoldPanel("network");
    kept = await lens.take("Save session");
  }, `${SMALL}&seed=2`);
  await explore(async (lens) => {
    await lens.view("Trust", "Other networks");
    const files = lens.element.getByLabel("Compare with sessions: files that others saved");
    await files.setInputFiles([
      { name: "anna.zip", mimeType: "application/zip", buffer: kept!.bytes },
      { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear Anna") },
    ]);
    const { networks } = await known(lens, "networks", 1);
    const [anna] = networks!.others;
    assert.equal(anna!.name, "anna");
    assert.equal(anna!.seeds ?? null, null);
    assert.ok(anna!.held_out_loss! > 0);
    await lens.element.getByText(/letter\.txt cannot be compared/).waitFor();
    await files.setInputFiles([
      { name: "anna.zip", mimeType: "application/zip", buffer: kept!.bytes },
    ]);
    await lens.element.getByText("anna.zip is compared already.").waitFor();
  }, SMALL);
});
