/** The program in a terminal, with a folder of small files to work on and what it makes of them undisturbed. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

import { gzip, idxImages, idxLabels, set } from "../../browser/files";
import { needed } from "../../browser/harness";
import type { Place } from "../kinds";
import type { Random } from "../random";

/** The contents of a folder's files by their names. */
export type Files = Map<string, Buffer>;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  said: string;
}

export interface Command {
  line: string;
  /** What it writes to `out`. */
  makes: Files;
  /** What an earlier run has left there. */
  before: Files;
  ms: number;
}

const RUN = "--images images.idx --labels labels.idx --dims 3 --epochs 2";
const COMMANDS = {
  analyse: `analyse ${RUN} --method sampled --permutations 2 --out out`,
  shard: `shard --part 2/3 ${RUN} --out out/part.json`,
  train: `train ${RUN} --out out/model.keras`,
  merge: "merge parts/1.json parts/2.json parts/3.json --out out",
};

export class Terminal implements Place {
  readonly commands = new Map<string, Command>();

  private constructor(readonly folder: string) {}

  static async open(): Promise<Terminal> {
    const terminal = new Terminal(await mkdtemp(join(tmpdir(), "latent-lens-faults-")));
    const images = set(3, 24, 3, 5);
    const write = (name: string, bytes: Uint8Array) => writeFile(terminal.path(name), bytes);
    await write("images.idx", idxImages(images));
    await write("images.idx.gz", gzip(idxImages(images)));
    await write("labels.idx", idxLabels(images));
    await mkdir(terminal.path("parts"));
    for (const part of [1, 2, 3]) {
      await terminal.succeed(`shard --part ${part}/3 ${RUN} --seed 1 --out parts/${part}.json`);
    }
    await terminal.succeed(`train ${RUN} --out model.keras`);
    for (const [name, line] of Object.entries(COMMANDS)) {
      const other = name === "merge" ? `analyse ${RUN} --seed 2 --out out` : `${line} --seed 2`;
      await terminal.succeed(other);
      const before = await terminal.files("out");
      await rm(terminal.path("out"), { recursive: true });
      const start = performance.now();
      await terminal.succeed(line);
      const ms = performance.now() - start;
      const makes = await terminal.files("out");
      terminal.commands.set(name, { line, makes, before, ms });
      assert.notDeepEqual(makes, before, "an earlier run has other numbers");
      await rm(terminal.path("out"), { recursive: true });
    }
    return terminal;
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Of a folder of its own, those that are hidden among them; none where there is no such folder. */
  async files(folder: string): Promise<Files> {
    const names = await readdir(this.path(folder)).catch(() => []);
    const found = names.sort().map(async (name): Promise<[string, Buffer]> => {
      return [name, await readFile(this.path(folder, name))];
    });
    return new Map(await Promise.all(found));
  }

  /** A command, with what an earlier run has left in `out`, or nothing. */
  async prepared(random: Random, names = [...this.commands.keys()]): Promise<Command> {
    const command = this.commands.get(random.choose(names))!;
    await rm(this.path("out"), { recursive: true, force: true });
    if (random.below(4) === 0) return { ...command, before: new Map() };
    await mkdir(this.path("out"));
    for (const [name, bytes] of command.before) await writeFile(this.path("out", name), bytes);
    return command;
  }

  /** Starts the program; `disk` is what goes wrong with its disk (`disk.rs`). */
  start(line: string, disk?: string): { child: ChildProcess; ended: Promise<Ended> } {
    const faulty = disk !== undefined && { LD_PRELOAD: needed("DISK"), DISK_FAULT: disk };
    const child = spawn(needed("PROGRAM"), line.split(" "), {
      cwd: this.folder,
      env: { ...env, ...faulty },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (words: Buffer) => (said += words.toString()));
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, said }));
    });
    return { child, ended };
  }

  run(line: string, disk?: string): Promise<Ended> {
    return this.start(line, disk).ended;
  }

  async succeed(line: string): Promise<void> {
    const { code, said } = await this.run(line);
    assert.equal(code, 0, `${line}: ${said}`);
  }

  /** Runs a command that has to be refused in a sentence, with all left as it was. */
  async refused({ line, before }: Command, words: RegExp, disk?: string): Promise<void> {
    const ended = await this.run(line, disk);
    refusal(ended, words);
    await this.holds(before, "what was there");
  }

  /** That `out` has these files, and no others. */
  async holds(files: Files, what: string): Promise<void> {
    const found = await this.files("out");
    const names = [...new Set([...found.keys(), ...files.keys()])];
    const other = names.filter((name) => !found.get(name)?.equals(files.get(name) ?? Buffer.of()));
    assert.deepEqual(other, [], `${what} is not what is in the folder now`);
  }

  /** That the same command gives the right numbers now, and leaves nothing else behind. */
  async again({ line, makes }: Command): Promise<void> {
    await this.succeed(line);
    await this.holds(makes, "what the next run makes");
  }

  /**
   * After an end at any moment: all files are of one run or the other, and where the one is that is written last, all
   * are of the same run.
   */
  async whole({ makes, before }: Command): Promise<void> {
    const found = [...(await this.files("out"))].filter(([name]) => !name.startsWith("."));
    const are = (files: Files) => found.filter(([name, bytes]) => files.get(name)?.equals(bytes));
    const [old, made] = [are(before), are(makes)];
    const last = [...makes.keys()].find((name) => name === "report.json") ?? [...makes.keys()][0]!;
    const neither = found.filter((file) => !old.includes(file) && !made.includes(file));
    assert.deepEqual(neither, [], "a file is of no run");
    if (!found.some(([name]) => name === last)) return;
    const complete = old.length === before.size || made.length === makes.size;
    assert.ok(
      complete,
      `${last} is there, with ${old.length} files of before and ${made.length} new`,
    );
  }
}

/** That a command ended with a sentence which these words are in. */
export function refusal({ code, signal, said }: Ended, words: RegExp): void {
  assert.ok(code === 1 || code === 2, `it ended with ${code ?? signal}: ${said}`);
  assert.match(said, words);
  assert.match(said.trimEnd(), /\.$/, "it says no sentence");
  assert.doesNotMatch(said, /panicked/);
}
