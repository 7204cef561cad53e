/** The encoded space drawn into a plane by t-SNE or UMAP, watched while it settles. */
import { h, setText } from "../dom";
import { count } from "../format";
import { Embedder, type Method } from "../embedding/embedder";
import type { Report } from "../report";
import type { View } from "../view";
import { METHODS } from "../views/words";

type Coordinates = Float32Array<ArrayBufferLike>;

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
  readonly #settled = new Map<Method, Coordinates>();
  #report: Partial<Report> | undefined;
  #latents: Report["encoded"];
  #method: Method | undefined;
  #state: "idle" | "running" | "cancelled" | "failed" = "idle";
  #coordinates: Coordinates | undefined;

  /** `moved` is called whenever there is something else to draw. */
  constructor(readonly moved: () => void) {
    this.element.hidden = true;
  }

  /** Follows what is looked at; no method: the two widest dimensions, or another view. */
  show(view: View, method: Method | undefined, report: Partial<Report> | undefined): void {
    if (report?.encoded !== this.#latents) {
      this.#latents = report?.encoded;
      this.#settled.clear();
      this.#end("idle");
      this.#method = undefined;
    }
    this.#report = report;
    this.element.hidden = !method || !this.#latents;
    if (method !== this.#method) {
      this.#end("idle");
      this.#method = method;
      this.#coordinates = method && this.#settled.get(method);
      if (method && this.#latents && !this.#coordinates) this.#start();
      else this.#tell();
    }
    const name = method && METHODS[method];
    // While nothing has come in yet, the plane is empty and not another one.
    const drawn = name ? (this.#coordinates ?? new Float32Array()) : undefined;
    view.projection(drawn, name ? [`${name} 1`, `${name} 2`] : ["", ""]);
  }

  close(): void {
    this.#embedder.close();
  }

  #start(): void {
    const method = this.#method!;
    const { latents } = this.#latents!;
    const seed = this.#report?.settings?.seed ?? 1;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#state = "running";
    this.#bar.value = 0;
    this.#tell();
    this.#embedder.start(
      { method, latents, seed },
      {
        step: (coordinates, done, total) => {
          this.#bar.value = done / total;
          if (still) return;
          this.#coordinates = coordinates;
          this.moved();
        },
        finished: (coordinates) => {
          this.#settled.set(method, coordinates);
          this.#coordinates = coordinates;
          this.#end("idle");
        },
        failed: (message) => {
          this.#end("failed");
          setText(this.#words, message);
        },
      },
    );
  }

  #act(): void {
    if (this.#state !== "running") return this.#start();
    this.#embedder.cancel();
    this.#end("cancelled");
  }

  #end(state: "idle" | "cancelled" | "failed"): void {
    if (this.#state === "running" && state === "idle") this.#embedder.cancel();
    this.#state = state;
    this.#tell();
    this.moved();
  }

  #tell(): void {
    const name = this.#method ? METHODS[this.#method] : "";
    const images = count(this.#latents?.labels.length ?? 0, "image");
    const running = this.#state === "running";
    this.#bar.hidden = !running;
    setText(
      this.#words,
      running
        ? `${name} is settling ${images}.`
        : this.#state === "cancelled"
          ? `${name} was stopped before it had settled.`
          : `${name} of ${images} has settled.`,
    );
    setText(this.#button, running ? "Cancel" : this.#state === "idle" ? "Again" : "Try again");
    this.#button.hidden = this.#state === "idle";
  }
}
