/** The encoded space brought to a plane by PCA, t-SNE or UMAP, watched while it settles. */
import { Embedder, type Method } from "../../embedding/embedder";
import type { Step } from "../../embedding/messages";
import { components } from "../../embedding/principal";
import type { Report } from "../../report";
import type { View } from "../../view";
import { count, h, METHODS, setText } from "../shared";
import type { Host } from "../view";
import { inSlices } from "./slices";

/** What can be drawn besides the dimensions themselves. */
export type Way = Method | "pca";

/** A plane: x and y of each image, and what its axes are called. */
export interface Plane {
  coordinates: Float32Array;
  axes: [string, string];
  /** What is to be known of it. */
  words: string;
}

const NAMES: Record<Way, string> = { ...METHODS, pca: "PCA" };

export class Projection {
  readonly #words = h("span", { role: "status" });
  readonly #bar = h("progress", { max: "1", value: "0", "aria-label": "Progress" });
  readonly #button = h("button", { type: "button", class: "button", onclick: () => this.#act() });
  readonly element = h(
    "p",
    { class: "projection", part: "projection" },
    this.#bar,
    this.#words,
    this.#button,
  );
  readonly #embedder = new Embedder();
  /** What has settled, of the report in hand. */
  readonly #settled = new Map<Way, Plane>();
  #ended = new AbortController();
  #report: Partial<Report> | undefined;
  #latents: Report["encoded"];
  #way: Way | undefined;
  #state: "idle" | "running" | "cancelled" | "failed" = "idle";
  #plane: Plane | undefined;
  /** What the charts were last told, and which charts. */
  #told: { charts?: View; plane?: Plane | undefined; latents?: Report["encoded"] } = {};

  constructor(readonly host: Pick<Host, "moved" | "say">) {
    this.element.hidden = true;
  }

  /** The plane that is shown; undefined where it is two dimensions, or nothing has come in yet. */
  get plane(): Plane | undefined {
    return this.#way && this.#plane;
  }

  /** Follows what is looked at; no way: the dimensions themselves, or another view. */
  show(charts: View, way: Way | undefined, report: Partial<Report> | undefined): void {
    if (report?.encoded !== this.#latents) {
      this.#latents = report?.encoded;
      this.#settled.clear();
      this.#end("idle");
      this.#way = undefined;
    }
    this.#report = report;
    this.element.hidden = !way || !this.#latents;
    if (way !== this.#way) {
      this.#end("idle");
      this.#way = way;
      this.#plane = way && this.#settled.get(way);
      if (way && this.#latents && !this.#plane) this.#start();
      else this.#tell();
    }
    const told = { charts, plane: this.plane, latents: this.#latents };
    if (
      Object.entries(told).every(([name, each]) => this.#told[name as keyof typeof told] === each)
    )
      return;
    this.#told = told;
    const { coordinates, axes } = told.plane ?? {};
    charts.projection(coordinates, axes ?? ["", ""], way ?? "");
  }

  /** Ends what is calculated; what is only put away may be looked at again. */
  close(): void {
    if (this.#state === "running") this.#end("cancelled");
    this.#embedder.close();
  }

  #start(): void {
    const way = this.#way!;
    this.#state = "running";
    this.#bar.value = 0;
    this.#tell();
    this.#ended = new AbortController();
    const { signal } = this.#ended;
    const made = way === "pca" ? this.#analyse(signal) : this.#embed(way, signal);
    made.then(
      (plane) => {
        if (!signal.aborted) this.#finish(way, plane);
      },
      (error: Error) => {
        if (!signal.aborted) this.#fail(error.message);
      },
    );
  }

  async #embed(method: Method, signal: AbortSignal): Promise<Plane> {
    const { latents } = this.#latents!;
    const seed = this.#report?.settings?.seed ?? 1;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const axes: Plane["axes"] = [`${METHODS[method]} 1`, `${METHODS[method]} 2`];
    const step: Step = (coordinates, done, total) => {
      this.#bar.value = done / total;
      if (still) return;
      this.#plane = { coordinates, axes, words: "" };
      this.host.moved();
    };
    const request = { method, latents, seed };
    const coordinates = await this.#embedder.project(request, step, signal);
    return { coordinates, axes, words: `${METHODS[method]} of ${this.#images} has settled.` };
  }

  async #analyse(signal: AbortSignal): Promise<Plane> {
    const { scores, shares } = await inSlices(
      components(this.#latents!.latents),
      signal,
      (done) => (this.#bar.value = done),
    ).catch((error: unknown) => {
      throw new Error(`PCA stopped unexpectedly (${String(error)}): try again.`);
    });
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const [first, second] = shares.map(percent);
    return {
      coordinates: Float32Array.from(scores),
      axes: [
        `Principal component 1 (${first} of the variance)`,
        `Principal component 2 (${second} of the variance)`,
      ],
      words: `The first two principal components hold ${percent(shares[0] + shares[1])} of the variance of the latents.`,
    };
  }

  #finish(way: Way, plane: Plane): void {
    this.#settled.set(way, plane);
    this.#plane = plane;
    this.#end("idle");
  }

  #fail(message: string): void {
    setText(this.#words, message);
    this.#end("failed");
  }

  #act(): void {
    if (this.#state === "running") this.#end("cancelled");
    else this.#start();
  }

  /** Ends what runs, if anything does. */
  #end(state: "idle" | "cancelled" | "failed"): void {
    this.#ended.abort();
    this.#state = state;
    this.#tell();
    this.host.moved();
  }

  get #images(): string {
    return this.host.say(count(this.#latents?.labels.length ?? 0, "image"));
  }

  #tell(): void {
    const name = this.#way ? NAMES[this.#way] : "";
    const running = this.#state === "running";
    this.#bar.hidden = !running;
    const settles = this.#way !== "pca";
    const words = {
      running: settles
        ? `${name} is settling ${this.#images}.`
        : `${name} of ${this.#images} is on its way.`,
      cancelled: `${name} was stopped before it had ${settles ? "settled" : "ended"}.`,
      idle: this.#plane?.words ?? "",
      failed: this.#words.textContent ?? "",
    };
    setText(this.#words, words[this.#state]);
    setText(this.#button, running ? "Cancel" : this.#state === "idle" ? "Again" : "Try again");
    this.#button.hidden = this.#state === "idle";
  }
}
