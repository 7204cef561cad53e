//! Reconstruction errors of the explained images, some of them at a time.

use std::time::Duration;

use ndarray::{Axis, s};
use web_time::Instant;

use crate::data::Dataset;
use crate::engine::EngineError;
use crate::model::Network;
use crate::report::{Encoded, MeasuredErrors, ReconstructionErrors};

/// So many images are decoded at once.
const AT_ONCE: usize = 64;

/// Decodes the latents of all explained images and compares.
pub(super) struct Rebuilding {
    network: Network,
    /// Rows of the explained images, in the order of the latents.
    order: Vec<usize>,
    errors: MeasuredErrors,
}

impl Rebuilding {
    pub fn new(network: &Network, data: &Dataset) -> Self {
        Self {
            network: network.clone(),
            order: Encoded::order(data),
            errors: MeasuredErrors::default(),
        }
    }

    pub fn progress(&self) -> (f64, f64) {
        (self.errors.images() as f64, self.order.len() as f64)
    }

    /// One slice; true once all images have had their turn.
    ///
    /// # Errors
    /// What a black box says.
    pub async fn advance(
        &mut self,
        data: &Dataset,
        encoded: &Encoded,
        budget: Duration,
    ) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.errors.images() < self.order.len() {
            let from = self.errors.images();
            let to = (from + AT_ONCE).min(self.order.len());
            let images = data.explained.pixels.select(Axis(0), &self.order[from..to]);
            let latents = encoded.latents.slice(s![from..to, ..]);
            let made = self.network.decoder().outputs(latents).await;
            let made = made.map_err(EngineError::BlackBox)?;
            self.errors.add(images.view(), made.view());
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.errors.images() == self.order.len())
    }

    /// What was found.
    ///
    /// # Errors
    /// If a number is infinite or NaN.
    pub fn finish(&mut self) -> Result<ReconstructionErrors, EngineError> {
        let found = std::mem::take(&mut self.errors).finish();
        found.ok_or(EngineError::Overflow("Reconstructions"))
    }
}
