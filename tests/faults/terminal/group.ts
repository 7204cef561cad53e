/** What goes wrong for the program in a terminal. */
import { env } from "node:process";

import type { Group } from "../kinds";
import { DISK } from "./disk";
import { FILES } from "./files";
import { Terminal } from "./terminal";
import { WORK } from "./work";

export const TERMINAL: Group<Terminal> = {
  name: "terminal",
  open: () => Terminal.open(),
  // Only Linux loads a disk that fails.
  kinds: [...(env["DISK"] ? DISK : []), ...WORK, ...FILES],
};
