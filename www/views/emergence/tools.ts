/** What the views of epochs have besides their picture: how their numbers come about, and files of them. */
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { h, save, Segmented, setText } from "../shared";
import type { Host, Tools } from "../view";
import { film } from "./film";
import { finalOrder, withEnd } from "./moments";
import { unknown } from "./words";
import css from "./emergence.css" with { type: "text" };

/** Width of a film strip, in CSS pixels. */
const STRIP = 1_200;

export class EmergenceTools implements Tools {
  readonly #words = h("p");
  readonly #ask = h("div", { class: "ask" }, this.#words);
  readonly #order = new Segmented("emergence-order", (order) => {
    this.#earliest = order === "epoch";
    this.host.moved();
  });
  readonly #choice = h(
    "fieldset",
    { class: "choices" },
    h("legend", {}, "Order"),
    this.#order.element,
  );
  readonly above;
  readonly #told = h("span", { class: "note", role: "status" });
  readonly #cancel = this.#button("Cancel", () => this.#filming.abort());
  readonly #film = this.#button("Animation, PNG", () => this.#animate());
  readonly #files = h(
    "div",
    { class: "downloads" },
    this.#button("Film strip, SVG", () => this.#strip()),
    this.#film,
    this.#cancel,
    this.#told,
  );
  readonly below = this.#files;
  #earliest = false;
  #picture: Picture | undefined;
  #filming = new AbortController();

  /** `ordered`: whether the order of the dimensions can be chosen. */
  constructor(
    readonly host: Host,
    readonly ordered: boolean,
  ) {
    this.above = h("div", { class: "emergence-tools" }, this.#ask, this.#choice);
    this.#cancel.hidden = true;
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    const { report } = scene;
    const kept = scene.moments.length;
    const there = report?.emergence !== undefined;
    this.#ask.hidden = there;
    this.#choice.hidden = !there || !this.ordered;
    this.#files.hidden = !there || kept === 0;
    if (!there) setText(this.#words, unknown(report, kept));
    this.#order.show(
      { figure: "As in the figure", epoch: "By epoch" },
      this.#earliest ? "epoch" : "figure",
    );
    return { earliest: this.#earliest };
  }

  shown(picture: Picture): void {
    dress(this.above, css);
    this.#picture = picture;
  }

  hidden(): void {
    this.#filming.abort();
  }

  close(): void {
    this.hidden();
    this.#picture = undefined;
  }

  async #animate(): Promise<void> {
    const picture = this.#picture;
    if (!picture?.report) return;
    const { report, view, options, theme } = picture;
    const moments = withEnd(picture.moments, report);
    this.#filming = new AbortController();
    const { signal } = this.#filming;
    this.#film.disabled = true;
    this.#cancel.hidden = false;
    try {
      const steady = { ...options, order: finalOrder(report, options) };
      const file = await film(view, report, moments, steady, theme, signal, (done) =>
        setText(this.#told, `${done} of ${moments.length} epochs drawn.`),
      );
      save(new Blob([file as BlobPart], { type: "image/png" }), "latent-lens-epochs.png");
      setText(this.#told, "An animated PNG, which browsers play.");
    } catch (error) {
      if (signal.aborted) setText(this.#told, "");
      else setText(this.#told, `The animation could not be made: ${(error as Error).message}`);
    } finally {
      this.#film.disabled = false;
      this.#cancel.hidden = true;
    }
  }

  #strip(): void {
    const picture = this.#picture;
    if (!picture?.report) return;
    const { report, view, options, theme } = picture;
    view.epochs(withEnd(picture.moments, report));
    const style = { ...theme, scale: 1 };
    const height = view.height("film-strip", STRIP, options, style) ?? STRIP;
    const svg = view.export_svg("film-strip", STRIP, Math.ceil(height), options, style);
    if (svg) save(new Blob([svg], { type: "image/svg+xml" }), "latent-lens-film-strip.svg");
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}
