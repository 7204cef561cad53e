/** The images: a manifest and one file per class, fetched only when a class is wanted. */
import { Failure } from "./failures";
import type { ClassImages } from "./messages";

export interface Manifest {
  name: string;
  source: string;
  licence: string;
  licence_url?: string;
  height: number;
  width: number;
  /** A class without a name is called by its label. */
  classes: { label: number; name?: string; count: number; file: string }[];
}

export class Dataset {
  readonly #files = new Map<number, Promise<ClassImages>>();

  private constructor(
    readonly manifest: Manifest,
    readonly folder: URL,
  ) {}

  static async open(name: string): Promise<Dataset> {
    const folder = new URL(`data/${encodeURIComponent(name)}/`, import.meta.url);
    const response = await load(new URL(`${encodeURIComponent(name)}.json`, folder));
    try {
      return new Dataset((await response.json()) as Manifest, folder);
    } catch (error) {
      throw Failure.from(error, "data-unreadable");
    }
  }

  get labels(): number[] {
    return this.manifest.classes.map(({ label }) => label);
  }

  /** What people call a class. */
  name(label: number): string {
    return this.manifest.classes.find((each) => each.label === label)?.name ?? `${label}`;
  }

  count(labels: number[]): number {
    const chosen = this.manifest.classes.filter(({ label }) => labels.includes(label));
    return chosen.reduce((sum, { count }) => sum + count, 0);
  }

  images(labels: number[]): Promise<ClassImages[]> {
    return Promise.all(labels.map((label) => this.#images(label)));
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
    const entry = this.manifest.classes.find((found) => found.label === label);
    if (!entry) throw new Failure("data-missing", `no class ${label}`);
    const response = await load(new URL(entry.file, this.folder));
    try {
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { label, name: this.name(label), bytes };
    } catch (error) {
      throw Failure.from(error, "unreachable");
    }
  }
}

async function load(url: URL): Promise<Response> {
  const name = url.pathname.split("/").at(-1);
  let response: Response;
  try {
    response = await fetch(url);
  } catch {
    throw new Failure("unreachable", `no answer for ${name}`);
  }
  if (!response.ok) throw new Failure("data-missing", `${name}: HTTP status ${response.status}`);
  return response;
}
