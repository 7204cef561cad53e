/** What is kept in the browser or in files, and comes back: storage that is denied or full, sessions that arrive damaged. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { Explorer as Shown } from "../../browser/explorer";
import { csv, set } from "../../browser/files";
import { until } from "../../browser/harness";
import type { Kind } from "../kinds";
import { damaged, type Random } from "../random";
import { type Explorer, QUICK } from "./explorer";

const PLACES = ["localStorage", "sessionStorage", "indexedDB", "caches"] as const;
const SETTINGS = Object.fromEntries(new URLSearchParams(QUICK));

/** Until `heal` is called, nothing can be kept: access is denied, or there is no room. */
async function unkept(explorer: Explorer, random: Random) {
  const denied = PLACES.filter(() => random.below(2));
  const full = random.below(2) > 0;
  await explorer.page.evaluate(
    ([denied, full]) => {
      const deny = () => {
        throw new DOMException("Access is denied.", "SecurityError");
      };
      for (const name of denied) {
        Object.defineProperty(window, name, { configurable: true, get: deny });
      }
      if (!full) return;
      navigator.storage.estimate = () => Promise.resolve({ quota: 1000, usage: 1000 });
      Storage.prototype.setItem = () => {
        throw new DOMException("There is no room.", "QuotaExceededError");
      };
    },
    [denied, full] as const,
  );
  const heal = () =>
    explorer.page.evaluate((denied) => {
      for (const name of denied) delete (window as unknown as Record<string, unknown>)[name];
      delete (navigator.storage as { estimate?: unknown }).estimate;
      // The prototype's own was taken for good; a frame has another one.
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const { setItem } = (frame.contentWindow as typeof globalThis & Window).Storage.prototype;
      frame.remove();
      Storage.prototype.setItem = setItem;
    }, denied);
  return { heal, words: [...denied, ...(full ? ["full"] : [])].join(", ") || "nothing" };
}

function open(explorer: Explorer, name: string, bytes: Uint8Array): Promise<unknown> {
  const opened = explorer.lens.element.evaluate(
    (element, [name, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const { open } = element as unknown as { open(files: File[]): Promise<void> };
      return open.call(element, [new File([bytes], name)]);
    },
    [name, Buffer.from(bytes).toString("base64")] as const,
  );
  return Promise.race([opened, pause(30_000)]);
}

/** Sessions of the figure, saved once for each place. */
const saved = new WeakMap<Explorer, { name: string; bytes: Buffer }>();

export const KEPT: readonly Kind<Explorer>[] = [
  {
    name: "storage is denied or full",
    async happen(explorer, random) {
      const { lens } = explorer;
      const { heal, words } = await unkept(explorer, random);
      await open(explorer, "toy.csv", csv(set(3, 10 + random.below(100), 8, 8)));
      await lens.button("Use these images").click();
      await until(
        async () => (await lens.element.getAttribute("dataset")) === "own",
        "images that cannot be kept are not used",
      );
      const end = await explorer.run({ seed: "1" });
      assert.equal(end.said, undefined, `images that cannot be kept: ${end.said}`);
      await heal();
      await explorer.set({ dataset: "mnist", classes: "0,1" });
      await explorer.recovers(1 + random.below(3));
      await explorer.leaks();
      return words;
    },
  },
  {
    name: "a session arrives damaged",
    async happen(explorer, random) {
      const { lens } = explorer;
      let session = saved.get(explorer);
      if (!session) {
        await lens.unfoldPanel("network");
        session = await new Shown(explorer.page).take("Save session");
        saved.set(explorer, session);
      }
      const before = await explorer.digest();
      await open(explorer, session.name, damaged(session.bytes, random));
      const status = await lens.status.innerText();
      const reopened = /Reopened/.test(status);
      if (!reopened) {
        // What is no session any more may be taken for something else.
        const places = ["model", "images", "results"].map((part) => `[part=${part}]`);
        const said = (await lens.element.locator(places.join()).allInnerTexts()).join("\n");
        assert.ok(said.includes(session.name), `nothing is said of the session: ${status} ${said}`);
        assert.equal(await explorer.digest(), before, "what was computed before is gone");
      }
      await explorer.set({ ...SETTINGS, dataset: "mnist", classes: "0,1" });
      await explorer.recovers(1 + random.below(3));
      await explorer.leaks();
      return reopened ? "reopened" : "refused";
    },
  },
];
