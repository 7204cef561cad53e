//! Many images on their way through an encoder, and what their latents predict.

use std::ops::Range;
use std::time::Duration;

use ndarray::{Array2, s};
use web_time::Instant;

use super::comparison::r2_by_halves;
use super::regression::{Regression, r2};
use crate::attribution::Encoder;
use crate::data::{Images, Rows};
use crate::engine::EngineError;

/// Images that go through an encoder at once.
const AT_ONCE: usize = 512;

/// Latents (images × dimensions) of all of these images at once.
pub(super) async fn encode(
    encoder: &mut Encoder,
    images: &Images,
) -> Result<Array2<f32>, EngineError> {
    let mut latents = Vec::new();
    let mut done = 0;
    while done < images.count() {
        let rows = following(done, images);
        latents.extend(some(encoder, images, rows.clone()).await?);
        done = rows.end;
    }
    Ok(by_row(latents, images.count()))
}

fn by_row(latents: Vec<f32>, rows: usize) -> Array2<f32> {
    let dims = latents.len() / rows.max(1);
    Array2::from_shape_vec((rows, dims), latents).expect("one row an image")
}

fn following(done: usize, images: &impl Rows) -> Range<usize> {
    done..(done + AT_ONCE).min(images.count())
}

/// Latents of some of the images.
async fn some(
    encoder: &mut Encoder,
    images: &impl Rows,
    rows: Range<usize>,
) -> Result<Array2<f32>, EngineError> {
    let latents = encoder.latents(&images.rows(rows)).await?;
    if latents.iter().all(|latent| latent.is_finite()) {
        Ok(latents)
    } else {
        Err(EngineError::Overflow("Latents"))
    }
}

/// Images going through an encoder.
pub(super) struct Encoding {
    encoder: Encoder,
    latents: Vec<f32>,
    /// Images that have gone through.
    pub done: usize,
}

impl Encoding {
    pub fn new(encoder: Encoder) -> Self {
        Self {
            encoder,
            latents: Vec::new(),
            done: 0,
        }
    }

    pub async fn advance(
        &mut self,
        images: &impl Rows,
        budget: Duration,
    ) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.done < images.count() {
            let rows = following(self.done, images);
            self.done = rows.end;
            let latents = some(&mut self.encoder, images, rows).await?;
            self.latents.extend(latents);
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= images.count())
    }

    pub fn finish(self) -> Array2<f32> {
        by_row(self.latents, self.done)
    }
}

/// The dimensions of the first network, predicted from all latents of another one: fitted on the training images.
pub(super) struct Predicting {
    encoder: Encoder,
    regression: Regression,
    /// Images that have gone through.
    pub done: usize,
}

impl Predicting {
    pub fn new(encoder: Encoder, (predictors, targets): (usize, usize)) -> Self {
        Self {
            encoder,
            regression: Regression::new(predictors, targets),
            done: 0,
        }
    }

    /// `first` are the latents of the first network for the same images.
    pub async fn advance(
        &mut self,
        images: &impl Rows,
        first: &Array2<f32>,
        budget: Duration,
    ) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.done < images.count() {
            let rows = following(self.done, images);
            self.done = rows.end;
            let latents = some(&mut self.encoder, images, rows.clone()).await?;
            self.regression
                .add(latents.view(), first.slice(s![rows, ..]));
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= images.count())
    }

    /// Of the explained images, whose latents these are; where there were no training images, by halves of them.
    pub fn r2(&self, other: &Array2<f32>, first: &Array2<f32>) -> Vec<Option<f32>> {
        if self.done == 0 {
            return r2_by_halves(other, first);
        }
        let fit = self.regression.fit();
        r2(&fit.squared_errors(other.view(), first.view()), first)
    }
}
