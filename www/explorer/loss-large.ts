/** The loss by itself, as large as the window allows: with its numbers, and to be taken away. */
import "../shared";
import { h, setText } from "../dom";
import { Downloads } from "./downloads";
import { png, svg } from "./image-file";
import { Numbers } from "./numbers";
import { spoken } from "../views/features";
import { made } from "../views/source";
import { save } from "../save";
import { fit, onResize } from "../parts/canvas";
import type { DrawnLoss } from "./loss-chart";
import { EPOCHS, type DrawnEpochs } from "./loss-targets";
import { Pointer } from "./pointer";

export class LossLarge {
  readonly #canvas = h("canvas", { class: "chart" });
  readonly #pointer = new Pointer<DrawnEpochs>(this.#canvas);
  readonly #caption = h("p", { class: "note figure-caption" });
  readonly #downloads = new Downloads();
  readonly #numbers = new Numbers();
  readonly element = h(
    "dialog",
    { class: "loss-large", part: "loss-large", "aria-labelledby": "loss-large-title" },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", { id: "loss-large-title" }, "How far off the reconstructions are while training"),
      h(
        "button",
        { type: "button", class: "button", onclick: () => this.element.close() },
        "Close",
      ),
    ),
    h("div", { class: "drawing" }, this.#canvas, this.#pointer.marks),
    this.#pointer.readout,
    this.#caption,
    this.#downloads.element,
    this.#numbers.element,
  );
  #drawn: DrawnLoss | undefined;
  #title = "";

  constructor() {
    this.#downloads.button("Loss, PNG", () => this.#png());
    this.#downloads.button("Loss, SVG", () => this.#svg());
    onResize(this.#canvas, () => this.#draw());
    this.element.addEventListener("click", ({ target }) => {
      // Beside the dialog, on what lies behind it.
      if (target === this.element) this.element.close();
    });
  }

  open(drawn: DrawnLoss | undefined): void {
    this.element.showModal();
    this.show(drawn);
  }

  show(drawn: DrawnLoss | undefined): void {
    this.#drawn = drawn;
    if (this.element.open) this.#draw();
  }

  #draw(): void {
    const scale = fit(this.#canvas);
    if (!this.#drawn || scale === 0) return;
    const { view, options, theme, report } = this.#drawn;
    const layout = view.draw("loss", this.#canvas, options, { ...theme, scale });
    if (!layout) return;
    this.#title = layout.summary;
    this.#canvas.setAttribute("aria-label", this.#title);
    this.#pointer.show({ layout, report }, EPOCHS);
    setText(this.#caption, this.#said());
    this.#numbers.show({ view, chart: "loss", options, which: "" });
  }

  #png(): string {
    if (!this.#drawn) return "";
    return png(this.#drawn, "loss", this.#size(), this.#words(), (file) =>
      save(file, "latent-lens-loss.png"),
    );
  }

  async #svg(): Promise<void> {
    if (!this.#drawn) return;
    save(await svg(this.#drawn, "loss", this.#size(), this.#words()), "latent-lens-loss.svg");
  }

  #size(): { width: number; height: number } {
    return { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
  }

  #said(): string {
    const { report, words } = this.#drawn ?? {};
    return [caption(report), ...(words?.loss ?? [])].join(" ");
  }

  /** The caption, and the settings that give the same numbers again. */
  #words(): { title: string; description: string } {
    const { report, words } = this.#drawn!;
    const description = [this.#said(), made(report, words)].filter(Boolean).join(" ");
    return { title: this.#title, description };
  }
}

const MEASURES = {
  bce: "Mean binary cross-entropy",
  mse: "Mean squared error",
  mae: "Mean absolute error",
};

function caption(report: DrawnLoss["report"]): string {
  if (report?.model) return "A model that was trained elsewhere has no loss to show here.";
  if (report?.settings?.epochs === 0) {
    return "The network is untrained: its weights are the random ones that training would begin with.";
  }
  const name = report?.data?.name;
  const measure = MEASURES[report?.settings?.loss ?? "bce"];
  const per = (report?.image?.channels ?? 1) > 1 ? "per pixel and channel" : "per pixel";
  const weighed = report?.training?.parts ? " with what is added to it" : "";
  const sentence = `${measure}${weighed} ${per} after every epoch, on the images trained on and on those held out: where the held-out loss rises again, the autoencoder learns its images by heart.`;
  const said = spoken({ report }, sentence);
  return name ? `${said} Data: ${name}.` : said;
}
