//! Training of a variational network, beside Keras where the variable `KERAS` names a Python that has it.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latent_lens::data::Dataset;
use latent_lens::engine::Engine;
use latent_lens::settings::{Settings, Variant};
use latent_lens::train::Trainer;
use pollster::block_on;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{REPEATS, digits, median, round, spread};

pub const NAME: &str = "native_variational_epoch";
const EPOCHS: usize = 6;
const SLICE: Duration = Duration::from_millis(40);
/// What the losses of the two may differ by: they train on the same images in the same order, with the same noise.
const TOLERANCE: f64 = 5e-3;

#[derive(Deserialize)]
struct Keras {
    ms: f64,
    held_out_loss: f64,
    version: String,
}

/// 784-256-2 and back on the digits 0 to 2, one epoch with its losses of held-out images; the two in turn, several times.
pub fn line() -> Value {
    let settings = Settings {
        classes: vec![0, 1, 2],
        hidden: vec![256],
        dims: 2,
        epochs: EPOCHS,
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..Settings::default()
    };
    let classes = digits::digits(&settings.classes);
    let data = Dataset::new(&classes, &settings.division(true)).expect("the digits can be used");
    let data = Arc::new(data);
    let python = std::env::var("KERAS").ok();
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut version, mut held_out_loss) = (None, f64::NAN);
    for _ in 0..REPEATS {
        let (ms, loss) = epoch(&settings, &data);
        ours.push(ms);
        held_out_loss = loss;
        let Some(keras) = python.as_deref().map(keras) else {
            continue;
        };
        let off = (loss / keras.held_out_loss - 1.0).abs();
        assert!(
            off < TOLERANCE,
            "the loss is {loss} here and {} in Keras",
            keras.held_out_loss
        );
        theirs.push(keras.ms);
        ratios.push(keras.ms / ms);
        version = Some(keras.version);
    }
    let mut line = json!({
        "name": NAME,
        "ours_ms": round(median(&ours)),
        "repeats": ours.len(),
        "ours_spread": spread(&ours),
        "images": data.training.count(),
        "held_out": data.held_out.count(),
        "held_out_loss": held_out_loss,
    });
    if let Some(version) = version {
        line["peer"] = json!(format!("Keras {version} (JAX)"));
        line["peer_ms"] = json!(round(median(&theirs)));
        line["ratio"] = json!(round(median(&ratios)));
        line["spread"] = json!(spread(&ratios));
    }
    line
}

/// Milliseconds of an epoch, of several, and the last one's loss of held-out images.
fn epoch(settings: &Settings, data: &Arc<Dataset>) -> (f64, f64) {
    let mut trainer = Trainer::new(&Engine::cpu(), data, settings);
    let start = Instant::now();
    while !block_on(trainer.advance(SLICE)).expect("the CPU always answers") {}
    let ms = start.elapsed().as_secs_f64() * 1000.0 / EPOCHS as f64;
    let losses = &trainer.history().held_out_loss;
    (ms, f64::from(*losses.last().expect("there are epochs")))
}

fn keras(python: &str) -> Keras {
    let output = Command::new(python)
        .args(["benches/keras_epoch.py", &EPOCHS.to_string(), "variational"])
        .output()
        .expect("KERAS names a program");
    assert!(
        output.status.success(),
        "Keras does not train: see benches/keras_epoch.py"
    );
    serde_json::from_slice(&output.stdout).expect("it prints one line of JSON")
}
