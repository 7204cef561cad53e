//! The one shape of stages 1 and 3: a list of measurements, worked off slice by slice.

use std::time::Duration;

use ndarray::{Array1, ArrayView1};
use web_time::Instant;

use super::closed::ClosedForm;
use super::cost;
use super::estimate::Running;
use super::levels::Levels;
use super::plan::Plan;
use super::probe::{Intervention, Probe};
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::report::{Estimate, Measured};
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

/// Measures features whose values differ, every one once before any is measured twice.
pub(super) struct Job {
    features: Vec<Feature>,
    means: Means,
    results: Results,
    done: usize,
    total: usize,
}

/// By what means a feature is measured.
enum Means {
    /// In closed form, at once.
    Closed(ClosedForm),
    /// By every value of the feature, one after the other.
    Enumerated {
        probes: Vec<Probe>,
        /// Of every feature.
        levels: Vec<Levels>,
        /// Measurements before each feature's first.
        before: Vec<usize>,
        /// What the values of the feature in hand have come to so far.
        sum: Array1<f64>,
    },
    /// By keyed permutations.
    Sampled {
        probes: Vec<Probe>,
        seed: u32,
        purpose: Purpose,
    },
}

struct Results {
    means: Running,
    /// Of the measurements' square roots, where they are wanted.
    roots: Option<Running>,
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
            means: Means::Closed(form),
            results: Results {
                means,
                roots: None,
                engine: "cpu",
            },
            done: 0,
        }
    }

    /// Measures with `probes`, which all report numbers of one width, those of `features` that are
    /// in `plan`'s shard. `features` are all there are, row after row.
    pub(super) fn probed(
        engine: &Engine,
        probes: Vec<Probe>,
        features: Vec<Feature>,
        plan: &Plan,
        purpose: Purpose,
        roots: bool,
    ) -> Self {
        let exact = exact(&probes, plan);
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
            let sum = Array1::zeros(width);
            let means = Means::Enumerated {
                probes,
                levels,
                before,
                sum,
            };
            (means, total)
        } else {
            let means = Means::Sampled {
                probes,
                seed: plan.seed,
                purpose,
            };
            (means, features.len() * repeats)
        };
        Self {
            features,
            means: means_of,
            results: Results {
                roots: roots.then(|| means.clone()),
                means,
                engine: engine.name(),
            },
            done: 0,
            total,
        }
    }

    /// Measures for about `budget`; true once everything is measured.
    pub(super) async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        while self.done < self.total {
            self.done += self.step().await?;
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= self.total)
    }

    /// As many measurements as are best made at once; says how many.
    async fn step(&mut self) -> Result<usize, EngineError> {
        let Self {
            features,
            means,
            results,
            done,
            ..
        } = self;
        match means {
            Means::Closed(form) => {
                let feature = &features[*done];
                results.add(feature, form.measure(feature.column).view());
                Ok(1)
            }
            Means::Enumerated {
                probes,
                levels,
                before,
                sum,
            } => {
                let first = before.partition_point(|&before| before <= *done) - 1;
                let probe = features[first].probe;
                let batch: Vec<(usize, usize)> = (first..features.len())
                    .take_while(|&at| features[at].probe == probe)
                    .flat_map(|at| (0..levels[at].len()).map(move |level| (at, level)))
                    .skip(*done - before[first])
                    .take(probes[probe].batch())
                    .collect();
                let interventions: Vec<Intervention> = batch
                    .iter()
                    .map(|&(at, level)| Intervention::Set {
                        column: features[at].column,
                        value: levels[at].values[level],
                    })
                    .collect();
                let measured = probes[probe].measure(&interventions).await?;
                let images = probes[probe].inputs().nrows() as f64;
                for ((at, level), values) in batch.into_iter().zip(measured.rows()) {
                    if level == 0 {
                        sum.fill(0.0);
                    }
                    sum.scaled_add(f64::from(levels[at].counts[level]) / images, &values);
                    if level + 1 == levels[at].len() {
                        results.add(&features[at], sum.view());
                    }
                }
                Ok(interventions.len())
            }
            Means::Sampled {
                probes,
                seed,
                purpose,
            } => {
                let (repeat, first) = (*done / features.len(), *done % features.len());
                let probe = features[first].probe;
                let batch: Vec<&Feature> = features[first..]
                    .iter()
                    .take_while(|feature| feature.probe == probe)
                    .take(probes[probe].batch())
                    .collect();
                let interventions: Vec<Intervention> = batch
                    .iter()
                    .map(|feature| {
                        let mut key = feature.key.clone();
                        key.push(repeat as u64);
                        let keyed = Keyed::new(*seed, *purpose, &key);
                        Intervention::Permuted {
                            column: feature.column,
                            order: keyed.permutation(probes[probe].inputs().nrows()),
                        }
                    })
                    .collect();
                let measured = probes[probe].measure(&interventions).await?;
                for (feature, values) in batch.into_iter().zip(measured.rows()) {
                    results.add(feature, values);
                }
                Ok(interventions.len())
            }
        }
    }

    /// Measurements finished.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Measurements in all.
    pub(super) fn total(&self) -> usize {
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

/// Whether to try every value rather than to sample. Rests on all features, so that all shards of
/// a run decide alike.
fn exact(probes: &[Probe], plan: &Plan) -> bool {
    match plan.method {
        Method::Exact => true,
        Method::Sampled => false,
        Method::Auto => {
            let sampled: f64 = probes
                .iter()
                .map(|probe| cost::of_permutations(probe.inputs(), probe.work(), plan.permutations))
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
    }
}
