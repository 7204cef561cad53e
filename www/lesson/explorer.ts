/** The real explorer as a lesson uses it: its settings are set, its runs are begun and waited for. */
import type { SourceFile } from "../data/messages";
import type { Progress } from "../engine/messages";
import { type Shading, shadingOf } from "../parts/shading";
import type { Report } from "../report";
import { readNames } from "../classes";
import { type Name, NAMES, queryOf, readSettings, runSettings, SETTINGS } from "../settings";
import { evaluate } from "./facts";
import type { State } from "./lesson";

/** The element, of which a lesson needs no more than any page does. */
export interface Element extends HTMLElement {
  readonly report: Partial<Report> | null;
  readonly phase: string;
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
const PERSONAL: Name[] = ["theme", "engine", "palette"];
const ACTIVE = ["loading", "training", "analysing", "paused"];

export class Explorer {
  /** What the latest run was begun with, as a key. */
  #begun = "";
  #finished: { key: string; report: Report } | undefined;
  progress: Progress | undefined;

  constructor(
    readonly page: Page,
    closed: AbortSignal,
    /** The run has come further, or ended, or settings are others. */
    changed: (what: "progress" | "phase" | "settings") => void,
  ) {
    const { lens } = page;
    let active = this.active;
    const observer = new MutationObserver((records) => {
      const now = this.active;
      if (now && !active) {
        this.#begun = this.#key(this.texts);
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
      this.#finished = { key: this.#begun, report: lens.report as Report };
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

  /** The report of a finished run with a state's settings, if that is what the explorer shows. */
  report(state: State): Report | undefined {
    const { lens } = this.page;
    const finished = this.#finished;
    if (!finished || finished.report !== lens.report) return undefined;
    return finished.key === this.#key(this.settings(state)) ? finished.report : undefined;
  }

  /** How the explorer shades its images. */
  get shading(): Shading {
    const { lens } = this.page;
    const { values } = readSettings((name) => lens.getAttribute(name));
    return shadingOf(values.images, lens.report?.data?.pixels ?? "ink");
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
    return `${wanted}` === `${there}`;
  }

  /** Begins a run with a state's settings, which must have been set, where there is none. */
  ensure(state: State): void {
    const { lens } = this.page;
    const key = this.#key(this.settings(state));
    if (this.report(state) || (this.active && this.#begun === key)) return;
    lens.cancel();
    this.#begun = key;
    this.progress = undefined;
    lens.run();
  }

  /** Two texts with the same key give the same numbers. */
  #key(texts: Texts): string {
    const { values } = readSettings((name) => texts[name] ?? null);
    const names = readNames(texts.classes ?? SETTINGS.classes.initial);
    return JSON.stringify([values.dataset, names, runSettings(values)]);
  }
}
