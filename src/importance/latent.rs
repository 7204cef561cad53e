//! Stage 3: how far the reconstructions of a class move when a latent is permuted (Section 3.3).

use std::ops::Range;
use std::time::Duration;

use ndarray::{Array2, s};
use web_time::Instant;

use super::estimate::Running;
use super::probe::{Outcome, Permutation, Probe};
use crate::engine::{Engine, EngineError};
use crate::keyed::{Keyed, Purpose};
use crate::model::Network;
use crate::report::Estimate;

/// IE (classes × dimensions): for every class and latent dimension, the mean squared change of
/// the reconstructions over the class's images, all pixels and repeats.
///
/// Only images of the class are permuted among each other. Every dimension of every class is
/// measured once before any is measured twice.
pub struct LatentImportance {
    classes: Vec<Class>,
    dims: usize,
    seed: u32,
    /// (class, dimension) whose latents differ between the class's images.
    varying: Vec<(usize, usize)>,
    permutations: usize,
    running: Running,
    /// Of the measurements' square roots.
    roots: Running,
    done: usize,
}

struct Class {
    label: u8,
    images: usize,
    probe: Probe,
}

impl LatentImportance {
    /// Prepares to permute every column of `latents` (images × dimensions) `permutations` times
    /// within each of `classes` (label and rows).
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn new(
        engine: &Engine,
        network: &Network,
        latents: &Array2<f32>,
        classes: &[(u8, Range<usize>)],
        permutations: usize,
        seed: u32,
    ) -> Result<Self, EngineError> {
        let dims = network.dims();
        let mut running = Running::new(classes.len() * dims, 1, permutations);
        let mut roots = running.clone();
        let mut varying = Vec::new();
        let mut probes = Vec::with_capacity(classes.len());
        for (class, (label, rows)) in classes.iter().enumerate() {
            let inputs = latents.slice(s![rows.clone(), ..]).to_owned();
            let probe = Probe::new(engine, &network.decoder, inputs, Outcome::Overall).await?;
            for dim in 0..dims {
                if probe.varies(dim) {
                    varying.push((class, dim));
                } else {
                    running.settle_at_zero(class * dims + dim);
                    roots.settle_at_zero(class * dims + dim);
                }
            }
            probes.push(Class {
                label: *label,
                images: rows.len(),
                probe,
            });
        }
        Ok(Self {
            classes: probes,
            dims,
            seed,
            varying,
            permutations,
            running,
            roots,
            done: 0,
        })
    }

    /// Measures for about `budget`; true once every repeat of every dimension is done.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        let total = self.total();
        while self.done < total {
            let batch = self.next_batch();
            let (class, _) = self.varying[self.done % self.varying.len()];
            let measured = self.classes[class].probe.measure(&batch).await?;
            for (permutation, values) in batch.iter().zip(measured.rows()) {
                let row = class * self.dims + permutation.column;
                self.running.add(row, values);
                self.roots.add(row, values.mapv(f64::sqrt).view());
            }
            self.done += batch.len();
            if start.elapsed() >= budget {
                break;
            }
        }
        Ok(self.done >= total)
    }

    /// The next permutations of one class: as many as its probe takes at once.
    fn next_batch(&self) -> Vec<Permutation> {
        let (class, _) = self.varying[self.done % self.varying.len()];
        let Class {
            label,
            images,
            probe,
        } = &self.classes[class];
        let repeat = self.done / self.varying.len();
        self.varying[self.done % self.varying.len()..]
            .iter()
            .take_while(|(other, _)| *other == class)
            .take(probe.batch())
            .map(|&(_, dim)| {
                let words = [u64::from(*label), dim as u64, repeat as u64];
                Permutation {
                    column: dim,
                    order: Keyed::new(self.seed, Purpose::Latent, &words).permutation(*images),
                }
            })
            .collect()
    }

    /// Measurements finished.
    #[must_use]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Measurements in all: varying dimensions of every class × repeats.
    #[must_use]
    pub fn total(&self) -> usize {
        self.varying.len() * self.permutations
    }

    /// IE as far as it is known.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        self.by_class(&self.running)
    }

    /// As [`LatentImportance::estimate`], with the root of the mean squared change of every
    /// repeat (RMSE).
    #[must_use]
    pub fn rmse(&self) -> Estimate {
        self.by_class(&self.roots)
    }

    fn by_class(&self, running: &Running) -> Estimate {
        let flat = running.estimate();
        let shape = (self.classes.len(), self.dims);
        let square = |matrix: Array2<f32>| {
            matrix
                .into_shape_with_order(shape)
                .expect("one cell a class and dimension")
        };
        Estimate {
            mean: square(flat.mean),
            std_error: flat.std_error.map(square),
            ..flat
        }
    }
}
