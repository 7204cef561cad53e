/** Brings the part of the explorer that a step speaks of into view, and keeps it there while the page settles. */
import type { Part } from "./lesson";

/** Between the part and what stands above it, in CSS pixels. */
const MARGIN = 12;
/** Above the maps stand their heading and titles. */
const HEAD = 40;

/** What a reader does beside the words to look at something else. */
const INPUTS = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

interface Box {
  top: number;
  bottom: number;
}

export class Reveal {
  #part: Part | undefined;

  constructor(
    readonly lens: HTMLElement,
    closed: AbortSignal,
  ) {
    // A step says what is in view, not the page that was left.
    history.scrollRestoration = "manual";
    const settle = new ResizeObserver(() => this.#scroll("instant"));
    settle.observe(lens);
    closed.addEventListener("abort", () => {
      settle.disconnect();
      history.scrollRestoration = "auto";
    });
    const end = ({ target }: Event) => {
      if (!(target instanceof Element && target.closest("aside"))) this.#part = undefined;
    };
    for (const input of INPUTS) {
      addEventListener(input, end, { signal: closed, passive: true, capture: true });
    }
  }

  show(part: Part): void {
    this.#part = part;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#scroll(still ? "instant" : "smooth");
  }

  #scroll(behavior: ScrollBehavior): void {
    const found = this.#part && boxes(this.lens, this.#part);
    if (!found) return;
    const above = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const [first, last] = [above + MARGIN, innerHeight - MARGIN];
    const { whole, core } = found;
    const { top, bottom } = whole.bottom - whole.top <= last - first ? whole : core;
    if (top >= above && bottom <= innerHeight) return;
    scrollTo({ top: scrollY + top - first, behavior });
  }
}

/** The part with all that belongs to it, and what is drawn of it. */
function boxes(lens: HTMLElement, part: Part): { whole: Box; core: Box } | undefined {
  const all = (name: string) => [
    ...(lens.shadowRoot?.querySelectorAll<HTMLElement>(`[part~="${name}"]`) ?? []),
  ];
  switch (part) {
    case "pipeline":
      return box(all(part));
    // They stand beside one another, and are looked at together.
    case "samples":
    case "loss":
      return box([...all("samples"), ...all("loss")]);
    case "figure":
    case "maps": {
      const [figure] = all("figure");
      const chart = figure?.querySelector<HTMLElement>(`[part~="chart"]`);
      if (!figure || !chart) return undefined;
      const { top, bottom } = chart.getBoundingClientRect();
      const maps = part === "maps" ? Number(chart.dataset["maps"] ?? 0) - HEAD : 0;
      return {
        whole: { top: figure.getBoundingClientRect().top, bottom },
        core: { top: top + Math.max(0, maps), bottom },
      };
    }
  }
}

function box(elements: HTMLElement[]): { whole: Box; core: Box } | undefined {
  if (!elements.length) return undefined;
  const all = elements.map((element) => element.getBoundingClientRect());
  const found = {
    top: Math.min(...all.map(({ top }) => top)),
    bottom: Math.max(...all.map(({ bottom }) => bottom)),
  };
  return { whole: found, core: found };
}
