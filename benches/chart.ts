/**
 * Draws what `scaling` says as a chart: its JSON lines come in, SVG goes into the file that is named on
 * the command line (`cargo xtask bench scaling --chart FILE`). A panel for each thing that grows,
 * both axes by powers, so that costs that grow in proportion rise along the dotted line.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv, stdin } from "node:process";

interface Line {
  name: string;
  varied: string;
  [field: string]: unknown;
}

const STAGES = [
  { field: "training_ms", name: "training, an epoch", colour: "#0072b2" },
  { field: "pixel_importance_ms", name: "stage 1", colour: "#d55e00" },
  { field: "direction_ms", name: "stage 2", colour: "#009e73" },
  { field: "latent_importance_ms", name: "stage 3", colour: "#b5639a" },
];
const PANELS = [
  { varied: "n", title: "held-out images" },
  { varied: "pixels", title: "pixels" },
  { varied: "d", title: "latent dimensions" },
  { varied: "layers", title: "encoder layers" },
  { varied: "workers", title: "workers" },
];
/** Milliseconds from the bottom to the top. */
const [LEAST, MOST] = [1, 1000];
/** Panels stand in rows of so many. */
const ACROSS = 3;
const [PANEL, GAP, LEFT, TOP, HEIGHT, BELOW] = [158, 22, 46, 54, 170, 62];

const lines = readFileSync(stdin.fd, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Line)
  .filter(({ name }) => name === "scaling");
if (lines.length === 0) throw new Error("the benchmark scaling was not run");
writeFileSync(argv[2]!, chart());

function chart(): string {
  const rows = Math.ceil(PANELS.length / ACROSS);
  const [width, height] = [LEFT + ACROSS * (PANEL + GAP), TOP + rows * (HEIGHT + BELOW) - 28];
  const parts = [
    ...legend(),
    ...PANELS.flatMap((panel, at) => {
      const [row, column] = [Math.floor(at / ACROSS), at % ACROSS];
      const top = TOP + row * (HEIGHT + BELOW);
      return draw(panel, LEFT + column * (PANEL + GAP), top, column === 0);
    }),
  ];
  // Between black and white, to be read on either.
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#7a818c">
<title>Milliseconds of each stage as images, pixels, dimensions, layers and workers grow</title>
${parts.join("\n")}
</svg>
`;
}

function legend(): string[] {
  return STAGES.map(({ name, colour }, at) => {
    const x = LEFT + at * 95 + (at === 0 ? 0 : 55);
    return `<path d="M${x} 14h18" stroke="${colour}" stroke-width="2"/><circle cx="${x + 9}" cy="14" r="3" fill="${colour}"/><text x="${x + 25}" y="18">${name}</text>`;
  });
}

function draw(
  { varied, title }: (typeof PANELS)[number],
  left: number,
  top: number,
  first: boolean,
): string[] {
  const own = lines.filter((line) => line.varied === varied);
  const sizes = own.map((line) => Number(line[varied]));
  const [least, most] = [sizes[0]!, sizes.at(-1)!];
  const x = (size: number) =>
    round(left + 8 + ((PANEL - 16) * Math.log(size / least)) / Math.log(most / least));
  const y = (ms: number) =>
    round(top + HEIGHT * (1 - Math.log(ms / LEAST) / Math.log(MOST / LEAST)));
  const parts = [`<text x="${left}" y="${top - 10}" font-weight="bold">${title}</text>`];
  for (const ms of [1, 10, 100, 1000]) {
    parts.push(`<path d="M${left} ${y(ms)}h${PANEL}" stroke="#7a818c" stroke-opacity=".3"/>`);
    if (first)
      parts.push(
        `<text x="${left - 6}" y="${y(ms) + 4}" text-anchor="end">${ms.toLocaleString("en")}</text>`,
      );
  }
  if (first) parts.push(`<text x="4" y="${top - 10}">ms</text>`);
  for (const size of sizes) {
    parts.push(
      `<text x="${x(size)}" y="${top + HEIGHT + 17}" text-anchor="middle" font-size="10.5">${size.toLocaleString("en")}</text>`,
    );
  }
  // In proportion to the size, no further than the panel goes.
  const start = 3;
  const end = Math.min(MOST, (start * most) / least);
  parts.push(
    `<path d="M${x(least)} ${y(start)}L${x((end / start) * least)} ${y(end)}" stroke="#7a818c" stroke-dasharray="1 4" stroke-linecap="round" fill="none"/>`,
  );
  for (const { field, colour } of STAGES) {
    const points = own.map((line) => [x(Number(line[varied])), y(Number(line[field]))] as const);
    const path = points.map(([x, y]) => `${x} ${y}`).join("L");
    parts.push(`<path d="M${path}" stroke="${colour}" stroke-width="2" fill="none"/>`);
    for (const [x, y] of points) parts.push(`<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`);
  }
  return parts;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
