/** Reads people's files. It hears nothing while it works: who no longer wants an answer ends the worker. */
import { md5 } from "@noble/hashes/legacy.js";

import { type Call, type Port, serve } from "./calls/serve";
import { transpose, transposed } from "./data/idx";
import type { DataCalls, DataPreview, Readers, ReadersModule, SourceFile } from "./data/messages";
import { openPackage } from "./wasm";

/** Of all progress, the share that is fetching the bytes; the rest is understanding them. */
const FETCHING = 0.4;

/** The images that are read, and the package that reads them. */
interface Loaded {
  data: Readers;
  wasm: ReadersModule;
}

let readers: Promise<Loaded> | undefined;
let columnsFirst = false;

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

serve<DataCalls>(self as unknown as Port, {
  open: reading(open),
  images: reading((data, { label, role }) => {
    const file = data.images(label, role) as Uint8Array<ArrayBuffer>;
    return new Blob([columnsFirst ? transposed(file) : file]);
  }),
  origin: reading((data, { label, role }) => data.origin(label, role)),
  record: reading((data, { name, samples, rate }) => data.record(name, samples, rate)),
  forget: reading((data, { recording }) => data.forget(recording)),
  openRecordings: reading((data) => {
    columnsFirst = false;
    return data.open_recordings();
  }),
  make: reading((_, { name, seed }, __, wasm) => wasm.make_data(name, seed)),
  told: reading(async (_, { files }, __, wasm) => wasm.told(await contents(files, () => {}))),
  results: reading(async (_, { files, options, metric }, __, wasm) =>
    wasm.read_results(await contents(files, () => {}), options, metric),
  ),
  latents: reading(async (_, { files }, __, wasm) =>
    wasm.read_latents(await contents(files, () => {})),
  ),
  groups: reading(async (_, { files, height, width, columns }, __, wasm) =>
    wasm.read_groups(await contents(files, () => {}), height, width, columns),
  ),
});

/** Has the readers loaded for `work`, and every error said in a sentence. */
function reading<Input, Answer, Said>(
  work: (
    data: Readers,
    input: Input,
    call: Call<unknown, Said>,
    wasm: ReadersModule,
  ) => Promise<Answer> | Answer,
): (input: Input, call: Call<unknown, Said>) => Promise<Answer> {
  return async (input, call) => {
    try {
      readers ??= load();
      // What failed once may succeed when asked again.
      readers.catch(() => (readers = undefined));
      const { data, wasm } = await readers;
      return await work(data, input, call, wasm);
    } catch (error) {
      const told = error instanceof Told || (error as Error).name === "ReadError";
      throw told ? error : new Told(words(error));
    }
  };
}

async function open(
  data: Readers,
  { files, test, options, transposed }: DataCalls["open"]["input"],
  call: Call<unknown, number>,
): Promise<DataPreview> {
  const all = await contents([...files, ...test], (done) => call.say(done));
  const [mine, theirs] = [all.slice(0, files.length), all.slice(files.length)];
  const progress = (done: number) => call.say(FETCHING + (1 - FETCHING) * done);
  const preview = test.length
    ? data.open_pair(mine, theirs, options, progress)
    : data.open(mine, options, progress);
  columnsFirst = transposed;
  return columnsFirst ? turned(preview) : preview;
}

async function load(): Promise<Loaded> {
  try {
    const wasm = await openPackage<ReadersModule>("readers");
    return { data: new wasm.Data(), wasm };
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
  const { height, width, channels } = preview;
  const examples = preview.examples.map(({ label, pixels }) => {
    const image = new Uint8Array(pixels.length);
    transpose(height, width, (from, to) => {
      const source = from * channels;
      image.set(pixels.subarray(source, source + channels), to * channels);
    });
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
