/** The two engines: the same numbers, and a choice that is explained. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { screenshot, visit } from "./harness";
import { distance, Lens, type Report } from "./lens";

/** Small, since the software adapter is slow, but through every stage, with hidden layers too. */
const SMALL = "&classes=0,1&dims=6&epochs=1&method=sampled&permutations=2&autorun";

for (const [name, hidden] of [
  ["one layer", ""],
  ["hidden layers", "16"],
] as const) {
  test(`both engines give the same numbers: ${name}`, async () => {
    const reports: Report[] = [];
    for (const engine of ["cpu", "webgpu"]) {
      const query = `?engine=${engine}&hidden-layers=${hidden}${SMALL}`;
      await visit({ webgpu: "software", query }, async (page) => {
        const lens = new Lens(page);
        const report = await lens.finish(300);
        assert.equal(report.engine, engine);
        reports.push(report);
        if (engine === "webgpu") {
          assert.match(await lens.element.locator("[part=engine]").innerText(), /^WebGPU engine/);
          await screenshot(page, `webgpu ${name}`);
        }
      });
    }
    const [cpu, gpu] = reports as [Report, Report];
    for (const [what, off, allowed] of [
      ["V", distance(cpu.pixel_importance.mean, gpu.pixel_importance.mean), 1e-4],
      ["IE", distance(cpu.latent_importance.mean, gpu.latent_importance.mean), 1e-4],
      ["slope", distance(cpu.direction.slope, gpu.direction.slope), 1e-4],
    ] as const) {
      assert.ok(off < allowed, `${what} differs by ${off} of its largest value`);
    }
    const [ours, theirs] = [cpu.training.held_out_loss[0]!, gpu.training.held_out_loss[0]!];
    assert.ok(Math.abs(ours / theirs - 1) < 1e-4, `held-out loss ${ours} and ${theirs}`);
  });
}

for (const [name, query, epochs] of [
  ["two digits", "classes=0,1&dims=12", 3],
  ["ten digits", "classes=0,1,2,3,4,5,6,7,8,9&dims=32", 1],
] as const) {
  test(`the WebGPU engine learns as Keras does: ${name}`, async () => {
    const { runs } = JSON.parse(readFileSync("tests/oracle/keras_curve.json", "utf8")) as {
      runs: { name: string; settings: { seed: number }; held_out_loss: number[] }[];
    };
    const keras = runs.find((run) => run.name === name && run.settings.seed === 1)!;
    const address = `?engine=webgpu&${query}&epochs=${epochs}&permutations=1&autorun`;
    await visit({ webgpu: "software", query: address }, async (page) => {
      const lens = new Lens(page);
      await lens.reach(["analysing", "done"], 300);
      const { held_out_loss } = (await lens.report()).training;
      assert.equal(held_out_loss.length, epochs);
      for (const [epoch, loss] of held_out_loss.entries()) {
        const off = Math.abs(loss / keras.held_out_loss[epoch]! - 1);
        assert.ok(off < 0.01, `epoch ${epoch + 1}: ${loss}, off by ${off}`);
      }
    });
  });
}

test("without WebGPU the CPU engine runs, and the page says why", async () => {
  await visit({ query: "?classes=0,1&epochs=2&permutations=1&autorun" }, async (page) => {
    const lens = new Lens(page);
    const report = await lens.finish();
    assert.equal(report.engine, "cpu");
    const line = await lens.element.locator("[part=engine]").innerText();
    assert.match(line, /^CPU engine: this browser (has no WebGPU|offers no WebGPU adapter)/);
  });
});

test("an adapter that is software is not worth its download, and the page says so", async () => {
  const requested: string[] = [];
  await visit(
    {
      webgpu: "software",
      query: "?classes=0,1&epochs=2&permutations=1&autorun",
      before: async (page) => page.on("request", (request) => requested.push(request.url())),
    },
    async (page) => {
      const lens = new Lens(page);
      assert.equal((await lens.finish()).engine, "cpu");
      const line = await lens.element.locator("[part=engine]").innerText();
      assert.match(line, /^CPU engine: .*software.*swiftshader/i);
    },
  );
  assert.ok(!requested.some((url) => url.includes("engine-webgpu")));
});

/** The software adapter under the name of a card: to the page it is real, to the clock it is not. */
function disguise(): void {
  const gpu = (navigator as unknown as { gpu: { requestAdapter(): Promise<unknown> } }).gpu;
  gpu.requestAdapter = () =>
    Promise.resolve({ info: { vendor: "acme", architecture: "anvil", isFallbackAdapter: false } });
}

test("where a person chose the CPU, no adapter is worth the WebGPU engine's download", async () => {
  const requested: string[] = [];
  await visit(
    {
      webgpu: "software",
      query: "?engine=cpu&classes=0,1&epochs=2&permutations=1&autorun",
      before: async (page) => {
        await page.addInitScript(disguise);
        page.context().on("request", (request) => requested.push(request.url()));
      },
    },
    async (page) => assert.equal((await new Lens(page).finish()).engine, "cpu"),
  );
  assert.ok(requested.some((url) => url.includes("engine-cpu")));
  assert.ok(!requested.some((url) => url.includes("engine-webgpu")));
});

test("a real adapter is timed beside the first run and used only if it is faster", async () => {
  let go!: () => void;
  const first = new Promise<void>((resolve) => (go = resolve));
  await visit(
    {
      webgpu: "software",
      query: "?classes=0,1&epochs=4&permutations=1&autorun",
      before: async (page) => {
        await page.addInitScript(disguise);
        // The other engine comes when the first run is over, however long that takes.
        await page.route("**/engine-webgpu_bg.wasm", (route) => first.then(() => route.continue()));
      },
    },
    async (page) => {
      const lens = new Lens(page);
      const line = lens.element.locator("[part=engine]");
      assert.equal((await lens.finish()).engine, "cpu", "the first run does not wait");
      await line.getByText(/WebGPU \(acme anvil\) is being timed/).waitFor();
      go();
      await line
        .getByText(/^CPU engine: measured [\d.]+ ?× as fast as WebGPU \(acme anvil\)\.$/)
        .waitFor({ timeout: 120_000 });
      await lens.button("Run again").click();
      assert.equal((await lens.finish()).engine, "cpu");
    },
  );
});
