//! A report as it was after an epoch.

use super::{Encoded, Report};
use crate::history::Moment;
use crate::model::Network;
use crate::train::Samples;

impl Report {
    /// What is found of `network`, which was trained for `epoch` epochs; `None` while not all of it is.
    #[must_use]
    pub fn moment(&self, epoch: usize, network: &Network) -> Option<Moment> {
        let samples = self.samples.as_ref()?;
        Some(Moment {
            epoch,
            network: network.clone(),
            sample_latents: samples.latents.clone(),
            reconstructions: samples.reconstructions.clone(),
            latents: self.encoded.as_ref()?.latents.clone(),
            pixel_importance: self.pixel_importance.clone()?,
            direction: self.direction.clone()?,
            latent_importance: self.latent_importance.clone()?,
            latent_importance_rmse: self.latent_importance_rmse.clone(),
        })
    }

    /// The same report with what was found after another epoch, and nothing that was measured of the final network
    /// alone.
    #[must_use]
    pub fn at(&self, moment: &Moment) -> Self {
        Self {
            version: self.version.clone(),
            data: self.data.clone(),
            model: self.model.clone(),
            latent: self.latent,
            training: self.training.clone(),
            samples: self.samples.as_ref().map(|samples| Samples {
                labels: samples.labels.clone(),
                images: samples.images.clone(),
                latents: moment.sample_latents.clone(),
                reconstructions: moment.reconstructions.clone(),
                noisy: samples.noisy.clone(),
            }),
            encoded: self.encoded.as_ref().map(|encoded| Encoded {
                labels: encoded.labels.clone(),
                positions: encoded.positions.clone(),
                files: encoded.files.clone(),
                file: encoded.file.clone(),
                place: encoded.place.clone(),
                latents: moment.latents.clone(),
            }),
            pixel_importance: Some(moment.pixel_importance.clone()),
            direction: Some(moment.direction.clone()),
            latent_importance: Some(moment.latent_importance.clone()),
            latent_importance_rmse: moment.latent_importance_rmse.clone(),
            kernel: self.kernel.clone(),
            ..Self::empty(
                &self.engine,
                self.settings.clone(),
                self.image,
                self.classes.clone(),
            )
        }
    }
}
