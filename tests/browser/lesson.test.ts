/** The lesson beside the explorer: gone through from start to end, left and taken up again, brought along. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { complaints } from "./axe";
import { screenshot, SITE, strictly, visit } from "./harness";
import {
  another,
  briefly,
  dimensions,
  ENGLISH,
  GERMAN,
  LESSON,
  Student,
  type Words,
} from "./student";

/** Goes through the whole lesson and answers everything right, but for one try. */
async function lesson(page: Page, words: Words, language: string): Promise<void> {
  const student = new Student(page, words);
  const { lens } = student;
  const written = (value: number, digits: number) =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  await student.at(1);
  assert.equal(await student.panel.getAttribute("lang"), language);
  assert.equal(await student.setting("view"), "reconstructions");
  assert.equal(await lens.element.getAttribute("phase"), "idle", "the first step needs no run");
  await student.number(language === "de" ? "65,3" : "65.3");
  await student.right();

  await student.next(2);
  await lens.reach(["training", "analysing", "done"]);
  await student.choose(0);
  await student.ran();
  const report = await lens.report();
  const { held_out_loss } = report.training;
  const said = await student.right();
  for (const loss of [held_out_loss[0]!, held_out_loss[9]!, held_out_loss[49]!]) {
    assert.ok(said.includes(written(loss, 3)), `${written(loss, 3)} in: ${said}`);
  }
  // The words hold: most is learned in the first ten epochs, and little in the last.
  const [first, tenth, fortieth, last] = [0, 9, 39, 49].map((at) => held_out_loss[at]!);
  assert.ok(first! > 0.65 && first! - tenth! > 5 * (fortieth! - last!));
  assert.ok(said.includes(written(1807, 0)) && said.includes("321"));

  await student.next(3);
  await student.ran();
  const board = student.step.getByRole("application");
  await board.scrollIntoViewIfNeeded();
  const { x, y, width } = (await board.boundingBox())!;
  const cell = width / 28;
  await page.mouse.move(x + 14.5 * cell, y + 5.5 * cell);
  await page.mouse.down();
  await page.mouse.move(x + 14.5 * cell, y + 23.5 * cell, { steps: 4 });
  await page.mouse.up();
  await student.button(words.compare).click();
  await student.answer.waitFor();
  assert.equal(await student.setting("view"), "pixels", "the answer shows the maps");
  // Pixels of column 15, rows 6 to 24, against the 19 pixels that move the latents most.
  const { data, shape } = report.pixel_importance.mean;
  const dims = shape[1];
  const sums = Array.from({ length: shape[0] }, (_, pixel) =>
    data.slice(pixel * dims, (pixel + 1) * dims).reduce((sum, value) => sum + value, 0),
  );
  const order = [...sums.keys()].sort((a, b) => sums[b]! - sums[a]!).slice(0, 19);
  const hits = order.filter((pixel) => pixel % 28 === 14 && pixel >= 5 * 28 && pixel < 24 * 28);
  const overlap = await student.answer.locator(".overlap").innerText();
  assert.deepEqual(overlap.match(/\d+/g)!.slice(0, 2).map(Number), [hits.length, 19], overlap);

  await student.next(4);
  await student.number("0");
  const idle = sums.filter((sum) => sum === 0).length;
  assert.ok((await student.right()).includes(`${idle}`));

  await student.next(5);
  assert.equal(await student.setting("view"), null, "the figure is the default");
  await student.choose(2);
  await student.right();
  const top = (row: number) => {
    const { mean } = report.latent_importance;
    const values = mean.data.slice(row * dims, (row + 1) * dims);
    return values.indexOf(Math.max(...values)) + 1;
  };
  await student.answer.getByRole("button").click();
  assert.equal(await student.setting("dimension"), `${top(0)}`);
  await lens.element.getByRole("heading", { name: `Dimension ${top(0)}`, exact: true }).waitFor();
  await page.keyboard.press("Escape");

  await student.next(6);
  assert.equal(await student.setting("dimension"), null, "a step closes what another opened");
  const higher = dimensions(report, dims);
  await student.number(`${higher.indexOf(false) + 1}`);
  await student.step.getByText(words.wrong).waitFor();
  await student.number(`${higher.indexOf(true) + 1}`);
  const drawn = await student.right();
  assert.equal(await student.setting("explain-class"), "1");
  assert.match(drawn, new RegExp(`[dD]imension ${top(1)}\\b`));

  await student.next(7);
  await student.choose(2);
  const share = Number(/[\d.,]+/.exec(await student.right())![0].replace(",", "."));
  assert.ok(share > 0 && share < 20, `the share that stands alone is ${share} %`);

  await student.next(8);
  await student.choose(2);
  await student.ran();
  assert.equal(await student.setting("epochs"), "0");
  const untrained = await lens.report();
  assert.equal(untrained.training, undefined);
  assert.match(await lens.status.innerText(), /An untrained network, explained in/);
  await lens.element
    .getByText(/The network is untrained: its weights are the random ones/)
    .waitFor();
  await lens.element.getByLabel("No loss: the network was not trained here.").waitFor();
  const highest = (values: number[]) => Math.max(...values);
  assert.ok(
    highest(untrained.latent_importance.mean.data) <
      highest(report.latent_importance.mean.data) / 50,
    "the bars are of another size",
  );
  await student.answer.getByText("×10⁻⁵").waitFor();

  await student.next(9);
  assert.equal(await student.setting("kind"), "convolutional");
  await student.number("7");
  await student.ran();
  const convolutional = await lens.report();
  assert.deepEqual(convolutional.settings.filters, [8, 16]);
  assert.match(await student.right(), new RegExp(`\\b${idle}\\b`));

  await student.next(10);
  await student.choose(2);
  await student.ran();
  assert.equal(await student.setting("features"), "patches");
  const credit = Number(/[\d.,]+/.exec(await student.right())![0].replace(",", "."));
  assert.ok(credit > 4 && credit < 16, `the strongest patch is ${credit} times its pixels`);
  assert.deepEqual((await lens.report()).training, report.training, "nothing is trained again");

  await student.next(11);
  await student.ran();
  assert.equal(await student.setting("features"), null, "pixels are moved one at a time again");
  assert.equal(await student.setting("view"), "opinions");
  await student.choose(2);
  assert.match(await student.right(), /12 (of the|der) 12/);
  assert.equal(await student.setting("view"), "fair-test");

  await student.next(12);
  await student.ran();
  assert.equal(await student.setting("view"), null);
  await student.choose(2);
  await student.right();
  assert.equal(await student.setting("view"), "emergence");

  await student.next(13);
  await student.ran();
  await student.choose(1);
  await student.ran();
  await student.right();
  assert.equal(await student.setting("view"), "networks");
  const { training, ...measured } = await lens.report();
  assert.deepEqual(training, report.training, "the first network is not trained again");
  assert.ok("networks" in measured);

  await student.next(14);
  await student.ran();
  assert.equal(await student.setting("networks"), null);
  assert.equal(
    await student.setting("epochs"),
    null,
    "the last step is about the trained network again",
  );
  await student.choose(2);
  await student.right();
  await student.step.getByText(words.done).waitFor();
  assert.ok(await student.button(words.next).isHidden());
}

test("a student goes through the whole lesson", async () => {
  const before = (page: Page) => another(page, briefly);
  await visit({ query: LESSON, before }, (page) => lesson(page, ENGLISH, "en"));
});

test("a student whose browser speaks German goes through it in German", async () => {
  const before = (page: Page) => another(page, briefly);
  await visit({ query: LESSON, context: { locale: "de-AT" }, before }, async (page) => {
    await lesson(page, GERMAN, "de");
    await page.getByText("Über diese Lektion").click();
    await page.getByRole("link", { name: "English" }).click();
    const english = new Student(page);
    await english.at(14);
    await english.right();
    await page.goto(`${SITE}${LESSON}&lang=fr`);
    await new Student(page, GERMAN).step.getByText(/Schritt \d+ von 14/).waitFor();
  });
});

test("wrong answers may be thought over, and no step holds anybody", async () => {
  await visit({ query: LESSON }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    await student.button("Check").click();
    await student.step.getByText("Write a number").waitFor();
    await student.number("12");
    await student.step.getByText("Not quite.").waitFor();
    assert.ok(await student.answer.isHidden());
    await student.step.locator("summary").click();
    await student.step.getByText("Divide the number of pixels").waitFor();
    await student.number("65");
    await student.right();
    await student.next(2);
    await student.next(3);
    // What a run must say first can be neither drawn on nor checked before.
    await student.step.getByText("not known before the run is done").first().waitFor();
    assert.ok(await student.button("Compare").isDisabled());
    await student.panel.getByRole("progressbar").waitFor();
    await student.ran();
    await student.step.getByRole("application").waitFor();
    await page.goBack();
    await student.at(2);
    assert.equal(await student.setting("view"), "reconstructions");
    await page.goBack();
    await student.at(1);
    await student.right();
  });
});

test("a lesson that is left in the middle is taken up there", async () => {
  await visit({ query: LESSON }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    await student.number("65");
    await student.right();
    await student.next(2);
    await student.choose(1);
    await student.step.getByText("Not quite.").waitFor();
    await page.reload();
    await student.at(2);
    assert.ok(await student.step.getByRole("radio").nth(1).isChecked());
    await student.ran();
    assert.ok(
      await student.panel.getByRole("button", { name: /^Step 1: .*, answered$/ }).isVisible(),
    );
    // Without its end the address leads to where the lesson was left.
    await page.goto(SITE + LESSON);
    await student.at(2);
    await student.panel.getByText("About this lesson").click();
    await student.button("Start again").click();
    await student.at(1);
    assert.equal(await student.step.getByRole("textbox").inputValue(), "");
  });
});

test("where the browser keeps nothing, the lesson goes on all the same", async () => {
  const forbid = () => {
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("no", "SecurityError");
      },
    });
  };
  await visit({ query: LESSON, before: (page) => page.addInitScript(forbid) }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    await student.number("65");
    await student.right();
    await student.next(2);
    await page.reload();
    await student.at(2);
  });
});

test("settings that a student changes can be put back", async () => {
  await visit({ query: LESSON }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    const restore = student.button("Set the explorer as this step has it");
    assert.ok(await restore.isHidden());
    await student.lens.settle();
    await student.lens.element
      .locator("[part=views]")
      .getByRole("radio", { name: "Classes", exact: true })
      .check({ force: true });
    await restore.click();
    assert.equal(await student.setting("view"), "reconstructions");
    await restore.waitFor({ state: "hidden" });
    // What is a visitor's own affair stays.
    await student.lens.element.evaluate((lens) => lens.setAttribute("palette", "colour-blind"));
    await student.next(2);
    assert.equal(await student.setting("palette"), "colour-blind");
  });
});

test("the lesson can be done by keyboard alone", async () => {
  await visit({ query: `${LESSON}&epochs=50` }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    const go = async (to: Locator) => {
      for (let presses = 0; presses < 40; presses += 1) {
        if (await to.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press("Tab");
      }
      assert.fail(`the keyboard did not get there, but to ${await focused()}`);
    };
    assert.equal(await focused(), "An image through a bottleneck");
    await go(student.step.getByRole("textbox"));
    await page.keyboard.type("65");
    await go(student.button("Check"));
    await page.keyboard.press("Enter");
    await student.right();
    await go(student.button("Next"));
    await page.keyboard.press("Enter");
    await student.at(2);
    assert.equal(await focused(), "Watch it learn");
    await go(student.step.getByRole("radio").first());
    await page.keyboard.press("Space");
    await go(student.button("Check"));
    await page.keyboard.press("Enter");
    await student.ran();
    await student.right();
    await student.next(3);
    await student.ran();
    const board = student.step.getByRole("application");
    await board.focus();
    for (const key of ["ArrowDown", "Space", "ArrowDown", "Space"]) await page.keyboard.press(key);
    await student.step.getByText("2 of 40 pixels marked").waitFor();
    await student.step.getByText("Row 16, column 15, marked.").waitFor();
    await page.keyboard.press("Space");
    await student.step.getByText("1 of 40 pixels marked").waitFor();
  });
});

const OWN = `---
title: My own lesson
dims: 3
epochs: 2
---

## Look

\`\`\`lens
view: pixels
\`\`\`

A *word*, <b>no HTML</b>, ![no picture](https://example.org/x.png), [a page](https://example.org/),
[no script](javascript:alert(1)).

### Question

Why?

### Answer

Because.
`;

test("a teacher opens a lesson of their own from a file", async () => {
  await visit({ query: LESSON }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    await student.panel.getByText("About this lesson").click();
    const choose = (text: string | Buffer, name = "mine.md") =>
      student.panel.locator("input[type=file]").setInputFiles({
        name,
        mimeType: "text/markdown",
        buffer: Buffer.from(text),
      });
    await choose(OWN);
    await student.panel.getByRole("heading", { name: "Look" }).waitFor();
    assert.match(page.url(), /\?lesson=file/);
    assert.equal(await student.setting("dims"), "3");
    assert.equal(await page.title(), "My own lesson · latent-lens");
    // Only words, and links that lead to the web.
    assert.equal(await student.step.locator("b, img, script").count(), 0);
    const links = await student.step
      .locator("a")
      .evaluateAll((all) =>
        all.map((link) => [link.textContent, (link as HTMLAnchorElement).href]),
      );
    assert.deepEqual(links, [["a page", "https://example.org/"]]);
    await student.button("Show the answer").click();
    await student.answer.getByText("Because.").waitFor();

    await page.reload();
    await student.answer.getByText("Because.").waitFor();

    await student.panel.getByText("About this lesson").click();
    await choose(OWN.replace("## Look", "## Look\n\n```lens\nview: pie\n```"), "broken.md");
    await student.panel
      .getByRole("alert")
      .getByText("broken.md, line 10: View must be one of figure")
      .waitFor();
    await choose(Buffer.from([0xff, 0xfe, 0x00]), "picture.md");
    await student.panel.getByText("picture.md: it is not text. Choose a Markdown file").waitFor();
    await choose("a".repeat(300_000), "long.md");
    await student.panel.getByText("long.md: it is larger than 256 kB.").waitFor();
    await choose(OWN);
    await student.answer.getByText("Because.").waitFor();
  });
});

test("a lesson by its address that is none says where and why", async () => {
  await visit({ query: "?lesson=lessons/none.md", expected: /404/ }, async (page) => {
    const { panel } = new Student(page);
    await panel.getByText(/lessons\/none\.md: it could not be fetched \(HTTP 404\)/).waitFor();
    await page.goto(`${SITE}?lesson=index.html`);
    await panel.getByText("index.html, line 1: The file must begin with a line").waitFor();
    await page.goto(`${SITE}?lesson=javascript:alert(1)`);
    await panel.getByText(/could not be fetched \(javascript:alert\(1\)\)/).waitFor();
    await page.goto(`${SITE}?lesson=file`);
    await panel.getByText("the browser has not kept this file. Choose it again.").waitFor();
  });
});

test("an address with a bare % leads to a sentence, and a lesson under it is shown", async () => {
  const body = OWN.replace("title: My own lesson", "title: Half");
  const before = (page: Page) =>
    page.route(
      ({ pathname }) => pathname.endsWith("100%.md"),
      (route) => route.fulfill({ body, contentType: "text/plain" }),
    );
  await visit({ query: "?lesson=lessons/100%.md", before }, async (page) => {
    const student = new Student(page);
    await student.panel.getByRole("heading", { name: "Look" }).waitFor();
    await page.goto(`${SITE}?classes=0,%`);
    await student.lens.status.getByText("There is no class %;").waitFor();
  });
});

test("a lesson whose body breaks off says so, and the explorer goes on", async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "access-control-allow-origin": "*", "content-length": "9000" });
    response.write(OWN);
    setTimeout(() => response.destroy(), 100);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const query = `?lesson=http://127.0.0.1:${port}/own.md&epochs=1&engine=cpu`;
  const expected = /127\.0\.0\.1|ERR_CONTENT_LENGTH/;
  try {
    await visit({ query, expected }, async (page) => {
      const student = new Student(page);
      await student.button("Open it").click();
      const alert = student.panel.getByRole("alert");
      await alert.getByText(/own\.md: it could not be fetched \(.+\)\. Check/).waitFor();
      await student.lens.button("Train and explain").click();
      await student.lens.finish();
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("another server is asked for a lesson only when the visitor agrees", async () => {
  const asked: string[] = [];
  const expected = /request to https:\/\/teacher\.example/;
  await visit(
    {
      query: "?lesson=https://teacher.example/own.md",
      expected,
      before: (page) =>
        page.route("https://teacher.example/**", (route) => {
          asked.push(route.request().url());
          assert.equal(route.request().headers()["referer"], undefined);
          const headers = { "access-control-allow-origin": "*", "content-type": "text/plain" };
          return route.fulfill({ body: OWN, headers });
        }),
    },
    async (page) => {
      const student = new Student(page);
      await student.panel
        .getByText("This lesson lies on another server, teacher.example.")
        .waitFor();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(asked, []);
      await student.button("Open it").click();
      await student.panel.getByRole("heading", { name: "Look" }).waitFor();
      assert.deepEqual(asked, ["https://teacher.example/own.md"]);
      await student.panel.getByText("About this lesson").click();
      await student.panel.getByText("comes from https://teacher.example/own.md").waitFor();
    },
  );
});

test("teachers find their notes, and a handout with the answers on its last pages", async () => {
  await visit({ query: LESSON }, async (page) => {
    const student = new Student(page);
    await student.at(1);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    const handout = page.locator(".handout");
    await handout
      .getByRole("heading", { name: "1. An image through a bottleneck" })
      .first()
      .waitFor();
    assert.ok(await student.panel.isHidden());
    assert.ok(await student.lens.element.isHidden());
    const text = await handout.innerText();
    assert.ok(
      text.indexOf("784 ÷ 12 is about 65") > text.indexOf("Which sentence have you shown?"),
    );
    const pages = await handout
      .locator(".answers")
      .evaluate((answers) => getComputedStyle(answers).breakBefore);
    assert.equal(pages, "page");
    await page.emulateMedia({ media: "screen" });

    await student.panel.getByText("About this lesson").click();
    const [notes] = await Promise.all([
      page.context().waitForEvent("page"),
      student.panel.getByRole("link", { name: "Teacher’s notes" }).click(),
    ]);
    await notes.getByRole("heading", { name: "Timing" }).waitFor();
    assert.equal(await notes.getByRole("table").locator("tbody tr").count(), 14);
  });
});

test("the lesson is at home under a strict content security policy", async () => {
  await visit(
    {
      query: LESSON,
      before: (page) => strictly(page, `${SITE}?*`),
    },
    async (page) => {
      const student = new Student(page);
      await student.at(1);
      await student.number("65");
      await student.right();
    },
  );
});

test("nobody else fetches the lesson's code", async () => {
  const fetched: string[] = [];
  await visit(
    { before: async (page) => page.on("request", (request) => fetched.push(request.url())) },
    async (page) => {
      await page.getByRole("link", { name: "Lesson", exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(
        fetched.filter((url) => /lesson/.test(url)),
        [],
      );
      await page.getByRole("link", { name: "Lesson", exact: true }).click();
      await new Student(page).at(1);
    },
  );
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test(`the lesson is accessible and in its place, ${colorScheme}, ${width} pixels wide`, async () => {
      const context = { colorScheme, viewport: { width, height: width === 390 ? 844 : 900 } };
      await visit({ query: LESSON, context }, async (page) => {
        const student = new Student(page);
        await student.at(1);
        await student.lens.element.getByRole("radio", { name: /^Sample 1, / }).waitFor();
        assert.deepEqual(await complaints(page), []);
        await student.next(2);
        await student.choose(0);
        await student.ran();
        assert.deepEqual(await complaints(page), []);
        await student.next(3);
        await student.ran();
        await student.step.getByRole("application").waitFor();
        await student.panel.getByText("About this lesson").click();
        assert.deepEqual(await complaints(page), []);
        await screenshot(page, `lesson ${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, width, "nothing is wider than the screen");
      });
    });
  }
}

test("a link to a step shows the explorer as that step has it", async () => {
  await visit({ query: `${LESSON}#step-3` }, async (page) => {
    const student = new Student(page);
    await student.at(3);
    // Before the guess no map is seen.
    assert.equal(await student.setting("view"), "reconstructions");
  });
});
