/** A run that was kept in a file: whose it is, and whether the images that are open are its own. */
import type { Dataset } from "../data/dataset";
import type { Moment } from "../engine/messages";
import { integer } from "../format";
import { type Network, steps } from "../network";
import { fromJson, type ModelSource, type Report, type RunSettings } from "../report";
import type { Brought } from "./panel";
import type { Images, Models, NamedFile } from "./package";

export interface Session {
  settings: RunSettings;
  /** Undefined where nothing is known but results that were computed elsewhere. */
  network: Network | undefined;
  report: Partial<Report>;
  /** What there was to see after some of its epochs, in their order; none where that was not kept. */
  moments: Moment[];
  /** The model, where the run explained one that was brought. */
  model: Brought | undefined;
  /** What tells its images from others; sessions of older versions do not tell. */
  images: Images | null;
  /** The images that are open, unless the run was of others. */
  dataset: Dataset | undefined;
}

/** Reads a session, and says of which images it is. */
export async function readSession(
  models: Models,
  file: NamedFile,
  open: Dataset | undefined,
): Promise<{ session: Session; whose: string }> {
  const { report: text, images, settings, network, moments } = models.read_session(file);
  const report = named(text === null ? {} : fromJson(text), images);
  const areOpen = async (dataset: Dataset | undefined) =>
    images !== null &&
    (await identify(models, dataset, settings))?.fingerprint === images.fingerprint;
  // A model may have been given values as they are stored.
  const keep = () => open?.scaled?.("keep").catch(() => undefined);
  const stored = async () => report.model !== undefined && areOpen(await keep());
  const asTheyAre = await areOpen(open);
  const asStored = !asTheyAre && (await stored());
  const dataset = asTheyAre || asStored ? open : undefined;
  const keeps = asStored || (asTheyAre && open?.scale.normalise === "keep");
  const model = report.model && described(report.model, network, keeps);
  return {
    session: { settings, network, report, moments, model, images, dataset },
    whose: whose(images, dataset, open),
  };
}

/** What tells the images of a run's classes from others; undefined where there are no such classes. */
export async function identify(
  models: Models,
  dataset: Dataset | undefined,
  { classes }: RunSettings,
): Promise<Images | undefined> {
  if (!dataset || !classes.every((label) => dataset.labels.includes(label))) return undefined;
  return models.identify(dataset.credit.name, await dataset.images(classes));
}

/** Reports that do not say of what they are do so from now on. */
function named(report: Partial<Report>, images: Images | null): Partial<Report> {
  if (!report.data) return report;
  const { name, count } = report.data;
  const data = {
    ...report.data,
    name: name || (images?.name ?? "images that the session does not name"),
    count: count || (images?.count ?? 0),
  };
  return { ...report, data };
}

/** A model that is here already, as if its files had been brought. */
export function described(source: ModelSource, network: Network, keeps: boolean): Brought {
  const layers = [
    ...steps(network.input, network.encoder),
    ...steps(network.latent, network.decoder),
  ].map((step, at) => ({ name: `layer ${at + 1}`, ...step }));
  return {
    name: source.files.join(", ") || "a model",
    network,
    source,
    description: {
      format: source.format,
      notes: source.notes,
      layers,
      encoder_layers: network.encoder.length,
      takes_stored_values: keeps,
    },
  };
}

/** Says of which images a session is, and whether these are open. */
function whose(
  images: Images | null,
  dataset: Dataset | undefined,
  open: Dataset | undefined,
): string {
  if (!images) {
    return "This session is older and does not tell its images: run it again only on those it was made with.";
  }
  const its = `${images.name} (${integer(images.count)} images)`;
  if (dataset) return `The session’s images are open: ${its}.`;
  const others = open
    ? `the images that are open, ${open.credit.name}, are others`
    : "they are not open";
  return `The session is of ${its}, and ${others}. Its results are shown as they were kept; to run it again, open its images first.`;
}
