/** The lesson before a class: one step in large type, gone through by the keys of a clicker. */
import { h } from "../dom";
import { address } from "../settings";
import type { LessonText } from "../text/en";

/** As the address has it. */
const PRESENT = "present";

export interface Acts {
  forward(): void;
  back(): void;
  leave(): void;
}

/** Whether the address asks for it. */
export function isPresented(): boolean {
  return new URLSearchParams(location.search).has(PRESENT);
}

/** The page's address, with the presentation or without. */
export function presented(on: boolean): string {
  const query = new URLSearchParams(location.search);
  if (on) query.set(PRESENT, "");
  else query.delete(PRESENT);
  return address(location.pathname, query) + location.hash;
}

type Deed = keyof Acts | "blank";

/** What a key does wherever the focus is: clickers send these. */
const ALWAYS: Partial<Record<string, Deed>> = {
  PageDown: "forward",
  PageUp: "back",
  Escape: "leave",
};
/** What it does where it has no other meaning. */
const ELSE: Partial<Record<string, Deed>> = {
  ArrowRight: "forward",
  ArrowLeft: "back",
  " ": "forward",
  b: "blank",
  B: "blank",
  ".": "blank",
};
const HAS_KEYS = "input, textarea, select, button, a, summary, canvas, [role=listbox], dialog";

/** The words are not made smaller than this, in CSS pixels. */
const SMALLEST = 18;
/** Nor a chart lower than this. */
const LEAST_CHART = 150;
/** What words that can be set smaller leave of the screen's height. */
const LEAST_SHARE = 0.45;

export class Presenter {
  readonly #forward;
  readonly #place = h("p");
  readonly #keys;
  readonly #dark;
  readonly #fits = new ResizeObserver(() => requestAnimationFrame(() => this.on && this.#fit()));
  #panel: HTMLElement | undefined;
  /** There while it is on. */
  #ends: AbortController | undefined;

  constructor(
    readonly words: LessonText,
    readonly acts: Acts,
  ) {
    const button = (deed: Deed, text: string, key: string) =>
      h(
        "button",
        { type: "button", class: "button", onclick: () => this.#do(deed) },
        h("span", {}, text),
        " ",
        h("kbd", {}, key),
      );
    const { back, next, blank, leavePresenting, keys } = words;
    this.#forward = button("forward", next, keys.forward);
    this.#keys = h(
      "nav",
      { class: "keys", "aria-label": words.keysOf },
      button("back", back, keys.back),
      this.#forward,
      button("blank", blank, keys.blank),
      button("leave", leavePresenting, keys.leave),
      this.#place,
    );
    this.#dark = h(
      "div",
      { class: "dark", role: "status", hidden: true, onclick: () => this.#do("blank") },
      h("p", {}, words.isBlank),
    );
  }

  get on(): boolean {
    return this.#ends !== undefined;
  }

  /** `panel` is where the step's words are. */
  show(on: boolean, panel?: HTMLElement): void {
    if (on === this.on) return;
    if (this.#panel) this.#panel.style.fontSize = "";
    this.#panel = panel;
    document.documentElement.classList.toggle("presenting", on);
    if (!on) {
      this.#ends?.abort();
      this.#ends = undefined;
      this.#keys.remove();
      this.#dark.remove();
      this.#fits.disconnect();
      return;
    }
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    addEventListener("keydown", (event) => this.#press(event), { signal, capture: true });
    document.body.append(this.#keys, this.#dark);
    this.#dark.hidden = true;
    for (const each of [panel!, ...document.querySelectorAll("main, main > *")])
      this.#fits.observe(each);
  }

  /** What is next, if anything, which step it is, and the part of the explorer that it speaks of. */
  say(next: string | undefined, place: string, part: string): void {
    this.#forward.hidden = next === undefined;
    this.#forward.firstElementChild!.textContent = next ?? "";
    this.#place.textContent = place;
    document.documentElement.dataset["shows"] = part;
    if (this.on) this.#fit();
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const [target] = event.composedPath();
    const within = target instanceof Element && target.closest(HAS_KEYS);
    const deed = ALWAYS[event.key] ?? (within ? undefined : ELSE[event.key]);
    if (!deed) return;
    // Whatever lies on top is closed first.
    if (deed === "leave" && this.#dark.hidden && within && within.closest("dialog")) return;
    event.preventDefault();
    event.stopPropagation();
    this.#do(deed);
  }

  #do(deed: Deed): void {
    const dark = !this.#dark.hidden;
    this.#dark.hidden = dark || deed !== "blank";
    if (!dark && deed !== "blank") this.acts[deed]();
  }

  /** What is drawn takes the room that the words leave; where that is too little, they are set smaller. */
  #fit(): void {
    const panel = this.#panel!;
    const main = document.querySelector("main")!;
    panel.style.fontSize = "";
    let size = parseFloat(getComputedStyle(panel).fontSize);
    const fits = () => {
      const chart = (height: number) =>
        main.style.setProperty("--chart", `${Math.max(LEAST_CHART, height)}px`);
      const room = main.clientHeight;
      chart(room);
      chart(room - (main.scrollHeight - room));
      const over = (element: Element) => element.scrollHeight > element.clientHeight;
      const enough = room === 0 || room >= LEAST_SHARE * innerHeight;
      return enough && !over(panel) && !over(main);
    };
    while (!fits() && size > SMALLEST) {
      size = Math.max(SMALLEST, size - 1);
      panel.style.fontSize = `${size}px`;
    }
  }
}
