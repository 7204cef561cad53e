/** The network that has only some of the dimensions: compared, trained on, taken home, explained. */
import { unlessAborted } from "../../calls/ends";
import { Failure } from "../../failures";
import { rowOf } from "../../data/samples";
import { openModels, type SaveFormat } from "../../model/package";
import { described } from "../../model/session";
import type { Network } from "../../network";
import type { Report } from "../../report";
import type { View as Charts } from "../../view";
import type { Scene } from "../picture";
import { another, count, h, integer, list, save, setText, significant } from "../shared";
import { sampled } from "../subject";
import type { Host } from "../view";

/** What was made, and of what. */
interface Made {
  /** Counted from 0, ascending: the first of them is the first dimension of the network. */
  dims: number[];
  whole: Network;
  network: Network;
  /** Held-out losses after every further epoch; none where it is not trained on. */
  trained: number[];
  /** What it makes of samples since, image after image; undefined until then. */
  since?: Float32Array[] | undefined;
}

const FORMATS: Record<SaveFormat, [title: string, ending: string]> = {
  keras: ["Keras 3", "keras"],
  safetensors: ["safetensors", "safetensors"],
  onnx: ["ONNX", "onnx"],
};

/** Images that are shown as each network rebuilds them. */
const SHOWN = 8;

export class MadePanel {
  readonly #words = h("p", { role: "status" });
  readonly #rebuilt = h("div", { class: "rebuilt" });
  readonly #epochs = h("input", { type: "number", min: "1", max: "2000", value: "5" });
  readonly #train = this.#button("Train on", () => void this.#trainOn());
  readonly #cancel = this.#button("Cancel", () => this.#training.abort());
  readonly #progress = h("progress", { max: "1", "aria-label": "Training on" });
  readonly #further = h(
    "div",
    { class: "row" },
    h("label", { class: "field" }, "Epochs", this.#epochs),
    this.#train,
    this.#progress,
    this.#cancel,
  );
  readonly #home = h(
    "div",
    { class: "row" },
    ...(Object.keys(FORMATS) as SaveFormat[]).map((format) =>
      this.#button(`Save as ${FORMATS[format][0]}`, () => void this.#save(format)),
    ),
    this.#button("Explain this network", () => this.#explain()),
  );
  readonly #refusal = h("p", { class: "refusal", role: "alert" });
  readonly element = h(
    "div",
    { class: "dimension-tools", hidden: true },
    this.#words,
    this.#rebuilt,
    this.#further,
    this.#home,
    this.#refusal,
  );
  #made: Made | undefined;
  #report: Partial<Report> | undefined;
  #charts: Charts | undefined;
  #training = new AbortController();

  constructor(readonly host: Host) {}

  /** Another network is shown. */
  forget(): void {
    this.#training.abort();
    this.#made = undefined;
    this.element.hidden = true;
  }

  async make(scene: Scene | undefined, kept: number, charts: Charts | undefined): Promise<void> {
    const { report } = scene ?? {};
    const smaller = report?.smaller;
    const whole = this.host.made.network();
    this.#charts = charts;
    if (!smaller || !whole) return;
    this.#training.abort();
    this.#report = report;
    setText(this.#refusal, "");
    try {
      const models = await openModels();
      const dims = [...smaller.order.slice(0, kept)].sort((a, b) => a - b);
      const network = models.keeping(
        whole,
        Uint32Array.from(dims),
        Float32Array.from(smaller.means),
      );
      this.#made = { dims, whole, network, trained: [] };
    } catch (error) {
      this.#made = undefined;
      this.#refuse(error);
    }
    this.#show();
    this.element.scrollIntoView({ block: "nearest" });
  }

  #show(): void {
    const made = this.#made;
    this.element.hidden = !made && !this.#refusal.textContent;
    for (const part of [this.#words, this.#rebuilt, this.#further, this.#home]) part.hidden = !made;
    this.#busy(false);
    if (!made || !this.#report) return;
    this.#further.hidden = !this.host.made.trains();
    setText(this.#words, describe(made, this.#report));
    this.#rebuilt.replaceChildren(this.#pictures(made, this.#report));
  }

  /** Some images, and what each network makes of them. */
  #pictures({ dims, whole, network, since }: Made, report: Partial<Report>): HTMLElement {
    const images = sampled(report).slice(0, SHOWN);
    const charts = this.#charts;
    if (!charts || !images.length) return h("div");
    const by = (one: Network, kept: number[] | undefined) => {
      const own = another(charts);
      // Of a network whose layers are not all dense the charts that are here may know nothing.
      if (!own.network(one)) return undefined;
      return images.map(({ latents }) =>
        own.reconstruct(kept ? Float32Array.from(kept, (dim) => latents[dim]!) : latents),
      );
    };
    const all = images[0]!.latents.length;
    const rows: [string, (Float32Array | undefined)[] | undefined][] = [
      [this.host.say("Images"), images.map(({ pixels }) => pixels)],
      [`All ${integer(all)}`, by(whole, undefined)],
    ];
    // Training on changes the encoder as well, whose latents the page does not know.
    rows.push([`${integer(dims.length)} kept`, since ?? by(network, dims)]);
    return h(
      "table",
      {},
      ...rows.flatMap(([name, pictures]) =>
        pictures
          ? [
              h(
                "tr",
                {},
                h("th", { scope: "row" }, name),
                ...pictures.map((values, at) =>
                  h("td", {}, this.#painted(values, this.host.say(`${name}, image ${at + 1}`))),
                ),
              ),
            ]
          : [],
      ),
    );
  }

  #painted(values: Float32Array | undefined, name: string): HTMLCanvasElement {
    const canvas = h("canvas", { role: "img", "aria-label": name });
    this.host.paint(canvas, values);
    return canvas;
  }

  async #trainOn(): Promise<void> {
    const made = this.#made;
    const epochs = Number(this.#epochs.value);
    if (!made) return;
    if (!Number.isInteger(epochs) || epochs < 1 || epochs > 2000) {
      return this.#refuse("Epochs must be a whole number from 1 to 2,000.");
    }
    setText(this.#refusal, "");
    const { signal } = (this.#training = new AbortController());
    this.#busy(true);
    try {
      const trained = await unlessAborted(
        this.host.made.trainOn(made.network, made.dims.length, epochs, signal, (share) => {
          if (!signal.aborted) this.#progress.value = share;
        }),
        signal,
      );
      if (this.#made === made) {
        const losses = [...made.trained, ...trained.losses];
        const { samples } = trained;
        const since = samples?.labels.map((_, row) => rowOf(samples.reconstructions, row));
        this.#made = { ...made, network: trained.network, trained: losses, since };
        this.#show();
      }
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
    if (!signal.aborted || this.#training.signal === signal) this.#busy(false);
  }

  #busy(busy: boolean): void {
    this.#train.hidden = busy;
    this.#cancel.hidden = this.#progress.hidden = !busy;
    this.#progress.removeAttribute("value");
  }

  async #save(format: SaveFormat): Promise<void> {
    const made = this.#made;
    if (!made) return;
    try {
      const scaling = this.#report?.data?.scaling ?? undefined;
      const bytes = (await openModels()).save(format, made.network, scaling);
      save(new Blob([bytes]), `latent-lens-${made.dims.length}-dimensions.${FORMATS[format][1]}`);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #explain(): void {
    const made = this.#made;
    if (!made) return;
    const name = `${made.dims.length} of ${this.#report?.smaller?.order.length ?? 0} dimensions`;
    const source = { files: [name], format: "made here", notes: [note(made)] };
    if (!this.host.made.explain(described(source, made.network, false))) {
      this.#refuse("Another network can be explained once the run has ended.");
    }
  }

  #refuse(error: unknown): void {
    const words =
      typeof error === "string" ? error : Failure.from(error as Error, "engine-error").message;
    setText(this.#refusal, words);
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}

function named(dims: number[]): string {
  return list(dims.map((dim) => integer(dim + 1)));
}

function note({ dims, trained }: Made): string {
  const on = trained.length ? `, and then trained on for ${count(trained.length, "epoch")}` : "";
  return `Made here of another network: its dimensions ${named(dims)} are kept, the others held at their means${on}.`;
}

/** How many weights and biases a network has. */
function parameters({ encoder, decoder }: Network): number {
  const of = (layer: Network["encoder"][number]) =>
    layer.black_box
      ? 0
      : layer.kind === undefined
        ? layer.weight.data.length + layer.bias.length
        : layer.weights.reduce((sum, { data }) => sum + data.length, 0);
  return [...encoder, ...decoder].reduce((sum, layer) => sum + of(layer), 0);
}

/** What has become of it, in words. */
function describe(made: Made, { smaller }: Partial<Report>): string {
  const { dims, whole, network, trained } = made;
  const told = (loss: number | undefined) => significant(loss ?? 0, 3);
  const kept = dims.length;
  const sentences = [
    `The network of ${count(kept, "dimension")} (${named(dims)} of the whole one, numbered anew from 1) has ${integer(parameters(network))} weights and biases instead of ${integer(parameters(whole))}. Its reconstructions are those of the whole network whose other dimensions never move.`,
    smaller &&
      `Its loss is ${told(smaller.loss[kept])}, that of the whole one ${told(smaller.loss.at(-1))}.`,
    trained.length > 0 &&
      `Trained on for ${count(trained.length, "epoch")}, it comes to ${told(trained.at(-1))} on all held-out images, and the images below are as it makes them since.`,
  ];
  return sentences.filter(Boolean).join(" ");
}
