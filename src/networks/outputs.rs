//! Whole data sets through half a network.

use ndarray::Array2;

use crate::engine::{Engine, EngineError};
use crate::importance::probe::{self, Outcome};
use crate::importance::{Design, Feature};
use crate::model::Half;

/// What `half` makes of `rows` (rows × its inputs): rows × its outputs. By the probe, which knows every layer on
/// either engine.
///
/// # Errors
/// If the device stops answering, or an output is not finite.
pub(super) async fn outputs(
    engine: &Engine,
    half: &Half,
    rows: Array2<f32>,
) -> Result<Array2<f32>, EngineError> {
    let images = rows.nrows();
    let design = Design {
        outcome: Outcome::Overall,
        ..Design::of_groups(images, Feature::each(1))
    };
    let probe = probe::of_half(engine, half, rows, &design).await?;
    Ok(probe.outputs().clone())
}
