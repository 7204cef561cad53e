/** What is asked about fewer dimensions: the question, how many are kept, and the network that is made of them. */
import { dress } from "../../parts/dress";
import type { Report } from "../../report";
import type { ChartOptions, View as Charts } from "../../view";
import css from "../dimensions/dimensions.css" with { type: "text" };
import { StepClicks } from "../dimensions/targets";
import type { Picture, Scene } from "../picture";
import { h, setText } from "../shared";
import type { Host, Tools } from "../view";
import { enough } from "./enough";
import { MadePanel } from "./made";

type Found = NonNullable<Report["smaller"]>;

export class SmallerTools implements Tools {
  readonly #asked = h("p");
  readonly #ask = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ smaller: "true" }),
    },
    "Measure it",
  );
  readonly #question = h("div", { class: "ask" }, this.#asked, this.#ask);
  readonly #kept = h("input", {
    type: "range",
    min: "1",
    step: "1",
    oninput: () => this.#keep(Number(this.#kept.value)),
  });
  readonly #said = h("output");
  readonly #make = h(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => void this.#made.make(this.#scene, this.#shown, this.#clicks.picture?.view),
    },
    "Make this network",
  );
  readonly #choice = h(
    "div",
    { class: "row" },
    h("label", {}, "Keep", this.#kept),
    this.#said,
    this.#make,
  );
  readonly #made;
  readonly above = h("div", { class: "dimension-tools" }, this.#question, this.#choice);
  readonly below;
  /** How many were chosen, of which network's; until somebody has, as many as are enough. */
  #chosen: { of: Found; kept: number } | undefined;
  #found: Found | undefined;
  #shown = 0;
  #scene: Scene | undefined;
  readonly #clicks;

  constructor(readonly host: Host) {
    this.#clicks = new StepClicks(host.canvas, (step) => this.#keep(step));
    this.#made = new MadePanel(host);
    this.below = this.#made.element;
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    this.#scene = scene;
    const { report } = scene;
    const found = report?.smaller ?? undefined;
    const asked = report?.settings?.measure?.smaller ?? false;
    this.#question.hidden = found !== undefined;
    this.#ask.hidden = asked;
    setText(this.#asked, asked ? WAITING : LACKING);
    this.#choice.hidden = found === undefined;
    if (found !== this.#found) this.#made.forget();
    this.#found = found;
    if (!found) return {};
    const dims = found.order.length;
    this.#shown = this.#chosen?.of === found ? this.#chosen.kept : enough(found);
    this.#kept.max = `${dims}`;
    this.#kept.value = `${this.#shown}`;
    setText(this.#said, `${this.#shown} of ${dims}`);
    this.#make.disabled = this.#shown >= dims;
    return { kept: this.#shown };
  }

  shown(picture: Picture): void {
    dress(this.above, css);
    dress(this.below, css);
    this.#clicks.shown(picture);
  }

  hidden(): void {
    this.#clicks.hidden();
  }

  close(): void {
    this.hidden();
    this.#made.forget();
  }

  #keep(kept: number): void {
    if (!this.#found) return;
    this.#chosen = { of: this.#found, kept };
    this.host.moved();
  }
}

const LACKING =
  "What the network loses with every dimension is measured in about a second: nothing is trained again.";
const WAITING = "This is measured once importance has been.";
