//! Activations that exporters write as several operations, known by their values: x · sigmoid(x), or
//! GELU by its error function.

use std::collections::BTreeSet;

use super::onnx::Reader;
use crate::model::Activation;

/// Operations of one formula.
const MOST: usize = 32;

/// What one operation gives, as a function of one of the values before it.
pub(super) struct Formula<'a, 'r> {
    reader: &'r Reader<'a>,
    result: &'a str,
    source: &'a str,
}

impl<'a, 'r> Formula<'a, 'r> {
    /// The formula that an operation with several inputs ends, and what it is applied to: the nearest
    /// value that all of them are made of.
    pub(super) fn of(reader: &'r Reader<'a>, at: usize) -> Option<(&'a str, Self)> {
        let node = &reader.graph.nodes[at];
        if !is_elementwise(node.operation) {
            return None;
        }
        let mut open: BTreeSet<&'a str> = reader.varying(node).into_iter().collect();
        // Often the last operation is a product with a constant.
        if let [only] = *open.iter().copied().collect::<Vec<_>>() {
            let maker = &reader.graph.nodes[*reader.graph.makers.get(only)?];
            open = reader.varying(maker).into_iter().collect();
            if !is_elementwise(maker.operation) || open.len() < 2 {
                return None;
            }
        }
        for _ in 0..MOST {
            // Operations stand in the order in which they are done.
            let latest = open.iter().copied();
            let latest = latest
                .max_by_key(|value| reader.graph.makers.get(value).map_or(0, |&at| at + 1))?;
            if open.len() == 1 {
                let result = node.outputs().first().copied()?;
                let formula = Self {
                    reader,
                    result,
                    source: latest,
                };
                return Some((latest, formula));
            }
            let maker = &reader.graph.nodes[*reader.graph.makers.get(latest)?];
            if !is_elementwise(maker.operation) {
                return None;
            }
            open.remove(latest);
            open.extend(reader.varying(maker));
        }
        None
    }

    /// The activation that gives the same numbers.
    pub(super) fn activation(&self) -> Option<Activation> {
        let at = |x: f64| self.value(self.result, x, &mut (MOST * 8));
        let points = (-40..=40)
            .map(|step| 0.31 * f64::from(step))
            .chain([-30.0, 30.0]);
        let values: Vec<(f64, f64)> = points
            .map(|x| Some((x, at(x)?)))
            .collect::<Option<Vec<_>>>()?;
        let fits = |activation: &Activation| {
            activation.key().1.iter().all(|number| number.is_finite())
                && values.iter().all(|&(x, value)| {
                    let off = (f64::from(activation.apply(x as f32)) - value).abs();
                    off <= 3e-6 * value.abs().max(1.0)
                })
        };
        Activation::of_values(at)?.into_iter().find(fits)
    }

    /// A value where the source is `x`.
    fn value(&self, value: &'a str, x: f64, left: &mut usize) -> Option<f64> {
        *left = left.checked_sub(1)?;
        if value == self.source {
            return Some(x);
        }
        let Some(&at) = self.reader.graph.makers.get(value) else {
            return self.reader.number(value);
        };
        let node = &self.reader.graph.nodes[at];
        if !is_elementwise(node.operation) {
            return self.reader.number(value);
        }
        let mut inputs = [0.0; 3];
        for (number, &input) in inputs.iter_mut().zip(&node.inputs) {
            *number = self.value(input, x, left)?;
        }
        let [a, b, c] = inputs;
        let truth = |holds: bool| if holds { 1.0 } else { 0.0 };
        let attribute = |name: &str, usual: f32| node.float(name, usual).ok().map(f64::from);
        let elu = |alpha: f64| if a > 0.0 { a } else { alpha * a.exp_m1() };
        Some(match node.operation {
            "Add" => a + b,
            "Sub" => a - b,
            "Mul" => a * b,
            "Div" => a / b,
            "Pow" => a.powf(b),
            "Max" => a.max(b),
            "Min" => a.min(b),
            "Neg" => -a,
            "Abs" => a.abs(),
            "Exp" => a.exp(),
            "Log" => a.ln(),
            "Sqrt" => a.sqrt(),
            "Reciprocal" => a.recip(),
            "Tanh" => a.tanh(),
            "Sigmoid" => 1.0 / (1.0 + (-a).exp()),
            "Softplus" => a.max(0.0) + (-a.abs()).exp().ln_1p(),
            "Relu" => a.max(0.0),
            "Elu" => elu(attribute("alpha", 1.0)?),
            "LeakyRelu" if a < 0.0 => a * attribute("alpha", 0.01)?,
            // x · Φ(x) is GELU.
            "Erf" if a == 0.0 => 0.0,
            "Erf" => {
                let x = a * std::f64::consts::SQRT_2;
                2.0 * f64::from(Activation::Gelu.apply(x as f32)) / f64::from(x as f32) - 1.0
            }
            "Greater" => truth(a > b),
            "GreaterOrEqual" => truth(a >= b),
            "Less" => truth(a < b),
            "LessOrEqual" => truth(a <= b),
            "Where" if a != 0.0 => b,
            "Where" => c,
            _ => a,
        })
    }
}

/// Whether an operation's numbers depend on those at their own place alone.
fn is_elementwise(operation: &str) -> bool {
    const ALL: [&str; 27] = [
        "Add",
        "Sub",
        "Mul",
        "Div",
        "Pow",
        "Max",
        "Min",
        "Neg",
        "Abs",
        "Exp",
        "Log",
        "Sqrt",
        "Reciprocal",
        "Tanh",
        "Sigmoid",
        "Softplus",
        "Relu",
        "Elu",
        "LeakyRelu",
        "Erf",
        "Greater",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "Where",
        "Identity",
        "Cast",
    ];
    ALL.contains(&operation)
}
