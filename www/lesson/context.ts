/** What the facts in a lesson's words come to in a run. */
import { h } from "../dom";
import { evaluate, FACTS, type Found, formula, written } from "./facts";
import type { Context } from "./markdown";

/** Of no run yet, each is “…”; `unknown` says why. */
export function contextOf(
  report: Found | undefined,
  base: string,
  language: string,
  unknown: string,
): Context {
  return {
    base,
    fact: (text) => {
      const asked = formula(text);
      const value = report && evaluate(asked, report);
      if (value === undefined) return h("span", { class: "fact", title: unknown }, "…");
      return h("span", { class: "fact" }, written(value, FACTS[asked.name].kind, language));
    },
  };
}
