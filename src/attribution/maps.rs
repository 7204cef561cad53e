//! The maps of all methods but permutation, block of images by block.

use std::collections::VecDeque;
use std::time::Duration;

use web_time::Instant;

use super::encoder::Encoder;
use super::ground::{Ground, spread};
use super::occlusion::Occluding;
use super::results::{Attribution, Opinion};
use super::tally::Tally;
use super::{COPIES, STEPS, gradients, occlusion};
use crate::engine::EngineError;

/// As much work, in multiply-adds, as the gradients of a method are worth: some seconds. They are of fewer
/// images where all would take more.
const LIMIT: f64 = 1e11;
/// How much longer a multiply-add takes where burn makes it.
const BY_BURN: f64 = 6.0;
/// Work between two looks at the clock.
const BLOCK: f64 = 2e7;
/// Images of a block, at most, and rows that go through layers together.
pub(super) const TOGETHER: usize = 64;

/// Makes the maps of methods, one after the other.
pub(super) struct Maps {
    pub ground: Ground,
    pub encoder: Encoder,
    waiting: VecDeque<Attribution>,
    current: Option<Current>,
    found: Vec<Opinion>,
    done: f64,
    total: f64,
}

/// The method at hand.
pub(super) struct Current {
    pub method: Attribution,
    pub tally: Tally,
    /// Rows of the images that its map is of.
    pub rows: Vec<usize>,
    /// Images, or features, that are done.
    pub done: usize,
    /// What a feature is replaced by, where one is occluded, or what the way leads away from.
    pub baseline: Vec<f32>,
    /// Of occlusion, where layers are not all dense.
    probe: Option<Occluding>,
    /// Of one layer: Σ of the derivatives in each unit's sum.
    pub slopes: Vec<f64>,
}

impl Maps {
    /// Prepares to ask `methods` about the latents of `encoder`.
    pub(super) fn new(ground: Ground, encoder: Encoder, methods: &[Attribution]) -> Self {
        let mut made = Self {
            waiting: methods
                .iter()
                .copied()
                .filter(|&method| points(method).is_none() || encoder.refusal().is_none())
                .collect(),
            current: None,
            found: Vec::new(),
            done: 0.0,
            total: 0.0,
            ground: Ground {
                images: ground.images.as_standard_layout().into_owned(),
                ..ground
            },
            encoder,
        };
        let all = made.ground.recipients.len();
        let works = made.waiting.iter().map(|&method| made.work(method, all));
        made.total = works.sum();
        made
    }

    /// Multiply-adds, about, of a method; of gradients, for as many of `images` as are affordable.
    fn work(&self, method: Attribution, images: usize) -> f64 {
        let each = self.per_image(method);
        match points(method) {
            None => each * images as f64,
            Some(_) => each * affordable(each, images) as f64,
        }
    }

    /// As [`Maps::work`], for one image.
    fn per_image(&self, method: Attribution) -> f64 {
        let columns = self.ground.images.ncols() as f64;
        let features = self.ground.features.len() as f64;
        let dims = self.encoder.dims() as f64;
        let map = 10.0 * dims * columns;
        match (points(method), &self.encoder) {
            (Some(points), Encoder::Dense(stack)) => {
                let first = match method {
                    Attribution::Smoothgrad => {
                        points as f64 * (stack.first_work() + 100.0 * columns)
                    }
                    _ => stack.first_work(),
                };
                let back = if stack.is_single() {
                    0.0
                } else {
                    dims * stack.first_work()
                };
                let points = points as f64 * (stack.above_work() + stack.back_work());
                first + points + back + map
            }
            // Forward and back, from every output; back is twice as much.
            (Some(points), Encoder::General(general)) => {
                3.0 * points as f64 * dims * general.work * BY_BURN + map
            }
            (None, _) if method == Attribution::Variance => columns,
            (None, Encoder::Dense(stack)) => features * (stack.above_work() + 10.0 * dims),
            (None, Encoder::General(general)) => features * general.work,
        }
    }

    /// Works for about `budget`; true once all maps are made.
    pub(super) async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.step().await? {
            if start.elapsed() >= budget {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// One block; false where none is left.
    async fn step(&mut self) -> Result<bool, EngineError> {
        let mut current = match self.current.take() {
            Some(current) => current,
            None => match self.waiting.pop_front() {
                Some(method) => self.begin(method).await?,
                None => return Ok(false),
            },
        };
        let before = current.done;
        let method = current.method;
        let images = ((BLOCK / self.per_image(method)) as usize).clamp(1, TOGETHER);
        let ground = &self.ground;
        let mut all = current.rows.len();
        match (&mut self.encoder, points(method)) {
            _ if method == Attribution::Variance => {
                ground.differ(&mut current.tally);
                current.done = all;
            }
            (Encoder::Dense(stack), Some(points)) => {
                gradients::add(ground, stack, &mut current, points, images);
            }
            (Encoder::Dense(stack), None) => occlusion::add(ground, stack, &mut current, images),
            (Encoder::General(general), Some(points)) => {
                all *= general.half.output().size();
                gradients::add_general(ground, general, &mut current, points).await?;
            }
            (Encoder::General(_), None) => {
                all = ground.features.len();
                let probe = current.probe.as_ref().expect("made when the method began");
                current.done = probe.add(&mut current.tally, current.done).await?;
            }
        }
        let share = (current.done - before) as f64 / all as f64;
        self.done += share * self.work(method, self.ground.recipients.len());
        if current.done < all {
            self.current = Some(current);
        } else {
            let opinion = self.finish(current)?;
            self.found.push(opinion);
        }
        Ok(true)
    }

    async fn begin(&self, method: Attribution) -> Result<Current, EngineError> {
        let ground = &self.ground;
        let columns = ground.images.ncols();
        let baseline = match method {
            Attribution::IntegratedMean | Attribution::OcclusionMean => ground.mean(),
            _ => vec![0.0; columns],
        };
        let recipients = &ground.recipients;
        let rows = match points(method) {
            Some(_) => spread(
                recipients,
                affordable(self.per_image(method), recipients.len()),
            ),
            None => recipients.clone(),
        };
        let probe = match &self.encoder {
            Encoder::General(general) if is_occlusion(method) => {
                Some(Occluding::new(ground, general, &rows, &baseline).await?)
            }
            _ => None,
        };
        Ok(Current {
            method,
            tally: Tally::new(self.encoder.dims(), ground.features.len()),
            rows,
            done: 0,
            baseline,
            probe,
            slopes: vec![0.0; self.encoder.dims()],
        })
    }

    fn finish(&self, current: Current) -> Result<Opinion, EngineError> {
        let mut tally = current.tally;
        if let (Encoder::Dense(stack), Some(_)) = (&self.encoder, points(current.method))
            && gradients::is_product(&self.ground, stack)
        {
            gradients::weigh(&mut tally, stack, &current.slopes);
        }
        let mut opinion = tally.opinion(current.method, current.rows.len())?;
        if current.probe.is_some() || current.method == Attribution::Variance {
            opinion.sign.assign(&self.ground.direction);
        }
        Ok(opinion)
    }

    /// Work done, about, in the units of [`Maps::total`].
    pub(super) fn done(&self) -> f64 {
        self.done
    }

    /// Work in all.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// The maps that are made.
    pub(super) fn found(&self) -> &[Opinion] {
        &self.found
    }

    /// Them, and the encoder that was asked.
    pub(super) fn into_parts(self) -> (Ground, Encoder, Vec<Opinion>) {
        (self.ground, self.encoder, self.found)
    }
}

/// At how many points each image's gradients are taken, of methods that take gradients.
fn points(method: Attribution) -> Option<usize> {
    match method {
        Attribution::Gradient => Some(1),
        Attribution::Smoothgrad => Some(COPIES),
        Attribution::IntegratedZero | Attribution::IntegratedMean => Some(STEPS),
        _ => None,
    }
}

fn is_occlusion(method: Attribution) -> bool {
    matches!(
        method,
        Attribution::OcclusionZero | Attribution::OcclusionMean
    )
}

/// Of how many of `images` gradients are taken.
fn affordable(per_image: f64, images: usize) -> usize {
    ((LIMIT / per_image) as usize).clamp(1, images.max(1))
}
