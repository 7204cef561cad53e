/** Something that unfolds below a button that says in one line what is chosen there. */
import { h, passFocus, setText } from "../dom";

export class Fold {
  readonly #title: HTMLElement;
  readonly #summary: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly panel: HTMLElement;
  #toggled: ((open: boolean) => void)[] = [];

  /** `part` names both for style sheets. */
  constructor(part: string, title: string) {
    this.#title = h("b", { id: `${part}-title` }, title);
    this.#summary = h("span", { class: "summary-text", id: `${part}-summary` });
    this.button = h(
      "button",
      {
        type: "button",
        class: `fold ${part}`,
        part: `${part}-button`,
        "aria-expanded": "false",
        "aria-controls": `${part}-panel`,
        onclick: () => (this.open = !this.open),
      },
      this.#title,
      this.#summary,
    );
    this.panel = h("div", {
      class: "panel",
      part,
      id: `${part}-panel`,
      role: "group",
      "aria-labelledby": `${part}-title`,
    });
    this.panel.hidden = true;
  }

  get open(): boolean {
    return !this.panel.hidden;
  }

  set open(open: boolean) {
    if (open === this.open) return;
    passFocus(this.panel, this.button);
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", `${open}`);
    for (const toggled of this.#toggled) toggled(open);
  }

  onToggle(toggled: (open: boolean) => void): void {
    this.#toggled.push(toggled);
  }

  name(title: string): void {
    setText(this.#title, title);
  }

  /** What is chosen; `refused`: it cannot be used, and this is why. */
  say(summary: string, refused = false): void {
    setText(this.#summary, summary);
    this.#summary.classList.toggle("refused", refused);
    this.button.title = summary;
  }
}

/** Of these, one at a time is open: they stand in one row and unfold in one place. */
export function oneAtATime(folds: Fold[]): void {
  for (const fold of folds) {
    fold.onToggle((open) => {
      if (!open) return;
      for (const other of folds) if (other !== fold) other.open = false;
    });
  }
}
