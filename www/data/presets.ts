/** The paper's experiments: which images, from where, and with which settings. */
import { beside } from "../beside";
import { Failure } from "../failures";
import type { Name } from "../settings";
import type { Credit } from "./dataset";
import type { PixelKind } from "../parts/shading";
import { downloadOnce, forget, kept } from "./download";
import type { DataOptions, SourceFile } from "./messages";

export interface Preset {
  title: string;
  about: string;
  /** Every setting that it is about, as it stands in an address. */
  settings: Partial<Record<Name, string>> & { dataset: string };
  /** What is downloaded; absent where the images lie beside the page. */
  files?: {
    base: string;
    /** Of all files, where known. */
    megabytes?: number;
    list: { name: string; md5?: string }[];
    options: DataOptions;
    transposed?: boolean;
    /** What a value stands for: light, unless it says otherwise. */
    pixels?: PixelKind;
    /** What people call the classes that the files only number. */
    names: Record<string, string>;
  };
  credit?: Credit;
}

export type Downloadable = Preset & Required<Pick<Preset, "files" | "credit">>;

let opening: Promise<Preset[]> | undefined;

export function presets(): Promise<Preset[]> {
  opening ??= load();
  // What failed once may succeed when asked again.
  opening.catch(() => (opening = undefined));
  return opening;
}

async function load(): Promise<Preset[]> {
  try {
    const response = await fetch(beside("data/presets.json"));
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return (await response.json()) as Preset[];
  } catch (error) {
    throw Failure.from(error, "page-file");
  }
}

/** The preset whose images are downloaded under this name. */
export async function downloadable(dataset: string): Promise<Downloadable | undefined> {
  const all = await presets();
  return all.find((each): each is Downloadable => {
    return each.settings.dataset === dataset && each.files !== undefined;
  });
}

/** The files of a preset where all were downloaded before. */
export async function filesHere({ files }: Downloadable): Promise<SourceFile[] | undefined> {
  const found: SourceFile[] = [];
  for (const { name, md5 } of files.list) {
    const content = await kept(new URL(name, files.base));
    if (!content) return undefined;
    found.push({ name, content, ...(md5 && { md5 }) });
  }
  return found;
}

/** Downloads what is missing of a preset's files. */
export async function fetchFiles(
  { files }: Downloadable,
  signal: AbortSignal,
  progress: (bytes: number, name: string, total: number | undefined) => void,
): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  let before = 0;
  const all = files.megabytes && files.megabytes * 1e6;
  for (const { name, md5 } of files.list) {
    const content = await downloadOnce(new URL(name, files.base), signal, (done, total) => {
      const alone = files.list.length === 1 ? total : undefined;
      progress(before + done, name, alone ?? all);
    });
    before += content.size;
    found.push({ name, content, ...(md5 && { md5 }) });
  }
  return found;
}

/** Throws away one of a preset's files, which turned out to be damaged, or all of them. */
export async function forgetFiles({ files }: Downloadable, damaged?: string): Promise<void> {
  for (const { name } of files.list) {
    if (damaged === undefined || damaged.startsWith(`${name} `)) {
      await forget(new URL(name, files.base));
    }
  }
}
