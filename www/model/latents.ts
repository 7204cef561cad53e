/** Latents in a file, of the images that are open, as a model that encodes nothing else: fetched when they are brought. */
import "../shared";
import type { Dataset } from "../data/dataset";
import { Reader } from "../data/reader";
import type { ClassImages } from "../engine/messages";
import { Failure } from "../failures";
import { count } from "../format";
import { rowsAt } from "../functions/latents";
import { networkOf } from "../functions/network";
import type { ImageShape, Matrix } from "../report";
import type { NamedFile } from "./package";
import type { Brought } from "./panel";

/** For which images latents were brought. */
export interface Of {
  image: ImageShape;
  /** Whether it is known where each image stands in its file; else they are taken class by class. */
  placed: boolean;
}

/** For which images latents are that are brought now. Rejects with a `Failure` where the images cannot be had. */
export async function imagesOf(dataset: Dataset): Promise<Of> {
  const all = await dataset.images(dataset.labels);
  const placed = keysOf(all, dataset).every(({ file }) => file >= 0);
  return { image: dataset.image, placed };
}

/**
 * Reads latents of these images, which are those of `dataset` where that is open. Rejects with a sentence; `signal` ends
 * it.
 */
export async function readLatents(
  files: NamedFile[],
  of: Of,
  dataset: Dataset | undefined,
  signal: AbortSignal,
): Promise<Brought> {
  const reader = new Reader(signal);
  const { latents, notes } = await reader
    .latents(files.map(({ name, bytes }) => ({ name, content: new Blob([bytes as BlobPart]) })))
    .finally(() => reader.close());
  const names = files.map((file) => file.name);
  const name = names.join(", ");
  if (dataset) checkFit(latents, of.image, dataset, name);
  const { image } = of;
  const numbers = latents.shape[1];
  const order = of.placed ? "in the order in which these are read" : "class by class";
  const said = [`Row by row, the latents in ${name} are those of the images ${order}.`, ...notes];
  return {
    name,
    network: networkOf({ encoder: { input: { image }, output: { numbers } } }, image, false),
    source: { files: names, format: "latents", notes: said },
    description: { format: "latents", notes: said, layers: [], encoder_layers: 0 },
    latents: async (images, dataset) => {
      checkFit(latents, image, dataset, name);
      const all = await dataset.images(dataset.labels);
      return rowsAt(latents, placesAmong(all, images, dataset));
    },
  };
}

/** Throws a `Failure` where latents cannot be those of these images. */
function checkFit(latents: Matrix, image: ImageShape, dataset: Dataset, name: string): void {
  const rows = latents.shape[0];
  const total = dataset.count(dataset.labels);
  const own = dataset.image;
  const isOther = (["height", "width", "channels"] as const).some(
    (side) => own[side] !== image[side],
  );
  const its = dataset.credit.name;
  const why =
    rows !== total
      ? `There ${rows === 1 ? "is" : "are"} ${count(rows, "row")} of latents and there are ${count(total, "image")} of ${its}: give a row for each image, in the order in which they are read.`
      : isOther &&
        `These latents were brought for images of ${image.height} × ${image.width}, and those of ${its} have ${own.height} × ${own.width}: bring the latents again.`;
  if (why) throw new Failure("refused", why, `${name}: ${why}`);
}

type Keyed = Pick<Dataset, "classes" | "unlabelled" | "source">;

/**
 * Of each of these images its place among `all` in the order in which these stand in the files, or one set after the
 * other where that is not known of all. As `places_among_all` in Rust.
 */
export function placesAmong(
  all: readonly ClassImages[],
  images: readonly ClassImages[],
  dataset: Keyed,
): number[] {
  const keys = keysOf(all, dataset);
  if (keys.every(({ file }) => file >= 0)) {
    keys.sort((a, b) => a.file - b.file || a.place - b.place);
  }
  const ranks = new Map<string, number[]>();
  for (const [rank, { set, image }] of keys.entries()) {
    const of = ranks.get(set) ?? [];
    of[image] = rank;
    ranks.set(set, of);
  }
  return images.flatMap((set) => ranks.get(nameOf(set)) ?? []);
}

/** Of each image its set, which image of that it is, and its file and place there; a file of -1 where these are not known. */
function keysOf(all: readonly ClassImages[], dataset: Keyed) {
  const ranks = new Map((dataset.source.files ?? []).map((name, rank) => [name, rank]));
  return all.flatMap((set) =>
    Array.from({ length: countOf(set, dataset) }, (_, image) => {
      const place = set.place?.[image];
      // Images that the page gives are of one array that has no name.
      const name = set.files?.[set.file?.[image] ?? 0];
      const file = name === undefined ? 0 : (ranks.get(name) ?? -1);
      return { set: nameOf(set), image, file: place === undefined ? -1 : file, place: place ?? 0 };
    }),
  );
}

function countOf({ place, label, role }: ClassImages, { classes, unlabelled }: Keyed): number {
  if (place) return place.length;
  if (role === "unlabelled") return unlabelled;
  const { count = 0, explained = 0 } = classes.find((each) => each.label === label) ?? {};
  return role === "explained" ? explained : role === "training" ? count - explained : count;
}

function nameOf({ label, role }: ClassImages): string {
  return role === "unlabelled" ? role : `${label} ${role ?? ""}`;
}
