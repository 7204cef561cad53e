/** What explaining a graph will take, before it begins: from what an image took, and how many are asked about. */
import { count, duration, integer, significant } from "../format";
import type { ImageShape, RunSettings } from "../report";
import type { HalfDescription, Tried } from "./messages";

export interface Work {
  settings: Pick<RunSettings, "method" | "permutations" | "permute">;
  image: ImageShape;
  /** Explained images, and latent dimensions. */
  images: number;
  dims: number;
  /** None where it is asked by the page itself. */
  workers?: number;
}

export interface Estimate {
  ms: number;
  /** Whether that is longer than somebody waits without having been asked. */
  is_long: boolean;
  sentence: string;
}

/** As long as anybody waits unasked. */
const LONG_MS = 60_000;
/** As many multiply-adds as exactness is worth where nothing else is asked, and those that are guessed for a row. */
const AFFORDABLE = 1e10;
const GUESSED = 1e6;
/** Where there is less to do for each, fewer workers help (`engine/workers.ts`). */
const WORTHWHILE_MS = 250;
/** For fewer images maps are little more than noise. */
const FEWER = 100;

export function estimate(tried: Tried, work: Work): Estimate {
  const { encode_ms, decode_ms } = tried;
  const { settings, images, dims, workers } = work;
  const features = featuresOf(work);
  const encoded = encode_ms === undefined ? 0 : rows(features, images, settings, tried.encoder);
  const decoded = decode_ms === undefined ? 0 : rows(dims, images, settings, tried.decoder);
  const alone = ([encoded, decoded]: [number, number]) =>
    (encode_ms ?? 0) * encoded + (decode_ms ?? 0) * decoded;
  const share = (ms: number) => Math.max(1, Math.min(workers ?? 1, Math.floor(ms / WORTHWHILE_MS)));
  const time = (rows: [number, number]) => alone(rows) / share(alone(rows));
  const ms = time([encoded, decoded]);
  const many = workers && share(alone([encoded, decoded]));
  const takes: string[] = [];
  if (encode_ms !== undefined) takes.push(`${milliseconds(encode_ms)} to encode`);
  if (decode_ms !== undefined) takes.push(`${milliseconds(decode_ms)} to decode`);
  const asked: string[] = [];
  if (encoded) asked.push(`${integer(encoded)} changed images are encoded`);
  if (decoded) asked.push(`${integer(decoded)} ${encoded ? "" : "images are "}decoded`);
  const sentences = [
    `An image takes ${takes.join(" and ")} on this machine.`,
    `With these settings at most ${asked.join(" and ")}, which ${by(many, duration(ms))}.`,
  ];
  const is_long = ms > LONG_MS;
  if (is_long) sentences.push(quicker(work, time));
  return { ms, is_long, sentence: sentences.join(" ") };
}

/** Changed images, or latents, that a stage asks about: at most, as many values are the same before and after. */
function rows(
  features: number,
  images: number,
  { method, permutations }: Pick<RunSettings, "method" | "permutations">,
  { work = GUESSED }: Partial<HalfDescription> = {},
): number {
  const all = features * images * images;
  const is_exact = method === "exact" || (method === "auto" && all * work <= AFFORDABLE);
  return is_exact ? all : features * images * permutations;
}

function by(workers: number | undefined, time: string): string {
  if (workers === undefined) return `takes ${time}`;
  return `${workers === 1 ? "one worker" : `${integer(workers)} workers`} can do in ${time}`;
}

/** What is shuffled in stage 1. */
function featuresOf({ settings, image: { height, width, channels } }: Work): number {
  return height * width * (settings.permute === "channel" ? channels : 1);
}

function quicker(work: Work, time: (rows: [number, number]) => number): string {
  const { settings, images, dims } = work;
  const features = featuresOf(work);
  const sampled = (images: number, permutations: number) => {
    const asked = { method: "sampled" as const, permutations };
    return time([rows(features, images, asked), rows(dims, images, asked)]);
  };
  const ways: string[] = [];
  if (images > FEWER) {
    const ms = sampled(FEWER, settings.permutations);
    ways.push(`${count(FEWER, "explained image")} take ${duration(ms)}`);
  }
  if (settings.method === "exact" || settings.permutations > 1) {
    ways.push(`one permutation takes ${duration(sampled(images, 1))}`);
  }
  return ways.length > 0 ? `Quicker: ${ways.join(", and ")}.` : "Smaller images would be quicker.";
}

function milliseconds(ms: number): string {
  if (ms >= 1000) return `${significant(ms / 1000, 2)} s`;
  return `${significant(Math.max(ms, 0.01), 2)} ms`;
}
