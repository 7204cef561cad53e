/** The real explorer as a lesson uses it: its settings are set, its runs are begun and waited for. */
import type { SourceFile } from "../data/messages";
import type { Progress } from "../engine/messages";
import { type Shading, shadingOf } from "../parts/shading";
import type { Report } from "../report";
import type { Run, Runs } from "../run/run";
import { readNames } from "../classes";
import { type Name, NAMES, queryOf, readSettings, runSettings, SETTINGS } from "../settings";
import { evaluate, type Found } from "./facts";
import type { State } from "./lesson";

/** The element, of which a lesson needs no more than any page does. */
export interface Element extends HTMLElement {
  readonly report: Partial<Report> | null;
  readonly phase: string;
  readonly runs: Runs;
  run(): void;
  cancel(): void;
  open(files: SourceFile[] | Promise<SourceFile[]>): void;
}

export type Texts = Partial<Record<Name, string>>;

/** The page around the element: its address and the element always say the same. */
export interface Page {
  lens: Element;
  /** Sets the explorer and the end of the address; as a step of its own in the history, or not. */
  show(settings: Texts, hash: string, step: "new" | "same"): void;
}

/** A lesson has no say in what is the visitor's own affair, where it does not name it. */
const PERSONAL: Name[] = ["theme", "engine", "workers", "palette"];
const ACTIVE = ["loading", "training", "analysing", "paused"];
/** So many finished runs are kept: those of the lesson, and two of the visitor's own. */
const MOST_RUNS = 8;
/** So long an epoch takes at least where it is watched, in milliseconds: the engine draws samples as often. */
const WATCHED_MS = 160;

/** What is known of a page's runs, whichever lesson was first to need them. */
export class Memory {
  /** What the latest run was begun with, as a key. */
  begun = "";
  /** Finished runs by their keys, the latest last. */
  readonly finished = new Map<string, { run: Run; found: Found }>();
}

export class Explorer {
  progress: Progress | undefined;

  constructor(
    readonly page: Page,
    closed: AbortSignal,
    /** The run has come further, or ended, or settings are others. */
    readonly changed: (what: "progress" | "phase" | "settings") => void,
    readonly memory = new Memory(),
  ) {
    const { lens } = page;
    let active = this.active;
    const observer = new MutationObserver((records) => {
      const now = this.active;
      if (now && !active) {
        this.memory.begun = this.#key(this.texts);
        this.progress = undefined;
      }
      active = now;
      const phase = records.some(({ attributeName }) => attributeName === "phase");
      changed(phase ? "phase" : "settings");
    });
    observer.observe(lens, { attributeFilter: ["phase", ...NAMES] });
    closed.addEventListener("abort", () => observer.disconnect());
    const progress = (event: Event) => {
      this.progress = (event as CustomEvent<Progress>).detail;
      changed("progress");
    };
    const done = () => {
      const run = lens.runs.finished();
      if (run) this.#keep(this.memory.begun, run);
      lens.runs.pace = 0;
      changed("phase");
    };
    lens.addEventListener("lens-progress", progress, { signal: closed });
    lens.addEventListener("lens-done", done, { signal: closed });
  }

  get active(): boolean {
    return ACTIVE.includes(this.page.lens.phase);
  }

  get failed(): boolean {
    return this.page.lens.phase === "error";
  }

  /** The settings as they are. */
  get texts(): Texts {
    const { lens } = this.page;
    return Object.fromEntries(queryOf((name) => lens.getAttribute(name)));
  }

  /** Whether anything of it differs from the defaults, but for what is the visitor's own affair. */
  get isSet(): boolean {
    return Object.keys(this.texts).some((name) => !PERSONAL.includes(name as Name));
  }

  /** What is known of a finished run with a state's settings, whatever the explorer shows now. */
  report(state: State): Found | undefined {
    return this.memory.finished.get(this.#key(this.settings(state)))?.found;
  }

  /** Epochs of a state's run that can be looked at again, while the explorer shows that run. */
  epochs(state: State): number[] {
    const key = this.#key(this.settings(state));
    const known = this.#shows(key) ? this.memory.finished.get(key)!.run.history.known : [];
    return known.filter((epoch) => epoch > 0);
  }

  /** Shows everything as it was after an epoch; undefined: in the end. */
  lookBack(epoch: number | undefined): void {
    this.page.lens.runs.lookBack(epoch);
  }

  /** How the explorer shades its images. */
  get shading(): Shading {
    const { lens } = this.page;
    const { values } = readSettings((name) => lens.getAttribute(name));
    const { data, image } = lens.report ?? {};
    return shadingOf(values.images, data?.pixels ?? "ink", image?.channels);
  }

  /** The settings of a state; those that a run gives are absent until it is done. */
  settings(state: State, report?: Report): Texts {
    const texts: Texts = {};
    for (const name of PERSONAL) {
      const own = this.page.lens.getAttribute(name);
      if (own !== null) texts[name] = own;
    }
    for (const [name, value] of Object.entries(state.settings)) {
      const known = typeof value === "string" ? value : report && evaluate(value, report);
      if (known !== undefined) texts[name as Name] = `${known}`;
    }
    return texts;
  }

  /** Whether the explorer stands as a state has it. */
  stands(state: State, report: Report | undefined): boolean {
    const wanted = queryOf((name) => this.settings(state, report)[name] ?? null);
    const there = queryOf((name) => this.texts[name] ?? null);
    const other =
      state.run && report && !this.active && !this.#shows(this.#key(this.settings(state)));
    return `${wanted}` === `${there}` && !other;
  }

  /** Sees to it that the explorer shows a run with a state's settings, which must have been set. */
  ensure(state: State): void {
    this.#bring(this.#key(this.settings(state)), state.watch);
  }

  /** The same for the settings as they are. */
  run(): void {
    this.#bring(this.#key(this.texts), false);
  }

  /** Trains a state's network once more, slowly. */
  again(state: State): void {
    this.#begin(this.#key(this.settings(state)), true);
  }

  /** What has been run is shown at once, and not run again. */
  #bring(key: string, watched: boolean): void {
    const { lens } = this.page;
    if (this.#shows(key) || (this.active && this.memory.begun === key)) return;
    const run = this.memory.finished.get(key)?.run;
    if (!run) return this.#begin(key, watched);
    lens.cancel();
    lens.runs.restore(run);
    this.#keep(key, run);
    this.changed("phase");
  }

  #begin(key: string, watched: boolean): void {
    const { lens } = this.page;
    lens.cancel();
    this.memory.begun = key;
    this.progress = undefined;
    lens.runs.pace = watched ? WATCHED_MS : 0;
    lens.run();
  }

  #shows(key: string): boolean {
    const { lens } = this.page;
    const finished = this.memory.finished.get(key);
    return finished !== undefined && lens.runs.finished() === finished.run;
  }

  #keep(key: string, run: Run): void {
    const finished = this.memory.finished;
    finished.delete(key);
    finished.set(key, { run, found: { ...(run.report as Report), network: run.network } });
    if (finished.size > MOST_RUNS) finished.delete([...finished.keys()][0]!);
  }

  /** Two texts with the same key give the same numbers. */
  #key(texts: Texts): string {
    const { values } = readSettings((name) => texts[name] ?? null);
    const names = readNames(texts.classes ?? SETTINGS.classes.initial);
    return JSON.stringify([values.dataset, names, runSettings(values)]);
  }
}
