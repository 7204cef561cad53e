/** Images beside the element's code: a manifest and one file per class, fetched when it is wanted. */
import { beside } from "../beside";
import { Failure } from "../failures";
import { sizeOf } from "../network";
import { whyNot } from "../reach";
import type { ClassImages } from "../engine/messages";
import type { PixelKind } from "../parts/shading";
import type { ImageShape, ImageSource } from "../report";
import { type Credit, type DataClass, Dataset } from "./dataset";
import type { Scale } from "./scale";
import { Stored } from "./stored";

interface Manifest extends Credit {
  height: number;
  width: number;
  /** 1 where absent. */
  channels?: number;
  /** What a value stands for: ink, unless it says otherwise or there are channels. */
  pixels?: PixelKind;
  /** A class without a name is called by its label. */
  classes: { label: number; name?: string; count: number; file: string }[];
}

export class Shipped extends Dataset {
  readonly image: ImageShape;
  readonly classes: DataClass[];
  override readonly pixels: PixelKind;
  readonly scale: Scale = {
    normalise: "divide-by-255",
    proposed: "divide-by-255",
    range: [0, 255],
    chosen: false,
  };
  readonly #files = new Map<number, Promise<ClassImages>>();

  private constructor(
    readonly credit: Manifest,
    readonly folder: string,
  ) {
    super();
    const { height, width, channels = 1, classes, pixels } = credit;
    this.pixels = pixels ?? (channels === 1 ? "ink" : "light");
    this.image = { height, width, channels };
    this.classes = classes.map(({ label, name, count }) => ({
      label,
      name: name ?? `${label}`,
      count,
    }));
  }

  static async open(name: string): Promise<Shipped> {
    const folder = `data/${encodeURIComponent(name)}/`;
    const response = await load(`${folder}${encodeURIComponent(name)}.json`);
    try {
      return new Shipped((await response.json()) as Manifest, folder);
    } catch (error) {
      throw Failure.from(error, "data-unreadable");
    }
  }

  override get source(): ImageSource {
    const files = this.credit.classes.map(({ file }) => file);
    const handling = ["Bytes from 0 to 255 were divided by 255."];
    return { name: this.credit.name, files, handling };
  }

  override readonly scaled = (normalise: Scale["normalise"]): Promise<Dataset> =>
    Promise.resolve(normalise === "keep" ? new Stored(this) : this);

  images(labels: number[]): Promise<ClassImages[]> {
    return Promise.all(labels.map((label) => this.#images(label)));
  }

  override forget(): void {
    this.#files.clear();
  }

  #images(label: number): Promise<ClassImages> {
    let images = this.#files.get(label);
    if (!images) {
      images = this.#fetch(label);
      this.#files.set(label, images);
      // What failed once may succeed when asked again.
      images.catch(() => this.#files.delete(label));
    }
    return images;
  }

  async #fetch(label: number): Promise<ClassImages> {
    const entry = this.credit.classes.find((found) => found.label === label);
    if (!entry) throw new Failure("data-missing", `no class ${label}`);
    const response = await load(`${this.folder}${entry.file}`);
    try {
      const bytes = new Uint8Array(await response.arrayBuffer());
      this.#check(entry, bytes);
      return { label, name: this.name(label), bytes };
    } catch (error) {
      throw Failure.from(error, "unreachable");
    }
  }

  /** Another class's file would be read without a word: the end of a compressed file tells how long it is unpacked. */
  #check({ file, count }: Manifest["classes"][number], bytes: Uint8Array): void {
    if (bytes[0] !== 0x1f || bytes.length < 8) return;
    const length = new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
    const { channels } = this.image;
    const expected = (channels === 1 ? 16 : 20) + count * sizeOf(this.image);
    if (length === expected) return;
    throw new Failure("data-unreadable", `${file} does not hold ${count} images`);
  }
}

async function load(file: string): Promise<Response> {
  const url = beside(file);
  const name = file.split("/").at(-1);
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    const why = await whyNot(url);
    const sentence = why && `The images could not be fetched: ${why}.`;
    throw new Failure("unreachable", why ?? `no answer for ${name}`, sentence);
  }
  if (!response.ok) throw new Failure("data-missing", `${name}: HTTP status ${response.status}`);
  return response;
}
