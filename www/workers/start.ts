/**
 * Starts the element's workers, wherever its code comes from.
 *
 * A browser starts workers from the page's own origin only. Where the element was loaded from
 * another, the worker is a line of the page's own that imports the module from there.
 */

import { beside } from "../beside";

/** One line for each file, however many workers are started with it. */
const lines = new Map<string, string>();

/** A worker that runs a module that lies beside the element's own. */
export function startWorker(file: string): Worker {
  const url = beside(file);
  return new Worker(isForeign(url) ? line(url.href) : url, { type: "module" });
}

/** What may have kept a worker from starting, where the browser does not say. */
export function unstarted(file: string): string {
  const url = beside(file);
  return isForeign(url)
    ? `${file} from ${url.host} did not start; a page with a Content-Security-Policy has to allow blob: and ${url.origin} as worker-src`
    : `${file} did not start`;
}

/** Pages in a sandbox have an origin of their own that is nobody's. */
function isForeign(url: URL): boolean {
  return url.origin !== self.origin;
}

function line(url: string): string {
  let made = lines.get(url);
  if (!made) {
    // Imported before anything is run, so that no message arrives too early.
    const code = new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" });
    lines.set(url, (made = URL.createObjectURL(code)));
  }
  return made;
}
