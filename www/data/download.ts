/**
 * Files from other servers, fetched when a person asks for them. What was asked for by name is kept
 * in the browser's cache, piece by piece while it arrives, so that it goes on where it was cut off.
 */
import { decoded } from "../format";

/** Why a file could not be fetched, in a sentence that ends with the remedy. */
export class DownloadRefusal extends Error {}

/** Bytes here and, where the server says so, of the whole. */
export type Progress = (done: number, total: number | undefined) => void;

const CACHE = "latent-lens-data";
/** A piece that is kept as soon as it is complete. */
const PIECE = 4 << 20;

/** Fetches a file without keeping it. */
export async function download(
  url: URL,
  signal: AbortSignal,
  progress: Progress,
  most = Number.POSITIVE_INFINITY,
): Promise<Blob> {
  const response = await ask(url, signal);
  return new Blob(
    await pieces(url, response, signal, most, (done) => progress(done, size(response))),
  );
}

/** A file that was fetched before, if all of it is still here. */
export async function kept(url: URL): Promise<Blob | undefined> {
  return (await (await open())?.match(url))?.blob();
}

/** Fetches a file, or the rest of it, and keeps it. */
export async function downloadOnce(
  url: URL,
  signal: AbortSignal,
  progress: Progress,
): Promise<Blob> {
  const there = await kept(url);
  signal.throwIfAborted();
  if (there) {
    progress(there.size, there.size);
    return there;
  }
  const cache = await open();
  const had = cache ? await storedPieces(cache, url) : [];
  let done = had.reduce((sum, piece) => sum + piece.size, 0);
  const response = done > 0 ? await rest(url, done, signal) : await ask(url, signal);
  if (response.status !== 206 && done > 0) {
    await forget(url);
    had.length = done = 0;
  }
  const before = done;
  const left = size(response);
  let number = had.length;
  const keep = async (piece: Blob) => {
    // A full disk ends the keeping, not the download.
    await cache?.put(pieceOf(url, number++), new Response(piece)).catch(() => {});
  };
  const tell = (more: number) =>
    progress(before + more, left === undefined ? undefined : before + left);
  const all = [
    ...had,
    ...(await pieces(url, response, signal, Number.POSITIVE_INFINITY, tell, keep)),
  ];
  const whole = new Blob(all);
  if (cache) {
    await cache.put(url, new Response(whole)).catch(() => {});
    await forgetPieces(cache, url);
  }
  return whole;
}

/** Throws away what is kept of a file. */
export async function forget(url: URL): Promise<void> {
  const cache = await open();
  if (!cache) return;
  await cache.delete(url);
  await forgetPieces(cache, url);
}

/** Not where the page came without encryption, or where a person forbids storage. */
async function open(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

/** Names in the cache only: nothing is ever fetched from there. */
function pieceOf(url: URL, number: number): URL {
  const piece = new URL(url);
  piece.searchParams.set("latent-lens-piece", `${number}`);
  return piece;
}

async function storedPieces(cache: Cache, url: URL): Promise<Blob[]> {
  const found: Blob[] = [];
  for (;;) {
    const piece = await cache.match(pieceOf(url, found.length));
    if (!piece) return found;
    found.push(await piece.blob());
  }
}

async function forgetPieces(cache: Cache, url: URL): Promise<void> {
  for (let number = 0; await cache.delete(pieceOf(url, number)); number += 1);
}

/** The bytes from `done` on, where the server gives parts of files; else the whole again. */
async function rest(url: URL, done: number, signal: AbortSignal): Promise<Response> {
  try {
    const response = await ask(url, signal, { range: `bytes=${done}-` });
    return response;
  } catch (error) {
    if (!(error instanceof DownloadRefusal)) throw error;
    await forget(url);
    return ask(url, signal);
  }
}

async function ask(
  url: URL,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      signal,
      headers,
      credentials: "omit",
      referrerPolicy: "no-referrer",
      // The browser's own cache would hold it twice.
      cache: "no-store",
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new DownloadRefusal(
      navigator.onLine
        ? `${url.host} gave this page no answer: it cannot be reached from here, or it does not let other pages read its files. Download ${fileName(url)} in a tab of its own and choose it here as a file.`
        : `This machine is not connected to the network: connect it, then try again.`,
    );
  }
  if (!response.ok) {
    throw new DownloadRefusal(
      `${url.host} has no such file for this page (HTTP status ${response.status} for ${fileName(url)}): check the address, or try again later.`,
    );
  }
  return response;
}

/** The body in pieces, each of which is kept as soon as it is complete. */
async function pieces(
  url: URL,
  response: Response,
  signal: AbortSignal,
  most: number,
  progress: (done: number) => void,
  keep?: (piece: Blob) => Promise<void>,
): Promise<Blob[]> {
  const found: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  let done = 0;
  const complete = async () => {
    const piece = new Blob(chunks);
    found.push(piece);
    [chunks, bytes] = [[], 0];
    await keep?.(piece);
  };
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done: ended, value } = (await reader?.read()) ?? { done: true };
      if (ended) break;
      chunks.push(value);
      bytes += value.length;
      progress((done += value.length));
      if (done > most) {
        await reader?.cancel();
        throw new DownloadRefusal(
          `${fileName(url)} is larger than ${Math.round(most / 2 ** 20)} MB, more than a page can hold: choose a smaller file, or a part of it.`,
        );
      }
      if (bytes >= PIECE) await complete();
    }
  } catch (error) {
    if (bytes > 0) await complete();
    if (signal.aborted || error instanceof DownloadRefusal) throw error;
    throw new DownloadRefusal(
      `The connection to ${url.host} broke off after ${(done / 2 ** 20).toFixed(1)} MB of ${fileName(url)}: try again${keep ? ", and it goes on from there" : ""}.`,
    );
  }
  if (bytes > 0) await complete();
  return found;
}

/** Of the body, where what arrives is what was sent. */
function size({ headers }: Response): number | undefined {
  const length = headers.get("content-encoding") ? null : headers.get("content-length");
  return length === null ? undefined : Number(length);
}

export function fileName({ pathname, host }: URL): string {
  return decoded(pathname.split("/").at(-1) || host);
}
