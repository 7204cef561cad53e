//! The maps of all methods as a job, and how far they agree.

use std::ops::Range;
use std::time::Duration;

use ndarray::Array2;

use super::agreement;
use super::encoder::Encoder;
use super::ground::Ground;
use super::maps::Maps;
use super::results::{Attribution, Opinions};
use crate::data::{ImageShape, Images};
use crate::engine::{Engine, EngineError};
use crate::importance::{DirectionMap, Feature};
use crate::model::Network;
use crate::settings::Settings;

/// What second opinions are asked about.
pub struct Asked<'a> {
    /// What computes, where layers are not all dense.
    pub engine: &'a Engine,
    /// The network, of which the encoder is asked.
    pub network: &'a Network,
    /// The explained images.
    pub explained: &'a Images,
    /// The shape of each.
    pub image: ImageShape,
    /// Rows of the images that maps are means over.
    pub recipients: Range<usize>,
    /// What a feature is, the seed, and how V is measured.
    pub settings: &'a Settings,
    /// V of single features (features × dimensions).
    pub importance: &'a Array2<f32>,
    /// S of single features.
    pub direction: &'a DirectionMap,
}

impl Asked<'_> {
    /// What the maps of some images are of: means over `recipients`, rows of these.
    pub(super) fn ground(&self, rows: &[usize], recipients: Vec<usize>) -> Ground {
        let images = self.explained.pixels.select(ndarray::Axis(0), rows);
        Ground {
            images: images.as_standard_layout().into_owned(),
            keys: rows.iter().map(|&row| row as u64).collect(),
            recipients,
            features: Feature::of_pixels(self.image, self.settings.permute),
            direction: self.direction.sign.clone(),
            seed: self.settings.seed,
        }
    }

    pub(super) fn encoder(&self) -> Encoder {
        Encoder::new(self.engine, self.network.encoder())
    }
}

/// Makes the maps of all methods, and tells how far each two agree.
pub struct Attributions {
    maps: Maps,
    importance: Array2<f32>,
    opinions: Opinions,
}

impl Attributions {
    /// Prepares to ask.
    #[must_use]
    pub fn new(asked: &Asked<'_>) -> Self {
        Self::of(&Attribution::ALL[1..], asked)
    }

    /// Prepares to ask these methods alone.
    #[must_use]
    pub fn of(methods: &[Attribution], asked: &Asked<'_>) -> Self {
        let rows: Vec<usize> = (0..asked.explained.pixels.nrows()).collect();
        let ground = asked.ground(&rows, asked.recipients.clone().collect());
        let encoder = asked.encoder();
        let refusal = encoder.refusal().cloned();
        Self {
            maps: Maps::new(ground, encoder, methods),
            importance: asked.importance.clone(),
            opinions: Opinions {
                methods: Vec::new(),
                agreement: Vec::new(),
                without_gradients: refusal,
                test: None,
            },
        }
    }

    /// Works for about `budget`; true once everything is known.
    ///
    /// # Errors
    /// If the device stops answering, or maps leave the range of a report's numbers.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let finished = self.maps.advance(budget).await?;
        let known = self.opinions.methods.len();
        let found = &self.maps.found()[known..];
        self.opinions.methods.extend_from_slice(found);
        if finished && self.opinions.agreement.is_empty() {
            self.opinions.agreement = agreement(&self.opinions.methods, &self.importance);
        }
        Ok(finished)
    }

    /// Work done, about, of [`Attributions::total`].
    #[must_use]
    pub fn done(&self) -> f64 {
        self.maps.done()
    }

    /// Work in all, about, in multiply-adds.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.maps.total()
    }

    /// How many methods have a map.
    #[must_use]
    pub fn known(&self) -> usize {
        self.opinions.methods.len()
    }

    /// The maps that there are, and how far they agree once there are all.
    #[must_use]
    pub fn opinions(&self) -> &Opinions {
        &self.opinions
    }
}
