//! CSV files: rows of numbers, one of whose columns may hold labels.

use csv::ByteRecord;

use super::dialect::{Form, form, line, next, number, reader};
use super::error::{Need, ReadError};
use super::labels::{Labels, TooManyClasses};
use super::options::Options;
use super::part::{self, Images, Part};
use super::source::megabytes;
use super::survey::{label_column, survey};
use crate::data::Pixels;

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

#[cfg(test)]
mod tests {
    use super::super::options::LabelColumn;
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
