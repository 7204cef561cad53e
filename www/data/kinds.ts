/** What files are, by their content: images, a model, a session, a lesson, or what was made of images elsewhere. */
import "../shared";
import type { Kind, SourceFile, Told } from "./messages";
import { Reader } from "./reader";

export interface Sorted extends Record<Kind, SourceFile[]> {
  /** By what results or latents were told from images; empty where there are none, or where nobody asked. */
  said: string;
}

/** So much of a file says what it is. */
const HEAD = 64 << 10;
/** Descriptions of models are no longer. */
const MOST_JSON = 64 << 20;
/** The end of a zip archive with its comment, which may be so long. */
const TAIL = 22 + 65_535;
const MOST_ENTRIES = 1 << 20;
/** Of a larger file of R, or one that is packed, it is not looked up what is in it. */
const MOST_PACKED = 32 << 20;
/** Results and latents are few files. */
const MOST_TABLES = 512;

/**
 * Puts files where they belong. What cannot be told is `otherwise`; beside a model that was not asked
 * for it is left out. Without it, tables are asked whether they are results or latents; `tell` asks them.
 */
export async function sort(
  files: SourceFile[],
  otherwise?: Kind,
  tell: (tables: SourceFile[]) => Promise<(Told | null)[]> = told,
): Promise<Sorted> {
  const sorted: Sorted = { ...NONE(), said: "" };
  const shards = new Set<string>();
  const others: { file: SourceFile; known: boolean }[] = [];
  const tables = new Map<SourceFile, SourceFile>();
  for (const file of files) {
    const head = new Uint8Array(await file.content.slice(0, HEAD).arrayBuffer());
    const kind = await kindOf(head, file.content);
    if (kind !== undefined && kind !== "images") sorted[kind].push(file);
    else others.push({ file, known: kind === "images" || areImages(head, file.name) });
    const part = kind === undefined ? lookedInto(file, head) : undefined;
    if (part) tables.set(file, { name: file.name, content: part });
    if (kind === "model" && isJson(head)) {
      for (const name of await weights(file.content)) shards.add(name);
    }
  }
  const models = sorted.model.map(baseName);
  for (const { file, known } of others) {
    const name = baseName(file);
    // Beside model.onnx there may be model.onnx.data.
    if (shards.has(name) || models.some((model) => name.startsWith(model))) sorted.model.push(file);
    else if (otherwise === "results" || otherwise === "latents") sorted[otherwise].push(file);
    else if (known) sorted.images.push(file);
    else if ((otherwise ?? "images") !== "images" || !sorted.model.length)
      sorted[otherwise ?? "images"].push(file);
  }
  const asked = sorted.images.filter((file) => tables.has(file));
  if (otherwise !== "images" && asked.length > 0 && asked.length <= MOST_TABLES) {
    divide(sorted, asked, await tell(asked.map((file) => tables.get(file)!)));
  }
  return sorted;
}

const NONE = (): Record<Kind, SourceFile[]> => ({
  images: [],
  model: [],
  session: [],
  lesson: [],
  results: [],
  latents: [],
});

/** Where one table says that it is a result, all that lie beside it are taken for such. */
function divide(sorted: Sorted, tables: SourceFile[], found: (Told | null)[]): void {
  const are = (is: Told["is"]) => tables.filter((_, at) => found[at]?.is === is);
  const is = are("results").length ? "results" : "latents";
  const telling = are(is);
  if (!telling.length) return;
  const taken = is === "results" ? tables : telling;
  sorted[is] = taken;
  sorted.images = sorted.images.filter((file) => !taken.includes(file));
  const byName = found.find((each) => each?.is === is)!.by === "name";
  const beside =
    taken.length > telling.length ? ", and what was brought with it for more of them" : "";
  const by = byName ? "what it is called" : "what its columns are called";
  sorted.said = `${baseName(telling[0]!)} was taken for ${is}, by ${by}${beside}.`;
}

/** What of a file has to be read to tell what table it is; undefined where it is none, or is not looked into. */
function lookedInto({ content, name }: SourceFile, head: Uint8Array): Blob | undefined {
  if (PICTURES.some((form) => starts(head, ...form))) return undefined;
  const packed = [
    [0x1f, 0x8b],
    [0x52, 0x44],
    [0x58, 0x0a],
    [0x41, 0x0a],
    [0x42, 0x0a],
    [0x42, 0x5a],
  ];
  if (packed.some((form) => starts(head, ...form)) || /\.r(ds|da|data)$/i.test(name)) {
    return content.size <= MOST_PACKED ? content : undefined;
  }
  return content.slice(0, HEAD);
}

async function told(tables: SourceFile[]): Promise<(Told | null)[]> {
  const reader = new Reader();
  try {
    return await reader.told(tables);
  } catch {
    // Whoever reads them says what is wrong.
    return tables.map(() => null);
  } finally {
    reader.close();
  }
}

/** Undefined where that cannot be told. */
async function kindOf(head: Uint8Array, content: Blob): Promise<Kind | undefined> {
  if (starts(head, 0x50, 0x4b)) {
    const names = await entries(content);
    if (!names.length) return undefined;
    if (names.includes("session.json")) return "session";
    const keras = names.includes("config.json") && names.includes("metadata.json");
    const torch = names.some((name) => /(^|\/)data\.pkl$/.test(name));
    return keras || torch ? "model" : "images";
  }
  if (isHdf5(head) || isPickle(head) || isSafetensors(head, content.size) || isOnnx(head)) {
    return "model";
  }
  if (isJson(head)) {
    return /"(modelTopology|weightsManifest|class_name)"/.test(text(head)) ? "model" : undefined;
  }
  return /^\uFEFF?---[ \t]*\r?\n(?:[^\n]*\n){0,40}?title:/.test(text(head.subarray(0, 4096)))
    ? "lesson"
    : undefined;
}

function isHdf5(head: Uint8Array): boolean {
  return starts(head, 0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
}

function isPickle(head: Uint8Array): boolean {
  return head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5;
}

/** A length, then JSON of that length. */
function isSafetensors(head: Uint8Array, size: number): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(size - 8);
}

/** A message whose first field is a small version, before its producer, domain, graph or operators. */
function isOnnx([version, number = 0, next = 0]: Uint8Array): boolean {
  return version === 0x08 && number < 0x40 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(next);
}

function isJson(head: Uint8Array): boolean {
  return /^\uFEFF?\s*\{/.test(text(head.subarray(0, 64)));
}

/** What pictures and recordings start with. */
const PICTURES = [
  [0, 0, 0x08],
  [0, 0, 0x0d],
  [0x89, 0x50],
  [0xff, 0xd8],
  [0x52, 0x49],
  [0x49, 0x49],
  [0x4d, 0x4d],
];

/** Whether a file can be read as images or labels, as far as its beginning or its name tells. */
function areImages(head: Uint8Array, name: string): boolean {
  const forms = [...PICTURES, [0x1f, 0x8b], [0x93, 0x4e]];
  if (forms.some((form) => starts(head, ...form)) || /\.(csv|tsv|r(ds|da|data))$/i.test(name)) {
    return true;
  }
  // A table: numbers stand side by side.
  const lines = text(head.subarray(0, 4096)).split("\n");
  return lines.some((line) => {
    const numbers = line.split(/[,;|\s]+/).filter((field) => /^"?-?\d[\d.]*"?$/.test(field));
    return numbers.length > 2;
  });
}

/** The files that hold a model's numbers, of which its description tells. */
async function weights(description: Blob): Promise<string[]> {
  if (description.size > MOST_JSON) return [];
  try {
    const { weightsManifest = [] } = JSON.parse(await description.text()) as {
      weightsManifest?: { paths: string[] }[];
    };
    return weightsManifest.flatMap(({ paths }) => paths.map((path) => path.split("/").at(-1)!));
  } catch {
    // Whoever opens it says what is wrong with it.
    return [];
  }
}

/** The names in a zip archive's list; none where it has no such list. */
async function entries(archive: Blob): Promise<string[]> {
  const tail = new DataView(await archive.slice(-TAIL).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end) !== 0x504b0506) end -= 1;
  if (end < 0) return [];
  const [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const part = archive.slice(start, start + Math.min(size, MOST_ENTRIES));
  const list = new DataView(await part.arrayBuffer());
  const names: string[] = [];
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at) === 0x504b0102;) {
    const [name, extra, comment] = [28, 30, 32].map((field) => list.getUint16(at + field, true));
    const length = Math.min(name!, list.byteLength - at - 46);
    names.push(text(new Uint8Array(list.buffer, at + 46, length)));
    at += 46 + name! + extra! + comment!;
  }
  return names;
}

function starts(head: Uint8Array, ...bytes: number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function baseName({ name }: SourceFile): string {
  return name.split("/").at(-1)!;
}
