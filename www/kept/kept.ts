/**
 * Keeps what a visitor brought in their browser, says so where it was brought, and forgets it when
 * they wish. While something cannot be kept, leaving the page asks first.
 */
import { room, Store } from "./store";

export type What = "images" | "model";

/** Something that was brought, as it can be stored. */
export interface Item {
  /** Tells it from what other tabs brought. */
  id: string;
  name: string;
  bytes: number;
  value: unknown;
}

export interface Host {
  /** By which this copy of the site is told from others of its origin. */
  place: string;
  /** Where it is said what is kept, and what is not. */
  lines: Record<What, HTMLElement>;
  /** What is kept is to be used again. */
  use(what: What): void;
  /** For the next visit: what there is, by its name. */
  remember(names: Partial<Record<What, string>>): void;
}

/** More would take more of a visitor's disk than a page should without being asked. */
const MOST_BYTES = 500e6;

/** What is said, and what can be done. */
interface State {
  name: string;
  is: "being kept" | "kept" | "forgotten" | "lost";
  /** Why it could not be kept. */
  why?: string;
}

export class Kept {
  readonly #store: Store;
  readonly #states = new Map<What, State>();
  #used: Record<What, boolean> = { images: false, model: false };
  /** One after the other: what is forgotten while it is still being written is to be gone. */
  #tasks: Promise<unknown> = Promise.resolve();

  constructor(
    readonly host: Host,
    names: Partial<Record<What, string>>,
  ) {
    this.#store = new Store(host.place);
    for (const [what, name] of Object.entries(names)) {
      this.#states.set(what as What, { name, is: "kept" });
    }
    this.#say();
  }

  /** What is kept, as it was given. */
  async read(what: What): Promise<Item | undefined> {
    await this.#tasks;
    const found = await (this.#store.read(what) as Promise<Item | undefined>).catch(
      () => undefined,
    );
    // The browser may have cleared it away.
    if (found) this.#states.set(what, { name: found.name, is: "kept" });
    else this.#states.delete(what);
    this.#say();
    return found;
  }

  /** Takes the place of what was kept before. */
  keep(what: What, item: Item): Promise<void> {
    const { name, bytes } = item;
    this.#states.set(what, { name, is: "being kept" });
    this.#say();
    return this.#then(async () => {
      let why = bytes > MOST_BYTES ? "More than 500 MB are not kept in a browser" : undefined;
      if (!why && bytes > (await room())) why = "This browser has no room to keep it";
      try {
        if (!why) await this.#store.write(what, item);
      } catch (error) {
        const full = (error as Error | null)?.name === "QuotaExceededError";
        why = full
          ? "This browser has no room to keep it"
          : "This browser does not let the page keep it";
      }
      this.#states.set(what, why ? { name, is: "lost", why } : { name, is: "kept" });
    });
  }

  /** There is nothing of it that could be kept. */
  cannot(what: What, name: string, why: string): Promise<void> {
    return this.#then(async () => void this.#states.set(what, { name, is: "lost", why }));
  }

  /** Which of it is what the page works with. */
  used(used: Record<What, boolean>): void {
    if (used.images === this.#used.images && used.model === this.#used.model) return;
    this.#used = { ...used };
    this.#say();
  }

  #forget(what: What, name: string): void {
    void this.#then(async () => {
      await this.#store.remove(what).catch(() => {});
      this.#states.set(what, { name, is: "forgotten" });
    });
  }

  #then(work: () => Promise<void>): Promise<void> {
    const done = this.#tasks.then(work).then(() => this.#say());
    this.#tasks = done;
    return done;
  }

  #say(): void {
    const names: Partial<Record<What, string>> = {};
    let asks = false;
    for (const what of ["images", "model"] as const) {
      const state = this.#states.get(what);
      if (state?.is === "kept") names[what] = state.name;
      const lost = state?.is === "lost" || state?.is === "being kept";
      asks ||= lost && this.#used[what];
      this.#show(what, state);
    }
    this.host.remember(names);
    if (asks) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  }

  #show(what: What, state: State | undefined): void {
    const line = this.host.lines[what];
    const used = this.#used[what];
    const text = state && words(state, used);
    const focused = line.contains((line.getRootNode() as ShadowRoot).activeElement);
    line.hidden = !text;
    if (!state || !text) return line.replaceChildren();
    const buttons: HTMLElement[] = [];
    if (state.is === "kept") {
      if (!used) buttons.push(button("Use it", () => this.host.use(what)));
      buttons.push(button("Forget", () => this.#forget(what, state.name)));
    }
    line.replaceChildren(text, ...buttons.flatMap((each) => [" ", each]));
    // The button that was pressed is gone.
    line.tabIndex = -1;
    if (focused) line.focus();
  }
}

function words({ name, is, why }: State, used: boolean): string | undefined {
  if (is === "kept") {
    return `${name} is kept in this browser${used ? ", and opens again after a reload" : ""}.`;
  }
  if (is === "being kept") return `${name} is being kept in this browser.`;
  if (is === "forgotten") return `${name} is no longer kept in this browser.`;
  return used ? `${why}: a reload loses ${name}, and leaving the page asks first.` : undefined;
}

function button(title: string, act: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link";
  made.textContent = title;
  made.onclick = act;
  return made;
}

/** The browser asks in its own words. */
function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
