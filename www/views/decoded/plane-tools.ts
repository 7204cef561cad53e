/** Which two dimensions the decoded plane is of. */
import { dress } from "../../parts/dress";
import type { View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { axesOf, h, setText } from "../shared";
import type { Host, Tools } from "../view";
import css from "./decoded.css" with { type: "text" };
import { Grid, gridFor, isVariational } from "./grid";

export class PlaneTools implements Tools {
  readonly #words = h("span", { class: "note", role: "status" });
  readonly #across = this.#select();
  readonly #up = this.#select();
  readonly #swap = h(
    "button",
    { type: "button", class: "button", onclick: () => this.#write(this.#up, this.#across) },
    "Swap",
  );
  readonly #axes = h(
    "fieldset",
    { class: "axes" },
    h("legend", { class: "unseen" }, "Axes"),
    h("label", {}, "Across, dimension", this.#across),
    h("label", {}, "Up, dimension", this.#up),
    this.#swap,
  );
  readonly #grid;
  readonly above;
  readonly below = h("div");
  #count = 0;
  #shown: readonly [number, number] = [0, 1];

  constructor(readonly host: Host) {
    this.#grid = new Grid(host, this.#words);
    this.above = h("div", { class: "decoded-tools" }, this.#axes, this.#grid.bar, this.#words);
  }

  /** Begins before the picture has its place: how tall it is depends on it. */
  instead(charts: Charts, scene: Scene): { charts: Charts; scene: Scene } {
    const { projection, options } = scene;
    const { dims } = options;
    const asked = axesOf(projection);
    const [rows, columns] = gridFor(this.host.canvas.clientWidth, options);
    const known = asked?.every((dim) => dim < dims) ? asked : undefined;
    const key = [known, rows, columns, isVariational(scene)].join();
    this.#offer(dims);
    this.#axes.hidden = dims < 2;
    this.#grid.show(charts, scene, key, () =>
      charts.decode_plane(known && Uint32Array.from(known), rows, columns),
    );
    if (dims < 2) setText(this.#words, "There is one latent dimension, and a plane takes two.");
    return { charts, scene };
  }

  options(): Record<string, never> {
    return {};
  }

  shown({ layout: { plane } }: Picture): void {
    dress(this.above, css);
    if (!plane?.dims) return;
    this.#shown = plane.dims;
    [this.#across.value, this.#up.value] = plane.dims.map(String) as [string, string];
  }

  hidden(): void {
    this.#grid.forget();
  }

  close(): void {
    this.#grid.forget();
  }

  #offer(dims: number): void {
    if (dims === this.#count) return;
    this.#count = dims;
    for (const select of [this.#across, this.#up]) {
      select.replaceChildren(
        ...Array.from({ length: dims }, (_, dim) => h("option", { value: `${dim}` }, `${dim + 1}`)),
      );
    }
  }

  #select(): HTMLSelectElement {
    return h("select", { onchange: (event) => this.#pick(event) });
  }

  /** The same dimension on both axes is a line: the other axis takes what this one had. */
  #pick({ target }: Event): void {
    if (this.#across.value === this.#up.value) {
      const [across, up] = this.#shown;
      if (target === this.#across) this.#up.value = `${across}`;
      else this.#across.value = `${up}`;
    }
    this.#write(this.#across, this.#up);
  }

  #write(across: HTMLSelectElement, up: HTMLSelectElement): void {
    this.host.changed("projection", `${Number(across.value) + 1},${Number(up.value) + 1}`);
  }
}
