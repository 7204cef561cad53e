//! What each column of a table is: labels, values, or nothing that an image is made of.

use super::error::{Need, ReadError};
use super::labels::MAX_CLASSES;
use super::names;
use super::options::{LabelColumn, Options};
use super::part::{listed, makes};
use super::survey::{Survey, Watched};

/// Columns whose names are handed out as choices; more make no readable list.
const MAX_CHOICES: usize = 1000;
/// Whole numbers of a named column are classes if they are this few.
const FEW_CLASSES: usize = 20;

/// What each column of a table is.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Counted from 0, as are all places here.
    pub label: Option<usize>,
    pub values: Vec<usize>,
    pub left_out: Vec<usize>,
    /// The names of the values, where they say more than a place.
    pub names: Option<Vec<String>>,
    /// What all values are called, whatever that says, where a line holds it.
    pub header: Option<Vec<String>>,
    /// The same, or their places in the table.
    pub called: Vec<String>,
    /// What was found, in sentences.
    pub notes: Vec<String>,
}

/// The columns' names, or `column 1` and so on.
pub(super) fn choices(survey: &Survey) -> Vec<String> {
    let columns = survey.columns.min(MAX_CHOICES);
    (0..columns).map(|column| survey.called(column)).collect()
}

impl Columns {
    pub fn of(name: &str, survey: &Survey, options: &Options) -> Result<Self, ReadError> {
        let find = |asked: &LabelColumn| place(survey, asked);
        let mut columns = Self::default();
        let chosen = match &options.label_column {
            None | Some(LabelColumn::None) => None,
            Some(asked) => Some(find(asked).ok_or_else(|| unknown(name, survey, asked))?),
        };
        let dropped: Vec<usize> = options.drop.iter().filter_map(find).collect();
        let kept: Vec<usize> = options.keep.iter().filter_map(find).collect();
        let free = |column: &usize| chosen != Some(*column) && !dropped.contains(column);

        let mut rest: Vec<usize> = (0..survey.columns).filter(free).collect();
        columns.left_out = dropped;
        columns.leave_out_empty(survey, &mut rest);
        if survey.columns > 1 {
            columns.leave_out_ids(survey, &mut rest, &kept);
        }
        let label = match (chosen, &options.label_column) {
            (None, None) => label(name, survey, &rest, options)?,
            (chosen, _) => chosen,
        };
        if let Some(column) = label {
            let called = survey.called(column);
            columns.notes.push(match survey.name(column) {
                Some(name) if !name.is_empty() => {
                    format!("The labels are those of the column {called}.")
                }
                _ => format!("The labels are those of {called}."),
            });
        }
        rest.retain(|column| label != Some(*column));
        columns.label = label;
        refuse_words(name, survey, &rest)?;
        columns.note_ids(survey, &rest);

        let names: Option<Vec<&str>> = rest.iter().map(|&column| survey.name(column)).collect();
        columns.called = rest.iter().map(|&column| survey.called(column)).collect();
        columns.header = names.as_ref().map(|_| columns.called.clone());
        let names = names.filter(|names| !names::only_count(names));
        columns.names = names.map(|_| columns.called.clone());
        columns.values = rest;
        columns.left_out.sort_unstable();
        Ok(columns)
    }

    fn leave_out_empty(&mut self, survey: &Survey, rest: &mut Vec<usize>) {
        let empty = |column: &usize| {
            let seen = survey.seen(*column);
            survey.columns > 1 && seen.is_some_and(|seen| seen.gaps == survey.rows)
        };
        let left: Vec<usize> = rest.iter().copied().filter(empty).collect();
        if left.is_empty() {
            return;
        }
        rest.retain(|column| !left.contains(column));
        self.notes.push(format!(
            "{} and {} left out.",
            those(survey, &left, ["is empty", "are empty"]),
            if left.len() == 1 { "was" } else { "were" }
        ));
        self.left_out.extend(left);
    }

    /// Leaves out what names or numbers the rows, unless it is to be kept.
    fn leave_out_ids(&mut self, survey: &Survey, rest: &mut Vec<usize>, kept: &[usize]) {
        let named_label = |column| survey.name(column).is_some_and(names::is_label);
        let names_rows = |column: &usize| {
            let seen = survey.seen(*column);
            seen.is_some_and(Watched::names_rows) && !named_label(*column)
        };
        let numbers_rows = |column: &usize| {
            let seen = survey.seen(*column);
            let named = survey.name(*column).is_some_and(names::is_id);
            named && !kept.contains(column) && seen.is_some_and(Watched::numbers_rows)
        };
        let words: Vec<usize> = rest.iter().copied().filter(names_rows).collect();
        let numbers: Vec<usize> = rest.iter().copied().filter(numbers_rows).collect();
        for (left, [one, many]) in [
            (
                words,
                [
                    "names the rows and was left out.",
                    "name the rows and were left out.",
                ],
            ),
            (
                numbers,
                [
                    "numbers the rows and was left out; it can be kept.",
                    "number the rows and were left out; they can be kept.",
                ],
            ),
        ] {
            if left.is_empty() {
                continue;
            }
            rest.retain(|column| !left.contains(column));
            self.notes.push(those(survey, &left, [one, many]));
            self.left_out.extend(left);
        }
    }

    /// Says of columns that their names speak against being values.
    fn note_ids(&mut self, survey: &Survey, values: &[usize]) {
        let id = |column: &usize| {
            let name = survey.name(*column);
            name.is_some_and(|name| !name.is_empty() && names::is_id(name))
        };
        let ids: Vec<usize> = values.iter().copied().filter(id).collect();
        if !ids.is_empty() {
            self.notes.push(format!(
                "{} like the others; leave out what only numbers the rows.",
                those(survey, &ids, ["was read as values", "were read as values"])
            ));
        }
    }
}

/// `The column a is empty`, `The columns a and b are empty`.
pub(super) fn those(survey: &Survey, columns: &[usize], [one, many]: [&str; 2]) -> String {
    let name = |&column: &usize| match survey.name(column) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => (column + 1).to_string(),
    };
    let names: Vec<String> = columns.iter().map(name).collect();
    match columns {
        [_] => format!("The column {} {one}", names[0]),
        _ => format!("The columns {} {many}", listed(&names)),
    }
}

/// Where a column is that was asked for, counted from 0.
pub(super) fn place(survey: &Survey, asked: &LabelColumn) -> Option<usize> {
    match asked {
        LabelColumn::None => None,
        LabelColumn::Index(index) => Some(*index).filter(|index| *index < survey.columns),
        LabelColumn::Name(wanted) => {
            let names = survey.header.as_ref()?;
            let exact = names.iter().position(|name| name == wanted);
            exact.or_else(|| {
                // Names are written in more than one form of Unicode.
                let wanted = super::labels::composed(wanted.trim());
                names
                    .iter()
                    .position(|name| super::labels::composed(name) == wanted)
            })
        }
    }
}

fn unknown(name: &str, survey: &Survey, asked: &LabelColumn) -> ReadError {
    let message = match asked {
        LabelColumn::Index(index) => format!(
            "There is no column {}, only {}. Choose one of these.",
            index + 1,
            survey.columns
        ),
        LabelColumn::Name(wanted) => {
            format!("No column is called {wanted}. Choose one of those in the first line.")
        }
        LabelColumn::None => "Choose the column of the labels.".into(),
    };
    ReadError::new(name, message).needing(Need::Column(choices(survey)))
}

/// The column that holds the labels, if nothing was chosen: by its name; else the only one that
/// holds words; else the first or the last, where they look like numbers of classes and the other
/// columns make an image or have names.
fn label(
    name: &str,
    survey: &Survey,
    columns: &[usize],
    options: &Options,
) -> Result<Option<usize>, ReadError> {
    let refuse =
        |message: String| Err(ReadError::new(name, message).needing(Need::Column(choices(survey))));
    let called = |column: &usize| survey.name(*column).unwrap_or_default().to_lowercase();
    // Beside x, y is the other coordinate.
    let coordinates = columns.iter().any(|column| called(column) == "x");
    let named = columns.iter().find(|column| {
        let name = called(column);
        names::is_label(&name) && !(coordinates && name == "y")
    });
    if let Some(column) = named {
        return Ok(Some(*column));
    }
    let words: Vec<usize> = columns
        .iter()
        .copied()
        .filter(|&column| {
            survey
                .seen(column)
                .is_some_and(|seen| seen.words > 0 && seen.numbers == 0)
        })
        .collect();
    // Columns of True and False are features where another holds words.
    let others: Vec<usize> = words
        .iter()
        .copied()
        .filter(|&column| survey.seen(column).is_some_and(|seen| seen.other_words > 0))
        .collect();
    match (others.as_slice(), words.as_slice()) {
        (&[only], _) | ([], &[only]) => return Ok(Some(only)),
        ([], []) => {}
        _ => {
            return refuse(format!(
                "{}. Choose the column of the labels, and leave out the others.",
                those(survey, &words, ["holds words", "hold words"])
            ));
        }
    }
    let &[first, .., last] = columns else {
        return Ok(columns.first().copied());
    };
    let names: Option<Vec<&str>> = columns.iter().map(|&column| survey.name(column)).collect();
    let table = names.is_some_and(|names| !names::only_count(&names[..names.len() - 1]));
    let used = columns.len();
    let image = |pixels: usize| match options.shape {
        Some(image) => makes(image, pixels),
        None => table || pixels.isqrt().pow(2) == pixels,
    };
    if image(used) && !image(used - 1) {
        return Ok(None);
    }
    let most = if table { FEW_CLASSES } else { MAX_CLASSES };
    for end in [first, last] {
        let seen = survey.seen(end);
        if seen.is_some_and(|seen| seen.like_labels(survey.rows, most)) {
            return Ok(Some(end));
        }
    }
    if !image(used) && image(used - 1) {
        return refuse(
            "Which column holds the labels cannot be told. Choose the column of the labels.".into(),
        );
    }
    Ok(None)
}

/// Refuses columns of words among the values.
fn refuse_words(name: &str, survey: &Survey, values: &[usize]) -> Result<(), ReadError> {
    let words = |column: &usize| {
        let seen = survey.seen(*column);
        seen.is_some_and(|seen| seen.other_words > 0 && seen.numbers == 0)
    };
    let words: Vec<usize> = values.iter().copied().filter(words).collect();
    if words.is_empty() || words.len() == survey.columns {
        return Ok(());
    }
    let message = format!(
        "{}, which no image is made of. Leave out what is neither labels nor numbers.",
        those(survey, &words, ["holds words", "hold words"])
    );
    let names = words.iter().map(|&column| survey.called(column)).collect();
    Err(ReadError::new(name, message).needing(Need::Drop(names)))
}
