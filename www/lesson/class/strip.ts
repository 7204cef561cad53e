/** Numbers as dots above an axis, with the right one as a line. */
import { h } from "../../dom";
import type { AnswersText } from "../../text/en";
import { type Span, span } from "./summary";

/** So many dots stand side by side on the narrowest screens. */
const COLUMNS = 24;

/** `sorted` in ascending order; `right` is undefined while it is not known, and may be several. */
export function strip(
  sorted: readonly number[],
  right: { values: readonly number[]; words: string } | undefined,
  words: AnswersText,
  write: (value: number) => string,
): HTMLElement {
  const shown = span(sorted, right?.values ?? []);
  const share = (value: number) => (value - shown.from) / (shown.to - shown.from);
  const place = (element: HTMLElement, value: number) => {
    element.style.insetInlineStart = `${100 * share(value)}%`;
    return element;
  };
  const heights = new Map<number, number>();
  const near = sorted.filter((value) => value >= shown.from && value <= shown.to);
  const dots = near.map((value) => {
    const column = Math.round(share(value) * COLUMNS);
    const level = heights.get(column) ?? 0;
    heights.set(column, level + 1);
    const dot = place(h("span", { class: "dot" }), value);
    dot.style.setProperty("--level", `${level}`);
    return dot;
  });
  const highest = Math.max(1, ...heights.values());
  const lines = (right?.values ?? []).map((value) => place(h("span", { class: "true" }), value));
  const field = h("div", { class: "field", "aria-hidden": "true" }, ...lines, ...dots);
  field.style.setProperty("--levels", `${highest}`);
  const axis = h(
    "div",
    { class: "axis", "aria-hidden": "true" },
    ...ticks(shown).map((tick) => place(h("span", {}, write(tick)), tick)),
  );
  const beyond = [
    ...(shown.below ? [`← ${words.below(write(shown.below))}`] : []),
    ...(shown.above ? [`${words.above(write(shown.above))} →`] : []),
  ];
  return h(
    "div",
    { class: "strip" },
    ...(right ? [h("p", { class: "true-words" }, right.words)] : []),
    field,
    axis,
    h("p", { class: "beyond" }, beyond.join(" · ")),
    h("p", { class: "unseen" }, words.values(sorted.map(write).join("; "))),
  );
}

/** Round numbers within a span, three to six of them. */
export function ticks({ from, to }: Pick<Span, "from" | "to">): number[] {
  const power = 10 ** Math.floor(Math.log10(to - from));
  const steps = [0.1, 0.2, 0.5, 1, 2].map((factor) => factor * power);
  const step = steps.find((step) => (to - from) / step <= 6)!;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  // As few digits as the step has.
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toFixed(digits)));
}
