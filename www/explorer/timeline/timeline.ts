/**
 * The loss as a timeline: a handle on it says after which epoch everything is shown. It is dragged, stepped
 * and played; while a network is trained it follows the latest epoch.
 */
import "../../shared";
import type { Moment } from "../../engine/messages";
import { integer, loss } from "../../format";
import { dress } from "../../parts/dress";
import type { Report } from "../../report";
import type { DrawnRun } from "../../run/drawn";
import type { Run } from "../../run/run";
import type { ProjectionName } from "../../settings";
import type { ChartOptions, PlaneLayout } from "../../view";
import type { ViewName } from "../../views/table";
import { another, h, svg } from "../../views/shared";
import { DrawnMoment } from "./moment";
import { Player } from "./player";
import { momentsOf } from "../../run/moment";
import { steady } from "./steady";
import css from "./timeline.css" with { type: "text" };

export interface Listener {
  /** Another epoch is to be shown. */
  moved(): void;
  /** It stands still after an epoch; undefined: the last, or the latest there is. */
  stands(epoch: number | undefined): void;
  /** More can be drawn than before. */
  changed(): void;
}

/** The epochs of a run. */
export interface Epochs {
  /** Those that can be shown, ascending; the last of the training is one of them once it is over. */
  known: readonly number[];
  /** As many as are trained in all. */
  total: number;
  /** The one that is shown. */
  at: number;
  /** Only epochs that this divides were kept. */
  step: number;
  /** Whether the network is still being trained or measured. */
  live: boolean;
  report: Partial<Report>;
}

/** The views that can be shown after any epoch; others know only the network as trained. */
const VIEWS: readonly ViewName[] = [
  "figure",
  "pixels",
  "classes",
  "similarity",
  "space",
  "reconstructions",
];

export class Timeline {
  readonly #line = h("span", { class: "line" });
  readonly #ticks = svg("path", {});
  readonly #range = h("input", { type: "range", min: "0", step: "1", "aria-label": "Epoch shown" });
  /** Lies over the chart, as large as what is within its axes. */
  readonly overlay = h(
    "div",
    { class: "timeline", part: "timeline" },
    svg(
      "svg",
      { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" },
      this.#ticks,
    ),
    this.#line,
    this.#range,
  );
  readonly player: Player;
  readonly #drawn = new WeakMap<DrawnRun, DrawnMoment>();
  /** The epochs of each run from which it was found how it came about. */
  readonly #emerged = new WeakMap<Run, string>();
  #epochs: Epochs | undefined;
  #plane: PlaneLayout | undefined;
  /** Where a hand or the player has it, ahead of the settings; Infinity: at the end. */
  #held: number | undefined;
  #dragged = false;
  /** Whether it was until just now. */
  #pulled = false;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly listener: Listener,
  ) {
    this.player = new Player({
      go: (epoch) => this.#hold(epoch),
      stop: () => this.#settle(),
    });
    this.overlay.hidden = true;
    this.#range.addEventListener("input", () => {
      this.player.halt();
      this.#hold(this.#nearest(Number(this.#range.value)));
    });
    this.#range.addEventListener("change", () => this.#settle());
    this.#range.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("pointerdown", (event) => this.#grasp(event));
    canvas.addEventListener("pointermove", (event) => {
      if (this.#dragged) this.#hold(this.#under(event) ?? this.#held);
    });
    canvas.addEventListener("pointerup", () => {
      this.#pulled = this.#dragged;
      this.#release();
    });
    canvas.addEventListener("pointercancel", () => this.#release());
    // What was pulled is where it is to be: the click that follows means nothing else.
    const clicked = (event: Event) => {
      if (this.#pulled) event.stopImmediatePropagation();
      this.#pulled = false;
    };
    canvas.addEventListener("click", clicked, { capture: true });
  }

  /** The epoch that is asked for whatever the settings say. */
  get held(): number | undefined {
    return this.#held;
  }

  /** Whether epochs pass. */
  get moving(): boolean {
    return this.#dragged || this.player.playing;
  }

  /** Whether there is something to choose from. */
  get isShown(): boolean {
    return !this.overlay.hidden;
  }

  /** Whether a view can be shown after any epoch. */
  shows(view: ViewName): boolean {
    return VIEWS.includes(view);
  }

  /** A run after one of its epochs. */
  at(drawn: DrawnRun, moment: Moment): DrawnMoment | undefined {
    if (!drawn.view) return undefined;
    let found = this.#drawn.get(drawn);
    if (!found) {
      found = new DrawnMoment(drawn, another(drawn.view), this.listener.changed);
      this.#drawn.set(drawn, found);
    }
    found.show(moment, this.moving);
    return found;
  }

  /** A run is not shown any more. */
  forget(drawn: DrawnRun): void {
    this.#drawn.get(drawn)?.forget();
    this.#drawn.delete(drawn);
  }

  /** What keeps everything in its place while epochs pass. */
  steady(
    view: ViewName,
    projection: ProjectionName,
    { isMeasured, report }: Run,
    options: ChartOptions,
  ): Partial<ChartOptions> {
    return steady(view, isMeasured ? report : undefined, options, projection === "spread");
  }

  /**
   * How what was learned came about, from all epochs that are measured; undefined where that is known, or
   * is not to be had.
   */
  async emergence(drawn: DrawnRun): Promise<Report["emergence"]> {
    const { run, view } = drawn;
    const known = run.isMeasured ? `${run.history.measured}` : "";
    if (!view || known === (this.#emerged.get(run) ?? "")) return undefined;
    this.#emerged.set(run, known);
    try {
      await view.ready();
      return drawn.charts()?.epochs(momentsOf(run));
    } catch {
      // It can be asked for again.
      this.#emerged.delete(run);
      return undefined;
    }
  }

  /** What is to be known of a view that is shown after an epoch. */
  words(view: ViewName, moment: Moment | undefined, { report, isMeasured }: Run): string {
    const total = report.training?.held_out_loss.length ?? 0;
    if (!moment) {
      // These show all epochs at once.
      if (view === "emergence" || view === "ranks") return "";
      return "This is of the network as trained, whichever epoch the loss stands at.";
    }
    const { epoch } = moment;
    const of = integer(Math.max(total, report.settings?.epochs ?? 0));
    const which =
      epoch === 0
        ? "This is the network before training, with random weights."
        : `This is the network after epoch ${integer(epoch)} of ${of}.`;
    const ordered = view === "figure" || view === "pixels";
    const order = isMeasured
      ? "Dimensions stand in the order of the last epoch."
      : "Dimensions stand by number until it is trained.";
    const scaled = ordered || view === "classes";
    const sentences = [
      which,
      ordered && order,
      scaled && "Every epoch has a scale of its own.",
      ordered && report.groups && "Its maps are of single pixels.",
    ];
    return sentences.filter(Boolean).join(" ");
  }

  /** Follows the settings, which have caught up with what was left here. */
  follow(): void {
    if (!this.moving) this.#held = undefined;
  }

  /** Goes to an epoch. */
  go(epoch: number): void {
    this.player.halt();
    this.#hold(this.#nearest(epoch));
    this.#settle();
  }

  show(epochs: Epochs | undefined): void {
    dress(this.overlay, css);
    this.#epochs = epochs;
    const { known = [], total = 0, at = 0 } = epochs ?? {};
    this.overlay.hidden = known.length < 2 || !this.#plane;
    this.player.show(known, at, epochs?.live ?? false);
    this.player.element.hidden = known.length < 2;
    if (!epochs) return;
    const text = this.#where(at);
    // While it plays, nobody is told of every epoch.
    this.player.tell(text, this.moving || epochs.live);
    if (this.overlay.hidden) return;
    const end = this.#plane!.window[0][1];
    this.overlay.style.setProperty("--at", `${Math.min(1, at / end)}`);
    this.#range.max = `${end}`;
    this.#range.value = `${at}`;
    this.#range.setAttribute("aria-valuetext", text);
    const sparse = known.length < Math.min(total, known.at(-1)!) + 1;
    const ticks = sparse ? known.map((epoch) => `M${epoch / end} 0.94V1`) : [];
    this.#ticks.setAttribute("d", ticks.join(""));
  }

  /** Where the axes are, as they were drawn last. */
  place(plane: PlaneLayout | undefined): void {
    this.#plane = plane;
    if (!plane) return;
    const { x, y, width, height } = plane;
    // The canvas has a margin within what it lies in.
    const { offsetLeft, offsetTop } = this.canvas;
    Object.assign(this.overlay.style, {
      left: `${offsetLeft + x}px`,
      top: `${offsetTop + y}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  #where(at: number): string {
    const { known, total, live, step, report } = this.#epochs!;
    const held = report.training?.held_out_loss[at - 1];
    const off = held === undefined ? "" : `, loss ${loss(held)}`;
    const where =
      at === 0 ? "Before training" : `After epoch ${integer(at)} of ${integer(total)}${off}`;
    const latest = live && at === known.at(-1) ? ", the latest measured" : "";
    const sparse = known.length < known.at(-1)! + 1 && !live;
    const kept =
      step > 1
        ? `; every ${integer(step)}th epoch is kept`
        : sparse
          ? `; ${integer(known.length)} of ${integer(known.at(-1)! + 1)} are measured`
          : "";
    return `${where}${latest}${kept}`;
  }

  // Moving it

  /** The known epoch that is nearest. */
  #nearest(epoch: number): number {
    const { known = [] } = this.#epochs ?? {};
    if (epoch === Infinity) return known.at(-1) ?? 0;
    const off = (each: number) => Math.abs(each - epoch);
    return known.reduce((best, each) => (off(each) < off(best) ? each : best), known[0] ?? 0);
  }

  #hold(epoch: number | undefined): void {
    if (epoch === undefined || epoch === this.#held) return;
    this.#held = epoch;
    // What comes before this is drawn starts from here: a second key is another step.
    if (this.#epochs) this.#epochs = { ...this.#epochs, at: this.#nearest(epoch) };
    this.listener.moved();
  }

  /** It stands still: whoever shows the page again finds it there. */
  #settle(): void {
    if (this.#held === undefined) return;
    const isLast = this.#held >= (this.#epochs?.known.at(-1) ?? 0);
    this.listener.stands(isLast ? undefined : this.#held);
    this.listener.moved();
  }

  #press(event: KeyboardEvent): void {
    const { known = [], at = 0 } = this.#epochs ?? {};
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      event.preventDefault();
      return this.player.toggle();
    }
    const place = known.indexOf(this.#nearest(at));
    const last = known.length - 1;
    const to: Record<string, number | undefined> = {
      ArrowLeft: place - 1,
      ArrowDown: place - 1,
      ArrowRight: place + 1,
      ArrowUp: place + 1,
      PageDown: known.indexOf(this.#nearest(at - 10)),
      PageUp: known.indexOf(this.#nearest(at + 10)),
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const epoch = known[Math.min(last, Math.max(0, next))];
    if (epoch !== undefined) this.go(epoch);
  }

  /** The epoch under a pointer; undefined outside the axes, but for what is beside them. */
  #under({ offsetX, offsetY }: PointerEvent): number | undefined {
    const plane = this.#plane;
    if (!plane || this.overlay.hidden) return undefined;
    if (!this.#dragged && (offsetY < plane.y || offsetY > plane.y + plane.height)) return undefined;
    const across = (offsetX - plane.x) / plane.width;
    if (!this.#dragged && (across < 0 || across > 1)) return undefined;
    const [[from, to]] = plane.window;
    return this.#nearest(from + across * (to - from));
  }

  #grasp(event: PointerEvent): void {
    const epoch = event.button === 0 ? this.#under(event) : undefined;
    if (epoch === undefined) return;
    this.player.halt();
    this.#dragged = true;
    this.#pulled = false;
    this.canvas.setPointerCapture(event.pointerId);
    this.#hold(epoch);
  }

  #release(): void {
    if (!this.#dragged) return;
    this.#dragged = false;
    this.#settle();
  }
}
