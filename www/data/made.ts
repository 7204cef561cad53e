/** Data of known truth, made here from a seed: nothing is fetched for them but the readers. */
import "../shared";
import { Failure } from "../failures";
import type { ClassImages } from "../engine/messages";
import type { PixelKind } from "../parts/shading";
import type { ImageShape, ImageSource } from "../report";
import { type Credit, type DataClass, Dataset } from "./dataset";
import type { MadeData, Normalise } from "./messages";
import { Reader, ReadRefusal } from "./reader";
import type { Scale } from "./scale";
import { Stored } from "./stored";

/** What all are made from, whatever the seed of a run. */
const SEED = 1;

export class Made extends Dataset {
  readonly image: ImageShape;
  readonly classes: DataClass[];
  readonly credit: Credit;
  readonly scale: Scale;
  override readonly pixels: PixelKind;
  override readonly scaled: ((normalise: Normalise) => Promise<Dataset>) | undefined;

  private constructor(
    readonly key: string,
    readonly data: MadeData,
  ) {
    super();
    const { height, width, channels, classes, columns, title, about, range } = data;
    this.image = { height, width, channels };
    this.classes = classes.map(({ label, name, count }) => ({ label, name, count }));
    this.credit = { name: title, source: about.at(-1)!.replace(/\.$/, "") };
    const normalise = columns ? "keep" : "divide-by-255";
    this.scale = { normalise, proposed: normalise, range, chosen: false };
    this.pixels = columns ? "quantity" : "light";
    this.scaled = columns
      ? undefined
      : (wanted) => Promise.resolve(wanted === "keep" ? new Stored(this) : this);
  }

  /** Those of this name. */
  static async make(name: string, signal?: AbortSignal): Promise<Made> {
    const reader = new Reader(signal);
    try {
      return new Made(name, await reader.make(name, SEED));
    } catch (error) {
      if (error instanceof ReadRefusal) throw Failure.from(error, "data-unreadable");
      throw error;
    } finally {
      reader.close();
    }
  }

  override get source(): ImageSource {
    const { columns, handling, title } = this.data;
    return {
      name: title,
      handling,
      made: this.key,
      ...(columns && { columns, form: "signal" }),
    };
  }

  images(labels: number[]): Promise<ClassImages[]> {
    return Promise.all(
      labels.map((label) => {
        const found = this.data.classes.find((each) => each.label === label);
        if (!found) throw new Failure("data-missing", `no class ${label}`);
        // The engine is handed what it gets.
        return Promise.resolve({ label, name: found.name, bytes: found.file.slice() });
      }),
    );
  }
}
