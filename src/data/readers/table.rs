//! CSV files: rows of numbers, one of whose columns may hold labels.

use std::collections::HashSet;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};

use super::error::{Need, ReadError};
use super::labels::{Labels, MAX_CLASSES, TooManyClasses};
use super::options::{LabelColumn, Options};
use super::part::{self, Images, Part};
use super::source::megabytes;
use crate::data::Pixels;

/// Names that columns of labels commonly have.
const LABEL_NAMES: [&str; 8] = [
    "label", "labels", "class", "target", "y", "digit", "letter", "category",
];
/// Names that tools give to a column that only counts the rows.
const COUNTER_NAMES: [&str; 5] = ["", "unnamed: 0", "index", "id", "rownames"];
/// Columns whose names are handed out as choices; more make no readable list.
const MAX_CHOICES: usize = 1000;
/// The most columns: the pixels of an image of 1024 × 1024, and a few beside them.
const MAX_COLUMNS: usize = (1 << 20) + 8;

/// What can be chosen of a table, and what was.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Choices {
    pub header: bool,
    /// The columns' names, or `column 1` and so on.
    pub columns: Vec<String>,
    /// Counted from 0.
    pub label_column: Option<usize>,
}

/// What a first pass over the table finds out.
struct Survey {
    rows: usize,
    columns: usize,
    /// The first line, which may be a header.
    first: Vec<String>,
    /// Whether each field of the second line, or of the only one, is a number.
    numeric: Vec<bool>,
    /// Of the first and of the last column, header left out.
    ends: [Column; 2],
}

/// The values of one column, up to where they are too many to be labels.
#[derive(Default)]
struct Column {
    distinct: HashSet<Vec<u8>>,
    whole: bool,
    consecutive: bool,
}

/// How a table is written.
#[derive(Clone, Copy)]
struct Form {
    separator: u8,
    /// Numbers may have a comma before their fraction.
    comma: bool,
}

pub(super) fn read(
    name: &str,
    text: &[u8],
    options: &Options,
    progress: &mut dyn FnMut(f64),
) -> Result<(Part, Choices), ReadError> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let (form, separators) = form(text);
    let too_wide = || {
        let message = format!(
            "A line has more than {MAX_COLUMNS} values. Save an image in each line, each line \
             ending where its image does."
        );
        ReadError::new(name, message)
    };
    if separators > MAX_COLUMNS {
        return Err(too_wide());
    }
    let size = text.len().max(1) as f64;
    let survey = survey(name, text, form, &mut |bytes| {
        progress(0.4 * bytes as f64 / size);
    })?;

    if survey.columns > MAX_COLUMNS {
        return Err(too_wide());
    }
    let header = options.header.unwrap_or_else(|| survey.has_header());
    let rows = survey.rows - usize::from(header);
    if rows == 0 {
        let message = "The table has no rows of numbers. Choose one that has an image in each row.";
        return Err(ReadError::new(name, message));
    }
    let counter = survey.counts_rows(header);
    let label = label_column(name, &survey, header, counter, options)?;
    let columns: Vec<usize> = (0..survey.columns)
        .filter(|&column| Some(column) != label && !(counter && column == 0))
        .collect();
    let choices = Choices {
        header,
        columns: survey.column_names(header),
        label_column: label,
    };

    let shape = match columns.len() {
        0 => None,
        pixels => Some(part::shape(name, pixels, options)?),
    };
    let bytes = (rows as u64).saturating_mul(columns.len() as u64);
    if bytes > options.max_bytes as u64 {
        let message = format!(
            "The table holds {} numbers, and at most {} of them can be held. Leave some rows out.",
            bytes,
            megabytes(options.max_bytes as u64)
        );
        return Err(ReadError::new(name, message));
    }

    let table = Table {
        name,
        text,
        form,
        label,
        columns: &columns,
        choices: &choices,
    };
    let (pixels, labels) = table.read(options.max_bytes, &mut |bytes| {
        progress(0.4 + 0.6 * bytes as f64 / size);
    })?;
    let part = match shape {
        None => Part::Labels {
            name: name.into(),
            labels,
        },
        Some((height, width)) => Part::Images(Images {
            name: name.into(),
            height,
            width,
            pixels,
            labels: label.map(|_| labels),
            files: vec![(name.into(), rows)],
        }),
    };
    Ok((part, choices))
}

/// A table of which is known what each column holds.
struct Table<'a> {
    name: &'a str,
    text: &'a [u8],
    form: Form,
    label: Option<usize>,
    /// Those of the pixels.
    columns: &'a [usize],
    choices: &'a Choices,
}

impl Table<'_> {
    /// All pixels, row by row, and the labels of the rows if a column holds them.
    fn read(
        &self,
        max_bytes: usize,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Pixels, Labels), ReadError> {
        let &Self {
            name,
            text,
            form,
            label,
            columns,
            choices,
        } = self;
        let mut pixels = Pixels::default();
        let mut labels = Labels::default();
        let mut record = ByteRecord::new();
        let mut reader = reader(text, form);
        let mut first = choices.header;
        while next(name, text, &mut reader, &mut record)? {
            if std::mem::take(&mut first) {
                continue;
            }
            let line = || line(text, record.position());
            if let Some(column) = label {
                let field = String::from_utf8_lossy(&record[column]);
                let field = field.trim();
                if field.is_empty() {
                    let message = "The label is missing. Give the row a label or remove it.";
                    return Err(ReadError::new(name, message).at(format!("line {}", line())));
                }
                let pushed = match field.parse::<f32>() {
                    Ok(number) if number.is_finite() => labels.push_number(number),
                    _ => labels.push(field),
                };
                pushed.map_err(|TooManyClasses| {
                    ReadError::new(name, TooManyClasses::MESSAGE)
                        .at(format!("column {}", column + 1))
                        .needing(choices.need())
                })?;
            }
            for &column in columns {
                let field = &record[column];
                let Some(value) = number(field, form).filter(|value| value.is_finite()) else {
                    let shown = String::from_utf8_lossy(&field[..field.len().min(40)]).into_owned();
                    let found = if shown.trim().is_empty() {
                        "The value is missing".into()
                    } else {
                        format!("“{shown}” is not a finite number")
                    };
                    let message = format!("{found}. Correct it, or remove the row or the column.");
                    let place = format!("line {}, column {}", line(), column + 1);
                    return Err(ReadError::new(name, message)
                        .at(place)
                        .needing(choices.need()));
                };
                pixels.push(value);
            }
            if pixels.memory() > max_bytes {
                let message = format!(
                    "The numbers take more than {}, and no more can be held. Leave some rows out.",
                    megabytes(max_bytes as u64)
                );
                return Err(ReadError::new(name, message).at(format!("line {}", line())));
            }
            if let Some(position) = record.position()
                && position.record().is_multiple_of(1024)
            {
                progress(position.byte());
            }
        }
        Ok((pixels, labels))
    }
}

impl Choices {
    fn need(&self) -> Need {
        Need::Column(self.columns.clone())
    }
}

/// How a table with this first line is written, and how many separators there are in it.
fn form(text: &[u8]) -> (Form, usize) {
    let line = text
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b' ', 0)];
    let mut quoted = false;
    for &byte in line.trim_ascii() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && byte == *separator);
        }
    }
    // A semicolon or a tab separates wherever there is one: commas beside it are decimal ones.
    let [comma, semicolon, tab, space] = counts;
    let (separator, count) = [semicolon, tab, comma, space]
        .into_iter()
        .find(|(_, count)| *count > 0)
        .unwrap_or(comma);
    let comma = separator != b',';
    (Form { separator, comma }, count)
}

fn reader(text: &[u8], form: Form) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .delimiter(form.separator)
        .from_reader(text)
}

/// Reads the next row; false at the end.
fn next(
    name: &str,
    text: &[u8],
    reader: &mut Reader<&[u8]>,
    record: &mut ByteRecord,
) -> Result<bool, ReadError> {
    reader.read_byte_record(record).map_err(|error| {
        let ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } = error.kind()
        else {
            let message = format!("The table cannot be read ({error}). Save it again as CSV.");
            return ReadError::new(name, message);
        };
        let message = format!(
            "The line has {len} value{}, those before it have {expected_len}. Complete it or \
             remove it.",
            if *len == 1 { "" } else { "s" }
        );
        ReadError::new(name, message).at(format!("line {}", line(text, pos.as_ref())))
    })
}

/// The line on which a row starts, counted from 1. The position is that of the end of the row
/// before, which empty lines may follow.
fn line(text: &[u8], position: Option<&csv::Position>) -> usize {
    let end = position.map_or(0, |position| position.byte() as usize);
    let (before, after) = text.split_at(end.min(text.len()));
    let empty = after
        .iter()
        .take_while(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    let ends = before.iter().chain(&after[..empty]);
    1 + ends.filter(|byte| **byte == b'\n').count()
}

fn survey(
    name: &str,
    text: &[u8],
    form: Form,
    progress: &mut dyn FnMut(u64),
) -> Result<Survey, ReadError> {
    let mut reader = reader(text, form);
    let mut record = ByteRecord::new();
    let mut survey = Survey {
        rows: 0,
        columns: 0,
        first: Vec::new(),
        numeric: Vec::new(),
        ends: Default::default(),
    };
    while next(name, text, &mut reader, &mut record)? {
        survey.rows += 1;
        if survey.rows == 1 {
            survey.columns = record.len();
            survey.first = record
                .iter()
                .map(|field| String::from_utf8_lossy(field).trim().to_owned())
                .collect();
        } else {
            let ends = [record.get(0), record.get(record.len() - 1)];
            for (column, field) in survey.ends.iter_mut().zip(ends) {
                column.add(field.unwrap_or_default(), survey.rows == 2, form);
            }
        }
        if survey.rows <= 2 {
            survey.numeric = record
                .iter()
                .map(|field| number(field, form).is_some())
                .collect();
        }
        if survey.rows.is_multiple_of(1024) {
            progress(reader.position().byte());
        }
    }
    if survey.rows == 0 {
        let message = "The table is empty. Choose one that has an image in each row.";
        return Err(ReadError::new(name, message));
    }
    Ok(survey)
}

impl Column {
    fn add(&mut self, field: &[u8], first: bool, form: Form) {
        let field = field.trim_ascii();
        let value = number(field, form);
        let whole = value.is_some_and(|value| value.fract() == 0.0);
        self.whole = whole && (first || self.whole);
        let place = self.distinct.len();
        let new = place <= MAX_CLASSES && self.distinct.insert(field.to_vec());
        // Only the first few are remembered; a counter is one that has no repetition among them.
        self.consecutive = (first || self.consecutive) && (new || place > MAX_CLASSES);
    }

    /// Whether the values could be the numbers of classes.
    fn like_labels(&self, rows: usize) -> bool {
        self.whole && self.distinct.len() >= 2 && self.distinct.len() <= MAX_CLASSES.min(rows / 2)
    }
}

impl Survey {
    /// A first line is a header where it has a word above a number, or counts the columns, or is
    /// the name of a column of labels.
    fn has_header(&self) -> bool {
        let word = |field: &String| field.parse::<f32>().is_err();
        if self.rows < 2 {
            return self.first.iter().any(word);
        }
        let above = self.first.iter().zip(&self.numeric);
        let counted = |from: usize| {
            let counts = |(place, field): (usize, &String)| *field == (place + from).to_string();
            self.columns > 2 && self.first.iter().enumerate().all(counts)
        };
        above
            .clone()
            .any(|(field, &numeric)| numeric && word(field))
            || counted(0)
            || counted(1)
            || (self.columns == 1 && is_label_name(&self.first[0]))
    }

    /// Whether the first column only counts the rows, as R and pandas write it.
    fn counts_rows(&self, header: bool) -> bool {
        let [first, _] = &self.ends;
        header
            && self.columns > 1
            && COUNTER_NAMES.contains(&self.first[0].to_lowercase().as_str())
            && first.whole
            && first.consecutive
    }

    fn column_names(&self, header: bool) -> Vec<String> {
        let numbered = |column: usize| format!("column {}", column + 1);
        self.first
            .iter()
            .take(MAX_CHOICES)
            .enumerate()
            .map(|(column, name)| {
                if header && !name.is_empty() {
                    name.clone()
                } else {
                    numbered(column)
                }
            })
            .collect()
    }
}

fn is_label_name(name: &str) -> bool {
    LABEL_NAMES.contains(&name.to_lowercase().as_str())
}

/// The column that holds the labels: the chosen one; else by its name; else the only one that
/// holds words; else the first or the last, where they look like numbers of classes and the other
/// columns make an image.
fn label_column(
    name: &str,
    survey: &Survey,
    header: bool,
    counter: bool,
    options: &Options,
) -> Result<Option<usize>, ReadError> {
    let columns = survey.columns;
    let refuse = |message: String| {
        let names = survey.column_names(header);
        Err(ReadError::new(name, message).needing(Need::Column(names)))
    };
    match &options.label_column {
        Some(LabelColumn::None) => return Ok(None),
        Some(LabelColumn::Index(index)) if *index < columns => return Ok(Some(*index)),
        Some(LabelColumn::Index(index)) => {
            return refuse(format!(
                "There is no column {}, only {columns}. Choose one of these.",
                index + 1
            ));
        }
        Some(LabelColumn::Name(wanted)) => {
            let place = survey.first.iter().position(|name| name == wanted);
            return match place.filter(|_| header) {
                Some(place) => Ok(Some(place)),
                None => refuse(format!(
                    "No column is called {wanted}. Choose one of those in the first line."
                )),
            };
        }
        None => {}
    }

    if header && let Some(place) = survey.first.iter().position(|name| is_label_name(name)) {
        return Ok(Some(place));
    }
    let start = usize::from(counter);
    if let Some(words) = (start..columns).find(|&column| !survey.numeric[column]) {
        return Ok(Some(words));
    }
    let used = columns - start;
    if used == 1 {
        return Ok(Some(start));
    }
    let image = |pixels: usize| match options.shape {
        Some((height, width)) => height.checked_mul(width) == Some(pixels),
        None => pixels.isqrt().pow(2) == pixels,
    };
    if image(used) && !image(used - 1) {
        return Ok(None);
    }
    let [first, last] = &survey.ends;
    let rows = survey.rows - usize::from(header);
    if !counter && first.like_labels(rows) {
        return Ok(Some(0));
    }
    if last.like_labels(rows) {
        return Ok(Some(columns - 1));
    }
    if !image(used) && image(used - 1) {
        return refuse(
            "Which column holds the labels cannot be told. Choose the column of the labels.".into(),
        );
    }
    Ok(None)
}

/// The number in a field, if it holds one.
fn number(field: &[u8], form: Form) -> Option<f32> {
    let field = field.trim_ascii();
    // Most fields are whole numbers of up to three digits.
    if let 1..=3 = field.len()
        && field.iter().all(u8::is_ascii_digit)
    {
        let digits = field.iter().map(|digit| f32::from(digit - b'0'));
        return Some(digits.fold(0.0, |number, digit| 10.0 * number + digit));
    }
    let text = std::str::from_utf8(field).ok()?;
    if form.comma && text.contains(',') {
        return text.replacen(',', ".", 1).parse().ok();
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, options: &Options) -> Result<(Part, Choices), ReadError> {
        super::read("t.csv", text.as_bytes(), options, &mut |_| {})
    }

    fn images(text: &str, options: &Options) -> (Images, Choices) {
        match read(text, options).unwrap() {
            (Part::Images(images), choices) => (images, choices),
            (part, _) => panic!("{part:?}"),
        }
    }

    fn names(images: &Images) -> Vec<String> {
        let (classes, of) = images.labels.clone().unwrap().finish();
        let name = |number: &u8| classes.iter().find(|(label, _)| label == number);
        of.iter()
            .map(|number| name(number).unwrap().1.clone())
            .collect()
    }

    #[test]
    fn labels_are_found_by_name_by_words_or_by_place() {
        let default = Options::default();
        for (text, column) in [
            ("label,a,b,c,d\n7,1,2,3,4\n0,5,6,7,8\n", 0),
            ("a;b;c;d;Class\n1;2;3;4;7\n5;6;7;8;0\n", 4),
            ("a\tb\ty\tc\td\n1\t2\t7\t3\t4\n5\t6\t0\t7\t8\n", 2),
            ("7,1,2,3,4\n7,1,2,3,4\n0,5,6,7,8\n0,5,6,7,8\n", 0),
            ("1 2 3 4.5 7\n1 2 3 4 7\n5.5 6 7 8 0\n5.5 6 7 8 0\n", 4),
            ("1,2,seven,3,4\n5,6,zero,7,8\n", 2),
        ] {
            let (images, choices) = images(text, &default);
            assert_eq!(choices.label_column, Some(column), "{text}");
            assert_eq!((images.height, images.width), (2, 2), "{text}");
            assert_eq!(images.labels.unwrap().classes(), 2, "{text}");
        }
        let (none, choices) = images("1,2,3,4\n5,6,7,8\n", &default);
        assert_eq!((none.labels, choices.label_column), (None, None));
    }

    #[test]
    fn values_may_be_whole_or_broken_quoted_and_with_decimal_commas() {
        let (images, _) = images(
            "label;p1;p2;p3;p4\n\"a b\";0,5;1;-2;1e-3\r\n\"c;d\";255; 4 ;7;8",
            &Options::default(),
        );
        assert_eq!(names(&images), ["a b", "c;d"]);
        let expected = [0.5, 1.0, -2.0, 0.001, 255.0, 4.0, 7.0, 8.0];
        assert_eq!(images.pixels.into_floats(), expected);
    }

    #[test]
    fn row_counters_of_r_and_pandas_are_no_pixels() {
        let (images, choices) = images(
            "\"\",label,a,b,c,d\n\"1\",7,1,2,3,4\n\"2\",0,5,6,7,8\n",
            &Options::default(),
        );
        assert_eq!(choices.label_column, Some(1));
        assert_eq!(images.pixels, Pixels::Bytes((1..=8).collect()));
        let labels = read("\"\",\"x\"\n\"1\",3\n\"2\",5\n", &Options::default()).unwrap();
        assert!(matches!(labels, (Part::Labels { labels, .. }, _) if labels.classes() == 2));
    }

    #[test]
    fn headers_are_told_from_rows() {
        for (text, header) in [
            ("0,1,2,3\n5,6,7,8\n", true),
            ("1,2,3,4\n5,6,7,8\n", true),
            ("9,1,2,3\n5,6,7,8\n", false),
            ("p,q,r,s\n5,6,7,8\n", true),
        ] {
            let (images, choices) = images(text, &Options::default());
            assert_eq!(choices.header, header, "{text}");
            assert_eq!(images.count(), 2 - usize::from(header), "{text}");
        }
        let kept = Options {
            header: Some(false),
            ..Options::default()
        };
        assert_eq!(images("0,1,2,3\n5,6,7,8\n", &kept).0.count(), 2);
    }

    #[test]
    fn images_that_are_not_square_need_a_shape() {
        let text = "label,1,2,3,4,5,6\n0,1,2,3,4,5,6\n1,1,2,3,4,5,6\n";
        let error = read(text, &Options::default()).unwrap_err();
        assert_eq!(error.needs, Some(Need::Shape { pixels: 6 }));
        assert!(error.to_string().contains("such as 2 × 3"), "{error}");
        let shaped = |shape| Options {
            shape: Some(shape),
            ..Options::default()
        };
        let (images, _) = images(text, &shaped((3, 2)));
        assert_eq!((images.height, images.width), (3, 2));
        assert!(read(text, &shaped((4, 2))).is_err());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let message = |text: &str| read(text, &Options::default()).unwrap_err().to_string();
        assert_eq!(
            message("label,a,b,c,d\n7,1,2,3,4\n0,5,6\n"),
            "t.csv, line 3: The line has 3 values, those before it have 5. Complete it or remove it."
        );
        assert_eq!(
            message("label,a,b,c,d\n7,1,2,3,4\n\n0,5,6,x,8\n"),
            "t.csv, line 4, column 4: “x” is not a finite number. Correct it, or remove the row or the column."
        );
        for (text, part) in [
            (
                "label,a,b,c,d\n7,1,2,3,4\n0,5,nan,7,8\n",
                "line 3, column 3",
            ),
            (
                "label,a,b,c,d\r\n7,1,2,3,4\r\n0,5,inf,7,8\r\n",
                "line 3, column 3",
            ),
            ("label,a,b,c,d\n7,1,2,3,4\n0,5,,7,8\n", "value is missing"),
            ("label,a,b,c,d\n7,1,2,3,4\n,5,6,7,8\n", "line 3"),
            ("label,a,b,c,d\n", "no rows"),
            ("", "empty"),
        ] {
            assert!(message(text).contains(part), "{}", message(text));
        }
        let many: Vec<String> = (0..300).map(|row| format!("w{row},1,2,3,4\n")).collect();
        assert!(message(&many.concat()).contains("more than 256"));
    }

    #[test]
    fn a_chosen_column_is_taken() {
        let text = "a,b,c,d,e\n1,2,3,4,5\n6,7,8,9,10\n";
        let choose = |label_column| Options {
            label_column: Some(label_column),
            ..Options::default()
        };
        let (images, _) = images(text, &choose(LabelColumn::Name("c".into())));
        assert_eq!(names(&images), ["3", "8"]);
        assert!(read(text, &choose(LabelColumn::Name("z".into()))).is_err());
        let (images, _) = self::images(text, &choose(LabelColumn::Index(4)));
        assert_eq!(names(&images), ["5", "10"]);
        assert!(read(text, &choose(LabelColumn::Index(5))).is_err());
    }
}
