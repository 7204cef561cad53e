type Attributes = Record<string, string | boolean | EventListener>;

/** An element with its attributes, listeners (`onclick`) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: Node[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...children);
  return element;
}

/** Writes only when something changed, so that nothing is laid out again for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Gives an element other children. Buttons of a radio group lose its name first: in a shadow tree Chromium's groups keep
 * what is taken out of them, with all that it was part of.
 */
export function replace(element: Element, ...children: Node[]): void {
  for (const radio of element.querySelectorAll<HTMLInputElement>("[type=radio]")) radio.name = "";
  element.replaceChildren(...children);
}

/** Before something goes that has the keyboard's focus: moves that to what takes its place. */
export function passFocus(from: Element, to: HTMLElement): void {
  if (from.matches(":focus-within")) to.focus();
}
