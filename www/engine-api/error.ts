/** What can go wrong, for programs by its kind and for people in a sentence. */
import type { Failure } from "../failures";

/**
 * - `refused`: the images or settings cannot be used; the message says which and what would be right
 * - `engine-file`: the engine's files could not be loaded
 * - `no-adapter`: the WebGPU engine was asked for and there is no graphics adapter
 * - `device-lost`: the graphics card stopped answering
 * - `out-of-memory`: the images and network do not fit
 * - `crash`: the engine stopped unexpectedly
 * - `closed`: the lens was closed
 */
export type LensErrorKind =
  "refused" | "engine-file" | "no-adapter" | "device-lost" | "out-of-memory" | "crash" | "closed";

/** Every error of this package but those of a signal, which are the signal's own reason. */
export class LensError extends Error {
  constructor(
    readonly kind: LensErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "LensError";
  }

  /** What the engine refuses it says in a sentence of its own. */
  static from(failure: Failure): LensError {
    const { kind, detail, message } = failure;
    const isSentence = kind === "engine-error" || kind === "refused";
    if (isSentence) return new LensError("refused", `${detail}.`, { cause: failure });
    return new LensError(kind as LensErrorKind, message, { cause: failure });
  }
}

/** Why images or settings cannot be used, in a sentence. */
export function refusal(message: string, cause?: unknown): LensError {
  return new LensError("refused", message, cause === undefined ? undefined : { cause });
}
