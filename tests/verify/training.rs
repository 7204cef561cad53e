//! Training against loss curves recorded from Keras, on the CPU engine.
//!
//! Keras started from the same split, weights and batch order, so its curve has to be met epoch
//! by epoch, not just in the end.

use std::sync::Arc;
use std::time::Duration;

use latent_lens::data::{Class, Dataset, ImageSet};
use latent_lens::engine::Engine;
use latent_lens::report::TrainingHistory;
use latent_lens::settings::Settings;
use latent_lens::train::Trainer;
use pollster::block_on;
use serde::Deserialize;

use crate::digits::digits;
use crate::oracle::{ClassImages, recorded};

#[derive(Deserialize)]
struct Curves {
    runs: Vec<Curve>,
}

#[derive(Deserialize)]
struct Curve {
    name: String,
    settings: Settings,
    training_images: usize,
    held_out_images: usize,
    training_loss: Vec<f64>,
    held_out_loss: Vec<f64>,
    height: Option<usize>,
    width: Option<usize>,
    images: Option<Vec<ClassImages>>,
}

/// The classes of a curve: its own small images, or the digits.
fn classes(curve: &Curve) -> Vec<Class> {
    match (&curve.images, curve.height, curve.width) {
        (Some(classes), Some(height), Some(width)) => classes
            .iter()
            .map(|class| {
                let bytes = class.images.concat();
                let images = ImageSet::from_bytes(height, width, bytes);
                Class::new(class.label, images)
            })
            .collect(),
        _ => digits(&curve.settings.classes),
    }
}

fn train(curve: &Curve, epochs: usize, slice: Duration) -> TrainingHistory {
    let settings = Settings {
        epochs,
        ..curve.settings.clone()
    };
    let data = Arc::new(Dataset::new(&classes(curve), &settings.division(true)).unwrap());
    assert_eq!(data.training.count(), curve.training_images);
    assert_eq!(data.held_out.count(), curve.held_out_images);
    let mut trainer = Trainer::new(&Engine::cpu(), &data, &settings);
    block_on(async {
        while !trainer.advance(slice).await.unwrap() {}
        trainer.history().clone()
    })
}

/// Trains the first `epochs` epochs of every curve named `name` and holds each against Keras.
fn assert_follows_keras(name: &str, epochs: usize, tolerance: f64) {
    let curves: Curves = recorded(include_str!("../oracle/keras_curve.json"));
    let mut found = 0;
    for curve in curves.runs.iter().filter(|curve| curve.name == name) {
        found += 1;
        let ours = train(curve, epochs, Duration::from_millis(20));
        for (what, ours, keras) in [
            ("training", &ours.training_loss, &curve.training_loss),
            ("held-out", &ours.held_out_loss, &curve.held_out_loss),
        ] {
            assert_eq!(ours.len(), epochs);
            for (epoch, (&our, &keras)) in ours.iter().zip(keras).enumerate() {
                let off = (f64::from(our) / keras - 1.0).abs();
                assert!(
                    off < tolerance,
                    "{name}, seed {}: {what} loss of epoch {} is {our}, in Keras {keras}",
                    curve.settings.seed,
                    epoch + 1
                );
            }
        }
    }
    assert!(found > 0, "no recorded curve is named {name}");
}

#[test]
fn two_digits_follow_keras_for_all_fifty_epochs() {
    assert_follows_keras("two digits", 50, 1e-3);
}

#[test]
fn ten_digits_follow_keras_for_three_epochs() {
    assert_follows_keras("ten digits", 3, 1e-3);
}

#[test]
fn a_deep_network_follows_keras() {
    assert_follows_keras("synthetic", 150, 1e-3);
}

#[test]
fn where_slices_end_does_not_change_the_result() {
    let curves: Curves = recorded(include_str!("../oracle/keras_curve.json"));
    let curve = curves
        .runs
        .iter()
        .find(|curve| curve.images.is_some())
        .expect("a curve with its own images");
    let whole = train(curve, 5, Duration::from_mins(1));
    assert_eq!(train(curve, 5, Duration::ZERO), whole);
}
