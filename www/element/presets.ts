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
  readonly #offered: [NetworkPreset, HTMLButtonElement][] = [];
  readonly #about = h("p", { class: "note about-preset", role: "status" });
  readonly element;

  constructor(choose: (texts: Texts) => void) {
    this.element = h(
      "section",
      { "aria-labelledby": "presets-title" },
      h("h2", { class: "heading", id: "presets-title" }, "Kind of autoencoder"),
      h(
        "div",
        { class: "sources" },
        ...PRESET_SOURCES.map((source) => this.#group(source, choose)),
      ),
      this.#about,
    );
  }

  #group({ name, title, lacks }: PresetSource, choose: (texts: Texts) => void): HTMLElement {
    const buttons = NETWORK_PRESETS.filter((preset) => preset.source === name).map((preset) => {
      const button = h(
        "button",
        { type: "button", class: "preset", onclick: () => choose(presetTexts(preset)) },
        h("b", {}, preset.title),
        h("span", { class: "teaches" }, preset.teaches),
      );
      this.#offered.push([preset, button]);
      return button;
    });
    const id = `presets-${name}`;
    const group = h(
      "div",
      { class: "source", role: "group", "aria-labelledby": id },
      h("h3", { class: "note", id }, lacks ? `${title}, ${lacks}` : title),
      h("div", { class: "presets" }, ...buttons),
    );
    group.style.setProperty("--presets", `${buttons.length}`);
    return group;
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
  "The settings below are of none of these. A click sets them all, and starts nothing; the browser’s step back undoes it.";

/** The settings of the preset that a page asks for by its name. */
export function textsNamed(name: string): Texts {
  return presetTexts(presetNamed(name));
}

/** What a preset teaches, where it is from, and what differs here. */
function told(preset: NetworkPreset): (Node | string)[] {
  const { title, address } = sourceOf(preset);
  const link = h("a", { href: address, target: "_blank", rel: "noopener" }, title);
  const differs = preset.differs || "Nothing differs here.";
  return [h("b", {}, preset.title), ": ", preset.teaches, " From: ", link, `. ${differs}`];
}

function sourceOf({ source }: NetworkPreset): PresetSource {
  return PRESET_SOURCES.find(({ name }) => name === source)!;
}
