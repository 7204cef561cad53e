//! What one array or table of numbers holds: images, labels, or both; and which belong together.

use super::channels;
use super::error::{Need, ReadError};
use super::form::{self, Taken};
use super::labels::{Labels, MAX_CLASSES, TooManyClasses};
use super::options::Options;
use super::source::megabytes;
use crate::data::array::{Array, Element};
use crate::data::{DataForm, ImageShape, Pixels};
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
#[derive(Debug)]
pub(super) struct Images {
    /// The file, and the array in it.
    pub name: String,
    pub image: ImageShape,
    pub pixels: Pixels,
    /// Whether they are stored in colour, whatever became of it.
    pub coloured: bool,
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
    /// What they were taken for.
    pub taken: Taken,
}

impl Default for Images {
    fn default() -> Self {
        Self {
            name: String::new(),
            image: ImageShape::grey(0, 0),
            pixels: Pixels::default(),
            coloured: false,
            labels: None,
            columns: None,
            left_out: Vec::new(),
            axes: false,
            handling: Vec::new(),
            files: Vec::new(),
            taken: Taken::default(),
        }
    }
}

impl Images {
    pub fn count(&self) -> usize {
        self.pixels.len() / self.image.size()
    }

    /// Gives every grey pixel three equal channels.
    fn widen(&mut self) {
        self.pixels = channels::widened(&self.pixels);
        self.image.channels = 3;
    }
}

/// Reads an array of images by its shape. Labels in rows of one 1 are told as well.
pub(super) fn of_array(name: &str, array: Array, options: &Options) -> Result<Part, ReadError> {
    let bytes = array.element == Element::U8;
    let count = array.shape[0];
    let files = vec![(name.into(), count)];
    let (image, first, said) = match *array.shape.as_slice() {
        [_, numbers] => {
            let found = form::of_rows(name, numbers, None, &array.values, options);
            let labels = one_hot(&array.values, numbers);
            let images = found.and_then(|(image, taken)| {
                let settled = channels::settle_rows(name, array.values, image, bytes, options)?;
                Ok(Images {
                    files,
                    columns: (taken.form == DataForm::Table).then(|| form::counted(numbers)),
                    taken,
                    ..settled.images(name, Vec::new())
                })
            });
            return match labels {
                Some(labels) => {
                    let named = Named {
                        name: name.into(),
                        labels,
                        noted: false,
                    };
                    Ok(Part::OneHot(named, images))
                }
                None => images.map(Part::Images),
            };
        }
        [_, height, width] if height == 1 || width == 1 => {
            let numbers = height * width;
            let taken = form::of_lines(numbers, &array.values, options);
            if taken.form != DataForm::Image {
                let image = ImageShape::grey(1, numbers);
                let settled = channels::settle(name, array.values, image, false, bytes, options)?;
                return Ok(Part::Images(Images {
                    files,
                    columns: (taken.form == DataForm::Table).then(|| form::counted(numbers)),
                    taken,
                    ..settled.images(name, Vec::new())
                }));
            }
            (ImageShape::grey(height, width), false, None)
        }
        [_, height, width] => (ImageShape::grey(height, width), false, None),
        [a, b, c, d] => channels::of_axes([a, b, c, d], options.channels)
            .ok_or_else(|| no_images(name, &array.shape))?,
        _ => return Err(no_images(name, &array.shape)),
    };
    let axes = array.shape.len() == 3;
    form::keep_image(name, image, options)?;
    let settled = channels::settle(name, array.values, image, first, bytes, options)?;
    Ok(Part::Images(Images {
        axes,
        files,
        ..settled.images(name, said.into_iter().collect())
    }))
}

/// Why an array of this shape holds no images.
fn no_images(name: &str, shape: &[usize]) -> ReadError {
    let last = match *shape {
        [_, _, 1 | 3 | 4, _] => format!(" {MOVE_AXIS}"),
        _ => String::new(),
    };
    let message = format!(
        "The array is {}, which is no shape of images. Images are n × height × width, n × pixels, n × \
         height × width × 1, 3 or 4 channels, or n × 1 or 3 channels × height × width; labels are n. \
         Other numbers of channels are read if it is said whether they come first or last.{last}",
        axes(shape)
    );
    ReadError::new(name, message)
}

/// What to do where images lie along the last axis.
const MOVE_AXIS: &str = "If the images lie along the last axis, save the array with them along the \
                         first: numpy.moveaxis(x, -1, 0).";

/// The sizes of an array.
pub(super) fn axes(shape: &[usize]) -> String {
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

/// The shape of images stored as rows of so many numbers.
pub(super) fn shape(
    name: &str,
    numbers: usize,
    options: &Options,
) -> Result<ImageShape, ReadError> {
    let need = Need::Shape { pixels: numbers };
    if let Some(image) = options.shape {
        if makes(image, numbers) {
            return Ok(image);
        }
        let ImageShape {
            height,
            width,
            channels,
        } = image;
        let asked = match channels {
            1 => axes(&[height, width]),
            _ => axes(&[height, width, channels]),
        };
        let in_colour = ImageShape {
            channels: 3,
            ..image
        };
        let instead = if makes(in_colour, numbers) {
            format!("{} would be: images in colour.", axes(&[height, width, 3]))
        } else {
            format!(
                "Give a height and a width, and channels where there are several, whose product is {numbers}."
            )
        };
        let message = format!("An image has {numbers} values, which is not {asked}. {instead}");
        return Err(ReadError::new(name, message).needing(need));
    }
    let side = numbers.isqrt();
    if side * side == numbers {
        return Ok(ImageShape::grey(side, side));
    }
    let height = (1..=side)
        .rev()
        .find(|height| numbers.is_multiple_of(*height))
        .unwrap_or(1);
    let in_colour = (numbers / 3).isqrt();
    let in_colour = if 3 * in_colour * in_colour == numbers {
        format!(", or {in_colour} × {in_colour} × 3 if it is in colour")
    } else {
        String::new()
    };
    let message = format!(
        "An image has {numbers} values and so is not a grey square. Give its height and width, such as \
         {height} × {}{in_colour}, or say that it is no image but a signal or a row of a table.",
        numbers / height
    );
    Err(ReadError::new(name, message).needing(need))
}

/// Whether an image of this shape has so many numbers.
pub(super) fn makes(image: ImageShape, numbers: usize) -> bool {
    let pixels = image.height.checked_mul(image.width);
    pixels.and_then(|pixels| pixels.checked_mul(image.channels)) == Some(numbers)
}

/// How many images are from each of several files.
pub(super) type Counts = Vec<(String, usize)>;

/// Gives every set of images its labels and joins sets of one size into one. Tells in notes what
/// was left out or joined, and hands out which images were left out for want of labels.
pub(super) fn join(
    parts: Vec<Part>,
    max_bytes: usize,
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
    let (size, of_first) = (first.image, first.name.clone());
    widen_grey(&mut images, max_bytes, notes)?;
    for part in &images {
        let image = part.image;
        if (image.height, image.width) != (size.height, size.width) {
            let message = format!(
                "The images are {} × {} pixels, those of {of_first} {} × {}. All images must have one \
                 size: choose one of the two.",
                image.height, image.width, size.height, size.width
            );
            let error = ReadError::new(&part.name, message);
            let arrays: Option<Vec<String>> = images.iter().map(array_name).collect();
            return Err(match arrays {
                Some(arrays) => error.needing(Need::Array(arrays)),
                None => error,
            });
        }
    }
    let channels = images[0].image.channels;
    if let Some(part) = images.iter().find(|part| part.image.channels != channels) {
        let message = format!(
            "The images have {} channels, those of {of_first} {channels}. All images must have the same: \
             choose one of the two.",
            part.image.channels
        );
        return Err(ReadError::new(&part.name, message));
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
        if all.taken.form != part.taken.form {
            let message = format!(
                "These are {}, those of {of_first} {}. Say what all of them are.",
                in_words(part.taken.form),
                in_words(all.taken.form)
            );
            return Err(ReadError::new(&part.name, message));
        }
        all.columns = all.columns.or(part.columns);
        all.coloured |= part.coloured;
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

/// What rows of numbers are, in the plural.
pub(super) fn in_words(form: DataForm) -> &'static str {
    match form {
        DataForm::Image => "images",
        DataForm::Signal => "signals",
        DataForm::Table => "rows of a table",
    }
}

/// Gives grey images three equal channels where others are in colour.
fn widen_grey(
    images: &mut [Images],
    max_bytes: usize,
    notes: &mut Vec<String>,
) -> Result<(), ReadError> {
    if images.iter().all(|part| part.image.channels != 3) {
        return Ok(());
    }
    let held = |part: &Images| match part.image.channels {
        1 => 3 * part.pixels.memory(),
        _ => part.pixels.memory(),
    };
    if images.iter().map(held).sum::<usize>() > max_bytes {
        let message = format!(
            "Some images are in colour and others grey, and in colour they take more than the {} that \
             can be held. Choose fewer files, or have colours turned grey.",
            megabytes(max_bytes as u64)
        );
        return Err(ReadError::of_all(message));
    }
    let mut grey = Vec::new();
    for part in images.iter_mut().filter(|part| part.image.channels == 1) {
        part.widen();
        grey.push(part.name.as_str());
    }
    if !grey.is_empty() {
        let said = format!(
            "Grey images got three equal channels, since others are in colour: {}.",
            listed(&grey)
        );
        notes.push(said.clone());
        images[0].handling.push(said);
    }
    Ok(())
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
        let ImageShape { height, width, .. } = part.image;
        let count = part.count();
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
    let ImageShape { height, width, .. } = images.image;
    let (name, count, of_array) = (&images.name, images.count(), images.axes);
    if of_array && width == labels {
        return format!(
            "There are {} labels, and {name} is {}: its images seem to lie along the last \
             axis. Save it with them along the first: numpy.moveaxis(x, -1, 0).",
            grouped(labels),
            axes(&[count, height, width])
        );
    }
    let (labels_said, count_said) = (grouped(labels), grouped(count));
    if !of_array && images.image.size() == labels {
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
