/**
 * The element for a document that has no folder of its files, such as one file to be opened from a disk. The build
 * puts this behind `PACKED`, in one plain script: it unpacks them, gives them addresses and registers the element.
 */
import { TOLD } from "./beside";

/** The files by their names in the element's folder: gzip, as base64. */
declare const PACKED: Readonly<Record<string, string>>;

const TYPES: Record<string, string> = {
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

async function unpacked(name: string, text: string): Promise<string> {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const type = TYPES[name.split(".").at(-1)!] ?? "application/octet-stream";
  const response = new Response(stream, { headers: { "content-type": type } });
  return URL.createObjectURL(await response.blob());
}

async function load(): Promise<void> {
  // A server has no elements. Somebody's page may have registered it already; then that one is shown, with its own files.
  if (!globalThis.customElements || customElements.get("latent-lens")) return;
  const files = Object.entries(PACKED).map(
    async ([name, text]) => [name, await unpacked(name, text)] as const,
  );
  const addresses = Object.fromEntries(await Promise.all(files));
  Object.assign(globalThis, { [TOLD]: addresses });
  await import(addresses["latent-lens.js"]!);
}

// A document may have the script several times.
const page = globalThis as { latentLensLoaded?: Promise<void> };
page.latentLensLoaded ??= load();
