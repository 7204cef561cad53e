/** What the view of errors has besides its picture: a threshold, which images are shown, and what carries one. */
import { dress } from "../../parts/dress";
import type { Encoded, Report } from "../../report";
import type { ChartLayout, ChartOptions, View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { count, h, integer, save, Segmented, setText, significant } from "../shared";
import type { Host, Sentence, Tools } from "../view";
import { Carried } from "./carried";
import { chosen, countAbove, quantile, type Sort, SORTS } from "./gallery";
import { measure } from "./measure";
import css from "./errors.css" with { type: "text" };

type Errors = NonNullable<Report["reconstruction_errors"]>;

/** Steps of the slider. */
const STEPS = 1_000;
/** Where nobody says otherwise, one image in twenty is above the threshold. */
const USUAL = 0.95;
/** As many images are shown at once, and where there is little room. */
const PAGE = 24;
const SMALL_PAGE = 12;
const NARROW = 600;

export class ErrorTools implements Tools {
  readonly #told = h("span", { role: "status" });
  readonly #bar = h("progress", { max: "1", value: "0", "aria-label": "Progress" });
  readonly #progress = h("p", { class: "projection", hidden: true }, this.#bar, this.#told);
  readonly #slider = h("input", {
    type: "range",
    id: "error-slider",
    min: "0",
    max: `${STEPS}`,
    step: "1",
    oninput: () => this.#set((Number(this.#slider.value) / STEPS) * this.#most),
  });
  readonly #value = h("output", { for: "error-slider" });
  readonly #sort = new Segmented("error-sort", (sort) => {
    this.#order = sort as Sort;
    this.#turn(0);
  });
  readonly #class = h("select", {
    id: "error-class",
    onchange: () => {
      this.#label = this.#class.value === "" ? undefined : Number(this.#class.value);
      this.#turn(0);
    },
  });
  readonly #only = h("input", { type: "checkbox", onchange: () => this.#turn(0) });
  readonly #which = h("span", { role: "status" });
  readonly #previous = this.#button("Previous", () => this.#turn(this.#from - this.#size));
  readonly #next = this.#button("Next", () => this.#turn(this.#from + this.#size));
  readonly #choices = h(
    "div",
    { class: "choices", hidden: true },
    h(
      "div",
      { class: "threshold" },
      h("label", { for: "error-slider" }, "Threshold"),
      this.#value,
      this.#slider,
    ),
    h("fieldset", {}, h("legend", { class: "unseen" }, "Order"), this.#sort.element),
    h(
      "div",
      { class: "field" },
      h("label", { class: "unseen", for: "error-class" }, "Class"),
      this.#class,
    ),
    h("label", { class: "only" }, this.#only, "Only above the threshold"),
    h(
      "div",
      { class: "pages" },
      this.#which,
      this.#previous,
      this.#next,
      this.#button("Each error, CSV", () => this.#csv()),
    ),
  );
  readonly above = h("div", { class: "error-tools" }, this.#progress, this.#choices);
  readonly #carried;
  readonly below;
  #charts: Charts | undefined;
  #picture: Picture | undefined;
  /** Whose errors these are; a run's labels are one object for good. */
  #labels: Encoded["labels"] | undefined;
  #found: Errors | undefined;
  #most = 1;
  #threshold: number | undefined;
  #order: Sort = "largest";
  #label: number | undefined;
  #from = 0;
  /** The images that were asked for last, as one text. */
  #shown = "";
  /** Whether images could not be had, which is then said. */
  #closed = false;
  #search: AbortController | undefined;
  #pulled = false;
  #steps: NonNullable<ChartLayout["errors"]>["steps"] = [];

  constructor(readonly host: Host) {
    this.#carried = new Carried(host);
    this.below = h("div", { class: "error-tools" }, this.#carried.element);
    const { canvas } = host;
    canvas.addEventListener("pointerdown", (event) => this.#grasp(event));
    canvas.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "lostpointercapture"] as const) {
      canvas.addEventListener(end, () => (this.#pulled = false));
    }
  }

  options(charts: Charts, scene: Scene): Partial<ChartOptions> {
    const { report } = scene;
    this.#charts = charts;
    if (report?.encoded?.labels !== this.#labels) this.#forget(report?.encoded?.labels);
    const found = report?.reconstruction_errors;
    const whole = report?.latent_importance !== undefined;
    if (!found && whole && !this.#search && !this.#closed) void this.#measure(charts, report);
    if (found && found !== this.#found) this.#take(found);
    this.#choices.hidden = !found;
    if (!found) return {};
    this.#offer(scene);
    void this.#show(charts);
    return { error_above: this.#above };
  }

  sentences(): Sentence[] {
    return [
      this.#closed &&
        "The images themselves are not open: shown are the ones that are off most, as they were kept.",
    ];
  }

  shown(picture: Picture): void {
    dress(this.above, css);
    this.#picture = picture;
    this.#steps = picture.layout.errors?.steps ?? [];
    const { selected } = picture.options;
    this.#carried.show(picture.view, picture, selected);
  }

  hidden(): void {
    this.#steps = [];
    this.#pulled = false;
    if (!this.#found) this.#forget(undefined);
  }

  close(): void {
    this.#forget(undefined);
    this.#picture = undefined;
  }

  get #above(): number {
    return this.#threshold ?? quantile(this.#found?.mean_squared ?? [], USUAL);
  }

  get #size(): number {
    return this.host.canvas.clientWidth < NARROW ? SMALL_PAGE : PAGE;
  }

  #forget(labels: Encoded["labels"] | undefined): void {
    this.#search?.abort();
    this.#search = undefined;
    this.#labels = labels;
    this.#found = undefined;
    this.#threshold = undefined;
    this.#label = undefined;
    this.#from = 0;
    this.#shown = "";
    this.#closed = false;
    this.#progress.hidden = true;
  }

  #take(found: Errors): void {
    this.#found = found;
    this.#most = found.mean_squared.reduce((most, error) => Math.max(most, error), 0) || 1;
    this.#progress.hidden = true;
  }

  /** Has the errors measured here, where the engine has not. */
  async #measure(charts: Charts, { encoded }: Partial<Report>): Promise<void> {
    if (!encoded) return;
    const search = (this.#search = new AbortController());
    const all = encoded.labels.length;
    const tell = (done: number) => {
      this.#progress.hidden = false;
      this.#bar.hidden = false;
      this.#bar.value = done / all;
      setText(this.#told, this.host.say(`Decoding ${count(all, "image")}.`));
    };
    try {
      const found = await measure(charts, encoded, this.host.subject, search.signal, tell);
      if (search.signal.aborted) return;
      this.#progress.hidden = found !== undefined;
      this.#bar.hidden = true;
      if (found) return this.host.found({ reconstruction_errors: found });
      const words = "The images themselves are not open, so that their errors cannot be measured.";
      setText(this.#told, this.host.say(words));
      this.#closed = true;
    } catch (error) {
      if (search.signal.aborted) return;
      this.#progress.hidden = false;
      this.#bar.hidden = true;
      const words = this.host.say("The images could not be read");
      setText(this.#told, `${words}: ${(error as Error).message}`);
      this.#closed = true;
    } finally {
      if (this.#search === search) this.#search = undefined;
    }
  }

  #offer({ classes, names }: Scene): void {
    const above = this.#above;
    const errors = this.#found!.mean_squared;
    const more = countAbove(errors, above);
    const share = significant((100 * more) / errors.length, 2);
    const words = `${significant(above, 3)}: ${integer(more)} of ${count(errors.length, "image")} (${share} %) above`;
    setText(this.#value, this.host.say(words));
    this.#slider.value = `${Math.round((STEPS * above) / this.#most)}`;
    this.#slider.setAttribute("aria-valuetext", this.#value.textContent);
    this.#sort.show(SORTS, this.#order);
    const offered = ["", ...classes.map(String)];
    if ([...this.#class.options].map(({ value }) => value).join() !== offered.join()) {
      const texts = ["All classes", ...classes.map((_, row) => `Class ${names[row] ?? ""}`)];
      this.#class.replaceChildren(
        ...offered.map((value, at) => h("option", { value }, texts[at]!)),
      );
    }
    this.#class.value = this.#label === undefined ? "" : `${this.#label}`;
    this.#class.hidden = classes.length < 2;
  }

  /** Has the images of the page that is asked for drawn. */
  async #show(charts: Charts): Promise<void> {
    const errors = this.#found!.mean_squared;
    const above = this.#only.checked ? this.#above : undefined;
    const all = chosen(errors, this.#labels ?? [], {
      sort: this.#order,
      label: this.#label,
      above,
    });
    if (this.#from >= all.length) this.#from = 0;
    const images = all.slice(this.#from, this.#from + this.#size);
    const [first, last] = [this.#from + 1, this.#from + images.length];
    const which =
      all.length === 0
        ? "No image."
        : `${integer(first)} to ${integer(last)} of ${count(all.length, "image")}`;
    setText(this.#which, this.host.say(which));
    this.#previous.disabled = this.#from === 0;
    this.#next.disabled = last >= all.length;
    const asked = images.join();
    if (asked === this.#shown && charts === this.#charts) return;
    this.#shown = asked;
    const subjects = await Promise.all(images.map((image) => this.host.subject(image))).catch(
      () => [undefined],
    );
    if (asked !== this.#shown) return;
    const size = subjects[0]?.pixels.length ?? 0;
    const pixels = new Float32Array(images.length * size);
    for (const [at, subject] of subjects.entries()) {
      if (!subject) {
        this.#closed = true;
        this.host.moved();
        return;
      }
      pixels.set(subject.pixels, at * size);
    }
    charts.picture(Uint32Array.from(images), pixels);
    this.host.moved();
  }

  #set(threshold: number): void {
    this.#threshold = threshold;
    this.host.moved();
  }

  #turn(from: number): void {
    this.#from = Math.max(0, from);
    this.host.moved();
  }

  /** The threshold can be pulled in the histogram itself; fingers scroll the page there. */
  #grasp(event: PointerEvent): void {
    const [first] = this.#steps;
    if (!first || event.pointerType === "touch" || event.button !== 0) return;
    const { offsetX: x, offsetY: y } = event;
    const last = this.#steps.at(-1)!;
    if (x < first.x || x > last.x + last.width || y < first.y || y > first.y + first.height) return;
    this.#pulled = true;
    this.host.canvas.setPointerCapture(event.pointerId);
    this.#pull(event);
  }

  #pull({ offsetX }: PointerEvent): void {
    const [first] = this.#steps;
    const last = this.#steps.at(-1);
    if (!this.#pulled || !first || !last) return;
    const share = (offsetX - first.x) / (last.x + last.width - first.x);
    this.#set(Math.min(1, Math.max(0, share)) * this.#most);
  }

  #csv(): void {
    const { view, options } = this.#picture ?? {};
    const text = view && options && view.csv("reconstruction_errors", options);
    if (text) save(new Blob([text], { type: "text/csv" }), "latent-lens-reconstruction-errors.csv");
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}
