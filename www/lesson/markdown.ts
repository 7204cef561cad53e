/** A lesson's Markdown as elements: text only, no HTML, no pictures, and only links that are safe. */
import type { Token, Tokens } from "marked";

import { h } from "../dom";

export interface Context {
  /** What stands for `{{…}}`. */
  fact(text: string): Node;
  /** Where relative links lead from. */
  base: string;
  /** Called for links that begin with `?`: the settings of the explorer that they name. */
  set?(query: string): void;
}

export function render(tokens: readonly Token[], context: Context): Node[] {
  return tokens.flatMap((token) => block(token, context));
}

/** One line of words, such as a title. */
export function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) => ("tokens" in token && token.tokens ? plain(token.tokens) : textOf(token)))
    .join("");
}

function block(token: Token, context: Context): Node[] {
  const inside = () => inline((token as Tokens.Paragraph).tokens ?? [], context);
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return [];
    case "heading": {
      // The page has the first level.
      const { depth } = token as Tokens.Heading;
      return [h(depth <= 1 ? "h2" : depth === 2 ? "h3" : "h4", {}, ...inside())];
    }
    case "paragraph":
      return [h("p", {}, ...inside())];
    case "text":
      return "tokens" in token && token.tokens ? inside() : filled(textOf(token), context);
    case "blockquote":
      return [h("blockquote", {}, ...render((token as Tokens.Blockquote).tokens, context))];
    case "list": {
      const { ordered, items } = token as Tokens.List;
      return [
        h(
          ordered ? "ol" : "ul",
          {},
          ...items.map((item) => h("li", {}, ...render(item.tokens, context))),
        ),
      ];
    }
    case "code":
      return [h("pre", { tabindex: "0" }, h("code", {}, (token as Tokens.Code).text))];
    case "hr":
      return [h("hr")];
    case "table": {
      const { header, rows } = token as Tokens.Table;
      const row = (cells: Tokens.TableCell[], tag: "th" | "td") =>
        h("tr", {}, ...cells.map((cell) => h(tag, {}, ...inline(cell.tokens, context))));
      return [
        h(
          "table",
          {},
          h("thead", {}, row(header, "th")),
          h("tbody", {}, ...rows.map((cells) => row(cells, "td"))),
        ),
      ];
    }
    default:
      return [h("p", {}, token.raw.trim())];
  }
}

function inline(tokens: readonly Token[], context: Context): Node[] {
  return tokens.flatMap((token): Node[] => {
    const inside = () => inline((token as Tokens.Strong).tokens ?? [], context);
    switch (token.type) {
      case "strong":
        return [h("strong", {}, ...inside())];
      case "em":
        return [h("em", {}, ...inside())];
      case "del":
        return [h("s", {}, ...inside())];
      case "br":
        return [h("br")];
      case "codespan":
        return [h("code", {}, (token as Tokens.Codespan).text)];
      case "link":
        return [link(token as Tokens.Link, inside(), context)];
      case "image":
        return [h("span", {}, (token as Tokens.Image).text)];
      case "text":
        return "tokens" in token && token.tokens ? inside() : filled(textOf(token), context);
      case "escape":
        return filled(textOf(token), context);
      default:
        return [document.createTextNode(token.raw)];
    }
  });
}

function link({ href }: Tokens.Link, words: Node[], { base, set }: Context): Node {
  if (href.startsWith("?") && set) {
    const act = () => set(href);
    return h("button", { type: "button", class: "link", onclick: act }, ...words);
  }
  const address = safely(href, base);
  if (!address || !["http:", "https:"].includes(address.protocol)) return h("span", {}, ...words);
  return h("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, ...words);
}

function safely(href: string, base: string): URL | undefined {
  try {
    return new URL(href, base);
  } catch {
    return undefined;
  }
}

/** Text with its facts. */
function filled(text: string, { fact }: Context): Node[] {
  return text.split(/(\{\{[^{}]*\}\})/).flatMap((part): Node[] => {
    if (!part) return [];
    const found = /^\{\{([^{}]*)\}\}$/.exec(part);
    return [found ? fact(found[1]!.trim()) : document.createTextNode(part)];
  });
}

function textOf(token: Token): string {
  return "text" in token && typeof token.text === "string" ? token.text : token.raw;
}
