/** Images that were read from files, kept as one IDX file per class. */
import { Failure } from "../failures";
import type { ClassImages } from "../engine/messages";
import type { ImageShape } from "../report";
import { type Credit, type DataClass, Dataset } from "./dataset";
import { first as firstOf } from "./idx";
import type { DataPreview } from "./messages";
import type { Reader } from "./reader";

export class Brought extends Dataset {
  private constructor(
    readonly image: ImageShape,
    readonly classes: DataClass[],
    readonly credit: Credit,
    /** By label; the browser may keep them outside its memory. */
    readonly files: Map<number, Blob>,
  ) {
    super();
  }

  /** Takes over what `reader` has read; the reader is then free for other files. */
  static async from(
    reader: Reader,
    { height, width, classes }: DataPreview,
    credit: Credit,
    names: Record<string, string> = {},
  ): Promise<Brought> {
    const files = new Map<number, Blob>();
    for (const { label } of classes) files.set(label, await reader.images(label));
    const named = classes.map((each) => ({ ...each, name: names[each.name] ?? each.name }));
    return new Brought({ height, width }, named, credit, files);
  }

  images(labels: number[], first?: number): Promise<ClassImages[]> {
    return Promise.all(
      labels.map(async (label) => {
        const file = this.files.get(label);
        if (!file) throw new Failure("data-missing", `no class ${label}`);
        try {
          const wanted = first === undefined ? file : await firstOf(file, first);
          const bytes = new Uint8Array(await wanted.arrayBuffer());
          return { label, name: this.name(label), bytes };
        } catch (error) {
          throw Failure.from(error, "out-of-memory");
        }
      }),
    );
  }
}
