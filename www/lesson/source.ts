/** Where a lesson comes from: an address, or a file of the visitor's. */
import { decoded } from "../format";
import type { LessonText } from "../text/en";
import { keep, kept } from "./store";

const MOST_BYTES = 256 * 1024;

/** As the address has it in place of an address, for a file. */
export const FROM_FILE = "file";

export interface Source {
  /** What people call it. */
  name: string;
  /** Whether it can be fetched by others, too. */
  from: "address" | "file" | "draft";
  text: string;
  /** Where relative addresses lead from. */
  base: string;
  /** What its progress is kept under. */
  key: string;
}

/** A sentence's end: what is wrong, and what to do. */
export class SourceError extends Error {}

/** Whether fetching would ask another server. */
export function foreign(address: string): URL | undefined {
  const url = resolve(address, location.href);
  return url && url.origin !== location.origin ? url : undefined;
}

/** Undefined where it is no address of the web. */
export function resolve(address: string, base: string): URL | undefined {
  try {
    const url = new URL(address, base);
    return ["http:", "https:"].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

export async function fetched(address: string, words: LessonText): Promise<Source> {
  const url = resolve(address, location.href);
  if (!url) throw new SourceError(words.unreachable(address));
  let response: Response;
  try {
    response = await fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (error) {
    throw new SourceError(words.unreachable(reason(error)));
  }
  if (!response.ok) throw new SourceError(words.unreachable(`HTTP ${response.status}`));
  // Its end is not awaited where it is too large.
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new SourceError(words.unreachable(reason(error)));
    });
    if (done) break;
    size += value.length;
    if (size > MOST_BYTES) {
      void reader.cancel();
      throw new SourceError(words.tooLarge);
    }
    bytes.push(value);
  }
  const name = url.origin === location.origin ? decoded(url.pathname.split("/").at(-1)!) : url.host;
  return {
    name,
    from: "address",
    text: await text(new Blob(bytes), words),
    base: url.href,
    key: url.href,
  };
}

/** Takes a file, and keeps it for as long as the browser lets us: a page that is reloaded shows it again. */
export async function opened(file: File, words: LessonText): Promise<Source> {
  if (file.size > MOST_BYTES) throw new SourceError(words.tooLarge);
  const content = await text(file, words);
  keep("file", { name: file.name, text: content });
  return local(file.name, content);
}

export function reopened(words: LessonText): Source {
  const { name, text } = (kept("file") ?? {}) as { name?: unknown; text?: unknown };
  if (typeof name !== "string" || typeof text !== "string") throw new SourceError(words.gone);
  return local(name, text);
}

function local(name: string, text: string): Source {
  return { name, from: "file", text, base: location.href, key: `file ${name}` };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}

async function text(blob: Blob, words: LessonText): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await blob.arrayBuffer());
  } catch {
    throw new SourceError(words.notText);
  }
}
