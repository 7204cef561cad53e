//! Images and rows whose truth is known, made from a seed: nothing is fetched for them.
//!
//! | name       | what                                                        | the truth                       |
//! | ---------- | ----------------------------------------------------------- | ------------------------------- |
//! | `shapes`   | 32 × 32 pixels in colour, of three forms                    | five independent factors        |
//! | `waveform` | 21 values of a signal of three classes, 19 columns of noise | which columns hold nothing      |
//! | `rank-two` | 20 columns made of two numbers, 20 columns of noise         | the two numbers, and as above   |

mod rank_two;
mod shapes;
mod waveform;

use std::iter::repeat_with;

pub use rank_two::RankTwo;
pub use shapes::{Factor, Shapes};
pub use waveform::Waveform;

use super::{Class, ImageSet, ImageShape, Pixels};

/// Data that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name in settings and reports.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// How many images or rows there are unless somebody says otherwise.
    pub count: usize,
    /// What it is, what of it is known, and where it is described, a sentence each.
    pub about: [&'static str; 3],
}

/// All of them.
pub const KINDS: [Kind; 3] = [
    Kind {
        name: "shapes",
        title: "Shapes",
        count: 3000,
        about: [
            "Squares, discs and triangles on black, 32 × 32 pixels in colour.",
            "Form, size, hue, x and y are independent, and all values of each equally likely.",
            "Made as dSprites are (Matthey, Higgins, Hassabis and Lerchner, 2017), in colour and without rotation.",
        ],
    },
    Kind {
        name: "waveform",
        title: "Waveform",
        count: 5000,
        about: [
            "21 values of a mixture of two of three triangles with normal noise, then 19 columns of normal noise \
             alone.",
            "The class says which two triangles are mixed; the last 19 columns have nothing to do with anything.",
            "Breiman, Friedman, Olshen and Stone: Classification and Regression Trees, 1984, pages 49 to 55 and \
             169.",
        ],
    },
    Kind {
        name: "rank-two",
        title: "Signals of rank 2",
        count: 2000,
        about: [
            "20 columns made of two standard normal numbers, then 20 columns of standard normal noise.",
            "Every column has the mean 0 and the variance 1, but the first 20 together hold two numbers, and the \
             last 20 hold twenty; the class is the sign of the first number.",
            "Made for latent-lens: the columns of signal are weighted by the cosine and the sine of their place.",
        ],
    },
];

/// The most images or rows that are made at once.
pub const MOST: usize = 100_000;

/// Data that were made.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What was made.
    pub kind: Kind,
    /// Its images or rows by class.
    pub classes: Vec<Class>,
    /// Shape of each.
    pub image: ImageShape,
    /// What the columns are called, where it is rows of these.
    pub columns: Option<Vec<String>>,
    /// How they were made and what was done to the numbers, in sentences.
    pub handling: Vec<String>,
}

impl Made {
    /// The same with bytes as they are stored, from 0 to 255, for a network that takes such. Numbers that are no
    /// bytes are left as they are.
    #[must_use]
    pub fn as_stored(mut self) -> Self {
        let mut is_changed = false;
        for class in &mut self.classes {
            if let Pixels::Bytes(bytes) = &class.images.pixels {
                class.images.pixels =
                    Pixels::Floats(bytes.iter().copied().map(f32::from).collect());
                is_changed = true;
            }
        }
        if is_changed {
            self.handling.pop();
            self.handling
                .push("Values from 0 to 255 were taken as they are.".into());
        }
        self
    }
}

/// What is made under this name.
///
/// # Errors
/// One sentence with the names that there are.
pub fn kind(name: &str) -> Result<Kind, String> {
    let mut kinds = KINDS.iter();
    let found = kinds.find(|kind| kind.name == name);
    found.copied().ok_or_else(|| {
        let names = KINDS.map(|kind| kind.name).join(", ");
        format!("There are no data called {name:?} to be made here: choose one of {names}.")
    })
}

/// Makes so many images or rows. The same seed makes the same ones, of which a larger count adds further ones.
///
/// # Errors
/// One sentence, if there are no such data, or too few or too many are asked for.
pub fn make(name: &str, seed: u32, count: usize) -> Result<Made, String> {
    let kind = kind(name)?;
    if !(2..=MOST).contains(&count) {
        return Err(format!(
            "{count} are too few or too many to be made: choose a number from 2 to {MOST}."
        ));
    }
    let (classes, columns, numbers) = match kind.name {
        "shapes" => (Shapes::new(seed).classes(count), None, "bytes"),
        "waveform" => {
            let made = Waveform::new(seed);
            let rows = (0..count as u64).map(|row| made.row(row));
            let names = ["first and second", "first and third", "second and third"];
            let classes = of_rows(&names, rows);
            (classes, Some(Waveform::columns()), "numbers")
        }
        _ => {
            let made = RankTwo::new(seed);
            let rows = (0..count as u64).map(|row| {
                let ([first, _], values) = made.parts(row);
                (usize::from(first >= 0.0), values)
            });
            let classes = of_rows(&["first below 0", "first above 0"], rows);
            (classes, Some(RankTwo::columns()), "numbers")
        }
    };
    let image = match &columns {
        None => Shapes::IMAGE,
        Some(columns) => ImageShape::grey(1, columns.len()),
    };
    let scaled = match numbers {
        "bytes" => "Bytes from 0 to 255 were divided by 255.",
        _ => "The numbers were taken as they are.",
    };
    Ok(Made {
        kind,
        classes,
        image,
        columns,
        handling: vec![
            format!("{count} were made here from the seed {seed}, none was fetched."),
            scaled.into(),
        ],
    })
}

/// Rows of as many numbers each, with the class of each by its place among `names`. Classes without rows are
/// left out.
fn of_rows<const COLUMNS: usize>(
    names: &[&str],
    rows: impl Iterator<Item = (usize, [f32; COLUMNS])>,
) -> Vec<Class> {
    let mut numbers: Vec<Vec<f32>> = repeat_with(Vec::new).take(names.len()).collect();
    for (class, row) in rows {
        numbers[class].extend(row);
    }
    let classes = (0..).zip(names).zip(numbers);
    let classes = classes.filter(|(_, numbers)| !numbers.is_empty());
    let classes = classes.map(|((label, &name), numbers)| Class {
        name: name.into(),
        ..Class::new(
            label,
            ImageSet {
                image: ImageShape::grey(1, COLUMNS),
                pixels: Pixels::Floats(numbers),
            },
        )
    });
    classes.collect()
}

#[cfg(test)]
mod tests;
