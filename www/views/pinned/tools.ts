/** What the view of two at once has besides its picture: pinning, what is set beside, and what differs. */
import { dress } from "../../parts/dress";
import type { Report } from "../../report";
import type { ChartOptions, View as Charts } from "../../view";
import type { Picture, Scene } from "../picture";
import { count, h, save, setText, significant } from "../shared";
import type { Host, Sentence, Tools } from "../view";
import asks from "../asks.css" with { type: "text" };
import { Border } from "./border";
import { csv } from "./csv";
import {
  type Beside,
  besides,
  isOfShown,
  ofShown,
  otherSeed,
  pin,
  readPinned,
  written,
} from "./kept";
import css from "./pinned.css" with { type: "text" };
import { BESIDE } from "./targets";
import { differences } from "./words";

/** What of a report is drawn beside another one. */
const PARTS = [
  ...(["version", "engine", "kernel", "settings", "data", "model", "image", "latent"] as const),
  ...(["classes"] as const),
  ...(["encoded", "pixel_importance", "direction", "groups", "opinions"] as const),
  ...(["latent_importance", "latent_importance_rmse"] as const),
] satisfies readonly (keyof Report)[];

/** The run that is trained to be set beside the shown one. */
interface Training {
  text: string;
  cancel(): void;
}

export class PinnedTools implements Tools {
  readonly #words = h("p");
  readonly #pin = this.#button("Pin what is shown", () =>
    pin(this.host.pins, this.host.changed, this.#scene?.report),
  );
  readonly #seed = this.#button("Train another seed beside it", () => this.#otherSeed());
  readonly #train = this.#button("Train it", () => this.#begin());
  readonly #cancel = this.#button("Cancel", () => this.#training?.cancel());
  readonly #unpin = this.#button("Unpin", () => this.#forget());
  readonly #csv = this.#button("CSV", () => this.#save());
  readonly #class = this.#choice("Class beside it", "explain-class");
  readonly #epoch = this.#choice("Epoch beside it", "epoch");
  readonly #ask = h(
    "div",
    { class: "ask" },
    this.#words,
    h("div", { class: "acts" }, this.#pin, this.#seed, this.#train, this.#cancel),
  );
  readonly #there = h(
    "div",
    { class: "there" },
    this.#class.field,
    this.#epoch.field,
    h("div", { class: "acts" }, this.#csv, this.#unpin),
  );
  readonly #progress = h("progress", { max: "1", "aria-label": "Training what is set beside" });
  readonly #list = h("ul");
  readonly #differences = h("section", {}, h("h3", {}, "What differs"), this.#list);
  readonly #border;
  readonly above = h("div", { class: "pinned-tools" }, this.#ask, this.#progress, this.#there);
  readonly below;
  #scene: Scene | undefined;
  #beside: Beside | undefined;
  #shownClass = "";
  /** What the charts were told last. */
  #told: unknown[] = [];
  #training: Training | undefined;
  /** Why there is nothing beside what is shown, where training has come to no end, and of what. */
  #trouble: { text: string; words: string } | undefined;
  #picture: Picture | undefined;

  constructor(readonly host: Host) {
    this.#border = new Border(host);
    this.below = h("div", { class: "pinned-details" }, this.#differences, this.#border.element);
  }

  options(charts: Charts, scene: Scene): Partial<ChartOptions> {
    this.#scene = scene;
    const text = scene.pinned;
    if (this.#training && this.#training.text !== text) this.#training.cancel();
    const found = text ? besides(this.host.pins, text) : undefined;
    const beside = isBeside(found) ? found : undefined;
    this.#tell(charts, beside);
    this.#say(text, found);
    this.#offer(scene, beside);
    this.#unpin.hidden = !text;
    this.#csv.hidden = !beside;
    this.#there.hidden = !text && this.#class.field.hidden && this.#epoch.field.hidden;
    // Whoever follows a link that trains by itself is to see all that it is of.
    if (found && typeof found === "object" && !beside && this.#isWhole) {
      const { autorun } = this.host.pins.shown()?.texts ?? {};
      const begins = autorun !== undefined && autorun !== "false";
      if (begins && !this.#training && this.#trouble?.text !== text) this.#begin();
    }
    return {};
  }

  sentences(scene: Scene): Sentence[] {
    const beside = this.#beside;
    return [
      beside?.same &&
        beside.epoch === scene.epoch?.after &&
        "Maps are of all images, whatever the class: they are the same on both sides.",
      this.#beside !== undefined &&
        !this.#beside.same &&
        !this.#scene?.options.unit &&
        "Latents of two networks have units of their own: a whole map that is paler says little; as a share of 2 · Var the two can be compared.",
    ];
  }

  shown(picture: Picture): void {
    dress(this.above, asks);
    dress(this.above, css);
    this.#picture = picture;
    const { layout, options, report, classes, names } = picture;
    const shown = this.host.pins.shown();
    const beside = this.#beside;
    const drawn = beside && layout.beside;
    const said =
      drawn && shown && report
        ? differences({
            shown: { ...shown, report },
            row: options.class,
            epoch: picture.epoch?.after,
            beside,
            drawn,
            options,
          })
        : [];
    this.#differences.hidden = said.length === 0;
    if (`${said}` !== `${[...this.#list.children].map((item) => item.textContent)}`) {
      this.#list.replaceChildren(...said.map((sentence) => h("li", {}, sentence)));
    }
    const labels = beside && [classes[options.class], beside.report.classes?.[beside.row]?.label];
    const [a, b] = labels ?? [];
    const isBorder = beside?.same && a !== undefined && b !== undefined && a !== b;
    this.#border.show(
      report?.encoded,
      isBorder ? [a, b] : undefined,
      (label) => names[classes.indexOf(label)] ?? `${label}`,
    );
  }

  hidden(): void {
    this.#picture = undefined;
  }

  close(): void {
    this.#training?.cancel();
    this.#border.close();
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }

  get #isWhole(): boolean {
    return this.#scene?.report?.latent_importance !== undefined && !this.#scene.older;
  }

  /** Hands over what is drawn beside the report, where that is other than before. */
  #tell(charts: Charts, beside: Beside | undefined): void {
    this.#beside = beside;
    const report = beside?.report;
    const parts = PARTS.map((part) => report?.[part]);
    const told = [charts, beside?.row, beside?.same, ...parts];
    if (told.length === this.#told.length && told.every((each, at) => each === this.#told[at]))
      return;
    this.#told = told;
    const known = PARTS.filter((part) => report?.[part] !== undefined);
    const part = Object.fromEntries(known.map((name) => [name, report![name]]));
    charts.pin(beside && part, beside?.row ?? 0, beside?.same ?? false);
    if (beside) BESIDE.set(charts, beside);
    else BESIDE.delete(charts);
    // With more rows, or fewer, it is of another height.
    this.host.moved();
  }

  /** What is there to be done, and why. */
  #say(text: string | null, found: ReturnType<typeof besides>): void {
    const trains = this.#training !== undefined;
    const trouble = text === this.#trouble?.text ? this.#trouble?.words : undefined;
    const lacks = text !== null && !isBeside(found);
    const wanted = lacks && typeof found === "object" ? found : undefined;
    this.#ask.hidden = isBeside(found);
    this.#pin.hidden = this.#seed.hidden = text !== null;
    this.#pin.disabled = this.#seed.disabled = !this.#isWhole;
    this.#train.hidden = !wanted || trains;
    this.#train.disabled = !this.#isWhole;
    this.#cancel.hidden = !trains;
    this.#progress.hidden = !trains;
    if (!trains) {
      const said =
        typeof found === "string" ? found : wanted && (trouble ?? LACKING + this.#time());
      setText(this.#words, said ?? (text === null ? NOTHING + this.#time() : WAITING));
    }
  }

  /** How long a run like the shown one takes. */
  #time(): string {
    const times = this.host.pins.shown()?.run.times;
    const seconds = [...(times ?? [])].reduce((sum, [, ms]) => sum + ms, 0) / 1000;
    return seconds > 0
      ? ` It takes about as long as this run: ${seconds < 1 ? "a second" : count(Math.round(seconds), "second")}.`
      : "";
  }

  /** The classes and epochs of what is pinned, or of what is shown where nothing is. */
  #offer(scene: Scene, beside: Beside | undefined): void {
    const { run, report } = beside ?? this.host.pins.shown() ?? {};
    const whole = this.#isWhole || beside !== undefined;
    const names = report?.classes?.map(({ name }) => name) ?? [];
    const none = beside ? [] : [["", "None"]];
    this.#class.field.hidden = names.length < 2 || !whole;
    fill(this.#class.list, [...none, ...names.map((name) => [name, name])]);
    this.#class.list.value = beside ? (names[beside.row] ?? "") : "";
    const epochs = run?.history.measured ?? [];
    this.#epoch.field.hidden = epochs.length === 0 || !whole;
    const last = [["", beside ? "The last" : "None"]];
    fill(this.#epoch.list, [...last, ...epochs.map((epoch) => [`${epoch}`, `${epoch}`])]);
    this.#epoch.list.value = `${beside?.epoch ?? ""}`;
    this.#shownClass = scene.names[scene.options.class] ?? "";
  }

  /** A list of what may stand beside what is shown. */
  #choice(label: string, name: "explain-class" | "epoch") {
    const id = `pinned-${name}`;
    const list = h("select", { id, onchange: () => this.#choose(name, list.value) });
    return { list, field: h("div", { class: "field" }, h("label", { for: id }, label), list) };
  }

  #choose(name: "explain-class" | "epoch", value: string): void {
    const text = this.#scene?.pinned;
    const texts = {
      "explain-class": this.#shownClass,
      ...(text && readPinned(text)),
      [name]: value,
    };
    if (!text && !value) return;
    this.host.changed("pinned", isOfShown(texts) ? ofShown(texts) : written(texts));
  }

  #otherSeed(): void {
    const shown = this.host.pins.shown();
    if (!shown) return;
    const text = written(otherSeed(shown));
    this.host.changed("pinned", text);
    this.#begin(text);
  }

  #begin(text = this.#scene?.pinned): void {
    const texts = text && readPinned(text);
    if (!texts || this.#training) return;
    const begun = this.host.pins.beside(texts);
    if (typeof begun === "string") {
      this.#trouble = { text, words: begun };
      return this.host.moved();
    }
    this.#trouble = undefined;
    const { run } = begun;
    const end = (words?: string) => {
      this.#training = undefined;
      if (words !== undefined) this.#trouble = { text, words };
      this.host.moved();
    };
    this.#training = {
      text,
      cancel: () => {
        void run.cancel();
        end("Training was cancelled.");
      },
    };
    setText(this.#words, "Training the network that is set beside.");
    begun.start({
      updated: () => this.#advance(run),
      finished: () => {
        this.host.pins.kept = { run, report: run.report, texts };
        end();
      },
      failed: (failure) => end(failure.message),
    });
    this.host.moved();
  }

  #advance({
    progress,
  }: {
    progress?: { stage: string; done: number; total: number } | undefined;
  }): void {
    if (!progress) return;
    const { stage, done, total } = progress;
    const share = total > 0 ? done / total : 0;
    this.#progress.value = share;
    const what =
      stage === "training"
        ? `Training the network that is set beside: epoch ${done} of ${total}.`
        : `Measuring the network that is set beside: ${significant(100 * share, 2)} %.`;
    setText(this.#words, what);
  }

  #forget(): void {
    this.#training?.cancel();
    this.#trouble = undefined;
    this.host.pins.kept = undefined;
    this.host.changed("pinned", "");
  }

  #save(): void {
    const drawn = this.#picture?.layout.beside;
    if (!drawn) return;
    save(new Blob([csv(drawn)], { type: "text/csv" }), "latent-lens-two-at-once.csv");
  }
}

function isBeside(found: ReturnType<typeof besides>): found is Beside {
  return typeof found === "object" && "run" in found;
}

/** Offers what is not offered already. */
function fill(list: HTMLSelectElement, options: string[][]): void {
  if (`${options}` === `${[...list.options].map(({ value, text }) => [value, text])}`) return;
  list.replaceChildren(...options.map(([value, text]) => h("option", { value: value! }, text!)));
}

const NOTHING =
  "Pin what is shown, and then show something else: another class, other settings, another model. What is pinned stays beside it. Or choose another class or epoch of this run below; or have the same settings trained again from other first weights, on the same division of the images.";

const LACKING = "What this link sets beside what is shown has to be trained first.";

const WAITING = "What is pinned is shown once there is a run to set it beside.";
