/** Images that were read from files, kept as one IDX file per class and role. */
import { Failure } from "../failures";
import type { ClassImages, Role } from "../engine/messages";
import { count, integer } from "../format";
import type { PixelKind } from "../parts/shading";
import type { ImageShape, ImageSource } from "../report";
import { type Credit, type DataClass, Dataset } from "./dataset";
import { first as firstOf } from "./idx";
import type { DataOptions, DataOrigin, DataPreview, Normalise } from "./messages";
import type { Reader } from "./reader";
import type { Scale } from "./scale";

/** Images of a class, or of none, that have a role; the browser may keep them outside its memory. */
interface Part {
  label: number;
  role?: Role;
  file: Blob;
  origin: DataOrigin;
}

/** What is known of images beside themselves. */
export interface About {
  credit: Credit;
  /** The files that were brought, by their names. */
  files: string[];
  /** How they were to be read. */
  options?: DataOptions;
  /** What people call the classes that the files only number. */
  names?: Record<string, string>;
  /** What a value stands for, where the files do not tell. */
  pixels?: PixelKind;
  /** Whether a person chose how values are scaled. */
  chosen?: boolean;
  /** Reads the files again, with their values scaled in another way. */
  again?: (normalise: Normalise) => Promise<Dataset>;
}

export class Brought extends Dataset {
  private constructor(
    readonly image: ImageShape,
    readonly classes: DataClass[],
    readonly credit: Credit,
    readonly scale: Scale,
    readonly told: ImageSource,
    override readonly pixels: PixelKind,
    override readonly unlabelled: number,
    override readonly scaled: About["again"],
    readonly parts: Part[],
  ) {
    super();
  }

  /** Takes over what `reader` has read; the reader is then free for other files. */
  static async from(reader: Reader, preview: DataPreview, about: About): Promise<Brought> {
    const { height, width, channels, classes, roles, normalise, proposed, range } = preview;
    const { credit, files, options = {}, names = {}, chosen = false, again } = about;
    const { pixels = pixelsOf(preview) } = about;
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
      const file = await reader.images(part.label, part.role);
      parts.push({ ...part, file, origin: await reader.origin(part.label, part.role) });
    }
    const named = classes.map(({ label, name, count, explained }) => ({
      label,
      name: names[name] ?? name,
      count,
      ...(roles.chosen !== "joined" && { explained }),
    }));
    const unlabelled = roles.unlabelled ? roles.training : 0;
    const { columns } = preview;
    const source: ImageSource = {
      name: credit.name,
      files,
      handling: [...preview.handling, ...sides(preview)],
      reading: JSON.stringify(options),
      ...(columns && { columns }),
      form: preview.form,
      ...(preview.scaling && { scaling: preview.scaling }),
    };
    const scale: Scale = { normalise, proposed, range, chosen };
    return new Brought(
      { height, width, channels },
      named,
      credit,
      scale,
      source,
      pixels,
      unlabelled,
      again,
      parts,
    );
  }

  override get source(): ImageSource {
    return this.told;
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
      parts.map(async ({ label, role, file, origin }) => {
        try {
          const wanted = first === undefined ? file : await firstOf(file, first);
          const bytes = new Uint8Array(await wanted.arrayBuffer());
          const name = role === "unlabelled" ? "" : this.name(label);
          // Of a few of the images it does not matter.
          const from = first === undefined ? origin : {};
          return { label, name, bytes, ...(role && { role }), ...from };
        } catch (error) {
          throw Failure.from(error, "out-of-memory");
        }
      }),
    );
  }
}

/** What the values of images stand for, as far as their files tell. */
export function pixelsOf({ format, columns, form }: DataPreview): PixelKind {
  return columns || form !== "image" || format === "recordings" ? "quantity" : "light";
}

function sides({ roles }: DataPreview): string[] {
  const { chosen, training, explained } = roles;
  if (chosen === "joined") return [];
  return [`The training set has ${count(training, "image")}, the test set ${integer(explained)}.`];
}
