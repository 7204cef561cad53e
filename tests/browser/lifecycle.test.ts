/** An element that is asked, halted, moved, taken out and asked again, in any order. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { engineWorkers, Held, type Update } from "./engine-workers";
import { explore } from "./explorer";
import { type Options, visit } from "./harness";
import { coloured, Lens } from "./lens";

const QUICK = "?engine=cpu&epochs=2&method=sampled&permutations=2";
/** Trains until it is ended. */
const LONG = "?engine=cpu&epochs=2000&workers=1";

interface LensElement extends HTMLElement {
  run(): Promise<unknown>;
  pause(): void;
  resume(): void;
  cancel(): Promise<void>;
  open(files: File[]): Promise<void>;
  phase: string;
  dims: number;
  epochs: number;
  view: string;
  report: { settings: { dims: number } } | null;
}

/** Opens the page and hands over its element. */
function living(query: string, use: (lens: Lens, page: Page) => Promise<void>, options?: Options) {
  return visit({ query, ...options }, (page) => use(new Lens(page), page));
}

/** Calls methods of the element. */
function call<T>(lens: Lens, what: (element: LensElement) => T): Promise<Awaited<T>> {
  return lens.element.evaluate(what as (element: Element) => T) as Promise<Awaited<T>>;
}

test("a pause right after the asking is kept, and so is the run", async () => {
  await living(QUICK, async (lens, page) => {
    await call(lens, (element) => {
      void element.run();
      element.pause();
    });
    assert.equal(await lens.element.getAttribute("phase"), "paused");
    await lens.button("Resume").waitFor();
    await page.waitForTimeout(1500);
    assert.equal((await lens.report())?.training, undefined, "nothing was trained");
    await call(lens, (element) => element.resume());
    await lens.finish();
  });
});

test("taken out for good, it leaves no worker behind, however far it had come", async () => {
  await living(LONG, async (lens, page) => {
    await call(lens, (element) => {
      element.run().catch(() => {});
      element.remove();
    });
    // Long enough for one to come that was on its way.
    await page.waitForTimeout(1500);
    await engineWorkers(page, 0);
    // Put back, it can be asked again.
    await page.evaluate(() => {
      const again = document.createElement("latent-lens");
      for (const name of ["engine", "epochs"])
        again.setAttribute(name, { engine: "cpu", epochs: "2000" }[name]!);
      document.querySelector("main")!.append(again);
    });
    void call(lens, (element) => element.run().catch(() => {}));
    await lens.status.getByText(/held-out loss/).waitFor();
    await call(lens, (element) => element.remove());
    await engineWorkers(page, 0);
  });
});

test("asked and cancelled again and again, it has one worker", async () => {
  await living(LONG, async (lens, page) => {
    await lens.element.locator("[part=samples] canvas").first().waitFor();
    await call(lens, async (element) => {
      for (let round = 0; round < 6; round += 1) {
        element.run().catch(() => {});
        await element.cancel();
      }
      element.run().catch(() => {});
    });
    await lens.status.getByText(/held-out loss/).waitFor();
    await engineWorkers(page, 1);
  });
});

test("moved, it keeps its run, its worker, its dialog and its figure", async () => {
  await living(`${LONG}&dims=4`, async (lens, page) => {
    const move = () =>
      call(lens, (element) => {
        const place = document.createElement("section");
        document.body.append(place);
        place.append(element);
      });
    const run = call(lens, (element) => element.run().then(String, (reason: Error) => reason.name));
    await lens.status.getByText(/held-out loss/).waitFor();
    const before = (await lens.report()).training.held_out_loss.length;
    await move();
    assert.equal(await lens.element.getAttribute("phase"), "training");
    await page.waitForFunction((before) => {
      const lens = document.querySelector("latent-lens") as unknown as {
        report: { training: { held_out_loss: number[] } };
      };
      return lens.report.training.held_out_loss.length > before;
    }, before);
    await page.waitForTimeout(700);
    assert.equal(await lens.element.getAttribute("phase"), "training", "it was not taken for gone");
    await engineWorkers(page, 1);
    await call(lens, (element) => element.cancel());
    assert.equal(await run, "AbortError");

    await call(lens, (element) => {
      element.epochs = 2;
      return element.run();
    });
    await lens.finish();
    await lens.settle();
    await lens.figure.focus();
    await lens.figure.press("ArrowRight");
    await lens.figure.press("Enter");
    const dialog = lens.element.locator("dialog.dimension");
    const isModal = () => dialog.evaluate((element) => element.matches(":modal"));
    await dialog.waitFor();
    assert.equal(await isModal(), true);
    await move();
    assert.equal(await isModal(), true, "what lies behind it stays out of reach");
  });
});

test("cancelled before it has a figure, a second run leaves the first one's", async () => {
  // With another worker the figure would follow what the second one learns.
  await living(`${QUICK}&workers=1`, async (lens) => {
    await call(lens, (element) => element.run());
    const first = await lens.report();
    await call(lens, async (element) => {
      element.dims = 5;
      element.epochs = 2000;
      element.run().catch(() => {});
    });
    await lens.status.getByText(/of 2,000 · held-out loss/).waitFor();
    // While it trains the strip and the loss are its own, and the figure says that it is older.
    await lens.element.locator("[part=pipeline]").getByText("5 numbers").waitFor();
    await lens.element
      .locator(".figure-caption")
      .getByText(/the run before/)
      .waitFor();
    assert.match((await lens.figure.getAttribute("aria-label"))!, /of 12: dimension/);
    await call(lens, (element) => element.cancel());
    await lens.status.getByText(/Cancelled.*the run before are shown again/s).waitFor();
    await lens.settle();
    assert.deepEqual(await lens.report(), first);
    assert.match((await lens.figure.getAttribute("aria-label"))!, /of 12: dimension/);
    assert.doesNotMatch(
      await lens.element.locator(".figure-caption").innerText(),
      /the run before/,
    );
  });
});

test("settings that are changed during a run do not rename what it shows", async () => {
  await living(LONG, async (lens) => {
    void call(lens, (element) => element.run().catch(() => {}));
    await lens.status.getByText(/held-out loss/).waitFor();
    await call(lens, (element) => (element.dims = 5));
    const dims = await lens.field("textbox", "Latent dimensions");
    await lens.page.waitForFunction(
      (field) => (field as HTMLInputElement).value === "5",
      await dims.elementHandle(),
    );
    const strip = lens.element.locator("[part=pipeline]");
    assert.match(await strip.innerText(), /12 numbers/);
    const drawn = lens.element.locator("[part=samples] canvas.empty");
    assert.equal(await drawn.count(), 0, "its reconstructions stay in sight");
    await call(lens, (element) => element.cancel());
    await strip.getByText("5 numbers").waitFor();
  });
});

test("what fails beside a run does not end it", async () => {
  let held!: Held;
  await living(
    `${QUICK}&engine=cpu`,
    async (lens, page) => {
      await lens.element.locator("[part=samples] canvas").first().waitFor();
      const ended = call(lens, (element) => {
        const events: string[] = [];
        for (const type of ["lens-done", "lens-error"]) {
          element.addEventListener(type, () => events.push(type));
        }
        element.epochs = 9;
        return element.run().then(
          () => [element.phase, ...events],
          (reason: Error) => [reason.message],
        );
      });
      await held.reached("training");
      await page.context().setOffline(true);
      // Other classes are looked at, whose files cannot be had now.
      const asked = page.waitForEvent("requestfailed");
      await call(lens, (element) => element.setAttribute("classes", "4,7"));
      await asked;
      held.release("training");
      const [phase, ...events] = await ended;
      assert.equal(phase, "done", `${phase}`);
      assert.deepEqual(
        events.filter((type) => type === "lens-done"),
        ["lens-done"],
      );
    },
    {
      expected: /./,
      before: async (page) => {
        const training = ({ stage, done }: Update) => stage === "training" && done >= 1;
        held = await Held.at(page, { training });
      },
    },
  );
});

interface Kept {
  name: string;
  buffer: Buffer;
}

/** What a button of the network's panel hands out after a run. */
async function kept(query: string, button: string): Promise<Kept> {
  let file!: Kept;
  await explore(async (lens) => {
    await lens.unfoldPanel("network");
    const { name, bytes } = await lens.take(button);
    file = { name, buffer: bytes };
  }, query);
  return file;
}

/** Gives a file to the element as if it was dropped; resolves once it has been dealt with. */
function drop(lens: Lens, { name, buffer }: Kept): Promise<void> {
  return lens.element.evaluate(
    (element, { name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      return (element as LensElement).open([new File([bytes], name)]);
    },
    { name, base64: buffer.toString("base64") },
  );
}

test("a session that comes in beside a run is refused, and the run can be cancelled", async () => {
  const session = await kept(`${QUICK}&autorun`, "Save session");
  await living(LONG, async (lens, page) => {
    await lens.element.locator("[part=samples] canvas").first().waitFor();
    // Its reader is still on its way when the run begins.
    let go = () => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    await page.route("**/models_bg.wasm", async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest("**/models_bg.wasm");
    const dropped = drop(lens, session);
    await asked;
    void call(lens, (element) => element.run().catch(() => {}));
    await lens.status.getByText(/held-out loss/).waitFor();
    go();
    await dropped;
    await lens.element.getByText(/can be opened once the run has ended/).waitFor();
    assert.equal(await lens.element.getAttribute("phase"), "training");
    await lens.button("Cancel").click();
    assert.equal(await lens.element.getAttribute("phase"), "idle");
    await drop(lens, session);
    await lens.status.getByText(/Reopened as it was kept/).waitFor();
  });
});

test("a session is drawn as it is, whatever model was there before", async () => {
  const session = await kept(`${QUICK}&dims=7&autorun`, "Save session");
  const model = await kept(`${QUICK}&dims=5&autorun`, "Save as Keras 3");
  await living(
    "?engine=cpu",
    async (lens) => {
      await lens.element.locator("[part=samples] canvas").first().waitFor();
      await drop(lens, model);
      await lens.finish();
      await drop(lens, session);
      await lens.status.getByText(/Reopened as it was kept/).waitFor();
      await lens.settle();
      assert.match((await lens.figure.getAttribute("aria-label"))!, /of 7: dimension/);
      assert.ok((await coloured(lens.figure)) > 2000, "bars and maps are there");
      assert.match(await lens.element.locator("[part=pipeline]").innerText(), /7 numbers/);
    },
    { expected: /willReadFrequently/ },
  );
});
