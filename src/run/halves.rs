//! What a run can tell of a network whose inside is not known, or of which a half is missing.

use super::work::Work;
use super::{Part, Run, RunError, Stage, design};
use crate::data::Images;
use crate::engine::EngineError;
use crate::importance::Direction;
use crate::model::Network;
use crate::report::{Encoded, ModelPart};
use crate::settings::{Donors, LatentDonors, Measure, Recipients, SettingError, Settings};
use crate::train::Samples;

/// Refuses what settings ask for that nothing but the layers of a network, or a half that is missing, can tell.
///
/// # Errors
/// Which settings these are, and what to do; or that there is no encoder and no latents either.
pub(super) fn check(network: &Network, settings: &Settings) -> Result<(), RunError> {
    if !network.has_black_box() {
        return Ok(());
    }
    if !network.encoder().is_there() {
        return Err(RunError::NoLatents);
    }
    let measure = &settings.measure;
    let asked = [
        ("opinions", measure.opinions, "Second opinions need"),
        ("smaller", measure.smaller, "Smaller networks need"),
        ("factors", measure.factors, "Factors need"),
        ("controls", measure.controls, "Controls need"),
    ];
    let refused = asked.into_iter().filter(|(_, asked, _)| *asked);
    let mut errors: Vec<SettingError> = refused
        .map(|(field, _, what)| SettingError {
            field: field.into(),
            message: format!(
                "{what} the layers of a network, and of this one a part is a black box: leave that out."
            ),
        })
        .collect();
    errors.extend(missing(network, measure));
    if errors.is_empty() {
        Ok(())
    } else {
        Err(RunError::Settings(errors))
    }
}

/// What is asked for that needs a half which is missing.
fn missing(network: &Network, measure: &Measure) -> Vec<SettingError> {
    let (encodes, decodes) = (
        network.encoder().takes_any_row(),
        network.decoder().is_there(),
    );
    let of_encoder = "needs an encoder that can be asked about other images, and there is none";
    let of_decoder = "needs a decoder, and there is none";
    let of_both = "need both an encoder and a decoder, of which one is missing";
    let asked = [
        (
            "features",
            measure.has_groups() && !encodes,
            "Importance of groups",
            of_encoder,
        ),
        (
            "recipients",
            measure.recipients != Recipients::All && !encodes,
            "To choose who receives the values of pixels",
            of_encoder,
        ),
        (
            "donors",
            measure.donors != Donors::All && !encodes,
            "To choose whose values pixels are given",
            of_encoder,
        ),
        (
            "latent_donors",
            measure.latent_donors != LatentDonors::Class && !decodes,
            "To choose whose values latents are given",
            of_decoder,
        ),
        (
            "image_errors",
            measure.image_errors && !(encodes && decodes),
            "Errors over images",
            of_both,
        ),
    ];
    asked
        .into_iter()
        .filter(|(_, is_missing, ..)| *is_missing)
        .map(|(field, _, what, needs)| SettingError {
            field: field.into(),
            message: format!("{what} {needs}: leave that out."),
        })
        .collect()
}

/// Which part of an autoencoder a network is.
pub(super) fn part(network: &Network) -> ModelPart {
    ModelPart::of(
        network.encoder().takes_any_row(),
        network.decoder().is_there(),
    )
}

/// What a network makes of some images; `None` where a half is missing.
pub(super) async fn samples_of(
    explained: &Images,
    network: &Network,
) -> Result<Option<Samples>, RunError> {
    if !network.encoder().is_there() || !network.decoder().is_there() {
        return Ok(None);
    }
    let samples = Samples::waited_for(explained, network).await;
    Ok(Some(samples.map_err(EngineError::BlackBox)?))
}

impl Run {
    /// Whether the encoder can be asked about images that are not as they were.
    pub(super) fn moves_images(&self) -> bool {
        let network = self.network.as_ref().expect("training is over");
        network.encoder().takes_any_row()
    }

    /// Whether there is a decoder.
    pub(super) fn decodes(&self) -> bool {
        let network = self.network.as_ref().expect("training is over");
        network.decoder().is_there()
    }

    /// Whether V of groups follows stage 2.
    pub(super) fn measures_groups(&self) -> bool {
        self.prepared.grouping.is_some() && !self.of_moments && self.moves_images()
    }

    /// Whether a stage beyond the paper's can be of this network.
    pub(super) fn is_for(&self, stage: Stage) -> bool {
        let network = self.network.as_ref().expect("training is over");
        match stage {
            Stage::ReconstructionErrors => self.decodes(),
            Stage::ImageErrors => self.moves_images() && self.decodes(),
            Stage::DonorChecks | Stage::Networks => !network.has_black_box(),
            _ => true,
        }
    }

    /// The latents of the images as they are, and stage 2.
    pub(super) async fn encoded(&mut self) -> Result<Work, RunError> {
        let network = self.network.as_ref().expect("training is over");
        let explained = &self.data.explained;
        let latents = network.encoder().outputs(explained.pixels.view()).await;
        let latents = latents.map_err(EngineError::BlackBox)?;
        self.report.encoded = Some(Encoded::of(&self.data, &latents));
        self.pending.push(Part::Encoded);
        let design = design(
            Stage::PixelImportance,
            &self.report.settings,
            &self.prepared,
            (explained.count(), self.data.image),
            (&explained.classes, network.dims()),
        );
        let job = Direction::new(&explained.pixels, &design.features, &latents);
        Ok(Work::Direction(latents, Box::new(job)))
    }
}
