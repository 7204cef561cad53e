/** How many pixels a canvas gets for its box. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sharpness } from "../../www/parts/canvas";

test("a canvas has the screen's pixels, as long as every browser can draw so many", () => {
  assert.deepEqual(sharpness(1200, 640, 2), { columns: 2400, rows: 1280, scale: 2 });
  assert.deepEqual(sharpness(333.3, 100, 1.5), { columns: 500, rows: 150, scale: 1.5 });
  assert.deepEqual(sharpness(0.2, 10, 1), { columns: 1, rows: 10, scale: 1 });
});

test("one that would be too large is as sharp as it can be, and keeps its shape", () => {
  for (const [width, height] of [
    [1200, 30_000],
    [358, 60_000],
    [5000, 5000],
    [40_000, 300],
  ] as const) {
    const { columns, rows, scale } = sharpness(width, height, 3);
    assert.ok(columns * rows <= 16_777_216, `${columns} × ${rows}`);
    assert.ok(Math.max(columns, rows) <= 16_384, `${columns} × ${rows}`);
    assert.ok(scale < 3);
    assert.ok(Math.abs(columns - width * scale) < 1 && Math.abs(rows - height * scale) < 1);
    const full = Math.max((columns * rows) / 16_777_216, Math.max(columns, rows) / 16_384);
    assert.ok(full > 0.99, `${full}`);
  }
});
