//! A variational network in Keras: models as graphs, of which the encoder has two ends.

use serde_json::{Value, json};

use super::keras::{Variables, described, input_layer, sequential, variables};
use super::keras_layers::{KerasHalf, KerasLayer, Unsaid, given, half, halves, scaled, turned};
use crate::data::Scaling;
use crate::model::{Architecture, Head, Network};

/// A variational network whose encoder goes two ways.
pub(in super::super) struct Heads {
    /// Axes of a row.
    pub input: Vec<usize>,
    pub trunk: KerasHalf,
    pub mean: KerasHalf,
    pub log_variance: KerasHalf,
    pub decoder: KerasHalf,
}

/// A layer of the encoder with its name, what it follows, and how many follow it at most.
struct Node<'a> {
    layer: &'a KerasLayer,
    name: String,
    after: String,
    depth: usize,
    /// Of which layers of ours it may have the weights.
    head: bool,
}

/// The configuration of a whole model, and the variables of its two models by their names.
type Configured = (Value, [(&'static str, Variables); 2]);

/// The configuration of the whole model, and the variables of its two models.
pub(super) fn variational(
    network: &Network,
    head: &Head,
    architecture: &Architecture,
    scaling: Option<&Scaling>,
) -> Result<Configured, (&'static str, Unsaid)> {
    let (forms, decoder_forms) = (architecture.encoder(), architecture.decoder());
    let own = architecture.halves().into_iter().nth(2).unwrap_or_default();
    let heads = Heads::of(architecture, scaling)?;
    let (input, decoder) = (&heads.input, &heads.decoder);
    let shape: Vec<Value> = [Value::Null]
        .into_iter()
        .chain(input.iter().map(|&axis| axis.into()))
        .collect();
    let (nodes, ends) = heads.nodes();
    let mut layers = vec![placed(
        input_layer("encoder", &shape),
        "encoder_input",
        None,
    )];
    layers.extend(nodes.iter().map(|node| {
        let layer = described(&node.name, node.layer);
        placed(layer, &node.name, Some(&node.after))
    }));
    let encoder = functional("encoder", layers, "encoder_input", &ends);
    let steps = decoder.layers.iter().enumerate();
    let steps = steps.map(|(place, layer)| described(&format!("decoder_{}", place + 1), layer));
    let decoding = sequential("decoder", &decoder.input, steps.collect());
    let layers = vec![
        placed(
            input_layer("autoencoder", &shape),
            "autoencoder_input",
            None,
        ),
        placed(encoder, "encoder", Some("autoencoder_input")),
        // Of the two results of the encoder the first.
        placed(decoding, "decoder", Some("encoder")),
    ];
    let config = functional(
        "autoencoder",
        layers,
        "autoencoder_input",
        &["decoder".into()],
    );

    let mut own_variables = Variables::new();
    for node in &nodes {
        let one = std::slice::from_ref(node.layer);
        own_variables.extend(if node.head {
            variables(one, &own, &head.layers)
        } else {
            variables(one, &forms, network.encoder().layers())
        });
    }
    let of_decoder = variables(&decoder.layers, &decoder_forms, network.decoder().layers());
    Ok((
        config,
        [("functional", own_variables), ("sequential", of_decoder)],
    ))
}

impl Heads {
    /// Of an architecture with log-variances.
    pub(in super::super) fn of(
        architecture: &Architecture,
        scaling: Option<&Scaling>,
    ) -> Result<Self, (&'static str, Unsaid)> {
        let (forms, decoder_forms) = (architecture.encoder(), architecture.decoder());
        let own = architecture.halves().into_iter().nth(2).unwrap_or_default();
        let head = architecture.log_variance.as_ref();
        let after = head.map_or(forms.len(), |head| head.after);
        let of_encoder = |what| ("encoder", what);
        let [whole, decoder] = halves(&forms, &decoder_forms)?;
        let skipped = turned(&forms, &decoder_forms);
        let trunk = half(whole.input.clone(), &forms[..after], 0).map_err(of_encoder)?;
        let until = forms.len() - skipped;
        let mean = half(trunk.output.clone(), &forms[after..until], after).map_err(of_encoder)?;
        let until = own.len() - turned(&own, &decoder_forms).min(skipped);
        let log_variance = half(trunk.output.clone(), &own[..until], 0)
            .map_err(|what| ("encoder's log-variances", what))?;
        let mut heads = Self {
            input: whole.input,
            trunk,
            mean,
            log_variance,
            decoder,
        };
        heads.flattened_once();
        heads.of_one_shape();
        if let Some(scaling) = scaling {
            let [first, last] = scaled(scaling, &heads.input);
            heads.trunk.layers.insert(0, first);
            heads.decoder.layers.push(last);
        }
        Ok(heads)
    }

    /// What both heads begin with is done once.
    fn flattened_once(&mut self) {
        let flattens = |half: &KerasHalf| {
            half.layers.len() > 1
                && half
                    .layers
                    .first()
                    .is_some_and(|layer| layer.class == "Flatten")
        };
        if flattens(&self.mean) && flattens(&self.log_variance) {
            self.trunk.layers.push(self.mean.layers.remove(0));
            self.log_variance.layers.remove(0);
        }
    }

    /// Log-variances have the axes of the means.
    fn of_one_shape(&mut self) {
        if self.log_variance.output != self.mean.output {
            self.log_variance.layers.push(KerasLayer {
                class: "Reshape",
                config: given([("target_shape", json!(self.mean.output))]),
                weights: None,
            });
        }
    }

    /// The layers in the order in which Keras lists those of a graph, and the names of the two ends.
    fn nodes(&self) -> (Vec<Node<'_>>, [String; 2]) {
        let mut nodes = Vec::new();
        let mut before = "encoder_input".to_owned();
        for (at, layer) in self.trunk.layers.iter().enumerate() {
            let name = format!("encoder_{}", at + 1);
            nodes.push(Node {
                layer,
                after: std::mem::replace(&mut before, name.clone()),
                name,
                depth: 0,
                head: false,
            });
        }
        let mut branches = Vec::new();
        let ends =
            [("z_mean", &self.mean), ("z_log_var", &self.log_variance)].map(|(end, half)| {
                let mut before = before.clone();
                let count = half.layers.len();
                for (at, layer) in half.layers.iter().enumerate() {
                    let name = match count - 1 - at {
                        0 => end.to_owned(),
                        _ => format!("{end}_{}", at + 1),
                    };
                    branches.push(Node {
                        layer,
                        after: std::mem::replace(&mut before, name.clone()),
                        name,
                        depth: count - 1 - at,
                        head: end == "z_log_var",
                    });
                }
                before
            });
        // A stable sort: of two at the same distance from the end the one on the way to the means is first.
        branches.sort_by_key(|node| std::cmp::Reverse(node.depth));
        nodes.extend(branches);
        (nodes, ends)
    }
}

/// A layer as one of a graph that is called once.
fn placed(mut layer: Value, name: &str, after: Option<&str>) -> Value {
    layer["name"] = name.into();
    layer["inbound_nodes"] = match after {
        Some(after) => json!([[[after, 0, 0, {}]]]),
        None => json!([]),
    };
    layer
}

/// A model as a graph.
fn functional(name: &str, layers: Vec<Value>, input: &str, outputs: &[String]) -> Value {
    let outputs: Vec<Value> = outputs.iter().map(|output| json!([output, 0, 0])).collect();
    json!({
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": name,
            "trainable": true,
            "layers": layers,
            "input_layers": [[input, 0, 0]],
            "output_layers": outputs,
        },
        "registered_name": "Functional",
    })
}
