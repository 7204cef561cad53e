/** The runs that a lesson's questions are about, done one after another with the page's own explorer. */
import { Explorer, type Page } from "../explorer";
import type { Found } from "../facts";
import type { Step } from "../lesson";

export class Runs {
  readonly #explorer;
  readonly #reports = new Map<Step, Found>();
  readonly #steps: Step[];

  constructor(
    readonly page: Page,
    steps: readonly Step[],
    closed: AbortSignal,
    /** There is another report, or a run has come further. */
    readonly changed: (what: "report" | "progress") => void,
  ) {
    this.#steps = steps.filter(({ state, question }) => state.run && question);
    this.#explorer = new Explorer(page, closed, (what) => this.#follow(what));
  }

  of(step: Step): Found | undefined {
    return this.#reports.get(step);
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
    const state = this.#missing?.state;
    if (!state) return;
    this.page.show(this.#explorer.settings(state), "", "same");
    this.#explorer.ensure({ ...state, watch: false });
  }

  get #missing(): Step | undefined {
    return this.#steps.find((step) => !this.#reports.has(step));
  }

  #follow(what: "progress" | "phase" | "settings"): void {
    if (what !== "phase") return this.changed("progress");
    const before = this.#reports.size;
    for (const step of this.#steps) {
      const report = this.#explorer.report(step.state);
      if (report && !this.#reports.has(step)) this.#reports.set(step, report);
    }
    if (this.#reports.size > before) this.next();
    this.changed(this.#reports.size > before ? "report" : "progress");
  }
}
