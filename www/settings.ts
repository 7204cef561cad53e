/**
 * The one table of settings. Attributes, URL parameters, form controls and their checks are all
 * made from it: a new setting is one new row.
 */
import type { RunSettings } from "./report";

export interface Setting<T> {
  label: string;
  help: string;
  control: Control;
  /** Settings of a run cannot be changed while it runs. */
  scope: "run" | "page";
  /** The default, as it would stand in an attribute. */
  initial: string;
  /** Understands an attribute's text, or throws a `Refusal` with the reason. */
  read(text: string): T;
  /** How the folded form speaks of the value. */
  summary?(value: T): string;
}

export type Control =
  | { kind: "hidden" }
  | { kind: "classes" }
  | { kind: "text"; numeric: boolean }
  | { kind: "choice"; options: Record<string, string> };

/** Why a text is no value for a setting, in words for the person who wrote it. */
export class Refusal extends Error {}

/** What the engine counts with; larger whole numbers become this one, which it then refuses. */
const LARGEST = 2 ** 32 - 1;

export const SETTINGS = {
  dataset: word("mnist", "Folder of the images, beside the element's code."),
  classes: row({
    label: "Digits",
    help: "Which digits the autoencoder learns, and is explained for.",
    control: { kind: "classes" },
    scope: "run",
    initial: "0,1",
    read: (text) => wholeNumbers(text, "Digits must be listed like 0, 1."),
    summary: (labels) => `digits ${labels.join(", ")}`,
  }),
  dims: whole("Latent dimensions", 12, "How many numbers each image is squeezed into.", {
    summary: (value) => count(value, "latent dimension"),
  }),
  hidden: row({
    label: "Hidden layers",
    help: "Units of the encoder’s layers, such as 512, 128; the decoder mirrors them. Empty: none.",
    control: { kind: "text", numeric: false },
    scope: "run",
    initial: "",
    read: (text) => wholeNumbers(text, "Hidden layers must be listed like 512, 128."),
    summary: (units) => (units.length ? `hidden ${units.join(", ")}` : ""),
  }),
  epochs: whole("Epochs", 50, "How often training goes through all its images.", {
    summary: (value) => count(value, "epoch"),
  }),
  permutations: whole("Permutations", 4, "Shuffles of each pixel; more take longer and err less.", {
    summary: (value) => count(value, "permutation"),
  }),
  seed: whole("Seed", 1, "The same seed gives the same numbers again.", {
    max: LARGEST,
    summary: (value) => `seed ${value}`,
  }),
  engine: choice(
    "Engine",
    "auto",
    "What does the calculating; both give the same picture.",
    "run",
    {
      auto: "Auto",
      cpu: "CPU",
      webgpu: "WebGPU",
    },
  ),
  theme: choice("Appearance", "auto", "Auto follows the page and the system.", "page", {
    auto: "Auto",
    light: "Light",
    dark: "Dark",
  }),
  class: word("", "Class whose latent importance is shown."),
  autorun: row({
    label: "Autorun",
    help: "Runs as soon as everything is there.",
    control: { kind: "hidden" },
    scope: "page",
    initial: "false",
    read: (text) => text !== "false",
  }),
};

export type Name = keyof typeof SETTINGS;
export type Values = { [K in Name]: ReturnType<(typeof SETTINGS)[K]["read"]> };
export type Refusals = Partial<Record<Name, string>>;

export const NAMES = Object.keys(SETTINGS) as Name[];

/** Reads every setting; one that is refused counts as its default until it is put right. */
export function readSettings(textOf: (name: Name) => string | null): {
  values: Values;
  refusals: Refusals;
} {
  const refusals: Refusals = {};
  const values = NAMES.map((name) => {
    const { initial, read } = SETTINGS[name];
    try {
      return [name, read(textOf(name) ?? initial)];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals[name] = error.message;
      return [name, read(initial)];
    }
  });
  return { values: Object.fromEntries(values) as Values, refusals };
}

export function runSettings(values: Values): RunSettings {
  const { classes, dims, hidden, epochs, permutations, seed } = values;
  return { classes, dims, hidden, epochs, permutations, seed };
}

/** One line that says what a run would do. */
export function summarise(values: Values): string {
  const parts = NAMES.map((name) => {
    const setting = SETTINGS[name] as Setting<unknown>;
    return setting.summary?.(values[name]) ?? "";
  });
  return parts.filter(Boolean).join(" · ");
}

function row<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

function word(initial: string, help: string): Setting<string> {
  return {
    label: "",
    help,
    control: { kind: "hidden" },
    scope: "page",
    initial,
    read: (text) => text.trim(),
  };
}

function whole(
  label: string,
  initial: number,
  help: string,
  { max, summary }: { max?: number; summary(value: number): string },
): Setting<number> {
  return {
    label,
    help,
    control: { kind: "text", numeric: true },
    scope: "run",
    initial: String(initial),
    read(text) {
      if (!/^\s*\d+\s*$/.test(text)) {
        throw new Refusal(`${label} must be a whole number, such as ${initial}.`);
      }
      if (max !== undefined && Number(text) > max) {
        throw new Refusal(`${label} must be a whole number from 0 to ${max}.`);
      }
      return Math.min(Number(text), LARGEST);
    },
    summary,
  };
}

function choice<K extends string>(
  label: string,
  initial: NoInfer<K>,
  help: string,
  scope: "run" | "page",
  options: Record<K, string>,
): Setting<K> {
  return {
    label,
    help,
    control: { kind: "choice", options },
    scope,
    initial,
    read(text) {
      if (!Object.hasOwn(options, text)) {
        throw new Refusal(`${label} must be one of ${Object.keys(options).join(", ")}.`);
      }
      return text as K;
    },
  };
}

function wholeNumbers(text: string, refusal: string): number[] {
  if (text.trim() === "") return [];
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((part) => {
      if (!/^\d+$/.test(part)) throw new Refusal(refusal);
      return Math.min(Number(part), LARGEST);
    });
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? "" : "s"}`;
}
