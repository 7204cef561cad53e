//! What one array or table of numbers holds: images, labels, or both; and which belong together.

use super::colour::Colours;
use super::error::{Need, ReadError};
use super::labels::{Labels, MAX_CLASSES, TooManyClasses};
use super::options::{Grey, Options};
use crate::data::Pixels;
use crate::data::array::{Array, Element};
use crate::numerals::grouped;

/// Images or labels, as one array or table holds them.
#[derive(Debug)]
pub(super) enum Part {
    Images(Images),
    Labels(Named),
    /// Rows that are 0 but for a single 1: labels, or images if there are no others.
    OneHot(Named, Result<Images, ReadError>),
}

/// Labels and where they are from.
#[derive(Debug)]
pub(super) struct Named {
    /// The file, and the array in it.
    pub name: String,
    pub labels: Labels,
    /// Whether a note says already where they are from.
    pub noted: bool,
}

impl Part {
    /// Labels of an array.
    pub fn labels(name: &str, labels: Labels) -> Self {
        Self::Labels(Named {
            name: name.into(),
            labels,
            noted: false,
        })
    }

    /// Bytes of memory that the numbers or labels take.
    pub fn memory(&self) -> usize {
        match self {
            Self::Images(images) => images.pixels.memory(),
            Self::Labels(named) => named.labels.len(),
            Self::OneHot(named, images) => {
                let images = images.as_ref().map_or(0, |images| images.pixels.memory());
                named.labels.len() + images
            }
        }
    }
}

/// Images of one size.
#[derive(Debug, Default)]
pub(super) struct Images {
    /// The file, and the array in it.
    pub name: String,
    pub height: usize,
    pub width: usize,
    pub pixels: Pixels,
    /// None where none were found.
    pub labels: Option<Labels>,
    /// The names of the values, for tables that have such.
    pub columns: Option<Vec<String>>,
    /// Images that were left out: of which of these files, and which in it, counted from 0.
    pub left_out: Vec<(u32, u32)>,
    /// Whether number, height and width are the axes of an array.
    pub axes: bool,
    /// What was done to the values, in sentences.
    pub handling: Vec<String>,
    /// The files that they are from, in order, and how many are from each.
    pub files: Vec<(String, usize)>,
}

impl Images {
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.height * self.width)
    }
}

/// Reads an array of images by its shape. Labels in rows of one 1 are told as well.
pub(super) fn of_array(name: &str, array: Array, options: &Options) -> Result<Part, ReadError> {
    let bytes = array.element == Element::U8;
    let (height, width, channels, first) = match *array.shape.as_slice() {
        [_, pixels] => match (shape(name, pixels, options), one_hot(&array.values, pixels)) {
            (found, Some(labels)) => {
                let images = found.map(|(height, width)| Images {
                    name: name.into(),
                    height,
                    width,
                    files: vec![(name.into(), array.values.len() / pixels)],
                    pixels: array.values,
                    ..Images::default()
                });
                let named = Named {
                    name: name.into(),
                    labels,
                    noted: false,
                };
                return Ok(Part::OneHot(named, images));
            }
            (found, None) => {
                let (height, width) = found?;
                (height, width, 1, false)
            }
        },
        [_, height, width] => (height, width, 1, false),
        [_, height, width, channels @ (1 | 3 | 4)] => (height, width, channels, false),
        [_, channels @ (1 | 3), height, width] => (height, width, channels, true),
        _ => {
            let last = match *array.shape.as_slice() {
                [_, _, 1 | 3 | 4, _] => format!(" {MOVE_AXIS}"),
                _ => String::new(),
            };
            let message = format!(
                "The array is {}, which is no shape of images. Images are n × height × width, \
                 n × pixels, or n × height × width × 1, 3 or 4 channels; labels are n.{last}",
                axes(&array.shape)
            );
            return Err(ReadError::new(name, message));
        }
    };
    let mut colours = Colours::new(
        if channels == 1 { 0 } else { height * width },
        array.shape[0],
    );
    let pixels = if channels == 1 {
        array.values
    } else {
        grey(
            &mut colours,
            &array.values,
            height * width,
            channels,
            first,
            white(bytes, &array.values),
            options.grey,
        )
    };
    let count = pixels.len() / (height * width);
    Ok(Part::Images(Images {
        name: name.into(),
        height,
        width,
        pixels,
        axes: array.shape.len() == 3,
        handling: colours.told(options.grey).into_iter().collect(),
        files: vec![(name.into(), count)],
        ..Images::default()
    }))
}

/// What to do where images lie along the last axis.
const MOVE_AXIS: &str = "If the images lie along the last axis, save the array with them along the \
                         first: numpy.moveaxis(x, -1, 0).";

/// The sizes of an array.
fn axes(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(ToString::to_string).collect();
    sizes.join(" × ")
}

/// The places of the ones in rows that are 0 but for a single 1.
fn one_hot(values: &Pixels, width: usize) -> Option<Labels> {
    let Pixels::Bytes(bytes) = values else {
        return None;
    };
    if !(2..=MAX_CLASSES).contains(&width) {
        return None;
    }
    let mut labels = Labels::default();
    for row in bytes.chunks_exact(width) {
        let place = row.iter().position(|&byte| byte == 1)?;
        if row.iter().filter(|&&byte| byte != 0).count() != 1 {
            return None;
        }
        labels.push(&place.to_string()).ok()?;
    }
    Some(labels)
}

/// Height and width of images stored as rows of so many numbers.
pub(super) fn shape(
    name: &str,
    pixels: usize,
    options: &Options,
) -> Result<(usize, usize), ReadError> {
    let need = Need::Shape { pixels };
    if let Some((height, width)) = options.shape {
        if height.checked_mul(width) == Some(pixels) {
            return Ok((height, width));
        }
        let message = format!(
            "An image has {pixels} pixels, which is not {height} × {width}. Give a height and a \
             width whose product is {pixels}."
        );
        return Err(ReadError::new(name, message).needing(need));
    }
    let side = pixels.isqrt();
    if side * side == pixels {
        return Ok((side, side));
    }
    let height = (1..=side)
        .rev()
        .find(|height| pixels.is_multiple_of(*height))
        .unwrap_or(1);
    let message = format!(
        "An image has {pixels} pixels and so is not square. Give its height and width, such as \
         {height} × {}.",
        pixels / height
    );
    Err(ReadError::new(name, message).needing(need))
}

/// What opaque means in the fourth channel: the largest value of the scale.
fn white(bytes: bool, values: &Pixels) -> f32 {
    let unit = || values.iter(0..values.len()).all(|value| value <= 1.0);
    if bytes || !unit() { 255.0 } else { 1.0 }
}

/// Images of one grey channel from images of three, or of four, the last of which is opacity over
/// white.
fn grey(
    colours: &mut Colours,
    values: &Pixels,
    size: usize,
    channels: usize,
    first: bool,
    white: f32,
    grey: Grey,
) -> Pixels {
    let mut pixels = Pixels::default();
    let mut image = Vec::with_capacity(size * channels);
    for start in (0..values.len()).step_by(size * channels) {
        image.clear();
        image.extend(values.iter(start..start + size * channels));
        let colour = |pixel: usize| {
            let channel = |channel| {
                if first {
                    image[channel * size + pixel]
                } else {
                    image[pixel * channels + channel]
                }
            };
            let colour = [channel(0), channel(1), channel(2)];
            if channels < 4 {
                return colour;
            }
            let opacity = channel(3) / white;
            colour.map(|value| value * opacity + white * (1.0 - opacity))
        };
        let mut is_coloured = false;
        for colour in (0..size).map(colour) {
            is_coloured |= colour[0] != colour[1] || colour[1] != colour[2];
            pixels.push(grey.of(colour));
        }
        colours.add(is_coloured, (0..size).map(colour));
    }
    pixels
}

/// How many images are from each of several files.
pub(super) type Counts = Vec<(String, usize)>;

/// Gives every set of images its labels and joins sets of one size into one. Tells in notes what
/// was left out or joined, and hands out which images were left out for want of labels.
pub(super) fn join(
    parts: Vec<Part>,
    notes: &mut Vec<String>,
) -> Result<(Images, Counts), ReadError> {
    let mut images = Vec::new();
    let mut labels = Vec::new();
    let others = parts.iter().any(|part| matches!(part, Part::Images(_)));
    for part in parts {
        match part {
            Part::Images(part) => images.push(part),
            Part::Labels(part) => labels.push(part),
            Part::OneHot(part, _) if others => {
                notes.push(format!(
                    "{} holds a single 1 in each row and was read as labels: the place of the 1, \
                     counted from 0.",
                    part.name
                ));
                labels.push(Named {
                    noted: true,
                    ..part
                });
            }
            Part::OneHot(_, part) => images.push(part?),
        }
    }
    let Some(first) = images.first() else {
        let Named { name, labels, .. } = &labels[0];
        let message = format!(
            "These are {} labels without images. Choose the file of the images as well.",
            labels.len()
        );
        return Err(ReadError::new(name, message));
    };
    let size = (first.height, first.width);
    for part in &images {
        if (part.height, part.width) != size {
            let message = format!(
                "The images are {} × {} pixels, those of {} {} × {}. All images must have one \
                 size: choose one of the two.",
                part.height, part.width, first.name, size.0, size.1
            );
            let error = ReadError::new(&part.name, message);
            let arrays: Option<Vec<String>> = images.iter().map(array_name).collect();
            return Err(match arrays {
                Some(arrays) => error.needing(Need::Array(arrays)),
                None => error,
            });
        }
    }
    same_columns(&images)?;
    give_labels(&mut images, labels, notes)?;
    note_axes(&images, notes);
    let left_out = name_unlabelled(&mut images, notes);

    if images.len() > 1 {
        let names: Vec<&str> = images.iter().map(|part| part.name.as_str()).collect();
        let list = listed(&names);
        notes.push(format!("The images of {list} were joined."));
    }
    let mut parts = images.into_iter();
    let mut all = parts.next().expect("there is a first");
    for part in parts {
        let (own, more) = (&mut all.labels, part.labels.unwrap_or_default());
        let too_many = |TooManyClasses| ReadError::new(&part.name, TooManyClasses::MESSAGE);
        own.get_or_insert_default()
            .append(&more)
            .map_err(too_many)?;
        all.pixels.append(part.pixels);
        all.columns = all.columns.or(part.columns);
        let more = part.handling.into_iter();
        let new: Vec<String> = more.filter(|said| !all.handling.contains(said)).collect();
        all.handling.extend(new);
        let before = all.files.len() as u32;
        let left_out = part.left_out.into_iter();
        all.left_out
            .extend(left_out.map(|(file, row)| (before + file, row)));
        all.files.extend(part.files);
    }
    Ok((all, left_out))
}

/// Makes sure that tables have the same columns in the same order.
fn same_columns(images: &[Images]) -> Result<(), ReadError> {
    let mut named = images
        .iter()
        .filter_map(|part| Some((part, part.columns.as_ref()?)));
    let Some((first, columns)) = named.next() else {
        return Ok(());
    };
    for (part, others) in named {
        let mut pairs = columns.iter().zip(others);
        if let Some(place) = pairs.position(|(column, other)| column != other) {
            let message = format!(
                "The {} of the values is {}, that of {} is {}. Give the tables the same columns in \
                 the same order.",
                ordinal(place + 1),
                others[place],
                first.name,
                columns[place]
            );
            return Err(ReadError::new(&part.name, message));
        }
    }
    Ok(())
}

/// `1st`, `2nd`, `3rd`, `4th`.
fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Says that images may lie along another axis, where nothing contradicts it.
fn note_axes(images: &[Images], notes: &mut Vec<String>) {
    for part in images {
        let (count, height, width) = (part.count(), part.height, part.width);
        if part.axes && part.labels.is_none() && count == height && width > height {
            notes.push(format!(
                "{} is {} and was read as {} images of {height} × {width}. {MOVE_AXIS}",
                part.name,
                axes(&[count, height, width]),
                grouped(count)
            ));
        }
    }
}

/// What images are called among the arrays of NumPy, if that is what they are.
fn array_name(images: &Images) -> Option<String> {
    let name = images.name.rsplit('/').next()?;
    name.strip_suffix(".npy").map(Into::into)
}

/// Gives labels to the images that they count as many as, those of the likest name first. Numbers
/// that all differ, such as places, are labels only where there are no others.
fn give_labels(
    images: &mut [Images],
    mut labels: Vec<Named>,
    notes: &mut Vec<String>,
) -> Result<(), ReadError> {
    let all_differ = |labels: &Labels| labels.len() > 1 && labels.classes() == labels.len();
    labels.sort_by_key(|named| all_differ(&named.labels));
    let (mut given, mut left) = (Vec::new(), Vec::new());
    for Named {
        name,
        mut labels,
        noted,
    } in labels
    {
        let rows = |part: &Images| part.count() + part.left_out.len();
        let best = images
            .iter_mut()
            .filter(|part| part.labels.is_none() && rows(part) == labels.len())
            .max_by_key(|part| likeness(&part.name, &name));
        if let Some(part) = best {
            let left_out: Vec<u32> = part.left_out.iter().map(|(_, row)| *row).collect();
            labels.leave_out(&left_out);
            part.labels = Some(labels);
            if !noted {
                given.push(name);
            }
        } else {
            left.push((name, labels));
        }
    }
    for (name, labels) in left {
        let Some(part) = images.iter().find(|part| part.labels.is_none()) else {
            notes.push(format!("{name} was left out: all images have labels."));
            continue;
        };
        if all_differ(&labels) && images.iter().any(|part| part.labels.is_some()) {
            notes.push(format!("{name} was left out: {EVERY_VALUE_DIFFERS}"));
            continue;
        }
        let message = mismatch(part, labels.len());
        return Err(ReadError::new(&name, message));
    }
    if !given.is_empty() {
        notes.push(format!("The labels are those of {}.", listed(&given)));
    }
    Ok(())
}

/// Why so many labels do not belong to these images.
fn mismatch(images: &Images, labels: usize) -> String {
    let &Images {
        height,
        width,
        axes: of_array,
        ..
    } = images;
    let (name, count) = (&images.name, images.count());
    if of_array && width == labels {
        return format!(
            "There are {} labels, and {name} is {}: its images seem to lie along the last \
             axis. Save it with them along the first: numpy.moveaxis(x, -1, 0).",
            grouped(labels),
            axes(&[count, height, width])
        );
    }
    let (labels_said, count_said) = (grouped(labels), grouped(count));
    if !of_array && height * width == labels {
        return format!(
            "There are {labels_said} labels, and {name} has {count_said} rows of {labels_said} values: its \
             images seem to be its columns. Transpose it."
        );
    }
    format!(
        "There are {labels_said} labels, but {count_said} images in {name}. Choose the labels that belong to \
         these images."
    )
}

/// Why numbers are no labels.
pub(super) const EVERY_VALUE_DIFFERS: &str =
    "every value in it is another, so that it tells no classes apart.";

/// Names the classes of images without labels: by their files where each holds one class. Leaves
/// them out where others have labels.
fn name_unlabelled(images: &mut Vec<Images>, notes: &mut Vec<String>) -> Counts {
    let mut left_out = Vec::new();
    let labelled = images.iter().filter(|part| part.labels.is_some()).count();
    if labelled == images.len() {
        return left_out;
    }
    if labelled > 0 {
        images.retain(|part| {
            if part.labels.is_none() {
                notes.push(format!("{} was left out: it has no labels.", part.name));
                left_out.push((part.name.clone(), part.count()));
            }
            part.labels.is_some()
        });
        return left_out;
    }
    if images.len() == 1 {
        notes.push("No labels were found: all images are of one class.".into());
        return left_out;
    }
    for part in images {
        let file = part.name.rsplit('/').next().unwrap_or(&part.name);
        let stem = file.split('.').next().unwrap_or(file);
        part.labels = Some(Labels::all(stem, part.count()));
    }
    notes.push("No labels were found: every file or array is a class.".into());
    left_out
}

/// How many characters two names share from the start and from the end.
fn likeness(a: &str, b: &str) -> usize {
    let start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b);
    let end = a.bytes().rev().zip(b.bytes().rev());
    start.count() + end.take_while(|(a, b)| a == b).count()
}

/// `a, b and c`; of many only the first few.
pub(super) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    const SHOWN: usize = 3;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).into(),
        [most @ .., last] if names.len() <= SHOWN => format!("{} and {last}", most.join(", ")),
        all => format!("{} and {} more", all[..SHOWN].join(", "), all.len() - SHOWN),
    }
}
