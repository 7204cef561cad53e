/**
 * The figure's views, in the order of their tabs: what is known of each before its file has come in.
 * Where that is stands in `load.ts`.
 */
import type { Report } from "../report";

interface Row {
  /** Views of the same tab are chosen from within it. */
  tab: string;
  /** What the view is called within its tab. */
  label: string;
  heading: string;
  /** Whether it is offered only beside a run that is whole: those who begin find no more than they need. */
  late?: true;
  /** Whether it needs a network that is known layer by layer. */
  layers?: true;
  /** The half of a model without which it stays empty. */
  half?: "encoder" | "decoder";
}

export const VIEWS = {
  figure: {
    tab: "Importance",
    label: "Bars and maps",
    heading: "What each latent dimension sees, and what it is needed for",
  },
  pixels: {
    tab: "Importance",
    label: "Maps without direction",
    heading: "Which pixels move each latent dimension",
    half: "encoder",
  },
  opinions: {
    tab: "Importance",
    label: "Second opinions",
    heading: "What other methods say of a dimension",
    late: true,
    layers: true,
  },
  dendrogram: {
    tab: "Importance",
    label: "Clusters",
    heading: "Which pixels go together",
    late: true,
  },
  classes: {
    tab: "Classes",
    label: "Importance",
    heading: "Which latent dimensions each class needs",
    half: "decoder",
  },
  similarity: {
    tab: "Classes",
    label: "Similarity",
    heading: "Which classes need the same latent dimensions",
    half: "decoder",
  },
  space: {
    tab: "Encoded space",
    label: "Points",
    heading: "Where the encoder puts the images",
  },
  plane: {
    tab: "Encoded space",
    label: "Decoded plane",
    heading: "What the decoder makes of every place",
    late: true,
    layers: true,
  },
  prior: {
    tab: "Encoded space",
    label: "Samples",
    heading: "What the decoder makes of latents that are drawn",
    late: true,
    layers: true,
  },
  factors: {
    tab: "Encoded space",
    label: "Factors",
    heading: "Which dimension carries which factor",
    late: true,
    layers: true,
  },
  reconstructions: {
    tab: "Images",
    label: "Reconstructions",
    heading: "Images, and what the autoencoder makes of them",
    half: "decoder",
  },
  errors: {
    tab: "Images",
    label: "By error",
    heading: "Which images are rebuilt worst, and where",
    late: true,
  },
  emergence: {
    tab: "Trust",
    label: "Emergence",
    heading: "When each map came to be what it is",
    late: true,
  },
  ranks: {
    tab: "Trust",
    label: "Order over epochs",
    heading: "How the order of the dimensions came about",
    late: true,
  },
  networks: {
    tab: "Trust",
    label: "Other networks",
    heading: "Which dimensions other networks find again",
    late: true,
    layers: true,
  },
  controls: {
    tab: "Trust",
    label: "Controls",
    heading: "What a network shows that has nothing to learn",
    late: true,
    layers: true,
  },
  "fair-test": {
    tab: "Trust",
    label: "Fair test",
    heading: "Which method to believe",
    late: true,
    layers: true,
  },
  agreement: {
    tab: "Trust",
    label: "Agreement",
    heading: "How far the methods agree",
    late: true,
    layers: true,
  },
  pinned: {
    tab: "Compare",
    label: "Two at once",
    heading: "What is pinned, and what is shown",
    late: true,
  },
  smaller: {
    tab: "Compare",
    label: "Fewer dimensions",
    heading: "What is lost with every dimension",
    late: true,
    layers: true,
  },
  sizes: {
    tab: "Compare",
    label: "How many",
    heading: "How many dimensions it takes",
    late: true,
    layers: true,
  },
} satisfies Record<string, Row>;

export type ViewName = keyof typeof VIEWS;

/** The view that comes with the page; each other is fetched when it is opened. */
export const DEFAULT = "figure" satisfies ViewName;

const NAMES = Object.keys(VIEWS) as ViewName[];

/** The tabs of these views. */
export function tabsOf(names = NAMES): string[] {
  return [...new Set(names.map((name) => VIEWS[name].tab))];
}

/**
 * The views that are offered, beside a run that is `whole` or not, of a network that is known by its `layers` or not, of
 * which there may be but a `part`; the one that is `shown` always is.
 */
export function offered(
  whole: boolean,
  layers: boolean,
  shown: ViewName,
  part?: string,
): ViewName[] {
  const fits = (row: Row) =>
    (whole || !row.late) && (layers || !row.layers) && (!part || !row.half || row.half === part);
  return NAMES.filter((name) => name === shown || fits(VIEWS[name]));
}

/** The views that results have the numbers for that were computed elsewhere; pinned beside others they always can be. */
export function ofResults(report: Partial<Report>): ViewName[] {
  const { pixel_importance, direction, classes = [] } = report;
  const byClass = report.latent_importance ?? report.latent_importance_rmse;
  const there: Partial<Record<ViewName, unknown>> = {
    figure: pixel_importance ?? direction,
    pixels: pixel_importance,
    classes: byClass,
    similarity: byClass && classes.length > 1,
    pinned: true,
  };
  return NAMES.filter((name) => there[name]);
}

export function viewsIn(tab: string, names = NAMES): ViewName[] {
  return names.filter((name) => VIEWS[name].tab === tab);
}
