/** A grid of places of the latent space that is decoded bit by bit, and drawn as it comes. */
import type { Encoded } from "../../report";
import type { ChartOptions, View as Charts } from "../../view";
import { h, setText } from "../shared";
import type { Scene } from "../picture";
import type { Host } from "../view";

/** So long the page does nothing else, in milliseconds. */
const SLICE = 12;
/** How often what has come is drawn, and when it is said how far it is. */
const DRAWN_EVERY = 120;
const TOLD_AFTER = 400;
/** So many places are decoded between two looks at the clock. */
const AT_ONCE = 4;

/** What a grid is of: with anything else it is another one. */
interface Of {
  charts: Charts;
  encoded: Encoded | undefined;
  key: string;
}

export class Grid {
  readonly bar = h("progress", { max: "1", value: "0", "aria-label": "Progress", hidden: true });
  #of: Of | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly host: Host,
    readonly words: HTMLElement,
  ) {}

  /** Has `begin` begin a grid, unless there is one of the same already; false where it cannot begin. */
  show(charts: Charts, { report }: Scene, key: string, begin: () => boolean): boolean {
    const encoded = report?.encoded ?? undefined;
    const same = this.#of;
    if (same?.charts === charts && same.encoded === encoded && same.key === key) return true;
    this.forget();
    if (!begin()) return false;
    this.#of = { charts, encoded, key };
    this.#go(charts, performance.now());
    return true;
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#of = undefined;
    this.bar.hidden = true;
    setText(this.words, "");
  }

  #go(charts: Charts, began: number): void {
    let drawn = began;
    const slice = () => {
      const from = performance.now();
      let share = 0;
      do share = charts.decode_more(AT_ONCE);
      while (share < 1 && performance.now() < from + SLICE);
      const now = performance.now();
      if (share < 1) {
        if (now > began + TOLD_AFTER) this.#tell(share);
        this.#timer = setTimeout(slice);
        if (now < drawn + DRAWN_EVERY) return;
      } else {
        this.#timer = undefined;
        this.bar.hidden = true;
        setText(this.words, "");
      }
      drawn = now;
      this.host.moved();
    };
    this.#timer = setTimeout(slice);
  }

  #tell(share: number): void {
    this.bar.hidden = false;
    this.bar.value = share;
    setText(this.words, "Decoding.");
  }
}

/** Rows and columns that an area so wide has room for: an odd number, so that the middle is one of them. */
export function gridFor(
  width: number,
  { image, form = "image" }: Pick<ChartOptions, "image" | "form">,
): [number, number] {
  const isImage = form === "image";
  if (isImage && image.width / image.height > 3) return [9, 3];
  // Lines and bars take more room than images.
  const [largest, each] = isImage ? [15, 40] : [9, 56];
  const most = Math.min(largest, Math.floor((width - 70) / each));
  const side = Math.max(5, most - ((most + 1) % 2));
  return [side, side];
}

/** Whether the network that is shown is variational. */
export function isVariational({ report }: Scene): boolean {
  const trained = !report?.model && report?.settings?.variant?.variational;
  return Boolean(report?.divergence ?? trained);
}
