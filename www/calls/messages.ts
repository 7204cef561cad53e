/**
 * What a page and a worker say to each other: calls with ids. While a call is answered, each side may
 * tell the other more of it; it ends with one answer or one error, and with nothing after that.
 *
 * All workers are spoken to in this way. The library comlink was weighed for it: it takes three times
 * the bytes, and has neither progress nor an end before the end, for which a callback of its needs a
 * channel each; of an error it keeps name and message only.
 */

/** One kind of call: what is asked and answered, and what is said of it in between. */
export interface Kind {
  input: unknown;
  answer: unknown;
  /** By the page. */
  told?: unknown;
  /** By the worker. */
  said?: unknown;
}

/** What a worker can be asked, by the names of its calls. */
export type Calls<C> = { [K in keyof C]: Kind };

export type ToWorker = { id: number } & (
  | { type: "call"; name: string; input: unknown }
  | { type: "tell"; message: unknown }
  | { type: "cancel" }
);

/** An error without a call is the worker's end: it is in no state to answer anything any more. */
export type FromWorker =
  | { id: number; type: "said"; message: unknown }
  | { id: number; type: "answer"; answer: unknown }
  /** The worker begins with it. Where there are locks, it holds one of this name until it has answered, or is no more. */
  | { id: number; type: "begun"; lock?: string | undefined }
  | { id: number | undefined; type: "error"; error: ErrorFields };

/** An error with whatever fields it has beside its message. */
export interface ErrorFields {
  name: string;
  message: string;
  [field: string]: unknown;
}
