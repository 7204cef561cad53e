/** Hands a file to the visitor, as a download. */
import { h } from "./dom";

/** Browsers may ask for the file a while after the click. */
const KEPT_MS = 60_000;

export function save(content: Blob, download: string): void {
  const href = URL.createObjectURL(content);
  h("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
