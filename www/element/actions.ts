/** What the buttons of the transport do: what can be done now, the first thing first. */
import type { Failure } from "../failures";
import type { Action } from "./transport";
import type { Phase } from "../run/machine";

export interface Situation {
  phase: Phase;
  /** Why it is in the phase "error". */
  failure: Failure | undefined;
  /** Why the settings cannot be used. */
  refusal: string | undefined;
  /** Whether there is another engine than the CPU's to turn away from. */
  onCpu: boolean;
  /** Whether a model was brought, and whether there was a run. */
  brought: boolean;
  ran: boolean;
  /** Whether its network only has to be measured otherwise. */
  measures: boolean;
}

export interface Does {
  run(): void;
  pause(): void;
  resume(): void;
  cancel(): void;
  tryAgain(): void;
  download(): void;
  chooseImages(): void;
  useCpu(): void;
}

export function actions(situation: Situation, does: Does): [first: Action, second?: Action] {
  const { phase, failure, refusal } = situation;
  const cancel = { label: "Cancel", act: does.cancel };
  switch (phase) {
    case "loading":
      return [{ label: "Starting", act: does.run, blocked: "The run is about to start." }, cancel];
    case "training":
    case "analysing":
      return [{ label: "Pause", act: does.pause }, cancel];
    case "paused":
      return [{ label: "Resume", act: does.resume }, cancel];
    case "error": {
      if (failure?.kind === "not-downloaded") return [{ label: "Download", act: does.download }];
      if (failure?.kind === "own-images") {
        return [{ label: "Choose images", act: does.chooseImages }];
      }
      const blocked = failure?.passing ? refusal : failure?.message;
      const again = { label: "Try again", act: does.tryAgain, blocked };
      const useCpu = { label: "Use the CPU", act: does.useCpu };
      return failure?.cpuHelps && !situation.onCpu ? [again, useCpu] : [again];
    }
    default:
      return [{ label: begin(situation), act: does.run, blocked: refusal }];
  }
}

/** What starts a run is called. */
export function begin({
  brought,
  ran,
  measures,
}: Pick<Situation, "brought" | "ran"> & Partial<Pick<Situation, "measures">>): string {
  if (measures) return "Measure again";
  if (ran) return "Run again";
  return brought ? "Explain this model" : "Train and explain";
}
