/** The colours and type that the charts share with the page around them. */
import { h } from "../dom";
import type { Theme } from "../view";

/**
 * An invisible element that wears every colour, so that the browser resolves custom properties
 * and light or dark for us, and tells of any change by the end of a transition.
 */
export class ThemeProbe {
  readonly element = h("span", { class: "probe", "aria-hidden": "true" });
  readonly #pixel: CanvasRenderingContext2D;

  constructor(changed: () => void) {
    const canvas = h("canvas", { width: "1", height: "1" });
    this.#pixel = canvas.getContext("2d", { willReadFrequently: true })!;
    this.element.addEventListener("transitionend", changed);
  }

  /**
   * While the page is printed the colours are those of a light page, and `draw` draws with them at once: a
   * printer takes what is on the canvases when `beforeprint` is over. Until the returned function is called.
   */
  observe(draw: () => void): () => void {
    const ends = new AbortController();
    const print = (now: boolean) => () => {
      this.element.classList.toggle("printed", now);
      draw();
    };
    addEventListener("beforeprint", print(true), ends);
    addEventListener("afterprint", print(false), ends);
    return () => ends.abort();
  }

  read(): Omit<Theme, "scale"> {
    const style = getComputedStyle(this.element);
    return {
      font: style.fontFamily,
      font_size: Number.parseFloat(style.fontSize),
      background: this.#hex(style.backgroundColor),
      text: this.#hex(style.color),
      muted: this.#hex(style.borderBottomColor),
      grid: this.#hex(style.borderTopColor),
      accent: this.#hex(style.outlineColor),
    };
  }

  /** Any CSS colour as #rrggbb, by painting with it. */
  #hex(colour: string): string {
    this.#pixel.fillStyle = colour;
    this.#pixel.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0] = this.#pixel.getImageData(0, 0, 1, 1).data;
    return `#${((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1)}`;
  }
}
