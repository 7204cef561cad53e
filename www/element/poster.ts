/**
 * A picture of the finished result that stands in for the element until it is run: from the attribute
 * `poster`, or what is written between the element's tags, which browsers without JavaScript show too.
 */
import { h, setText } from "../dom";
import { begin } from "./actions";

export class Poster {
  readonly #image = h("img", { class: "poster-image", part: "poster-image", alt: ALT });
  readonly #slot = h("slot", {}, this.#image);
  readonly #words = h("span");
  readonly #button = h(
    "button",
    { type: "button", class: "button primary", part: "poster-button", onclick: () => this.run() },
    begin({ brought: false, ran: false }),
  );
  readonly element = h(
    "figure",
    { class: "poster", part: "poster" },
    this.#slot,
    h("figcaption", {}, this.#button, this.#words),
  );

  /** `run` is what its button does; `changed` hears that there is another picture, or none. */
  constructor(
    readonly run: () => void,
    changed: () => void,
  ) {
    this.#slot.addEventListener("slotchange", changed);
    // A browser that cannot calculate has the picture and is not asked to.
    const able = typeof WebAssembly !== "undefined";
    this.#button.hidden = !able;
    setText(this.#words, able ? ABLE : UNABLE);
  }

  /** Takes the picture from an element; whether there is one. */
  of(element: Element): boolean {
    const address = element.getAttribute("poster");
    if (address === null) this.#image.removeAttribute("src");
    else if (this.#image.getAttribute("src") !== address) this.#image.src = address;
    return address !== null || element.childElementCount > 0;
  }
}

const ALT = "What a run with these settings finds.";
const ABLE =
  "A picture of an earlier run. This page can train the network anew and explain it, on your own machine.";
const UNABLE =
  "A picture of an earlier run. To run it here takes a browser with WebAssembly, such as a current Firefox, Chrome, Edge or Safari.";
