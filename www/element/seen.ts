/** When the element comes into view: until then it asks the network for nothing. */

/** So far below the window it counts as seen, so that it is ready when it gets there. */
const MARGIN = "200px";

/** Calls back once, when the element is seen for the first time; the returned function ends the wait. */
export function whenSeen(element: Element, seen: () => void): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      seen();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
