/** Where workers, wasm packages and images are: beside the element's code, unless a page says otherwise. */

/** Addresses of files, by their names in the folder that they are else in, such as `data/presets.json`. */
export type Addresses = Readonly<Record<string, string>>;

/** By which a worker is told where files are that lie in no folder. */
export const TOLD = "latentLensFiles";

let folder = import.meta.url;
let files = (globalThis as { [TOLD]?: Addresses })[TOLD];

export function beside(file: string): URL {
  if (!files) return new URL(file, folder);
  const address = files[file];
  if (address === undefined) throw new Error(`this page was given no file ${file}`);
  return new URL(address);
}

/** The folder itself, with a slash at its end; the page's own where files lie in none. */
export function assets(): string {
  return files ? new URL(".", document.baseURI).href : new URL(".", folder).href;
}

/** The files' addresses, where they lie in no folder. */
export function given(): Addresses | undefined {
  return files;
}

/**
 * Bundlers move code and leave behind what lay beside it; a page that uses one tells where that is. One that
 * has the files but no folder of them, as a notebook does, gives the address of each.
 */
export function keepAssetsIn(address: string | URL | Addresses): void {
  files = typeof address === "string" || address instanceof URL ? undefined : address;
  if (files) return;
  const whole = `${address as string | URL}`.replace(/\/*$/, "/");
  // Neither workers nor Node have a document; what a server bundles may not even know where it is.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? folder;
  if (base || /^[a-z]+:/i.test(whole)) folder = new URL(whole, base).href;
}
