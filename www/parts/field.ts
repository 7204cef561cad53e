/** A setting as a field of a form, made from its row in the table of settings. */
import { type KnownClass, labelOf, readNames, writeNames } from "../classes";
import { channelName } from "../channels";
import { h, setText } from "../dom";
import { say } from "../nouns";
import type { DataForm } from "../report";
import { type Control, type Name, type Refusals, SETTINGS, type Values } from "../settings";
import { Chooser } from "./chooser";
import { Segmented } from "./segmented";

export type Changed = (name: Name, text: string) => void;
export type TextOf = (name: Name) => string;

/** What settings are about: rows of this form, with so many channels. */
export interface Subject {
  form: DataForm;
  channels: number;
}

type VisibleControl = Exclude<Control, { kind: "hidden" }>;

export class Field {
  readonly element: HTMLElement;
  readonly #help: HTMLElement;
  readonly #show: (text: string, value: string, values: Values) => void;
  #classes: readonly KnownClass[] = [];
  #channels = 1;
  #form: DataForm = "image";

  constructor(
    readonly name: Name,
    control: VisibleControl,
    changed: Changed,
  ) {
    const { label } = SETTINGS[name];
    this.#help = h("span", { class: "help", id: `${name}-help` });
    const group = (part: HTMLElement) =>
      h(
        "fieldset",
        { class: `field ${name}`, "aria-describedby": this.#help.id },
        h("legend", {}, label),
        part,
        this.#help,
      );

    switch (control.kind) {
      case "classes": {
        const chooser = new Chooser("checkbox", name, (labels) => {
          const chosen = this.#classes.filter(({ label }) => labels.includes(label));
          changed(name, writeNames(chosen.map((each) => each.name)));
        });
        this.element = group(chooser.element);
        this.#show = (text) => {
          chooser.offer(this.#classes);
          const labels = (readNames(text) ?? []).map((each) => labelOf(each, this.#classes));
          chooser.show(labels.filter((label) => label !== undefined));
        };
        break;
      }
      case "choice": {
        const segmented = new Segmented(name, (value) => changed(name, value));
        this.element = group(segmented.element);
        this.#show = (_, value) => segmented.show(this.#said(control.options), value);
        break;
      }
      case "list": {
        const list = h(
          "select",
          {
            id: name,
            "aria-describedby": this.#help.id,
            onchange: () => changed(name, list.value),
          },
          ...Object.entries(control.options).map(option),
        );
        this.element = this.#labelled(list);
        this.#show = (_, value) => {
          list.value = value;
          const said = this.#said(control.options);
          const table = this.#form === "table";
          for (const each of list.options) {
            setText(each, said[each.value]!);
            const ofTables = control.ofTables?.[each.value] ?? table;
            each.hidden = ofTables !== table && each.value !== value;
          }
        };
        break;
      }
      case "channel": {
        const segmented = new Segmented(name, (value) => changed(name, value));
        this.element = group(segmented.element);
        this.#show = (_, value) => {
          const all = Array.from({ length: this.#channels }, (_, at): [string, string] => {
            const called = channelName(at, this.#channels);
            return [`${at + 1}`, called[0]!.toUpperCase() + called.slice(1)];
          });
          segmented.show(new Map(all), value);
        };
        break;
      }
      case "amount": {
        const segmented = new Segmented(name, (value) => changed(name, value));
        const number = h("input", {
          type: "text",
          class: "amount",
          autocomplete: "off",
          inputmode: "numeric",
          dir: "ltr",
          placeholder: control.placeholder,
          "aria-label": `${label}: ${control.placeholder.toLowerCase()}`,
          oninput: () => changed(name, number.value),
        });
        this.element = group(h("span", { class: "amounts" }, segmented.element, number));
        this.#show = (text) => {
          const word = Object.hasOwn(control.options, text.trim());
          segmented.show(control.options, word ? text.trim() : "");
          if (word ? number.value : number.value !== text) number.value = word ? "" : text;
        };
        break;
      }
      case "recipients": {
        const number = h("input", {
          type: "text",
          class: "amount",
          autocomplete: "off",
          inputmode: "numeric",
          dir: "ltr",
          "aria-label": "Its number",
          oninput: () => changed(name, `image:${number.value}`),
        });
        const list = h("select", {
          id: name,
          "aria-describedby": this.#help.id,
          onchange: () => changed(name, list.value),
        });
        this.element = this.#labelled(h("span", { class: "amounts" }, list, number));
        let key = "";
        this.#show = (text, value, { classes }) => {
          const chosen = this.#classes.filter(({ label }) => classes.includes(label));
          const all = [
            ["all", "All explained"],
            ...chosen.map((each) => [`class:${each.name}`, `Class ${each.name}`]),
            ["image:1", "One by its number"],
          ] as [string, string][];
          if (key !== (key = `${all}`)) list.replaceChildren(...all.map(option));
          const [, one] = text.split("image:");
          const name = chosen.find(({ label }) => value === `class:${label}`)?.name;
          list.value =
            one === undefined ? (name === undefined ? value : `class:${name}`) : "image:1";
          number.hidden = one === undefined;
          if (one !== undefined && number.value !== one) number.value = one;
        };
        break;
      }
      case "range": {
        const input = h("input", {
          type: "range",
          id: name,
          min: "0",
          max: "1",
          step: "0.01",
          "aria-describedby": this.#help.id,
          oninput: () => changed(name, input.value),
        });
        this.element = this.#labelled(input);
        this.#show = (_, value) => (input.value = value);
        break;
      }
      case "text": {
        const input = h("input", {
          type: "text",
          id: name,
          dir: "ltr",
          autocomplete: "off",
          spellcheck: "false",
          placeholder: control.placeholder ?? false,
          inputmode: control.numeric ? "decimal" : "text",
          "aria-describedby": this.#help.id,
          oninput: () => changed(name, input.value),
        });
        this.element = this.#labelled(input);
        this.#show = (text) => {
          if (input.value !== text) input.value = text;
        };
      }
    }
  }

  #labelled(input: HTMLElement): HTMLElement {
    const { name } = this;
    const heading = h("label", { for: name }, SETTINGS[name].label);
    return h("div", { class: `field ${name}` }, heading, input, this.#help);
  }

  /** Labels of options in the words of what there is. */
  #said(options: Record<string, string>): Record<string, string> {
    const entries = Object.entries(options);
    return Object.fromEntries(entries.map(([value, label]) => [value, say(this.#form, label)]));
  }

  /** The classes that there are, of which those that are about classes are made. */
  offer(classes: readonly KnownClass[]): void {
    this.#classes = classes;
  }

  of({ form, channels }: Subject): void {
    this.#form = form;
    this.#channels = channels;
  }

  /** Whether there is anything to choose. */
  get chooses(): boolean {
    return SETTINGS[this.name].control.kind !== "classes" || this.#classes.length > 1;
  }

  /** Whether a model that was brought has settled it. */
  settle(settled: boolean): void {
    for (const input of this.element.querySelectorAll("input")) input.disabled = settled;
    if (settled) setText(this.#help, "As the model has it that was brought.");
  }

  show(textOf: TextOf, values: Values, refusals: Refusals): void {
    const { name, element } = this;
    const { label, help, control } = SETTINGS[name];
    const value = `${values[name]}`;
    const chosen = control.kind === "range" ? `: ${value}` : "";
    setText(element.firstElementChild!, say(this.#form, label) + chosen);
    this.#show(textOf(name), value, values);
    const refusal = refusals[name];
    const names = this.#classes.map((each) => each.name);
    setText(this.#help, say(this.#form, refusal ?? help, names));
    element.classList.toggle("refused", refusal !== undefined);
    for (const input of element.querySelectorAll("input:not([type=search])")) {
      input.setAttribute("aria-invalid", `${refusal !== undefined}`);
    }
  }
}

function option([value, label]: [string, string]): HTMLElement {
  return h("option", { value }, label);
}
