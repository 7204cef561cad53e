/**
 * Pointing at a chart, with a mouse, a finger or the arrow keys: tells what is known of what is under the
 * pointer, and marks it without drawing the chart again.
 *
 * Screen readers find a list whose one entry is what the arrow keys have reached: where it is, what it is,
 * and its value. A chart has far too many places for an element each.
 */
import { h, setText, svg } from "../dom";
import { type Spoken, spoken } from "../views/features";
import type { Layout, Picture } from "../views/picture";
import type { Opened, Target, Targets } from "../views/view";

/** How far from a point a mouse and a finger still mean it, in CSS pixels. */
const REACH = 12;
const TOUCH_REACH = 24;

/** How many entries there have been: each has a name of its own, so that it is read out. */
let entries = 0;

export class Pointer<P extends Layout & Spoken = Picture> {
  readonly #halo = svg("path", { class: "halo" });
  readonly #line = svg("path", { class: "line" });
  /** Lies over the canvas. */
  readonly marks = svg("svg", { class: "marks", "aria-hidden": "true" }, this.#halo, this.#line);
  readonly readout = h("p", { class: "readout hint", part: "readout" });
  #entry: HTMLElement | undefined;
  #picture: P | undefined;
  #targets: Targets<P> | undefined;
  #target: Target | undefined;
  /** What was aimed at before the pointer went down. */
  #before: Target | undefined;
  /** Whether the target was reached by keyboard since it was marked last. */
  #stepped = true;
  #handle = 0;

  /** `open` hears what was clicked, or entered by keyboard. */
  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly open?: (what: Opened) => void,
  ) {
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "listbox");
    canvas.setAttribute("aria-roledescription", "chart");
    canvas.addEventListener("pointermove", (event) => this.#point(event));
    canvas.addEventListener("pointerdown", (event) => {
      this.#before = this.#target;
      this.#point(event);
    });
    canvas.addEventListener("pointerleave", ({ pointerType }) => {
      // A finger leaves when it is lifted, and what it touched is still being read.
      if (pointerType !== "touch") this.#aim(undefined);
    });
    canvas.addEventListener("click", (event) => {
      this.#point(event as PointerEvent);
      // A finger cannot point before it touches: the first tap reads, the second opens.
      const touch = (event as PointerEvent).pointerType === "touch";
      if (!touch || this.#opens(this.#before) === this.#opens(this.#target)) this.#enter();
    });
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("blur", () => this.#aim(undefined));
    this.#tell("Nothing to read yet.");
  }

  /** Follows the chart, which was drawn anew. */
  show(picture: P, targets: Targets<P>): void {
    if (targets !== this.#targets) this.#target = undefined;
    this.#picture = picture;
    this.#targets = targets;
    this.#request();
  }

  /** Nothing can be pointed at until a chart is drawn. */
  clear(): void {
    this.#picture = undefined;
    this.#targets = undefined;
    this.#target = undefined;
    for (const path of [this.#halo, this.#line]) path.setAttribute("d", "");
    setText(this.readout, "");
  }

  #point({ offsetX: x, offsetY: y, pointerType }: PointerEvent): void {
    const picture = this.#picture;
    const touch = pointerType === "touch";
    if (!picture) return;
    this.#aim(this.#targets?.at(picture, x, y, touch ? TOUCH_REACH : REACH));
    // What a mouse passes is not for screen readers, what a finger touches is.
    this.readout.setAttribute("aria-live", touch ? "polite" : "off");
  }

  #press(event: KeyboardEvent): void {
    const picture = this.#picture;
    if (!picture || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.#target) {
      // Only what is read is left, not the dialog around it.
      event.preventDefault();
      return this.#aim(undefined);
    }
    if (event.key === "Enter" && this.#target) return this.#enter();
    const next = this.#targets?.next(picture, this.#target, event.key);
    if (!next) return;
    event.preventDefault();
    this.readout.setAttribute("aria-live", "off");
    this.#stepped = true;
    this.#aim(next);
  }

  #enter(): void {
    const picture = this.#picture;
    const opened = picture && this.#target && this.#targets?.opens(picture, this.#target);
    if (opened) this.open?.(opened);
  }

  #opens(target: Target | undefined): string {
    const picture = this.#picture;
    return JSON.stringify(picture && target && this.#targets?.opens(picture, target));
  }

  #aim(target: Target | undefined): void {
    this.#target = target;
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
    const text = spoken(picture, target ? words(picture, target) : hint);
    setText(this.readout, text);
    this.#tell(text);
  }

  /** A new entry is read out, one whose words change is not. */
  #tell(text: string): void {
    if (this.#stepped || !this.#entry) {
      entries += 1;
      const entry = h("span", { role: "option", id: `entry-${entries}`, "aria-selected": "true" });
      this.canvas.replaceChildren(entry);
      this.canvas.setAttribute("aria-activedescendant", entry.id);
      this.#entry = entry;
    }
    this.#stepped = false;
    setText(this.#entry, text);
  }
}
