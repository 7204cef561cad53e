/** Whose the images are, and on what terms. */
import type { Credit } from "../data/dataset";
import { h } from "../dom";

export function credit({ name, source, licence, licence_url: href }: Credit): (string | Node)[] {
  if (!source) return [`Images: ${name}, from this machine; they stay on it.`];
  const terms = licence ? [", ", href ? h("a", { href, rel: "license" }, licence) : licence] : [];
  return [`Images: ${name}`, ...terms, `. Source: ${source}.`];
}
