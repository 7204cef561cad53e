//! What a graph computes for an image, counted from the shapes of its tensors: the same on every machine.

use std::collections::HashMap;

use super::parsed::{Node, Parsed};
use super::paths::Paths;

/// What a number costs that is no sum of products: looked up, added or put through a function.
const NUMBER: usize = 10;

/// The lengths of the axes of tensors, all of so many images.
pub(super) struct Shapes {
    images: usize,
    of: Vec<Vec<usize>>,
    places: HashMap<String, usize>,
}

impl Shapes {
    /// The shapes of tensors by their names, where there are so many images.
    pub(super) fn of(images: usize, named: impl Iterator<Item = (String, Vec<usize>)>) -> Self {
        let (names, of): (Vec<String>, Vec<Vec<usize>>) = named.unzip();
        let places = names.into_iter().zip(0..).collect();
        Self { images, of, places }
    }

    /// Multiply-adds for an image of all that makes `wanted` of the tensors that are `given`; `None` where there is an
    /// operation of which they are not known.
    pub(super) fn work(
        &self,
        parsed: &Parsed<'_>,
        paths: &Paths,
        (given, wanted): (&[&str], &str),
    ) -> Option<u64> {
        let each = paths.making(wanted, given).into_iter();
        let each = each.map(|at| self.of_operation(parsed, &parsed.nodes[at]));
        let all = each.sum::<Option<usize>>()?;
        Some(all.div_ceil(self.images) as u64)
    }

    fn of_operation(&self, parsed: &Parsed<'_>, node: &Node<'_>) -> Option<usize> {
        let stored = |name: &str| parsed.stored.get(name).map(|stored| &stored.shape);
        // Weights of another precision are converted first.
        let converted = |name: &str| {
            let mut nodes = parsed.nodes.iter();
            let made = nodes.find(|node| node.outputs.first() == Some(&name))?;
            let is_same = matches!(made.operation, "Cast" | "DequantizeLinear" | "Identity");
            stored(made.inputs.first().filter(|_| is_same)?)
        };
        let shape = |name: &&str| {
            let known = self.places.get(*name).map(|&at| &self.of[at]);
            let known = known.or_else(|| stored(name));
            known.or_else(|| converted(name))
        };
        let input = |at: usize| node.inputs.get(at).and_then(shape);
        let numbers = |shape: &Vec<usize>| shape.iter().product::<usize>();
        let made = node.outputs.first().and_then(shape).map_or(0, numbers);
        let [first, weights] = [input(0), input(1)];
        // What an output is a sum of, in a kernel of outputs × these.
        let window = |weights: &Vec<usize>| numbers(weights) / weights[0].max(1);
        match node.operation {
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Identity" | "Dropout" | "Shape" => {
                Some(0)
            }
            "MatMul" | "MatMulInteger" => Some(made * first?.last()?),
            "Gemm" => {
                let rows = node.outputs.first().and_then(shape)?.first()?;
                Some(made * (numbers(first?) / rows.max(&1)))
            }
            "Conv" | "ConvInteger" => Some(made * window(weights?)),
            "ConvTranspose" => Some(numbers(first?) * window(weights?)),
            "Einsum" | "GRU" | "LSTM" | "If" | "QLinearConv" | "QLinearMatMul" => None,
            _ => Some(NUMBER * first.map_or(made, |first| made.max(numbers(first)))),
        }
    }
}
