//! Results that were computed elsewhere: V, S and IE as R's package `aim` or a script saves them.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use super::File;
use super::error::ReadError;
use super::frame::{Column, Frame, frames};
use crate::data::ImageShape;
use crate::numerals::grouped;

/// The most classes.
const MAX_CLASSES: usize = 256;
/// What columns are called that say where a pixel is.
const PLACES: [&str; 6] = ["pixel", "row", "col", "channel", "time_step", "feature"];
const DIMENSION: [&str; 5] = [
    "EncodedDimension",
    "encoded_dimension",
    "dimension",
    "dim",
    "latent",
];
/// The most columns of a table with a line for each number: its place, the number and what is known of it.
const MOST_OF_LONG: usize = 9;
const VALUE: [&str; 4] = ["Importance", "Value", "Vimp", "mean"];

/// What the files do not tell; what is absent is as usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResultsOptions {
    /// The shape of the images; else what the files say, or a square, or one row.
    pub shape: Option<ImageShape>,
    /// How images were flattened.
    pub layout: PixelOrder,
}

/// In which order the lines of V and S stand for pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PixelOrder {
    /// Row by row, as Python flattens images, and as data sets come.
    #[default]
    RowMajor,
    /// Column by column, as R flattens matrices.
    ColumnMajor,
}

/// V, S and IE, as far as they are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The shape of the images; one pixel where neither V nor S is there.
    pub image: ImageShape,
    /// Whether V and S have a row for each channel of a pixel, not for each pixel.
    pub by_channel: bool,
    /// What the columns of a table are called, where these are the features.
    pub columns: Option<Vec<String>>,
    /// Number of latent dimensions.
    pub dims: usize,
    /// V (features × dimensions).
    pub importance: Option<Array2<f32>>,
    /// S (features × dimensions): -1, 0 and 1.
    pub direction: Option<Array2<f32>>,
    /// What the rows of IE are called.
    pub classes: Vec<String>,
    /// IE (classes × dimensions).
    pub latent_importance: Option<Array2<f32>>,
    /// The files' names.
    pub files: Vec<String>,
    /// What was taken for granted or left out, in sentences.
    pub notes: Vec<String>,
}

/// One of the three, and the table that it is from.
struct Part {
    name: String,
    /// What its rows are called, where they have names.
    rows: Vec<String>,
    /// Height and width, where the table says them.
    size: Option<(usize, usize)>,
    values: Array2<f32>,
}

/// Which of the three a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pixels,
    Direction,
    Classes,
}

/// Reads results from CSV, NPY, RData and rds files: V as `aim`'s `vimp_input` returns it or as a matrix of features ×
/// dimensions, S as its `vimp_direction`, IE as its `vimp_encoded` or as classes × dimensions. They are told apart by
/// their columns, by what they hold, or by their names.
///
/// # Errors
/// If a file is damaged, if it cannot be told what it holds, or if the parts do not fit each other.
pub fn results(files: &[File], options: &ResultsOptions) -> Result<Results, ReadError> {
    let mut notes = Vec::new();
    let all = frames(files, &mut notes)?;
    let [pixels, direction, classes] = parts(all, &mut notes)?;
    let dims = agree(
        &[&pixels, &direction, &classes],
        Array2::ncols,
        "dimensions",
    )?;
    let features = agree(&[&pixels, &direction], Array2::nrows, "lines")?;
    let (Some(dims), true) = (dims, features != Some(0)) else {
        let message = "There is neither pixel importance, direction nor latent importance. Choose files that hold a \
                       matrix of features × dimensions, or latent importance by class and dimension.";
        return Err(ReadError::of_all(message));
    };
    let of_maps = || [&pixels, &direction].into_iter().flatten();
    let columns = of_maps().find_map(|part| names_of(&part.rows));
    let size = of_maps().find_map(|part| part.size);
    let (image, by_channel) = match features {
        None => (ImageShape::grey(1, 1), false),
        Some(count) => image_of(count, size, columns.is_some(), options.shape, &mut notes)?,
    };
    let in_order = |part: Part| ordered(part.values, image, by_channel, options.layout);
    let (classes, latent_importance) = match classes {
        Some(part) => (part.rows, Some(part.values)),
        None => (vec!["all images".into()], None),
    };
    if let Some(values) = &latent_importance {
        for (name, row) in classes.iter().zip(values.rows()) {
            if row.iter().all(|&value| value == 0.0) {
                notes.push(format!(
                    "Latent importance of class {name} is 0 throughout: aim writes that for a class without images as \
                     well."
                ));
            }
        }
    }
    Ok(Results {
        by_channel,
        dims,
        columns: columns.filter(|_| image.height == 1),
        importance: pixels.map(in_order),
        direction: direction.map(in_order),
        latent_importance,
        classes,
        image,
        files: files.iter().map(|file| file.name.clone()).collect(),
        notes,
    })
}

/// The three parts, V first.
fn parts(all: Vec<Frame>, notes: &mut Vec<String>) -> Result<[Option<Part>; 3], ReadError> {
    let mut found: [Option<Part>; 3] = [None, None, None];
    let mut put = |kind: Kind, part: Part| {
        let place = &mut found[kind as usize];
        if let Some(known) = place {
            let message = format!(
                "Both {} and {} seem to hold {}. Choose one, or call the files V, S and IE.",
                known.name,
                part.name,
                kind.name()
            );
            return Err(ReadError::of_all(message));
        }
        *place = Some(part);
        Ok(())
    };
    let (maps, others): (Vec<Frame>, Vec<Frame>) = all.into_iter().partition(Frame::is_map);
    for part in of_maps(maps)? {
        put(Kind::Pixels, part)?;
    }
    let mut unsure = Vec::new();
    for frame in others {
        if let Some(part) = frame.as_classes()? {
            put(Kind::Classes, part)?;
        } else if let Some(part) = frame.as_long_maps()? {
            put(Kind::Pixels, part)?;
        } else {
            unsure.push(frame);
        }
    }
    let is_alone = unsure.len() == 1;
    for frame in unsure {
        let part = match frame.as_matrix() {
            Ok(part) => part,
            Err(error) if is_alone => return Err(error),
            Err(_) => {
                notes.push(format!("{} was left out: it is no matrix.", frame.name));
                continue;
            }
        };
        let kind = frame.said().unwrap_or(if is_direction(&part.values) {
            Kind::Direction
        } else {
            Kind::Pixels
        });
        match kind {
            Kind::Direction => check_signs(&part)?,
            Kind::Pixels | Kind::Classes => check_importance(&part)?,
        }
        let part = match kind {
            Kind::Classes => part.with_classes()?,
            _ => part,
        };
        put(kind, part)?;
    }
    for part in [&found[0], &found[2]].into_iter().flatten() {
        check_importance(part)?;
    }
    Ok(found)
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Pixels => "pixel importance",
            Self::Direction => "direction",
            Self::Classes => "latent importance",
        }
    }
}

impl Part {
    /// With a name for each class.
    fn with_classes(mut self) -> Result<Self, ReadError> {
        let count = self.values.nrows();
        if self.rows.len() != count {
            self.rows = (1..=count).map(|row| row.to_string()).collect();
        }
        check_classes(&self.name, &self.rows)?;
        Ok(self)
    }
}

impl Frame {
    /// Whether it is a map of one dimension, as `aim` has them: a row, a column and a value in each line.
    fn is_map(&self) -> bool {
        let has = |names: &[&str]| self.column(names).is_some();
        has(&["row"])
            && has(&["col", "column"])
            && has(&VALUE)
            && !has(&DIMENSION)
            && !has(&["class"])
    }

    /// Whether its columns are called as `aim` and this crate call those of results: a value for each class and
    /// dimension, or for each pixel, or a column for each dimension beside the places of pixels.
    pub(super) fn has_columns_of_results(&self) -> bool {
        let has = |names: &[&str]| self.column(names).is_some();
        let is_long = has(&DIMENSION) && has(&VALUE) && (has(&["class", "label"]) || has(&PLACES));
        let is_wide = has(&PLACES) && has(&["dim_1"]);
        self.is_map() || (is_long && self.names.len() <= MOST_OF_LONG) || is_wide
    }

    /// What the name of the file, or within it, says of it.
    fn said(&self) -> Option<Kind> {
        let name = if self.member.is_empty() {
            &self.name
        } else {
            &self.member
        };
        let name = name.rsplit('/').next().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default().to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        match name.as_str() {
            "v" => Some(Kind::Pixels),
            "s" => Some(Kind::Direction),
            "ie" => Some(Kind::Classes),
            _ if has(&["direction", "sign"]) => Some(Kind::Direction),
            _ if has(&["encoded", "latent"]) => Some(Kind::Classes),
            _ if has(&["input", "pixel"]) => Some(Kind::Pixels),
            _ => None,
        }
    }

    /// Latent importance, with a line for each class and dimension or for each class.
    fn as_classes(&self) -> Result<Option<Part>, ReadError> {
        let Some(class) = self.column(&["class", "label"]) else {
            return Ok(None);
        };
        let classes: Vec<String> = (0..self.rows())
            .map(|row| self.columns[class].text(row).into_owned())
            .collect();
        if let (Some(dimension), Some(value)) = (self.column(&DIMENSION), self.column(&VALUE)) {
            return self.long(classes, dimension, value).map(Some);
        }
        check_classes(&self.name, &classes)?;
        Ok(Some(Part {
            name: self.name.clone(),
            values: self.without(&[class]).numbers()?,
            rows: classes,
            size: None,
        }))
    }

    /// Pixel importance, with a line for each pixel and dimension.
    fn as_long_maps(&self) -> Result<Option<Part>, ReadError> {
        let (Some(dimension), Some(value)) = (self.column(&DIMENSION), self.column(&VALUE)) else {
            return Ok(None);
        };
        let places: Vec<usize> = ["pixel", "feature", "row", "col", "column"]
            .iter()
            .filter_map(|name| self.column(&[name]))
            .collect();
        if places.is_empty() {
            return Ok(None);
        }
        let named = |row: usize| {
            let fields = places.iter().map(|&place| self.columns[place].text(row));
            fields.collect::<Vec<_>>().join(", ")
        };
        let rows = (0..self.rows()).map(named).collect();
        let mut part = self.long(rows, dimension, value)?;
        part.size = self.size(part.values.nrows());
        if part.size.is_some() || places.len() > 1 {
            part.rows.clear();
        }
        Ok(Some(part))
    }

    /// A line for each row and dimension of a matrix.
    fn long(&self, rows: Vec<String>, dimension: usize, value: usize) -> Result<Part, ReadError> {
        let dims: Vec<String> = (0..self.rows())
            .map(|row| self.columns[dimension].text(row).into_owned())
            .collect();
        let mut row_names: Vec<String> = Vec::new();
        let mut place_of: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            place_of.entry(row).or_insert_with(|| {
                row_names.push(row.clone());
                row_names.len() - 1
            });
        }
        let places = numbered(&dims);
        let count = places.iter().max().map_or(0, |most| most + 1);
        let whole = row_names.len().checked_mul(count) == Some(rows.len());
        let mut values = Array2::from_elem(
            if whole {
                (row_names.len(), count)
            } else {
                (0, 0)
            },
            f32::NAN,
        );
        let lacking = || {
            let message = format!(
                "There are {} lines for {} × {count} numbers. Give each of them once.",
                grouped(rows.len()),
                grouped(row_names.len()),
            );
            ReadError::new(&self.name, message)
        };
        for (line, (row, &dim)) in rows.iter().zip(&places).enumerate() {
            let cell = values.get_mut((place_of[row.as_str()], dim));
            let cell = cell.filter(|cell| cell.is_nan()).ok_or_else(lacking)?;
            *cell = self.columns[value].number(line).ok_or_else(|| {
                let message = "The importance is no number. Replace it.";
                ReadError::new(&self.name, message).at(format!("line {} of the table", line + 1))
            })?;
        }
        if row_names.len() > MAX_CLASSES && self.column(&["class", "label"]).is_some() {
            check_classes(&self.name, &row_names)?;
        }
        Ok(Part {
            name: self.name.clone(),
            rows: row_names,
            size: None,
            values,
        })
    }

    /// A matrix with a line for each feature, without the columns that only say which it is.
    fn as_matrix(&self) -> Result<Part, ReadError> {
        let places: Vec<usize> = PLACES
            .iter()
            .filter_map(|name| self.column(&[name]))
            .collect();
        let mut rows = self.row_names.clone();
        let mut left = places.clone();
        // Names of columns, before their numbers.
        if let (Some(Column::Texts(names)), [_, _, ..]) = (self.columns.first(), &self.columns[..])
            && !places.contains(&0)
        {
            rows.clone_from(names);
            left.push(0);
        }
        let values = self.without(&left).numbers()?;
        let size = (!places.is_empty())
            .then(|| self.size(values.nrows()))
            .flatten();
        Ok(Part {
            name: self.name.clone(),
            rows,
            size,
            values,
        })
    }

    /// Height and width, where columns count rows and columns of so many pixels.
    fn size(&self, count: usize) -> Option<(usize, usize)> {
        let most = |names: &[&str]| {
            let column = &self.columns[self.column(names)?];
            let all = (0..self.rows()).filter_map(|row| column.number(row));
            Some(all.fold(0.0, f32::max) as usize)
        };
        let (height, width) = (most(&["row"])?, most(&["col", "column"])?);
        (height.checked_mul(width) == Some(count)).then_some((height, width))
    }

    fn without(&self, left_out: &[usize]) -> Self {
        let kept = |place: &usize| !left_out.contains(place);
        let places = (0..self.columns.len()).filter(kept);
        let names = places
            .clone()
            .filter_map(|place| self.names.get(place).cloned());
        Self {
            name: self.name.clone(),
            names: names.collect(),
            columns: places.map(|place| self.columns[place].clone()).collect(),
            ..Self::default()
        }
    }
}

/// Pixel importance of maps that are one table for each dimension, as `aim` has them: those of one list belong
/// together, and so do tables that are files of their own.
fn of_maps(frames: Vec<Frame>) -> Result<Vec<Part>, ReadError> {
    let mut lists: Vec<(String, Vec<Frame>)> = Vec::new();
    for frame in frames {
        let list = frame
            .member
            .rsplit_once('/')
            .map_or("", |(list, _)| list)
            .to_owned();
        match lists.iter_mut().find(|(known, _)| *known == list) {
            Some((_, all)) => all.push(frame),
            None => lists.push((list, vec![frame])),
        }
    }
    lists
        .into_iter()
        .map(|(list, frames)| {
            let first = &frames[0];
            let name = match list.as_str() {
                "" => first.name.clone(),
                list => list.to_owned(),
            };
            let count = first.rows();
            let mut values = Array2::zeros((count, frames.len()));
            for (frame, mut into) in frames.iter().zip(values.columns_mut()) {
                check_order(frame)?;
                let value = frame.column(&VALUE).map(|place| &frame.columns[place]);
                let Some(Column::Numbers(numbers)) = value.filter(|_| frame.rows() == count) else {
                    let message = format!(
                        "It should have {} numbers, one for each pixel, as {} has.",
                        grouped(count),
                        first.name
                    );
                    return Err(ReadError::new(&frame.name, message));
                };
                into.assign(&ArrayView1::from(numbers));
            }
            Ok(Part {
                name,
                rows: Vec::new(),
                size: first.size(count),
                values,
            })
        })
        .collect()
}

/// Makes sure that lines stand in one of the two orders of pixels.
fn check_order(frame: &Frame) -> Result<(), ReadError> {
    let column = |names: &[&str]| frame.column(names).map(|place| &frame.columns[place]);
    let (Some(rows), Some(columns), Some((height, width))) = (
        column(&["row"]),
        column(&["col", "column"]),
        frame.size(frame.rows()),
    ) else {
        return Ok(());
    };
    let place = |line: usize| Some((rows.number(line)? as usize, columns.number(line)? as usize));
    let mut lines = 0..frame.rows();
    let by_row = lines.all(|line| place(line) == Some((line / width + 1, line % width + 1)));
    let mut lines = 0..frame.rows();
    if by_row || lines.all(|line| place(line) == Some((line % height + 1, line / height + 1))) {
        return Ok(());
    }
    let message = "The lines stand neither row by row nor column by column. Sort them.";
    Err(ReadError::new(&frame.name, message))
}

/// Dimensions by the numbers in their names, from 0; where they have none, in the order in which they come.
fn numbered(names: &[String]) -> Vec<usize> {
    let number = |name: &String| {
        let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.parse::<usize>().ok()?.checked_sub(1)
    };
    let numbers: Option<Vec<usize>> = names.iter().map(number).collect();
    numbers.unwrap_or_else(|| {
        let mut known: BTreeMap<&String, usize> = BTreeMap::new();
        let place = |name| {
            let next = known.len();
            *known.entry(name).or_insert(next)
        };
        names.iter().map(place).collect()
    })
}

/// Whether a matrix holds signs.
fn is_direction(values: &Array2<f32>) -> bool {
    values.iter().all(|value| [-1.0, 0.0, 1.0].contains(value))
        && values.iter().any(|&value| value < 0.0)
}

fn check_signs(part: &Part) -> Result<(), ReadError> {
    if part
        .values
        .iter()
        .all(|value| [-1.0, 0.0, 1.0].contains(value))
    {
        return Ok(());
    }
    let message =
        "Direction is -1, 0 or 1, and other numbers are in it. Save the signs of the slopes.";
    Err(ReadError::new(&part.name, message))
}

fn check_importance(part: &Part) -> Result<(), ReadError> {
    let Some(((row, dim), value)) = part.values.indexed_iter().find(|(_, value)| **value < 0.0)
    else {
        return Ok(());
    };
    let message = format!(
        "{value} is below 0, which importance never is. Choose V or IE, or call a file of signs S."
    );
    let place = format!("line {}, dimension {}", row + 1, dim + 1);
    Err(ReadError::new(&part.name, message).at(place))
}

fn check_classes(file: &str, names: &[String]) -> Result<(), ReadError> {
    if names.len() > MAX_CLASSES {
        let message = format!(
            "There are {} classes, and at most {MAX_CLASSES} can be shown.",
            names.len()
        );
        return Err(ReadError::new(file, message));
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => {
            let message = format!(
                "Class {} stands in it twice. Give each class once.",
                pair[0]
            );
            Err(ReadError::new(file, message))
        }
        None => Ok(()),
    }
}

/// The number that all parts have in common, if there is one.
fn agree(
    parts: &[&Option<Part>],
    count: fn(&Array2<f32>) -> usize,
    what: &str,
) -> Result<Option<usize>, ReadError> {
    let mut parts = parts.iter().filter_map(|part| part.as_ref());
    let Some(first) = parts.next() else {
        return Ok(None);
    };
    let expected = count(&first.values);
    match parts.find(|part| count(&part.values) != expected) {
        None => Ok(Some(expected)),
        Some(other) => {
            let message = format!(
                "It has {} {what}, but {} has {}. Choose results of one network.",
                grouped(count(&other.values)),
                first.name,
                grouped(expected)
            );
            Err(ReadError::new(&other.name, message))
        }
    }
}

/// Names of features, where they are more than numbers.
fn names_of(rows: &[String]) -> Option<Vec<String>> {
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    (!rows.is_empty() && !rows.iter().all(is_number)).then(|| rows.to_vec())
}

/// The shape of images of so many features, and whether a channel is one.
fn image_of(
    count: usize,
    size: Option<(usize, usize)>,
    named: bool,
    chosen: Option<ImageShape>,
    notes: &mut Vec<String>,
) -> Result<(ImageShape, bool), ReadError> {
    if let Some(image) = chosen {
        return match count {
            _ if count == image.pixels() => Ok((image, false)),
            _ if count == image.size() => Ok((image, true)),
            _ => {
                let message = format!(
                    "There are {} features, and images of {} × {} pixels have {}. Say the size of the images.",
                    grouped(count),
                    image.height,
                    image.width,
                    grouped(image.pixels())
                );
                Err(ReadError::of_all(message))
            }
        };
    }
    if let Some((height, width)) = size.filter(|_| !named) {
        return Ok((ImageShape::grey(height, width), false));
    }
    let side = count.isqrt();
    if side * side == count && !named {
        return Ok((ImageShape::grey(side, side), false));
    }
    if !named {
        notes.push(format!(
            "{} features make no square and are drawn in one row: say the size of the images, if they are images.",
            grouped(count)
        ));
    }
    Ok((ImageShape::grey(1, count), false))
}

/// Row by row, whatever the order of the lines.
fn ordered(
    values: Array2<f32>,
    image: ImageShape,
    by_channel: bool,
    layout: PixelOrder,
) -> Array2<f32> {
    let channels = if by_channel { image.channels } else { 1 };
    if layout == PixelOrder::RowMajor {
        return values;
    }
    let mut ordered = values.clone();
    for (line, row) in values.rows().into_iter().enumerate() {
        let (pixel, channel) = (line / channels, line % channels);
        let (column, down) = (pixel / image.height, pixel % image.height);
        let place = (down * image.width + column) * channels + channel;
        ordered.row_mut(place).assign(&row);
    }
    ordered
}
