/**
 * The workers of one package, for all who run something with it on a page. Each run has one that trains
 * and adds up, and is helped by others where that is worth their while (`helpers.ts`,
 * `shared-run.ts`). All have the engine from one compiled module. Those that have nothing to do are
 * kept for the next run, until the other package of the engine needs workers, and all end once nobody is
 * left who runs anything.
 */
import { whenAborted } from "../calls/ends";
import { EngineClient } from "./client";
import type { EnginePackage } from "./package";
import type { Place } from "./place";
import { free } from "./workers";

/** Somebody who waits for a worker. */
interface Waiting {
  opening: boolean;
  readonly take: (client: EngineClient) => void;
  readonly refuse: (error: unknown) => void;
}

/** A run that takes as many helpers as is its share. */
interface Sharer {
  adapt(): void;
}

/** Idle workers that are kept where there are no more cores. */
const LEAST_KEPT = 4;

export class EnginePool {
  readonly #idle: EngineClient[] = [];
  /** The first is served first. */
  readonly #waiting = new Set<Waiting>();
  /** Workers that are being opened, or have been given back and are about to be free. */
  #coming = 0;
  readonly #users = new Set<object>();
  #module: Promise<WebAssembly.Module> | undefined;
  /** Ends what is being opened when nobody is left to use it. */
  #end = new AbortController();

  constructor(
    readonly file: EnginePackage,
    readonly place: Place,
    /** Of the same engine: they calculate on the same cores. */
    readonly family: Family,
  ) {}

  /** Keeps workers from now on until `leave`. */
  use(user: object): void {
    this.#users.add(user);
  }

  /** Ends every worker that nobody else uses. */
  leave(user: object): void {
    this.#users.delete(user);
    if (this.#users.size) return;
    this.#end.abort();
    this.#end = new AbortController();
    this.#rest();
  }

  /** Ends the workers that have nothing to do. */
  #rest(): void {
    for (const client of this.#idle.splice(0)) client.close();
  }

  /** A worker of one's own, until it is given back. */
  lease(signal: AbortSignal): Promise<EngineClient> {
    return new Promise((resolve, reject) => {
      const settling =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          off();
          settle(value);
        };
      const waiting = { opening: false, take: settling(resolve), refuse: settling(reject) };
      this.#waiting.add(waiting);
      const off = whenAborted(signal, () => {
        this.#waiting.delete(waiting);
        reject(signal.reason);
      });
      this.#supply();
    });
  }

  /** Takes a worker back; resolves once it is free for others, or ended. */
  async give(client: EngineClient): Promise<void> {
    this.#coming += 1;
    await client.free;
    this.#coming -= 1;
    this.#take(client);
  }

  /** A run begins to share the machine with the others, until the returned function is called. */
  share(sharer: Sharer): () => void {
    const { sharers } = this.family;
    const changed = (change: () => unknown) => {
      change();
      for (const each of sharers) each.adapt();
    };
    changed(() => sharers.add(sharer));
    return () => changed(() => sharers.delete(sharer));
  }

  /** So many workers are one run's share of the cores. */
  get fair(): number {
    return Math.floor(free(this.place.cores) / this.family.sharers.size);
  }

  #take(client: EngineClient): void {
    if (client.usable) this.#idle.push(client);
    this.#supply();
    // Memory that a worker once had it keeps.
    const kept = this.#users.size ? Math.max(this.place.cores, LEAST_KEPT) : 0;
    for (const client of this.#idle.splice(kept)) client.close();
  }

  /** Serves those who wait, and opens workers where too few are about to come. */
  #supply(): void {
    for (const waiting of this.#waiting) {
      const client = this.#idle.pop();
      if (!client) break;
      this.#waiting.delete(waiting);
      waiting.take(client);
    }
    for (const waiting of this.#waiting) {
      if (this.#coming >= this.#waiting.size) break;
      if (!waiting.opening) void this.#open(waiting);
    }
  }

  async #open(waiting: Waiting): Promise<void> {
    waiting.opening = true;
    this.#coming += 1;
    // Memory for both would be too much.
    for (const other of this.family.pools.values()) if (other !== this) other.#rest();
    try {
      const client = await EngineClient.open(
        this.file,
        this.#compiled(),
        this.place,
        this.#end.signal,
      );
      this.#coming -= 1;
      this.#take(client);
    } catch (error) {
      this.#coming -= 1;
      // Somebody else's may have come in the meantime.
      if (this.#waiting.delete(waiting)) waiting.refuse(error);
      this.#supply();
    }
  }

  #compiled(): Promise<WebAssembly.Module> {
    const module = (this.#module ??= this.place.compile(this.file));
    // What failed once may succeed when asked again.
    module.catch(() => (this.#module = undefined));
    return module;
  }
}

/** The pools of one engine, and the runs that share the machine among themselves. */
interface Family {
  readonly pools: Map<EnginePackage, EnginePool>;
  readonly sharers: Set<Sharer>;
}

const families = new Map<Place, Map<string, Family>>();

/** The pool that everybody at this place shares. */
export function poolOf(file: EnginePackage, place: Place): EnginePool {
  const engine = file.split("-")[1]!;
  let here = families.get(place);
  if (!here) families.set(place, (here = new Map()));
  let family = here.get(engine);
  if (!family) here.set(engine, (family = { pools: new Map(), sharers: new Set() }));
  let pool = family.pools.get(file);
  if (!pool) family.pools.set(file, (pool = new EnginePool(file, place, family)));
  return pool;
}
