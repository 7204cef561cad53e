//! Places of the latent space and what the decoder makes of them: a grid over two dimensions, or draws from the
//! standard normal distribution, which a variational network's latents are held to.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, s};

use crate::keyed::{Keyed, Purpose};
use crate::model::Network;

/// Two latent dimensions, and from where to where a grid goes over them.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// The dimension across and the one upwards, counted from 0.
    pub dims: [usize; 2],
    /// From left to right, and from the lower edge to the upper.
    pub window: [[f64; 2]; 2],
    /// Where all dimensions are held, those two excepted.
    pub held: Vec<f32>,
    /// Whether that is 0, the mean of the standard normal distribution, and the window three standard
    /// deviations of it either way; else it is the mean of the explained images, and the window theirs.
    pub of_prior: bool,
}

/// A grid of places, row by row from the upper left, as far as it is decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    rows: usize,
    columns: usize,
    plane: Option<Plane>,
    /// Places × dimensions.
    latents: Array2<f32>,
    /// Places × numbers of an image; the first [`Decoded::done`] are known.
    images: Array2<f32>,
    done: usize,
}

impl Decoded {
    /// A grid of so many rows and columns over a plane.
    ///
    /// # Panics
    /// If the plane has a dimension that is not among those that are held.
    #[must_use]
    pub fn of_plane(plane: Plane, (rows, columns): (usize, usize)) -> Self {
        let [across, up] = plane.dims;
        let mut latents = Array2::from_shape_fn((rows * columns, plane.held.len()), |(_, dim)| {
            plane.held[dim]
        });
        for (at, mut place) in latents.rows_mut().into_iter().enumerate() {
            let [x, y] = plane.place((at / columns, at % columns), (rows, columns));
            place[across] = x as f32;
            place[up] = y as f32;
        }
        Self::new((rows, columns), Some(plane), latents)
    }

    /// So many draws from the standard normal distribution of so many dimensions; `which` tells one grid of
    /// them from the next.
    #[must_use]
    pub fn of_prior(
        seed: u32,
        which: u32,
        (rows, columns): (usize, usize),
        dimensions: usize,
    ) -> Self {
        let mut latents = Array2::zeros((rows * columns, dimensions));
        for (at, mut place) in latents.rows_mut().into_iter().enumerate() {
            let draws = Keyed::new(seed, Purpose::Prior, &[u64::from(which), at as u64]);
            draws.add_normal(place.as_slice_mut().expect("rows are contiguous"), 1.0);
        }
        Self::new((rows, columns), None, latents)
    }

    fn new((rows, columns): (usize, usize), plane: Option<Plane>, latents: Array2<f32>) -> Self {
        Self {
            rows,
            columns,
            plane,
            latents,
            images: Array2::zeros((rows * columns, 0)),
            done: 0,
        }
    }

    /// Decodes so many more places; true once all are.
    ///
    /// # Panics
    /// If the network has another number of dimensions.
    pub fn advance(&mut self, network: &Network, count: usize) -> bool {
        let places = self.latents.nrows();
        let next: Range<usize> = self.done..(self.done + count).min(places);
        if !next.is_empty() {
            let made = network.decode(self.latents.slice(s![next.clone(), ..]));
            if self.images.ncols() != made.ncols() {
                self.images = Array2::zeros((places, made.ncols()));
            }
            self.images.slice_mut(s![next.clone(), ..]).assign(&made);
            self.done = next.end;
        }
        self.done == places
    }

    /// Rows and columns of the grid.
    #[must_use]
    pub fn grid(&self) -> (usize, usize) {
        (self.rows, self.columns)
    }

    /// The plane that the grid goes over; `None` where places are draws.
    #[must_use]
    pub fn plane(&self) -> Option<&Plane> {
        self.plane.as_ref()
    }

    /// How many places are decoded.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// The latents of a place, counted row by row.
    ///
    /// # Panics
    /// If there is no such place.
    #[must_use]
    pub fn latents(&self, at: usize) -> ArrayView1<'_, f32> {
        self.latents.row(at)
    }

    /// What the decoder makes of a place; `None` where that is not known yet.
    #[must_use]
    pub fn image(&self, at: usize) -> Option<ArrayView1<'_, f32>> {
        (at < self.done).then(|| self.images.row(at))
    }
}

impl Plane {
    /// Where the place in a row from the top and a column from the left is, across and up; in the middle where there
    /// is only one.
    #[must_use]
    pub fn place(
        &self,
        (row, column): (usize, usize),
        (rows, columns): (usize, usize),
    ) -> [f64; 2] {
        let along = |[from, to]: [f64; 2], step: usize, steps: usize| {
            let share = match steps {
                0 | 1 => 0.5,
                _ => step as f64 / (steps - 1) as f64,
            };
            from + (to - from) * share
        };
        let [across, up] = self.window;
        let from_below = rows.saturating_sub(row + 1);
        [along(across, column, columns), along(up, from_below, rows)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;
    use crate::model::Architecture;
    use crate::settings::Settings;

    fn network() -> Network {
        let settings = Settings {
            dims: 3,
            hidden: vec![4],
            ..Settings::default()
        };
        Network::of(&Architecture::new(ImageShape::grey(2, 2), &settings), 3)
    }

    #[test]
    fn a_grid_goes_from_the_lower_left_to_the_upper_right() {
        let plane = Plane {
            dims: [2, 0],
            window: [[-3.0, 3.0], [0.0, 10.0]],
            held: vec![7.0, 0.5, 8.0],
            of_prior: false,
        };
        let mut grid = Decoded::of_plane(plane, (3, 5));
        // Dimension 3 across, dimension 1 up, the other one held.
        assert_eq!(grid.latents(0).to_vec(), [10.0, 0.5, -3.0]);
        assert_eq!(grid.latents(7).to_vec(), [5.0, 0.5, 0.0]);
        assert_eq!(grid.latents(14).to_vec(), [0.0, 0.5, 3.0]);
        let network = network();
        assert!(!grid.advance(&network, 8) && grid.done() == 8);
        assert!(grid.image(8).is_none());
        assert!(grid.advance(&network, 8) && grid.advance(&network, 8));
        for at in 0..15 {
            let alone = network.decode(grid.latents(at).insert_axis(ndarray::Axis(0)));
            assert_eq!(grid.image(at).unwrap(), alone.row(0));
        }
    }

    #[test]
    fn draws_are_standard_normal_and_the_same_again() {
        let grid = Decoded::of_prior(5, 0, (40, 50), 3);
        assert_eq!(grid, Decoded::of_prior(5, 0, (40, 50), 3));
        let other = Decoded::of_prior(5, 1, (40, 50), 3);
        assert_ne!(grid.latents(0), other.latents(0));
        for dim in 0..3 {
            let draws: Vec<f64> = (0..2000).map(|at| grid.latents(at)[dim].into()).collect();
            let mean = draws.iter().sum::<f64>() / 2000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 2000.0;
            // Four standard errors.
            assert!(mean.abs() < 0.09, "{mean}");
            assert!((variance - 1.0).abs() < 0.127, "{variance}");
        }
    }
}
