/** What is kept in this browser, by what it is. */

const STORE = "brought";

export class Store {
  /** `name` tells this copy of the site from others of its origin. */
  constructor(readonly name: string) {}

  write(key: string, value: unknown): Promise<unknown> {
    return this.#within("readwrite", (store) => store.put(value, key));
  }

  read(key: string): Promise<unknown> {
    return this.#within("readonly", (store) => store.get(key));
  }

  remove(key: string): Promise<unknown> {
    return this.#within("readwrite", (store) => store.delete(key));
  }

  /** Rejects where the browser lets nothing be kept, and where there is no room. */
  async #within<T>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    const database = await this.#open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error ?? new Error("it was ended"));
      });
    } finally {
      database.close();
    }
  }

  #open(): Promise<IDBDatabase> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}

/** Bytes that there is room for, as far as the browser says. */
export async function room(): Promise<number> {
  try {
    const { quota = Infinity, usage = 0 } = await navigator.storage.estimate();
    return quota - usage;
  } catch {
    return Infinity;
  }
}
