//! A whole run as one job: train, then measure, with a report that grows.

mod memory;

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayView2, Axis};
use web_time::Instant;

use self::memory::Need;
use crate::data::{Class, DataError, Dataset, Explain, Role, Shape};
use crate::engine::{Engine, EngineError};
use crate::importance::{Architecture, Demand, Direction, Importance, Plan, Shard, TooCostly};
use crate::model::{Layer, Network};
use crate::report::{DataSource, Encoded, ModelSource, Report};
use crate::settings::{BATCH_SIZE, SettingError, Settings};
use crate::shard::{PartialReport, fingerprint};
use crate::share::Share;
use crate::train::{Samples, Trainer};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The GPU compiles its shaders.
    WarmUp,
    /// The autoencoder learns; counted in epochs.
    Training,
    /// Stage 1; counted in measurements.
    PixelImportance,
    /// Stage 2; counted in pixels.
    Direction,
    /// Stage 3; counted in measurements.
    LatentImportance,
    /// Everything is in the report.
    Done,
}

impl Stage {
    /// The stage's name in updates.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WarmUp => "warm-up",
            Self::Training => "training",
            Self::PixelImportance => "pixel-importance",
            Self::Direction => "direction",
            Self::LatentImportance => "latent-importance",
            Self::Done => "done",
        }
    }
}

/// Parts of what a run finds: of its [`Report`], and the network itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Version, engine, settings, image shape and classes.
    Heading,
    /// [`Report::training`].
    Training,
    /// [`Report::samples`].
    Samples,
    /// [`Run::network`].
    Network,
    /// [`Report::encoded`].
    Encoded,
    /// [`Report::pixel_importance`].
    PixelImportance,
    /// [`Report::direction`].
    Direction,
    /// [`Report::latent_importance`] and [`Report::latent_importance_rmse`].
    LatentImportance,
}

/// How far a run has come.
#[derive(Clone, Debug)]
pub struct Update {
    /// The job in hand.
    pub stage: Stage,
    /// Units of the stage that are finished; parts of a unit count.
    pub done: f64,
    /// Units of the stage in all.
    pub total: f64,
    /// Time worked on the stage so far; pauses do not count.
    pub elapsed: Duration,
    /// Parts that changed.
    pub changed: Vec<Part>,
}

impl Update {
    /// Time the stage still needs if it goes on as it went; unknown before anything is finished.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        let left = (self.total - self.done).max(0.0) / self.done;
        Duration::try_from_secs_f64(self.elapsed.as_secs_f64() * left).ok()
    }
}

/// Trains an autoencoder and measures importance, slice by slice.
pub struct Run {
    engine: Engine,
    data: Arc<Dataset>,
    report: Report,
    /// The features that stages 1 and 3 measure.
    shard: Shard,
    /// How many threads they measure on.
    threads: NonZeroUsize,
    demand: Demand,
    /// As trained; known once training is over.
    network: Option<Network>,
    work: Work,
    /// Time worked on the current stage.
    elapsed: Duration,
    /// Parts that no update has carried yet.
    unsaid: Vec<Part>,
    /// When the samples are worth computing again.
    samples_due: Option<Instant>,
}

/// The job in hand, with what the later ones need of the earlier.
enum Work {
    WarmUp(Box<Trainer>),
    Training(Box<Trainer>),
    /// The network was brought, not trained here.
    Trained,
    PixelImportance(Box<Importance>),
    Direction(Box<Importance>, Box<Direction>),
    LatentImportance(Box<Importance>),
    Done,
}

/// The reconstructions are renewed this often: a picture that changes faster is not seen.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(150);
/// And so rarely that they take no more than one part in so many of the time, however slow the device.
const SAMPLE_SHARE: u32 = 10;

impl Run {
    /// Checks the settings, splits the images (label and images of each class) and prepares to
    /// train.
    ///
    /// # Errors
    /// If a setting is out of range, images cannot be used, exact importance would take too long,
    /// or the run would not fit in memory.
    pub fn new(engine: &Engine, settings: Settings, classes: &[Class]) -> Result<Self, RunError> {
        let data = choose(&settings, classes, None)?;
        check_trainable(&data)?;
        let Settings { hidden, dims, .. } = &settings;
        let architecture = Architecture::of(data.image.pixels(), hidden, *dims);
        let demand = demand(engine, &architecture, &data, &settings)?;
        let trainer = Box::new(Trainer::new(engine, &data, &settings));
        let work = if engine.queues() {
            Work::WarmUp(trainer)
        } else {
            Work::Training(trainer)
        };
        Ok(Self::at(work, engine, settings, data, demand))
    }

    /// As [`Run::new`], but explains a network that was trained elsewhere, unless the settings say
    /// otherwise on all images. The report's settings get the network's sizes, and 0 epochs.
    ///
    /// # Errors
    /// As [`Run::new`], and if the network takes images of another size.
    pub fn explain(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        let layers = network.encoder().layers();
        let hidden = &layers[..layers.len() - 1];
        let settings = Settings {
            dims: network.dims(),
            hidden: hidden.iter().map(|Layer::Dense(of)| of.outputs()).collect(),
            epochs: 0,
            ..settings
        };
        let data = choose(&settings, classes, Some(&network))?;
        let (input, image) = (network.encoder().input(), Shape::from(data.image));
        if !input.agrees(&image) {
            let (inputs, pixels) = (input.size(), image.size());
            return Err(RunError::Misfit { inputs, pixels });
        }
        let demand = demand(engine, &Architecture::from(&network), &data, &settings)?;
        let mut run = Self::at(Work::Trained, engine, settings, data, demand);
        run.network = Some(network);
        run.report.model = Some(ModelSource::default());
        Ok(run)
    }

    /// A run that begins with `work`.
    fn at(
        work: Work,
        engine: &Engine,
        settings: Settings,
        data: Arc<Dataset>,
        demand: Demand,
    ) -> Self {
        Self {
            report: Report {
                version: env!("CARGO_PKG_VERSION").into(),
                engine: engine.name().into(),
                settings,
                data: DataSource {
                    files: data.explained.origin.files.clone(),
                    count: data.count,
                    test_set: data.test_set,
                    range: data.explained.range(),
                    ..DataSource::default()
                },
                model: None,
                image: data.image,
                classes: data.classes.clone(),
                training: None,
                samples: None,
                encoded: None,
                pixel_importance: None,
                direction: None,
                latent_importance: None,
                latent_importance_rmse: None,
            },
            shard: Shard::WHOLE,
            threads: NonZeroUsize::MIN,
            demand,
            network: None,
            work,
            engine: engine.clone(),
            data,
            elapsed: Duration::ZERO,
            unsaid: vec![Part::Heading],
            samples_due: None,
        }
    }

    /// Restricts stages 1 and 3 to the features of `shard`; everything else is done in full.
    /// [`Report::merge`] joins what the parts of a run find.
    #[must_use]
    pub fn of(self, shard: Shard) -> Self {
        Self { shard, ..self }
    }

    /// Says whose images these are and what was done to them; what can be told from the images
    /// themselves is known here.
    #[must_use]
    pub fn on_data(mut self, source: DataSource) -> Self {
        let known = std::mem::take(&mut self.report.data);
        self.report.data = DataSource {
            count: known.count,
            test_set: known.test_set,
            range: known.range,
            files: if source.files.is_empty() {
                known.files
            } else {
                source.files
            },
            ..source
        };
        self
    }

    /// Says what the model is that was brought.
    #[must_use]
    pub fn of_model(mut self, source: ModelSource) -> Self {
        self.report.model = Some(source);
        self
    }

    /// Lets stages 1 and 3 measure on so many threads at once where the engine is the CPU. The
    /// numbers do not depend on it.
    #[must_use]
    pub fn on_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Everything found so far, as a part of the run; `None` until training is over.
    #[must_use]
    pub fn partial_report(&self) -> Option<PartialReport> {
        let explained = &self.data.explained;
        let network = self.network.as_ref()?;
        Some(PartialReport {
            shard: self.shard,
            fingerprint: fingerprint(&explained.pixels, &explained.classes, network),
            report: self.report.clone(),
        })
    }

    /// Everything found so far.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The network as trained; `None` until training is over.
    #[must_use]
    pub fn network(&self) -> Option<&Network> {
        self.network.as_ref()
    }

    /// What stages 1 and 3 will take.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.demand
    }

    /// How many others have room beside this run to help it, where memory is what a page gets.
    #[must_use]
    pub fn room(&self) -> usize {
        let explained = &self.data.explained;
        let pixels = self.data.image.pixels();
        let Settings { hidden, dims, .. } = &self.report.settings;
        let need = Need {
            architecture: &self.network.as_ref().map_or_else(
                || Architecture::of(pixels, hidden, *dims),
                Architecture::from,
            ),
            pixels,
            images: self.data.count,
            explained: explained.count(),
            trains: self.report.model.is_none(),
        };
        need.room()
    }

    /// What others need to measure a part of the stage in hand; `None` where that is not a matter
    /// of measurements.
    #[must_use]
    pub fn share(&self) -> Option<Share<'_>> {
        let (stage, inputs) = match &self.work {
            Work::PixelImportance(_) => (Stage::PixelImportance, &self.data.explained.pixels),
            Work::LatentImportance(stage) => (Stage::LatentImportance, stage.latents()),
            _ => return None,
        };
        Some(Share {
            stage,
            settings: &self.report.settings,
            network: self.network.as_ref()?,
            inputs,
            classes: &self.data.explained.classes,
        })
    }

    /// The measurements of the stage in hand; `None` as for [`Run::share`].
    #[must_use]
    pub fn importance(&self) -> Option<&Importance> {
        match &self.work {
            Work::PixelImportance(stage) | Work::LatentImportance(stage) => Some(stage),
            _ => None,
        }
    }

    fn importance_mut(&mut self) -> Option<&mut Importance> {
        match &mut self.work {
            Work::PixelImportance(stage) | Work::LatentImportance(stage) => Some(stage),
            _ => None,
        }
    }

    /// Takes over measurements of the stage in hand, a row each, that are the next in order; they
    /// were made, here or elsewhere, in `time`.
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If there is nothing to measure, or less.
    pub async fn add(
        &mut self,
        values: ArrayView2<'_, f64>,
        time: Duration,
    ) -> Result<Update, RunError> {
        let mut changed = std::mem::take(&mut self.unsaid);
        let stage = self.importance_mut();
        let stage = stage.expect("the stage is one of measurements");
        let finished = stage.add(values);
        stage.check()?;
        self.tell_measured(&mut changed);
        self.elapsed += time;
        self.end_slice(changed, finished).await
    }

    /// What has been added up of the stage in hand, for [`Run::resume`].
    #[must_use]
    pub fn state(&mut self) -> Option<Vec<f64>> {
        self.importance_mut().map(Importance::state)
    }

    /// As [`Run::new`], but with the network that another worker has trained in such a run, which was
    /// lost: [`Run::resume`] goes on with it.
    ///
    /// # Errors
    /// As [`Run::new`].
    pub fn trained(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        let data = choose(&settings, classes, None)?;
        let demand = demand(engine, &Architecture::from(&network), &data, &settings)?;
        let mut run = Self::at(Work::Trained, engine, settings, data, demand);
        run.network = Some(network);
        Ok(run)
    }

    /// Takes up, where another worker was lost with it, a run whose network is known: goes on in
    /// `stage`, which had taken `elapsed`, from its `state`; without one from its beginning.
    ///
    /// # Errors
    /// If the device stops answering, the run does not begin with a network, the stage is not one
    /// that follows, or the state is of another run.
    pub async fn resume(
        &mut self,
        stage: Stage,
        state: Option<&[f64]>,
        elapsed: Duration,
    ) -> Result<(), RunError> {
        if !matches!(self.work, Work::Trained) {
            return Err(RunError::Resume("it does not begin with its network"));
        }
        while matches!(self.work, Work::Trained) || self.stage() != stage {
            if matches!(self.work, Work::Done) {
                return Err(RunError::Resume("no such stage follows"));
            }
            self.next().await?;
        }
        if let Some(state) = state {
            let is_restored = self
                .importance_mut()
                .is_some_and(|stage| stage.restore(state));
            if !is_restored {
                return Err(RunError::Resume("its state is not of this stage"));
            }
        }
        self.elapsed = elapsed;
        Ok(())
    }

    /// Works for about `budget` and says what came of it.
    ///
    /// # Errors
    /// If the device stops answering; the report keeps what was found.
    pub async fn advance(&mut self, budget: Duration) -> Result<Update, RunError> {
        let start = Instant::now();
        let mut changed = std::mem::take(&mut self.unsaid);
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

    /// Puts what has been measured of the stage in hand into the report.
    fn tell_measured(&mut self, changed: &mut Vec<Part>) {
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
            _ => {}
        }
    }

    /// One slice of the job in hand; true once it is finished.
    async fn work(&mut self, budget: Duration, changed: &mut Vec<Part>) -> Result<bool, RunError> {
        let report = &mut self.report;
        Ok(match &mut self.work {
            Work::WarmUp(trainer) => {
                trainer.warm_up().await?;
                true
            }
            Work::Training(trainer) => {
                let finished = trainer.advance(budget).await?;
                let epochs = trainer.history().held_out_loss.len();
                let is_told = epochs > 0 || trainer.history().diverged_after.is_some();
                if report.training.as_ref() != Some(trainer.history()) && is_told {
                    report.training = Some(trainer.history().clone());
                    changed.push(Part::Training);
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
                let samples = Samples::of(&self.data.explained, network);
                if !samples.are_finite() {
                    return Err(EngineError::Overflow("Reconstructions").into());
                }
                report.samples = Some(samples);
                changed.push(Part::Samples);
                true
            }
            Work::PixelImportance(job) | Work::LatentImportance(job) => {
                let finished = job.advance(budget).await?;
                self.tell_measured(changed);
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
            Work::Done => false,
        })
    }

    /// Takes up the next job.
    async fn next(&mut self) -> Result<(), RunError> {
        let plan = Plan::new(&self.report.settings).of(self.shard);
        let explained = &self.data.explained;
        self.work = match std::mem::replace(&mut self.work, Work::Done) {
            Work::WarmUp(trainer) => Work::Training(trainer),
            work @ (Work::Training(_) | Work::Trained) => {
                if let Work::Training(trainer) = work {
                    self.network = Some(trainer.network().await?);
                }
                let network = self.network.as_ref().expect("trained or brought");
                let job =
                    Importance::of_pixels(&self.engine, network, &explained.pixels, &plan).await?;
                let job = job.on_threads(self.threads);
                self.report.encoded = Some(encoded(&self.data, job.latents()));
                self.unsaid = vec![Part::Network, Part::Encoded];
                Work::PixelImportance(Box::new(job))
            }
            Work::PixelImportance(pixels) => {
                let job = Direction::new(&explained.pixels, pixels.latents());
                Work::Direction(pixels, Box::new(job))
            }
            Work::Direction(pixels, _) => {
                let network = self.network.as_ref().expect("training is over");
                let job = Importance::of_latents(
                    &self.engine,
                    network,
                    pixels.latents(),
                    &explained.classes,
                    &plan,
                )
                .await?;
                let job = job.on_threads(self.threads);
                Work::LatentImportance(Box::new(job))
            }
            Work::LatentImportance(..) | Work::Done => Work::Done,
        };
        Ok(())
    }

    /// What the run is doing.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.work {
            Work::WarmUp(_) => Stage::WarmUp,
            Work::Training(_) => Stage::Training,
            Work::Trained | Work::PixelImportance(_) => Stage::PixelImportance,
            Work::Direction(..) => Stage::Direction,
            Work::LatentImportance(..) => Stage::LatentImportance,
            Work::Done => Stage::Done,
        }
    }

    fn update(&self, changed: Vec<Part>) -> Update {
        let (done, total) = match &self.work {
            Work::WarmUp(_) | Work::Trained => (0.0, 1.0),
            Work::Training(trainer) => {
                let epochs = self.report.settings.epochs;
                (trainer.epochs_done(), epochs as f64)
            }
            Work::PixelImportance(job) | Work::LatentImportance(job) => {
                (job.done() as f64, job.total() as f64)
            }
            Work::Direction(_, job) => (job.done() as f64, job.total() as f64),
            Work::Done => (1.0, 1.0),
        };
        Update {
            stage: self.stage(),
            done,
            total,
            elapsed: self.elapsed,
            changed,
        }
    }
}

/// The images of the chosen classes, divided, if a run on them has room; `brought` is a network that is
/// not trained here.
fn choose(
    settings: &Settings,
    classes: &[Class],
    brought: Option<&Network>,
) -> Result<Arc<Dataset>, RunError> {
    let trains = brought.is_none();
    let is_named = |class: &&Class| class.role != Role::Unlabelled;
    let named = classes.iter().filter(is_named);
    let available: Vec<(u8, String)> = named
        .map(|class| (class.label, class.name.clone()))
        .collect();
    let errors = settings.check(&available, trains);
    if !errors.is_empty() {
        return Err(RunError::Settings(errors));
    }
    let of_label = |label: u8| {
        let of = move |class: &&Class| is_named(class) && class.label == label;
        classes.iter().filter(of)
    };
    let unlabelled = classes.iter().filter(|class| !is_named(class));
    let labels = settings.classes.iter().copied();
    let chosen: Vec<Class> = labels
        .flat_map(of_label)
        .chain(unlabelled)
        .cloned()
        .collect();
    let pixels = chosen
        .first()
        .map_or(0, |class| class.images.height * class.images.width);
    let Settings { hidden, dims, .. } = settings;
    let need = Need {
        architecture: &brought.map_or_else(
            || Architecture::of(pixels, hidden, *dims),
            Architecture::from,
        ),
        pixels,
        images: count(&chosen, |_| true),
        explained: explained(&chosen, settings, trains),
        trains,
    };
    need.check()?;
    Ok(Arc::new(Dataset::new(&chosen, &settings.division(trains))?))
}

/// How many images of the chosen classes are explained, but for rounding.
fn explained(chosen: &[Class], settings: &Settings, trains: bool) -> usize {
    let all = count(chosen, |_| true);
    let test_set = count(chosen, |role| role == Role::Explained);
    let held_out = match test_set {
        0 => (all as f64 * f64::from(settings.held_out) / 100.0) as usize,
        _ => test_set,
    };
    match settings.explain {
        Explain::Auto if trains => held_out,
        Explain::HeldOut => held_out,
        Explain::Some(wanted) => wanted.get().min(all),
        Explain::Auto | Explain::All => all,
    }
}

fn count(classes: &[Class], of: impl Fn(Role) -> bool) -> usize {
    let classes = classes.iter().filter(|class| of(class.role));
    classes.map(|class| class.images.count()).sum()
}

/// Refuses to train on values that a sigmoid cannot give.
fn check_trainable(data: &Dataset) -> Result<(), DataError> {
    let (least, most) = data.training.range();
    if least >= 0.0 && most <= 1.0 {
        return Ok(());
    }
    Err(DataError::Untrainable {
        least: least.to_string(),
        most: most.to_string(),
    })
}

/// What stages 1 and 3 will take.
fn demand(
    engine: &Engine,
    network: &Architecture,
    data: &Dataset,
    settings: &Settings,
) -> Result<Demand, TooCostly> {
    let images = &data.explained;
    let sizes: Vec<usize> = images.classes.iter().map(|(_, rows)| rows.len()).collect();
    let plan = Plan::new(settings);
    Demand::count(engine, network, &images.pixels, &sizes, &plan)
}

/// Where the encoder puts the explained images: class after class, but in the order of their files
/// where they are all there are.
fn encoded(data: &Dataset, latents: &Array2<f32>) -> Encoded {
    let images = &data.explained;
    let origin = &images.origin.of;
    let mut order: Vec<usize> = (0..images.count()).collect();
    if order.len() == data.count && origin.len() == data.count && !data.test_set {
        order.sort_by_key(|&image| origin[image]);
    }
    let labels: Vec<u8> = images
        .classes
        .iter()
        .flat_map(|(label, rows)| std::iter::repeat_n(*label, rows.len()))
        .collect();
    let known = || order.iter().filter_map(|&image| origin.get(image));
    Encoded {
        labels: order.iter().map(|&image| labels[image]).collect(),
        positions: order.iter().map(|&image| images.positions[image]).collect(),
        files: images.origin.files.clone(),
        file: known().map(|(file, _)| *file).collect(),
        place: known().map(|(_, place)| *place).collect(),
        latents: latents.select(Axis(0), &order),
    }
}

/// Milliseconds that one training step of these settings takes on `engine`, its share of
/// evaluation included, once everything is warm. This is what the choice of an engine rests on.
///
/// # Errors
/// As [`Run::new`] and [`Run::advance`].
pub async fn milliseconds_per_step(
    engine: &Engine,
    settings: Settings,
    classes: &[Class],
) -> Result<f64, RunError> {
    let settings = Settings {
        epochs: settings.epochs.max(1),
        ..settings
    };
    let run = Run::new(engine, settings, classes)?;
    let steps_per_epoch = run.data.training.count().div_ceil(BATCH_SIZE);
    let (Work::WarmUp(mut trainer) | Work::Training(mut trainer)) = run.work else {
        unreachable!("a run starts by training");
    };
    trainer.warm_up().await?;
    let start = Instant::now();
    while start.elapsed() < MEASURING_TIME {
        if trainer.advance(MEASURING_TIME).await? {
            break;
        }
    }
    let steps = trainer.epochs_done() * steps_per_epoch as f64;
    Ok(start.elapsed().as_secs_f64() * 1000.0 / steps)
}

/// Long enough for a steady figure, short enough not to be noticed.
const MEASURING_TIME: Duration = Duration::from_millis(400);

/// Why a run cannot start or go on, in words for the person who asked for it.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// Settings out of range.
    Settings(Vec<SettingError>),
    /// Images that cannot be used.
    Data(DataError),
    /// The network takes images of another size.
    Misfit {
        /// Pixels that it takes.
        inputs: usize,
        /// Pixels that the images have.
        pixels: usize,
    },
    /// The run would need more memory than a page gets.
    Memory {
        /// Bytes needed.
        bytes: f64,
    },
    /// The run cannot be taken up where another one ended.
    Resume(&'static str),
    /// Exact importance would take too long.
    Costly(TooCostly),
    /// The engine failed.
    Engine(EngineError),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(errors) => {
                let reasons: Vec<&str> =
                    errors.iter().map(|error| error.message.as_str()).collect();
                write!(f, "{}", reasons.join(" "))
            }
            Self::Data(error) => error.fmt(f),
            Self::Memory { bytes } => {
                // By whole numbers: to write rounded ones takes a library of its own.
                let gigabytes = |bytes: f64| {
                    let tenths = (bytes / 1e8).round() as u64;
                    format!("{}.{}", tenths / 10, tenths % 10)
                };
                write!(
                    f,
                    "This run needs about {} GB of memory and a page gets about {} GB. Choose \
                     smaller hidden layers or fewer images, or use the program for the terminal.",
                    gigabytes(*bytes),
                    gigabytes(memory::LIMIT)
                )
            }
            Self::Resume(why) => write!(f, "The run cannot be taken up: {why}."),
            Self::Costly(error) => error.fmt(f),
            Self::Misfit { inputs, pixels } => write!(
                f,
                "The model takes images of {inputs} pixels, but these have {pixels}: bring the \
                 images it was trained on, in the same size."
            ),
            Self::Engine(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

impl From<DataError> for RunError {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

impl From<TooCostly> for RunError {
    fn from(error: TooCostly) -> Self {
        Self::Costly(error)
    }
}

impl From<EngineError> for RunError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}
