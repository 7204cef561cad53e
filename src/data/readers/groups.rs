//! Which pixels belong together, as people bring it: a mask picture, or a table.

use std::collections::HashMap;

use csv::ByteRecord;

use super::dialect::{Dialect, Rows, text_of};
use super::error::ReadError;
use super::labels::composed;
use super::source::{self, Entry, Kind, Source};
use super::{picture, text};
use crate::data::{File, Grouping, ImageShape};
use crate::numerals::{counted, grouped};

/// The most bytes of the file, unpacked.
const MAX_BYTES: usize = 64 << 20;
/// The most colours of a mask: more are those of a photograph.
const MAX_COLOURS: usize = 256;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// The groups, each with a pixel at least.
    pub grouping: Grouping,
    /// What was taken for granted or left out, in sentences.
    pub notes: Vec<String>,
}

/// Reads the groups of the pixels of images, or of the columns of a table, which may have names, from one
/// file:
///
/// - a picture of the size of the images. Every colour is a group, but for black where there are others, and
///   for what is see-through;
/// - a table with a name of a group for every pixel, in as many rows and columns;
/// - a table of pixels and groups: in two columns the name or number of the pixel (from 1, row by row) and the
///   name of its group, in three the pixel's row, its column and its group.
///
/// In tables, nothing and 0 stand for no group.
///
/// # Errors
/// If the file is damaged, or does not fit such images. The error says where, and what to do.
pub fn groups(
    files: &[File],
    image: ImageShape,
    columns: Option<&[String]>,
) -> Result<Groups, ReadError> {
    let found = source::open(files, MAX_BYTES)?;
    let mut source = found.source;
    let [entry] = &found.entries[..] else {
        if let Some(error) = found.unreadable.into_iter().next() {
            return Err(error);
        }
        let message = format!("Choose one file that says which pixels belong together: {FORMS}.");
        return Err(ReadError::of_all(message));
    };
    let mut notes = Vec::new();
    let grouping = match entry.kind {
        Kind::Png | Kind::Jpeg | Kind::Tiff => of_mask(&mut source, entry, image)?,
        Kind::Table => of_table(&mut source, entry, image, columns, &mut notes)?,
        _ => {
            let message =
                format!("This file does not say which pixels belong together. Choose {FORMS}.");
            return Err(ReadError::new(&entry.name, message));
        }
    };
    if grouping.names.is_empty() {
        let message = "There is no group in it. Put pixels that belong together into one.";
        return Err(ReadError::new(&entry.name, message));
    }
    let none = grouping.of.iter().filter(|&&group| group == 0).count();
    if none > 0 {
        let what = if columns.is_some() && image.height == 1 {
            counted(none, "column is", "columns are")
        } else {
            counted(none, "pixel is", "pixels are")
        };
        notes.push(format!("{what} in no group."));
    }
    Ok(Groups { grouping, notes })
}

/// What can be read.
const FORMS: &str =
    "a PNG, TIFF or JPEG picture with a colour for every group, or a CSV table with their names";

/// Groups that are being found.
#[derive(Default)]
struct Found {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Found {
    /// The number of the group of this name; 0 where that stands for none.
    fn number(&mut self, field: &[u8]) -> u32 {
        let name = text_of(field);
        if name.is_empty() || name == "0" {
            return 0;
        }
        let name = composed(&name);
        if let Some(&number) = self.numbers.get(&*name) {
            return number;
        }
        let number = self.names.len() as u32 + 1;
        self.names.push(name.clone().into_owned());
        self.numbers.insert(name.into_owned(), number);
        number
    }
}

fn of_mask(
    source: &mut Source<'_>,
    entry: &Entry,
    image: ImageShape,
) -> Result<Grouping, ReadError> {
    let pixels = picture::colours(source, entry, (image.height, image.width), MAX_BYTES)?;
    let key = |colour: [f32; 3]| colour.map(f32::to_bits);
    let black = [0; 3];
    let mut colours: Vec<[u32; 3]> = Vec::new();
    for colour in pixels.iter().flatten() {
        if let Err(place) = colours.binary_search(&key(*colour)) {
            if colours.len() > MAX_COLOURS {
                let message = format!(
                    "The picture has more than {MAX_COLOURS} colours, and each would be a group. Save it with \
                     one plain colour for every group, as PNG: JPEG mixes colours."
                );
                return Err(ReadError::new(&entry.name, message));
            }
            colours.insert(place, key(*colour));
        }
    }
    if colours.len() > 1 {
        colours.retain(|colour| *colour != black);
    }
    let of = |colour: &Option<[f32; 3]>| {
        let place = colour.and_then(|colour| colours.binary_search(&key(colour)).ok());
        place.map_or(0, |place| place as u32 + 1)
    };
    Ok(Grouping {
        of: pixels.iter().map(of).collect(),
        names: colours
            .iter()
            .map(|colour| called(colour.map(f32::from_bits)))
            .collect(),
    })
}

/// What a colour is called.
fn called([red, green, blue]: [f32; 3]) -> String {
    let bytes = [red, green, blue].map(|value| value as u8);
    if red == green && green == blue {
        format!("grey level {red}")
    } else if bytes.map(f32::from) == [red, green, blue] {
        let [red, green, blue] = bytes;
        format!("#{red:02x}{green:02x}{blue:02x}")
    } else {
        format!("red {red}, green {green}, blue {blue}")
    }
}

/// The rows of a table, each with the line that it stands in.
type Lines = Vec<(usize, ByteRecord)>;

fn of_table(
    source: &mut Source<'_>,
    entry: &Entry,
    image: ImageShape,
    columns: Option<&[String]>,
    notes: &mut Vec<String>,
) -> Result<Grouping, ReadError> {
    let name = &entry.name;
    let bytes = source.bytes(entry, MAX_BYTES as u64)?;
    let (text, assumed) = text::decode(&bytes).map_err(|message| ReadError::new(name, message))?;
    if let Some(encoding) = assumed {
        notes.push(format!(
            "{name} is not UTF-8 and was read as {encoding}. Save it as UTF-8 if its letters are wrong."
        ));
    }
    let dialect = Dialect::of(&text);
    let mut rows = Rows::new(name, &text, &dialect);
    let mut lines = Lines::new();
    let mut record = ByteRecord::new();
    let (height, width) = (image.height, image.width);
    while rows.next_of_any_width(&mut record)? {
        lines.push((rows.line(&record), record.clone()));
        if lines.len() > image.pixels() + 1 {
            let message = format!(
                "The table has more rows than the images have pixels, {}. {}",
                grouped(image.pixels()),
                remedy(image)
            );
            return Err(ReadError::new(name, message));
        }
    }
    let all_have = |width: usize| lines.iter().all(|(_, record)| record.len() == width);
    let is_grid = lines.len() == height && all_have(width);
    let list = List { image, columns };
    if all_have(2) || all_have(3) {
        let (heading, listed) = list.parts(&lines);
        let places = || listed.iter().map(|(_, record)| list.place(record));
        if !is_grid || list.names_each_once(places()) {
            if let Some(heading) = heading {
                let fields: Vec<String> = heading.iter().map(text_of).collect();
                notes.push(format!(
                    "The first line, “{}”, was taken for the headings of the columns.",
                    fields.join(", ")
                ));
            }
            return list.read(name, listed);
        }
    }
    if !is_grid {
        let wide = lines
            .iter()
            .map(|(_, record)| record.len())
            .max()
            .unwrap_or(0);
        let message = format!(
            "The table has {} of {}. {}",
            counted(lines.len(), "row", "rows"),
            counted(wide, "value", "values"),
            remedy(image)
        );
        return Err(ReadError::new(name, message));
    }
    let mut found = Found::default();
    let fields = lines.iter().flat_map(|(_, record)| record.iter());
    Ok(Grouping {
        of: fields.map(|field| found.number(field)).collect(),
        names: found.names,
    })
}

/// What a table should be.
fn remedy(image: ImageShape) -> String {
    format!(
        "Bring one with a group for every pixel, in {} of {} (0 for no group), or one with a row for \
         each pixel: its name or number, and its group.",
        counted(image.height, "row", "rows"),
        counted(image.width, "value", "values")
    )
}

/// A table of pixels and their groups.
struct List<'a> {
    image: ImageShape,
    columns: Option<&'a [String]>,
}

impl List<'_> {
    /// A first line that names no pixel, and the others.
    fn parts<'a>(&self, lines: &'a Lines) -> (Option<&'a ByteRecord>, &'a [(usize, ByteRecord)]) {
        match &lines[..] {
            [(_, first), others @ ..] if !others.is_empty() && self.place(first).is_none() => {
                (Some(first), others)
            }
            all => (None, all),
        }
    }

    /// The pixel that a row names.
    fn place(&self, record: &ByteRecord) -> Option<usize> {
        let number = |at: usize, most: usize| {
            let number: usize = text_of(record.get(at)?).parse().ok()?;
            (1..=most).contains(&number).then(|| number - 1)
        };
        if record.len() == 3 {
            let (row, column) = (number(0, self.image.height)?, number(1, self.image.width)?);
            return Some(row * self.image.width + column);
        }
        let name = text_of(record.get(0)?);
        let named = self.columns.and_then(|columns| {
            columns
                .iter()
                .take(self.image.pixels())
                .position(|column| *column == name)
        });
        named.or_else(|| number(0, self.image.pixels()))
    }

    /// Whether every row names a pixel, and none the same.
    fn names_each_once(&self, places: impl Iterator<Item = Option<usize>>) -> bool {
        let mut named = vec![false; self.image.pixels()];
        for place in places {
            match place {
                Some(place) if !named[place] => named[place] = true,
                _ => return false,
            }
        }
        true
    }

    fn read(&self, name: &str, lines: &[(usize, ByteRecord)]) -> Result<Grouping, ReadError> {
        let mut found = Found::default();
        let mut of = vec![0; self.image.pixels()];
        let mut said = vec![false; of.len()];
        for (line, record) in lines {
            let refused =
                |message: String| Err(ReadError::new(name, message).at(format!("line {line}")));
            let fields: Vec<String> = record.iter().map(text_of).collect();
            let (called, _) = fields.split_at(fields.len() - 1);
            let called = called.join(", ");
            let Some(place) = self.place(record) else {
                let (height, width) = (self.image.height, self.image.width);
                return refused(match self.columns {
                    Some(_) => format!(
                        "“{called}” is no column of the table, nor the number of one, 1 to {}. Correct it.",
                        grouped(self.image.pixels())
                    ),
                    None if record.len() == 3 => format!(
                        "“{called}” is no pixel: rows are 1 to {height}, columns 1 to {width}. Correct it."
                    ),
                    None => format!(
                        "“{called}” is no pixel: they are numbered row by row, 1 to {}. Correct it.",
                        grouped(self.image.pixels())
                    ),
                });
            };
            let group = found.number(record.get(record.len() - 1).unwrap_or_default());
            if std::mem::replace(&mut said[place], true) && of[place] != group {
                return refused(format!(
                    "“{called}” was put into another group before. Put it into one."
                ));
            }
            of[place] = group;
        }
        Ok(Grouping {
            names: found.names,
            of,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, image: ImageShape, columns: Option<&[String]>) -> Result<Groups, String> {
        let file = File {
            name: "g.csv".into(),
            bytes: text.into(),
        };
        groups(&[file], image, columns).map_err(|error| error.to_string())
    }

    #[test]
    fn tables_are_grids_of_names_or_lists_of_pixels() {
        let image = ImageShape::grey(2, 4);
        for text in [
            "sky,sky,,0\nsky,sea,sea,0\n",
            "pixel;group\n1;sky\n2;sky\n5;sky\n6;sea\n7;sea\n7;sea\n",
            "row,column,group\n1,1,sky\n1,2,sky\n2,1,sky\n2,2,sea\n2,3,sea\n1,3,\n",
        ] {
            let Groups { grouping, notes } = read(text, image, None).unwrap();
            assert_eq!(grouping.names, ["sky", "sea"], "{text}");
            assert_eq!(grouping.of, [1, 1, 0, 0, 1, 2, 2, 0], "{text}");
            assert_eq!(notes.last().unwrap(), "3 pixels are in no group.");
            assert_eq!(
                notes.len(),
                1 + usize::from(text.contains("group")),
                "{notes:?}"
            );
        }
        let names = ["age", "bmi", "3", "1"].map(String::from);
        let table = ImageShape::grey(1, 4);
        let found = read("age,body\nbmi,body\n3,other\n2,body\n", table, Some(&names)).unwrap();
        assert_eq!(found.grouping.of, [1, 1, 2, 0]);
        assert_eq!(found.notes, ["1 column is in no group."]);
        // Two columns beside two columns: what names every pixel once is a list.
        let narrow = ImageShape::grey(3, 2);
        let list = read("1,a\n2,a\n6,b\n", narrow, None).unwrap();
        assert_eq!(list.grouping.of, [1, 1, 0, 0, 0, 2]);
        let grid = read("1,2\n1,2\n1,3\n", narrow, None).unwrap();
        assert_eq!(grid.grouping.of, [1, 2, 1, 2, 1, 3]);
    }

    #[test]
    fn tables_that_do_not_fit_are_refused_with_both_sizes() {
        let image = ImageShape::grey(2, 4);
        for (text, parts) in [
            ("a,b,c,d,e\n", ["1 row of 5 values", "2 rows of 4 values"]),
            ("a,b\n".repeat(10).as_str(), ["more rows", "8"]),
            ("1,a\n9,b\n", ["line 2", "1 to 8"]),
            ("1,1,a\n3,1,b\n", ["line 2: “3, 1”", "rows are 1 to 2"]),
            ("1,a\n1,b\n", ["line 2: “1”", "another group"]),
            ("1,a\n1,0\n", ["line 2: “1”", "another group"]),
            ("0,0,0,0\n0,0,0,0\n", ["no group in it", "Put pixels"]),
        ] {
            let refused = read(text, image, None).unwrap_err();
            assert!(parts.iter().all(|part| refused.contains(part)), "{refused}");
            assert!(refused.ends_with('.'), "{refused}");
        }
        let names = ["age".into(), "bmi".into()];
        let refused = read("age,a\nbim,a\n", ImageShape::grey(1, 2), Some(&names)).unwrap_err();
        assert!(refused.contains("“bim” is no column"), "{refused}");
        assert!(
            groups(&[], image, None)
                .unwrap_err()
                .to_string()
                .contains("one file")
        );
    }
}
