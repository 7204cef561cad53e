//! Before a run starts: choosing and dividing its images, and refusing what could not finish.

use std::sync::Arc;

use super::RunError;
use super::memory::Need;
use crate::data::{Class, DataError, Dataset, Explain, ImageShape, Role};
use crate::engine::Engine;
use crate::importance::{Demand, Plan, TooCostly};
use crate::model::{Architecture, Network};
use crate::settings::Settings;

/// The images of the chosen classes, divided, if a run on them fits in memory; `given` is a network
/// that was trained elsewhere.
pub(super) fn choose(
    settings: &Settings,
    classes: &[Class],
    given: Option<&Network>,
) -> Result<Arc<Dataset>, RunError> {
    let trains = given.is_none();
    let is_named = |class: &&Class| class.role != Role::Unlabelled;
    let named = classes.iter().filter(is_named);
    let available: Vec<(u8, String)> = named
        .map(|class| (class.label, class.name.clone()))
        .collect();
    let errors = settings.check(&available, trains);
    if !errors.is_empty() {
        return Err(RunError::Settings(errors));
    }
    let of_label = |label: u8| {
        let of = move |class: &&Class| is_named(class) && class.label == label;
        classes.iter().filter(of)
    };
    let unlabelled = classes.iter().filter(|class| !is_named(class));
    let labels = settings.classes.iter().copied();
    let chosen: Vec<Class> = labels
        .flat_map(of_label)
        .chain(unlabelled)
        .cloned()
        .collect();
    let image = chosen
        .first()
        .map_or(ImageShape::grey(0, 0), |class| class.images.image);
    let need = Need {
        architecture: &given.map_or_else(|| Architecture::new(image, settings), Architecture::from),
        pixels: image.size(),
        batch_size: settings.batch_size,
        images: count(&chosen, |_| true),
        explained: explained(&chosen, settings, trains),
        trains,
    };
    need.check()?;
    Ok(Arc::new(Dataset::new(&chosen, &settings.division(trains))?))
}

/// How many images of the chosen classes are explained, up to rounding.
fn explained(chosen: &[Class], settings: &Settings, trains: bool) -> usize {
    let all = count(chosen, |_| true);
    let test_set = count(chosen, |role| role == Role::Explained);
    let held_out = match test_set {
        0 => (all as f64 * f64::from(settings.held_out) / 100.0) as usize,
        _ => test_set,
    };
    match settings.explain {
        Explain::Auto if trains => held_out,
        Explain::HeldOut => held_out,
        Explain::Some(wanted) => wanted.get().min(all),
        Explain::Auto | Explain::All => all,
    }
}

fn count(classes: &[Class], of: impl Fn(Role) -> bool) -> usize {
    let classes = classes.iter().filter(|class| of(class.role));
    classes.map(|class| class.images.count()).sum()
}

/// Refuses to train on values that a sigmoid cannot output.
pub(super) fn check_trainable(data: &Dataset) -> Result<(), DataError> {
    let (least, most) = data.training.range();
    if least >= 0.0 && most <= 1.0 {
        return Ok(());
    }
    Err(DataError::Untrainable {
        least: least.to_string(),
        most: most.to_string(),
    })
}

/// The work that stages 1 and 3 will take.
pub(super) fn demand(
    engine: &Engine,
    network: &Architecture,
    data: &Dataset,
    settings: &Settings,
) -> Result<Demand, TooCostly> {
    let images = &data.explained;
    let sizes: Vec<usize> = images.classes.iter().map(|(_, rows)| rows.len()).collect();
    let plan = Plan::new(settings);
    Demand::count(engine, network, &images.pixels, data.image, &sizes, &plan)
}
