//! Pictures or recordings and the classes that they are of.

use super::collection::Choices;
use super::error::{Need, ReadError};
use super::label_table::{self, Refusal};
use super::options::{LabelColumn, Options};
use super::part::listed;
use super::paths::{self, Found};
use super::source::{Entry, Source};
use crate::numerals::grouped;

/// The most bytes of a table of labels: a hundred for each of the most files.
const MAX_TABLE: u64 = 20 << 20;

/// A file and the name of its class.
pub(super) struct Labelled {
    pub entry: Entry,
    pub class: String,
}

/// Files that cannot be read and do not cost the others.
#[derive(Default)]
pub(super) struct LeftOut(Vec<ReadError>);

impl LeftOut {
    /// What was read, unless it cannot be; then why is kept. Too much unpacked ends it all.
    pub fn keep<T>(
        &mut self,
        read: Result<T, ReadError>,
        source: &Source<'_>,
    ) -> Result<Option<T>, ReadError> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if source.is_spent() => Err(error),
            Err(error) => {
                self.0.push(error);
                Ok(None)
            }
        }
    }

    /// Tells which of `count` files were left out. Where all of them were, the first error says why.
    pub fn told(self, count: usize, what: &str, notes: &mut Vec<String>) -> Result<(), ReadError> {
        let names: Vec<&str> = self.0.iter().map(|error| error.file.as_str()).collect();
        let list = listed(&names);
        let left = self.0.len();
        let Some(first) = self.0.into_iter().next() else {
            return Ok(());
        };
        if left == count {
            return Err(first);
        }
        notes.push(format!(
            "{} of {} {what} cannot be read and were left out: {list}. {}",
            grouped(left),
            grouped(count),
            first.message
        ));
        Ok(())
    }
}

/// Gives every file its class: by a table beside them, or else by folders or their own names,
/// whichever is to be tried first. Leaves out, and names, what is no image or has no class.
pub(super) fn of(
    source: &mut Source<'_>,
    mut entries: Vec<Entry>,
    tables: &[Entry],
    options: &Options,
    (first, what): (Found, &str),
    choices: &mut Choices,
    notes: &mut Vec<String>,
) -> Result<Vec<Labelled>, ReadError> {
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let masks = paths::masks(&paths);
    if masks.contains(&true) {
        let names = entries.iter().zip(&masks).filter(|(_, mask)| **mask);
        let names: Vec<&str> = names.map(|(entry, _)| entry.name.as_str()).collect();
        notes.push(format!(
            "Taken for masks and left out: {}. Rename their folder if they are {what}.",
            listed(&names)
        ));
        let mut masks = masks.iter();
        entries.retain(|_| masks.next() == Some(&false));
    }

    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let mut labels: Vec<Option<String>> = Vec::new();
    let mut refused = Vec::new();
    for table in tables {
        let text = source.bytes(table, MAX_TABLE)?;
        match label_table::labels(&table.name, &text, &paths, options) {
            Ok(given) => {
                labels.resize(paths.len(), None);
                for ((label, new), path) in labels.iter_mut().zip(given.labels).zip(&paths) {
                    if let (Some(label), Some(new)) = (&*label, &new)
                        && label != new
                    {
                        let message = format!(
                            "This calls {path} {new}, another table calls it {label}. Leave one of \
                             them out."
                        );
                        return Err(ReadError::new(&table.name, message));
                    }
                    *label = label.take().or(new);
                }
                choices.columns = given.columns;
                choices.label_column = Some(given.column);
                choices.header = Some(given.header);
                notes.extend(given.told);
            }
            Err(Refusal {
                reason,
                columns: Some(columns),
            }) => {
                let message = format!("The table names these {what}, and {reason}. Choose one.");
                let need = Need::Column(columns);
                return Err(ReadError::new(&table.name, message).needing(need));
            }
            Err(refusal) => refused.push((&table.name, refusal.reason)),
        }
    }
    if labels.is_empty() {
        let (names, found) = paths::of_files(&paths, first);
        // Who brings labels and gets none has to know.
        let wanted = |(name, _): &&(&String, String)| {
            let choose = options.label_column.as_ref();
            paths::stem(name).to_lowercase().contains("label")
                || choose.is_some_and(|column| *column != LabelColumn::None)
        };
        if let (Found::Nowhere, Some((name, reason))) = (found, refused.iter().find(wanted)) {
            let message = format!(
                "The table gives these {what} no labels: {reason}. It needs a column of file names \
                 and one of labels, or a label for every file in the order of their paths."
            );
            return Err(ReadError::new(name, message));
        }
        notes.push(paths::told(found, what));
        labels = names.iter().map(|name| name.map(Into::into)).collect();
    }
    for (name, reason) in refused {
        notes.push(format!("{name} was left out: {reason}."));
    }
    let unlabelled = entries.iter().zip(&labels).filter(|(_, of)| of.is_none());
    let unlabelled: Vec<&str> = unlabelled.map(|(entry, _)| entry.name.as_str()).collect();
    if !unlabelled.is_empty() {
        notes.push(format!(
            "{} of {} {what} were left out, because they have no label: {}.",
            unlabelled.len(),
            entries.len(),
            listed(&unlabelled)
        ));
    }
    let labelled = entries.into_iter().zip(labels);
    Ok(labelled
        .filter_map(|(entry, class)| {
            Some(Labelled {
                entry,
                class: class?,
            })
        })
        .collect())
}
