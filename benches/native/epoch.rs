//! Epochs of training, each with its losses of held-out images; beside Keras where the variable `KERAS` names a Python
//! that has it, and beside PyTorch where `TORCH` does.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latent_lens::data::Dataset;
use latent_lens::settings::{NetworkKind, Settings, Variant};
use latent_lens::train::Trainer;
use pollster::block_on;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{REPEATS, digits, median, round, spread};

/// A network, and what `benches/keras_epoch.py` calls it.
pub struct Epoch {
    /// Of the benchmark.
    pub name: &'static str,
    network: &'static str,
    settings: fn() -> Settings,
}

/// The paper's network of ten digits, a variational one, 784-256-2, and a convolutional one.
pub const ALL: [Epoch; 3] = [
    Epoch {
        name: "native_train_epoch",
        network: "paper",
        settings: || Settings {
            classes: (0..10).collect(),
            dims: 32,
            ..Settings::default()
        },
    },
    Epoch {
        name: "native_variational_epoch",
        network: "variational",
        settings: || Settings {
            classes: vec![0, 1, 2],
            hidden: vec![256],
            dims: 2,
            variant: Variant {
                variational: true,
                ..Variant::default()
            },
            ..Settings::default()
        },
    },
    Epoch {
        name: "native_conv_epoch",
        network: "convolutional",
        settings: || Settings {
            kind: NetworkKind::Convolutional,
            dims: 12,
            ..Settings::default()
        },
    },
];

const EPOCHS: usize = 6;
const SLICE: Duration = Duration::from_millis(40);
/// What the losses of the two may differ by: they train on the same images in the same order, with the same noise.
const TOLERANCE: f64 = 5e-3;

/// What `benches/keras_epoch.py` or `benches/torch_epoch.py` prints.
#[derive(Deserialize)]
struct Peer {
    ms: f64,
    held_out_loss: f64,
    version: String,
}

impl Epoch {
    /// Ours and the others in turn, several times.
    pub fn line(&self) -> Value {
        let settings = Settings {
            epochs: EPOCHS,
            ..(self.settings)()
        };
        let classes = digits::digits(&settings.classes);
        let data =
            Dataset::new(&classes, &settings.division(true)).expect("the digits can be used");
        let data = Arc::new(data);
        let mut peers = [("KERAS", "keras"), ("TORCH", "torch")].map(|(variable, script)| {
            let python = std::env::var(variable).ok();
            // PyTorch is asked for the paper's network alone.
            let python = python.filter(|_| script == "keras" || self.network == "paper");
            (script, python, Vec::new(), Vec::new(), String::new())
        });
        let (mut ours, mut held_out_loss) = (Vec::new(), f64::NAN);
        for _ in 0..REPEATS {
            let (ms, loss) = epoch(&settings, &data);
            ours.push(ms);
            held_out_loss = loss;
            for (script, python, theirs, ratios, version) in &mut peers {
                let Some(python) = python else { continue };
                let peer = self.peer(python, script);
                let off = (loss / peer.held_out_loss - 1.0).abs();
                assert!(
                    off < TOLERANCE,
                    "the loss is {loss} here and {} in {}",
                    peer.held_out_loss,
                    peer.version
                );
                theirs.push(peer.ms);
                ratios.push(peer.ms / ms);
                *version = peer.version;
            }
        }
        let mut line = json!({
            "name": self.name,
            "ours_ms": round(median(&ours)),
            "repeats": ours.len(),
            "ours_spread": spread(&ours),
            "images": data.training.count(),
            "held_out": data.held_out.count(),
            "held_out_loss": held_out_loss,
        });
        let names = [
            ["peer", "peer_ms", "ratio", "spread"],
            ["other_peer", "other_peer_ms", "other_ratio", "other_spread"],
        ];
        for ([peer, ms, ratio, pairs], (.., theirs, ratios, version)) in names.iter().zip(&peers) {
            if !theirs.is_empty() {
                line[*peer] = json!(version);
                line[*ms] = json!(round(median(theirs)));
                line[*ratio] = json!(round(median(ratios)));
                line[*pairs] = json!(spread(ratios));
            }
        }
        line
    }

    fn peer(&self, python: &str, script: &str) -> Peer {
        let output = Command::new(python)
            .arg(format!("benches/{script}_epoch.py"))
            .args([&EPOCHS.to_string(), self.network])
            .output()
            .expect("the variable names a program");
        assert!(
            output.status.success(),
            "no epoch is trained: see benches/{script}_epoch.py"
        );
        serde_json::from_slice(&output.stdout).expect("it prints one line of JSON")
    }
}

/// Milliseconds of an epoch, of several, and the last one's loss of held-out images.
fn epoch(settings: &Settings, data: &Arc<Dataset>) -> (f64, f64) {
    let mut trainer = Trainer::new(&super::engine(), data, settings);
    trainer.on_threads(super::threads());
    let start = Instant::now();
    while !block_on(trainer.advance(SLICE)).expect("the CPU always answers") {}
    let ms = start.elapsed().as_secs_f64() * 1000.0 / EPOCHS as f64;
    let losses = &trainer.history().held_out_loss;
    (ms, f64::from(*losses.last().expect("there are epochs")))
}
