/** The images nearest to the one that is opened. */
import type { Encoded } from "../../report";
import { count, h, picture, Segmented, setText, significant, whichImage } from "../shared";
import type { Host } from "../view";
import { nearest, type Neighbour } from "./neighbours";
import { inSlices } from "./slices";

export class Near {
  readonly #count = new Segmented("nearest", (value) => {
    this.#many = Number(value);
    this.#search();
  });
  readonly #list = h("ul", { class: "thumbs" });
  readonly #words = h("p", { class: "note", role: "status" });
  readonly #cancel = h(
    "button",
    { type: "button", class: "button", onclick: () => this.#ended.abort() },
    "Cancel",
  );
  readonly #title = h("h3");
  readonly element = h(
    "section",
    { class: "near" },
    this.#title,
    h("fieldset", {}, h("legend", { class: "unseen" }, "How many are shown"), this.#count.element),
    this.#words,
    this.#cancel,
    this.#list,
  );
  #many = 5;
  #encoded: Encoded | undefined;
  #image: number | undefined;
  #nameOf: (label: number) => string = String;
  #ended = new AbortController();

  constructor(readonly host: Pick<Host, "opened" | "paint" | "subject" | "say">) {
    this.#count.show({ "5": "5", "10": "10" }, "5");
  }

  /** No image: none is opened. */
  show(
    encoded: Encoded | undefined,
    image: number | undefined,
    nameOf: (label: number) => string,
  ): void {
    this.#nameOf = nameOf;
    setText(this.#title, this.host.say("Nearest images"));
    if (encoded === this.#encoded && image === this.#image) return;
    this.#encoded = encoded;
    this.#image = image;
    this.element.hidden = !encoded || image === undefined;
    this.#search();
  }

  close(): void {
    this.#ended.abort();
  }

  async #search(): Promise<void> {
    this.#ended.abort();
    const encoded = this.#encoded;
    const image = this.#image;
    this.#list.replaceChildren();
    this.#cancel.hidden = true;
    if (!encoded || image === undefined) return;
    const ended = new AbortController();
    this.#ended = ended;
    const images = this.host.say(count(encoded.labels.length, "image"));
    setText(this.#words, "");
    try {
      const found = await inSlices(
        nearest(encoded.latents, image, this.#many),
        ended.signal,
        () => {
          this.#cancel.hidden = false;
          setText(this.#words, `Measuring the distance to ${images}.`);
        },
      );
      const dims = encoded.latents.shape[1];
      setText(
        this.#words,
        this.host.say(
          found.length
            ? `Euclidean distance in ${dims === 1 ? "the only dimension" : `all ${dims} dimensions`}, to each of the explained images.`
            : "There is no other explained image.",
        ),
      );
      this.#list.replaceChildren(...found.map((each) => this.#item(encoded, each, ended.signal)));
    } catch (error) {
      if (!ended.signal.aborted) throw error;
      if (ended === this.#ended) setText(this.#words, "The search was stopped.");
    } finally {
      if (ended === this.#ended) this.#cancel.hidden = true;
    }
  }

  #item(encoded: Encoded, { image, distance }: Neighbour, signal: AbortSignal): HTMLElement {
    const name = this.#nameOf(encoded.labels[image]!);
    const away = significant(distance, 3);
    const which = this.host.say(whichImage(encoded, image, name));
    const thumb = picture();
    const button = h(
      "button",
      {
        type: "button",
        title: which,
        "aria-label": `Distance ${away}: ${which}`,
        onclick: () => this.host.opened({ image }),
      },
      thumb,
      h("span", {}, away),
      h("span", { class: "note" }, name),
    );
    this.host.paint(thumb, undefined);
    this.host.subject(image).then(
      (subject) => {
        if (!signal.aborted) this.host.paint(thumb, subject?.pixels);
      },
      // Without its file there is no picture; what is known of it stands there.
      () => undefined,
    );
    return h("li", {}, button);
  }
}
