/**
 * An ONNX graph that is run as it is: opened and tried in a worker of its own, shown with what was chosen of it, and
 * divided otherwise where somebody wants that.
 */
import "../shared";
import { h, passFocus, setText } from "../dom";
import { counts } from "../data/counts";
import { free } from "../engine/workers";
import { type Estimate, estimate, type Work } from "../graph/estimate";
import type { Asked, Choice, Description, Tensor, Tried } from "../graph/messages";
import { networkOf } from "../graph/network";
import { GraphOpener } from "../graph/opener";
import { numbersOf, shapeText, steps } from "../network";
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
  /** Why our own layers do not cover it, without a full stop. */
  why: string;
  choice: Choice;
  /** Where it can be divided. */
  cuts: Tensor[];
  /** What came of it with that choice; nothing where that was refused. */
  tried?: Tried | undefined;
}

export interface Listener {
  /** It is to be explained, divided as was chosen. */
  chosen(file: NamedFile, choice: Choice): void;
}

/** Said of every graph. */
const LOST =
  "What needs the layers of a network is left out: smaller networks, second opinions, other formats, and what the decoder makes of latents that one moves.";

const PARTS: Record<string, string> = {
  whole: "an autoencoder: images to images",
  encoder: "an encoder: images to latents",
};

const PLANES: Record<string, string> = {
  cell: "a cell of a channel",
  channel: "a channel: the mean of its cells",
};

export class GraphCard {
  readonly #status = h("p", { class: "note", role: "status" });
  readonly #about = h("p");
  readonly #time = h("p", { class: "time" });
  readonly #part = this.#select("What it is");
  readonly #input = this.#select("What takes the images");
  readonly #output = this.#select("What it gives");
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
        if (this.#opened) this.listener.chosen(this.#opened.file, this.#answer());
      },
    },
    this.#about,
    h(
      "div",
      { class: "choices" },
      ...[this.#part, this.#latents, this.#planes, this.#input, this.#output].map(
        ({ label }) => label,
      ),
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
    for (const { select } of [this.#part, this.#latents]) {
      select.addEventListener("change", () => this.#follow());
    }
  }

  /**
   * Opens a file that our own layers do not cover, as `why` says, and divides it: as was `chosen`, or as is usual.
   * Rejects with a sentence, or the signal's reason.
   */
  async open(
    file: NamedFile,
    why: string,
    chosen: Choice | undefined,
    signal: AbortSignal,
  ): Promise<Brought> {
    try {
      const opened = (this.#opened =
        this.#opened?.file.bytes === file.bytes && this.#opened.opener.usable
          ? this.#opened
          : await this.#read(file, why, signal));
      setText(this.#status, `Trying ${file.name} on a few images …`);
      const choice = { ...opened.choice, ...chosen };
      try {
        return await this.#divide(opened, choice, chosen !== undefined, signal);
      } catch (error) {
        // What was chosen can be chosen otherwise.
        if (opened.opener.usable && !signal.aborted) {
          this.#fill(Object.assign(opened, { choice, tried: undefined }));
        } else this.close();
        throw error;
      }
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

  async #read(file: NamedFile, why: string, signal: AbortSignal): Promise<Opened> {
    this.close();
    setText(this.#status, "Fetching what runs ONNX graphs of any operations …");
    const opener = this.opener();
    const loaded = () => setText(this.#status, `Reading ${file.name} …`);
    try {
      const description = await opener.open(file.bytes, loaded, signal);
      const { proposal, cuts } = description;
      return { file, opener, description, why, choice: proposal, cuts };
    } catch (error) {
      opener.close();
      throw error;
    }
  }

  /** `isAsked`: it is to be explained whatever time that takes. */
  async #divide(
    opened: Opened,
    choice: Choice,
    isAsked: boolean,
    signal: AbortSignal,
  ): Promise<Brought> {
    const { file, opener, description, why } = opened;
    const image = this.#image(description, choice);
    const asked: Asked = { image, choice };
    const cuts = await opener.cuts(asked, signal);
    const tried = await opener.try(asked, signal);
    if (!tried.encoder) {
      throw new Error(
        "The ONNX graph is a decoder alone, which cannot be explained here without latents: bring the whole model or its encoder, or explain it in the terminal.",
      );
    }
    const network = networkOf(
      new Blob([file.bytes as BlobPart]),
      choice,
      tried,
      image ?? of(tried),
    );
    this.#fill(Object.assign(opened, { choice, cuts, tried }));
    const { format } = description;
    const { proposal } = description;
    const isUsual = proposal.part && same(choice, proposal);
    const notes = [...new Set([...(isUsual ? description.notes : []), ...tried.notes]), LOST];
    const takes = (work: Pick<Work, "settings" | "images">) => this.#estimate(tried, work, image);
    const found = this.#say();
    return {
      name: file.name,
      network,
      source: {
        files: [file.name],
        format,
        notes: [
          `${file.name} is run as it is, which takes longer than layers of our own do: ${why}.`,
          ...notes,
        ],
      },
      description: { format, layers: layers(network, choice, tried), encoder_layers: 1, notes },
      takes,
      ...(found?.is_long && !isAsked && { waits: true }),
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

  #fill({ description, choice, cuts, tried, why, file }: Opened): void {
    const { inputs, outputs, format } = description;
    const problem = why.replace("cannot be run here", "is none of theirs");
    setText(
      this.#about,
      `${file.name} (${format}) is run as it is, on this machine: our own layers, which are faster, do not cover it, as ${problem}. This is how it was understood; choose otherwise where that is wrong.`,
    );
    this.#input.fill(inputs.map(optionOf), choice.input);
    this.#output.fill(outputs.map(optionOf), choice.output);
    this.#part.fill(Object.entries(PARTS), choice.part);
    const latents = choice.latents ?? choice.output ?? cuts.at(-1)?.name;
    const options = cuts.slice(0, MOST).map(optionOf);
    if (latents && !cuts.some(({ name }) => name === latents)) {
      // That of an encoder alone is its end.
      const shape = tried?.encoder && `, ${shapeText(tried.encoder.output)}`;
      options.push([latents, `${latents}${shape ?? ""}`]);
    }
    this.#latents.fill(options, latents);
    this.#planes.fill(Object.entries(PLANES), choice.planes ?? "cell");
    this.#form.hidden = false;
    this.#follow();
    this.#say();
  }

  /** What has no bearing is not shown. */
  #follow(): void {
    const { description, cuts } = this.#opened!;
    this.#input.label.hidden = description.inputs.length < 2;
    this.#output.label.hidden = description.outputs.length < 2;
    const latents = cuts.find(({ name }) => name === this.#latents.select.value);
    this.#planes.label.hidden =
      this.#part.select.value !== "encoder" || latents?.shape.length !== 4;
  }

  /** Says what the run will take, once that is known. */
  #say(): Estimate | undefined {
    const { tried } = this.#opened ?? {};
    const { open, settings } = this.#takeable ?? {};
    let found: Estimate | undefined;
    if (tried?.encoder && open && settings) {
      const chosen = open.classes.filter(({ label }) => settings.classes.includes(label));
      const { explained } = counts(chosen, open.unlabelled, settings, false);
      found = this.#estimate(tried, { settings, images: explained }, open.image);
    }
    setText(this.#time, found?.sentence ?? "");
    this.#time.hidden = !found;
    return found;
  }

  #estimate(
    tried: Tried,
    work: Pick<Work, "settings" | "images">,
    image = this.#takeable?.open?.image ?? of(tried),
  ): Estimate {
    const dims = numbersOf(tried.encoder!.output);
    const workers = free(navigator.hardwareConcurrency || 1);
    return estimate(tried, { ...work, image, dims, workers });
  }

  #answer(): Choice {
    const part = this.#part.select.value as NonNullable<Choice["part"]>;
    const byChannel = !this.#planes.label.hidden && this.#planes.select.value === "channel";
    return {
      input: this.#input.select.value || null,
      output: this.#output.select.value || null,
      part,
      latents: this.#latents.select.value || null,
      planes: byChannel ? "channel" : "cell",
    };
  }

  #select(title: string) {
    const select = h("select");
    const label = h("label", {}, h("span", {}, title), select);
    const fill = (options: [value: string, words: string][], chosen: string | null | undefined) => {
      select.replaceChildren(
        ...options.map(([value, words]) =>
          h("option", { value, selected: value === chosen }, words),
        ),
      );
    };
    return { select, label, fill };
  }
}

function same(one: Choice, other: Choice): boolean {
  const names = ["input", "output", "latents", "planes", "part"] as const;
  return names.every((name) => (one[name] ?? null) === (other[name] ?? null));
}

/** A tensor by its name, with its shape: "z, 12", "maps, 8 × 7 × 7". */
function optionOf({ name, shape }: Tensor): [value: string, words: string] {
  const axes = shape.slice(1).map((length) => length ?? "?");
  return [name, [name, ...(axes.length ? [axes.join(" × ")] : [])].join(", ")];
}

/** Its halves as a list of layers has them, by the tensors between which they lie. */
function layers(network: Brought["network"], { input, output, latents }: Choice, tried: Tried) {
  const between = (from: string | null | undefined, to: string | null | undefined) => {
    return (step: ReturnType<typeof steps>[number]) => ({
      name: [from, to].filter(Boolean).join(" to ") || "graph",
      ...step,
    });
  };
  const end = latents ?? output;
  return [
    ...steps(network.input, network.encoder).map(between(input, end)),
    ...(tried.decoder ? steps(network.latent, network.decoder).map(between(end, output)) : []),
  ];
}

/** What an encoder takes, as an image. */
function of({ encoder }: Tried): ImageShape {
  const input = encoder?.input;
  if (input && "image" in input) return input.image;
  return { height: 1, width: input ? numbersOf(input) : 0, channels: 1 };
}
