/** The figure's bars as a table, for who cannot see them or wants the digits. */
import { h } from "../dom";
import { significant } from "../format";
import type { Picture } from "./picture";

export class Numbers {
  readonly #table = h("table");
  readonly element = h(
    "details",
    { class: "numbers", part: "numbers", ontoggle: () => this.#write() },
    h("summary", {}, h("b", {}, "Numbers"), "of the bars, as a table"),
    h("div", { class: "table" }, this.#table),
  );
  #picture: Picture | undefined;

  show(picture: Picture): void {
    this.#picture = picture;
    this.#write();
  }

  #write(): void {
    // Folded away it costs nothing.
    if (!this.#picture || !this.element.open) return;
    const { layout, report, options, label } = this.#picture;
    const importance = report?.latent_importance;
    const rows = importance ? layout.bars.map(({ dim }) => dim) : [];
    const digits = (data: Float32Array | undefined, dim: number, count: number) =>
      data ? significant(data[options.class * options.dims + dim]!, count) : "";
    this.#table.replaceChildren(
      h(
        "caption",
        {},
        importance ? `Latent importance for a ${label}` : "Latent importance is not known yet",
      ),
      h("thead", {}, h("tr", {}, ...["Dimension", "Importance", "Standard error"].map(columnHead))),
      h(
        "tbody",
        {},
        ...rows.map((dim) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, `${dim + 1}`),
            h("td", {}, digits(importance?.mean.data, dim, 4)),
            h("td", {}, digits(importance?.std_error?.data, dim, 2)),
          ),
        ),
      ),
    );
  }
}

function columnHead(title: string): HTMLElement {
  return h("th", { scope: "col" }, title);
}
