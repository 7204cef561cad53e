/** The loss as a timeline: everything is shown as it was after an epoch. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Explorer } from "./explorer";
import { until, visit } from "./harness";

const QUERY = "?classes=0,1&dims=6&epochs=12&method=sampled&permutations=2&engine=cpu&autorun";

class Timeline extends Explorer {
  readonly handle = this.element.locator("[part=timeline] input");
  readonly player = this.element.locator("[part=player]");
  readonly caption = this.element.locator("[part=caption]");
  readonly samples = this.element.locator("[part=samples] legend");

  /** Until every epoch is measured. */
  async whole(): Promise<void> {
    await this.finish();
    await this.handle.waitFor();
    const said = async () => (await this.player.locator("[role=status]").innerText()).trim();
    let last = "";
    await until(
      async () => !/measured|kept/.test((last = await said())),
      () => last,
    );
    await this.settle();
  }

  async press(name: string): Promise<void> {
    await this.player.getByRole("button", { name }).click();
    await this.settle();
  }

  /** Until everything is shown as it was after an epoch. */
  async stands(epoch: number): Promise<void> {
    let at = "";
    await until(
      async () => (at = await this.handle.inputValue()) === `${epoch}`,
      () => `the handle stands at ${at}, not at ${epoch}`,
    );
    await this.settle();
  }

  /** Where a pointer has to be for an epoch. */
  async place(epoch: number): Promise<{ x: number; y: number }> {
    const box = (await this.element.locator("[part=timeline]").boundingBox())!;
    return { x: box.x + (epoch / 12) * box.width, y: box.y + 0.3 * box.height };
  }

  /** The epoch in the address. */
  get asked(): string | null {
    return new URL(this.page.url()).searchParams.get("epoch");
  }
}

test("the handle is pulled through a run, and everything follows", async () => {
  await visit({ query: QUERY }, async (page) => {
    const lens = new Timeline(page);
    await lens.whole();
    const end = await lens.drawn();
    assert.doesNotMatch(await lens.caption.innerText(), /epoch/);
    assert.equal(await lens.handle.inputValue(), "12");

    const seen = new Set<string>();
    const from = await lens.place(12);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    for (const epoch of [9, 5, 0]) {
      const to = await lens.place(epoch);
      await page.mouse.move(to.x, to.y, { steps: 4 });
      await lens.stands(epoch);
      seen.add(await lens.drawn());
      assert.equal(lens.asked, null, "the address waits for the hand");
    }
    await page.mouse.up();
    await lens.settle();
    assert.equal(seen.size, 3);
    assert.ok(!seen.has(end));
    await until(
      () => lens.asked === "0",
      () => `epoch=${lens.asked}`,
    );
    assert.match(await lens.caption.innerText(), /^This is the network before training/);
    assert.match(await lens.samples.innerText(), /reconstructions before training/);

    // By keyboard, from an epoch to the next.
    await lens.handle.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    await until(
      () => lens.asked === "2",
      () => `epoch=${lens.asked}`,
    );
    assert.match(await lens.caption.innerText(), /^This is the network after epoch 2 of 12\./);
    assert.match(await lens.samples.innerText(), /reconstructions after epoch 2$/);
    assert.match((await lens.handle.getAttribute("aria-valuetext"))!, /^After epoch 2 of 12, loss/);
    await page.keyboard.press("End");
    await lens.settle();
    await until(
      () => lens.asked === null,
      () => `epoch=${lens.asked}`,
    );
    assert.equal(await lens.drawn(), end, "the end is as it was");

    // A click in the chart, and the reading that goes with it.
    const at = await lens.place(7);
    await page.mouse.click(at.x, at.y);
    await lens.settle();
    await until(
      () => lens.asked === "7",
      () => `epoch=${lens.asked}`,
    );
    const readout = lens.element.locator("[part=loss] [part=readout]");
    assert.match(await readout.innerText(), /^Epoch 7: loss /);
  });
});

test("a link shows the epoch again, in every view that knows it", async () => {
  await visit({ query: `${QUERY}&epoch=4` }, async (page) => {
    const lens = new Timeline(page);
    await lens.whole();
    await until(
      () => lens.asked === "4",
      () => `epoch=${lens.asked}`,
    );
    const views = [
      ["Importance", "Bars and maps"],
      ["Importance", "Maps without direction"],
      ["Classes", "Importance"],
      ["Classes", "Similarity"],
      ["Encoded space"],
      ["Images", "Reconstructions"],
    ] as const;
    for (const [tab, view] of views as readonly (readonly [string, string?])[]) {
      await lens.view(tab, view);
      await until(
        async () =>
          (await lens.caption.innerText()).startsWith("This is the network after epoch 4"),
        () => `${tab}, ${view}`,
      );
    }
    await lens.view("Importance", "Bars and maps");
    await lens.unfold("exports");
    const { name, lines } = await lens.table("Latent importance, CSV");
    assert.match(name, /-epoch-4\.csv$/);
    const report = await lens.report();
    const means = report.latent_importance.mean.data.map((mean) => `${mean}`);
    assert.ok(
      !lines.some((line) => line.split(",").some((cell) => means.includes(cell) && cell !== "0")),
    );

    // Where no such epoch is, that is said.
    await lens.element.evaluate((element) => element.setAttribute("epoch", "99"));
    await lens.settle();
    const refused = lens.element.getByText("There is no epoch 99; there are 12.");
    await refused.waitFor();
  });
});

test("epochs are played to their end, and stepped where nothing is to move", async () => {
  await visit({ query: `${QUERY}&epoch=3` }, async (page) => {
    const lens = new Timeline(page);
    await lens.whole();
    await lens.element.evaluate((element) => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      const input = element.shadowRoot!.querySelector<HTMLInputElement>("[part=timeline] input")!;
      const follow = () => void (heard.at(-1) !== input.value && heard.push(input.value));
      new MutationObserver(follow).observe(input, { attributeFilter: ["aria-valuetext"] });
      follow();
    });
    await lens.player.getByRole("combobox").selectOption("fast");
    await lens.player.getByRole("button", { name: "Play" }).click();
    await lens.stands(12);
    await lens.player.getByRole("button", { name: "Play" }).waitFor();
    await lens.settle();
    await until(
      () => lens.asked === null,
      () => `epoch=${lens.asked}`,
    );
    const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    const epochs = heard.map(Number);
    assert.deepEqual(
      epochs,
      [...epochs].sort((one, other) => one - other),
    );
    assert.equal(epochs[0], 3);

    await lens.press("One epoch back");
    await until(
      () => lens.asked === "11",
      () => `epoch=${lens.asked}`,
    );
    await lens.press("One epoch on");
    await until(
      () => lens.asked === null,
      () => `epoch=${lens.asked}`,
    );
    assert.equal(
      await lens.player.getByRole("button", { name: "One epoch on" }).isDisabled(),
      true,
    );
  });
  await visit({ query: QUERY, context: { reducedMotion: "reduce" } }, async (page) => {
    const lens = new Timeline(page);
    await lens.whole();
    assert.equal(await lens.player.getByRole("button", { name: "Play" }).count(), 0);
    await lens.press("One epoch back");
    await until(
      () => lens.asked === "11",
      () => `epoch=${lens.asked}`,
    );
  });
});
