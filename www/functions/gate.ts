/** Lets those through who ask, unless there is a pause; nobody any more once it is over. */
export class Gate {
  #paused = false;
  #over: { reason: unknown } | undefined;
  #waiting: { resolve(): void; reject(reason: unknown): void }[] = [];

  /** Resolves at once or after the pause; rejects when it is over. */
  readonly pass = (): Promise<void> => {
    if (this.#over) return Promise.reject(this.#over.reason);
    if (!this.#paused) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  };

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  close(reason: unknown): void {
    this.#over ??= { reason };
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
