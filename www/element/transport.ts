/** The buttons that start, pause and end a run, and how far it has come. */
import { h, passFocus, setText } from "../dom";
import type { Progress, Stage } from "../engine/messages";
import { say } from "../nouns";
import type { DataForm, Measure } from "../report";
import type { Status } from "./status";

/** The stages a visitor waits for, with their share of the bar, and where not every run has them. */
const STAGES: {
  stage: Stage;
  label: string;
  share: number;
  asked?(measure: Partial<Measure>): boolean;
}[] = [
  { stage: "training", label: "Training", share: 5 },
  {
    stage: "preparation",
    label: "Preparation",
    share: 2,
    asked: ({ features, donors }) => features === "clusters" || donors === "neighbours",
  },
  { stage: "pixel-importance", label: "Pixel importance", share: 4 },
  { stage: "direction", label: "Direction", share: 2 },
  {
    stage: "group-importance",
    label: "Groups",
    share: 3,
    asked: ({ features = "pixels" }) => features !== "pixels",
  },
  { stage: "latent-importance", label: "Latent importance", share: 3 },
  // So short that its place is seen only meanwhile.
  { stage: "divergence", label: "Divergence", share: 1, asked: () => false },
  {
    stage: "reconstruction-errors",
    label: "Reconstruction errors",
    share: 1,
    asked: () => false,
  },
  {
    stage: "donor-checks",
    label: "Donors",
    share: 3,
    asked: ({ donors = "all" }) => donors !== "all",
  },
  {
    stage: "attribution",
    label: "Opinions",
    share: 4,
    asked: ({ opinions = false }) => opinions,
  },
  { stage: "fair-test", label: "Fair test", share: 4, asked: ({ opinions = false }) => opinions },
  {
    stage: "image-errors",
    label: "Other images",
    share: 3,
    asked: ({ image_errors = false }) => image_errors,
  },
  { stage: "factors", label: "Factors", share: 3, asked: ({ factors = false }) => factors },
  {
    stage: "smaller",
    label: "Fewer dimensions",
    share: 3,
    asked: ({ smaller = false }) => smaller,
  },
  { stage: "controls", label: "Controls", share: 4, asked: ({ controls = false }) => controls },
  {
    stage: "networks",
    label: "Other networks",
    share: 8,
    asked: ({ networks = 1 }) => networks > 1,
  },
  { stage: "sizes", label: "Sizes", share: 8, asked: ({ sizes = [] }) => sizes.length > 0 },
];

export interface Action {
  label: string;
  act(): void;
  /** Why it cannot be taken now. */
  blocked?: string | undefined;
}

export class Transport {
  readonly #first = new Button("button primary", "primary-button");
  readonly #second = new Button("button", "secondary-button");
  readonly #headline = h("b", { class: "headline" });
  readonly #detail = h("span", { class: "detail", id: "detail" });
  readonly #left = h("span", { class: "left" });
  readonly #segments = STAGES.map(({ stage, label, share, asked }) => {
    const fill = h("span", { class: "fill" });
    const name = h("span", { class: "name" }, label);
    const element = h("span", { class: "segment" }, h("span", { class: "track" }, fill), name);
    element.style.flexGrow = `${share}`;
    return { stage, share, label, fill, name, element, asked };
  });
  readonly #bar = h(
    "div",
    {
      class: "bar",
      role: "progressbar",
      "aria-label": "Progress of the run",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    ...this.#segments.map(({ element }) => element),
  );

  readonly element = h(
    "section",
    { class: "transport", part: "transport", "aria-label": "Run" },
    h("div", { class: "buttons" }, this.#first.element, this.#second.element),
    h(
      "div",
      { class: "status", part: "status" },
      h("p", {}, this.#headline, this.#detail),
      this.#left,
    ),
    this.#bar,
  );

  focus(): void {
    this.#first.element.focus();
  }

  show(status: Status, first: Action, second: Action | undefined): void {
    setText(this.#headline, status.headline);
    setText(this.#detail, status.detail);
    setText(this.#left, status.left);
    this.element.dataset["phase"] = status.phase;
    this.#first.show(first);
    if (!second) passFocus(this.#second.element, this.#first.element);
    this.#second.show(second);
  }

  /** `measure` is what the run is asked beyond the paper, `form` what it is of. */
  progress(
    progress: Progress | undefined,
    measure: Partial<Measure> = {},
    form: DataForm = "image",
  ): void {
    const stage = progress?.stage;
    const current = this.#segments.findIndex((segment) => segment.stage === stage);
    let finished = 0;
    let all = 0;
    for (const [position, segment] of this.#segments.entries()) {
      const { share, label, fill, name, element, asked } = segment;
      setText(name, say(form, label));
      element.hidden = position !== current && asked?.(measure) === false;
      if (element.hidden) continue;
      const within = progress && progress.total > 0 ? progress.done / progress.total : 0;
      const done = stage === "done" || position < current ? 1 : position === current ? within : 0;
      fill.style.transform = `scaleX(${done})`;
      element.classList.toggle("current", position === current);
      finished += share * done;
      all += share;
    }
    this.#bar.setAttribute("aria-valuenow", `${Math.round((100 * finished) / all)}`);
    this.#bar.setAttribute(
      "aria-valuetext",
      this.#segments[current]?.name.textContent ?? (stage === "done" ? "Done" : "Not running"),
    );
  }
}

/** Keeps its element when its action changes, and with it the keyboard's focus. */
class Button {
  readonly element;
  #action: Action | undefined;

  constructor(look: string, part: string) {
    this.element = h("button", {
      type: "button",
      class: look,
      part,
      onclick: (event) => this.#click(event as MouseEvent),
    });
  }

  show(action: Action | undefined): void {
    this.#action = action;
    this.element.hidden = !action;
    setText(this.element, action?.label ?? "");
    // Not `disabled`: the reason must stay within reach of the keyboard and of screen readers.
    const blocked = action?.blocked !== undefined;
    this.element.setAttribute("aria-disabled", `${blocked}`);
    this.element.title = action?.blocked ?? "";
    if (blocked) this.element.setAttribute("aria-describedby", "detail");
    else this.element.removeAttribute("aria-describedby");
  }

  #click({ detail: clicks }: MouseEvent): void {
    // The second click of a double click was meant for the action that was there before.
    if (clicks > 1 || this.#action?.blocked !== undefined) return;
    this.#action?.act();
  }
}
