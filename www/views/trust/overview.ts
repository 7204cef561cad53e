/** All that is known of each dimension at once, folded away below the views that ask for it. */
import type { Picture } from "../picture";
import { h, setText } from "../shared";
import { known } from "./known";

export class Overview {
  readonly #table = h("table");
  readonly #missing = h("p", { class: "note" });
  readonly element = h(
    "details",
    { class: "numbers", ontoggle: () => this.#write() },
    h("summary", {}, h("b", {}, "Each dimension"), "what is known of it, in one table"),
    h(
      "div",
      {
        class: "table",
        tabindex: "0",
        role: "region",
        "aria-label": "What is known of each dimension",
      },
      this.#table,
    ),
    this.#missing,
  );
  #picture: Picture | undefined;

  show(picture: Picture): void {
    this.#picture = picture;
    this.element.hidden = !picture.report?.latent_importance;
    this.#write();
  }

  #write(): void {
    // Folded away it costs nothing.
    if (!this.#picture || !this.element.open) return;
    const { columns, rows, missing } = known(this.#picture);
    const head = columns.map((title) => h("th", { scope: "col" }, title));
    const body = rows.map(([name = "", ...cells]) => {
      const row = cells.map((cell) => h("td", {}, cell));
      return h("tr", {}, h("th", { scope: "row" }, name), ...row);
    });
    this.#table.replaceChildren(
      h("caption", {}, "What is known of each dimension"),
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...body),
    );
    setText(this.#missing, missing);
  }
}
