/** Images that were read from files, kept as one IDX file per class and role. */
import { Failure } from "../failures";
import type { ClassImages, Role } from "../engine/messages";
import type { ImageShape } from "../report";
import { type Credit, type DataClass, Dataset } from "./dataset";
import { first as firstOf } from "./idx";
import type { DataPreview } from "./messages";
import type { Reader } from "./reader";

/** Images of a class, or of none, that have a role; the browser may keep them outside its memory. */
interface Part {
  label: number;
  role?: Role;
  file: Blob;
}

export class Brought extends Dataset {
  private constructor(
    readonly image: ImageShape,
    readonly classes: DataClass[],
    readonly credit: Credit,
    override readonly unlabelled: number,
    readonly parts: Part[],
  ) {
    super();
  }

  /** Takes over what `reader` has read; the reader is then free for other files. */
  static async from(
    reader: Reader,
    { height, width, classes, roles }: DataPreview,
    credit: Credit,
    names: Record<string, string> = {},
  ): Promise<Brought> {
    const wanted: { label: number; role?: Role }[] = [];
    for (const { label, count, explained } of classes) {
      if (roles.chosen === "joined") wanted.push({ label });
      else {
        if (count > explained) wanted.push({ label, role: "training" });
        if (explained > 0) wanted.push({ label, role: "explained" });
      }
    }
    // They are of no class.
    if (roles.unlabelled) wanted.push({ label: 0, role: "unlabelled" });
    const parts: Part[] = [];
    for (const part of wanted) {
      parts.push({ ...part, file: await reader.images(part.label, part.role) });
    }
    const named = classes.map(({ label, name, count, explained }) => ({
      label,
      name: names[name] ?? name,
      count,
      ...(roles.chosen !== "joined" && { explained }),
    }));
    const unlabelled = roles.unlabelled ? roles.training : 0;
    return new Brought({ height, width }, named, credit, unlabelled, parts);
  }

  images(labels: number[], first?: number): Promise<ClassImages[]> {
    const missing = labels.find((label) => !this.labels.includes(label));
    if (missing !== undefined) throw new Failure("data-missing", `no class ${missing}`);
    const parts = [
      ...labels.flatMap((wanted) =>
        this.parts.filter(({ label, role }) => label === wanted && role !== "unlabelled"),
      ),
      ...this.parts.filter(({ role }) => role === "unlabelled"),
    ];
    return Promise.all(
      parts.map(async ({ label, role, file }) => {
        try {
          const wanted = first === undefined ? file : await firstOf(file, first);
          const bytes = new Uint8Array(await wanted.arrayBuffer());
          const name = role === "unlabelled" ? "" : this.name(label);
          return { label, name, bytes, ...(role && { role }) };
        } catch (error) {
          throw Failure.from(error, "out-of-memory");
        }
      }),
    );
  }
}
