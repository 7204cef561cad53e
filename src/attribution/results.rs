//! What the methods find, as data.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::serial::matrix;

/// A way to tell which pixels drive a latent dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attribution {
    /// V, as the run measured it.
    #[default]
    Permutation,
    /// Mean |∂z/∂x| over the recipients (Simonyan, Vedaldi and Zisserman, 2014).
    Gradient,
    /// As [`Attribution::Gradient`], with each gradient the mean of those at noisy copies of the image
    /// (Smilkov et al., 2017).
    Smoothgrad,
    /// Mean |integrated gradient| along the way from an image of zeros (Sundararajan, Taly and Yan,
    /// 2017).
    IntegratedZero,
    /// As [`Attribution::IntegratedZero`], from the mean of the explained images.
    IntegratedMean,
    /// Mean squared change of the latent when the pixel is set to 0 (Zeiler and Fergus, 2014).
    OcclusionZero,
    /// Mean squared change of the latent when the pixel is set to its mean over the explained images.
    OcclusionMean,
    /// Mean squared difference of the pixel between a recipient and any explained image, which is
    /// 2 · Var(pixel) where all of them are recipients: the same for every dimension, and what a map has
    /// to beat.
    Variance,
}

impl Attribution {
    /// All of them, in the order in which they stand everywhere.
    pub const ALL: [Self; 8] = [
        Self::Permutation,
        Self::Gradient,
        Self::Smoothgrad,
        Self::IntegratedZero,
        Self::IntegratedMean,
        Self::OcclusionZero,
        Self::OcclusionMean,
        Self::Variance,
    ];
}

/// The map of a method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opinion {
    /// Whose it is.
    pub method: Attribution,
    /// Recipients that the map is a mean over: all of them unless that would take too long.
    pub images: usize,
    /// How much each feature counts (features × dimensions), never below 0: in squared latent units for
    /// occlusion, in latent units for integrated gradients, in latent units a unit of intensity for
    /// gradients, in squared units of intensity for the variance.
    #[serde(with = "matrix")]
    pub map: Array2<f32>,
    /// In which direction (features × dimensions), −1, 0 or 1: of the mean gradient, at the images or along
    /// the way; of occlusion, whether the latent falls where the pixel does, added up over the images as
    /// (x − x′) · (z − z′), and S where only squares are known, of networks that are not all dense; of
    /// the variance, S.
    #[serde(with = "matrix")]
    pub sign: Array2<f32>,
}

/// What all methods say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opinions {
    /// Every method but permutation, whose map is V.
    pub methods: Vec<Opinion>,
    /// How far each two agree.
    pub agreement: Vec<Agreement>,
    /// Why methods that take gradients have no map, where a layer cannot be differentiated: what a sentence
    /// says of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_gradients: Option<String>,
    /// Which of them are right, as far as that can be told; absent until it has been found out.
    pub test: Option<FairTest>,
}

/// How far two methods agree, dimension by dimension.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Agreement {
    /// One of them.
    pub a: Attribution,
    /// The other.
    pub b: Attribution,
    /// Spearman's ρ between their maps over the features that vary, −1 to 1, for every dimension; absent
    /// where a map is the same everywhere.
    pub spearman: Vec<Option<f32>>,
    /// Share of the first 5 % of the features that vary which both have in common, 0 to 1, for every
    /// dimension. Of features that are equal where the first 5 % end, each counts as much as there is room
    /// for. Absent as above.
    pub overlap: Vec<Option<f32>>,
}

/// What replaces a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filler {
    /// Its mean over the images that the order is taken from.
    Mean,
    /// 0.
    Zero,
    /// Its value in another of the images that curves are of, one for all pixels of an image.
    Donor,
}

/// Pixels are replaced in the order of a map that was taken from half the images, and how far the latents
/// of the other half move is measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FairTest {
    /// Images that the orders are taken from.
    pub ordered_by: usize,
    /// Images that the curves are of: half of all, fewer where that would take too long.
    pub measured_on: usize,
    /// Shares of the features that are replaced, from 0 to 1 and closer to each other at first: where the
    /// curves are known.
    pub shares: Vec<f32>,
    /// For every method and filler.
    pub scores: Vec<Score>,
    /// For every dimension, the method that is better than all others, and than a random order, by more than
    /// two standard errors of the difference with every filler; absent where they cannot be told apart.
    pub winners: Vec<Option<Attribution>>,
}

/// How soon a method's pixels move the latents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Score {
    /// Whose order; absent for the mean of several random ones, the floor.
    pub method: Option<Attribution>,
    /// What replaces the pixels.
    pub filler: Filler,
    /// Mean squared change of the latent over 2 · Var(z) (dimensions × [`FairTest::shares`]); 0 where the
    /// latent is the same in all images.
    #[serde(with = "matrix")]
    pub curves: Array2<f32>,
    /// Area beneath each curve by trapezoids, for every dimension; absent where the latent is the same in
    /// all images.
    pub area: Vec<Option<f32>>,
    /// Standard error of the area over the images, for every dimension; absent as above.
    pub std_error: Vec<Option<f32>>,
}
