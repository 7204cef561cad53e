/** What the page and the worker that reads people's files say to each other. */
import type { Role } from "../engine/messages";
import type { DataForm, ImageShape, Matrix, Report, Scaling } from "../report";

/** What files are. */
export type Kind = "images" | "model" | "session" | "lesson" | "results" | "latents";

/** What a table is that holds no images, and by what that is told. */
export interface Told {
  is: "results" | "latents";
  by: "columns" | "name";
}

/** How results are to be read; what is absent is as the files say, or usual. */
export interface ResultsOptions {
  shape?: ImageShape;
  /** In which order lines stand for pixels. */
  layout?: "row-major" | "column-major";
}

/** Latents that were made elsewhere: a row for each image, and what was taken for granted. */
export interface ReadLatents {
  latents: Matrix;
  notes: string[];
}

/** A file that a person brought, or that was downloaded for them. */
export interface SourceFile {
  /** With the folders before it where they are known, separated by "/". */
  name: string;
  content: Blob;
  /** As its owner published it, in hexadecimal. */
  md5?: string;
}

/** How values become intensities: all alike, or each column or pixel by itself. */
export type Normalise = "keep" | "divide-by-255" | "min-max" | "min-max-column" | "standard";

/** A loss and an end of the decoder that fit numbers better than cross-entropy and a sigmoid, by their settings. */
export interface DataFit {
  loss: "mse";
  output: "linear";
  /** Another scale that fits better, if one does. */
  normalise: Normalise | null;
  /** Why, and what, in a sentence or two. */
  said: string;
}

/** A column of a table, by its place from 0 or by its name. */
export type Column = { index: number } | { name: string };

/** How files are to be read; what is absent is found out. */
export interface DataOptions {
  /** CSV: whether the first line names the columns. */
  header?: boolean;
  /** CSV: the column that holds the labels. */
  label_column?: "none" | Column;
  /** CSV: columns to leave out. */
  drop?: Column[];
  /** CSV: columns to keep that seem only to number the rows. */
  keep?: Column[];
  /** CSV: whether rows in which a value is missing are left out. Default: "refuse". */
  gaps?: "refuse" | "drop";
  /** CSV: what stands before the fraction of a number; found out where absent. */
  decimal?: "point" | "comma";
  /** NPZ and R: the array that holds the images. */
  images?: string;
  /** NPZ and R: the array that holds the labels. */
  labels?: string;
  /** Height, width and channels of images that are stored as rows of numbers. */
  shape?: [height: number, width: number, channels?: number];
  /** Whether the channels of a pixel stand before its row and column or after these, in arrays and in rows of numbers. */
  channels?: "first" | "last";
  /** Pictures: height and width to which all are resized. */
  size?: [height: number, width: number];
  /** Whether colours become grey: by how bright they look, or by the mean of the channels. Default: "keep". */
  grey?: "keep" | "never" | "luma" | "mean";
  normalise?: Normalise;
  /** What rows of numbers are; proposed from the file where absent. */
  form?: DataForm;
  /** Whether what names call a training set and a test set is kept apart. */
  roles?: "joined" | "by-name";
}

/** Which images are trained on, and which are explained. */
export interface DataRoles {
  /** Whether names tell a training set and a test set apart. */
  proposed: boolean;
  /** Where a test set is from, if there is one: names, or files of its own. */
  chosen: "joined" | "by-name" | "brought";
  /** Images of the training set, or of what is proposed as one. */
  training: number;
  /** Images of the test set, or of what is proposed as one. */
  explained: number;
  /** Whether the images of the training set have no labels, where those of the test set have. */
  unlabelled: boolean;
}

export interface DataPreview {
  format: "idx" | "npy" | "csv" | "r" | "mixed" | "pictures" | "recordings";
  count: number;
  height: number;
  width: number;
  /** Numbers of a pixel: 1 where it is grey, 3 where it is red, green and blue. */
  channels: number;
  /** Whether the files have colours, though they may have been made grey. */
  coloured: boolean;
  /** The smallest and the largest value as stored. */
  range: [least: number, most: number];
  proposed: Normalise;
  normalise: Normalise;
  /** `explained` of the `count` images are of the test set. */
  classes: { label: number; name: string; count: number; explained: number }[];
  roles: DataRoles;
  /** One byte a number, normalised; the channels of a pixel stand side by side. */
  examples: { label: number; pixels: Uint8Array }[];
  /** Of the images here and of a run's copy of all of them. */
  memory_bytes: number;
  /** Of tables whose columns have names: the names of the values. */
  columns: string[] | null;
  /** What the rows of numbers are, and why, as a sentence. */
  form: DataForm;
  form_said: string;
  /** How the columns were scaled, where the report of a run says so. */
  scaling: Scaling | null;
  /** What fits the numbers better than cross-entropy and a sigmoid, if anything does. */
  fit: DataFit | null;
  /** Sentences. */
  notes: string[];
  /** What was done to the values, in sentences. */
  handling: string[];
  choices: {
    columns: string[];
    label_column: number | null;
    /** Columns that are no values, by their place from 0. */
    left_out: number[];
    header: boolean | null;
    arrays: string[];
  };
}

/** Where images stand in the files: of each, which of `files`, and which image of that, from 0. */
export interface DataOrigin {
  files: string[];
  file: Uint32Array;
  place: Uint32Array;
}

/** What files do not tell and a person has to. */
export type Need =
  | { shape: { pixels: number } }
  | { column: string[] }
  | { array: string[] }
  | { drop: string[] }
  | { gaps: { rows: number } }
  | { decimal: { number: string } };

/** Which pixels, or columns of a table, belong together, as a file has it. */
export interface ReadGroups {
  names: string[];
  /** For every pixel, row by row, the number of its group, counted from 1; 0 where it is in none. */
  of: number[];
  /** What was left out or guessed, in sentences. */
  notes: string[];
}

/** Data of known truth, made from a seed. */
export interface MadeData {
  title: string;
  /** What it is, what of it is known, and where it is described, a sentence each. */
  about: string[];
  height: number;
  width: number;
  /** 1 where pixels are grey, 3 where they are red, green and blue. */
  channels: number;
  /** What the columns are called, of rows of such. */
  columns: string[] | null;
  /** How they were made, in sentences. */
  handling: string[];
  /** The smallest and the largest value, bytes or numbers. */
  range: [least: number, most: number];
  /** `file` is an IDX file. */
  classes: { label: number; name: string; count: number; file: Uint8Array }[];
}

/** The wasm package `readers`. */
export interface ReadersModule {
  default(from?: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  Data: new () => Readers;
  read_groups(
    files: { name: string; bytes: Uint8Array }[],
    height: number,
    width: number,
    columns?: string[],
  ): ReadGroups;
  told(files: { name: string; bytes: Uint8Array }[]): (Told | null)[];
  read_results(
    files: { name: string; bytes: Uint8Array }[],
    options: ResultsOptions,
    metric: "mse" | "rmse",
  ): Partial<Report>;
  read_latents(files: { name: string; bytes: Uint8Array }[]): ReadLatents;
  /** As many as are usual without a count; errors are sentences for people. */
  make_data(name: string, seed: number, count?: number): MadeData;
}

/** Errors are sentences for people; a `ReadError` may say in `needs` what is to be told. */
export interface Readers {
  open(
    files: { name: string; bytes: Uint8Array }[],
    options: DataOptions,
    progress?: (done: number) => void,
  ): DataPreview;
  /** The same, with images to explain from files of their own. */
  open_pair(
    files: { name: string; bytes: Uint8Array }[],
    test: { name: string; bytes: Uint8Array }[],
    options: DataOptions,
    progress?: (done: number) => void,
  ): DataPreview;
  /** An IDX file; of images without labels, whatever the label. */
  images(label: number, role?: Role): Uint8Array;
  /** Of the images that `images` gives, in their order. */
  origin(label: number, role?: Role): DataOrigin;
  /** Returns the spectrogram, 32 × 32. */
  record(name: string, samples: Float32Array, rate: number): Float32Array;
  forget(recording: number): void;
  open_recordings(): DataPreview;
}

/** What the worker that reads files can be asked. */
export interface DataCalls {
  open: {
    input: {
      files: SourceFile[];
      /** Images to explain, where they are apart from those to train on. */
      test: SourceFile[];
      options: DataOptions;
      /** Whether the files hold columns where others hold rows. */
      transposed: boolean;
    };
    answer: DataPreview;
    /** The share that is done. */
    said: number;
  };
  images: { input: { label: number; role: Role | undefined }; answer: Blob };
  origin: { input: { label: number; role: Role | undefined }; answer: DataOrigin };
  record: { input: { name: string; samples: Float32Array; rate: number }; answer: Float32Array };
  forget: { input: { recording: number }; answer: void };
  openRecordings: { input: undefined; answer: DataPreview };
  make: { input: { name: string; seed: number }; answer: MadeData };
  told: { input: { files: SourceFile[] }; answer: (Told | null)[] };
  /** `metric` is by which latent importance is taken to be. */
  results: {
    input: { files: SourceFile[]; options: ResultsOptions; metric: "mse" | "rmse" };
    answer: Partial<Report>;
  };
  latents: { input: { files: SourceFile[] }; answer: ReadLatents };
  groups: {
    input: { files: SourceFile[]; height: number; width: number; columns: string[] | undefined };
    answer: ReadGroups;
  };
}
