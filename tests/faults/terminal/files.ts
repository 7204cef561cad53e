/** Parts that are missing, doubled or damaged, and files that are. */
import assert from "node:assert/strict";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";

import type { Kind } from "../kinds";
import { damaged, type Random } from "../random";
import { type Command, refusal, type Terminal } from "./terminal";

const PARTS = [1, 2, 3].map((part) => `parts/${part}.json`);

function merging(parts: readonly string[]): string {
  return `merge ${parts.join(" ")} --out out`;
}

/** A file with something of it changed, in a place of its own. */
async function spoil(terminal: Terminal, name: string, random: Random): Promise<string> {
  const spoilt = `spoilt-${name.split("/").at(-1)}`;
  await writeFile(terminal.path(spoilt), damaged(await readFile(terminal.path(name)), random));
  return spoilt;
}

/** Runs a command that may only be refused in these words, or give what it gives of files that are whole. */
async function refusedOrSame(
  terminal: Terminal,
  command: Command,
  line: string,
  words: RegExp,
): Promise<void> {
  const ended = await terminal.run(line);
  if (ended.code === 0)
    return terminal.holds(command.makes, "what it makes of files that are whole");
  refusal(ended, words);
  await terminal.holds(command.before, "what an earlier run had left");
}

export const FILES: readonly Kind<Terminal>[] = [
  {
    name: "a part is missing",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["merge"]);
      const gone = random.below(PARTS.length);
      const others = PARTS.filter((_, at) => at !== gone);
      const line = merging(others);
      const words = new RegExp(`Part ${gone + 1}/3 is missing; compute it and merge again\\.`);
      await terminal.refused({ ...command, line }, words);
      await terminal.again(command);
      return `part ${gone + 1}`;
    },
  },
  {
    name: "a part's file is not there",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["merge"]);
      const parts = [...PARTS];
      parts[random.below(parts.length)] = "parts/none.json";
      const words = /none\.json: The file cannot be read: .*Check its path/;
      await terminal.refused({ ...command, line: merging(parts) }, words);
      await terminal.again(command);
      return parts.join(" ");
    },
  },
  {
    name: "a part is doubled",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["merge"]);
      const twice = random.below(PARTS.length);
      // The same file, or a copy of it, instead of another part or beside all.
      const copy = `copy-${twice + 1}.json`;
      await copyFile(terminal.path(PARTS[twice]!), terminal.path(copy));
      const parts = [...PARTS];
      const instead = random.choose([parts.length, (twice + 1) % parts.length]);
      parts[instead] = random.choose([PARTS[twice]!, copy]);
      const words = new RegExp(`Part ${twice + 1}/3 is given twice; leave one out\\.`);
      await terminal.refused({ ...command, line: merging(parts) }, words);
      await terminal.again(command);
      return parts.join(" ");
    },
  },
  {
    name: "a part is damaged",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["merge"]);
      const at = random.below(PARTS.length);
      const parts = [...PARTS];
      parts[at] = await spoil(terminal, PARTS[at]!, random);
      const words = /part|spoilt-.*(Compute the part again|Compute both)/i;
      await refusedOrSame(terminal, command, merging(parts), words);
      await terminal.again(command);
      return `part ${at + 1}`;
    },
  },
  {
    name: "a file of images is cut off",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["analyse", "shard", "train"]);
      const name = random.choose(["images.idx", "labels.idx"]);
      const bytes = await readFile(terminal.path(name));
      const cut = `cut-${name}`;
      await writeFile(terminal.path(cut), bytes.subarray(0, random.below(bytes.length)));
      const line = command.line.replace(name, cut);
      await terminal.refused({ ...command, line }, new RegExp(cut));
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${name}`;
    },
  },
  {
    name: "a compressed file is damaged",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["analyse", "train"]);
      const spoilt = await spoil(terminal, "images.idx.gz", random);
      const line = command.line.replace("images.idx", spoilt);
      const { code, said } = await terminal.run(line);
      if (code === 0) {
        // The report names the file.
        const made = command.makes.has("model.keras") ? "model.keras" : "pixel_importance.csv";
        const found = (await terminal.files("out")).get(made)!;
        assert.ok(found.equals(command.makes.get(made)!), "a damaged file gives other numbers");
      } else {
        refusal({ code, said, signal: null }, new RegExp(spoilt));
        await terminal.holds(command.before, "what an earlier run had left");
      }
      await terminal.again(command);
      return command.line.split(" ")[0]!;
    },
  },
  {
    name: "a model's archive is damaged",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, ["analyse"]);
      const model = (file: string) =>
        `analyse --model ${file} --images images.idx --labels labels.idx --out out`;
      await rm(terminal.path("out"), { recursive: true, force: true });
      await terminal.succeed(model("model.keras"));
      const makes = await terminal.files("out");
      const spoilt = await spoil(terminal, "model.keras", random);
      const ended = await terminal.run(model(spoilt));
      if (ended.code === 0) {
        const table = "pixel_importance.csv";
        const found = (await terminal.files("out")).get(table)!;
        assert.ok(found.equals(makes.get(table)!), "a damaged model gives other numbers");
      } else {
        refusal(ended, new RegExp(spoilt));
        await terminal.holds(makes, "what the model gave before");
      }
      await rm(terminal.path("out"), { recursive: true });
      await terminal.again(command);
      return "model.keras";
    },
  },
];
