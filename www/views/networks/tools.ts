/**
 * What the comparison with other networks has besides its picture: its dimension, and ways to ask for other
 * networks or to bring them.
 */
import { acceptDrops, picked } from "../../data/drop";
import type { SourceFile } from "../../data/messages";
import { dress } from "../../parts/dress";
import type { ChartOptions, View as Charts } from "../../view";
import { About, dimensionOf } from "../opinions/about";
import type { Picture, Scene } from "../picture";
import { h, Segmented, setText } from "../shared";
import { Overview } from "../trust/overview";
import type { Host, Tools } from "../view";
import asks from "../asks.css" with { type: "text" };
import css from "../opinions/opinions.css" with { type: "text" };
import own from "./networks.css" with { type: "text" };
import { whileTrained } from "./time";

const BUSY = "They can be compared once the run has ended.";
/** Networks in all that are offered. */
const COUNTS = ["3", "5", "10"];

export class NetworksTools implements Tools {
  readonly #about;
  readonly #words = h("p", { "aria-live": "polite" });
  readonly #count = new Segmented("networks", (count) => {
    this.#wanted = count;
    this.#say();
  });
  readonly #counts = h(
    "fieldset",
    { class: "filler" },
    h("legend", {}, "Networks in all"),
    this.#count.element,
  );
  readonly #button = h("button", {
    type: "button",
    class: "button primary",
    onclick: () => this.host.measure({ networks: this.#wanted }),
  });
  readonly #ask = h("div", { class: "ask" }, this.#words, this.#counts, this.#button);
  readonly #input = h("input", {
    type: "file",
    multiple: true,
    "aria-label": "Compare with sessions: files that others saved",
    onchange: () => {
      const files = picked(this.#input.files ?? []);
      this.#input.value = "";
      if (files.length) void this.#bring(files);
    },
  });
  readonly #heard = h("p", { role: "status" });
  readonly #drop = h(
    "div",
    { class: "brings" },
    h("label", { class: "button picker" }, this.#input, "Compare with sessions"),
    h(
      "p",
      { class: "note" },
      "Sessions that others saved, of the same data (a class of thirty, say): choose them, or drop them here.",
    ),
    this.#heard,
  );
  readonly above;
  readonly #overview = new Overview();
  readonly below = this.#overview.element;
  #wanted = "5";
  #scene: Scene | undefined;

  constructor(readonly host: Host) {
    this.#about = new About(host.changed);
    const choices = h("div", { class: "choices" }, this.#about.element);
    this.above = h("div", { class: "opinion-tools" }, choices, this.#ask, this.#drop);
    acceptDrops(
      this.#drop,
      (hanging) => this.#drop.classList.toggle("hanging", hanging),
      (files) => void files.then((found) => void (found.length && this.#bring(found))),
    );
  }

  options(_: Charts, scene: Scene): Partial<ChartOptions> {
    const dim = dimensionOf(scene);
    this.#about.show(scene, dim);
    this.#scene = scene;
    this.#say();
    return { dim };
  }

  #say(): void {
    const scene = this.#scene;
    if (!scene) return;
    const { report, older, trainingMs } = scene;
    const brought = report?.model !== undefined;
    const others = report?.networks?.others.filter(({ seeds }) => seeds).length ?? 0;
    const asked = (report?.settings?.measure?.networks ?? 1) - 1;
    const enough = others > 0 && others >= asked;
    this.#drop.hidden = !report?.latent_importance;
    this.#counts.hidden = this.#button.hidden = older || brought;
    this.#ask.classList.toggle("done", enough && !older);
    this.#count.show(new Map(COUNTS.map((count) => [count, count])), this.#wanted);
    const wanted = Number(this.#wanted) - 1;
    setText(this.#button, `Train ${wanted} others`);
    this.#button.disabled = enough && asked === wanted;
    setText(
      this.#words,
      older
        ? "Under way: this stays as it was until the other networks are trained and compared. Progress, pause and cancel are at the top."
        : brought
          ? "This model was brought, and how it was trained is not known: it can be compared with other sessions, but no others of its kind can be trained here."
          : enough
            ? `Compared with ${others} others that were trained here.`
            : `Other networks have not been trained. Each takes as long as this one did: ${whileTrained(wanted, trainingMs)}. Nothing of what is shown changes.`,
    );
  }

  /** Compares with networks from files. */
  async #bring(files: SourceFile[]): Promise<void> {
    setText(this.#heard, "Reading …");
    try {
      const { readOthers } = await import("./sessions");
      const compared = this.host.compared();
      const { others, refused } = await readOthers(files, compared);
      const isNew = others.length > 0 && others !== compared?.others;
      const busy = isNew && !this.host.compare([...others]) && BUSY;
      setText(this.#heard, [...refused, busy].filter(Boolean).join(" "));
    } catch (error) {
      setText(this.#heard, error instanceof Error ? error.message : `${error}`);
    }
  }

  shown(picture: Picture): void {
    this.#overview.show(picture);
    for (const sheet of [asks, css, own]) dress(this.above, sheet);
  }

  hidden(): void {}

  close(): void {}
}
