/** Models that pages give, against what the engine knows. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { ACTIVATIONS } from "../../www/model/activations";

test("the activations of a page's model are those that the engine has", () => {
  const source = readFileSync("src/model/activation.rs", "utf8");
  const [, body = ""] = /pub enum Activation \{\n([\s\S]*?)\n\}/.exec(source)!;
  const variants = [...body.matchAll(/^ {4}([A-Z]\w*)(?: \{([\s\S]*?)\n {4}\})?,$/gm)];
  const known = variants.map(([, name, fields = ""]) => [
    name!.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
    [...fields.matchAll(/^ {8}(\w+): f32,$/gm)].map(([, field]) => field),
  ]);
  const listed = Object.entries(ACTIVATIONS).map(([name, usual]) => [name, Object.keys(usual)]);
  assert.deepEqual(Object.fromEntries(known), Object.fromEntries(listed));
});
