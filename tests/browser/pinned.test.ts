/** What is pinned beside what is shown: by the figure's button, from the similarity of classes, and by a link. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, type Explorer } from "./explorer";
import { screenshot, until } from "./harness";

const SMALL = "?classes=0,1&dims=4&epochs=4&explain=60&engine=cpu&autorun";

const details = (lens: Explorer) => lens.element.locator("[part=details] .pinned-details");

/** Waits until something is beside what is shown, and gives what is said of it. */
async function differences(lens: Explorer): Promise<string> {
  let said = "";
  await until(
    async () => (said = (await details(lens).locator("li").allInnerTexts()).join(" ")) !== "",
    () => "nothing is said of what differs",
  );
  await lens.settle();
  return said;
}

test("what is pinned stays beside what is shown next, and a link has both", async () => {
  let link = "";
  await explore(async (lens, _, page) => {
    await lens.button("Pin").click();
    assert.match(await differences(lens), /^Both are of one network: class 0\./);
    assert.match(page.url(), /[?&]pinned=[^&]*seed:1/);
    await lens.explain(1);
    const said = await differences(lens);
    assert.match(said, /class 1 here, class 0 pinned/);
    assert.match(said, /What they share: \d+ % of the importance/);
    // The nearest images of both classes, by pairs; one of them can be opened.
    const pairs = details(lens).locator(".thumbs li");
    assert.equal(await pairs.count(), 6);
    const [first, second] = await pairs.first().getByRole("button").all();
    assert.match((await first!.getAttribute("title"))!, / of class 1/);
    assert.match((await second!.getAttribute("title"))!, / of class 0/);

    // Read by keyboard, bars first and then the maps.
    await lens.figure.focus();
    await page.keyboard.press("ArrowDown");
    await lens.settle();
    assert.match(
      await lens.readout.innerText(),
      /^Dimension \d+: importance for 1 .* here, for 0 .* pinned/,
    );
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Dimension \d+, row 15, column 15: .* here/);
    const { lines } = await lens.table("CSV");
    assert.equal(lines.length, 5);
    assert.match(lines[0]!, /^dimension,pinned_dimension,matched_by,r,/);
    assert.deepEqual(await complaints(page), []);
    await screenshot(page, "two at once");

    await lens.unfold("exports");
    link = (await lens.share()).link!;
    assert.match(link, /pinned=[^&]*seed:1/);

    await lens.button("Unpin").click();
    await lens.settle();
    assert.doesNotMatch(page.url(), /pinned=/);
    assert.ok(await lens.button("Pin what is shown").isVisible());
  }, SMALL);
  await explore(async (lens) => {
    assert.match(await differences(lens), /class 1 here, class 0 pinned/);
  }, new URL(link).search);
});

test("a cell of the similarity sets its classes beside each other", async () => {
  await explore(async (lens, _, page) => {
    await lens.view("Classes", "Similarity");
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const said = await differences(lens);
    assert.match(
      said,
      /^Both are of one network: class (0 here, class 1|1 here, class 0) pinned\./,
    );
  }, SMALL);
});

test("another seed is trained beside, on the same images, and its dimensions are matched", async () => {
  await explore(async (lens, _, page) => {
    const { training } = await lens.report();
    await lens.view("Compare", "Two at once");
    await lens.button("Train another seed beside it").click();
    const said = await differences(lens);
    assert.match(said, /^Two networks: seed of the weights as usual here and 2 pinned/);
    assert.match(said, /over 60 images that both explain/);
    assert.deepEqual((await lens.report()).training, training, "what is shown is the same run");
    assert.match(page.url(), /weights-seed:2/);
  }, SMALL);
});
