/**
 * Keeps the site in the browser, so that it opens again without network.
 *
 * A build of the site is a set of files with their SHA-256, which `cargo xtask build` writes before
 * this code as `BUILD`. What the paper's experiment needs is fetched whole when a build comes in,
 * and kept under the build's name: all of it or nothing. Other files are kept when they are first
 * used. A page in use keeps its build; the next visit has the new one, and then the old one goes.
 * What is not of the build is none of our business: it goes to the network as without us.
 */
import { IN_USE, TAKE_OVER } from "./messages";

interface Build {
  version: string;
  /** By their path from here: the first 16 hexadecimal digits of their SHA-256. */
  files: Record<string, string>;
  /** What is fetched at once. */
  first: string[];
}

declare const BUILD: Build;
declare const self: ServiceWorkerGlobalScope;

/** Whatever else of this origin keeps caches has other names: other sites too, on GitHub Pages. */
const OURS = `latent-lens ${self.registration.scope} `;
const CACHE = OURS + BUILD.version;
const INDEX = "index.html";

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("fetch", (event) => {
  const file = fileOf(event.request);
  if (file !== undefined) event.respondWith(answer(event, file));
});

self.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(takeOver());
});

/** Fetches what is needed first; a build for developing needs nothing, and waits for nobody. A file that is as it was is taken from the build before. */
async function install(): Promise<void> {
  if (BUILD.first.length === 0) return self.skipWaiting();
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(BUILD.first.map(async (file) => cache.put(url(file), await fresh(file))));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  // A build that keeps nothing is in nobody's way either: the next one has no other to wait for.
  if (BUILD.first.length === 0) {
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.registration.unregister();
    return;
  }
  // What the last build was used for will be wanted of this one: it need not be fetched again.
  const cache = await caches.open(CACHE);
  for (const name of old) await inherit(await caches.open(name), cache).catch(() => {});
  await Promise.all(old.map((name) => caches.delete(name)));
  // The page that brought us here was not ours when it was opened.
  await self.clients.claim();
}

/** Moves those files on that are the same in both builds, as far as there is room. */
async function inherit(from: Cache, to: Cache): Promise<void> {
  for (const request of await from.keys()) {
    const file = path(request.url);
    if (file === undefined || !(file in BUILD.files) || (await to.match(request))) continue;
    const response = await from.match(request);
    if (response && (await isFile(file, response))) await to.put(request, response);
  }
}

/** A new build waits until no page uses the old one, unless the only page that does asks for it. */
async function takeOver(): Promise<void> {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pages = all.filter((page) => path(page.url) !== undefined);
  if (pages.length === 1) return self.skipWaiting();
  for (const page of pages) page.postMessage(IN_USE);
}

/** Which file of the build is asked for; none, where it is not for us. */
function fileOf({ method, url, headers }: Request): string | undefined {
  // A part of a file is only to be had from the server.
  if (method !== "GET" || headers.has("range")) return undefined;
  const file = path(url);
  return file !== undefined && Object.hasOwn(BUILD.files, file) ? file : undefined;
}

/** The path from here of an address, without the query, which is for the page. */
function path(address: string): string | undefined {
  const { origin, pathname } = new URL(address);
  const scope = new URL(self.registration.scope);
  if (origin !== scope.origin || !pathname.startsWith(scope.pathname)) return undefined;
  const inside = pathname.slice(scope.pathname.length);
  return inside === "" || inside.endsWith("/") ? inside + INDEX : inside;
}

/** A folder's page by the folder's address, which every server answers without moving us on. */
function url(file: string): string {
  const folder = file === INDEX || file.endsWith(`/${INDEX}`);
  return new URL(folder ? file.slice(0, -INDEX.length) : file, self.registration.scope).href;
}

async function answer(event: FetchEvent, file: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url(file), { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok && !response.redirected) event.waitUntil(keep(cache, file, response.clone()));
  return response;
}

/** Unless the server has another build by now. A full disk ends the keeping, not the visit. */
async function keep(cache: Cache, file: string, response: Response): Promise<void> {
  try {
    if (await isFile(file, response)) await cache.put(url(file), response);
  } catch {}
}

/** A file of this build: kept by an earlier one, or as the browser has it, or from the server. */
async function fresh(file: string): Promise<Response> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(OURS) || name === CACHE) continue;
    const response = await (await caches.open(name)).match(url(file), { ignoreVary: true });
    if (response && (await isFile(file, response))) return response;
  }
  for (const cache of ["default", "reload"] as const) {
    const response = await fetch(url(file), { cache });
    if (response.ok && (await isFile(file, response))) return plain(response);
  }
  throw new Error(`${file} on the server is not of the build ${BUILD.version}`);
}

/** Whether that is what the build has under this name. */
async function isFile(file: string, response: Response): Promise<boolean> {
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  const bytes = [...new Uint8Array(digest)].slice(0, 8);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("") === BUILD.files[file];
}

/** A browser does not take what came from elsewhere for the page that it asked for. */
function plain(response: Response): Response {
  if (!response.redirected) return response;
  const { status, headers } = response;
  return new Response(response.body, { status, headers });
}
