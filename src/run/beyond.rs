//! Stages beyond the paper's: what has to be found before them, how far donors keep to images as they are,
//! and what other methods say.

use std::sync::Arc;
use std::time::Duration;

use super::preparation::{Of, Preparation};
use super::prepared::design;
use super::rebuilding::Rebuilding;
use super::work::Work;
use super::{Part, Run, RunError, Stage, halves, prepare};
use crate::attribution::{Asked, Attributions, Trial};
use crate::data::Dataset;
use crate::data::made::Shapes;
use crate::importance::{DonorChecks, ErrorsOverImages, Estimate, Feature, GroupImportance, Plan};
use crate::latents::{Divergences, Factoring};
use crate::model::Architecture;
use crate::networks::{Comparing, Controlling, Dimensions, Narrowing, Trainings};
use crate::report::Report;
use crate::settings::Donors;

/// The stages that follow the paper's, in their order.
const ORDER: [Stage; 11] = [
    Stage::Divergence,
    Stage::ReconstructionErrors,
    Stage::DonorChecks,
    Stage::Attribution,
    Stage::FairTest,
    Stage::ImageErrors,
    Stage::Factors,
    Stage::Smaller,
    Stage::Controls,
    Stage::Networks,
    Stage::Sizes,
];

/// A job of a stage beyond the paper's.
pub(super) enum Beyond {
    Preparation(Box<Preparation>),
    Divergence(Box<Divergences>),
    ReconstructionErrors(Box<Rebuilding>),
    DonorChecks(Box<DonorChecks>),
    Attribution(Box<Attributions>),
    FairTest(Box<Trial>),
    ImageErrors(Box<ErrorsOverImages>),
    Factors(Box<Factoring>),
    Controls(Box<Controlling>),
    Networks(Box<Comparing>),
    Smaller(Box<Narrowing>),
    Sizes(Box<Dimensions>),
}

impl Beyond {
    /// The stage that it belongs to.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Preparation(_) => Stage::Preparation,
            Self::Divergence(_) => Stage::Divergence,
            Self::ReconstructionErrors(_) => Stage::ReconstructionErrors,
            Self::DonorChecks(_) => Stage::DonorChecks,
            Self::Attribution(_) => Stage::Attribution,
            Self::FairTest(_) => Stage::FairTest,
            Self::ImageErrors(_) => Stage::ImageErrors,
            Self::Factors(_) => Stage::Factors,
            Self::Controls(_) => Stage::Controls,
            Self::Networks(_) => Stage::Networks,
            Self::Smaller(_) => Stage::Smaller,
            Self::Sizes(_) => Stage::Sizes,
        }
    }

    /// Units of the stage that are finished, and units in all.
    pub fn progress(&self) -> (f64, f64) {
        match self {
            Self::Preparation(job) => job.progress(),
            Self::Divergence(job) => job.progress(),
            Self::ReconstructionErrors(job) => job.progress(),
            Self::DonorChecks(job) => (job.done() as f64, job.total() as f64),
            Self::Attribution(job) => (job.done(), job.total()),
            Self::FairTest(job) => (job.done(), job.total()),
            Self::ImageErrors(job) => (job.done() as f64, job.total() as f64),
            Self::Factors(job) => (job.done(), 1.0),
            Self::Controls(job) => (job.done(), job.total()),
            Self::Networks(job) => (job.done(), job.total()),
            Self::Smaller(job) => (job.done(), 1.0),
            Self::Sizes(job) => (job.done(), job.total()),
        }
    }

    /// The networks that its stage trains, where it does.
    pub fn trainings(&mut self) -> Option<&mut Trainings> {
        match self {
            Self::Preparation(_)
            | Self::Divergence(_)
            | Self::ReconstructionErrors(_)
            | Self::DonorChecks(_)
            | Self::Attribution(_)
            | Self::FairTest(_)
            | Self::ImageErrors(_)
            | Self::Factors(_)
            | Self::Controls(_)
            | Self::Smaller(_) => None,
            Self::Networks(job) => Some(job.trainings()),
            Self::Sizes(job) => Some(job.trainings()),
        }
    }

    /// One slice; true once the job is finished.
    pub async fn advance(
        &mut self,
        report: &mut Report,
        data: &Arc<Dataset>,
        budget: Duration,
        changed: &mut Vec<Part>,
    ) -> Result<bool, RunError> {
        match self {
            Self::Preparation(job) => job.advance(Of::new(report, data), budget),
            Self::Divergence(job) => {
                let is_over = job.advance(&data.explained, budget);
                if is_over {
                    report.divergence = Some(job.finish()?);
                    changed.push(Part::Divergence);
                }
                Ok(is_over)
            }
            Self::ReconstructionErrors(job) => {
                let encoded = report.encoded.as_ref().expect("the images are encoded");
                let is_over = job.advance(data, encoded, budget).await?;
                if is_over {
                    report.reconstruction_errors = Some(job.finish()?);
                    changed.push(Part::ReconstructionErrors);
                }
                Ok(is_over)
            }
            Self::DonorChecks(job) => {
                let is_over = job.advance(budget);
                if is_over {
                    report.donor_checks = Some(job.finish());
                    changed.push(Part::DonorChecks);
                }
                Ok(is_over)
            }
            Self::Attribution(job) => {
                let is_over = job.advance(budget).await?;
                let told = report.opinions.as_ref().map_or(0, |all| all.methods.len());
                if is_over || job.known() > told {
                    report.opinions = Some(job.opinions().clone());
                    changed.push(Part::Opinions);
                }
                Ok(is_over)
            }
            Self::FairTest(job) => {
                let is_over = job.advance(budget).await?;
                if is_over && let Some(opinions) = &mut report.opinions {
                    opinions.test = job.test().cloned();
                    changed.push(Part::Opinions);
                }
                Ok(is_over)
            }
            Self::ImageErrors(job) => {
                let is_over = job.advance(budget).await?;
                if is_over {
                    report.image_errors = Some(job.finish());
                    changed.push(Part::ImageErrors);
                }
                Ok(is_over)
            }
            Self::Factors(job) => {
                let is_over = job.advance(budget)?;
                if is_over {
                    report.factors = job.finish();
                    changed.push(Part::Factors);
                }
                Ok(is_over)
            }
            Self::Controls(job) => {
                let is_over = job.advance(budget).await?;
                if is_over {
                    report.controls = Some(job.found().clone());
                    changed.push(Part::Controls);
                }
                Ok(is_over)
            }
            Self::Networks(job) => {
                let is_over = job.advance(budget).await?;
                let told = report.networks.as_ref().map_or(0, |all| all.others.len());
                if is_over || job.found().others.len() > told {
                    report.networks = Some(job.found().clone());
                    changed.push(Part::Networks);
                }
                Ok(is_over)
            }
            Self::Smaller(job) => {
                let is_over = job.advance(budget).await?;
                if is_over {
                    report.smaller = job.finish().cloned();
                    changed.push(Part::Smaller);
                }
                Ok(is_over)
            }
            Self::Sizes(job) => {
                let (is_new, is_over) = job.advance(budget).await?;
                if is_new {
                    report.sizes = Some(job.found().clone());
                    changed.push(Part::Sizes);
                }
                Ok(is_over)
            }
        }
    }
}

impl Run {
    /// The networks that the current stage trains beside the one that is shown; `None` where it trains none.
    pub fn trainings(&mut self) -> Option<&mut Trainings> {
        match &mut self.work {
            Work::Beyond(beyond) => beyond.trainings(),
            _ => None,
        }
    }

    /// What has to be found before stage 1 begins, if anything has.
    pub(super) fn preparation(&mut self) -> Result<Option<Work>, RunError> {
        let of = Of::new(&self.report, &self.data);
        // Now it is known what the columns of a table are called.
        if let Some(grouping) = of.grouping()? {
            self.prepared.grouping = Some(grouping);
        }
        let job = Preparation::new(of, self.prepared.clone())?;
        Ok(job.map(|job| Work::Beyond(Beyond::Preparation(Box::new(job)))))
    }

    /// Takes over what was found.
    pub(super) fn take(&mut self, job: Preparation) -> Result<(), RunError> {
        let (prepared, clustered) = job.finish(Of::new(&self.report, &self.data))?;
        if clustered.is_some() {
            // Counted until now as if every pixel were a group.
            let network = self.network.as_ref().expect("training is over");
            let settings = &self.report.settings;
            let known = (&Architecture::from(network), halves::part(network));
            self.demand = prepare::demand(&self.engine, known, &self.data, settings, &prepared)?;
        }
        self.prepared = prepared;
        self.clustered = clustered;
        Ok(())
    }

    /// V of groups in the report, with which groups these are.
    pub(super) fn groups(&self, importance: Estimate) -> GroupImportance {
        let grouping = self.prepared.grouping.clone();
        let clustered = self.clustered.as_ref();
        GroupImportance {
            grouping: grouping.expect("the groups are known"),
            importance,
            merges: clustered.map_or(Vec::new(), |found| found.merges.clone()),
            clustered_on: clustered.map(|found| found.on),
        }
    }

    /// The stage that follows one which is not before the last of the paper's.
    pub(super) async fn beyond(&mut self, last: Stage) -> Result<Work, RunError> {
        // What is not found feature by feature is left to one of several parts.
        if self.shard.number() > 1 || self.of_moments {
            return Ok(Work::Done);
        }
        let past = ORDER.iter().position(|&stage| stage == last);
        for &stage in &ORDER[past.map_or(0, |at| at + 1)..] {
            if let Some(work) = self.begin(stage).await? {
                return Ok(work);
            }
        }
        Ok(Work::Done)
    }

    /// The work of a stage, where the run was asked for it.
    async fn begin(&mut self, stage: Stage) -> Result<Option<Work>, RunError> {
        if !self.is_for(stage) {
            return Ok(None);
        }
        match stage {
            Stage::Divergence => {
                let network = self.network.as_ref().expect("training is over");
                let job = Divergences::new(network, &self.data.explained);
                Ok(job.map(|job| Work::Beyond(Beyond::Divergence(Box::new(job)))))
            }
            Stage::ReconstructionErrors => {
                let network = self.network.as_ref().expect("training is over");
                let job = Box::new(Rebuilding::new(network, &self.data));
                Ok(Some(Work::Beyond(Beyond::ReconstructionErrors(job))))
            }
            Stage::DonorChecks => Ok(self.donor_checks()),
            Stage::Attribution | Stage::FairTest => self.opinions(stage).await,
            Stage::ImageErrors => self.image_errors().await,
            Stage::Factors => Ok(self.factors()),
            Stage::Controls => self.controls().await,
            Stage::Networks => self.networks().await,
            Stage::Smaller => Ok(self.smaller()),
            Stage::Sizes => Ok(self.sizes()),
            _ => Ok(None),
        }
    }

    /// Which dimension carries which factor, of images whose factors are known.
    fn factors(&self) -> Option<Work> {
        let settings = &self.report.settings;
        let is_known = self.report.data.made.as_deref() == Some("shapes");
        if !settings.measure.factors || !is_known || self.data.image != Shapes::IMAGE {
            return None;
        }
        let network = self.network.as_ref().expect("training is over");
        // Intensities, unless the images are given as they are stored.
        let (_, most) = self.data.explained.range();
        let white = if most > 1.0 { 255.0 } else { 1.0 };
        let forms = &settings.classes;
        let job = Factoring::new(network, forms, white, settings.seed, self.threads);
        Some(Work::Beyond(Beyond::Factors(Box::new(job))))
    }

    /// What becomes of the loss with fewer dimensions of this network.
    fn smaller(&self) -> Option<Work> {
        let settings = &self.report.settings;
        if !settings.measure.smaller {
            return None;
        }
        let network = self.network.as_ref().expect("training is over");
        let job = Narrowing::new(&self.engine, network, &self.data, settings, self.threads);
        Some(Work::Beyond(Beyond::Smaller(Box::new(job))))
    }

    /// Networks of other numbers of dimensions. Beside one that was brought none is trained: what it was trained
    /// on is not known.
    fn sizes(&self) -> Option<Work> {
        let settings = &self.report.settings;
        if settings.measure.sizes.is_empty() || self.report.model.is_some() {
            return None;
        }
        let shown = self.network.as_ref().zip(self.report.training.as_ref());
        let job = Dimensions::new(&self.engine, &self.data, settings, shown, self.threads);
        Some(Work::Beyond(Beyond::Sizes(Box::new(job))))
    }

    fn donor_checks(&self) -> Option<Work> {
        let settings = &self.report.settings;
        if settings.measure.donors == Donors::All {
            return None;
        }
        let network = self.network.as_ref().expect("training is over");
        let neighbours = self.prepared.neighbours.clone();
        let job = DonorChecks::new(
            network,
            Arc::clone(&self.data),
            &Feature::of_pixels(self.data.image, settings.permute),
            Arc::new(neighbours.expect("they are fitted")),
            settings.seed,
        );
        Some(Work::Beyond(Beyond::DonorChecks(Box::new(job))))
    }

    /// How far V and IE would be off had other images been explained: of all features, whichever part of them
    /// is measured here.
    async fn image_errors(&self) -> Result<Option<Work>, RunError> {
        let settings = &self.report.settings;
        if !settings.measure.image_errors {
            return Ok(None);
        }
        let network = self.network.as_ref().expect("training is over");
        let explained = &self.data.explained;
        let design = |stage| {
            design(
                stage,
                settings,
                &self.prepared,
                (explained.count(), self.data.image),
                (&explained.classes, network.dims()),
            )
        };
        let designs = (
            design(Stage::PixelImportance),
            design(Stage::LatentImportance),
        );
        let plan = Plan::new(settings);
        let job =
            ErrorsOverImages::new(&self.engine, network, &explained.pixels, designs, &plan).await?;
        let job = Box::new(job.on_threads(self.threads));
        Ok(Some(Work::Beyond(Beyond::ImageErrors(job))))
    }

    /// What other methods say, and which of them is right.
    async fn opinions(&mut self, stage: Stage) -> Result<Option<Work>, RunError> {
        let settings = &self.report.settings;
        if !settings.measure.opinions {
            return Ok(None);
        }
        let (importance, direction) = (&self.report.pixel_importance, &self.report.direction);
        let (Some(importance), Some(direction)) = (importance, direction) else {
            self.measures_again = true;
            return self.pixels().await.map(Some);
        };
        let network = self.network.as_ref().expect("training is over");
        let asked = Asked {
            engine: &self.engine,
            network,
            explained: &self.data.explained,
            image: self.data.image,
            recipients: self
                .prepared
                .recipients
                .clone()
                .unwrap_or(0..self.data.explained.count()),
            settings,
            importance: &importance.mean,
            direction,
        };
        let job = if stage == Stage::FairTest {
            let trial = Trial::new(&asked).await?;
            trial.map(|job| Beyond::FairTest(Box::new(job)))
        } else {
            Some(Beyond::Attribution(Box::new(Attributions::new(&asked))))
        };
        Ok(job.map(Work::Beyond))
    }
}
