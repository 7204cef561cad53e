/** Kinds of autoencoders as they are taught, each a button that sets what is below it. */
import "../shared";
import { h } from "../dom";
import {
  NETWORK_PRESETS,
  type NetworkPreset,
  PRESET_SOURCES,
  presetNamed,
  presetOf,
  type PresetSource,
  presetTexts,
} from "../network-presets";
import { dress } from "../parts/dress";
import type { Texts, Values } from "../settings";
import css from "./presets.css" with { type: "text" };

export class Presets {
  readonly #offered: [NetworkPreset, HTMLButtonElement][];
  readonly #about = h("p", { class: "note about-preset", role: "status" });
  readonly element;

  constructor(choose: (texts: Texts) => void) {
    this.#offered = NETWORK_PRESETS.map((preset) => [
      preset,
      h(
        "button",
        { type: "button", class: "preset", onclick: () => choose(presetTexts(preset)) },
        h("b", {}, preset.title),
        h("span", { class: "teaches" }, preset.teaches),
        h("span", {}, sourceOf(preset).title),
      ),
    ]);
    this.element = h(
      "section",
      { "aria-labelledby": "presets-title" },
      h("h2", { class: "heading", id: "presets-title" }, "Kind of autoencoder"),
      h("div", { class: "presets" }, ...this.#offered.map(([, button]) => button)),
      this.#about,
      h("p", { class: "note" }, lacks()),
    );
  }

  show(values: Values, running: boolean): void {
    const chosen = presetOf(values);
    for (const [preset, button] of this.#offered) {
      button.setAttribute("aria-pressed", `${preset === chosen}`);
      button.disabled = running;
    }
    const name = chosen?.name ?? "";
    if (this.#about.dataset["preset"] === name) return;
    this.#about.dataset["preset"] = name;
    this.#about.replaceChildren(...(chosen ? told(chosen) : [NONE]));
  }

  dress(): void {
    dress(this.element, css);
  }
}

const NONE =
  "The settings below are of none of these. A click sets them all, and starts nothing; a step back brings yours again.";

/** The settings of the preset that a page asks for by its name. */
export function textsNamed(name: string): Texts {
  return presetTexts(presetNamed(name));
}

/** What a preset teaches, where it is from, and what is otherwise there. */
function told(preset: NetworkPreset): (Node | string)[] {
  const { title, address } = sourceOf(preset);
  const link = h("a", { href: address, target: "_blank", rel: "noopener" }, title);
  const differs = preset.differs || "Nothing is otherwise here.";
  return [h("b", {}, preset.title), ": ", preset.teaches, " From: ", link, `. ${differs}`];
}

function sourceOf({ source }: NetworkPreset): PresetSource {
  return PRESET_SOURCES.find(({ name }) => name === source)!;
}

/** What is in the sources and not here. */
function lacks(): string {
  return PRESET_SOURCES.flatMap(({ lacks }) => lacks || []).join(" ");
}
