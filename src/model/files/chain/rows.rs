//! Where a library's numbers lie in rows, whose images have the channels of a pixel side by side.

use super::super::error::Fault;
use crate::data::{ImageShape, Shape};

/// Numbers of one tensor: what a row of the largest images and feature maps may have.
const LARGEST: usize = 1 << 24;

/// Which axis of a library's images is that of the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Channels {
    /// Channels, then height and width, as PyTorch and ONNX have them.
    First,
    /// Height and width, then channels, as Keras has them unless it is told otherwise.
    Last,
}

/// A library's tensor as it lies in rows.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Rows {
    /// Lengths of the library's axes, but for that of images.
    pub axes: Vec<usize>,
    /// What the rows are.
    pub shape: Shape,
    pub order: Order,
}

/// Where the library's numbers, counted row by row, lie in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Order {
    /// In the same order.
    Same,
    /// The library has channel by channel what rows have pixel by pixel.
    Planes { pixels: usize, channels: usize },
    /// Each at this place.
    Other(Vec<u32>),
}

impl Order {
    /// That of images whose channels stand there.
    pub fn of(image: ImageShape, channels: Channels) -> Self {
        let (pixels, count) = (image.pixels(), image.channels);
        match channels {
            Channels::First if pixels > 1 && count > 1 => Self::Planes {
                pixels,
                channels: count,
            },
            _ => Self::Same,
        }
    }

    /// The place of a number.
    pub fn place(&self, number: usize) -> usize {
        match self {
            Self::Same => number,
            Self::Planes { pixels, channels } => number % pixels * channels + number / pixels,
            Self::Other(places) => places[number] as usize,
        }
    }

    /// From places of so many numbers, which are a permutation.
    pub fn from_places(places: Vec<u32>, image: Option<ImageShape>) -> Self {
        let is = |order: &Self| {
            let all = places.iter().enumerate();
            all.into_iter()
                .all(|(number, &place)| order.place(number) == place as usize)
        };
        if is(&Self::Same) {
            return Self::Same;
        }
        let planes = image.map(|image| Self::of(image, Channels::First));
        planes
            .filter(|planes| *planes != Self::Same && is(planes))
            .unwrap_or(Self::Other(places))
    }

    /// For each place of rows in the order `to`, the place in rows of this order where the number comes
    /// from; nothing where that is the same.
    pub fn moves_to(&self, to: &Self, size: usize) -> Option<Vec<u32>> {
        if self == to {
            return None;
        }
        let mut from = vec![0; size];
        for number in 0..size {
            from[to.place(number)] = self.place(number) as u32;
        }
        let moves = from
            .iter()
            .enumerate()
            .any(|(at, &from)| at != from as usize);
        moves.then_some(from)
    }
}

/// How many numbers a tensor has.
pub(in super::super) fn count(axes: &[usize]) -> Option<usize> {
    let count = axes
        .iter()
        .try_fold(1usize, |count, &axis| count.checked_mul(axis));
    count.filter(|count| (1..=LARGEST).contains(count))
}

/// What is said of tensors without numbers or with far too many.
pub(in super::super) fn too_large(shown: &str, axes: &[usize]) -> Fault {
    let axes: Vec<String> = axes.iter().map(usize::to_string).collect();
    Fault::new(
        format!(
            "at \"{shown}\" an image has {} numbers, and there may be from 1 to {} million",
            axes.join(" × "),
            LARGEST >> 20
        ),
        "bring a model of smaller images",
    )
}

/// The image that axes of two or three lengths are; a signal is an image of height 1.
pub(in super::super) fn image(axes: &[usize], channels: Channels) -> Option<ImageShape> {
    let (height, width, channels) = match (axes, channels) {
        (&[channels, height, width], Channels::First)
        | (&[height, width, channels], Channels::Last) => (height, width, channels),
        (&[channels, width], Channels::First) | (&[width, channels], Channels::Last) => {
            (1, width, channels)
        }
        _ => return None,
    };
    Some(ImageShape {
        height,
        width,
        channels,
    })
}

/// The axes of an image in the library, of which there are two for a signal and three for others.
pub(super) fn axes(image: ImageShape, rank: usize, channels: Channels) -> Vec<usize> {
    let sides = [image.height, image.width];
    let sides = &sides[3usize.saturating_sub(rank).min(1)..];
    match channels {
        Channels::First => [&[image.channels], sides].concat(),
        Channels::Last => [sides, &[image.channels]].concat(),
    }
}

impl Rows {
    /// Of numbers that lie as they do in the library, whatever they are.
    pub fn plain(axes: Vec<usize>) -> Self {
        let size = axes.iter().product();
        Self {
            axes,
            shape: Shape::Numbers(size),
            order: Order::Same,
        }
    }

    pub fn size(&self) -> usize {
        self.shape.size()
    }

    /// The feature maps that these are, if they are several pixels.
    pub fn maps(&self) -> Option<ImageShape> {
        let Shape::Image(own) = self.shape else {
            return None;
        };
        let is = |channels| {
            image(&self.axes, channels) == Some(own) && self.order == Order::of(own, channels)
        };
        (own.pixels() > 1 && (is(Channels::First) || is(Channels::Last))).then_some(own)
    }

    /// With axes in another order, as a permutation of them says.
    pub fn transposed(&self, permutation: &[usize]) -> Self {
        let axes: Vec<usize> = permutation.iter().map(|&axis| self.axes[axis]).collect();
        let mut strides = vec![1; self.axes.len()];
        for axis in (1..strides.len()).rev() {
            strides[axis - 1] = strides[axis] * self.axes[axis];
        }
        let places = (0..self.size()).map(|number| {
            let mut rest = number;
            let mut from = 0;
            for (&axis, &length) in permutation.iter().zip(&axes).rev() {
                from += rest % length * strides[axis];
                rest /= length;
            }
            self.order.place(from) as u32
        });
        let own = match self.shape {
            Shape::Image(image) => Some(image),
            _ => None,
        };
        Self {
            order: Order::from_places(places.collect(), own),
            axes,
            shape: self.shape.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: ImageShape = ImageShape {
        height: 2,
        width: 3,
        channels: 4,
    };

    #[test]
    fn places_follow_axes() {
        let rows = |channels| Rows {
            axes: axes(IMAGE, 3, channels),
            shape: Shape::Image(IMAGE),
            order: Order::of(IMAGE, channels),
        };
        let (first, last) = (rows(Channels::First), rows(Channels::Last));
        assert_eq!(
            (&first.axes[..], &last.axes[..]),
            (&[4, 2, 3][..], &[2, 3, 4][..])
        );
        // Channel 1, row 1, column 2.
        assert_eq!(first.order.place(6 + 5), 5 * 4 + 1);
        assert_eq!(first.transposed(&[1, 2, 0]), last);
        assert_eq!(last.transposed(&[2, 0, 1]), first);
        assert_eq!(first.maps(), Some(IMAGE));
        // Width for height is no order of either.
        let turned = last.transposed(&[1, 0, 2]);
        assert!(matches!(turned.order, Order::Other(_)) && turned.maps().is_none());
        assert_eq!(turned.order.place(4), 3 * 4);
        assert_eq!(turned.transposed(&[1, 0, 2]), last);
    }

    #[test]
    fn one_order_becomes_another() {
        let planes = Order::of(IMAGE, Channels::First);
        let from = planes.moves_to(&Order::Same, 24).expect("they differ");
        // The second number of the library is channel 0 of the second pixel.
        assert_eq!(from[..3], [0, 4, 8]);
        let back = Order::Same.moves_to(&planes, 24).expect("they differ");
        assert_eq!(back[from[5] as usize], 5);
        assert_eq!(planes.moves_to(&planes, 24), None);
    }
}
