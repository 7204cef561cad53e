/** What stands above and below each view: its heading, and what to see in it. */
import { integer } from "../format";
import type { Report } from "../report";
import { summarise, type ViewName } from "../settings";
import type { ChartOptions } from "../view";
import { explained, type Scene } from "./picture";
import { one } from "./words";

export const HEADINGS: Record<ViewName, string> = {
  figure: "What each latent dimension sees, and what it is needed for",
  pixels: "Which pixels move each latent dimension",
  classes: "Which latent dimensions each class needs",
  space: "Where the encoder puts the images",
  reconstructions: "Images, and what the autoencoder makes of them",
  likeness: "Which classes need the same latent dimensions",
  loss: "How far off the reconstructions are while training",
};

/** What the maps' colours are called, those that raise a dimension first. */
const COLOURS: Record<ChartOptions["palette"], [raise: string, lower: string]> = {
  paper: ["red", "blue"],
  "colour-blind": ["orange", "blue"],
};

export function caption(scene: Scene): string {
  const images = scene.report?.classes?.reduce((sum, { held_out }) => sum + held_out, 0);
  const sentences = [
    ...SENTENCES[scene.chart](scene),
    scene.chart !== "loss" &&
      scene.chart !== "reconstructions" &&
      images &&
      `Measured on ${integer(images)} held-out images.`,
    scene.report?.settings?.epochs === 0 &&
      "The network is untrained: its weights are the random ones that training would begin with.",
  ];
  return sentences.filter(Boolean).join(" ");
}

type Sentence = string | false;

const SENTENCES: Record<ViewName, (scene: Scene) => Sentence[]> = {
  figure: (scene) => {
    const { palette, scale, threshold } = scene.options;
    const [raise, lower] = COLOURS[palette];
    const each = scale === "each" ? ", on each map’s own scale" : "";
    return [
      `Bars: how much the reconstructions of ${one(explained(scene))} change when that dimension is shuffled among them.`,
      `Maps: the pixels that drive the dimension, ${raise} ones raise it, ${lower} ones lower it, stronger means more${each}.`,
      threshold > 0 && `Slopes below ${threshold} count as no direction.`,
      measure(scene),
    ];
  },
  pixels: ({ options: { palette, scale, sort } }) => [
    `How much each latent dimension changes when a pixel is shuffled among the images: the stronger the ${COLOURS[palette][0]}, the more${scale === "each" ? ", on each map’s own scale" : ""}.`,
    sort && "Dimensions with the widest range come first.",
  ],
  classes: (scene) => [
    "How much the reconstructions of each class change when a dimension is shuffled among its images, on one scale for all classes.",
    measure(scene),
  ],
  space: ({ projection }) => [
    projection
      ? `Every held-out image, drawn into a plane by ${METHODS[projection]} so that images with similar latents lie close together; distances between far groups mean little.`
      : "Every held-out image by the two latent dimensions that vary most.",
  ],
  reconstructions: () => [
    "Held-out images above what the decoder makes of their latents: what is lost in between is what the latents could not carry.",
  ],
  likeness: (scene) => [
    "How alike two classes are in which dimensions rebuild them: cosine similarity of their latent importance, 1 for the same profile, 0 for nothing in common.",
    measure(scene),
  ],
  loss: ({ options: { epochs } }) => [
    epochs !== 0 &&
      "Mean binary cross-entropy per pixel after every epoch, on the images trained on and on those held out: where the held-out loss rises again, the autoencoder learns its images by heart.",
  ],
};

export const METHODS = { tsne: "t-SNE", umap: "UMAP" } as const;

function measure({ options: { metric } }: Scene): Sentence {
  return metric === "rmse" && "Change is measured as the root of the mean squared error (RMSE).";
}

/** What gives the same numbers again. */
export function made(report: Partial<Report> | undefined): string {
  const { settings, version } = report ?? {};
  return settings ? `Made by latent-lens ${version}: ${summarise(settings, "run")}.` : "";
}
