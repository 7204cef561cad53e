//! What layers do that learn nothing, or are only explained: pooling, upsampling, normalisation and the like.
//!
//! Of operations that burn has for them, few are used: a matrix along the rows of an image and one along its
//! columns do what pooling, enlarging, padding and cutting do, and the package need not hold an
//! operation for each.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;
use ndarray::Array2;

use super::block::Values;
use crate::data::ImageShape;
use crate::engine::Engine;
use crate::model::{Kind, Margins, Over, Window};

/// Numbers of a row that may be put into an order that has no pattern: it takes a matrix of them.
const IRREGULAR: usize = 2048;

#[derive(Clone, Debug)]
pub(super) enum Fixed {
    /// Every column, then every row of a channel is multiplied by a matrix (inputs × outputs).
    Linear([Tensor<2>; 2]),
    /// The largest of what these matrices take from each column, and of that, from each row.
    Largest([Vec<Tensor<2>>; 2]),
    /// Factors and offsets (1 × channels × height × width, or 1 instead of these).
    Scaling([Tensor<4>; 2]),
    /// To a mean of 0 and a variance of 1, nearly.
    Normalisation {
        over: Over,
        epsilon: f32,
    },
    Softmax,
    /// Numbers of a row as a block of these sizes, whose axes change their order.
    Axes {
        sizes: [usize; AXES],
        order: [usize; AXES],
    },
    /// Rows are multiplied by a matrix (inputs × outputs).
    Order(Tensor<2>),
}

/// Axes of a row in [`Fixed::Axes`].
const AXES: usize = 5;

impl Fixed {
    /// Of a layer without weights.
    ///
    /// # Errors
    /// What a sentence says of the layer.
    pub(super) fn of(
        engine: &Engine,
        kind: &Kind,
        from: ImageShape,
        to: ImageShape,
    ) -> Result<Self, String> {
        let axes =
            |shares: &dyn Fn(usize, usize) -> Vec<(usize, f32)>| {
                Self::Linear(sides(from, to).map(|(of, size, made)| {
                    matrix(engine, size, made, |output| shares(of, output))
                }))
            };
        Ok(match kind {
            Kind::MaxPooling { window } => Self::largest(engine, window, from, to),
            Kind::AveragePooling {
                window,
                counts_padding,
            } => axes(&|of, output| {
                let seen = seen(window, of, output, [from.height, from.width][of]);
                let count = if *counts_padding {
                    window.size[of]
                } else {
                    seen.len()
                };
                seen.into_iter()
                    .map(|at| (at, 1.0 / count as f32))
                    .collect()
            }),
            Kind::Upsampling {
                factor,
                interpolation,
            } => axes(&|of, output| {
                let size = [from.height, from.width][of];
                let between = interpolation.between(output, factor[of], size, size * factor[of]);
                between.to_vec()
            }),
            Kind::Padding { margins } => Self::padding(engine, *margins, from, to),
            Kind::Softmax => Self::Softmax,
            Kind::Reordering { order, .. } => Self::order(engine, order)?,
            Kind::Convolution { .. }
            | Kind::Transposed { .. }
            | Kind::Scaling
            | Kind::Normalisation { .. }
            | Kind::Activation
            | Kind::Reshaping { .. } => unreachable!("it has weights, or does nothing"),
        })
    }

    /// Zeros around an image, or a part of it.
    pub(super) fn padding(
        engine: &Engine,
        margins: Margins,
        from: ImageShape,
        to: ImageShape,
    ) -> Self {
        Self::Linear(sides(from, to).map(|(of, size, made)| {
            matrix(engine, size, made, |output| {
                let at = output.checked_add_signed(-margins[of][0]);
                at.filter(|&at| at < size)
                    .map(|at| (at, 1.0))
                    .into_iter()
                    .collect()
            })
        }))
    }

    /// Factors and offsets of the channels, or of all numbers of an image.
    pub(super) fn scaling(
        engine: &Engine,
        factors: &Array2<f32>,
        offsets: &Array2<f32>,
        image: ImageShape,
    ) -> Self {
        Self::Scaling([factors, offsets].map(|numbers| {
            let values: Vec<f32> = numbers.iter().copied().collect();
            let channels = image.channels;
            if values.len() == channels {
                return engine.tensor(values, [1, channels, 1, 1]);
            }
            let pixels = engine.tensor(values, [1, image.height, image.width, channels]);
            pixels.permute([0, 3, 1, 2])
        }))
    }

    fn largest(engine: &Engine, window: &Window, from: ImageShape, to: ImageShape) -> Self {
        Self::Largest(sides(from, to).map(|(of, size, made)| {
            let taken = |step: usize| {
                matrix(engine, size, made, |output| {
                    // Instead of what lies outside the image, the first that lies within.
                    let seen = seen(window, of, output, size);
                    let at = reached(window, of, output, step).filter(|at| seen.contains(at));
                    let at = at.or_else(|| seen.first().copied());
                    at.map(|at| (at, 1.0)).into_iter().collect()
                })
            };
            (0..window.size[of]).map(taken).collect()
        }))
    }

    fn order(engine: &Engine, order: &[u32]) -> Result<Self, String> {
        if let Some((sizes, order)) = axes(order) {
            return Ok(Self::Axes { sizes, order });
        }
        if order.len() > IRREGULAR {
            return Err(format!(
                "puts {} numbers into an order without a pattern",
                order.len()
            ));
        }
        let taken = |output: usize| vec![(order[output] as usize, 1.0)];
        Ok(Self::Order(matrix(engine, order.len(), order.len(), taken)))
    }

    /// Whether networks that are trained here have it: largest numbers, enlarging and cutting.
    pub(super) fn is_trained(&self) -> bool {
        matches!(self, Self::Linear(_) | Self::Largest(_))
    }

    /// Of values of the shape `input`.
    pub(super) fn outputs(&self, values: Values, input: ImageShape) -> Values {
        match self {
            Self::Linear([rows, columns]) => {
                let maps = along_rows(values.maps(input), columns);
                Values::Maps(along_columns(maps, |maps| along_rows(maps, rows)))
            }
            // A library that goes through a window row by row takes the first of several that are largest, and so
            // does this one.
            Self::Largest([rows, columns]) => {
                let maps = largest(values.maps(input), columns);
                Values::Maps(along_columns(maps, |maps| largest(maps, rows)))
            }
            Self::Scaling([factors, offsets]) => {
                Values::Maps(values.maps(input) * factors.clone() + offsets.clone())
            }
            Self::Normalisation { over, epsilon } => {
                let maps = values.maps(input);
                let shape = maps.dims();
                let [images, channels, height, width] = shape;
                let maps = match over {
                    Over::Channels => maps,
                    Over::Row => maps.reshape([images, channels * height * width, 1, 1]),
                };
                Values::Maps(normalised(maps, *epsilon).reshape(shape))
            }
            Self::Softmax => {
                let maps = values.maps(input);
                let powers = (maps.clone() - most(maps)).exp();
                let sums = powers.clone().sum_dim(1);
                Values::Maps(powers / sums)
            }
            Self::Axes { sizes, order } => {
                let rows = values.rows();
                let [images, count] = rows.dims();
                let [a, b, c, d, e] = *sizes;
                let block = rows.reshape([images, a, b, c, d, e]);
                let [a, b, c, d, e] = order.map(|axis| axis + 1);
                Values::Rows(block.permute([0, a, b, c, d, e]).reshape([images, count]))
            }
            Self::Order(matrix) => Values::Rows(values.rows().matmul(matrix.clone())),
        }
    }
}

/// Height and width: which of them, of what is taken and of what is made.
fn sides(from: ImageShape, to: ImageShape) -> [(usize, usize, usize); 2] {
    [(0, from.height, to.height), (1, from.width, to.width)]
}

/// Inputs × outputs, from the inputs of each output and their shares.
fn matrix(
    engine: &Engine,
    inputs: usize,
    outputs: usize,
    shares: impl Fn(usize) -> Vec<(usize, f32)>,
) -> Tensor<2> {
    let mut values = vec![0.0; inputs * outputs];
    for output in 0..outputs {
        for (input, share) in shares(output) {
            values[input * outputs + output] += share;
        }
    }
    engine.tensor(values, [inputs, outputs])
}

/// Where along a side a window looks for an output with one of its numbers, if that is not before the image.
fn reached(window: &Window, of: usize, output: usize, step: usize) -> Option<usize> {
    let reached = output * window.stride[of] + step * window.dilation[of];
    reached.checked_add_signed(-window.padding[of][0])
}

/// Where along a side of this size a window looks for an output.
fn seen(window: &Window, of: usize, output: usize, size: usize) -> Vec<usize> {
    let steps = (0..window.size[of]).filter_map(|step| reached(window, of, output, step));
    steps.filter(|&at| at < size).collect()
}

/// Multiplies every row of every channel.
fn along_rows(maps: Tensor<4>, matrix: &Tensor<2>) -> Tensor<4> {
    let [images, channels, height, width] = maps.dims();
    let [_, made] = matrix.dims();
    let rows = maps.reshape([images * channels * height, width]);
    let rows = rows.matmul(matrix.clone());
    rows.reshape([images, channels, height, made])
}

/// Does to columns what is done to rows.
fn along_columns(maps: Tensor<4>, rows: impl Fn(Tensor<4>) -> Tensor<4>) -> Tensor<4> {
    rows(maps.permute([0, 1, 3, 2])).permute([0, 1, 3, 2])
}

/// The largest of what the matrices take from each row.
fn largest(maps: Tensor<4>, matrices: &[Tensor<2>]) -> Tensor<4> {
    let taken = matrices
        .iter()
        .map(|matrix| along_rows(maps.clone(), matrix));
    taken.reduce(greater).expect("a window looks at something")
}

/// The greater of two numbers; of two that are the same, the first.
fn greater<const D: usize>(first: Tensor<D>, second: Tensor<D>) -> Tensor<D> {
    first.clone() + relu(second - first)
}

/// The largest channel of each pixel, off burn's tape.
fn most(maps: Tensor<4>) -> Tensor<4> {
    let mut most = maps.inner();
    loop {
        let [images, channels, height, width] = most.dims();
        if channels == 1 {
            return most;
        }
        let half = channels.div_ceil(2);
        let part = |from| {
            let channels = from..from + half;
            most.clone()
                .slice([0..images, channels, 0..height, 0..width])
        };
        most = greater(part(0), part(channels - half));
    }
}

/// Over the channels of each pixel.
fn normalised(maps: Tensor<4>, epsilon: f32) -> Tensor<4> {
    let [_, channels, ..] = maps.dims();
    let mean = |maps: Tensor<4>| maps.sum_dim(1).div_scalar(channels as f32);
    let centred = maps.clone() - mean(maps);
    let variance = mean(centred.clone() * centred.clone());
    centred / variance.add_scalar(epsilon).sqrt()
}

/// The sizes of a block of numbers, and the order of its axes that puts them into `order`, if there are such.
fn axes(order: &[u32]) -> Option<([usize; AXES], [usize; AXES])> {
    // Of what is made, from the fastest axis on: how long it is, and how far apart its numbers were.
    let mut axes: Vec<(usize, usize)> = Vec::new();
    let mut done = 1;
    if order.first() != Some(&0) {
        return None;
    }
    while done < order.len() {
        let step = order[done] as usize;
        let follows = |nth: usize| order.get(nth * done).map(|&at| at as usize) == Some(nth * step);
        let length = (1..=order.len()).take_while(|&nth| follows(nth)).count() + 1;
        axes.push((length, step));
        done *= length;
    }
    let place = |mut output: usize| {
        let mut place = 0;
        for (length, step) in &axes {
            place += output % length * step;
            output /= length;
        }
        place
    };
    let is_such = done == order.len() && (0..done).all(|at| place(at) == order[at] as usize);
    if !is_such || axes.len() > AXES {
        return None;
    }
    axes.resize(AXES, (1, order.len()));
    axes.reverse();
    let mut taken: Vec<usize> = (0..AXES).collect();
    // From what lies farthest apart on; an axis of one number goes before what lies as far apart.
    taken.sort_unstable_by_key(|&axis| {
        let (length, step) = axes[axis];
        (usize::MAX - step, length)
    });
    let mut made = [0; AXES];
    for (at, &axis) in taken.iter().enumerate() {
        made[axis] = at;
    }
    let sizes: Vec<usize> = taken.iter().map(|&axis| axes[axis].0).collect();
    Some((sizes.try_into().ok()?, made))
}
