//! A stage of a run divided among workers while it runs.
//!
//! One worker owns the run and others help: whichever is free makes the next stretch of the stage's
//! measurements. [`SharedStage`] is what helpers need; [`SharedStage::importance`] makes of it the same
//! [`Importance`] that the run has, whose [`measure`](Importance::measure) gives the same numbers; and
//! [`Run::add`] adds them in order. So results are those of one worker, to the last bit,
//! however many there are and whatever becomes of them.

use std::ops::Range;

use ndarray::Array2;

use crate::data::ImageShape;
use crate::engine::{Engine, EngineError};
use crate::importance::{Importance, Plan};
use crate::model::Network;
use crate::run::{Prepared, Run, Stage, design, half};
#[cfg(feature = "general")]
use crate::settings::Donors;
use crate::settings::Settings;

/// Everything that a stage's measurements depend on.
#[derive(Clone, Copy, Debug)]
pub struct SharedStage<'a> {
    /// Stage 1, of pixels or groups, or stage 3.
    pub stage: Stage,
    /// Settings of the run.
    pub settings: &'a Settings,
    /// As trained.
    pub network: &'a Network,
    /// Shape of the images.
    pub image: ImageShape,
    /// What is permuted: the explained images (images × numbers) in stage 1, their latents (images ×
    /// dimensions) in stage 3.
    pub inputs: &'a Array2<f32>,
    /// Label and rows of each class.
    pub classes: &'a [(u8, Range<usize>)],
    /// What is measured beside what all this says.
    pub prepared: &'a Prepared,
}

impl<'a> SharedStage<'a> {
    /// The current stage of `run`; `None` where it has no measurements.
    #[must_use]
    pub fn of(run: &'a Run) -> Option<Self> {
        Some(Self {
            stage: run.stage(),
            settings: &run.report().settings,
            network: run.network()?,
            image: run.image(),
            inputs: run.inputs()?,
            classes: &run.explained().classes,
            prepared: run.prepared(),
        })
    }

    /// Refuses what no run can have produced: a helper's input comes from outside and may be anything.
    ///
    /// # Errors
    /// One sentence: what is wrong.
    pub fn check(&self) -> Result<(), String> {
        self.network.check()?;
        let (images, columns) = self.inputs.dim();
        let expected = match self.stage {
            stage if stage.moves_images() => {
                let (image, input) = (self.image.size(), self.network.encoder().input().size());
                if image != input {
                    return Err(format!(
                        "The images have {image} numbers; the network takes {input} of each."
                    ));
                }
                input
            }
            Stage::LatentImportance => self.network.dims(),
            other => return Err(format!("The stage {} is not one to share.", other.name())),
        };
        let mut rows = self.classes.iter().map(|(_, rows)| rows);
        if images == 0 || columns != expected {
            Err(format!(
                "The inputs are {images} × {columns} numbers; the network takes {expected} of each image."
            ))
        } else if !self.inputs.iter().all(|input| input.is_finite()) {
            Err("The inputs hold a number that is infinite or NaN.".into())
        } else if self.classes.is_empty() || rows.any(|rows| rows.is_empty() || rows.end > images) {
            Err(format!("The classes are not of these {images} images."))
        } else {
            #[cfg(feature = "general")]
            self.check_prepared()?;
            Ok(())
        }
    }

    /// As [`SharedStage::check`], of what is not in the paper.
    #[cfg(feature = "general")]
    fn check_prepared(&self) -> Result<(), String> {
        let images = self.inputs.nrows();
        let mut end = 0;
        let follow = self.classes.iter().all(|(_, rows)| {
            let follows = rows.start == end;
            end = rows.end;
            follows
        });
        if self.stage == Stage::GroupImportance && self.prepared.grouping.is_none() {
            return Err("The groups are not known.".into());
        }
        if self.stage.moves_images() {
            let (settings, image) = (self.settings, self.image);
            self.prepared.check(settings, image, images)?;
            if settings.measure.donors == Donors::Class && !(follow && end == images) {
                return Err("The classes do not divide the images.".into());
            }
        }
        Ok(())
    }

    /// The stage's measurements.
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If the stage is another one, or the inputs do not fit the network.
    pub async fn importance(&self, engine: &Engine) -> Result<Importance, EngineError> {
        let design = design(
            self.stage,
            self.settings,
            self.prepared,
            (self.inputs.nrows(), self.image),
            (self.classes, self.network.dims()),
        );
        let (half, plan) = (half(self.stage, self.network), Plan::new(self.settings));
        Importance::new(engine, half, self.inputs, design, &plan).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_run_gives_is_refused() {
        let network = Network::untrained(6, &[], 2, 1);
        let (images, latents) = (Array2::zeros((3, 6)), Array2::zeros((3, 2)));
        let classes = [(0, 0..1), (4, 1..3)];
        let settings = Settings::default();
        let good = SharedStage {
            stage: Stage::PixelImportance,
            settings: &settings,
            network: &network,
            image: ImageShape::grey(2, 3),
            inputs: &images,
            classes: &classes,
            prepared: &Prepared::default(),
        };
        assert_eq!(good.check(), Ok(()));
        let of_latents = SharedStage {
            stage: Stage::LatentImportance,
            inputs: &latents,
            ..good
        };
        assert_eq!(of_latents.check(), Ok(()));

        let refusal = |stage: SharedStage<'_>| stage.check().unwrap_err();
        let spoilt = images.mapv(|_: f32| f32::NAN);
        let none = Array2::zeros((0, 6));
        let cases = [
            (
                SharedStage {
                    stage: Stage::Direction,
                    ..good
                },
                "The stage direction is not one to share.",
            ),
            (
                SharedStage {
                    inputs: &latents,
                    ..good
                },
                "The inputs are 3 × 2 numbers; the network takes 6 of each image.",
            ),
            #[cfg(feature = "general")]
            (
                SharedStage {
                    stage: Stage::GroupImportance,
                    ..good
                },
                "The groups are not known.",
            ),
            (
                SharedStage {
                    image: ImageShape::grey(2, 2),
                    ..good
                },
                "The images have 4 numbers; the network takes 6 of each.",
            ),
            (
                SharedStage {
                    inputs: &none,
                    ..good
                },
                "The inputs are 0 × 6 numbers; the network takes 6 of each image.",
            ),
            (
                SharedStage {
                    inputs: &spoilt,
                    ..good
                },
                "The inputs hold a number that is infinite or NaN.",
            ),
        ];
        for (stage, sentence) in cases {
            assert_eq!(refusal(stage), sentence);
        }
        #[expect(
            clippy::reversed_empty_ranges,
            reason = "anything may come from outside"
        )]
        let impossible = [vec![], vec![(0, 2..4)], vec![(0, 1..1)], vec![(0, 2..1)]];
        for classes in &impossible {
            let stage = SharedStage { classes, ..good };
            assert_eq!(refusal(stage), "The classes are not of these 3 images.");
        }
    }
}
