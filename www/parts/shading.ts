/** How images are shaded, and what is said of their values: decided here for every place of the page. */

import type { PixelKind } from "../report";

export type { PixelKind };

/** Ink is the text's colour on the page's; bright goes from black to white on any page. */
export type Shading = "ink" | "bright" | "viridis";

/** `asked` is the setting `images`; red, green and blue have colours of their own, from black on. */
export function shadingOf(asked: "auto" | Shading, kind: PixelKind, channels = 1): Shading {
  if (channels === 3) return "bright";
  if (asked !== "auto") return asked;
  return kind === "ink" ? "ink" : "bright";
}

/** What is said of a pixel whose value is another, so that it is true of what is seen. */
export interface PixelWords {
  more: string;
  less: string;
  /** A larger value, as what raises or lowers something. */
  rise: string;
  /** What is counted. */
  noun: "pixel" | "value";
  /** What joins that to `more` and `less`: "72 pixels with more ink". */
  having: "with " | "";
}

const INK: PixelWords = {
  more: "more ink",
  less: "less ink",
  rise: "more ink",
  noun: "pixel",
  having: "with ",
};

const LIGHT: PixelWords = {
  more: "lighter",
  less: "darker",
  rise: "a lighter pixel",
  noun: "pixel",
  having: "",
};

const QUANTITY: PixelWords = {
  more: "higher",
  less: "lower",
  rise: "a higher value",
  noun: "value",
  having: "",
};

export function pixelWords(shading: Shading, kind: PixelKind): PixelWords {
  if (kind === "quantity") return QUANTITY;
  return shading === "ink" ? INK : LIGHT;
}

/** How the smallest and the largest value are drawn. */
export const ENDS: Record<Shading, [least: string, most: string]> = {
  ink: ["no ink", "full ink"],
  bright: ["black", "white"],
  viridis: ["violet", "yellow"],
};
