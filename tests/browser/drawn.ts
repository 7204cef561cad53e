/** When a page has drawn what it was asked for: told by the page, however long a frame takes it. */
import type { Page } from "playwright-core";

/** A page that counts. */
export interface Counted {
  /** Rejects where the page goes on drawing. */
  drawn(seconds: number): Promise<void>;
}

/** Has a page count what it has asked frames for; to be run in it before anything else. */
export function countFrames(): void {
  const due = new Set<number>();
  const [request, cancel] = [requestAnimationFrame, cancelAnimationFrame];
  window.requestAnimationFrame = (act) => {
    const frame = request((now) => {
      due.delete(frame);
      act(now);
    });
    due.add(frame);
    return frame;
  };
  window.cancelAnimationFrame = (frame) => {
    due.delete(frame);
    cancel(frame);
  };
  /** A view whose file, or what draws it, is on its way; it may also have been refused. */
  const awaited = () =>
    [...document.querySelectorAll("latent-lens")].some((lens) => {
      const canvas = lens.shadowRoot?.querySelector("[part=figure] canvas.chart");
      const trouble = lens.shadowRoot?.querySelector("[part=figure] .trouble");
      return canvas?.ariaLabel === "Loading" && !trouble?.textContent;
    });
  const drawn = async (seconds: number) => {
    const end = performance.now() + 1000 * seconds;
    // What one frame changes the size of is drawn in the next one.
    for (let still = 0; still < 3;) {
      await new Promise(request);
      still = due.size || awaited() ? 0 : still + 1;
      if (performance.now() > end) throw new Error("the page does not come to rest");
    }
  };
  Object.assign(window, { drawn });
}

/** Until a page has drawn what it was asked for. */
export function drawn(page: Page, seconds = 60): Promise<void> {
  return page.evaluate((seconds) => (window as unknown as Counted).drawn(seconds), seconds);
}
