/** Asks for what a model's files do not say, with a usual answer filled in. */
import { h, passFocus, replace, setText } from "../dom";
import type { Activation } from "../report";
import { ACTIVATIONS } from "./activations";
import type { Hints, Question } from "./package";

/** Those that a layer may have, with the usual parameters. */
const CHOICES = Object.entries(ACTIVATIONS).map(([name, parameters]): Activation =>
  Object.keys(parameters).length ? { [name]: parameters } : name,
);

export class QuestionForm {
  readonly #text = h("p");
  readonly #fields = h("ol", { class: "layers" });
  readonly #steps = h("textarea", {
    "aria-label": "Steps from the images to the reconstructions",
    spellcheck: "false",
    autocomplete: "off",
    dir: "ltr",
  });
  readonly element = h(
    "form",
    {
      class: "question",
      onsubmit: (event) => {
        event.preventDefault();
        this.answered(this.#answer());
      },
    },
    this.#text,
    this.#fields,
    this.#steps,
    h("button", { type: "submit", class: "button" }, "Open with these"),
  );
  #question: Question | undefined;

  /** `after` has the keyboard's focus once it is answered. */
  constructor(
    readonly answered: (hints: Hints) => void,
    readonly after: HTMLElement,
  ) {
    this.element.hidden = true;
  }

  show(question: Question | undefined): void {
    this.#question = question;
    if (!question) passFocus(this.element, this.after);
    this.element.hidden = !question;
    if (!question) return;
    setText(this.#text, question.text);
    replace(
      this.#fields,
      ...question.layers.map((layer, at) => h("li", {}, this.#field(question, layer, at))),
    );
    const { layers = "" } = question.proposal;
    this.#steps.hidden = question.asks !== "layers";
    this.#steps.value = (layers ?? "").replaceAll(/,\s+/g, "\n");
    this.#steps.rows = this.#steps.value.split("\n").length + 1;
    this.element.querySelector<HTMLElement>("select, textarea:not([hidden])")?.focus();
  }

  #field(question: Question, layer: Question["layers"][number], at: number): HTMLElement {
    const sizes = `${layer.inputs} → ${layer.outputs}`;
    const words = `${[layer.name, layer.class, sizes].filter(Boolean).join(", ")} `;
    switch (question.asks) {
      case "activations":
        return h(
          "label",
          {},
          words,
          choose(
            CHOICES.map((each) => [JSON.stringify(each), activationName(each)]),
            JSON.stringify(question.proposal.activations?.[at]),
          ),
        );
      case "order": {
        const places = question.layers.map((_, place): [string, string] => [
          `${place}`,
          `is layer ${place + 1}`,
        ]);
        places.push(["-1", "is left out"]);
        const place = question.proposal.order?.indexOf(layer.name) ?? at;
        return h("label", {}, words, choose(places, `${place}`));
      }
      case "layers":
        return h("span", {}, words);
      case "bottleneck": {
        const last = question.proposal.bottleneck === at + 1;
        const input = h("input", { type: "radio", name: "bottleneck", value: `${at + 1}` });
        input.checked = last;
        return h("label", {}, input, ` ${words}ends the encoder`);
      }
    }
  }

  /** What has been asked before was answered with the proposal, which is whole. */
  #answer(): Hints {
    const { asks, proposal, layers } = this.#question!;
    const chosen = [...this.#fields.querySelectorAll("select")].map(({ value }) => value);
    switch (asks) {
      case "activations":
        return { ...proposal, activations: chosen.map((each) => JSON.parse(each) as Activation) };
      case "order": {
        const kept = layers.filter((_, at) => chosen[at] !== "-1");
        const order = kept.map(({ name }) => name);
        order.sort((a, b) => Number(chosen[at(layers, a)]) - Number(chosen[at(layers, b)]));
        return { ...proposal, order };
      }
      case "layers":
        return { ...proposal, layers: this.#steps.value };
      case "bottleneck": {
        const checked = this.#fields.querySelector<HTMLInputElement>("input:checked");
        return { ...proposal, bottleneck: Number(checked?.value ?? proposal.bottleneck) };
      }
    }
  }
}

function at(layers: Question["layers"], name: string): number {
  return layers.findIndex((layer) => layer.name === name);
}

function choose(options: [value: string, label: string][], chosen: string | undefined) {
  return h(
    "select",
    {},
    ...options.map(([value, label]) => h("option", { value, selected: value === chosen }, label)),
  );
}

/** As people read it: "relu", "leaky-relu (slope 0.01)". */
export function activationName(activation: Activation): string {
  if (typeof activation === "string") return activation;
  const [[name, parameters] = ["", {}]] = Object.entries(activation);
  const values = Object.entries(parameters).map(
    ([what, value]) => `${what} ${Number(value.toPrecision(6))}`,
  );
  return `${name} (${values.join(", ")})`;
}
