/**
 * Draws the pictures that stand in `www/`: what others show of a link to the page, and the icons.
 * `cargo xtask pictures` builds and serves the site, says in the environment where the fonts are,
 * and calls this with the folder to draw into.
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";

import type { Page } from "playwright-core";

import { Explorer } from "../../tests/browser/explorer";
import { needed, visit } from "../../tests/browser/harness";

const PREVIEW = { width: 1200, height: 630 };
/** Narrower than it is shown, so that its type can be read where the preview is small. */
const FIGURE_WIDTH = 860;
const TEAL = "#0b7a73";

const [folder] = argv.slice(2);
assert.ok(folder, "the folder to draw into is missing");

/** The type of the figures that the command line draws: the same on every machine. */
async function type(): Promise<string> {
  const faces = ["Regular 400", "Bold 700"].map(async (face) => {
    const [style, weight] = face.split(" ");
    const font = await readFile(join(needed("FONTS"), `NotoSans-${style}.ttf`));
    const source = `url(data:font/ttf;base64,${font.toString("base64")})`;
    return `@font-face { font-family: "Noto Sans"; font-weight: ${weight}; src: ${source}; }`;
  });
  return (await Promise.all(faces)).join("\n");
}

/** The figure of a run with the paper's settings, as SVG. */
async function figure(page: Page, faces: string): Promise<string> {
  const lens = new Explorer(page);
  await page.addStyleTag({
    content: `${faces} latent-lens { --latent-lens-font: 15px/1.45 "Noto Sans"; }`,
  });
  await page.evaluate(() => document.fonts.ready);
  await lens.button("Train and explain").click();
  await lens.finish();
  await lens.unfold("exports");
  return (await lens.take("Figure, SVG")).bytes.toString();
}

async function shoot(page: Page, name: string, clear = false): Promise<Buffer> {
  const bytes = await page.screenshot({ omitBackground: clear });
  if (name) await writeFile(join(folder!, name), bytes);
  return bytes;
}

async function preview(page: Page, svg: string, faces: string, icon: string): Promise<void> {
  await page.setViewportSize(PREVIEW);
  await page.setContent(`<!doctype html>
    <style>
      ${faces}
      body { margin: 0; padding: 30px 52px 0; background: #fff; color: #1b1e23; font-family: "Noto Sans"; }
      header { display: flex; gap: 26px; align-items: center; margin-bottom: 20px; }
      header svg { width: 84px; }
      h1 { margin: 0; font-size: 50px; line-height: 1.1; letter-spacing: -0.02em; }
      p { margin: 4px 0 0; color: #5b636e; font-size: 26px; line-height: 1.3; }
      .figure svg { display: block; width: 1096px; height: auto; }
    </style>
    <header>${icon}<div><h1>latent-lens</h1>
      <p>See what each inner number of an autoencoder looks at, in your browser</p></div></header>
    <div class="figure">${svg}</div>`);
  await page.evaluate(() => document.fonts.ready);
  await shoot(page, "preview.png");
}

/** The icon in a square of `side` pixels, of which it takes a `share`; on `ground`, or none. */
async function icon(
  page: Page,
  path: string,
  side: number,
  ground?: { share: number; radius: string },
): Promise<void> {
  const { share, radius } = ground ?? { share: 1, radius: "0" };
  await page.setViewportSize({ width: side, height: side });
  await page.setContent(`<!doctype html>
    <style>
      body { margin: 0; }
      div { width: ${side}px; height: ${side}px; display: grid; place-items: center;
        ${ground ? `background: ${TEAL}; border-radius: ${radius};` : ""} }
      svg { display: block; width: ${share * side}px; height: ${share * side}px; }
      path { fill: ${ground ? "#fff" : TEAL} !important; }
    </style><div>${path}</div>`);
}

/** A PNG in the frame of an ICO file, which older browsers ask for. */
function ico(png: Buffer, side: number): Buffer {
  const header = Buffer.alloc(22);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(1, 4);
  header.writeUInt8(side, 6);
  header.writeUInt8(side, 7);
  header.writeUInt16LE(1, 10);
  header.writeUInt16LE(32, 12);
  header.writeUInt32LE(png.length, 14);
  header.writeUInt32LE(header.length, 18);
  return Buffer.concat([header, png]);
}

const faces = await type();
const shape = await readFile(join(folder, "icon.svg"), "utf8");
// The page's own padding stands around the figure.
const context = { viewport: { width: FIGURE_WIDTH + 64, height: 900 } };
await visit({ query: "?engine=cpu&top=8", context }, async (page) => {
  const svg = await figure(page, faces);
  const paper = await page.context().newPage();
  await preview(paper, svg, faces, shape);

  await icon(paper, shape, 32);
  await writeFile(join(folder, "favicon.ico"), ico(await shoot(paper, "", true), 32));
  for (const side of [192, 512]) {
    await icon(paper, shape, side, { share: 0.66, radius: "22%" });
    await shoot(paper, `icon-${side}.png`, true);
  }
  // Systems cut these to their own shapes.
  await icon(paper, shape, 512, { share: 0.56, radius: "0" });
  await shoot(paper, "icon-maskable.png");
  await icon(paper, shape, 180, { share: 0.62, radius: "0" });
  await shoot(paper, "apple-touch-icon.png");
});
