//! Before a run starts: choosing and dividing its images, and refusing what could not finish.

use std::sync::Arc;

use super::memory::Need;
#[cfg(feature = "general")]
use super::preparation::{Of, Preparation};
use super::{Prepared, RunError};
#[cfg(feature = "general")]
use super::{Stage, design};
use crate::data::{Class, DataError, Dataset, Explain, ImageShape, Role, Shape};
use crate::engine::Engine;
#[cfg(feature = "general")]
use crate::importance::Designs;
use crate::importance::{Demand, Plan, TooCostly};
use crate::model::{Architecture, Network};
use crate::numerals::signed;
use crate::report::ModelPart;
use crate::settings::Settings;
#[cfg(feature = "general")]
use crate::settings::{FeatureKind, Loss, Output};

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
    let chosen: Vec<&Class> = labels.flat_map(of_label).chain(unlabelled).collect();
    let image = chosen
        .first()
        .map_or(ImageShape::grey(0, 0), |class| class.images.image);
    let need = Need {
        architecture: &given.map_or_else(|| Architecture::new(image, settings), Architecture::from),
        pixels: image.size(),
        batch_size: settings.batch_size,
        #[cfg(feature = "general")]
        images: count(&chosen, |_| true),
        brought: chosen
            .iter()
            .map(|class| class.images.pixels.memory() as f64)
            .sum(),
        held_out: held_out(&chosen, settings),
        explained: explained(&chosen, settings, trains),
        trains,
        #[cfg(feature = "general")]
        measure: &settings.measure,
    };
    need.check()?;
    let data = Dataset::new(&chosen, &settings.division(trains))?;
    #[cfg(feature = "general")]
    {
        let errors = settings.measure.misfits(data.image, data.explained.count());
        if !errors.is_empty() {
            return Err(RunError::Settings(errors));
        }
    }
    Ok(Arc::new(data))
}

/// How many images of the chosen classes are explained, up to rounding.
fn explained(chosen: &[&Class], settings: &Settings, trains: bool) -> usize {
    let all = count(chosen, |_| true);
    match settings.explain {
        Explain::Auto if trains => held_out(chosen, settings),
        Explain::HeldOut => held_out(chosen, settings),
        Explain::Some(wanted) => wanted.get().min(all),
        Explain::Auto | Explain::All => all,
    }
}

/// How many images of the chosen classes are held out, up to rounding.
fn held_out(chosen: &[&Class], settings: &Settings) -> usize {
    match count(chosen, |role| role == Role::Explained) {
        0 => (count(chosen, |_| true) as f64 * f64::from(settings.held_out) / 100.0) as usize,
        test_set => test_set,
    }
}

fn count(classes: &[&Class], of: impl Fn(Role) -> bool) -> usize {
    let classes = classes.iter().filter(|class| of(class.role));
    classes.map(|class| class.images.count()).sum()
}

/// Refuses a network that takes images of another size.
pub(super) fn check_takes(network: &Network, image: ImageShape) -> Result<(), RunError> {
    let (input, image) = (network.encoder().input(), Shape::from(image));
    if input.agrees(&image) {
        return Ok(());
    }
    let (inputs, pixels) = (input.size(), image.size());
    Err(RunError::Misfit { inputs, pixels })
}

/// Refuses to train on values that the decoder cannot output, or that cross-entropy is not of.
pub(super) fn check_trainable(data: &Dataset, settings: &Settings) -> Result<(), DataError> {
    let (least, most) = data.training.range();
    if (least >= 0.0 && most <= 1.0) || reaches_all(settings) {
        return Ok(());
    }
    Err(DataError::Untrainable {
        least: signed(least),
        most: signed(most),
    })
}

/// Whether the decoder may output any number, and the loss takes it.
#[cfg(feature = "general")]
fn reaches_all(settings: &Settings) -> bool {
    settings.variant.output == Output::Linear && settings.loss != Loss::Bce
}

#[cfg(not(feature = "general"))]
fn reaches_all(_: &Settings) -> bool {
    false
}

/// What the stages measure beside what settings and images say, as far as no job has to find it.
#[cfg(not(feature = "general"))]
#[expect(clippy::unnecessary_wraps, reason = "groups may be refused")]
pub(super) fn known(_: &Settings, _: &Dataset) -> Result<Prepared, RunError> {
    Ok(Prepared::default())
}

/// What the stages measure beside what settings and images say, as far as no job has to find it.
///
/// # Errors
/// If there are no groups as the settings ask for them.
#[cfg(feature = "general")]
pub(super) fn known(settings: &Settings, data: &Arc<Dataset>) -> Result<Prepared, RunError> {
    let mut prepared = Prepared::of(&settings.measure, data);
    let is_table = data.image.height == 1;
    // The columns of another table are told later.
    let of = Of {
        settings,
        data,
        columns: None,
    };
    if settings.measure.features != FeatureKind::OneHot || is_table {
        prepared.grouping = of.grouping()?;
        // What a job would refuse is refused before a network is trained.
        Preparation::new(of, prepared.clone())?;
    }
    Ok(prepared)
}

/// The work that stages 1 and 3 will take.
#[cfg(not(feature = "general"))]
pub(super) fn demand(
    engine: &Engine,
    (network, _): (&Architecture, ModelPart),
    data: &Dataset,
    settings: &Settings,
    _: &Prepared,
) -> Result<Demand, TooCostly> {
    let images = &data.explained;
    let sizes: Vec<usize> = images.classes.iter().map(|(_, rows)| rows.len()).collect();
    let plan = Plan::new(settings);
    Demand::count(engine, network, &images.pixels, data.image, &sizes, &plan)
}

/// The work that stages 1 and 3 will take, of which a part that is missing takes none; as much for groups as for
/// pixels while it is not known which groups these are.
#[cfg(feature = "general")]
pub(super) fn demand(
    engine: &Engine,
    (network, part): (&Architecture, ModelPart),
    data: &Dataset,
    settings: &Settings,
    prepared: &Prepared,
) -> Result<Demand, TooCostly> {
    let images = &data.explained;
    let of = |stage| {
        let (sizes, classes) = ((images.count(), data.image), &images.classes[..]);
        design(stage, settings, prepared, sizes, (classes, network.dims()))
    };
    let pixels = part.encodes().then(|| of(Stage::PixelImportance));
    let groups = match &prepared.grouping {
        Some(_) if part.encodes() => Some(of(Stage::GroupImportance)),
        _ => pixels.clone().filter(|_| settings.measure.has_groups()),
    };
    let latents = part.decodes().then(|| of(Stage::LatentImportance));
    let designs = Designs {
        pixels: pixels.as_ref(),
        groups: groups.as_ref(),
        latents: latents.as_ref(),
    };
    let plan = Plan::new(settings);
    Demand::of_designs(engine, network, &images.pixels, designs, &plan)
}
