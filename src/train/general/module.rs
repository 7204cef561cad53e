//! A network as a burn module, whose parameters burn's autodiff knows.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::nn::{Linear, PaddingConfig2d};
use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid, silu, softplus, tanh};
use ndarray::Array2;

use crate::data::{ImageShape, Shape};
use crate::engine::{Engine, EngineError};
use crate::model::{Activation, General, Half, Kind, Layer, Margins, Network, Pair};

/// An autoencoder of those layers that [`Architecture::new`](crate::model::Architecture::new) makes.
///
/// A network that is brought may have others. It is explained, not trained, and there is no module of it.
#[derive(Module, Debug)]
pub(super) struct Model {
    encoder: Vec<Block>,
    /// The last one ends in a sigmoid, which is left to the loss.
    decoder: Vec<Block>,
}

/// A layer and its activation.
#[derive(Module, Debug)]
struct Block {
    /// None where rows are only taken for another shape.
    operation: Option<Operation>,
    #[module(skip)]
    activation: Activation,
}

#[derive(Module, Debug)]
enum Operation {
    Dense(Linear),
    Convolution(Convolution),
    Transposed(Transposed),
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

/// What goes from layer to layer.
enum Values {
    /// Images × numbers, as everywhere.
    Rows(Tensor<2>),
    /// Images × channels × height × width, as burn's convolutions take and give them.
    Maps(Tensor<4>),
}

impl Values {
    fn rows(self) -> Tensor<2> {
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
    fn maps(self, shape: ImageShape) -> Tensor<4> {
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

impl Model {
    /// Of a network, if all of its layers are among those that are trained.
    pub(super) fn new(engine: &Engine, network: &Network) -> Option<Self> {
        let blocks = |half: &Half| -> Option<Vec<Block>> {
            let layers = half.layers().iter().zip(half.forms());
            layers
                .map(|(layer, (_, input, output))| Block::new(engine, layer, &input, &output))
                .collect()
        };
        let (encoder, decoder) = (blocks(network.encoder())?, blocks(network.decoder())?);
        let ends = decoder.last()?.activation == Activation::Sigmoid;
        ends.then_some(Self { encoder, decoder })
    }

    /// Latents (images × dimensions) and logits (images × numbers) of images (images × numbers).
    pub(super) fn forward(&self, images: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let through = |values, block: &Block| block.outputs(values);
        let latents = self.encoder.iter().fold(Values::Rows(images), through);
        let latents = latents.rows();
        let (last, hidden) = self.decoder.split_last().expect("a half has layers");
        let below = Values::Rows(latents.clone());
        let below = hidden.iter().fold(below, through);
        (latents, last.sums(below).rows())
    }

    /// The matrices of all layers as they are now, in the order of
    /// [`Network::from_parts`](crate::model::Network::from_parts).
    pub(super) async fn weights(&self, engine: &Engine) -> Result<Vec<Array2<f32>>, EngineError> {
        let mut weights = Vec::new();
        let blocks = self.encoder.iter().chain(&self.decoder);
        for operation in blocks.filter_map(|block| block.operation.as_ref()) {
            for matrix in operation.matrices() {
                let shape = matrix.dims();
                let values = engine.values(matrix).await?;
                weights.push(Array2::from_shape_vec(shape, values).expect("row by row"));
            }
        }
        Ok(weights)
    }
}

impl Block {
    fn new(engine: &Engine, layer: &Layer, input: &Shape, output: &Shape) -> Option<Self> {
        let operation = match layer {
            Layer::Dense(_) => Some(Operation::Dense(dense(engine, layer))),
            Layer::General(General { kind, .. }) => match (kind, input, output) {
                (Kind::Reshaping { .. }, ..) => None,
                (Kind::Convolution { .. }, &Shape::Image(input), _) => {
                    Some(Operation::Convolution(Convolution {
                        convolution: convolution(engine, layer, kind, input)?,
                        input,
                    }))
                }
                (Kind::Transposed { cut, .. }, &Shape::Image(input), Shape::Image(made)) => {
                    let first = |at: usize| usize::try_from(cut[at][0]).ok();
                    let reaches = cut.iter().all(|[_, after]| *after >= 0);
                    Some(Operation::Transposed(Transposed {
                        convolution: transposed(engine, layer, kind, input)?,
                        input,
                        kept: [[first(0)?, made.height], [first(1)?, made.width]],
                    }))
                    .filter(|_| reaches)
                }
                _ => return None,
            },
        };
        let activation = layer.activation();
        let is_trained = TRAINED.contains(&activation);
        is_trained.then_some(Self {
            operation,
            activation,
        })
    }

    fn outputs(&self, values: Values) -> Values {
        match self.sums(values) {
            Values::Rows(rows) => Values::Rows(activate(self.activation, rows)),
            Values::Maps(maps) => Values::Maps(activate(self.activation, maps)),
        }
    }

    /// What it gives before its activation.
    fn sums(&self, values: Values) -> Values {
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
        }
    }
}

impl Operation {
    /// Its weights and biases as [`Kind::weights`] has them.
    fn matrices(&self) -> [Tensor<2>; 2] {
        let (weights, biases) = match self {
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
        [weights.inner(), biases.inner().reshape([1, count])]
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

fn convolution(engine: &Engine, layer: &Layer, kind: &Kind, input: ImageShape) -> Option<Conv2d> {
    let Kind::Convolution {
        filters,
        groups: 1,
        window,
    } = kind
    else {
        return None;
    };
    let [height, width] = window.size;
    let kernel = matrix(engine, layer).reshape([height, width, input.channels, *filters]);
    Some(Conv2d {
        weight: parameter(kernel.permute([3, 2, 0, 1])),
        bias: Some(biases(engine, layer)),
        stride: window.stride,
        kernel_size: window.size,
        dilation: window.dilation,
        groups: 1,
        padding: padding(window.padding)?,
    })
}

fn transposed(
    engine: &Engine,
    layer: &Layer,
    kind: &Kind,
    input: ImageShape,
) -> Option<ConvTranspose2d> {
    let Kind::Transposed {
        filters,
        groups: 1,
        kernel: [height, width],
        stride,
        dilation,
        ..
    } = kind
    else {
        return None;
    };
    let kernel = matrix(engine, layer).reshape([*height, *width, input.channels, *filters]);
    Some(ConvTranspose2d {
        weight: parameter(kernel.permute([2, 3, 0, 1])),
        bias: Some(biases(engine, layer)),
        stride: *stride,
        kernel_size: [*height, *width],
        dilation: *dilation,
        groups: 1,
        padding: [0; 2],
        padding_out: [0; 2],
        channels: [input.channels, *filters],
    })
}

fn padding([rows, columns]: Margins) -> Option<PaddingConfig2d> {
    let count = |of: isize| usize::try_from(of).ok();
    Some(PaddingConfig2d::Explicit(
        count(rows[0])?,
        count(columns[0])?,
        count(rows[1])?,
        count(columns[1])?,
    ))
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

/// The activations that a trained network may have.
const TRAINED: [Activation; 9] = [
    Activation::Linear,
    Activation::Relu,
    Activation::Elu { alpha: 1.0 },
    Activation::Selu,
    Activation::Silu,
    Activation::Gelu,
    Activation::Softplus,
    Activation::Tanh,
    Activation::Sigmoid,
];

fn activate<const D: usize>(activation: Activation, sums: Tensor<D>) -> Tensor<D> {
    match activation {
        Activation::Linear => sums,
        Activation::Relu => relu(sums),
        Activation::Elu { .. } => relu(sums.clone()) + negative(sums),
        Activation::Selu => {
            let (alpha, scale) = (1.673_263_242_354_377, 1.050_700_987_355_480_5);
            (relu(sums.clone()) + negative(sums).mul_scalar(alpha)).mul_scalar(scale)
        }
        Activation::Silu => silu(sums),
        // burn's own has the gradient of its approximation by tanh.
        Activation::Gelu => {
            let below = sums.clone().div_scalar(std::f64::consts::SQRT_2).erf();
            sums * (below.add_scalar(1.0)).mul_scalar(0.5)
        }
        Activation::Softplus => softplus(sums, 1.0),
        Activation::Tanh => tanh(sums),
        Activation::Sigmoid => sigmoid(sums),
        other => unreachable!("{other} is not among those that are trained"),
    }
}

/// exp(x) - 1 where x is negative, else 0. In burn's own ELU and SELU, exp of large sums, which they then
/// leave out, is infinite, and its gradient no number.
fn negative<const D: usize>(sums: Tensor<D>) -> Tensor<D> {
    sums.clamp_max(0.0).exp().sub_scalar(1.0)
}
