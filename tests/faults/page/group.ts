/** What goes wrong for the page. */
import type { Group } from "../kinds";
import { Explorer } from "./explorer";
import { FETCH } from "./fetch";
import { GPU } from "./gpu";
import { KEPT } from "./kept";
import { TAB } from "./tab";
import { WORKERS } from "./workers";

export const RUNS: Group<Explorer> = {
  name: "runs",
  open: () => Explorer.open(),
  kinds: [...WORKERS, ...TAB, ...KEPT],
};

/** Each loads the page anew. */
export const VISITS: Group<Explorer> = {
  name: "visits",
  open: () => Explorer.open(),
  kinds: FETCH,
};

export const DRAWN: Group<Explorer> = {
  name: "graphics",
  open: () => Explorer.open({ webgpu: "software" }),
  kinds: GPU,
};
