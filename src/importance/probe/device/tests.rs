//! Against the plain loops of [`Half::run`], on the adapter that this machine has: without a graphics card,
//! Mesa's software Vulkan will do. The page's tests hold the same shaders to the CPU engine in a browser.

use std::ops::Range;
use std::sync::OnceLock;

use ndarray::{Array2, Axis, s};
use pollster::block_on;

use super::super::{Intervention, Probe, Values};
use super::layered::Kernel;
use crate::data::{ImageShape, Shape};
use crate::engine::{Engine, EngineError};
use crate::gpu::Limits;
use crate::importance::design::{Design, Exchange, Feature};
use crate::keyed::{Keyed, Purpose};
use crate::model::{Activation, Form, Half, Interpolation, Kind, Margins, Over, Pair, Window};
use crate::settings::Permute;

fn window(size: Pair, stride: Pair, dilation: Pair, padding: Margins) -> Window {
    Window {
        size,
        stride,
        dilation,
        padding,
    }
}

fn general(kind: Kind, activation: Activation) -> Form {
    Form::General { kind, activation }
}

fn convolution(filters: usize, groups: usize, window: Window, activation: Activation) -> Form {
    general(
        Kind::Convolution {
            filters,
            groups,
            window,
        },
        activation,
    )
}

fn dense(outputs: usize, activation: Activation) -> Form {
    Form::Dense {
        outputs,
        activation,
    }
}

fn image(height: usize, width: usize, channels: usize) -> Shape {
    Shape::Image(ImageShape {
        height,
        width,
        channels,
    })
}

fn plain(kind: Kind) -> Form {
    general(kind, Activation::Linear)
}

/// With random weights.
fn half(input: Shape, forms: &[Form]) -> Half {
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

/// Some numbers are 0, and the first three columns are the same in many rows.
fn inputs(rows: usize, columns: usize) -> Array2<f32> {
    let mut draws = Keyed::new(9, Purpose::Split, &[]);
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        let draw = draws.uniform();
        match (column, row % 3) {
            (0..3, 1..) => 0.25,
            _ if draw < 0.3 => 0.0,
            _ => draw,
        }
    })
}

/// The definition.
fn literal(half: &Half, inputs: &Array2<f32>, intervention: &Intervention<'_>) -> Vec<f64> {
    let (recipients, donors) = (
        intervention.exchange.recipients(),
        intervention.exchange.donors(),
    );
    let order = match &intervention.values {
        Values::Permuted(order) => order.clone().permutation(donors.len()),
        Values::Of(image) => vec![*image; donors.len()],
    };
    let mut changed = inputs.clone();
    for row in recipients.clone() {
        for &column in intervention.columns {
            changed[[row, column]] = inputs[[order[row] as usize, column]];
        }
    }
    let outputs = |inputs: &Array2<f32>| {
        let rows = inputs.slice(s![recipients.clone(), ..]);
        half.run(rows).mapv(f64::from)
    };
    let change = (outputs(&changed) - outputs(inputs)).mapv(|change| change * change);
    change.mean_axis(Axis(0)).unwrap().to_vec()
}

fn check(name: &str, half: &Half, rows: usize, features: Vec<Feature>, recipients: Range<usize>) {
    check_in(None, name, half, rows, features, recipients);
}

/// On an adapter with these limits, if they are given.
fn check_in(
    limits: Option<&Limits>,
    name: &str,
    half: &Half,
    rows: usize,
    features: Vec<Feature>,
    recipients: Range<usize>,
) {
    let inputs = inputs(rows, half.input().size());
    let exchange = Exchange::new(recipients, 0..rows);
    let design = Design {
        features: features.clone(),
        exchanges: vec![(Vec::new(), exchange.clone())],
        ..Design::of_pixels(rows, ImageShape::grey(1, 1), Permute::Pixel)
    };
    let probe = block_on(async {
        let inputs = inputs.clone();
        match limits {
            None => super::probe(engine(), half, inputs, &design).await,
            Some(limits) => Kernel::new(engine(), half, inputs, &design, limits)
                .await
                .map(|kernel| Box::new(kernel) as Box<dyn Probe>),
        }
    })
    .unwrap();
    let unchanged = half.run(inputs.view());
    let largest = unchanged
        .iter()
        .fold(0.0f32, |most, number| most.max(number.abs()));
    let off = (probe.outputs() - &unchanged).mapv(f32::abs);
    let off = off.iter().fold(0.0f32, |most, &off| most.max(off));
    assert!(
        off <= 1e-5 * largest,
        "{name}: outputs off by {off} of {largest}"
    );

    let interventions: Vec<Intervention<'_>> = features
        .iter()
        .enumerate()
        .flat_map(|(at, feature)| {
            let key = |repeat| Keyed::new(3, Purpose::Pixel, &[at as u64, repeat]);
            let values = [
                Values::Permuted(key(0)),
                Values::Permuted(key(1)),
                Values::Of(1),
            ];
            values.map(|values| Intervention {
                columns: feature.columns(),
                exchange: &exchange,
                values,
            })
        })
        .collect();
    let mut found = Vec::new();
    let mut rest = &interventions[..];
    while !rest.is_empty() {
        let (next, later) = rest.split_at(probe.batch().min(rest.len()));
        found.extend(block_on(probe.measure(next)).unwrap());
        rest = later;
    }
    let expected: Vec<f64> = interventions
        .iter()
        .flat_map(|intervention| literal(half, &inputs, intervention))
        .collect();
    let most = expected.iter().copied().fold(0.0, f64::max);
    assert!(most > 0.0, "{name}: nothing changes");
    assert_eq!(found.len(), expected.len());
    for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
        let off = (found - expected).abs();
        assert!(
            off <= 1e-4 * most,
            "{name}: {found} for {expected} of {most} at {at}"
        );
        assert!(
            *expected > 0.0 || *found == 0.0,
            "{name}: {found} where nothing changes"
        );
    }
}

/// Each pixel with its channels.
fn pixels(half: &Half) -> Vec<Feature> {
    let Shape::Image(image) = half.input() else {
        return Feature::each(half.input().size());
    };
    let of = |pixel: usize| (pixel * image.channels..(pixel + 1) * image.channels).collect();
    (0..image.pixels()).map(of).map(Feature::new).collect()
}

/// A name, and a half by its input and layers.
type Case = (&'static str, Shape, Vec<Form>);

const RELU: Activation = Activation::Relu;
const TANH: Activation = Activation::Tanh;
const NONE: Margins = [[0; 2]; 2];
const SAME: Margins = [[1; 2]; 2];
const KERAS: Margins = [[0, 1]; 2];

/// One for all tests: a process opens its adapter once.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| block_on(Engine::webgpu(|_| ())).unwrap())
}

fn grey() -> Shape {
    image(8, 8, 1)
}

fn colour() -> Shape {
    image(6, 7, 3)
}

fn square(size: usize, stride: usize, padding: Margins) -> Window {
    window([size; 2], [stride; 2], [1; 2], padding)
}

fn three(stride: usize, padding: Margins) -> Window {
    square(3, stride, padding)
}

fn first(filters: usize) -> Form {
    convolution(filters, 1, three(1, SAME), TANH)
}

fn transposed(
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

fn upsampling(interpolation: Interpolation) -> Kind {
    Kind::Upsampling {
        factor: [2, 3],
        interpolation,
    }
}

fn normalisation(over: Over) -> Kind {
    Kind::Normalisation {
        over,
        epsilon: 1e-3,
    }
}

fn reordering(to: Shape, step: u32) -> Form {
    let count = to.size() as u32;
    let order = (0..count).map(|at| (at * step + 1) % count).collect();
    plain(Kind::Reordering { to, order })
}

/// Convolutions, and dense layers after them.
fn windows() -> Vec<Case> {
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
fn reversed() -> Vec<Case> {
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
fn pools() -> Vec<Case> {
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
fn pixels_made() -> Vec<Case> {
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
fn numbers() -> Vec<Case> {
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
fn orders() -> Vec<Case> {
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

#[test]
fn each_kind_of_layer_moves_as_it_is_defined() {
    let all = [
        windows(),
        reversed(),
        pools(),
        pixels_made(),
        numbers(),
        orders(),
    ];
    for (name, input, forms) in all.iter().flatten() {
        let half = half(input.clone(), forms);
        check(name, &half, 13, pixels(&half), 0..13);
        let channels = Feature::each(half.input().size());
        check(name, &half, 13, channels, 0..13);
    }
}

#[test]
fn images_that_do_not_fit_are_taken_block_by_block_or_refused() {
    let all = [windows(), pools()];
    for (name, input, forms) in all.iter().flatten() {
        let half = half(input.clone(), forms);
        let limits = Limits {
            numbers: 1200,
            bindings: 8,
        };
        let features = pixels(&half);
        check_in(Some(&limits), name, &half, 13, features, 0..13);
        let limits = Limits {
            numbers: 32,
            ..limits
        };
        let design = Design {
            features: pixels(&half),
            ..Design::of_pixels(13, ImageShape::grey(1, 1), Permute::Pixel)
        };
        let images = inputs(13, half.input().size());
        let refused = block_on(Kernel::new(engine(), &half, images, &design, &limits)).err();
        assert!(matches!(refused, Some(EngineError::Unsupported(_))));
    }
}

#[test]
fn any_columns_move_together_among_any_images() {
    let (_, input, forms) = &windows()[1];
    let several = half(input.clone(), forms);
    let features = vec![
        Feature::new(vec![9]),
        Feature::new(vec![10, 11, 18, 19]),
        Feature::new(vec![3, 60]),
    ];
    check("patches", &several, 13, features.clone(), 4..9);
    let colour = half(image(4, 4, 3), &[dense(7, RELU)]);
    check(
        "one dense layer of colour",
        &colour,
        13,
        pixels(&colour),
        0..13,
    );
    check(
        "patches, one dense layer",
        &colour,
        13,
        vec![Feature::new(vec![9]), Feature::new(vec![10, 11, 40])],
        2..3,
    );
    let colour = half(
        image(4, 4, 3),
        &[dense(7, TANH), dense(5, RELU), dense(3, TANH)],
    );
    check(
        "dense layers of colour",
        &colour,
        13,
        pixels(&colour),
        5..13,
    );
    let grey = half(image(4, 4, 1), &[dense(7, TANH), dense(5, RELU)]);
    check("dense layers", &grey, 13, pixels(&grey), 0..13);
    check("dense layers for some", &grey, 13, pixels(&grey), 3..4);
}
