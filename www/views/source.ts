/** Whose numbers are shown: of which images, by which network, and how they were measured. */
import { count, integer, significant } from "../format";
import { NOUNS } from "../nouns";
import { ENDS } from "../parts/shading";
import { type Estimate, isOfResults, type Report } from "../report";
import { trainedWith } from "../settings";
import type { ReportWords } from "../view";
import { featureOf, spoken } from "./features";
import type { Scene } from "./picture";
import { list } from "./words";

/** What the data set is called, in brackets after what is said of its images. */
function inBrackets({ data }: Partial<Report>): string {
  return data?.name ? ` (${data.name})` : "";
}

/** "on all 60 images (digits.npz)". Empty while it is not known. */
export function onWhich(report: Partial<Report> | undefined, words: ReportWords | undefined) {
  return report?.data && words && !isOfResults(report)
    ? `on ${words.explained}${inBrackets(report)}`
    : "";
}

/** The model that was brought: "autoencoder.keras (Keras 2)". */
export function modelName({ model }: Partial<Report>): string {
  if (!model) return "";
  const files = model.files.length ? list(model.files) : "a model";
  return model.format ? `${files} (${model.format})` : files;
}

/** Of the network, and of nothing that nobody did: a model that was brought was not trained here. */
function network(report: Partial<Report>): string {
  const { settings, training, model, divergence } = report;
  if (!settings) return "";
  const variational = settings.variant?.variational ?? divergence !== undefined;
  const { kind, dims, hidden, filters, epochs } = settings;
  const sizes = count(dims, "latent dimension");
  const layers = (kind === "dense" ? hidden : filters).map(integer).join(", ");
  const built =
    kind === "dense" ? `hidden layers of ${layers}` : `convolutions of ${layers} filters`;
  const deep = layers && ` and ${built}`;
  if (isOfResults(report)) return `results that were computed elsewhere (${list(model!.files)})`;
  if (model?.part === "latents")
    return `latents that were made elsewhere (${list(model.files)}), of ${count(dims, "dimension")}`;
  if (model)
    return `the ${variational ? "variational " : ""}model ${modelName(report)} with ${sizes}${deep}, trained elsewhere`;
  const trained = training?.training_loss.length ?? epochs;
  const past = trained ? `trained here for ${count(trained, "epoch")}` : "untrained";
  const further = trainedWith(settings).filter((said) => said !== "variational");
  const named = variational ? "a variational network" : "a network";
  return [`${named} with ${sizes}${deep}, ${past}`, ...further].join(", ");
}

/** "pixel importance exact, latent importance over 4 permutations". */
function measured(report: Partial<Report>): string {
  const how = (name: string, estimate: Estimate | undefined) => {
    if (!estimate) return false;
    const { method, repeats } = estimate;
    if (method === "exact") return `${name} exact`;
    return `${name} over ${count(repeats, "permutation")}`;
  };
  const stages = [
    how(`${featureOf(report)} importance`, report.pixel_importance),
    how("latent importance", report.latent_importance),
  ];
  return stages.filter(Boolean).join(", ");
}

/** What gives the same numbers again, for who meets them without this page. */
export function made(report: Partial<Report> | undefined, words: ReportWords | undefined): string {
  const { settings, version, image, data, model } = report ?? {};
  if (!report || !settings) return "";
  const each = image && image.channels > 1 && settings.permute === "channel";
  const alone = isOfResults(report);
  const parts = [
    network(report),
    onWhich(report, words),
    !alone && measured(report),
    each && "each channel of a pixel permuted by itself",
    !alone && `seed ${settings.seed}`,
  ];
  const files = data?.files.length
    ? `${spoken({ report }, "Images")} from ${several(data.files)}.`
    : "";
  return [
    `${alone ? "Drawn" : "Made"} by latent-lens ${version}: ${parts.filter(Boolean).join("; ")}.`,
    files,
    ...(data?.handling ?? []),
    ...(model?.notes ?? []),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A sentence on how values came to be what a network is given, and the one that is said of most images. */
const SCALED = /^(Bytes|Values|Each (column|pixel)) .*\b(divided|taken|spread|brought)\b/;
const USUALLY = /divided by 255\.$/;

/** How values were scaled, where that is not to be expected. */
export function scaling({ data }: Partial<Report>): string[] {
  const [least, most] = data?.range ?? [0, 1];
  const expected = (said: string) =>
    USUALLY.test(said) || (said.endsWith("taken as they are.") && least >= 0 && most <= 1);
  return (data?.handling ?? []).filter((said) => SCALED.test(said) && !expected(said));
}

/** So many files are named, and the others counted. */
const NAMED = 3;

function several(files: string[]): string {
  if (files.length <= NAMED + 1) return list(files);
  return list([...files.slice(0, NAMED), `${integer(files.length - NAMED)} more files`]);
}

/** What of the images is drawn darkest and brightest; the same as `Report::shown_range` in Rust. */
export function shades(report: Partial<Report> | undefined): [dark: number, bright: number] {
  const [least, most] = report?.data?.range ?? [0, 1];
  return least < most && (least < 0 || most > 1) ? [least, most] : [0, 1];
}

/** Intensities from 0 to 1, as images are drawn. */
export function drawn<V extends Float32Array | undefined>(
  values: V,
  [dark, bright]: [dark: number, bright: number],
): V | Float32Array {
  if (!values || (dark === 0 && bright === 1)) return values;
  return values.map((value) => Math.min(1, Math.max(0, (value - dark) / (bright - dark))));
}

/** What the ends of the scale are where rows are drawn as lines or bars. */
const EDGES = ["at the lower edge", "at the upper edge"] as const;

/**
 * How images are drawn, where that is not to be expected; signals and rows of a table, unless they are drawn
 * `inShades` as well.
 */
export function spread(
  {
    report,
    options,
  }: {
    report: Scene["report"];
    options: Pick<Scene["options"], "images" | "image">;
  },
  { inShades = false } = {},
): string {
  const { images, image } = options;
  const { form = "image" } = report?.data ?? {};
  const [dark, bright] = shades(report);
  const [least, most] = form === "image" || inShades ? ENDS[images] : EDGES;
  const sentences = [
    (dark !== 0 || bright !== 1) &&
      `The ${NOUNS[form][1]}’ values go from ${significant(dark, 3)} (${least}) to ${significant(bright, 3)} (${most}).`,
    image.channels !== 1 &&
      image.channels !== 3 &&
      `Of the ${integer(image.channels)} channels of a pixel the mean is drawn.`,
  ];
  return sentences.filter(Boolean).join(" ");
}
