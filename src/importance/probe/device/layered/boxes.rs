//! Which pixels of each layer a change of some inputs reaches: the rows and columns of a box.
//!
//! What is computed of a layer has the same size for every feature, that of the largest box, so that it
//! can be part of a shader; it is moved so that it covers the feature's own box and lies within the
//! image.

use std::ops::Range;

use super::super::moves::columns;
use super::steps::Step;
use crate::data::ImageShape;
use crate::importance::design::Design;
use crate::model::{Interpolation, Kind, Over, Pair, Window};

/// Rows and columns.
type Box = [Range<usize>; 2];

/// The boxes of the inputs and of each layer.
pub(super) struct Boxes {
    input: ImageShape,
    layers: Vec<(Reach, ImageShape)>,
    /// Height and width of the largest one, of the inputs and of each layer.
    pub sizes: Vec<Pair>,
}

impl Boxes {
    /// For features of these columns of the inputs.
    pub(super) fn new<'a>(
        input: ImageShape,
        steps: &[Step],
        features: impl Iterator<Item = &'a [usize]>,
    ) -> Self {
        let layers = steps.iter().map(|step| (Reach::of(step), step.to));
        let mut boxes = Self {
            input,
            layers: layers.collect(),
            sizes: vec![[1; 2]; steps.len() + 1],
        };
        for columns in features {
            for (at, reached) in boxes.reached(columns).into_iter().enumerate() {
                let size = &mut boxes.sizes[at];
                *size = [0, 1].map(|of| size[of].max(reached[of].len()));
            }
        }
        boxes
    }

    /// Where the boxes of a feature begin: row and column of the inputs', then of each layer's.
    pub(super) fn origins(&self, columns: &[usize]) -> Vec<u32> {
        let planes = self.layers.iter().map(|(_, to)| *to);
        let planes = std::iter::once(self.input).chain(planes);
        let boxes = self.reached(columns).into_iter().zip(planes);
        let origins = boxes.zip(&self.sizes).flat_map(|((reached, plane), size)| {
            let sides = [plane.height, plane.width];
            [0, 1].map(|of| reached[of].start.min(sides[of] - size[of]) as u32)
        });
        origins.collect()
    }

    /// Whether each feature is a pixel of one channel, so that its change is all that its box holds.
    pub(super) fn are_grey_pixels(&self, design: &Design) -> bool {
        self.input.channels == 1 && columns(design) == 1
    }

    /// What a change of these columns reaches: of the inputs, then of each layer.
    fn reached(&self, columns: &[usize]) -> Vec<Box> {
        let side = |place: fn(usize, ImageShape) -> usize| {
            let places = columns
                .iter()
                .map(|column| place(column / self.input.channels, self.input));
            let (first, last) = places.fold((usize::MAX, 0), |(first, last), place| {
                (first.min(place), last.max(place))
            });
            first..last + 1
        };
        let mut reached = [
            side(|pixel, image| pixel / image.width),
            side(|pixel, image| pixel % image.width),
        ];
        let mut boxes = vec![reached.clone()];
        for (reach, to) in &self.layers {
            let sides = [to.height, to.width];
            reached = [0, 1].map(|of| reach.side(of, reached[of].clone(), sides[of]));
            boxes.push(reached.clone());
        }
        boxes
    }
}

/// How far a change goes.
enum Reach {
    /// Not beyond its pixel.
    Pixel,
    /// To the windows that look at it.
    Window(Window),
    /// To the window of an input.
    Reversed {
        kernel: Pair,
        stride: Pair,
        dilation: Pair,
        cut: [isize; 2],
    },
    /// To the pixels that are made of it.
    Between {
        factor: Pair,
        interpolation: Interpolation,
        from: Pair,
    },
    /// To the pixel with so many before it.
    Moved([isize; 2]),
    /// To all.
    Everything,
}

impl Reach {
    fn of(step: &Step) -> Self {
        match &step.kind {
            Kind::Convolution { window, .. }
            | Kind::MaxPooling { window }
            | Kind::AveragePooling { window, .. } => Self::Window(*window),
            Kind::Transposed {
                kernel,
                stride,
                dilation,
                cut,
                ..
            } => Self::Reversed {
                kernel: *kernel,
                stride: *stride,
                dilation: *dilation,
                cut: cut.map(|[before, _]| before),
            },
            Kind::Upsampling {
                factor,
                interpolation,
            } => Self::Between {
                factor: *factor,
                interpolation: *interpolation,
                from: [step.from.height, step.from.width],
            },
            Kind::Padding { margins } => Self::Moved(margins.map(|[before, _]| before)),
            Kind::Reshaping { .. }
            | Kind::Reordering { .. }
            | Kind::Normalisation {
                over: Over::Row, ..
            } => Self::Everything,
            Kind::Scaling | Kind::Softmax | Kind::Activation | Kind::Normalisation { .. } => {
                Self::Pixel
            }
        }
    }

    /// What a change of `range` reaches of a side of `size` pixels.
    fn side(&self, of: usize, range: Range<usize>, size: usize) -> Range<usize> {
        if range.is_empty() {
            return 0..0;
        }
        let (first, last) = (range.start as isize, range.end as isize - 1);
        let within = |first: isize, last: isize| {
            let end = (last + 1).clamp(0, size as isize) as usize;
            (first.max(0) as usize).min(end)..end
        };
        match self {
            Self::Pixel => range,
            Self::Window(window) => {
                let stride = window.stride[of] as isize;
                let before = window.padding[of][0];
                let span = (window.size[of] - 1) * window.dilation[of];
                within(
                    (first + before - span as isize + stride - 1).div_euclid(stride),
                    (last + before).div_euclid(stride),
                )
            }
            Self::Reversed {
                kernel,
                stride,
                dilation,
                cut,
            } => {
                let span = (kernel[of] - 1) * dilation[of];
                within(
                    first * stride[of] as isize - cut[of],
                    last * stride[of] as isize - cut[of] + span as isize,
                )
            }
            Self::Between {
                factor,
                interpolation,
                from,
            } => {
                let is_reached = |at: &usize| {
                    let between = interpolation.between(*at, factor[of], from[of], size);
                    between
                        .iter()
                        .any(|(place, share)| *share != 0.0 && range.contains(place))
                };
                let first = (0..size).find(is_reached).unwrap_or(0);
                let last = (0..size).rfind(is_reached);
                first..last.map_or(first, |last| last + 1)
            }
            Self::Moved(before) => within(first + before[of], last + before[of]),
            Self::Everything => 0..size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every output that a window, or its reverse, links to a changed input lies in the box, and both of its
    /// ends are such.
    #[test]
    fn a_box_holds_what_is_reached_and_no_more() {
        for size in 1..4 {
            for stride in 1..4 {
                for before in 0..3isize {
                    let window = Window {
                        size: [size; 2],
                        stride: [stride; 2],
                        dilation: [1; 2],
                        padding: [[before, 1]; 2],
                    };
                    let sides = 7;
                    let Some([outputs, _]) = window.outputs([sides; 2]) else {
                        continue;
                    };
                    for at in 0..sides {
                        let looks = |output: usize| {
                            let reached = at as isize + before - (output * stride) as isize;
                            (0..size as isize).contains(&reached)
                        };
                        let expected: Vec<usize> = (0..outputs).filter(|&at| looks(at)).collect();
                        let found = Reach::Window(window).side(0, at..at + 1, outputs);
                        assert_eq!(found.collect::<Vec<_>>(), expected, "{window:?} at {at}");
                    }
                }
            }
        }
    }
}
