/**
 * Every setting as a property of the element, made from the one table: `epochs` is the attribute
 * `epochs` as a number, `filterEmpty` is `filter-empty` as a boolean. They are one and the same: what
 * is set as one is read as the other.
 */
import { asProperty, type ClassName, readNames, writeNames } from "../classes";
import { writeGroups } from "../grouping";
import type { Grouping } from "../report";
import { type Name, NAMES, SETTINGS, type Values } from "../settings";

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** HTML's elements have a `dataset` of their own, and `images` are those that a page gives. */
const OWN_NAMES = { dataset: "datasetName", images: "imageColours" } as const;

type PropertyOf<K extends Name> = K extends keyof typeof OWN_NAMES
  ? (typeof OWN_NAMES)[K]
  : Camel<K>;

type Value<K extends Name> = K extends "classes" ? ClassName[] : Values[K];

export type Properties = { [K in Name as PropertyOf<K>]: Value<K> };

/** How the element is read and set. */
export interface Access<E> {
  value(element: E, name: Name): Values[Name] | ClassName[];
  set(element: E, name: Name, text: string): void;
}

export function propertyOf(name: Name): string {
  if (name in OWN_NAMES) return OWN_NAMES[name as keyof typeof OWN_NAMES];
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Gives the elements of a class their properties. */
export function defineProperties<E extends HTMLElement>(prototype: E, access: Access<E>): void {
  for (const name of NAMES) {
    const property = propertyOf(name);
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      get(this: E) {
        return access.value(this, name);
      },
      set(this: E, value: unknown) {
        // Frameworks take a property back by setting it to undefined.
        if (value === undefined) return access.set(this, name, SETTINGS[name].initial);
        access.set(this, name, textOf(value));
      },
    });
  }
}

/** Lists of classes and groups of pixels are written out. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return writeNames(value as ClassName[]);
  return value && typeof value === "object" ? writeGroups(value as Grouping) : `${value ?? ""}`;
}

/** Takes over what was set as properties before the element's code was there. */
export function takeOver(element: HTMLElement): void {
  for (const property of [...NAMES.map(propertyOf), "images", "model", "preset"]) {
    if (!Object.hasOwn(element, property)) continue;
    const own = element as unknown as Record<string, unknown>;
    const value = own[property];
    delete own[property];
    own[property] = value;
  }
}

/** What a list of classes is as a property. */
export function classNames(text: string): ClassName[] {
  return (readNames(text) ?? []).map(asProperty);
}
