//! Halves of every kind of layer, for tests.

use ndarray::Array2;

use super::{Activation, Form, Half, Interpolation, Kind, Margins, Over, Pair, Window};
use crate::data::{ImageShape, Shape};
use crate::keyed::{Keyed, Purpose};

/// A name, and a half by its input and layers.
pub(crate) type Case = (&'static str, Shape, Vec<Form>);

pub(crate) const RELU: Activation = Activation::Relu;
pub(crate) const TANH: Activation = Activation::Tanh;
pub(crate) const NONE: Margins = [[0; 2]; 2];
pub(crate) const SAME: Margins = [[1; 2]; 2];
pub(crate) const KERAS: Margins = [[0, 1]; 2];

/// All of them.
pub(crate) fn all() -> Vec<Case> {
    [
        windows(),
        reversed(),
        pools(),
        pixels_made(),
        numbers(),
        orders(),
    ]
    .concat()
}

pub(crate) fn window(size: Pair, stride: Pair, dilation: Pair, padding: Margins) -> Window {
    Window {
        size,
        stride,
        dilation,
        padding,
    }
}

pub(crate) fn general(kind: Kind, activation: Activation) -> Form {
    Form::General { kind, activation }
}

pub(crate) fn convolution(
    filters: usize,
    groups: usize,
    window: Window,
    activation: Activation,
) -> Form {
    general(
        Kind::Convolution {
            filters,
            groups,
            window,
        },
        activation,
    )
}

pub(crate) fn dense(outputs: usize, activation: Activation) -> Form {
    Form::Dense {
        outputs,
        activation,
    }
}

pub(crate) fn image(height: usize, width: usize, channels: usize) -> Shape {
    Shape::Image(ImageShape {
        height,
        width,
        channels,
    })
}

pub(crate) fn plain(kind: Kind) -> Form {
    general(kind, Activation::Linear)
}

/// With random weights.
pub(crate) fn half(input: Shape, forms: &[Form]) -> Half {
    let mut draws = Keyed::new(5, Purpose::Weights, &[]);
    let mut shape = input.clone();
    let layers = forms.iter().map(|form| {
        let weights = form.weights(&shape).into_iter();
        let weights = weights.map(|size| {
            let scale = 2.0 / (size.0 as f32).sqrt();
            Array2::from_shape_simple_fn(size, || (draws.uniform() - 0.4) * scale)
        });
        let layer = form.with(weights.collect());
        shape = form.output(&shape).unwrap();
        layer
    });
    let layers = layers.collect();
    Half::new("half", input, layers).unwrap()
}

pub(crate) fn grey() -> Shape {
    image(8, 8, 1)
}

pub(crate) fn colour() -> Shape {
    image(6, 7, 3)
}

pub(crate) fn square(size: usize, stride: usize, padding: Margins) -> Window {
    window([size; 2], [stride; 2], [1; 2], padding)
}

pub(crate) fn three(stride: usize, padding: Margins) -> Window {
    square(3, stride, padding)
}

pub(crate) fn first(filters: usize) -> Form {
    convolution(filters, 1, three(1, SAME), TANH)
}

pub(crate) fn transposed(
    filters: usize,
    groups: usize,
    [kernel, stride, dilation]: [usize; 3],
    cut: Margins,
) -> Kind {
    Kind::Transposed {
        filters,
        groups,
        kernel: [kernel; 2],
        stride: [stride; 2],
        dilation: [dilation; 2],
        cut,
    }
}

pub(crate) fn upsampling(interpolation: Interpolation) -> Kind {
    Kind::Upsampling {
        factor: [2, 3],
        interpolation,
    }
}

pub(crate) fn normalisation(over: Over) -> Kind {
    Kind::Normalisation {
        over,
        epsilon: 1e-3,
    }
}

pub(crate) fn reordering(to: Shape, step: u32) -> Form {
    let count = to.size() as u32;
    let order = (0..count).map(|at| (at * step + 1) % count).collect();
    plain(Kind::Reordering { to, order })
}

/// Convolutions, and dense layers after them.
pub(crate) fn windows() -> Vec<Case> {
    vec![
        (
            "valid",
            grey(),
            vec![convolution(4, 1, three(1, NONE), RELU)],
        ),
        (
            "strided, Keras' same",
            grey(),
            vec![
                convolution(8, 1, three(2, KERAS), RELU),
                convolution(12, 1, three(2, KERAS), RELU),
                dense(5, Activation::Linear),
            ],
        ),
        (
            "strided, PyTorch's",
            grey(),
            vec![
                convolution(3, 1, three(2, SAME), RELU),
                convolution(5, 1, three(2, SAME), RELU),
                dense(4, TANH),
                dense(6, Activation::Sigmoid),
            ],
        ),
        (
            "colour",
            colour(),
            vec![
                convolution(4, 1, three(2, SAME), RELU),
                convolution(6, 1, three(2, SAME), TANH),
                dense(3, RELU),
            ],
        ),
        (
            "dilated",
            grey(),
            vec![
                convolution(4, 1, window([3, 2], [1, 2], [2, 3], [[2, 1], [0, 2]]), TANH),
                first(2),
            ],
        ),
        (
            "steps over pixels",
            grey(),
            vec![
                convolution(4, 1, window([1, 2], [3, 3], [1; 2], NONE), RELU),
                dense(3, RELU),
            ],
        ),
        (
            "groups",
            colour(),
            vec![
                convolution(8, 1, three(1, SAME), RELU),
                convolution(8, 2, three(1, SAME), RELU),
                convolution(8, 8, three(1, NONE), TANH),
                convolution(12, 4, three(2, NONE), RELU),
            ],
        ),
        (
            "depthwise first",
            colour(),
            vec![convolution(6, 3, three(1, SAME), TANH), dense(3, RELU)],
        ),
    ]
}

/// Transposed convolutions.
pub(crate) fn reversed() -> Vec<Case> {
    vec![
        (
            "transposed",
            image(3, 4, 2),
            vec![
                plain(transposed(4, 1, [3, 2, 1], [[0, 1], [1, 0]])),
                general(transposed(3, 1, [4, 2, 1], SAME), TANH),
            ],
        ),
        (
            "transposed, dilated, in groups",
            image(3, 4, 4),
            vec![
                general(transposed(8, 2, [3, 2, 2], [[1, -1], [0, 2]]), TANH),
                general(transposed(4, 4, [2, 1, 1], NONE), RELU),
            ],
        ),
        (
            "transposed from numbers",
            Shape::Numbers(6),
            vec![
                general(transposed(8, 2, [3, 2, 1], NONE), RELU),
                general(transposed(1, 1, [3, 2, 1], KERAS), Activation::Sigmoid),
            ],
        ),
        (
            "a decoder",
            Shape::Numbers(5),
            vec![
                dense(2 * 2 * 8, RELU),
                plain(Kind::Reshaping { to: image(2, 2, 8) }),
                general(transposed(4, 1, [3, 2, 1], KERAS), RELU),
                general(transposed(1, 1, [3, 2, 1], KERAS), Activation::Sigmoid),
            ],
        ),
    ]
}

/// Pooling.
pub(crate) fn pools() -> Vec<Case> {
    vec![
        (
            "largest",
            grey(),
            vec![
                first(3),
                plain(Kind::MaxPooling {
                    window: square(2, 2, NONE),
                }),
                dense(3, RELU),
            ],
        ),
        (
            "largest, overlapping, padded",
            grey(),
            vec![
                first(3),
                general(
                    Kind::MaxPooling {
                        window: window([3, 2], [2, 1], [1, 2], [[1, 1], [1, 0]]),
                    },
                    TANH,
                ),
                first(2),
            ],
        ),
        (
            "largest first",
            colour(),
            vec![
                plain(Kind::MaxPooling {
                    window: square(3, 2, SAME),
                }),
                dense(3, RELU),
            ],
        ),
        (
            "means",
            grey(),
            vec![
                first(3),
                general(
                    Kind::AveragePooling {
                        window: square(3, 2, SAME),
                        counts_padding: false,
                    },
                    TANH,
                ),
                plain(Kind::AveragePooling {
                    window: square(2, 1, [[0, 1]; 2]),
                    counts_padding: true,
                }),
                dense(2, RELU),
            ],
        ),
        (
            "mean of all",
            colour(),
            vec![
                first(4),
                plain(Kind::AveragePooling {
                    window: window([6, 7], [1; 2], [1; 2], NONE),
                    counts_padding: false,
                }),
            ],
        ),
    ]
}

/// Layers that make more or fewer pixels.
pub(crate) fn pixels_made() -> Vec<Case> {
    vec![
        (
            "nearest",
            image(3, 2, 2),
            vec![plain(upsampling(Interpolation::Nearest)), first(2)],
        ),
        (
            "bilinear",
            image(3, 2, 2),
            vec![
                first(4),
                general(upsampling(Interpolation::Bilinear), TANH),
                first(2),
            ],
        ),
        (
            "bilinear between corners",
            image(3, 2, 2),
            vec![
                first(4),
                plain(upsampling(Interpolation::BilinearCorners)),
                first(2),
            ],
        ),
        (
            "padded, cropped",
            colour(),
            vec![
                plain(Kind::Padding {
                    margins: [[1, 2], [0, 1]],
                }),
                convolution(4, 1, three(2, NONE), RELU),
                plain(Kind::Padding {
                    margins: [[-1, 0], [1, -1]],
                }),
                dense(3, RELU),
            ],
        ),
    ]
}

/// Layers that change numbers where they are.
pub(crate) fn numbers() -> Vec<Case> {
    vec![
        (
            "scaled",
            colour(),
            vec![
                general(Kind::Scaling, RELU),
                first(4),
                plain(Kind::Scaling),
                dense(3, RELU),
            ],
        ),
        (
            "normalised over channels",
            colour(),
            vec![
                first(4),
                general(normalisation(Over::Channels), RELU),
                dense(3, RELU),
            ],
        ),
        (
            "normalised over all",
            colour(),
            vec![
                first(4),
                plain(normalisation(Over::Row)),
                convolution(2, 1, three(2, NONE), RELU),
            ],
        ),
        (
            "normalised first",
            image(2, 3, 4),
            vec![plain(normalisation(Over::Channels)), dense(3, TANH)],
        ),
        (
            "softmax",
            colour(),
            vec![
                first(4),
                plain(Kind::Softmax),
                convolution(2, 1, three(2, NONE), RELU),
                dense(4, Activation::Linear),
                plain(Kind::Softmax),
            ],
        ),
        (
            "activation alone",
            colour(),
            vec![
                general(Kind::Activation, TANH),
                convolution(4, 1, three(2, NONE), Activation::Linear),
                general(Kind::Activation, RELU),
                plain(Kind::Activation),
                dense(3, RELU),
            ],
        ),
    ]
}

/// Layers that take numbers for other shapes, and signals.
pub(crate) fn orders() -> Vec<Case> {
    vec![
        (
            "another order, then dense",
            image(4, 3, 2),
            vec![
                first(2),
                reordering(Shape::Numbers(24), 7),
                plain(Kind::Reshaping { to: image(2, 2, 6) }),
                reordering(Shape::Numbers(24), 7),
                dense(4, TANH),
            ],
        ),
        (
            "another order, then a window",
            image(4, 3, 2),
            vec![
                first(2),
                reordering(image(2, 6, 2), 7),
                general(Kind::Activation, TANH),
                first(3),
                reordering(Shape::Numbers(36), 5),
            ],
        ),
        (
            "another shape, in a box",
            image(4, 3, 2),
            vec![
                first(2),
                plain(Kind::Reshaping { to: image(2, 6, 2) }),
                first(3),
                plain(Kind::Reshaping {
                    to: Shape::Numbers(36),
                }),
            ],
        ),
        (
            "dense first",
            image(4, 3, 1),
            vec![
                dense(12, RELU),
                plain(Kind::Reshaping { to: image(2, 3, 2) }),
                first(2),
            ],
        ),
        (
            "a signal",
            image(1, 20, 2),
            vec![
                convolution(4, 1, window([1, 5], [1, 2], [1; 2], [[0, 0], [2, 2]]), RELU),
                plain(Kind::MaxPooling {
                    window: window([1, 2], [1, 2], [1; 2], NONE),
                }),
                dense(3, RELU),
            ],
        ),
    ]
}
