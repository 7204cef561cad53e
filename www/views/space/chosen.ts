/** The images that are chosen: how many of which class, and what they share. */
import type { Encoded, Report } from "../../report";
import type { View } from "../../view";
import {
  count,
  dimensionName,
  h,
  integer,
  list,
  picture,
  save,
  setText,
  significant,
} from "../shared";
import type { Host } from "../view";
import { chosenCsv } from "./csv";
import { type Difference, differences } from "./difference";
import { meanOf } from "./mean";

/** So many dimensions are told. */
const MOST = 5;
/** So many classes are told by name. */
const NAMED = 12;

export class Chosen {
  readonly #words = h("p", { role: "status" });
  readonly #caption = h("caption");
  readonly #rows = h("tbody");
  readonly #table = h(
    "table",
    {},
    this.#caption,
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["Dimension", "Mean of the chosen", "Mean of the rest", "Difference"].map((title) =>
          h("th", { scope: "col" }, title),
        ),
      ),
    ),
    this.#rows,
  );
  readonly #mean = picture();
  readonly #meanTitle = h("figcaption");
  readonly #title = h("h3");
  readonly #decoded = picture();
  readonly #pictures = h(
    "div",
    { class: "means" },
    h("figure", {}, this.#mean, this.#meanTitle),
    h("figure", {}, this.#decoded, h("figcaption", {}, "Decoded from their mean latents")),
  );
  readonly element = h(
    "section",
    { class: "chosen" },
    this.#title,
    this.#words,
    h(
      "div",
      {
        class: "table",
        tabindex: "0",
        role: "region",
        "aria-label": "What those that are chosen share",
      },
      this.#table,
    ),
    this.#pictures,
    h(
      "div",
      { class: "downloads" },
      this.#button("Those chosen, CSV", () => this.#export()),
      this.#button("Clear", () => this.cleared()),
    ),
  );
  #report: Partial<Report> | undefined;
  #images: Uint32Array | undefined;
  #nameOf: (label: number) => string = String;
  #ended = new AbortController();

  constructor(
    readonly host: Pick<Host, "opened" | "paint" | "subject" | "say">,
    readonly cleared: () => void,
  ) {
    this.element.hidden = true;
  }

  show(
    charts: View,
    report: Partial<Report> | undefined,
    images: Uint32Array | undefined,
    nameOf: (label: number) => string,
  ): void {
    this.#nameOf = nameOf;
    if (images === this.#images && report === this.#report) return;
    this.#report = report;
    this.#images = images;
    this.#ended.abort();
    const encoded = report?.encoded;
    this.element.hidden = !images || !encoded;
    if (!images || !encoded) return;
    setText(this.#title, this.host.say("Chosen images"));
    setText(this.#meanTitle, this.host.say("Mean of the chosen images"));
    setText(this.#words, this.#counts(encoded, images));
    const found = differences(encoded.latents, images).slice(0, MOST);
    this.#table.hidden = found.length === 0;
    const rest = encoded.labels.length - images.length;
    setText(
      this.#caption,
      `What they share: the dimensions in which their mean differs most from the mean of the other ${this.host.say(count(rest, "image"))}, in pooled standard deviations (Cohen’s d)`,
    );
    this.#rows.replaceChildren(...found.map((each) => this.#row(each)));
    this.#pictures.hidden = images.length === 0;
    if (images.length) void this.#average(charts, encoded, images);
  }

  close(): void {
    this.#ended.abort();
  }

  #counts(encoded: Encoded, images: Uint32Array): string {
    const counts = new Map<number, number>();
    for (const image of images) {
      const label = encoded.labels[image]!;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const most = [...counts].sort(([a, x], [b, y]) => y - x || a - b);
    const parts = most
      .slice(0, NAMED)
      .map(([label, number]) => `${integer(number)} of class ${this.#nameOf(label)}`);
    const others = most.slice(NAMED).reduce((sum, [, number]) => sum + number, 0);
    if (others) parts.push(`${integer(others)} of ${count(most.length - NAMED, "other class")}`);
    const all = encoded.labels.length;
    const are = images.length === 1 ? "is" : "are";
    const which = parts.length ? `: ${list(parts).replace("other classs", "other classes")}` : "";
    return `${integer(images.length)} of ${this.host.say(count(all, "image"))} ${are} chosen${which}.`;
  }

  #row({ dim, chosen, rest, standardised }: Difference): HTMLElement {
    const name = dimensionName(this.#report, dim);
    const opens = () => this.host.opened({ dimension: dim });
    const far = Number.isFinite(standardised)
      ? `${standardised > 0 ? "+" : ""}${significant(standardised, 3)}`
      : `${standardised > 0 ? "higher" : "lower"}, and neither varies`;
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("button", { type: "button", class: "link", onclick: opens }, name),
      ),
      h("td", {}, significant(chosen, 3)),
      h("td", {}, significant(rest, 3)),
      h("td", {}, far),
    );
  }

  /** Their mean image, and what the decoder makes of their mean latents. */
  async #average(charts: View, encoded: Encoded, images: Uint32Array): Promise<void> {
    const ended = new AbortController();
    this.#ended = ended;
    const [, dims] = encoded.latents.shape;
    const latents = new Float64Array(dims);
    for (const image of images) {
      for (let dim = 0; dim < dims; dim += 1) {
        latents[dim]! += encoded.latents.data[image * dims + dim]! / images.length;
      }
    }
    this.host.paint(this.#decoded, charts.reconstruct(Float32Array.from(latents)));
    this.host.paint(this.#mean, undefined);
    try {
      const mean = await meanOf(images, this.host.subject, ended.signal);
      if (!ended.signal.aborted) this.host.paint(this.#mean, mean);
    } catch {
      // Stopped, or a file cannot be had: then there is no picture, and the rest stays.
    }
  }

  #export(): void {
    const encoded = this.#report?.encoded;
    if (!encoded || !this.#images) return;
    const text = chosenCsv(encoded, this.#images, this.#nameOf);
    save(new Blob([text], { type: "text/csv" }), "latent-lens-chosen-images.csv");
  }

  #button(title: string, act: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick: act }, title);
  }
}
