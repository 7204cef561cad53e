//! The layers of a convolutional network that is trained here.

use super::{Activation, Form, Interpolation, Kind, Pair, Window};
use crate::data::{ImageShape, Shape};
use crate::settings::Downsampling;

/// Side of the window of a convolution.
const KERNEL: usize = 3;
/// By how much a side becomes shorter.
const STRIDE: usize = 2;

/// The layers before the latents, and those after them.
pub(super) fn layers(
    image: ImageShape,
    filters: &[usize],
    activation: Activation,
    downsampling: Downsampling,
) -> (Vec<Form>, Vec<Form>) {
    let general = |kind| Form::General { kind, activation };
    let linear = |kind| Form::General {
        kind,
        activation: Activation::Linear,
    };
    let sides = Sides::of(image);
    let mut images = vec![image];
    let mut encoder = Vec::new();
    for &filters in filters {
        let from = images[images.len() - 1];
        match downsampling {
            Downsampling::Strided => encoder.push(general(Kind::Convolution {
                filters,
                groups: 1,
                window: Sides::window(sides.kernel, sides.stride, from),
            })),
            Downsampling::Pooling => {
                encoder.push(general(sides.convolution(filters, from)));
                encoder.push(linear(Kind::MaxPooling {
                    window: Sides::window(sides.stride, sides.stride, from),
                }));
            }
        }
        let [height, width] = sides.halved(from);
        images.push(ImageShape {
            height,
            width,
            channels: filters,
        });
    }
    let last = images[images.len() - 1];
    let mut decoder = vec![
        Form::Dense {
            outputs: last.size(),
            activation,
        },
        linear(Kind::Reshaping {
            to: Shape::Image(last),
        }),
    ];
    for pair in images.windows(2).rev() {
        let (to, from) = (pair[0], pair[1]);
        match downsampling {
            // What the convolution that it reverses pads is cut off again.
            Downsampling::Strided => decoder.push(general(Kind::Transposed {
                filters: to.channels,
                groups: 1,
                kernel: sides.kernel,
                stride: sides.stride,
                dilation: [1; 2],
                cut: Sides::window(sides.kernel, sides.stride, to).padding,
            })),
            Downsampling::Pooling => {
                decoder.push(linear(Kind::Upsampling {
                    factor: sides.stride,
                    interpolation: Interpolation::Nearest,
                }));
                // The one pixel that a pooling pads.
                let beyond = Sides::window(sides.stride, sides.stride, to).padding;
                if beyond != [[0; 2]; 2] {
                    decoder.push(linear(Kind::Padding {
                        margins: beyond.map(|side| side.map(|pixels| -pixels)),
                    }));
                }
                let enlarged = ImageShape {
                    channels: from.channels,
                    ..to
                };
                decoder.push(general(sides.convolution(to.channels, enlarged)));
            }
        }
    }
    (encoder, decoder)
}

/// What windows do along each side: along one of a single pixel, as signals have, nothing.
struct Sides {
    kernel: Pair,
    stride: Pair,
}

impl Sides {
    fn of(image: ImageShape) -> Self {
        let sides = [image.height, image.width];
        let unless_single = |size: usize| sides.map(|side| if side == 1 { 1 } else { size });
        Self {
            kernel: unless_single(KERNEL),
            stride: unless_single(STRIDE),
        }
    }

    /// Half of each side, rounded up.
    fn halved(&self, image: ImageShape) -> Pair {
        let [rows, columns] = self.stride;
        [image.height.div_ceil(rows), image.width.div_ceil(columns)]
    }

    /// One that makes a side so many times shorter, rounded up.
    fn window(size: Pair, stride: Pair, image: ImageShape) -> Window {
        let sides = [image.height, image.width];
        Window {
            size,
            stride,
            dilation: [1; 2],
            padding: [0, 1].map(|of| padding(sides[of], size[of], stride[of])),
        }
    }

    /// A convolution that leaves the sides as they are.
    fn convolution(&self, filters: usize, image: ImageShape) -> Kind {
        Kind::Convolution {
            filters,
            groups: 1,
            window: Self::window(self.kernel, [1; 2], image),
        }
    }
}

/// What is added to a side before and after it so that a window fits into it at every step: as much after it
/// as before it, or one more.
fn padding(side: usize, size: usize, stride: usize) -> [isize; 2] {
    let outputs = side.div_ceil(stride);
    let padding = ((outputs - 1) * stride + size).saturating_sub(side) as isize;
    [padding / 2, padding - padding / 2]
}
