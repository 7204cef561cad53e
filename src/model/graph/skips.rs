//! What goes round the latents: a decoder to which more than they lead keeps, for every row of latents, the values
//! of the image whose latents they were before one dimension was changed.

use ndarray::{Array2, ArrayView1, ArrayView2};
use rten::NodeId;

use super::layout::Layout;

/// Images that are compared with each other, at most.
const MAX_IMAGES: usize = 20_000;
/// What latents of the same image may differ by where they were computed in other batches; of the largest.
const SAME: f32 = 1e-5;
/// In so many dimensions the latents of any two images have to differ: with one changed, an image is still nearer
/// to its own than to another's.
const APART: usize = 3;

/// The images of which a decoder keeps the values.
#[derive(Debug)]
pub(super) struct Skips {
    /// What takes them.
    pub at: NodeId,
    /// How they stand there.
    pub layout: Layout,
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    latents: Array2<f32>,
    images: Array2<f32>,
    /// What counts as the same, dimension by dimension.
    same: Vec<f32>,
}

impl Skips {
    /// Of no image yet.
    pub(super) fn new(at: NodeId, layout: Layout) -> Self {
        Self {
            at,
            layout,
            known: None,
        }
    }

    /// Whether there are images.
    pub(super) fn is_known(&self) -> bool {
        self.known.is_some()
    }

    /// Takes images (images × numbers) with their latents (images × dimensions).
    ///
    /// # Errors
    /// One sentence if the latents of two images are so alike that they could be taken for each other.
    pub(super) fn know(
        &mut self,
        images: ArrayView2<'_, f32>,
        latents: Array2<f32>,
    ) -> Result<(), String> {
        if images.nrows() > MAX_IMAGES {
            return Err(format!(
                "Connections go round the latents of the ONNX graph, and at most {MAX_IMAGES} images can be told apart by their latents: bring fewer, or choose the encoder alone."
            ));
        }
        let largest = latents.columns().into_iter().map(|column| {
            column
                .iter()
                .fold(0f32, |largest, of| largest.max(of.abs()))
        });
        let known = Known {
            same: largest.map(|largest| largest * SAME).collect(),
            images: images.to_owned(),
            latents,
        };
        known.check()?;
        self.known = Some(known);
        Ok(())
    }

    /// The image whose latents these were.
    ///
    /// # Errors
    /// One sentence if they are none's.
    pub(super) fn image_of(
        &self,
        latents: ArrayView1<'_, f32>,
    ) -> Result<ArrayView1<'_, f32>, String> {
        let Some(known) = &self.known else {
            return Err(
                "Connections go round the latents of the ONNX graph, so that its decoder needs the images: bring them, or choose the encoder alone."
                    .into(),
            );
        };
        let mut rows = known.latents.rows().into_iter();
        let found = rows.position(|own| known.differ(own, latents, 1.0, 2) < 2);
        found.map(|image| known.images.row(image)).ok_or_else(|| {
            "Connections go round the latents of the ONNX graph, and these latents are of none of its images with one dimension changed: choose the encoder alone."
                .into()
        })
    }
}

impl Known {
    /// In how many dimensions two rows of latents differ, counted up to `most`.
    fn differ(
        &self,
        one: ArrayView1<'_, f32>,
        other: ArrayView1<'_, f32>,
        wide: f32,
        most: usize,
    ) -> usize {
        let pairs = one.iter().zip(other).zip(&self.same);
        let differing = pairs.filter(|((one, other), same)| (*one - *other).abs() > wide * **same);
        differing.take(most).count()
    }

    fn check(&self) -> Result<(), String> {
        for one in 0..self.latents.nrows() {
            for other in 0..one {
                let (latents, images) = (&self.latents, &self.images);
                let near = self.differ(latents.row(one), latents.row(other), 4.0, APART) < APART;
                if near && images.row(one) != images.row(other) {
                    return Err(format!(
                        "Connections go round the latents of the ONNX graph, and the latents of images {} and {} differ in fewer than {APART} dimensions, so that it cannot be told whose values to keep: choose another tensor, or the encoder alone.",
                        other + 1,
                        one + 1
                    ));
                }
            }
        }
        Ok(())
    }
}
