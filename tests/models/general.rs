//! Networks of layers other than dense ones, of every kind.

use latent_lens::data::{ImageShape, Shape};
use latent_lens::model::files::save::SaveFormat;
use latent_lens::model::{
    Activation, Architecture, Form, Interpolation, Kind, Layer, Network, Over, Window,
};
use latent_lens::settings::{HiddenActivation, NetworkKind, Settings};
use ndarray::Array2;

pub const ALL: [SaveFormat; 3] = [SaveFormat::Safetensors, SaveFormat::Keras, SaveFormat::Onnx];

fn image(height: usize, width: usize, channels: usize) -> ImageShape {
    ImageShape {
        height,
        width,
        channels,
    }
}

fn layer(kind: Kind, activation: Activation) -> Form {
    Form::General { kind, activation }
}

fn plain(kind: Kind) -> Form {
    layer(kind, Activation::Linear)
}

fn dense(outputs: usize, activation: Activation) -> Form {
    Form::Dense {
        outputs,
        activation,
    }
}

fn window(size: [usize; 2], stride: [usize; 2], padding: [[isize; 2]; 2]) -> Window {
    Window {
        size,
        stride,
        dilation: [1; 2],
        padding,
    }
}

fn convolution(filters: usize, groups: usize, window: Window) -> Kind {
    Kind::Convolution {
        filters,
        groups,
        window,
    }
}

/// Planes from an image, or back.
fn reordered(from: ImageShape, to_planes: bool) -> Form {
    let count = from.size();
    let (channels, pixels) = (from.channels, from.pixels());
    let order = (0..count).map(|at| {
        if to_planes {
            at % pixels * channels + at / pixels
        } else {
            at % channels * pixels + at / channels
        }
    });
    let to = if to_planes {
        Shape::Planes(from)
    } else {
        Shape::Image(from)
    };
    let order = order.map(|place| place as u32).collect();
    plain(Kind::Reordering { to, order })
}

/// With weights, biases, factors and offsets that all differ.
fn network(architecture: &Architecture, seed: u32) -> Network {
    let untrained = Network::of(architecture, seed);
    let matrices = untrained.layers().flat_map(Layer::weights);
    let matrices = matrices.map(|matrix| {
        let first = matrix.iter().next().copied().unwrap_or(0.0);
        let is_constant = matrix.iter().all(|&of| of == first) && matrix.nrows() == 1;
        Array2::from_shape_fn(matrix.dim(), |(row, column)| {
            let more = if is_constant {
                0.1 * (column % 5) as f32 - 0.2
            } else {
                0.0
            };
            matrix[[row, column]] + more
        })
    });
    Network::from_parts(architecture, matrices.collect()).expect("layers follow each other")
}

/// What the settings ask for.
fn convolutional() -> Architecture {
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        dims: 3,
        filters: vec![3, 4],
        ..Settings::default()
    };
    Architecture::new(image(7, 6, 1), &settings)
}

/// The same in colour.
fn coloured() -> Architecture {
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        dims: 3,
        filters: vec![4],
        activation: HiddenActivation::Elu,
        ..Settings::default()
    };
    Architecture::new(image(5, 4, 3), &settings)
}

/// Every kind that all formats have words for, with latents that are feature maps.
fn spatial() -> Architecture {
    let images = image(8, 6, 2);
    let latent = image(2, 3, 4);
    Architecture {
        log_variance: None,
        input: Shape::Image(images),
        encoder: vec![
            layer(
                convolution(4, 1, window([3, 2], [2, 1], [[0, 1], [0, 1]])),
                Activation::Silu,
            ),
            plain(Kind::Scaling),
            plain(Kind::MaxPooling {
                window: window([2, 2], [2, 2], [[0; 2]; 2]),
            }),
            layer(
                convolution(8, 4, window([3, 3], [1, 1], [[1; 2]; 2])),
                Activation::LeakyRelu { slope: 0.2 },
            ),
            plain(Kind::Normalisation {
                over: Over::Channels,
                epsilon: 1e-3,
            }),
            layer(
                convolution(4, 1, window([1, 1], [1, 1], [[0; 2]; 2])),
                Activation::Relu,
            ),
            plain(Kind::MaxPooling {
                window: window([2, 3], [1, 1], [[1, 0], [1, 1]]),
            }),
            reordered(latent, true),
        ],
        latent: Shape::Planes(latent),
        decoder: vec![
            reordered(latent, false),
            plain(Kind::Upsampling {
                factor: [2, 1],
                interpolation: Interpolation::Nearest,
            }),
            layer(
                convolution(
                    4,
                    1,
                    Window {
                        dilation: [2, 1],
                        ..window([3, 3], [1, 1], [[2; 2], [1; 2]])
                    },
                ),
                Activation::Tanh,
            ),
            plain(Kind::Normalisation {
                over: Over::Row,
                epsilon: 1e-5,
            }),
            layer(
                Kind::Transposed {
                    filters: 3,
                    groups: 1,
                    kernel: [3, 4],
                    stride: [2, 2],
                    dilation: [1; 2],
                    cut: [[0, 1], [1, 1]],
                },
                Activation::Softplus,
            ),
            plain(Kind::Padding {
                margins: [[1, -1]; 2],
            }),
            plain(Kind::AveragePooling {
                window: window([2, 3], [1, 1], [[0, 1], [1, 1]]),
                counts_padding: false,
            }),
            plain(Kind::Softmax),
            layer(
                convolution(2, 1, window([3, 3], [1, 1], [[1; 2]; 2])),
                Activation::Sigmoid,
            ),
        ],
    }
}

/// From an image to plain numbers and back, with what is done to plain numbers.
fn flat() -> Architecture {
    let images = image(4, 3, 2);
    let middle = image(2, 2, 3);
    Architecture {
        log_variance: None,
        input: Shape::Image(images),
        encoder: vec![
            plain(Kind::Scaling),
            layer(
                Kind::AveragePooling {
                    window: window([2, 2], [2, 2], [[0; 2], [1, 0]]),
                    counts_padding: true,
                },
                Activation::Elu { alpha: 0.7 },
            ),
            dense(6, Activation::Linear),
            plain(Kind::Normalisation {
                over: Over::Channels,
                epsilon: 1e-5,
            }),
            layer(Kind::Scaling, Activation::Gelu),
            dense(4, Activation::Linear),
            plain(Kind::Softmax),
        ],
        latent: Shape::Numbers(4),
        decoder: vec![
            dense(12, Activation::Relu),
            plain(Kind::Reshaping {
                to: Shape::Image(middle),
            }),
            plain(Kind::Upsampling {
                factor: [2, 2],
                interpolation: Interpolation::Bilinear,
            }),
            layer(
                convolution(4, 1, window([3, 3], [2, 2], [[1, 1], [1, 1]])),
                Activation::Selu,
            ),
            reordered(image(2, 2, 4), true),
            dense(24, Activation::Sigmoid),
        ],
    }
}

/// What Keras has no words for.
fn torchlike() -> Architecture {
    Architecture {
        log_variance: None,
        input: Shape::Image(image(5, 5, 2)),
        encoder: vec![
            layer(
                convolution(
                    4,
                    2,
                    Window {
                        dilation: [2, 1],
                        ..window([2, 3], [2, 2], [[1; 2], [1; 2]])
                    },
                ),
                Activation::Relu,
            ),
            dense(3, Activation::Linear),
        ],
        latent: Shape::Numbers(3),
        decoder: vec![
            dense(16, Activation::Linear),
            layer(
                Kind::Reshaping {
                    to: Shape::Image(image(2, 2, 4)),
                },
                Activation::Relu,
            ),
            layer(
                Kind::Transposed {
                    filters: 4,
                    groups: 2,
                    kernel: [3, 2],
                    stride: [2, 2],
                    dilation: [1, 2],
                    cut: [[1, 0], [0, -1]],
                },
                Activation::Relu,
            ),
            plain(Kind::Upsampling {
                factor: [2, 1],
                interpolation: Interpolation::BilinearCorners,
            }),
            layer(
                convolution(2, 1, window([4, 2], [1, 1], [[0; 2], [0; 2]])),
                Activation::Sigmoid,
            ),
        ],
    }
}

/// Names, networks, and the formats that have words for them.
pub fn networks() -> Vec<(&'static str, Network, Vec<SaveFormat>)> {
    let without_keras = vec![SaveFormat::Safetensors, SaveFormat::Onnx];
    [
        ("convolutional", convolutional(), ALL.to_vec()),
        ("coloured", coloured(), ALL.to_vec()),
        ("spatial", spatial(), ALL.to_vec()),
        ("flattened", flat(), ALL.to_vec()),
        ("torchlike", torchlike(), without_keras),
    ]
    .into_iter()
    .enumerate()
    .map(|(at, (name, architecture, formats))| {
        (name, network(&architecture, 20 + at as u32), formats)
    })
    .collect()
}
