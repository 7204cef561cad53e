//! CSV files: rows of numbers, one of whose columns may hold labels.

use std::borrow::Cow;

use csv::ByteRecord;

use super::channels;
use super::columns::{self, Columns};
use super::dialect::{Dialect, Rows, text_of};
use super::error::{Need, ReadError};
use super::form;
use super::labels::{Labels, TooManyClasses};
use super::number::{Doubt, Marks, is_gap, number, truth, written};
use super::options::{Decimal, Gaps, LabelColumn, Options};
use super::part::{Images, Named, Part};
use super::source::megabytes;
use super::survey::Survey;
use super::text::decode;
use crate::data::{DataForm, Pixels};

/// The most columns: the pixels of an image of 1024 × 1024, and a few beside them.
const MAX_COLUMNS: usize = (1 << 20) + 8;
/// Lines that are named where rows are left out.
const SHOWN_LINES: usize = 3;

/// What can be chosen of a table, and what was.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Choices {
    pub header: bool,
    /// The columns' names, or `column 1` and so on.
    pub columns: Vec<String>,
    /// Counted from 0.
    pub label_column: Option<usize>,
    /// Columns that are no values, counted from 0.
    pub left_out: Vec<usize>,
    /// Columns to be dropped or kept of which there is none.
    pub unknown: Vec<LabelColumn>,
}

pub(super) fn read(
    name: &str,
    bytes: &[u8],
    options: &Options,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<(Part, Choices), ReadError> {
    let (text, assumed) = decode(bytes).map_err(|message| ReadError::new(name, message))?;
    if let Some(encoding) = assumed {
        notes.push(format!(
            "{name} is not UTF-8 and was read as {encoding}. Save it as UTF-8 if its letters are wrong."
        ));
    }
    let text: &[u8] = &text;
    let dialect = Dialect::of(text);
    let too_wide = || {
        let message = format!(
            "A line has more than {MAX_COLUMNS} values. Save an image in each line, each line \
             ending where its image does."
        );
        ReadError::new(name, message)
    };
    if dialect.separators > MAX_COLUMNS {
        return Err(too_wide());
    }
    let size = text.len().max(1) as f64;
    let mut rows = Rows::new(name, text, &dialect);
    let survey = Survey::of(&mut rows, text, &dialect, options.header, &mut |bytes| {
        progress(0.4 * bytes as f64 / size);
    })?;
    if survey.columns == 0 {
        let message = "The table is empty. Choose one that has an image in each row.";
        return Err(ReadError::new(name, message));
    }
    if survey.columns > MAX_COLUMNS {
        return Err(too_wide());
    }
    if survey.rows == 0 {
        let message = "The table has no rows of numbers. Choose one that has an image in each row.";
        return Err(ReadError::new(name, message));
    }

    let columns = Columns::of(name, &survey, options)?;
    if columns.values.is_empty() && columns.label.is_none() {
        let message = "No column of numbers is left. Choose a table that has an image in each row.";
        return Err(ReadError::new(name, message));
    }
    let table = Table {
        name,
        text,
        dialect: &dialect,
        survey: &survey,
        columns: &columns,
        comma: comma(name, text, &dialect, &survey, &columns, options)?,
        gaps: options.gaps,
    };
    let bytes = (survey.rows as u64).saturating_mul(columns.values.len() as u64);
    if bytes > options.max_bytes as u64 {
        let message = format!(
            "The table holds {bytes} numbers, and at most {} of them can be held. Leave some rows out.",
            megabytes(options.max_bytes as u64)
        );
        return Err(ReadError::new(name, message));
    }
    let read = table.read(options.max_bytes, &mut |bytes| {
        progress(0.4 + 0.6 * bytes as f64 / size);
    })?;

    let handling = table.handling(&read);
    for note in columns.notes.iter().chain(&handling) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    let part = if columns.values.is_empty() {
        Part::Labels(Named {
            name: name.into(),
            labels: read.labels,
            noted: true,
        })
    } else {
        let header = columns.header.as_deref();
        let numbers = columns.values.len();
        let (image, taken) = form::of_rows(name, numbers, header, &read.values, options)?;
        let names = match taken.form {
            DataForm::Image => columns.names.clone(),
            DataForm::Signal => columns.header.clone(),
            DataForm::Table => Some(columns.called.clone()),
        };
        let settled = channels::settle_rows(name, read.values, image, false, options)?;
        notes.extend(settled.handling.iter().cloned());
        Part::Images(Images {
            files: vec![(name.into(), survey.rows - read.left_out.len())],
            labels: columns.label.map(|_| read.labels),
            left_out: read.left_out.into_iter().map(|row| (0, row)).collect(),
            // Of several channels, columns are not the pixels.
            columns: names.filter(|_| !settled.has_channels()),
            taken,
            ..settled.images(name, table.all_handling(handling))
        })
    };
    Ok((part, Choices::of(&survey, columns, options)))
}

impl Choices {
    fn of(survey: &Survey, columns: Columns, options: &Options) -> Self {
        let missing = |asked: &&LabelColumn| columns::place(survey, asked).is_none();
        let asked = options.drop.iter().chain(&options.keep);
        Self {
            header: survey.header.is_some(),
            columns: columns::choices(survey),
            label_column: columns.label,
            unknown: asked.filter(missing).cloned().collect(),
            left_out: columns.left_out,
        }
    }
}

/// Whether a comma stands before fractions, as the table's numbers or the person say.
fn comma(
    name: &str,
    text: &[u8],
    dialect: &Dialect,
    survey: &Survey,
    columns: &Columns,
    options: &Options,
) -> Result<bool, ReadError> {
    if let Some(decimal) = options.decimal {
        return Ok(decimal == Decimal::Comma);
    }
    let marks = |&column: &usize| survey.marks.get(column).copied();
    let all = columns.values.iter().filter_map(marks);
    let doubt = match all
        .fold(Marks::default(), Marks::with)
        .comma(dialect.separator)
    {
        Ok(comma) => return Ok(comma),
        Err(doubt) => doubt,
    };
    let shown = |of: Marks| -> Result<(String, usize), ReadError> {
        let mut rows = survey.rows_below(Rows::new(name, text, dialect))?;
        let mut record = ByteRecord::new();
        while rows.next(&mut record)? {
            let mut fields = columns
                .values
                .iter()
                .filter_map(|&column| record.get(column));
            if let Some(field) = fields.find(|field| Marks::of(field).any(of)) {
                return Ok((text_of(field), rows.line(&record)));
            }
        }
        Ok((String::new(), 1))
    };
    Err(match doubt {
        Doubt::Unclear(of) => {
            let (number, line) = shown(of)?;
            let mark = if of == Marks::SOME_COMMA {
                "comma"
            } else {
                "point"
            };
            let message = format!(
                "The {mark} in “{number}” may stand before a fraction or between thousands, and no \
                 number of the table tells which. Say whether a point or a comma stands before \
                 fractions."
            );
            let error = ReadError::new(name, message).at(format!("line {line}"));
            error.needing(Need::Decimal { number })
        }
        Doubt::AtOdds(point, comma) => {
            let ((point, line), (comma, other)) = (shown(point)?, shown(comma)?);
            let message = format!(
                "“{point}” has a decimal point, but “{comma}” in line {other} a decimal comma. \
                 Write all numbers of the table alike."
            );
            ReadError::new(name, message).at(format!("line {line}"))
        }
    })
}

/// A table of which is known what each column holds.
struct Table<'a> {
    name: &'a str,
    text: &'a [u8],
    dialect: &'a Dialect,
    survey: &'a Survey,
    columns: &'a Columns,
    /// Whether a comma stands before fractions.
    comma: bool,
    gaps: Gaps,
}

/// What the rows of a table hold.
#[derive(Default)]
struct Read {
    values: Pixels,
    labels: Labels,
    /// Rows with gaps, counted from 0.
    left_out: Vec<u32>,
    /// The first lines of them.
    lines: Vec<usize>,
    /// Where the first gap is.
    gap: Option<ReadError>,
    /// Whether a value was `True` or `False`.
    truths: bool,
}

impl Table<'_> {
    /// All values, row by row, and the labels of the rows if a column holds them.
    fn read(&self, max_bytes: usize, progress: &mut dyn FnMut(u64)) -> Result<Read, ReadError> {
        let mut read = Read::default();
        let mut record = ByteRecord::new();
        let rows = Rows::new(self.name, self.text, self.dialect);
        let mut rows = self.survey.rows_below(rows)?;
        let mut row = 0;
        while rows.next(&mut record)? {
            if !self.add(&record, &rows, &mut read)? {
                read.left_out.push(row);
                if read.lines.len() < SHOWN_LINES {
                    read.lines.push(rows.line(&record));
                }
            }
            row += 1;
            if read.values.memory() > max_bytes {
                let message = format!(
                    "The numbers take more than {}, and no more can be held. Leave some rows out.",
                    megabytes(max_bytes as u64)
                );
                let place = format!("line {}", rows.line(&record));
                return Err(ReadError::new(self.name, message).at(place));
            }
            if row.is_multiple_of(1024) {
                progress(rows.byte());
            }
        }
        if let Some(error) = read.gap.take_if(|_| self.gaps == Gaps::Refuse) {
            return Err(refused(error, read.left_out.len()));
        }
        if read.left_out.len() == self.survey.rows {
            let message = "Every row has a gap. Leave out the columns that have most of them.";
            return Err(ReadError::new(self.name, message).needing(self.need()));
        }
        // A person who writes 6.0000 means 6.
        read.labels
            .rename(|name| as_number(name, self.label_comma()));
        Ok(read)
    }

    /// Whether a comma stands before fractions in labels, which may be written as numbers are.
    fn label_comma(&self) -> bool {
        let marks = |&column: &usize| self.survey.marks.get(column).copied();
        if self
            .columns
            .values
            .iter()
            .filter_map(marks)
            .any(|marks| marks != Marks::default())
        {
            return self.comma;
        }
        let of_labels = self
            .columns
            .label
            .as_ref()
            .and_then(marks)
            .unwrap_or_default();
        of_labels.comma(b',').unwrap_or(false)
    }

    /// Adds a row; false if a value is missing.
    fn add(
        &self,
        record: &ByteRecord,
        rows: &Rows<'_>,
        read: &mut Read,
    ) -> Result<bool, ReadError> {
        let start = read.values.len();
        for &column in &self.columns.values {
            let field = record.get(column).unwrap_or_default();
            match number(field, self.comma) {
                Some(value) if value.is_finite() => read.values.push(value),
                value => {
                    if let Some(truth) = truth(field) {
                        read.truths = true;
                        read.values.push(f32::from(truth));
                        continue;
                    }
                    let error = self.wrong(field, value, column, rows.line(record));
                    if !is_gap(field) {
                        return Err(error);
                    }
                    read.gap.get_or_insert(error);
                    read.values.truncate(start);
                    return Ok(false);
                }
            }
        }
        let Some(column) = self.columns.label else {
            return Ok(true);
        };
        let field = record.get(column).unwrap_or_default();
        // A hyphen may be a class, beside a plus.
        if is_gap(field) && !matches!(field.trim_ascii(), b"-" | b"--") {
            let message = "The label is missing. Give the row a label or remove it.";
            let error = ReadError::new(self.name, message);
            let error = error.at(format!("line {}", rows.line(record)));
            if self.columns.values.is_empty() {
                return Err(error);
            }
            read.gap.get_or_insert(error);
            read.values.truncate(start);
            return Ok(false);
        }
        let label = std::str::from_utf8(field).map_or_else(
            |_| Cow::Owned(text_of(field)),
            |text| Cow::Borrowed(super::dialect::unquoted(text.trim())),
        );
        read.labels.push(&label).map_err(|TooManyClasses| {
            ReadError::new(self.name, TooManyClasses::MESSAGE)
                .at(self.survey.called(column))
                .needing(self.need())
        })?;
        Ok(true)
    }

    /// What is wrong with a field that holds no number.
    fn wrong(&self, field: &[u8], value: Option<f32>, column: usize, line: usize) -> ReadError {
        let shown: String = text_of(field).chars().take(40).collect();
        let found = match value {
            _ if shown.is_empty() => "The value is missing".into(),
            _ if is_gap(field) => format!("The value is missing: it is “{shown}”"),
            Some(f32::INFINITY | f32::NEG_INFINITY)
                if shown.contains(|c: char| c.is_ascii_digit()) =>
            {
                format!("“{shown}” is beyond single precision")
            }
            _ => format!("“{shown}” is not a finite number"),
        };
        let message = format!("{found}. Correct it, or remove the row or the column.");
        let named = self.survey.name(column).filter(|name| !name.is_empty());
        let place = match named {
            Some(name) => format!("line {line}, column {} ({name})", column + 1),
            None => format!("line {line}, column {}", column + 1),
        };
        ReadError::new(self.name, message)
            .at(place)
            .needing(self.need())
    }

    fn need(&self) -> Need {
        Need::Column(columns::choices(self.survey))
    }

    /// What was done to the numbers and rows, in sentences.
    fn handling(&self, read: &Read) -> Vec<String> {
        let mut said = Vec::new();
        let marks = |&column: &usize| self.survey.marks.get(column).copied();
        let marks = self.columns.values.iter().filter_map(marks);
        let marks = marks.fold(Marks::default(), Marks::with);
        if self.comma && marks.any(Marks::DECIMAL_COMMA.with(Marks::SOME_COMMA)) {
            said.push("Commas in numbers were read as decimal commas.".into());
        }
        if self.comma && marks.any(Marks::POINTS.with(Marks::SOME_POINT)) {
            said.push("Points in numbers were read as standing between thousands.".into());
        }
        if !self.comma && marks.any(Marks::COMMAS.with(Marks::SOME_COMMA)) {
            said.push("Commas in numbers were read as standing between thousands.".into());
        }
        if read.truths {
            said.push("True was read as 1, False as 0.".into());
        }
        if let [first, others @ ..] = read.lines.as_slice() {
            let lines: Vec<String> = read.lines.iter().map(ToString::to_string).collect();
            let more = if read.left_out.len() > lines.len() {
                ", …"
            } else {
                ""
            };
            said.push(if others.is_empty() {
                format!("The row of line {first} was left out: a value is missing.")
            } else {
                format!(
                    "{} rows were left out, in which values are missing: lines {}{more}.",
                    read.left_out.len(),
                    lines.join(", ")
                )
            });
        }
        said
    }

    /// All of that, and which columns were left out.
    fn all_handling(&self, mut said: Vec<String>) -> Vec<String> {
        let left = &self.columns.left_out;
        if !left.is_empty() {
            said.push(columns::those(
                self.survey,
                left,
                ["was left out.", "were left out."],
            ));
        }
        said
    }
}

/// The error of the first gap, if rows with gaps are not left out.
fn refused(mut error: ReadError, rows: usize) -> ReadError {
    if rows > 1 {
        error.message = format!("{} {rows} rows have such gaps.", error.message);
    }
    error.needing(Need::Gaps { rows })
}

/// A name that is a number as numbers are written: without a fraction of zeros.
fn as_number(name: &str, comma: bool) -> Option<String> {
    let digits = name.strip_prefix(['+', '-']).unwrap_or(name);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(name.strip_prefix('+').unwrap_or(name).into());
    }
    let number: f64 = written(name, comma)?.parse().ok()?;
    number.is_finite().then(|| (number + 0.0).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;

    fn read(text: &str, options: &Options) -> Result<(Part, Choices), ReadError> {
        super::read(
            "t.csv",
            text.as_bytes(),
            options,
            &mut Vec::new(),
            &mut |_| {},
        )
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
            ("label,1,2,3,4\n7,1,2,3,4\n0,5,6,7,8\n", 0),
            ("p0;p1;p2;p3;Class\n1;2;3;4;7\n5;6;7;8;0\n", 4),
            ("V1\tV2\ty\tV3\tV4\n1\t2\t7\t3\t4\n5\t6\t0\t7\t8\n", 2),
            ("7,1,2,3,4\n7,1,2,3,4\n0,5,6,7,8\n0,5,6,7,8\n", 0),
            ("1 2 3 4.5 7\n1 2 3 4 7\n5.5 6 7 8 0\n5.5 6 7 8 0\n", 4),
            ("1,2,seven,3,4\n5,6,zero,7,8\n5,6,zero,7,8\n", 2),
        ] {
            let (images, choices) = images(text, &default);
            assert_eq!(choices.label_column, Some(column), "{text}");
            assert_eq!((images.image.height, images.image.width), (2, 2), "{text}");
            assert_eq!(images.labels.unwrap().classes(), 2, "{text}");
        }
        let (none, choices) = images("1,2,3,4\n5,6,7,8\n", &default);
        assert_eq!((none.labels, choices.label_column), (None, None));
        // Of coordinates, y is the second.
        let (points, _) = images("x,y,z\n0.5,1.5,2\n0.25,1,2.5\n", &default);
        assert_eq!((points.labels, points.image.width), (None, 3));
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
        assert!(matches!(labels, (Part::Labels(named), _) if named.labels.classes() == 2));
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
        let (images, _) = images(text, &shaped(ImageShape::grey(3, 2)));
        assert_eq!((images.image.height, images.image.width), (3, 2));
        assert!(read(text, &shaped(ImageShape::grey(4, 2))).is_err());
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
            "t.csv, line 4, column 4 (c): “x” is not a finite number. Correct it, or remove the row or the column."
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
        assert!(message(&many.concat().repeat(2)).contains("more than 256"));
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

    fn noted(text: &str, options: &Options) -> (Images, Choices, Vec<String>) {
        let mut notes = Vec::new();
        let read = super::read("t.csv", text.as_bytes(), options, &mut notes, &mut |_| {});
        match read.unwrap() {
            (Part::Images(images), choices) => (images, choices, notes),
            (part, _) => panic!("{part:?}"),
        }
    }

    fn floats(images: &Images) -> Vec<f32> {
        images.pixels.clone().into_floats()
    }

    #[test]
    fn labels_are_what_people_wrote() {
        for (text, expected) in [
            (
                "20231000,1\n20231001,2\n20231000,3\n",
                "20231000 20231001 20231000",
            ),
            (
                "9007199254740993,1\n9007199254740992,2\n9007199254740993,2\n",
                "9007199254740993 9007199254740992 9007199254740993",
            ),
            ("6.0000,1\n1.000e+01,2\n6,3\n", "6 10 6"),
            ("001,1\n002,2\n001,3\n", "001 002 001"),
            ("-1,1\n+1,2\n-1,3\n", "-1 1 -1"),
            ("1.50,1\n2.5,2\n1.5,3\n", "1.5 2.5 1.5"),
            ("1E5,1\nB2,2\n1E5,3\n", "1E5 B2 1E5"),
            ("True,1\nFalse,2\nTrue,3\n", "True False True"),
            (" \"a b\" ,1\nc,2\na b,3\n", "a b c a b"),
            // Written as one character and as two.
            ("\u{e4},1\na\u{308},2\nb,3\n", "\u{e4} \u{e4} b"),
        ] {
            let first = Options {
                label_column: Some(LabelColumn::Index(0)),
                ..Options::default()
            };
            assert_eq!(names(&images(text, &first).0).join(" "), expected);
        }
    }

    #[test]
    fn tables_whose_columns_have_names_are_rows_of_these() {
        let text = "class,age,bmi,heart rate,weight\nA,1,2,3,4\nB,5,6,7,8\nA,5,6,7,8\n";
        let (images, _) = images(text, &Options::default());
        assert_eq!((images.image.height, images.image.width), (1, 4));
        assert_eq!(
            images.columns.unwrap(),
            ["age", "bmi", "heart rate", "weight"]
        );
        let shaped = Options {
            shape: Some(ImageShape::grey(2, 2)),
            ..Options::default()
        };
        let (images, _) = self::images(text, &shaped);
        assert_eq!((images.image.height, images.image.width), (2, 2));
        assert_eq!(images.columns.unwrap().len(), 4);
        let (images, _) = self::images(
            "label,p1,p2,p3,p4\nA,1,2,3,4\nB,5,6,7,8\n",
            &Options::default(),
        );
        assert_eq!((images.image.height, images.columns), (2, None));
    }

    #[test]
    fn names_and_numbers_of_rows_are_no_labels() {
        let text = "\tage\tbmi\tsite\nn1\t1\t2\tA\nn2\t5\t6\tB\nn3\t7\t8\tA\n";
        for label_column in [
            None,
            Some(LabelColumn::None),
            Some(LabelColumn::Name("site".into())),
        ] {
            let none = label_column == Some(LabelColumn::None);
            let drop = if none {
                vec![LabelColumn::Index(3)]
            } else {
                Vec::new()
            };
            let options = Options {
                label_column,
                drop,
                ..Options::default()
            };
            let (images, _, notes) = noted(text, &options);
            assert_eq!(floats(&images), [1.0, 2.0, 5.0, 6.0, 7.0, 8.0]);
            assert!(
                notes.contains(&"The column 1 names the rows and was left out.".into()),
                "{notes:?}"
            );
            assert_eq!(images.labels.is_none(), none);
        }
        // R leaves out the name above the names of rows.
        let (images, choices) = images("age bmi\n\"n 1\" 1 2\n\"n 2\" 3 4\n", &Options::default());
        assert_eq!(floats(&images), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(choices.columns, ["column 1", "age", "bmi"]);
        // A row that has lost a value is no header.
        assert!(read("cat,1,2\ndog,1,2,3\ncat,4,5,6\n", &Options::default()).is_err());

        let text = "sample_id,age,bmi,diagnosis\n727963759,1,2,B\n587344459,5,6,M\n1,7,8,M\n";
        let (images, choices, notes) = noted(text, &Options::default());
        assert_eq!(images.columns.unwrap(), ["age", "bmi"]);
        assert_eq!(choices.left_out, [0]);
        assert_eq!(
            notes,
            [
                "The column sample_id numbers the rows and was left out; it can be kept.",
                "The labels are those of the column diagnosis."
            ]
        );
        let keep = Options {
            keep: vec![LabelColumn::Name("sample_id".into())],
            ..Options::default()
        };
        let (images, _, notes) = noted(text, &keep);
        assert_eq!(images.columns.unwrap(), ["sample_id", "age", "bmi"]);
        assert!(
            notes.concat().contains("sample_id was read as values"),
            "{notes:?}"
        );
    }

    #[test]
    fn columns_can_be_left_out_and_empty_ones_are() {
        let text = "a,b,c,d,\n1,2,,3,\n4,5,NA,3,\n";
        let (images, choices, notes) = noted(text, &Options::default());
        assert_eq!(images.columns.as_deref().unwrap(), ["a", "b", "d"]);
        assert_eq!(floats(&images), [1.0, 2.0, 3.0, 4.0, 5.0, 3.0]);
        assert_eq!(choices.left_out, [2, 4]);
        assert_eq!(notes, ["The columns c and 5 are empty and were left out."]);
        assert_eq!(images.handling, ["The columns c and 5 were left out."]);
        let drop = Options {
            drop: vec![LabelColumn::Name("a".into()), LabelColumn::Index(3)],
            ..Options::default()
        };
        let (images, _, _) = noted("a,b,c,d\n1,2,9,3\n4,5,8,3\n", &drop);
        assert_eq!(images.columns.unwrap(), ["b", "c"]);
    }

    #[test]
    fn words_that_are_no_labels_are_asked_about() {
        let text = "site,sex,age\nA,m,1\nB,f,2\nA,f,3\n";
        let error = read(text, &Options::default()).unwrap_err();
        assert!(matches!(error.needs, Some(Need::Column(_))), "{error}");
        let site = Options {
            label_column: Some(LabelColumn::Name("site".into())),
            ..Options::default()
        };
        let error = read(text, &site).unwrap_err();
        assert_eq!(error.needs, Some(Need::Drop(vec!["sex".into()])), "{error}");
        let (images, _) = images("site,smoker,age\nA,True,1\nB,False,2\nA,False,3\n", &site);
        assert_eq!(floats(&images), [1.0, 1.0, 0.0, 2.0, 0.0, 3.0]);
    }

    #[test]
    fn rows_with_gaps_are_refused_or_left_out() {
        let text = "class,a,b\nx,1,2\ny,NA,4\nx,5,?\n,7,8\ny,9,10\n";
        let error = read(text, &Options::default()).unwrap_err();
        assert_eq!(error.needs, Some(Need::Gaps { rows: 3 }));
        assert_eq!(error.place.as_deref(), Some("line 3, column 2 (a)"));
        let drop = Options {
            gaps: Gaps::Drop,
            ..Options::default()
        };
        let (images, _, notes) = noted(text, &drop);
        assert_eq!(floats(&images), [1.0, 2.0, 9.0, 10.0]);
        assert_eq!(names(&images), ["x", "y"]);
        assert_eq!(images.left_out, [(0, 1), (0, 2), (0, 3)]);
        let said = "3 rows were left out, in which values are missing: lines 3, 4, 5.";
        assert_eq!(notes.last().unwrap(), said);
        assert_eq!(images.handling, [said]);
        assert!(read("a,b\nNA,1\n2,\n", &drop).is_err());
        // A hyphen is a class beside a plus.
        let (images, _) = self::images("class,a\n-,1\n+,2\n-,3\n", &Options::default());
        assert_eq!(names(&images), ["-", "+", "-"]);
    }

    #[test]
    fn what_points_and_commas_are_is_judged_by_all_numbers() {
        let values = |text: &str, options: &Options| images(text, options).0.pixels.into_floats();
        let default = Options::default();
        assert_eq!(
            values("a;b\n9.060;1\n9.060,5;2\n", &default),
            [9060.0, 1.0, 9060.5, 2.0]
        );
        assert_eq!(
            values("a;b\n9.060;1\n0.5;2\n", &default),
            [9.06, 1.0, 0.5, 2.0]
        );
        assert_eq!(
            values("a,b\n\"9,060\",1\n0.5,2\n", &default),
            [9060.0, 1.0, 0.5, 2.0]
        );
        assert_eq!(
            values("a,b\n9.060,1.234\n9.060,2.345\n", &default)[1],
            1.234
        );
        assert_eq!(
            values("0,5;1,5;2,5;0,25\n", &default),
            [0.5, 1.5, 2.5, 0.25]
        );
        assert_eq!(
            values("a;b\n1'234'567;1\n2 000;2\n", &default)[0],
            1_234_567.0
        );
        let unclear = read("a;b\n9.060;1\n8.060;2\n", &default).unwrap_err();
        let number = "9.060".into();
        assert_eq!(unclear.needs, Some(Need::Decimal { number }));
        assert!(
            unclear.to_string().contains("line 2: The point in “9.060”"),
            "{unclear}"
        );
        for (decimal, expected) in [(Decimal::Comma, 9060.0), (Decimal::Point, 9.06)] {
            let options = Options {
                decimal: Some(decimal),
                ..Options::default()
            };
            assert_eq!(values("a;b\n9.060;1\n8.060;2\n", &options)[0], expected);
        }
        let odds = read("a;b\n0.5;1\n1,5;2\n", &default)
            .unwrap_err()
            .to_string();
        assert!(
            odds.contains("“0.5”") && odds.contains("“1,5” in line 3"),
            "{odds}"
        );
    }

    #[test]
    fn headers_may_be_made_of_numbers_and_first_lines_be_rows() {
        for (text, count) in [
            ("1,0,0.1,0.2\n1,7,8,9\n2,7,8,9\n", 2),
            ("1,0,0.1,0.2\n1,7,0.5,0.5\n2,7,8,9\n", 3),
            (
                "oak,0,10,20,30,40,50,60,70\nash,1,2,3,4,5,6,7,9\nelm,1,2,3,4,5,6,7,9\n",
                2,
            ),
            ("0,5;1,5;2,5;1\n2,5;3,5;4,5;2\n", 2),
            ("5,NA,3,4\n1,2,3,4\n4,5,6,7\n", 3),
        ] {
            let drop = Options {
                gaps: Gaps::Drop,
                label_column: Some(LabelColumn::Index(0)),
                shape: Some(ImageShape::grey(
                    1,
                    text.lines().next().unwrap().split([',', ';']).count() - 1,
                )),
                ..Options::default()
            };
            let drop = if text.contains(';') {
                Options {
                    shape: Some(ImageShape::grey(1, 3)),
                    ..drop
                }
            } else {
                drop
            };
            let (images, _) = images(text, &drop);
            assert_eq!(images.count() + images.left_out.len(), count, "{text}");
        }
        // The first row is one of three fields, the second of which goes on in the next line.
        let text = "# a b;c\n7;\"x\n1\";2\n8;\"y\n1\";3\n9;\"y\n1\";4\n";
        let pair = Options {
            shape: Some(ImageShape::grey(1, 2)),
            ..Options::default()
        };
        let (found, choices) = images(text, &pair);
        assert_eq!((found.count(), choices.header), (3, false));
        let header = Options {
            header: Some(true),
            ..Options::default()
        };
        assert_eq!(images("9,1,2,3\n5,6,7,8\n", &header).0.count(), 1);
    }
}
