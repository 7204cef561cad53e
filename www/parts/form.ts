/** The settings as a form, made from the table of settings. */
import { h, setText } from "../dom";
import { Segmented } from "./segmented";
import {
  type Control,
  type Name,
  NAMES,
  type Refusals,
  SETTINGS,
  summarise,
  type Values,
} from "../settings";

/** What the page shows of one setting. */
interface Field {
  name: Name;
  element: HTMLElement;
  help: HTMLElement;
  show(text: string): void;
}

type Changed = (name: Name, text: string) => void;

export class Form {
  readonly #summary = h("span", { class: "summary-text" });
  readonly #fields: Field[] = [];
  readonly #run = h("fieldset", { class: "fields" });
  readonly #page = h("fieldset", { class: "fields" });
  readonly #chips: Chips;
  readonly element;

  constructor(changed: Changed) {
    this.#chips = new Chips((text) => changed("classes", text));
    for (const name of NAMES) {
      if (SETTINGS[name].control.kind === "hidden") continue;
      const field = this.#field(name, SETTINGS[name].control, changed);
      this.#fields.push(field);
      (SETTINGS[name].scope === "run" ? this.#run : this.#page).append(field.element);
    }
    this.element = h(
      "details",
      { class: "settings", part: "settings" },
      h("summary", {}, h("b", {}, "Settings"), this.#summary),
      h("form", { onsubmit: (event) => event.preventDefault() }, this.#run, this.#page),
    );
  }

  /** The classes that can be chosen. */
  offer(labels: number[]): void {
    this.#chips.offer(labels);
  }

  show(textOf: (name: Name) => string, values: Values, refusals: Refusals, running: boolean): void {
    setText(this.#summary, summarise(values));
    this.#run.disabled = running;
    this.#run.title = running ? "Settings can be changed once the run has ended." : "";
    for (const { name, element, help, show } of this.#fields) {
      show(textOf(name));
      const refusal = refusals[name];
      setText(help, refusal ?? SETTINGS[name].help);
      element.classList.toggle("refused", refusal !== undefined);
      for (const input of element.querySelectorAll("input")) {
        input.setAttribute("aria-invalid", `${refusal !== undefined}`);
      }
    }
    // A setting refused on arrival, from a link say, must not hide in the fold.
    if (Object.keys(refusals).length) this.element.open = true;
  }

  #field(name: Name, control: Control, changed: Changed): Field {
    const { label } = SETTINGS[name];
    const help = h("span", { class: "help", id: `${name}-help` });
    const group = (part: HTMLElement) =>
      h(
        "fieldset",
        { class: `field ${name}`, "aria-describedby": help.id },
        h("legend", {}, label),
        part,
        help,
      );

    switch (control.kind) {
      case "classes":
        return {
          name,
          help,
          element: group(this.#chips.element),
          show: (text) => this.#chips.show(text.split(/[\s,]+/)),
        };
      case "choice": {
        const segmented = new Segmented(name, (value) => changed(name, value));
        return {
          name,
          help,
          element: group(segmented.element),
          show: (text) => segmented.show(control.options, text),
        };
      }
      default: {
        const input = h("input", {
          type: "text",
          id: name,
          autocomplete: "off",
          spellcheck: "false",
          inputmode: control.kind === "text" && control.numeric ? "numeric" : "text",
          "aria-describedby": help.id,
          oninput: () => changed(name, input.value),
        });
        return {
          name,
          help,
          element: h(
            "div",
            { class: `field ${name}` },
            h("label", { for: name }, label),
            input,
            help,
          ),
          show: (text) => {
            if (input.value !== text) input.value = text;
          },
        };
      }
    }
  }
}

/** One toggle per class. */
class Chips {
  readonly element = h("span", { class: "chips" });

  constructor(readonly changed: (text: string) => void) {}

  offer(labels: number[]): void {
    this.element.replaceChildren(
      ...labels.map((label) =>
        h(
          "label",
          {},
          h("input", { type: "checkbox", value: `${label}`, onchange: () => this.#report() }),
          h("span", {}, `${label}`),
        ),
      ),
    );
  }

  show(chosen: string[]): void {
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = chosen.includes(input.value);
    }
  }

  #report(): void {
    const chosen = this.element.querySelectorAll<HTMLInputElement>("input:checked");
    this.changed([...chosen].map(({ value }) => value).join(","));
  }
}
