/**
 * Calls the functions of a model, one call after the other, and checks what they give. Every error is a `Failure` of
 * kind `refused` with a sentence that names the function and how many rows it was given.
 */
import { Failure } from "../failures";
import { count as counted, integer } from "../format";
import type { Matrix } from "../report";
import type { HalfName, ModelFunctions, Numbers } from "./messages";

/** As long as a call may take. */
const PATIENCE_MS = 60_000;

/** What a function gives rows of. */
const GIVES = { encode: "latents", decode: "reconstructions" };

export class Functions {
  /** Numbers of a row that each gives, once that is known. */
  readonly widths: Partial<Record<HalfName, number>> = {};
  /** Settles, whatever the end, once no function is at work: not all libraries bear two calls at once. */
  #free: Promise<unknown> = Promise.resolve();

  constructor(
    readonly model: ModelFunctions,
    readonly patience_ms = PATIENCE_MS,
  ) {
    for (const half of ["encode", "decode"] as const) {
      const function_ = model[half];
      if (function_ !== undefined && typeof function_ !== "function") {
        throw refusal(
          `What the model has as ${half} is no function: it should take a Float32Array of rows and their number, and give a Float32Array of ${GIVES[half]}.`,
        );
      }
    }
    if (model.latents) checkLatents(model.latents);
    if (!model.encode === !model.latents) {
      throw refusal(
        model.encode
          ? "The model has both a function encode and latents: give one of them."
          : "The model has a function decode and none that is called encode, so that there is nothing to decode: give encode as well, or the latents of all images as { shape: [images, dimensions], data }.",
      );
    }
  }

  /** What a half gives for so many rows, in an array of its own. The rows are the function's from then on. */
  async call(half: HalfName, rows: Float32Array, count: number): Promise<Float32Array> {
    const function_ = this.model[half]!;
    const called = this.#free.then(() => function_.call(this.model, rows, count));
    this.#free = called.catch(() => {});
    return this.#checked(half, await this.#within(half, called, count), count);
  }

  async #within(half: HalfName, called: Promise<Numbers>, count: number): Promise<Numbers> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seconds = this.patience_ms / 1000;
        const long = seconds === 60 ? "a minute" : `${integer(seconds)} s`;
        reject(
          refusal(
            `The function ${half} has not answered within ${long} for ${rowsText(count)}: its promise is never settled, or it is too slow to be explained here. See that it settles, or give a smaller model.`,
          ),
        );
      }, this.patience_ms);
    });
    const failed = called.catch((error: unknown) => {
      throw refusal(
        `The function ${half} failed when it was given ${rowsText(count)} (${wordsOf(error)}): correct what it says, then run again.`,
        error,
      );
    });
    try {
      return await Promise.race([failed, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #checked(half: HalfName, made: unknown, count: number): Float32Array {
    const numbers = numbersOf(made);
    const given = `The function ${half} was given ${rowsText(count)} and gave`;
    if (!numbers) {
      throw refusal(
        `${given} ${kindOf(made)}: give a Float32Array of one row after the other, or a promise of one, such as the data of a tensor.`,
      );
    }
    const width = (this.widths[half] ??= numbers.length / count);
    if (numbers.length !== width * count || width === 0 || !Number.isInteger(width)) {
      const due = Number.isInteger(width) && width > 0;
      const each = count > 1 ? `, ${integer(width)} for each` : "";
      const expected = due
        ? `instead of ${integer(width * count)}${each}`
        : "which is not as many for each";
      if (!due) delete this.widths[half];
      throw refusal(
        `${given} ${counted(numbers.length, "number")}, ${expected}: give the ${GIVES[half]} of all rows, one row after the other.`,
      );
    }
    const at = numbers.findIndex((number) => !Number.isFinite(number));
    if (at >= 0) {
      const row = integer(Math.floor(at / width) + 1);
      throw refusal(
        `The function ${half} gave ${numbers[at]} for row ${row} of ${integer(count)}: check that images are scaled as those that it was trained on, and that nothing in it divides by zero.`,
      );
    }
    return numbers;
  }
}

/** Throws a `Failure` where it is no matrix of latents. */
export function checkLatents({ shape, data }: Matrix): void {
  const [images, dims] = shape ?? [];
  const known = [images, dims].every((side) => Number.isInteger(side) && side! > 0);
  if (known && data instanceof Float32Array && data.length === images! * dims!) return;
  throw refusal(
    "The latents of a model must be { shape: [images, dimensions], data }, where data is a Float32Array of as many numbers.",
  );
}

/** Why functions cannot be used, in a sentence. */
export function refusal(sentence: string, cause?: unknown): Failure {
  const failure = new Failure("refused", sentence);
  if (cause !== undefined) failure.cause = cause;
  return failure;
}

/** A copy: where the function keeps its array, it may write others into it. */
function numbersOf(made: unknown): Float32Array | undefined {
  if (ArrayBuffer.isView(made) && "length" in made) {
    const isBig = made instanceof BigInt64Array || made instanceof BigUint64Array;
    return isBig ? undefined : Float32Array.from(made as Float32Array);
  }
  const isList = Array.isArray(made) && made.every((each) => typeof each === "number");
  return isList ? Float32Array.from(made) : undefined;
}

/** What something is that are no numbers of rows. */
function kindOf(made: unknown): string {
  if (made === undefined || made === null) return "nothing";
  if (Array.isArray(made)) return "a list of what are no numbers";
  if (typeof made !== "object") return `a ${typeof made}`;
  const name = (made as object).constructor?.name;
  return name && name !== "Object" ? `an object of the class ${name}` : "an object";
}

/** What was thrown, without the full stop that would end a sentence. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message || error.name : String(error);
  return words.replace(/\.$/, "");
}

function rowsText(count: number): string {
  return counted(count, "row");
}
