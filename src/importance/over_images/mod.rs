//! How far importance would be off had other images of the same kind been explained.
//!
//! An importance is a mean of h(s, t), the squared change of image s given image t's value, over recipients s
//! and donors t. Had other images been drawn, both would be others: an image receives and gives. With n images
//! that exchange values among each other, image s moves the mean by ψₛ / n, where
//!
//! ```text
//! ψₛ = meanₜ h(s, t) + meanₜ h(t, s) - 2V,   SE = √(Σₛ ψₛ²) / n
//! ```
//!
//! (Hoeffding's first-order term; a bootstrap that weighs each pair by both images' draws comes to the same).
//! Where only some images receive, or values are exchanged within pools, an image counts in each mean that it is
//! part of; pools are taken as they are. Means are over all exchanges where importance itself is exact, in closed
//! form or value by value. Else each random permutation tells what every image received and gave once, and squares
//! are products of different permutations, so that what is random in them does not count as a difference between
//! images.
//!
//! Of IE, errors of differences between dimensions are taken image by image as well: two dimensions that the same
//! images move are told apart by less than their errors suggest.

mod influence;
mod stage;

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use ndarray::{Array2, s};
use web_time::Instant;

use self::influence::Influence;
use self::stage::{Found, Pending, Stage};
use super::design::{Design, Feature};
use super::levels::Level;
use super::plan::Plan;
use super::results::ImageErrors;
use super::threads::at_once;
use crate::engine::{Engine, EngineError};
use crate::model::Network;

/// Measures the errors over images of V and IE, feature by feature.
pub struct ErrorsOverImages {
    pixels: Stage,
    latents: Stage,
    /// Of V (features × dimensions).
    of_pixels: Array2<f64>,
    /// IE and its errors (classes × dimensions).
    importance: Array2<f64>,
    of_latents: Array2<f64>,
    /// What is known of the dimensions of the class that is measured.
    influences: Vec<Option<Influence>>,
    order: Vec<Vec<u32>>,
    differences: Vec<Vec<f32>>,
    lit: Vec<u32>,
    /// Targets that are finished, those of stage 1 first.
    finished: usize,
    pending: Option<Pending>,
    done: usize,
    total: usize,
    threads: NonZeroUsize,
}

impl ErrorsOverImages {
    /// Prepares for the V and IE of `network` on `images` (images × numbers), as `pixels` and `latents` measure
    /// them and `plan` says.
    ///
    /// # Errors
    /// If inputs are so large that their differences may not be finite.
    pub async fn new(
        engine: &Engine,
        network: &Network,
        images: &Array2<f32>,
        (pixels, latents): (Design, Design),
        plan: &Plan,
    ) -> Result<Self, EngineError> {
        let lit = lit(images, &pixels);
        let (encoder, decoder) = (network.encoder(), network.decoder());
        let pixels = Stage::new(engine, encoder, images, pixels, plan).await?;
        let latents = Stage::new(engine, decoder, &pixels.outputs(), latents, plan).await?;
        Ok(Self::begin(pixels, latents, network.dims(), lit))
    }

    /// As [`ErrorsOverImages::new`], of any encoder and decoder, functions of a batch of images and of latents:
    /// by all values of each feature if `plan` asks for exactness, by permutations else.
    ///
    /// # Errors
    /// As the functions, and if their outputs are not finite.
    pub async fn of_functions<E, D>(
        (encode, decode): (E, D),
        images: &Array2<f32>,
        (pixels, latents): (Design, Design),
        plan: &Plan,
    ) -> Result<Self, EngineError>
    where
        E: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Clone + Sync + 'static,
        D: AsyncFn(&Array2<f32>) -> Result<Array2<f32>, EngineError> + Clone + Sync + 'static,
    {
        let lit = lit(images, &pixels);
        let pixels = Stage::of_function(&encode, images, pixels, plan).await?;
        let encoded = pixels.outputs();
        let latents = Stage::of_function(&decode, &encoded, latents, plan).await?;
        Ok(Self::begin(pixels, latents, encoded.ncols(), lit))
    }

    fn begin(pixels: Stage, latents: Stage, dims: usize, lit: Vec<u32>) -> Self {
        let classes = latents.rows() / dims.max(1);
        let steps =
            |stage: &Stage| -> usize { (0..stage.targets.len()).map(|at| stage.steps(at)).sum() };
        Self {
            of_pixels: Array2::zeros((pixels.rows(), dims)),
            importance: Array2::zeros((classes, dims)),
            of_latents: Array2::zeros((classes, dims)),
            influences: Vec::new(),
            order: Vec::with_capacity(classes),
            differences: Vec::with_capacity(classes),
            lit,
            finished: 0,
            pending: None,
            done: 0,
            total: steps(&pixels) + steps(&latents),
            threads: NonZeroUsize::MIN,
            pixels,
            latents,
        }
    }

    /// Lets so many threads measure at once; the numbers do not depend on it.
    #[must_use]
    pub fn on_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Interventions made, of those that are to be.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Interventions in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// Measures for about `budget`; true once everything is measured.
    ///
    /// # Errors
    /// If numbers are larger than those of a report.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.finished < self.targets() {
            // A browser has no threads.
            if cfg!(not(target_arch = "wasm32")) && self.threads.get() > 1 {
                self.measure_on_threads()?;
            } else {
                let pending = self.pending.take();
                let (stage, at) = self.stage(self.finished);
                let mut pending = pending.unwrap_or_else(|| stage.start(at));
                let found = stage.step(&mut pending).await?;
                self.done += 1;
                match found {
                    Some(found) => self.take(found)?,
                    None => self.pending = Some(pending),
                }
            }
            if start.elapsed() >= budget {
                break;
            }
        }
        if self.finished < self.targets() {
            return Ok(false);
        }
        self.rank(self.importance.nrows());
        Ok(true)
    }

    /// What was found, once all is.
    #[must_use]
    pub fn finish(&self) -> ImageErrors {
        let roots = self.importance.mapv(f64::sqrt);
        let mut of_roots = &self.of_latents / &roots / 2.0;
        of_roots.mapv_inplace(|error| if error.is_finite() { error } else { 0.0 });
        ImageErrors {
            pixel_method: self.pixels.measured(),
            latent_method: self.latents.measured(),
            pixel_importance: self.of_pixels.mapv(|error| error as f32),
            latent_importance: self.of_latents.mapv(|error| error as f32),
            latent_importance_rmse: of_roots.mapv(|error| error as f32),
            order: self.order.clone(),
            differences: self.differences.clone(),
            lit: self.lit.clone(),
        }
    }

    fn targets(&self) -> usize {
        self.pixels.targets.len() + self.latents.targets.len()
    }

    /// The stage of a target, and which of its targets it is.
    fn stage(&self, target: usize) -> (&Stage, usize) {
        match target.checked_sub(self.pixels.targets.len()) {
            None => (&self.pixels, target),
            Some(at) => (&self.latents, at),
        }
    }

    /// The next targets, one on each thread.
    fn measure_on_threads(&mut self) -> Result<(), EngineError> {
        let whole = |target: usize| -> Result<Found, EngineError> {
            let (stage, at) = self.stage(target);
            let mut pending = stage.start(at);
            loop {
                if let Some(found) = at_once(stage.step(&mut pending))? {
                    return Ok(found);
                }
            }
        };
        let next = self.finished..self.targets().min(self.finished + self.threads.get());
        let found: Vec<_> = thread::scope(|scope| {
            let others: Vec<_> = next
                .clone()
                .skip(1)
                .map_while(|target| {
                    let measure = move || whole(target);
                    thread::Builder::new().spawn_scoped(scope, measure).ok()
                })
                .collect();
            let first = whole(next.start);
            let others = others.into_iter();
            let others = others.map(|other| other.join().expect("measuring does not panic"));
            std::iter::once(first).chain(others).collect()
        });
        for found in found {
            let (stage, at) = self.stage(self.finished);
            self.done += stage.steps(at);
            self.take(found?)?;
        }
        Ok(())
    }

    /// Takes over what is known of the next target.
    fn take(&mut self, found: Found) -> Result<(), EngineError> {
        let numbers = found.errors.iter().chain(&found.means);
        if !numbers.copied().all(|number| number <= f64::from(f32::MAX)) {
            let of_pixels = self.finished < self.pixels.targets.len();
            let of = if of_pixels {
                "Pixel importance"
            } else {
                "Latent importance"
            };
            return Err(EngineError::Overflow(of));
        }
        let dims = self.importance.ncols();
        let (stage, at) = self.stage(self.finished);
        debug_assert_eq!(at, found.at);
        let row = stage.targets[at].row;
        if self.finished < self.pixels.targets.len() {
            self.of_pixels.row_mut(row).assign(&found.errors);
        } else {
            let (class, dim) = (row / dims, row % dims);
            self.rank(class);
            self.importance[[class, dim]] = found.means[0];
            self.of_latents[[class, dim]] = found.errors[0];
            self.influences.resize_with(dims, || None);
            self.influences[dim] = found.influence;
        }
        self.finished += 1;
        Ok(())
    }

    /// Puts the dimensions in order for every class before this one, all of whose dimensions are measured.
    fn rank(&mut self, class: usize) {
        while self.order.len() < class {
            let importance = self.importance.slice(s![self.order.len(), ..]);
            let importance: Vec<f32> = importance.iter().map(|&of| of as f32).collect();
            let mut order: Vec<u32> = (0..importance.len() as u32).collect();
            let of = |&dim: &u32| importance[dim as usize];
            order.sort_by(|one, other| of(other).total_cmp(&of(one)));
            let influence = |dim: u32| self.influences.get(dim as usize)?.as_ref();
            let difference = |pair: &[u32]| match (influence(pair[0]), influence(pair[1])) {
                (Some(one), other) | (None, other @ Some(one)) => {
                    let other = other.filter(|other| !std::ptr::eq(*other, one));
                    one.error_of_difference(other) as f32
                }
                (None, None) => 0.0,
            };
            self.differences
                .push(order.windows(2).map(difference).collect());
            self.order.push(order);
            self.influences.clear();
        }
    }
}

/// Images in which each feature has another value than the one that most of them have.
fn lit(images: &Array2<f32>, design: &Design) -> Vec<u32> {
    let rows = 0..images.nrows();
    let of = |feature: &Feature| {
        let levels = Level::all(images, feature.columns(), rows.clone());
        let most = levels.iter().map(|level| level.count).max().unwrap_or(0);
        rows.len() as u32 - most
    };
    design.features.iter().map(of).collect()
}
