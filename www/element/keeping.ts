/**
 * What a visitor brought, for their next visit: in pages that ask for it with the attribute `keep`. The
 * code for that is fetched once there is something to keep, or known to be kept.
 */
import { assets } from "../beside";
import type { Own } from "../data/panel";
import type { Item, Kept, What } from "../kept/kept";
import type { Files } from "../model/panel";

export interface Host {
  /** Where it is said what is kept, and what is not. */
  lines: Record<What, HTMLElement>;
  /** What is kept is to be used again. */
  images(own: Own): void;
  model(from: Files): void;
}

export class Keeping {
  #kept: Promise<Kept | undefined> | undefined;
  /** Whether the page works with it. */
  readonly #used: Record<What, boolean> = { images: false, model: false };

  constructor(
    readonly element: HTMLElement,
    readonly host: Host,
  ) {}

  /** The model that this tab worked with before it was loaded again; says what there is from before. */
  async begin(): Promise<Files | undefined> {
    if (!this.#asked) return undefined;
    if (Object.keys(remembered()).length) void this.#open();
    return wasReloaded() && marked("model") ? this.#read("model") : undefined;
  }

  /** The images that are kept, unless this tab worked with others. */
  images(): Promise<Own | undefined> {
    return this.#read("images");
  }

  keepImages(own: Own): void {
    const { name, files, test } = own;
    const bytes = [...files, ...test].reduce((sum, { content }) => sum + content.size, 0);
    // A microphone leaves no files.
    const why = files.length ? undefined : "Recordings are not kept";
    this.#keep("images", { name, bytes, value: own }, why);
  }

  /** Without files: another model takes the place of what is kept, in this tab. */
  keepModel(from: Files | undefined): void {
    this.#uses("model", from !== undefined);
    if (!from) return void marked("model", null);
    const bytes = from.files.reduce((sum, file) => sum + file.bytes.length, 0);
    const name = from.files.map((file) => file.name).join(", ");
    this.#keep("model", { name, bytes, value: from });
  }

  /** Whether the images that are looked at are a person's own. */
  usesImages(used: boolean): void {
    this.#uses("images", used);
  }

  /** The element is no longer there. */
  close(): void {
    this.#uses("images", false);
    this.#uses("model", false);
  }

  #uses(what: What, used: boolean): void {
    if (used === this.#used[what]) return;
    this.#used[what] = used;
    void this.#kept?.then((kept) => kept?.used(this.#used));
  }

  /** `why`: why it cannot be had again. */
  #keep(what: What, item: Omit<Item, "id">, why?: string): void {
    if (!this.#asked) return;
    const id = `${Date.now()} ${Math.random()}`;
    marked(what, id);
    void this.#open().then((kept) =>
      why ? kept?.cannot(what, item.name, why) : kept?.keep(what, { id, ...item }),
    );
  }

  async #read<T>(what: What): Promise<T | undefined> {
    const item = this.#asked ? await (await this.#open())?.read(what) : undefined;
    const mark = marked(what);
    if (!item || (mark && mark !== item.id)) return undefined;
    marked(what, item.id);
    this.#uses(what, true);
    return item.value as T;
  }

  /** Whatever this tab worked with before. */
  async #use(what: What): Promise<void> {
    marked(what, null);
    const value = await this.#read<Own & Files>(what);
    if (value) this.host[what](value);
  }

  get #asked(): boolean {
    return this.element.hasAttribute("keep");
  }

  #open(): Promise<Kept | undefined> {
    this.#kept ??= import("../kept/kept").then(
      ({ Kept }) => {
        const { lines } = this.host;
        const use = (what: What) => void this.#use(what);
        const kept = new Kept({ lines, place: place(), use, remember }, remembered());
        kept.used(this.#used);
        return kept;
      },
      // Without its code nothing is kept; what was asked for goes on.
      () => (this.#kept = undefined),
    );
    return this.#kept;
  }
}

type Names = Partial<Record<What, string>>;

/** By which this copy of the site is told from others of its origin. */
function place(): string {
  return `latent-lens kept ${new URL(assets()).pathname}`;
}

/** What is kept, by its name: known at once, unlike what is kept itself. */
function remembered(): Names {
  // It may have been written by another program of this origin, or half.
  return stored(() => JSON.parse(localStorage.getItem(place()) ?? "{}") as Names) ?? {};
}

function remember(names: Names): void {
  stored(() => localStorage.setItem(place(), JSON.stringify(names)));
}

/** Which one of its kind this tab works with; `null` takes that back. */
function marked(what: What, id?: string | null): string | null | undefined {
  return stored(() => {
    const key = `${place()} ${what}`;
    if (id) sessionStorage.setItem(key, id);
    else if (id === null) sessionStorage.removeItem(key);
    return sessionStorage.getItem(key);
  });
}

/** Nothing, where the browser lets nothing be stored. */
function stored<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}

function wasReloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  const { type } = (navigation ?? {}) as { type?: string };
  return type === "reload" || type === "back_forward";
}
