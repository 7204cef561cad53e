/** The disk is full or does not answer, and the program is ended at any byte that it writes. */
import assert from "node:assert/strict";
import { constants } from "node:os";

import type { Kind } from "../kinds";
import type { Random } from "../random";
import type { Command, Terminal } from "./terminal";

const { ENOSPC, EDQUOT, EROFS, EACCES, EIO, EMFILE } = constants.errno;

const CANNOT_WRITE = /out: Files cannot be written here: .*Choose another folder with --out/;

/** The place of a byte that a command writes. */
function byte({ makes }: Command, random: Random): number {
  const all = [...makes.values()].reduce((sum, { length }) => sum + length, 0);
  return random.below(all);
}

/** One of the steps by which a command writes its files, or one after them. */
function step({ makes }: Command, random: Random): number {
  return 1 + random.below(4 + 4 * makes.size);
}

/** Runs a command whose disk is at fault: it is refused, or did not come to the fault and is done. */
async function faulty(terminal: Terminal, command: Command, disk: string): Promise<string> {
  const ended = await terminal.run(command.line, disk);
  if (ended.code === 0) await terminal.holds(command.makes, "what the command makes");
  else {
    assert.match(ended.said, CANNOT_WRITE);
    assert.equal(ended.code, 1, ended.said);
    await terminal.holds(command.before, "what an earlier run had left");
  }
  await terminal.again(command);
  return `${command.line.split(" ")[0]}, ${disk}`;
}

/** Runs a command that is ended without a word. */
async function killed(terminal: Terminal, command: Command, disk: string): Promise<string> {
  const { code, signal, said } = await terminal.run(command.line, disk);
  assert.ok(code === 0 || signal === "SIGKILL", `${code} ${signal}: ${said}`);
  await terminal.whole(command);
  await terminal.again(command);
  return `${command.line.split(" ")[0]}, ${disk}`;
}

export const DISK: readonly Kind<Terminal>[] = [
  {
    name: "the disk is full",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const error = random.choose([ENOSPC, EDQUOT]);
      return faulty(terminal, command, `bytes ${byte(command, random)} ${error}`);
    },
  },
  {
    name: "the folder is read-only",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const disk = `steps 1 ${random.choose([EROFS, EACCES])}`;
      await terminal.refused(command, CANNOT_WRITE, disk);
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${disk}`;
    },
  },
  {
    name: "a step of writing fails",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const error = random.choose([ENOSPC, EACCES, EIO, EMFILE]);
      return faulty(terminal, command, `step ${step(command, random)} ${error}`);
    },
  },
  {
    name: "the disk goes read-only in the midst of writing",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const disk = `steps ${step(command, random)} ${EROFS}`;
      const { code, said } = await terminal.run(command.line, disk);
      if (code !== 0) assert.match(said, CANNOT_WRITE);
      await terminal.whole(command);
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${disk}`;
    },
  },
  {
    name: "killed at a byte that is written",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      return killed(terminal, command, `bytes ${byte(command, random)} kill`);
    },
  },
  {
    name: "killed between two steps of writing",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      return killed(terminal, command, `step ${step(command, random)} kill`);
    },
  },
  {
    name: "interrupted at a byte that is written",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const disk = `bytes ${byte(command, random)} interrupt`;
      const { code, signal, said } = await terminal.run(command.line, disk);
      // Without work there is nothing to stop, and the program ends as any other.
      assert.ok(code === 0 || signal === "SIGINT", `${code} ${signal}: ${said}`);
      if (code === 0) await terminal.holds(command.makes, "what the command makes");
      else await terminal.whole(command);
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${disk}`;
    },
  },
  {
    name: "a file cannot be read to its end",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const disk = `read ${1 + random.below(8)} ${EIO}`;
      const ended = await terminal.run(command.line, disk);
      if (ended.code === 0) await terminal.holds(command.makes, "what the command makes");
      else {
        assert.match(ended.said, /(idx|json): The file cannot be read: .*Check its path/);
        await terminal.holds(command.before, "what an earlier run had left");
      }
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${disk}`;
    },
  },
];
