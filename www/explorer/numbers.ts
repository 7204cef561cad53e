/** A chart's numbers as a table, for who cannot see it or wants the digits. */
import { h } from "../dom";
import type { Chart, ChartOptions, View } from "../view";

/** Whose numbers are shown. */
interface Shown {
  view: View;
  chart: Chart;
  options: ChartOptions;
  /** Which images they are measured on: "on all 60 images"; empty while it is not known. */
  which: string;
}

export class Numbers {
  readonly #table = h("table");
  readonly element = h(
    "details",
    { class: "numbers", part: "numbers", ontoggle: () => this.#write() },
    h("summary", {}, h("b", {}, "Numbers"), "of this view, as a table"),
    h(
      "div",
      { class: "table", tabindex: "0", role: "region", "aria-label": "Numbers of this view" },
      this.#table,
    ),
  );
  #shown: Shown | undefined;

  show(shown: Shown): void {
    this.#shown = shown;
    this.#write();
  }

  #write(): void {
    // Folded away it costs nothing.
    if (!this.#shown || !this.element.open) return;
    const { view, chart, options, which } = this.#shown;
    const table = view.numbers(chart, options);
    if (!table) return this.#await(view);
    const { caption, columns, rows } = table;
    this.#table.replaceChildren(
      h("caption", {}, which ? `${caption}, measured ${which}` : caption),
      h("thead", {}, h("tr", {}, ...columns.map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, ...rows.map(tableRow)),
    );
  }

  #await(view: View): void {
    view.ready().then(
      () => this.#write(),
      (failure: Error) => this.#table.replaceChildren(h("caption", {}, failure.message)),
    );
  }
}

function tableRow([head = "", ...cells]: string[]): HTMLElement {
  return h("tr", {}, h("th", { scope: "row" }, head), ...cells.map((cell) => h("td", {}, cell)));
}
