/** Whose numbers are shown: of which images, by which network, and how they were measured. */
import { integer, significant } from "../format";
import type { Encoded, Estimate, Report } from "../report";
import type { ReportWords } from "../view";
import { list, one } from "./words";

/** What the data set is called, in brackets after what is said of its images. */
function inBrackets({ data }: Partial<Report>): string {
  return data?.name ? ` (${data.name})` : "";
}

/** "on all 60 images (digits.npz)". Empty while it is not known. */
export function onWhich(report: Partial<Report> | undefined, words: ReportWords | undefined) {
  return report?.data && words ? `on ${words.explained}${inBrackets(report)}` : "";
}

/** The model that was brought: "autoencoder.keras (Keras 2)". */
export function modelName({ model }: Partial<Report>): string {
  if (!model) return "";
  const files = model.files.length ? list(model.files) : "a model";
  return model.format ? `${files} (${model.format})` : files;
}

/** Of the network, and of nothing that nobody did: a model that was brought was not trained here. */
function network(report: Partial<Report>): string {
  const { settings, training, model } = report;
  if (!settings) return "";
  const { dims, hidden, epochs } = settings;
  const sizes = `${dims} latent dimension${dims === 1 ? "" : "s"}`;
  const layers = hidden.length ? ` and hidden layers of ${hidden.map(integer).join(", ")}` : "";
  if (model) return `the model ${modelName(report)} with ${sizes}${layers}, trained elsewhere`;
  const trained = training?.training_loss.length ?? epochs;
  const past = trained
    ? `trained here for ${trained} epoch${trained === 1 ? "" : "s"}`
    : "untrained";
  return `a network with ${sizes}${layers}, ${past}`;
}

/** "pixel importance exact, latent importance over 4 permutations". */
function measured(report: Partial<Report>): string {
  const how = (name: string, estimate: Estimate | undefined) => {
    if (!estimate) return false;
    const { method, repeats } = estimate;
    if (method === "exact") return `${name} exact`;
    return `${name} over ${repeats} permutation${repeats === 1 ? "" : "s"}`;
  };
  const stages = [
    how("pixel importance", report.pixel_importance),
    how("latent importance", report.latent_importance),
  ];
  return stages.filter(Boolean).join(", ");
}

/** What gives the same numbers again, for who meets them without this page. */
export function made(report: Partial<Report> | undefined, words: ReportWords | undefined): string {
  const { settings, version, data, model } = report ?? {};
  if (!report || !settings) return "";
  const parts = [
    network(report),
    onWhich(report, words),
    measured(report),
    `seed ${settings.seed}`,
  ];
  const files = data?.files.length ? `Images from ${several(data.files)}.` : "";
  return [
    `Made by latent-lens ${version}: ${parts.filter(Boolean).join("; ")}.`,
    files,
    ...(data?.handling ?? []),
    ...(model?.notes ?? []),
  ]
    .filter(Boolean)
    .join(" ");
}

/** So many files are named, and the others counted. */
const NAMED = 3;

function several(files: string[]): string {
  if (files.length <= NAMED + 1) return list(files);
  return list([...files.slice(0, NAMED), `${integer(files.length - NAMED)} more files`]);
}

/** Where an explained image stands in the files that it is from: "image 8 of digits.npz". */
export function placeOf(encoded: Encoded, image: number): string {
  const file = encoded.files[encoded.file[image] ?? -1];
  const place = encoded.place[image];
  if (file === undefined || place === undefined) {
    return `image ${integer((encoded.positions[image] ?? 0) + 1)} of its class`;
  }
  // Pictures and recordings are files of one image each.
  const single = encoded.files.length > 1 && encoded.place.every((each) => each === 0);
  return single ? file : `image ${integer(place + 1)} of ${file}`;
}

/** "Explained image 3, a 0: image 8 of digits.npz." */
export function whichImage(encoded: Encoded, image: number, name: string): string {
  return `Explained image ${integer(image + 1)}, ${one(name)}: ${placeOf(encoded, image)}.`;
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

/** That images are drawn over another range than usual. */
export function spread(report: Partial<Report> | undefined): string | false {
  const [dark, bright] = shades(report);
  if (dark === 0 && bright === 1) return false;
  return `The images’ values go from ${significant(dark, 3)}, drawn darkest, to ${significant(bright, 3)}, drawn brightest.`;
}
