/** How far each choice of donors keeps to images as they are, as a table. */
import "../shared";
import { h } from "../dom";
import { count, integer, significant } from "../format";
import type { DonorCheck, Measure, Report } from "../report";
import { spoken } from "../views/features";

const CALLED: Record<Measure["donors"], string> = {
  all: "Any image",
  class: "Same class",
  neighbours: "By neighbours",
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

  show(report: Partial<Report>): void {
    const { donor_checks: checks, settings } = report;
    const said = (words: string) => spoken({ report }, words);
    this.element.hidden = !checks;
    if (!checks || checks === this.#checks) return;
    this.#checks = checks;
    this.#table.replaceChildren(
      h("caption", {}, said("What each choice of values makes of the images")),
      head(["Whose values", "R² that is left", "Error, as a multiple"]),
      h("tbody", {}, ...checks.map((check) => row(check, settings?.measure?.donors, said))),
    );
    const note = [
      "R²: how well its surroundings still tell what is moved, among images that exchange their values; 0: not at all.",
      "Error: of the reconstructions where they are shuffled, over that of the images as they are; 1: as plausible as these.",
      ...checks.slice(0, 1).map(looked),
    ].join(" ");
    this.#note.textContent = said(note);
  }
}

/** What was looked at to tell. */
function looked({ features, images, fitted_on: { images: fitted, training } }: DonorCheck): string {
  const on = training ? "images that the network learns from" : "explained images";
  return `The error is of ${integer(features)} features, in ${count(images, "image")}; predictions are fitted on ${integer(fitted)} ${on}.`;
}

function head(titles: string[]): HTMLElement {
  return h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title))));
}

/** The choice that the run has made is set off. */
function row(
  { donors, r2, plausibility }: DonorCheck,
  chosen: string | undefined,
  said: (words: string) => string,
): HTMLElement {
  const name = said(CALLED[donors]);
  const cells = [r2, plausibility].map((value) => (value == null ? "–" : significant(value, 3)));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, ...(donors === chosen ? [h("b", {}, name)] : [name])),
    ...cells.map((cell) => h("td", {}, cell)),
  );
}
