/** What it takes to show the same elsewhere: the lines to copy, in a dialog. */
import { copied } from "../clipboard";
import { h, setText } from "../dom";
import type { Lines } from "./lines";

/** The lines, and what they do not hold of what is shown: sentences. */
export interface Shared {
  lines: Lines;
  warnings: string[];
}

const KINDS: { kind: keyof Lines; title: string; help: string }[] = [
  { kind: "link", title: "Link", help: "Opens this page with these settings." },
  {
    kind: "frame",
    title: "Frame",
    help: "For pages that may hold frames, as those of most course systems and notebooks.",
  },
  {
    kind: "element",
    title: "Element",
    help: "For pages of your own: it takes their colours and type, and their width.",
  },
];

export class ShareDialog {
  readonly #told = h("p", { class: "told", role: "status" });
  readonly #fields = KINDS.map(({ kind, title, help }) => {
    const id = `share-${kind}`;
    const text = h("textarea", {
      id,
      readonly: true,
      rows: kind === "link" ? "2" : "4",
      spellcheck: "false",
      "aria-describedby": `${id}-help`,
      onfocus: () => text.select(),
    });
    const copy = h(
      "button",
      { type: "button", class: "button", onclick: () => void this.#copy(title, text) },
      `Copy ${title.toLowerCase()}`,
    );
    const element = h(
      "div",
      { class: "share-line" },
      h("label", { for: id }, title),
      h("span", { class: "note", id: `${id}-help` }, help),
      text,
      copy,
    );
    return { kind, text, element };
  });
  readonly #warning = h("p", { class: "warning" });
  readonly element = h(
    "dialog",
    { class: "share", part: "share", "aria-labelledby": "share-title" },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: "share-title" }, "Share what is shown"),
      h(
        "button",
        { type: "button", class: "button", onclick: () => this.element.close() },
        "Close",
      ),
    ),
    this.#warning,
    ...this.#fields.map(({ element }) => element),
    this.#told,
  );

  constructor() {
    this.element.addEventListener("click", (event) => {
      // Beside the dialog, on what lies behind it.
      if (event.target === this.element) this.element.close();
    });
  }

  open({ lines, warnings }: Shared): void {
    for (const { kind, text, element } of this.#fields) {
      text.value = lines[kind] ?? "";
      element.hidden = lines[kind] === undefined;
    }
    this.#warning.hidden = warnings.length === 0;
    setText(this.#warning, warnings.join(" "));
    setText(this.#told, "");
    this.element.showModal();
  }

  async #copy(title: string, text: HTMLTextAreaElement): Promise<void> {
    if (await copied(text.value)) return setText(this.#told, `${title} copied.`);
    text.select();
    setText(this.#told, "This browser does not let pages copy: copy the marked text by hand.");
  }
}
