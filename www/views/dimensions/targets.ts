/** Numbers of dimensions that losses are drawn over: which one is pointed at. */
import { around, inside, STEPS, within } from "../shared";
import type { Picture } from "../picture";
import type { Target, Targets } from "../view";

/** `words` says what is known of a number of dimensions. */
export function steps(hint: string, words: (picture: Picture, step: number) => string): Targets {
  return {
    hint,

    at({ layout: { steps = [] } }, x, y) {
      const at = steps.findIndex((place) => inside(place, x, y));
      return at < 0 ? undefined : { kind: "step", at };
    },

    next({ layout: { steps = [] } }, from, key) {
      const step = STEPS[key];
      if (!step || !steps.length) return undefined;
      if (from?.kind !== "step") return { kind: "step", at: 0 };
      const by = step.right + step.down + step.page;
      return { kind: "step", at: within(from.at + by, steps.length) };
    },

    outlines({ layout: { steps = [] } }, target) {
      const place = target.kind === "step" && steps[target.at];
      return place ? [around(place, 0)] : [];
    },

    words(picture, target) {
      const step = stepOf(picture, target);
      return step === undefined ? "" : words(picture, step);
    },

    opens: () => undefined,
  };
}

function stepOf({ layout: { steps = [] } }: Picture, target: Target): number | undefined {
  return target.kind === "step" ? steps[target.at]?.step : undefined;
}

/** The number of dimensions at a place of the canvas, in CSS pixels from its top left. */
export function stepAt({ layout: { steps = [] } }: Picture, x: number, y: number) {
  return steps.find((place) => inside(place, x, y))?.step;
}

/** Hears of numbers of dimensions that are clicked in the picture, as long as it is shown. */
export class StepClicks {
  #picture: Picture | undefined;
  readonly #clicked = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = this.canvas.getBoundingClientRect();
    const found = this.#picture && stepAt(this.#picture, clientX - left, clientY - top);
    if (found !== undefined) this.chosen(found);
  };

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly chosen: (dims: number) => void,
  ) {}

  get picture(): Picture | undefined {
    return this.#picture;
  }

  shown(picture: Picture): void {
    this.#picture = picture;
    // What listens already is not added again.
    this.canvas.addEventListener("click", this.#clicked);
  }

  hidden(): void {
    this.#picture = undefined;
    this.canvas.removeEventListener("click", this.#clicked);
  }
}
