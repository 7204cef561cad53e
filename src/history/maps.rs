//! What charts and [`Emergence`](super::Emergence) need of a moment.

use ndarray::Array2;

use super::Moment;
use crate::importance::DirectionMap;

/// A moment's maps and importance, without the network and what it makes of single images.
#[derive(Clone, Debug)]
pub struct MomentMaps {
    /// Epochs that the network has been trained for; 0 before training.
    pub epoch: usize,
    /// V (features × dimensions).
    pub pixel_importance: Array2<f32>,
    /// S (features × dimensions).
    pub direction: DirectionMap,
    /// IE (classes × dimensions).
    pub latent_importance: Array2<f32>,
    /// Of each dimension, whether its latent is the same for all explained images.
    pub inactive: Vec<bool>,
}

impl From<&Moment> for MomentMaps {
    fn from(moment: &Moment) -> Self {
        Self {
            epoch: moment.epoch,
            pixel_importance: moment.pixel_importance.mean.clone(),
            direction: moment.direction.clone(),
            latent_importance: moment.latent_importance.mean.clone(),
            inactive: inactive(&moment.latents),
        }
    }
}

impl MomentMaps {
    /// Number of features, of classes and of dimensions.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        let (features, dims) = self.pixel_importance.dim();
        (features, self.latent_importance.nrows(), dims)
    }

    /// Whether its matrices agree on how many features and dimensions there are.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        let maps = self.pixel_importance.dim();
        self.direction.slope.dim() == maps
            && self.direction.sign.dim() == maps
            && self.latent_importance.ncols() == maps.1
            && self.inactive.len() == maps.1
    }
}

/// Of each column of latents (images × dimensions), whether it is the same in all rows.
#[must_use]
pub fn inactive(latents: &Array2<f32>) -> Vec<bool> {
    let columns = latents.columns().into_iter();
    columns
        .map(|latent| latent.iter().all(|&value| value == latent[0]))
        .collect()
}
