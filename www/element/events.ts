/** What the element tells the page around it, as plain data. */
import type { Progress } from "../engine/messages";
import type { FailureKind } from "../failures";
import { renamed } from "../renamed";
import type { Report } from "../report";
import type { Phase } from "../run/machine";
import type { Name } from "../settings";

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

/** Settings that are others than before. */
export interface ChangeDetail {
  /** As attributes have them, in the order of the table of settings. */
  names: Name[];
}

export interface LatentLensEventMap {
  /** The run has come further; many times a second. */
  "lens-progress": CustomEvent<ProgressDetail>;
  /** The run has ended and its report is whole. */
  "lens-done": CustomEvent<DoneDetail>;
  /** The run ended early, or cannot begin. */
  "lens-error": CustomEvent<ErrorDetail>;
  /** A file is a lesson; whoever shows it cancels the event, and else it is refused. */
  "lens-lesson": CustomEvent<LessonDetail>;
  /** Settings have changed, by the visitor's hand or by the page's: one event for all of them. */
  change: CustomEvent<ChangeDetail>;
}

/** The names of the version before, whose events are still fired beside those of now. */
const OLD: Partial<Record<keyof LatentLensEventMap, string>> = {
  "lens-progress": "progress",
  "lens-done": "done",
  "lens-error": "error",
  "lens-lesson": "lesson",
};

type Detail<K extends keyof LatentLensEventMap> = LatentLensEventMap[K]["detail"];

/**
 * Tells the page. As HTML's own, `change` stays within the tree that the element stands in; the others
 * leave shadow trees. Gives whether nobody has cancelled it.
 */
export function fire<K extends keyof LatentLensEventMap>(
  element: HTMLElement,
  type: K,
  detail: Detail<K>,
): boolean {
  const old = OLD[type];
  const cancelable = type === "lens-lesson";
  const composed = type !== "change";
  const event = new CustomEvent(type, { detail, bubbles: true, composed, cancelable });
  const uncancelled = element.dispatchEvent(event);
  if (old === undefined || !uncancelled) return uncancelled;
  return element.dispatchEvent(new CustomEvent(old, { detail, cancelable }));
}

/** Has the elements of a class tell in the console who listens for an event by its old name. */
export function watchListeners(prototype: HTMLElement): void {
  const names = new Map(Object.entries(OLD).map(([now, old]) => [old, now]));
  const { addEventListener } = prototype;
  prototype.addEventListener = function (this: HTMLElement, ...given: [string, never]) {
    const now = names.get(given[0]);
    if (now) renamed(`the event ${given[0]}`, now);
    addEventListener.apply(this, given);
  };
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
