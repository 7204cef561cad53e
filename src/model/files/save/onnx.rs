//! ONNX graphs of the usual operations.

use super::channels_first::{
    ChannelsFirst, Lies, Placed, Step, Tensor, modules as in_sequence, tensors,
};
use super::{Refusal, bytes, check_layers, placed};
use crate::data::{ImageShape, Scaling, Shape};
use crate::model::activation::{Operand, Operation};
use crate::model::protobuf::Message;
use crate::model::{
    Activation, Architecture, Form, Interpolation, Kind, Layer, Margins, Network, Over, Window,
    as_image,
};

/// Files are for runtimes since 2022.
const IR_VERSION: u64 = 8;
const OPERATIONS: u64 = 17;
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// The network as an ONNX graph from `images` to `reconstructions`, of the same shape, and `latents`. A
/// variational network's latents are the means, from which it reconstructs, and its `log_variance` is a
/// third output of their shape. With a `scaling` images and reconstructions are numbers as they were stored.
///
/// Images are n × channels × height × width where the first layer is not dense, as ONNX's convolutions
/// take them, else n × numbers, with the channels of a pixel side by side. Latents that are feature maps
/// are n × channels × height × width, all others n × dimensions.
///
/// # Errors
/// One sentence: which layer ONNX cannot say.
pub fn onnx(network: &Network, scaling: Option<&Scaling>) -> Result<Vec<u8>, Refusal> {
    check_layers(network)?;
    let architecture = Architecture::from(network);
    let lowered = ChannelsFirst::of(&architecture);
    let mut graph = Graph {
        message: Message::default().text(2, "autoencoder"),
        weights: Vec::new(),
    };
    let image_axes = axes(lowered.images, network.encoder().input());
    let scaling = scaling.map(|scaling| {
        let lies = |values: &[f32]| placed(lowered.images, values);
        (lies(&scaling.offset), lies(&scaling.scale))
    });
    let [first, end] = match &scaling {
        Some((offset, scale)) => {
            let steps = [("Sub", "offset", offset), ("Div", "scale", scale)];
            graph.elementwise("images", steps, &image_axes, "images.scaled");
            ["images.scaled", "reconstructions.scaled"]
        }
        None => ["images", "reconstructions"],
    };
    let encoder = Part {
        name: "encoder",
        layers: network.encoder().layers(),
        forms: &network.encoder().forms(),
        steps: &lowered.encoder.steps,
    };
    let values = graph.part(&encoder, first, "latents")?;
    if let (Some(head), Some(steps)) = (network.encoder().log_variance(), &lowered.log_variance) {
        let forms = architecture.halves().into_iter().nth(2).unwrap_or_default();
        let before = encoder.steps.iter().filter(|step| step.layer < head.after);
        let begins = match before.count() {
            0 => first,
            count => &values[count - 1],
        };
        let part = Part {
            name: "log_variance",
            layers: &head.layers,
            forms: &forms,
            steps: &steps.steps,
        };
        graph.part(&part, begins, "log_variance")?;
    }
    let decoder = Part {
        name: "decoder",
        layers: network.decoder().layers(),
        forms: &network.decoder().forms(),
        steps: &lowered.decoder.steps,
    };
    graph.part(&decoder, "latents", end)?;
    if let Some((offset, scale)) = &scaling {
        let steps = [("Mul", "scale", scale), ("Add", "offset", offset)];
        graph.elementwise("reconstructions.scaled", steps, &[], "reconstructions");
    }
    let Graph { message, weights } = graph;
    let graph = weights
        .into_iter()
        .fold(message, |graph, tensor| graph.message(5, tensor));
    let latents = axes(lowered.latents, network.encoder().output());
    let graph = graph
        .message(11, info("images", &image_axes))
        .message(12, info("reconstructions", &image_axes))
        .message(12, info("latents", &latents));
    let graph = if network.is_variational() {
        graph.message(12, info("log_variance", &latents))
    } else {
        graph
    };
    Ok(Message::default()
        .int(1, IR_VERSION)
        .text(2, "latent-lens")
        .text(3, env!("CARGO_PKG_VERSION"))
        .message(7, graph)
        .message(8, Message::default().text(1, "").int(2, OPERATIONS))
        .finish())
}

/// What a row is in a tensor.
fn axes(lies: Lies, shape: &Shape) -> Vec<usize> {
    match lies {
        Lies::Maps(image) | Lies::Planes(image) => planes(image).into(),
        Lies::Rows | Lies::Flat(_) => vec![shape.size()],
    }
}

fn planes(image: ImageShape) -> [usize; 3] {
    [image.channels, image.height, image.width]
}

/// Layers that follow each other, and the steps that they are.
struct Part<'a> {
    name: &'static str,
    layers: &'a [Layer],
    forms: &'a [(Form, Shape, Shape)],
    steps: &'a [Placed],
}

/// Nodes so far, and the weights that follow them.
struct Graph {
    message: Message,
    weights: Vec<Message>,
}

/// A node to be: what it is called, takes and gives.
struct Place<'a> {
    name: &'a str,
    input: &'a str,
    output: &'a str,
}

impl Graph {
    fn add(&mut self, field: u64, part: Message) {
        self.message = std::mem::take(&mut self.message).message(field, part);
    }

    /// A node of one input and what follows it.
    fn node(&mut self, operation: &str, place: &Place<'_>, others: &[&str], more: Vec<Message>) {
        let inputs: Vec<&str> = [place.input].iter().chain(others).copied().collect();
        let node = node(operation, place.name, &inputs, place.output);
        let node = more
            .into_iter()
            .fold(node, |node, attribute| node.message(5, attribute));
        self.add(1, node);
    }

    /// Two operations with a constant each; those constants are added where their axes are said.
    fn elementwise(
        &mut self,
        input: &str,
        steps: [(&str, &str, &Vec<f32>); 2],
        axes: &[usize],
        last: &str,
    ) {
        let between = format!("{last}.{}", steps[0].1);
        let places = [(input, between.as_str()), (between.as_str(), last)];
        for ((operation, constant, values), (input, output)) in steps.into_iter().zip(places) {
            if !axes.is_empty() {
                self.weights.push(tensor(constant, axes, values.iter()));
            }
            let place = Place {
                name: output,
                input,
                output,
            };
            self.node(operation, &place, &[constant], Vec::new());
        }
    }

    /// Adds the steps of a part, and gives the names of their results, of which the last is `last`.
    fn part(&mut self, part: &Part<'_>, input: &str, last: &str) -> Result<Vec<String>, Refusal> {
        let Part {
            name: half,
            layers,
            forms,
            steps,
        } = *part;
        let mut values = Vec::new();
        let mut value = input.to_owned();
        let mut place = 0;
        let mut name = format!("{half}.0");
        for (at, Placed { layer, step, .. }) in steps.iter().enumerate() {
            let (form, input, _) = &forms[*layer];
            let next = steps.get(at + 1);
            let is_activated = next.is_some_and(|next| next.step == Step::Activation);
            let follows = at > 0 && steps[at - 1].layer == *layer;
            if *step != Step::Activation || !follows {
                name = format!("{half}.{place}");
            }
            place += in_sequence(step, form).0;
            let output = match next {
                None => last.to_owned(),
                Some(_) if is_activated && *step != Step::Activation => format!("{name}.sums"),
                Some(_) => format!("{name}.out"),
            };
            let own = Place {
                name: &name,
                input: &value,
                output: &output,
            };
            match step {
                Step::Activation => self.activation(&own, form.activation()),
                step => {
                    let layer = &layers[*layer];
                    self.step(&own, step, (form, layer, input))
                        .map_err(|what| Refusal::of("ONNX", half, steps[at].layer, &what))?;
                }
            }
            values.push(output.clone());
            value = output;
        }
        if steps.is_empty() {
            let place = Place {
                name: half,
                input,
                output: last,
            };
            self.node("Identity", &place, &[], Vec::new());
        }
        Ok(values)
    }

    fn activation(&mut self, place: &Place<'_>, activation: Activation) {
        for operation in activation.onnx() {
            self.activate(place, &operation);
        }
    }

    /// Adds one of the operations of an activation.
    fn activate(&mut self, place: &Place<'_>, operation: &Operation) {
        let Place {
            name,
            input: sums,
            output: result,
        } = *place;
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
                    self.add(5, tensor(&constant, &[], [*number].iter()));
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
        self.add(1, node);
    }

    /// Adds a step, or says what of its layer cannot be said.
    fn step(
        &mut self,
        place: &Place<'_>,
        step: &Step,
        (form, layer, input): (&Form, &Layer, &Shape),
    ) -> Result<(), String> {
        let name = place.name;
        match step {
            Step::Dense { .. } => {
                let names = self.weights(name, layer, tensors(step, form, input));
                self.node("Gemm", place, &[&names[0], &names[1]], Vec::new());
            }
            Step::Flatten => self.node("Flatten", place, &[], vec![int("axis", 1)]),
            Step::Unflatten(image) => {
                let [channels, height, width] = planes(*image).map(|axis| axis as i64);
                self.reshape(place, &[-1, channels, height, width]);
            }
            Step::ToRows(_) => {
                let moved = format!("{name}.moved");
                let (first, second) = through(place, &moved);
                self.node("Transpose", &first, &[], vec![ints("perm", &[0, 2, 3, 1])]);
                self.node("Flatten", &second, &[], vec![int("axis", 1)]);
            }
            Step::FromRows(image) => {
                let [channels, height, width] = planes(*image).map(|axis| axis as i64);
                let moved = format!("{name}.moved");
                let (first, second) = through(place, &moved);
                self.reshape(&first, &[-1, height, width, channels]);
                self.node("Transpose", &second, &[], vec![ints("perm", &[0, 3, 1, 2])]);
            }
            Step::Gather(order) => {
                let places: Vec<i64> = order.iter().map(|&place| i64::from(place)).collect();
                let order = self.whole(&format!("{name}.order"), &places);
                self.node("Gather", place, &[&order], vec![int("axis", 1)]);
            }
            Step::Layer { on } => {
                if let Form::General { kind, .. } = form {
                    let stored = tensors(step, form, input);
                    let names = self.weights(name, layer, stored);
                    return self.layer(place, kind, &names, *on, as_image(input).channels);
                }
            }
            Step::Activation => {}
        }
        Ok(())
    }

    fn reshape(&mut self, place: &Place<'_>, shape: &[i64]) {
        let shape = self.whole(&format!("{}.shape", place.name), shape);
        self.node("Reshape", place, &[&shape], Vec::new());
    }

    /// Adds the weights of a layer, and gives their names.
    fn weights(&mut self, name: &str, layer: &Layer, stored: Vec<Tensor>) -> Vec<String> {
        let mut names = Vec::new();
        for (stored, matrix) in stored.into_iter().zip(layer.weights()) {
            let values: Vec<f32> = matrix.iter().copied().collect();
            let full = format!("{name}.{}", stored.name);
            let Tensor {
                mut shape,
                mut order,
                ..
            } = stored;
            // As a matrix product takes it.
            if let (Layer::Dense(_), &[outputs, inputs]) = (layer, &shape[..]) {
                shape = vec![inputs, outputs];
                let rows = 0..inputs;
                order = rows
                    .flat_map(|row| (0..outputs).map(move |column| (row, column)))
                    .map(|(row, column)| order[column * inputs + row])
                    .collect();
            }
            let values = order.iter().map(|&place| &values[place]);
            self.weights.push(tensor(&full, &shape, values));
            names.push(full);
        }
        names
    }

    /// Adds whole numbers, and gives their name.
    fn whole(&mut self, name: &str, values: &[i64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let tensor = Message::default()
            .int(1, values.len() as u64)
            .int(2, INT64)
            .text(8, name)
            .bytes(9, &bytes);
        self.weights.push(tensor);
        name.into()
    }

    fn numbers(&mut self, name: &str, values: &[f32]) -> String {
        self.weights
            .push(tensor(name, &[values.len()], values.iter()));
        name.into()
    }

    fn layer(
        &mut self,
        place: &Place<'_>,
        kind: &Kind,
        weights: &[String],
        on: Lies,
        width: usize,
    ) -> Result<(), String> {
        let name = place.name;
        let weights: Vec<&str> = weights.iter().map(String::as_str).collect();
        match kind {
            Kind::Convolution { groups, window, .. } => {
                let mut more = moved(window);
                more.push(int("group", *groups as i64));
                self.node("Conv", place, &weights, more);
            }
            Kind::Transposed { .. } => {
                let more = transposed(kind)?;
                self.node("ConvTranspose", place, &weights, more);
            }
            Kind::MaxPooling { window } => {
                let wide = |side: usize| {
                    window.padding[side]
                        .iter()
                        .all(|&of| of < window.size[side] as isize)
                };
                if !(wide(0) && wide(1)) {
                    return Err("pools with more padding than its window is wide".into());
                }
                self.node("MaxPool", place, &[], moved(window));
            }
            Kind::AveragePooling {
                window,
                counts_padding,
            } => {
                if window.dilation != [1; 2] {
                    return Err("averages with a dilation".into());
                }
                let mut more = moved(window);
                more.remove(DILATIONS);
                more.push(int("count_include_pad", i64::from(*counts_padding)));
                self.node("AveragePool", place, &[], more);
            }
            Kind::Upsampling {
                factor,
                interpolation,
            } => {
                let scales = [1.0, 1.0, factor[0] as f32, factor[1] as f32];
                let scales = self.numbers(&format!("{name}.scales"), &scales);
                let (mode, transform) = match interpolation {
                    Interpolation::Nearest => ("nearest", "asymmetric"),
                    Interpolation::Bilinear => ("linear", "half_pixel"),
                    Interpolation::BilinearCorners => ("linear", "align_corners"),
                };
                let more = vec![
                    text("mode", mode),
                    text("coordinate_transformation_mode", transform),
                    text("nearest_mode", "floor"),
                ];
                self.node("Resize", place, &["", &scales], more);
            }
            Kind::Padding { margins } => self.margins(place, margins),
            Kind::Scaling => {
                let [mean, variance] = [("mean", 0.0), ("variance", 1.0)]
                    .map(|(of, value)| self.numbers(&format!("{name}.{of}"), &vec![value; width]));
                let others = [weights[0], weights[1], &mean, &variance];
                self.node(
                    "BatchNormalization",
                    place,
                    &others,
                    vec![float("epsilon", 0.0)],
                );
            }
            Kind::Normalisation { over, epsilon } => {
                let last = [int("axis", -1), float("epsilon", *epsilon)];
                if let (Over::Channels, Lies::Maps(_)) = (over, on) {
                    let [moved, normed] = ["moved", "normed"].map(|of| format!("{name}.{of}"));
                    let perm = |axes: &[i64]| vec![ints("perm", axes)];
                    let (first, _) = through(place, &moved);
                    self.node("Transpose", &first, &[], perm(&[0, 2, 3, 1]));
                    let middle = Place {
                        name: &normed,
                        input: &moved,
                        output: &normed,
                    };
                    self.node("LayerNormalization", &middle, &weights, last.into());
                    let (_, back) = through(place, &normed);
                    self.node("Transpose", &back, &[], perm(&[0, 3, 1, 2]));
                } else {
                    let [_, epsilon] = last;
                    let more = vec![int("axis", 1), epsilon];
                    self.node("LayerNormalization", place, &weights, more);
                }
            }
            Kind::Softmax => self.node("Softmax", place, &[], vec![int("axis", 1)]),
            Kind::Activation | Kind::Reshaping { .. } | Kind::Reordering { .. } => {}
        }
        Ok(())
    }

    /// Zeros around, then what is cut off.
    fn margins(&mut self, place: &Place<'_>, margins: &Margins) {
        let [[above, below], [left, right]] = margins.map(|side| side.map(|of| of as i64));
        let grown = [above, left, below, right].map(|of| of.max(0));
        let cut = [above, left, below, right].map(|of| (-of).max(0));
        let both = format!("{}.padded", place.name);
        let (first, second) = through(place, &both);
        let (pads, cuts) = match (grown == [0; 4], cut == [0; 4]) {
            (false, false) => (Some(first), Some(second)),
            (true, false) => (None, Some(Place { ..*place })),
            _ => (Some(Place { ..*place }), None),
        };
        if let Some(place) = pads {
            let [above, left, below, right] = grown;
            let pads = [0, 0, above, left, 0, 0, below, right];
            let pads = self.whole(&format!("{}.pads", place.name), &pads);
            self.node("Pad", &place, &[&pads], Vec::new());
        }
        if let Some(place) = cuts {
            let [above, left, below, right] = cut;
            // From the end, where something is cut there.
            let end = |of: i64| if of == 0 { i64::MAX } else { -of };
            let parts = [
                ("starts", [above, left]),
                ("ends", [end(below), end(right)]),
                ("axes", [2, 3]),
            ];
            let parts =
                parts.map(|(of, values)| self.whole(&format!("{}.{of}", place.name), &values));
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            self.node("Slice", &place, &parts, Vec::new());
        }
    }
}

/// Two places on the way through one, with a value between them.
fn through<'a>(place: &Place<'a>, between: &'a str) -> (Place<'a>, Place<'a>) {
    let first = Place {
        name: between,
        input: place.input,
        output: between,
    };
    let second = Place {
        input: between,
        ..*place
    };
    (first, second)
}

/// Place of the dilations in [`moved`].
const DILATIONS: usize = 2;

/// Attributes of a window.
fn moved(window: &Window) -> Vec<Message> {
    let pair = |of: [usize; 2]| of.map(|side| side as i64);
    let [[above, below], [left, right]] = window.padding.map(|side| side.map(|of| of as i64));
    vec![
        ints("kernel_shape", &pair(window.size)),
        ints("strides", &pair(window.stride)),
        ints("dilations", &pair(window.dilation)),
        ints("pads", &[above, left, below, right]),
    ]
}

/// Attributes of a transposed convolution.
fn transposed(kind: &Kind) -> Result<Vec<Message>, String> {
    let Kind::Transposed {
        groups,
        kernel,
        stride,
        dilation,
        cut,
        ..
    } = kind
    else {
        return Ok(Vec::new());
    };
    let mut more = [0; 2];
    let mut pads = [0; 4];
    for side in 0..2 {
        let [before, after] = cut[side].map(|of| of as i64);
        more[side] = (-after).max(0);
        if before < 0 || more[side] >= stride[side].max(dilation[side]) as i64 {
            return Err(
                "is a transposed convolution that reaches beyond all of its windows".into(),
            );
        }
        (pads[side], pads[side + 2]) = (before, after.max(0));
    }
    let pair = |of: &[usize; 2]| of.map(|side| side as i64);
    let mut all = vec![
        ints("kernel_shape", &pair(kernel)),
        ints("strides", &pair(stride)),
        ints("dilations", &pair(dilation)),
        ints("pads", &pads),
        int("group", *groups as i64),
    ];
    if more != [0; 2] {
        all.push(ints("output_padding", &more));
    }
    Ok(all)
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

fn int(name: &str, value: i64) -> Message {
    Message::default()
        .text(1, name)
        .int(3, value.cast_unsigned())
        .int(20, 2)
}

fn text(name: &str, value: &str) -> Message {
    Message::default().text(1, name).text(4, value).int(20, 3)
}

fn ints(name: &str, values: &[i64]) -> Message {
    let named = Message::default().text(1, name);
    let values = values.iter().fold(named, |message, value| {
        message.int(8, value.cast_unsigned())
    });
    values.int(20, 7)
}

fn tensor<'a>(name: &str, shape: &[usize], values: impl Iterator<Item = &'a f32>) -> Message {
    let tensor = shape.iter().fold(Message::default(), |tensor, &axis| {
        tensor.int(1, axis as u64)
    });
    tensor.int(2, FLOAT).text(8, name).bytes(9, &bytes(values))
}

/// Any number of rows of these axes.
fn info(name: &str, axes: &[usize]) -> Message {
    let rows = Message::default().message(1, Message::default().text(2, "n"));
    let shape = axes.iter().fold(rows, |shape, &axis| {
        shape.message(1, Message::default().int(1, axis as u64))
    });
    let tensor = Message::default().int(1, FLOAT).message(2, shape);
    Message::default()
        .text(1, name)
        .message(2, Message::default().message(1, tensor))
}
