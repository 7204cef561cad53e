/** What is wrong with a lesson's file: all of it, each with its line. */
import { LessonError } from "./lesson";

/** Gathers faults, so that one does not hide the next. */
export class Faults {
  readonly #found = new Map<string, LessonError>();

  /** In the order of their lines; what is of no line comes first. */
  get found(): LessonError[] {
    return [...this.#found.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  }

  add(error: LessonError): void {
    this.#found.set(`${error.line} ${error.message}`, error);
  }

  /** What `read` gives, or `otherwise` where it finds a fault. */
  attempt<T, F>(read: () => T, otherwise: F): T | F {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      this.add(error);
      return otherwise;
    }
  }
}
