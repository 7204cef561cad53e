/**
 * Starts the element's workers, wherever its code comes from.
 *
 * A browser starts workers from the page's own origin only. Where the element was loaded from
 * another, the worker is a line of the page's own that imports the module from there. A frame in a
 * sandbox has an origin of its own that is nobody's, and there Chromium starts no module from such a
 * line: a plain script imports the module, and keeps what it hears until that is there. So is a page that was
 * opened from a disk. Neither's workers may fetch from addresses that the page has made: where files lie in no
 * folder, such a worker is handed the files themselves, and makes addresses of its own.
 */
import { type Addresses, assets, beside, given, TOLD } from "../beside";
import type { AnyWorker } from "../calls/caller";
import { whyNot } from "../reach";
import { scriptUrl } from "../trusted";

/** One script for each file, however many workers are started with it. */
const lines = new Map<string, string>();

/** The page's own files for workers that may not fetch them, by the map of their addresses. */
const contents = new WeakMap<Addresses, Promise<Record<string, Blob>>>();

/** The latest rule of the page's Content-Security-Policy that something of the element's was against. */
let violated = "";
let listening = false;

/** A worker that runs a module that lies beside the element's own. Never throws. */
export function startWorker(file: string): AnyWorker {
  const { href } = beside(file);
  if (!listening) {
    globalThis.addEventListener?.("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI } = event;
      const ours = blockedURI === "blob" || blockedURI.startsWith(assets());
      if (ours || blockedURI.startsWith("trusted-types")) violated = effectiveDirective;
    });
    listening = true;
  }
  try {
    const files = given();
    if (files && isNobodys()) {
      const worker = new Worker(scriptUrl(lineOfNobodys(file)));
      contentsOf(files).then(
        (found) => worker.postMessage({ [TOLD]: found }),
        // The worker's own listener is told as if the worker had not started.
        (error: Error) => worker.dispatchEvent(new ErrorEvent("error", { message: error.message })),
      );
      return worker;
    }
    const address = isForeign(href) || files ? line(href) : href;
    return new Worker(scriptUrl(address), { type: isNobodys() ? "classic" : "module" });
  } catch (error) {
    return stillborn(String((error as Error).message ?? error));
  }
}

/** Why a worker did not start, in words that end with the remedy; the browser may have said some. */
export async function unstarted(file: string, words: string): Promise<string> {
  const url = beside(file);
  const allowed = isForeign(url.href) ? `blob: and ${url.origin}` : "'self'";
  if (/^trusted-types|^require-trusted/.test(violated)) {
    return "this page demands Trusted Types: its Content-Security-Policy has to allow the policy latent-lens as trusted-types";
  }
  if (/^(worker|child|script|default)-src/.test(violated)) {
    return `this page’s Content-Security-Policy forbids it: it has to allow ${allowed} as worker-src`;
  }
  const why = await whyNot(url);
  if (why) return why;
  const said = words || `${file} did not start`;
  if (isNobodys())
    return `${said}: the frame’s sandbox may have to allow-same-origin in this browser`;
  return isForeign(url.href)
    ? `${said}; a page with a Content-Security-Policy has to allow ${allowed} as worker-src`
    : `${said}: check the connection and that the browser is up to date, then try again`;
}

function isForeign(href: string): boolean {
  return isNobodys() || new URL(href).origin !== self.origin;
}

function isNobodys(): boolean {
  return self.origin === "null";
}

/** Keeps what is heard in `early` until the module is there that hears it. */
const EARLY = `const early=[],keep=({data})=>early.push(data),run=(module)=>import(module).then(()=>{onmessage=null;for(const data of early)dispatchEvent(new MessageEvent("message",{data}))},(e)=>setTimeout(()=>{throw e}));`;

/** The script of a worker that is handed the page's files in a message and runs `file` of them. */
function lineOfNobodys(file: string): string {
  let made = lines.get(file);
  if (!made) {
    const name = JSON.stringify(file);
    made = script(
      `${EARLY}onmessage=({data})=>{const given=data?.${TOLD};if(!given)return void early.push(data);onmessage=keep;const files=globalThis.${TOLD}={};for(const name in given)files[name]=URL.createObjectURL(given[name]);run(files[${name}])}`,
    );
    lines.set(file, made);
  }
  return made;
}

function contentsOf(files: Addresses): Promise<Record<string, Blob>> {
  let found = contents.get(files);
  if (!found) {
    const all = Object.entries(files).map(
      async ([name, address]) => [name, await (await fetch(address)).blob()] as const,
    );
    found = Promise.all(all).then(Object.fromEntries<Blob>);
    contents.set(files, found);
  }
  return found;
}

function line(url: string): string {
  let made = lines.get(url);
  if (!made) {
    const module = JSON.stringify(url);
    const files = given();
    const told = files ? `globalThis.${TOLD}=${JSON.stringify(files)};` : "";
    const code = isNobodys()
      ? `${EARLY}onmessage=keep;run(${module})`
      : // Imported before anything is run, so that no message arrives too early.
        `${told && `import ${JSON.stringify(script(told))};`}import ${module};`;
    made = script(code);
    lines.set(url, made);
  }
  return made;
}

function script(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

/** What a worker is that the browser refuses to make. */
function stillborn(message: string): AnyWorker {
  const worker: AnyWorker = {
    onmessage: null,
    onerror: null,
    postMessage() {},
    terminate() {},
  };
  setTimeout(() => worker.onerror?.call(null as never, { message, preventDefault() {} } as never));
  return worker;
}
