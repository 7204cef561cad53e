//! What is moved, whose values are given to whom, and what else is asked about a network.

use std::path::PathBuf;

use clap::Args;
use latent_lens::data::{Class, Grouping};
use latent_lens::settings::{Donors, FeatureKind, LatentDonors, Measure, Recipients};

use super::settings::{label, one_of};

/// What is moved, whose values are given to whom, and what else is asked about a network.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own"
)]
pub struct Moving {
    /// What moves together, beside each pixel by itself: squares of pixels, rows or columns of pixels,
    /// clusters of pixels that go with each other, columns of a table of which one is 1 and the others
    /// are 0, or the groups that --groups names.
    #[arg(long, value_parser = one_of::<FeatureKind>(FEATURES))]
    pub features: Option<FeatureKind>,

    /// The sides of a patch, in pixels; without it, 4.
    #[arg(long, value_name = "PIXELS")]
    pub patch: Option<usize>,

    /// How far pixels of a cluster are apart at most, from 0 to 1, where the distance of two pixels is 1
    /// less the absolute value of Spearman's correlation, and that of two clusters the mean over their
    /// pixels; without it, 0.3.
    #[arg(long, value_name = "DISTANCE")]
    pub cluster_threshold: Option<f64>,

    /// Which pixels belong together: a picture of the images' size, of one colour for each group and
    /// black for pixels in none, or a table; for tables of columns, one that names each column's group.
    #[arg(long, value_name = "FILE")]
    pub groups: Option<PathBuf>,

    /// Which explained images receive other images' pixels: all, those of a class by its name, or one by
    /// its row in encoded_space.csv, counted from 1.
    #[arg(
        long,
        value_name = "all|class:NAME|image:NUMBER",
        default_value = "all"
    )]
    pub recipients: String,

    /// Whose pixels they receive: those of any image, of images of the same class, or of images whose
    /// neighbouring pixels predict a like value.
    #[arg(long, value_parser = one_of::<Donors>(DONORS), default_value = DONORS[0])]
    pub donors: Donors,

    /// Whose latents the images of a class receive: those of images of the same class, or of any image.
    #[arg(long, value_parser = one_of::<LatentDonors>(LATENT_DONORS), default_value = LATENT_DONORS[0])]
    pub latent_donors: LatentDonors,

    /// Ask other methods as well (gradients, integrated gradients, occlusion), compare them, and test
    /// which of them finds the pixels that move a latent.
    #[arg(long)]
    pub opinions: bool,

    /// Measure how far importance would be off had other images been explained: standard errors over
    /// the images.
    #[arg(long)]
    pub image_errors: bool,

    /// Hold maps and importance against those of networks that have nothing to learn.
    #[arg(long)]
    pub controls: bool,

    /// Train so many networks in all, and tell which dimensions are found again.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub networks: usize,

    /// Measure what becomes of the loss where only the most important dimensions are kept.
    #[arg(long)]
    pub smaller: bool,

    /// Train further networks with these numbers of latent dimensions, such as 2,4,8, to see how many are
    /// needed.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    pub sizes: Vec<usize>,

    /// Measure as well which dimension carries which factor of images that were made here.
    #[arg(long)]
    pub factors: bool,
}

/// How the values of settings are typed, the usual one first.
const FEATURES: &[&str] = &[
    "pixels", "patches", "rows", "columns", "clusters", "one-hot", "groups",
];
const DONORS: &[&str] = &["all", "class", "neighbours"];
const LATENT_DONORS: &[&str] = &["class", "all"];

impl Moving {
    /// What moves together.
    ///
    /// # Errors
    /// One sentence, if some of it contradicts the rest.
    pub fn features(&self) -> Result<FeatureKind, String> {
        let features = match (self.features, &self.groups) {
            (None, None) => FeatureKind::Pixels,
            (None | Some(FeatureKind::Groups), Some(_)) => FeatureKind::Groups,
            (Some(FeatureKind::Groups), None) => {
                return Err("Say which pixels belong together with --groups.".into());
            }
            (Some(_), Some(_)) => {
                return Err(
                    "Groups of your own are features of their own: leave out --groups, or choose \
                     --features groups."
                        .into(),
                );
            }
            (Some(features), None) => features,
        };
        if self.patch.is_some() && features != FeatureKind::Patches {
            return Err(
                "Only patches have sides: leave out --patch, or add --features patches.".into(),
            );
        }
        if self.cluster_threshold.is_some() && features != FeatureKind::Clusters {
            return Err(
                "Only clusters have a threshold: leave out --cluster-threshold, or add --features \
                 clusters."
                    .into(),
            );
        }
        Ok(features)
    }

    /// What was asked for, where there are these classes, and these `groups` if any were named.
    ///
    /// # Errors
    /// One sentence, if there is no class of a name, or if some of it contradicts the rest.
    pub fn measure(
        &self,
        available: &[Class],
        groups: Option<Grouping>,
    ) -> Result<Measure, String> {
        let usual = Measure::default();
        let recipients = match self.recipients.strip_prefix("class:") {
            Some(name) => Recipients::Class(label(name, available)?),
            None => self.recipients.parse().map_err(|_| {
                format!(
                    "{:?} are no recipients; write all, class:NAME or image:17.",
                    self.recipients
                )
            })?,
        };
        Ok(Measure {
            features: self.features()?,
            patch: self.patch.unwrap_or(usual.patch),
            threshold: self.cluster_threshold.unwrap_or(usual.threshold),
            groups,
            recipients,
            donors: self.donors,
            latent_donors: self.latent_donors,
            opinions: self.opinions,
            image_errors: self.image_errors,
            controls: self.controls,
            networks: self.networks,
            smaller: self.smaller,
            sizes: self.sizes.clone(),
            factors: self.factors,
        })
    }
}
