/** The images of two classes that are nearest to each other. */
import type { Encoded } from "../../report";
import { h, picture, setText, significant, whichImage } from "../shared";
import { inSlices } from "../space/slices";
import type { Host } from "../view";

/** So many pairs are shown. */
const PAIRS = 6;
/** So many products are formed between two looks at the clock. */
const PRODUCTS = 200_000;

/** An image of each class, by their places among the explained images. */
export interface Across {
  a: number;
  b: number;
  /** Euclidean, over all dimensions. */
  distance: number;
}

/**
 * The nearest pairs of an image of one class and one of another, the nearest first; an image is in one pair at
 * most. Yields how much is done.
 */
export function* across(
  { latents: { shape, data }, labels }: Pick<Encoded, "latents" | "labels">,
  [first, second]: [number, number],
  pairs: number,
): Generator<number, Across[], void> {
  const [, dims] = shape;
  const of = (label: number) => [...labels.keys()].filter((image) => labels[image] === label);
  const [ours, theirs] = [of(first), of(second)];
  // Of each image the nearest few are enough: at most `pairs` − 1 of them can be taken before it.
  let found: Across[] = [];
  let products = 0;
  for (const [done, a] of ours.entries()) {
    const own: Across[] = [];
    for (const b of theirs) {
      let squares = 0;
      for (let dim = 0; dim < dims; dim += 1) {
        squares += (data[a * dims + dim]! - data[b * dims + dim]!) ** 2;
      }
      if (!Number.isFinite(squares)) continue;
      if (own.length === pairs && squares >= own.at(-1)!.distance ** 2) continue;
      own.push({ a, b, distance: Math.sqrt(squares) });
      own.sort((x, y) => x.distance - y.distance);
      own.length = Math.min(own.length, pairs);
    }
    found.push(...own);
    products += theirs.length * dims;
    if (products < PRODUCTS) continue;
    products = 0;
    yield done / ours.length;
  }
  found.sort((x, y) => x.distance - y.distance);
  const taken = new Set<number>();
  found = found.filter(({ a, b }) => {
    if (taken.size === 2 * pairs || taken.has(a) || taken.has(b)) return false;
    taken.add(a).add(b);
    return true;
  });
  return found;
}

export class Border {
  readonly #words = h("p", { class: "note", role: "status" });
  readonly #list = h("ul", { class: "thumbs" });
  readonly #cancel = h(
    "button",
    { type: "button", class: "button", onclick: () => this.#ended.abort() },
    "Cancel",
  );
  readonly element = h(
    "section",
    { class: "border" },
    h("h3", {}, "Nearest across the border"),
    this.#words,
    this.#cancel,
    this.#list,
  );
  #encoded: Encoded | undefined;
  #classes = "";
  #ended = new AbortController();

  constructor(readonly host: Pick<Host, "opened" | "paint" | "subject" | "say">) {
    this.element.hidden = true;
  }

  /** The labels of two classes of the shown run; without them there is no border. */
  show(
    encoded: Encoded | undefined,
    classes: [number, number] | undefined,
    nameOf: (label: number) => string,
  ): void {
    const key = `${classes}`;
    if (encoded === this.#encoded && key === this.#classes) return;
    this.#encoded = encoded;
    this.#classes = key;
    this.element.hidden = !encoded || !classes;
    this.#ended.abort();
    this.#list.replaceChildren();
    this.#cancel.hidden = true;
    if (encoded && classes) void this.#search(encoded, classes, nameOf);
  }

  close(): void {
    this.#ended.abort();
    this.#encoded = undefined;
  }

  async #search(
    encoded: Encoded,
    classes: [number, number],
    nameOf: (label: number) => string,
  ): Promise<void> {
    const ended = new AbortController();
    this.#ended = ended;
    setText(this.#words, "");
    try {
      const found = await inSlices(across(encoded, classes, PAIRS), ended.signal, () => {
        this.#cancel.hidden = false;
        setText(this.#words, "Measuring the distances between the two classes.");
      });
      const [a, b] = classes.map(nameOf) as [string, string];
      const words = found.length
        ? `Pairs of an image of ${a} and one of ${b} whose latents are nearest (Euclidean distance in all dimensions, of all pairs of explained images; an image is in one pair at most): where the network tells the two apart least.`
        : `There are no explained images of both ${a} and ${b}.`;
      setText(this.#words, this.host.say(words));
      const items = found.map((pair) => this.#item(encoded, pair, nameOf, ended.signal));
      this.#list.replaceChildren(...items);
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      if (ended === this.#ended) setText(this.#words, "The search was stopped.");
    } finally {
      if (ended === this.#ended) this.#cancel.hidden = true;
    }
  }

  #item(
    encoded: Encoded,
    { a, b, distance }: Across,
    nameOf: (label: number) => string,
    signal: AbortSignal,
  ): HTMLElement {
    const thumbs = [a, b].map((image) => {
      const name = nameOf(encoded.labels[image]!);
      const which = whichImage(encoded, image, name);
      const thumb = picture();
      this.host.paint(thumb, undefined);
      this.host.subject(image).then(
        (subject) => {
          if (!signal.aborted) this.host.paint(thumb, subject?.pixels);
        },
        // Without its file there is no picture; what is known of it stands there.
        () => undefined,
      );
      return h(
        "button",
        {
          type: "button",
          title: which,
          "aria-label": which,
          onclick: () => this.host.opened({ image }),
        },
        thumb,
        h("span", { class: "note" }, name),
      );
    });
    return h("li", {}, ...thumbs, h("span", {}, significant(distance, 3)));
  }
}
