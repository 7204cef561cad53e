/** Groups of one's own: painted on the image, or read from a file. */
import "../../shared";
import { acceptDrops, picked } from "../../data/drop";
import type { SourceFile } from "../../data/messages";
import { Reader } from "../../data/reader";
import { h, replace, setText } from "../../dom";
import { count, integer } from "../../format";
import { dress } from "../../parts/dress";
import { hueOf } from "../../parts/hues";
import type { Shading } from "../../parts/shading";
import type { Grouping, ImageShape } from "../../report";
import { Columns } from "./columns";
import { meanImage, type MeanHost } from "./mean";
import css from "./groups.css" with { type: "text" };
import { Painter } from "./painter";
import { REST, Regions } from "./regions";

export interface GroupsHost extends MeanHost {
  /** The page's own colours: ink, and the ground that it stands on (#rrggbb). */
  colours(): { ink: string; paper: string };
  /** These are to be shuffled. */
  chosen(grouping: Grouping): void;
}

export interface GroupsState {
  shape: Pick<ImageShape, "height" | "width">;
  shading: Shading;
  /** Names of a table's columns. */
  columns: readonly string[] | null;
  /** Those that the settings have. */
  groups: Grouping | null;
  /** Whose mean is painted on: whatever is another when the images are. */
  images: unknown;
}

/** More regions than these are better made in a file. */
const MOST = 40;

export class GroupsPanel {
  readonly #board = h("div");
  readonly #list = h("fieldset", { class: "regions" }, h("legend", {}, "Regions"));
  readonly #another = h(
    "button",
    { type: "button", class: "button", onclick: () => this.#add() },
    "Another region",
  );
  readonly #rest = h("input", {
    type: "checkbox",
    onchange: () => {
      this.#regions.rest = this.#rest.checked;
      this.#changed();
    },
  });
  readonly #use = h(
    "button",
    { type: "button", class: "button primary", onclick: () => this.#choose() },
    "Shuffle these groups",
  );
  readonly #forms = h("p", { class: "note" });
  readonly #words = h("p", { role: "status" });
  readonly #input = h("input", {
    type: "file",
    multiple: true,
    "aria-label": "Choose a picture or a table of groups",
    onchange: () => {
      const files = picked(this.#input.files ?? []);
      this.#input.value = "";
      if (files.length) void this.#read(files);
    },
  });
  readonly element;
  #regions = new Regions(0);
  #active = 1;
  #painter: Painter | undefined;
  #columns: Columns | undefined;
  #state: GroupsState | undefined;
  #mean: Float32Array | undefined;
  #reading: AbortController | undefined;

  constructor(readonly host: GroupsHost) {
    this.element = h(
      "section",
      { class: "groups", "aria-label": "Groups of your own" },
      this.#board,
      h(
        "div",
        {},
        this.#list,
        h("p", { class: "row" }, this.#another),
        h("label", { class: "rest" }, this.#rest, `${REST} is a group, too`),
        h(
          "div",
          { class: "file" },
          h("label", { class: "button picker" }, this.#input, "Choose a file"),
          this.#forms,
        ),
        h("p", { class: "row" }, this.#use),
        this.#words,
      ),
    );
    acceptDrops(
      this.element,
      (hanging) => this.element.classList.toggle("hanging", hanging),
      (files) => {
        void files.then((found) => void (found.length && this.#read(found)));
      },
    );
  }

  show(state: GroupsState): void {
    const before = this.#state;
    this.#state = state;
    const { shape, columns, groups, images } = state;
    const pixels = shape.height * shape.width;
    const resized =
      before?.shape.height !== shape.height ||
      before.shape.width !== shape.width ||
      `${before.columns}` !== `${columns}`;
    const text = JSON.stringify(groups);
    // What was chosen here is here already.
    const other =
      text !== JSON.stringify(before?.groups ?? null) &&
      text !== JSON.stringify(this.#regions.grouping);
    if (resized || other) {
      const fits = groups?.of.length === pixels;
      if (fits) this.#start(Regions.from(groups));
      else if (resized) this.#start(new Regions(pixels));
    }
    setText(
      this.#forms,
      columns
        ? "Or drop one here: a table that names the group of every column."
        : "Or drop one here: a picture of the images’ size in which every colour is a group, or a table that names the group of every pixel.",
    );
    if (images !== before?.images || resized) void this.#look(images);
    this.#painter?.draw();
    queueMicrotask(() => dress(this.element, css));
  }

  /** What is read or fetched for it ends. */
  close(): void {
    this.#reading?.abort();
  }

  #start(regions: Regions): void {
    const { shape, columns } = this.#state!;
    this.#regions = regions;
    this.#active = 1;
    this.#painter = undefined;
    this.#columns = undefined;
    if (columns) this.#columns = new Columns(columns, regions, () => this.#changed());
    else {
      this.#painter = new Painter(
        shape,
        regions,
        () => this.#surface(),
        () => this.#changed(),
      );
    }
    this.#board.replaceChildren((this.#columns ?? this.#painter)!.element);
    this.#changed();
  }

  #surface() {
    return {
      image: this.#mean,
      shading: this.#state!.shading,
      colours: this.host.colours(),
    };
  }

  async #look(images: unknown): Promise<void> {
    this.#mean = undefined;
    // Without it there is nothing to be seen below what is painted.
    const mean = await meanImage(this.host, this.#state!.shape).catch(() => undefined);
    if (this.#state?.images !== images) return;
    this.#mean = mean;
    this.#painter?.draw();
  }

  #add(): void {
    this.#active = this.#regions.add();
    this.#changed();
    const inputs = this.#list.querySelectorAll<HTMLInputElement>("input[type=radio]");
    inputs[this.#active - 1]?.focus();
  }

  /** What is painted, or what regions there are, is another. */
  #changed(): void {
    const regions = this.#regions;
    if (this.#painter) this.#painter.region = this.#active;
    this.#columns?.draw();
    this.#rest.checked = regions.rest;
    this.#another.disabled = regions.names.length >= MOST;
    const rows = regions.names.map((name, at) => this.#row(name, at + 1));
    replace(this.#list, this.#list.firstElementChild!, ...rows);
    const grouping = regions.grouping;
    this.#use.disabled = !grouping;
    setText(this.#words, grouping ? this.#told(grouping) : "Nothing is marked yet.");
  }

  #row(name: string, region: number): HTMLElement {
    const noun = this.#state!.columns ? "column" : "pixel";
    const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = hueOf(region, this.host.colours().paper);
    const radio = h("input", {
      type: "radio",
      name: "region",
      "aria-label": `Paint ${name}`,
      onchange: () => {
        this.#active = region;
        if (this.#painter) this.#painter.region = region;
      },
    });
    radio.checked = region === this.#active;
    radio.hidden = this.#columns !== undefined;
    const title = h("input", {
      type: "text",
      "aria-label": `Name of region ${region}`,
      value: name,
      // A name is a name, not a text; long ones make long legends.
      maxlength: "40",
      onchange: () => {
        this.#regions.names[region - 1] = title.value;
        this.#changed();
      },
    });
    const clear = h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-label": `Clear ${name}`,
        onclick: () => {
          this.#regions.clear(region);
          this.#changed();
        },
      },
      "Clear",
    );
    const many = h("span", { class: "note" }, count(this.#regions.count(region), noun));
    return h("div", { class: "region" }, radio, swatch, title, many, clear);
  }

  #told({ names, of }: Grouping): string {
    const noun = this.#state!.columns ? "column" : "pixel";
    const none = of.filter((group) => group === 0).length;
    const out = none ? `; ${count(none, noun)} in none, which stay as they are` : "";
    return `${count(names.length, "group")}${out}.`;
  }

  #choose(): void {
    const { grouping } = this.#regions;
    if (grouping) this.host.chosen(grouping);
  }

  async #read(files: SourceFile[]): Promise<void> {
    this.#reading?.abort();
    const reading = (this.#reading = new AbortController());
    const { shape, columns } = this.#state!;
    const reader = new Reader(reading.signal);
    setText(this.#words, "Reading …");
    try {
      const { height, width } = shape;
      const asked = { files, height, width, columns: columns ? [...columns] : undefined };
      const { names, of, notes } = await reader.groups(asked);
      if (reading.signal.aborted) return;
      const grouping = { names, of: [...of] };
      this.#start(Regions.from(grouping));
      const from = files.map(({ name }) => name).join(", ");
      setText(this.#words, [`${from}: ${integer(names.length)} groups.`, ...notes].join(" "));
      this.host.chosen(grouping);
    } catch (error) {
      if (!reading.signal.aborted) setText(this.#words, (error as Error).message);
    } finally {
      reader.close();
    }
  }
}
