//! Tables beside pictures or recordings that give them labels: by their names, or in their order.

use crate::numerals::grouped;
use std::collections::{HashMap, HashSet};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::labels::{MAX_CLASSES, composed};
use super::options::{LabelColumn, Options};
use super::part::listed;
use super::paths::{name, stem};
use super::text;

/// Names that columns of labels commonly have.
const LABEL_NAMES: [&str; 9] = [
    "label", "labels", "class", "target", "y", "digit", "letter", "category", "species",
];
/// More columns are not looked at.
const MAX_COLUMNS: usize = 64;

/// What a table says of files.
pub(super) struct Given {
    /// Of every file; absent where the table does not name it.
    pub labels: Vec<Option<String>>,
    /// The columns' names, or `column 1` and so on.
    pub columns: Vec<String>,
    pub column: usize,
    pub header: bool,
    /// How labels and files were joined, in sentences.
    pub told: Vec<String>,
}

/// Why a table gives no labels.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub reason: String,
    /// Its columns, where it names the files and one has to be chosen.
    pub columns: Option<Vec<String>>,
}

impl<T: Into<String>> From<T> for Refusal {
    fn from(reason: T) -> Self {
        Self {
            reason: reason.into(),
            columns: None,
        }
    }
}

/// The labels in a table for the files at `paths`, which are in the order of their paths; or why
/// there are none.
pub(super) fn labels(
    table: &str,
    text: &[u8],
    paths: &[&str],
    options: &Options,
) -> Result<Given, Refusal> {
    let rows = rows(text, paths.len())?;
    let names = Names::new(paths);
    let width = rows.iter().map(Vec::len).min().unwrap_or(0);
    let join = (0..width)
        .filter_map(|column| names.join(&rows, column))
        // Of columns that name as many, the first.
        .reduce(|best, other| {
            if other.found > best.found {
                other
            } else {
                best
            }
        });
    let enough = |join: &Join| 2 * join.found >= paths.len().min(rows.len());
    // Rows counted from 0 beside files counted from 1 name the wrong ones.
    let counted = |join: &Join| {
        let as_many = (paths.len()..paths.len() + 2).contains(&rows.len());
        as_many && join.found < paths.len() && counts(&rows, join.column)
    };
    match join.filter(|join| enough(join) && !counted(join)) {
        Some(join) if width > 1 => by_name(table, rows, paths, &join, options),
        _ => in_order(table, rows, paths.len(), options),
    }
}

/// The rows of a table, all with as many fields as the first.
fn rows(text: &[u8], files: usize) -> Result<Vec<Vec<String>>, Refusal> {
    let (text, _) = text::decode(text)?;
    let text = str::from_utf8(&text).map_err(|_| "it is no text")?;
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.ok_or("it is empty")?;
    let separators = ['\t', ';', ',', ' '];
    let separator = separators
        .into_iter()
        .find(|&separator| first.trim().contains(separator));
    let mut rows = Vec::new();
    if separator == Some(' ') {
        // Blanks separate where they make the same number of fields everywhere.
        let fields = |line: &str| line.split_whitespace().map(owned).collect::<Vec<_>>();
        rows.extend(text.lines().map(fields).filter(|row| !row.is_empty()));
        let count = rows[0].len();
        if rows.iter().any(|row| row.len() != count) {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            rows = lines.map(|line| vec![owned(line)]).collect();
        }
        return Ok(rows);
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .delimiter(separator.map_or(b',', |separator| separator as u8))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    // A table of all files of a data set may come with some of them.
    let most = files.saturating_mul(64).max(1 << 20);
    while reader
        .read_record(&mut record)
        .map_err(|_| "it is no table")?
    {
        if rows.len() == most {
            return Err("it has too many rows".into());
        }
        let fields = record.iter().take(MAX_COLUMNS).map(owned);
        rows.push(fields.collect::<Vec<_>>());
        if rows[rows.len() - 1].len() != rows[0].len() {
            return Err(format!("row {} has another number of values", rows.len()).into());
        }
    }
    Ok(rows)
}

fn owned(field: &str) -> String {
    composed(field).into_owned()
}

/// Files by what a table may call them.
struct Names<'a> {
    /// By path, by the ends of it that start with a folder or the name, each with and without the
    /// file's ending; absent where several are called so.
    by_name: HashMap<&'a str, Option<usize>>,
    by_number: HashMap<&'a str, Option<usize>>,
}

/// Which files the rows name in one column.
struct Join {
    column: usize,
    /// Of every row.
    files: Vec<Option<usize>>,
    /// How many different files are named.
    found: usize,
}

impl<'a> Names<'a> {
    fn new(paths: &[&'a str]) -> Self {
        let mut names = Self {
            by_name: HashMap::new(),
            by_number: HashMap::new(),
        };
        for (place, path) in paths.iter().copied().enumerate() {
            let mut add = |called: &'a str| {
                let known = names.by_name.entry(called).or_insert(Some(place));
                *known = known.filter(|known| *known == place);
            };
            let bare = path.len() - name(path).len() + stem(path).len();
            for end in ends(path) {
                let start = path.len() - end.len();
                add(end);
                add(&path[start..bare]);
            }
            let stem = stem(path);
            let digits = stem.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            if digits < stem.len() {
                let number = without_zeros(&stem[digits..]);
                let known = names.by_number.entry(number).or_insert(Some(place));
                *known = known.filter(|known| *known == place);
            }
        }
        names
    }

    /// The file of this name: of a path, the longest end that any file has.
    fn find(&self, called: &str) -> Option<usize> {
        let called = called.replace('\\', "/");
        let called = called.trim_start_matches("./");
        if called.is_empty() {
            return None;
        }
        let bare = called.len() - name(called).len() + stem(called).len();
        ends(called).find_map(|end| {
            let start = called.len() - end.len();
            let known = self.by_name.get(end).or_else(|| {
                // Named with another ending, or in other letters.
                let ending = &called[bare..];
                let is_ending = (2..=5).contains(&ending.len());
                is_ending.then(|| self.by_name.get(&called[start..bare]))?
            });
            known.copied().flatten()
        })
    }

    /// Which files the rows name in a column, by their names, or else by the numbers in them.
    fn join(&self, rows: &[Vec<String>], column: usize) -> Option<Join> {
        let of = |find: &dyn Fn(&str) -> Option<usize>| {
            let files: Vec<Option<usize>> = rows.iter().map(|row| find(&row[column])).collect();
            let found = files.iter().flatten().collect::<HashSet<_>>().len();
            (found > 0).then_some(Join {
                column,
                files,
                found,
            })
        };
        let by_number = |called: &str| {
            let is_number = !called.is_empty() && called.bytes().all(|c| c.is_ascii_digit());
            is_number.then(|| *self.by_number.get(without_zeros(called))?)?
        };
        of(&|called| self.find(called)).or_else(|| of(&by_number))
    }
}

/// The path and what is left of it without its outer folders, one after another.
fn ends(path: &str) -> impl Iterator<Item = &str> {
    let starts = path.match_indices('/').map(|(place, _)| place + 1);
    std::iter::once(0).chain(starts).map(|start| &path[start..])
}

fn without_zeros(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        number => number,
    }
}

fn by_name(
    table: &str,
    mut rows: Vec<Vec<String>>,
    paths: &[&str],
    join: &Join,
    options: &Options,
) -> Result<Given, Refusal> {
    let header = options.header.unwrap_or_else(|| {
        let [first, others @ ..] = rows.as_slice() else {
            return false;
        };
        let known = |row: &Vec<String>| {
            (0..row.len())
                .any(|of| of != join.column && !row[of].is_empty() && row[of] == first[of])
        };
        join.files[0].is_none() && !others.iter().any(known)
    });
    let columns = columns(&rows, header);
    let files = &join.files[usize::from(header)..];
    rows.drain(..usize::from(header));
    let column = label_column(&rows, &columns, &[join.column], options)?;

    let mut labels: Vec<Option<String>> = vec![None; paths.len()];
    let mut nowhere = Vec::new();
    for (row, file) in rows.iter_mut().zip(files) {
        let label = plain(std::mem::take(&mut row[column]));
        let Some(file) = *file else {
            nowhere.push(std::mem::take(&mut row[join.column]));
            continue;
        };
        match &labels[file] {
            _ if label.is_empty() => {}
            Some(other) if *other != label => {
                return Err(format!("it calls {} both {other} and {label}", paths[file]).into());
            }
            _ => labels[file] = Some(label),
        }
    }
    let mut told = vec![format!(
        "The labels are from {table}, {}, joined by name with {}.",
        columns[column], columns[join.column]
    )];
    if !nowhere.is_empty() {
        let list = listed(&nowhere);
        told.push(match nowhere.len() {
            1 => format!("A row of {table} names no file that is here: {list}."),
            count => format!(
                "{} rows of {table} name no file that is here: {list}.",
                grouped(count)
            ),
        });
    }
    Ok(Given {
        labels,
        columns,
        column,
        header,
        told,
    })
}

/// Labels without names, as many as there are files; a column that counts them may stand beside.
fn in_order(
    table: &str,
    mut rows: Vec<Vec<String>>,
    files: usize,
    options: &Options,
) -> Result<Given, Refusal> {
    let width = rows[0].len();
    let header = options.header.unwrap_or(rows.len() == files + 1);
    let columns = columns(&rows, header);
    rows.drain(..usize::from(header).min(rows.len()));
    if rows.len() < 2 || width > 1 && !counts(&rows, 0) {
        return Err("no column of it names these files".into());
    }
    if rows.len() != files {
        return Err(format!(
            "it has no names, and {} rows where there are {files} files",
            rows.len()
        )
        .into());
    }
    let counters: &[usize] = if width > 1 { &[0] } else { &[] };
    let column = label_column(&rows, &columns, counters, options)?;
    let labels = rows.iter_mut().map(|row| {
        let label = plain(std::mem::take(&mut row[column]));
        Some(label).filter(|label| !label.is_empty())
    });
    Ok(Given {
        labels: labels.collect(),
        told: vec![format!(
            "The labels are from {table}, {}, which names no files: they were given in the order of \
             the files' paths.",
            columns[column]
        )],
        columns,
        column,
        header,
    })
}

/// Whether a column counts the rows, from 0 or 1, below a header or without one.
fn counts(rows: &[Vec<String>], column: usize) -> bool {
    let number = |row: &Vec<String>| row[column].parse::<usize>().ok();
    let header = usize::from(rows.first().is_some_and(|row| number(row).is_none()));
    let numbers: Option<Vec<usize>> = rows[header..].iter().map(number).collect();
    numbers.is_some_and(|numbers| {
        numbers.first().is_some_and(|first| *first < 2)
            && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1)
    })
}

fn columns(rows: &[Vec<String>], header: bool) -> Vec<String> {
    let named = |(place, name): (usize, &String)| match name.as_str() {
        name if header && !name.is_empty() => name.into(),
        _ => format!("column {}", place + 1),
    };
    rows[0].iter().enumerate().map(named).collect()
}

/// The column that holds the labels: the chosen one, or one that is named so, or the only one that
/// makes classes.
fn label_column(
    rows: &[Vec<String>],
    columns: &[String],
    others: &[usize],
    options: &Options,
) -> Result<usize, Refusal> {
    let ask = |reason| Refusal {
        reason,
        columns: Some(columns.to_vec()),
    };
    match &options.label_column {
        Some(LabelColumn::None) => return Err("no labels were wanted".into()),
        Some(LabelColumn::Index(place)) if *place < columns.len() => return Ok(*place),
        Some(LabelColumn::Name(name)) => {
            if let Some(place) = columns.iter().position(|column| column == name) {
                return Ok(place);
            }
        }
        _ => {}
    }
    if options.label_column.is_some() {
        let reason = format!("it has no such column of labels, but {}", listed(columns));
        return Err(ask(reason));
    }
    let candidates: Vec<usize> = (0..columns.len())
        .filter(|column| !others.contains(column))
        .filter(|&column| {
            let distinct: HashSet<&str> = rows.iter().map(|row| row[column].as_str()).collect();
            (2..=MAX_CLASSES).contains(&distinct.len()) && distinct.len() < rows.len()
        })
        .collect();
    let named = LABEL_NAMES.iter().find_map(|name| {
        let is = |&&column: &&usize| columns[column].eq_ignore_ascii_case(name);
        candidates.iter().find(is)
    });
    match (named, candidates.as_slice()) {
        (Some(column), _) | (None, [column]) => Ok(*column),
        (None, []) => Err("no column of it makes classes".into()),
        (None, several) => {
            let several: Vec<&str> = several.iter().map(|&of| columns[of].as_str()).collect();
            let list = listed(&several);
            Err(ask(format!(
                "several of its columns may hold labels ({list})"
            )))
        }
    }
}

/// A whole number without the fraction that some programs write.
fn plain(label: String) -> String {
    match label.split_once('.') {
        Some((whole, fraction))
            if !fraction.is_empty()
                && fraction.bytes().all(|digit| digit == b'0')
                && whole.parse::<i64>().is_ok() =>
        {
            whole.into()
        }
        _ => label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(text: &str, paths: &[&str]) -> Result<(String, Vec<String>), String> {
        let given = labels("t.csv", text.as_bytes(), paths, &Options::default());
        let given = given.map_err(|refusal| refusal.reason)?;
        let labels = given.labels.iter();
        let labels: Vec<&str> = labels
            .map(|label| label.as_deref().unwrap_or("-"))
            .collect();
        Ok((labels.join(" "), given.told))
    }

    #[test]
    fn files_are_found_by_their_names_in_whatever_form_the_table_has_them() {
        let paths = ["s/a.png", "s/b.png", "s/c.png", "s/d.JPG"];
        for text in [
            "id,label\nd,ox\nc,ox\nb,cat\na,cat\n",
            "a.png;cat\nb.png;cat\nc.png;ox\nd.jpg;ox\n",
            "label\tfile\ncat\tall/s/a.png\ncat\tall\\s\\b.png\nox\t./s/c.png\nox\td.JPG\n",
            "a.png cat\nb.png cat\nc.png ox\nd.jpeg ox\n",
            "name,split,label\na,0,cat\nb,0,cat\nc,1,ox\nd,1,ox\n",
            "\u{feff}\"id\",\"label\"\r\n\"a\",\"cat\"\r\n\"b\",\"cat\"\r\n\"c\",\"ox\"\r\n\"d\",\"ox\"\r\n",
        ] {
            let (labels, told) = labelled(text, &paths).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(labels, "cat cat ox ox", "{text}");
            assert_eq!(told.len(), 1, "{told:?}");
        }
    }

    #[test]
    fn names_may_be_numbers_alone() {
        let paths = ["t/0007.png", "t/0010.png", "t/0011.png", "t/0100.png"];
        let text = "id,digit\n7,1\n10,2\n11,2\n100,1\n";
        assert_eq!(labelled(text, &paths).unwrap().0, "1 2 2 1");
        let paths = ["img_1.png", "img_2.png", "img_10.png"];
        let text = "id,label\n10,x\n2,y\n1,x\n";
        assert_eq!(labelled(text, &paths).unwrap().0, "x y x");
    }

    #[test]
    fn who_lacks_a_partner_is_told() {
        let text = "id,label\na,1.0\nb,2.0\nz,1.0\n";
        let (labels, told) = labelled(text, &["a.png", "b.png", "c.png"]).unwrap();
        assert_eq!(labels, "1 2 -");
        assert_eq!(told[1], "A row of t.csv names no file that is here: z.");
        // One name in two folders, one file with two labels.
        let paths = ["a/1.png", "b/1.png", "b/2.png"];
        let text = "f,label\na/1.png,x\nb/1.png,y\nb/2.png,y\n";
        assert_eq!(labelled(text, &paths).unwrap().0, "x y y");
        let error = labelled("a,x\na,y\nb,x\nb,x\n", &["a.png", "b.png"]).unwrap_err();
        assert_eq!(error, "it calls a.png both x and y");
    }

    #[test]
    fn a_single_column_is_taken_in_order_if_it_counts_as_many() {
        let paths = ["1.png", "2.png", "3.png"];
        for text in ["label\n5\n7\n5\n", "5\n7\n5\n", ",label\n0,5\n1,7\n2,5\n"] {
            let (labels, told) = labelled(text, &paths).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(labels, "5 7 5", "{text}");
            assert!(told[0].contains("in the order"), "{told:?}");
        }
        let error = labelled("5\n7\n5\n7\n5\n", &paths).unwrap_err();
        assert_eq!(error, "it has no names, and 5 rows where there are 3 files");
    }

    #[test]
    fn the_column_of_labels_is_found_chosen_or_asked_for() {
        let paths = ["a.png", "b.png", "c.png"];
        let text = "file,sort,colour,label\na,x,red,1\nb,y,red,2\nc,y,blue,2\n";
        assert_eq!(labelled(text, &paths).unwrap().0, "1 2 2");
        let given = |text: &str, column: &str| {
            let options = Options {
                label_column: Some(LabelColumn::Name(column.into())),
                ..Options::default()
            };
            labels("t.csv", text.as_bytes(), &paths, &options)
        };
        let chosen = given(text, "colour").ok().unwrap();
        assert_eq!((chosen.column, chosen.header), (2, true));
        assert_eq!(chosen.labels[0].as_deref(), Some("red"));
        let several = text.replace("label", "size");
        let refusal = labels("t.csv", several.as_bytes(), &paths, &Options::default());
        let columns = ["file", "sort", "colour", "size"].map(String::from);
        assert_eq!(refusal.err().unwrap().columns, Some(columns.into()));
        assert!(given(text, "shape").is_err());
    }

    #[test]
    fn what_is_no_such_table_is_left_alone() {
        let paths = ["a.png", "b.png"];
        for text in ["", "Dear reader,\nthese are words.\n", "x,y\n1,2\n3,4\n"] {
            assert!(labelled(text, &paths).is_err(), "{text}");
        }
    }
}
