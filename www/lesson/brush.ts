/** An image on which pixels are marked by hand: a guess that is then held against what was measured. */
import { h, setText } from "../dom";
import { PixelBrush } from "../parts/brush";
import type { Shading } from "../parts/shading";
import type { ImageShape } from "../report";
import type { LessonText } from "../text/en";

export interface Colours {
  ink: string;
  mark: string;
  paper: string;
}

export class Brush {
  readonly #brush;
  readonly #count = h("p", { class: "count" });
  readonly #cursorWords = h("p", { class: "unseen", "aria-live": "polite" });
  readonly #clear;
  readonly #key = h("p", { class: "key" });
  readonly element;
  readonly #marks = new Set<number>();
  /** The pixels that matter, once they may be seen. */
  #truth: Set<number> | undefined;
  /** Whether the stroke in hand takes marks away. */
  #erases = false;

  constructor(
    readonly shape: ImageShape,
    readonly image: Float32Array,
    readonly shading: Shading,
    /** How many pixels may be marked. */
    readonly most: number,
    readonly words: LessonText,
    readonly write: (value: number) => string,
    readonly colours: () => Colours,
    readonly changed: (marks: number[]) => void,
  ) {
    this.#brush = new PixelBrush(
      shape,
      { "aria-label": words.brush(write(most)), "aria-describedby": "brush-keys" },
      {
        begun: (pixel) => this.#begin(pixel),
        over: (pixel) => this.#mark(pixel),
        ended: () => this.changed(this.marks),
        reached: (pixel) => this.#say(pixel),
        moved: () => this.draw(),
      },
    );
    this.#clear = h(
      "button",
      { type: "button", class: "quiet", onclick: () => this.#empty() },
      words.clear,
    );
    this.element = h(
      "div",
      { class: "brushing" },
      this.#brush.canvas,
      this.#key,
      h("div", { class: "row" }, this.#count, this.#clear),
      h("p", { class: "note", id: "brush-keys" }, words.brushKeys),
      this.#cursorWords,
    );
    this.#tell();
  }

  get marks(): number[] {
    return [...this.#marks];
  }

  set marks(pixels: readonly number[]) {
    this.#marks.clear();
    const cells = this.shape.width * this.shape.height;
    for (const pixel of pixels.slice(0, this.most)) {
      if (Number.isInteger(pixel) && pixel >= 0 && pixel < cells) this.#marks.add(pixel);
    }
    this.#tell();
    this.draw();
  }

  /** Shows which pixels matter beside those that were marked; from now on nothing changes. */
  reveal(truth: ReadonlySet<number>): void {
    this.#truth = new Set(truth);
    this.#clear.hidden = true;
    const { hit, miss, missed } = this.words;
    this.#key.replaceChildren(
      ...Object.entries({ hit, miss, missed }).map(([kind, word]) =>
        h("span", { class: kind }, word),
      ),
    );
    this.draw();
  }

  draw(): void {
    const colours = this.colours();
    const { cell } = this.#brush;
    this.#brush.draw(this.image, this.shading, colours, (context) => {
      context.fillStyle = context.strokeStyle = colours.mark;
      context.lineWidth = 2;
      for (const pixel of new Set([...this.#marks, ...(this.#truth ?? [])])) {
        const [x, y] = this.#brush.place(pixel);
        // From the edge of the cell: what is right is filled, what is wrong small, what was missed a frame.
        const square = (edge: number): [number, number, number, number] => {
          const by = (edge * cell) / 12;
          return [x + by, y + by, cell - 2 * by, cell - 2 * by];
        };
        if (!this.#marks.has(pixel)) context.strokeRect(...square(2));
        else context.fillRect(...square(!this.#truth || this.#truth.has(pixel) ? 1 : 4));
      }
    });
  }

  #begin(pixel: number): boolean {
    this.#erases = this.#marks.has(pixel);
    return !this.#truth;
  }

  #mark(pixel: number): void {
    if (this.#erases) this.#marks.delete(pixel);
    else if (this.#marks.size < this.most) this.#marks.add(pixel);
    this.#tell();
    this.draw();
  }

  #say(pixel: number): void {
    const { width } = this.shape;
    const [row, column] = [Math.floor(pixel / width) + 1, (pixel % width) + 1];
    const marked = this.#marks.has(pixel);
    setText(this.#cursorWords, this.words.at(this.write(row), this.write(column), marked));
  }

  #empty(): void {
    this.marks = [];
    this.changed([]);
  }

  #tell(): void {
    setText(this.#count, this.words.marked(this.write(this.#marks.size), this.write(this.most)));
  }
}

/** The so many pixels of largest importance; of equals the first. */
export function largest(importance: readonly number[], count: number): Set<number> {
  const order = [...importance.keys()].sort((a, b) => importance[b]! - importance[a]! || a - b);
  return new Set(order.slice(0, count));
}
