/** What can be taken away: the view as an image, the numbers as tables, and the way back to both. */
import { copied } from "../clipboard";
import { h, setText } from "../dom";
import { say } from "../nouns";
import { isOfResults, type Report, toJson } from "../report";
import { save } from "../save";
import type { Chart, Table, View } from "../view";
import { type Act, Downloads } from "./downloads";
import { png, svg } from "./image-file";
import { explained, type Picture } from "../views/picture";
import { made } from "../views/source";

/** Of the whole element, where the view alone does not know. */
export interface Source {
  /** What the view shows. */
  caption(): string;
  /** What it takes to show the same elsewhere. */
  share(): void;
}

/** Those that few runs have are `rare`, and offered where there is something in them. */
const TABLES: Record<Table, { title: string; needs: keyof Report; rare?: true }> = {
  pixel_importance: { title: "Pixel importance", needs: "pixel_importance" },
  direction: { title: "Direction", needs: "direction" },
  latent_importance: { title: "Latent importance", needs: "latent_importance" },
  encoded_space: { title: "Encoded space", needs: "encoded" },
  similarity: { title: "Similarity", needs: "latent_importance" },
  groups: { title: "Groups", needs: "groups", rare: true },
  donor_checks: { title: "Donors", needs: "donor_checks", rare: true },
  opinions: { title: "Second opinions", needs: "opinions", rare: true },
  agreement: { title: "Agreement", needs: "opinions", rare: true },
  fair_test: { title: "Fair test", needs: "opinions", rare: true },
  image_errors: { title: "Errors over images", needs: "image_errors", rare: true },
  pixel_errors: { title: "Errors over images, pixels", needs: "image_errors", rare: true },
  emergence: { title: "Emergence", needs: "emergence", rare: true },
  controls: { title: "Controls", needs: "controls", rare: true },
  networks: { title: "Other networks", needs: "networks", rare: true },
  reconstruction_errors: {
    title: "Reconstruction errors",
    needs: "reconstruction_errors",
    rare: true,
  },
  divergence: { title: "Divergence", needs: "divergence", rare: true },
  smaller: { title: "Fewer dimensions", needs: "smaller", rare: true },
  sizes: { title: "How many dimensions", needs: "sizes", rare: true },
  factors: { title: "Factors", needs: "factors", rare: true },
};

/** Whether a report has what is to be taken away. */
type Needs = (report: Partial<Report>) => unknown;

/** Results that were computed elsewhere have latent importance by one error. */
const of = (part: keyof Report): Needs =>
  part === "latent_importance" ? hasLatents : (report) => report[part];
const hasLatents: Needs = (report) => report.latent_importance ?? report.latent_importance_rmse;
/** A part of a model, such as an encoder alone, has no more than its direction at the end. */
const isWhole: Needs = (report) =>
  report.latent_importance || isOfResults(report) || (report.model?.part && report.direction);

export class Exports {
  readonly #downloads = new Downloads();
  readonly #buttons: {
    element: HTMLButtonElement;
    title: string;
    needs: Needs | undefined;
    rare: boolean;
  }[] = [];
  readonly element;
  #picture: Picture | undefined;
  /** What its view draws, and by which charts. */
  #chart: Chart = "figure";
  #drawn: View | undefined;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly source: Source,
  ) {
    this.#offer("Figure, PNG", () => this.#png());
    this.#offer("Figure, SVG", () => this.#svg());
    for (const [table, { title, needs, rare }] of Object.entries(TABLES)) {
      this.#offer(`${title}, CSV`, () => this.#csv(table as Table), of(needs), rare);
    }
    this.#offer("Report, JSON", () => this.#json(), isWhole);
    this.#offer("Copy caption", () => this.#copy("Caption", this.#words().description));
    this.#offer("Share", () => this.source.share());
    this.element = h(
      "details",
      { class: "exports", part: "exports", ontoggle: () => this.#update() },
      h("summary", {}, h("b", {}, "Export"), "the figure, its numbers, or lines to share it"),
      this.#downloads.element,
    );
  }

  show(picture: Picture, chart: Chart, drawn: View): void {
    this.#picture = picture;
    this.#chart = chart;
    this.#drawn = drawn;
    this.#update();
  }

  #update(): void {
    if (!this.element.open) return;
    const { options, report = {} } = this.#picture ?? {};
    // They will have no more than they have.
    const alone = isOfResults(report);
    for (const { element, title, needs, rare } of this.#buttons) {
      setText(element, say(options?.form ?? "image", title));
      element.disabled = needs !== undefined && !needs(report);
      element.hidden = (rare || alone) && element.disabled;
    }
  }

  /** A quiet button that waits for a part of the report. */
  #offer(title: string, act: Act, needs?: Needs, rare = false): void {
    this.#buttons.push({ element: this.#downloads.button(title, act), title, needs, rare });
  }

  #png(): string {
    if (!this.#picture) return "";
    return png(this.#drawing(), this.#chart, this.#size(), this.#words(), (file) =>
      save(file, `${this.#name()}.png`),
    );
  }

  async #svg(): Promise<void> {
    if (!this.#picture) return;
    const name = `${this.#name()}.svg`;
    save(await svg(this.#drawing(), this.#chart, this.#size(), this.#words()), name);
  }

  #drawing(): Picture {
    return { ...this.#picture!, view: this.#drawn! };
  }

  #size(): { width: number; height: number } {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
  }

  #name(): string {
    const { name: view } = this.#picture!;
    const name = explained(this.#picture!).replace(/[^\p{L}\p{N}]+/gu, "-");
    const shown = view === "figure" ? `latent-lens-figure-class-${name}` : `latent-lens-${view}`;
    return `${shown}${this.#epoch()}`;
  }

  /** Which epoch a file is of, where that is not the last. */
  #epoch(): string {
    const { after } = this.#picture?.epoch ?? {};
    return after === undefined ? "" : `-epoch-${after}`;
  }

  /** The caption, and the settings that give the same numbers again. */
  #words(): { title: string; description: string } {
    const { layout, report, words } = this.#picture!;
    const description = [this.source.caption(), made(report, words)].filter(Boolean).join(" ");
    return { title: layout.summary, description };
  }

  async #csv(table: Table): Promise<void> {
    if (!this.#picture) return;
    const { view, options } = this.#picture;
    await view.ready();
    const text = view.csv(table, options)!;
    save(
      new Blob([text], { type: "text/csv" }),
      `latent-lens-${table.replace("_", "-")}${this.#epoch()}.csv`,
    );
  }

  #json(): void {
    const text = toJson(this.#picture?.report ?? {});
    save(new Blob([text], { type: "application/json" }), `latent-lens-report${this.#epoch()}.json`);
  }

  async #copy(what: string, text: string): Promise<string> {
    const is = await copied(text);
    return is ? `${what} copied.` : `This browser does not let pages copy: ${text}`;
  }
}
