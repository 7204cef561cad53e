//! What exactness costs where it means trying every value, and how much of that is affordable.
//!
//! Without a closed form, the expected value over all permutations is found by giving every image
//! each value that a column takes, weighted by how often it is taken. That is counted here before
//! it is begun, in multiply-adds of a matrix product: about 1e10 of them take a second in a browser
//! on a laptop.

use std::fmt;

use ndarray::Array2;

use super::closed::ClosedForm;
use super::levels::Levels;
use super::probe::varies;
use crate::model::{Activation, Dense, Network};

/// As much work as [`Method::Auto`](crate::settings::Method::Auto) spends for exactness: about a
/// second.
pub(super) const AFFORDABLE: f64 = 1e10;
/// As much work as [`Method::Exact`](crate::settings::Method::Exact) is good for: a hundred seconds or two.
const LIMIT: f64 = 1e12;

/// What one unit of a layer costs beside its products: a rank-one update or a bias, the
/// activation, the comparison. Measured in Chromium: 6 ns with a sigmoid, where a product's
/// multiply-add takes 0.1 ns.
fn unit(activation: Activation) -> f64 {
    if activation == Activation::Relu {
        10.0
    } else {
        60.0
    }
}

/// Work of taking one changed input through `layers`.
pub(super) fn per_input(layers: &[Dense]) -> f64 {
    let products: usize = layers[1..].iter().map(|layer| layer.weight.len()).sum();
    let units: f64 = layers
        .iter()
        .map(|layer| layer.outputs() as f64 * unit(layer.activation))
        .sum();
    products as f64 + units
}

/// Work of giving every image each value of every column of `inputs`, where one image takes
/// `per_input`. Counting ends where it passes `enough`.
pub(super) fn of_values(inputs: &Array2<f32>, per_input: f64, enough: f64) -> f64 {
    let per_value = inputs.nrows() as f64 * per_input;
    let mut work = 0.0;
    for column in inputs.columns() {
        if work > enough {
            break;
        }
        if varies(column) {
            work += Levels::of(column).len() as f64 * per_value;
        }
    }
    work
}

/// Work of `repeats` permutations of every column of `inputs`.
pub(super) fn of_permutations(inputs: &Array2<f32>, per_input: f64, repeats: usize) -> f64 {
    let varying = inputs
        .columns()
        .into_iter()
        .filter(|&column| varies(column));
    (varying.count() * inputs.nrows() * repeats) as f64 * per_input
}

/// Refuses exact importance that would take too long, before anything is trained.
///
/// How many values a latent takes within a class is not known yet; here it is as many as the class
/// has images, which is nearly always so.
///
/// # Errors
/// If a stage would take minutes or more.
pub fn check_exact(
    network: &Network,
    images: &Array2<f32>,
    class_sizes: impl IntoIterator<Item = usize>,
) -> Result<(), TooCostly> {
    if !ClosedForm::covers(&network.encoder) {
        let work = of_values(images, per_input(&network.encoder), LIMIT);
        if work > LIMIT {
            return Err(TooCostly::PixelImportance { work });
        }
    }
    let pairs: f64 = class_sizes
        .into_iter()
        .map(|images| (images as f64).powi(2))
        .sum();
    let work = pairs * network.dims() as f64 * per_input(&network.decoder);
    if work > LIMIT {
        return Err(TooCostly::LatentImportance { work });
    }
    Ok(())
}

/// Exact importance was asked for where it would take too long. `work` is in multiply-adds, and as
/// far as it was counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TooCostly {
    /// Stage 1.
    PixelImportance {
        /// What it would take, or less.
        work: f64,
    },
    /// Stage 3.
    LatentImportance {
        /// What it would take.
        work: f64,
    },
}

impl fmt::Display for TooCostly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (work, what, instead) = match self {
            Self::PixelImportance { work } => (work, "pixel", "no hidden layers or fewer images"),
            Self::LatentImportance { work } => {
                (work, "latent", "smaller classes or fewer latent dimensions")
            }
        };
        write!(
            f,
            "Exact {what} importance would take {:.0} billion operations or more, and at most \
             {:.0} billion can be asked for. Choose the method auto or sampled, or {instead}.",
            work / 1e9,
            LIMIT / 1e9
        )
    }
}

impl std::error::Error for TooCostly {}
