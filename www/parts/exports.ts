/** What can be taken away: the figure as an image, the numbers as tables, the view as a link. */
import { h, setText } from "../dom";
import { withWords } from "../png";
import { save } from "../save";
import { summarise } from "../settings";
import type { Table } from "../view";
import type { Picture } from "./picture";

/** Pixels of an exported image per CSS pixel. */
const SHARP = 2;

/** Of the whole element, where the figure alone does not know. */
export interface Source {
  /** What the figure shows. */
  caption(): string;
  /** An address that shows the same again, where the page around the element has one. */
  link(): string | undefined;
}

export class Exports {
  readonly #told = h("span", { class: "told", role: "status" });
  readonly #buttons: { element: HTMLButtonElement; part: Table | undefined }[] = [];
  readonly #link = this.#button("Copy link", () => this.#copyLink());
  readonly element;
  #picture: Picture | undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly source: Source,
  ) {
    const csv = (title: string, table: Table) => this.#button(title, () => this.#csv(table), table);
    this.element = h(
      "details",
      { class: "exports", part: "exports", ontoggle: () => this.#update() },
      h("summary", {}, h("b", {}, "Export"), "the figure, its numbers, or a link"),
      h(
        "div",
        { class: "downloads" },
        this.#button("Figure, PNG", () => this.#png()),
        this.#button("Figure, SVG", () => this.#svg()),
        csv("Pixel importance, CSV", "pixel_importance"),
        csv("Direction, CSV", "direction"),
        csv("Latent importance, CSV", "latent_importance"),
        this.#button("Report, JSON", () => this.#json(), "latent_importance"),
        this.#link,
        this.#told,
      ),
    );
  }

  show(picture: Picture): void {
    this.#picture = picture;
    this.#update();
  }

  #update(): void {
    if (!this.element.open) return;
    for (const { element, part } of this.#buttons) {
      element.disabled = part !== undefined && !this.#picture?.report?.[part];
    }
    this.#link.hidden = this.source.link() === undefined;
  }

  /** A quiet button that waits for a part of the report. */
  #button(title: string, act: () => unknown, part?: Table): HTMLButtonElement {
    const element = h(
      "button",
      { type: "button", class: "button", onclick: () => void act() },
      title,
    );
    this.#buttons.push({ element, part });
    return element;
  }

  #png(): void {
    if (!this.#picture) return;
    const { view, options, theme, label, layout } = this.#picture;
    const { clientWidth, clientHeight } = this.canvas;
    const width = `${clientWidth * SHARP}`;
    const canvas = h("canvas", { width, height: `${clientHeight * SHARP}` });
    view.draw_figure(canvas, options, { ...theme, scale: SHARP });
    const words = { Title: layout.summary, Description: this.#description() };
    canvas.toBlob((blob) => {
      if (blob) save(withWords(blob, words), `latent-lens-figure-class-${label}.png`);
    });
  }

  #svg(): void {
    if (!this.#picture) return;
    const { view, options, theme, label } = this.#picture;
    const { clientWidth, clientHeight } = this.canvas;
    const drawn = view.export_svg("figure", clientWidth, clientHeight, options, {
      ...theme,
      scale: 1,
    });
    const image = new Blob([this.#describe(drawn)], { type: "image/svg+xml" });
    save(image, `latent-lens-figure-class-${label}.svg`);
  }

  /** Writes the caption into the image, for who meets it without this page. */
  #describe(drawn: string): string {
    const described = new DOMParser().parseFromString(drawn, "image/svg+xml");
    const root = described.documentElement;
    for (const plain of root.querySelectorAll(":scope > title, :scope > desc")) plain.remove();
    root.prepend(
      svgElement(described, "title", this.#picture!.layout.summary),
      svgElement(described, "desc", this.#description()),
    );
    return new XMLSerializer().serializeToString(described);
  }

  /** The caption, and the settings that give the same numbers again. */
  #description(): string {
    const { settings, version } = this.#picture?.report ?? {};
    const made = settings && `Made by latent-lens ${version}: ${summarise(settings, "run")}.`;
    return [this.source.caption(), made].filter(Boolean).join(" ");
  }

  #csv(table: Table): void {
    if (!this.#picture) return;
    const text = this.#picture.view.csv(table);
    save(new Blob([text], { type: "text/csv" }), `latent-lens-${table.replace("_", "-")}.csv`);
  }

  #json(): void {
    const text = JSON.stringify(this.#picture?.report, plain);
    save(new Blob([text], { type: "application/json" }), "latent-lens-report.json");
  }

  async #copyLink(): Promise<void> {
    const link = this.source.link();
    if (link === undefined) return;
    try {
      await navigator.clipboard.writeText(link);
      setText(this.#told, "Link copied.");
    } catch {
      setText(this.#told, `This browser does not let pages copy: ${link}`);
    }
  }
}

function svgElement(document: XMLDocument, name: string, text: string): Element {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.textContent = text;
  return element;
}

/** Numbers with the digits that single precision has, and no more. */
function plain(_: string, value: unknown): unknown {
  if (!(value instanceof Float32Array)) return value;
  return Array.from(value, (each) => Number(each.toPrecision(9)));
}
