/**
 * The page around the element: settings in the URL's query become the element's attributes, and
 * attributes that change become the query, so that a link shows the same and Back works.
 */
import { acceptDrops } from "./data/drop";
import { h } from "./dom";
import type { Element, Page, Texts } from "./lesson/explorer";
import { keepWhenIdle } from "./offline/register";
import { address, type Name, NAMES, readQuery, SETTINGS } from "./settings";

/** What data may propose where nobody says otherwise: the address does, even where it says what is usual. */
const PROPOSED: Name[] = ["loss", "output"];

/** Changes of one setting that follow each other so soon are one step back: a number being typed. */
const ONE_STEP_MS = 1500;

const lens = document.querySelector<Element>("latent-lens");

if (lens) {
  lens.setAttribute("link", location.origin + location.pathname);
  follow(lens);
  new MutationObserver(() => write(lens)).observe(lens, { attributeFilter: NAMES });
  addEventListener("popstate", () => follow(lens));
  if (new URLSearchParams(location.search).has("lesson")) void teach(lens);
  lens.addEventListener("lens-lesson", (event) => {
    event.preventDefault();
    void teach(lens, (event as CustomEvent<{ file: File }>).detail.file);
  });
  // Beside the element as on it: a browser would leave the page for a file that nobody takes.
  acceptDrops(
    document.body,
    (hanging) => lens.toggleAttribute("data-dropping", hanging),
    (dropped) => void lens.open(dropped),
  );
}

const footer = document.querySelector("footer");
if (footer) keepWhenIdle(footer);

/** Opens a lesson, from a file or as the address names it; its code is fetched for nobody else. */
async function teach(lens: Element, file?: File): Promise<void> {
  const module = new URL("lesson.js", import.meta.url).href;
  await customElements.whenDefined("latent-lens");
  type Lesson = { start(page: Page, file?: File): Promise<void> };
  const start = await (import(module) as Promise<Lesson>).then(
    (lesson) => lesson.start,
    () => undefined,
  );
  if (!start) {
    const words = "The lesson could not be loaded: check the connection, then reload the page.";
    lens.before(h("p", { role: "alert" }, words));
    return;
  }
  await start({ lens, show: (...state) => show(lens, ...state) }, file);
}

/** Sets every setting at once, and the end of the address with them. */
function show(lens: Element, settings: Texts, hash: string, step: "new" | "same"): void {
  const query = readQuery(location.search);
  query.delete("preset");
  for (const name of NAMES) {
    const text = settings[name];
    if (text === undefined || text === SETTINGS[name].initial) query.delete(name);
    else query.set(name, text);
  }
  const url = address(location.pathname, query) + hash;
  if (step === "new") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
  follow(lens);
}

function follow(lens: Element): void {
  const query = readQuery(location.search);
  const said = PROPOSED.filter((name) => query.has(name) && !lens.hasAttribute(name));
  for (const name of new Set([...differing(lens, query), ...said])) {
    const text = query.get(name);
    if (text === null) lens.removeAttribute(name);
    else lens.setAttribute(name, text);
  }
  // What it stands for comes into the address in its place.
  const preset = query.get("preset");
  if (preset !== null) lens.setAttribute("preset", preset);
}

let written = { names: "", at: -Infinity };

function write(lens: Element): void {
  const query = readQuery(location.search);
  const names = differing(lens, query);
  if (!names.length) return;
  const preset = query.has("preset");
  query.delete("preset");
  for (const name of names) {
    const text = lens.getAttribute(name) ?? SETTINGS[name].initial;
    if (text === SETTINGS[name].initial) query.delete(name);
    else query.set(name, text);
  }
  const { control, gradual } = SETTINGS[names[0]!];
  const typing = gradual ?? control.kind === "text";
  const same = names.join() === written.names && performance.now() - written.at < ONE_STEP_MS;
  written = { names: names.join(), at: performance.now() };
  const url = address(location.pathname, query) + location.hash;
  if (preset || (typing && same)) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
}

/** The settings that are not in the element what they are in the query. */
function differing(lens: Element, query: URLSearchParams): Name[] {
  return NAMES.filter((name) => {
    const { initial } = SETTINGS[name];
    return (lens.getAttribute(name) ?? initial) !== (query.get(name) ?? initial);
  });
}
