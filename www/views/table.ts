/**
 * The figure's views, in the order of their tabs: what is known of each before its file has come in.
 * Where that is stands in `load.ts`.
 */
export const VIEWS = {
  figure: {
    label: "Importance",
    heading: "What each latent dimension sees, and what it is needed for",
  },
  pixels: { label: "Pixels", heading: "Which pixels move each latent dimension" },
  classes: { label: "Classes", heading: "Which latent dimensions each class needs" },
  similarity: { label: "Similarity", heading: "Which classes need the same latent dimensions" },
  space: { label: "Encoded space", heading: "Where the encoder puts the images" },
  reconstructions: {
    label: "Reconstructions",
    heading: "Images, and what the autoencoder makes of them",
  },
} satisfies Record<string, { label: string; heading: string }>;

export type ViewName = keyof typeof VIEWS;

/** The view that comes with the page; each other is fetched when it is opened. */
export const DEFAULT = "figure" satisfies ViewName;
