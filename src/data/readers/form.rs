//! What rows of numbers are, and why: images, signals or rows of a table.

use super::error::ReadError;
use super::names;
use super::options::Options;
use super::part::{self, axes};
use crate::data::{DataForm, ImageShape, Pixels};

/// Shorter rows are not looked at for what their numbers have in common.
const LEAST_LONG: usize = 16;
/// Nor are fewer rows.
const LEAST_ROWS: usize = 8;
/// As many numbers are looked at, in rows from all over the data.
const MOST_NUMBERS: usize = 1 << 21;
/// Correlation of numbers side by side, at least, in signals; and by how much less those half a row apart
/// correlate.
const NEAR: f64 = 0.5;
const FURTHER: f64 = 0.2;
/// By how much less the last number of a row of pixels correlates with the first of the next than numbers
/// side by side do.
const TURN: f64 = 0.3;

/// What rows of numbers were taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub form: DataForm,
    /// Why, as the rest of a sentence.
    pub reason: String,
}

impl Taken {
    pub fn new(form: DataForm, reason: impl Into<String>) -> Self {
        Self {
            form,
            reason: reason.into(),
        }
    }

    fn image(reason: impl Into<String>) -> Self {
        Self::new(DataForm::Image, reason)
    }
}

impl Default for Taken {
    fn default() -> Self {
        Self::image("the file gives them a height and a width")
    }
}

const CHOSEN: &str = "that was chosen";

/// What rows of so many numbers are, and the shape of each; `names` are those of the columns, where a line
/// holds them.
///
/// # Errors
/// If neither the numbers nor a choice tell.
pub(super) fn of_rows(
    name: &str,
    numbers: usize,
    names: Option<&[String]>,
    values: &Pixels,
    options: &Options,
) -> Result<(ImageShape, Taken), ReadError> {
    let row = ImageShape::grey(1, numbers);
    match (options.form, options.shape) {
        (Some(form @ (DataForm::Signal | DataForm::Table)), shape) => {
            if let Some(shape) = shape.filter(|shape| !is_row(*shape)) {
                return Err(no_row(name, shape, form));
            }
            return Ok((row, Taken::new(form, CHOSEN)));
        }
        (Some(DataForm::Image), _) => {
            return Ok((part::shape(name, numbers, options)?, Taken::image(CHOSEN)));
        }
        (None, Some(_)) => {
            let shape = part::shape(name, numbers, options)?;
            if !is_row(shape) {
                let reason = "a height and a width were given";
                return Ok((shape, Taken::image(reason)));
            }
        }
        (None, None) => {}
    }
    let asked_for_rows = options.shape.is_some();
    if let Some(names) = names {
        let all: Vec<&str> = names.iter().map(String::as_str).collect();
        if names::are_places(names) {
            let (first, last) = (&names[0], &names[names.len() - 1]);
            let reason = format!("the columns are called by place, from {first} to {last}");
            return Ok((row, Taken::new(DataForm::Signal, reason)));
        }
        if !names::only_count(&all) {
            let reason = "the columns have names of their own";
            return Ok((row, Taken::new(DataForm::Table, reason)));
        }
    }
    let side = numbers.isqrt();
    let is_square = side * side == numbers && !asked_for_rows;
    let alike = Alike::of(values, numbers);
    if let Some(reason) = alike.and_then(|alike| alike.signal(is_square.then_some(side))) {
        return Ok((row, Taken::new(DataForm::Signal, reason)));
    }
    if asked_for_rows {
        let reason = format!(
            "{numbers} numbers in one line are no image, and neighbours are no more alike than others"
        );
        return Ok((row, Taken::new(DataForm::Table, reason)));
    }
    let shape = part::shape(name, numbers, options)?;
    let reason = format!("{numbers} numbers make a square of {side} × {side}");
    Ok((shape, Taken::image(reason)))
}

/// What arrays of images of one line, or one column, are.
pub(super) fn of_lines(numbers: usize, values: &Pixels, options: &Options) -> Taken {
    if let Some(form) = options.form {
        return Taken::new(form, CHOSEN);
    }
    let alike = Alike::of(values, numbers);
    if let Some(reason) = alike.and_then(|alike| alike.signal(None)) {
        return Taken::new(DataForm::Signal, reason);
    }
    Taken::image("the file gives them a height and a width")
}

/// What the columns of a table without a header are called.
pub(super) fn counted(numbers: usize) -> Vec<String> {
    (1..=numbers).map(|at| format!("column {at}")).collect()
}

/// Refuses to take images of several lines for signals or rows of a table.
///
/// # Errors
/// If that is what was chosen.
pub(super) fn keep_image(
    name: &str,
    image: ImageShape,
    options: &Options,
) -> Result<(), ReadError> {
    match options.form {
        Some(form @ (DataForm::Signal | DataForm::Table)) => Err(no_row(name, image, form)),
        _ => Ok(()),
    }
}

/// Whether an image is one line of numbers, or one column.
pub(super) fn is_row(image: ImageShape) -> bool {
    image.channels == 1 && (image.height == 1 || image.width == 1)
}

fn no_row(name: &str, image: ImageShape, form: DataForm) -> ReadError {
    let ImageShape {
        height,
        width,
        channels,
    } = image;
    let sides = match channels {
        1 => axes(&[height, width]),
        _ => axes(&[height, width, channels]),
    };
    let what = match form {
        DataForm::Signal => "a signal",
        _ => "a row of a table",
    };
    let message = format!(
        "Images of {sides} are not each {what}, which is one line of numbers. Leave out what they are, or \
         save each as one line."
    );
    ReadError::new(name, message)
}

/// The numbers of some rows, each column with mean 0 and deviation 1.
struct Alike {
    rows: Vec<Vec<f64>>,
}

impl Alike {
    /// `None` where there is too little to look at, or nothing varies.
    fn of(values: &Pixels, numbers: usize) -> Option<Self> {
        let count = values.len().checked_div(numbers)?;
        if numbers < LEAST_LONG || count < LEAST_ROWS {
            return None;
        }
        let wanted = (MOST_NUMBERS / numbers).clamp(LEAST_ROWS, 256).min(count);
        let mut rows: Vec<Vec<f64>> = (0..wanted)
            .map(|at| {
                let start = at * count / wanted * numbers;
                let row = values.iter(start..start + numbers);
                row.map(f64::from).collect()
            })
            .collect();
        let mut varies = 0;
        for column in 0..numbers {
            let mean = rows.iter().map(|row| row[column]).sum::<f64>() / wanted as f64;
            let squares = rows.iter().map(|row| (row[column] - mean).powi(2));
            let deviation = (squares.sum::<f64>() / wanted as f64).sqrt();
            let is_constant = deviation <= f64::EPSILON * mean.abs();
            varies += usize::from(!is_constant);
            for row in &mut rows {
                row[column] = if is_constant {
                    f64::NAN
                } else {
                    (row[column] - mean) / deviation
                };
            }
        }
        (varies >= LEAST_LONG).then_some(Self { rows })
    }

    /// The mean correlation of columns so far apart, of those that vary and `counts` names by the first of them.
    fn correlation(&self, lag: usize, counts: impl Fn(usize) -> bool) -> Option<f64> {
        let numbers = self.rows[0].len();
        let (mut sum, mut pairs) = (0.0, 0_usize);
        for column in (0..numbers.saturating_sub(lag)).filter(|&column| counts(column)) {
            let products = self.rows.iter().map(|row| row[column] * row[column + lag]);
            let mean = products.sum::<f64>() / self.rows.len() as f64;
            if mean.is_finite() {
                sum += mean;
                pairs += 1;
            }
        }
        (pairs > 0).then(|| sum / pairs as f64)
    }

    /// Why these are signals, if they are; `side`: they may be squares of so many pixels.
    fn signal(&self, side: Option<usize>) -> Option<String> {
        let numbers = self.rows[0].len();
        let near = self.correlation(1, |_| true)?;
        let far = self.correlation(numbers / 2, |_| true)?;
        if near < NEAR || near - far < FURTHER {
            return None;
        }
        let widths: Vec<usize> = match side {
            Some(side) => vec![side],
            None => (4..=numbers / 4)
                .filter(|width| numbers.is_multiple_of(*width))
                .collect(),
        };
        // Waves may be as long as a row of pixels by chance, the more so where there are many widths to choose from:
        // numbers below each other have to be alike, too.
        let least = if side.is_some() { near / 3.0 } else { NEAR };
        let is_image = |width| self.is_image(width, near, least);
        if widths.into_iter().any(is_image) {
            return None;
        }
        Some(format!(
            "numbers side by side are alike (correlation {near:.2}), those half a row apart less ({far:.2})"
        ))
    }

    /// Whether rows of so many pixels lie under each other: numbers a row apart are more alike than those half a
    /// row apart, or a row ends where it has to.
    fn is_image(&self, width: usize, near: f64, least: f64) -> bool {
        let below = self.correlation(width, |_| true);
        let beside = self.correlation(width / 2, |_| true);
        let turn = self.correlation(1, |column| column % width == width - 1);
        let lies_below = below
            .zip(beside)
            .is_some_and(|(below, beside)| below > beside && below >= least);
        lies_below || turn.is_some_and(|turn| turn < near - TURN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyed::{Keyed, Purpose};

    /// Rows of numbers from −1 to 1 that depend on nothing.
    fn noise(count: usize, numbers: usize) -> Vec<Vec<f64>> {
        let mut random = Keyed::new(7, Purpose::Made, &[]);
        let mut next = || 2.0 * f64::from(random.uniform()) - 1.0;
        (0..count)
            .map(|_| (0..numbers).map(|_| next()).collect())
            .collect()
    }

    fn taken(
        rows: &[Vec<f64>],
        names: Option<&[String]>,
        options: &Options,
    ) -> (ImageShape, Taken) {
        let numbers = rows[0].len();
        let values = rows.iter().flatten().map(|&value| value as f32).collect();
        of_rows("x", numbers, names, &Pixels::Floats(values), options).unwrap()
    }

    /// Of each row a wave whose phase and frequency are its first numbers.
    fn waves(count: usize, numbers: usize) -> Vec<Vec<f64>> {
        noise(count, 2)
            .iter()
            .map(|row| {
                let (phase, frequency) = (3.0 * row[0], 0.2 + 0.1 * row[1]);
                let at = |place| (phase + frequency * f64::from(place)).sin();
                (0..numbers as u32).map(at).collect()
            })
            .collect()
    }

    /// Images of `side` × `side` whose pixel is a function of its place and of three numbers of the image.
    fn images(side: usize, pixel: impl Fn(f64, f64, &[f64]) -> f64) -> Vec<Vec<f64>> {
        let drawn = noise(60, side.max(3));
        let places = || (0..side * side).map(|place| (place / side, place % side));
        drawn
            .iter()
            .map(|own| {
                places()
                    .map(|(row, column)| pixel(row as f64, column as f64, own))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn smooth_rows_are_signals_whether_they_make_a_square_or_not() {
        for numbers in [100, 130, 256] {
            let (shape, taken) = taken(&waves(60, numbers), None, &Options::default());
            assert_eq!(shape, ImageShape::grey(1, numbers));
            assert_eq!(taken.form, DataForm::Signal, "{}", taken.reason);
            assert!(taken.reason.contains("side by side"), "{}", taken.reason);
        }
    }

    #[test]
    fn squares_are_images_whatever_is_on_them() {
        let blob = |row: f64, column: f64, own: &[f64]| {
            let (y, x) = (8.0 + 5.0 * own[0], 8.0 + 5.0 * own[1]);
            (-((row - y).powi(2) + (column - x).powi(2)) / 20.0).exp()
        };
        let lying = |row: f64, _: f64, own: &[f64]| own[row as usize];
        let standing = |_: f64, column: f64, own: &[f64]| own[column as usize];
        let slope =
            |row: f64, column: f64, own: &[f64]| own[0] * row + own[1] * column + 9.0 * own[2];
        let all = [
            images(16, blob),
            images(16, lying),
            images(16, standing),
            images(16, slope),
            noise(60, 256),
        ];
        for (at, rows) in all.iter().enumerate() {
            let (shape, taken) = taken(rows, None, &Options::default());
            assert_eq!(taken.form, DataForm::Image, "{at}: {}", taken.reason);
            assert_eq!(shape, ImageShape::grey(16, 16));
        }
    }

    #[test]
    fn what_is_no_square_and_not_smooth_is_asked_about() {
        let values = noise(60, 30).concat();
        let values = Pixels::Floats(values.iter().map(|&value| value as f32).collect());
        let error = of_rows("x", 30, None, &values, &Options::default()).unwrap_err();
        assert!(error.needs.is_some(), "{error}");
        for form in [DataForm::Signal, DataForm::Table] {
            let options = Options {
                form: Some(form),
                ..Options::default()
            };
            let (shape, taken) = of_rows("x", 30, None, &values, &options).unwrap();
            assert_eq!((shape, taken.form), (ImageShape::grey(1, 30), form));
            let square = Options {
                shape: Some(ImageShape::grey(5, 6)),
                ..options
            };
            let refusal = of_rows("x", 30, None, &values, &square).unwrap_err();
            assert!(refusal.to_string().contains("5 × 6"), "{refusal}");
        }
    }

    #[test]
    fn names_say_what_rows_are() {
        let rows = noise(20, 9);
        let form = |names: Vec<String>| taken(&rows, Some(&names), &Options::default()).1.form;
        let of = |name: &dyn Fn(u32) -> String| (0..9).map(name).collect::<Vec<_>>();
        assert_eq!(form(of(&|at| format!("t{at}"))), DataForm::Signal);
        assert_eq!(
            form(of(&|at| format!("{}nm", 400 + 5 * at))),
            DataForm::Signal
        );
        assert_eq!(
            form(of(&|at| format!("{}", 400 + 5 * at))),
            DataForm::Signal
        );
        assert_eq!(form(of(&|at| format!("time_{at}.5"))), DataForm::Signal);
        assert_eq!(
            form(of(&|at| format!("gene{}", at * at + 3))),
            DataForm::Table
        );
        assert_eq!(form(of(&|at| format!("pixel{at}"))), DataForm::Image);
        assert_eq!(form(of(&|at| format!("{at}"))), DataForm::Image);
        assert_eq!(form(of(&|at| format!("V{}", at + 1))), DataForm::Image);
    }
}
