/** Pause, resume and cancel, in the middle of things. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { visit } from "./harness";
import { Lens } from "./lens";

/** Long enough to be interrupted many times; one class keeps an epoch short. */
const LONG = "?engine=cpu&classes=0,1&epochs=60&method=sampled&permutations=1000";

/** Clicks the button and gives the milliseconds until the element's phase was as `expected`. */
async function answer(lens: Lens, button: string, expected: string[]): Promise<number> {
  await lens.button(button).waitFor();
  return lens.element.evaluate(
    (element, { button, expected }) =>
      new Promise<number>((resolve) => {
        const there = () => expected.includes(element.getAttribute("phase")!);
        const start = performance.now();
        new MutationObserver(() => {
          if (there()) resolve(performance.now() - start);
        }).observe(element, { attributeFilter: ["phase"] });
        const buttons = [
          ...element.shadowRoot!.querySelectorAll<HTMLElement>("[part=transport] button"),
        ];
        buttons.find(({ textContent }) => textContent === button)!.click();
        if (there()) resolve(performance.now() - start);
      }),
    { button, expected },
  );
}

/** How far the run is: epochs, then permutations. */
async function position(lens: Lens): Promise<string> {
  const { training, pixel_importance } = await lens.report();
  return `${training?.held_out_loss.length} epochs, ${pixel_importance?.fraction} of stage 1`;
}

/** Pauses, sees that nothing moves, resumes, and sees that it goes on. */
async function pauseAndResume(lens: Lens, running: string): Promise<void> {
  const paused = await answer(lens, "Pause", ["paused"]);
  assert.ok(paused < 100, `paused after ${paused} ms`);
  // What was under way when the click came may still arrive.
  await lens.page.waitForTimeout(100);
  const before = await position(lens);
  await lens.page.waitForTimeout(300);
  assert.equal(await position(lens), before, "nothing is computed during a pause");
  const resumed = await answer(lens, "Resume", [running]);
  assert.ok(resumed < 100, `resumed after ${resumed} ms`);
  for (const deadline = Date.now() + 5000; (await position(lens)) === before;) {
    assert.ok(Date.now() < deadline, "the run goes on after a pause");
    await lens.page.waitForTimeout(20);
  }
}

test("pausing again and again changes nothing in the result", async () => {
  const query = "?engine=cpu&classes=0,1&epochs=12&method=sampled&permutations=200";
  const results: string[] = [];
  for (const interrupted of [false, true]) {
    await visit({ query }, async (page) => {
      const lens = new Lens(page);
      await lens.button("Train and explain").click();
      if (interrupted) {
        await lens.reach(["training"]);
        await pauseAndResume(lens, "training");
        await lens.reach(["analysing"]);
        await pauseAndResume(lens, "analysing");
      }
      const { training, pixel_importance, latent_importance } = await lens.finish();
      results.push(JSON.stringify([training, pixel_importance, latent_importance]));
    });
  }
  assert.equal(results[0], results[1]);
});

test("cancelling in training and in stage 1 is answered at once and keeps what is there", async () => {
  await visit({ query: LONG }, async (page) => {
    const lens = new Lens(page);

    await lens.button("Train and explain").click();
    await lens.status.getByText(/held-out loss/).waitFor();
    const inTraining = await answer(lens, "Cancel", ["idle"]);
    assert.ok(inTraining < 100, `cancelled after ${inTraining} ms`);
    await lens.status.getByText(/Cancelled.*stays on screen/s).waitFor();
    assert.ok((await lens.report()).training.held_out_loss.length > 0);

    await lens.button("Run again").click();
    await lens.reach(["analysing"]);
    await page.waitForTimeout(200);
    const inStage1 = await answer(lens, "Cancel", ["idle"]);
    assert.ok(inStage1 < 100, `cancelled after ${inStage1} ms`);
    const { pixel_importance, latent_importance } = await lens.report();
    assert.ok(pixel_importance.fraction > 0 && pixel_importance.fraction < 1);
    assert.equal(latent_importance, undefined);
  });
});

test("cancelling a paused run, then running again, starts afresh", async () => {
  await visit({ query: LONG }, async (page) => {
    const lens = new Lens(page);
    await lens.button("Train and explain").click();
    await lens.status.getByText(/held-out loss/).waitFor();
    await lens.button("Pause").click();
    await lens.reach(["paused"]);
    await lens.button("Cancel").click();
    await lens.reach(["idle"]);
    await lens.button("Run again").click();
    await lens.status.getByText(/^Training\s*Epoch [1-9] of 60/).waitFor();
  });
});
