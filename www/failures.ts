/** Everything that can go wrong, each said in a sentence that ends with what to do next. */

/** What can go wrong in a worker. */
export type EngineFailure =
  "engine-file" | "no-adapter" | "device-lost" | "out-of-memory" | "crash" | "engine-error";

export type FailureKind =
  | EngineFailure
  | "no-wasm"
  | "page-file"
  | "own-images"
  | "refused"
  | "not-downloaded"
  | "data-missing"
  | "data-unreadable"
  | "unreachable";

const SENTENCES: Record<FailureKind, (detail: string) => string> = {
  "no-wasm": () =>
    "This browser cannot run WebAssembly, which the calculations need: open the page in a current Firefox, Chrome, Edge or Safari.",
  "page-file": (detail) =>
    `A part of this page could not be loaded (${detail}): check the connection, then try again.`,
  "engine-file": (detail) =>
    `The engine could not be loaded or is not understood by this browser (${detail}): check the connection and that the browser is up to date, then try again.`,
  "no-adapter": (detail) =>
    `The WebGPU engine found no graphics adapter (${detail}): use the CPU engine, or switch WebGPU on in the browser and try again.`,
  "device-lost": (detail) =>
    `The graphics card stopped answering (${detail}): run again, or use the CPU engine.`,
  "out-of-memory": () =>
    "The browser ran out of memory: choose fewer classes, latent dimensions, hidden units or filters, then run again.",
  crash: (detail) =>
    `The engine stopped unexpectedly (${detail}): run again, and choose fewer classes or latent dimensions if it stops again.`,
  "engine-error": (detail) =>
    `The engine could not go on (${detail}): change the settings it names, or run again.`,
  "own-images": () =>
    "This address was made with images of somebody’s own, which were not sent along: choose the same files under Images, or the paper’s there.",
  refused: (detail) => `What the page around gives cannot be used. ${detail}.`,
  "not-downloaded": (detail) =>
    `The images of ${detail} are not on this machine yet: download them, or choose others under Images.`,
  "data-missing": (detail) =>
    `Images are missing on the server (${detail}): choose other classes, or try again later.`,
  "data-unreadable": (detail) =>
    `Images arrived damaged (${detail}): try again, or choose other classes.`,
  unreachable: (detail) =>
    `The images could not be fetched (${detail}): check the network connection, then try again.`,
};

export class Failure extends Error {
  /** What exactly went wrong, in the words of whoever found out. */
  readonly detail: string;

  constructor(
    readonly kind: FailureKind,
    detail = "",
    /** Where more is known than the kind. */
    sentence?: string,
  ) {
    // It may be a sentence of its own, but stands within another one here.
    const words = detail.replace(/\.$/, "");
    super(sentence ?? SENTENCES[kind](words));
    this.name = "Failure";
    this.detail = words;
  }

  /** Whether the same may succeed when it is tried again. */
  get passing(): boolean {
    return this.kind !== "no-wasm";
  }

  /** Whether choosing the other engine is a way out. */
  get cpuHelps(): boolean {
    return this.kind === "no-adapter" || this.kind === "device-lost";
  }

  static from(error: unknown, kind: FailureKind): Failure {
    if (error instanceof Failure) return error;
    return new Failure(kind, error instanceof Error ? error.message : String(error));
  }
}
