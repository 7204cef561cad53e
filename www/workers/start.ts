/**
 * Starts the element's workers, wherever its code comes from.
 *
 * A browser starts workers from the page's own origin only. Where the element was loaded from
 * another, the worker is a line of the page's own that imports the module from there. A frame in a
 * sandbox has an origin of its own that is nobody's, and there Chromium starts no module from such a
 * line: a plain script imports the module, and keeps what it hears until that is there.
 */
import { assets, beside, given, TOLD } from "../beside";
import type { AnyWorker } from "../calls/caller";
import { whyNot } from "../reach";
import { scriptUrl } from "../trusted";

/** One script for each file, however many workers are started with it. */
const lines = new Map<string, string>();

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
    const address = isForeign(href) || given() ? line(href) : href;
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

function line(url: string): string {
  let made = lines.get(url);
  if (!made) {
    const module = JSON.stringify(url);
    const files = given();
    const told = files ? `globalThis.${TOLD}=${JSON.stringify(files)};` : "";
    const code = isNobodys()
      ? `${told}const early=[];onmessage=({data})=>early.push(data);import(${module}).then(()=>{onmessage=null;for(const data of early)dispatchEvent(new MessageEvent("message",{data}))},(e)=>setTimeout(()=>{throw e}))`
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
