/** A program that is ended, or heard by nobody, while it works. */
import assert from "node:assert/strict";

import type { Kind } from "../kinds";
import type { Terminal } from "./terminal";

const WORKING = ["analyse", "shard", "train"];

export const WORK: readonly Kind<Terminal>[] = [
  {
    name: "interrupted while it works",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, WORKING);
      const signal = random.choose(["SIGINT", "SIGTERM", "SIGHUP"] as const);
      const ms = Math.round(random.next() * command.ms);
      const { child, ended } = terminal.start(command.line);
      setTimeout(() => child.kill(signal), ms);
      const { code, signal: by, said } = await ended;
      if (code === 0) await terminal.holds(command.makes, "what the command makes");
      else {
        // At its very start it listens to nobody yet.
        if (by === null) assert.match(said, /^Stopped; nothing was written\.$/m);
        assert.ok(code === 130 || by === signal, `${code} ${by}: ${said}`);
        if (by === null) await terminal.holds(command.before, "what an earlier run had left");
        else await terminal.whole(command);
      }
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, ${signal} after ${ms} ms`;
    },
  },
  {
    name: "killed while it works",
    async happen(terminal, random) {
      const command = await terminal.prepared(random, WORKING);
      const ms = Math.round(random.next() * command.ms);
      const { child, ended } = terminal.start(command.line);
      setTimeout(() => child.kill("SIGKILL"), ms);
      await ended;
      await terminal.whole(command);
      await terminal.again(command);
      return `${command.line.split(" ")[0]}, after ${ms} ms`;
    },
  },
  {
    name: "nobody reads what it says any more",
    async happen(terminal, random) {
      const command = await terminal.prepared(random);
      const words = random.below(6);
      const { child, ended } = terminal.start(command.line);
      let heard = 0;
      if (words === 0) child.stderr!.destroy();
      child.stderr!.on("data", () => (heard += 1) >= words && child.stderr!.destroy());
      const { code, signal } = await ended;
      assert.equal(code, 0, `it ended with ${code ?? signal} for want of a reader`);
      await terminal.holds(command.makes, "what the command makes");
      return `${command.line.split(" ")[0]}, after ${words} words`;
    },
  },
];
