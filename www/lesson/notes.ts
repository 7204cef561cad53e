/** A teacher's notes: Markdown without steps, as a page of its own. */
import { lexer } from "marked";

import { h } from "../dom";
import { render } from "./markdown";
import type { Source } from "./source";

export function notesOf(
  { text, base }: Pick<Source, "text" | "base">,
  language: string,
): HTMLElement {
  const fact = (inside: string) => document.createTextNode(inside);
  const nodes = render(lexer(text), { base, fact });
  return h("article", { class: "notes", lang: language }, ...nodes);
}
