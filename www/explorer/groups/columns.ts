/** The columns of a table, put together by hand. */
import { h } from "../../dom";
import { REST, type Regions } from "./regions";

export class Columns {
  readonly #lists: HTMLSelectElement[];
  readonly element;

  constructor(
    columns: readonly string[],
    readonly regions: Regions,
    readonly changed: () => void,
  ) {
    this.#lists = columns.map((_, column) => {
      const list = h("select", {
        id: `column-${column}`,
        onchange: () => {
          regions.of[column] = Number(list.value);
          this.changed();
        },
      });
      return list;
    });
    const rows = columns.map((name, column) =>
      h(
        "div",
        { class: "field" },
        h("label", { for: `column-${column}` }, name),
        this.#lists[column]!,
      ),
    );
    this.element = h("div", { class: "columns" }, ...rows);
    this.draw();
  }

  draw(): void {
    const { names, of, rest } = this.regions;
    const options = [rest ? REST : "No group", ...names];
    for (const [column, list] of this.#lists.entries()) {
      list.replaceChildren(...options.map((name, at) => h("option", { value: `${at}` }, name)));
      list.value = `${of[column]}`;
    }
  }
}
