//! What a stage measures: which features, among which images, and what is reported of each.
//!
//! A measurement is feature × recipients × donors. With h(s, t), the squared change of recipient s
//! when it is given donor t's values of the feature, an importance is the mean of h over the
//! recipients and their donors. Stage 1 moves pixels among all images, stage 3 moves latent
//! dimensions among the images of a class. Beyond the paper, groups of pixels move, some images alone
//! receive values, and donors are divided into pools, of which each image is given its own one's.

use std::ops::Range;

#[cfg(feature = "general")]
use super::pools::DonorPools;
use super::probe::Outcome;
use crate::data::ImageShape;
use crate::keyed::Purpose;
use crate::settings::Permute;

/// Columns of the inputs that move together: a pixel, a patch, a latent dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature(Vec<usize>);

impl Feature {
    /// These columns together.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn new(columns: Vec<usize>) -> Self {
        assert!(!columns.is_empty(), "a feature has a column");
        Self(columns)
    }

    /// The pixels of images, row by row, each with all of its channels or, channel after channel, with
    /// one of them.
    #[must_use]
    pub fn of_pixels(image: ImageShape, permute: Permute) -> Vec<Self> {
        let channels = image.channels;
        let columns = |pixel| (pixel * channels..(pixel + 1) * channels).collect();
        match permute {
            Permute::Channel => Self::each(image.size()),
            Permute::Pixel => (0..image.pixels()).map(columns).map(Self).collect(),
        }
    }

    /// Each of so many columns by itself.
    #[must_use]
    pub fn each(columns: usize) -> Vec<Self> {
        (0..columns).map(|column| Self(vec![column])).collect()
    }

    /// Columns of the inputs.
    #[must_use]
    pub fn columns(&self) -> &[usize] {
        &self.0
    }
}

/// Which images receive a feature's values, and whose these are: rows of the inputs. A permutation
/// is one of the donors, and every recipient receives what falls to its own place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    recipients: Range<usize>,
    donors: Range<usize>,
}

impl Exchange {
    /// Images exchange values among each other.
    #[must_use]
    pub fn within(rows: Range<usize>) -> Self {
        Self::new(rows.clone(), rows)
    }

    /// `recipients` receive values of `donors`.
    ///
    /// # Panics
    /// If the recipients are not among the donors.
    #[must_use]
    pub fn new(recipients: Range<usize>, donors: Range<usize>) -> Self {
        assert!(
            donors.start <= recipients.start && recipients.end <= donors.end,
            "recipients are among the donors"
        );
        Self { recipients, donors }
    }

    /// Rows of the images that receive values.
    #[must_use]
    pub fn recipients(&self) -> Range<usize> {
        self.recipients.clone()
    }

    /// Rows of the images whose values they receive.
    #[must_use]
    pub fn donors(&self) -> Range<usize> {
        self.donors.clone()
    }

    /// The same rows, counted from the first donor.
    fn among_donors(&self) -> Self {
        let from_first =
            |rows: &Range<usize>| rows.start - self.donors.start..rows.end - self.donors.start;
        Self {
            recipients: from_first(&self.recipients),
            donors: from_first(&self.donors),
        }
    }
}

/// What a stage measures. Its results have a row for every feature, exchange after exchange.
#[derive(Clone, Debug)]
pub struct Design {
    /// What is moved.
    pub features: Vec<Feature>,
    /// Among which images, each with the words that key its permutations before the feature's number
    /// and the repeat.
    pub exchanges: Vec<(Vec<u64>, Exchange)>,
    /// What is reported of it.
    pub outcome: Outcome,
    /// What its permutations are drawn for.
    pub purpose: Purpose,
    /// Which of the donors each image may be given values of.
    #[cfg(feature = "general")]
    pub pools: DonorPools,
}

impl Design {
    /// Stage 1 (Section 3.2): every pixel of so many images, or every channel of it, among all of them.
    #[must_use]
    pub fn of_pixels(images: usize, image: ImageShape, permute: Permute) -> Self {
        Self {
            features: Feature::of_pixels(image, permute),
            exchanges: vec![(Vec::new(), Exchange::within(0..images))],
            outcome: Outcome::PerOutput,
            purpose: Purpose::Pixel,
            #[cfg(feature = "general")]
            pools: DonorPools::All,
        }
    }

    /// Stage 3 (Section 3.3): every latent dimension, among the images of each of `classes` (label and
    /// rows).
    #[must_use]
    pub fn of_latents(classes: &[(u8, Range<usize>)], dims: usize) -> Self {
        let exchange = |(label, rows): &(u8, Range<usize>)| {
            (vec![u64::from(*label)], Exchange::within(rows.clone()))
        };
        Self {
            features: Feature::each(dims),
            exchanges: classes.iter().map(exchange).collect(),
            outcome: Outcome::Overall,
            purpose: Purpose::Latent,
            #[cfg(feature = "general")]
            pools: DonorPools::All,
        }
    }
}

/// Beyond the paper.
#[cfg(feature = "general")]
impl Design {
    /// Stage 1 of groups of pixels: each of these `features` of so many images, among all of them.
    #[must_use]
    pub fn of_groups(images: usize, features: Vec<Feature>) -> Self {
        Self {
            features,
            exchanges: vec![(Vec::new(), Exchange::within(0..images))],
            outcome: Outcome::PerOutput,
            purpose: Purpose::Group,
            pools: DonorPools::All,
        }
    }

    /// Stage 3 with the images of each of `classes` (label and rows, class after class) for recipients,
    /// and those of all of them for donors.
    #[must_use]
    pub fn of_latents_among_all(classes: &[(u8, Range<usize>)], dims: usize) -> Self {
        let images = classes.iter().map(|(_, rows)| rows.end).max().unwrap_or(0);
        let exchange = |(label, rows): &(u8, Range<usize>)| {
            let exchange = Exchange::new(rows.clone(), 0..images);
            (vec![u64::from(*label)], exchange)
        };
        Self {
            exchanges: classes.iter().map(exchange).collect(),
            ..Self::of_latents(classes, dims)
        }
    }

    /// The same, but only these images receive values.
    ///
    /// # Panics
    /// If they are not among the donors.
    #[must_use]
    pub fn received_by(mut self, recipients: Range<usize>) -> Self {
        for (_, exchange) in &mut self.exchanges {
            *exchange = Exchange::new(recipients.clone(), exchange.donors());
        }
        self
    }

    /// The same, but images are given values of their own pool only.
    #[must_use]
    pub fn with_donors(self, pools: DonorPools) -> Self {
        Self { pools, ..self }
    }

    /// Whether it is one of the paper: what the closed form is fastest for.
    pub(super) fn is_of_paper(&self) -> bool {
        let exchanges = || self.exchanges.iter().map(|(_, exchange)| exchange);
        self.purpose != Purpose::Group
            && matches!(self.pools, DonorPools::All)
            && exchanges().all(|exchange| exchange.recipients == exchange.donors)
    }
}

impl Design {
    /// Rows of the results.
    pub(super) fn rows(&self) -> usize {
        self.exchanges.len() * self.features.len()
    }

    /// The rows of the inputs that measurements need, set by set of donors.
    pub(super) fn sources(&self) -> Vec<Range<usize>> {
        let donors = self.exchanges.iter().map(|(_, exchange)| exchange.donors());
        let mut sources: Vec<Range<usize>> = donors.collect();
        sources.dedup();
        sources
    }

    /// Every row of the results.
    pub(super) fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::with_capacity(self.rows());
        let mut source = 0;
        for (at, (words, exchange)) in self.exchanges.iter().enumerate() {
            if at > 0 && self.exchanges[at - 1].1.donors != exchange.donors {
                source += 1;
            }
            let first = targets.len();
            targets.extend((0..self.features.len()).map(|feature| Target {
                feature,
                source,
                exchange: exchange.among_donors(),
                row: first + feature,
                key: [&words[..], &[feature as u64]].concat(),
            }));
        }
        targets
    }

    /// Columns of a target's feature.
    pub(super) fn columns(&self, target: &Target) -> &[usize] {
        self.features[target.feature].columns()
    }
}

/// A row of the results: a feature, moved among certain images.
pub(super) struct Target {
    /// Which of the design's.
    pub feature: usize,
    /// Which of [`Design::sources`] its images are.
    pub source: usize,
    /// Among which of them.
    pub exchange: Exchange,
    /// Row of the results.
    pub row: usize,
    /// Words that key its permutations, before the repeat.
    pub key: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_move_with_their_channels_or_channel_by_channel() {
        let image = ImageShape {
            height: 1,
            width: 2,
            channels: 3,
        };
        let columns = |permute| -> Vec<Vec<usize>> {
            let features = Feature::of_pixels(image, permute);
            features.iter().map(|of| of.columns().to_vec()).collect()
        };
        assert_eq!(columns(Permute::Pixel), [[0, 1, 2], [3, 4, 5]]);
        assert_eq!(columns(Permute::Channel), [[0], [1], [2], [3], [4], [5]]);
        let grey = Feature::of_pixels(ImageShape::grey(2, 3), Permute::Pixel);
        assert_eq!(grey, Feature::each(6));
    }

    #[test]
    fn exchanges_of_the_same_donors_share_what_knows_these() {
        let exchange = |recipients, donors| (Vec::new(), Exchange::new(recipients, donors));
        let design = Design {
            features: Feature::each(2),
            exchanges: vec![
                exchange(0..2, 0..6),
                exchange(2..6, 0..6),
                exchange(7..8, 6..9),
            ],
            ..Design::of_pixels(9, ImageShape::grey(1, 2), Permute::Pixel)
        };
        assert_eq!(design.sources(), [0..6, 6..9]);
        let targets = design.targets();
        let found = |at: usize| {
            let Target { source, row, .. } = targets[at];
            (source, row, targets[at].exchange.clone())
        };
        assert_eq!(found(1), (0, 1, Exchange::new(0..2, 0..6)));
        assert_eq!(found(2), (0, 2, Exchange::new(2..6, 0..6)));
        assert_eq!(found(5), (1, 5, Exchange::new(1..2, 0..3)));
    }
}
