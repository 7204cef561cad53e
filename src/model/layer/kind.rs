//! What layers other than dense ones do, without the numbers that they have learned.
//!
//! A row that such a layer takes is an image or feature maps, with the channels of a pixel side by side
//! ([`Shape::Image`]), or plain numbers, which are then the channels of one pixel. Sizes of two
//! directions are of height, then of width; a signal is an image of height 1.

use serde::{Deserialize, Serialize};

use crate::data::{ImageShape, Shape};

/// A number for the height and one for the width.
pub type Pair = [usize; 2];

/// What is added before and after, or, where it is negative, cut off: for the height, then for the width.
pub type Margins = [[isize; 2]; 2];

/// What a layer other than a dense one does before its activation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Every output is a sum over a window of the inputs, of the channels of its group (a
    /// cross-correlation, as in every library). Its weights are a kernel, of (height · width · inputs
    /// of a group) × filters, and biases.
    Convolution {
        /// Channels that it gives.
        filters: usize,
        /// Groups of channels, each seen by as many of the filters: as many as inputs are depthwise.
        groups: usize,
        /// What moves over the image.
        window: Window,
    },
    /// Every input is added to a window of the outputs: the reverse of a convolution. Its weights are a
    /// kernel, of (height · width · inputs) × filters of a group, and biases.
    Transposed {
        /// Channels that it gives.
        filters: usize,
        /// Groups of channels, each making as many of the filters.
        groups: usize,
        /// Height and width of what an input is added to.
        kernel: Pair,
        /// Steps between the windows of neighbouring inputs.
        stride: Pair,
        /// Steps between neighbouring numbers of the kernel.
        dilation: Pair,
        /// What is cut off all that the windows reach; where it is negative, nothing but the bias is
        /// beyond their reach.
        cut: Margins,
    },
    /// The largest number of a window, channel by channel; what lies outside the image is not looked
    /// at.
    MaxPooling {
        /// What moves over the image.
        window: Window,
    },
    /// The mean over a window, channel by channel.
    AveragePooling {
        /// What moves over the image.
        window: Window,
        /// Whether zeros outside the image count.
        counts_padding: bool,
    },
    /// Every pixel becomes several.
    Upsampling {
        /// So many times the height and the width.
        factor: Pair,
        /// Which numbers they get.
        interpolation: Interpolation,
    },
    /// Zeros around the image, or a part of it.
    Padding {
        /// How many.
        margins: Margins,
    },
    /// Number by number, or channel by channel, factor · x + offset: batch normalisation as it is after
    /// training. Its weights are the factors and the offsets.
    Scaling,
    /// The mean of some numbers is taken off each of them, and their deviation, √(variance + epsilon),
    /// divides the difference; then as [`Kind::Scaling`]. Its weights are the factors and the offsets.
    Normalisation {
        /// Which numbers: the channels of each pixel, or all numbers of a row.
        over: Over,
        /// Added to the variance.
        epsilon: f32,
    },
    /// exp(x) divided by its sum over the channels of a pixel.
    Softmax,
    /// Nothing but the activation.
    Activation,
    /// The same numbers in the same order, taken for another shape.
    Reshaping {
        /// It.
        to: Shape,
    },
    /// The same numbers in another order: output number i is input number `order[i]`.
    Reordering {
        /// Shape of the outputs.
        to: Shape,
        /// A permutation.
        order: Vec<u32>,
    },
}

/// A window that moves over an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its height and width, in numbers that it looks at.
    pub size: Pair,
    /// By how many pixels it moves.
    pub stride: Pair,
    /// How many pixels lie from one number that it looks at to the next.
    pub dilation: Pair,
    /// Zeros around the image, before and after it; none is negative.
    pub padding: Margins,
}

/// Which numbers new pixels get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolation {
    /// Those of the nearest.
    Nearest,
    /// Between the four nearest, where a pixel is a square of side 1 (Keras; PyTorch without
    /// `align_corners`).
    Bilinear,
    /// Between the four nearest, where the corners' middles are the corners (PyTorch's `align_corners`).
    BilinearCorners,
}

/// Over which numbers a normalisation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// The channels of each pixel.
    Channels,
    /// All numbers of a row.
    Row,
}

impl Window {
    /// Height and width of what it makes of an image, if it fits into it.
    #[must_use]
    pub fn outputs(&self, image: Pair) -> Option<Pair> {
        let side = |at: usize| {
            let [before, after] = self.padding[at];
            let wide = image[at].checked_add_signed(before.checked_add(after)?)?;
            if wide > MOST {
                return None;
            }
            let span = span(self.size[at], self.dilation[at])?;
            Some(wide.checked_sub(span)?.checked_div(self.stride[at])? + 1)
        };
        Some([side(0)?, side(1)?])
    }
}

/// From the first to the last of so many numbers.
fn span(size: usize, dilation: usize) -> Option<usize> {
    size.checked_sub(1)?.checked_mul(dilation)?.checked_add(1)
}

/// Numbers that a row may have, of any layer: 64 million, 256 MB.
const MOST: usize = 1 << 26;

/// Rows of numbers as an image: plain numbers are the channels of one pixel.
pub(crate) fn as_image(shape: &Shape) -> ImageShape {
    match shape {
        Shape::Image(image) => *image,
        Shape::Planes(_) | Shape::Columns(_) | Shape::Numbers(_) => ImageShape {
            height: 1,
            width: 1,
            channels: shape.size(),
        },
    }
}

impl Kind {
    /// What it gives for rows of the shape `input`.
    ///
    /// # Errors
    /// Where it cannot take them: what a sentence says of the layer.
    pub(in crate::model) fn output(&self, input: &Shape) -> Result<Shape, String> {
        let image = as_image(input);
        let sides = [image.height, image.width];
        let made = |sides: Option<Pair>, channels: usize| match sides {
            Some([height, width])
                if height > 0
                    && width > 0
                    && height
                        .checked_mul(width)
                        .and_then(|pixels| pixels.checked_mul(channels))
                        .is_some_and(|size| size <= MOST) =>
            {
                Ok(Shape::Image(ImageShape {
                    height,
                    width,
                    channels,
                }))
            }
            _ => Err(format!(
                "does not fit into {} × {} pixels",
                image.height, image.width
            )),
        };
        match self {
            Self::Convolution {
                filters,
                groups,
                window,
            } => {
                in_groups(image.channels, *filters, *groups)?;
                has_room(window.size, image.channels / groups, *filters)?;
                made(window.outputs(sides), *filters)
            }
            Self::Transposed {
                filters,
                groups,
                kernel,
                stride,
                dilation,
                cut,
            } => {
                in_groups(image.channels, *filters, *groups)?;
                has_room(*kernel, image.channels, filters / groups)?;
                let side = |at: usize| {
                    let steps = sides[at].checked_sub(1)?.checked_mul(stride[at])?;
                    let reach = steps.checked_add(span(kernel[at], dilation[at])?)?;
                    if reach > MOST {
                        return None;
                    }
                    reach.checked_add_signed(cut[at][0].checked_add(cut[at][1])?.checked_neg()?)
                };
                made(side(0).zip(side(1)).map(Pair::from), *filters)
            }
            Self::MaxPooling { window } | Self::AveragePooling { window, .. } => {
                has_room(window.size, 1, 1)?;
                made(window.outputs(sides), image.channels)
            }
            Self::Upsampling { factor, .. } => {
                let side = |at: usize| sides[at].checked_mul(factor[at]);
                made(side(0).zip(side(1)).map(Pair::from), image.channels)
            }
            Self::Padding { margins } => {
                let side = |at: usize| {
                    let [before, after] = margins[at];
                    sides[at].checked_add_signed(before.checked_add(after)?)
                };
                made(side(0).zip(side(1)).map(Pair::from), image.channels)
            }
            Self::Scaling | Self::Normalisation { .. } | Self::Softmax | Self::Activation => {
                Ok(input.clone())
            }
            Self::Reshaping { to } if to.size() == input.size() => Ok(to.clone()),
            Self::Reordering { to, order }
                if to.size() == input.size() && is_permutation(order, input.size()) =>
            {
                Ok(to.clone())
            }
            Self::Reordering { to, .. } if to.size() == input.size() => Err(format!(
                "makes {0} numbers of {0}, not each of them once",
                to.size()
            )),
            Self::Reshaping { to } | Self::Reordering { to, .. } => {
                Err(format!("makes {} numbers of {}", to.size(), input.size()))
            }
        }
    }

    /// Rows and columns of its weights for rows of the shape `input`, which it takes.
    #[must_use]
    pub fn weights(&self, input: &Shape) -> Vec<(usize, usize)> {
        let channels = as_image(input).channels;
        match self {
            Self::Convolution {
                filters,
                groups,
                window: Window { size, .. },
            } => vec![
                (size[0] * size[1] * (channels / groups), *filters),
                (1, *filters),
            ],
            Self::Transposed {
                filters,
                groups,
                kernel,
                ..
            } => vec![
                (kernel[0] * kernel[1] * channels, filters / groups),
                (1, *filters),
            ],
            Self::Scaling
            | Self::Normalisation {
                over: Over::Channels,
                ..
            } => vec![(1, channels); 2],
            Self::Normalisation {
                over: Over::Row, ..
            } => vec![(1, input.size()); 2],
            _ => Vec::new(),
        }
    }

    /// How many numbers one output of it is a sum of, and into how many sums one input goes: what its
    /// first weights are drawn by. `None` where these are factors, which are 1 at first.
    #[must_use]
    pub fn fans(&self, input: &Shape) -> Option<(usize, usize)> {
        let channels = as_image(input).channels;
        match self {
            Self::Convolution {
                filters,
                groups,
                window: Window { size, .. },
            } => Some((
                size[0] * size[1] * (channels / groups),
                size[0] * size[1] * (filters / groups),
            )),
            // As Keras counts: the fans of the convolution whose reverse it is.
            Self::Transposed {
                filters,
                groups,
                kernel,
                ..
            } => Some((
                kernel[0] * kernel[1] * (filters / groups),
                kernel[0] * kernel[1] * (channels / groups),
            )),
            _ => None,
        }
    }

    /// Channels that it gives, if it is a convolution.
    pub(in crate::model) fn filters(&self) -> Option<usize> {
        match self {
            Self::Convolution { filters, .. } => Some(*filters),
            _ => None,
        }
    }
}

fn in_groups(channels: usize, filters: usize, groups: usize) -> Result<(), String> {
    let divides = |count: usize| groups > 0 && count > 0 && count.is_multiple_of(groups);
    if divides(channels) && divides(filters) {
        Ok(())
    } else {
        Err(format!(
            "cannot divide {channels} channels and {filters} filters into {groups} groups"
        ))
    }
}

/// Refuses a window that has more weights, or looks at more numbers of a channel, than a row may have.
fn has_room([height, width]: Pair, inputs: usize, outputs: usize) -> Result<(), String> {
    let numbers = [width, inputs, outputs]
        .into_iter()
        .try_fold(height, usize::checked_mul);
    match numbers {
        Some(numbers) if numbers <= MOST => Ok(()),
        _ => Err(format!(
            "has a window of {height} × {width} with more than {MOST} numbers"
        )),
    }
}

fn is_permutation(order: &[u32], size: usize) -> bool {
    // A size that only a file says is no reason to ask for as much memory.
    if order.len() != size {
        return false;
    }
    let mut seen = vec![false; size];
    order.iter().all(|&place| {
        let place = seen.get_mut(place as usize);
        place.is_some_and(|seen| !std::mem::replace(seen, true))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(height: usize, width: usize, channels: usize) -> Shape {
        Shape::Image(ImageShape {
            height,
            width,
            channels,
        })
    }

    const WINDOW: Window = Window {
        size: [3, 2],
        stride: [2, 1],
        dilation: [1, 3],
        padding: [[0, 1], [2, 0]],
    };

    #[test]
    fn what_does_not_fit_is_refused_with_the_reason() {
        let convolution = |filters, groups| Kind::Convolution {
            filters,
            groups,
            window: WINDOW,
        };
        // (5 + 1 - 3) / 2 + 1 rows, (4 + 2 - 4) / 1 + 1 columns.
        assert_eq!(
            convolution(6, 2).output(&image(5, 4, 4)),
            Ok(image(2, 3, 6))
        );
        assert_eq!(
            convolution(6, 2).weights(&image(5, 4, 4)),
            [(12, 6), (1, 6)]
        );
        let far = 1 << 40;
        let everywhere = Window {
            size: [far, far],
            padding: [[far as isize, 0]; 2],
            ..WINDOW
        };
        let refused = [
            (
                Kind::Convolution {
                    filters: 6,
                    groups: 1,
                    window: everywhere,
                }
                .output(&image(5, 4, 4)),
                "has a window of 1099511627776 × 1099511627776 with more than 67108864 numbers",
            ),
            (
                Kind::Reordering {
                    to: Shape::Numbers(far),
                    order: Vec::new(),
                }
                .output(&Shape::Numbers(far)),
                "makes 1099511627776 numbers of 1099511627776, not each of them once",
            ),
            (
                Kind::Reshaping {
                    to: image(far, far, 1),
                }
                .output(&Shape::Numbers(0)),
                "makes 18446744073709551615 numbers of 0",
            ),
            (
                convolution(6, 4).output(&image(5, 4, 4)),
                "cannot divide 4 channels and 6 filters into 4 groups",
            ),
            (
                convolution(6, 1).output(&image(1, 4, 4)),
                "does not fit into 1 × 4 pixels",
            ),
            (
                Kind::MaxPooling {
                    window: Window {
                        stride: [0, 1],
                        ..WINDOW
                    },
                }
                .output(&image(5, 4, 4)),
                "does not fit into 5 × 4 pixels",
            ),
            (
                Kind::Reshaping { to: image(2, 2, 2) }.output(&Shape::Numbers(7)),
                "makes 8 numbers of 7",
            ),
            (
                Kind::Reordering {
                    to: Shape::Numbers(3),
                    order: vec![0, 1, 1],
                }
                .output(&Shape::Numbers(3)),
                "makes 3 numbers of 3, not each of them once",
            ),
        ];
        for (found, sentence) in refused {
            assert_eq!(found.unwrap_err(), sentence);
        }
    }

    /// Sizes that a file may hold: none of them may overflow.
    #[test]
    fn sizes_beyond_all_bounds_are_refused() {
        let most = usize::MAX;
        let window = Window {
            size: [most, 1],
            stride: [1, 1],
            dilation: [most, 1],
            padding: [[isize::MAX; 2]; 2],
        };
        let kinds = [
            Kind::Convolution {
                filters: 1,
                groups: 1,
                window,
            },
            Kind::MaxPooling { window },
            Kind::Transposed {
                filters: 1,
                groups: 1,
                kernel: [most, 2],
                stride: [most; 2],
                dilation: [most; 2],
                cut: [[isize::MIN; 2]; 2],
            },
            Kind::Upsampling {
                factor: [most; 2],
                interpolation: Interpolation::Nearest,
            },
            Kind::Padding {
                margins: [[isize::MAX; 2]; 2],
            },
        ];
        for kind in kinds {
            assert!(kind.output(&image(4, 4, 1)).is_err(), "{kind:?}");
        }
    }
}
