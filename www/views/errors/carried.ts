/** The dimensions that carry the image that is opened. */
import { rowOf } from "../../data/samples";
import type { View as Charts } from "../../view";
import type { Scene } from "../picture";
import { dimensionName, h, imageOf, Segmented, setText, significant } from "../shared";
import type { Host } from "../view";
import { type Carrier, carriers, usual } from "./carry";

/** So many dimensions are told at first. */
const MOST = 6;

const TITLES = [
  ...["Dimension", "Latent", "Mean", "Standard deviations away"],
  ...["Reconstruction moves by", "Error then"],
];

export class Carried {
  readonly #whose = new Segmented("carried", (whose) => {
    this.#ofAll = whose === "all";
    void this.#tell();
  });
  readonly #words = h("p", { class: "note", role: "status" });
  readonly #rows = h("tbody");
  readonly #more = h(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => {
        this.#all = !this.#all;
        this.#list();
      },
    },
    "All dimensions",
  );
  readonly #title = h("h3");
  readonly element = h(
    "section",
    { class: "carried", hidden: true },
    this.#title,
    h(
      "fieldset",
      {},
      h("legend", { class: "unseen" }, "Compared with the mean of"),
      this.#whose.element,
    ),
    this.#words,
    h(
      "div",
      {
        class: "table",
        tabindex: "0",
        role: "region",
        "aria-label": "The dimensions that carry it",
      },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...TITLES.map((title) => h("th", { scope: "col" }, title)))),
        this.#rows,
      ),
    ),
    this.#more,
  );
  #ofAll = false;
  #all = false;
  #charts: Charts | undefined;
  #scene: Scene | undefined;
  #image: number | undefined;
  #found: Carrier[] = [];

  constructor(readonly host: Pick<Host, "opened" | "subject" | "say">) {}

  /** No image: none is opened. */
  show(charts: Charts, scene: Scene, image: number | undefined): void {
    const same = image === this.#image && scene.report?.encoded === this.#scene?.report?.encoded;
    this.#charts = charts;
    this.#scene = scene;
    this.#image = image;
    setText(this.#title, this.host.say("Which dimensions carry the image"));
    const all = this.host.say("All images");
    this.#whose.show({ class: "Its class", all }, this.#ofAll ? "all" : "class");
    if (!same) void this.#tell();
  }

  async #tell(): Promise<void> {
    const [charts, scene, image] = [this.#charts, this.#scene, this.#image];
    const encoded = scene?.report?.encoded;
    const label = image === undefined ? undefined : encoded?.labels[image];
    if (!charts || !encoded || image === undefined || label === undefined) {
      this.element.hidden = true;
      return;
    }
    // Without its file there is no picture, and nothing to compare it with.
    const subject = await this.host.subject(image).catch(() => undefined);
    if (image !== this.#image || scene !== this.#scene) return;
    const latents = rowOf(encoded.latents, image);
    const own = usual(encoded, label);
    const alone = own.images < 2;
    const compared = this.#ofAll || alone ? usual(encoded) : own;
    const carried = subject && charts.carried(subject.pixels, latents, compared.mean);
    this.element.hidden = !carried;
    if (!carried) return;
    this.#found = carriers(latents, compared, carried);
    const name = scene.names[scene.classes.indexOf(label)] ?? "";
    const whose = this.#ofAll || alone ? "all explained images" : `class ${name}`;
    const only = alone && !this.#ofAll ? " Its class has no other image to compare it with." : "";
    const words = `${imageOf(encoded, image, name)}: how far its reconstruction moves, and how large its error becomes, were one latent alone at the mean of ${whose}. What moves it most is what it could not do without.${only}`;
    setText(this.#words, this.host.say(words));
    this.#list();
  }

  #list(): void {
    const shown = this.#all ? this.#found : this.#found.slice(0, MOST);
    this.#more.hidden = this.#found.length <= MOST;
    setText(this.#more, this.#all ? "Fewer dimensions" : "All dimensions");
    this.#rows.replaceChildren(...shown.map((each) => this.#row(each)));
  }

  #row({ dim, value, mean, deviation, away, moved, error }: Carrier): HTMLElement {
    const open = h(
      "button",
      { type: "button", class: "link", onclick: () => this.host.opened({ dimension: dim }) },
      dimensionName(this.#scene?.report, dim),
    );
    const cells = [
      significant(value, 3),
      `${significant(mean, 3)} ± ${significant(deviation, 2)}`,
      away === undefined ? "all the same" : significant(away, 2),
      significant(moved, 3),
      significant(error, 3),
    ];
    return h("tr", {}, h("th", { scope: "row" }, open), ...cells.map((cell) => h("td", {}, cell)));
  }
}
