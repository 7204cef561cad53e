/** The loss after every epoch, while training and on held-out images. */
import { h, setText } from "../dom";
import { fit, onResize } from "../parts/canvas";
import type { Report } from "../report";
import type { ChartOptions, ReportWords, Theme, View } from "../view";
import type { Opened } from "../views/view";
import type { Texts } from "../settings";
import type { LossKind } from "./loss-kind";
import type { LossLarge } from "./loss-large";
import { EPOCHS, type DrawnEpochs } from "./loss-targets";
import { Pointer } from "./pointer";
import type { Timeline } from "./timeline/timeline";

/** What the chart was last drawn of. */
export interface DrawnLoss {
  view: View;
  options: ChartOptions;
  theme: Omit<Theme, "scale">;
  /** Of the run, and what is said of it, once there is one. */
  report: Partial<Report> | undefined;
  words: ReportWords | undefined;
  /** Whether a run is under way. */
  active: boolean;
}

export class LossChart {
  readonly #canvas = h("canvas", {
    class: "chart",
    part: "chart",
    "aria-label": "Loss: nothing yet",
  });
  readonly #pointer;
  readonly #heading = h("h2", { class: "heading" });
  readonly #drawing;
  /** Has its height before there is anything to play. */
  readonly #below = h("div", { class: "loss-below" });
  readonly element;
  #drawn: DrawnLoss | undefined;
  #large: LossLarge | undefined;
  /** What other kinds of networks have to say of their loss. */
  #kind: LossKind | undefined;
  #timeline: Timeline | undefined;

  /** `open` hears which epoch is to be shown, `again` with which settings to train anew. */
  constructor(
    open: (what: Opened) => void,
    readonly again: (texts: Texts) => void,
  ) {
    this.#pointer = new Pointer<DrawnEpochs>(this.#canvas, open);
    this.#drawing = h(
      "div",
      { class: "drawing" },
      this.#canvas,
      this.#pointer.marks,
      this.#pointer.readout,
    );
    this.element = h(
      "section",
      { class: "loss", part: "loss" },
      h(
        "div",
        { class: "loss-head" },
        this.#heading,
        h(
          "button",
          {
            type: "button",
            class: "quiet",
            "aria-label": "Enlarge the loss",
            onclick: () => void this.#enlarge(),
          },
          "Enlarge",
        ),
      ),
      this.#drawing,
      this.#below,
    );
  }

  /** The canvas, which a timeline lies over. */
  get canvas(): HTMLCanvasElement {
    return this.#canvas;
  }

  /** There are epochs to be shown. */
  attach(timeline: Timeline): void {
    this.#timeline = timeline;
    this.#drawing.append(timeline.overlay);
    this.#below.append(timeline.player.element);
  }

  observe(resized: () => void): () => void {
    const observer = onResize(this.#canvas, resized);
    return () => observer.disconnect();
  }

  /** A model that was trained elsewhere has no loss to show. */
  says(trainedHere: boolean): void {
    const what = trainedHere ? "how far off the reconstructions are" : "none, trained elsewhere";
    setText(this.#heading, `Loss: ${what}`);
  }

  draw(drawn: DrawnLoss): void {
    this.#drawn = drawn;
    this.#large?.show(drawn);
    void this.#tell();
    const scale = fit(this.#canvas);
    if (scale === 0) return;
    const { view, options, theme, report } = drawn;
    const layout = view.draw("loss", this.#canvas, options, { ...theme, scale });
    // Its charts are on their way.
    if (!layout) return;
    this.#canvas.setAttribute("aria-label", layout.summary);
    this.#timeline?.place(layout.plane);
    this.#pointer.show({ layout, report, opens: this.#timeline?.isShown ?? false }, EPOCHS);
  }

  /** What a plain network's loss is needs no words. */
  async #tell(): Promise<void> {
    const said = this.#drawn?.words?.loss ?? [];
    if (!this.#kind && said.length === 0) return;
    if (!this.#kind) {
      // Where it cannot be fetched, the chart is there without it; it can be asked for again.
      const part = await import("./loss-kind").catch(() => undefined);
      if (!part) return;
      this.#kind ??= new part.LossKind(this.again);
      if (!this.#kind.element.isConnected) this.element.append(this.#kind.element);
    }
    const { report, words, active = false } = this.#drawn ?? {};
    this.#kind.element.hidden = !words?.loss?.length;
    this.#kind.show(report, words?.loss ?? [], active);
  }

  async #enlarge(): Promise<void> {
    if (!this.#large) {
      const { LossLarge } = await import("./loss-large");
      this.#large ??= new LossLarge();
      this.element.append(this.#large.element);
    }
    this.#large.open(this.#drawn);
  }
}
