/** What is asked about numbers of dimensions: which, and what is done with one. */
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import css from "../dimensions/dimensions.css" with { type: "text" };
import { StepClicks } from "../dimensions/targets";
import type { Picture, Scene } from "../picture";
import { count, h, setText } from "../shared";
import type { Host, Tools } from "../view";
import { duration } from "./duration";

/** What is tried unless something else is said, besides what is shown. */
const USUAL = [2, 4, 8, 16, 32, 64];

export class SizesTools implements Tools {
  readonly #words = h("p");
  readonly #sizes = h("input", {
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    oninput: () => this.#written(),
  });
  readonly #ask = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ sizes: this.#sizes.value }),
    },
    "Train these",
  );
  readonly #question = h(
    "div",
    { class: "ask row" },
    this.#words,
    h("label", { class: "field" }, "Dimensions", this.#sizes),
    this.#ask,
  );
  readonly #chosen = h("span", { role: "status" });
  readonly #use = h("button", { type: "button", class: "button" });
  readonly #choice = h("div", { class: "row", hidden: true }, this.#use, this.#chosen);
  readonly above = h("div", { class: "dimension-tools" }, this.#question, this.#choice);
  readonly below = h("div");
  #isWritten = false;
  #scene: Scene | undefined;
  readonly #clicks;

  constructor(readonly host: Host) {
    this.#clicks = new StepClicks(host.canvas, (dims) => this.#offer(dims));
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    this.#scene = scene;
    const { report } = scene;
    const { dims } = scene.options;
    const asked = report?.settings?.measure?.sizes ?? [];
    if (!this.#isWritten) {
      const usual = [...new Set([...USUAL, dims])].sort((a, b) => a - b);
      this.#sizes.value = (asked.length ? asked : usual).join(",");
    }
    this.#say(scene);
    if (!report?.sizes) this.#choice.hidden = true;
    return {};
  }

  shown(picture: Picture): void {
    dress(this.above, css);
    this.#clicks.shown(picture);
  }

  hidden(): void {
    this.#clicks.hidden();
  }

  close(): void {
    this.hidden();
  }

  #written(): void {
    this.#isWritten = true;
    if (this.#scene) this.#say(this.#scene);
  }

  #say({ report }: Scene): void {
    const brought = report?.model !== undefined && report.model !== null;
    this.#ask.disabled = brought;
    setText(this.#words, brought ? BROUGHT : this.#told(report));
  }

  /** What is asked, and how long it may take. */
  #told(report: Scene["report"]): string {
    const sizes = this.#sizes.value
      .split(",")
      .map(Number)
      .filter((size) => size > 0);
    const own = this.#scene?.options.dims ?? 1;
    const took = this.#scene?.trainingMs;
    const ms =
      took === undefined
        ? undefined
        : duration(sizes, own, took, navigator.hardwareConcurrency || 1);
    const long = ms === undefined ? "" : ` It may take about ${time(ms)} on this machine.`;
    const done = report?.sizes
      ? "Others can be tried."
      : "How many dimensions are enough? Networks with fewer and with more of them are trained beside each other; the one that is shown stays.";
    return `${done}${long}`;
  }

  /** A number of dimensions is chosen to be trained with. */
  #offer(dims: number): void {
    this.#choice.hidden = false;
    setText(this.#use, `Use ${count(dims, "dimension")}`);
    setText(this.#chosen, "");
    this.#use.onclick = () => {
      this.host.changed("dims", `${dims}`);
      setText(this.#chosen, "It is set. “Train and explain” then trains such a network.");
    };
  }
}

function time(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 90 ? count(seconds, "second") : count(Math.round(seconds / 60), "minute");
}

const BROUGHT =
  "The network that is shown was brought: what it was trained on is not known, and so no others are trained beside it. Train one here first.";
