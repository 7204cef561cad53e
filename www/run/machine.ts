/**
 * What an element is doing, as a table: which event leads from which state to which other one. An event
 * that a state has no row for changes nothing, whoever sends it and however late.
 */
import type { Stage } from "../engine/messages";

export type State =
  /** Nothing was asked for yet, or what was asked for has not begun. */
  | "idle"
  /** A run was asked for, and what it needs is on its way. */
  | "waiting"
  /** The same, but it is not to begin before it is resumed. */
  | "held"
  | "running"
  | "paused"
  | "cancelled"
  | "done"
  | "failed";

export type Event =
  /** A run is asked for. */
  | "ask"
  /** Everything that it needs is there. */
  | "begin"
  /** What it needs cannot be had, or cannot be used. */
  | "lack"
  | "pause"
  | "resume"
  | "cancel"
  /** The run has come to its end, or cannot go on. */
  | "finish"
  | "fail"
  /** A run that was kept in a file is shown; and no longer. */
  | "reopen"
  | "leave";

const AT_REST = { ask: "waiting", reopen: "done", leave: "idle" } as const;

export const TRANSITIONS: Record<State, Partial<Record<Event, State>>> = {
  idle: AT_REST,
  waiting: { begin: "running", lack: "idle", pause: "held", cancel: "idle" },
  held: { lack: "idle", resume: "waiting", cancel: "idle" },
  running: { pause: "paused", cancel: "cancelled", finish: "done", fail: "failed" },
  // The last update of a run may cross the pause on its way.
  paused: { resume: "running", cancel: "cancelled", finish: "done", fail: "failed" },
  cancelled: AT_REST,
  done: AT_REST,
  failed: AT_REST,
};

/** Whether a run was asked for and has not ended. */
export function isActive(state: State): boolean {
  return "cancel" in TRANSITIONS[state];
}

/** What a page is told of it. */
export type Phase = "idle" | "loading" | "training" | "analysing" | "paused" | "done" | "error";

/** `stage` is the run's, once it has come to one. */
export function phaseOf(state: State, stage: Stage | undefined): Phase {
  switch (state) {
    case "waiting":
      return "loading";
    case "held":
      return "paused";
    case "running":
      if (stage === undefined || stage === "warm-up") return "loading";
      return stage === "training" ? "training" : "analysing";
    case "cancelled":
      return "idle";
    case "failed":
      return "error";
    default:
      return state;
  }
}
