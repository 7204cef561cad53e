/** Leads through a lesson: a step at a time, each a state of the explorer with its question. */
import { h, setText } from "../dom";
import { presetNamed, presetTexts } from "../network-presets";
import type { Report } from "../report";
import { current, nameIn } from "../settings";
import { type Language, LANGUAGES } from "../text";
import { handIn } from "./class/hand-in";
import { contextOf } from "./context";
import { evaluate, formula, written } from "./facts";
import { Explorer, type Memory, type Page } from "./explorer";
import { type Lesson, type State, stateOf, type Step, type Stood } from "./lesson";
import { type Context, render } from "./markdown";
import { menu } from "./menu";
import { Paper } from "./paper";
import { isPresented, presented, Presenter } from "./presenter";
import { Progress } from "./progress";
import { isTested, questionCard } from "./question";
import { Replay } from "./replay";
import { Reveal } from "./reveal";
import type { Source } from "./source";
import { PRESET } from "./state";

export interface Around {
  page: Page;
  memory: Memory;
  /** The other languages that the lesson can be had in. */
  languages: string[];
  /** A file is to be opened instead. */
  open(file: File): void;
  /** A lesson is to be written. */
  write(): void;
  /** Whether the page is scrolled to what a step speaks of. */
  reveals(): boolean;
}

export class Player {
  readonly #words;
  /** What this reader has answered; a presentation begins with no answer seen. */
  readonly #own;
  #progress;
  readonly #explorer;
  readonly #reveal;
  readonly #number = (value: number) => written(value, "count", this.language);
  readonly #article = h("article", { class: "step" });
  readonly #rail = h("ol", { class: "rail" });
  readonly #run = h("div", { class: "run", role: "status" });
  readonly #replay;
  readonly #back;
  readonly #next;
  readonly #restore;
  readonly #closed = new AbortController();
  readonly element;
  readonly #presenter;
  readonly #paper;
  #step = 0;
  /** Whether a presentation is past what the step begins with. */
  #asked = false;

  constructor(
    readonly lesson: Lesson,
    readonly source: Source,
    readonly language: Language,
    readonly around: Around,
  ) {
    const words = (this.#words = LANGUAGES[language].lesson);
    this.#progress = this.#own = new Progress(source.key, lesson.steps.length);
    const { page, memory } = around;
    const follow = (what: "progress" | "phase" | "settings") => this.#follow(what);
    this.#explorer = new Explorer(page, this.#closed.signal, follow, memory);
    this.#reveal = new Reveal(page.lens, this.#closed.signal);
    this.#replay = new Replay(words, language, {
      look: (epoch) => this.#explorer.lookBack(epoch),
      again: () => this.#explorer.again(this.#state),
    });
    const button = (text: string, look: string, act: () => void) =>
      h("button", { type: "button", class: `button ${look}`, onclick: act }, text);
    this.#back = button(words.back, "", () => this.#go(this.#step - 1));
    this.#next = button(words.next, "", () => this.#go(this.#step + 1));
    this.#restore = h(
      "button",
      { type: "button", class: "quiet", onclick: () => this.#set("same") },
      words.restore,
    );
    this.#article.lang = lesson.language;
    this.element = h(
      "div",
      { class: "player" },
      h("p", { class: "lesson-title" }, lesson.title),
      h("nav", { class: "steps", "aria-label": words.steps }, this.#rail),
      this.#article,
      h("div", { class: "row ways" }, this.#back, this.#next, this.#restore),
      menu(lesson, source, LANGUAGES[language], {
        languages: around.languages,
        handIn: () => this.#handIn(),
        again: () => {
          this.#progress.clear();
          this.#go(0);
        },
        open: (file) => around.open(file),
        write: () => around.write(),
        present: () => this.#present(true),
        print: () => this.#print(),
      }),
    );
    this.#paper = new Paper(lesson, words, {
      around,
      explorer: this.#explorer,
      closed: this.#closed.signal,
      context: (found) => contextOf(found, source.base, language, words.unknown),
    });
    this.#presenter = new Presenter(words, {
      forward: () => this.#forward(),
      back: () => this.#backward(),
      leave: () => this.#present(false),
    });
    const { signal } = this.#closed;
    const back = () => {
      const step = this.#stepOfAddress() ?? this.#step;
      const on = isPresented();
      // The page has set the explorer as it was then.
      if (on !== this.#presenter.on) this.#stage(on);
      else if (step === this.#step) return;
      this.#enter(step);
    };
    addEventListener("popstate", back, { signal });
    addEventListener("beforeprint", () => this.#paper.lay(), { signal });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#show(), { signal });
  }

  /** Takes up the lesson: at the step that the address names, or where it was left. */
  start(): void {
    const named = this.#stepOfAddress();
    this.#stage(isPresented());
    // An address that also sets the explorer stands for itself, as after a reload.
    if (named !== undefined && this.#explorer.isSet) this.#enter(named);
    else this.#go(named ?? this.#progress.step, "same");
  }

  /** Shows a step as the lesson has it, whatever the explorer shows. */
  open(step: number): void {
    this.#go(step, "same");
  }

  /** Hears nothing any more. */
  close(): void {
    this.#replay.end();
    this.#closed.abort();
    this.#presenter.show(false);
  }

  // Presenting

  #present(on: boolean): void {
    history.pushState(null, "", presented(on));
    this.#stage(on);
    this.#go(this.#step, "same");
  }

  #stage(on: boolean): void {
    this.#progress = on ? new Progress(undefined, this.lesson.steps.length) : this.#own;
    this.#presenter.show(on, this.element.closest("aside")!);
  }

  /** To the question, to its answer, to the next step. */
  #forward(): void {
    const { question } = this.#now;
    const { revealed } = this.#progress.of(this.#step);
    if (!question || revealed) return this.#go(this.#step + 1);
    if (this.#asks) return this.#reveals(true);
    this.#asked = true;
    this.#show();
  }

  #backward(): void {
    if (this.#progress.of(this.#step).revealed) {
      this.#asked = true;
      return this.#reveals(false);
    }
    if (!this.#asked) return this.#go(this.#step - 1);
    this.#asked = false;
    this.#show();
  }

  /** Whether a presentation shows the question: at once where nothing is said before it. */
  get #asks(): boolean {
    return this.#asked || !(this.#now.intro.length || this.#opening.length);
  }

  /** Stands before the first step. */
  get #opening() {
    return this.#step === 0 ? this.lesson.opening : [];
  }

  #reveals(revealed: boolean): void {
    this.#progress.set(this.#step, { ...this.#progress.of(this.#step), revealed });
    this.#revealed();
  }

  // Steps

  get #now(): Step {
    return this.lesson.steps[this.#step]!;
  }

  get #state(): Stood {
    return stateOf(this.#now, this.#progress.of(this.#step).revealed);
  }

  #stepOfAddress(): number | undefined {
    const found = /^#step-(\d{1,3})$/.exec(location.hash);
    const step = Number(found?.[1]) - 1;
    return step >= 0 && step < this.lesson.steps.length ? step : undefined;
  }

  #go(step: number, history: "new" | "same" = "new"): void {
    if (step < 0 || step >= this.lesson.steps.length) return;
    this.#leave(step);
    this.#set(history);
    this.#show();
    this.#arrive();
  }

  /** Shows a step that the explorer stands for already. */
  #enter(step: number): void {
    this.#leave(step);
    const state = this.#state;
    if (state.run) this.#explorer.ensure(state);
    if (this.around.reveals()) this.#reveal.show(state.show);
    this.#show();
    this.#arrive();
  }

  /** Goes from the step that is shown to another one. */
  #leave(step: number): void {
    this.#replay.end();
    this.#step = step;
    this.#asked = false;
    this.#progress.enter(step);
  }

  #set(history: "new" | "same"): void {
    const state = this.#state;
    const settings = this.#explorer.settings(state, this.#explorer.report(state));
    this.around.page.show(settings, `#step-${this.#step + 1}`, history);
    if (state.run) this.#explorer.ensure(state);
    if (this.around.reveals()) this.#reveal.show(state.show);
    this.#showWays();
  }

  /** The words begin at their beginning, for the eye and for the screen reader. */
  #arrive(): void {
    this.element.closest("aside")?.scrollTo({ top: 0 });
    this.#article.querySelector("h2")?.focus({ preventScroll: true });
  }

  // What happens in the explorer

  #follow(what: "progress" | "phase" | "settings"): void {
    this.#showRun();
    this.#showReplay();
    this.#showWays();
    if (what !== "phase") return;
    const state = this.#state;
    const report = this.#explorer.report(state);
    if (!report) return;
    // Settings that only this run could give.
    const late = Object.values(state.settings).some((value) => typeof value !== "string");
    if (late) this.around.page.show(this.#explorer.settings(state, report), location.hash, "same");
    this.#show();
  }

  // Showing

  /** Words that speak of the run that a state has. */
  #context(state: State): Context {
    const report = this.#explorer.report(state);
    return {
      ...contextOf(report, this.source.base, this.language, this.#words.unknown),
      set: (query) => this.#setFrom(new URLSearchParams(query), report),
    };
  }

  /** Sets what a link in the words names, and runs where it says so. */
  #setFrom(query: URLSearchParams, report: Report | undefined): void {
    const preset = query.get(PRESET);
    const texts = {
      ...this.#explorer.texts,
      ...(preset !== null && presetTexts(presetNamed(preset))),
    };
    for (const [written, text] of query) {
      const name = nameIn(written);
      if (!name) continue;
      const found = FORMULA.exec(text);
      const value = found ? report && evaluate(formula(found[1]!), report) : text;
      if (value !== undefined) texts[name] = current(name, `${value}`);
    }
    this.around.page.show(texts, location.hash, "same");
    if (query.has("run")) this.#explorer.run();
  }

  #show(): void {
    const { title, minutes, intro, question } = this.#now;
    const words = this.#words;
    const held = new Held(this.#article);
    const context = this.#context(this.#state);
    const last = this.#step === this.lesson.steps.length - 1;
    const answered = this.#progress.of(this.#step);
    const place = words.step(this.#number(this.#step + 1), this.#number(this.lesson.steps.length));
    const time = minutes === undefined ? "" : ` · ${words.minutes(this.#number(minutes))}`;
    this.#article.replaceChildren(
      h("p", { class: "note" }, place + time),
      h("h2", { tabindex: "-1" }, title),
      h(
        "div",
        { class: "told" },
        ...render(this.#opening, context),
        ...render(intro, context),
        this.#replay.element,
      ),
      this.#run,
      ...(question
        ? [
            questionCard(question, {
              words,
              language: this.language,
              context,
              report: this.#explorer.report(this.#state),
              colours: () => this.#colours(),
              shading: this.#explorer.shading,
              answered,
              changed: (given, reveal) => {
                this.#progress.set(this.#step, given);
                if (reveal) this.#revealed();
              },
            }),
          ]
        : []),
      ...(last && (!question || answered.revealed) ? this.#end() : []),
    );
    held.restore();
    const stage = answered.revealed ? "answered" : question && this.#asks ? "asked" : "told";
    this.#article.dataset["stage"] = stage;
    const ways = { told: question && words.toQuestion, asked: words.reveal, answered: undefined };
    const next = ways[stage] ?? (last ? undefined : words.next);
    this.#presenter.say(next, place, this.#state.show);
    this.#showRail();
    this.#showRun();
    this.#showReplay();
    this.#showWays();
  }

  #revealed(): void {
    this.#set("same");
    this.#show();
    const answer = this.#article.querySelector<HTMLElement>(".answer");
    answer?.focus({ preventScroll: true });
    // Only the words are moved, not the explorer beside them.
    const panel = this.element.closest("aside");
    if (!answer || !panel) return;
    const below = answer.getBoundingClientRect().bottom - panel.getBoundingClientRect().bottom;
    const above = answer.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollBy({ top: Math.min(above - 56, Math.max(0, below + 16)) });
  }

  #end(): HTMLElement[] {
    const words = this.#words;
    const tested = this.lesson.steps.filter(
      ({ question }) => question && isTested(question),
    ).length;
    const score = words.score(this.#number(this.#progress.right), this.#number(tested));
    return [
      h(
        "section",
        { class: "end" },
        h("p", {}, h("b", {}, words.done)),
        h("p", {}, tested ? score : ""),
        h("p", {}, words.stay),
        h("h3", {}, LANGUAGES[this.language].answers.handIn),
        this.#handIn(),
      ),
    ];
  }

  #handIn(): HTMLElement {
    const { answers } = LANGUAGES[this.language];
    return handIn(this.lesson, this.source, this.#own, answers);
  }

  #showRail(): void {
    const words = this.#words;
    const dots = this.lesson.steps.map(({ title }, step) => {
      const { revealed } = this.#progress.of(step);
      const name = words.goTo(this.#number(step + 1), title);
      const button = h(
        "button",
        {
          type: "button",
          class: revealed ? "answered" : "",
          title,
          "aria-label": revealed ? `${name}, ${words.answered}` : name,
          "aria-current": step === this.#step && "step",
          onclick: () => this.#go(step),
        },
        this.#number(step + 1),
      );
      return h("li", {}, button);
    });
    this.#rail.replaceChildren(...dots);
  }

  #showRun(): void {
    const state = this.#state;
    const words = this.#words;
    const explorer = this.#explorer;
    if (!state.run || explorer.report(state)) return this.#run.replaceChildren();
    if (explorer.active) {
      const { stage, done = 0, total = 0 } = explorer.progress ?? {};
      const bar = this.#run.querySelector("progress") ?? h("progress", { max: "1" });
      const share = total > 0 ? done / total : 0;
      bar.value = share;
      const text = stage ? words.stages[stage] : words.waiting;
      bar.setAttribute("aria-label", text);
      const percent = stage
        ? ` ${written(Math.floor(100 * share) / 100, "percent", this.language)}`
        : "";
      const line = this.#run.querySelector("p") ?? h("p", { class: "note" });
      // The bar says how far it is; a screen reader hears of a new stage only.
      line.dataset["share"] = percent;
      setText(line, text);
      if (!bar.isConnected)
        this.#run.replaceChildren(line, bar, h("p", { class: "note" }, words.running));
      return;
    }
    const begin = () => {
      this.#set("same");
      this.#explorer.ensure(this.#state);
    };
    const text = explorer.failed ? words.stopped : words.notRun;
    if (this.#run.firstElementChild?.textContent === text) return;
    const again = h("button", { type: "button", class: "button", onclick: begin }, words.run);
    this.#run.replaceChildren(h("p", {}, text), again);
  }

  #showReplay(): void {
    const state = this.#state;
    const report = state.watch ? this.#explorer.report(state) : undefined;
    this.#replay.show(report, this.#explorer.epochs(state), this.#explorer.active);
  }

  #showWays(): void {
    const { question } = this.#now;
    const seen = !question || this.#progress.of(this.#step).revealed;
    this.#back.disabled = this.#step === 0;
    this.#next.hidden = this.#step === this.lesson.steps.length - 1;
    this.#next.classList.toggle("primary", seen);
    const state = this.#state;
    this.#restore.hidden = this.#explorer.stands(state, this.#explorer.report(state));
  }

  /** The panel's own, from its style. */
  #colours() {
    const { color, backgroundColor, outlineColor } = getComputedStyle(this.element);
    return { ink: color, paper: backgroundColor, mark: outlineColor };
  }

  /** As the explorer was before, it is afterwards. */
  async #print(): Promise<void> {
    await this.#paper.prepare();
    if (this.#closed.signal.aborted) return;
    this.#set("same");
    print();
  }
}

/** As in a text: a formula alone. */
const FORMULA = /^\{\{([^{}]*)\}\}$/;

/** What a reader has unfolded and focused, which must outlast that the words are written anew. */
class Held {
  readonly #focused: number;
  readonly #open: boolean[];

  constructor(readonly within: HTMLElement) {
    this.#focused = this.#focusable().indexOf(document.activeElement as HTMLElement);
    this.#open = [...within.querySelectorAll("details")].map(({ open }) => open);
  }

  restore(): void {
    for (const [at, details] of this.within.querySelectorAll("details").entries()) {
      details.open = this.#open[at] ?? false;
    }
    if (this.#focused >= 0) this.#focusable()[this.#focused]?.focus({ preventScroll: true });
  }

  #focusable(): HTMLElement[] {
    return [
      ...this.within.querySelectorAll<HTMLElement>("input, button, canvas, summary, a, [tabindex]"),
    ];
  }
}
