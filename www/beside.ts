/** Where workers, wasm packages and images are: beside the element's code, unless a page says otherwise. */

let folder = import.meta.url;

export function beside(file: string): URL {
  return new URL(file, folder);
}

/** The folder itself, with a slash at its end. */
export function assets(): string {
  return new URL(".", folder).href;
}

/** Bundlers move code and leave behind what lay beside it; a page that uses one tells where that is. */
export function keepAssetsIn(address: string | URL): void {
  const whole = `${address}`.replace(/\/*$/, "/");
  // Neither workers nor Node have a document; what a server bundles may not even know where it is.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href ?? folder;
  if (base || /^[a-z]+:/i.test(whole)) folder = new URL(whole, base).href;
}
