/** Whole runs of the site as its visitors start them. */
import { readFileSync } from "node:fs";

import { SITE, visit } from "../tests/browser/harness";
import { Lens } from "../tests/browser/lens";
import { alone, say } from "./line";

interface Curve {
  name: string;
  settings: { classes: number[]; dims: number; epochs: number; seed: number };
  held_out_loss: number[];
}

const { runs: curves, versions } = JSON.parse(
  readFileSync("tests/oracle/keras_curve.json", "utf8"),
) as { runs: Curve[]; versions: { keras: string } };

/** The setting of reference that Keras was recorded for. */
function recorded(name: string): Curve {
  const curve = curves.find((each) => each.name === name && each.settings.seed === 1);
  if (!curve) throw new Error(`no curve named ${name} was recorded`);
  return curve;
}

/**
 * Trains and explains with the settings of a recorded curve: every stage's time, and the loss it
 * ends at beside Keras' from the same split, weights and batch order.
 */
export async function whole(name: string, engine: string, recording: string): Promise<void> {
  const curve = recorded(recording);
  const { classes, dims, epochs, seed } = curve.settings;
  const query = `?engine=${engine}&classes=${classes.join()}&dims=${dims}&epochs=${epochs}&seed=${seed}`;
  await visit({ query, webgpu: "software" }, async (page) => {
    const lens = new Lens(page);
    await lens.element.evaluate((element) => {
      const stages: Record<string, number> = {};
      Object.assign(window, { stages });
      element.addEventListener("lens-progress", (event) => {
        const { stage, elapsed_ms } = (event as CustomEvent<{ stage: string; elapsed_ms: number }>)
          .detail;
        stages[stage] = elapsed_ms;
      });
    });
    await lens.button("Train and explain").click();
    const { training } = await lens.finish(3600);
    const stages = await page.evaluate(
      () => (window as unknown as { stages: Record<string, number> }).stages,
    );
    const ms = Object.values(stages).reduce((sum, each) => sum + each, 0);
    const loss = training.held_out_loss.at(-1)!;
    const keras = curve.held_out_loss.at(-1)!;
    say({
      name,
      ours_ms: ms,
      peer: `Keras ${versions.keras}`,
      peer_ms: null,
      ratio: null,
      repeats: 1,
      engine,
      ...Object.fromEntries(
        Object.entries(stages).map(([stage, each]) => [`${stage.replace("-", "_")}_ms`, each]),
      ),
      held_out_loss: loss,
      peer_held_out_loss: keras,
      loss_ratio: loss / keras,
    });
  });
}

/**
 * From the opening of the page to the finished default figure on the screen. The page was open
 * before, so that the browser has what it keeps; the server lets it keep no more.
 */
export async function firstFigure(name: string, repeats: number): Promise<void> {
  await visit({ query: "?autorun" }, async (page) => {
    await new Lens(page).finish();
    const times: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      await page.goto("about:blank");
      await page.goto(`${SITE}?autorun`);
      await new Lens(page).reach(["done"]);
      times.push(
        await page.evaluate(async () => {
          // Until the frame that shows the last numbers.
          await new Promise(requestAnimationFrame);
          await new Promise(requestAnimationFrame);
          return performance.now();
        }),
      );
    }
    say(alone(name, times, { ms: 4000 }));
  });
}
