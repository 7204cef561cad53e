/** The threshold of clusters, with what it would come to before anything is measured. */
import { dress } from "../../parts/dress";
import type { GroupImportance } from "../../report";
import type { ChartLayout, ChartOptions, View as Charts } from "../../view";
import { featureOf } from "../features";
import { dimensionOf } from "../opinions/about";
import type { Picture, Scene } from "../picture";
import { h, setText } from "../shared";
import { drawn, shades } from "../source";
import { meanOf } from "../space/mean";
import type { Host, Sentence, Tools } from "../view";
import asks from "../asks.css" with { type: "text" };
import css from "./clusters.css" with { type: "text" };
import { type Cut, cut } from "./cut";
import { Preview } from "./preview";
import { columnWords, cutWords, sharedWords } from "./words";

/** The mean of so many images is as good as that of all. */
const MOST = 500;

export class ClusterTools implements Tools {
  readonly #slider = h("input", {
    type: "range",
    id: "cluster-slider",
    min: "0",
    max: "1",
    step: "0.01",
    oninput: () => this.#dragged(),
    onchange: () => this.#released(),
  });
  readonly #value = h("output", { for: "cluster-slider" });
  readonly #words = h("p", { "aria-live": "polite" });
  readonly #list = h("ul", { class: "note" });
  readonly #preview = new Preview();
  readonly #slide;
  readonly #lacking = h("p");
  readonly #find = h(
    "button",
    {
      type: "button",
      class: "button primary",
      onclick: () => this.host.measure({ features: "clusters" }),
    },
    "Find clusters",
  );
  readonly #ask = h("div", { class: "ask" }, this.#lacking, this.#find);
  readonly above;
  readonly below = h("div");
  /** Where the slider is while a hand is on it, and until that has been measured. */
  #at: number | undefined;
  #scene: Scene | undefined;
  #ink: [string, string] = ["#000000", "#ffffff"];
  /** The last that was cut, and from what. */
  #cut: { merges: GroupImportance["merges"]; threshold: number; found: Cut } | undefined;
  /** Where the tree is, while it is shown; and whether its threshold is in hand. */
  #tree: ChartLayout["tree"];
  #pulled = false;
  #mean: { report: Scene["report"]; image: Float32Array | undefined } | undefined;
  #ended = new AbortController();

  constructor(readonly host: Host) {
    this.#slide = h(
      "div",
      { class: "threshold" },
      this.#preview.canvas,
      h(
        "div",
        {},
        h("p", { class: "row" }, h("label", { for: "cluster-slider" }, "Threshold"), this.#value),
        this.#slider,
        this.#words,
        this.#list,
      ),
    );
    this.above = h("div", { class: "cluster-tools" }, this.#ask, this.#slide);
    const { canvas } = host;
    canvas.addEventListener("pointerdown", (event) => this.#grasp(event));
    canvas.addEventListener("pointermove", (event) => this.#pull(event));
    for (const end of ["pointerup", "lostpointercapture"] as const) {
      canvas.addEventListener(end, () => this.#letGo());
    }
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    const last = this.#scene?.report?.groups;
    this.#scene = scene;
    // What was asked for has come.
    if (last !== scene.report?.groups) this.#at = undefined;
    const merges = scene.report?.groups?.merges;
    const there = merges !== undefined && merges.length > 0;
    this.#slide.hidden = !there;
    this.#ask.hidden = there;
    if (!there) {
      const asked = scene.report?.settings?.measure?.features === "clusters";
      this.#find.hidden = asked;
      setText(this.#lacking, asked ? FINDING : LACKING);
      return {};
    }
    void this.#look(scene);
    this.#show();
    return { cut: this.#threshold };
  }

  sentences(scene: Scene): Sentence[] {
    return [sharedWords(scene.report, dimensionOf(scene))];
  }

  shown({ theme, layout }: Picture): void {
    dress(this.above, asks);
    dress(this.above, css);
    this.#tree = layout.tree;
    this.#ink = [theme.text, theme.background];
    if (!this.#slide.hidden) this.#paint();
  }

  hidden(): void {
    this.#tree = undefined;
    this.#pulled = false;
  }

  close(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#mean = undefined;
  }

  get #threshold(): number {
    return this.#at ?? this.#scene?.report?.settings?.measure?.threshold ?? 0.3;
  }

  #dragged(): void {
    this.#at = Number(this.#slider.value);
    this.#show();
    this.#paint();
    this.host.moved();
  }

  /** The threshold can be pulled in the tree itself; fingers scroll the page there. */
  #grasp(event: PointerEvent): void {
    if (!this.#tree || event.pointerType === "touch" || event.button !== 0) return;
    this.#pulled = true;
    this.host.canvas.setPointerCapture(event.pointerId);
    this.#pull(event);
  }

  #pull({ offsetY }: PointerEvent): void {
    if (!this.#pulled || !this.#tree) return;
    const { y, height, most } = this.#tree;
    const at = most * Math.min(1, Math.max(0, (y + height - offsetY) / height));
    this.#slider.value = `${Math.round(100 * at) / 100}`;
    this.#dragged();
  }

  #letGo(): void {
    if (!this.#pulled) return;
    this.#pulled = false;
    this.#released();
  }

  #released(): void {
    this.host.measure({ features: "clusters", "cluster-threshold": this.#slider.value });
  }

  #show(): void {
    const { report, options } = this.#scene!;
    const threshold = this.#threshold;
    const { merges } = report!.groups!;
    if (this.#cut?.merges !== merges || this.#cut.threshold !== threshold) {
      const pixels = options.image.height * options.image.width;
      this.#cut = { merges, threshold, found: cut(merges, pixels, threshold) };
    }
    if (Number(this.#slider.value) !== threshold) this.#slider.value = `${threshold}`;
    setText(this.#value, threshold.toFixed(2));
    const columns = report?.data?.columns;
    const { found } = this.#cut;
    setText(this.#words, cutWords(found, featureOf(report ?? {})));
    this.#preview.canvas.hidden = Boolean(columns);
    const listed = columns ? columnWords(found, columns) : [];
    this.#list.replaceChildren(...listed.map((each) => h("li", {}, each)));
  }

  #paint(): void {
    if (!this.#cut || !this.#scene) return;
    const { options, report } = this.#scene;
    const image = drawn(this.#mean?.image, shades(report));
    this.#preview.paint(this.#cut.found, image, options, this.#ink);
  }

  /** The mean of the explained images, once for each run. */
  async #look({ report }: Scene): Promise<void> {
    const explained = report?.encoded?.labels.length;
    if (!explained || this.#mean?.report?.encoded === report?.encoded) return;
    this.#mean = { report, image: undefined };
    const length = Math.min(MOST, explained);
    const images = Uint32Array.from({ length }, (_, at) => Math.floor((at * explained) / length));
    const { signal } = this.#ended;
    try {
      const image = await meanOf(images, this.host.subject, signal);
      if (signal.aborted || this.#mean?.report !== report) return;
      this.#mean = { report, image };
      this.#paint();
    } catch {
      // Without their files the clusters stand on nothing, and can be seen all the same.
    }
  }
}

const LACKING =
  "Pixels that go together share their importance when they are shuffled one at a time. Clusters of them can be found and shuffled as one: nothing is trained again.";
const FINDING = "The clusters are found before importance is measured.";
