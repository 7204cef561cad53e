/** The lesson beside the explorer: opened by the page where its address names one. */
import { acceptDrops, type Dropped } from "./data/drop";
import { sort } from "./data/kinds";
import { h } from "./dom";
import { ANSWERS } from "./lesson/class/address";
import classStyles from "./lesson/class/class.css" with { type: "text" };
import { difference, editionOf } from "./lesson/class/edition";
import { ClassPage } from "./lesson/class/page";
import { DRAFT, Editor, keepDraft, keptDraft, sourceOf } from "./lesson/editor/editor";
import editorStyles from "./lesson/editor/editor.css" with { type: "text" };
import { Memory, type Page } from "./lesson/explorer";
import { type Lesson, LessonError } from "./lesson/lesson";
import { picker } from "./lesson/menu";
import { imagesHere } from "./lesson/images";
import { notesOf } from "./lesson/notes";
import { parse, read } from "./lesson/parse";
import { Player } from "./lesson/player";
import {
  fetched,
  foreign,
  FROM_FILE,
  opened,
  reopened,
  resolve,
  type Source,
  SourceError,
} from "./lesson/source";
import beside from "./lesson/lesson.css" with { type: "text" };
import presented from "./lesson/presenter.css" with { type: "text" };
import printed from "./lesson/print.css" with { type: "text" };
import { known, type Language, LANGUAGES } from "./text";

/** What else than the lesson itself an address may ask for. */
const SHOWN = ["notes", ANSWERS] as const;
type Shown = (typeof SHOWN)[number];

let panel: Panel | undefined;

/** Shows the lesson of a file, or the one that the page's address names. */
export async function start(page: Page, file?: File): Promise<void> {
  if (panel && file) return panel.open(file);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([beside, presented, printed, classStyles, editorStyles].join("\n"));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  panel = new Panel(page);
  await (file ? panel.open(file) : panel.begin(new URLSearchParams(location.search)));
}

class Panel {
  #language: Language;
  #player: Player | undefined;
  readonly #memory = new Memory();
  readonly #images = imagesHere();
  readonly #body = h("div", { class: "body" });
  readonly #fold = h("button", { type: "button", class: "fold" });
  readonly element;

  constructor(readonly page: Page) {
    const query = new URLSearchParams(location.search);
    const asked = [query.get("lang"), page.lens.getAttribute("lang"), ...navigator.languages];
    this.#language = known(asked) ?? "en";
    this.element = h("aside", { class: "lesson" }, this.#fold, this.#body);
    this.#fold.addEventListener("click", () => {
      this.element.classList.toggle("folded");
      this.#speak();
    });
    this.#speak();
    acceptDrops(
      this.element,
      () => {},
      (dropped) => void this.#take(dropped),
    );
    document.body.classList.add("in-lesson");
    document.querySelector("main")!.before(this.element);
  }

  async begin(query: URLSearchParams): Promise<void> {
    const address = query.get("lesson") ?? "";
    this.#show(h("p", { class: "note", role: "status" }, this.#words.opening));
    const shown = SHOWN.find((name) => query.has(name));
    if (address === FROM_FILE) {
      return this.#try("", () => Promise.resolve(reopened(this.#words)), shown);
    }
    if (address === DRAFT) {
      const draft = keptDraft() ?? LANGUAGES[this.#language].editor.example;
      if (!shown) return this.#edit(draft);
      return this.#try("", () => Promise.resolve(sourceOf(draft)), shown);
    }
    const elsewhere = foreign(address);
    if (elsewhere && !(await this.#agreed(elsewhere))) return;
    await this.#try(address, () => fetched(address, this.#words), shown);
  }

  get #words() {
    return LANGUAGES[this.#language].lesson;
  }

  /** Whether the visitor wants another server to be asked. */
  #agreed({ host }: URL): Promise<boolean> {
    const words = this.#words;
    return new Promise((resolve) => {
      const answer = (yes: boolean) => () => {
        resolve(yes);
        if (!yes) location.assign(location.pathname);
      };
      const button = (text: string, look: string, act: () => void) =>
        h("button", { type: "button", class: `button ${look}`, onclick: act }, text);
      this.#show(
        h("h2", { tabindex: "-1" }, words.foreign(host)),
        h("p", {}, words.foreignWhy),
        h(
          "div",
          { class: "row ways" },
          button(words.open, "primary", answer(true)),
          button(words.decline, "", answer(false)),
        ),
      );
    });
  }

  /** What is no lesson is for the explorer. */
  async #take(dropped: Dropped): Promise<void> {
    // The explorer asks tables itself what they are.
    const {
      lesson,
      said: _,
      ...others
    } = await dropped.then(
      (files) => sort(files, "lesson", async (tables) => tables.map(() => null)),
      () => sort([]),
    );
    const rest = Object.values(others).flat();
    if (rest.length) this.page.lens.open(rest);
    if (lesson[0]) await this.open(new File([lesson[0].content], lesson[0].name));
  }

  async open(file: File): Promise<void> {
    this.#readdress(FROM_FILE);
    await this.#try(file.name, () => opened(file, this.#words));
  }

  #readdress(lesson: string): void {
    history.pushState(null, "", `${location.pathname}?${new URLSearchParams({ lesson })}`);
  }

  /** Asks what a lesson of one's own is to begin with. */
  #write(title: string, text: string): void {
    const words = LANGUAGES[this.#language].editor;
    const draft = keptDraft();
    const from = (begin: string) => () => {
      keepDraft(begin);
      this.#readdress(DRAFT);
      void this.#edit(begin);
    };
    const button = (text: string, act: () => void) =>
      h("button", { type: "button", class: "button", onclick: act }, text);
    const kept = draft && read(draft).lesson?.title;
    this.#player?.close();
    this.#show(
      h("h2", { tabindex: "-1" }, words.begin),
      h("p", {}, words.beginWhy),
      h(
        "div",
        { class: "ways choices" },
        ...(draft ? [button(kept ? words.goOn(kept) : words.goOnUntitled, from(draft))] : []),
        button(words.fromThis(title), from(text)),
        button(words.fromExample, from(words.example)),
        button(words.back, () => location.reload()),
      ),
      ...(draft ? [h("p", { class: "note" }, words.replaces)] : []),
    );
    this.#body.querySelector("h2")!.focus();
  }

  /** A lesson being written, with itself as it stands beside. */
  async #edit(text: string): Promise<void> {
    const words = LANGUAGES[this.#language].editor;
    this.#show(h("p", { class: "note" }, words.nothing));
    const preview = (lesson: Lesson | undefined, text: string, step: number) => {
      const { scrollTop } = this.element;
      this.#player?.close();
      if (!lesson) return;
      this.#player = this.#playerOf(lesson, sourceOf(text), []);
      this.#show(this.#player.element);
      this.#player.open(step);
      this.element.scrollTop = scrollTop;
    };
    const editor = new Editor(text, words, await this.#images, preview);
    document.title = `${words.heading} · latent-lens`;
    document.querySelector(".editor")?.remove();
    document.querySelector("main")!.prepend(editor.element);
    document.body.classList.add("editing");
    editor.start();
  }

  /** Shows a lesson, or why it cannot be shown. */
  async #try(name: string, get: () => Promise<Source>, shown?: Shown): Promise<void> {
    this.#player?.close();
    this.#player = undefined;
    document.querySelector(".editor")?.remove();
    document.body.classList.remove("editing");
    let source: Source | undefined;
    try {
      source = await get();
      const images = await this.#images;
      let lesson = parse(source.text, images);
      const translation = this.#translation(lesson, source);
      const languages = [lesson.language, ...lesson.translations.keys()];
      if (translation) {
        const edition = editionOf(lesson);
        // What was answered in one language is answered in the other.
        source = { ...(await fetched(translation, this.#words)), key: source.key };
        lesson = parse(source.text, images);
        const wrong = known([lesson.language]) !== this.#language;
        if (wrong || difference(edition, editionOf(lesson))) {
          throw new SourceError(this.#words.noTranslation);
        }
      }
      this.#speak(known([lesson.language]) ?? this.#language);
      document.title = `${lesson.title} · latent-lens`;
      if (shown === "notes") return await this.#showNotes(lesson, source, languages);
      if (shown === ANSWERS) return this.#showAnswers(lesson, source);
      this.#play(lesson, source, languages);
    } catch (error) {
      this.#fail(source?.name ?? name, error, source?.text);
    }
  }

  /** The lesson's own translation into the language that was asked for. */
  #translation({ language, translations }: Lesson, { base }: Source): string | undefined {
    if (known([language]) === this.#language) return undefined;
    const found = [...translations].find(([code]) => known([code]) === this.#language);
    const url = found && resolve(found[1], base);
    return url && url.origin === new URL(base).origin ? url.href : undefined;
  }

  /** `languages` are those that the lesson can be had in. */
  #play(lesson: Lesson, source: Source, languages: string[]): void {
    this.#player = this.#playerOf(lesson, source, languages);
    this.#show(this.#player.element);
    this.#player.start();
  }

  #playerOf(lesson: Lesson, source: Source, languages: string[]): Player {
    return new Player(lesson, source, this.#language, {
      page: this.page,
      memory: this.#memory,
      languages: languages.filter((code) => code !== lesson.language),
      open: (file) => void this.open(file),
      write: () => this.#write(lesson.title, source.text),
      // On narrow screens the preview of a draft stands between its text and the explorer.
      reveals: () => source.from !== "draft" || matchMedia("(min-width: 901px)").matches,
    });
  }

  async #showNotes(lesson: Lesson, source: Source, languages: string[]): Promise<void> {
    const address = lesson.notes && resolve(lesson.notes, source.base);
    if (!address || address.origin !== new URL(source.base).origin)
      return this.#play(lesson, source, languages);
    const article = notesOf(await fetched(address.href, this.#words), lesson.language);
    const query = new URLSearchParams(location.search);
    query.delete("notes");
    article.append(h("p", {}, h("a", { href: `?${query}` }, this.#words.backToLesson)));
    this.element.remove();
    document.body.classList.replace("in-lesson", "in-notes");
    document.querySelector("main")!.replaceChildren(article);
  }

  /** The explorer stays, out of sight: it measures what the answers are held against. */
  #showAnswers(lesson: Lesson, source: Source): void {
    const page = new ClassPage(lesson, source, this.#language, this.page);
    this.element.remove();
    document.body.classList.replace("in-lesson", "in-answers");
    document.querySelector("main")!.prepend(page.element);
    page.start();
  }

  #fail(name: string, error: unknown, written?: string): void {
    const words = this.#words;
    let text: string;
    if (error instanceof LessonError) {
      text =
        error.line === undefined
          ? words.ofFile(name, error.message)
          : words.inFile(name, `${error.line}`, error.message);
    } else {
      text = words.ofFile(name, error instanceof Error ? error.message : `${error}`);
    }
    this.#show(
      h("h2", { tabindex: "-1" }, words.cannot),
      h("p", { class: "reason", role: "alert" }, text),
      ...(error instanceof LessonError && written !== undefined ? [this.#mend(name, written)] : []),
      picker(words, (file) => void this.open(file)),
      h("p", {}, h("a", { href: location.pathname }, words.leave)),
    );
    // What is nobody's fault but the program's is told in the console, too.
    if (!(error instanceof LessonError || error instanceof SourceError)) reportError(error);
  }

  /** Leads to where all mistakes of a lesson are listed and its text can be changed. */
  #mend(name: string, text: string): HTMLElement {
    const act = () => this.#write(name, text);
    const words = LANGUAGES[this.#language].editor;
    return h("p", {}, h("button", { type: "button", class: "button", onclick: act }, words.mend));
  }

  #show(...content: Node[]): void {
    this.#body.replaceChildren(...content);
  }

  /** Speaks a language from now on. */
  #speak(language = this.#language): void {
    this.#language = language;
    const folded = this.element.classList.contains("folded");
    this.element.lang = language;
    this.element.setAttribute("aria-label", this.#words.region);
    this.#fold.textContent = folded ? this.#words.unfold : this.#words.fold;
    this.#fold.setAttribute("aria-expanded", `${!folded}`);
  }
}
