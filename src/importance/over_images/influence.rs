//! How far importance would move if an image counted for more, and what that says of its error.

use ndarray::{Array1, Array2, Axis};

/// For every image that gives values, and every number that is reported of a feature: the change of the
/// number by the weight of the image, which both receives and gives (images × numbers). One matrix where it
/// is known exactly, else one for each of at least two random permutations, whose expectation it is.
pub(super) struct Influence(Vec<Array2<f64>>);

impl Influence {
    pub fn new(repeats: Vec<Array2<f64>>) -> Self {
        Self(repeats)
    }

    /// The standard error over images of every number.
    pub fn errors(&self) -> Array1<f64> {
        let numbers = self.0.first().map_or(0, Array2::ncols);
        (0..numbers)
            .map(|number| self.error(|repeat, image| self.0[repeat][[image, number]]))
            .collect()
    }

    /// The standard error of the difference between the first number of this feature and another one's, of
    /// the same images; `None` is a feature that nothing moves.
    pub fn error_of_difference(&self, other: Option<&Self>) -> f64 {
        self.error(|repeat, image| {
            let of = |influence: &Self| influence.0[repeat][[image, 0]];
            of(self) - other.map_or(0.0, of)
        })
    }

    /// The root of the sum of squares over images. Of random permutations, a square is the product of two
    /// different ones, as that of one with itself holds what is random in it, too.
    fn error(&self, of: impl Fn(usize, usize) -> f64) -> f64 {
        let repeats = self.0.len();
        let images = self.0.first().map_or(0, |first| first.len_of(Axis(0)));
        let (mut of_sums, mut of_each) = (0.0, 0.0);
        for image in 0..images {
            let mut sum = 0.0;
            for repeat in 0..repeats {
                let influence = of(repeat, image);
                sum += influence;
                of_each += influence * influence;
            }
            of_sums += sum * sum;
        }
        if repeats == 1 {
            return of_sums.sqrt();
        }
        let count = repeats as f64;
        let squares = (of_sums - of_each) / (count * (count - 1.0));
        // Where chance leaves nothing of it, an error that is rather too large.
        let squares = if squares > 0.0 {
            squares
        } else {
            of_sums / (count * count)
        };
        squares.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn errors_are_roots_of_sums_of_squares() {
        let exact = Influence::new(vec![array![[3.0, 1.0], [4.0, 0.0]]]);
        assert_eq!(exact.errors(), array![5.0, 1.0]);
        let other = Influence::new(vec![array![[3.0], [3.0]]]);
        assert_eq!(exact.error_of_difference(Some(&other)), 1.0);
        assert_eq!(exact.error_of_difference(None), 5.0);
    }

    #[test]
    fn squares_of_random_ones_are_products_of_different_ones() {
        let repeats = [[1.0, 2.0], [3.0, -1.0], [2.0, 1.0]];
        let found = Influence::new(repeats.map(|[a, b]| array![[a], [b]]).into());
        // Of the first image 3 + 2 + 6, of the second -2 + 2 - 1, each a mean of three products.
        assert!((found.errors()[0] - ((11.0 - 1.0) / 3.0f64).sqrt()).abs() < 1e-12);
        // What is all chance is not nothing.
        let chance = Influence::new(vec![array![[1.0]], array![[-0.5]]]);
        assert_eq!(chance.errors()[0], 0.25);
    }
}
