//! A whole run as one job: train, then measure, with a report that grows.

mod adapter;
mod advance;
#[cfg(feature = "general")]
mod beyond;
mod error;
#[cfg(feature = "general")]
mod halves;
mod memory;
#[cfg(feature = "general")]
mod others;
#[cfg(feature = "general")]
mod preparation;
mod prepare;
mod prepared;
#[cfg(feature = "general")]
mod rebuilding;
#[cfg(all(feature = "general", not(target_arch = "wasm32")))]
mod record;
mod resume;
mod timing;
mod update;
mod work;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;
use web_time::Instant;

pub use self::error::RunError;
use self::memory::Need;
#[cfg(feature = "general")]
use self::preparation::{Clustered, Preparation};
pub use self::prepared::{Prepared, design, half};
#[cfg(all(feature = "general", not(target_arch = "wasm32")))]
pub use self::record::{Recorded, Recording};
pub use self::timing::milliseconds_per_step;
pub use self::update::{Part, Snapshot, Stage, Update};
use self::work::Work;
use crate::data::{Class, Dataset, ImageShape, Images, Shape};
use crate::engine::Engine;
use crate::importance::{Demand, Importance, Shard};
use crate::model::{Architecture, Network};
#[cfg(feature = "general")]
use crate::networks::Other;
use crate::report::{DataSource, ModelPart, ModelSource, Report};
use crate::settings::Settings;
use crate::train::Trainer;

/// Trains an autoencoder and measures importance, slice by slice.
pub struct Run {
    engine: Engine,
    data: Arc<Dataset>,
    report: Report,
    /// The features that stages 1 and 3 measure.
    shard: Shard,
    /// How many threads measure them.
    threads: NonZeroUsize,
    demand: Demand,
    prepared: Prepared,
    /// How clusters were found.
    #[cfg(feature = "general")]
    clustered: Option<Clustered>,
    /// Whether V is measured only since other methods are held against it.
    #[cfg(feature = "general")]
    measures_again: bool,
    /// Given, to be compared with the network.
    #[cfg(feature = "general")]
    others: Vec<Other>,
    /// Known once training is over.
    network: Option<Network>,
    work: Work,
    /// Time worked on the current stage.
    elapsed: Duration,
    /// Changed parts that no update has carried yet.
    pending: Vec<Part>,
    /// When the samples are to be computed again.
    samples_due: Option<Instant>,
    /// Whether the network is handed out after every epoch.
    takes_snapshots: bool,
    /// One that no update has carried yet.
    snapshot: Option<Snapshot>,
    /// Whether the network is one of many epochs, whose IE is sampled.
    of_moments: bool,
}

impl Run {
    /// Checks the settings, splits the images (label and images of each class) and prepares to
    /// train.
    ///
    /// # Errors
    /// If a setting is out of range, images cannot be used, exact importance would take too long,
    /// or the run would not fit in memory.
    pub fn new(engine: &Engine, settings: Settings, classes: &[Class]) -> Result<Self, RunError> {
        let data = prepare::choose(&settings, classes, None)?;
        prepare::check_trainable(&data, &settings)?;
        let architecture = Architecture::new(data.image, &settings);
        let prepared = prepare::known(&settings, &data)?;
        adapter::check(engine, &architecture, &data, &settings, true)?;
        let whole = (&architecture, ModelPart::Whole);
        let demand = prepare::demand(engine, whole, &data, &settings, &prepared)?;
        let trainer = Box::new(Trainer::new(engine, &data, &settings));
        let work = if engine.queues() {
            Work::WarmUp(trainer)
        } else {
            Work::Training(trainer)
        };
        Ok(Self::at(work, engine, settings, data, (prepared, demand)))
    }

    /// As [`Run::new`], but goes on from the weights of `network`, which may have another number of dimensions
    /// than the settings say, such as one that was made smaller.
    ///
    /// # Errors
    /// As [`Run::new`], and if the network's layers are not those of one that is trained with these settings.
    #[cfg(feature = "general")]
    pub fn train_on(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        let settings = Settings {
            dims: network.dims(),
            ..settings
        };
        let data = prepare::choose(&settings, classes, None)?;
        prepare::check_trainable(&data, &settings)?;
        let architecture = Architecture::new(data.image, &settings);
        let own = Architecture::from(&network);
        if own.input.size() != data.image.size()
            || own.encoder != architecture.encoder
            || own.decoder != architecture.decoder
            || own.log_variance != architecture.log_variance
        {
            return Err(RunError::Untrainable);
        }
        let prepared = prepare::known(&settings, &data)?;
        adapter::check(engine, &architecture, &data, &settings, true)?;
        let whole = (&architecture, ModelPart::Whole);
        let demand = prepare::demand(engine, whole, &data, &settings, &prepared)?;
        let trainer = Box::new(Trainer::going_on(engine, &data, &settings, network));
        let work = if engine.queues() {
            Work::WarmUp(trainer)
        } else {
            Work::Training(trainer)
        };
        Ok(Self::at(work, engine, settings, data, (prepared, demand)))
    }

    /// As [`Run::new`], but explains a network that was trained elsewhere, on all images unless the
    /// settings say otherwise. The report's settings get the network's sizes, and 0 epochs.
    ///
    /// # Errors
    /// As [`Run::new`], and if the network takes images of another size.
    pub fn explain(
        engine: &Engine,
        settings: Settings,
        classes: &[Class],
        network: Network,
    ) -> Result<Self, RunError> {
        let settings = Settings {
            epochs: 0,
            ..settings.of(&network)
        };
        let data = prepare::choose(&settings, classes, Some(&network))?;
        prepare::check_takes(&network, data.image)?;
        #[cfg(feature = "general")]
        halves::check(&network, &settings)?;
        #[cfg(feature = "general")]
        let part = halves::part(&network);
        #[cfg(not(feature = "general"))]
        let part = ModelPart::Whole;
        let architecture = Architecture::from(&network);
        let prepared = prepare::known(&settings, &data)?;
        adapter::check(engine, &architecture, &data, &settings, false)?;
        let known = (&architecture, part);
        let demand = prepare::demand(engine, known, &data, &settings, &prepared)?;
        let mut run = Self::at(Work::Trained, engine, settings, data, (prepared, demand));
        run.report.latent = match network.decoder().input() {
            Shape::Planes(latent) => Some(*latent),
            _ => None,
        };
        run.report.model = Some(ModelSource {
            part,
            ..ModelSource::default()
        });
        run.network = Some(network);
        Ok(run)
    }

    /// A run that begins with `work`.
    fn at(
        work: Work,
        engine: &Engine,
        settings: Settings,
        data: Arc<Dataset>,
        (prepared, demand): (Prepared, Demand),
    ) -> Self {
        Self {
            report: heading(engine, settings, &data),
            shard: Shard::WHOLE,
            threads: NonZeroUsize::MIN,
            demand,
            prepared,
            #[cfg(feature = "general")]
            clustered: None,
            #[cfg(feature = "general")]
            measures_again: false,
            #[cfg(feature = "general")]
            others: Vec::new(),
            network: None,
            work,
            engine: engine.clone(),
            data,
            elapsed: Duration::ZERO,
            pending: vec![Part::Heading],
            samples_due: None,
            takes_snapshots: false,
            snapshot: None,
            of_moments: false,
        }
    }

    /// Restricts stages 1 and 3 to the features of `shard`; everything else is done in full.
    /// [`distribute::merge`](crate::distribute::merge) joins what the parts of a run find.
    #[must_use]
    pub fn of(self, shard: Shard) -> Self {
        Self { shard, ..self }
    }

    /// Records where the images are from and how they were prepared; what the images themselves tell
    /// is filled in here.
    #[must_use]
    pub fn on_data(mut self, source: DataSource) -> Self {
        self.report.data = source.of(&self.data);
        self
    }

    /// Records where the model that was trained elsewhere is from.
    #[must_use]
    pub fn of_model(mut self, source: ModelSource) -> Self {
        let part = self.report.model.as_ref().map(|known| known.part);
        self.report.model = Some(ModelSource {
            part: part.unwrap_or(source.part),
            ..source
        });
        self
    }

    /// Trains dense networks and measures stages 1 and 3 on this many threads where the engine is the CPU. The
    /// numbers do not depend on it.
    #[must_use]
    pub fn on_threads(mut self, threads: NonZeroUsize) -> Self {
        if let Work::Training(trainer) = &mut self.work {
            trainer.on_threads(threads);
        }
        Self { threads, ..self }
    }

    /// Hands out the network before training and after every epoch, with the update that tells of it.
    #[must_use]
    pub fn taking_snapshots(self) -> Self {
        Self {
            takes_snapshots: true,
            ..self
        }
    }

    /// Measures `network`, of another epoch of the same training, as the paper does and by the same permutations:
    /// V exactly where that is affordable, IE by sampling. What is known of the network before is forgotten.
    ///
    /// # Panics
    /// If the network has other sizes than those of the settings.
    pub fn again(&mut self, network: Network) {
        let settings = self.report.settings.clone();
        assert!(
            network.encoder().input().size() == self.data.image.size()
                && network.dims() == settings.dims
        );
        let heading = heading(&self.engine, settings, &self.data);
        self.report = Report {
            data: self.report.data.clone(),
            ..heading
        };
        self.work = Work::Trained;
        self.network = Some(network);
        self.pending.clear();
        self.of_moments = true;
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

    /// The work that stages 1 and 3 will take.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.demand
    }

    /// How many helpers fit in a page's memory beside this run.
    #[must_use]
    pub fn room(&self) -> usize {
        let explained = &self.data.explained;
        let pixels = self.data.image.size();
        let settings = &self.report.settings;
        let need = Need {
            architecture: &self.network.as_ref().map_or_else(
                || Architecture::new(self.data.image, settings),
                Architecture::from,
            ),
            pixels,
            #[cfg(feature = "general")]
            images: self.data.count,
            brought: self.data.training.memory() as f64,
            held_out: self.data.held_out.count(),
            explained: explained.count(),
            batch_size: settings.batch_size,
            trains: self.report.model.is_none(),
            #[cfg(feature = "general")]
            measure: &settings.measure,
        };
        need.room()
    }

    /// The measurements of the current stage; `None` where it has none.
    #[must_use]
    pub fn importance(&self) -> Option<&Importance> {
        self.work.importance()
    }

    /// What the measurements of the current stage permute: the explained images (images × pixels) in
    /// stage 1, of pixels or groups, their latents (images × dimensions) in stage 3. `None` as for [`Run::importance`].
    #[must_use]
    pub fn inputs(&self) -> Option<&Array2<f32>> {
        match &self.work {
            Work::PixelImportance(_) => Some(&self.data.explained.pixels),
            #[cfg(feature = "general")]
            Work::GroupImportance(..) => Some(&self.data.explained.pixels),
            Work::LatentImportance(stage) => Some(stage.latents()),
            _ => None,
        }
    }

    /// What the stages measure beside what settings and images say, once that is known.
    #[must_use]
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// Shape of every image.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.data.image
    }

    /// The images that importance is measured on.
    #[must_use]
    pub fn explained(&self) -> &Images {
        &self.data.explained
    }

    /// The features that stages 1 and 3 measure.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The current stage.
    #[must_use]
    pub fn stage(&self) -> Stage {
        #[cfg(feature = "general")]
        if matches!(self.work, Work::Trained) && Preparation::is_needed(&self.report.settings) {
            return Stage::Preparation;
        }
        self.work.stage()
    }
}

/// The report of a run that has found nothing yet.
fn heading(engine: &Engine, settings: Settings, data: &Dataset) -> Report {
    let report = Report::new(engine.name(), settings, data);
    #[cfg(feature = "general")]
    let report = Report {
        kernel: engine.kernel_name().map(str::to_owned),
        ..report
    };
    report
}
