//! ONNX models: a graph of operations, read as the line of dense layers that it is.

use std::collections::HashMap;

use ndarray::Array1;

use super::chain::{Chain, normalisation};
use super::error::{Fault, shortened};
use super::open::{Companions, Found, Knows};
use super::protobuf::{Field, Fields, ints};
use super::tensor::{Budget, Kind, Tensor};
use crate::model::Activation;

/// Operations and weights of one graph.
const MAX_NODES: usize = 20_000;
/// Constants made of constants that are followed.
const MAX_DEPTH: usize = 8;
const DENSE_ONLY: &str = "export an autoencoder of dense layers that follow each other";

/// Whether these can be the bytes of an ONNX model: messages whose graph holds operations.
pub(super) fn is_model(bytes: &[u8]) -> bool {
    let graph = || {
        for field in Fields::new(bytes) {
            if let (7, Field::Bytes(graph)) = field.ok()? {
                return Some(graph);
            }
        }
        None
    };
    graph().is_some_and(|graph| {
        Fields::new(graph).all(|field| field.is_ok()) && Fields::new(graph).next().is_some()
    })
}

pub(super) fn read(
    bytes: &[u8],
    at: usize,
    companions: &Companions<'_>,
    budget: &mut Budget,
) -> Result<Found, Fault> {
    let mut message = &[][..];
    for field in Fields::new(bytes) {
        if let (7, graph) = field? {
            message = graph.bytes()?;
        }
    }
    let graph = Graph::read(message)?;
    let reader = Reader {
        graph: &graph,
        file: at,
        companions,
    };
    let (line, inner) = reader.line()?;
    let mut chain = Chain::default();
    // Another output on the line is what the encoder gives.
    let mut part = inner.map(|_| "encoder");
    for &node in &line {
        chain.enter(part, budget)?;
        reader.step(&graph.nodes[node], &mut chain, budget)?;
        if inner == Some(node) {
            part = Some("decoder");
        }
    }
    Ok(Found {
        format: "ONNX",
        layers: chain.finish(budget)?,
        notes: Vec::new(),
        knows: Knows::All,
    })
}

#[derive(Default)]
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// The node that makes a value.
    makers: HashMap<&'a str, usize>,
    constants: HashMap<&'a str, &'a [u8]>,
    outputs: Vec<&'a str>,
}

#[derive(Default)]
struct Node<'a> {
    name: &'a str,
    operation: &'a str,
    inputs: Vec<&'a str>,
    outputs: Vec<&'a str>,
    attributes: Vec<&'a [u8]>,
}

impl<'a> Graph<'a> {
    fn read(message: &'a [u8]) -> Result<Self, Fault> {
        let mut graph = Self::default();
        for field in Fields::new(message) {
            let (number, field) = field?;
            match number {
                1 => graph.nodes.push(Node::read(field.bytes()?)?),
                5 => {
                    let tensor = field.bytes()?;
                    graph.constants.insert(name_of(tensor, 8)?, tensor);
                }
                12 => graph.outputs.push(name_of(field.bytes()?, 1)?),
                _ => {}
            }
            if graph
                .nodes
                .len()
                .max(graph.constants.len())
                .max(graph.outputs.len())
                > MAX_NODES
            {
                return Err(Fault::new("its graph is too large", DENSE_ONLY));
            }
        }
        for (at, node) in graph.nodes.iter().enumerate() {
            for &output in &node.outputs {
                graph.makers.insert(output, at);
            }
        }
        Ok(graph)
    }
}

impl<'a> Node<'a> {
    fn read(message: &'a [u8]) -> Result<Self, Fault> {
        const MOST: usize = 64;
        let mut node = Self::default();
        for field in Fields::new(message) {
            match field? {
                (1, input) => node.inputs.push(input.text()?),
                (2, output) => node.outputs.push(output.text()?),
                (3, name) => node.name = name.text()?,
                (4, operation) => node.operation = operation.text()?,
                (5, attribute) => node.attributes.push(attribute.bytes()?),
                _ => {}
            }
            if node
                .inputs
                .len()
                .max(node.outputs.len())
                .max(node.attributes.len())
                > MOST
            {
                return Err(Fault::new(
                    "one of its operations takes too much",
                    DENSE_ONLY,
                ));
            }
        }
        Ok(node)
    }

    fn attribute(&self, name: &str, number: u64) -> Result<Option<Field<'a>>, Fault> {
        for attribute in &self.attributes {
            if name_of(attribute, 1)? == name {
                for field in Fields::new(attribute) {
                    let (found, field) = field?;
                    if found == number {
                        return Ok(Some(field));
                    }
                }
            }
        }
        Ok(None)
    }

    fn float(&self, name: &str, usual: f32) -> Result<f32, Fault> {
        match self.attribute(name, 2)? {
            Some(field) => field.float(),
            None => Ok(usual),
        }
    }

    fn int(&self, name: &str, usual: i64) -> Result<i64, Fault> {
        match self.attribute(name, 3)? {
            Some(field) => field.int(),
            None => Ok(usual),
        }
    }

    /// The node in a sentence.
    fn shown(&self) -> String {
        let name = if self.name.is_empty() {
            self.outputs.first().unwrap_or(&"")
        } else {
            self.name
        };
        shortened(name)
    }
}

fn name_of(message: &[u8], number: u64) -> Result<&str, Fault> {
    for field in Fields::new(message) {
        let (found, field) = field?;
        if found == number {
            return field.text();
        }
    }
    Ok("")
}

struct Reader<'a> {
    graph: &'a Graph<'a>,
    file: usize,
    companions: &'a Companions<'a>,
}

impl<'a> Reader<'a> {
    /// The operations of the longest way from the input to an output, in order, and the last one
    /// before another output if that lies on the way.
    fn line(&self) -> Result<(Vec<usize>, Option<usize>), Fault> {
        const MOST_OUTPUTS: usize = 16;
        let mut longest: Option<Vec<usize>> = None;
        let mut failed = None;
        let outputs = &self.graph.outputs;
        for output in outputs.iter().take(MOST_OUTPUTS) {
            match self.line_to(output) {
                Ok(line)
                    if longest
                        .as_ref()
                        .is_none_or(|known| known.len() < line.len()) =>
                {
                    longest = Some(line);
                }
                Ok(_) => {}
                Err(fault) => failed = failed.or(Some(fault)),
            }
        }
        let Some(line) = longest else {
            return Err(failed.unwrap_or_else(|| Fault::damaged("its graph has no output")));
        };
        let last = line.last().copied();
        let inner = outputs
            .iter()
            .filter_map(|output| self.graph.makers.get(output).copied())
            .find(|node| Some(*node) != last && line.contains(node));
        Ok((line, inner))
    }

    fn line_to(&self, output: &'a str) -> Result<Vec<usize>, Fault> {
        let mut line = Vec::new();
        let mut current = output;
        while let Some(&at) = self.graph.makers.get(current) {
            if line.len() > self.graph.nodes.len() {
                return Err(Fault::damaged("its operations lead in a circle"));
            }
            line.push(at);
            current = self.source(&self.graph.nodes[at])?;
        }
        line.reverse();
        Ok(line)
    }

    /// The one value that an operation is applied to.
    fn source(&self, node: &Node<'a>) -> Result<&'a str, Fault> {
        if let Some((_, source)) = self.pattern(node) {
            return Ok(source);
        }
        let mut varying = node
            .inputs
            .iter()
            .filter(|input| !input.is_empty() && !self.is_constant(input, 0));
        match (varying.next(), varying.next()) {
            (Some(source), None) => Ok(source),
            (None, _) => Err(Fault::damaged(format!(
                "its operation \"{}\" ({}) has no input",
                node.shown(),
                shortened(node.operation)
            ))),
            _ => Err(Fault::new(
                format!(
                    "its operation \"{}\" ({}) joins several branches",
                    node.shown(),
                    shortened(node.operation)
                ),
                DENSE_ONLY,
            )),
        }
    }

    /// Activations that exporters write as several operations: x · sigmoid(x), and PyTorch's
    /// softplus, which is x itself above 20.
    fn pattern(&self, node: &Node<'a>) -> Option<(Activation, &'a str)> {
        let made_by = |value: &str, operation: &str| {
            let maker = self.graph.makers.get(value)?;
            let maker = &self.graph.nodes[*maker];
            (maker.operation == operation).then(|| maker.inputs.first().copied())?
        };
        match (node.operation, node.inputs.as_slice()) {
            ("Mul", &[a, b]) if made_by(b, "Sigmoid") == Some(a) => Some((Activation::Silu, a)),
            ("Mul", &[a, b]) if made_by(a, "Sigmoid") == Some(b) => Some((Activation::Silu, b)),
            ("Where", &[above, x, softplus])
                if made_by(softplus, "Softplus") == Some(x)
                    && made_by(above, "Greater") == Some(x) =>
            {
                Some((Activation::Softplus, x))
            }
            _ => None,
        }
    }

    fn is_constant(&self, value: &str, depth: usize) -> bool {
        if self.graph.constants.contains_key(value) {
            return true;
        }
        let Some(&maker) = self.graph.makers.get(value) else {
            return false;
        };
        let node = &self.graph.nodes[maker];
        match node.operation {
            "Constant" => true,
            "Identity" | "Cast" | "Transpose" if depth < MAX_DEPTH => node
                .inputs
                .first()
                .is_some_and(|input| self.is_constant(input, depth + 1)),
            _ => false,
        }
    }

    /// Adds what an operation does to the chain.
    fn step(&self, node: &Node<'a>, chain: &mut Chain, budget: &mut Budget) -> Result<(), Fault> {
        let name = if node.name.is_empty() {
            node.outputs.first().copied().unwrap_or_default()
        } else {
            node.name
        };
        if let Some((activation, _)) = self.pattern(node) {
            return chain.activation(name, activation, budget);
        }
        let input = |at: usize| {
            node.inputs
                .get(at)
                .copied()
                .filter(|input| !input.is_empty())
        };
        let mut constant = |at: usize| match input(at) {
            Some(value) => self.constant(value, 0, budget),
            None => Err(Fault::damaged(format!(
                "its \"{}\" lacks an input",
                node.shown()
            ))),
        };
        let first = input(0).is_some_and(|value| !self.is_constant(value, 0));
        let activation = match node.operation {
            "Identity" | "Dropout" | "Flatten" | "Reshape" | "Squeeze" | "Unsqueeze" | "Cast" => {
                return Ok(());
            }
            "Gemm" if first && node.int("transA", 0)? == 0 => {
                let weight = constant(1)?.matrix(name)?;
                let weight = if node.int("transB", 0)? == 0 {
                    weight
                } else {
                    weight.reversed_axes()
                };
                let weight = weight.as_standard_layout().into_owned() * node.float("alpha", 1.0)?;
                let bias = match input(2) {
                    Some(_) => Some(row(constant(2)?, name)? * node.float("beta", 1.0)?),
                    None => None,
                };
                let width = weight.ncols();
                chain.dense(layer_name(node, name), weight, None)?;
                return match bias {
                    Some(bias) => chain.affine(name, Array1::ones(width), bias, budget),
                    None => Ok(()),
                };
            }
            "MatMul" if first => {
                let weight = constant(1)?.matrix(name)?;
                return chain.dense(layer_name(node, name), weight, None);
            }
            "Add" | "Sub" | "Mul" | "Div" if first || matches!(node.operation, "Add" | "Mul") => {
                let values = row(constant(usize::from(first))?, name)?;
                let (one, zero) = (Array1::ones(1), Array1::zeros(1));
                let (scale, shift) = match node.operation {
                    "Add" => (one, values),
                    "Sub" => (one, -values),
                    "Mul" => (values, zero),
                    _ => (values.mapv(f32::recip), zero),
                };
                if scale.iter().any(|scale| !scale.is_finite()) {
                    return Err(Fault::damaged(format!(
                        "its \"{}\" divides by 0",
                        node.shown()
                    )));
                }
                return chain.affine(name, scale, shift, budget);
            }
            "BatchNormalization" => {
                let gamma = row(constant(1)?, name)?;
                let mut all = |at| constant(at)?.vector(name, gamma.len());
                let (beta, mean, variance) = (all(2)?, all(3)?, all(4)?);
                let epsilon = f64::from(node.float("epsilon", 1e-5)?);
                let (scale, shift) = normalisation(name, &gamma, &beta, &mean, &variance, epsilon)?;
                return chain.affine(name, scale, shift, budget);
            }
            "Relu" => Activation::Relu,
            "LeakyRelu" => Activation::LeakyRelu {
                slope: node.float("alpha", 0.01)?,
            },
            "Elu" => Activation::Elu {
                alpha: node.float("alpha", 1.0)?,
            },
            "Selu" => Activation::Selu,
            "Softplus" => Activation::Softplus,
            "Softsign" => Activation::Softsign,
            "Swish" => Activation::Silu,
            "Tanh" => Activation::Tanh,
            "Sigmoid" => Activation::Sigmoid,
            operation => {
                return Err(Fault::new(
                    format!(
                        "its operation \"{}\" ({}) cannot be run here",
                        node.shown(),
                        shortened(operation)
                    ),
                    DENSE_ONLY,
                ));
            }
        };
        chain.activation(name, activation, budget)
    }

    fn constant(&self, value: &str, depth: usize, budget: &mut Budget) -> Result<Tensor, Fault> {
        if let Some(tensor) = self.graph.constants.get(value) {
            return self.tensor(value, tensor, budget);
        }
        let lost = || {
            Fault::new(
                format!(
                    "its weights \"{}\" are computed, not stored",
                    shortened(value)
                ),
                "simplify the model before exporting it",
            )
        };
        let maker = *self.graph.makers.get(value).ok_or_else(lost)?;
        let node = &self.graph.nodes[maker];
        let source = node.inputs.first().copied().filter(|_| depth < MAX_DEPTH);
        match node.operation {
            "Constant" => match node.attribute("value", 5)? {
                Some(tensor) => self.tensor(value, tensor.bytes()?, budget),
                None => Err(lost()),
            },
            "Identity" | "Cast" => self.constant(source.ok_or_else(lost)?, depth + 1, budget),
            "Transpose" => {
                let matrix = self.constant(source.ok_or_else(lost)?, depth + 1, budget)?;
                let matrix = matrix.matrix(value)?.reversed_axes();
                let (rows, columns) = matrix.dim();
                let values = matrix.iter().copied().collect();
                Tensor::new(value, vec![rows, columns], values)
            }
            _ => Err(lost()),
        }
    }

    /// A stored tensor: its numbers stand in the file in one of three ways, or in another file.
    fn tensor(&self, name: &str, message: &[u8], budget: &mut Budget) -> Result<Tensor, Fault> {
        let mut shape = Vec::new();
        let mut kind = 0;
        let mut raw = None;
        let mut typed = Vec::new();
        let mut external = HashMap::new();
        for field in Fields::new(message) {
            match field? {
                (1, dims) => {
                    for axis in ints(dims)? {
                        shape.push(usize::try_from(axis).unwrap_or(usize::MAX));
                    }
                }
                (2, code) => kind = code.int()?,
                (4 | 5 | 10, numbers) => typed.push(numbers),
                (9, bytes) => raw = Some(bytes.bytes()?),
                (13, entry) => {
                    let entry = entry.bytes()?;
                    external.insert(name_of(entry, 1)?, name_of(entry, 2)?);
                }
                _ => {}
            }
        }
        let kind = match kind {
            1 => Kind::F32,
            10 => Kind::F16,
            11 => Kind::F64,
            16 => Kind::Bf16,
            other => {
                return Err(Fault::new(
                    format!(
                        "its weights \"{}\" are of ONNX's type {other}, not floating-point numbers",
                        shortened(name)
                    ),
                    "export the model without quantisation",
                ));
            }
        };
        let count = budget.take(name, &shape)?;
        if let Some(location) = external.get("location") {
            let bytes = self.companions.find(self.file, location)?;
            let number = |key| external.get(key).and_then(|text: &&str| text.parse().ok());
            let from: usize = number("offset").unwrap_or(0);
            raw = count
                .checked_mul(kind.bytes())
                .and_then(|length| from.checked_add(length))
                .and_then(|to| bytes.get(from..to));
            if raw.is_none() {
                return Err(Fault::damaged(format!(
                    "\"{}\" ends before its weights \"{}\" do",
                    shortened(location),
                    shortened(name)
                )));
            }
        }
        if let Some(raw) = raw {
            return Tensor::new(name, shape, kind.read(raw));
        }
        let mut values = Vec::new();
        for field in typed {
            match (field, kind) {
                (Field::Fixed32(bytes), Kind::F32) => values.extend(kind.read(&bytes)),
                (Field::Fixed64(bytes), Kind::F64) => values.extend(kind.read(&bytes)),
                (Field::Bytes(bytes), Kind::F32 | Kind::F64) => values.extend(kind.read(bytes)),
                // Half precision stands in whole numbers.
                (field, Kind::F16 | Kind::Bf16) => {
                    for bits in ints(field)? {
                        values.extend(kind.read(&(bits as u16).to_le_bytes()));
                    }
                }
                _ => {}
            }
        }
        Tensor::new(name, shape, values)
    }
}

/// Exporters name a layer's weight after the layer; operations often have numbers for names.
fn layer_name<'a>(node: &Node<'a>, name: &'a str) -> &'a str {
    let weight = node.inputs.get(1).copied().unwrap_or_default();
    weight.strip_suffix(".weight").unwrap_or(name)
}

fn row(tensor: Tensor, name: &str) -> Result<Array1<f32>, Fault> {
    let length = tensor.shape().iter().product();
    tensor.vector(name, length)
}
