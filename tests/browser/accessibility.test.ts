/** What axe-core finds wrong for people who use the page by keyboard, screen reader or eye: nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator } from "playwright-core";

import { complaints } from "./axe";
import { EVERY, explore, QUICK } from "./explorer";
import { csv, set } from "./files";
import { screenshot, visit } from "./harness";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe-core finds nothing on the first visit in ${colorScheme} mode`, async () => {
    await visit({ context: { colorScheme } }, async (page) => {
      await page.locator("latent-lens[phase=idle]").waitFor();
      for (const name of ["images", "network"] as const) {
        await page.locator(`latent-lens [part=${name}-button]`).click();
        for (const more of await page.locator("latent-lens .more > summary:visible").all()) {
          await more.click();
        }
        assert.deepEqual(await complaints(page), [], name);
      }
    });
  });

  test(`axe-core finds nothing where images are chosen in ${colorScheme} mode`, async () => {
    await visit({ context: { colorScheme } }, async (page) => {
      await page.locator("latent-lens[phase=idle]").waitFor();
      const data = page.locator("latent-lens [part=data]");
      await page.locator("latent-lens [part=images-button]").click();
      await data.getByText("Record spoken digits").click();
      const buffer = Buffer.from(csv(set(3, 4, 8, 8)));
      const file = { name: "toy.csv", mimeType: "text/csv", buffer };
      await data.locator("input[type=file]").first().setInputFiles(file);
      await data.locator("[part=preview] dt").first().waitFor();
      await data.locator(".preset").first().waitFor();
      assert.deepEqual(await complaints(page), []);
      await screenshot(page, `data ${colorScheme}`);
    });
  });

  test(`axe-core finds nothing in any view in ${colorScheme} mode`, async () => {
    await explore(
      async (lens, _, page) => {
        for (const part of ["look", "numbers", "exports"] as const) await lens.unfold(part);
        for (const view of EVERY) {
          await lens.view(...view);
          assert.deepEqual(await complaints(page), [], view.join());
        }
        await lens.view("Encoded space");
        await lens.figure.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await lens.element.locator("[part=image]").waitFor();
        await lens.view("Importance");
        await lens.figure.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await lens.element.getByRole("dialog").waitFor();
        await lens.settle();
        assert.deepEqual(await complaints(page), [], "dimension");
        await screenshot(page, `dimension ${colorScheme}`);
      },
      QUICK,
      { colorScheme },
    );
  });
}

test("with reduced motion nothing moves by itself", async () => {
  await explore(
    async (lens) => {
      await lens.view("Encoded space");
      await lens.unfold("look");
      await lens.choose("Axes", "UMAP");
      const words = lens.element.locator("[part=projection]");
      const frames = new Set<string>();
      while (!(await words.getByText(/has settled/).isVisible())) {
        frames.add(await lens.drawn());
        await lens.page.waitForTimeout(100);
      }
      assert.ok(frames.size <= 2, `${frames.size} different frames`);
    },
    QUICK,
    { reducedMotion: "reduce" },
  );
});

test("screen readers are told what the arrow keys reach in every view, and that there is a chart", async () => {
  await explore(async (lens, _, page) => {
    const tree = await page.context().newCDPSession(page);
    await tree.send("Accessibility.enable");
    for (const view of EVERY) {
      await lens.view(...view);
      await lens.figure.focus();
      const told = new Set<string>();
      for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) {
        await page.keyboard.press(key);
        await lens.settle();
        const { nodes } = await tree.send("Accessibility.getFullAXTree");
        const chart = [...nodes]
          .reverse()
          .find(
            ({ properties }) => properties?.find(({ name }) => name === "focused")?.value.value,
          )!;
        const about = (wanted: string) =>
          chart.properties!.find(({ name }) => name === wanted)?.value;
        assert.equal(chart.role?.value, "listbox");
        assert.equal(about("roledescription")?.value, "chart");
        assert.equal(chart.name?.value, await lens.figure.getAttribute("aria-label"));
        const [reached] = about("activedescendant")!.relatedNodes!;
        const option = nodes.find((node) => node.backendDOMNodeId === reached!.backendDOMNodeId)!;
        assert.equal(option.role?.value, "option");
        assert.equal(option.name?.value, await lens.readout.innerText());
        told.add(`${option.backendDOMNodeId} ${option.name?.value}`);
      }
      assert.equal(told.size, 3, `${view.join()}: each step is an entry of its own`);
    }
  });
});

test("two fingers zoom the page over a chart, and a finger reads before it opens", async () => {
  await explore(
    async (lens, _, page) => {
      const touch = await lens.figure.evaluate((chart) => getComputedStyle(chart).touchAction);
      assert.match(touch, /manipulation|pinch-zoom|auto/);
      const { x, y, width, height } = await lens.map(0);
      await page.keyboard.press("Escape");
      await lens.figure.scrollIntoViewIfNeeded();
      const box = (await lens.figure.boundingBox())!;
      const at = [box.x + x + width / 2, box.y + y + height / 2] as const;
      await page.touchscreen.tap(...at);
      await lens.settle();
      assert.match(await lens.readout.innerText(), /^Dimension \d+, row 15, column 15/);
      assert.equal(await lens.readout.getAttribute("aria-live"), "polite");
      assert.equal(await lens.element.getByRole("dialog").isVisible(), false);
      await page.touchscreen.tap(...at);
      await lens.element.getByRole("dialog").waitFor();
    },
    QUICK,
    { hasTouch: true, viewport: { width: 390, height: 844 } },
  );
});

test("the loss and a dimension's maps can be gone through as well", async () => {
  await explore(async (lens, report, page) => {
    const entry = (chart: Locator) =>
      chart.evaluate((canvas) => {
        const id = canvas.getAttribute("aria-activedescendant")!;
        return canvas.querySelector(`#${id}`)!.textContent;
      });
    const { training_loss, held_out_loss } = report.training;
    await lens.loss.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const last = training_loss.length - 1;
    const said = (epoch: number) =>
      `Epoch ${epoch + 1}: loss ${training_loss[epoch]!.toFixed(4)} on the images trained on, ${held_out_loss[epoch]!.toFixed(4)} on those held out.`;
    assert.equal(await entry(lens.loss), said(last));
    await page.keyboard.press("Home");
    await lens.settle();
    assert.equal(await entry(lens.loss), said(0));

    await lens.button("Enlarge the loss").click();
    const large = lens.element.locator("[part=loss-large]");
    await lens.settle();
    await large.locator("canvas").focus();
    await page.keyboard.press("ArrowLeft");
    await lens.settle();
    assert.equal(await large.locator("[part=readout]").innerText(), said(0));
    // First what is read is left, then the dialog.
    await page.keyboard.press("Escape");
    await lens.settle();
    assert.match(await large.locator("[part=readout]").innerText(), /^Point at an epoch/);
    assert.equal(await large.isVisible(), true);
    await page.keyboard.press("Escape");
    await large.waitFor({ state: "hidden" });

    await lens.element.evaluate((element) => element.setAttribute("dimension", "3"));
    await lens.settle();
    const maps = lens.element.locator("[part=dimension] canvas.chart");
    await maps.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const words = await entry(maps);
    assert.match(words!, /^Dimension 3, row 15, column 16: importance /);
    assert.equal(await lens.element.locator("[part=dimension] [part=readout]").innerText(), words);
    const marks = lens.element.locator("[part=dimension] .marks .line");
    assert.equal((await marks.getAttribute("d"))!.match(/M/g)!.length, 4, "in both maps");
  });
});

test("what is pointed at is marked in the system's colours where these are forced", async () => {
  await explore(
    async (lens, _, page) => {
      await lens.figure.focus();
      await page.keyboard.press("ArrowRight");
      await lens.settle();
      const strokes = await lens.element.locator("[part=figure] .marks path").evaluateAll((paths) =>
        paths.map((path) => {
          const box = (path as SVGPathElement).getBBox();
          return { stroke: getComputedStyle(path).stroke, wide: box.width > 0 };
        }),
      );
      const system = (name: string) =>
        page.evaluate((colour) => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = colour;
          return getComputedStyle(probe).color;
        }, name);
      assert.deepEqual(strokes, [
        { stroke: await system("Canvas"), wide: true },
        { stroke: await system("Highlight"), wide: true },
      ]);
    },
    QUICK,
    { forcedColors: "active" },
  );
});
