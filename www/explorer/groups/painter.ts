/** Regions painted on an image: by mouse, pen, finger or keyboard. */
import { h, setText } from "../../dom";
import { PixelBrush } from "../../parts/brush";
import { hueOf } from "../../parts/hues";
import type { Shading } from "../../parts/shading";
import { Segmented } from "../../parts/segmented";
import type { ImageShape } from "../../report";
import { REST, type Regions } from "./regions";

const PENS = { "1": "1", "3": "3 × 3", "5": "5 × 5" };

export interface Surface {
  image: Float32Array | undefined;
  shading: Shading;
  colours: { ink: string; paper: string };
}

export class Painter {
  readonly #brush;
  readonly #pen = new Segmented("pen", (value) => {
    this.#width = Number(value);
    this.#showPen();
  });
  readonly #cursor = h("p", { class: "unseen", "aria-live": "polite" });
  readonly element;
  #width = 3;
  #region = 1;
  /** Whether the stroke in hand takes away. */
  #erases = false;

  constructor(
    readonly shape: Pick<ImageShape, "height" | "width">,
    readonly regions: Regions,
    readonly surface: () => Surface,
    readonly changed: () => void,
  ) {
    this.#brush = new PixelBrush(
      shape,
      {
        "aria-label": `Image of ${shape.height} × ${shape.width} pixels on which regions can be painted`,
        "aria-describedby": "painter-keys",
      },
      {
        begun: (pixel) => {
          this.#erases = regions.of[pixel] === this.#region;
          return true;
        },
        over: (pixel) => {
          regions.paint(pixel, shape.width, this.#width, this.#region, this.#erases);
          this.draw();
        },
        ended: () => this.changed(),
        reached: (pixel) => this.#say(pixel),
        moved: () => this.draw(),
      },
    );
    this.element = h(
      "div",
      { class: "painter" },
      this.#brush.canvas,
      h("fieldset", { class: "field" }, h("legend", {}, "Pen, in pixels"), this.#pen.element),
      h(
        "p",
        { class: "note", id: "painter-keys" },
        "Draw with mouse, pen or finger; begin on what is painted to take it away. By keyboard: arrows, Space.",
      ),
      this.#cursor,
    );
    this.#showPen();
  }

  /** Which region is painted. */
  set region(region: number) {
    this.#region = region;
    this.draw();
  }

  draw(): void {
    const { image, shading, colours } = this.surface();
    const { cell } = this.#brush;
    this.#brush.draw(image, shading, colours, (context) => {
      for (const [pixel, region] of this.regions.of.entries()) {
        if (!region) continue;
        const [x, y] = this.#brush.place(pixel);
        context.globalAlpha = region === this.#region ? 0.8 : 0.45;
        context.fillStyle = hueOf(region, colours.paper);
        context.fillRect(x, y, cell, cell);
      }
      context.globalAlpha = 1;
    });
  }

  #showPen(): void {
    this.#pen.show(PENS, `${this.#width}`);
  }

  #say(pixel: number): void {
    const { width } = this.shape;
    const [row, column] = [Math.floor(pixel / width) + 1, (pixel % width) + 1];
    const region = this.regions.of[pixel]!;
    const which = region ? this.regions.names[region - 1]! : this.regions.rest ? REST : "no region";
    setText(this.#cursor, `Row ${row}, column ${column}: ${which}.`);
  }
}
