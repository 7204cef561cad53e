//! The readers' door: people's own files and recordings in, images for the engine out.

use js_sys::{Array, Float32Array, Function, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;

use super::convert::{plain, set, value};
use crate::data::readers::{
    self, Collection, File, Normalise, Options, Preview, ReadError, Recipe,
};
use crate::data::{ImageShape, Role, idx, made};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A file that a person brought; folders before the name are separated by "/". */
export interface DataFile {
  name: string;
  bytes: Uint8Array;
}

/** How values become intensities: all alike, or each column or pixel by itself. */
export type Normalise = "keep" | "divide-by-255" | "min-max" | "min-max-column" | "standard";

/** What a row of numbers is. */
export type RowForm = "image" | "signal" | "table";

/** A loss and an end of the decoder that fit numbers better than cross-entropy and a sigmoid. */
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
  /** NPZ and R: the name of the array that holds the images. */
  images?: string;
  /** NPZ and R: the name of the array that holds the labels. */
  labels?: string;
  /** Shape of images that are stored as rows of numbers; grey and square where absent. */
  shape?: [height: number, width: number, channels?: number];
  /** What rows of numbers are; proposed from the file where absent. */
  form?: RowForm;
  /**
   * Whether the channels of a pixel stand before its row and column, in arrays and in rows of numbers, or
   * after these; found out where absent.
   */
  channels?: "first" | "last";
  /** Pictures: height and width to which all are resized. */
  size?: [height: number, width: number];
  /**
   * Whether colours are kept, or become grey: by how bright they look, or their mean. With "never" grey
   * images get three equal channels, for a model that takes colours. Default: "keep".
   */
  grey?: "keep" | "never" | "luma" | "mean";
  /** Proposed from the values' range where absent. */
  normalise?: Normalise;
  /** Whether what names call a training set and a test set is kept apart. Default: "joined". */
  roles?: "joined" | "by-name";
  /** The most bytes that an unpacked file, and separately all pixels, may take. Default: 512 MiB. */
  max_bytes?: number;
}

/** What there is, before anything runs. */
export interface DataPreview {
  format: "idx" | "npy" | "csv" | "r" | "mixed" | "pictures" | "recordings";
  count: number;
  height: number;
  width: number;
  /** 1 where pixels are grey, 3 where they are red, green and blue. */
  channels: number;
  /** Whether the images are stored in colour, whatever became of it. */
  coloured: boolean;
  /** The smallest and the largest value as stored. */
  range: [least: number, most: number];
  /** What that range suggests. */
  proposed: Normalise;
  normalise: Normalise;
  /** In natural order; `explained` of the `count` images are of the test set. */
  classes: { label: number; name: string; count: number; explained: number }[];
  /** Which images are trained on, and which are explained. */
  roles: DataRoles;
  /** Up to ten images, of every class in turn; a byte for each channel of a pixel, normalised. */
  examples: { label: number; pixels: Uint8Array }[];
  /** Bytes that the images take: here, and as the copy of a run on all of them. */
  memory_bytes: number;
  /** Of tables whose columns have names: the names of the values. */
  columns: string[] | null;
  /** What the rows of numbers are, and why, as a sentence. */
  form: RowForm;
  form_said: string;
  /** A number as stored is offset + scale × what the network is given, column by column; null where not scaled so. */
  scaling: { offset: number[]; scale: number[] } | null;
  /** What fits the numbers better than cross-entropy and a sigmoid, if anything does. */
  fit: DataFit | null;
  /** What was left out, joined or guessed, in sentences. */
  notes: string[];
  /** What was done to the values, in sentences. */
  handling: string[];
  /** What can be chosen otherwise, and what was. */
  choices: {
    columns: string[];
    label_column: number | null;
    /** Columns that are no values, by their place from 0. */
    left_out: number[];
    header: boolean | null;
    arrays: string[];
  };
}

/** What images are for; without a test set some are held out, "split". */
export type Role = "split" | "training" | "unlabelled" | "explained";

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

/** Where images stand in files: of each, which of `files`, and which image of that, from 0. */
export interface DataOrigin {
  files: string[];
  file: Uint32Array;
  place: Uint32Array;
}

/** Which pixels, or columns of a table, belong together. */
export interface DataGroups {
  names: string[];
  /** For every pixel, row by row, the number of its group, from 1; 0 where it is in none. */
  of: number[];
  /** What was taken for granted or left out, in sentences. */
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
  /** What the columns are called, of rows of such; null of images. */
  columns: string[] | null;
  /** How they were made, in sentences. */
  handling: string[];
  /** The smallest and the largest value, bytes or numbers. */
  range: [least: number, most: number];
  /** `file` is an IDX file. */
  classes: { label: number; name: string; count: number; file: Uint8Array }[];
}

/** What is thrown where files cannot be read. Its message names the file, place and remedy. */
export interface ReadError extends Error {
  name: "ReadError";
  /** Empty where all files together are meant. */
  file: string;
  place: string | null;
  /** What the files do not tell and a person has to. */
  needs:
    | { shape: { pixels: number } }
    | { column: string[] }
    | { array: string[] }
    | { drop: string[] }
    | { gaps: { rows: number } }
    | { decimal: { number: string } }
    | null;
}
"#;

/// The images that a person brought, and the recordings they made.
///
/// Every error is an `Error` whose message says what is wrong and what to do.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Data {
    collection: Option<Collection>,
    recordings: Vec<(String, Vec<f32>)>,
}

#[wasm_bindgen]
impl Data {
    /// Without any images.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads files that together hold images and mostly their labels. Calls `on_progress` with
    /// numbers from 0 to 1 meanwhile. Throws a `ReadError` if they cannot be used; images that were
    /// read before stay then.
    #[wasm_bindgen(unchecked_return_type = "DataPreview")]
    pub fn open(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
        #[wasm_bindgen(unchecked_param_type = "DataOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "((done: number) => void) | undefined")]
        on_progress: Option<Function>,
    ) -> Result<JsValue, JsValue> {
        let options: Options = value("options", options)?;
        let files = list(files)?;
        let collection = readers::open(&files, &options, &mut telling(on_progress.as_ref()))
            .map_err(|error| error_of(&error))?;
        self.take(collection)
    }

    /// Reads images to train on and, from files of their own, images to explain; else as `open`.
    #[wasm_bindgen(unchecked_return_type = "DataPreview")]
    pub fn open_pair(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
        #[wasm_bindgen(unchecked_param_type = "DataFile[]")] test: &Array,
        #[wasm_bindgen(unchecked_param_type = "DataOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "((done: number) => void) | undefined")]
        on_progress: Option<Function>,
    ) -> Result<JsValue, JsValue> {
        let options: Options = value("options", options)?;
        let (files, test) = (list(files)?, list(test)?);
        let mut telling = telling(on_progress.as_ref());
        let collection = readers::open_pair(&files, &test, &options, &mut telling)
            .map_err(|error| error_of(&error))?;
        self.take(collection)
    }

    /// Chooses how values become intensities. Throws a `ReadError` if they are to be divided by 255
    /// and lie outside 0 to that.
    #[wasm_bindgen(unchecked_return_type = "DataPreview")]
    pub fn normalise(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Normalise")] normalise: JsValue,
    ) -> Result<JsValue, JsValue> {
        let normalise: Normalise = value("normalise", normalise)?;
        let collection = self.collection.as_mut().ok_or_else(nothing_open)?;
        collection
            .normalise(normalise)
            .map_err(|error| error_of(&error))?;
        Ok(preview(collection.preview())?)
    }

    /// The images of a class that have a role, "split" where none is given, as an IDX file, normalised,
    /// as the engine reads them. Those without labels belong to no class: any label gives all of
    /// them. Throws if there are none.
    pub fn images(
        &self,
        label: u8,
        #[wasm_bindgen(unchecked_param_type = "Role | undefined")] role: JsValue,
    ) -> Result<Uint8Array, JsError> {
        let role = role_of(role)?;
        let class = self
            .collection
            .as_ref()
            .ok_or_else(nothing_open)?
            .class_of(label, role)
            .ok_or_else(|| no_images(label))?;
        Ok(Uint8Array::from(idx::write(&class.images).as_slice()))
    }

    /// Where the images that [`Data::images`] gives stand in the files, in their order; no files where
    /// that is not known. Throws if there are none.
    #[wasm_bindgen(unchecked_return_type = "DataOrigin")]
    pub fn origin(
        &self,
        label: u8,
        #[wasm_bindgen(unchecked_param_type = "Role | undefined")] role: JsValue,
    ) -> Result<Object, JsError> {
        let role = role_of(role)?;
        let origin = self
            .collection
            .as_ref()
            .ok_or_else(nothing_open)?
            .origin_of(label, role)
            .ok_or_else(|| no_images(label))?;
        let (file, place): (Vec<u32>, Vec<u32>) = origin.of.into_iter().unzip();
        let object = Object::new();
        set(&object, "files", plain(&origin.files)?);
        set(&object, "file", Uint32Array::from(file.as_slice()));
        set(&object, "place", Uint32Array::from(place.as_slice()));
        Ok(object)
    }

    /// Adds what a microphone heard, samples from -1 to 1 of which there are `rate` a second, to
    /// the recordings of a class. Returns its spectrogram: 32 × 32 intensities from 0 to 1, row by
    /// row. Throws if there are no samples.
    pub fn record(
        &mut self,
        class: String,
        samples: &[f32],
        rate: u32,
    ) -> Result<Float32Array, JsError> {
        let image = Recipe::new(rate)
            .and_then(|recipe| recipe.image(samples))
            .map_err(|message| JsError::new(&message))?;
        let shown = Float32Array::from(image.as_slice());
        self.recordings.push((class, image));
        Ok(shown)
    }

    /// Forgets a recording, by its place among those made, counted from 0.
    pub fn forget(&mut self, recording: usize) {
        if recording < self.recordings.len() {
            self.recordings.remove(recording);
        }
    }

    /// Makes the recordings the images. Throws a `ReadError` if there are none.
    #[wasm_bindgen(unchecked_return_type = "DataPreview")]
    pub fn open_recordings(&mut self) -> Result<JsValue, JsValue> {
        let collection =
            readers::of_recordings(&self.recordings).map_err(|error| error_of(&error))?;
        self.take(collection)
    }
}

impl Data {
    fn take(&mut self, collection: Collection) -> Result<JsValue, JsValue> {
        let shown = preview(collection.preview())?;
        self.collection = Some(collection);
        Ok(shown)
    }
}

/// Reads which pixels of images of this size belong together, from a picture of that size with a colour for each
/// group, or from a table; `columns` are the names of the pixels where they are the columns of a table. Throws
/// a `ReadError` if the file cannot be used.
#[wasm_bindgen(unchecked_return_type = "DataGroups")]
pub fn read_groups(
    #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
    height: usize,
    width: usize,
    columns: Option<Vec<String>>,
) -> Result<JsValue, JsValue> {
    let image = ImageShape::grey(height, width);
    let groups = readers::groups(&list(files)?, image, columns.as_deref());
    let groups = groups.map_err(|error| error_of(&error))?;
    let object: Object = plain(&groups.grouping)?.unchecked_into();
    set(&object, "notes", plain(&groups.notes)?);
    Ok(object.into())
}

/// Makes data of known truth: so many images or rows of the data of this name, as many as are usual without
/// `count`. Throws an `Error` with a sentence if there are none of this name, or too few or many are asked for.
#[wasm_bindgen(unchecked_return_type = "MadeData")]
pub fn make_data(name: &str, seed: u32, count: Option<usize>) -> Result<Object, JsError> {
    let refused = |message: String| JsError::new(&message);
    let kind = made::kind(name).map_err(refused)?;
    let data = made::make(name, seed, count.unwrap_or(kind.count)).map_err(refused)?;
    let ends = (f32::INFINITY, f32::NEG_INFINITY);
    let numbers = data.classes.iter().map(|class| &class.images.pixels);
    let numbers = numbers.flat_map(|pixels| pixels.iter(0..pixels.len()));
    let (least, most) = numbers.fold(ends, |(least, most), number| {
        (least.min(number), most.max(number))
    });
    let classes = Array::new();
    for class in &data.classes {
        let object = Object::new();
        set(&object, "label", class.label);
        set(&object, "name", class.name.as_str());
        set(&object, "count", class.images.count() as f64);
        let file = idx::write(&class.images);
        set(&object, "file", Uint8Array::from(file.as_slice()));
        classes.push(&object);
    }
    let made = Object::new();
    set(&made, "title", kind.title);
    set(&made, "about", plain(&kind.about)?);
    set(&made, "height", data.image.height as f64);
    set(&made, "width", data.image.width as f64);
    set(&made, "channels", data.image.channels as f64);
    set(&made, "columns", plain(&data.columns)?);
    set(&made, "handling", plain(&data.handling)?);
    set(&made, "range", plain(&(least, most))?);
    set(&made, "classes", classes);
    Ok(made)
}

/// Tells a listener how far reading has come.
fn telling(listener: Option<&Function>) -> impl FnMut(f64) {
    let mut told = 0.0;
    move |done| {
        // A call into the page costs more than a small picture does.
        if let Some(tell) = listener
            && (done - told >= 0.005 || done >= 1.0)
        {
            told = done;
            // What the listener throws is its own affair.
            let _ = tell.call1(&JsValue::NULL, &done.into());
        }
    }
}

pub(super) fn list(files: &Array) -> Result<Vec<File>, JsError> {
    files.iter().map(file).collect()
}

/// "split" where none is given.
fn role_of(role: JsValue) -> Result<Role, JsError> {
    if role.is_undefined() {
        return Ok(Role::default());
    }
    value("role", role)
}

fn no_images(label: u8) -> JsError {
    JsError::new(&format!("There are no images of class {label}."))
}

fn nothing_open() -> JsError {
    JsError::new("No images have been opened.")
}

fn file(from: JsValue) -> Result<File, JsError> {
    let property = |name: &str| Reflect::get(&from, &name.into()).ok();
    let name = property("name")
        .and_then(|name| name.as_string())
        .ok_or_else(|| JsError::new("Every file needs a name."))?;
    let bytes = property("bytes")
        .and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok())
        .ok_or_else(|| JsError::new(&format!("{name} has no bytes.")))?;
    Ok(File {
        name,
        bytes: bytes.to_vec(),
    })
}

/// A preview with its examples in typed arrays.
fn preview(mut preview: Preview) -> Result<JsValue, JsError> {
    let examples = Array::new();
    for example in std::mem::take(&mut preview.examples) {
        let object = Object::new();
        set(&object, "label", example.label);
        set(
            &object,
            "pixels",
            Uint8Array::from(example.pixels.as_slice()),
        );
        examples.push(&object);
    }
    let object: Object = plain(&preview)?.unchecked_into();
    set(&object, "examples", examples);
    Ok(object.into())
}

pub(super) fn error_of(error: &ReadError) -> JsValue {
    let js = js_sys::Error::new(&error.to_string());
    js.set_name("ReadError");
    set(&js, "file", error.file.as_str());
    set(
        &js,
        "place",
        error.place.as_deref().map_or(JsValue::NULL, Into::into),
    );
    // A choice or a number: always serialisable.
    set(&js, "needs", plain(&error.needs).unwrap_or(JsValue::NULL));
    js.into()
}
