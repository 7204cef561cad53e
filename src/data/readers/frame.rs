//! Tables of numbers that are no images, such as matrices that were computed elsewhere: columns with names, if they
//! have such, from CSV, NumPy and R.

use std::borrow::Cow;

use csv::ByteRecord;
use ndarray::{Array2, ArrayView1};

use super::dialect::{Dialect, Rows, text_of};
use super::error::ReadError;
use super::number::{Marks, is_gap, number};
use super::rdata;
use super::source::{self, Entry, Kind, Source};
use super::text::decode;
use super::{File, npy};
use crate::numerals::counted;

/// The most bytes of one file, unpacked, and of the numbers of one.
const MAX_BYTES: usize = 512 << 20;

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    /// The file, with the name within it, if it has one.
    pub name: String,
    /// The name within a file of R, such as `vimp/Vimp/1`.
    pub member: String,
    /// What the columns are called; empty where they have no names.
    pub names: Vec<String>,
    /// What the rows are called; empty where they have no names.
    pub row_names: Vec<String>,
    /// One behind the other, of one length.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    /// Finite numbers.
    Numbers(Vec<f32>),
    /// Whatever else.
    Texts(Vec<String>),
}

impl Column {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    /// What stands in a row.
    pub fn text(&self, row: usize) -> Cow<'_, str> {
        match self {
            Self::Numbers(numbers) => numbers[row].to_string().into(),
            Self::Texts(texts) => texts[row].as_str().into(),
        }
    }

    /// The number in a row, if it is one.
    pub fn number(&self, row: usize) -> Option<f32> {
        match self {
            Self::Numbers(numbers) => Some(numbers[row]),
            Self::Texts(texts) => number(texts[row].as_bytes(), false).filter(|of| of.is_finite()),
        }
    }

    /// Turns numbers into texts, since what comes next is none.
    fn push_text(&mut self, text: String) {
        if let Self::Numbers(numbers) = self {
            *self = Self::Texts(numbers.iter().map(ToString::to_string).collect());
        }
        if let Self::Texts(texts) = self {
            texts.push(text);
        }
    }
}

impl Frame {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    /// The place of the column of one of these names, in whatever case.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let is = |own: &String| names.iter().any(|name| own.eq_ignore_ascii_case(name));
        self.names.iter().position(is)
    }

    /// All numbers (rows × columns).
    ///
    /// # Errors
    /// If a column holds texts.
    pub fn numbers(&self) -> Result<Array2<f32>, ReadError> {
        let mut all = Array2::zeros((self.rows(), self.columns.len()));
        for (place, (column, mut into)) in self.columns.iter().zip(all.columns_mut()).enumerate() {
            let numbers = match column {
                Column::Numbers(numbers) => numbers,
                Column::Texts(texts) => {
                    let is_text = |text: &&String| number(text.as_bytes(), false).is_none();
                    let message = format!(
                        "“{}” is no number. Keep numbers alone, with their names in one line above them, if at all.",
                        texts.iter().find(is_text).map_or("", String::as_str)
                    );
                    let place = format!("column {}", self.column_name(place));
                    return Err(ReadError::new(&self.name, message).at(place));
                }
            };
            into.assign(&ArrayView1::from(numbers));
        }
        Ok(all)
    }

    fn column_name(&self, place: usize) -> String {
        let name = self.names.get(place).filter(|name| !name.is_empty());
        name.cloned().unwrap_or_else(|| (place + 1).to_string())
    }
}

/// All tables in files, in the order in which the files were given.
///
/// # Errors
/// If a file is damaged, or is of another form.
pub(super) fn frames(files: &[File], notes: &mut Vec<String>) -> Result<Vec<Frame>, ReadError> {
    let mut all = Vec::new();
    for file in files {
        let found = source::open(std::slice::from_ref(file), MAX_BYTES)?;
        let mut source = found.source;
        if let Some(error) = found.unreadable.into_iter().next() {
            return Err(error);
        }
        if found.entries.is_empty() {
            let message = match found.skipped.first() {
                Some((_, reason)) => format!("This is {reason}. {FORMS}"),
                None => OTHER_FORM.into(),
            };
            return Err(ReadError::new(&file.name, message));
        }
        for entry in found.entries {
            all.extend(of_entry(&mut source, &entry, notes)?);
        }
    }
    Ok(all)
}

/// A column that may be empty: exact importance has no standard error.
const ERROR: &str = "std_error";
/// The most columns of a table.
pub(super) const MAX_COLUMNS: usize = 1 << 20;
pub(super) const TOO_WIDE: &str =
    "The table has more than a million columns. Give a line for each feature, or for each image.";
const FORMS: &str = "Choose a CSV, NPY, RData or rds file.";
const OTHER_FORM: &str = "This holds no table of numbers. Choose a CSV, NPY, RData or rds file.";

fn of_entry(
    source: &mut Source<'_>,
    entry: &Entry,
    notes: &mut Vec<String>,
) -> Result<Vec<Frame>, ReadError> {
    match entry.kind {
        Kind::Table => {
            let bytes = source.bytes(entry, MAX_BYTES as u64)?;
            Ok(vec![of_text(&entry.name, &bytes, notes)?])
        }
        Kind::Npy => {
            let (shape, numbers) = npy::numbers(source, entry, MAX_BYTES)?;
            let rows = shape.first().copied().unwrap_or(1);
            let width = numbers.len() / rows.max(1);
            if width > MAX_COLUMNS {
                return Err(ReadError::new(&entry.name, TOO_WIDE));
            }
            let columns = (0..width).map(|column| {
                Column::Numbers(
                    numbers
                        .iter()
                        .skip(column)
                        .step_by(width)
                        .copied()
                        .collect(),
                )
            });
            Ok(vec![Frame {
                name: entry.name.clone(),
                member: entry.path.trim_end_matches(".npy").into(),
                columns: columns.collect(),
                ..Frame::default()
            }])
        }
        Kind::R => {
            let bytes = source.bytes(entry, MAX_BYTES as u64)?;
            rdata::frames(&entry.name, &bytes, MAX_BYTES)
        }
        _ => Err(ReadError::new(&entry.name, OTHER_FORM)),
    }
}

/// A table as text. Its first line may name the columns; in R's way of writing, rows may have names as well.
pub(super) fn of_text(
    name: &str,
    bytes: &[u8],
    notes: &mut Vec<String>,
) -> Result<Frame, ReadError> {
    let (text, assumed) = decode(bytes).map_err(|message| ReadError::new(name, message))?;
    if let Some(encoding) = assumed {
        notes.push(format!(
            "{name} is not UTF-8 and was read as {encoding}. Save it as UTF-8 if its letters are wrong."
        ));
    }
    let dialect = Dialect::of(&text);
    if dialect.separators > MAX_COLUMNS {
        return Err(ReadError::new(name, TOO_WIDE));
    }
    let mut rows = Rows::new(name, &text, &dialect);
    let mut record = ByteRecord::new();
    let comma = decimal_comma(name, &text, &dialect)?;
    let mut frame = Frame {
        name: name.into(),
        ..Frame::default()
    };
    let mut width = None;
    let mut begins_with_names = has_header(name, &text, &dialect, comma)?;
    while rows.next_of_any_width(&mut record)? {
        if std::mem::take(&mut begins_with_names) {
            frame.names = record.iter().map(text_of).collect();
            let numbers = record.iter().all(|field| number(field, comma).is_some());
            if numbers {
                notes.push(format!(
                    "{name}: the first line counts from 0 and was taken for the names of the columns."
                ));
            }
            continue;
        }
        let count = record.len();
        let expected = *width.get_or_insert(count);
        // Names of columns of which the rows have one value more: their own names.
        let header = frame.names.len();
        if count != expected || (header > 0 && header != count && header + 1 != count) {
            let before = if header > 0 { header } else { expected };
            let message = format!(
                "The line has {}, those before it have {before}. Complete it or remove it.",
                counted(count, "value", "values")
            );
            return Err(ReadError::new(name, message).at(format!("line {}", rows.line(&record))));
        }
        frame
            .columns
            .resize_with(expected, || Column::Numbers(Vec::new()));
        let mut columns = std::mem::take(&mut frame.columns);
        for (place, (field, column)) in record.iter().zip(&mut columns).enumerate() {
            let text = text_of(field);
            match (number(text.as_bytes(), comma), &mut *column) {
                (Some(of), Column::Numbers(numbers)) if of.is_finite() => numbers.push(of),
                (_, Column::Numbers(_))
                    if (is_gap(text.as_bytes()) || is_infinite(&text))
                        && frame.names.get(place).is_none_or(|name| name != ERROR) =>
                {
                    let message =
                        "The value is missing, infinite or not a number. Replace it with a number.";
                    let place = format!(
                        "line {}, column {}",
                        rows.line(&record),
                        frame.column_name(place)
                    );
                    return Err(ReadError::new(name, message).at(place));
                }
                (_, column) => column.push_text(text),
            }
        }
        frame.columns = columns;
    }
    if frame.rows() == 0 {
        let message = "The table has no rows of numbers. Choose one with a line for each row.";
        return Err(ReadError::new(name, message));
    }
    frame.take_row_names();
    Ok(frame)
}

/// Whether the first line names the columns: where one of its fields is no number, or its numbers only count. A line
/// that has numbers as well, and words where the next one has words, is a row of a table with names of rows, unless its
/// numbers only count or its first word is what names of rows are called.
fn has_header(name: &str, text: &[u8], dialect: &Dialect, comma: bool) -> Result<bool, ReadError> {
    let mut rows = Rows::new(name, text, dialect);
    let (mut first, mut second) = (ByteRecord::new(), ByteRecord::new());
    if !rows.next_of_any_width(&mut first)? {
        return Ok(false);
    }
    let of = |field: &[u8]| number(text_of(field).as_bytes(), comma);
    let is_word = |field: &[u8]| of(field).is_none() && !is_gap(text_of(field).as_bytes());
    let words = first.iter().filter(|field| is_word(field)).count();
    let numbers: Vec<f32> = first.iter().filter_map(of).collect();
    let counts = |from: f32| {
        let mut pairs = numbers.iter().enumerate();
        pairs.all(|(at, number)| *number == from + at as f32)
    };
    if words == 0 {
        // As pandas writes columns without names of their own, with names of rows or without.
        let rest = first.len() - numbers.len();
        let has_corner = first
            .get(0)
            .is_some_and(|field| field.trim_ascii().is_empty());
        return Ok(match rest {
            0 => numbers.len() > 2 && counts(0.0),
            1 => has_corner && !numbers.is_empty() && (counts(0.0) || counts(1.0)),
            _ => false,
        });
    }
    let has_second = rows.next_of_any_width(&mut second)?;
    let mut pairs = first.iter().zip(&second);
    if words == first.len()
        || !has_second
        || first.len() != second.len()
        || pairs.any(|(first, second)| is_word(first) && !is_word(second))
    {
        return Ok(true);
    }
    let word = first.iter().find(|field| is_word(field)).map(text_of);
    let is_known = word.is_some_and(|word| {
        let known = [
            "class", "label", "gene", "feature", "column", "row", "name", "id",
        ];
        known.contains(&word.to_lowercase().as_str())
    });
    let is_counted = numbers.len() > 1 && (counts(0.0) || counts(1.0));
    Ok(is_known || is_counted)
}

fn is_infinite(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    text.eq_ignore_ascii_case("inf") || text.eq_ignore_ascii_case("infinity")
}

/// Whether a comma stands before the fraction of the numbers.
fn decimal_comma(name: &str, text: &[u8], dialect: &Dialect) -> Result<bool, ReadError> {
    if dialect.separator == b',' {
        return Ok(false);
    }
    let mut rows = Rows::new(name, text, dialect);
    let mut record = ByteRecord::new();
    let mut marks = Marks::default();
    while rows.next_of_any_width(&mut record)? {
        for field in &record {
            marks = marks.with(Marks::of(text_of(field).as_bytes()));
        }
    }
    // A comma with three digits on either side is the fraction's where no point says otherwise.
    Ok(marks.any(Marks::DECIMAL_COMMA)
        || (marks.any(Marks::SOME_COMMA) && !marks.any(Marks::DECIMAL_POINT)))
}

impl Frame {
    /// Takes a first column for names of the rows where it has none itself, as R and pandas write it.
    fn take_row_names(&mut self) {
        let shorter = !self.names.is_empty() && self.names.len() + 1 == self.columns.len();
        let unnamed = self
            .names
            .first()
            .is_some_and(|name| name.is_empty() || name == "Unnamed: 0")
            && self.columns.len() > 1;
        if unnamed {
            self.names.remove(0);
        }
        if shorter || unnamed {
            let names = self.columns.remove(0);
            self.row_names = (0..names.len()).map(|row| names.text(row).into()).collect();
        }
    }
}
