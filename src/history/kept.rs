//! Moments, as many as a bound leaves room for.

use std::collections::BTreeMap;

use super::{Emergence, Moment, MomentMaps};
use crate::model::Layer;

/// The moments of a run by their epochs, within a bound on their bytes: past it, every second epoch is forgotten, then
/// every second of those that are left, and so on; the first and the last are kept as long as both have room.
#[derive(Clone, Debug)]
pub struct History {
    moments: BTreeMap<usize, Moment>,
    most_bytes: usize,
    step: usize,
    last: Option<usize>,
}

impl Default for History {
    fn default() -> Self {
        Self::new(Self::MOST_BYTES)
    }
}

impl History {
    /// What moments of a run may take together: 64 MB.
    pub const MOST_BYTES: usize = 64 << 20;

    /// Without moments, for so many bytes.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self {
            moments: BTreeMap::new(),
            most_bytes,
            step: 1,
            last: None,
        }
    }

    /// Says which epoch is the last, which is kept whatever else is forgotten. Later ones did not lead there, and are
    /// forgotten.
    #[must_use]
    pub fn ending_with(mut self, last: usize) -> Self {
        self.moments.retain(|&epoch, _| epoch <= last);
        self.last = Some(last);
        self
    }

    /// Whether a moment of this epoch would be kept if it were added now.
    #[must_use]
    pub fn wants(&self, epoch: usize) -> bool {
        epoch.is_multiple_of(self.step) || self.last == Some(epoch)
    }

    /// Takes a moment over, in any order of their epochs; one of the same epoch takes the place of that.
    pub fn add(&mut self, moment: Moment) {
        if !self.wants(moment.epoch) {
            return;
        }
        self.moments.insert(moment.epoch, moment);
        while self.bytes() > self.most_bytes && self.moments.len() > 1 && self.step < 1 << 20 {
            self.step *= 2;
            let (step, last) = (self.step, self.last);
            self.moments
                .retain(|epoch, _| epoch.is_multiple_of(step) || last == Some(*epoch));
        }
    }

    /// The moments in the order of their epochs.
    #[must_use]
    pub fn moments(&self) -> impl DoubleEndedIterator<Item = &Moment> + ExactSizeIterator {
        self.moments.values()
    }

    /// The moment of an epoch.
    #[must_use]
    pub fn at(&self, epoch: usize) -> Option<&Moment> {
        self.moments.get(&epoch)
    }

    /// Whether no moment is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moments.is_empty()
    }

    /// Of every so many epochs one is kept: 1 as long as nothing had to be forgotten.
    #[must_use]
    pub fn step(&self) -> usize {
        self.step
    }

    /// What the moments take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.moments.values().map(Moment::bytes).sum()
    }

    /// How what is there in the end came about; the last moment counts as the end. `None` without moments.
    #[must_use]
    pub fn emergence(&self) -> Option<Emergence> {
        let maps: Vec<MomentMaps> = self.moments().map(MomentMaps::from).collect();
        Emergence::of(&maps.iter().collect::<Vec<_>>())
    }
}

impl Moment {
    /// What its numbers take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let rmse = self.latent_importance_rmse.as_ref();
        let estimates = [&self.pixel_importance, &self.latent_importance];
        let estimates: usize = estimates
            .into_iter()
            .chain(rmse)
            .map(|of| of.mean.len() + of.std_error.as_ref().map_or(0, ndarray::ArrayBase::len))
            .sum();
        let matrices = [
            &self.sample_latents,
            &self.reconstructions,
            &self.latents,
            &self.direction.slope,
            &self.direction.sign,
        ];
        let matrices: usize = matrices.into_iter().map(ndarray::ArrayBase::len).sum();
        let weights = self.network.layers().flat_map(Layer::weights);
        let weights: usize = weights.map(|matrix| matrix.len()).sum();
        size_of::<f32>() * (estimates + matrices + weights)
    }
}
