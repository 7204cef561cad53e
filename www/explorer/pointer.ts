/**
 * Pointing at the figure, with a mouse, a finger or the arrow keys: tells what is known of what is
 * under the pointer, and marks it without drawing the figure again.
 */
import { h, setText, svg } from "../dom";
import type { Picture } from "../views/picture";
import type { Opened, Target, Targets } from "../views/view";

export class Pointer {
  readonly #halo = svg("path", { class: "halo" });
  readonly #line = svg("path", { class: "line" });
  /** Lies over the canvas. */
  readonly marks = svg("svg", { class: "marks", "aria-hidden": "true" }, this.#halo, this.#line);
  readonly readout = h("p", { class: "readout hint", part: "readout" });
  #picture: Picture | undefined;
  #targets: Targets | undefined;
  #target: Target | undefined;
  /** What was aimed at before the pointer went down. */
  #before: Target | undefined;
  #handle = 0;

  /** `open` hears what was clicked, or entered by keyboard. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly open: (what: Opened) => void,
  ) {
    canvas.tabIndex = 0;
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerdown", (event) => {
      this.#before = this.#target;
      this.#point(event);
    });
    canvas.addEventListener("pointerleave", ({ pointerType }) => {
      // A finger leaves when it is lifted, and what it touched is still being read.
      if (pointerType !== "touch") this.#aim(undefined, "off");
    });
    canvas.addEventListener("click", (event) => {
      this.#point(event);
      // A finger cannot point before it touches: the first tap reads, the second opens.
      const touch = (event as PointerEvent).pointerType === "touch";
      if (!touch || this.#opens(this.#before) === this.#opens(this.#target)) this.#enter();
    });
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("blur", () => this.#aim(undefined, "off"));
  }

  /** Follows the figure, which was drawn anew. */
  show(picture: Picture, targets: Targets): void {
    if (targets !== this.#targets) this.#target = undefined;
    this.#picture = picture;
    this.#targets = targets;
    this.#request();
  }

  /** Nothing can be pointed at until a figure is drawn. */
  clear(): void {
    this.#picture = undefined;
    this.#targets = undefined;
    this.#target = undefined;
    for (const path of [this.#halo, this.#line]) path.setAttribute("d", "");
    setText(this.readout, "");
  }

  #point({ offsetX: x, offsetY: y }: MouseEvent): void {
    const picture = this.#picture;
    if (picture) this.#aim(this.#targets?.at(picture, x, y), "off");
  }

  #press(event: KeyboardEvent): void {
    const picture = this.#picture;
    if (!picture || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return this.#aim(undefined, "off");
    if (event.key === "Enter" && this.#target) return this.#enter();
    const next = this.#targets?.next(picture, this.#target, event.key);
    if (!next) return;
    event.preventDefault();
    this.#aim(next, "polite");
  }

  #enter(): void {
    const picture = this.#picture;
    const opened = picture && this.#target && this.#targets?.opens(picture, this.#target);
    if (opened) this.open(opened);
  }

  #opens(target: Target | undefined): string {
    const picture = this.#picture;
    return JSON.stringify(picture && target && this.#targets?.opens(picture, target));
  }

  /** What is said on the way of a mouse is not for screen readers. */
  #aim(target: Target | undefined, live: "polite" | "off"): void {
    this.#target = target;
    this.readout.setAttribute("aria-live", live);
    this.#request();
  }

  #request(): void {
    this.#handle ||= requestAnimationFrame(() => {
      this.#handle = 0;
      this.#mark();
    });
  }

  #mark(): void {
    const picture = this.#picture;
    if (!picture || !this.#targets) return;
    const target = this.#target;
    const { hint, outlines, opens, words } = this.#targets;
    const path = target ? outlines(picture, target).join("") : "";
    this.#halo.setAttribute("d", path);
    this.#line.setAttribute("d", path);
    this.canvas.classList.toggle("opens", Boolean(target && opens(picture, target)));
    this.readout.classList.toggle("hint", !target);
    setText(this.readout, target ? words(picture, target) : hint);
  }
}
