/** Whose the images are, and on what terms. */
import type { Credit } from "../data/dataset";
import { h } from "../dom";

/** `elsewhere` says of which images the results are, where others are open. */
export function credit(
  { name, source, licence, licence_url: href }: Credit,
  elsewhere: string | undefined,
): (string | Node)[] {
  const first = elsewhere
    ? `The results shown are ${elsewhere}. Images that are open: `
    : "Images: ";
  if (!source) return [`${first}${name}, from this machine; they stay on it.`];
  const terms = licence ? [", ", href ? h("a", { href, rel: "license" }, licence) : licence] : [];
  return [`${first}${name}`, ...terms, `. Source: ${source}.`];
}
