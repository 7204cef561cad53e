//! The encoded space.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::data::Dataset;
use crate::serial::matrix;

/// The encoded space (Section 3.4): the latents of the explained images, class after class; in the order
/// of their files where all images are explained.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Encoded {
    /// The label of each image.
    pub labels: Vec<u8>,
    /// Where each image stands among all images of its class, counted from 0.
    pub positions: Vec<u32>,
    /// The files that the images are from.
    #[serde(default)]
    pub files: Vec<String>,
    /// Of each image, which of [`Encoded::files`] it is from, counted from 0; empty where that is not
    /// known.
    #[serde(default)]
    pub file: Vec<u32>,
    /// Which image of its file each is, counted from 0; empty where that is not known.
    #[serde(default)]
    pub place: Vec<u32>,
    /// Z (images × dimensions).
    #[serde(with = "matrix")]
    pub latents: Array2<f32>,
}

impl Encoded {
    /// Of the explained images of `data`, whose latents these are, class after class.
    #[must_use]
    pub fn of(data: &Dataset, latents: &Array2<f32>) -> Self {
        let images = &data.explained;
        let origin = &images.origin.of;
        let order = Self::order(data);
        let labels: Vec<u8> = images
            .classes
            .iter()
            .flat_map(|(label, rows)| std::iter::repeat_n(*label, rows.len()))
            .collect();
        let known = || order.iter().filter_map(|&image| origin.get(image));
        Self {
            labels: order.iter().map(|&image| labels[image]).collect(),
            positions: order.iter().map(|&image| images.positions[image]).collect(),
            files: images.origin.files.clone(),
            file: known().map(|(file, _)| *file).collect(),
            place: known().map(|(_, place)| *place).collect(),
            latents: latents.select(Axis(0), &order),
        }
    }

    /// The rows of the explained images of `data`, in the order in which they stand here.
    #[must_use]
    pub fn order(data: &Dataset) -> Vec<usize> {
        let origin = &data.explained.origin.of;
        let rows: Vec<usize> = (0..data.explained.count()).collect();
        if rows.len() == data.count && origin.len() == data.count && !data.test_set {
            by_origin(origin)
        } else {
            rows
        }
    }
}

/// Places in the order of file and place there; those of one place stay as they are.
///
/// By way of whole numbers, as levels are sorted: another sort would be 16 KB of the engine.
fn by_origin(origin: &[(u32, u32)]) -> Vec<usize> {
    let keys = origin.iter();
    let keys: Vec<u64> = keys
        .map(|(file, place)| u64::from(*file) << 32 | u64::from(*place))
        .collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    let (mut order, mut equal) = (vec![0; keys.len()], vec![0; keys.len()]);
    for (image, key) in keys.iter().enumerate() {
        let first = sorted.partition_point(|other| other < key);
        order[first + equal[first]] = image;
        equal[first] += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_ordered_by_file_and_place_and_equal_ones_stay() {
        assert_eq!(
            by_origin(&[(1, 0), (0, 5), (0, 2), (1, 0), (0, u32::MAX)]),
            [2, 1, 4, 0, 3]
        );
        assert!(by_origin(&[]).is_empty());
    }
}
