/** Has the site kept in the browser, and says quietly when there is a newer build of it. */
import { h } from "../dom";
import { IN_USE, TAKE_OVER } from "./messages";

/** Nothing that the first visit needs waits for this. */
export function keepWhenIdle(place: Element): void {
  // A frame in a sandbox has it, and may not ask for it.
  if (!("serviceWorker" in navigator) || self.origin === "null") return;
  const start = () => void keep(place);
  addEventListener("load", () =>
    "requestIdleCallback" in window ? requestIdleCallback(start) : start(),
  );
}

async function keep(place: Element): Promise<void> {
  const url = new URL("service-worker.js", import.meta.url);
  const registration = await navigator.serviceWorker.register(url).catch(() => undefined);
  // Where a person forbids it, or the server has no such file: the site works as well without.
  if (!registration) return;
  const told = () => {
    const { active, waiting } = registration;
    // The first of all waits as well, for a moment.
    if (active && waiting && !place.querySelector(".newer")) place.prepend(notice(waiting));
  };
  told();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", told);
  });
}

function notice(waiting: ServiceWorker): Element {
  const { serviceWorker } = navigator;
  const words = h("span", {}, "A newer version of this page is ready.");
  const open = () => {
    // A build that keeps nothing waits for nobody.
    if (waiting.state !== "installed") return location.reload();
    serviceWorker.addEventListener("controllerchange", () => location.reload());
    serviceWorker.addEventListener("message", ({ data }) => {
      if (data === IN_USE) words.textContent = "Close the other tabs with this page first.";
    });
    waiting.postMessage(TAKE_OVER);
  };
  const button = h("button", { type: "button", onclick: open }, "Open it");
  return h("p", { class: "newer", role: "status" }, words, " ", button);
}
