//! What one array or table of numbers holds: images, labels, or both; and which belong together.

use super::error::{Need, ReadError};
use super::labels::{Labels, TooManyClasses};
use super::options::{Grey, Options};
use crate::data::Pixels;
use crate::data::array::{Array, Element};

/// Images or labels, as one array or table holds them.
#[derive(Debug)]
pub(super) enum Part {
    Images(Images),
    Labels { name: String, labels: Labels },
}

impl Part {
    /// Bytes of memory that the numbers or labels take.
    pub fn memory(&self) -> usize {
        match self {
            Self::Images(images) => images.pixels.memory(),
            Self::Labels { labels, .. } => labels.len(),
        }
    }
}

/// Images of one size.
#[derive(Debug)]
pub(super) struct Images {
    /// The file, and the array in it.
    pub name: String,
    pub height: usize,
    pub width: usize,
    pub pixels: Pixels,
    pub labels: Option<Labels>,
    /// The files that they are from, in order, and how many are from each.
    pub files: Vec<(String, usize)>,
}

impl Images {
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.height * self.width)
    }
}

/// Reads an array as images or as labels, by its shape.
pub(super) fn of_array(name: &str, array: Array, options: &Options) -> Result<Part, ReadError> {
    let bytes = array.element == Element::U8;
    let (height, width, channels, first) = match *array.shape.as_slice() {
        [_] | [_, 1] => return labels(name, &array.values),
        [_, pixels] => {
            let (height, width) = shape(name, pixels, options)?;
            (height, width, 1, false)
        }
        [_, height, width] => (height, width, 1, false),
        [_, height, width, channels @ (1 | 3 | 4)] => (height, width, channels, false),
        [_, channels @ (1 | 3), height, width] => (height, width, channels, true),
        _ => {
            let shape: Vec<String> = array.shape.iter().map(ToString::to_string).collect();
            let message = format!(
                "The array is {}, which is no shape of images. Images are n × height × width, \
                 n × pixels, or n × height × width × 1, 3 or 4 channels; labels are n.",
                shape.join(" × ")
            );
            return Err(ReadError::new(name, message));
        }
    };
    let pixels = if channels == 1 {
        array.values
    } else {
        grey(
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
        labels: None,
        files: vec![(name.into(), count)],
    }))
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

fn labels(name: &str, values: &Pixels) -> Result<Part, ReadError> {
    let mut labels = Labels::default();
    for value in values.iter(0..values.len()) {
        labels
            .push_number(value)
            .map_err(|TooManyClasses| ReadError::new(name, TooManyClasses::MESSAGE))?;
    }
    Ok(Part::Labels {
        name: name.into(),
        labels,
    })
}

/// What opaque means in the fourth channel: the largest value of the scale.
fn white(bytes: bool, values: &Pixels) -> f32 {
    let unit = || values.iter(0..values.len()).all(|value| value <= 1.0);
    if bytes || !unit() { 255.0 } else { 1.0 }
}

/// Images of one grey channel from images of three, or of four, the last of which is opacity over
/// white.
fn grey(
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
        for pixel in 0..size {
            let channel = |channel| {
                if first {
                    image[channel * size + pixel]
                } else {
                    image[pixel * channels + channel]
                }
            };
            let value = grey.of([channel(0), channel(1), channel(2)]);
            pixels.push(if channels == 4 {
                let opacity = channel(3) / white;
                value * opacity + white * (1.0 - opacity)
            } else {
                value
            });
        }
    }
    pixels
}

/// Gives every set of images its labels and joins sets of one size into one. Tells in notes what
/// was left out or joined.
pub(super) fn join(parts: Vec<Part>, notes: &mut Vec<String>) -> Result<Images, ReadError> {
    let mut images = Vec::new();
    let mut labels = Vec::new();
    for part in parts {
        match part {
            Part::Images(part) => images.push(part),
            Part::Labels { name, labels: part } => labels.push((name, part)),
        }
    }
    let Some(first) = images.first() else {
        let (name, labels) = &labels[0];
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
    give_labels(&mut images, labels, notes)?;
    name_unlabelled(&mut images, notes);

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
        all.files.extend(part.files);
    }
    Ok(all)
}

/// What images are called among the arrays of NumPy, if that is what they are.
fn array_name(images: &Images) -> Option<String> {
    let name = images.name.rsplit('/').next()?;
    name.strip_suffix(".npy").map(Into::into)
}

/// Gives labels to the images that they count as many as, those of the likest name first.
fn give_labels(
    images: &mut [Images],
    labels: Vec<(String, Labels)>,
    notes: &mut Vec<String>,
) -> Result<(), ReadError> {
    for (name, labels) in labels {
        let best = images
            .iter_mut()
            .filter(|part| part.labels.is_none() && part.count() == labels.len())
            .max_by_key(|part| likeness(&part.name, &name));
        if let Some(part) = best {
            part.labels = Some(labels);
            continue;
        }
        let waiting = images.iter().find(|part| part.labels.is_none());
        let Some(part) = waiting else {
            notes.push(format!("{name} was left out: all images have labels."));
            continue;
        };
        let message = format!(
            "There are {} labels, but {} images in {}. Choose the labels that belong to these \
             images.",
            labels.len(),
            part.count(),
            part.name
        );
        return Err(ReadError::new(&name, message));
    }
    Ok(())
}

/// Names the classes of images without labels: by their files where each holds one class.
fn name_unlabelled(images: &mut Vec<Images>, notes: &mut Vec<String>) {
    let labelled = images.iter().filter(|part| part.labels.is_some()).count();
    if labelled == images.len() {
        return;
    }
    if labelled > 0 {
        images.retain(|part| {
            if part.labels.is_none() {
                notes.push(format!("{} was left out: it has no labels.", part.name));
            }
            part.labels.is_some()
        });
        return;
    }
    if let [only] = images.as_mut_slice() {
        only.labels = Some(Labels::all("all", only.count()));
        notes.push("No labels were found: all images are of one class.".into());
        return;
    }
    for part in images {
        let file = part.name.rsplit('/').next().unwrap_or(&part.name);
        let stem = file.split('.').next().unwrap_or(file);
        part.labels = Some(Labels::all(stem, part.count()));
    }
    notes.push("No labels were found: every file or array is a class.".into());
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
