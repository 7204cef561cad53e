//! The derivatives of a network's outputs with respect to its inputs, by burn's autodiff.

use burn::module::Module;
use burn::tensor::Tensor;
use ndarray::{Array2, ArrayView2};

use super::block::{Block, Values, blocks};
use crate::data::Shape;
use crate::engine::{Engine, EngineError};
use crate::model::{Form, Half, Kind, as_image};

/// Numbers on the way of the rows that are best taken at once: 32 MB.
const NUMBERS: usize = 8 << 20;
/// Multiply-adds of these on the CPU, where a call returns when it is done: some 50 ms.
const WORK: usize = 64 << 20;

/// Half a network of any layers, whose weights stay as they are.
pub(crate) struct Gradients {
    engine: Engine,
    blocks: Vec<Block>,
    dims: usize,
    rows: usize,
}

impl Gradients {
    /// # Errors
    /// What a sentence says of a layer that they cannot be taken through.
    pub(crate) fn new(engine: &Engine, half: &Half) -> Result<Self, String> {
        let forms = half.forms();
        let sums = |of: fn(&(Form, Shape, Shape)) -> usize| -> usize { forms.iter().map(of).sum() };
        let mut rows = NUMBERS / sums(numbers).max(1);
        if !engine.queues() {
            rows = rows.min(WORK / sums(work).max(1));
        }
        Ok(Self {
            engine: engine.clone(),
            blocks: blocks(engine, half)?.valid(),
            dims: half.output().size(),
            rows: rows.max(1),
        })
    }

    /// How many rows are best taken at once.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// ∂z/∂x (rows × numbers) of output number `dim` at each of `rows` (rows × numbers). Where an activation or
    /// a pooling bends, it is the derivative of one side.
    ///
    /// # Errors
    /// If the device stops answering.
    pub(crate) async fn of(
        &self,
        rows: ArrayView2<'_, f32>,
        dim: usize,
    ) -> Result<Array2<f32>, EngineError> {
        let rows = self.tensor(rows).autodiff().require_grad();
        let mut chosen = vec![0.0; self.dims];
        chosen[dim] = 1.0;
        let chosen = self.engine.tensor(chosen, [1, self.dims]);
        // A row's outputs depend on it alone.
        let sum = (self.forward(rows.clone()) * chosen).sum();
        let gradients = rows.grad_remove(&mut sum.backward());
        self.matrix(gradients.expect("it was asked for")).await
    }

    /// What the half gives (rows × outputs) for each of `rows` (rows × numbers).
    ///
    /// # Errors
    /// If the device stops answering.
    pub(crate) async fn outputs(
        &self,
        rows: ArrayView2<'_, f32>,
    ) -> Result<Array2<f32>, EngineError> {
        self.matrix(self.forward(self.tensor(rows))).await
    }

    fn forward(&self, rows: Tensor<2>) -> Tensor<2> {
        let blocks = self.blocks.iter();
        let through = |values, block: &Block| block.outputs(values);
        blocks.fold(Values::Rows(rows), through).rows()
    }

    fn tensor(&self, rows: ArrayView2<'_, f32>) -> Tensor<2> {
        let values = rows.iter().copied().collect();
        self.engine.tensor(values, rows.dim().into())
    }

    async fn matrix(&self, values: Tensor<2>) -> Result<Array2<f32>, EngineError> {
        let shape = values.dims();
        let values = self.engine.values(values).await?;
        Ok(Array2::from_shape_vec(shape, values).expect("row by row"))
    }
}

/// Numbers that a layer takes, gives and keeps of a row, there and back.
fn numbers((form, input, output): &(Form, Shape, Shape)) -> usize {
    let (window, _) = products(form, input, output);
    2 * (input.size() + output.size()) + window
}

/// Multiply-adds of a layer for a row, there and back.
fn work((form, input, output): &(Form, Shape, Shape)) -> usize {
    let (_, products) = products(form, input, output);
    // A number that a layer gives costs about as much as so many.
    2 * products + 20 * output.size()
}

/// Numbers that a layer's products are of, and multiply-adds of these.
fn products(form: &Form, input: &Shape, output: &Shape) -> (usize, usize) {
    let (from, to) = (as_image(input), as_image(output));
    match form {
        Form::Dense { .. } => (input.size(), input.size() * output.size()),
        Form::General { kind, .. } => match kind {
            Kind::Convolution { groups, window, .. } => {
                let seen = window.size[0] * window.size[1] * from.channels / groups;
                (to.pixels() * seen, to.size() * seen)
            }
            Kind::Transposed {
                kernel,
                filters,
                groups,
                ..
            } => {
                let made = kernel[0] * kernel[1] * filters / groups;
                (from.pixels() * made, from.size() * made)
            }
            Kind::MaxPooling { window } => {
                let taken = from.size() * (window.size[0] + window.size[1]);
                (taken, taken * to.width.max(to.height))
            }
            _ => (output.size(), input.size() * to.width.max(to.height)),
        },
        Form::BlackBox { .. } => unreachable!("black boxes are not trained"),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Axis;
    use pollster::block_on;

    use super::*;
    use crate::keyed::{Keyed, Purpose};
    use crate::model::cases::{self, dense, general, half, image, plain};
    use crate::model::{Activation, Over};

    /// Every engine of this build.
    fn engines() -> Vec<Engine> {
        vec![
            #[cfg(feature = "engine-cpu")]
            Engine::cpu(),
            #[cfg(feature = "engine-webgpu")]
            crate::engine::tested().clone(),
        ]
    }

    fn rows(count: usize, half: &Half) -> Array2<f32> {
        let mut draws = Keyed::new(11, Purpose::Split, &[]);
        Array2::from_shape_simple_fn((count, half.input().size()), || draws.uniform() * 2.0 - 0.7)
    }

    /// Derivatives of the outputs (inputs × outputs) at a row, by differences of the plain loops and
    /// Richardson's rule: what these are off by falls with the fourth power of the step. None where
    /// something bends between; `noise` is what single precision makes of them.
    fn slopes(half: &Half, row: &[f32], noise: f64) -> Array2<Option<f64>> {
        let inputs = row.len();
        let at = |by: f32| {
            let mut rows = Array2::from_shape_fn((inputs, inputs), |(_, at)| row[at]);
            rows.diag_mut().map_inplace(|value| *value += by);
            half.run(rows.view()).mapv(f64::from)
        };
        let here = at(0.0);
        // First and second differences.
        let differences = |step: f32| {
            let (after, before, step) = (at(step), at(-step), f64::from(step));
            let first = (&after - &before) / (2.0 * step);
            (first, (after + before - &here * 2.0) / step)
        };
        let [wide, near, nearer] = [0.0625, 0.03125, 0.015_625].map(differences);
        let largest = near.0.map_axis(Axis(0), |slopes| {
            slopes.fold(0.0, |most: f64, slope| most.max(slope.abs()))
        });
        Array2::from_shape_fn(near.0.dim(), |of| {
            let first = (4.0 * near.0[of] - wide.0[of]) / 3.0;
            let second = (4.0 * nearer.0[of] - near.0[of]) / 3.0;
            // A second difference falls with the square of the step, but not where something bends.
            let bends = [
                first - second,
                2.0 * near.1[of] - wide.1[of],
                2.0 * nearer.1[of] - near.1[of],
            ];
            let least = 5e-4 * largest[of.1] + noise;
            bends
                .iter()
                .all(|bend| bend.abs() < least)
                .then_some(second)
        })
    }

    fn check(name: &str, half: &Half) {
        let rows = rows(3, half);
        let reference = half.run(rows.view());
        let most = reference.fold(1.0, |most: f32, output| most.max(output.abs()));
        // A few roundings of the outputs, over the shortest step.
        let noise = 4.0 * f64::from(most * f32::EPSILON) * 64.0;
        let expected = rows
            .rows()
            .into_iter()
            .map(|row| slopes(half, &row.to_vec(), noise));
        let expected: Vec<_> = expected.collect();
        for engine in engines() {
            let gradients = Gradients::new(&engine, half).unwrap();
            let outputs = block_on(gradients.outputs(rows.view())).unwrap();
            let off = (&outputs - &reference).mapv(f32::abs);
            assert!(off.iter().all(|&off| off <= 1e-5 * most), "{name}: outputs");
            let (mut checked, mut bends) = (0, 0);
            for dim in 0..half.output().size() {
                let found = block_on(gradients.of(rows.view(), dim)).unwrap();
                for (row, found) in found.axis_iter(Axis(0)).enumerate() {
                    let expected = expected[row].column(dim);
                    let known = expected.iter().flatten();
                    let largest = known.fold(0.0, |most: f64, slope| most.max(slope.abs()));
                    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
                        let Some(expected) = expected else {
                            bends += 1;
                            continue;
                        };
                        checked += 1;
                        let off = (f64::from(*found) - expected).abs();
                        assert!(
                            off <= 2e-3 * largest + 2.0 * noise,
                            "{name} on {}: ∂z{dim}/∂x{at} is {expected}, not {found}",
                            engine.name()
                        );
                    }
                }
            }
            assert!(2 * checked > bends, "{name}: {checked} against {bends}");
        }
    }

    #[test]
    fn every_kind_of_layer_has_the_gradients_of_its_differences() {
        for (name, input, forms) in cases::all() {
            check(name, &half(input, &forms));
        }
    }

    #[test]
    fn every_activation_has_the_gradients_of_its_differences() {
        for activation in [
            "leaky-relu:0.25",
            "elu:1",
            "elu:0.5",
            "selu",
            "softplus",
            "softsign",
            "silu",
            "tanh",
            "sigmoid",
            "relu6",
            "clipped-relu:1.5:0.1:0",
            "clipped-relu:1.5:0.1:-0.5",
            "scaled-elu:1.5:2",
            "swish:1.702",
            "gelu",
            "gelu-tanh",
            "hard-sigmoid",
            "hard-sigmoid:0.2",
        ] {
            let activation: Activation = activation.parse().unwrap();
            let forms = [dense(40, activation), dense(3, Activation::Linear)];
            check(&activation.to_string(), &half(image(3, 3, 1), &forms));
        }
    }

    /// Axes that change places, and numbers without any pattern.
    #[test]
    fn orders_are_followed() {
        let transposed = |[a, b, c]: [u32; 3]| -> Vec<u32> {
            let place = |(k, j, i)| (i * b + j) * c + k;
            let each =
                (0..c).flat_map(|k| (0..b).flat_map(move |j| (0..a).map(move |i| (k, j, i))));
            each.map(place).collect()
        };
        let orders = [
            transposed([2, 3, 4]),
            transposed([24, 1, 1]),
            transposed([1, 4, 6]),
            transposed([4, 1, 6]),
            (0..24).map(|at| (at * 7 + 1) % 24).collect(),
            (0..24).rev().collect(),
            (0..24).map(|at| at ^ 1).collect(),
        ];
        for order in orders {
            let to = Shape::Numbers(24);
            let reordered = plain(Kind::Reordering {
                to,
                order: order.clone(),
            });
            let half = half(image(2, 3, 4), &[reordered]);
            let rows = rows(2, &half);
            for engine in engines() {
                let gradients = Gradients::new(&engine, &half).unwrap();
                let outputs = block_on(gradients.outputs(rows.view())).unwrap();
                assert_eq!(outputs, half.run(rows.view()), "{order:?}");
                for (dim, &place) in order.iter().enumerate() {
                    let found = block_on(gradients.of(rows.view(), dim)).unwrap();
                    let expected = |(_, at)| f32::from(u8::from(at == place as usize));
                    assert_eq!(found, Array2::from_shape_fn((2, 24), expected), "{order:?}");
                }
            }
        }
    }

    #[test]
    fn an_order_without_a_pattern_of_very_many_numbers_is_refused() {
        let order = (0..4096).map(|at| at ^ 1).rev().collect();
        let kind = Kind::Reordering {
            to: Shape::Numbers(4096),
            order,
        };
        let forms = [general(kind, Activation::Linear)];
        let half = half(Shape::Numbers(4096), &forms);
        for engine in engines() {
            let refused = Gradients::new(&engine, &half).err().unwrap();
            assert_eq!(
                refused,
                "layer 1 puts 4096 numbers into an order without a pattern"
            );
        }
    }

    /// softmax over channels, whose derivatives are known; and numbers whose powers are infinite.
    #[test]
    fn softmax_has_its_derivatives() {
        let half = half(Shape::Numbers(3), &[plain(Kind::Softmax)]);
        let rows = ndarray::array![[0.5, -1.0, 2.0], [200.0, 199.0, -300.0]];
        let shares = half.run(rows.view());
        for engine in engines() {
            let gradients = Gradients::new(&engine, &half).unwrap();
            for dim in 0..3 {
                let found = block_on(gradients.of(rows.view(), dim)).unwrap();
                let expected = Array2::from_shape_fn((2, 3), |(row, at)| {
                    let same = f32::from(u8::from(at == dim));
                    shares[[row, dim]] * (same - shares[[row, at]])
                });
                let off = (found - expected).mapv(f32::abs);
                assert!(off.iter().all(|&off| off < 1e-6), "{off}");
            }
        }
    }

    /// A constant image: all of a window are the largest, and the first of them counts.
    #[test]
    fn of_several_that_are_largest_the_first_counts() {
        let pooling = plain(Kind::MaxPooling {
            window: cases::square(2, 2, [[0; 2]; 2]),
        });
        let half = half(image(2, 2, 1), &[pooling]);
        let rows = ndarray::array![
            [1.0, 1.0, 1.0, 1.0],
            [0.0, 1.0, 1.0, 0.0],
            [0.0, 0.0, 1.0, 1.0]
        ];
        for engine in engines() {
            let gradients = Gradients::new(&engine, &half).unwrap();
            let found = block_on(gradients.of(rows.view(), 0)).unwrap();
            let expected = ndarray::array![
                [1.0, 0.0, 0.0, 0.0],
                [0.0, 1.0, 0.0, 0.0],
                [0.0, 0.0, 1.0, 0.0]
            ];
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn rows_at_once_are_bounded() {
        let small = half(image(4, 4, 1), &[dense(2, Activation::Linear)]);
        let over = plain(Kind::Normalisation {
            over: Over::Row,
            epsilon: 1e-3,
        });
        let large = half(image(2048, 1024, 2), &[over]);
        for engine in engines() {
            let at_once = |half: &Half| Gradients::new(&engine, half).unwrap().rows();
            assert!(at_once(&small) > 1000);
            assert_eq!(at_once(&large), 1);
        }
    }
}
