//! ONNX models: a graph of operations, read as the line of layers that it is.

mod shapes;
mod spatial;

use std::collections::HashMap;

use ndarray::Array1;

use self::shapes::Lengths;
use super::chain::{Chain, Channels, Seen, normalisation};
use super::error::{Asked, Fault, Stop, shortened};
use super::formula::Formula;
use super::found::{Companions, Content, Found};
use super::heads;
use super::keras;
use super::tensor::{Budget, Kind, Tensor};
use crate::model::Activation;
use crate::model::protobuf::{Field, Fields, ints};

/// Operations and weights of one graph.
const MAX_NODES: usize = 20_000;
/// Numbers of an attribute, and of a constant that is a shape.
const MAX_SIDES: usize = 64;
/// Constants made of constants that are followed.
const MAX_DEPTH: usize = 8;
const OTHERS: &str = "export an autoencoder of dense layers, convolutions, pooling, upsampling and \
                      normalisations that follow each other";

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
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let mut message = &[][..];
    let mut opset = 0;
    for field in Fields::new(bytes) {
        match field? {
            (7, graph) => message = graph.bytes()?,
            (8, imported) => opset = opset.max(version(imported.bytes()?)?),
            _ => {}
        }
    }
    let graph = Graph::read(message)?;
    if let Some(node) = graph.nodes.iter().find(|node| is_quantised(node.operation)) {
        return Err(Fault::new(
            format!(
                "it is quantised: its operation \"{}\" ({}) works with whole numbers",
                node.shown(),
                shortened(node.operation)
            ),
            "export the model without quantisation",
        )
        .into());
    }
    let reader = Reader {
        graph: &graph,
        file: at,
        companions,
        opset,
        lengths: Lengths::default(),
    };
    let ways = reader.ways();
    let line = ways.line(asked)?;
    let input = line.nodes.first().map(|&node| &ways.nodes[node]);
    let axes = input.and_then(|input| input.axes.clone());
    let mut chain = Chain::of(axes.clone())?;
    if let Some(input) = input {
        reader.lengths.keep(&input.name, chain.axes());
    }
    let channels = reader.channels(&line.nodes, chain.axes());
    if let Some(channels) = channels {
        chain.pin_to(channels);
    }
    let mut notes = line.notes;
    // Another output on the line is what the encoder gives.
    let mean = line.spread.as_ref().map(|spread| spread.mean);
    let end = line.inner.or(mean);
    let mut part = end.map(|_| "encoder");
    let operations = |nodes: &[usize]| -> Vec<usize> {
        let operations = nodes.iter().filter(|&&node| node < graph.nodes.len());
        operations.copied().collect()
    };
    for node in operations(&line.nodes) {
        chain.enter(part, budget)?;
        reader.step(node, &mut chain, &mut notes, budget)?;
        if let Some(output) = graph.nodes[node].outputs.first() {
            reader.lengths.keep(output, chain.axes());
        }
        if mean == Some(node) {
            chain.means(budget)?;
        }
        if end == Some(node) {
            part = Some("decoder");
        }
    }
    let mut whole = chain.finish(budget)?;
    if let Some(spread) = line.spread {
        // What it shares with the means is read a second time.
        let budget = &mut Budget::new();
        let mut chain = Chain::of(axes)?;
        if let Some(channels) = channels {
            chain.pin_to(channels);
        }
        for node in operations(&spread.nodes) {
            reader.step(node, &mut chain, &mut Vec::new(), budget)?;
            if let Some(output) = graph.nodes[node].outputs.first() {
                reader.lengths.keep(output, chain.axes());
            }
        }
        chain.times(spread.factor, budget)?;
        whole.spread = Some(chain.finish(budget)?.steps);
    }
    Ok(Found {
        format: "ONNX",
        content: Content::Line(whole),
        notes,
    })
}

fn is_quantised(operation: &str) -> bool {
    ["QLinear", "Quantize", "Dequantize", "DynamicQuantize"]
        .iter()
        .any(|start| operation.starts_with(start))
        || matches!(operation, "MatMulInteger" | "ConvInteger" | "MatMulNBits")
}

#[derive(Default)]
pub(super) struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
    /// The node that makes a value.
    pub makers: HashMap<&'a str, usize>,
    constants: HashMap<&'a str, &'a [u8]>,
    /// And the lengths of an image's axes in each, where they are known.
    inputs: Vec<(&'a str, Option<Vec<usize>>)>,
    outputs: Vec<&'a str>,
}

#[derive(Default)]
pub(super) struct Node<'a> {
    name: &'a str,
    pub operation: &'a str,
    pub inputs: Vec<&'a str>,
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
                11 => graph.inputs.push(input(field.bytes()?)?),
                12 => graph.outputs.push(name_of(field.bytes()?, 1)?),
                _ => {}
            }
            if graph
                .nodes
                .len()
                .max(graph.constants.len())
                .max(graph.outputs.len())
                .max(graph.inputs.len())
                > MAX_NODES
            {
                return Err(Fault::new("its graph is too large", OTHERS));
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
                return Err(Fault::new("one of its operations takes too much", OTHERS));
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

    pub(super) fn float(&self, name: &str, usual: f32) -> Result<f32, Fault> {
        match self.attribute(name, 2)? {
            Some(field) => Ok(field.float()?),
            None => Ok(usual),
        }
    }

    /// The whole numbers of an attribute; none where it is not there.
    fn ints(&self, name: &str) -> Result<Vec<i64>, Fault> {
        let mut all = Vec::new();
        for attribute in &self.attributes {
            if name_of(attribute, 1)? == name {
                for field in Fields::new(attribute) {
                    if let (8, field) = field? {
                        all.extend(ints(field)?);
                    }
                    if all.len() > MAX_SIDES {
                        return Err(Fault::damaged("one of its attributes has too many numbers"));
                    }
                }
            }
        }
        Ok(all)
    }

    /// The numbers of an attribute.
    fn floats(&self, name: &str) -> Result<Vec<f64>, Fault> {
        let mut all = Vec::new();
        for attribute in &self.attributes {
            if name_of(attribute, 1)? == name {
                for field in Fields::new(attribute) {
                    match field? {
                        (7, Field::Fixed32(bytes)) => all.extend(Kind::F32.read(&bytes)),
                        (7, Field::Bytes(bytes)) => {
                            let most = bytes.len().min(4 * MAX_SIDES);
                            all.extend(Kind::F32.read(&bytes[..most]));
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(all.into_iter().map(f64::from).collect())
    }

    fn int(&self, name: &str, usual: i64) -> Result<i64, Fault> {
        match self.attribute(name, 3)? {
            Some(field) => Ok(field.int()?),
            None => Ok(usual),
        }
    }

    pub(super) fn outputs(&self) -> &[&'a str] {
        &self.outputs
    }

    fn called(&self) -> &'a str {
        if self.name.is_empty() {
            self.outputs.first().copied().unwrap_or_default()
        } else {
            self.name
        }
    }

    /// The node in a sentence.
    fn shown(&self) -> String {
        shortened(self.called())
    }
}

fn name_of(message: &[u8], number: u64) -> Result<&str, Fault> {
    for field in Fields::new(message) {
        let (found, field) = field?;
        if found == number {
            return Ok(field.text()?);
        }
    }
    Ok("")
}

/// The version of ONNX's own operations, where an import is of them.
fn version(import: &[u8]) -> Result<i64, Fault> {
    let mut version = 0;
    for field in Fields::new(import) {
        match field? {
            (1, domain) if !domain.text()?.is_empty() && domain.text()? != "ai.onnx" => {
                return Ok(0);
            }
            (2, number) => version = number.int()?,
            _ => {}
        }
    }
    Ok(version)
}

/// A graph's input: its name and the lengths of an image's axes there.
fn input(message: &[u8]) -> Result<(&str, Option<Vec<usize>>), Fault> {
    let inner = |message: &'_ [u8], wanted: u64| -> Result<Option<Vec<u8>>, Fault> {
        for field in Fields::new(message) {
            if let (number, Field::Bytes(bytes)) = field?
                && number == wanted
            {
                return Ok(Some(bytes.to_vec()));
            }
        }
        Ok(None)
    };
    let mut found = Some(message.to_vec());
    // Of a value its type, of that the tensor's, of that its shape.
    for number in [2, 1, 2] {
        found = match found {
            Some(message) => inner(&message, number)?,
            None => None,
        };
    }
    let mut lengths = Vec::new();
    for field in Fields::new(found.as_deref().unwrap_or_default()) {
        let (1, axis) = field? else { continue };
        let mut length = None;
        for field in Fields::new(axis.bytes()?) {
            if let (1, value) = field? {
                length = usize::try_from(value.int()?).ok();
            }
        }
        lengths.push(length);
    }
    // The first is that of images.
    let known = lengths.len() > 1 && lengths.len() <= MAX_SIDES;
    let axes = lengths.into_iter().skip(1).collect::<Option<Vec<usize>>>();
    Ok((name_of(message, 1)?, axes.filter(|_| known)))
}

pub(super) struct Reader<'a> {
    pub graph: &'a Graph<'a>,
    file: usize,
    companions: &'a Companions<'a>,
    /// The version of ONNX's operations.
    opset: i64,
    lengths: Lengths,
}

impl<'a> Reader<'a> {
    /// The graph as ways through it: its operations, and after them what comes in from outside.
    fn ways(&self) -> heads::Graph {
        let mut ways = heads::Graph::default();
        let mut outside: Vec<&str> = Vec::new();
        let operations = self.graph.nodes.len();
        for (at, node) in self.graph.nodes.iter().enumerate() {
            let kind = kind(node.operation);
            let sources = match self.pattern(at) {
                Some((_, source)) => vec![source],
                None => self.varying(node),
            };
            let inputs = sources.into_iter().map(|source| {
                self.graph.makers.get(source).copied().unwrap_or_else(|| {
                    let known = outside.iter().position(|&known| known == source);
                    operations
                        + known.unwrap_or_else(|| {
                            outside.push(source);
                            outside.len() - 1
                        })
                })
            });
            let inputs: Vec<usize> = inputs.collect();
            let sizes = (kind == heads::Kind::Dense)
                .then(|| self.sizes(node))
                .flatten();
            let name = node.called();
            ways.nodes.push(heads::Node {
                name: if kind == heads::Kind::Dense {
                    layer_name(node, name)
                } else {
                    name
                }
                .into(),
                class: node.operation.into(),
                kind,
                inputs,
                taken: sizes.map(|[taken, _]| taken),
                width: sizes.map(|[_, given]| given).or_else(|| self.filters(node)),
                of_channels: node.operation.starts_with("Conv"),
                axes: None,
            });
        }
        for name in outside {
            let known = self.graph.inputs.iter().find(|(input, _)| *input == name);
            let axes = known.and_then(|(_, axes)| axes.clone());
            let count = |axes: &Vec<usize>| {
                let mut axes = axes.iter();
                axes.try_fold(1usize, |count, &axis| count.checked_mul(axis))
            };
            ways.nodes.push(heads::Node {
                name: name.into(),
                class: String::new(),
                kind: heads::Kind::Input,
                inputs: Vec::new(),
                taken: None,
                width: axes.as_ref().and_then(count),
                of_channels: false,
                axes,
            });
        }
        let output = |&name: &&str| Some((*self.graph.makers.get(name)?, name.to_owned()));
        ways.outputs = self.graph.outputs.iter().filter_map(output).collect();
        ways
    }

    /// Where channels stand in images, as the first operation that looks at them tells: to it they come
    /// first.
    fn channels(&self, line: &[usize], axes: Option<&[usize]>) -> Option<Channels> {
        const LOOKING: [&str; 8] = [
            "Conv",
            "ConvTranspose",
            "MaxPool",
            "AveragePool",
            "GlobalMaxPool",
            "GlobalAveragePool",
            "BatchNormalization",
            "InstanceNormalization",
        ];
        const SHAPING: [&str; 6] = [
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Gemm",
            "MatMul",
        ];
        let rank = axes?.len();
        let mut first = 0;
        for node in line.iter().filter_map(|&node| self.graph.nodes.get(node)) {
            if node.operation == "Transpose" {
                // Of axes as they stand now, the one that is first then.
                let order = node.ints("perm").ok()?;
                let all = order.iter().skip(1);
                let all: Option<Vec<usize>> =
                    all.map(|&axis| usize::try_from(axis - 1).ok()).collect();
                let all = all?;
                // Turned back is seldom; one turn is what exporters write.
                first = if first == 0 {
                    *all.first()?
                } else {
                    return None;
                };
            } else if LOOKING.contains(&node.operation) {
                return match first {
                    0 => Some(Channels::First),
                    axis if axis + 1 == rank => Some(Channels::Last),
                    _ => None,
                };
            } else if SHAPING.contains(&node.operation) {
                return None;
            }
        }
        None
    }

    /// The values that an operation is applied to, constants left out of account.
    pub(super) fn varying(&self, node: &Node<'a>) -> Vec<&'a str> {
        let inputs = match node.operation {
            // Shapes and the like are computed from the images as well.
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Dropout" | "Expand" | "Resize"
            | "Upsample" | "Pad" | "Slice" | "ReduceMean" | "ReduceMax" => {
                node.inputs.get(..1).unwrap_or_default()
            }
            _ => node.inputs.as_slice(),
        };
        let varying = |input: &&&'a str| !input.is_empty() && !self.is_constant(input, 0);
        inputs.iter().filter(varying).copied().collect()
    }

    /// The axes of a layer's weights.
    fn weight_axes(&self, node: &Node<'a>) -> Option<Vec<i64>> {
        let tensor = self.graph.constants.get(node.inputs.get(1)?)?;
        let mut shape = Vec::new();
        for field in Fields::new(tensor) {
            if let (1, dims) = field.ok()? {
                shape.extend(ints(dims).ok()?);
            }
        }
        Some(shape)
    }

    /// How many numbers a layer takes and gives.
    fn sizes(&self, node: &Node<'a>) -> Option<[usize; 2]> {
        let turned = node.operation == "Gemm" && node.int("transB", 0).ok()? != 0;
        let [rows, columns] = self.weight_axes(node)?.try_into().ok()?;
        let sizes: [i64; 2] = if turned {
            [columns, rows]
        } else {
            [rows, columns]
        };
        let [taken, given] = sizes.map(|size| usize::try_from(size).ok());
        Some([taken?, given?])
    }

    /// Channels that a convolution gives.
    fn filters(&self, node: &Node<'a>) -> Option<usize> {
        let axes = self.weight_axes(node)?;
        let filters = match node.operation {
            "Conv" => *axes.first()?,
            "ConvTranspose" => axes.get(1)?.checked_mul(node.int("group", 1).ok()?)?,
            _ => return None,
        };
        usize::try_from(filters).ok()
    }

    /// An activation that an exporter wrote as several operations, and what it is applied to.
    fn pattern(&self, at: usize) -> Option<(Activation, &'a str)> {
        let (source, formula) = Formula::of(self, at)?;
        Some((formula.activation()?, source))
    }

    /// A constant that is one number.
    pub(super) fn number(&self, value: &str) -> Option<f64> {
        let tensor = self.constant(value, 0, &mut Budget::new()).ok()?;
        let count: usize = tensor.shape().iter().product();
        let number = (count == 1)
            .then(|| tensor.vector(value, 1).ok())
            .flatten()?;
        Some(f64::from(number[0]))
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
    #[expect(clippy::too_many_lines, reason = "a table of operations")]
    fn step(
        &self,
        at: usize,
        chain: &mut Chain,
        notes: &mut Vec<String>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let node = &self.graph.nodes[at];
        let name = node.called();
        if let Some((activation, _)) = self.pattern(at) {
            return chain.activation(name, activation, budget);
        }
        if spatial::add(self, node, chain, budget)? {
            return Ok(());
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
        let by_tanh = || match node.attribute("approximate", 4)? {
            Some(kind) => Ok(kind.text()? == "tanh"),
            None => Ok(false),
        };
        let number = |name: &str, usual| node.float(name, usual);
        let activation = Activation::of_onnx(node.operation, number, by_tanh)?;
        if let Some(activation) = activation
            && chain.ends_in_sums()
        {
            return chain.activation(name, activation, budget);
        }
        match node.operation {
            "Identity" | "Dropout" | "Cast" => return Ok(()),
            "Flatten" | "Reshape" | "Squeeze" | "Unsqueeze" => {
                return match self.reshaped(node, chain)? {
                    Some(axes) => chain.reshape(name, axes),
                    None => Ok(()),
                };
            }
            "Transpose" => {
                let order = node.ints("perm")?;
                let of_images = order.first() == Some(&0) && order.len() > 1;
                let order = order.iter().skip(1);
                let order = order.map(|&axis| usize::try_from(axis - 1).unwrap_or(usize::MAX));
                let order: Vec<usize> = order.collect();
                if !of_images {
                    return Err(Self::unknown(node));
                }
                return chain.transpose(name, &order, budget);
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
                if chain.axes().is_some_and(|axes| axes.len() > 1) {
                    return Err(Self::unknown(node));
                }
                chain.dense(layer_name(node, name), weight, None)?;
                return match bias {
                    Some(bias) => {
                        chain.affine(name, Array1::ones(width), bias.mapv(f64::from), budget)
                    }
                    None => Ok(()),
                };
            }
            "MatMul" if first => {
                let weight = constant(1)?.matrix(name)?;
                let name = layer_name(node, name);
                return if chain.axes().is_some_and(|axes| axes.len() > 1) {
                    chain.dense_of_pixels(name, weight, None, budget)
                } else {
                    chain.dense(name, weight, None)
                };
            }
            "Add" | "Sub" | "Mul" | "Div" if first || node.operation != "Div" => {
                let (axis, values) = along(constant(usize::from(first))?, name, chain)?;
                let values = values.mapv(f64::from);
                let (one, zero) = (Array1::ones(1), Array1::zeros(1));
                let (scale, shift) = match node.operation {
                    "Add" => (one, values),
                    "Sub" if first => (one, -values),
                    "Sub" => (-one, values),
                    "Mul" => (values, zero),
                    _ => (values.mapv(f64::recip), zero),
                };
                if scale.iter().any(|scale| !scale.is_finite()) {
                    return Err(Fault::damaged(format!(
                        "its \"{}\" divides by 0",
                        node.shown()
                    )));
                }
                return match axis {
                    Some(axis) => chain.affine_along(name, axis, (scale, shift), None, budget),
                    None => chain.affine(name, scale, shift, budget),
                };
            }
            "Neg" => {
                return chain.affine(name, Array1::from_elem(1, -1.0), Array1::zeros(1), budget);
            }
            "BatchNormalization" => {
                let gamma = row(constant(1)?, name)?.mapv(f64::from);
                let mut all = |at| -> Result<Array1<f64>, Fault> {
                    Ok(constant(at)?.vector(name, gamma.len())?.mapv(f64::from))
                };
                let beta = all(2)?;
                let seen = Seen {
                    mean: all(3)?,
                    variance: all(4)?,
                };
                let epsilon = f64::from(node.float("epsilon", 1e-5)?);
                let each = normalisation(name, &gamma, &beta, &seen, epsilon)?;
                let beyond = Some(seen.is_beyond());
                return chain.affine_along(name, 0, each, beyond, budget);
            }
            "LayerNormalization" | "InstanceNormalization" | "GroupNormalization" => {
                let scale = spread(constant(1)?, name)?.mapv(f64::from);
                let shift = match input(2) {
                    Some(_) => spread(constant(2)?, name)?.mapv(f64::from),
                    None => Array1::zeros(scale.len()),
                };
                let rank = chain.axes().map_or(1, <[usize]>::len);
                let first = chain.axes().map_or(1, |axes| axes[0]);
                let mut each = (scale, shift);
                let axes: Vec<usize> = match node.operation {
                    "LayerNormalization" => {
                        let axis = node.int("axis", -1)?;
                        let axis = if axis < 0 {
                            axis + rank as i64
                        } else {
                            axis - 1
                        };
                        let axis = usize::try_from(axis).unwrap_or(rank);
                        (axis..rank).collect()
                    }
                    // Each channel by itself, or all of them together.
                    "InstanceNormalization" if first == 1 => (0..rank).collect(),
                    "GroupNormalization" if node.int("num_groups", 0)? == 1 => {
                        if each.0.len() == first && each.1.len() == first {
                            each = (chain.along(0, &each.0), chain.along(0, &each.1));
                        }
                        (0..rank).collect()
                    }
                    _ => return Err(Self::unknown(node)),
                };
                let epsilon = f64::from(node.float("epsilon", 1e-5)?);
                return chain.standardise(name, &axes, epsilon, each, budget);
            }
            "Softmax" => {
                let rank = chain.axes().map_or(1, <[usize]>::len);
                // Before version 13 all axes from this one on were one.
                let usual = if self.opset < 13 { 1 } else { -1 };
                let axis = node.int("axis", usual)?;
                let axis = if axis < 0 {
                    axis + rank as i64
                } else {
                    axis - 1
                };
                let axis = usize::try_from(axis).ok().filter(|axis| *axis < rank);
                let Some(axis) = axis.filter(|axis| self.opset >= 13 || axis + 1 == rank) else {
                    return Err(Self::unknown(node));
                };
                return chain.softmax(name, axis, budget);
            }
            "Clip" => {
                let bound = |at, key: &str| -> Result<Option<f64>, Fault> {
                    match input(at) {
                        Some(value) => self.number(value).map(Some).ok_or_else(|| {
                            Fault::damaged(format!("its \"{}\" lacks its bounds", node.shown()))
                        }),
                        None => Ok(match node.attribute(key, 2)? {
                            Some(field) => Some(f64::from(field.float()?)),
                            None => None,
                        }),
                    }
                };
                // Bounds that are none are written as the largest numbers.
                let real = |bound: &f64| bound.abs() < 1e38;
                let low = bound(1, "min")?.filter(real);
                let high = bound(2, "max")?.filter(real);
                return clip(name, low, high, chain, budget);
            }
            "Max" | "Min" if node.inputs.len() == 2 => {
                let bound = input(usize::from(first)).and_then(|value| self.number(value));
                let Some(bound) = bound else {
                    return Err(Self::unknown(node));
                };
                let (low, high) = match node.operation {
                    "Max" => (Some(bound), None),
                    _ => (None, Some(bound)),
                };
                return clip(name, low, high, chain, budget);
            }
            "HardSigmoid" => {
                let slope = f64::from(node.float("alpha", 0.2)?);
                let shift = f64::from(node.float("beta", 0.5)?);
                let [slope, shift] = [slope, shift].map(|number| Array1::from_elem(1, number));
                chain.affine(name, slope, shift, budget)?;
                return clip(name, Some(0.0), Some(1.0), chain, budget);
            }
            "Celu" => {
                let alpha = f64::from(node.float("alpha", 1.0)?);
                let each = |number| Array1::from_elem(1, number);
                chain.affine(name, each(alpha.recip()), each(0.0), budget)?;
                chain.activation(name, Activation::Elu { alpha: 1.0 }, budget)?;
                return chain.affine(name, each(alpha), each(0.0), budget);
            }
            "PRelu" => {
                let (axis, slopes) = along(constant(1)?, name, chain)?;
                let slopes = match axis {
                    Some(axis) => chain
                        .along(axis, &slopes.mapv(f64::from))
                        .mapv(|slope| slope as f32),
                    None => slopes,
                };
                if chain.prelu(name, &slopes, budget)? {
                    notes.push(keras::slopes_of_their_own(name));
                }
                return Ok(());
            }
            _ => {}
        }
        match activation {
            Some(activation) => chain.activation(name, activation, budget),
            None => Err(Self::unknown(node)),
        }
    }

    fn unknown(node: &Node<'_>) -> Fault {
        Fault::new(
            format!(
                "its operation \"{}\" ({}) cannot be run here",
                node.shown(),
                shortened(node.operation)
            ),
            OTHERS,
        )
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
                let tensor = self.constant(source.ok_or_else(lost)?, depth + 1, budget)?;
                let rank = tensor.shape().len();
                let mut order = node.ints("perm")?;
                if order.is_empty() {
                    order = (0..rank as i64).rev().collect();
                }
                let mut sorted = order.clone();
                sorted.sort_unstable();
                if !sorted.into_iter().eq(0..rank as i64) {
                    return Err(lost());
                }
                let order: Vec<usize> = order.into_iter().map(|axis| axis as usize).collect();
                Ok(tensor.permuted(&order))
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

/// As [`row`], of numbers that may have the axes of an image.
fn spread(tensor: Tensor, name: &str) -> Result<Array1<f32>, Fault> {
    let length = tensor.shape().iter().product();
    row(tensor.reshaped(vec![length]), name)
}

/// Numbers that are applied to all of an image's, or to each, and the axis along which they are where it
/// is one of several: the last of a constant's axes is the last of the image's.
fn along(tensor: Tensor, name: &str, chain: &Chain) -> Result<(Option<usize>, Array1<f32>), Fault> {
    let Some(axes) = chain.axes().filter(|axes| axes.len() > 1) else {
        return Ok((None, row(tensor, name)?));
    };
    let shape = tensor.shape();
    let count: usize = shape.iter().product();
    let skipped = (axes.len() + 1).saturating_sub(shape.len());
    let long: Vec<usize> = (0..shape.len()).filter(|&axis| shape[axis] != 1).collect();
    let axis = match long[..] {
        [] => None,
        [axis] if axis + skipped > 0 => Some(axis + skipped - 1),
        _ if shape.ends_with(axes) && count == axes.iter().product::<usize>() => None,
        _ => return Err(tensor.wrong_shape(name, "numbers along one axis")),
    };
    Ok((axis, tensor.reshaped(vec![count]).vector(name, count)?))
}

/// Cuts off what is below and above.
fn clip(
    name: &str,
    low: Option<f64>,
    high: Option<f64>,
    chain: &mut Chain,
    budget: &mut Budget,
) -> Result<(), Fault> {
    let shifted = |by: f64| (Array1::ones(1), Array1::from_elem(1, by));
    let from = low.unwrap_or(0.0);
    if from != 0.0 {
        let (one, shift) = shifted(-from);
        chain.affine(name, one, shift, budget)?;
    }
    if low.is_some() {
        chain.activation(name, Activation::Relu, budget)?;
    }
    if let Some(high) = high {
        chain.ceiling(name, (high - from) as f32, budget)?;
    }
    if from != 0.0 {
        let (one, shift) = shifted(from);
        chain.affine(name, one, shift, budget)?;
    }
    Ok(())
}

fn kind(operation: &str) -> heads::Kind {
    match operation {
        "Gemm" | "MatMul" | "Conv" | "ConvTranspose" => heads::Kind::Dense,
        "Add" | "Sum" => heads::Kind::Add,
        "Exp" => heads::Kind::Exp,
        "RandomNormal" | "RandomNormalLike" | "RandomUniform" | "RandomUniformLike"
        | "Bernoulli" | "Multinomial" => heads::Kind::Random,
        _ => heads::Kind::Other,
    }
}
