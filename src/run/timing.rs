//! How fast an engine trains.

use std::time::Duration;

use web_time::Instant;

use super::work::Work;
use super::{Run, RunError};
use crate::data::Class;
use crate::engine::Engine;
use crate::settings::Settings;

/// Milliseconds that one training step of these settings takes on `engine`, its share of
/// evaluation included, once everything is warm. This is what the choice of an engine rests on.
///
/// # Errors
/// As [`Run::new`] and [`Run::advance`].
pub async fn milliseconds_per_step(
    engine: &Engine,
    settings: Settings,
    classes: &[Class],
) -> Result<f64, RunError> {
    let settings = Settings {
        epochs: settings.epochs.max(1),
        ..settings
    };
    let batch_size = settings.batch_size;
    let run = Run::new(engine, settings, classes)?;
    let steps_per_epoch = run.data.training.count().div_ceil(batch_size);
    let (Work::WarmUp(mut trainer) | Work::Training(mut trainer)) = run.work else {
        unreachable!("a run starts by training");
    };
    trainer.warm_up().await?;
    let start = Instant::now();
    while start.elapsed() < MEASURING_TIME {
        if trainer.advance(MEASURING_TIME).await? {
            break;
        }
    }
    let steps = trainer.epochs_done() * steps_per_epoch as f64;
    Ok(start.elapsed().as_secs_f64() * 1000.0 / steps)
}

/// Long enough for a stable figure, short enough not to be noticed.
const MEASURING_TIME: Duration = Duration::from_millis(400);
