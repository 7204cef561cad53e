/**
 * An ONNX graph that is run as it is: opened and tried in a worker of its own, shown with what was chosen of it, and
 * divided otherwise where somebody wants that.
 */
import { h, passFocus, setText } from "../dom";
import { counts } from "../data/counts";
import { free } from "../engine/workers";
import { estimate } from "../graph/estimate";
import type { Asked, Choice, Description, Tensor, Tried } from "../graph/messages";
import { networkOf } from "../graph/network";
import { GraphOpener } from "../graph/opener";
import { numbersOf, steps } from "../network";
import type { ImageShape } from "../report";
import type { NamedFile } from "./package";
import type { Brought, Takeable } from "./panel";

/** Tensors that one chooses from, at most. */
const MOST = 200;

/** A file with what was found out about it. */
interface Opened {
  file: NamedFile;
  opener: GraphOpener;
  description: Description;
  /** Why our own layers do not read it. */
  why: string;
  choice: Choice;
  /** Where it can be divided. */
  cuts: Tensor[];
  tried?: Tried;
}

export interface Listener {
  /** It is to be explained, divided as was chosen. */
  chosen(choice: Choice): void;
}

const PARTS: Record<string, string> = {
  whole: "an autoencoder: images in, reconstructions out",
  encoder: "an encoder: images in, latents out",
};

const PLANES: Record<string, string> = {
  cell: "every cell of every channel",
  channel: "every channel, as the mean of its cells",
};

export class GraphCard {
  readonly #status = h("p", { class: "note", role: "status" });
  readonly #about = h("p");
  readonly #time = h("p", { class: "time" });
  readonly #input = this.#select("What takes the images");
  readonly #output = this.#select("What it gives");
  readonly #part = this.#select("What it is");
  readonly #latents = this.#select("Latents");
  readonly #planes = this.#select("A dimension is");
  readonly #submit = h("button", { type: "submit", class: "button" }, "Explain it with these");
  readonly #form = h(
    "form",
    {
      class: "question graph",
      "aria-label": "ONNX graph",
      onsubmit: (event) => {
        event.preventDefault();
        this.listener.chosen(this.#answer());
      },
    },
    this.#about,
    ...[this.#input, this.#output, this.#part, this.#latents, this.#planes].map(
      ({ label }) => label,
    ),
    this.#time,
    this.#submit,
  );
  readonly element = h("div", { class: "graph-card" }, this.#status, this.#form);
  #opened: Opened | undefined;
  #takeable: Takeable | undefined;

  /** `after` has the keyboard's focus once it is gone. */
  constructor(
    readonly listener: Listener,
    readonly after: HTMLElement,
    readonly opener = () => new GraphOpener(),
  ) {
    this.#form.hidden = true;
    this.#part.select.addEventListener("change", () => this.#follow());
  }

  /**
   * Opens a file that our own layers do not read, as `why` says, and divides it: as was chosen, or as is usual.
   * Rejects with a sentence, or the signal's reason.
   */
  async open(file: NamedFile, why: string, choice: Choice, signal: AbortSignal): Promise<Brought> {
    try {
      if (this.#opened?.file.bytes !== file.bytes) {
        this.close();
        setText(this.#status, "Fetching what runs ONNX graphs of any operations …");
        const opener = this.opener();
        const loaded = () => setText(this.#status, `Reading ${file.name} …`);
        try {
          const description = await opener.open(file.bytes, loaded, signal);
          const { proposal, cuts } = description;
          this.#opened = { file, opener, description, why, choice: proposal, cuts };
        } catch (error) {
          opener.close();
          throw error;
        }
      }
      setText(this.#status, `Trying ${file.name} on a few images …`);
      return await this.#divide({ ...this.#opened!.choice, ...choice }, signal);
    } catch (error) {
      // A worker that was ended is of no more use.
      this.close();
      throw error;
    } finally {
      setText(this.#status, "");
    }
  }

  /** Another model takes its place. */
  close(): void {
    this.#opened?.opener.close();
    this.#opened = undefined;
    passFocus(this.#form, this.after);
    this.#form.hidden = true;
  }

  /** Follows the images and the settings, by which it is known how long it will take. */
  show(takeable: Takeable, running: boolean): void {
    this.#takeable = takeable;
    this.#submit.disabled = running;
    this.#say();
  }

  async #divide(choice: Choice, signal: AbortSignal): Promise<Brought> {
    const opened = this.#opened!;
    const { file, opener, description, why } = opened;
    const image = this.#image(description, choice);
    const asked: Asked = { image, choice };
    const cuts = await opener.cuts(asked, signal);
    let tried = await opener.try(asked, signal);
    const notes = [...description.notes];
    if (tried.waits) {
      // What goes round the latents would have to be kept of every image in every worker.
      asked.choice = { ...choice, part: "encoder", latents: latentsOf(choice, cuts) };
      tried = await opener.try(asked, signal);
      notes.push(
        "Connections go round its latents, as in a U-Net: its encoder is explained here, and the whole in the terminal.",
      );
    }
    const network = networkOf(
      new Blob([file.bytes as BlobPart]),
      asked.choice,
      tried,
      image ?? of(tried),
    );
    Object.assign(opened, { choice: asked.choice, cuts, tried });
    notes.push(...tried.notes.filter((note) => !notes.includes(note)));
    notes.push(
      "What needs the layers of a network is left out: smaller networks, second opinions, other formats, and what the decoder makes of latents that one moves.",
    );
    const { format } = description;
    this.#fill();
    const found = this.#say();
    const named = (half: string) => (step: ReturnType<typeof steps>[number]) => ({
      name: half,
      ...step,
    });
    return {
      name: file.name,
      network,
      source: {
        files: [file.name],
        format,
        notes: [
          `${file.name} is run as it is, which takes longer than layers of our own do: ${why}`,
          ...notes,
        ],
      } as Brought["source"],
      description: {
        format,
        layers: [
          ...steps(network.input, network.encoder).map(named("encoder")),
          ...(tried.decoder ? steps(network.latent, network.decoder).map(named("decoder")) : []),
        ],
        encoder_layers: 1,
        notes,
      },
      ...(found?.is_long && { waits: true }),
    };
  }

  /** The shape of the images that are open, unless the file tells of others: then the run will say so. */
  #image(description: Description, choice: Choice): ImageShape | undefined {
    const image = this.#takeable?.open?.image;
    const { inputs } = description;
    const input = inputs.find(({ name }) => name === choice.input) ?? inputs[0];
    if (!image || !input || input.elements === null) return image;
    return input.elements === image.height * image.width * image.channels ? image : undefined;
  }

  #fill(): void {
    const { description, choice, cuts, why, file } = this.#opened!;
    const { inputs, outputs, format } = description;
    setText(
      this.#about,
      `${file.name} (${format}) is run as it is: ${why} It stays on this machine. This is how it was understood; choose otherwise where that is wrong.`,
    );
    this.#input.fill(inputs.map(optionOf), choice.input);
    this.#output.fill(outputs.map(optionOf), choice.output);
    this.#part.fill(Object.entries(PARTS), choice.part);
    this.#latents.fill(cuts.slice(0, MOST).map(optionOf), choice.latents ?? choice.output);
    this.#planes.fill(Object.entries(PLANES), choice.planes ?? "cell");
    this.#form.hidden = false;
    this.#follow();
  }

  /** What has no bearing is not shown. */
  #follow(): void {
    const { tried, description } = this.#opened!;
    const output = tried?.encoder?.output;
    const is_encoder = this.#part.select.value === "encoder";
    this.#input.label.hidden = description.inputs.length < 2;
    this.#output.label.hidden = description.outputs.length < 2;
    this.#planes.label.hidden =
      !is_encoder || !(output && ("planes" in output || this.#by_channel));
  }

  get #by_channel(): boolean {
    return this.#opened?.choice.planes === "channel";
  }

  /** Says what the run will take, once that is known. */
  #say() {
    const { tried } = this.#opened ?? {};
    const { open, settings, image } = this.#takeable ?? {};
    if (!tried?.encoder || !open || !settings || !image) return undefined;
    const chosen = open.classes.filter(({ label }) => settings.classes.includes(label));
    const { explained } = counts(chosen, open.unlabelled, settings, false);
    const found = estimate(tried, {
      settings,
      image: open.image,
      images: explained,
      dims: numbersOf(tried.encoder.output),
      workers: free(navigator.hardwareConcurrency || 1),
    });
    setText(this.#time, found.sentence);
    return found;
  }

  #answer(): Choice {
    const part = this.#part.select.value as NonNullable<Choice["part"]>;
    return {
      input: this.#input.select.value || null,
      output: this.#output.select.value || null,
      part,
      latents: this.#latents.select.value || null,
      planes: part === "encoder" && this.#planes.select.value === "channel" ? "channel" : "cell",
    };
  }

  #select(title: string) {
    const select = h("select");
    const label = h("label", {}, `${title} `, select);
    const fill = (options: [value: string, words: string][], chosen: string | null | undefined) => {
      const all =
        chosen && !options.some(([value]) => value === chosen)
          ? [[chosen, chosen] as [string, string], ...options]
          : options;
      select.replaceChildren(
        ...all.map(([value, words]) => h("option", { value, selected: value === chosen }, words)),
      );
    };
    return { select, label, fill };
  }
}

/** A tensor by its name, with its shape: "z, 12", "maps, 8 × 7 × 7". */
function optionOf({ name, shape }: Tensor): [value: string, words: string] {
  const axes = shape.slice(1).map((length) => length ?? "?");
  return [name, [name, ...(axes.length ? [axes.join(" × ")] : [])].join(", ")];
}

function latentsOf({ latents }: Choice, cuts: Tensor[]): string | null {
  return latents ?? cuts.at(-1)?.name ?? null;
}

/** What an encoder takes, as an image. */
function of({ encoder }: Tried): ImageShape {
  const input = encoder?.input;
  if (input && "image" in input) return input.image;
  return { height: 1, width: input ? numbersOf(input) : 0, channels: 1 };
}
