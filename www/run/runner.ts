/** Takes one run after the other through the states of `machine.ts`; knows nothing of what shows them. */
import type { Dataset } from "../data/dataset";
import type { Engines } from "../engine/engines";
import type { Workers } from "../engine/workers";
import type { Failure } from "../failures";
import type { Report } from "../report";
import { Ending } from "./ending";
import { type Event, isActive, type Phase, phaseOf, type State, TRANSITIONS } from "./machine";
import type { Run } from "./run";

/** A run with everything that it needs. */
export interface Ready {
  run: Run;
  dataset: Dataset;
  workers: Workers;
}

export interface Host {
  /** The next run; a sentence where its settings cannot be used, nothing while something is missing. */
  prepare(): Ready | string | undefined;
  /** The state, or how far the run has come, is another. */
  changed(): void;
  /** Parts of a run's report are new. */
  reported(run: Run, part: Partial<Report>): void;
  /** A run has come to an end, whichever. */
  ended(run: Run): void;
}

export class Runner {
  #state: State = "idle";
  #run: Run | undefined;
  readonly #ending = new Ending<Report>();

  constructor(
    readonly engines: Engines,
    readonly host: Host,
  ) {}

  get state(): State {
    return this.#state;
  }

  /** The latest run that has begun. */
  get run(): Run | undefined {
    return this.#run;
  }

  get active(): boolean {
    return isActive(this.#state);
  }

  get phase(): Phase {
    return phaseOf(this.#state, this.#run?.progress?.stage);
  }

  /** Asks for a run, unless there is one; its end is that promise's. */
  ask(): Promise<Report> {
    return this.#ending.await(() => {
      if (this.#send("ask")) this.begin();
    });
  }

  /** Begins the run that was asked for, where everything is there. */
  begin(): void {
    if (this.#state !== "waiting") return;
    const ready = this.host.prepare();
    if (ready === undefined) return this.host.changed();
    if (typeof ready === "string") return this.lack(new DOMException(ready, "SyntaxError"));
    const { run, dataset, workers } = ready;
    this.#run?.leave();
    this.#run = run;
    this.#send("begin");
    run.start(this.engines, dataset, workers, {
      updated: (part) => {
        if (run !== this.#run || !this.active) return;
        this.host.reported(run, part);
        this.host.changed();
      },
      finished: () => {
        if (run !== this.#run || !this.#send("finish")) return;
        this.host.ended(run);
        this.#ending.resolve(run.report as Report);
      },
      failed: (failure) => {
        if (run !== this.#run || !this.#send("fail")) return;
        this.host.ended(run);
        this.#ending.reject(failure);
      },
    });
  }

  /** What a run needs cannot be had, or used: one that has begun has it already. */
  lack(reason: Failure | DOMException): void {
    if (this.#send("lack")) this.#ending.reject(reason);
  }

  pause(): void {
    if (this.#send("pause")) this.#run?.pause();
  }

  resume(): void {
    const held = this.#state === "held";
    if (!this.#send("resume")) return;
    if (held) this.begin();
    else this.#run?.resume();
  }

  /** Resolves once nothing is calculated any more. */
  cancel(): Promise<void> {
    const begun = this.#state === "running" || this.#state === "paused";
    const run = this.#run;
    if (!this.#send("cancel")) return run?.cancel() ?? Promise.resolve();
    const ended = begun ? run!.cancel() : Promise.resolve();
    if (begun) this.host.ended(run!);
    this.#ending.reject(new DOMException("The run was cancelled.", "AbortError"));
    return ended;
  }

  /** Shows a run that was kept; false while another is under way. */
  reopen(run: Run): boolean {
    if (this.active) return false;
    this.#run = run;
    return this.#send("reopen");
  }

  /** Shows no run any more; false while one is under way. */
  leave(): boolean {
    if (this.active) return false;
    this.#run = undefined;
    return this.#send("leave");
  }

  /** Whether the event means something in the state. */
  #send(event: Event): boolean {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    this.host.changed();
    return true;
  }
}
