/** What stands above and below each view: its heading, and what to see in it. */
import { significant } from "../format";
import type { ChartOptions } from "../view";
import { explained, isMeasured, type Scene, type ViewChart } from "./picture";
import { modelName, onWhich, shades } from "./source";
import { one } from "./words";

export const HEADINGS: Record<ViewChart, string> = {
  figure: "What each latent dimension sees, and what it is needed for",
  pixels: "Which pixels move each latent dimension",
  classes: "Which latent dimensions each class needs",
  space: "Where the encoder puts the images",
  reconstructions: "Images, and what the autoencoder makes of them",
  likeness: "Which classes need the same latent dimensions",
};

/** What the maps' colours are called, those that raise a dimension first. */
const COLOURS: Record<ChartOptions["palette"], [raise: string, lower: string]> = {
  paper: ["red", "blue"],
  "colour-blind": ["orange", "blue"],
};

export function caption(scene: Scene): string {
  const { report, words, chart, elsewhere } = scene;
  const sentences = [
    ...(words?.cautions ?? []),
    ...SENTENCES[chart](scene),
    whose(scene),
    report?.model && `The model ${modelName(report)} was trained elsewhere.`,
    !report?.model &&
      report?.settings?.epochs === 0 &&
      "The network is untrained: its weights are the random ones that training would begin with.",
    elsewhere && `These results are ${elsewhere}.`,
  ];
  return sentences.filter(Boolean).join(" ");
}

/** Which images a view is of. */
function whose({ report, words, chart }: Scene): Sentence {
  const name = report?.data?.name;
  if (chart === "reconstructions") return Boolean(name) && `Data: ${name}.`;
  const which = onWhich(report, words);
  return which !== "" && `Measured ${which}.`;
}

type Sentence = string | false | undefined;

const SENTENCES: Record<ViewChart, (scene: Scene) => Sentence[]> = {
  figure: (scene) => {
    const { palette, scale, threshold } = scene.options;
    const [raise, lower] = COLOURS[palette];
    const each = scale === "each" ? ", on each map’s own scale" : "";
    return [
      isMeasured(scene, scene.options.class) &&
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
      ? `Every explained image, drawn into a plane by ${METHODS[projection]} so that images with similar latents lie close together; distances between far groups mean little.`
      : "Every explained image by the two latent dimensions that vary most.",
  ],
  reconstructions: (scene) => [
    "Explained images above what the decoder makes of their latents: what is lost in between is what the latents could not carry.",
    spread(scene),
  ],
  likeness: (scene) => [
    "How alike two classes are in which dimensions rebuild them: cosine similarity of their latent importance, 1 for the same profile, 0 for nothing in common.",
    measure(scene),
  ],
};

export const METHODS = { tsne: "t-SNE", umap: "UMAP" } as const;

function measure({ options: { metric } }: Scene): Sentence {
  return metric === "rmse" && "Change is measured as the root of the mean squared error (RMSE).";
}

/** That images are drawn over another range than usual. */
export function spread({ report }: Scene): Sentence {
  const [dark, bright] = shades(report);
  if (dark === 0 && bright === 1) return false;
  return `The images’ values go from ${significant(dark, 3)}, drawn darkest, to ${significant(bright, 3)}, drawn brightest.`;
}
