/**
 * Reads people's files, one request after the other. It hears nothing while it works: who no
 * longer wants an answer ends the worker.
 */
import { md5 } from "@noble/hashes/legacy.js";

import { transpose, transposed } from "./data/idx";
import type {
  DataPreview,
  FromReader,
  Need,
  Readers,
  ReadersModule,
  Request,
  SourceFile,
  ToReader,
} from "./data/messages";

interface Port {
  postMessage(message: FromReader, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToReader>) => void): void;
}
const port = self as unknown as Port;

/** Of all progress, the share that is fetching the bytes; the rest is understanding them. */
const FETCHING = 0.4;

let readers: Promise<Readers> | undefined;
let columnsFirst = false;
let tasks = Promise.resolve();

/** What is said as it stands. */
class Told extends Error {
  constructor(
    message: string,
    /** Whether a download is not what its owner published. */
    readonly damaged = false,
  ) {
    super(message);
  }
}

port.addEventListener("message", ({ data }) => {
  tasks = tasks.then(() => answer(data));
});

async function answer({ id, ...request }: ToReader): Promise<void> {
  try {
    const progress = (done: number) => port.postMessage({ id, type: "progress", done });
    port.postMessage({ id, type: "answer", answer: await work(request, progress) });
  } catch (error) {
    const { message, needs = null } = error as Error & { needs?: Need | null };
    const told = error instanceof Told || (error as Error).name === "ReadError";
    const damaged = error instanceof Told && error.damaged;
    port.postMessage({
      id,
      type: "failed",
      message: told ? message : words(error),
      needs,
      damaged,
    });
  }
}

async function work(request: Request, progress: (done: number) => void): Promise<unknown> {
  readers ??= load();
  // What failed once may succeed when asked again.
  readers.catch(() => (readers = undefined));
  const data = await readers;
  switch (request.type) {
    case "open": {
      const all = await contents([...request.files, ...request.test], progress);
      const [files, test] = [all.slice(0, request.files.length), all.slice(request.files.length)];
      const reading = (done: number) => progress(FETCHING + (1 - FETCHING) * done);
      const preview = test.length
        ? data.open_pair(files, test, request.options, reading)
        : data.open(files, request.options, reading);
      columnsFirst = request.transposed;
      return columnsFirst ? turned(preview) : preview;
    }
    case "images": {
      const file = data.images(request.label, request.role) as Uint8Array<ArrayBuffer>;
      return new Blob([columnsFirst ? transposed(file) : file]);
    }
    case "record":
      return data.record(request.name, request.samples, request.rate);
    case "forget":
      return data.forget(request.recording);
    case "open-recordings":
      columnsFirst = false;
      return data.open_recordings();
  }
}

async function load(): Promise<Readers> {
  try {
    const url = new URL("readers.js", import.meta.url).href;
    const wasm = (await import(url)) as ReadersModule;
    await wasm.default();
    return new wasm.Data();
  } catch (error) {
    const reason = (error as Error).message;
    throw new Told(
      `A part of this page could not be loaded (${reason}): check the connection, then try again.`,
    );
  }
}

async function contents(
  files: SourceFile[],
  progress: (done: number) => void,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const all = files.reduce((sum, { content }) => sum + content.size, 0);
  const found = [];
  let done = 0;
  for (const file of files) {
    const bytes = await content(file, (more) => {
      done += more;
      progress((FETCHING * done) / Math.max(all, 1));
    });
    if (file.md5 && hex(md5(bytes)) !== file.md5) {
      throw new Told(
        `${file.name} is not what its owner published (its MD5 checksum differs): it was thrown away; download it again.`,
        true,
      );
    }
    found.push({ name: file.name, bytes });
  }
  return found;
}

async function content(
  { name, content }: SourceFile,
  progress: (bytes: number) => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(content.size);
  let at = 0;
  try {
    const stream = content.stream().getReader();
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return bytes;
      bytes.set(value, at);
      at += value.length;
      progress(value.length);
    }
  } catch {
    throw new Told(
      `${name} could not be read: it was changed, moved or protected since it was chosen. Choose it again.`,
    );
  }
}

function turned(preview: DataPreview): DataPreview {
  const { height, width } = preview;
  const examples = preview.examples.map(({ label, pixels }) => {
    const image = new Uint8Array(pixels.length);
    transpose(height, width, (from, to) => (image[to] = pixels[from]!));
    return { label, pixels: image };
  });
  return { ...preview, height: width, width: height, examples };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function words(error: unknown): string {
  if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
    return "The browser ran out of memory while reading: choose fewer or smaller files.";
  }
  return error instanceof Error ? error.message : String(error);
}
