//! The layers of a convolutional network that is trained here.

use super::{Activation, Form, Kind, Window};
use crate::data::{ImageShape, Shape};

/// Side of the window of a convolution of the encoder.
const KERNEL: usize = 3;
/// By how many pixels it moves.
const STRIDE: usize = 2;

/// The layers before the latents, and those after them.
pub(super) fn layers(
    image: ImageShape,
    filters: &[usize],
    activation: Activation,
) -> (Vec<Form>, Vec<Form>) {
    let general = |kind| Form::General { kind, activation };
    let mut images = vec![image];
    let mut encoder = Vec::new();
    for &filters in filters {
        let from = images[images.len() - 1];
        let (to_height, above) = halved(from.height);
        let (to_width, left) = halved(from.width);
        encoder.push(general(Kind::Convolution {
            filters,
            groups: 1,
            window: Window {
                size: [KERNEL; 2],
                stride: [STRIDE; 2],
                dilation: [1; 2],
                padding: [above, left],
            },
        }));
        images.push(ImageShape {
            height: to_height,
            width: to_width,
            channels: filters,
        });
    }
    let last = images[images.len() - 1];
    let mut decoder = vec![
        Form::Dense {
            outputs: last.size(),
            activation,
        },
        Form::General {
            kind: Kind::Reshaping {
                to: Shape::Image(last),
            },
            activation: Activation::Linear,
        },
    ];
    for pair in images.windows(2).rev() {
        // What the convolution that it reverses pads is cut off again.
        let to = pair[0];
        decoder.push(general(Kind::Transposed {
            filters: to.channels,
            groups: 1,
            kernel: [KERNEL; 2],
            stride: [STRIDE; 2],
            dilation: [1; 2],
            cut: [halved(to.height).1, halved(to.width).1],
        }));
    }
    (encoder, decoder)
}

/// Half a side, rounded up, and the padding before and after it that makes it so, as much after it as
/// before it or one more.
fn halved(side: usize) -> (usize, [isize; 2]) {
    let half = side.div_ceil(STRIDE);
    let padding = ((half - 1) * STRIDE + KERNEL).saturating_sub(side) as isize;
    (half, [padding / 2, padding - padding / 2])
}
