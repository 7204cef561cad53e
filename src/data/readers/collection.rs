//! Images that have been read, looked at before anything runs.

mod roles;

use serde::Serialize;

use super::channels;
use super::error::ReadError;
use super::fit::{self, Fit};
use super::form::Taken;
use super::labels::{ALL, Labels};
use super::options::Normalise;
use super::part::{Counts, Images, in_words, listed};
use super::scale::{Range, Scale, ranges};
use crate::data::{Class, DataForm, ImageSet, ImageShape, Origin, Pixels, Scaling};
use crate::numerals::{grouped, signed};
pub use roles::{RolesFrom, RolesPreview};

/// Images of one size with their classes, as they were stored.
#[derive(Clone, Debug)]
pub struct Collection {
    image: ImageShape,
    /// Whether they are stored in colour, whatever became of it.
    coloured: bool,
    /// Image after image, in the order of the files.
    pixels: Pixels,
    /// The class of every image.
    labels: Vec<u8>,
    classes: Vec<(u8, String)>,
    /// Where every image stands in the files.
    origin: Origin,
    /// Whether labels were found, or all images are taken for one class.
    labelled: bool,
    range: (f32, f32),
    proposed: Normalise,
    scale: Scale,
    /// The names of the values of a row, of tables that have such.
    columns: Option<Vec<String>>,
    /// What the rows were taken for.
    taken: Taken,
    format: Format,
    notes: Vec<String>,
    /// What was done to the values before they were scaled.
    handling: Vec<String>,
    choices: Choices,
    /// Images that are not here because they have no labels.
    left_out: Counts,
    roles: RolesPreview,
    /// The images to explain, where these are those to train on.
    test: Option<Box<Self>>,
}

/// What the files were, by their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// IDX arrays.
    Idx,
    /// NumPy arrays, in NPZ archives or not.
    Npy,
    /// Tables.
    Csv,
    /// R's own files.
    R,
    /// Arrays and tables of several of these forms.
    Mixed,
    /// PNG, JPEG and TIFF.
    Pictures,
    /// WAV, made into spectrograms; or from the microphone.
    Recordings,
}

/// What can be chosen otherwise, and what was chosen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Choices {
    /// CSV: the columns' names in order.
    pub columns: Vec<String>,
    /// CSV: which of them holds the labels, counted from 0.
    pub label_column: Option<usize>,
    /// CSV: which of them were left out, counted from 0.
    pub left_out: Vec<usize>,
    /// CSV: whether the first line names the columns.
    pub header: Option<bool>,
    /// NPZ and R: the arrays' names.
    pub arrays: Vec<String>,
}

/// What there is, before anything runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// What the files were.
    pub format: Format,
    /// Number of images.
    pub count: usize,
    /// Height of every image in pixels.
    pub height: usize,
    /// Width of every image in pixels.
    pub width: usize,
    /// Numbers of every pixel: 1 where it is grey, 3 where it is red, green and blue.
    pub channels: usize,
    /// Whether the images are stored in colour, whatever became of it.
    pub coloured: bool,
    /// The smallest and the largest value as stored.
    pub range: (f32, f32),
    /// What that range suggests.
    pub proposed: Normalise,
    /// How values become intensities.
    pub normalise: Normalise,
    /// The classes in natural order.
    pub classes: Vec<ClassPreview>,
    /// Which images are trained on, and which are explained.
    pub roles: RolesPreview,
    /// Up to ten images, of every class in turn.
    pub examples: Vec<Example>,
    /// Bytes of memory that the images take: here, and as the single-precision copy of a run on
    /// all of them.
    pub memory_bytes: usize,
    /// The names of the values, of tables whose columns have names; they stand row by row in the
    /// height and width.
    pub columns: Option<Vec<String>>,
    /// What the rows of numbers are.
    pub form: DataForm,
    /// Why they were taken for that, as a sentence.
    pub form_said: String,
    /// How the columns were scaled, where the report of a run says so.
    pub scaling: Option<Scaling>,
    /// What fits the numbers better than cross-entropy and a sigmoid, if anything does.
    pub fit: Option<Fit>,
    /// What was left out, joined or guessed, in sentences.
    pub notes: Vec<String>,
    /// What was done to the values, in sentences.
    pub handling: Vec<String>,
    /// What can be chosen otherwise.
    pub choices: Choices,
}

/// A class and how many images it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassPreview {
    /// What tells the class from the others.
    pub label: u8,
    /// What people call it.
    pub name: String,
    /// Number of images.
    pub count: usize,
    /// Those of them that are of the test set.
    pub explained: usize,
}

/// An image to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Its class.
    pub label: u8,
    /// One byte for each channel of a pixel, side by side, normalised: 0 black to 255 white, row after
    /// row. Where normalised values lie outside 0 to 1, the smallest of the examples is black, the
    /// largest white.
    pub pixels: Vec<u8>,
}

/// How many images are shown before anything runs.
const EXAMPLES: usize = 10;

/// What is known of images beside themselves.
pub(super) struct About {
    pub format: Format,
    pub notes: Vec<String>,
    pub choices: Choices,
    /// Images that were left out for want of labels.
    pub left_out: Counts,
    /// The normalisation that was asked for.
    pub normalise: Option<Normalise>,
}

impl Collection {
    pub(super) fn new(images: Images, about: About) -> Result<Self, ReadError> {
        let range = range(&images.pixels);
        let proposed = if about.format == Format::Pictures {
            Normalise::DivideBy255
        } else {
            propose(range)
        };
        let count = images.count();
        let labelled = images.labels.is_some();
        let labels = images.labels.unwrap_or_else(|| Labels::all(ALL, count));
        let (classes, labels) = labels.finish();
        let size = images.image.size();
        let mut collection = Self {
            image: images.image,
            coloured: images.coloured,
            scale: Scale::new(proposed, &images.pixels, size, range),
            pixels: images.pixels,
            labels,
            classes,
            origin: origin(images.files, &images.left_out),
            labelled,
            range,
            proposed,
            columns: images.columns,
            taken: images.taken,
            format: about.format,
            notes: about.notes,
            handling: images.handling,
            choices: about.choices,
            left_out: about.left_out,
            roles: RolesPreview::default(),
            test: None,
        };
        if let Some(normalise) = about.normalise {
            collection.normalise(normalise)?;
        }
        collection.note_digits();
        Ok(collection)
    }

    /// Chooses how values become intensities.
    ///
    /// # Errors
    /// If they are to be divided by 255 and do not lie between 0 and that.
    pub fn normalise(&mut self, normalise: Normalise) -> Result<(), ReadError> {
        let (least, most) = self.range;
        if normalise == Normalise::DivideBy255 && !(least >= 0.0 && most <= 255.0) {
            let [least, most] = [least, most].map(signed);
            let message = format!(
                "The values lie between {least} and {most}, not between 0 and 255. Normalise them \
                 by their smallest and largest value."
            );
            return Err(ReadError::of_all(message));
        }
        let size = self.image.size();
        let scale = Scale::new(normalise, &self.pixels, size, self.range);
        let before = std::mem::replace(&mut self.scale, scale);
        if let Some(mut test) = self.test.take() {
            let scaled = test.scale_like(self);
            self.test = Some(test);
            if scaled.is_err() {
                self.scale = before;
            }
            return scaled;
        }
        Ok(())
    }

    /// Gives every grey pixel three equal channels.
    fn widen(&mut self) {
        self.pixels = channels::widened(&self.pixels);
        self.image.channels = 3;
        self.scale = Scale::new(
            self.scale.normalise,
            &self.pixels,
            self.image.size(),
            self.range,
        );
    }

    /// The names of the values of a row, of tables whose columns have names.
    #[must_use]
    pub fn columns(&self) -> Option<&[String]> {
        self.columns.as_deref()
    }

    /// What the rows of numbers are.
    #[must_use]
    pub fn form(&self) -> DataForm {
        self.taken.form
    }

    /// The same, of those that are signals or rows of a table.
    pub(super) fn form_of_rows(&self) -> Option<DataForm> {
        Some(self.taken.form).filter(|form| *form != DataForm::Image)
    }

    fn form_said(&self) -> String {
        let (what, reason) = (in_words(self.taken.form), &self.taken.reason);
        format!("Read as {what}: {reason}.")
    }

    /// How the columns were scaled: where each was by itself, and of signals and tables where all were alike.
    /// `None` where values are as they were stored.
    #[must_use]
    pub fn scaling(&self) -> Option<Scaling> {
        let is_image = self.taken.form == DataForm::Image;
        self.scale.scaling(self.image.size(), is_image)
    }

    /// What fits the numbers better than cross-entropy and a sigmoid, if anything does.
    #[must_use]
    pub fn fit(&self) -> Option<Fit> {
        let of_network = self
            .scale
            .range(&self.pixels, self.image.size(), self.range);
        let quite_different = self.widest_and_narrowest().is_some();
        let binary = || {
            let mut values = self.pixels.iter(0..self.pixels.len());
            values.all(|value| value == self.range.0 || value == self.range.1)
        };
        fit::of(self.taken.form, of_network, quite_different, binary)
    }

    /// What was done to the values, in sentences.
    #[must_use]
    pub fn handling(&self) -> Vec<String> {
        let column = match (&self.columns, self.taken.form, self.image.channels) {
            (Some(_), ..) => "column",
            (None, DataForm::Signal, _) => "place of the signals",
            (None, _, 1) => "pixel",
            (None, ..) => "channel of a pixel",
        };
        let mut said = self.handling.clone();
        if self.scale.is_by_column() && !self.scale.borrowed {
            said.extend(self.note_of_constants());
        }
        let noun = match (self.taken.form, &self.columns) {
            (DataForm::Signal, _) => "signals",
            (DataForm::Image, None) => "images",
            _ => "rows",
        };
        let count = grouped(self.count());
        let rows = if self.test.is_some() {
            format!("the {count} {noun} of the training set")
        } else {
            format!("all {count} {noun} that were read, including those held out later")
        };
        said.push(self.scale.said(column, self.range, &rows));
        said
    }

    /// Names columns that are the same in every row.
    fn note_of_constants(&self) -> Option<String> {
        let columns = self.columns.as_ref()?;
        let ranges = ranges(&self.pixels, columns.len());
        let constant = ranges
            .iter()
            .zip(columns)
            .filter(|((least, most), _)| least == most);
        let names: Vec<&str> = constant.map(|(_, name)| name.as_str()).collect();
        let (is, it) = match names.len() {
            0 => return None,
            1 => ("is", "it became 0"),
            _ => ("are", "they became 0"),
        };
        Some(format!(
            "{} {is} the same in every row: {it}, by a scale of 1.",
            listed(&names)
        ))
    }

    /// Says that columns of quite different ranges were scaled together.
    fn note_of_ranges(&self) -> Option<String> {
        let [wide, narrow] = self.widest_and_narrowest()?;
        let said = |((least, most), name): (Range, &String)| {
            format!("{name} from {} to {}", signed(least), signed(most))
        };
        Some(format!(
            "The columns have quite different ranges: {}, {}. Scaled together, those of narrow \
             range hardly count; min-max-column and standard scale each by itself.",
            said(wide),
            said(narrow)
        ))
    }

    /// The columns of widest and of narrowest range, where these are quite different and were scaled together.
    fn widest_and_narrowest(&self) -> Option<[(Range, &String); 2]> {
        const QUITE: f64 = 10.0;
        let columns = self.columns.as_ref()?;
        if !matches!(
            self.scale.normalise,
            Normalise::MinMax | Normalise::DivideBy255
        ) {
            return None;
        }
        let width = |&(least, most): &Range| f64::from(most) - f64::from(least);
        let ranges = ranges(&self.pixels, columns.len());
        let varied = ranges
            .into_iter()
            .zip(columns)
            .filter(|(range, _)| width(range) > 0.0);
        let by_width = |a: &(Range, _), b: &(Range, _)| width(&a.0).total_cmp(&width(&b.0));
        let narrow = varied.clone().min_by(by_width)?;
        let wide = varied.max_by(by_width)?;
        (width(&wide.0) > QUITE * width(&narrow.0)).then_some([wide, narrow])
    }

    /// Says of columns whose values differ by less than single precision holds.
    fn note_digits(&mut self) {
        /// How many steps of single precision a range has at least.
        const STEPS: f64 = 1000.0;
        let Some(columns) = &self.columns else { return };
        let coarse = |((least, most), _): &(Range, &String)| {
            let largest = f64::from(least.abs().max(most.abs()));
            let width = f64::from(*most) - f64::from(*least);
            width > 0.0 && width < STEPS * largest * f64::from(f32::EPSILON)
        };
        let ranges = ranges(&self.pixels, columns.len());
        if let Some(((least, most), name)) = ranges.into_iter().zip(columns).find(coarse) {
            let [least, most] = [least, most].map(signed);
            self.notes.push(format!(
                "The values of the column {name} lie between {least} and {most}, too close together \
                 for single precision, in which they are held. Subtract what they have in common."
            ));
        }
    }

    /// Number of images; those of a test set beside them are not counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// What there is, before anything runs.
    #[must_use]
    pub fn preview(&self) -> Preview {
        let of_test = self.test.as_ref().map_or(0, |test| test.count());
        let count = self.count() + of_test;
        let numbers = count * self.image.size();
        let of_test = self.test.as_ref().map_or(0, |test| test.pixels.memory());
        Preview {
            format: self.format,
            count,
            height: self.image.height,
            width: self.image.width,
            channels: self.image.channels,
            coloured: self.coloured,
            range: self.range,
            proposed: self.proposed,
            normalise: self.scale.normalise,
            examples: self.shown().examples(),
            classes: self.class_previews(),
            roles: self.roles,
            memory_bytes: self.pixels.memory() + of_test + numbers * size_of::<f32>(),
            columns: self.columns.clone(),
            form: self.taken.form,
            form_said: self.form_said(),
            scaling: self.scaling(),
            fit: self.fit(),
            notes: self
                .notes
                .iter()
                .cloned()
                .chain(self.note_of_ranges())
                .collect(),
            handling: self.handling(),
            choices: self.choices.clone(),
        }
    }

    /// The files that the images are from, by their names; those of a test set last.
    #[must_use]
    pub fn files(&self) -> Vec<String> {
        let mut files = self.origin.files.clone();
        files.extend(self.test.iter().flat_map(|test| test.files()));
        files
    }

    /// The classes in natural order, with all images normalised; then those of the test set, if there
    /// is one.
    #[must_use]
    pub fn classes(&self) -> Vec<Class> {
        let own = self
            .classes
            .iter()
            .filter_map(|(label, _)| self.class(*label));
        own.chain(self.test_classes()).collect()
    }

    /// The class of this label with its images normalised, if there is one; without those of the
    /// test set.
    #[must_use]
    pub fn class(&self, label: u8) -> Option<Class> {
        let (_, name) = self.classes.iter().find(|(known, _)| *known == label)?;
        let mut origin = Origin::default();
        origin.add(&self.origin, self.places(label));
        Some(Class {
            label,
            name: name.clone(),
            images: self.images(self.places(label)),
            role: self.role(),
            origin,
        })
    }

    fn places(&self, label: u8) -> impl Iterator<Item = usize> + '_ {
        let labels = self.labels.iter().enumerate();
        labels
            .filter(move |(_, of)| **of == label)
            .map(|(place, _)| place)
    }

    /// The images at these places, normalised.
    fn images(&self, places: impl Iterator<Item = usize>) -> ImageSet {
        let size = self.image.size();
        let spans = places.map(|place| place * size..(place + 1) * size);
        let pixels = match (&self.pixels, self.scale.normalise) {
            (Pixels::Bytes(bytes), Normalise::DivideBy255) => {
                Pixels::Bytes(spans.flat_map(|span| &bytes[span]).copied().collect())
            }
            (pixels, Normalise::Keep) => {
                Pixels::Floats(spans.flat_map(|span| pixels.iter(span)).collect())
            }
            (pixels, _) => {
                let scaled = |span| {
                    let values = pixels.iter(span).enumerate();
                    values.map(|(column, value)| self.scale.intensity(column, value))
                };
                Pixels::Floats(spans.flat_map(scaled).collect())
            }
        };
        ImageSet {
            image: self.image,
            pixels,
        }
    }

    fn examples(&self) -> Vec<Example> {
        let mut places: Vec<_> = self
            .classes
            .iter()
            .map(|(label, _)| self.places(*label))
            .collect();
        let mut examples = Vec::with_capacity(EXAMPLES);
        while examples.len() < EXAMPLES.min(self.count()) {
            for (of_class, (label, _)) in places.iter_mut().zip(&self.classes) {
                if examples.len() < EXAMPLES
                    && let Some(place) = of_class.next()
                {
                    examples.push((*label, self.images(std::iter::once(place))));
                }
            }
        }
        let (least, most) = examples
            .iter()
            .fold((0.0, 1.0), |(least, most), (_, image)| {
                let (own_least, own_most) = match image.pixels {
                    Pixels::Bytes(_) => (0.0, 1.0),
                    Pixels::Floats(_) => range(&image.pixels),
                };
                (own_least.min(least), own_most.max(most))
            });
        let shades = |(label, image): (u8, ImageSet)| Example {
            label,
            pixels: match &image.pixels {
                Pixels::Floats(floats) if (least, most) != (0.0, 1.0) => {
                    let shade =
                        |value: &f32| (value / 2.0 - least / 2.0) / (most / 2.0 - least / 2.0);
                    floats
                        .iter()
                        .map(|value| (shade(value) * 255.0).round() as u8)
                        .collect()
                }
                _ => image.shades().into_owned(),
            },
        };
        examples.into_iter().map(shades).collect()
    }
}

/// Where images stand in files of which is known how many are from each, and which are not.
fn origin(files: Vec<(String, usize)>, left_out: &[(u32, u32)]) -> Origin {
    let counts = (0..).zip(files.iter().map(|(_, count)| *count));
    let of = counts.flat_map(|(file, count)| {
        let places = (0..).map(move |place| (file, place));
        let kept = places.filter(|place| left_out.binary_search(place).is_err());
        kept.take(count)
    });
    Origin {
        of: of.collect(),
        files: files.into_iter().map(|(name, _)| name).collect(),
    }
}

/// The smallest and the largest value.
fn range(pixels: &Pixels) -> Range {
    let start = (f32::INFINITY, f32::NEG_INFINITY);
    let values = pixels.iter(0..pixels.len());
    values.fold(start, |(least, most), value| {
        (least.min(value), most.max(value))
    })
}

/// Values from 0 to 1 are kept. Up to 255 they are taken for shades of grey if any is in the brighter
/// half. All others are spread from the smallest to the largest.
fn propose((least, most): (f32, f32)) -> Normalise {
    match (least, most) {
        (0.0.., ..=1.0) => Normalise::Keep,
        (0.0.., 128.0..=255.0) => Normalise::DivideBy255,
        _ => Normalise::MinMax,
    }
}
