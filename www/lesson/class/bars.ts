/** How many chose each option, as bars; those that are right are marked. */
import { h } from "../../dom";

export interface Bar {
  words: Node[];
  count: number;
  right: boolean;
}

/** `all` is how many a bar of full length would be. */
export function bars(
  options: Bar[],
  all: number,
  right: string,
  write: (value: number) => string,
): HTMLElement {
  return h(
    "ul",
    { class: "bars" },
    ...options.map(({ words, count, right: isRight }) => {
      const length = h("span", { class: "length" });
      length.style.inlineSize = `${all ? (100 * count) / all : 0}%`;
      return h(
        "li",
        { class: isRight ? "right" : "" },
        h("div", { class: "words" }, ...words),
        h("b", {}, write(count)),
        h("span", { class: "track", "aria-hidden": "true" }, length),
        ...(isRight ? [h("span", { class: "tag" }, `✓ ${right}`)] : []),
      );
    }),
  );
}
