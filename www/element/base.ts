/** What the element is made from. A server, where a page may be put together, has no elements. */
export const Base =
  typeof HTMLElement === "undefined" ? (class {} as typeof HTMLElement) : HTMLElement;
