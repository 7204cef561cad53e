/** What is pinned: as the setting `pinned` has it, and as a run that is there. */
import "../../shared";
import type { Changed } from "../../parts/field";
import type { Moment } from "../../engine/messages";
import { isOfResults, type Report } from "../../report";
import { reportAt } from "../../run/moment";
import type { Run } from "../../run/run";
import type { Name, Texts } from "../../settings";
import { isSameNetwork, NAMES, nameIn, readSettings, runSettings, SETTINGS } from "../shared";
import type { Pin, Pins } from "../view";

/** What of a run is looked at; all else decides which run it is. */
const LOOKS: readonly Name[] = ["explain-class", "epoch"];

/** What decides which numbers there are. */
const NUMBERS: readonly Name[] = NAMES.filter(
  (name) => name === "dataset" || (SETTINGS[name].scope === "run" && name !== "engine"),
);

/**
 * What differs from the defaults, as `seed:2;classes:0,1`. A run of its own always says its seed: what says
 * no more than a class and an epoch is of the run that is shown.
 */
export function written(texts: Texts): string {
  const said = [...NUMBERS, ...LOOKS].flatMap((name) => {
    const text = texts[name];
    const usual = text === undefined || text === SETTINGS[name].initial;
    return usual && name !== "seed" ? [] : [pair(name, text ?? SETTINGS[name].initial)];
  });
  return said.join(";");
}

/** A class, or an epoch, of the run that is shown. */
export function ofShown(texts: Texts): string {
  return LOOKS.flatMap((name) => (texts[name] ? [pair(name, texts[name])] : [])).join(";");
}

function pair(name: Name, text: string): string {
  return `${name}:${text.replaceAll("%", "%25").replaceAll(";", "%3B")}`;
}

/** Undefined where it is not of that form. */
export function readPinned(text: string): Texts | undefined {
  const texts: Texts = {};
  for (const said of text.split(";").filter((each) => each.trim())) {
    const [, written, value] = /^\s*([a-z-]+):(.*)$/s.exec(said) ?? [];
    const name = written && nameIn(written);
    if (!name || ![...NUMBERS, ...LOOKS].includes(name)) return undefined;
    texts[name] = value!.replaceAll("%3B", ";").replaceAll("%25", "%");
  }
  return texts;
}

/** Whether it is of the run that is shown, whichever that is. */
export function isOfShown(texts: Texts): boolean {
  return Object.keys(texts).every((name) => LOOKS.includes(name as Name));
}

/** Pins what is shown, with the report as it is looked at, and opens the view of it. */
export function pin(pins: Pins, changed: Changed, report?: Partial<Report>): void {
  const shown = pins.shown();
  if (!shown) return;
  pins.kept = { ...shown, ...(report && { report: { ...report } }) };
  changed("pinned", written(shown.texts));
  changed("view", "pinned");
}

/** What stands beside what is shown. */
export interface Beside extends Pin {
  /** Row of its latent importance that is looked at. */
  row: number;
  /** Whether it is of the shown network, perhaps measured otherwise, or after another epoch. */
  same: boolean;
  /** After which epoch, where that is not the last. */
  epoch: number | undefined;
}

/** What is pinned, where it is there; its settings where it is to be trained; or why it cannot be had. */
export function besides(pins: Pins, text: string): Beside | Texts | string | undefined {
  const shown = pins.shown();
  const texts = readPinned(text);
  if (!texts) return `“${text}” does not say what is pinned: it has to be like seed:2;classes:0,1.`;
  if (!shown) return undefined;
  const found = isOfShown(texts) ? shown : runOf(pins, shown, texts);
  if (!found) return texts;
  const same = found.run.network !== undefined && found.run.network === shown.run.network;
  const row = rowOf(found.report, texts["explain-class"]);
  if (row < 0) return `There is no class ${texts["explain-class"]} in what is pinned.`;
  const report = reportOf(found, texts.epoch);
  if (!report) return `What is pinned was not measured after epoch ${texts.epoch}.`;
  const epoch = texts.epoch && report !== found.run.report ? Number(texts.epoch) : undefined;
  return { run: found.run, texts, report, row, same, epoch };
}

/** What is known of a run after an epoch; of its end where none is named. */
function reportOf({ run, report, texts }: Pin, epoch = ""): Partial<Report> | undefined {
  if (!epoch) return run.report;
  if (texts.epoch === epoch && report !== run.report) return report;
  if (Number(epoch) >= (run.report.training?.held_out_loss.length ?? Infinity)) return run.report;
  const moment = run.history.at(Number(epoch));
  if (moment?.epoch !== Number(epoch)) return undefined;
  return momentOf(run, moment);
}

/** One for each: what is drawn again and again is then known to be the same. */
const MOMENTS = new WeakMap<Moment, Partial<Report>>();

function momentOf({ report, history }: Run, moment: Moment): Partial<Report> {
  const found = MOMENTS.get(moment) ?? reportAt(report, moment, history.images);
  MOMENTS.set(moment, found);
  return found;
}

/** The run that gives such numbers, of those that are there. */
function runOf({ kept }: Pins, shown: Pin, texts: Texts): Pin | undefined {
  const number = (of: Texts) => written({ ...of, "explain-class": "", epoch: "" });
  if (kept && number(kept.texts) === number(texts)) return kept;
  const { dataset } = shown.texts;
  const { initial } = SETTINGS.dataset;
  const brought = shown.run.model ?? isOfResults(shown.report);
  if (brought || (dataset ?? initial) !== (texts.dataset ?? initial)) return undefined;
  const { values, refusals } = readSettings(
    (name) => texts[name] ?? null,
    shown.run.dataset?.classes,
  );
  const asked = Object.keys(refusals).length === 0 && runSettings(values);
  return asked && isSameNetwork(shown.run.settings, asked) ? shown : undefined;
}

/** Row of a class by its name, the first where none is named; below 0 where there is none of that name. */
function rowOf({ classes = [] }: Partial<Report>, name = ""): number {
  if (!name) return 0;
  const found = classes.findIndex((each) => each.name === name);
  return found < 0 ? classes.findIndex(({ label }) => `${label}` === name) : found;
}

/** The settings of the shown run with other first weights and another order of its images. */
export function otherSeed({ texts, run }: Pin): Texts {
  const { seed, weights_seed, order_seed } = run.settings;
  const plain = Object.fromEntries(
    Object.entries(texts).filter(([name]) => !ASKED.includes(name as Name)),
  );
  return {
    ...plain,
    "weights-seed": `${(weights_seed ?? seed) + 1}`,
    "order-seed": `${(order_seed ?? seed) + 1}`,
  };
}

/** What is measured besides what is compared here. */
const ASKED: readonly Name[] = [
  ...(["opinions", "image-errors", "controls", "networks", "smaller", "sizes", "factors"] as const),
];

/** Settings in which two differ, with what each has. */
export function differing(a: Texts, b: Texts): [name: Name, a: string, b: string][] {
  return NUMBERS.flatMap((name) => {
    const { initial } = SETTINGS[name];
    const [first, second] = [a[name] ?? initial, b[name] ?? initial];
    return first === second ? [] : [[name, first, second] as [Name, string, string]];
  });
}
