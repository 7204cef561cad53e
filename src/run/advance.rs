//! Advancing a run: slice by slice, stage after stage.

use std::time::Duration;

use ndarray::{Array2, ArrayView2};
use web_time::Instant;

#[cfg(feature = "general")]
use super::beyond::Beyond;
#[cfg(feature = "general")]
use super::halves::samples_of;
use super::prepared::{design, half};
use super::work::Work;
use super::{Part, Run, RunError, Snapshot, Stage, Update};
use crate::engine::EngineError;
use crate::importance::{Direction, Importance, Plan};
use crate::report::Encoded;
use crate::settings::Method;
use crate::train::Samples;

/// How often the samples are computed again: nobody sees a picture that changes faster.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(150);
/// The samples take at most one part in this many of the time, however slow the device.
const SAMPLE_SHARE: u32 = 10;

impl Run {
    /// Works for about `budget` and reports what changed.
    ///
    /// # Errors
    /// If the device stops answering, or clusters that were found cannot be measured exactly, as was asked
    /// for; the report keeps what was found.
    pub async fn advance(&mut self, budget: Duration) -> Result<Update, RunError> {
        let start = Instant::now();
        let mut changed = std::mem::take(&mut self.pending);
        let finished = self.work(budget, &mut changed).await?;
        self.elapsed += start.elapsed();
        self.end_slice(changed, finished).await
    }

    async fn end_slice(&mut self, changed: Vec<Part>, finished: bool) -> Result<Update, RunError> {
        let update = self.update(changed);
        if finished {
            self.next().await?;
            self.elapsed = Duration::ZERO;
        }
        Ok(update)
    }

    /// Puts what the current stage has measured so far into the report.
    fn report_measured(&mut self, changed: &mut Vec<Part>) {
        match &self.work {
            Work::PixelImportance(job) => {
                self.report.pixel_importance = Some(job.estimate());
                changed.push(Part::PixelImportance);
            }
            Work::LatentImportance(job) => {
                self.report.latent_importance = Some(job.estimate());
                self.report.latent_importance_rmse = job.rmse();
                changed.push(Part::LatentImportance);
            }
            #[cfg(feature = "general")]
            Work::GroupImportance(job, _) => {
                self.report.groups = Some(self.groups(job.estimate()));
                changed.push(Part::Groups);
            }
            _ => {}
        }
    }

    /// One slice of the current job; true once it is finished.
    async fn work(&mut self, budget: Duration, changed: &mut Vec<Part>) -> Result<bool, RunError> {
        let report = &mut self.report;
        Ok(match &mut self.work {
            Work::WarmUp(trainer) => {
                trainer.warm_up().await?;
                true
            }
            Work::Training(trainer) => {
                if self.takes_snapshots && !trainer.stops_after_epochs() {
                    let network = trainer.network().await?;
                    self.snapshot = Some(Snapshot { epoch: 0, network });
                    trainer.stop_after_epochs();
                    // The first epoch may end with the next slice, and an update carries one network.
                    return Ok(false);
                }
                let finished = trainer.advance(budget).await?;
                let epochs = trainer.history().held_out_loss.len();
                let is_known = epochs > 0 || trainer.history().diverged_after.is_some();
                if report.training.as_ref() != Some(trainer.history()) && is_known {
                    report.training = Some(trainer.history().clone());
                    changed.push(Part::Training);
                }
                if self.takes_snapshots
                    && let Some(epoch) = trainer.ended_epoch()
                {
                    let network = trainer.network().await?;
                    self.snapshot = Some(Snapshot { epoch, network });
                }
                let start = Instant::now();
                if finished || self.samples_due.is_none_or(|due| start >= due) {
                    if let Some(samples) = trainer.samples().await? {
                        report.samples = Some(samples);
                        changed.push(Part::Samples);
                    }
                    let interval = SAMPLE_INTERVAL.max(start.elapsed() * SAMPLE_SHARE);
                    self.samples_due = Some(start + interval);
                }
                finished
            }
            Work::Trained => {
                let network = self.network.as_ref().expect("it was brought");
                #[cfg(feature = "general")]
                if network.has_black_box() {
                    report.samples = samples_of(&self.data.explained, network).await?;
                    changed.push(Part::Samples);
                    return Ok(true);
                }
                let samples = Samples::of(&self.data.explained, network);
                #[cfg(feature = "general")]
                let samples = if self.of_moments {
                    Samples::as_trained(&self.data, &report.settings, network)
                } else {
                    samples
                };
                if !samples.are_finite() {
                    return Err(EngineError::Overflow("Reconstructions").into());
                }
                report.samples = Some(samples);
                changed.push(Part::Samples);
                true
            }
            Work::PixelImportance(job) | Work::LatentImportance(job) => {
                let finished = job.advance(budget).await?;
                self.report_measured(changed);
                finished
            }
            Work::Direction(_, job) => {
                let finished = job.advance(budget);
                if finished {
                    job.check()?;
                    report.direction = Some(job.map());
                    changed.push(Part::Direction);
                }
                finished
            }
            #[cfg(feature = "general")]
            Work::GroupImportance(job, _) => {
                let finished = job.advance(budget).await?;
                self.report_measured(changed);
                finished
            }
            #[cfg(feature = "general")]
            Work::Beyond(beyond) => beyond.advance(report, &self.data, budget, changed).await?,
            Work::Done => false,
        })
    }

    /// Begins the next job.
    pub(super) async fn next(&mut self) -> Result<(), RunError> {
        self.work = match std::mem::replace(&mut self.work, Work::Done) {
            Work::WarmUp(trainer) => Work::Training(trainer),
            work @ (Work::Training(_) | Work::Trained) => {
                if let Work::Training(trainer) = work {
                    self.network = Some(trainer.network().await?);
                }
                self.pending = vec![Part::Network];
                #[cfg(feature = "general")]
                let preparation = self.preparation()?;
                #[cfg(not(feature = "general"))]
                let preparation = None;
                match preparation {
                    Some(work) => work,
                    None => self.pixels().await?,
                }
            }
            Work::PixelImportance(pixels) => {
                let explained = &self.data.explained;
                let latents = pixels.latents().clone();
                let job = Direction::new(&explained.pixels, pixels.features(), &latents);
                Work::Direction(latents, Box::new(job))
            }
            #[cfg(feature = "general")]
            Work::Direction(..) if self.measures_again => self.beyond(Stage::DonorChecks).await?,
            #[cfg(feature = "general")]
            Work::Direction(latents, _) if self.measures_groups() => {
                let inputs = &self.data.explained.pixels;
                let job = self.measurements(Stage::GroupImportance, inputs).await?;
                Work::GroupImportance(job, latents)
            }
            Work::Direction(latents, _) => self.latents(&latents).await?,
            #[cfg(feature = "general")]
            Work::GroupImportance(_, latents) => self.latents(&latents).await?,
            #[cfg(feature = "general")]
            Work::Beyond(Beyond::Preparation(job)) => {
                self.take(*job)?;
                self.pixels().await?
            }
            #[cfg(feature = "general")]
            work @ (Work::LatentImportance(_) | Work::Beyond(_)) => {
                let last = work.stage();
                drop(work);
                self.beyond(last).await?
            }
            #[cfg(not(feature = "general"))]
            Work::LatentImportance(_) => Work::Done,
            Work::Done => Work::Done,
        };
        Ok(())
    }

    /// Stage 1; of an encoder that can only be asked about the images as they are, the latents and stage 2.
    pub(super) async fn pixels(&mut self) -> Result<Work, RunError> {
        #[cfg(feature = "general")]
        if !self.moves_images() {
            return self.encoded().await;
        }
        let pixels = &self.data.explained.pixels;
        let job = self.measurements(Stage::PixelImportance, pixels).await?;
        self.report.encoded = Some(Encoded::of(&self.data, job.latents()));
        self.pending.push(Part::Encoded);
        Ok(Work::PixelImportance(job))
    }

    /// Stage 3; what comes after it where there is no decoder.
    async fn latents(&mut self, latents: &Array2<f32>) -> Result<Work, RunError> {
        #[cfg(feature = "general")]
        if !self.decodes() {
            return self.beyond(Stage::LatentImportance).await;
        }
        let job = self.measurements(Stage::LatentImportance, latents).await?;
        Ok(Work::LatentImportance(job))
    }

    /// The measurements of a stage, which moves features of `inputs`.
    async fn measurements(
        &self,
        stage: Stage,
        inputs: &Array2<f32>,
    ) -> Result<Box<Importance>, RunError> {
        let network = self.network.as_ref().expect("training is over");
        let settings = &self.report.settings;
        let (half, explained) = (half(stage, network), &self.data.explained);
        let design = design(
            stage,
            settings,
            &self.prepared,
            (inputs.nrows(), self.data.image),
            (&explained.classes, network.dims()),
        );
        let mut plan = Plan::new(settings).of(self.shard);
        if self.of_moments && stage == Stage::LatentImportance {
            plan.method = Method::Sampled;
        }
        let job = Importance::new(&self.engine, half, inputs, design, &plan).await?;
        Ok(Box::new(job.on_threads(self.threads)))
    }

    /// Adds the next measurements of the current stage, one a row and in order, which took `time`, here
    /// or elsewhere.
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If the stage has no measurements, or fewer than these left.
    pub async fn add(
        &mut self,
        values: ArrayView2<'_, f64>,
        time: Duration,
    ) -> Result<Update, RunError> {
        let mut changed = std::mem::take(&mut self.pending);
        let stage = self.work.importance_mut();
        let stage = stage.expect("the stage is one of measurements");
        let finished = stage.add(values);
        stage.check()?;
        self.report_measured(&mut changed);
        self.elapsed += time;
        self.end_slice(changed, finished).await
    }

    fn update(&mut self, changed: Vec<Part>) -> Update {
        let (done, total) = self.work.progress(self.report.settings.epochs);
        Update {
            stage: self.stage(),
            done,
            total,
            elapsed: self.elapsed,
            changed,
            snapshot: self.snapshot.take(),
        }
    }
}
