//! What the importance stages of a run measure, and what has to be known before they can.

use std::ops::Range;
#[cfg(feature = "general")]
use std::sync::Arc;

#[cfg(feature = "general")]
use serde::{Deserialize, Serialize};

use super::Stage;
use crate::data::ImageShape;
#[cfg(feature = "general")]
use crate::data::{Dataset, Grouping};
use crate::importance::Design;
#[cfg(feature = "general")]
use crate::importance::{DonorPools, Feature, FeaturePools, Neighbours, Pools};
use crate::model::{Half, Network};
#[cfg(feature = "general")]
use crate::report::Encoded;
use crate::settings::Settings;
#[cfg(feature = "general")]
use crate::settings::{Donors, LatentDonors, Measure, Recipients};

/// What the stages measure beside what settings and images say: nothing where all is as in the paper.
/// Whoever helps is told the same.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "general", derive(Serialize, Deserialize))]
pub struct Prepared {
    /// Rows of the images that receive values in stage 1; all where it is absent.
    #[cfg(feature = "general")]
    pub recipients: Option<Range<usize>>,
    /// What moves together, where groups are measured.
    #[cfg(feature = "general")]
    pub grouping: Option<Grouping>,
    /// What predicts each feature that is measured by itself, where values are exchanged by that.
    #[cfg(feature = "general")]
    pub neighbours: Option<Neighbours>,
    /// What predicts each group, as above.
    #[cfg(feature = "general")]
    pub group_neighbours: Option<Neighbours>,
}

#[cfg(feature = "general")]
impl Prepared {
    /// What is known of a run on `data` before anything is measured.
    pub(super) fn of(measure: &Measure, data: &Dataset) -> Self {
        let class = |label: u8| {
            let mut classes = data.explained.classes.iter();
            classes.find(|(known, _)| *known == label)
        };
        Self {
            recipients: match measure.recipients {
                Recipients::All => None,
                Recipients::Class(label) => class(label).map(|(_, rows)| rows.clone()),
                Recipients::Image(position) => {
                    let row = Encoded::order(data)[position];
                    Some(row..row + 1)
                }
            },
            ..Self::default()
        }
    }

    /// Refuses what no run can have prepared for `images` images of the shape `image`: it may come from
    /// outside.
    ///
    /// # Errors
    /// One sentence: what is wrong.
    pub fn check(
        &self,
        settings: &Settings,
        image: ImageShape,
        images: usize,
    ) -> Result<(), String> {
        let measure = &settings.measure;
        if let Some(rows) = &self.recipients
            && (rows.is_empty() || rows.end > images)
        {
            return Err(format!("The recipients are not of these {images} images."));
        }
        if let Some(grouping) = &self.grouping {
            grouping.check(image)?;
        }
        if measure.has_groups() && self.grouping.is_none() {
            return Err("The groups are not known.".into());
        }
        if measure.donors == Donors::Neighbours {
            let features = Feature::of_pixels(image, settings.permute);
            let groups = self.grouping.as_ref();
            let groups = groups.map(|grouping| Feature::of_groups(image, grouping));
            for (fitted, features) in [
                (&self.neighbours, Some(features)),
                (&self.group_neighbours, groups),
            ] {
                let Some(features) = features else { continue };
                let fitted = fitted.as_ref().ok_or("The neighbours are not known.")?;
                fitted.check(image, &features)?;
            }
        }
        Ok(())
    }

    /// Features moved among the images that `measure` says, of these classes (label and rows); by what
    /// predicts them where it says so.
    fn among(
        &self,
        design: Design,
        neighbours: Option<&Neighbours>,
        measure: &Measure,
        classes: &[(u8, Range<usize>)],
    ) -> Design {
        let design = match &self.recipients {
            Some(rows) => design.received_by(rows.clone()),
            None => design,
        };
        match measure.donors {
            Donors::All => design,
            Donors::Class => {
                let rows: Vec<Range<usize>> =
                    classes.iter().map(|(_, rows)| rows.clone()).collect();
                design.with_donors(DonorPools::Fixed(Arc::new(Pools::of_ranges(&rows))))
            }
            Donors::Neighbours => {
                let neighbours = neighbours.cloned();
                let pools = FeaturePools::new(move |feature, images| {
                    let fitted = neighbours.as_ref().expect("the neighbours are fitted");
                    fitted.pools(feature, images)
                });
                design.with_donors(DonorPools::ByFeature(pools))
            }
        }
    }
}

/// The half of a network whose inputs `stage` moves.
#[must_use]
pub fn half(stage: Stage, network: &Network) -> &Half {
    match stage {
        Stage::LatentImportance => network.decoder(),
        _ => network.encoder(),
    }
}

/// What `stage` measures with these settings, on so many images of this shape and these classes (label and
/// rows), whose latents have `dims` dimensions.
///
/// # Panics
/// If the stage has no measurements, or what it needs has not been prepared.
#[must_use]
pub fn design(
    stage: Stage,
    settings: &Settings,
    prepared: &Prepared,
    (images, image): (usize, ImageShape),
    (classes, dims): (&[(u8, Range<usize>)], usize),
) -> Design {
    #[cfg(not(feature = "general"))]
    let Prepared {} = prepared;
    match stage {
        Stage::PixelImportance => {
            let pixels = Design::of_pixels(images, image, settings.permute);
            #[cfg(feature = "general")]
            let pixels = prepared.among(
                pixels,
                prepared.neighbours.as_ref(),
                &settings.measure,
                classes,
            );
            pixels
        }
        #[cfg(feature = "general")]
        Stage::GroupImportance => {
            let grouping = prepared.grouping.as_ref().expect("the groups are known");
            let groups = Design::of_groups(images, Feature::of_groups(image, grouping));
            prepared.among(
                groups,
                prepared.group_neighbours.as_ref(),
                &settings.measure,
                classes,
            )
        }
        #[cfg(feature = "general")]
        Stage::LatentImportance if settings.measure.latent_donors == LatentDonors::All => {
            Design::of_latents_among_all(classes, dims)
        }
        Stage::LatentImportance => Design::of_latents(classes, dims),
        other => panic!("{} has no measurements", other.name()),
    }
}
