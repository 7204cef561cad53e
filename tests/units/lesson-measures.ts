/** What the lesson's sentences are held against: numbers of a run, each found once more in its own way. */

import { largest } from "../../www/lesson/brush";
import { evaluate, type Found, formula, isHigher, pixelImportance } from "../../www/lesson/facts";
import type { Matrix } from "../../www/report";
import type { Seen } from "./class-of-ten";
import { asDense } from "./networks";

export const fact = (found: Found, text: string): number =>
  evaluate(formula(text), found) ?? Number.NaN;

function column({ shape: [rows, columns], data }: Matrix, at: number): number[] {
  return Array.from({ length: rows }, (_, row) => data[row * columns + at]!);
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function correlation(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [mean(one), mean(other)];
  const product = (x: readonly number[], m: number, y: readonly number[], n: number) =>
    total(x.map((value, at) => (value - m) * (y[at]! - n)));
  return (
    product(one, a, other, b) / Math.sqrt(product(one, a, one, a) * product(other, b, other, b))
  );
}

export const DIMS = Array.from({ length: 12 }, (_, dim) => dim + 1);
export const PIXELS = Array.from({ length: 784 }, (_, pixel) => pixel);
const across = (pixel: number) => pixel % 28;
const down = (pixel: number) => Math.floor(pixel / 28);

/** Importance of every pixel for a dimension, with its sign. */
function signed({ pixel_importance, direction }: Found, dim: number): number[] {
  const sign = column(direction!.sign, dim - 1);
  return column(pixel_importance!.mean, dim - 1).map((value, pixel) => value * sign[pixel]!);
}

export const ink = ({ images }: Seen, pixel: number) => images.map((image) => image[pixel]!);
const latents = ({ encoded }: Found, dim: number) => column(encoded!.latents, dim - 1);
const ofClass = ({ labels }: Seen, label: number, values: readonly number[]) =>
  values.filter((_, at) => labels[at] === label);
const losses = ({ trained }: Seen) => trained.training!.held_out_loss.map(Number);
export const weights = ({ network }: Found, pixel: number) =>
  DIMS.map((dim) => asDense(network!.encoder[0]).weight.data[pixel * 12 + dim - 1]!);
export const idle = (found: Found) => pixelImportance(found, "all")!.map((value) => value === 0);

/** How much more ink the 1s have in a pixel than the 0s. */
function contrast(seen: Seen): number[] {
  return PIXELS.map((pixel) => {
    const values = ink(seen, pixel);
    return mean(ofClass(seen, 1, values)) - mean(ofClass(seen, 0, values));
  });
}

/** What a sample has, by pixel. */
export function samplesOf({ samples }: Found, label: number): number[][] {
  const { images, labels } = samples!;
  return labels.flatMap((each, row) =>
    each === label ? [[...images.data.subarray(row * 784, (row + 1) * 784)]] : [],
  );
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

/** The loss over some epochs, the first of which is the given one. */
export function fall(seen: Seen, from: number, to: number): number {
  const all = [Math.LN2, ...losses(seen)];
  return all[from]! - all[to]!;
}

/** Whether marks that follow a rule are more often right than marks at random, by a factor. */
export function marksWell(
  { trained }: Seen,
  rule: (pixel: number) => number,
  factor: number,
): boolean {
  const wanted = largest(pixelImportance(trained, "all")!, 40);
  const marked = largest(PIXELS.map(rule), 40);
  const hits = [...marked].filter((pixel) => wanted.has(pixel)).length;
  return hits / 40 > (factor * 40) / 784;
}

/** How much more ink the samples of 1s have in a pixel than those of 0s, as a reader sees it. */
export function inOnesOnly({ trained }: Seen): (pixel: number) => number {
  const [zeros, ones] = [0, 1].map((label) => samplesOf(trained, label));
  const of = (images: number[][], pixel: number) => mean(images.map((image) => image[pixel]!));
  return (pixel) => of(ones!, pixel) - of(zeros!, pixel);
}

/** Dimensions whose map has a red stroke in the middle and blue on both sides. */
export function redWithinBlue(found: Found): number[] {
  return DIMS.filter((dim) => {
    const map = signed(found, dim);
    const size = total(map.map(Math.abs));
    const part = (within: (pixel: number) => boolean) =>
      total(map.filter((_, pixel) => within(pixel))) / size;
    const middle = part(
      (pixel) => Math.abs(across(pixel) - 13.5) < 3 && Math.abs(down(pixel) - 13.5) < 6,
    );
    const [left, right] = [part((p) => across(p) <= 9), part((p) => across(p) >= 18)];
    return middle > 0.1 && left < -0.04 && right < -0.04;
  });
}

/** The dimension whose bar differs most, long for the samples of 1s and short for those of 0s. */
export function longForOnes({ samples }: Found): number[] {
  const { latents, labels } = samples!;
  const differences = DIMS.map((dim) => {
    const values = column(latents, dim - 1);
    const of = (label: number) => mean(values.filter((_, row) => labels[row] === label));
    return of(1) - of(0);
  });
  return [differences.indexOf(Math.max(...differences)) + 1];
}

export const accepted = (found: Found) => (dim: number) => isHigher(found, dim, 1);

/** What the decoder makes of latents. */
function decoded({ network }: Found, values: readonly number[]): number[] {
  const { weight, bias } = asDense(network!.decoder[0]);
  return PIXELS.map((pixel) => {
    const sum = values.reduce(
      (sum, value, dim) => sum + value * weight.data[dim * 784 + pixel]!,
      bias[pixel]!,
    );
    return 1 / (1 + Math.exp(-sum));
  });
}

/** Ink left and right in the drawing of a 0, before and after its clearest dimension is moved to the end. */
export function sides({ trained, labels }: Seen): [before: number, after: number][] {
  const dim = fact(trained, "marks(1)");
  const most = Math.max(...latents(trained, dim));
  return labels.flatMap((label, at) => {
    if (label !== 0) return [];
    const own = DIMS.map((each) => latents(trained, each)[at]!);
    const before = decoded(trained, own);
    const after = decoded(
      trained,
      own.map((value, each) => (each === dim - 1 ? most : value)),
    );
    const beside = PIXELS.filter(
      (pixel) => Math.abs(across(pixel) - 13.5) >= 4 && Math.abs(down(pixel) - 13.5) < 5,
    );
    const of = (drawing: number[]) => total(beside.map((pixel) => drawing[pixel]!));
    return [[of(before), of(after)] as [number, number]];
  });
}

/** Pairs of pixels beside or above one another. */
const NEIGHBOURS = PIXELS.flatMap((pixel): [number, number][] => [
  ...(across(pixel) < 27 ? [[pixel, pixel + 1] as [number, number]] : []),
  ...(down(pixel) < 27 ? [[pixel, pixel + 28] as [number, number]] : []),
]);

/** Of the pairs of neighbours that both have something, the share in which it has the same sign. */
function agreeing(values: readonly number[]): number {
  const both = NEIGHBOURS.filter(([one, other]) => values[one] && values[other]);
  return both.filter(([one, other]) => values[one]! * values[other]! > 0).length / both.length;
}

/** How far a dimension is above for the 1s, in units of its spread within a class. */
export function lead(seen: Seen, dim: number): number {
  const [zeros, ones] = [0, 1].map((label) => ofClass(seen, label, latents(seen.trained, dim)));
  return (mean(ones!) - mean(zeros!)) / Math.sqrt((variance(zeros!) + variance(ones!)) / 2);
}

export const top0 = ({ trained }: Seen) => fact(trained, "top(0)");
export const top1 = (found: Found) => fact(found, "top(1)");
export const alone = (found: Found) => fact(found, "alone(top(1))");
export const alike = (found: Found) => fact(found, "alike(top(1))");
/** Pixels that are blue in the first map of the 0. */
export function blues(seen: Seen): number[] {
  const map = signed(seen.trained, top0(seen));
  return PIXELS.filter((pixel) => map[pixel]! < 0);
}

/** Ink where a picture of the lesson has some. */
const INK = 0.1;

/** How often a pixel has ink where its neighbour has. */
export function inkBesideInk({ images }: Seen): number {
  const pairs = images.flatMap((image) =>
    NEIGHBOURS.filter(([one]) => image[one]! > INK).map(([, other]) => image[other]! > INK),
  );
  return pairs.filter(Boolean).length / pairs.length;
}

/** The mean squared change of a dimension where every image becomes every other one. */
function wholeImages({ trained }: Seen, dim: number): number {
  const values = latents(trained, dim);
  return mean(values.map((one) => mean(values.map((other) => (one - other) ** 2))));
}

/** Pixels without any importance are those that are the same in every image. */
export function isStillIdle(seen: Seen): boolean {
  const still = PIXELS.map((pixel) => new Set(ink(seen, pixel)).size === 1);
  return [seen.trained, seen.untrained].every((found) => `${idle(found)}` === `${still}`);
}

/** Two pixels from each edge inwards nothing can be seen. */
export function edgesAreEmpty({ trained, untrained }: Seen): boolean {
  const edge = (at: number) => at < 2 || at > 25;
  return [trained, untrained].every((found) => {
    const importance = pixelImportance(found, "all")!;
    const outside = importance.filter((_, pixel) => edge(across(pixel)) || edge(down(pixel)));
    return Math.max(...outside) < 0.02 * Math.max(...importance);
  });
}

/** Whether red pixels go with a higher dimension, and blue ones with a lower one. */
export function slopesAgree(seen: Seen, dim: number): boolean {
  const values = latents(seen.trained, dim);
  const map = signed(seen.trained, dim);
  return PIXELS.every(
    (pixel) => !map[pixel] || correlation(ink(seen, pixel), values) * map[pixel]! > 0,
  );
}

export function isPaleInPlaces(seen: Seen): boolean {
  const map = signed(seen.trained, top0(seen));
  const strength = map.map(Math.abs).filter((value) => value > 0);
  const reds = map.filter((value) => value > 0).length;
  const [red, blue] = ["raising", "lowering"].map((name) => fact(seen.trained, `${name}(top(0))`));
  const pale = Math.min(...strength) < 0.01 * Math.max(...strength);
  return red === reds && blue === strength.length - reds && pale;
}

/** Of the pixels that matter, the share whose weight has another sign than the map. */
export function weightsAgainstSigns(seen: Seen): number {
  const dim = top0(seen);
  const map = signed(seen.trained, dim);
  const coloured = PIXELS.filter((pixel) => map[pixel]);
  const against = coloured.filter(
    (pixel) => map[pixel]! * weights(seen.trained, pixel)[dim - 1]! < 0,
  );
  return against.length / coloured.length;
}

/** How much of the 1s' ink lies in the ten columns in the middle. */
export function inTheMiddle(seen: Seen): number {
  const own = PIXELS.map((pixel) => mean(ofClass(seen, 1, ink(seen, pixel))));
  return total(own.filter((_, pixel) => Math.abs(across(pixel) - 13.5) < 5)) / total(own);
}

/** Whether a rule finds something, and nothing wrong. */
export function leadsTo(dims: number[], found: Found): boolean {
  return dims.length > 0 && dims.every(accepted(found));
}

export function isWhole(seen: Seen): boolean {
  const dim = top1(seen.trained);
  const single = total(column(seen.trained.pixel_importance!.mean, dim - 1));
  return Math.abs(single / wholeImages(seen, dim) / alone(seen.trained) - 1) < 1e-3;
}

/** How much the untrained network's maps are like the difference of the digits. */
export function shapes(seen: Seen): number[] {
  const digits = contrast(seen);
  return DIMS.map((dim) => Math.abs(correlation(signed(seen.untrained, dim), digits) || 0));
}

/** How often neighbours of an untrained network's maps have the same colour, and weights the same sign. */
export const signsOfUntrained = ({ untrained }: Seen) =>
  mean(DIMS.map((dim) => agreeing(signed(untrained, dim))).filter(Number.isFinite));
export const weightsOfUntrained = ({ untrained }: Seen) =>
  mean(DIMS.map((dim) => agreeing(PIXELS.map((pixel) => weights(untrained, pixel)[dim - 1]!))));

/** The convolutions of an encoder, from the image on. */
export const windowsOf = ({ network }: Found) =>
  network!.encoder.flatMap(({ kind }) =>
    typeof kind === "object" && "convolution" in kind ? [kind.convolution] : [],
  );

/** Whether an encoder of convolutions ends in a layer that has a weight for each of their numbers and each latent. */
export function endsDense({ network }: Found): boolean {
  const [first, second, ...others] = network!.encoder.filter(
    ({ kind }) => typeof kind !== "object" || !("reshaping" in kind),
  );
  const [last] = others;
  const layers = [first, second].every((layer) => layer?.kind !== undefined);
  return layers && others.length === 1 && `${asDense(last).weight.shape}` === `${7 * 7 * 16},12`;
}

/** How many pixels of a row a unit of a layer sees, found by following it back to the image. */
export function receptiveField(found: Found, layer: number): number {
  let [from, to] = [3, 3];
  for (const { window } of windowsOf(found).slice(0, layer).reverse()) {
    const [before] = window.padding[1];
    from = from * window.stride[1] - before;
    to = to * window.stride[1] - before + window.size[1] - 1;
  }
  return to - from + 1;
}

/** How many windows of the first layer each pixel of a row lies in. */
export function windowsAlong(found: Found): number[] {
  const { size, stride, padding } = windowsOf(found)[0]!.window;
  const begins = Array.from({ length: 14 }, (_, unit) => unit * stride[1] - padding[1][0]);
  return Array.from(
    { length: 28 },
    (_, at) => begins.filter((begin) => begin <= at && at < begin + size[1]).length,
  );
}

/** Whether in every map that is not empty a pixel is less like its neighbours than like those two steps away. */
export function isGrained(found: Found): boolean[] {
  const maps = DIMS.map((dim) => column(found.pixel_importance!.mean, dim - 1));
  const differences = (map: number[], steps: number) =>
    total(
      PIXELS.filter((pixel) => across(pixel) < 26 && down(pixel) < 26).flatMap((pixel) =>
        [pixel + steps, pixel + 28 * steps].map((other) => Math.abs(map[pixel]! - map[other]!)),
      ),
    );
  return maps
    .filter((map) => map.some((value) => value > 0))
    .map((map) => differences(map, 1) > differences(map, 2));
}

export function isStrongest({ trained }: Seen): boolean {
  const own = column(trained.pixel_importance!.mean, fact(trained, "marks(1)") - 1);
  const [row, column_] = ["row", "column"].map((name) => fact(trained, `${name}(marks(1))`));
  const pixel = (row! - 1) * 28 + column_! - 1;
  return own.every((value, other) => other === pixel || value < own[pixel]!);
}

export const settings = ({ trained }: Seen) => trained.settings;

/** The pixels of each patch of 4 × 4. */
const PATCHES = Array.from({ length: 49 }, (_, patch) =>
  PIXELS.filter(
    (pixel) =>
      Math.floor(across(pixel) / 4) === patch % 7 &&
      Math.floor(down(pixel) / 4) === Math.floor(patch / 7),
  ),
);

/** What every patch comes to for a dimension, with every image given those of every other. */
function patchImportance(seen: Seen, dim: number): number[] {
  const { weight, bias } = asDense(seen.trained.network!.encoder[0]);
  const own = PIXELS.map((pixel) => weight.data[pixel * 12 + dim - 1]!);
  const part = (image: Float32Array, pixels: readonly number[]) =>
    total(pixels.map((pixel) => image[pixel]! * own[pixel]!));
  const sums = seen.images.map((image) => bias[dim - 1]! + part(image, PIXELS));
  const relu = (value: number) => Math.max(0, value);
  return PATCHES.map((pixels) => {
    const parts = seen.images.map((image) => part(image, pixels));
    let squares = 0;
    for (const [s, sum] of sums.entries()) {
      for (const given of parts) squares += (relu(sum - parts[s]! + given) - relu(sum)) ** 2;
    }
    return squares / sums.length ** 2;
  });
}

/** Whether the two facts of patches are what follows from the weights and the images. */
export function patchesAgree(seen: Seen): boolean {
  const dim = top1(seen.trained);
  const together = patchImportance(seen, dim);
  const most = together.indexOf(Math.max(...together));
  const single = column(seen.trained.pixel_importance!.mean, dim - 1);
  const ratio = together[most]! / total(PATCHES[most]!.map((pixel) => single[pixel]!));
  const all = total(together) / wholeImages(seen, dim);
  const near = (text: string, value: number) =>
    Math.abs(fact(seen.measured, text) / value - 1) < 1e-3;
  return near("shared(top(1))", ratio) && near("together(top(1))", all);
}

export const shared = ({ measured }: Seen) => fact(measured, "shared(top(1))");

/** What is left of the importance of a dimension's pixels with values of like surroundings. */
export function leftByNeighbours({ trained, neighbours }: Seen): number {
  const of = (found: Found) => total(column(found.pixel_importance!.mean, top1(trained) - 1));
  return of(neighbours) / of(trained);
}

/** The fair test's area of a method, or of random orders, for the dimension that matters most for the 1. */
function area({ measured }: Seen, method: string | undefined, filler: string): number {
  const { scores } = measured.opinions!.test!;
  const found = scores.find(
    (score) => (score.method ?? undefined) === method && score.filler === filler,
  );
  return found!.area[top1(measured) - 1]!;
}

const METHODS = [
  ...["permutation", "gradient", "smoothgrad", "integrated-zero", "integrated-mean"],
  ...["occlusion-zero", "occlusion-mean", "variance"],
];
const FILLERS = ["mean", "zero", "donor"];

/** Which method's pixels move the dimension soonest when their ink is taken. */
export function firstWithoutInk(seen: Seen): string {
  const areas = METHODS.map((method) => area(seen, method, "zero"));
  return METHODS[areas.indexOf(Math.max(...areas))]!;
}

/** How often as large the smaller of their areas are, with each filler, for one method and another. */
export const ahead = (seen: Seen, method: string, other: string | undefined) =>
  Math.min(...FILLERS.map((filler) => area(seen, method, filler) / area(seen, other, filler)));
export const aheadOfRandom = (seen: Seen) =>
  Math.min(...METHODS.map((method) => ahead(seen, method, undefined)));
export const occlusionBeforeGradient = (seen: Seen) =>
  area(seen, "occlusion-zero", "zero") > area(seen, "gradient", "zero");

/** Dimensions without a winner, of those that move when pixels are replaced. */
export function withoutWinner({ measured }: Seen): number[] {
  const { winners, scores } = measured.opinions!.test!;
  const moves = (dim: number) =>
    scores.some(({ curves: { shape, data } }) =>
      data.subarray((dim - 1) * shape[1], dim * shape[1]).some((value) => value > 0),
    );
  return DIMS.filter((dim) => !winners[dim - 1] && moves(dim));
}

/** How many images the fair test takes orders from, and measures on. */
export function halves({ measured }: Seen): [number, number] {
  const { ordered_by, measured_on } = measured.opinions!.test!;
  return [ordered_by, measured_on];
}

// Other epochs, other networks

/** Ranks of values, equal ones at the mean of theirs. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let at = from; at < to; at += 1) found[order[at]!] = (from + to - 1) / 2;
    from = to;
  }
  return found;
}

/** How far the order of the pixels that ever matter was after ten epochs what it is now: Spearman’s ρ. */
export function likeTheEnd({ trained, tenth }: Seen, dim: number): number {
  const still = idle(trained);
  const map = ({ pixel_importance }: Found) =>
    column(pixel_importance!.mean, dim - 1).filter((_, pixel) => !still[pixel]);
  return correlation(ranks(map(tenth)), ranks(map(trained)));
}

/** Correlations of the latents of each dimension with each of another network; 0 where one never changes. */
function together(one: Found, other: Found): number[][] {
  return DIMS.map((dim) =>
    DIMS.map((match) => correlation(latents(one, dim), latents(other, match)) || 0),
  );
}

/** How many dimensions say nearly the same as that of the same number in the second network. */
export function sameByNumber({ trained, twin }: Seen): number {
  return together(trained, twin).filter((row, at) => Math.abs(row[at]!) >= 0.9).length;
}

/** One dimension of the second network for each, so that the sum of |r| is the largest: all subsets are tried. */
export function matches({ trained, twin }: Seen): { match: number; r: number }[] {
  const r = together(trained, twin);
  const size = 2 ** DIMS.length;
  const best = new Float64Array(size).fill(-Infinity);
  const last = new Int8Array(size);
  best[0] = 0;
  // The first so many dimensions, with a subset of as many of the others.
  for (let subset = 0; subset < size; subset += 1) {
    const row = bits(subset);
    if (row === DIMS.length) continue;
    for (const at of DIMS.keys()) {
      const next = subset | (1 << at);
      const sum = best[subset]! + Math.abs(r[row]![at]!);
      if (next === subset || sum <= best[next]!) continue;
      best[next] = sum;
      last[next] = at;
    }
  }
  const found: { match: number; r: number }[] = [];
  for (let subset = size - 1; subset > 0; subset &= ~(1 << found[0]!.match)) {
    const match = last[subset]!;
    found.unshift({ match, r: r[bits(subset) - 1]![match]! });
  }
  return found;
}

function bits(subset: number): number {
  return DIMS.filter((_, at) => subset & (1 << at)).length;
}

/** How many dimensions go with their match more closely than with any of networks that have learned nothing. */
export function foundAgain(seen: Seen): number {
  const chance = seen.strangers.map((stranger) => together(seen.trained, stranger));
  const most = (dim: number) =>
    Math.max(...chance.flatMap((r) => r[dim]!.map((each) => Math.abs(each))));
  return matches(seen).filter(({ r }, dim) => Math.abs(r) > most(dim)).length;
}

/** Loss of the second network on the held-out images, over that of the first. */
export function lossOfTwin({ trained, twin }: Seen): number {
  return twin.training!.held_out_loss.at(-1)! / trained.training!.held_out_loss.at(-1)!;
}
