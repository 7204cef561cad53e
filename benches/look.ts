/** How quickly the explorer answers, with 32 maps of 28 x 28 on the screen. */
import type { Locator, Page } from "playwright-core";

import { Explorer, explore } from "../tests/browser/explorer";
import { taskTimes } from "../tests/browser/tasks";
import { alone, median, say } from "./line";

const QUERY = "?classes=0,1&dims=32&epochs=3&permutations=2&engine=cpu&autorun";
const CONTEXT = { viewport: { width: 1280, height: 1600 } };
const REDRAW_MS = 16;
const REPEATS = 5;

/** Something a visitor does to the figure, and what undoes it. */
type Use = () => Promise<void>;

/**
 * Processor time of the main thread's longest task after each change of a control: in it the
 * figure is drawn again. By mouse and keyboard, as a visitor does it: what looks for the control
 * in the page would be a task itself.
 */
export async function redraw(name: string): Promise<void> {
  await explore(
    async (lens, _, page) => {
      await lens.unfold("look");
      for (const [control, uses] of await controls(lens, page)) {
        const times: number[] = [];
        for (let repeat = 0; repeat < REPEATS * uses.length; repeat += 1) {
          const tasks = await taskTimes(page, async () => {
            await uses[repeat % uses.length]!();
            await page.waitForTimeout(250);
          });
          times.push(Math.max(...tasks));
        }
        say(alone(name, times, { ms: REDRAW_MS }, { control }));
      }
    },
    QUERY,
    CONTEXT,
  );
}

/** The figure's controls, each with changes that lead from one to the next and back. */
async function controls(lens: Explorer, page: Page): Promise<[string, Use[]][]> {
  const { element } = lens;
  const clicks = (group: string, options: string[]) =>
    Promise.all(
      options.map(async (option) =>
        click(
          page,
          element
            .getByRole("group", { name: group, exact: true })
            .getByRole("radio", { name: option, exact: true }),
        ),
      ),
    );
  const types = async (name: string, texts: string[]): Promise<Use[]> => {
    const field = await click(page, element.getByRole("textbox", { name, exact: true }));
    return texts.map((text) => async () => {
      await field();
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    });
  };
  const digit = (label: string) =>
    click(page, element.getByRole("radio", { name: label, exact: true }));
  const view = (label: string) =>
    click(page, element.locator("[part=views]").getByRole("radio", { name: label, exact: true }));

  return [
    ["class", [await digit("1"), await digit("0")]],
    ["sort", await clicks("Order", ["By number", "Important first"])],
    ["top", await types("How many dimensions", ["31", "32"])],
    ["rotate", await clicks("Rotation", ["90°", "0°"])],
    ["flip-horizontal", await clicks("Left and right", ["Swapped", "As they are"])],
    ["flip-vertical", await clicks("Top and bottom", ["Swapped", "As they are"])],
    ["palette", await clicks("Colours", ["Colour-blind safe", "Blue to red"])],
    ["scale", await clicks("Colour scale", ["Each map its own", "Shared"])],
    ["threshold", await types("Direction threshold", ["0.1", "0"])],
    ["metric", await clicks("Measure", ["RMSE", "MSE"])],
    ["view", [await view("Pixels"), await view("Importance")]],
  ];
}

/** A click on the middle of a control, wherever it then stands on the screen. */
async function click(page: Page, control: Locator): Promise<Use> {
  // What is seen of a radio button is its label.
  const handle = (await control.elementHandle())!;
  const label = await handle.evaluateHandle(
    (input) => (input as HTMLElement).closest("label") ?? (input as HTMLElement),
  );
  return async () => {
    const { x, y, width, height } = (await label.boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
  };
}

/** Frames a second while the pointer moves over the maps, and the longest task meanwhile. */
export async function hover(name: string): Promise<void> {
  await explore(
    async (lens, _, page) => {
      const first = await lens.map(0);
      const last = await lens.map(31);
      await page.keyboard.press("Escape");
      const box = (await lens.figure.boundingBox())!;
      await page.evaluate(() => {
        const frames: number[] = [];
        Object.assign(window, { frames });
        const frame = (at: number) => {
          frames.push(at);
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      });
      const tasks = await taskTimes(page, async () => {
        for (let step = 0; step < 400; step += 1) {
          const along = step / 400;
          // Across the maps from the first to the last, several times.
          const across = (12 * along) % 1;
          await page.mouse.move(
            box.x + first.x + across * (last.x + last.width - first.x),
            box.y + first.y + along * (last.y + last.height - first.y),
          );
        }
      });
      const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
      const gaps = frames.slice(1).map((at, index) => at - frames[index]!);
      const slowest = fewest(frames);
      say({
        ...alone(name, gaps, {}),
        frames_a_second: 1000 / median(gaps),
        fewest_frames_a_second: slowest,
        target_frames_a_second: 30,
        met: slowest >= 30,
        longest_task_ms: Math.max(...tasks),
      });
    },
    QUERY,
    CONTEXT,
  );
}

/** The least frames in any second. */
function fewest(frames: number[]): number {
  const counts = frames
    .filter((from) => from + 1000 <= frames.at(-1)!)
    .map((from) => frames.filter((at) => at > from && at <= from + 1000).length);
  return Math.min(...counts);
}
