//! What moves together: groups of pixels from settings and images.

use ndarray::{Array2, ArrayView1};

use super::design::Feature;
use crate::data::{Grouping, ImageShape};
use crate::settings::{FeatureKind, Measure};

impl Grouping {
    /// The groups that `measure` asks for, of the pixels of `explained` (images × numbers), or of the
    /// columns of a table by their names. Clusters are found by [`Clusters`](super::Clusters).
    ///
    /// # Errors
    /// One sentence or two: why there are no such groups, and what to choose.
    ///
    /// # Panics
    /// If single pixels or clusters are asked for.
    pub fn of(
        measure: &Measure,
        image: ImageShape,
        columns: Option<&[String]>,
        explained: &Array2<f32>,
    ) -> Result<Self, String> {
        match measure.features {
            FeatureKind::Patches => patches(image, measure.patch),
            FeatureKind::Rows => Ok(bands(image, (1, image.width), |at, _| {
                format!("row {}", at + 1)
            })),
            FeatureKind::Columns => {
                let name = |_, at: usize| match columns {
                    Some(columns) if image.height == 1 => columns[at].clone(),
                    _ => format!("column {}", at + 1),
                };
                Ok(bands(image, (image.height, 1), name))
            }
            FeatureKind::OneHot => one_hot(image, columns, explained),
            FeatureKind::Groups => {
                let given = measure.groups.as_ref().ok_or(
                    "Say which pixels belong together: bring a mask or a table, or paint a region.",
                )?;
                given.check(image)?;
                Ok(given.clone())
            }
            FeatureKind::Pixels | FeatureKind::Clusters => {
                panic!("pixels are no groups, and clusters are found by a job")
            }
        }
    }
}

impl Feature {
    /// The groups of pixels of images, each pixel with all of its channels.
    ///
    /// # Panics
    /// If a group has no pixel.
    #[must_use]
    pub fn of_groups(image: ImageShape, grouping: &Grouping) -> Vec<Self> {
        let channels = image.channels;
        let columns = |pixel: usize| pixel * channels..(pixel + 1) * channels;
        let members = grouping.members().into_iter();
        members
            .map(|pixels| Self::new(pixels.into_iter().flat_map(columns).collect()))
            .collect()
    }
}

/// What a pixel, counted from 0, is called: by its place, or as a column of a table.
pub(super) fn pixel_name(image: ImageShape, columns: Option<&[String]>, pixel: usize) -> String {
    match columns.and_then(|columns| columns.get(pixel)) {
        Some(name) => name.clone(),
        None => format!(
            "row {}, column {}",
            pixel / image.width + 1,
            pixel % image.width + 1
        ),
    }
}

/// Squares of pixels; at the right and at the bottom they may be smaller.
fn patches(image: ImageShape, side: usize) -> Result<Grouping, String> {
    if side == 0 {
        return Err("A patch of no pixels cannot be moved. Choose a side of 1 or more.".into());
    }
    let span =
        |of: &str, at: usize, size: usize| match (at * side + 1, (at * side + side).min(size)) {
            (first, last) if first == last => format!("{of} {first}"),
            (first, last) => format!("{of}s {first}–{last}"),
        };
    Ok(bands(image, (side, side), |down, across| {
        let columns = span("column", across, image.width);
        match image.height {
            1 => columns,
            height => format!("{}, {columns}", span("row", down, height)),
        }
    }))
}

/// Rectangles of so many rows and columns, one beside the other; each is called by how many stand above it
/// and to its left.
fn bands(
    image: ImageShape,
    (rows, columns): (usize, usize),
    name: impl Fn(usize, usize) -> String,
) -> Grouping {
    let across = image.width.div_ceil(columns);
    let group = |pixel: usize| pixel / image.width / rows * across + pixel % image.width / columns;
    Grouping {
        names: (0..image.height.div_ceil(rows) * across)
            .map(|group| name(group / across, group % across))
            .collect(),
        of: (0..image.pixels())
            .map(|pixel| group(pixel) as u32 + 1)
            .collect(),
    }
}

/// Columns of a table of which one is on and the others are off in every image; all others alone.
///
/// Such columns stand beside each other, and each holds two values, of which the larger is on: 0 and 1, or what
/// these were scaled to. A column that is the same in all images is neither on nor off, and does not part
/// those beside it.
fn one_hot(
    image: ImageShape,
    columns: Option<&[String]>,
    explained: &Array2<f32>,
) -> Result<Grouping, String> {
    if image.channels != 1 || (image.height > 1 && columns.is_none()) {
        return Err(
            "One-hot sets are of columns of a table, and these are images. Choose patches, rows, columns or \
             clusters."
                .into(),
        );
    }
    let states: Vec<State> = explained.columns().into_iter().map(State::of).collect();
    let mut grouping = Grouping {
        names: Vec::new(),
        of: vec![0; image.pixels()],
    };
    let (mut at, mut found) = (0, false);
    while at < states.len() {
        let set = set_from(&states, at, explained.nrows());
        found |= set.is_some();
        let end = set.unwrap_or(at + 1);
        let called = |pixel: &usize| end == at + 1 || matches!(states[*pixel], State::Switch(_));
        let names: Vec<String> = (at..end)
            .filter(called)
            .map(|pixel| pixel_name(image, columns, pixel))
            .collect();
        grouping.names.push(set_name(&names));
        grouping.of[at..end].fill(grouping.names.len() as u32);
        at = end;
    }
    if found {
        Ok(grouping)
    } else {
        Err(
            "There is no one-hot set: no columns beside each other of which one is on and the others are off in \
             every row. Choose single columns, clusters or groups of your own."
                .into(),
        )
    }
}

/// What a column holds.
enum State {
    /// One value.
    Same,
    /// Two values, and which images have the larger.
    Switch(Vec<bool>),
    Other,
}

impl State {
    fn of(column: ArrayView1<'_, f32>) -> Self {
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for &value in column {
            (least, most) = (least.min(value), most.max(value));
        }
        if least >= most {
            Self::Same
        } else if column.iter().all(|&value| value == least || value == most) {
            Self::Switch(column.iter().map(|&value| value == most).collect())
        } else {
            Self::Other
        }
    }
}

/// Where the set ends that starts with this column, if one does.
fn set_from(states: &[State], start: usize, images: usize) -> Option<usize> {
    let mut on = vec![false; images];
    let mut left = images;
    for (at, state) in states.iter().enumerate().skip(start) {
        let column = match state {
            State::Switch(column) => column,
            State::Same if at > start => continue,
            _ => return None,
        };
        for (on, now) in on.iter_mut().zip(column) {
            if *on && *now {
                return None;
            }
            *on |= now;
            left -= usize::from(*now);
        }
        if left == 0 {
            return Some(at + 1);
        }
    }
    None
}

/// What a set is called: what all its columns' names start with, up to a mark that parts words, or the names
/// themselves.
fn set_name(names: &[String]) -> String {
    let [first, others @ ..] = names else {
        return String::new();
    };
    if others.is_empty() {
        return first.clone();
    }
    let shared = others.iter().fold(first.len(), |length, name| {
        let same = first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b);
        same.count().min(length)
    });
    let is_mark = |c: char| !c.is_alphanumeric();
    let mut marks = first.as_bytes()[..shared].iter();
    let mark = marks.rposition(|byte| byte.is_ascii() && is_mark(char::from(*byte)));
    match first[..mark.unwrap_or(0)].trim_matches(is_mark) {
        "" => match names {
            [a, b] => format!("{a}, {b}"),
            [a, b, c] => format!("{a}, {b}, {c}"),
            _ => format!("{first} … {}", names[names.len() - 1]),
        },
        stem => stem.into(),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn of(features: FeatureKind, patch: usize, image: ImageShape) -> Grouping {
        let measure = Measure {
            features,
            patch,
            ..Measure::default()
        };
        let images = Array2::zeros((1, image.size()));
        let grouping = Grouping::of(&measure, image, None, &images).unwrap();
        assert_eq!(grouping.check(image), Ok(()));
        grouping
    }

    #[test]
    fn patches_at_the_edges_are_smaller_and_called_by_their_place() {
        let patches = of(FeatureKind::Patches, 2, ImageShape::grey(3, 5));
        assert_eq!(
            patches.of,
            [1, 1, 2, 2, 3, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6],
            "{patches:?}"
        );
        assert_eq!(patches.names[1], "rows 1–2, columns 3–4");
        assert_eq!(patches.names[5], "row 3, column 5");
        let whole = of(FeatureKind::Patches, 9, ImageShape::grey(3, 5));
        assert_eq!(
            (whole.names.len(), &*whole.names[0]),
            (1, "rows 1–3, columns 1–5")
        );
        let table = of(FeatureKind::Patches, 2, ImageShape::grey(1, 3));
        assert_eq!(table.names, ["columns 1–2", "column 3"]);
        assert!(super::patches(ImageShape::grey(2, 2), 0).is_err());
    }

    #[test]
    fn rows_and_columns_are_groups() {
        let image = ImageShape {
            channels: 2,
            ..ImageShape::grey(2, 3)
        };
        let rows = of(FeatureKind::Rows, 1, image);
        assert_eq!(
            (rows.of.as_slice(), &*rows.names[1]),
            (&[1, 1, 1, 2, 2, 2][..], "row 2")
        );
        let columns = of(FeatureKind::Columns, 1, image);
        assert_eq!(columns.of, [1, 2, 3, 1, 2, 3]);
        // Every pixel moves with its channels.
        let features = Feature::of_groups(image, &columns);
        assert_eq!(features[1].columns(), [2, 3, 8, 9]);
    }

    #[test]
    fn one_hot_sets_of_a_table_are_found_however_they_are_scaled() {
        let measure = Measure {
            features: FeatureKind::OneHot,
            ..Measure::default()
        };
        // A smoker, three sites of which one never occurs, an age, two sexes.
        let rows = array![
            [1.0, 1.0, 0.0, 0.0, 31.0, 0.0, 1.0],
            [0.0, 0.0, 0.0, 1.0, 40.0, 1.0, 0.0],
            [1.0, 0.0, 0.0, 1.0, 52.0, 1.0, 0.0],
        ];
        let names = ["smoker", "site_A", "site_B", "site_C", "age", "f", "m"].map(String::from);
        let image = ImageShape::grey(1, 7);
        let scaled = rows.mapv(|value: f32| 0.5 * value - 1.0);
        for table in [rows, scaled] {
            let found = Grouping::of(&measure, image, Some(&names), &table).unwrap();
            assert_eq!(found.names, ["smoker", "site", "age", "f, m"]);
            assert_eq!(found.of, [1, 2, 2, 2, 3, 4, 4]);
        }
        let none = array![[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]];
        let pair = ImageShape::grey(1, 2);
        let refused = |image, rows: &Array2<f32>| {
            let found = Grouping::of(&measure, image, None, rows);
            found.unwrap_err()
        };
        assert!(refused(pair, &none).contains("no one-hot set"));
        let square = ImageShape::grey(2, 1);
        assert!(refused(square, &none).contains("these are images"));
    }

    #[test]
    fn groups_of_ones_own_are_checked() {
        let mut measure = Measure {
            features: FeatureKind::Groups,
            ..Measure::default()
        };
        let image = ImageShape::grey(1, 2);
        let images = Array2::zeros((1, 2));
        let refused = Grouping::of(&measure, image, None, &images).unwrap_err();
        assert!(refused.contains("belong together"), "{refused}");
        measure.groups = Some(Grouping {
            names: vec!["a".into()],
            of: vec![1, 0, 0],
        });
        let refused = Grouping::of(&measure, image, None, &images).unwrap_err();
        assert!(refused.contains("3 pixels"), "{refused}");
    }
}
