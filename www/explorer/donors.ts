/** How far each choice of donors keeps to images as they are, as a table. */
import "../shared";
import { h } from "../dom";
import { count, integer, significant } from "../format";
import type { DonorCheck, Measure, Report } from "../report";

const CALLED: Record<Measure["donors"], string> = {
  all: "Any image",
  class: "Same class",
  neighbours: "Like surroundings",
};

export class Donors {
  readonly #table = h("table");
  readonly #note = h("p", { class: "note" });
  readonly element = h(
    "div",
    { class: "donors" },
    h("div", { class: "table" }, this.#table),
    this.#note,
  );
  #checks: DonorCheck[] | undefined;

  show({ donor_checks: checks, settings, image }: Partial<Report>): void {
    this.element.hidden = !checks;
    if (!checks || checks === this.#checks) return;
    this.#checks = checks;
    this.#table.replaceChildren(
      h("caption", {}, "What each choice of values makes of the images"),
      head(["Whose values", "R² that is left", "Error, as a multiple"]),
      h("tbody", {}, ...checks.map((check) => row(check, settings?.measure?.donors))),
    );
    const [{ features = 0 } = {}] = checks;
    const all = image ? image.height * image.width : 0;
    const some = features < all ? ` Of ${count(features, "pixel")} of ${integer(all)}.` : "";
    this.#note.textContent = `R²: how well the surroundings of a pixel still predict its value among images that exchange theirs; 0: not at all. Error: of the reconstructions at shuffled pixels, over that of the images as they are; 1: as plausible as these.${some}`;
  }
}

function head(titles: string[]): HTMLElement {
  return h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title))));
}

/** The choice that the run has made is set off. */
function row({ donors, r2, plausibility }: DonorCheck, chosen: string | undefined): HTMLElement {
  const name = CALLED[donors];
  const cells = [r2, plausibility].map((value) => (value == null ? "–" : significant(value, 3)));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, ...(donors === chosen ? [h("b", {}, name)] : [name])),
    ...cells.map((cell) => h("td", {}, cell)),
  );
}
