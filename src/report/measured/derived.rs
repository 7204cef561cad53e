//! Numbers that follow from groups and from the latents' variance.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::attribution::Attribution;
use crate::data::Grouping;
use crate::importance::Measured;
use crate::report::{Encoded, Report};
use crate::settings::Recipients;

/// What importance is shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// As the paper has it: what is squared in squared latent units.
    #[default]
    Paper,
    /// As a share of 2 · Var(z), which is what replacing the whole image does to a latent on average; what
    /// is not squared, of its root.
    Share,
}

/// V of groups over the sum of V of their pixels, each moved alone (groups × dimensions): above 1 where
/// they share what they say, below 1 where they cancel each other.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedCredit {
    /// Absent where neither the group nor any of its pixels moves the dimension; infinite where only the
    /// group does.
    pub ratio: Array2<Option<f64>>,
    /// Standard error of the ratio, to first order; absent while that of an importance is not known, and
    /// where the ratio is absent or infinite.
    pub std_error: Array2<Option<f64>>,
    /// Whether an importance is sampled rather than exact.
    pub is_sampled: bool,
}

impl Encoded {
    /// Population variance of each latent dimension over the images: the mean squared deviation from the
    /// mean.
    #[must_use]
    pub fn variances(&self) -> Vec<f64> {
        let variance = |values: ndarray::ArrayView1<'_, f32>| {
            let count = values.len().max(1) as f64;
            // Differences from the first are exactly 0 where all are the same.
            let first = f64::from(values.first().copied().unwrap_or(0.0));
            let values = || values.iter().map(|&value| f64::from(value) - first);
            let mean = values().sum::<f64>() / count;
            values().map(|value| (value - mean).powi(2)).sum::<f64>() / count
        };
        self.latents.columns().into_iter().map(variance).collect()
    }
}

impl Report {
    /// The mean of those signals that receive values, in the units in which they were stored: of a class where it
    /// is one that does, else of all.
    #[must_use]
    pub fn mean_signal(&self) -> Option<&[f32]> {
        let means = self.data.means.as_ref()?;
        let class = match self.settings.measure.recipients {
            Recipients::Class(label) => self.classes.iter().position(|class| class.label == label),
            Recipients::All | Recipients::Image(_) => None,
        };
        means
            .get(class.map_or(0, |class| class + 1))
            .map(Vec::as_slice)
    }

    /// What a method's importance is divided by to be a share, for every dimension: 2 · Var(z) over the
    /// explained images, and its root where the method's numbers are not squared. 0 where the latent is
    /// the same in all images. Absent while the latents are not known, and for the variance of pixels,
    /// which is no share of a latent's.
    #[must_use]
    pub fn wholes(&self, method: Attribution) -> Option<Vec<f64>> {
        if method == Attribution::Variance {
            return None;
        }
        let mut wholes = self.encoded.as_ref()?.variances();
        for whole in &mut wholes {
            *whole *= 2.0;
            if !method.is_squared() {
                *whole = whole.sqrt();
            }
        }
        Some(wholes)
    }

    /// How far the pixels of each group share what they say. Absent while either importance is not known.
    #[must_use]
    pub fn shared_credit(&self) -> Option<SharedCredit> {
        let (groups, alone) = (self.groups.as_ref()?, self.pixel_importance.as_ref()?);
        let (grouping, whole) = (&groups.grouping, &groups.importance);
        let shape = whole.mean.dim();
        let fits = alone.mean.dim() == (grouping.of.len(), shape.1);
        if !fits || shape.0 != grouping.names.len() || alone.repeats == 0 || whole.repeats == 0 {
            return None;
        }
        let sums = summed(grouping, &alone.mean, &|value| value);
        let squares = alone.std_error.as_ref();
        let squares = squares.map(|error| summed(grouping, error, &|value| value * value));
        let ratio = Array2::from_shape_fn(shape, |cell| {
            let (group, sum) = (f64::from(whole.mean[cell]), sums[cell]);
            (group > 0.0 || sum > 0.0).then_some(group / sum)
        });
        // Groups and pixels are moved by permutations of their own, so that their errors are independent.
        let std_error = Array2::from_shape_fn(shape, |cell| {
            let ratio = ratio[cell].filter(|ratio| ratio.is_finite())?;
            let (group, members) = (whole.std_error.as_ref()?, squares.as_ref()?);
            let variance = f64::from(group[cell]).powi(2) + ratio * ratio * members[cell];
            Some(variance.sqrt() / sums[cell])
        });
        Some(SharedCredit {
            ratio,
            std_error,
            is_sampled: [whole, alone]
                .iter()
                .any(|found| found.method == Measured::Sampled),
        })
    }
}

/// The sum over the pixels of each group of what `of` makes of their numbers (groups × dimensions).
fn summed(grouping: &Grouping, matrix: &Array2<f32>, of: &dyn Fn(f64) -> f64) -> Array2<f64> {
    let mut sums = Array2::zeros((grouping.names.len(), matrix.ncols()));
    for (row, &group) in matrix.rows().into_iter().zip(&grouping.of) {
        let sums = group
            .checked_sub(1)
            .filter(|&group| (group as usize) < sums.nrows())
            .map(|group| sums.row_mut(group as usize));
        for (sum, &value) in sums.into_iter().flatten().zip(row) {
            *sum += of(f64::from(value));
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::ImageShape;
    use crate::importance::{Estimate, GroupImportance};

    fn estimate(mean: Array2<f32>, std_error: Option<Array2<f32>>) -> Estimate {
        Estimate {
            method: Measured::Sampled,
            engine: "cpu".into(),
            mean,
            std_error,
            repeats: 4,
            fraction: 1.0,
        }
    }

    /// Five pixels: the first two are a group, the next two another, the last is in none.
    fn grouped() -> Report {
        let mut report = Report::blank(ImageShape::grey(1, 5), 3, &[0]);
        report.pixel_importance = Some(estimate(
            array![
                [1.0, 0.0, 0.5],
                [1.0, 0.0, 0.25],
                [0.0, 0.0, 2.0],
                [0.0, 0.0, 2.0],
                [9.0, 9.0, 9.0]
            ],
            Some(array![
                [0.3, 0.0, 0.0],
                [0.4, 0.0, 0.0],
                [0.0, 0.0, 0.0],
                [0.0, 0.0, 0.0],
                [1.0, 1.0, 1.0]
            ]),
        ));
        report.groups = Some(GroupImportance {
            grouping: Grouping {
                names: vec!["left".into(), "right".into()],
                of: vec![1, 1, 2, 2, 0],
            },
            importance: estimate(
                array![[8.0, 0.0, 0.75], [0.0, 3.0, 1.0]],
                Some(array![[0.6, 0.0, 0.0], [0.0, 0.1, 0.2]]),
            ),
            merges: Vec::new(),
            clustered_on: None,
        });
        report
    }

    #[test]
    fn shared_credit_is_the_group_over_its_pixels_alone() {
        let report = grouped();
        let found = report.shared_credit().unwrap();
        // Duplicates share (8 of 2), nothing of nothing is nothing, what only the pair does is infinite,
        // and what cancels is below 1.
        let infinite = Some(f64::INFINITY);
        assert_eq!(
            found.ratio,
            array![[Some(4.0), None, Some(1.0)], [None, infinite, Some(0.25)]]
        );
        // √(0.6² + 4² · (0.3² + 0.4²)) / 2, by hand √(0.36 + 4) / 2; and 0.2 / 4.
        let near = |found: Option<f64>, expected: f64| {
            assert!((found.unwrap() - expected).abs() < 1e-6, "{found:?}");
        };
        near(found.std_error[(0, 0)], 4.36_f64.sqrt() / 2.0);
        near(found.std_error[(1, 2)], 0.05);
        assert_eq!(found.std_error[(0, 1)], None);
        assert_eq!(found.std_error[(1, 1)], None);

        assert!(found.is_sampled);
        let mut exact = grouped();
        exact.pixel_importance.as_mut().unwrap().method = Measured::Exact;
        assert!(exact.shared_credit().unwrap().is_sampled);
        exact.groups.as_mut().unwrap().importance.method = Measured::Exact;
        assert!(!exact.shared_credit().unwrap().is_sampled);

        let mut early = grouped();
        early.pixel_importance.as_mut().unwrap().std_error = None;
        let early = early.shared_credit().unwrap();
        assert_eq!(early.ratio, found.ratio);
        assert!(early.std_error.iter().all(Option::is_none));
    }

    #[test]
    fn there_is_no_shared_credit_before_both_are_measured() {
        let spoils: [fn(&mut Report); 5] = [
            |report| report.groups = None,
            |report| report.pixel_importance = None,
            |report| report.pixel_importance.as_mut().unwrap().repeats = 0,
            |report| report.groups.as_mut().unwrap().importance.repeats = 0,
            |report| report.groups.as_mut().unwrap().grouping.of.truncate(4),
        ];
        for spoil in spoils {
            let mut report = grouped();
            spoil(&mut report);
            assert_eq!(report.shared_credit(), None);
        }
    }

    #[test]
    fn shares_are_of_twice_the_population_variance() {
        let mut report = grouped();
        assert_eq!(report.wholes(Attribution::Permutation), None);
        report.encoded = Some(Encoded {
            labels: vec![0; 4],
            positions: vec![0, 1, 2, 3],
            latents: array![
                [1.0, 0.1, 0.0],
                [3.0, 0.1, 0.0],
                [5.0, 0.1, 0.0],
                [7.0, 0.1, 4.0]
            ],
            ..Encoded::default()
        });
        // By hand: squares about the means 4, 0.1 and 1 sum to 20, 0 and 12, over 4 images.
        let encoded = report.encoded.as_ref().unwrap();
        assert_eq!(encoded.variances(), [5.0, 0.0, 3.0]);
        let squared = Some(vec![10.0, 0.0, 6.0]);
        for method in [
            Attribution::Permutation,
            Attribution::OcclusionZero,
            Attribution::OcclusionMean,
        ] {
            assert_eq!(report.wholes(method), squared);
        }
        let roots = Some(vec![10f64.sqrt(), 0.0, 6f64.sqrt()]);
        for method in [
            Attribution::Gradient,
            Attribution::Smoothgrad,
            Attribution::IntegratedZero,
            Attribution::IntegratedMean,
        ] {
            assert_eq!(report.wholes(method), roots);
        }
        assert_eq!(report.wholes(Attribution::Variance), None);
    }
}
