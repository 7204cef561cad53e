/** How many workers help with what. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { helpers } from "../../www/engine/workers";

const demand = (pixel_importance: number, latent_importance: number, room = 100) => ({
  pixel_importance,
  latent_importance,
  room,
});
const list = (...about: Parameters<typeof helpers>) => [...helpers(...about)];

test("little work stays with one worker, however many cores there are", () => {
  // Two digits on the paper's network: exact stage 1, sampled stage 3.
  assert.deepEqual(list(demand(3e7, 7e8), "auto", 64), []);
  assert.deepEqual(list(demand(9.9e9, 0), "auto", 64), []);
});

test("each stage gets as many as its own work is worth", () => {
  assert.deepEqual(list(demand(1.6e10, 3e7), "auto", 8), [["pixel-importance", 2]]);
  assert.deepEqual(list(demand(3e7, 1.1e10), "auto", 8), [["latent-importance", 1]]);
});

test("groups that are moved are divided as pixels are, where there are any", () => {
  const groups = { ...demand(3e7, 3e7), group_importance: 1.6e10 };
  assert.deepEqual(list(groups, "auto", 8), [["group-importance", 2]]);
  assert.deepEqual(list({ ...demand(1, 1), group_importance: 0 }, 3, 8), [
    ["pixel-importance", 2],
    ["latent-importance", 2],
  ]);
});

test("much work gets every core, of which one of three or more is the page's", () => {
  const deep = demand(5e11, 1e12);
  const both = (count: number) => [
    ["pixel-importance", count],
    ["latent-importance", count],
  ];
  assert.deepEqual(list(deep, "auto", 1), []);
  assert.deepEqual(list(deep, "auto", 2), both(1));
  assert.deepEqual(list(deep, "auto", 3), both(1));
  assert.deepEqual(list(deep, "auto", 8), both(6));
});

test("a number is obeyed whatever the work and the cores, but not beyond the memory", () => {
  assert.deepEqual(list(demand(1, 1), 1, 8), []);
  assert.deepEqual(list(demand(1, 1), 3, 1), [
    ["pixel-importance", 2],
    ["latent-importance", 2],
  ]);
  assert.deepEqual(list(demand(5e11, 5e11, 1), 8, 8), [
    ["pixel-importance", 1],
    ["latent-importance", 1],
  ]);
  assert.deepEqual(list(demand(5e11, 5e11, 0), "auto", 8), []);
});
