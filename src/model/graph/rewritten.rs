//! The file as rten is given it: with the outputs that are asked for, and in words that rten knows.

use super::parsed::{Node, Parsed};
use crate::model::protobuf::{Field, Message};

/// ONNX's code for an attribute of whole numbers.
const INTS: u64 = 7;
/// Conversions of a stored tensor that are followed.
const MAX_CONVERSIONS: usize = 4;

/// An ONNX file whose graph gives these tensors. Shapes of what lies between are left out, since they may be of
/// another number of images.
pub(super) fn file(parsed: &Parsed<'_>, outputs: &[&str]) -> Vec<u8> {
    let mut graph = Message::default();
    for node in &parsed.nodes {
        graph = graph.message(1, operation(node, parsed));
    }
    for tensor in &parsed.initial {
        graph = graph.bytes(5, tensor);
    }
    for input in &parsed.inputs {
        graph = graph.bytes(11, input.raw);
    }
    for output in outputs {
        graph = graph.message(12, Message::default().text(1, output));
    }
    let mut model = Message::default();
    for (number, field) in &parsed.heading {
        model = match field {
            Field::Varint(value) => model.int(*number, *value),
            Field::Bytes(bytes) => model.bytes(*number, bytes),
            Field::Fixed32(_) | Field::Fixed64(_) => model,
        };
    }
    model.message(7, graph).finish()
}

fn operation(node: &Node<'_>, parsed: &Parsed<'_>) -> Message {
    let first = |of: &[&str]| of.first().copied().unwrap_or_default().to_owned();
    match node.operation {
        // A network that is explained does not train.
        "Dropout" => Message::default()
            .text(1, &first(&node.inputs))
            .text(2, &first(&node.outputs))
            .text(3, node.name)
            .text(4, "Identity"),
        "Conv" | "ConvTranspose" => window(node, parsed),
        _ => Message::from(node.raw),
    }
}

/// With what ONNX lets a convolution leave out: the size of its window, its steps and gaps.
fn window(node: &Node<'_>, parsed: &Parsed<'_>) -> Message {
    let mut message = Message::from(node.raw);
    let weights = node.inputs.get(1).and_then(|name| shape(name, parsed));
    let Some(sides) = weights.and_then(|shape| shape.get(2..)) else {
        return message;
    };
    let ones = vec![1; sides.len()];
    for (name, usual) in [
        ("kernel_shape", sides),
        ("strides", &ones),
        ("dilations", &ones),
    ] {
        if node.ints(name).is_empty() {
            let mut attribute = Message::default().text(1, name);
            for &side in usual {
                attribute = attribute.int(8, side as u64);
            }
            message = message.message(5, attribute.int(20, INTS));
        }
    }
    message
}

/// The lengths of a stored tensor's axes, whatever its numbers are converted to.
fn shape<'p>(name: &str, parsed: &'p Parsed<'_>) -> Option<&'p [usize]> {
    let mut name = name;
    for _ in 0..MAX_CONVERSIONS {
        if let Some(stored) = parsed.stored.get(name) {
            return Some(&stored.shape);
        }
        let converts = |operation| matches!(operation, "Cast" | "Identity" | "DequantizeLinear");
        let mut nodes = parsed.nodes.iter();
        let maker = nodes.find(|node| node.outputs.first() == Some(&name))?;
        name = converts(maker.operation).then(|| maker.inputs.first())??;
    }
    None
}
