/**
 * The one table of settings. Attributes, URL parameters, form controls and their checks are all
 * made from it: a new setting is one new row.
 */
import { type KnownClass, labelOf, readNames, writeNames } from "./classes";
import { channelOf } from "./channels";
import type { Workers } from "./engine/workers";
import { count, integer } from "./format";
import { readGroups, writeGroups } from "./grouping";
import { renamed } from "./renamed";
import type { Attribution, Grouping, Measure, Recipients, RunSettings, Variant } from "./report";
import { DEFAULT, type ViewName, VIEWS } from "./views/table";

export interface Setting<T> {
  label: string;
  help: string;
  control: Control;
  /**
   * Settings of a run cannot be changed while it runs; those of the figure only say how a run's
   * results are looked at, and stand beside it.
   */
  scope: "run" | "page" | "figure";
  /** Where it stands; where absent, beside the network or, if it is not of a run, under Display. */
  section?: Section;
  /** The only kind of network that it is about. */
  of?: RunSettings["kind"];
  /** Whether it has a bearing, with these others; where absent, it always has. */
  bears?(others: Others): boolean;
  /** Whether it is about training alone, and so not about a model that was brought. */
  trains?: true;
  /** Whether it changes by and by, as what is typed or dragged does: that is one step back. */
  gradual?: true;
  /** The default, as it would stand in an attribute. */
  initial: string;
  /** Values of the version before, and what they are now. */
  old?: Readonly<Record<string, string>>;
  /** Understands an attribute's text, or throws a `Refusal` with the reason; `classes` there are. */
  read(text: string, classes?: readonly KnownClass[]): T;
  /** What is said of the value where it is folded away. */
  summary?(value: T, others?: Others): string;
}

/** What decides whether other settings have a bearing. */
interface Others {
  loss: RunSettings["loss"];
  output: Variant["output"];
  variational: boolean;
  sparsity: number;
  noise: Variant["noise"];
  "noise-level": number;
}

/** What is chosen together: the images, the network, what keeps it from learning by heart and its rarer settings, and at the figure how it is measured, whose maps there are and how they are drawn. */
export type Section =
  "images" | "network" | "regularisation" | "more" | "measured" | "maps" | "display";

export type Control =
  | { kind: "hidden" }
  | { kind: "classes" }
  | { kind: "text"; numeric: boolean; placeholder?: string }
  /** One of these, or a number. */
  | { kind: "amount"; options: Record<string, string>; placeholder: string }
  | { kind: "choice"; options: Record<string, string> }
  /** More than can stand side by side; some are for tables alone, or for all but them. */
  | { kind: "list"; options: Record<string, string>; ofTables?: Record<string, boolean> }
  /** A number from 0 to 1. */
  | { kind: "range" }
  /** All images, those of a class, or one. */
  | { kind: "recipients" }
  /** One of the channels that the images have. */
  | { kind: "channel" };

/** Two latent dimensions, counted from 1, such as `3,5`. */
export type Axes = `${number},${number}`;

/** How the encoded space is drawn into a plane. */
export type ProjectionName = "spread" | "pca" | "tsne" | "umap" | Axes;

/** Why a text is no value for a setting, in words for the person who wrote it. */
export class Refusal extends Error {}

/** What the engine counts with; larger whole numbers become this one, which it then refuses. */
const LARGEST = 2 ** 32 - 1;

/** More than any machine that people sit at has cores. */
const MOST_WORKERS = 64;

/** Axes with a name; two dimensions by their numbers are axes as well. */
export const PROJECTIONS = {
  spread: "Two widest dimensions",
  pca: "PCA",
  tsne: "t-SNE",
  umap: "UMAP",
};

/** By the names that the engine has for them. */
const ACTIVATIONS = {
  relu: "ReLU",
  elu: "ELU",
  selu: "SELU",
  silu: "SiLU (swish)",
  gelu: "GELU",
  softplus: "Softplus",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  linear: "None (linear)",
};

/** By the names that the engine has for them. */
const FEATURES: Record<Measure["features"], string> = {
  pixels: "Single pixels",
  patches: "Patches",
  rows: "Rows",
  columns: "Columns",
  clusters: "Clusters",
  "one-hot": "One-hot columns",
  groups: "Groups of your own",
};

/** As above. */
export const MAPS = {
  permutation: "Permutation",
  gradient: "Gradient",
  smoothgrad: "SmoothGrad",
  "integrated-zero": "Integrated gradients from 0",
  "integrated-mean": "Integrated gradients from the mean",
  "occlusion-zero": "Occlusion by 0",
  "occlusion-mean": "Occlusion by the mean",
  variance: "2 · variance of the pixel",
} satisfies Record<Attribution, string>;

const AMOUNTS = { auto: "Auto", all: "All", "held-out": "Held out" };

export const SETTINGS = {
  dataset: word(
    "mnist",
    "Folder of the images, beside the element's code; shapes, waveform and rank-two are made in the page.",
  ),
  classes: row({
    label: "Classes",
    help: "Which classes the autoencoder learns, and is explained for, by their names.",
    control: { kind: "classes" },
    scope: "run",
    section: "images",
    initial: "0,1",
    read: labels,
  }),
  kind: choice(
    "Kind",
    "dense",
    "Dense: every unit looks at the whole image. Convolutional: small filters look at each pixel and its neighbours.",
    "run",
    { dense: "Dense", convolutional: "Convolutional" },
  ),
  variational: {
    ...flag(
      "Variational",
      false,
      "On: the encoder gives a mean and a spread for every latent, and is held to a normal distribution.",
      { false: "Off", true: "On" },
    ),
    scope: "run" as const,
    section: "network" as const,
    trains: true as const,
    summary: (value: boolean) => (value ? "variational" : ""),
  },
  beta: row({
    label: "β",
    help: "How much the divergence from the normal distribution counts. Larger: smoother latents, poorer images.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "network",
    trains: true,
    bears: ({ variational }) => variational,
    initial: "1",
    read: (text) => decimal(text, "β must be a number from 0, such as 1."),
    summary: (value) => (value === 1 ? "" : `β ${value}`),
  }),
  dims: whole("Latent dimensions", 12, "How many numbers each image is squeezed into."),
  "hidden-layers": row({
    label: "Hidden layers",
    help: "Units of the encoder’s layers, such as 512, 128; the decoder mirrors them. Empty: none.",
    control: { kind: "text", numeric: false },
    scope: "run",
    of: "dense",
    initial: "",
    read: (text) => wholeNumbers(text, "Hidden layers must be listed like 512, 128."),
  }),
  filters: row({
    label: "Filters",
    help: "Channels of each convolution, such as 8, 16. Each halves the sides; the decoder mirrors them.",
    control: { kind: "text", numeric: false },
    scope: "run",
    of: "convolutional",
    initial: "8,16",
    read: (text) => wholeNumbers(text, "Filters must be listed like 8, 16."),
  }),
  downsampling: {
    ...choice(
      "Downsampling",
      "strided",
      "How maps become half as large: convolutions move by two pixels, or keep the largest of two by two.",
      "run",
      { strided: "Strides", pooling: "Max-pooling" },
    ),
    of: "convolutional",
    section: "network",
    trains: true,
    summary: (value: Variant["downsampling"]) => (value === "strided" ? "" : "max-pooling"),
  },
  epochs: whole(
    "Epochs",
    50,
    "How often training goes through its images. 0: it stays untrained.",
    {
      trains: true,
      summary: (value) => (value === 0 ? "untrained" : count(value, "epoch")),
    },
  ),
  activation: {
    ...choice(
      "Activation",
      "relu",
      "What follows every layer but the last. ReLU, the paper’s: what is negative becomes 0.",
      "run",
      ACTIVATIONS,
    ),
    control: { kind: "list" as const, options: ACTIVATIONS },
    section: "more",
    trains: true,
    summary: (value: RunSettings["activation"]) => (value === "relu" ? "" : ACTIVATIONS[value]),
  },
  loss: {
    ...choice(
      "Loss",
      "bce",
      "What training makes small: binary cross-entropy, the paper’s, the mean squared or the mean absolute error.",
      "run",
      { bce: "Cross-entropy", mse: "MSE", mae: "MAE" },
    ),
    section: "more",
    trains: true,
    summary: (value: RunSettings["loss"]) => (value === "bce" ? "" : `loss ${value.toUpperCase()}`),
  },
  output: {
    ...choice(
      "Output",
      "sigmoid",
      "What the decoder ends in. Sigmoid: numbers from 0 to 1. Linear: any numbers, for MSE and MAE alone.",
      "run",
      { sigmoid: "Sigmoid", linear: "Linear" },
    ),
    section: "more",
    trains: true,
    bears: ({ loss, output }: Others) => loss !== "bce" || output !== "sigmoid",
    summary: (value: Variant["output"]) => (value === "sigmoid" ? "" : `${value} output`),
  },
  "learning-rate": row({
    label: "Learning rate",
    help: "How far a training step goes. Too small: slow. Too large: the loss jumps about.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "more",
    trains: true,
    initial: "0.001",
    read: (text) => decimal(text, "Learning rate must be a number above 0, such as 0.001."),
    summary: (value) => (value === 0.001 ? "" : `learning rate ${value}`),
  }),
  "batch-size": whole(
    "Images per step",
    256,
    "After so many images the weights are changed: the batch size.",
    {
      section: "more",
      trains: true,
      summary: (value) => (value === 256 ? "" : `batches of ${integer(value)}`),
    },
  ),
  sparsity: row({
    label: "Sparsity",
    help: "What the sum of an image’s absolute latents costs, such as 0.0001. 0: nothing.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "regularisation",
    trains: true,
    bears: ({ variational, sparsity }) => !variational || sparsity > 0,
    initial: "0",
    read: (text) => decimal(text, "Sparsity must be a number from 0, such as 0.0001."),
    summary: (value) => (value === 0 ? "" : `sparsity ${value}`),
  }),
  noise: {
    ...choice(
      "Noise on images",
      "none",
      "Put on images before the encoder sees them; the decoder has to draw them without.",
      "run",
      { none: "None", gaussian: "Gaussian", masking: "Masking" },
    ),
    section: "regularisation",
    trains: true,
    summary: (value: Variant["noise"], others?: Others) =>
      value === "none"
        ? ""
        : `${value === "gaussian" ? "Gaussian" : value} noise of ${others?.["noise-level"]}`,
  },
  "noise-level": row({
    label: "Level of noise",
    help: "The standard deviation of Gaussian noise, or the share of numbers that masking sets to 0.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "regularisation",
    trains: true,
    bears: ({ noise }: Others) => noise !== "none",
    initial: "0.5",
    read: (text) => decimal(text, "Level of noise must be a number above 0, such as 0.5."),
    summary: () => "",
  }),
  dropout: row({
    label: "Dropout",
    help: "The share of the units of hidden layers that every step of training leaves out. 0: none.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "regularisation",
    trains: true,
    initial: "0",
    read: (text) => decimal(text, "Dropout must be a number from 0 to 0.9, such as 0.2."),
    summary: (value) => (value === 0 ? "" : `dropout ${value}`),
  }),
  "weight-decay": row({
    label: "Weight decay",
    help: "How much of themselves weights lose in a step, times the learning rate. 0: nothing.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "regularisation",
    trains: true,
    initial: "0",
    read: (text) => decimal(text, "Weight decay must be a number from 0 to 1, such as 0.01."),
    summary: (value) => (value === 0 ? "" : `weight decay ${value}`),
  }),
  "held-out": whole(
    "Held out, in per cent,",
    15,
    "Of a class’s images, so many are never trained on, unless there is a test set.",
    {
      title: "Held out, %",
      section: "images",
      summary: (value) => (value === 15 ? "" : `${value} % held out`),
    },
  ),
  explain: row<RunSettings["explain"]>({
    label: "Explained images",
    help: "Auto: all with a model that you bring, else those held out or the test set. Or so many.",
    control: { kind: "amount", options: AMOUNTS, placeholder: "Number" },
    scope: "run",
    section: "images",
    gradual: true,
    initial: "auto",
    read(text) {
      const word = text.trim();
      if (Object.hasOwn(AMOUNTS, word)) return word as keyof typeof AMOUNTS;
      if (/^0*[1-9]\d*$/.test(word)) return `${Math.min(Number(word), LARGEST)}`;
      throw new Refusal(
        "Explained images must be auto, all, held-out or a number of them, such as 500.",
      );
    },
    summary(value) {
      if (value === "auto") return "";
      const which = { all: "all", "held-out": "held-out" }[value as string];
      return `${which ?? integer(Number(value))} images explained`;
    },
  }),
  features: {
    ...choice(
      "What is moved",
      "pixels",
      "What is given another image’s values at once.",
      "run",
      FEATURES,
    ),
    control: {
      kind: "list" as const,
      options: FEATURES,
      ofTables: { patches: false, rows: false, columns: false, "one-hot": true },
    },
    section: "measured",
    summary: (value: Measure["features"]) =>
      value === "pixels" ? "" : FEATURES[value].toLowerCase(),
  },
  patch: row({
    label: "Patch, pixels",
    help: "Sides of each square.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "measured",
    gradual: true,
    initial: "4",
    read(text) {
      if (/^\s*0*[1-9]\d{0,8}\s*$/.test(text)) return Number(text);
      throw new Refusal("Patch must be a whole number from 1, such as 4.");
    },
    summary: (value) => `${value} × ${value}`,
  }),
  "cluster-threshold": row({
    label: "Cluster threshold",
    help: "Pixels within this distance, the mean of 1 − |rank correlation|, belong together.",
    control: { kind: "range" },
    scope: "run",
    section: "measured",
    gradual: true,
    initial: "0.3",
    read(text) {
      const refusal = "Cluster threshold must be a number from 0 to 1, such as 0.3.";
      const value = decimal(text, refusal);
      if (value > 1) throw new Refusal(refusal);
      return value;
    },
    summary: (value) => `threshold ${value}`,
  }),
  groups: row({
    label: "",
    help: "Groups of your own: their names, a slash, and pixel by pixel the number of its group.",
    control: { kind: "hidden" },
    scope: "run",
    section: "measured",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      const groups = readGroups(text);
      if (groups) return groups;
      throw new Refusal("Groups must be names and runs of pixels, such as left,right/1*14,2*14.");
    },
  }),
  donors: {
    ...choice(
      "Whose values",
      "all",
      "Those of any image, of its class, or of images whose surroundings predict much the same value.",
      "run",
      { all: "Any image", class: "Same class", neighbours: "By neighbours" },
    ),
    section: "measured",
    summary: (value: Measure["donors"]) =>
      ({ all: "", class: "values of the same class", neighbours: "values by neighbours" })[value],
  },
  "latent-donors": {
    ...choice(
      "Whose latents",
      "class",
      "For the bars. From any image: what makes an image one of its class.",
      "run",
      { class: "Same class", all: "Any image" },
    ),
    section: "measured",
    summary: (value: Measure["latent_donors"]) => (value === "all" ? "latents of any image" : ""),
  },
  recipients: row<Recipients>({
    label: "Who receives values",
    help: "One class: what it is read by. One image: why it lies where it lies.",
    control: { kind: "recipients" },
    scope: "run",
    section: "maps",
    gradual: true,
    initial: "all",
    read(text, classes) {
      const [, kind, which = ""] = /^\s*(all|class:|image:)(.*?)\s*$/s.exec(text) ?? [];
      if (kind === "all" && !which) return kind;
      if (kind === "image:" && /^0*[1-9]\d{0,8}$/.test(which)) return `image:${Number(which)}`;
      if (kind === "class:" && which) return `class:${labels(writeNames([which]), classes)[0]!}`;
      throw new Refusal("Who receives values must be all, class:3 or image:17.");
    },
    summary(value) {
      const [kind, number] = value.split(":");
      return kind === "all" ? "all explained" : kind === "image" ? `number ${number}` : "one class";
    },
  }),
  opinions: {
    ...flag(
      "Second opinions",
      false,
      "Gradients, integrated gradients and occlusion are asked, too, and compared.",
      { false: "Off", true: "On" },
    ),
    scope: "run" as const,
    section: "maps" as const,
  },
  "image-errors": {
    ...flag("Errors over images", false, "How far importance would be off with other images.", {
      false: "Off",
      true: "On",
    }),
    scope: "run" as const,
    section: "measured" as const,
    summary: (value: boolean) => (value ? "errors over images" : ""),
  },
  controls: asked("Maps and importance beside those of networks that have nothing to learn."),
  networks: row({
    label: "Networks",
    help: "So many are trained in all, to see which dimensions are found again.",
    control: { kind: "hidden" },
    scope: "run",
    section: "measured",
    initial: "1",
    read(text) {
      if (/^\s*0*[1-9]\d{0,8}\s*$/.test(text)) return Number(text);
      throw new Refusal("Networks must be a whole number from 1, such as 5.");
    },
    summary: (value) => (value === 1 ? "" : `${value} networks`),
  }),
  smaller: asked("What becomes of the loss where only some dimensions are kept."),
  sizes: row({
    label: "Numbers of dimensions",
    help: "With which further networks are trained, such as 2,4,8. Empty: none.",
    control: { kind: "hidden" },
    scope: "run",
    section: "measured",
    initial: "",
    read: (text) => wholeNumbers(text, "Numbers of dimensions must be listed like 2, 4, 8."),
  }),
  factors: asked("Which dimension carries which factor of images that were made here."),
  maps: {
    ...choice("Maps", "permutation", "By which method.", "figure", MAPS),
    control: { kind: "list" as const, options: MAPS },
    section: "maps",
    summary: (value: keyof typeof MAPS) => (value === "permutation" ? "" : MAPS[value]),
  },
  permute: {
    ...choice(
      "Permuted",
      "pixel",
      "What is shuffled at once: a pixel with all of its channels, or each channel by itself.",
      "run",
      { pixel: "Whole pixels", channel: "Each channel" },
    ),
    section: "measured",
    summary: (value: string) => (value === "channel" ? "each channel by itself" : ""),
  },
  method: {
    ...choice(
      "Importance",
      "auto",
      "Exact takes every possible shuffle into account; Auto does where that is affordable.",
      "run",
      { auto: "Auto", exact: "Exact", sampled: "Sampled" },
    ),
    section: "measured",
    summary: (value: string) =>
      ({
        auto: "exact where affordable, else sampled",
        exact: "every possible shuffle",
        sampled: "sampled",
      })[value]!,
  },
  permutations: whole("Permutations", 4, "Where sampled: more take longer and err less.", {
    section: "measured",
    summary: (value) => count(value, "permutation"),
  }),
  seed: whole("Seed", 1, "The same seed gives the same numbers again.", {
    max: LARGEST,
    section: "more",
    summary: (value) => (value === 1 ? "" : `seed ${value}`),
  }),
  "split-seed": otherSeed("Seed of the split", "split"),
  "weights-seed": otherSeed("Seed of the weights", "weights"),
  "order-seed": otherSeed("Seed of the order", "order"),
  engine: {
    ...choice("Engine", "auto", "What does the calculating; both give the same picture.", "run", {
      auto: "Auto",
      cpu: "CPU",
      webgpu: "WebGPU",
    }),
    section: "more",
  },
  workers: row<Workers>({
    label: "Workers",
    help: "How many workers of the CPU engine measure importance; the results are the same.",
    control: { kind: "hidden" },
    scope: "page",
    initial: "auto",
    read(text) {
      const word = text.trim();
      if (word === "auto") return word;
      if (!/^0*[1-9]\d*$/.test(word) || Number(word) > MOST_WORKERS) {
        throw new Refusal(`Workers must be auto or a whole number from 1 to ${MOST_WORKERS}.`);
      }
      return Number(word);
    },
  }),
  theme: choice("Appearance", "auto", "Auto follows the page and the system.", "page", {
    auto: "Auto",
    light: "Light",
    dark: "Dark",
  }),
  view: shown("What is shown of a run."),
  "explain-class": {
    ...word("", "Class whose latent importance is shown, by its name."),
    scope: "figure",
  },
  metric: {
    ...choice("Measure", "mse", "Of how much a reconstruction changes.", "figure", {
      mse: "MSE",
      rmse: "RMSE",
    }),
    section: "measured",
  },
  unit: {
    ...choice(
      "Scale",
      "paper",
      "Of 2 · Var of the latent: 1 is as much as replacing the whole image.",
      "figure",
      {
        paper: "Latent units²",
        share: "Share",
      },
    ),
    section: "measured",
    summary: (value: string) => (value === "share" ? "share of 2 · Var" : ""),
  },
  errors: choice("Errors", "repeats", "Over images, once these are measured.", "figure", {
    repeats: "Of permutations",
    images: "Over images",
  }),
  sort: flag("Order", true, "Of the dimensions.", {
    true: "Important first",
    false: "By number",
  }),
  "filter-empty": flag("Empty dimensions", false, "Those that no pixel moves.", {
    false: "Shown",
    true: "Left out",
  }),
  top: row({
    label: "How many dimensions",
    help: "Only the first so many of the order. Empty: all.",
    control: { kind: "text", numeric: true, placeholder: "All" },
    scope: "figure",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      if (!/^\s*0*[1-9]\d*\s*$/.test(text)) {
        throw new Refusal("How many dimensions must be a whole number from 1, or empty for all.");
      }
      return Math.min(Number(text), LARGEST);
    },
    summary: (value) => (value === null ? "" : `first ${integer(value)}`),
  }),
  "top-columns": row({
    label: "How many columns",
    help: "Of a table: each map names only the first so many of its order. Empty: as many as there is room for.",
    control: { kind: "text", numeric: true, placeholder: "Auto" },
    scope: "figure",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      if (!/^\s*0*[1-9]\d*\s*$/.test(text)) {
        throw new Refusal(
          "How many columns must be a whole number from 1, or empty for as many as fit.",
        );
      }
      return Math.min(Number(text), LARGEST);
    },
    summary: (value) => (value === null ? "" : `${integer(value)} columns`),
  }),
  rotate: choice("Rotation", "0", "Turns the maps clockwise.", "figure", {
    "0": "0°",
    "90": "90°",
    "180": "180°",
    "270": "270°",
  }),
  "flip-horizontal": flag("Left and right", false, "Of the maps, after they are turned.", {
    false: "As they are",
    true: "Swapped",
  }),
  "flip-vertical": flag("Top and bottom", false, "Of the maps, after they are turned.", {
    false: "As they are",
    true: "Swapped",
  }),
  channel: row({
    label: "Channel",
    help: "Whose maps are shown, where each channel is shuffled by itself.",
    control: { kind: "channel" },
    scope: "figure",
    initial: "1",
    read(text) {
      const channel = channelOf(text);
      if (channel !== undefined) return channel;
      throw new Refusal("Channel must be red, green, blue or a whole number from 1.");
    },
  }),
  palette: choice("Colours", "paper", "Lower, no effect, higher.", "figure", {
    paper: "Blue to red",
    "colour-blind": "Colour-blind safe",
  }),
  scale: choice("Colour scale", "shared", "Shared lets the maps be compared.", "figure", {
    shared: "Shared",
    each: "Each map its own",
  }),
  threshold: row({
    label: "Direction threshold",
    help: "A pixel whose slope is smaller counts as having no direction.",
    control: { kind: "text", numeric: true },
    scope: "figure",
    initial: "0",
    read: (text) => decimal(text, "Direction threshold must be a number from 0, such as 0.05."),
    summary: (value) => (value === 0 ? "" : `slopes from ${value}`),
  }),
  projection: row<ProjectionName>({
    label: "Axes",
    help: "Two latent dimensions as they are, or all of them drawn into a plane. Or two by number, such as 3,5.",
    // Stands in the view itself.
    control: { kind: "hidden" },
    scope: "figure",
    initial: "spread",
    read: projection,
    summary(value) {
      const axes = axesOf(value);
      if (axes) return `dimensions ${axes.map((axis) => axis + 1).join(" and ")}`;
      const named = value as keyof typeof PROJECTIONS;
      return named === "spread" ? "" : differs("Axes", PROJECTIONS[named]);
    },
  }),
  images: choice(
    "Images",
    "auto",
    "Ink on paper, or bright as light is; auto takes ink for handwriting.",
    "figure",
    { auto: "Auto", ink: "Ink", bright: "Bright", viridis: "Viridis" },
  ),
  epoch: row({
    label: "",
    gradual: true,
    help: "Epoch after which the network is shown; 0: before training. Empty: the last.",
    control: { kind: "hidden" },
    scope: "figure",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text);
      throw new Refusal("Epoch must be a whole number from 0, or empty for the last.");
    },
  }),
  dimension: position("Dimension", "Latent dimension that is opened large."),
  about: position("About", "Latent dimension that second opinions are compared for."),
  pinned: row({
    label: "",
    help: "What stands beside what is shown, by what differs from the defaults: seed:2;classes:0,1. Empty: nothing.",
    control: { kind: "hidden" },
    scope: "figure",
    initial: "",
    read: (text) => text.trim() || null,
  }),
  image: row({
    label: "",
    help: "Explained image that is looked at, by its class and its place there, counted from 1: 7 12.",
    control: { kind: "hidden" },
    scope: "figure",
    initial: "",
    read: (text) => text.trim() || null,
  }),
  moved: row({
    label: "",
    gradual: true,
    help: "Value that the opened dimension is moved to. Empty: the image’s own.",
    control: { kind: "hidden" },
    scope: "figure",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      if (Number.isFinite(Number(text))) return Number(text);
      throw new Refusal("The value that a dimension is moved to must be a number, such as 1.5.");
    },
  }),
  autorun: row({
    label: "Autorun",
    help: "Runs as soon as everything is there.",
    control: { kind: "hidden" },
    scope: "page",
    initial: "false",
    read: (text) => text !== "false",
  }),
};

/** Names of the version before, and what they are now. */
const OLD_NAMES: Readonly<Record<string, Name>> = { class: "explain-class" };

export type Name = keyof typeof SETTINGS;
export type Values = { [K in Name]: ReturnType<(typeof SETTINGS)[K]["read"]> };
export type Refusals = Partial<Record<Name, string>>;
/** Some settings as attributes have them. */
export type Texts = Partial<Record<Name, string>>;

export const NAMES = Object.keys(SETTINGS) as Name[];

/**
 * The settings of a run by what the engine calls them. `hidden` is taken in HTML: style sheets may
 * hide whatever has that attribute.
 */
const SETTING_OF: Record<Exclude<keyof RunSettings, "measure" | "variant">, Name> = {
  classes: "classes",
  kind: "kind",
  dims: "dims",
  hidden: "hidden-layers",
  filters: "filters",
  activation: "activation",
  loss: "loss",
  learning_rate: "learning-rate",
  batch_size: "batch-size",
  epochs: "epochs",
  held_out: "held-out",
  explain: "explain",
  permute: "permute",
  method: "method",
  permutations: "permutations",
  seed: "seed",
  split_seed: "split-seed",
  weights_seed: "weights-seed",
  order_seed: "order-seed",
};

/** Those of `measure`, which concern no training. */
const MEASURE_OF: Record<keyof Measure, Name> = {
  features: "features",
  patch: "patch",
  threshold: "cluster-threshold",
  groups: "groups",
  recipients: "recipients",
  donors: "donors",
  latent_donors: "latent-donors",
  opinions: "opinions",
  image_errors: "image-errors",
  controls: "controls",
  networks: "networks",
  smaller: "smaller",
  sizes: "sizes",
  factors: "factors",
};

/** Those of `variant`, what a network and its training are beyond the paper's. */
const VARIANT_OF: Record<keyof Variant, Name> = {
  variational: "variational",
  beta: "beta",
  sparsity: "sparsity",
  noise: "noise",
  noise_level: "noise-level",
  dropout: "dropout",
  weight_decay: "weight-decay",
  output: "output",
  downsampling: "downsampling",
};

export const MEASURE_FIELDS: readonly string[] = Object.keys(MEASURE_OF);
export const VARIANT_FIELDS: readonly string[] = Object.keys(VARIANT_OF);

export function isName(text: string): text is Name {
  return Object.hasOwn(SETTINGS, text);
}

/** The name of a setting, where it is one or was one in the version before. */
export function nameIn(text: string): Name | undefined {
  if (isName(text)) return text;
  const now = Object.hasOwn(OLD_NAMES, text) ? OLD_NAMES[text] : undefined;
  if (now) renamed(text, now);
  return now;
}

/** What an attribute's text is called now. */
export function current(name: Name, text: string): string {
  const { old } = SETTINGS[name] as Setting<unknown>;
  const now = old && Object.hasOwn(old, text) ? old[text] : undefined;
  if (now === undefined) return text;
  renamed(`${name}="${text}"`, `${name}="${now}"`);
  return now;
}

/** A query with every setting under its present name, whichever version wrote it. */
export function readQuery(search: string): URLSearchParams {
  const query = new URLSearchParams(search);
  for (const [written, text] of [...query]) {
    const name = nameIn(written);
    if (!name) continue;
    // A present name counts more than an old one.
    if (name !== written) query.delete(written);
    if (name === written || !query.has(name)) query.set(name, current(name, text));
  }
  return query;
}

/**
 * Reads every setting; one that is refused counts as its default until it is put right. Until it is
 * known which classes there are, names stand for the first of them.
 */
export function readSettings(
  textOf: (name: Name) => string | null,
  classes?: readonly KnownClass[],
): { values: Values; refusals: Refusals } {
  const refusals: Refusals = {};
  const values = NAMES.map((name) => {
    const { initial, read } = SETTINGS[name];
    try {
      return [name, read(current(name, textOf(name) ?? initial), classes)];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals[name] = error.message;
      return [name, read(initial)];
    }
  });
  const found = Object.fromEntries(values) as Values;
  if (found.features === "groups" && !found.groups) {
    refusals.groups ??= "There are no groups yet: choose a mask or a table, or paint a region.";
  }
  return { values: found, refusals };
}

/** `measure` and `variant` are absent where all of them is as in the paper: the small engines know nothing else. */
export function runSettings(values: Values): RunSettings {
  const all = Object.entries(SETTING_OF).map(([field, name]) => [field, values[name]]);
  const entries = all.filter(([, value]) => value !== null);
  const measure = measureOf(values);
  const variant = variantOf(values);
  return Object.fromEntries([
    ...entries,
    ...(varied(variant) === varied({}) ? [] : [["variant", variant]]),
    ...(texted(measure) === texted({}) ? [] : [["measure", measure]]),
  ]) as RunSettings;
}

/** What has no bearing on how a network is trained is as in the paper. */
function variantOf(values: Values): Partial<Variant> {
  const fields = Object.entries(VARIANT_OF).filter(([, name]) => isAbout(name, values));
  return Object.fromEntries(fields.map(([field, name]) => [field, values[name]]));
}

/** What has no bearing on what is moved is as in the paper. */
function measureOf(values: Values): Partial<Measure> {
  const { features } = values;
  const bears = { patch: "patches", threshold: "clusters", groups: "groups" };
  const fields = Object.entries(MEASURE_OF).filter(
    ([field]) => (bears[field as keyof typeof bears] ?? features) === features,
  );
  return Object.fromEntries(fields.map(([field, name]) => [field, values[name]]));
}

/** Whether two runs are asked for the same, in whatever order files and tables have their settings. */
export function isSameRun(a: RunSettings, b: RunSettings): boolean {
  return (
    isSameNetwork(a, b) &&
    MEASURED.every((field) => `${a[field]}` === `${b[field]}`) &&
    texted(a.measure) === texted(b.measure)
  );
}

/** What can be asked of a network at any time, besides `measure`. */
const MEASURED = ["permute", "method", "permutations"] as const;

/** Whether they differ at most in what is measured: the network of one is that of the other. */
export function isSameNetwork(a: RunSettings, b: RunSettings): boolean {
  const fields = Object.keys(SETTING_OF) as (keyof typeof SETTING_OF)[];
  const trains = fields.filter((field) => !(MEASURED as readonly string[]).includes(field));
  return (
    trains.every((field) => `${a[field]}` === `${b[field]}`) &&
    varied(a.variant) === varied(b.variant)
  );
}

/** Whether what is measured of a network after its epochs is the same. */
export function isSameMoments(a: RunSettings, b: RunSettings): boolean {
  const texts = ({ measure, ...settings }: RunSettings) => {
    const { donors, recipients, "latent-donors": latents } = measureTexts(measure);
    return [...MEASURED.map((field) => settings[field]), donors, recipients, latents];
  };
  return `${texts(a)}` === `${texts(b)}`;
}

/** Whether a setting says how a network is measured, and nothing of what it is trained on. */
export function isMeasured(name: Name): boolean {
  const known: readonly Name[] = [...MEASURED, ...Object.values(MEASURE_OF)];
  return known.includes(name);
}

/** The settings that give a run what it had, as they would stand in attributes; classes by their names. */
export function textsOf(
  {
    measure,
    variant,
    ...settings
  }: Partial<Omit<RunSettings, "variant"> & { variant: Partial<Variant> }>,
  name: (label: number) => string = String,
): Texts {
  const entries = Object.entries(settings).map(([field, value]) => {
    const text = field === "classes" ? writeNames((value as number[]).map(name)) : `${value}`;
    return [nameOf(field), text];
  });
  return {
    ...Object.fromEntries(entries),
    ...(variant && variantTexts(variant)),
    ...(measure && measureTexts(measure, name)),
  };
}

/** All settings of `variant`, those that it does not say as they are by default. */
export function variantTexts(variant: Partial<Variant> = {}): Texts {
  const entries = Object.entries(VARIANT_OF).map(([field, setting]) => {
    const value = variant[field as keyof Variant];
    return [setting, `${value ?? SETTINGS[setting].initial}`];
  });
  return Object.fromEntries(entries) as Texts;
}

function varied(variant: Partial<Variant> | undefined): string {
  return JSON.stringify(variantTexts(variant));
}

/** All settings of `measure`, those that it does not say as they are by default. */
export function measureTexts(
  measure: Partial<Measure> = {},
  name: (label: number) => string = String,
): Texts {
  const entries = Object.entries(MEASURE_OF).map(([field, setting]) => {
    const value = measure[field as keyof Measure];
    const [, label] = /^class:(\d+)$/.exec(`${value}`) ?? [];
    if (label) return [setting, `class:${name(Number(label))}`];
    if (field === "groups" && value) return [setting, writeGroups(value as Grouping)];
    return [setting, `${value ?? SETTINGS[setting].initial}`];
  });
  return Object.fromEntries(entries) as Texts;
}

function texted(measure: Partial<Measure> | undefined): string {
  return JSON.stringify(measureTexts(measure));
}

/** What the engine calls a setting, by the name that people know. */
export function nameOf(field: string): Name {
  return { ...VARIANT_OF, ...MEASURE_OF, ...SETTING_OF }[field as keyof Measure];
}

/** What differs from the defaults, as the query of an address. */
export function queryOf(textOf: (name: Name) => string | null): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of NAMES) {
    const text = textOf(name);
    if (text !== null && text !== SETTINGS[name].initial) query.set(name, text);
  }
  return query;
}

/** A query as people write it: commas, slashes and colons stay what they are, and what is merely there has no value. */
export function address(base: string, query: URLSearchParams): string {
  const text = `${query}`
    .replaceAll("%2C", ",")
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":")
    .replaceAll("%3B", ";")
    .replace(/=(?=&|$)/g, "");
  return text ? `${base}?${text}` : base;
}

/** Where a setting stands. */
export function sectionOf(name: Name): Section {
  const { section, scope } = SETTINGS[name] as Setting<unknown>;
  return section ?? (scope === "run" ? "network" : "display");
}

/** Whether a setting has a bearing on such a network; `brought`: it was not trained here. */
export function isAbout(name: Name, values: Partial<Values>, brought = false): boolean {
  const { of, trains, bears } = SETTINGS[name] as Setting<unknown>;
  if (brought && trains) return false;
  const { kind } = values;
  return kind === undefined || ((of ?? kind) === kind && (bears?.(values as Values) ?? true));
}

/** Whether a model that was brought has a setting, or it has no bearing on one. */
export function isOfNetwork(name: Name): boolean {
  return sectionOf(name) === "network" || Boolean((SETTINGS[name] as Setting<unknown>).trains);
}

/** How a network was trained, as far as that is not usual: "tanh", "learning rate 0.01". */
export function trainedWith(settings: RunSettings): string[] {
  const texts: Texts = { ...variantTexts(), ...textsOf(settings) };
  const { values } = readSettings((name) => texts[name] ?? null);
  return NAMES.flatMap((name) => {
    const { trains, summary } = SETTINGS[name] as Setting<unknown>;
    if (!trains || name === "epochs" || !isAbout(name, values)) return [];
    return summary?.(values[name], values) || [];
  });
}

/** What is worth a word of the settings that stand together, in one line. */
export function summarise(values: Partial<Values>, section: Section, brought = false): string {
  const parts = NAMES.map((name) => {
    const { summary } = SETTINGS[name] as Setting<unknown>;
    const shown = sectionOf(name) === section && isAbout(name, values, brought);
    return shown && values[name] !== undefined
      ? (summary?.(values[name], values as Values) ?? "")
      : "";
  });
  return parts.filter(Boolean).join(" · ");
}

function row<T>(setting: Setting<T>): Setting<T> {
  return setting;
}

function word(initial: string, help: string): Setting<string> {
  return {
    label: "",
    help,
    control: { kind: "hidden" },
    scope: "page",
    initial,
    read: (text) => text.trim(),
  };
}

function whole(
  label: string,
  initial: number,
  help: string,
  {
    title = label,
    max,
    ...more
  }: Partial<Pick<Setting<number>, "section" | "summary" | "trains">> & {
    title?: string;
    max?: number;
  } = {},
): Setting<number> {
  return {
    label: title,
    help,
    control: { kind: "text", numeric: true },
    scope: "run",
    initial: String(initial),
    read(text) {
      if (!/^\s*\d+\s*$/.test(text)) {
        throw new Refusal(`${label} must be a whole number, such as ${initial}.`);
      }
      if (max !== undefined && Number(text) > max) {
        throw new Refusal(`${label} must be a whole number from 0 to ${max}.`);
      }
      return Math.min(Number(text), LARGEST);
    },
    ...more,
  };
}

function choice<K extends string>(
  label: string,
  initial: NoInfer<K>,
  help: string,
  scope: Setting<K>["scope"],
  options: Record<K, string>,
): Setting<K> {
  return {
    label,
    help,
    control: { kind: "choice", options },
    scope,
    initial,
    // Beside the figure only what is not usual is worth a word.
    ...(scope === "figure" && {
      summary: (value) => (value === initial ? "" : differs(label, options[value])),
    }),
    read(text) {
      if (!Object.hasOwn(options, text)) {
        throw new Refusal(`${label} must be one of ${Object.keys(options).join(", ")}.`);
      }
      return text as K;
    },
  };
}

/** Something that is measured beside the paper's where a view asks for it. */
function asked(help: string): Setting<boolean> {
  return {
    ...flag("", false, help, { false: "Off", true: "On" }),
    control: { kind: "hidden" },
    scope: "run",
    section: "measured",
    summary: () => "",
  };
}

/** A seed of one thing alone; null where it is `seed`'s affair. */
function otherSeed(label: string, what: string): Setting<number | null> {
  return {
    label,
    help: "Where it is not the seed. Empty: the seed.",
    control: { kind: "text", numeric: true },
    scope: "run",
    section: "more",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      const refusal = new Refusal(
        `${label} must be a whole number from 0 to ${LARGEST}, or empty.`,
      );
      if (!/^\s*\d{1,10}\s*$/.test(text) || Number(text) > LARGEST) throw refusal;
      return Number(text);
    },
    summary: (value) => (value === null ? "" : `${what} seed ${value}`),
  };
}

/** What the figure shows; chosen by tabs of its own. */
function shown(help: string): Setting<ViewName> {
  const labels = Object.entries(VIEWS).map(([name, { label }]) => [name, label]);
  const options = Object.fromEntries(labels) as Record<ViewName, string>;
  return {
    ...choice("View", DEFAULT, help, "page", options),
    scope: "figure",
    control: { kind: "hidden" },
    old: { likeness: "similarity", loss: "figure" },
  };
}

/** One of those with a name, or two dimensions by their numbers. */
function projection(text: string): ProjectionName {
  if (Object.hasOwn(PROJECTIONS, text)) return text as keyof typeof PROJECTIONS;
  const [, x, y] = /^\s*0*([1-9]\d{0,8})\s*,\s*0*([1-9]\d{0,8})\s*$/.exec(text) ?? [];
  if (x && y && x !== y) return `${Number(x)},${Number(y)}`;
  const names = Object.keys(PROJECTIONS).join(", ");
  throw new Refusal(`Axes must be one of ${names}, or two different dimensions such as 3,5.`);
}

/** The dimensions of two axes, counted from 0; undefined where it is not two dimensions by their numbers. */
export function axesOf(projection: ProjectionName): [x: number, y: number] | undefined {
  const [x, y] = projection.split(",");
  return x && y ? [Number(x) - 1, Number(y) - 1] : undefined;
}

/** Which one is opened, counted from 1; none where absent. */
function position(what: string, help: string): Setting<number | null> {
  return {
    label: "",
    help,
    control: { kind: "hidden" },
    scope: "figure",
    initial: "",
    read(text) {
      if (text.trim() === "") return null;
      if (/^\s*0*[1-9]\d{0,8}\s*$/.test(text)) return Number(text);
      throw new Refusal(`${what} must be a whole number from 1, or empty for none.`);
    },
  };
}

/** Of the figure: off or on; as an attribute on without a value, as HTML's own. */
function flag(
  label: string,
  initial: boolean,
  help: string,
  options: Record<"false" | "true", string>,
): Setting<boolean> {
  return {
    label,
    help,
    control: { kind: "choice", options },
    scope: "figure",
    initial: `${initial}`,
    read: (text) => text !== "false",
    summary: (value) => (value === initial ? "" : differs(label, options[`${value}`])),
  };
}

/** "rotation: 90°", "axes: UMAP". */
function differs(label: string, option: string): string {
  const acronym = /[A-Z]{2}/.test(option);
  return `${label.toLowerCase()}: ${acronym ? option : option.toLowerCase()}`;
}

/** The labels of classes that are listed by their names. */
function labels(text: string, classes?: readonly KnownClass[]): number[] {
  const names = readNames(text);
  if (!names) throw new Refusal("Classes must be listed like 0, 1 or cat, dog.");
  return names.map((name, at) => {
    if (!classes) return /^\d+$/.test(name) ? Math.min(Number(name), LARGEST) : at;
    const label = labelOf(name, classes);
    if (label !== undefined) return label;
    const known = classes.map((each) => each.name).join(", ");
    throw new Refusal(`There is no class ${name}; the classes are ${known}.`);
  });
}

/** A number from 0. */
function decimal(text: string, refusal: string): number {
  if (!/^\s*(\d+\.?\d*|\.\d+)(e-?\d{1,2})?\s*$/i.test(text)) throw new Refusal(refusal);
  return Number(text);
}

function wholeNumbers(text: string, refusal: string): number[] {
  if (text.trim() === "") return [];
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((part) => {
      if (!/^\d+$/.test(part)) throw new Refusal(refusal);
      return Math.min(Number(part), LARGEST);
    });
}
