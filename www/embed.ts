/**
 * The page for frames: what its address has as settings becomes the element's. The page around the
 * frame is told how high it would be without scrolling, and what is going on, in messages.
 */
import type { Phase } from "./run/machine";
import { NAMES, readQuery } from "./settings";

/** What the page around hears: the first time when there is something to see, then on every change. */
export interface FrameMessage {
  type: "latent-lens";
  /** Of the whole element, in CSS pixels. */
  height: number;
  phase: Phase;
}

const lens = document.querySelector("latent-lens");

if (lens) {
  const query = readQuery(location.search);
  for (const name of [...NAMES, "preset"]) {
    const text = query.get(name);
    if (text !== null) lens.setAttribute(name, text);
  }
  // The whole page, which takes the same settings.
  lens.setAttribute("link", new URL(".", location.href).href);
  if (parent !== self) report(lens);
}

function report(lens: Element): void {
  let told = "";
  const tell = () => {
    const phase = (lens.getAttribute("phase") ?? "idle") as Phase;
    const height = Math.ceil(lens.getBoundingClientRect().height);
    const message: FrameMessage = { type: "latent-lens", height, phase };
    if (told === (told = JSON.stringify(message))) return;
    // Nothing in it is anybody's secret.
    parent.postMessage(message, "*");
  };
  void customElements.whenDefined("latent-lens").then(() => {
    new ResizeObserver(tell).observe(lens);
    new MutationObserver(tell).observe(lens, { attributeFilter: ["phase"] });
  });
}
