/** A run with charts of its own, which are given what is new of it when they are needed. */
import { merge, type Report } from "../report";
import type { ReportWords, View } from "../view";
import type { Run } from "./run";

export class DrawnRun {
  /** Parts of the report that the charts have not taken over yet. */
  #unseen: Partial<Report> = {};
  /** Whether charts of another package are on their way. */
  #awaited = false;
  /** Whether the charts have the network. */
  #trained = false;
  #words: ReportWords | undefined;
  /** Whether the words are of an older report. */
  #stale = false;

  /** `view` is absent until the charts are loaded. */
  constructor(
    readonly run: Run,
    public view: View | undefined,
    /** More can be drawn of it than before. */
    readonly changed: () => void,
  ) {}

  get report(): Partial<Report> {
    return this.run.report;
  }

  get pending(): boolean {
    return this.run.pending;
  }

  take(part: Partial<Report>): void {
    merge(this.#unseen, part);
  }

  /** The charts, with all that is known of the run. */
  charts(): View | undefined {
    if (!this.view) return undefined;
    if (Object.keys(this.#unseen).length > 0) {
      this.view.update(this.#unseen);
      this.#unseen = {};
      this.#stale = true;
    }
    let lacks = this.view.lacks;
    if (this.run.network && !this.#trained) {
      this.#trained = true;
      // Where it cannot be fetched, all else is drawn.
      if (!this.view.network(this.run.network)) lacks = true;
    }
    if (lacks && !this.#awaited) {
      this.#awaited = true;
      this.view.ready().then(this.changed, () => (this.#awaited = false));
    }
    return this.view;
  }

  /** What is said of the report, as it was put into words last. */
  get words(): ReportWords | undefined {
    return this.#words;
  }

  /** Whether there is something that is still to be put into words. */
  get unsaid(): boolean {
    if (!this.view || this.view.lacks) return false;
    return this.#stale || Object.keys(this.#unseen).length > 0;
  }

  /** Puts the report into words, which takes a while; false where that changes nothing. */
  say(): boolean {
    const view = this.charts();
    if (!view || view.lacks || !this.#stale) return false;
    this.#stale = false;
    this.#words = view.words();
    return true;
  }

  /** Gives its memory back; whoever still holds the charts draws them empty. */
  forget(): void {
    this.view?.reset();
  }
}
