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
import { count, integer } from "../format";
import { type Network, numbersOf, shapeText, steps } from "../network";
import type { ImageShape } from "../report";
import type { Of } from "./latents";
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
  /** Of a decoder alone. */
  latents?: GivenLatents | undefined;
}

/** Latents that were brought for a decoder alone, and for which images. */
export interface GivenLatents {
  files: NamedFile[];
  of: Of;
}

export interface Listener {
  /** It is to be explained, divided as was chosen; of a decoder alone, with latents. */
  chosen(file: NamedFile, choice: Choice, latents: GivenLatents | undefined): void;
  /** These files are to be the latents of a decoder. */
  given(files: NamedFile[]): void;
  refused(error: unknown): void;
}

/** How a file is opened that was opened before, or that somebody has said something of. */
export interface How {
  /** None: as is usual. */
  choice: Choice | undefined;
  latents: GivenLatents | undefined;
  /** The images may be other ones by now, which the run will say. */
  again: boolean;
}

/** Said of every graph. */
const LOST =
  "What needs the layers of a network is left out: smaller networks, second opinions, other formats, and what the decoder makes of latents that one moves.";

const NO_LATENTS =
  "It is a decoder alone: choose a file with the latents of the images that are open, a row for each, as NPY, CSV, RData or rds.";

const PARTS: Record<string, string> = {
  whole: "an autoencoder: images to images",
  encoder: "an encoder: images to latents",
  decoder: "a decoder: latents to images",
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
  readonly #given = h("input", { type: "file", "aria-label": "Latents of the images: a file" });
  readonly #givenName = h("span", { class: "note", role: "status" });
  readonly #givenPlace = h(
    "div",
    { class: "downloads" },
    h("label", { class: "button picker" }, this.#given, "Choose its latents"),
    this.#givenName,
  );
  readonly #submit = h("button", { type: "submit", class: "button" }, "Explain it with these");
  readonly #form = h(
    "form",
    {
      class: "question graph",
      "aria-label": "ONNX graph",
      onsubmit: (event) => {
        event.preventDefault();
        this.#choose(this.#opened?.latents);
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
    this.#givenPlace,
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
    this.#given.addEventListener("change", () => {
      const files = [...(this.#given.files ?? [])].map(async (file) => {
        return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
      });
      this.#given.value = "";
      Promise.all(files).then(
        (files) => this.listener.given(files),
        (error: unknown) => this.listener.refused(error),
      );
    });
  }

  /** Whether it is a decoder alone, to which latents can be brought. */
  get isDecoder(): boolean {
    return !this.#form.hidden && this.#part.select.value === "decoder";
  }

  /** Has the decoder explained with these latents. */
  take(latents: GivenLatents): void {
    this.#choose(latents);
  }

  #choose(latents: GivenLatents | undefined): void {
    if (!this.#opened) return;
    const choice = this.#answer();
    if (choice.part === "decoder" && !latents) return this.listener.refused(new Error(NO_LATENTS));
    this.listener.chosen(
      this.#opened.file,
      choice,
      choice.part === "decoder" ? latents : undefined,
    );
  }

  /**
   * Opens a file that our own layers do not cover, as `why` says, and divides it. Undefined where that is a decoder
   * alone without latents, which the form then asks for. Rejects with a sentence, or the signal's reason.
   */
  async open(
    file: NamedFile,
    why: string,
    how: How,
    signal: AbortSignal,
  ): Promise<Brought | undefined> {
    try {
      const opened = (this.#opened =
        this.#opened?.file.bytes === file.bytes && this.#opened.opener.usable
          ? this.#opened
          : await this.#read(file, why, signal));
      setText(this.#status, `Trying ${file.name} on a few images …`);
      opened.latents = how.latents;
      const choice = { ...opened.choice, ...how.choice };
      try {
        return await this.#divide(opened, choice, how, signal);
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

  /** Where something was chosen, it is to be explained whatever time that takes. */
  async #divide(
    opened: Opened,
    choice: Choice,
    how: How,
    signal: AbortSignal,
  ): Promise<Brought | undefined> {
    const { file, opener, description, why } = opened;
    const image = this.#image(description, choice);
    const asked: Asked = { image, choice };
    const cuts = await opener.cuts(asked, signal);
    const tried = await opener.try(asked, signal);
    const network = networkOf(
      new Blob([file.bytes as BlobPart]),
      choice,
      tried,
      image ?? of(tried),
    );
    this.#fill(Object.assign(opened, { choice, cuts, tried }));
    if (!tried.encoder && !how.latents) return undefined;
    const given = how.latents && (await this.#readLatents(how.latents, network, how.again, signal));
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
          ...(given?.source.notes ?? []),
        ],
      },
      description: {
        format,
        layers: layers(network, choice, tried),
        encoder_layers: tried.encoder ? 1 : 0,
        notes,
      },
      takes,
      ...(given && { latents: given.latents }),
      ...(found?.is_long && !how.choice && { waits: true }),
    };
  }

  async #readLatents(
    { files, of }: GivenLatents,
    network: Network,
    again: boolean,
    signal: AbortSignal,
  ): Promise<Brought> {
    const { readLatents } = await import("./latents");
    const open = again ? undefined : this.#takeable?.open;
    const brought = await readLatents(files, of, open, signal);
    const [given, taken] = [brought.network, network].map(({ latent }) => numbersOf(latent!));
    if (given === taken) return brought;
    throw new Error(
      `The latents in ${brought.name} have ${count(given!, "column")}, and the decoder takes ${integer(taken!)}: choose those of this model.`,
    );
  }

  /** The shape of the images that are open, unless the file tells of others: then the run will say so. */
  #image(description: Description, choice: Choice): ImageShape | undefined {
    const image = this.#takeable?.open?.image;
    // What a decoder takes are latents.
    if (choice.part === "decoder") return image;
    const { inputs } = description;
    const input = inputs.find(({ name }) => name === choice.input) ?? inputs[0];
    if (!image || !input || input.elements === null) return image;
    return input.elements === image.height * image.width * image.channels ? image : undefined;
  }

  #fill({ description, choice, cuts, tried, why, file, latents: given }: Opened): void {
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
    setText(this.#givenName, given ? given.files.map(({ name }) => name).join(", ") : NO_LATENTS);
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
    this.#latents.label.hidden = this.isDecoder;
    this.#givenPlace.hidden = !this.isDecoder;
    this.#planes.label.hidden =
      this.#part.select.value !== "encoder" || latents?.shape.length !== 4;
  }

  /** Says what the run will take, once that is known. */
  #say(): Estimate | undefined {
    const { tried } = this.#opened ?? {};
    const { open, settings } = this.#takeable ?? {};
    let found: Estimate | undefined;
    if (tried && open && settings) {
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
    const dims = numbersOf((tried.encoder?.output ?? tried.decoder?.input)!);
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
      latents: (part !== "decoder" && this.#latents.select.value) || null,
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
  const end = (tried.encoder ? latents : input) ?? output;
  return [
    ...(tried.encoder ? steps(network.input, network.encoder).map(between(input, end)) : []),
    ...(tried.decoder ? steps(network.latent, network.decoder).map(between(end, output)) : []),
  ];
}

/** What an encoder takes, or a decoder alone gives, as an image. */
function of({ encoder, decoder }: Tried): ImageShape {
  const end = encoder?.input ?? decoder?.output;
  if (end && "image" in end) return end.image;
  return { height: 1, width: end ? numbersOf(end) : 0, channels: 1 };
}
