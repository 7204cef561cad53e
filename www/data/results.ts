/** Results that were computed elsewhere: what was found, what can be chosen otherwise, and what is left out. */
import "../shared";
import { h, passFocus, setText } from "../dom";
import { count, integer } from "../format";
import { isOfResults, type Report } from "../report";
import type { ResultsOptions, SourceFile } from "./messages";
import { Reader, ReadRefusal } from "./reader";

type Metric = "mse" | "rmse";

export interface Host {
  /** What they stand in. */
  place: HTMLElement;
  /** Results are to be looked at, whose latent importance is by this error. False while a run is under way. */
  opened(report: Partial<Report>, metric: Metric): boolean;
  /** A refusal has been read; `whole`: nor are the results to be looked at any longer. */
  closed(whole: boolean): void;
  /** The files are images after all. */
  images(files: SourceFile[]): void;
  /** What has the keyboard's focus once there is nothing here. */
  after: HTMLElement;
}

/** What was read, and how. */
interface Opened {
  files: SourceFile[];
  /** By what it was told that they are results. */
  said: string;
  options: ResultsOptions;
  metric: Metric;
}

const ORDERS: Record<NonNullable<ResultsOptions["layout"]>, string> = {
  "row-major": "Row by row (Python)",
  "column-major": "Column by column (R)",
};
const USUAL = { "row-major": "row by row", "column-major": "column by column" };
const METRICS: Record<Metric, string> = {
  mse: "Mean squared error",
  rmse: "Its root (RMSE)",
};
const LEFT_OUT =
  "They come without images and network. Left out for want of these: the strip, the loss, encoded space, reconstructions, second opinions, other networks, moving a dimension, measuring again and saving a session. Train, open a session or choose images to have them.";

export class ResultsPanel {
  readonly #title = h("h2", { class: "heading", tabindex: "-1" }, "Results computed elsewhere");
  readonly #said = h("span", {});
  readonly #facts = h("dl", { class: "facts" });
  readonly #notes = h("ul", { class: "notes note" });
  readonly #left = h("p", { class: "note" }, LEFT_OUT);
  readonly #fields = h("fieldset", { class: "options" });
  readonly #form = h(
    "form",
    {
      class: "reading",
      onsubmit: (event) => {
        event.preventDefault();
        void this.#otherwise();
      },
    },
    this.#fields,
    h("button", { type: "submit", class: "button" }, "Read again with these"),
  );
  /** What is taken as usual, in a line. */
  readonly #usual = h("span", { class: "summary-text" });
  readonly #details = h(
    "details",
    { class: "look" },
    h("summary", {}, h("b", {}, "What was found"), this.#usual),
    this.#facts,
    this.#form,
  );
  readonly #refusal = h("p", { class: "refusal", role: "alert" });
  readonly #close = h("button", {
    type: "button",
    class: "button",
    onclick: () => this.#leave(true),
  });
  readonly #element = h(
    "section",
    {
      class: "data card",
      part: "results",
      "aria-label": "Results computed elsewhere",
      hidden: true,
    },
    this.#title,
    h(
      "p",
      { class: "note" },
      this.#said,
      " ",
      h(
        "button",
        { type: "button", class: "link", onclick: () => this.#areImages() },
        "They are images",
      ),
    ),
    this.#notes,
    this.#details,
    this.#left,
    this.#refusal,
    h("div", { class: "downloads" }, this.#close),
  );
  /** What is looked at. */
  #opened: Opened | undefined;
  /** What was refused last, until something is opened. */
  #refused: Opened | undefined;
  #reading = new AbortController();

  constructor(readonly host: Host) {
    host.place.append(this.#element);
  }

  /** Opens files of results. What was open stays where they cannot be read. */
  open(files: SourceFile[], said: string, metric: Metric): Promise<void> {
    return this.#read({ files, said, options: {}, metric });
  }

  /** Follows what is shown, and by which error latent importance is to be. */
  show(report: Partial<Report> | undefined, metric: Metric): void {
    const isShown = isOfResults(report) && this.#opened !== undefined;
    for (const part of [this.#details, this.#notes, this.#left]) part.hidden = !isShown;
    // Beside its legend there may be nothing to choose.
    this.#form.hidden = this.#fields.children.length < 2;
    if (!isShown && !this.#refused) passFocus(this.#element, this.host.after);
    this.#element.hidden = !isShown && !this.#refused;
    this.#say(this.#refused ?? this.#opened);
    setText(this.#close, isShown ? "Close these results" : "Close");
    if (isShown && this.#opened!.metric !== metric) void this.#read({ ...this.#opened!, metric });
  }

  async #read(wanted: Opened): Promise<void> {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    const { files, options, metric } = wanted;
    const reader = new Reader(signal);
    setText(this.#refusal, "");
    this.#refused = undefined;
    const before = this.#opened;
    try {
      const report = await reader.results({ files, options, metric });
      if (signal.aborted) return;
      this.#opened = wanted;
      if (!this.host.opened(report, metric)) throw new ReadRefusal(BUSY);
      this.#describe(report);
      this.show(report, metric);
      if (before?.files !== files) this.#title.focus({ preventScroll: true });
    } catch (error) {
      if (signal.aborted) return;
      this.#opened = before;
      this.#refused = wanted;
      setText(this.#refusal, error instanceof Error ? error.message : String(error));
      this.#element.hidden = false;
      this.#say(wanted);
    } finally {
      reader.close();
    }
  }

  /** By what it was told what the files are, or which they are. */
  #say({ said = "", files = [] }: Partial<Opened> = {}): void {
    setText(this.#said, said || `Read from ${files.map(({ name }) => name).join(", ")}.`);
  }

  #describe(report: Partial<Report>): void {
    this.#facts.replaceChildren(
      ...factsOf(report).flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]),
    );
    const notes = report.model?.notes ?? [];
    this.#notes.replaceChildren(...notes.map((note) => h("li", {}, note)));
    this.#offer(report);
  }

  /** What the files do not tell, and is taken as usual. */
  #offer(report: Partial<Report>): void {
    const { metric, options } = this.#opened!;
    const { height, width, channels } = report.image!;
    const fields: HTMLElement[] = [h("legend", {}, "What the files do not tell")];
    const hasMaps = report.pixel_importance ?? report.direction;
    const usual = [];
    if (hasMaps && !report.data?.columns) {
      usual.push(
        `${integer(height)} × ${integer(width)} pixels, ${USUAL[options.layout ?? "row-major"]}`,
      );
      fields.push(
        h(
          "div",
          { class: "sides" },
          side("height", "Height of an image", height),
          side("width", "Width", width),
          side("channels", "Channels", channels),
        ),
        select("layout", "Lines stand for pixels", ORDERS, options.layout ?? "row-major"),
      );
    }
    if (report.latent_importance ?? report.latent_importance_rmse) {
      usual.push(`latent importance by ${metric === "mse" ? "MSE" : "RMSE"}`);
      fields.push(select("metric", "Latent importance is", METRICS, metric));
    }
    setText(this.#usual, usual.length ? `taken as ${usual.join("; ")}` : "");
    this.#fields.replaceChildren(...fields);
  }

  async #otherwise(): Promise<void> {
    if (!this.#opened) return;
    const chosen = new FormData(this.#form);
    const metric = (chosen.get("metric") ?? this.#opened.metric) as Metric;
    const options: ResultsOptions = { ...this.#opened.options };
    const layout = chosen.get("layout") as ResultsOptions["layout"] | null;
    if (layout) {
      options.layout = layout;
      const [height, width, channels] = ["height", "width", "channels"].map((name) =>
        Number(chosen.get(name)),
      ) as [number, number, number];
      options.shape = { height, width, channels };
    }
    await this.#read({ ...this.#opened, options, metric });
  }

  /** What was refused is left, or else what is open. */
  #areImages(): void {
    const { files } = (this.#refused ?? this.#opened)!;
    this.#leave(!this.#refused);
    this.host.images(files);
  }

  #leave(whole: boolean): void {
    this.#reading.abort();
    setText(this.#refusal, "");
    this.#refused = undefined;
    if (whole) this.#opened = undefined;
    this.host.closed(whole);
  }
}

function factsOf(report: Partial<Report>): [term: string, value: string][] {
  const { image, settings, classes = [], model, data } = report;
  const { height, width, channels } = image!;
  const { pixel_importance, direction, latent_importance, latent_importance_rmse } = report;
  const sizes = (shape: readonly number[] | undefined) =>
    shape ? `${integer(shape[0]!)} × ${integer(shape[1]!)}` : "not in these files";
  const features = (pixel_importance?.mean ?? direction?.sign)?.shape[0];
  const named = data?.columns;
  const pixels = named
    ? count(features ?? 0, "column")
    : `${integer(height)} × ${integer(width)} pixels${channels > 1 ? `, ${channels} channels` : ""}`;
  const byClass = latent_importance ?? latent_importance_rmse;
  return [
    ["Files", (model?.files ?? []).join(", ")],
    ["Dimensions", integer(settings?.dims ?? 0)],
    ...(features === undefined ? [] : [["Maps of", pixels] as [string, string]]),
    ["Pixel importance", sizes(pixel_importance?.mean.shape)],
    ["Direction", sizes(direction?.sign.shape)],
    [
      "Latent importance",
      byClass ? `of ${classes.map(({ name }) => name).join(", ")}` : sizes(undefined),
    ],
  ];
}

function side(name: string, label: string, value: number): HTMLElement {
  const input = h("input", {
    type: "number",
    name,
    min: "1",
    step: "1",
    required: true,
    value: `${value}`,
  });
  return h("label", { class: "option" }, h("span", {}, label), input);
}

function select(name: string, label: string, choices: Record<string, string>, chosen: string) {
  const options = Object.entries(choices).map(([value, text]) =>
    h("option", { value, selected: value === chosen }, text),
  );
  return h("label", { class: "option" }, h("span", {}, label), h("select", { name }, ...options));
}

const BUSY = "Results can be opened once the run has ended.";
