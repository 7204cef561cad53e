/** Where a single signal, or a row of a table, is shown: what shows it is fetched once there is one. */
import { h } from "../../dom";
import type { RowView, ShownRow } from "./row";

export class RowPlace {
  readonly element = h("div", { class: "row-place", part: "row", hidden: true });
  #shown: ShownRow | undefined;
  #view: Promise<RowView | void> | undefined;

  /** Images are shown elsewhere: of them, and of nothing, there is nothing here. */
  show(row: ShownRow | undefined): void {
    this.#shown = row?.rows.form === "image" ? undefined : row;
    this.element.hidden = !this.#shown;
    if (this.#shown) void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#view ??= import("./row").then(
      ({ RowView }) => {
        const view = new RowView();
        this.element.append(view.element);
        return view;
      },
      // All else is there without it, and it can be asked for again.
      () => void (this.#view = undefined),
    );
    const view = await this.#view;
    if (view && this.#shown) view.show(this.#shown);
  }
}
