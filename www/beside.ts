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
export function keepAssetsIn(address: string): void {
  // On a server there is no page that it could lie beside, and nothing is fetched.
  if (typeof document === "undefined") return;
  folder = new URL(address.replace(/\/*$/, "/"), document.baseURI).href;
}
