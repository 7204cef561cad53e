/** The mean of the images, on which regions are painted. */
import { type Samples, rowOf } from "../../data/samples";
import type { ImageShape } from "../../report";
import { drawn } from "../../views/source";
import { meanOf } from "../../views/space/mean";
import type { Subject } from "../../views/subject";

export interface MeanHost {
  /** How many images are explained, and each of them; none while that is not known. */
  explained(): number;
  subject(image: number): Promise<Subject | undefined>;
  /** A few images of those that are open. */
  samples(): Samples | undefined;
  /** What of the explained images is drawn darkest and brightest. */
  shades(): [dark: number, bright: number];
}

/** The mean of so many images is as good as that of all. */
const MOST = 500;

/**
 * As images are drawn, from 0 to 1 where most of them have something: a mean is faint by itself. Undefined
 * where there are none of that shape.
 */
export async function meanImage(
  host: MeanHost,
  { height, width }: Pick<ImageShape, "height" | "width">,
): Promise<Float32Array | undefined> {
  const fits = (mean: Float32Array | undefined) =>
    mean && mean.length % (height * width) === 0 ? mean : undefined;
  const all = host.explained();
  const length = Math.min(MOST, all);
  const images = Uint32Array.from({ length }, (_, at) => Math.floor((at * all) / length));
  const subject = (image: number) => host.subject(image);
  const mean = all ? await meanOf(images, subject, new AbortController().signal) : undefined;
  if (fits(mean)) return spread(drawn(mean, host.shades()));
  const { labels = [], images: samples } = host.samples() ?? {};
  const rows = samples ? labels.map((_, row) => rowOf(samples, row)) : [];
  const pixels = rows[0]?.map((_, pixel) => rows.reduce((sum, row) => sum + row[pixel]!, 0));
  return spread(fits(pixels));
}

function spread(mean: Float32Array | undefined): Float32Array | undefined {
  const most = mean?.reduce((most, value) => Math.max(most, value), 0);
  return most ? mean!.map((value) => value / most) : mean;
}
