/** The runs that some states speak of, done one after another with the page's own explorer. */
import { Explorer, type Memory, type Page } from "./explorer";
import type { Found } from "./facts";
import type { State } from "./lesson";

export class Runs {
  readonly #explorer;
  readonly #reports = new Map<State, Found>();
  readonly #states: State[];

  constructor(
    readonly page: Page,
    states: readonly State[],
    readonly closed: AbortSignal,
    /** There is another report, or a run has come further. */
    readonly changed: (what: "report" | "progress") => void,
    memory?: Memory,
  ) {
    this.#states = states.filter(({ run }) => run);
    this.#explorer = new Explorer(page, closed, (what) => this.#follow(what), memory);
  }

  of(state: State): Found | undefined {
    return this.#reports.get(state);
  }

  get failed(): boolean {
    return Boolean(this.#missing) && this.#explorer.failed;
  }

  /** How far the run is, from 0 to 1; undefined where all are done. */
  get progress(): number | undefined {
    if (!this.#missing) return undefined;
    const { done = 0, total = 0 } = this.#explorer.progress ?? {};
    return total > 0 ? done / total : 0;
  }

  /** Begins the next run that is missing, if there is one. */
  next(): void {
    this.#collect();
    const state = this.#missing;
    if (!state || this.closed.aborted) return;
    this.page.show(this.#explorer.settings(state), "", "same");
    this.#explorer.ensure({ ...state, watch: false });
  }

  get #missing(): State | undefined {
    return this.#states.find((state) => !this.#reports.has(state));
  }

  #collect(): void {
    for (const state of this.#states) {
      const report = this.#explorer.report(state);
      if (report && !this.#reports.has(state)) this.#reports.set(state, report);
    }
  }

  #follow(what: "progress" | "phase" | "settings"): void {
    if (what !== "phase") return this.changed("progress");
    const before = this.#reports.size;
    this.#collect();
    // A run is over once everybody has been told; before that no other begins.
    if (this.#reports.size > before) setTimeout(() => this.next());
    this.changed(this.#reports.size > before ? "report" : "progress");
  }
}
