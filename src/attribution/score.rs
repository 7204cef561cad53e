//! Curves of the fair test, the areas beneath them, and who wins.

use ndarray::{Array2, Axis};

use super::results::{Attribution, FairTest, Filler, Score};

/// How many stretches a curve has where there are more features than that.
const STRETCHES: usize = 24;
/// How many standard errors a difference has to exceed.
const ERRORS: f64 = 2.0;

pub(super) const FILLERS: [Filler; 3] = [Filler::Mean, Filler::Zero, Filler::Donor];

/// After how many of the features curves are known: of none and of all, and the earlier the closer to each
/// other, since that is where orders differ. Where there are few features, after each.
pub(super) fn steps(features: usize) -> Vec<usize> {
    if features <= STRETCHES {
        return (0..=features).collect();
    }
    let steps = (0..=STRETCHES).map(|at| {
        let share = at as f64 / STRETCHES as f64;
        (features as f64 * share * share).round() as usize
    });
    let mut steps: Vec<usize> = steps.collect();
    steps.dedup();
    steps
}

/// What each height of a curve counts in the area beneath it, by trapezoids.
pub(super) fn weights(steps: &[usize]) -> Vec<f64> {
    let last = steps.last().copied().unwrap_or(1) as f64;
    let at = |at: usize| steps[at.min(steps.len() - 1)] as f64;
    let widths = (0..steps.len()).map(|here| at(here + 1) - at(here.saturating_sub(1)));
    widths.map(|width| width / 2.0 / last).collect()
}

/// What was measured of one order, or the mean of several, with one filler.
#[derive(Clone)]
pub(super) struct Curves {
    /// Heights, added up over images (dimensions × steps).
    heights: Array2<f64>,
    /// Beneath the curve of each image (images × dimensions).
    areas: Array2<f64>,
}

impl Curves {
    pub(super) fn new(images: usize, dims: usize, steps: usize) -> Self {
        Self {
            heights: Array2::zeros((dims, steps)),
            areas: Array2::zeros((images, dims)),
        }
    }

    /// Adds the height of an image's curve, of which the area counts `weight`.
    pub(super) fn add(&mut self, image: usize, dim: usize, step: usize, height: f64, weight: f64) {
        self.heights[[dim, step]] += height;
        self.areas[[image, dim]] += height * weight;
    }

    /// Of the mean of so many orders, which were all added.
    pub(super) fn share(&mut self, orders: usize) {
        self.heights /= orders as f64;
        self.areas /= orders as f64;
    }
}

/// Curves of every method, the floor last, each with every filler in turn.
pub(super) struct Measured {
    pub methods: Vec<Option<Attribution>>,
    pub curves: Vec<Curves>,
    /// Whether each dimension varies.
    pub varies: Vec<bool>,
}

impl Measured {
    /// All scores, and the winners.
    pub(super) fn test(&self, ordered_by: usize, steps: &[usize]) -> FairTest {
        let features = steps.last().copied().unwrap_or(1) as f32;
        let measured_on = self.curves.first().map_or(0, |curves| curves.areas.nrows());
        let contests = self
            .methods
            .iter()
            .flat_map(|method| FILLERS.map(|filler| (*method, filler)));
        let scores = contests
            .zip(&self.curves)
            .map(|((method, filler), curves)| Score {
                method,
                filler,
                curves: curves
                    .heights
                    .mapv(|height| (height / measured_on as f64) as f32),
                area: self.each(|dim| mean(curves.areas.column(dim).iter().copied())),
                std_error: self.each(|dim| std_error(curves.areas.column(dim).iter().copied())),
            });
        FairTest {
            ordered_by,
            measured_on,
            shares: steps.iter().map(|&step| step as f32 / features).collect(),
            scores: scores.collect(),
            winners: (0..self.varies.len()).map(|dim| self.winner(dim)).collect(),
        }
    }

    /// Of every dimension that varies.
    fn each(&self, of: impl Fn(usize) -> f64) -> Vec<Option<f32>> {
        let dims = self.varies.iter().enumerate();
        dims.map(|(dim, varies)| varies.then(|| of(dim) as f32))
            .collect()
    }

    fn winner(&self, dim: usize) -> Option<Attribution> {
        let all = || 0..self.methods.len();
        let wins = |&at: &usize| {
            let mut others = all().filter(|&other| other != at);
            self.varies[dim] && others.all(|other| self.beats(at, other, dim))
        };
        all().find(wins).and_then(|at| self.methods[at])
    }

    /// Whether one method is better than another with every filler.
    fn beats(&self, at: usize, other: usize, dim: usize) -> bool {
        (0..FILLERS.len()).all(|filler| {
            let [a, b] = [at, other].map(|method| {
                let curves = &self.curves[method * FILLERS.len() + filler];
                curves.areas.index_axis(Axis(1), dim)
            });
            let differences = || a.iter().zip(b).map(|(a, b)| a - b);
            let mean = mean(differences());
            mean > 0.0 && mean > ERRORS * std_error(differences())
        })
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

/// Of the mean.
fn std_error(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let count = values.len() as f64;
    let mean = mean(values.clone());
    let squares = values.map(|value| (value - mean).powi(2)).sum::<f64>();
    (squares / (count - 1.0) / count).sqrt()
}
