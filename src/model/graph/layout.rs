//! How the numbers of a row stand in a tensor.

use crate::data::{ImageShape, Shape};

/// What a row is, and how its numbers stand in a tensor.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Layout {
    /// What a row is.
    pub row: Shape,
    /// The lengths of the tensor's axes, without the first, which counts images.
    pub axes: Vec<usize>,
    /// Whether the tensor has the numbers channel by channel where the row has them pixel by pixel.
    moves: bool,
}

impl Layout {
    /// As the numbers stand.
    pub(super) fn plain(row: Shape, axes: Vec<usize>) -> Self {
        Self {
            row,
            axes,
            moves: false,
        }
    }

    /// Of latents: numbers, or feature maps channel by channel.
    pub(super) fn of_latents(axes: &[usize]) -> Self {
        let row = match *axes {
            [channels, height, width] if height * width > 1 => Shape::Planes(ImageShape {
                height,
                width,
                channels,
            }),
            _ => Shape::Numbers(axes.iter().product()),
        };
        Self::plain(row, axes.to_vec())
    }

    /// Of images in a tensor with these axes after the first, as far as the file tells them. `last` is whether the
    /// graph itself moves channels from the end.
    ///
    /// # Errors
    /// One sentence: how they differ.
    pub(super) fn of_images(
        axes: &[Option<usize>],
        image: Option<ImageShape>,
        last: bool,
        what: &str,
    ) -> Result<Self, String> {
        let fits = |lengths: &[usize]| {
            let pairs = axes.iter().zip(lengths);
            lengths.len() == axes.len()
                && pairs
                    .into_iter()
                    .all(|(own, of)| own.is_none_or(|own| own == *of))
        };
        let Some(image) = image else {
            return Self::of_known(axes, last).ok_or_else(|| {
                format!("The ONNX graph does not tell how large the images are that it {what}: bring the images as well.")
            });
        };
        let ImageShape {
            height,
            width,
            channels,
        } = image;
        let (first, end) = ([channels, height, width], [height, width, channels]);
        let flat = image.size();
        let row = Shape::Image(image);
        match axes.len() {
            1 if fits(&[flat]) => return Ok(Self::plain(Shape::Numbers(flat), vec![flat])),
            2 if channels == 1 && fits(&[height, width]) => {
                return Ok(Self::plain(row, vec![height, width]));
            }
            2 if height == 1 || width == 1 => {
                for lengths in [[1, flat], [flat, 1]] {
                    if channels == 1 && fits(&lengths) {
                        return Ok(Self::plain(Shape::Numbers(flat), lengths.to_vec()));
                    }
                }
            }
            3 if fits(&first) && !(last && fits(&end)) => {
                return Ok(Self {
                    row,
                    axes: first.to_vec(),
                    moves: channels > 1,
                });
            }
            3 if fits(&end) => return Ok(Self::plain(row, end.to_vec())),
            _ => {}
        }
        let lengths: Vec<String> = axes
            .iter()
            .map(|length| length.map_or("?".into(), |length| length.to_string()))
            .collect();
        Err(format!(
            "The ONNX graph {what} images of {}, but these have {height} × {width} pixels and {channels} channel{}: bring the images it was trained on, in the same size.",
            lengths.join(" × "),
            if channels == 1 { "" } else { "s" }
        ))
    }

    /// Of images that only the file tells of.
    fn of_known(axes: &[Option<usize>], last: bool) -> Option<Self> {
        let axes: Vec<usize> = axes.iter().copied().collect::<Option<_>>()?;
        let image = |height, width, channels| {
            Shape::Image(ImageShape {
                height,
                width,
                channels,
            })
        };
        Some(match axes[..] {
            [height, width] => Self::plain(image(height, width, 1), axes),
            [height, width, channels] if last || channels <= 4 && height > 4 => {
                Self::plain(image(height, width, channels), axes)
            }
            [channels, height, width] => Self {
                row: image(height, width, channels),
                moves: channels > 1,
                axes,
            },
            [numbers] => Self::plain(Shape::Numbers(numbers), axes),
            _ => return None,
        })
    }

    /// Numbers of a row.
    pub(super) fn size(&self) -> usize {
        self.axes.iter().product()
    }

    /// Puts a row into a tensor.
    pub(super) fn put(&self, row: impl Iterator<Item = f32>, tensor: &mut [f32]) {
        let (channels, pixels) = self.moved();
        for (at, number) in row.enumerate() {
            tensor[at % channels * pixels + at / channels] = number;
        }
    }

    /// Takes a row from a tensor.
    pub(super) fn take<'a>(&self, tensor: &'a [f32]) -> impl Iterator<Item = f32> + use<'a> {
        let (channels, pixels) = self.moved();
        let places = 0..tensor.len();
        places.map(move |at| tensor[at % channels * pixels + at / channels])
    }

    /// Channels and pixels of what changes its order; else as if there were one channel.
    fn moved(&self) -> (usize, usize) {
        if self.moves {
            (self.axes[0], self.axes[1] * self.axes[2])
        } else {
            (1, self.size())
        }
    }
}
