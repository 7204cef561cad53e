/** The lesson in a class room: on a small projector, on a phone, before a class and on paper. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { complaints } from "./axe";
import { drawn } from "./drawn";
import { screenshot, SITE, visit } from "./harness";

const LESSON = "?lesson=lessons/autoencoders.md&engine=cpu";

/** The lesson as it is, with so short a training that a test need not wait for it. */
async function short(page: Page): Promise<void> {
  await page.route("**/lessons/autoencoders*.md", async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    const body = text.replace("epochs: 50", "epochs: 2").replace(/loss\(\d+\)/g, "loss(1)");
    await route.fulfill({ response, body });
  });
}

interface Box {
  top: number;
  bottom: number;
}

/** What of a step is where, in CSS pixels of the screen. */
interface Seen {
  panel: Box;
  /** The question with what it is answered by. */
  question: Box | undefined;
  /** The part of the explorer that the step speaks of, or the image that is to be marked. */
  about: Box;
  /** Whether they stand beside one another. */
  beside: boolean;
}

/** Brings the question into view in its panel, as a reader would, and says where everything is. */
function seen(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const box = (elements: Iterable<Element>) => {
      const all = [...elements].map((element) => element.getBoundingClientRect());
      return {
        top: Math.min(...all.map(({ top }) => top)),
        bottom: Math.max(...all.map(({ bottom }) => bottom)),
      };
    };
    const panel = document.querySelector("aside")!;
    const question = panel.querySelector(".question");
    const asked = [
      ...(question?.querySelectorAll(":scope > p:not(.verdict, .note), .options, .number") ?? []),
      ...(question?.querySelectorAll(".brush") ?? []),
    ];
    if (question && box(asked).bottom > panel.getBoundingClientRect().bottom) {
      panel.scrollTop += box(asked).top - panel.getBoundingClientRect().top - 4;
    }
    const shows = document.documentElement.dataset["shows"]!;
    const root = document.querySelector("latent-lens")!.shadowRoot!;
    const parts = { samples: ["samples", "loss"], loss: ["samples", "loss"], maps: ["figure"] };
    const names = parts[shows as keyof typeof parts] ?? [shows];
    const found = names.map((name) => {
      const part = root.querySelector(`[part~="${name}"]`)!;
      return name === "figure" ? part.querySelector("[part~=chart]")! : part;
    });
    const board = question?.querySelector(".brush");
    const about = box(board ? [board] : found);
    if (shows === "maps" && !board) {
      about.top += Number((found[0] as HTMLElement).dataset["maps"]);
    }
    const { right } = panel.getBoundingClientRect();
    return {
      panel: box([panel]),
      question: asked.length ? box(asked) : undefined,
      about,
      beside: Boolean(board) || right <= found[0]!.getBoundingClientRect().left,
    };
  });
}

/** What is seen of a part: all of it, or of a tall one so much that one knows where one is. */
function isSeen({ about, panel, beside }: Seen, height: number): boolean {
  const first = beside ? 0 : panel.bottom;
  const shown = Math.min(about.bottom, height) - Math.max(about.top, first);
  return shown >= Math.min(about.bottom - about.top, 240) - 2;
}

async function ran(page: Page): Promise<void> {
  await page.locator("article .run:empty").waitFor({ state: "attached" });
}

/** How many steps the lesson has. */
const steps = (page: Page) => page.locator(".rail li").count();

const SCREENS = [
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

test("every step shows its question and what it asks about, on a small screen and on a phone", async () => {
  const context = { viewport: SCREENS[0]!, reducedMotion: "reduce" as const };
  await visit({ query: `${LESSON}#step-5`, before: short, context }, async (page) => {
    const check = async (what: string, { width, height }: (typeof SCREENS)[number]) => {
      await drawn(page);
      const found = await seen(page);
      const told = `${what}, ${width} pixels wide: ${JSON.stringify(found)}`;
      assert.ok(isSeen(found, height), `what it speaks of is in view: ${told}`);
      if (!found.question) return;
      assert.ok(found.question.top >= found.panel.top - 1, `the question is in view: ${told}`);
      assert.ok(found.question.bottom <= found.panel.bottom + 1, `all of it is in view: ${told}`);
    };
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      // By a link, before there is a run and after it.
      await page.goto("about:blank");
      await page.goto(`${SITE}${LESSON}#step-5`);
      await ran(page);
      await check("step 5 by its link", screen);
      for (let step = 1; step <= (await steps(page)); step += 1) {
        await page
          .locator(".rail button")
          .nth(step - 1)
          .click();
        await page.locator(`article[data-stage]`).waitFor();
        if (step > 1) await ran(page);
        await check(`step ${step}`, screen);
      }
    }
  });
});

test("what is opened beside a question does not cover it", async () => {
  const context = { viewport: SCREENS[0]!, reducedMotion: "reduce" as const };
  await visit({ query: `${LESSON}#step-5`, before: short, context }, async (page) => {
    await ran(page);
    const lens = page.locator("latent-lens");
    const chart = lens.locator("[part=figure] [part=chart]");
    const ways = [
      {
        dialog: lens.locator("dialog[part=dimension]"),
        open: async () => {
          await chart.focus();
          await page.keyboard.press("ArrowDown");
          await page.keyboard.press("Enter");
        },
      },
      {
        dialog: lens.locator("[part=loss-large]"),
        open: () => lens.getByRole("button", { name: "Enlarge the loss" }).click(),
      },
    ];
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      for (const { open, dialog } of ways) {
        await open();
        await dialog.waitFor();
        const [words, opened] = await Promise.all([
          page.locator("aside").boundingBox(),
          dialog.boundingBox(),
        ]);
        const told = JSON.stringify({ screen, words, opened });
        const apart =
          words!.x + words!.width <= opened!.x || words!.y + words!.height <= opened!.y + 1;
        assert.ok(apart, `the dialog lies beside the words or below them: ${told}`);
        assert.ok(opened!.x + opened!.width <= screen.width, told);
        assert.ok(opened!.y + opened!.height <= screen.height + 1, told);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "hidden" });
      }
    }
  });
});

/** The least size of type that the last row can read, in CSS pixels at 1024 × 768. */
const READABLE = 18;

/** Type on the screen that is smaller, and what does not fit. */
function unreadable(page: Page): Promise<string[]> {
  return page.evaluate((least) => {
    const found: string[] = [];
    const look = (root: ParentNode) => {
      for (const element of root.querySelectorAll<HTMLElement>("*")) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (!element.checkVisibility({ visibilityProperty: true })) continue;
        const { width, height } = element.getBoundingClientRect();
        if (width <= 1 || height <= 1) continue;
        const size = parseFloat(getComputedStyle(element).fontSize);
        const own = [...element.childNodes].some(
          (node) => node instanceof Text && node.data.trim() !== "",
        );
        if (own && size < least) found.push(`${size} px: ${element.textContent}`);
        // The labels of axes are 0.86 of a chart's type.
        const chart = element.matches(".chart");
        if (chart && 0.86 * size < least) found.push(`${0.86 * size} px on the axes`);
      }
    };
    look(document.body);
    for (const name of ["aside", "main"]) {
      const element = document.querySelector(name)!;
      const over = element.scrollHeight - element.clientHeight;
      if (over > 1) found.push(`${name} is ${over} px too high`);
    }
    if (document.documentElement.scrollHeight > innerHeight) found.push("the page scrolls");
    return found;
  }, READABLE);
}

test("a teacher presents the lesson with a clicker, in type that the last row can read", async () => {
  const context = { viewport: SCREENS[0]!, reducedMotion: "reduce" as const };
  await visit({ query: LESSON, before: short, context }, async (page) => {
    const article = page.locator("article.step");
    const at = (step: number, stage: string) =>
      page.waitForFunction(
        ([hash, stage]) =>
          location.hash === hash && document.querySelector("article")?.dataset["stage"] === stage,
        [`#step-${step}`, stage],
      );
    await page.getByText("About this lesson", { exact: true }).click();
    await page.getByRole("button", { name: "Present it to a class" }).click();
    await at(1, "told");
    assert.match(page.url(), /[?&]present(&|#|$)/);
    const keys = page.locator(".keys");
    for (const text of ["Page Down", "Page Up", "B", "Esc"])
      await keys.locator("kbd").getByText(text, { exact: true }).waitFor();
    assert.deepEqual(await complaints(page), []);

    const last = await steps(page);
    for (let step = 1; step <= last; step += 1) {
      for (let stage = ""; stage !== "answered";) {
        await ran(page);
        stage = (await article.getAttribute("data-stage"))!;
        // Nothing of the answer is there before it is asked for.
        assert.equal(await page.locator(".answer").count(), stage === "answered" ? 1 : 0);
        // What comes in is given its room in the next frames.
        let wrong = await unreadable(page);
        for (const until = Date.now() + 5000; wrong.length && Date.now() < until;)
          wrong = await unreadable(page);
        assert.deepEqual(wrong, [], `step ${step}, ${stage}`);
        if (step === 5) await screenshot(page, `presented ${stage}`);
        if (step < last || stage !== "answered") await page.keyboard.press("PageDown");
        await page.waitForFunction(
          ([step, stage]) =>
            location.hash !== step || document.querySelector("article")?.dataset["stage"] !== stage,
          [step === last && stage === "answered" ? "" : `#step-${step}`, stage],
        );
      }
    }
    // Back the way that one came: the answer is hidden again.
    await page.keyboard.press("PageUp");
    await at(last, "asked");
    await page.keyboard.press("b");
    await page.locator(".dark").waitFor();
    await page.keyboard.press("PageDown");
    await page.locator(".dark").waitFor({ state: "hidden" });
    await at(last, "asked");
    await page.keyboard.press("Escape");
    await page.locator(".keys").waitFor({ state: "detached" });
    assert.ok(!page.url().includes("present"));
    // What was shown to the class is no answer of whoever sits at this machine.
    await page.locator(".rail button").first().click();
    await page.getByRole("button", { name: "Check", exact: true }).waitFor();

    await page.goto(`${SITE}${LESSON}&lang=de&present#step-4`);
    await at(4, "told");
    await keys.getByRole("button", { name: "Frage" }).click();
    await at(4, "asked");
    await keys.getByRole("button", { name: "Beenden" }).click();
    await keys.waitFor({ state: "detached" });
    await page.goBack();
    await keys.waitFor();
  });
});

test("the handout has a picture for every question, and its answers on pages of their own", async () => {
  const before = async (page: Page) => {
    await short(page);
    // Headless browsers have no printer: what a printer would be told is told.
    await page.addInitScript(() => {
      window.print = () => {
        dispatchEvent(new Event("beforeprint"));
        document.documentElement.dataset["printed"] = "";
      };
    });
  };
  await visit({ query: LESSON, before }, async (page) => {
    await page.locator("article[data-stage]").waitFor();
    // By the browser's own menu nothing could be made ready: it says what is lacking, and where it is had.
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const handout = page.locator(".handout");
    await handout.getByText("Pictures are missing").first().waitFor();
    await page.emulateMedia({ media: "screen" });

    const setting = () => page.locator("latent-lens").getAttribute("view");
    const shown = await setting();
    await page.getByText("About this lesson", { exact: true }).click();
    await page.getByRole("button", { name: "Print as a handout" }).click();
    await page.locator("html[data-printed]").waitFor({ state: "attached", timeout: 180_000 });
    assert.equal(await setting(), shown, "the explorer is as it was");
    assert.equal(await handout.count(), 1);
    await page.setViewportSize({ width: 680, height: 1000 });
    await page.emulateMedia({ media: "print" });
    const sheets = await handout.locator(".sheet").evaluateAll((all) =>
      all.map((sheet) => {
        const drawn = [...sheet.querySelectorAll("svg")].map((each) =>
          each.getBoundingClientRect(),
        );
        const asks = sheet.querySelector(".asked") !== null;
        const cut = drawn.some(({ left, right, width }) => left < 0 || right > 680 || width < 200);
        return { asks, drawn: drawn.length, cut, named: sheet.querySelectorAll("svg text").length };
      }),
    );
    assert.equal(sheets.length, await steps(page));
    for (const [at, { asks, drawn, cut, named }] of sheets.entries()) {
      assert.ok(!asks || drawn > 0, `step ${at + 1} has a picture`);
      assert.ok(!cut, `nothing of step ${at + 1} is cut off or too small`);
      assert.ok(named > 0, `what step ${at + 1} shows is labelled`);
    }
    assert.equal(await handout.getByText("Pictures are missing").count(), 0);
    // Pixels of the image to mark are all of one size, and numbered.
    const board = handout.locator(".sheet .grid");
    const { width, height } = (await board.boundingBox())!;
    assert.ok(Math.abs(width / height - 1) < 0.02, "its pixels are squares");
    assert.equal(await board.getByText("25", { exact: true }).count(), 2);
    // What was measured is marked among the answers only.
    assert.equal(await board.locator("[stroke='#0b7a73']").count(), 0);
    assert.equal(await handout.locator(".answers .grid [stroke='#0b7a73']").count(), 1);

    const file = (await page.pdf({ format: "A4" })).toString("latin1");
    const pages = file.match(/\/Type\s*\/Page\b/g)!.length;
    assert.ok(pages >= 5 && pages <= 12, `it has ${pages} pages`);
  });
});
