//! Stages 1 and 3, which are one: features are moved among images, and how far the outputs move is
//! measured.

use std::num::NonZeroUsize;
use std::ops::Range;
#[cfg(feature = "general")]
use std::sync::{Arc, Mutex};

#[cfg(feature = "general")]
use ndarray::ArrayView2;
use ndarray::{Array2, s};

use super::closed::ClosedForm;
use super::design::{Design, Feature, Target};
use super::estimate::Running;
use super::exactness::Choice;
use super::levels::{Level, varies};
use super::order::{Order, Visits};
use super::plan::Plan;
#[cfg(feature = "general")]
use super::pools::{DonorPools, Pools};
use super::probe::{self, Outcome, Probe};
use super::results::{Estimate, Measured};
use super::tally::Tally;
use crate::data::ImageShape;
use crate::engine::{Engine, EngineError};
use crate::model::{Half, Network};
use crate::settings::Method;

/// How far the outputs of half a network move, on average, when features are moved among images.
///
/// Stage 1 ([`Importance::of_pixels`], Section 3.2) gives V (pixels × dimensions): for every pixel, or
/// channel of a pixel, the mean squared change of each latent over images and permutations. Stage 3
/// ([`Importance::of_latents`], Section 3.3) gives IE (classes × dimensions): for every class and latent
/// dimension, the mean squared change of the reconstructions over the class's images, all pixels and
/// permutations.
///
/// Unless sampling is asked for, encoders that a closed form is known for are measured by it, on the
/// CPU whatever the engine. Others, and decoders, are exact where trying every value of every feature
/// is affordable. Where it is sampled, every feature is measured once before any is measured twice, so
/// a whole picture is there early and sharpens; on the CPU, where the decoder is one sigmoid layer,
/// four times before any is measured again. Features that are the same in every image are 0 exactly
/// and cost nothing.
///
/// Any other [`Design`] is measured in the same ways: groups of pixels, some recipients, donors in pools.
pub struct Importance {
    pub(super) design: Design,
    pub(super) seed: u32,
    latents: Array2<f32>,
    /// Rows and columns of the results.
    shape: (usize, usize),
    pub(super) targets: Vec<Target>,
    pub(super) means: Means,
    pub(super) order: Order,
    pub(super) tally: Tally,
    pub(super) done: usize,
    total: usize,
    pub(super) threads: NonZeroUsize,
    pub(super) engine: &'static str,
    /// The pools that were found last, and of which feature.
    #[cfg(feature = "general")]
    found: Mutex<Option<(usize, Arc<Pools>)>>,
}

/// By what means a stage is measured: for each set of donors, by one that knows them.
pub(super) enum Means {
    /// In closed form.
    Closed(Vec<ClosedForm>),
    /// By moving inputs.
    Probes(Vec<Box<dyn Probe>>),
}

impl Means {
    /// Outputs (images × outputs) for the unmoved inputs of the first set of donors.
    fn outputs(&self) -> Option<&Array2<f32>> {
        match self {
            Self::Closed(forms) => forms.first().map(ClosedForm::latents),
            Self::Probes(probes) => probes.first().map(|probe| probe.outputs()),
        }
    }

    /// How many permutations of a feature are best made one after the other.
    fn together(&self) -> usize {
        match self {
            Self::Closed(_) => 1,
            Self::Probes(probes) => probes.first().map_or(1, |probe| probe.together()),
        }
    }

    /// Whether moving `columns` among a target's images can change anything.
    fn varies(&self, target: &Target, columns: &[usize]) -> bool {
        match self {
            Self::Closed(forms) => forms[target.source].varies(columns),
            Self::Probes(probes) => {
                let inputs = probes[target.source].inputs();
                columns.iter().any(|&column| varies(inputs.column(column)))
            }
        }
    }

    /// The distinct values that the columns of a target take among its donors.
    fn levels(&self, target: &Target, design: &Design) -> Vec<Level> {
        let columns = design.columns(target);
        match self {
            Self::Closed(_) => Vec::new(),
            Self::Probes(probes) => {
                let inputs = probes[target.source].inputs();
                #[cfg(feature = "general")]
                if let Some(pools) = design.pools.of(target.feature, inputs.view()) {
                    let recipients = target.exchange.recipients();
                    return Level::in_pools(inputs, columns, &pools, &recipients);
                }
                Level::all(inputs, columns, target.exchange.donors())
            }
        }
    }

    /// Images × columns, of a set of donors.
    #[cfg(feature = "general")]
    fn inputs(&self, source: usize) -> ArrayView2<'_, f32> {
        match self {
            Self::Closed(forms) => forms[source].images(),
            Self::Probes(probes) => probes[source].inputs().view(),
        }
    }
}

impl Importance {
    /// Stage 1: prepares to permute the pixels of `images` (images × numbers), each of the shape `image`,
    /// as `plan` says.
    ///
    /// # Errors
    /// If the device stops answering, or latents are not finite.
    pub async fn of_pixels(
        engine: &Engine,
        network: &Network,
        images: &Array2<f32>,
        image: ImageShape,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let design = Design::of_pixels(images.nrows(), image, plan.permute);
        Self::new(engine, network.encoder(), images, design, plan).await
    }

    /// Stage 3: prepares to permute the columns of `latents` (images × dimensions) within each of
    /// `classes` (label and rows) as `plan` says.
    ///
    /// # Errors
    /// If the device stops answering, or reconstructions are not finite.
    pub async fn of_latents(
        engine: &Engine,
        network: &Network,
        latents: &Array2<f32>,
        classes: &[(u8, Range<usize>)],
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let design = Design::of_latents(classes, network.dims());
        Self::new(engine, network.decoder(), latents, design, plan).await
    }

    /// Prepares to move features of `inputs` (images × inputs of the half) as `design` and `plan` say,
    /// and to measure how far the outputs of `half` move.
    ///
    /// # Errors
    /// If the device stops answering, outputs are not finite, or the engine cannot measure what the
    /// design asks for.
    pub async fn new(
        engine: &Engine,
        half: &Half,
        inputs: &Array2<f32>,
        design: Design,
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let choice = Choice::of(engine, half, inputs, &design, plan);
        if let (Choice::Closed, Some(layer)) = (choice, ClosedForm::layer(half)) {
            let form = |rows| ClosedForm::new(layer, inputs.slice(s![rows, ..]));
            let forms: Vec<ClosedForm> = design.sources().into_iter().map(form).collect();
            let are_finite = |form: &ClosedForm| form.latents().iter().all(|z| z.is_finite());
            if !forms.iter().all(are_finite) {
                return Err(EngineError::Overflow("Latents"));
            }
            let means = Means::Closed(forms);
            return Ok(Self::begin("cpu", means, inputs, design, plan, choice));
        }
        let make = async |inputs| probe::of_half(engine, half, inputs, &design).await;
        let means = Self::probes(inputs, &design, plan, choice, make).await?;
        Ok(Self::begin(
            engine.name(),
            means,
            inputs,
            design,
            plan,
            choice,
        ))
    }

    /// Prepares to move features of `inputs` (images × columns) as `design` and `plan` say, and to
    /// measure how far the outputs of any function of a batch of images move: by all values of each
    /// feature if `plan` asks for exactness, by permutations else.
    ///
    /// # Errors
    /// As the function, and if its outputs are not finite.
    pub async fn of_function<F>(
        function: F,
        inputs: &Array2<f32>,
        design: Design,
        plan: &Plan,
    ) -> Result<Self, EngineError>
    where
        F: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Clone + Sync + 'static,
    {
        let choice = match plan.method {
            Method::Exact => Choice::Values,
            Method::Auto | Method::Sampled => Choice::Sampled,
        };
        let make = async |inputs| probe::black_box(function.clone(), inputs, design.outcome).await;
        let means = Self::probes(inputs, &design, plan, choice, make).await?;
        Ok(Self::begin("function", means, inputs, design, plan, choice))
    }

    /// A probe that `make` makes of the inputs of each set of donors.
    async fn probes(
        inputs: &Array2<f32>,
        design: &Design,
        plan: &Plan,
        choice: Choice,
        make: impl AsyncFn(Array2<f32>) -> Result<Box<dyn Probe>, EngineError>,
    ) -> Result<Means, EngineError> {
        let mut probes = Vec::new();
        for rows in design.sources() {
            let mut probe = make(inputs.slice(s![rows, ..]).to_owned()).await?;
            let interventions = match choice {
                Choice::Sampled => plan.permutations,
                // About as many values as images.
                Choice::Closed | Choice::Values => probe.inputs().nrows(),
            };
            probe.prepare(interventions);
            probes.push(probe);
        }
        Ok(Means::Probes(probes))
    }

    /// Nothing is measured yet.
    fn begin(
        engine: &'static str,
        means: Means,
        inputs: &Array2<f32>,
        design: Design,
        plan: &Plan,
        choice: Choice,
    ) -> Self {
        let (repeats, measured) = match choice {
            Choice::Sampled => (plan.permutations, Measured::Sampled),
            Choice::Closed | Choice::Values => (1, Measured::Exact),
        };
        let outputs = means.outputs();
        let width = outputs.map_or(0, |outputs| design.outcome.width(outputs.ncols()));
        let (latents, shape) = match design.outcome {
            Outcome::PerOutput => (outputs, (design.rows(), width)),
            Outcome::Overall => (
                Some(inputs),
                (design.exchanges.len(), design.features.len()),
            ),
        };
        let latents = latents.cloned().unwrap_or_default();

        let mut running = Running::new((design.rows(), width), repeats, measured, plan.shard);
        let mut targets = design.targets();
        targets.retain(|target| plan.shard.holds(target.row));
        targets.retain(|target| {
            let varies = means.varies(target, design.columns(target));
            if !varies {
                running.settle_at_zero(target.row);
            }
            varies
        });
        let order = match choice {
            Choice::Closed => Order::Once(targets.len()),
            Choice::Values => {
                let levels = |target: &Target| means.levels(target, &design);
                Order::of_values(targets.iter().map(levels).collect())
            }
            Choice::Sampled => Order::Visits(Visits {
                targets: targets.len(),
                repeats,
                together: means.together(),
            }),
        };
        let has_roots = design.outcome == Outcome::Overall;
        Self {
            latents,
            shape,
            targets,
            means,
            total: order.total(),
            order,
            tally: Tally::new(running, has_roots, width),
            design,
            seed: plan.seed,
            done: 0,
            threads: NonZeroUsize::MIN,
            engine,
            #[cfg(feature = "general")]
            found: Mutex::default(),
        }
    }

    /// The pools within which a target's values are exchanged, unless all of its donors are one. Its
    /// measurements follow each other, so those that were found last are mostly the ones.
    #[cfg(feature = "general")]
    pub(super) fn pools(&self, target: &Target) -> Option<Arc<Pools>> {
        let feature = target.feature;
        let find = || {
            self.design
                .pools
                .of(feature, self.means.inputs(target.source))
        };
        if !matches!(self.design.pools, DonorPools::ByFeature(_)) {
            return find();
        }
        let last = || self.found.lock().expect("no thread panics here");
        if let Some((of, pools)) = &*last()
            && *of == feature
        {
            return Some(pools.clone());
        }
        let pools = find()?;
        *last() = Some((feature, pools.clone()));
        Some(pools)
    }

    /// Lets so many threads measure at once on the CPU engine; the numbers do not depend on it.
    #[must_use]
    pub fn on_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// What is moved, in the order of its rows or, in stage 3, its columns.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.design.features
    }

    /// Measurements finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Measurements in all: of features that vary, times repeats or values where there are several.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// Numbers of one measurement.
    #[must_use]
    pub fn width(&self) -> usize {
        self.tally.width()
    }

    /// The importances as far as they are known: V, or IE.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.shaped(self.tally.estimate(self.engine))
    }

    /// As [`Importance::estimate`], with the root of the mean squared change of every repeat, or of
    /// the exact mean (RMSE); of stage 3 alone.
    #[must_use]
    pub fn rmse(&self) -> Option<Estimate> {
        Some(self.shaped(self.tally.roots(self.engine)?))
    }

    fn shaped(&self, rows: Estimate) -> Estimate {
        let shaped = |matrix: Array2<f32>| {
            matrix
                .into_shape_with_order(self.shape)
                .expect("one cell a row and number")
        };
        Estimate {
            mean: shaped(rows.mean),
            std_error: rows.std_error.map(shaped),
            ..rows
        }
    }

    /// Z (images × dimensions): the latents of the unpermuted images, as far as they are explained.
    #[must_use]
    pub fn latents(&self) -> &Array2<f32> {
        &self.latents
    }

    /// Refuses results that are larger than the numbers of a report.
    ///
    /// # Errors
    /// If there are such.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.tally.is_beyond() {
            Err(self.overflow())
        } else {
            Ok(())
        }
    }

    pub(super) fn overflow(&self) -> EngineError {
        let (importance, _) = self.design.outcome.names();
        EngineError::Overflow(importance)
    }
}
