/** What a student hands in: a code of all answers, to be copied and sent in any way. */
import { copied } from "../../clipboard";
import { h, setText } from "../../dom";
import { address } from "../../settings";
import type { AnswersText } from "../../text/en";
import type { Lesson } from "../lesson";
import type { Progress } from "../progress";
import type { Source } from "../source";
import { ANSWERS } from "./address";
import { cleanName, encode, type Handed } from "./code";
import { editionOf } from "./edition";

export function handIn(
  lesson: Lesson,
  source: Source,
  progress: Progress,
  words: AnswersText,
): HTMLElement {
  const code = () => encode(handedOf(lesson, progress, Math.floor(Date.now() / 1000)));
  const said = h("p", { class: "note", role: "status" });
  const shown = h("textarea", {
    class: "code",
    readonly: true,
    rows: "3",
    "aria-label": words.code,
  });
  const show = (text: string) => {
    shown.value = text;
    shown.hidden = false;
  };
  shown.hidden = true;
  const copy = async (text: string) => {
    show(text);
    if (await copied(text)) return setText(said, words.copied);
    // The browser does not let us: it is there to be copied by hand.
    shown.select();
    setText(said, words.copyYourself);
  };
  const name = h("input", {
    type: "text",
    autocomplete: "off",
    maxlength: "40",
    value: progress.name,
    oninput: () => {
      progress.name = cleanName(name.value);
      shown.hidden = true;
      setText(said, "");
    },
  });
  const button = (text: string, look: string, write: () => string) =>
    h(
      "button",
      { type: "button", class: `button ${look}`, onclick: () => void copy(write()) },
      text,
    );
  const link = linkTo(source);
  return h(
    "div",
    { class: "hand-in" },
    h("p", {}, words.handInWhy),
    h("label", {}, h("span", {}, words.yourName), name),
    h(
      "div",
      { class: "row" },
      button(words.copyCode, "primary", code),
      ...(link ? [button(words.copyLink, "", () => `${link}#${code()}`)] : []),
    ),
    said,
    shown,
    h("p", { class: "note" }, words.handInWhat),
  );
}

/** The teacher's page of a lesson that can be fetched there, too. */
function linkTo({ from }: Source): string | undefined {
  const lesson = new URLSearchParams(location.search).get("lesson");
  if (!lesson || from !== "address") return undefined;
  return address(
    location.origin + location.pathname,
    new URLSearchParams({ lesson, [ANSWERS]: "" }),
  );
}

export function handedOf(lesson: Lesson, progress: Progress, time: number): Handed {
  const answers = lesson.steps.flatMap(({ question }, at) => {
    if (!question) return [];
    const { given, revealed, first, tried = given, hints = [] } = progress.of(at);
    const { kind } = question.form;
    // Only what there is: the file may have changed since it was answered.
    const known = tried.filter(
      (each) => kind === "number" || (Number.isInteger(each) && each >= 0),
    );
    const ascending = [...new Set(known)].sort((a, b) => a - b);
    const opened = hints.filter((hint) => hint < question.hints.length).sort((a, b) => a - b);
    return [{ kind, given: ascending, seen: revealed, first, hints: opened }];
  });
  return {
    edition: editionOf(lesson),
    student: progress.student,
    time,
    name: cleanName(progress.name),
    reached: progress.reached + 1,
    answers,
  };
}
