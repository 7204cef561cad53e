/** Who measures what, with workers that measure when the test says so. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Division } from "../../www/engine/division";
import type { Stretch } from "../../www/engine/messages";

/** A measurement's number is its place in the order, and one that tells it from the place. */
const measure = ({ first, count }: Stretch) =>
  Float64Array.from({ length: count }, (_, at) => Math.sin(first + at));

class Workers {
  readonly given = new Map<string, Stretch[]>();
  readonly delivered: number[] = [];
  readonly division: Division<string>;
  /** Every stretch that was handed out, in that order. */
  readonly all: Stretch[] = [];

  constructor(total: number, { from = 0, stride = 1 } = {}) {
    this.division = new Division<string>(from, total, stride, {
      assign: (worker, stretch) => {
        this.given.get(worker)!.push(stretch);
        this.all.push(stretch);
      },
      deliver: (values) => void this.delivered.push(...values),
    });
  }

  join(...names: string[]): void {
    for (const name of names) {
      this.given.set(name, []);
      this.division.join(name);
    }
  }

  /** The next stretch of a worker is measured, `msEach` a measurement. */
  finish(name: string, msEach = 1): Stretch {
    const stretch = this.given.get(name)!.shift();
    assert.ok(stretch, `${name} has something to do`);
    this.division.measured(name, stretch.first, measure(stretch), msEach * stretch.count);
    return stretch;
  }

  /** Until nobody has anything to do; whoever is named more often is so much faster. */
  finishAll(order: string[], msEach: Record<string, number> = {}): void {
    for (let idle = 0, turn = 0; idle < order.length; turn += 1) {
      const name = order[turn % order.length]!;
      if (this.given.get(name)?.length) {
        this.finish(name, msEach[name]);
        idle = 0;
      } else idle += 1;
    }
  }
}

const whole = (total: number, from = 0) => [...measure({ first: from, count: total - from })];

test("whoever measures, everything is delivered once and in order", () => {
  for (const [total, from, stride] of [
    [1000, 0, 1],
    [997, 13, 6],
    [3, 0, 64],
    [1, 0, 1],
  ] as const) {
    for (const names of ["a", "ab", "abc", "abcdefgh"]) {
      const workers = new Workers(total, { from, stride });
      workers.join(...names);
      // The last is much slower than the first.
      workers.finishAll([...names, ...names.slice(0, -1), ...names.slice(0, -1)]);
      assert.deepEqual(workers.delivered, whole(total, from), `${total} by ${names}`);
      const measured = workers.all.reduce((sum, { count }) => sum + count, 0);
      assert.equal(measured, total - from, "nothing is measured twice");
    }
  }
});

test("what is measured early waits for what comes before it", () => {
  const workers = new Workers(100);
  workers.join("a", "b");
  const ahead = workers.finish("b");
  assert.equal(ahead.first, 2);
  assert.deepEqual(workers.delivered, []);
  workers.finish("a");
  assert.deepEqual(workers.delivered, whole(1));
  workers.finish("a");
  assert.deepEqual(workers.delivered, whole(3));
});

test("a stretch takes a slice of time, in whole strides, and less towards the end", () => {
  const workers = new Workers(10_000, { stride: 5 });
  workers.join("fast", "slow");
  const msEach = { fast: 0.5, slow: 2 };
  workers.finishAll(["fast", "fast", "fast", "fast", "slow"], msEach);
  for (const { count } of workers.all) assert.equal(count % 5, 0);
  const counts = workers.all.map(({ count }) => count);
  assert.equal(Math.max(...counts), 80, "40 ms of the fast one");
  assert.ok(counts.includes(20), "40 ms of the slow one");
  assert.deepEqual(counts.slice(0, 4), [5, 5, 5, 5], "little before the speed is known");
  assert.deepEqual(counts.slice(-4), [5, 5, 5, 5], "little at the end");
});

test("nobody idles at the end: the last to finish is one short stretch behind the first", () => {
  // Simulated by the clock: workers of different speeds, each with its own end of the next stretch.
  const msEach: Record<string, number> = { a: 1, b: 1.3, c: 4 };
  const names = Object.keys(msEach);
  const workers = new Workers(3000);
  const clock: Record<string, number> = { a: 0, b: 0, c: 0 };
  const ended: Record<string, number> = {};
  workers.join(...names);
  for (;;) {
    const busy = names.filter((name) => workers.given.get(name)!.length > 0);
    const until = (name: string) =>
      clock[name]! + workers.given.get(name)![0]!.count * msEach[name]!;
    const next = busy.sort((one, other) => until(one) - until(other))[0];
    if (!next) break;
    clock[next] = ended[next] = until(next);
    workers.finish(next, msEach[next]);
  }
  const ends = Object.values(ended);
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const perfect = 3000 / (1 + 1 / 1.3 + 1 / 4);
  assert.ok(last - first < 40, `${last - first} ms between the first and the last to end`);
  assert.ok(last < 1.02 * perfect, `${last} ms where ${perfect} are possible`);
  assert.deepEqual(workers.delivered, whole(3000));
});

test("what a lost worker had in hand is measured by others, before what is new", () => {
  const workers = new Workers(500, { stride: 10 });
  workers.join("a", "b", "c");
  const lost = [...workers.given.get("b")!];
  assert.equal(lost.length, 2);
  workers.division.leave("b");
  // A last word of it comes too late.
  workers.division.measured("b", lost[0]!.first, measure(lost[0]!), 1);
  workers.finish("a");
  workers.finish("c");
  const taken = [...workers.given.get("a")!, ...workers.given.get("c")!];
  for (const { first } of lost) assert.ok(taken.some((stretch) => stretch.first === first));
  workers.finishAll(["a", "c"]);
  assert.deepEqual(workers.delivered, whole(500));
});

test("a worker that idles because everything is handed out takes what a lost one had", () => {
  const workers = new Workers(4, { stride: 1 });
  workers.join("a", "b");
  workers.finish("a");
  workers.finish("a");
  assert.deepEqual(workers.given.get("a"), []);
  assert.equal(workers.division.busy("a"), false);
  assert.equal(workers.division.busy("b"), true);
  workers.division.leave("b");
  assert.equal(workers.division.busy("a"), true);
  workers.finishAll(["a"]);
  assert.deepEqual(workers.delivered, whole(4));
});

test("the last of several workers finishes alone", () => {
  const workers = new Workers(800);
  workers.join("a", "b", "c");
  for (const name of ["a", "b", "c", "a"]) workers.finish(name);
  workers.division.leave("a");
  workers.division.leave("c");
  workers.finishAll(["b"]);
  assert.deepEqual(workers.delivered, whole(800));
});

test("one that comes late takes part at once", () => {
  const workers = new Workers(1000);
  workers.join("a");
  for (let turn = 0; turn < 5; turn += 1) workers.finish("a");
  workers.join("late");
  assert.equal(workers.given.get("late")!.length, 2);
  workers.finishAll(["a", "late"]);
  assert.deepEqual(workers.delivered, whole(1000));
});

test("who adds up next is told everything that the lost one had not kept", () => {
  const workers = new Workers(600, { stride: 7 });
  workers.join("a", "b");
  for (let turn = 0; turn < 6; turn += 1) {
    workers.finish("a");
    workers.finish("b");
  }
  const kept = workers.all[3]!.first;
  workers.division.kept(kept);
  workers.division.hold();
  workers.division.leave("a");
  const known = workers.delivered.length;
  // Meanwhile the others go on, and nothing is told to nobody.
  workers.finish("b");
  assert.equal(workers.delivered.length, known);

  workers.delivered.splice(0);
  workers.division.deliverFrom(kept);
  workers.join("a2");
  workers.finishAll(["b", "a2"]);
  assert.deepEqual(workers.delivered, whole(600, kept));
});
