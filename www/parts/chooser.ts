/**
 * Classes to choose one or several of: side by side where they are few, else in a list that can be
 * searched. Both wrap, and show names of any length and script whole.
 */
import type { KnownClass } from "../classes";
import { h, replace, setText } from "../dom";
import { integer } from "../format";

/** So many are seen at a glance, as long as their names have so many letters together. */
const FEW = 12;
const LETTERS = 120;

export function areFew(classes: readonly KnownClass[]): boolean {
  const letters = classes.reduce((sum, { name }) => sum + name.length, 0);
  return classes.length <= FEW && letters <= LETTERS;
}

/** Whether a name has every word of a text in it, whatever their capitals and accents. */
export function matches(name: string, text: string): boolean {
  const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain(text).split(/\s+/);
  return words.every((word) => plain(name).includes(word));
}

export class Chooser {
  readonly #search = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search classes",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => this.#filter(),
  });
  readonly #all = this.#button("All", true);
  readonly #none = this.#button("None", false);
  readonly #count = h("span", { class: "note", role: "status" });
  readonly #tools = h("div", { class: "chooser-tools" }, this.#search);
  readonly #options = h("div", {});
  readonly element = h(
    "div",
    { class: "chooser", onkeydown: (event) => this.#move(event as KeyboardEvent) },
    this.#tools,
    this.#options,
  );
  #classes: readonly KnownClass[] = [];
  #inputs: HTMLInputElement[] = [];

  /** Radio buttons of this `name` for one class, boxes for several; `changed` hears their labels. */
  constructor(
    readonly kind: "radio" | "checkbox",
    readonly name: string,
    readonly changed: (labels: number[]) => void,
  ) {
    if (kind === "checkbox") this.#tools.append(this.#all, this.#none, this.#count);
  }

  offer(classes: readonly KnownClass[]): void {
    if (JSON.stringify(classes.map(key)) === JSON.stringify(this.#classes.map(key))) return;
    const focused = this.#options.matches(":focus-within");
    this.#classes = classes;
    const few = areFew(classes);
    this.#options.className = few ? "chips" : "list";
    const longest = Math.max(...classes.map(({ name }) => name.length));
    this.#options.style.setProperty("--letters", `${longest}`);
    this.#search.value = "";
    this.#search.hidden = few;
    this.#tools.hidden = few && (this.kind === "radio" || classes.length < 3);
    this.#inputs = classes.map(({ label }) =>
      h("input", {
        type: this.kind,
        name: this.name,
        value: `${label}`,
        onchange: () => this.changed(this.#chosen()),
      }),
    );
    replace(
      this.#options,
      ...classes.map(({ name }, at) =>
        h("label", {}, this.#inputs[at]!, h("span", { dir: "auto" }, name)),
      ),
    );
    this.#rove(0);
    if (focused) this.#inputs[0]?.focus();
  }

  show(chosen: readonly number[]): void {
    for (const input of this.#inputs) input.checked = chosen.includes(Number(input.value));
    const { length } = this.#chosen();
    setText(this.#count, `${integer(length)} of ${integer(this.#classes.length)}`);
    const first = this.#inputs.findIndex(({ checked }) => checked);
    if (!this.#options.matches(":focus-within")) this.#rove(Math.max(0, first));
  }

  /** The list is about to open: everything is offered again, and one begins by searching. */
  begin(): void {
    this.#search.autofocus = true;
    this.#search.value = "";
    this.#filter();
  }

  /** The list has opened: scrolls to what is chosen. */
  showChosen(): void {
    // A page takes it for a wish of its own that the focus goes there.
    this.#search.autofocus = false;
    const chosen = this.#inputs.find(({ checked }) => checked);
    chosen?.parentElement!.scrollIntoView({ block: "nearest" });
  }

  #chosen(): number[] {
    return this.#inputs.filter(({ checked }) => checked).map(({ value }) => Number(value));
  }

  #filter(): void {
    for (const [at, { name }] of this.#classes.entries()) {
      this.#inputs[at]!.parentElement!.hidden = !matches(name, this.#search.value);
    }
    const searched = this.#search.value.trim() !== "";
    setText(this.#all, searched ? "Choose these" : "All");
    setText(this.#none, searched ? "Leave these out" : "None");
    this.#rove(0);
  }

  get #found(): HTMLInputElement[] {
    return this.#inputs.filter(({ parentElement }) => !parentElement!.hidden);
  }

  #mark(checked: boolean): void {
    for (const input of this.#found) input.checked = checked;
    this.changed(this.#chosen());
  }

  /** One stop of the Tab key for a whole list of boxes, as radio buttons have by themselves. */
  #rove(to: number): void {
    if (this.kind === "radio" || areFew(this.#classes)) return;
    for (const [at, input] of this.#found.entries()) input.tabIndex = at === to ? 0 : -1;
  }

  #move(event: KeyboardEvent): void {
    const all = this.#found;
    const at = all.indexOf(event.target as HTMLInputElement);
    const searching = event.target === this.#search;
    if (searching && event.key === "Enter") {
      event.preventDefault();
      if (this.kind === "radio") all[0]?.click();
      return;
    }
    // Radio buttons move by themselves, and choose.
    if (!searching && (at < 0 || this.kind === "radio")) return;
    const to = {
      ArrowDown: at + 1,
      ArrowRight: searching ? undefined : at + 1,
      ArrowUp: at - 1,
      ArrowLeft: at - 1,
      Home: searching ? undefined : 0,
      End: searching ? undefined : all.length - 1,
    }[event.key];
    if (to === undefined) return;
    const next = searching && this.kind === "radio" ? all.findIndex(({ checked }) => checked) : to;
    const input = all[Math.max(next, 0)];
    if (!input || (searching && to < 0)) return;
    event.preventDefault();
    this.#rove(all.indexOf(input));
    input.focus();
  }

  #button(title: string, checked: boolean): HTMLButtonElement {
    const onclick = () => this.#mark(checked);
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}

function key({ label, name }: KnownClass): [number, string] {
  return [label, name];
}
