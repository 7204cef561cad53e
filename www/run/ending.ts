/** How something that is under way will end, for those who wait for it. */

export class Ending<T> {
  #awaited:
    { promise: Promise<T>; resolve(value: T): void; reject(reason: unknown): void } | undefined;

  /** The promise of the end; `begin` is called where nothing is under way yet. */
  await(begin: () => void): Promise<T> {
    if (this.#awaited) return this.#awaited.promise;
    let ends!: { resolve(value: T): void; reject(reason: unknown): void };
    const promise = new Promise<T>((resolve, reject) => (ends = { resolve, reject }));
    // Who does not ask how it ended is told in other ways.
    promise.catch(() => {});
    this.#awaited = { promise, ...ends };
    begin();
    return promise;
  }

  resolve(value: T): void {
    this.#end()?.resolve(value);
  }

  reject(reason: unknown): void {
    this.#end()?.reject(reason);
  }

  #end() {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    return awaited;
  }
}
