//! The one shape of stages 1 and 3: a list of measurements, worked off slice by slice, by one
//! worker or by several.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use web_time::Instant;

use super::closed::ClosedForm;
use super::cost;
use super::estimate::Running;
use super::levels::Levels;
use super::plan::Plan;
use super::probe::{Intervention, Probe};
use super::results::{Estimate, Measured};
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::settings::Method;

/// A column of some inputs: a pixel, or a latent dimension within a class.
pub(super) struct Feature {
    /// Which of the job's probes moves it.
    pub probe: usize,
    /// Column of the probe's inputs.
    pub column: usize,
    /// Row of the results.
    pub row: usize,
    /// Words that key its permutations, before the repeat.
    pub key: Vec<u64>,
}

/// Measures features whose values differ, every one once before any is measured twice; or, where
/// permutations of a column cost less together, every one so many times.
///
/// The measurements stand in one order and each is a matter of its own: its permutation is keyed by
/// what it is of, and its numbers do not depend on what is measured beside it. So anyone with the
/// same images and network can make any stretch of them ([`Job::measure`]), and the results are
/// those of one worker, to the last bit, where they are added up in that order ([`Job::add`]).
pub struct Job {
    features: Vec<Feature>,
    means: Means,
    results: Results,
    done: usize,
    total: usize,
    threads: NonZeroUsize,
    is_on_cpu: bool,
}

/// Threads at once, at most: more than the cores of any machine, and no burden to it.
const THREADS: usize = 1024;

/// Measurements that are best made at once.
struct Batch {
    /// The place of the first among all measurements.
    first: usize,
    probe: usize,
    /// None where there is a closed form.
    interventions: Vec<Intervention>,
}

/// By what means a feature is measured.
enum Means {
    /// In closed form, at once.
    Closed(Box<ClosedForm>),
    /// By every value of the feature, one after the other.
    Enumerated {
        probes: Vec<Probe>,
        /// Of every feature.
        levels: Vec<Levels>,
        /// Measurements before each feature's first.
        before: Vec<usize>,
    },
    /// By keyed permutations.
    Sampled {
        probes: Vec<Probe>,
        seed: u32,
        purpose: Purpose,
        visits: Visits,
    },
}

/// In which order features are permuted: all are visited before any is visited again, each time for
/// so many repeats together.
#[derive(Clone, Copy)]
struct Visits {
    features: usize,
    repeats: usize,
    together: usize,
}

impl Visits {
    /// How many repeats the visit that the `place`-th measurement belongs to is for, and how many
    /// each feature had before it.
    fn visit(self, place: usize) -> (usize, usize) {
        let before = place / (self.features * self.together) * self.together;
        (self.together.min(self.repeats - before), before)
    }

    /// How many repeats of the same visit stand before the `place`-th measurement.
    fn within(self, place: usize) -> usize {
        let (together, before) = self.visit(place);
        (place - self.features * before) % together
    }

    /// The feature and the repeat of it that the `place`-th measurement is of.
    fn at(self, place: usize) -> (usize, usize) {
        let (together, before) = self.visit(place);
        let place = place - self.features * before;
        (place / together, before + place % together)
    }
}

struct Results {
    means: Running,
    /// Of the measurements' square roots, where they are wanted.
    roots: Option<Running>,
    /// What the values of a feature have come to so far, where they are tried one after the other.
    sum: Array1<f64>,
    engine: &'static str,
}

impl Results {
    fn add(&mut self, feature: &Feature, values: ArrayView1<'_, f64>) {
        self.means.add(feature.row, values);
        if let Some(roots) = &mut self.roots {
            roots.add(feature.row, values.mapv(f64::sqrt).view());
        }
    }
}

impl Job {
    /// Measures in closed form the pixels of `plan`'s shard.
    pub(super) fn closed(form: ClosedForm, plan: &Plan) -> Self {
        let (pixels, dims) = form.shape();
        let mut means = Running::new((pixels, dims), 1, Measured::Exact, plan.shard);
        let mut features = Vec::new();
        for pixel in (0..pixels).filter(|&pixel| plan.shard.holds(pixel)) {
            if form.varies(pixel) {
                features.push(Feature {
                    probe: 0,
                    column: pixel,
                    row: pixel,
                    key: Vec::new(),
                });
            } else {
                means.settle_at_zero(pixel);
            }
        }
        Self {
            total: features.len(),
            features,
            means: Means::Closed(Box::new(form)),
            results: Results {
                means,
                roots: None,
                sum: Array1::zeros(dims),
                engine: "cpu",
            },
            done: 0,
            threads: NonZeroUsize::MIN,
            is_on_cpu: true,
        }
    }

    /// Measures with `probes`, which all report numbers of one width, those of `features` that are
    /// in `plan`'s shard. `features` are all there are, row after row.
    pub(super) fn probed(
        engine: &Engine,
        mut probes: Vec<Probe>,
        features: Vec<Feature>,
        plan: &Plan,
        purpose: Purpose,
        roots: bool,
    ) -> Self {
        let exact = exact(&mut probes, plan);
        let (repeats, measured) = if exact {
            (1, Measured::Exact)
        } else {
            (plan.permutations, Measured::Sampled)
        };
        let width = probes.first().map_or(0, Probe::width);
        let mut means = Running::new((features.len(), width), repeats, measured, plan.shard);
        let features: Vec<Feature> = features
            .into_iter()
            .filter(|feature| plan.shard.holds(feature.row))
            .filter(|feature| {
                let varies = probes[feature.probe].varies(feature.column);
                if !varies {
                    means.settle_at_zero(feature.row);
                }
                varies
            })
            .collect();
        let (means_of, total) = if exact {
            let levels: Vec<Levels> = features
                .iter()
                .map(|feature| Levels::of(probes[feature.probe].inputs().column(feature.column)))
                .collect();
            let mut total = 0;
            let before = levels
                .iter()
                .map(|levels| {
                    total += levels.len();
                    total - levels.len()
                })
                .collect();
            let means = Means::Enumerated {
                probes,
                levels,
                before,
            };
            (means, total)
        } else {
            let together = probes.first().map_or(1, Probe::together);
            let means = Means::Sampled {
                probes,
                seed: plan.seed,
                purpose,
                visits: Visits {
                    features: features.len(),
                    repeats,
                    together,
                },
            };
            (means, features.len().saturating_mul(repeats))
        };
        Self {
            features,
            means: means_of,
            results: Results {
                roots: roots.then(|| means.clone()),
                means,
                sum: Array1::zeros(width),
                engine: engine.name(),
            },
            done: 0,
            total,
            threads: NonZeroUsize::MIN,
            is_on_cpu: engine.name() == "cpu",
        }
    }

    /// Lets so many threads measure at once where the CPU does; the numbers do not depend on it.
    pub(super) fn on_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    /// Measures for about `budget`; true once everything is measured.
    pub(super) async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        // A browser has no threads, and needs no code for them.
        if cfg!(not(target_arch = "wasm32")) && self.threads.get() > 1 && self.is_on_cpu {
            self.advance_on_threads(start, budget)?;
            self.check()?;
            return Ok(self.done >= self.total);
        }
        while self.done < self.total {
            let batch = self.batch(self.done, self.extent(self.done));
            let measured = self.measure_batch(&batch).await?;
            self.add(measured.view());
            if start.elapsed() >= budget {
                break;
            }
        }
        self.check()?;
        Ok(self.done >= self.total)
    }

    /// As [`Job::advance`], batch for batch the same, on several threads. What they find is added in
    /// the order of one thread, so that not even rounding differs.
    fn advance_on_threads(&mut self, start: Instant, budget: Duration) -> Result<(), EngineError> {
        let job = &*self;
        let next = Mutex::new(job.done);
        let take = || {
            let mut next = next.lock().expect("no thread panics here");
            let first = *next;
            (first < job.total).then(|| {
                let count = job.extent(first);
                *next = first + count;
                (first, count)
            })
        };
        let measure = || {
            let mut found = Vec::new();
            while let Some((first, count)) = take() {
                let batch = job.batch(first, count);
                let measured = at_once(job.measure_batch(&batch));
                found.push((batch, measured));
                if start.elapsed() >= budget {
                    break;
                }
            }
            found
        };
        // No more than there are batches, if all are as the next; where the system has no more
        // threads, those that there are do the work.
        let left = job.total - job.done;
        let batches = left.div_ceil(if left > 0 { job.extent(job.done) } else { 1 });
        let threads = job.threads.get().min(batches).min(THREADS);
        let mut found = thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map_while(|_| thread::Builder::new().spawn_scoped(scope, measure).ok())
                .collect();
            let mut found = measure();
            for other in others {
                found.extend(other.join().expect("measuring does not panic"));
            }
            found
        });
        found.sort_unstable_by_key(|(batch, _)| batch.first);
        for (_, measured) in found {
            self.add(measured?.view());
        }
        Ok(())
    }

    /// How many measurements, from the `first` on, are best made at once.
    fn extent(&self, first: usize) -> usize {
        match &self.means {
            Means::Closed(_) => 1,
            Means::Enumerated { probes, before, .. } => {
                let probe = self.features[level(first, before).0].probe;
                // Features of a probe follow each other.
                let end = self
                    .features
                    .partition_point(|feature| feature.probe <= probe);
                let end = before.get(end).copied().unwrap_or(self.total);
                probes[probe].batch().min(end - first)
            }
            Means::Sampled { probes, visits, .. } => {
                let (at, _) = visits.at(first);
                let (together, _) = visits.visit(first);
                let probe = self.features[at].probe;
                let end = self
                    .features
                    .partition_point(|feature| feature.probe <= probe);
                let visited = (probes[probe].batch() / together).max(1);
                visited.min(end - at) * together - visits.within(first)
            }
        }
    }

    /// What is to be done for `count` measurements from the `first` on.
    fn batch(&self, first: usize, count: usize) -> Batch {
        let features = &self.features;
        let places = first..first + count;
        let (probe, interventions) = match &self.means {
            Means::Closed(_) => (0, Vec::new()),
            Means::Enumerated { levels, before, .. } => {
                let of_levels = places.map(|place| level(place, before));
                let interventions = of_levels.map(|(at, level)| Intervention::Set {
                    column: features[at].column,
                    value: levels[at].values[level],
                });
                let (at, _) = level(first, before);
                (features[at].probe, interventions.collect())
            }
            Means::Sampled {
                seed,
                purpose,
                visits,
                ..
            } => {
                let interventions = places.map(|place| {
                    let (at, repeat) = visits.at(place);
                    let feature = &features[at];
                    let mut key = feature.key.clone();
                    key.push(repeat as u64);
                    Intervention::Permuted {
                        column: feature.column,
                        order: Keyed::new(*seed, *purpose, &key),
                    }
                });
                let (at, _) = visits.at(first);
                (features[at].probe, interventions.collect())
            }
        };
        Batch {
            first,
            probe,
            interventions,
        }
    }

    /// Measures a batch.
    async fn measure_batch(&self, batch: &Batch) -> Result<Array2<f64>, EngineError> {
        let measured = match &self.means {
            Means::Closed(form) => {
                let column = self.features[batch.first].column;
                form.measure(column).insert_axis(Axis(0))
            }
            Means::Enumerated { probes, .. } | Means::Sampled { probes, .. } => {
                probes[batch.probe].measure(&batch.interventions).await?
            }
        };
        if measured.iter().copied().all(is_measurement) {
            Ok(measured)
        } else {
            Err(self.overflow())
        }
    }

    fn overflow(&self) -> EngineError {
        EngineError::Overflow(match self.results.roots {
            None => "Pixel importance",
            Some(_) => "Latent importance",
        })
    }

    /// Refuses results that are larger than the numbers of a report.
    ///
    /// # Errors
    /// If there are such.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.results.means.is_beyond() {
            Err(self.overflow())
        } else {
            Ok(())
        }
    }

    /// Makes `count` measurements from the `first` on, a row each, and keeps nothing of them.
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If there are not so many.
    pub async fn measure(&self, first: usize, count: usize) -> Result<Array2<f64>, EngineError> {
        assert!(first + count <= self.total, "only what is to be measured");
        let mut values = Array2::zeros((count, self.width()));
        let mut done = 0;
        while done < count {
            let next = self.extent(first + done).min(count - done);
            let batch = self.batch(first + done, next);
            let measured = self.measure_batch(&batch).await?;
            values
                .slice_mut(s![done..done + next, ..])
                .assign(&measured);
            done += next;
        }
        Ok(values)
    }

    /// Takes over the measurements that are next in order, a row each; true once there are all.
    ///
    /// # Panics
    /// If there are not so many left, or the rows have not [`Job::width`] numbers.
    pub fn add(&mut self, measured: ArrayView2<'_, f64>) -> bool {
        assert!(
            self.done + measured.nrows() <= self.total,
            "only what is left"
        );
        let Self {
            features,
            means,
            results,
            done,
            ..
        } = self;
        for values in measured.rows() {
            match means {
                Means::Closed(_) => results.add(&features[*done], values),
                Means::Sampled { visits, .. } => {
                    results.add(&features[visits.at(*done).0], values);
                }
                Means::Enumerated {
                    probes,
                    levels,
                    before,
                } => {
                    let (at, level) = level(*done, before);
                    let (feature, levels) = (&features[at], &levels[at]);
                    if level == 0 {
                        results.sum.fill(0.0);
                    }
                    let images = probes[feature.probe].inputs().nrows() as f64;
                    let share = f64::from(levels.counts[level]) / images;
                    results.sum.scaled_add(share, &values);
                    if level + 1 == levels.len() {
                        let sum = std::mem::take(&mut results.sum);
                        results.add(feature, sum.view());
                        results.sum = sum;
                    }
                }
            }
            *done += 1;
        }
        self.done >= self.total
    }

    /// How many measurements are best made at once.
    #[must_use]
    pub fn stride(&self) -> usize {
        if self.total == 0 { 1 } else { self.extent(0) }
    }

    /// Numbers of one measurement.
    #[must_use]
    pub fn width(&self) -> usize {
        self.results.sum.len()
    }

    /// What has been added up so far, for [`Job::restore`].
    #[must_use]
    pub fn state(&mut self) -> Vec<f64> {
        let mut state = Vec::new();
        self.visit(&mut |number| state.push(*number));
        state
    }

    /// Goes on from the `state` that a job of the same images, network and plan was in; false if
    /// this is none.
    #[must_use]
    pub fn restore(&mut self, state: &[f64]) -> bool {
        // Counts, means and sums of squares, the first of them how many measurements there were.
        let are_counts_or_means = state.iter().all(|number| (0.0..f64::MAX).contains(number));
        if state.len() != self.state().len() || !are_counts_or_means {
            return false;
        }
        if state[0] > self.total as f64 || state[0].fract() != 0.0 {
            return false;
        }
        let mut numbers = state.iter();
        self.visit(&mut |number| *number = *numbers.next().expect("there are as many"));
        self.check().is_ok()
    }

    /// Every number that measurements change, in one order: how many there were comes first.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        let mut done = self.done as f64;
        visit(&mut done);
        self.done = done as usize;
        let Results {
            means, roots, sum, ..
        } = &mut self.results;
        sum.iter_mut().for_each(&mut *visit);
        for running in std::iter::once(means).chain(roots) {
            running.visit(visit);
        }
    }

    /// Measurements finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Measurements in all.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// What is known so far.
    pub(super) fn estimate(&self) -> Estimate {
        self.results.means.estimate(self.results.engine)
    }

    /// As [`Job::estimate`], of the measurements' square roots.
    pub(super) fn roots(&self) -> Option<Estimate> {
        let roots = self.results.roots.as_ref()?;
        Some(roots.estimate(self.results.engine))
    }
}

/// Whether a number is a mean of squares.
#[must_use]
pub fn is_measurement(number: f64) -> bool {
    (0.0..f64::INFINITY).contains(&number)
}

/// The feature and the level of it that the `place`-th measurement is of, where each level of each
/// feature is one and `before` counts those before each feature.
fn level(place: usize, before: &[usize]) -> (usize, usize) {
    let at = before.partition_point(|&before| before <= place) - 1;
    (at, place - before[at])
}

/// What comes of work on the CPU, which is done when it is first asked for.
pub(crate) fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => unreachable!("the CPU lets nobody wait"),
    }
}

/// Whether to try every value rather than to sample, for which it prepares the probes. Rests on all
/// features, so that all shards of a run decide alike.
fn exact(probes: &mut [Probe], plan: &Plan) -> bool {
    // About as many values as images.
    let values = |probe: &mut Probe| probe.expect(probe.inputs().nrows());
    if plan.method != Method::Sampled {
        probes.iter_mut().for_each(values);
    }
    let exact = match plan.method {
        Method::Exact => true,
        Method::Sampled => false,
        Method::Auto => affordable(probes, plan.permutations),
    };
    if !exact {
        let permutations = |probe: &mut Probe| probe.expect(plan.permutations);
        probes.iter_mut().for_each(permutations);
    }
    exact
}

/// Whether trying every value costs no more than is spent for exactness, or than so many permutations
/// would.
fn affordable(probes: &[Probe], permutations: usize) -> bool {
    let sampled: f64 = probes
        .iter()
        .map(|probe| cost::of_permutations(probe.inputs(), probe.work(), permutations))
        .sum();
    let enough = sampled.max(cost::AFFORDABLE);
    let mut work = 0.0;
    for probe in probes {
        work += cost::of_values(probe.inputs(), probe.work(), enough - work);
        if work > enough {
            return false;
        }
    }
    true
}
