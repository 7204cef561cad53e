/**
 * Pointing at the figure, with a mouse, a finger or the arrow keys: tells what is known of one
 * pixel, and marks it in every map without drawing the figure again.
 */
import { h, setText, svg } from "../dom";
import { significant } from "../format";
import type { Pixel, Place } from "../view";
import type { Picture } from "./picture";

const HINT =
  "Point at a map to read its pixels. With the figure in focus, arrow keys move from pixel to pixel, Page Up and Down from map to map.";

/** A pixel of a drawn map, counted from its top left. */
interface Target {
  dim: number;
  /** Absent on a bar. */
  cell?: { column: number; row: number };
}

export class Pointer {
  readonly #halo = svg("path", { class: "halo" });
  readonly #line = svg("path", { class: "line" });
  /** Lies over the canvas. */
  readonly marks = svg("svg", { class: "marks", "aria-hidden": "true" }, this.#halo, this.#line);
  readonly readout = h("p", { class: "readout hint", part: "readout" }, HINT);
  #picture: Picture | undefined;
  #target: Target | undefined;
  #handle = 0;

  constructor(readonly canvas: HTMLCanvasElement) {
    canvas.tabIndex = 0;
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerdown", (event) => this.#point(event));
    canvas.addEventListener("pointerleave", ({ pointerType }) => {
      // A finger leaves when it is lifted, and what it touched is still being read.
      if (pointerType !== "touch") this.#aim(undefined, "off");
    });
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("blur", () => this.#aim(undefined, "off"));
  }

  /** Follows the figure, which was drawn anew. */
  show(picture: Picture): void {
    this.#picture = picture;
    this.#request();
  }

  #point({ offsetX: x, offsetY: y }: PointerEvent): void {
    const { maps, bars } = this.#picture?.layout ?? { maps: [], bars: [] };
    const inside = (place: Place) =>
      x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height;
    const map = maps.find(inside);
    if (map) {
      const { columns, rows } = this.#grid();
      const column = Math.min(columns - 1, Math.floor(((x - map.x) / map.width) * columns));
      const row = Math.min(rows - 1, Math.floor(((y - map.y) / map.height) * rows));
      return this.#aim({ dim: map.dim, cell: { column, row } }, "off");
    }
    const bar = bars.find(inside);
    this.#aim(bar && { dim: bar.dim }, "off");
  }

  #press(event: KeyboardEvent): void {
    const maps = this.#picture?.layout.maps ?? [];
    if (!maps.length || event.ctrlKey || event.metaKey || event.altKey) return;
    const { columns, rows } = this.#grid();
    const middle = { column: Math.floor(columns / 2), row: Math.floor(rows / 2) };
    const at = this.#target && maps.findIndex(({ dim }) => dim === this.#target?.dim);
    const map = at === undefined || at < 0 ? 0 : at;
    const go = (position: number, right: number, down: number) => {
      // The first key only shows where one is.
      const first = !this.#target?.cell;
      const { column, row } = this.#target?.cell ?? middle;
      const to = first ? map : Math.max(0, Math.min(maps.length - 1, position));
      const cell = {
        column: Math.max(0, Math.min(columns - 1, column + (first ? 0 : right))),
        row: Math.max(0, Math.min(rows - 1, row + (first ? 0 : down))),
      };
      this.#aim({ dim: maps[to]!.dim, cell }, "polite");
    };
    const keys: Record<string, () => void> = {
      ArrowLeft: () => go(map, -1, 0),
      ArrowRight: () => go(map, 1, 0),
      ArrowUp: () => go(map, 0, -1),
      ArrowDown: () => go(map, 0, 1),
      PageUp: () => go(map - 1, 0, 0),
      PageDown: () => go(map + 1, 0, 0),
      Escape: () => this.#aim(undefined, "off"),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Pixels of a map as it is drawn. */
  #grid(): { columns: number; rows: number } {
    const { image, rotate } = this.#picture!.options;
    const lies = rotate === 90 || rotate === 270;
    return lies
      ? { columns: image.height, rows: image.width }
      : { columns: image.width, rows: image.height };
  }

  /** What is said on the way of a mouse is not for screen readers. */
  #aim(target: Target | undefined, live: "polite" | "off"): void {
    this.#target = target;
    this.readout.setAttribute("aria-live", live);
    this.#request();
  }

  #request(): void {
    this.#handle ||= requestAnimationFrame(() => {
      this.#handle = 0;
      this.#mark();
    });
  }

  #mark(): void {
    const picture = this.#picture;
    if (!picture) return;
    const target = this.#target;
    const { maps, bars } = picture.layout;
    const outlines: string[] = [];
    if (target) {
      for (const place of [...maps, ...bars]) {
        if (place.dim === target.dim) outlines.push(outline(place, 2));
      }
    }
    if (target?.cell) {
      const { columns, rows } = this.#grid();
      for (const { x, y, width, height } of maps) {
        outlines.push(
          outline(
            {
              x: x + (target.cell.column * width) / columns,
              y: y + (target.cell.row * height) / rows,
              width: width / columns,
              height: height / rows,
            },
            0.5,
          ),
        );
      }
    }
    const path = outlines.join("");
    this.#halo.setAttribute("d", path);
    this.#line.setAttribute("d", path);
    this.readout.classList.toggle("hint", !target);
    setText(this.readout, target ? this.#words(target, picture) : HINT);
  }

  #words({ dim, cell }: Target, { view, options, report, label }: Picture): string {
    const name = `Dimension ${dim + 1}`;
    if (!cell) {
      const { mean, std_error } = report?.latent_importance ?? {};
      if (!mean) return `${name}: importance not known yet.`;
      const at = options.class * mean.shape[1] + dim;
      const value = measured(mean.data[at]!, std_error?.data[at]);
      return `${name}: importance for a ${label} ${value}.`;
    }
    const { columns, rows } = this.#grid();
    const x = (cell.column + 0.5) / columns;
    const y = (cell.row + 0.5) / rows;
    const pixel = view.pixel(options, dim, x, y);
    if (!pixel) return `${name}: nothing known of this pixel yet.`;
    const value = measured(pixel.importance, pixel.std_error);
    const place = `row ${pixel.row}, column ${pixel.column}`;
    return `${name}, ${place}: importance ${value}${effect(pixel)}.`;
  }
}

function outline({ x, y, width, height }: Omit<Place, "dim">, by: number): string {
  return `M${x - by} ${y - by}h${width + 2 * by}v${height + 2 * by}h${-width - 2 * by}z`;
}

function measured(value: number, error: number | null | undefined): string {
  return error == null
    ? significant(value, 3)
    : `${significant(value, 3)} ± ${significant(error, 2)}`;
}

function effect({ slope, sign }: Pixel): string {
  if (sign === null || slope === null) return "";
  const words = significant(slope, 3);
  if (sign === 0) return `; no direction, slope ${words}`;
  return `; a brighter pixel ${sign > 0 ? "raises" : "lowers"} it, slope ${words}`;
}
