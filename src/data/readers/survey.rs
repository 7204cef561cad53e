//! What a first pass over a table finds out: whether it has a header, and which column holds the
//! labels.

use std::collections::HashSet;

use csv::ByteRecord;

use super::dialect::{Form, next, number, reader};
use super::error::{Need, ReadError};
use super::labels::MAX_CLASSES;
use super::options::{LabelColumn, Options};

/// Names that columns of labels commonly have.
const LABEL_NAMES: [&str; 8] = [
    "label", "labels", "class", "target", "y", "digit", "letter", "category",
];
/// Names that tools give to a column that only counts the rows.
const COUNTER_NAMES: [&str; 5] = ["", "unnamed: 0", "index", "id", "rownames"];
/// Columns whose names are handed out as choices; more make no readable list.
const MAX_CHOICES: usize = 1000;

/// What a first pass over the table finds out.
pub(super) struct Survey {
    pub rows: usize,
    pub columns: usize,
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

pub(super) fn survey(
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
    pub fn has_header(&self) -> bool {
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
    pub fn counts_rows(&self, header: bool) -> bool {
        let [first, _] = &self.ends;
        header
            && self.columns > 1
            && COUNTER_NAMES.contains(&self.first[0].to_lowercase().as_str())
            && first.whole
            && first.consecutive
    }

    pub fn column_names(&self, header: bool) -> Vec<String> {
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
pub(super) fn label_column(
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
