//! ONNX graphs of matrix products and activations.

use super::super::protobuf::Message;
use super::{bytes, named};
use crate::model::activation::{Operand, Operation};
use crate::model::{Dense, Network};

/// Files are for runtimes since 2022.
const IR_VERSION: u64 = 8;
const OPERATIONS: u64 = 17;
const FLOAT: u64 = 1;

/// The network as an ONNX graph from `images` (n × pixels) to `reconstructions` (n × pixels) and
/// `latents` (n × dimensions).
#[must_use]
pub fn onnx(network: &Network) -> Vec<u8> {
    let layers = named(network);
    let mut graph = Message::default().text(2, "autoencoder");
    let mut value = "images".to_owned();
    for (at, (name, layer)) in layers.iter().enumerate() {
        let output = if at + 1 == network.encoder().layers().len() {
            "latents"
        } else if at + 1 == layers.len() {
            "reconstructions"
        } else {
            ""
        };
        value = dense(&mut graph, name, layer, &value, output);
    }
    for (name, layer) in &layers {
        let (inputs, outputs) = layer.weight.dim();
        let weight = tensor(
            &format!("{name}.weight"),
            &[inputs, outputs],
            layer.weight.iter(),
        );
        let bias = tensor(&format!("{name}.bias"), &[outputs], layer.bias.iter());
        graph = graph.message(5, weight).message(5, bias);
    }
    let pixels = network.encoder().input().size();
    let graph = graph
        .message(11, info("images", pixels))
        .message(12, info("reconstructions", pixels))
        .message(12, info("latents", network.dims()));
    Message::default()
        .int(1, IR_VERSION)
        .text(2, "latent-lens")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, graph)
        .message(8, Message::default().text(1, "").int(2, OPERATIONS))
        .finish()
}

/// Adds a layer and gives the name of its result, which is `output` or one of its own.
fn dense(graph: &mut Message, name: &str, layer: &Dense, input: &str, output: &str) -> String {
    let result = if output.is_empty() {
        format!("{name}.out")
    } else {
        output.to_owned()
    };
    let operations = layer.activation.onnx();
    let sums = if operations.is_empty() {
        result.clone()
    } else {
        format!("{name}.sums")
    };
    let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
    let gemm = node("Gemm", name, &[input, &weight, &bias], &sums);
    *graph = std::mem::take(graph).message(1, gemm);
    for operation in operations {
        activate(graph, name, &operation, &sums, &result);
    }
    result
}

/// Adds one of the operations of the activation of layer `name`.
fn activate(graph: &mut Message, name: &str, operation: &Operation, sums: &str, result: &str) {
    let is_last = operation.result.is_empty();
    let inputs: Vec<String> = (operation.operands.iter().enumerate())
        .map(|(at, operand)| match operand {
            Operand::Sums => sums.to_owned(),
            Operand::Result(value) => format!("{name}.{value}"),
            Operand::Number(number) => {
                let of = if is_last {
                    "activation."
                } else {
                    operation.result
                };
                let constant = format!("{name}.{of}.{}.{at}", operation.name);
                let value = tensor(&constant, &[], [*number].iter());
                *graph = std::mem::take(graph).message(5, value);
                constant
            }
        })
        .collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let (own, output) = if is_last {
        (format!("{name}.activation"), result.to_owned())
    } else {
        let own = format!("{name}.{}", operation.result);
        (own.clone(), own)
    };
    let attributes = operation.attributes.iter();
    let node = attributes.fold(
        node(operation.name, &own, &inputs, &output),
        |node, (name, value)| node.message(5, float(name, *value)),
    );
    *graph = std::mem::take(graph).message(1, node);
}

fn node(operation: &str, name: &str, inputs: &[&str], output: &str) -> Message {
    let node = inputs
        .iter()
        .fold(Message::default(), |node, input| node.text(1, input));
    node.text(2, output).text(3, name).text(4, operation)
}

fn float(name: &str, value: f32) -> Message {
    Message::default()
        .text(1, name)
        .float(2, value)
        .int(20, FLOAT)
}

fn tensor<'a>(name: &str, shape: &[usize], values: impl Iterator<Item = &'a f32>) -> Message {
    let tensor = shape.iter().fold(Message::default(), |tensor, &axis| {
        tensor.int(1, axis as u64)
    });
    tensor.int(2, FLOAT).text(8, name).bytes(9, &bytes(values))
}

/// A matrix of any number of rows.
fn info(name: &str, columns: usize) -> Message {
    let rows = Message::default().text(2, "n");
    let columns = Message::default().int(1, columns as u64);
    let shape = Message::default().message(1, rows).message(1, columns);
    let matrix = Message::default().int(1, FLOAT).message(2, shape);
    Message::default()
        .text(1, name)
        .message(2, Message::default().message(1, matrix))
}
