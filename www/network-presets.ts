/** Kinds of autoencoders as they are taught: settings of a network by one name. The terminal has the same table. */
import table from "../src/settings/presets.json";
import {
  isAbout,
  type Name,
  Refusal,
  type Setting,
  SETTINGS,
  type Texts,
  type Values,
} from "./settings";

export interface NetworkPreset {
  name: string;
  /** The name of the tutorial that it is from. */
  source: string;
  title: string;
  /** What is to be learned from it. */
  teaches: string;
  /** What is otherwise than in the source, and why; empty where nothing is. */
  differs: string;
  /** What is not as by default. */
  settings: Texts;
}

export interface PresetSource {
  name: string;
  title: string;
  address: string;
  /** What is in the source and not here; empty where all of it is. */
  lacks: string;
}

export const NETWORK_PRESETS: readonly NetworkPreset[] = table.presets;
export const PRESET_SOURCES: readonly PresetSource[] = table.sources;

/** All that a preset settles: of what network, and how it is trained. */
const SETTLED = [
  ...["kind", "variational", "beta", "dims", "hidden-layers", "filters", "downsampling"],
  ...["epochs", "activation", "loss", "output", "learning-rate", "batch-size"],
  ...["sparsity", "noise", "noise-level", "dropout", "weight-decay"],
] as Name[];

/** What a preset sets, what it does not speak of as by default. */
export function presetTexts({ settings }: NetworkPreset): Texts {
  return Object.fromEntries(
    SETTLED.map((name) => [name, settings[name] ?? SETTINGS[name].initial]),
  ) as Texts;
}

/**
 * The preset of this name.
 *
 * @throws {Refusal} Where there is none.
 */
export function presetNamed(name: string): NetworkPreset {
  const found = NETWORK_PRESETS.find((each) => each.name === name.trim());
  if (found) return found;
  const names = NETWORK_PRESETS.map((each) => each.name).join(", ");
  throw new Refusal(`Preset must be one of ${names}.`);
}

/** The preset that the settings are those of, if they are of one. */
export function presetOf(values: Values): NetworkPreset | undefined {
  return NETWORK_PRESETS.find((preset) => {
    const texts = presetTexts(preset);
    return SETTLED.every((name) => {
      const { read } = SETTINGS[name] as Setting<unknown>;
      return !isAbout(name, values) || `${values[name]}` === `${read(texts[name]!)}`;
    });
  });
}
