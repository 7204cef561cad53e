//! Other networks beside the one that is shown, and controls.

use super::beyond::Beyond;
use super::prepared::design;
use super::work::Work;
use super::{Run, RunError, Stage, prepare};
use crate::networks::{Comparing, Controlling, First, Measures, Other};

impl Run {
    /// Compares `others`, which were trained elsewhere on such images, with the network that is shown, after
    /// those that [`Measure::networks`](crate::settings::Measure::networks) asks for.
    ///
    /// # Errors
    /// If one of them takes images of another size.
    pub fn beside(self, others: Vec<Other>) -> Result<Self, RunError> {
        for other in &others {
            prepare::check_takes(&other.network, self.data.image)?;
        }
        Ok(Self { others, ..self })
    }

    /// How the network that is shown was measured.
    fn measures(&self) -> Measures {
        let settings = self.report.settings.clone();
        let explained = &self.data.explained;
        let sizes = (explained.count(), self.data.image);
        let (classes, prepared) = (explained.classes.clone(), self.prepared.clone());
        let pixels = Stage::PixelImportance;
        let pixels = design(
            pixels,
            &settings,
            &prepared,
            sizes,
            (&classes, settings.dims),
        );
        let of_latents = {
            let settings = settings.clone();
            move |dims| {
                let latents = Stage::LatentImportance;
                design(latents, &settings, &prepared, sizes, (&classes, dims))
            }
        };
        let designs = (pixels, Box::new(of_latents) as _);
        Measures::new(&self.engine, &self.data, &settings, self.threads, designs)
    }

    /// Trains others and finds the dimensions of the network that is shown in them.
    pub(super) async fn networks(&mut self) -> Result<Option<Work>, RunError> {
        let others = std::mem::take(&mut self.others);
        let settings = &self.report.settings;
        let trains = settings.measure.networks > 1 && self.report.model.is_none();
        if !trains && others.is_empty() {
            return Ok(None);
        }
        let map = self.report.directional_importance();
        let (Some(map), Some(importance)) = (map, &self.report.latent_importance) else {
            return Ok(None);
        };
        let first = First {
            network: self.network.as_ref().expect("training is over"),
            map,
            latent_importance: importance.mean.clone(),
        };
        let job = Comparing::new(self.measures(), settings, first, others).await?;
        Ok(Some(Work::Beyond(Beyond::Networks(Box::new(job)))))
    }

    /// Holds maps and importance against those of networks that have nothing to learn.
    pub(super) async fn controls(&self) -> Result<Option<Work>, RunError> {
        let settings = &self.report.settings;
        let Some(importance) = &self.report.pixel_importance else {
            return Ok(None);
        };
        if !settings.measure.controls {
            return Ok(None);
        }
        let trains = self.report.model.is_none();
        let importance = importance.mean.clone();
        let job = Controlling::new(self.measures(), settings, importance, trains).await?;
        Ok(Some(Work::Beyond(Beyond::Controls(Box::new(job)))))
    }
}
