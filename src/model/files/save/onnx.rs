//! ONNX graphs of matrix products and activations.

use super::super::protobuf::Message;
use super::{bytes, named};
use crate::model::{Activation, Dense, Network};

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
    let mut add = |node: Message| *graph = std::mem::take(graph).message(1, node);
    let sums = if layer.activation == Activation::Linear {
        result.clone()
    } else {
        format!("{name}.sums")
    };
    let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
    add(node("Gemm", name, &[input, &weight, &bias], &sums));
    let activation = format!("{name}.activation");
    let after = |operation| node(operation, &activation, &[&sums], &result);
    match layer.activation {
        Activation::Linear => {}
        Activation::Relu => add(after("Relu")),
        Activation::LeakyRelu { slope } => {
            add(after("LeakyRelu").message(5, float("alpha", slope)));
        }
        Activation::Elu { alpha } => add(after("Elu").message(5, float("alpha", alpha))),
        Activation::Selu => add(after("Selu")),
        Activation::Softplus => add(after("Softplus")),
        Activation::Softsign => add(after("Softsign")),
        // An operation of its own only since version 24.
        Activation::Silu => {
            let gate = format!("{name}.gate");
            add(node("Sigmoid", &gate, &[&sums], &gate));
            add(node("Mul", &activation, &[&sums, &gate], &result));
        }
        Activation::Tanh => add(after("Tanh")),
        Activation::Sigmoid => add(after("Sigmoid")),
        Activation::ScaledElu { alpha, scale } => {
            let selu = after("Selu").message(5, float("alpha", alpha));
            add(selu.message(5, float("gamma", scale)));
        }
        composed => compose(graph, &activation, composed, &sums, &result),
    }
    result
}

/// What a value of a composed activation is made of.
enum Of<'a> {
    /// The sums.
    X,
    Number(f32),
    Made(&'a str),
}

/// Adds an activation that is no operation of its own.
fn compose(graph: &mut Message, name: &str, activation: Activation, sums: &str, result: &str) {
    use Of::{Made, Number, X};
    let all: Vec<(&str, &str, Vec<Of<'_>>)> = match activation {
        Activation::Swish { beta } => vec![
            ("scaled", "Mul", vec![X, Number(beta)]),
            ("gate", "Sigmoid", vec![Made("scaled")]),
            ("", "Mul", vec![X, Made("gate")]),
        ],
        Activation::Gelu => vec![
            ("scaled", "Div", vec![X, Number(std::f32::consts::SQRT_2)]),
            ("error", "Erf", vec![Made("scaled")]),
            ("both", "Add", vec![Made("error"), Number(1.0)]),
            ("twice", "Mul", vec![X, Made("both")]),
            ("", "Mul", vec![Made("twice"), Number(0.5)]),
        ],
        Activation::GeluTanh => vec![
            ("square", "Mul", vec![X, X]),
            ("cube", "Mul", vec![Made("square"), X]),
            ("part", "Mul", vec![Made("cube"), Number(0.044_715)]),
            ("sum", "Add", vec![X, Made("part")]),
            ("scaled", "Mul", vec![Made("sum"), Number(0.797_884_6)]),
            ("tanh", "Tanh", vec![Made("scaled")]),
            ("both", "Add", vec![Made("tanh"), Number(1.0)]),
            ("twice", "Mul", vec![X, Made("both")]),
            ("", "Mul", vec![Made("twice"), Number(0.5)]),
        ],
        Activation::ClippedRelu {
            max,
            slope,
            threshold,
        } => vec![
            ("shifted", "Sub", vec![X, Number(threshold)]),
            ("below", "Mul", vec![Made("shifted"), Number(slope)]),
            ("less", "Less", vec![X, Number(threshold)]),
            ("open", "Where", vec![Made("less"), Made("below"), X]),
            ("", "Min", vec![Made("open"), Number(max)]),
        ],
        _ => vec![("", "Identity", vec![X])],
    };
    let called = |value: &str| format!("{name}.{value}");
    for (made, operation, of) in all {
        let mut inputs = Vec::new();
        for (at, of) in of.iter().enumerate() {
            inputs.push(match of {
                X => sums.to_owned(),
                Made(value) => called(value),
                Number(number) => {
                    let constant = called(&format!("{made}.{operation}.{at}"));
                    let value = tensor(&constant, &[], [*number].iter());
                    *graph = std::mem::take(graph).message(5, value);
                    constant
                }
            });
        }
        let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let output = if made.is_empty() {
            result.to_owned()
        } else {
            called(made)
        };
        let own = if made.is_empty() {
            name.to_owned()
        } else {
            called(made)
        };
        let step = node(operation, &own, &inputs, &output);
        *graph = std::mem::take(graph).message(1, step);
    }
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
