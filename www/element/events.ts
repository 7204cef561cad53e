/** What the element tells the page around it, as plain data. */
import type { Progress } from "../engine/messages";
import type { FailureKind } from "../failures";
import type { Report } from "../report";
import type { Phase } from "../run/machine";

/** How far a run has come. */
export interface ProgressDetail extends Progress {
  phase: Phase;
}

/** What a run has found. */
export interface DoneDetail {
  report: Report;
}

/** Why a run ended early, or cannot begin. */
export interface ErrorDetail {
  /** For programs. */
  kind: FailureKind;
  /** For people: a sentence that says what to do. */
  message: string;
}

/** A lesson that was dropped or chosen. */
export interface LessonDetail {
  file: File;
}

export interface LatentLensEventMap {
  /** The run has come further; many times a second. */
  progress: CustomEvent<ProgressDetail>;
  /** The run has ended and its report is whole. */
  done: CustomEvent<DoneDetail>;
  /** The run ended early, or cannot begin. */
  error: CustomEvent<ErrorDetail>;
  /** A file is a lesson; whoever shows it cancels the event, and else it is refused. */
  lesson: CustomEvent<LessonDetail>;
}

export interface Listening {
  addEventListener<K extends keyof LatentLensEventMap>(
    type: K,
    listener: (event: LatentLensEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof LatentLensEventMap>(
    type: K,
    listener: (event: LatentLensEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}
