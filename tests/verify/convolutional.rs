//! Convolutional networks of every kind against loss curves recorded from Keras: variational,
//! sparse, denoising, with dropout and weight decay, with max-pooling, and of signals, whose layers are `Conv1D`
//! and its like there.
//!
//! Keras had the same split, weights, batch order, noise, and units left out.

use std::sync::Arc;
use std::time::Duration;

use latent_lens::data::{Class, Dataset, ImageSet, Pixels};
use latent_lens::settings::Settings;
use latent_lens::train::{Penalty, Trainer, TrainingHistory};
use pollster::block_on;
use serde::Deserialize;

use crate::digits::digits;
use crate::engine::engine;
use crate::oracle::recorded;

#[derive(Deserialize)]
struct Curves {
    runs: Vec<Curve>,
}

#[derive(Deserialize)]
struct Curve {
    name: String,
    settings: Settings,
    /// Numbers of a signal; of none, whole digits are meant.
    length: Option<usize>,
    training_images: usize,
    held_out_images: usize,
    training_loss: Vec<f64>,
    held_out_loss: Vec<f64>,
    #[serde(default)]
    training_reconstruction: Vec<f64>,
    #[serde(default)]
    held_out_reconstruction: Vec<f64>,
    #[serde(default)]
    training_penalty: Vec<f64>,
    #[serde(default)]
    held_out_penalty: Vec<f64>,
    #[serde(default)]
    active_share: Vec<f64>,
}

/// The first numbers of every digit, row by row, as an image of one row.
fn signals(digits: Vec<Class>, length: usize) -> Vec<Class> {
    let cut = digits.into_iter().map(|class| {
        let Pixels::Bytes(bytes) = &class.images.pixels else {
            panic!("digits are bytes")
        };
        let rows = bytes.chunks_exact(class.images.image.size());
        let cut: Vec<u8> = rows.flat_map(|row| row[..length].to_vec()).collect();
        Class::new(class.label, ImageSet::from_bytes(1, length, cut))
    });
    cut.collect()
}

fn data(curve: &Curve) -> Arc<Dataset> {
    let digits = digits(&curve.settings.classes);
    let classes = match curve.length {
        Some(length) => signals(digits, length),
        None => digits,
    };
    Arc::new(Dataset::new(&classes, &curve.settings.division(true)).unwrap())
}

fn train(curve: &Curve, slice: Duration) -> TrainingHistory {
    let data = data(curve);
    assert_eq!(data.training.count(), curve.training_images);
    assert_eq!(data.held_out.count(), curve.held_out_images);
    let mut trainer = Trainer::new(&engine(), &data, &curve.settings);
    block_on(async {
        while !trainer.advance(slice).await.unwrap() {}
        trainer.history().clone()
    })
}

fn curve(name: &str) -> Curve {
    let all = recorded::<Curves>(include_str!("../oracle/keras_convs.json")).runs;
    let found = all.into_iter().find(|curve| curve.name == name);
    found.unwrap_or_else(|| panic!("no recorded curve is named {name}"))
}

fn assert_follows(what: &str, ours: &[f32], keras: &[f64]) {
    assert_eq!(ours.len(), keras.len(), "{what}");
    for (epoch, (&our, &keras)) in ours.iter().zip(keras).enumerate() {
        let off = (f64::from(our) / keras - 1.0).abs();
        assert!(
            off < 5e-3,
            "{what} of epoch {} is {our}, in Keras {keras}",
            epoch + 1
        );
    }
}

fn assert_follows_keras(name: &str) {
    let curve = curve(name);
    let ours = train(&curve, Duration::from_millis(20));
    let check = |what: &str, ours: &[f32], keras: &[f64]| {
        assert_follows(&format!("{name}: {what}"), ours, keras);
    };
    check("training loss", &ours.training_loss, &curve.training_loss);
    check("held-out loss", &ours.held_out_loss, &curve.held_out_loss);
    let variant = &curve.settings.variant;
    let Some(parts) = &ours.parts else {
        assert!(!variant.variational && variant.sparsity == 0.0, "{name}");
        return;
    };
    let (penalty, weight) = if variant.variational {
        (Penalty::Divergence, variant.beta)
    } else {
        (Penalty::Sparsity, variant.sparsity)
    };
    assert_eq!((parts.penalty, parts.weight), (penalty, weight), "{name}");
    check(
        "training reconstruction",
        &parts.training_reconstruction,
        &curve.training_reconstruction,
    );
    check(
        "held-out reconstruction",
        &parts.held_out_reconstruction,
        &curve.held_out_reconstruction,
    );
    check(
        "training penalty",
        &parts.training_penalty,
        &curve.training_penalty,
    );
    check(
        "held-out penalty",
        &parts.held_out_penalty,
        &curve.held_out_penalty,
    );
    check("active share", &parts.active_share, &curve.active_share);
}

#[test]
fn a_variational_network_follows_keras() {
    assert_follows_keras("variational");
}

#[test]
fn a_sparse_network_of_masked_images_with_weight_decay_follows_keras() {
    assert_follows_keras("sparse, masking, weight decay, linear");
}

#[test]
fn max_pooling_follows_keras() {
    assert_follows_keras("pooling");
}

#[test]
fn max_pooling_with_noise_and_dropout_follows_keras() {
    assert_follows_keras("pooling, noise, dropout");
}

#[test]
fn a_variational_network_with_max_pooling_follows_keras() {
    assert_follows_keras("pooling, variational");
}

#[test]
fn convolutions_of_signals_follow_keras() {
    assert_follows_keras("signals, noise");
    assert_follows_keras("signals, variational, pooling");
}

#[test]
fn where_slices_end_does_not_change_what_is_drawn() {
    let mut curve = curve("pooling, noise, dropout");
    curve.settings.epochs = 1;
    curve.settings.variant.variational = true;
    let whole = train(&curve, Duration::from_mins(1));
    assert_eq!(train(&curve, Duration::ZERO), whole);
    assert_eq!(whole.parts.unwrap().held_out_penalty.len(), 1);
}
