//! R's own files: `.RData` and `.rda` of `save`, `.rds` of `saveRDS`.
//!
//! Every vector, matrix, array or data frame is what an array of an NPZ file is: images, or labels.
//! Those in lists are called by the names on the way to them, as in `mnist/train/x`.

mod stream;

use std::{iter, slice};

use csv::Writer;

use super::error::ReadError;
use super::frame::{self, Column, Frame};
use super::labels::{Labels, MAX_CLASSES, TooManyClasses};
use super::npy::row_major;
use super::options::Options;
use super::part::{self, EVERY_VALUE_DIFFERS, Part};
use super::source::{Entry, Source, megabytes};
use super::table;
use crate::data::Pixels;
use crate::data::array::{Array, Element};
use stream::{Item, Problem, Value};

pub(super) use stream::recognises;

/// What may be images or labels in the file of `entry`. Tells in notes how much else there is.
pub(super) fn members(
    source: &mut Source<'_>,
    entry: &Entry,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<Vec<Entry>, ReadError> {
    let bytes = source.bytes(entry, options.max_bytes as u64)?;
    let (objects, others) = objects(&entry.name, &bytes, options)?;
    if objects.is_empty() {
        let message = "There is no vector, matrix, array or data frame in the file. Choose one that \
                       holds images or labels.";
        return Err(ReadError::new(&entry.name, message));
    }
    if others > 0 {
        notes.push(format!(
            "{}: {others} value{} left out that {} neither images nor labels.",
            entry.name,
            if others == 1 { " was" } else { "s were" },
            if others == 1 { "is" } else { "are" },
        ));
    }
    let names = objects.into_iter().map(|(name, _)| entry.member(name));
    Ok(names.collect())
}

/// Reads those objects of one file that `members` name.
pub(super) fn read(
    source: &mut Source<'_>,
    members: &[&Entry],
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<Vec<(Part, Option<table::Choices>)>, ReadError> {
    let bytes = source.bytes(members[0], options.max_bytes as u64)?;
    let (objects, _) = objects(&members[0].name, &bytes, options)?;
    let wanted = |name: &str| {
        members
            .iter()
            .find(|entry| entry.member.as_deref() == Some(name))
    };
    let mut parts = Vec::new();
    for (name, item) in &objects {
        let Some(entry) = wanted(name) else { continue };
        if is_labels(item) && item.len() > MAX_CLASSES && all_differ(item) {
            notes.push(format!(
                "{} was left out: {EVERY_VALUE_DIFFERS}",
                entry.name
            ));
        } else {
            parts.push(part(&entry.name, item, options, notes)?);
        }
    }
    Ok(parts)
}

/// Vectors of more than one element, by their names, and how many values of other kinds there are.
fn objects<'a>(
    file: &str,
    bytes: &'a [u8],
    options: &Options,
) -> Result<(Vec<(String, Item<'a>)>, usize), ReadError> {
    named(file, bytes, options.max_bytes)
}

/// As [`objects`], in so much memory.
fn named<'a>(
    file: &str,
    bytes: &'a [u8],
    limit: usize,
) -> Result<(Vec<(String, Item<'a>)>, usize), ReadError> {
    let root = stream::read(bytes, limit / 8).map_err(|problem| {
        let message = match problem {
            Problem::Damaged => "The file is damaged or cut short. Save or fetch it again.".into(),
            Problem::TooLarge => "The file holds too many small values. Save only the vectors \
                                  that hold images and labels."
                .into(),
            Problem::Compiled => "The file holds functions that R has compiled. Save only what \
                                  holds images and labels, as in save(x, y, file = \"images.RData\")."
                .into(),
            Problem::TooDeep => "Lists lie too deep in each other. Save the vectors themselves.".into(),
            Problem::Version(version) => format!(
                "The file is of version {version} of R's format, and 2 and 3 can be read. Save it \
                 again with version = 3."
            ),
        };
        ReadError::new(file, message)
    })?;
    let mut found = Vec::new();
    let mut others = 0;
    flatten(String::new(), root, &mut found, &mut others);
    Ok((found, others))
}

fn flatten<'a>(
    name: String,
    item: Item<'a>,
    found: &mut Vec<(String, Item<'a>)>,
    others: &mut usize,
) {
    let path = |inner: &str, place: usize| {
        let inner = match inner {
            "" => (place + 1).to_string(),
            inner => inner.into(),
        };
        if name.is_empty() {
            inner
        } else {
            format!("{name}/{inner}")
        }
    };
    match item {
        Item {
            value: Value::Pairs(pairs),
            ..
        } => {
            for (place, (inner, item)) in pairs.into_iter().enumerate() {
                flatten(path(&inner, place), item, found, others);
            }
        }
        Item {
            value: Value::List(_),
            ..
        } if !item.is_a("data.frame") => {
            let names: Vec<String> = item.texts("names").into_iter().map(Into::into).collect();
            let Value::List(items) = item.value else {
                return;
            };
            for (place, item) in items.into_iter().enumerate() {
                let inner = names.get(place).map_or("", String::as_str);
                flatten(path(inner, place), item, found, others);
            }
        }
        item if item.len() > 1 || !item.shape().is_empty() || item.is_a("data.frame") => {
            found.push((name, item));
        }
        _ => *others += 1,
    }
}

/// All vectors, matrices, arrays and data frames of a file as tables, in order. Of an array all axes but the first
/// are columns.
pub(super) fn frames(file: &str, bytes: &[u8], limit: usize) -> Result<Vec<Frame>, ReadError> {
    let (objects, _) = named(file, bytes, limit)?;
    let mut frames = Vec::with_capacity(objects.len());
    for (member, item) in objects {
        let name = match member.as_str() {
            "" => file.to_owned(),
            member => format!("{file}/{member}"),
        };
        let axes = item.names_of_axes();
        let of_axis = |axis: usize| axes.get(axis).cloned().unwrap_or_default();
        let shape = item.shape();
        let mut sizes = shape.iter();
        let size = sizes.try_fold(1_usize, |size, &axis| size.checked_mul(axis));
        if !shape.is_empty() && size != Some(item.len()) {
            let message = "The array is not as large as it says. Save or fetch the file again.";
            return Err(ReadError::new(&name, message));
        }
        let rows = shape.first().copied().unwrap_or(item.len());
        if item.len() / rows.max(1) > frame::MAX_COLUMNS {
            return Err(ReadError::new(&name, frame::TOO_WIDE));
        }
        let split = match rows {
            0 => Vec::new(),
            rows => item.columns(rows),
        };
        let (columns, names, row_names) = match &item.value {
            Value::List(columns) => (&columns[..], item.texts("names"), item.texts("row.names")),
            _ if split.is_empty() => (slice::from_ref(&item), Vec::new(), Vec::new()),
            _ => (&split[..], of_axis(1), of_axis(0)),
        };
        let columns: Result<_, _> = (1..)
            .zip(columns)
            .map(|(place, column)| of_column(&name, place, column))
            .collect();
        let owned = |names: Vec<&str>| names.into_iter().map(Into::into).collect();
        frames.push(Frame {
            names: owned(names),
            row_names: owned(row_names),
            columns: columns?,
            name,
            member,
        });
    }
    let is_whole = |frame: &Frame| {
        let rows = frame.rows();
        rows > 0 && frame.columns.iter().all(|column| column.len() == rows)
    };
    frames.retain(is_whole);
    Ok(frames)
}

/// A column of a table, counted from 1.
fn of_column(name: &str, place: usize, item: &Item<'_>) -> Result<Column, ReadError> {
    let is_text = matches!(item.value, Value::Texts(_) | Value::Logical(_));
    if is_text || item.attribute("levels").is_some() {
        let texts = texts(item).map(Option::unwrap_or_default);
        return Ok(Column::Texts(texts.collect()));
    }
    let numbers = item.numbers().enumerate().map(|(row, number)| {
        let number = number
            .map(|number| number as f32)
            .filter(|number| number.is_finite());
        number.ok_or_else(|| {
            let message =
                "The value is missing, infinite or not a number. Replace it with a number.";
            ReadError::new(name, message).at(format!("[{}, {place}]", row + 1))
        })
    });
    numbers.collect::<Result<_, _>>().map(Column::Numbers)
}

/// What an object holds: images where it is a matrix, an array or a data frame, else labels.
fn part(
    name: &str,
    item: &Item<'_>,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(Part, Option<table::Choices>), ReadError> {
    if let Value::List(columns) = &item.value {
        let names = item.texts("names");
        return table(name, &names, columns, options, notes)
            .map(|(part, choices)| (part, Some(choices)));
    }
    let shape = item.shape();
    if is_labels(item) {
        return labels(name, item).map(|part| (part, None));
    }
    if let Value::Texts(_) = item.value {
        let message = "These are texts in several columns. Save numbers, or one column of labels.";
        return Err(ReadError::new(name, message));
    }
    if shape
        .iter()
        .try_fold(1_usize, |count, &size| count.checked_mul(size))
        != Some(item.len())
    {
        let message = "The array is not as large as it says. Save or fetch the file again.";
        return Err(ReadError::new(name, message));
    }
    if let (&[rows, _], [_, names]) = (shape.as_slice(), item.names_of_axes().as_slice())
        && !names.is_empty()
    {
        let columns: Vec<Item<'_>> = item.columns(rows);
        return table(name, names, &columns, options, notes)
            .map(|(part, choices)| (part, Some(choices)));
    }
    let mut values = Pixels::default();
    for (place, number) in item.numbers().enumerate() {
        let number = number
            .map(|number| number as f32)
            .filter(|number| number.is_finite());
        values.push(number.ok_or_else(|| {
            let message = "The value is missing, infinite or not a number. Replace it, or leave \
                           the image out.";
            ReadError::new(name, message).at(position(place, &shape))
        })?);
    }
    let array = Array {
        // R's first index runs fastest.
        values: row_major(&values, &shape),
        shape,
        element: match item.value {
            Value::Bytes(_) => Element::U8,
            _ => Element::F64,
        },
    };
    part::of_array(name, array, options).map(|part| (part, None))
}

/// Whether these are labels: a vector, or a matrix of one column.
fn is_labels(item: &Item<'_>) -> bool {
    match (&item.value, item.shape().as_slice()) {
        (Value::List(_), _) => false,
        (_, [] | [_] | [_, 1]) => true,
        _ => false,
    }
}

/// Whether no value stands twice in a vector.
fn all_differ(item: &Item<'_>) -> bool {
    if let Value::Texts(texts) = &item.value {
        let mut texts: Vec<&str> = texts.iter().flatten().map(AsRef::as_ref).collect();
        texts.sort_unstable();
        return texts.is_sorted_by(|a, b| a < b);
    }
    let mut numbers: Vec<f64> = item.numbers().flatten().collect();
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.is_sorted_by(|a, b| a < b)
}

/// Where the number at `place` stands, as R writes it: `[3, 1]`.
fn position(mut place: usize, shape: &[usize]) -> String {
    let indices: Vec<String> = shape
        .iter()
        .map(|&size| {
            let index = place % size + 1;
            place /= size;
            index.to_string()
        })
        .collect();
    format!("[{}]", indices.join(", "))
}

fn labels(name: &str, item: &Item<'_>) -> Result<Part, ReadError> {
    let mut labels = Labels::default();
    for (place, text) in texts(item).enumerate() {
        let Some(text) = text else {
            let message = "The label is missing (NA). Give the image a label, or leave it out.";
            return Err(ReadError::new(name, message).at(format!("[{}]", place + 1)));
        };
        labels
            .push(&text)
            .map_err(|TooManyClasses| ReadError::new(name, TooManyClasses::MESSAGE))?;
    }
    Ok(Part::labels(name, labels))
}

/// The elements of a vector as they are shown: the levels of a factor, numbers to their last digit.
fn texts<'a>(item: &'a Item<'_>) -> Box<dyn Iterator<Item = Option<String>> + 'a> {
    let levels = item.texts("levels");
    match &item.value {
        Value::Texts(texts) => Box::new(texts.iter().map(|text| text.as_deref().map(Into::into))),
        Value::Logical(_) => Box::new(item.numbers().map(|number| {
            number.map(|number| if number == 0.0 { "FALSE" } else { "TRUE" }.into())
        })),
        _ if levels.is_empty() => Box::new(
            item.numbers()
                .map(|number| number.map(|number| number.to_string())),
        ),
        _ => Box::new(item.numbers().map(move |number| {
            let place = (number? as usize).checked_sub(1)?;
            levels.get(place).map(ToString::to_string)
        })),
    }
}

/// A data frame, or a matrix whose columns have names, is read as the table that R writes of it.
fn table(
    name: &str,
    names: &[&str],
    columns: &[Item<'_>],
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(Part, table::Choices), ReadError> {
    let rows = columns.first().map_or(0, Item::len);
    if rows == 0 {
        let message = "The table has no rows. Choose one that has an image in each row.";
        return Err(ReadError::new(name, message));
    }
    let names = || {
        names
            .iter()
            .copied()
            .chain(iter::repeat(""))
            .take(columns.len())
    };
    for (column, name_of) in columns.iter().zip(names()) {
        let vector = !matches!(
            column.value,
            Value::List(_) | Value::Pairs(_) | Value::Other
        );
        if !vector || column.len() != rows {
            let message = "The column is no vector with a value for each row. Leave it out, or \
                           save its own columns.";
            return Err(ReadError::new(name, message).at(format!("column {name_of}")));
        }
    }
    let mut cells: Vec<_> = columns.iter().map(texts).collect();
    let mut writer = Writer::from_writer(Vec::new());
    let in_memory = "memory takes what is written to it";
    writer.write_record(names()).expect(in_memory);
    for _ in 0..rows {
        let row = cells
            .iter_mut()
            .map(|cells| cells.next().flatten().unwrap_or_default());
        writer.write_record(row).expect(in_memory);
        if writer.get_ref().len() > options.max_bytes {
            let message = format!(
                "The data frame takes more than {} as a table. Save the images as a matrix \
                 without names, as in unname(x).",
                megabytes(options.max_bytes as u64)
            );
            return Err(ReadError::new(name, message));
        }
    }
    let text = writer.into_inner().expect(in_memory);
    let options = Options {
        header: Some(true),
        ..options.clone()
    };
    table::read(name, &text, &options, notes, &mut |_| {})
}
