/** A lesson that is printed: its runs are finished and its pictures drawn first, where there is time for that. */
import { readSettings } from "../settings";
import type { LessonText } from "../text/en";
import type { Explorer, Memory, Page } from "./explorer";
import type { Found } from "./facts";
import { handout, type Side } from "./handout";
import { type Lesson, stateOf, type Stood } from "./lesson";
import type { Context } from "./markdown";
import { Pictures } from "./pictures";
import { Runs } from "./runs";

export interface Given {
  around: { page: Page; memory: Memory };
  explorer: Explorer;
  closed: AbortSignal;
  /** Words that speak of a run. */
  context(found: Found | undefined): Context;
}

export class Paper {
  readonly #pictures = new Pictures();
  readonly #states;
  #runs: Runs | undefined;
  /** What is to be printed, once its images have been decoded. */
  #laid: HTMLElement | undefined;

  constructor(
    readonly lesson: Lesson,
    readonly words: LessonText,
    readonly given: Given,
  ) {
    this.#states = lesson.steps.map((step) => ({
      asked: stateOf(step, false),
      answered: stateOf(step, true),
    }));
  }

  /** Finishes what is to be drawn; without the network some of it may be lacking. */
  async prepare(): Promise<void> {
    await Promise.allSettled([this.#pictures.fetch(), this.#run()]);
    this.#laid = this.#make();
    const images = [...this.#laid.querySelectorAll("image")].map((image) => {
      const picture = new Image();
      picture.src = image.getAttribute("href") ?? image.getAttribute("xlink:href") ?? "";
      return picture.decode();
    });
    await Promise.allSettled(images);
  }

  /** Puts the handout into the page, for the printer. */
  lay(): void {
    document.querySelector(".handout")?.remove();
    document.body.append(this.#laid ?? this.#make());
    this.#laid = undefined;
  }

  /** Settles once every run that the lesson speaks of has ended. */
  #run(): Promise<void> {
    const { around, closed } = this.given;
    const states = this.#states.flatMap(({ asked, answered }) => [asked, answered]);
    const ends = new AbortController();
    const signal = AbortSignal.any([ends.signal, closed]);
    return new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve());
      const changed = () => {
        const stopped = ["error", "cancelled"].includes(around.page.lens.phase);
        if (runs.progress === undefined || stopped) ends.abort();
      };
      const runs = new Runs(around.page, states, signal, changed, around.memory);
      this.#runs = runs;
      runs.next();
      changed();
    });
  }

  #make(): HTMLElement {
    const sheets = this.#states.map(({ asked, answered }) => ({
      asked: this.#side(asked),
      answered: this.#side(answered),
    }));
    return handout(this.lesson, this.words, sheets);
  }

  #side(state: Stood): Side {
    const { explorer, context } = this.given;
    const found = this.#runs?.of(state) ?? explorer.report(state);
    const texts = explorer.settings(state, found);
    const { values } = readSettings((name) => texts[name] ?? null, found?.classes);
    const pictures = this.#pictures.of(state.show, found ?? this.#any, values);
    const lacking = state.run && !(found && this.#pictures.ready);
    return { found, values, context: context(found), lacking, pictures };
  }

  /** Some run of the lesson, for what all of them have: its images. */
  get #any(): Found | undefined {
    const states = this.#states.flatMap(({ asked, answered }) => [asked, answered]);
    return states.map((state) => this.given.explorer.report(state)).find(Boolean);
  }
}
