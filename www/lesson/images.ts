/** The images of a lesson's runs, as far as a text can be wrong about them. */
import type { KnownClass } from "../classes";
import { Shipped } from "../data/shipped";
import { SETTINGS } from "../settings";

export interface KnownImages {
  classes: readonly KnownClass[];
  /** Of one image. */
  pixels: number;
}

/** By the setting `dataset`. */
export type Images = ReadonlyMap<string, KnownImages>;

/** Those that lie beside the page. Others are downloaded or brought, and the explorer speaks of them itself. */
export async function imagesHere(): Promise<Images> {
  const name = SETTINGS.dataset.initial;
  try {
    const { classes, image } = await Shipped.open(name);
    return new Map([[name, { classes, pixels: image.height * image.width }]]);
  } catch {
    // The explorer says why not, too.
    return new Map();
  }
}
