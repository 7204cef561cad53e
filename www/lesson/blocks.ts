/** The blocks of a lesson's text, and the facts and links in their words. */
import { lexer, type Token, type Tokens, walkTokens } from "marked";

import type { Faults } from "./faults";
import { LessonError, type Settings } from "./lesson";
import { readFormula } from "./pairs";
import type { Use } from "./possible";
import { ofPreset, PRESET, setting, settingName } from "./state";

/** A block of the file, with the line that it begins on. */
export interface Block {
  line: number;
  token: Token;
}

export function cut(body: string, begins: number): Block[] {
  let tokens: Token[];
  try {
    tokens = lexer(body);
    walkTokens(tokens, () => undefined);
  } catch (error) {
    // What is nested thousands of times deep exhausts the stack.
    const reason = error instanceof Error ? error.message : `${error}`;
    throw new LessonError(undefined, `The Markdown cannot be read (${reason}): make it simpler.`);
  }
  let line = begins;
  const blocks: Block[] = [];
  for (const token of tokens) {
    if (token.type !== "space") blocks.push({ line, token });
    line += token.raw.split("\n").length - 1;
  }
  return blocks;
}

export function depth(token: Token): number {
  return token.type === "heading" ? (token as Tokens.Heading).depth : 0;
}

/** The name of a block of code. */
export function fence(token: Token | undefined): string {
  return token?.type === "code" ? ((token as Tokens.Code).lang ?? "").trim() : "";
}

/** The facts and links of a block's words, each with its line. */
export function usesIn({ token, line }: Block, faults: Faults): Pick<Use, "line" | "what">[] {
  const found: Pick<Use, "line" | "what">[] = [];
  let at = 0;
  const lineOf = (text: string) => {
    const next = token.raw.indexOf(text, at);
    if (next >= 0) at = next;
    return line + token.raw.slice(0, at).split("\n").length - 1;
  };
  const look = (leaf: Token) => {
    if (leaf.type === "link") {
      const { href } = leaf as Tokens.Link;
      const where = lineOf(`(${href}`) && lineOf(href);
      if (!href.startsWith("?")) return;
      const settings = faults.attempt(() => linked(href, where), undefined);
      if (settings) found.push({ line: where, what: { kind: "link", settings } });
    } else if (leaf.type === "codespan") lineOf(leaf.raw);
    else if (
      (leaf.type === "text" || leaf.type === "escape") &&
      !("tokens" in leaf && leaf.tokens)
    ) {
      const text = "text" in leaf && typeof leaf.text === "string" ? leaf.text : leaf.raw;
      for (const [written, inside] of text.matchAll(FORMULAS)) {
        const where = lineOf(written);
        at += written.length;
        const formula = faults.attempt(() => readFormula(inside!, where), undefined);
        if (formula) found.push({ line: where, what: { kind: "fact", formula } });
      }
      const odd = /\{\{|\}\}/.exec(text.replace(FORMULAS, ""));
      if (odd) {
        const words = `“${odd[0]}” stands alone: a fact is written like {{top(1)}}, and what is none like \`{{…}}\`.`;
        faults.add(new LessonError(lineOf(odd[0]), words));
      }
    }
  };
  walkTokens([token], look);
  return found;
}

const FORMULAS = /\{\{([^{}]*)\}\}/g;

/** What a link such as `?dimension=3&run` sets. */
function linked(href: string, line: number): Settings {
  const query = new URLSearchParams(href);
  const preset = query.get(PRESET);
  const settings: Settings = preset === null ? {} : ofPreset(preset, line);
  for (const [written, text] of query) {
    if (written === "run" || written === PRESET) continue;
    const name = settingName(written, line);
    settings[name] = setting(name, text, line);
  }
  return settings;
}

export function refuseFacts(title: string, line: number, faults: Faults): void {
  if (!title.includes("{{")) return;
  faults.add(new LessonError(line, "A title has no facts: it stands in the list of steps."));
}
