/** The languages that the page's words are there in. */
import * as de from "./de";
import * as en from "./en";

export const LANGUAGES = { en, de };
export type Language = keyof typeof LANGUAGES;
/** The words for a lesson and what is around it. */
export type LanguageText = Pick<typeof en, "lesson" | "answers" | "editor">;

/** The first of some language tags that there are words for: `de-AT` is served by `de`. */
export function known(wanted: readonly (string | null | undefined)[]): Language | undefined {
  for (const tag of wanted) {
    const base = tag?.split(/[-_]/)[0]?.toLowerCase() ?? "";
    if (Object.hasOwn(LANGUAGES, base)) return base as Language;
  }
  return undefined;
}
