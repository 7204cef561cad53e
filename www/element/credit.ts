/** Whose the images are, and on what terms. */
import type { Credit } from "../data/dataset";
import { h } from "../dom";
import { say } from "../nouns";
import type { DataForm } from "../report";

/** `elsewhere` says of which images the results are, where others are open. */
export function credit(
  { name, source, licence, licence_url: href }: Credit,
  elsewhere: string | undefined,
  form: DataForm = "image",
): (string | Node)[] {
  const first = elsewhere
    ? `The results shown are ${elsewhere}. ${say(form, "Images that are open")}: `
    : `${say(form, "Images")}: `;
  if (!source) return [`${first}${name}, from this machine; they stay on it.`];
  const terms = licence ? [", ", href ? h("a", { href, rel: "license" }, licence) : licence] : [];
  return [`${first}${name}`, ...terms, `. Source: ${source}.`];
}
