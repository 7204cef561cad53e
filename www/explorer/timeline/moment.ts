/** The charts of a run as it was after an epoch. */
import type { Moment } from "../../engine/messages";
import type { Report } from "../../report";
import type { DrawnRun } from "../../run/drawn";
import type { ReportWords, View } from "../../view";
import { reportAt } from "../../run/moment";

export class DrawnMoment {
  report: Partial<Report> = {};
  moment: Moment | undefined;
  /** Parts of the report that the charts have not taken over yet. */
  #unseen: Partial<Report> = {};
  #words: ReportWords | undefined;
  #stale = false;
  /** The network that the charts have. */
  #network: Moment["network"] | undefined;
  /** Whether charts of another package are on their way. */
  #awaited = false;
  /** Whether epochs are passing: only what is drawn is taken over, and nothing is put into words. */
  moving = false;

  constructor(
    readonly of: DrawnRun,
    readonly view: View,
    /** More can be drawn of it than before. */
    readonly changed: () => void,
  ) {}

  get run() {
    return this.of.run;
  }

  /** `moving`: others follow at once. */
  show(moment: Moment, moving: boolean): void {
    this.moving = moving;
    const report = reportAt(this.of.report, moment, this.run.history.images);
    const parts = Object.entries(report) as [keyof Report, unknown][];
    const fresh = parts.filter(([name, value]) => !isSame(value, this.report[name]));
    if (fresh.length === 0) return;
    // With the heading the charts forget everything else.
    if (fresh.some(([name]) => HEADING.includes(name))) this.#unseen = { ...report };
    else Object.assign(this.#unseen, Object.fromEntries(fresh));
    this.report = report;
    this.moment = moment;
    this.#stale = true;
  }

  /** The charts, with all that is known, or with these parts while epochs pass; and what they decode with. */
  charts(parts: readonly (keyof Report)[] = [], decodes = false): View {
    const wanted = (name: keyof Report) =>
      !this.moving || parts.includes(name) || HEADING.includes(name);
    const entries = Object.entries(this.#unseen).filter(([name]) => wanted(name as keyof Report));
    if (entries.length > 0) {
      this.view.update(Object.fromEntries(entries));
      for (const [name] of entries) delete this.#unseen[name as keyof Report];
    }
    const { network } = this.moment ?? {};
    let { lacks } = this.view;
    if (network && network !== this.#network && (decodes || !this.moving)) {
      this.#network = network;
      // Where it cannot be fetched, all else is drawn.
      if (!this.view.network(network)) lacks = true;
    }
    if (lacks && !this.#awaited) {
      this.#awaited = true;
      this.view.ready().then(this.changed, () => (this.#awaited = false));
    }
    return this.view;
  }

  /** What is said of the report; what has to be said first only once it stands still. */
  get words(): ReportWords | undefined {
    if (!this.#stale) return this.#words;
    const { words } = this.of;
    return words && { ...words, cautions: [] };
  }

  /** Puts the report into words; false where that changes nothing. */
  say(): boolean {
    if (!this.#stale || this.moving || this.charts().lacks) return false;
    this.#stale = false;
    this.#words = this.view.words();
    return true;
  }

  /** Gives its memory back. */
  forget(): void {
    this.view.reset();
  }
}

/** Of the whole run. */
const HEADING: readonly (keyof Report)[] = [
  "version",
  "engine",
  "kernel",
  "settings",
  "image",
  "classes",
  "data",
  "model",
  "latent",
];

/** Whether it is the same, or made of what is the same; numbers in arrays of their own are one thing. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
  if (ArrayBuffer.isView(one)) return false;
  const [a, b] = [Object.entries(one), Object.entries(other)];
  return a.length === b.length && a.every(([name, value]) => isSame(value, other[name as never]));
}
