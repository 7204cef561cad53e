/** The look of parts that are fetched when they are wanted. */

/** By their text: one for all elements of a page. */
const sheets = new Map<string, CSSStyleSheet>();

/** Has the element that a node is in look as a style sheet says, from now on. */
export function dress(node: Node, css: string): void {
  const root = node.getRootNode();
  if (!(root instanceof ShadowRoot)) return;
  let sheet = sheets.get(css);
  if (!sheet) {
    sheets.set(css, (sheet = new CSSStyleSheet()));
    sheet.replaceSync(css);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}
