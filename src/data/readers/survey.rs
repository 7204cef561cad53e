//! What a first pass over a table finds out: whether it has a header, what its columns hold, and
//! what the marks in its numbers are.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use csv::ByteRecord;

use super::dialect::{Dialect, Rows, text_of};
use super::error::ReadError;
use super::labels::MAX_CLASSES;
use super::names;
use super::number::{Marks, is_gap, number, truth};

/// Columns whose values are all remembered, to see whether they differ.
const MAX_REMEMBERED: usize = 64;

/// What a first pass over the table finds out.
pub(super) struct Survey {
    /// Rows below the header.
    pub rows: usize,
    pub columns: usize,
    /// The columns' names, if a line holds them.
    pub header: Option<Vec<String>>,
    /// Whether the first row is that line.
    pub header_row: bool,
    /// The columns that may hold something else than values of images.
    watched: Vec<Watched>,
    /// What the marks in each column's numbers show; empty where no number has any.
    pub marks: Vec<Marks>,
}

/// A column that is looked at in every row.
pub(super) struct Watched {
    pub column: usize,
    pub gaps: usize,
    /// Values that are no numbers.
    pub words: usize,
    /// Words that are not `True` or `False`.
    pub other_words: usize,
    pub numbers: usize,
    /// Whether all numbers are whole.
    pub whole: bool,
    /// Whether a value stands there twice.
    pub repeats: bool,
    distinct: HashSet<u64>,
    /// Whether all values are remembered, not only as many as there can be classes.
    all: bool,
}

/// Which marks are to be looked for, and when that is done.
struct Search {
    wanted: bool,
    /// Whether points and commas stand in the text.
    both: bool,
    found: Marks,
}

impl Survey {
    pub fn of(
        rows: &mut Rows<'_>,
        text: &[u8],
        dialect: &Dialect,
        header: Option<bool>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, ReadError> {
        let (mut first, mut record) = (ByteRecord::new(), ByteRecord::new());
        if !rows.next(&mut first)? {
            return Ok(Self::empty());
        }
        // R leaves out the name above the names of the rows.
        let second = rows.next_of_any_width(&mut record)?;
        let short = second && is_short(&first, &record, header);
        let columns = first.len() + usize::from(short);
        if short {
            rows.widen(columns);
        }
        if second {
            rows.check(&record)?;
        }

        let mut names: Vec<String> = first.iter().map(text_of).collect();
        if short {
            names.insert(0, String::new());
        }
        let below = second.then_some(&record);
        let found = short || is_header(&names, below);
        // A quoted field of the first row may go on in the next line.
        let above = dialect.commented.clone().filter(|above| {
            let fits = above.len() == columns && names::are_words(above);
            fits && !found && header != Some(false)
        });
        let header_row = above.is_none() && header.unwrap_or(found);
        let header = if header_row { Some(names) } else { above };
        let mut survey = Self {
            rows: 0,
            columns,
            header,
            header_row,
            watched: Vec::new(),
            marks: Vec::new(),
        };
        let mut search = Search::of(text, dialect);
        if !header_row {
            survey.add(&first, &mut search);
        }
        let mut more = second;
        while more {
            survey.add(&record, &mut search);
            if survey.rows.is_multiple_of(1024) {
                progress(rows.byte());
            }
            more = rows.next(&mut record)?;
        }
        Ok(survey)
    }

    fn empty() -> Self {
        Self {
            rows: 0,
            columns: 0,
            header: None,
            header_row: false,
            watched: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn add(&mut self, row: &ByteRecord, search: &mut Search) {
        if self.rows == 0 {
            self.watch(row);
        }
        self.rows += 1;
        for column in &mut self.watched {
            column.add(row.get(column.column).unwrap_or_default());
        }
        if search.wanted {
            self.marks.resize(self.columns, Marks::default());
            for (known, field) in self.marks.iter_mut().zip(row) {
                let marks = Marks::of(field);
                *known = known.with(marks);
                search.found = search.found.with(marks);
            }
            search.wanted = search.both || !search.found.any(Marks::DECISIVE);
        }
    }

    /// Chooses the columns to watch: those that do not start with a number, those whose name says
    /// that they number the rows, the first and the last.
    fn watch(&mut self, row: &ByteRecord) {
        let mut remembered = 0;
        for column in 0..self.columns {
            let field = row.get(column).unwrap_or_default();
            let name = self.name(column);
            let id = name.is_some_and(names::is_id);
            let label = name.is_some_and(names::is_label);
            let word = some_number(field).is_none();
            if id || label || word || column == 0 || column + 1 == self.columns {
                let all = (id || word) && remembered < MAX_REMEMBERED;
                remembered += usize::from(all);
                self.watched.push(Watched::new(column, all));
            }
        }
    }

    /// The rows below the header.
    pub fn rows_below<'a>(&self, mut rows: Rows<'a>) -> Result<Rows<'a>, ReadError> {
        if self.header_row {
            let mut header = ByteRecord::new();
            rows.next_of_any_width(&mut header)?;
            if header.len() < self.columns {
                rows.widen(self.columns);
            }
        }
        Ok(rows)
    }

    /// What was seen of a column, if it was watched.
    pub fn seen(&self, column: usize) -> Option<&Watched> {
        let place = self
            .watched
            .binary_search_by_key(&column, |watched| watched.column);
        place.ok().map(|place| &self.watched[place])
    }

    /// The name of a column, if a line holds names.
    pub fn name(&self, column: usize) -> Option<&str> {
        let names = self.header.as_ref()?;
        names.get(column).map(String::as_str)
    }

    /// A column for people: by its name, or by its place, counted from 1.
    pub fn called(&self, column: usize) -> String {
        match self.name(column) {
            Some(name) if !name.is_empty() => name.into(),
            _ => format!("column {}", column + 1),
        }
    }
}

impl Watched {
    fn new(column: usize, all: bool) -> Self {
        Self {
            column,
            gaps: 0,
            words: 0,
            other_words: 0,
            numbers: 0,
            whole: true,
            repeats: false,
            distinct: HashSet::new(),
            all,
        }
    }

    fn add(&mut self, field: &[u8]) {
        let field = field.trim_ascii();
        if is_gap(field) {
            self.gaps += 1;
            return;
        }
        if let Some(value) = some_number(field) {
            self.numbers += 1;
            self.whole &= value.fract() == 0.0;
        } else {
            self.words += 1;
            self.other_words += usize::from(truth(field).is_none());
        }
        // Once a value is repeated, only the count of classes matters.
        if self.distinct.len() <= MAX_CLASSES || (self.all && !self.repeats) {
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(field);
            self.repeats |= !self.distinct.insert(hash);
        }
    }

    /// Whether there are several values, all different, and none is a number.
    pub fn names_rows(&self) -> bool {
        self.all && !self.repeats && self.numbers == 0 && self.words > 1
    }

    /// Whether there are several values, all different whole numbers.
    pub fn numbers_rows(&self) -> bool {
        self.all && !self.repeats && self.whole && self.words == 0 && self.numbers > 1
    }

    /// Whether the values could be the numbers of at most so many classes.
    pub fn like_labels(&self, rows: usize, most: usize) -> bool {
        let distinct = self.distinct.len();
        self.words == 0 && self.whole && distinct >= 2 && distinct <= most.min(rows / 2)
    }
}

impl Search {
    /// Numbers of whose points and commas it cannot be told from the separator what they are are
    /// looked at one by one.
    fn of(text: &[u8], dialect: &Dialect) -> Self {
        let header = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let rest = &text[header.unwrap_or(0)..];
        let points = || rest.contains(&b'.');
        let (wanted, both) = match dialect.separator {
            b',' if has_quoted_comma(rest) => (true, true),
            b',' => (false, false),
            b' ' => (rest.contains(&b','), true),
            _ => {
                let commas = rest.contains(&b',');
                (commas || points(), commas && points())
            }
        };
        Self {
            wanted,
            both,
            found: Marks::default(),
        }
    }
}

/// Whether there is a comma between quotes.
fn has_quoted_comma(text: &[u8]) -> bool {
    let mut pieces = text.split(|&byte| byte == b'"');
    // Outside, inside, outside, and so on.
    while pieces.next().is_some() {
        if pieces.next().is_some_and(|inside| inside.contains(&b',')) {
            return true;
        }
    }
    false
}

/// The number in a field, whatever the marks in it are.
fn some_number(field: &[u8]) -> Option<f32> {
    let found = number(field, false).or_else(|| number(field, true));
    found.filter(|value| !value.is_nan())
}

/// Whether the first line has one name less than the second has values.
fn is_short(first: &ByteRecord, second: &ByteRecord, header: Option<bool>) -> bool {
    let last = second.get(second.len() - 1).unwrap_or_default();
    let word = |field: &[u8]| !field.is_empty() && number(field, true).is_none();
    header != Some(false)
        && second.len() == first.len() + 1
        && !last.trim_ascii().is_empty()
        && (header == Some(true) || first.iter().all(word))
}

/// A first line is a header where it has a word above a number, or counts the columns, or has the
/// name of a column of labels; or where pandas made it of a line of numbers.
fn is_header(names: &[String], below: Option<&ByteRecord>) -> bool {
    let number = |field: &[u8]| some_number(field).is_some();
    let word = |name: &String| !is_gap(name.as_bytes()) && !number(name.as_bytes());
    let Some(below) = below else {
        return names.iter().any(word);
    };
    let above = || names.iter().zip(below);
    let counted = |from: usize| {
        let counts = |(place, field): (usize, &String)| *field == (place + from).to_string();
        names.len() > 2 && names.iter().enumerate().all(counts)
    };
    let whole = above()
        .filter(|(name, _)| name.contains('.'))
        .all(|(_, field)| field.iter().all(u8::is_ascii_digit));
    let below_names = || -> Vec<String> { below.iter().map(text_of).collect() };
    // A label is a letter in some tables: y is one, and the name of a column.
    let label =
        |(name, field): (&String, &[u8])| names::is_label(name) && field.len() != name.len();
    above().any(|(name, field)| word(name) && number(field))
        || counted(0)
        || counted(1)
        || (names.iter().all(word) && above().any(label))
        || names::are_numbered_repeats(names, whole)
        || names::are_steps(numbers_of(names)) && !names::are_steps(numbers_of(&below_names()))
}

/// Without a first or last name that may be that of the labels.
fn numbers_of(names: &[String]) -> &[String] {
    let word = |name: &String| name.parse::<f64>().is_err();
    let start = usize::from(names.first().is_some_and(word));
    let end = usize::from(names.len() > start && names.last().is_some_and(word));
    &names[start..names.len() - end]
}
