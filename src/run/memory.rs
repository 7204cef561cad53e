//! How much memory a run takes, and whether there is so much.

use super::RunError;
use crate::data::Class;
use crate::importance::Architecture;
use crate::settings::{BATCH_SIZE, Settings};

/// Memory a page can count on: wasm addresses 4 GB at most, and browsers give less. Elsewhere the
/// system's own limit is the limit.
pub(super) const LIMIT: f64 = 2.5e9;

/// Refuses a run that could not finish for want of memory, before it starts.
pub(super) fn check(settings: &Settings, classes: &[Class]) -> Result<(), RunError> {
    let images: usize = classes.iter().map(|class| class.images.count()).sum();
    let pixels = classes
        .first()
        .map_or(0, |class| class.images.height * class.images.width);
    let architecture = Architecture::of(pixels, &settings.hidden, settings.dims);
    let bytes = needed(&architecture, images, pixels);
    if cfg!(target_arch = "wasm32") && bytes > LIMIT {
        return Err(RunError::Memory { bytes });
    }
    Ok(())
}

/// Bytes that a run needs.
fn needed(architecture: &Architecture, images: usize, pixels: usize) -> f64 {
    let (units, weights) = architecture.size();
    // Images on both sides of the engine, and as many again for what stage 3 keeps of the held-out
    // ones; weights with gradient, two moments and a working copy; activations and their gradients
    // for a batch.
    let numbers = 3 * images * pixels + 6 * weights + 4 * BATCH_SIZE * (pixels + units);
    4.0 * numbers as f64
}

/// What a worker with an engine takes before it has anything to do: 1 MB of wasm memory, and what
/// its browser needs for one more worker, generously.
const BARE_ENGINE: f64 = 32e6;

/// Bytes that a helper needs beside its run.
fn helper(architecture: &Architecture, images: usize, pixels: usize) -> f64 {
    let (units, weights) = architecture.size();
    // Images as they are sent, read and prepared; weights as they are sent and used; sums of the
    // first layers and what a few blocks of images become on their way through all of them.
    let numbers = 4 * images * pixels + 3 * weights + 2 * images * units + 4 * BATCH_SIZE * units;
    BARE_ENGINE + 4.0 * numbers as f64
}

/// How many helpers, who know the held-out images alone, have room beside a run.
pub(super) fn room(
    architecture: &Architecture,
    training: usize,
    held_out: usize,
    pixels: usize,
) -> usize {
    let here = needed(architecture, training + held_out, pixels);
    ((LIMIT - here).max(0.0) / helper(architecture, held_out, pixels)) as usize
}
