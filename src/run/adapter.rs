//! Whether what a run takes fits into the buffers of a graphics adapter.

use crate::data::Dataset;
#[cfg(feature = "engine-webgpu")]
use crate::engine::EngineKind;
use crate::engine::{Engine, EngineError};
#[cfg(feature = "engine-webgpu")]
use crate::gpu::Limits;
use crate::model::Architecture;
#[cfg(all(feature = "engine-webgpu", feature = "general"))]
use crate::settings::FeatureKind;
#[cfg(feature = "engine-webgpu")]
use crate::settings::Permute;
use crate::settings::Settings;
#[cfg(any(test, feature = "engine-webgpu"))]
use crate::train::EVALUATION_BATCH;

/// Refuses what does not fit into the buffers of the engine's adapter, where it has one.
///
/// # Errors
/// What is too large, with the limit.
#[cfg(feature = "engine-webgpu")]
pub(super) fn check(
    engine: &Engine,
    architecture: &Architecture,
    data: &Dataset,
    settings: &Settings,
    trains: bool,
) -> Result<(), EngineError> {
    if engine.kind() != EngineKind::WebGpu {
        return Ok(());
    }
    #[cfg(feature = "general")]
    let are_pixels = settings.measure.features == FeatureKind::Pixels;
    #[cfg(not(feature = "general"))]
    let are_pixels = true;
    let buffers = Buffers {
        architecture,
        pixels: data.image.size(),
        explained: data.explained.count(),
        several: !are_pixels || (data.image.channels > 1 && settings.permute == Permute::Pixel),
        batch_size: trains.then_some(settings.batch_size),
    };
    buffers.check(Limits::of(engine).bytes())
}

/// The CPU has no such buffers.
#[cfg(not(feature = "engine-webgpu"))]
#[expect(clippy::unnecessary_wraps, reason = "an adapter may refuse")]
pub(super) fn check(
    _: &Engine,
    _: &Architecture,
    _: &Dataset,
    _: &Settings,
    _: bool,
) -> Result<(), EngineError> {
    Ok(())
}

/// What the sizes of buffers depend on.
#[cfg(any(test, feature = "engine-webgpu"))]
struct Buffers<'a> {
    architecture: &'a Architecture,
    /// Numbers of an image.
    pixels: usize,
    /// Images that importance is measured on.
    explained: usize,
    /// Whether features have several columns, such as the channels of a pixel.
    several: bool,
    /// Images per training step, where the network is trained.
    batch_size: Option<usize>,
}

#[cfg(any(test, feature = "engine-webgpu"))]
impl Buffers<'_> {
    /// Refuses what takes more than `limit` bytes in one buffer, before anything is computed. Images that are trained
    /// on are divided among several; so are explained images, and what layers make of them, where layers of any kind are
    /// measured and features have a column each.
    ///
    /// # Errors
    /// What is too large, with the limit.
    fn check(&self, limit: u64) -> Result<(), EngineError> {
        let mut widest = self.pixels;
        let mut weights = 0;
        for half in self.architecture.halves() {
            for (layer, input, output) in half {
                widest = widest.max(output.size());
                let matrices = layer.weights(&input).into_iter();
                let numbers = matrices.map(|(rows, columns)| rows as u64 * columns as u64);
                weights = weights.max(numbers.sum());
            }
        }
        let undivided = match (cfg!(feature = "general"), self.several) {
            (true, false) => 1,
            (true, true) => self.pixels,
            (false, _) => widest,
        };
        let of = |images: usize, numbers: usize| images as u64 * numbers as u64;
        let batch = self.batch_size.unwrap_or(0);
        let evaluated = self.batch_size.map_or(0, |_| EVALUATION_BATCH);
        for (what, remedy, numbers) in [
            (
                "The weights of a layer",
                "choose fewer latent dimensions or smaller hidden layers",
                weights,
            ),
            (
                "The images that are evaluated at once, or what a layer makes of them,",
                "choose smaller images or smaller layers",
                of(evaluated, widest),
            ),
            (
                "The images of a training step, or what a layer makes of them,",
                "choose fewer images per step, smaller images or smaller layers",
                of(batch, widest),
            ),
            (
                "The explained images, or what a layer makes of them,",
                "explain fewer images",
                of(self.explained, undivided),
            ),
        ] {
            let bytes = 4 * numbers;
            if bytes > limit {
                return Err(EngineError::TooLarge {
                    what,
                    remedy,
                    bytes,
                    limit,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What WebGPU promises of every adapter.
    const PROMISED: u64 = 128 << 20;

    fn check(pixels: usize, dims: usize, explained: usize, batch: Option<usize>) -> String {
        check_of(false, pixels, dims, explained, batch)
    }

    /// Where features have several columns, or one.
    fn check_of(
        several: bool,
        pixels: usize,
        dims: usize,
        explained: usize,
        batch: Option<usize>,
    ) -> String {
        let buffers = Buffers {
            several,
            architecture: &Architecture::dense(pixels, &[], dims),
            pixels,
            explained,
            batch_size: batch,
        };
        buffers
            .check(PROMISED)
            .err()
            .map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn what_is_too_large_is_named_with_the_limit() {
        // 784 pixels, 512 dimensions, 10,000 explained images: 31 MB; 256 × 256 pixels in batches of 512: 128 MiB.
        assert_eq!(check(784, 512, 10_000, Some(256)), "");
        assert_eq!(check(256 * 256, 12, 500, Some(512)), "");
        assert_eq!(check(256 * 256, 12, 513, None), "");
        assert_eq!(
            check_of(true, 256 * 256, 12, 513, None),
            "The explained images, or what a layer makes of them, take 135 MB in one buffer, and this graphics adapter \
             allows 134 MB (maxStorageBufferBindingSize): explain fewer images, or choose the CPU engine."
        );
        let weights = check(256 * 256 * 3, 512, 10, None);
        assert!(
            weights.starts_with("The weights of a layer take 40"),
            "{weights}"
        );
        let batch = check(256 * 256, 12, 10, Some(600));
        assert!(batch.contains("choose fewer images per step"), "{batch}");
    }
}
