/** Pause, resume and cancel, in the middle of things. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { Held, type Update } from "./engine-workers";
import { type Options, visit } from "./harness";
import { Lens } from "./lens";

/** Long enough to be interrupted; one worker does everything, and waits for the test in its midst. */
const LONG = "?engine=cpu&classes=0,1&epochs=60&method=sampled&permutations=1000&workers=1";
const PLACES = {
  training: ({ stage, done }: Update) => stage === "training" && done > 2,
  "stage-1": ({ stage, done }: Update) => stage === "pixel-importance" && done > 0,
};

/** Opens the page with workers that wait in training and in stage 1, and with an ear at them. */
async function interrupted(
  query: string,
  use: (lens: Lens, held: Held, page: Page) => Promise<void>,
): Promise<void> {
  let held!: Held;
  const before: Options["before"] = async (page) => {
    held = await Held.at(page, PLACES);
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(window, { said });
      window.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          this.addEventListener("message", ({ data }) => said.push(data.message?.type));
        }
      };
    });
  };
  await visit({ query, before }, (page) => use(new Lens(page), held, page));
}

/** Presses the button, which is answered within the very click, whatever the worker is busy with. */
async function press(lens: Lens, button: string, expected: string): Promise<void> {
  await lens.button(button).waitFor();
  const phase = await lens.element.evaluate((element, button) => {
    const buttons = element.shadowRoot!.querySelectorAll<HTMLElement>("[part=transport] button");
    [...buttons].find(({ textContent }) => textContent === button)!.click();
    return element.getAttribute("phase");
  }, button);
  assert.equal(phase, expected, button);
}

/** Until the worker has said so. */
async function says(lens: Lens, word: string): Promise<void> {
  await lens.page.waitForFunction(
    (word) => (window as unknown as { said: string[] }).said.at(-1) === word,
    word,
  );
}

/** How far the run is: epochs, then permutations. */
async function position(lens: Lens): Promise<string> {
  const { training, pixel_importance } = await lens.report();
  return `${training?.held_out_loss.length} epochs, ${pixel_importance?.fraction} of stage 1`;
}

/** Pauses at a place, sees that nothing moves, resumes, and sees that it goes on. */
async function pauseAndResume(
  lens: Lens,
  held: Held,
  place: keyof typeof PLACES,
  running: string,
): Promise<void> {
  await held.reached(place);
  await lens.reach([running]);
  await press(lens, "Pause", "paused");
  held.release(place);
  // What was under way when the click came arrives before that.
  await says(lens, "paused");
  const before = await position(lens);
  await lens.page.waitForTimeout(300);
  assert.equal(await position(lens), before, "nothing is computed during a pause");
  await press(lens, "Resume", running);
  await lens.page.waitForFunction(
    () => !["paused", "resumed"].includes((window as unknown as { said: string[] }).said.at(-1)!),
  );
}

test("pausing again and again changes nothing in the result", async () => {
  const query = "?engine=cpu&classes=0,1&epochs=8&method=sampled&permutations=100&workers=1";
  const results: string[] = [];
  const found = async (lens: Lens) => {
    const { training, pixel_importance, latent_importance } = await lens.finish();
    results.push(JSON.stringify([training, pixel_importance, latent_importance]));
  };
  await visit({ query: `${query}&autorun` }, (page) => found(new Lens(page)));
  await interrupted(query, async (lens, held) => {
    await lens.button("Train and explain").click();
    await pauseAndResume(lens, held, "training", "training");
    await pauseAndResume(lens, held, "stage-1", "analysing");
    await found(lens);
  });
  assert.equal(results[0], results[1]);
});

test("cancelling in training and in stage 1 is answered at once and keeps what is there", async () => {
  await interrupted(LONG, async (lens, held) => {
    await lens.button("Train and explain").click();
    await held.reached("training");
    await lens.reach(["training"]);
    await press(lens, "Cancel", "idle");
    held.release("training");
    await lens.status.getByText(/Cancelled.*stays on screen/s).waitFor();
    assert.ok((await lens.report()).training.held_out_loss.length > 0);

    await lens.button("Run again").click();
    await held.reached("stage-1");
    await lens.reach(["analysing"]);
    await press(lens, "Cancel", "idle");
    held.release("stage-1");
    const { pixel_importance, latent_importance } = await lens.report();
    assert.ok(pixel_importance.fraction > 0 && pixel_importance.fraction < 1);
    assert.equal(latent_importance, undefined);
  });
});

test("cancelling a paused run, then running again, starts afresh", async () => {
  await interrupted(LONG, async (lens, held) => {
    await lens.button("Train and explain").click();
    await held.reached("training");
    await lens.reach(["training"]);
    await press(lens, "Pause", "paused");
    await press(lens, "Cancel", "idle");
    held.release("training", true);
    await lens.button("Run again").click();
    await held.reached("training");
    await lens.status.getByText(/^Training\s*Epoch [3-9] of 60/).waitFor();
  });
});
