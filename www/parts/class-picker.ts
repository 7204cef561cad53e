/** The one class that something is about: side by side where they are few, else behind a button. */
import type { KnownClass } from "../classes";
import { h, passFocus, setText } from "../dom";
import { areFew, Chooser } from "./chooser";

/** Between the button and what it opens, in CSS pixels. */
const GAP = 4;

export class ClassPicker {
  readonly #chooser;
  readonly #chosen = h("span", { dir: "auto" });
  readonly #list;
  readonly #button = h(
    "button",
    { type: "button", class: "button", popovertarget: "class-list" },
    this.#chosen,
  );
  readonly element: HTMLFieldSetElement;
  #few: boolean | undefined;

  constructor(title: string, chosen: (label: number) => void) {
    this.#chooser = new Chooser("radio", "explain-class", ([label]) => chosen(label!));
    this.#list = h("div", {
      class: "class-list",
      id: "class-list",
      popover: "auto",
      role: "group",
      "aria-label": title,
      onbeforetoggle: (event) => {
        if ((event as ToggleEvent).newState === "open") this.#place();
        else passFocus(this.#list, this.#button);
      },
      ontoggle: () => this.#chooser.showChosen(),
      // With the arrow keys one goes from class to class; a press or Enter is the choice.
      onclick: (event) => {
        const { target, detail } = event as MouseEvent;
        if (detail > 0 && (target as Element).closest("label")) this.#list.hidePopover();
      },
      onkeydown: (event) => {
        if ((event as KeyboardEvent).key !== "Enter") return;
        // Else it would press the button that has the focus next.
        event.preventDefault();
        this.#list.hidePopover();
      },
    });
    this.element = h("fieldset", { class: "class" }, h("legend", {}, title));
  }

  show(classes: readonly KnownClass[], label: number | undefined): void {
    this.#chooser.offer(classes);
    this.#chooser.show(label === undefined ? [] : [label]);
    setText(this.#chosen, classes.find((each) => each.label === label)?.name ?? "");
    const few = areFew(classes);
    if (few === this.#few) return;
    this.#few = few;
    this.#button.remove();
    this.#list.remove();
    if (few) return this.element.append(this.#chooser.element);
    this.#list.append(this.#chooser.element);
    this.element.append(this.#button, this.#list);
  }

  /** Below its button; the style sheet keeps it within what is seen. */
  #place(): void {
    const { left, bottom } = this.#button.getBoundingClientRect();
    this.#list.style.setProperty("--from", `${left + scrollX}px`);
    this.#list.style.top = `${bottom + GAP + scrollY}px`;
    this.#chooser.begin();
  }
}
