//! How much memory a run takes, and whether there is so much.
//!
//! Counted in f64: where a page runs, whole numbers end at four thousand million, and what is to be
//! refused is larger.

use super::RunError;
use crate::model::Architecture;
#[cfg(feature = "general")]
use crate::settings::{Donors, FeatureKind, Measure};

/// Memory a page can count on: wasm addresses 4 GB at most, and browsers give less. Elsewhere the
/// system's own limit is the limit.
pub(super) const LIMIT: f64 = 2.5e9;

/// What a worker with an engine takes before it has anything to do: 1 MB of wasm memory, and what
/// its browser needs for one more worker, generously.
const BARE_ENGINE: f64 = 32e6;

const BYTES_PER_NUMBER: f64 = 4.0;

/// What the memory of a run depends on.
pub(super) struct Need<'a> {
    pub architecture: &'a Architecture,
    /// Of an image.
    pub pixels: usize,
    /// Images per training step.
    pub batch_size: usize,
    /// In all: trained on, held out or explained.
    #[cfg(feature = "general")]
    pub images: usize,
    /// Bytes of all images as they were brought.
    pub brought: f64,
    pub held_out: usize,
    /// Those that importance is measured on.
    pub explained: usize,
    /// Whether the network is trained here, rather than brought.
    pub trains: bool,
    /// What is asked for beside the paper's.
    #[cfg(feature = "general")]
    pub measure: &'a Measure,
}

impl Need<'_> {
    /// Refuses a run that could not finish for want of memory, before it starts.
    pub fn check(&self) -> Result<(), RunError> {
        let bytes = self.bytes();
        if cfg!(target_arch = "wasm32") && bytes > LIMIT {
            return Err(RunError::Memory { bytes });
        }
        Ok(())
    }

    /// Bytes that the run needs.
    pub fn bytes(&self) -> f64 {
        let (units, weights) = self.architecture.size();
        let pixels = self.pixels as f64;
        // Images as they are brought, and once more for training; as numbers those held out and those explained,
        // and of the latter what stage 3 keeps: sums, outputs and what a series or the odds take of each.
        let images = (self.held_out as f64 + 7.0 * self.explained as f64) * pixels;
        // The first ones and as trained, gradient, two moments and a working copy; or as brought, as
        // used, packed and on their way out.
        let copies = if self.trains { 6.0 } else { 4.0 };
        // Activations and their gradients for a batch.
        let batch = 4.0 * self.batch_size as f64 * (pixels + units);
        // Where all layers are dense, no more is kept than has been counted.
        let layers = if self.architecture.is_dense() {
            0.0
        } else {
            self.kept()
        };
        #[cfg(feature = "general")]
        let beyond = self.beyond();
        #[cfg(not(feature = "general"))]
        let beyond = 0.0;
        2.0 * self.brought
            + BYTES_PER_NUMBER * (images + copies * weights + batch + layers + beyond)
    }

    /// Numbers that are kept for what is asked for beside the paper's, at most.
    #[cfg(feature = "general")]
    fn beyond(&self) -> f64 {
        let (pixels, explained) = (self.pixels as f64, self.explained as f64);
        let dims = self.architecture.dims() as f64;
        let mut most: f64 = 0.0;
        if self.measure.features == FeatureKind::Clusters {
            // Distances of every two pixels, and their ranks in the images that these are of.
            let clustered = pixels.min(4096.0);
            most = clustered * (clustered / 2.0 + self.images.min(4000) as f64);
        }
        if self.measure.donors != Donors::All {
            // Reconstructions of the images as they are and shuffled, and their errors.
            most = most.max(4.0 * explained * pixels);
        }
        if self.measure.opinions {
            // Images of either half and as they are filled, what is known of each; a map and its signs for
            // every method.
            most = most.max(4.0 * explained * pixels + 16.0 * pixels * dims);
        }
        if self.measure.controls {
            // All images once more, permuted, and what stage 3 keeps of those explained.
            most = most.max((self.images as f64 + 4.0 * explained) * pixels);
        }
        if self.measure.networks > 1 {
            // What stage 3 keeps of the explained images, and a map and its signs for every network.
            let networks = self.measure.networks as f64;
            most = most.max(4.0 * explained * pixels + 2.0 * networks * pixels * dims);
        }
        if self.measure.smaller {
            // Images that dimensions are left out for, and of as many that their order is found on.
            most = most.max(2.0 * explained.max(2000.0) * pixels);
        }
        if let Some(&size) = self.measure.sizes.iter().max() {
            // Another network in training, the widest layers of which grow with the dimensions.
            let (_, weights) = self.architecture.size();
            most = most.max(6.0 * weights * (size as f64 / dims.max(1.0)).max(1.0));
        }
        most
    }

    /// Bytes that a helper needs beside the run; it knows the explained images alone.
    pub fn of_helper(&self) -> f64 {
        let (units, weights) = self.architecture.size();
        let images = self.explained as f64;
        // Images as they are sent, read and prepared; weights as they are sent and used; sums of the
        // first layers and what a few blocks of images become on their way through all of them.
        let batch = 4.0 * self.batch_size as f64 * units;
        let images = images * 4.0 * self.pixels as f64 + self.kept();
        BARE_ENGINE + BYTES_PER_NUMBER * (images + 3.0 * weights + batch)
    }

    /// Numbers that the importance stages keep of the explained images' layers, at most: sums and outputs.
    fn kept(&self) -> f64 {
        let (units, _) = self.architecture.size();
        let all = 2.0 * units * self.explained as f64;
        #[cfg(all(feature = "engine-cpu", feature = "general"))]
        if !self.architecture.is_dense() {
            return all.min(crate::importance::KEPT as f64);
        }
        all
    }

    /// How many helpers have room beside the run.
    pub fn room(&self) -> usize {
        ((LIMIT - self.bytes()).max(0.0) / self.of_helper()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(pixels: usize, hidden: &[usize], trains: bool) -> f64 {
        let need = Need {
            architecture: &Architecture::dense(pixels, hidden, 12),
            pixels,
            batch_size: 256,
            #[cfg(feature = "general")]
            images: 20,
            brought: 0.0,
            held_out: 3,
            explained: 3,
            trains,
            #[cfg(feature = "general")]
            measure: &Measure::default(),
        };
        need.bytes()
    }

    /// Six copies of the weights alone, by hand.
    #[test]
    fn networks_beyond_32_bits_are_counted_in_full() {
        // 2 · (262,144 · 1366 + 1366 · 12) weights: 716,210,192. Six times as many are 2,350,208
        // more than 2³².
        let weights = 4.0 * 6.0 * 716_210_192.0;
        let found = bytes(512 * 512, &[1366], true);
        assert!((weights..1.2 * weights).contains(&found), "{found}");
        assert!(found > LIMIT);
        // 2³² weights on either side, and a few.
        let weights = 4.0 * 6.0 * 2.0 * (4_294_967_296.0 + 4096.0 * 12.0);
        let found = bytes(1024 * 1024, &[4096], true);
        assert!((weights..1.2 * weights).contains(&found), "{found}");
        let brought = bytes(1024 * 1024, &[4096], false);
        assert!((0.6..0.7).contains(&(brought / found)), "{brought}");
    }

    #[test]
    fn what_is_usual_fits_and_leaves_room_for_helpers() {
        let need = Need {
            architecture: &Architecture::dense(784, &[], 32),
            pixels: 784,
            batch_size: 256,
            #[cfg(feature = "general")]
            images: 70_000,
            brought: 784.0 * 70_000.0,
            held_out: 10_000,
            explained: 10_000,
            trains: true,
            #[cfg(feature = "general")]
            measure: &Measure::default(),
        };
        // 784 bytes for each of 140,000 images, as many numbers for each of 80,000, are 361 MB.
        assert!((361e6..394e6).contains(&need.bytes()), "{}", need.bytes());
        assert!(need.room() > 4);
    }

    /// 64 × 64 pixels, 2,000 images explained and as many trained on.
    #[cfg(feature = "general")]
    #[test]
    fn what_is_asked_beside_the_papers_is_counted() {
        let bytes = |measure: &Measure| {
            let need = Need {
                architecture: &Architecture::dense(4096, &[], 12),
                pixels: 4096,
                batch_size: 256,
                images: 4000,
                brought: 4096.0 * 4000.0,
                held_out: 2000,
                explained: 2000,
                trains: true,
                measure,
            };
            need.bytes()
        };
        let usual = bytes(&Measure::default());
        let more = |measure| bytes(&measure) - usual;
        let clusters = Measure {
            features: FeatureKind::Clusters,
            ..Measure::default()
        };
        // A number for every two pixels, and one for each pixel of 4,000 images.
        let expected = 4.0 * (4096.0 * 4096.0 / 2.0 + 4096.0 * 4000.0);
        assert!((more(clusters) - expected).abs() < 1e5);
        let opinions = Measure {
            opinions: true,
            ..Measure::default()
        };
        // 131 MB of images on their way through all methods, and sixteen maps.
        assert!((131e6..140e6).contains(&more(opinions)));
    }
}
