/** Classes by the names that people gave them: lists, attributes, addresses and settings. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { asProperty, labelOf, readNames, readTokens, writeNames } from "../../www/classes";
import { classNames } from "../../www/element/properties";
import { readSettings, runSettings, textsOf } from "../../www/settings";

const known = (...names: string[]) => names.map((name, label) => ({ label, name }));

test("a list of names is read as it is written, whatever stands in them", () => {
  for (const [text, names] of [
    ["0,1", ["0", "1"]],
    ["3 8", ["3", "8"]],
    [" cat , black dog ", ["cat", "black dog"]],
    ['"cat, black",dog', ["cat, black", "dog"]],
    ['"a ""b"""', ['a "b"']],
    ['5" disk, 3" disk', ['5" disk', '3" disk']],
    ['"3 8", 9', ["3 8", "9"]],
    ["", []],
    [" , ,", []],
  ] as const) {
    assert.deepEqual(readNames(text), names, text);
    assert.deepEqual(readNames(writeNames(names)), names, text);
  }
  assert.equal(readNames('"cat, dog'), undefined);
  assert.equal(writeNames([0, 1]), "0,1");
  assert.equal(writeNames(["cat, black", "dog"]), '"cat, black",dog');
});

test("an old class attribute may hold names with blanks, beside those for style sheets", () => {
  assert.deepEqual(readTokens('wide "Ankle boot" 8'), ["wide", "Ankle boot", "8"]);
  assert.deepEqual(readTokens('"Ankle boot" wide """"'), ["Ankle boot", "wide", '"']);
});

test("a name is found in its composed form; a number is a label only where no class is called by one", () => {
  const pets = known("cat", "dog");
  assert.equal(labelOf("dog", pets), 1);
  assert.equal(labelOf("1", pets), 1);
  assert.equal(labelOf("2", pets), undefined);
  assert.equal(labelOf("cafe\u0301", known("tea", "caf\u00e9")), 1);
  // Labels 1, 2 and 1000 are counted from 0 inside, of which nobody knows.
  const numbers = known("1", "2", "1000");
  assert.equal(labelOf("1", numbers), 0);
  assert.equal(labelOf("1000", numbers), 2);
  assert.equal(labelOf("0", numbers), undefined);
});

test("a property has numbers as numbers, as long as they are the same then", () => {
  assert.deepEqual(["3", "03", "cat", "20231000", "9007199254740993"].map(asProperty), [
    3,
    "03",
    "cat",
    20231000,
    "9007199254740993",
  ]);
  assert.deepEqual(classNames('0,1,"a, b"'), [0, 1, "a, b"]);
});

test("settings have the labels of the classes that are named, and refuse others by name", () => {
  const read = (text: string, classes?: ReturnType<typeof known>) => {
    const { values, refusals } = readSettings(
      (name) => (name === "classes" ? text : null),
      classes,
    );
    return { labels: runSettings(values).classes, refusal: refusals.classes };
  };
  const pets = known("cat", "dog", "ox, old");
  assert.deepEqual(read('"ox, old",cat', pets), { labels: [2, 0], refusal: undefined });
  assert.equal(
    read("cat,bird", pets).refusal,
    "There is no class bird; the classes are cat, dog, ox, old.",
  );
  assert.equal(read('"cat').refusal, "Classes must be listed like 0, 1 or cat, dog.");
  // Until it is known which there are, names stand for the first.
  assert.deepEqual(read("cat,dog").labels, [0, 1]);
  assert.deepEqual(read("8,3").labels, [8, 3]);
  const texts = textsOf({ classes: [2, 0], held_out: 20, explain: "all" }, (at) => pets[at]!.name);
  assert.deepEqual(texts, { classes: '"ox, old",cat', "held-out": "20", explain: "all" });
});

test("explained are all images, those held out or a number of them", () => {
  const read = (text: string) => {
    const { values, refusals } = readSettings((name) => (name === "explain" ? text : null));
    return refusals.explain ?? runSettings(values).explain;
  };
  for (const word of ["auto", "all", "held-out", "60"]) assert.equal(read(word), word);
  assert.equal(read(" 007 "), "7");
  for (const bad of ["", "0", "some", "1.5", "-1"]) {
    assert.match(read(bad), /^Explained images must be auto, all, held-out or a number/, bad);
  }
  assert.equal(runSettings(readSettings(() => null).values).held_out, 15);
});
