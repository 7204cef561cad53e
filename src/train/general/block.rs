//! A layer as a burn module.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::Tensor;
use ndarray::Array2;

use super::activate::{TRAINED, activate};
use super::fixed::Fixed;
use crate::data::{ImageShape, Shape};
use crate::engine::Engine;
use crate::model::{Activation, General, Half, Kind, Layer, Margins, Pair, as_image};

/// A layer and its activation, or a part of a layer.
#[derive(Module, Debug)]
pub(super) struct Block {
    /// None where rows are only taken for another shape.
    operation: Option<Operation>,
    #[module(skip)]
    pub activation: Activation,
    /// What its layer gives.
    #[module(skip)]
    output: ImageShape,
}

#[allow(clippy::large_enum_variant, reason = "a network has few layers")]
#[derive(Module, Debug)]
enum Operation {
    Dense(Linear),
    Convolution(Convolution),
    Transposed(Transposed),
    Fixed(Constant),
}

#[derive(Module, Debug)]
struct Convolution {
    convolution: Conv2d,
    #[module(skip)]
    input: ImageShape,
}

/// burn cuts off as much after as before, so it is told to cut nothing.
#[derive(Module, Debug)]
struct Transposed {
    convolution: ConvTranspose2d,
    #[module(skip)]
    input: ImageShape,
    /// Of all that the windows reach, the first row and column that are kept, and how many are.
    #[module(skip)]
    kept: [Pair; 2],
}

/// What is not trained.
#[derive(Module, Debug)]
struct Constant {
    #[module(skip)]
    operation: Fixed,
    #[module(skip)]
    input: ImageShape,
}

/// The layers of a half, each of which is a block or several.
///
/// # Errors
/// What a sentence says of a layer that burn cannot run, with its number.
pub(super) fn blocks(engine: &Engine, half: &Half) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let layers = half.layers().iter().zip(half.forms());
    for (at, (layer, (_, input, output))) in layers.enumerate() {
        let operations = Operation::all(engine, layer, &input, &output)
            .map_err(|what| format!("layer {} {what}", at + 1))?;
        blocks.extend(operations.into_iter().map(|operation| Block {
            operation,
            activation: Activation::Linear,
            output: as_image(&output),
        }));
        blocks.last_mut().expect("a layer is a block").activation = layer.activation();
    }
    Ok(blocks)
}

/// What goes from layer to layer.
#[derive(Clone)]
pub(super) enum Values {
    /// Images × numbers, as everywhere.
    Rows(Tensor<2>),
    /// Images × channels × height × width, as burn's convolutions take and give them.
    Maps(Tensor<4>),
}

impl Values {
    pub(super) fn rows(self) -> Tensor<2> {
        match self {
            Self::Rows(rows) => rows,
            Self::Maps(maps) => {
                let [images, channels, height, width] = maps.dims();
                let maps = match channels {
                    1 => maps,
                    _ => maps.permute([0, 2, 3, 1]),
                };
                maps.reshape([images, height * width * channels])
            }
        }
    }

    /// Images or feature maps of this shape.
    pub(super) fn maps(self, shape: ImageShape) -> Tensor<4> {
        let (height, width, channels) = (shape.height, shape.width, shape.channels);
        match self {
            Self::Maps(maps) => maps,
            Self::Rows(rows) => {
                let [images, _] = rows.dims();
                if channels == 1 {
                    return rows.reshape([images, 1, height, width]);
                }
                let pixels = rows.reshape([images, height, width, channels]);
                pixels.permute([0, 3, 1, 2])
            }
        }
    }
}

impl Block {
    /// Whether it is among those that are trained.
    pub(super) fn is_trained(&self) -> bool {
        let is_trained = match &self.operation {
            None | Some(Operation::Dense(_)) => true,
            Some(Operation::Convolution(layer)) => layer.convolution.groups == 1,
            Some(Operation::Transposed(layer)) => layer.convolution.groups == 1,
            Some(Operation::Fixed(layer)) => layer.operation.is_trained(),
        };
        is_trained && TRAINED.contains(&self.activation)
    }

    /// Numbers that it gives for an image, if it learns anything.
    pub(super) fn units(&self) -> Option<usize> {
        match &self.operation {
            None | Some(Operation::Fixed(_)) => None,
            Some(_) => Some(self.output.size()),
        }
    }

    /// Its outputs, each times a factor (images × numbers).
    pub(super) fn masked(&self, values: Values, factors: Tensor<2>) -> Values {
        match self.outputs(values) {
            Values::Rows(rows) => Values::Rows(rows * factors),
            Values::Maps(maps) => Values::Maps(maps * Values::Rows(factors).maps(self.output)),
        }
    }

    pub(super) fn outputs(&self, values: Values) -> Values {
        match self.sums(values) {
            Values::Rows(rows) => Values::Rows(activate(self.activation, rows)),
            Values::Maps(maps) => Values::Maps(activate(self.activation, maps)),
        }
    }

    /// What it gives before its activation.
    pub(super) fn sums(&self, values: Values) -> Values {
        match &self.operation {
            None => Values::Rows(values.rows()),
            Some(Operation::Dense(layer)) => Values::Rows(layer.forward(values.rows())),
            Some(Operation::Convolution(layer)) => {
                Values::Maps(layer.convolution.forward(values.maps(layer.input)))
            }
            Some(Operation::Transposed(layer)) => {
                let all = layer.convolution.forward(values.maps(layer.input));
                let [images, filters, ..] = all.dims();
                let [rows, columns] = layer.kept.map(|[first, count]| first..first + count);
                Values::Maps(all.slice([0..images, 0..filters, rows, columns]))
            }
            Some(Operation::Fixed(layer)) => layer.operation.outputs(values, layer.input),
        }
    }

    /// Its weights and biases, if it is trained, as [`Kind::weights`] has them.
    pub(super) fn matrices(&self) -> Vec<Tensor<2>> {
        self.operation
            .iter()
            .flat_map(Operation::matrices)
            .collect()
    }
}

impl Operation {
    /// What a layer does, one after the other.
    fn all(
        engine: &Engine,
        layer: &Layer,
        input: &Shape,
        output: &Shape,
    ) -> Result<Vec<Option<Self>>, String> {
        let Layer::General(General { kind, weights, .. }) = layer else {
            return Ok(vec![Some(Self::Dense(dense(engine, layer)))]);
        };
        let (from, to) = (as_image(input), as_image(output));
        let fixed =
            |operation: Fixed, input: ImageShape| Some(Self::Fixed(Constant { operation, input }));
        Ok(match kind {
            Kind::Reshaping { .. } | Kind::Activation => vec![None],
            Kind::Convolution { .. } => vec![Some(Self::Convolution(Convolution {
                convolution: convolution(engine, layer, kind, from),
                input: from,
            }))],
            Kind::Transposed { cut, .. } if cut.iter().flatten().all(|&side| side >= 0) => {
                let kept = [[0, to.height], [1, to.width]];
                let kept = kept.map(|[of, count]| [cut[of][0] as usize, count]);
                vec![Some(Self::Transposed(Transposed {
                    convolution: transposed(engine, layer, kind, from),
                    input: from,
                    kept,
                }))]
            }
            // Beyond the reach of the windows there is nothing but the bias, which is added after it.
            Kind::Transposed { cut, .. } => {
                let mut convolution = transposed(engine, layer, kind, from);
                convolution.bias = None;
                let all = reach(kind, from, to.channels);
                let transposed = Self::Transposed(Transposed {
                    convolution,
                    input: from,
                    kept: [[0, all.height], [0, all.width]],
                });
                let margins = cut.map(|sides| sides.map(|side| -side));
                let factors = Array2::ones(weights[1].dim());
                vec![
                    Some(transposed),
                    fixed(Fixed::padding(engine, margins, all, to), all),
                    fixed(Fixed::scaling(engine, &factors, &weights[1], to), to),
                ]
            }
            Kind::Scaling => {
                vec![fixed(
                    Fixed::scaling(engine, &weights[0], &weights[1], to),
                    to,
                )]
            }
            Kind::Normalisation { over, epsilon } => vec![
                fixed(
                    Fixed::Normalisation {
                        over: *over,
                        epsilon: *epsilon,
                    },
                    to,
                ),
                fixed(Fixed::scaling(engine, &weights[0], &weights[1], to), to),
            ],
            _ => vec![fixed(Fixed::of(engine, kind, from, to)?, from)],
        })
    }

    /// Its weights and biases as [`Kind::weights`] has them.
    fn matrices(&self) -> Vec<Tensor<2>> {
        let (weights, biases) = match self {
            Self::Fixed(_) => return Vec::new(),
            Self::Dense(layer) => (layer.weight.val(), &layer.bias),
            Self::Convolution(Convolution { convolution, .. }) => {
                let kernel = convolution.weight.val().permute([2, 3, 1, 0]);
                (rows_of(kernel), &convolution.bias)
            }
            Self::Transposed(Transposed { convolution, .. }) => {
                let kernel = convolution.weight.val().permute([2, 3, 0, 1]);
                (rows_of(kernel), &convolution.bias)
            }
        };
        let biases = biases.as_ref().expect("layers here have biases").val();
        let count = biases.dims()[0];
        vec![weights.inner(), biases.inner().reshape([1, count])]
    }
}

/// Height × width × inputs × filters as a matrix.
fn rows_of(kernel: Tensor<4>) -> Tensor<2> {
    let [height, width, inputs, filters] = kernel.dims();
    kernel.reshape([height * width * inputs, filters])
}

fn dense(engine: &Engine, layer: &Layer) -> Linear {
    Linear {
        weight: parameter(matrix(engine, layer)),
        bias: Some(biases(engine, layer)),
    }
}

fn convolution(engine: &Engine, layer: &Layer, kind: &Kind, input: ImageShape) -> Conv2d {
    let Kind::Convolution {
        filters,
        groups,
        window,
    } = kind
    else {
        unreachable!("its kind")
    };
    let [height, width] = window.size;
    let kernel = matrix(engine, layer);
    let kernel = kernel.reshape([height, width, input.channels / groups, *filters]);
    Conv2d {
        weight: parameter(kernel.permute([3, 2, 0, 1])),
        bias: Some(biases(engine, layer)),
        stride: window.stride,
        kernel_size: window.size,
        dilation: window.dilation,
        groups: *groups,
        padding: padding(window.padding),
    }
}

fn transposed(engine: &Engine, layer: &Layer, kind: &Kind, input: ImageShape) -> ConvTranspose2d {
    let Kind::Transposed {
        filters,
        groups,
        kernel: [height, width],
        stride,
        dilation,
        ..
    } = kind
    else {
        unreachable!("its kind")
    };
    let kernel = matrix(engine, layer);
    let kernel = kernel.reshape([*height, *width, input.channels, filters / groups]);
    ConvTranspose2d {
        weight: parameter(kernel.permute([2, 3, 0, 1])),
        bias: Some(biases(engine, layer)),
        stride: *stride,
        kernel_size: [*height, *width],
        dilation: *dilation,
        groups: *groups,
        padding: [0; 2],
        padding_out: [0; 2],
        channels: [input.channels, *filters],
    }
}

/// All that the windows of a transposed convolution reach.
fn reach(kind: &Kind, input: ImageShape, channels: usize) -> ImageShape {
    let Kind::Transposed {
        kernel,
        stride,
        dilation,
        ..
    } = kind
    else {
        unreachable!("its kind")
    };
    let side =
        |of: usize, size: usize| (size - 1) * stride[of] + (kernel[of] - 1) * dilation[of] + 1;
    ImageShape {
        height: side(0, input.height),
        width: side(1, input.width),
        channels,
    }
}

fn padding([rows, columns]: Margins) -> PaddingConfig2d {
    let [top, bottom] = rows.map(|side| side as usize);
    let [left, right] = columns.map(|side| side as usize);
    PaddingConfig2d::Explicit(top, left, bottom, right)
}

/// A layer's weights as they are.
fn matrix(engine: &Engine, layer: &Layer) -> Tensor<2> {
    let weights = &layer.weights()[0];
    engine.tensor(weights.iter().copied().collect(), weights.dim().into())
}

fn biases(engine: &Engine, layer: &Layer) -> Param<Tensor<1>> {
    let biases: Vec<f32> = layer.weights()[1].iter().copied().collect();
    let count = biases.len();
    parameter(engine.tensor(biases, [count]))
}

/// On burn's tape.
fn parameter<const D: usize>(values: Tensor<D>) -> Param<Tensor<D>> {
    Param::from_tensor(values.autodiff())
}
