//! Training against loss curves recorded from Keras: of dense networks by our own passes, of
//! others by burn's autodiff.
//!
//! Keras started from the same split, weights and batch order, so its curve has to be met epoch
//! by epoch, not just in the end.

use std::sync::Arc;
use std::time::Duration;

use latent_lens::data::{Class, Dataset, ImageSet, ImageShape, Pixels, TrainingImages};
use latent_lens::engine::Engine;
use latent_lens::model::{Architecture, Network};
use latent_lens::settings::{HiddenActivation, Loss, NetworkKind, Noise, Settings, Variant};
use latent_lens::train::{Trainer, TrainingHistory};
use pollster::block_on;
use serde::Deserialize;

use crate::digits::digits;
use crate::engine::engine;
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
    /// Where the loss has several parts.
    training_reconstruction: Option<Vec<f64>>,
    held_out_reconstruction: Option<Vec<f64>>,
    training_penalty: Option<Vec<f64>>,
    held_out_penalty: Option<Vec<f64>>,
    active_share: Option<Vec<f64>>,
    height: Option<usize>,
    width: Option<usize>,
    images: Option<Vec<ClassImages>>,
    channels: Option<usize>,
}

/// All that were recorded.
fn curves() -> impl Iterator<Item = Curve> {
    let files = [
        include_str!("../oracle/keras_curve.json"),
        include_str!("../oracle/keras_general.json"),
        include_str!("../oracle/keras_kinds.json"),
    ];
    files
        .into_iter()
        .flat_map(|file| recorded::<Curves>(file).runs)
}

/// The classes of a curve: its own small images, or the digits, in colour where it is of colours.
fn classes(curve: &Curve) -> Vec<Class> {
    if let (Some(classes), Some(height), Some(width)) = (&curve.images, curve.height, curve.width) {
        let own = classes.iter().map(|class| {
            let images = ImageSet::from_bytes(height, width, class.images.concat());
            Class::new(class.label, images)
        });
        return own.collect();
    }
    let mut digits = digits(&curve.settings.classes);
    for class in &mut digits {
        class.images = coloured(&class.images, curve.channels.unwrap_or(1));
    }
    digits
}

/// Of so many channels, number c, from 1, is the grey level · c / channels, rounded down.
fn coloured(images: &ImageSet, channels: usize) -> ImageSet {
    let Pixels::Bytes(bytes) = &images.pixels else {
        panic!("digits are bytes")
    };
    let pixels = bytes.iter().flat_map(|&byte| {
        let share = move |channel| (usize::from(byte) * channel / channels) as u8;
        (1..=channels).map(share)
    });
    ImageSet {
        image: ImageShape {
            channels,
            ..images.image
        },
        pixels: Pixels::Bytes(pixels.collect()),
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
    let mut trainer = Trainer::new(&engine(), &data, &settings);
    block_on(async {
        while !trainer.advance(slice).await.unwrap() {}
        trainer.history().clone()
    })
}

/// Trains the first `epochs` epochs of every curve named `name` and holds each against Keras.
fn assert_follows_keras(name: &str, epochs: usize, tolerance: f64) {
    let mut found = 0;
    for curve in curves().filter(|curve| curve.name == name) {
        found += 1;
        let ours = train(&curve, epochs, Duration::from_millis(20));
        assert_eq!(ours.loss, curve.settings.loss);
        let parts = ours.parts.unwrap_or_default();
        let recorded = |curve: &Option<Vec<f64>>| curve.clone().unwrap_or_default();
        for (what, ours, keras) in [
            ("training loss", ours.training_loss, curve.training_loss),
            ("held-out loss", ours.held_out_loss, curve.held_out_loss),
            (
                "training reconstruction",
                parts.training_reconstruction,
                recorded(&curve.training_reconstruction),
            ),
            (
                "held-out reconstruction",
                parts.held_out_reconstruction,
                recorded(&curve.held_out_reconstruction),
            ),
            (
                "training penalty",
                parts.training_penalty,
                recorded(&curve.training_penalty),
            ),
            (
                "held-out penalty",
                parts.held_out_penalty,
                recorded(&curve.held_out_penalty),
            ),
            (
                "share of active latents",
                parts.active_share,
                recorded(&curve.active_share),
            ),
        ] {
            if keras.is_empty() {
                assert!(ours.is_empty(), "{name}: {what} is not recorded");
                continue;
            }
            assert_eq!(ours.len(), epochs);
            for (epoch, (our, keras)) in ours.into_iter().zip(keras).enumerate() {
                let off = (f64::from(our) / keras - 1.0).abs();
                assert!(
                    off < tolerance,
                    "{name}, seed {}: {what} of epoch {} is {our}, in Keras {keras}",
                    curve.settings.seed,
                    epoch + 1
                );
            }
        }
    }
    assert!(found > 0, "no recorded curve is named {name}");
}

#[test]
fn a_convolutional_network_follows_keras_for_twenty_epochs() {
    assert_follows_keras("convolution", 20, 5e-3);
}

#[test]
fn a_convolutional_network_of_colour_images_follows_keras() {
    // Three layers, of which one halves an odd number of pixels.
    assert_follows_keras("colour", 6, 5e-3);
}

#[test]
fn the_mean_squared_error_follows_keras() {
    assert_follows_keras("squares", 8, 5e-3);
    assert_follows_keras("convolution, squares", 3, 5e-3);
}

#[test]
fn every_activation_follows_keras() {
    use HiddenActivation::*;
    for activation in [Elu, Selu, Silu, Gelu, Softplus, Tanh, Sigmoid, Linear] {
        let name = serde_json::to_value(activation).unwrap();
        assert_follows_keras(name.as_str().unwrap(), 2, 1e-3);
    }
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

/// Epochs of each, and how near every part of the loss must be after every one.
const KINDS: (usize, f64) = (10, 5e-3);

#[test]
fn a_deep_network_follows_keras_in_absolute_errors() {
    assert_follows_keras("deep", KINDS.0, KINDS.1);
}

#[test]
fn a_sparse_network_follows_keras() {
    assert_follows_keras("sparse", KINDS.0, KINDS.1);
}

#[test]
fn denoising_networks_follow_keras() {
    assert_follows_keras("noise", KINDS.0, KINDS.1);
    assert_follows_keras("masking", KINDS.0, KINDS.1);
}

#[test]
fn variational_networks_follow_keras() {
    assert_follows_keras("variational", KINDS.0, KINDS.1);
    assert_follows_keras("variational, squares", KINDS.0, KINDS.1);
}

#[test]
fn dropout_follows_keras() {
    assert_follows_keras("dropout", KINDS.0, KINDS.1);
}

#[test]
fn weight_decay_follows_keras() {
    assert_follows_keras("weight decay", KINDS.0, KINDS.1);
}

#[test]
fn all_of_it_at_once_follows_keras() {
    assert_follows_keras("all at once", KINDS.0, KINDS.1);
}

#[test]
fn samples_of_a_variational_network_are_of_its_means() {
    let (data, settings) = small();
    let settings = Settings {
        epochs: 3,
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..settings
    };
    let data = Arc::new(data);
    let mut trainer = Trainer::new(&Engine::cpu(), &data, &settings);
    block_on(async {
        while !trainer.advance(Duration::MAX).await.unwrap() {}
        let network = trainer.network().await.unwrap();
        assert!(network.is_variational());
        let samples = trainer.samples().await.unwrap().unwrap();
        assert_eq!(samples.latents, network.encode(samples.images.view()));
        assert_eq!(
            samples.reconstructions,
            network.decode(samples.latents.view())
        );
    });
    let parts = trainer.history().parts.clone().unwrap();
    let numbers = data.image.size() as f32;
    let history = trainer.history();
    let added = parts.held_out_reconstruction.iter();
    let added = added.zip(&parts.held_out_penalty);
    for ((reconstruction, penalty), loss) in added.zip(&history.held_out_loss) {
        assert!((reconstruction + penalty / numbers - loss).abs() < 1e-6 * loss);
    }
    assert_eq!(parts.held_out_penalty.len(), 3);
    assert!(parts.active_share.is_empty());
}

#[test]
fn where_slices_end_does_not_change_the_result() {
    let curve = curves().find(|curve| curve.images.is_some());
    let mut curve = curve.expect("a curve with its own images");
    let everything = Variant {
        variational: true,
        noise: Noise::Masking,
        dropout: 0.2,
        weight_decay: 0.01,
        ..Variant::default()
    };
    for (kind, variant) in [
        (NetworkKind::Dense, Variant::default()),
        (NetworkKind::Dense, everything),
        (NetworkKind::Convolutional, Variant::default()),
    ] {
        curve.settings = Settings {
            kind,
            filters: vec![3, 2],
            variant,
            ..curve.settings
        };
        let whole = train(&curve, 5, Duration::from_mins(1));
        assert_eq!(train(&curve, 5, Duration::ZERO), whole);
    }
}

/// The small images that a curve was recorded on, and what their network is trained with.
fn small() -> (Dataset, Settings) {
    let curve = curves().find(|curve| curve.images.is_some());
    let curve = curve.expect("a curve with its own images");
    let settings = Settings {
        epochs: 100,
        ..curve.settings.clone()
    };
    let data = Dataset::new(&classes(&curve), &settings.division(true)).unwrap();
    (data, settings)
}

/// Trains on `data`, in short slices.
fn trained(data: Dataset, settings: &Settings) -> (TrainingHistory, Network) {
    let mut trainer = Trainer::new(&Engine::cpu(), &Arc::new(data), settings);
    block_on(async {
        while !trainer.advance(Duration::ZERO).await.unwrap() {
            if let Some(samples) = trainer.samples().await.unwrap() {
                assert!(samples.are_finite());
            }
        }
        assert!(trainer.samples().await.unwrap().unwrap().are_finite());
        let network = trainer.network().await.unwrap();
        (trainer.history().clone(), network)
    })
}

#[test]
fn training_that_diverges_at_once_leaves_the_untrained_network() {
    for kind in [NetworkKind::Dense, NetworkKind::Convolutional] {
        let (mut data, settings) = small();
        let settings = Settings { kind, ..settings };
        // The first products overflow, and with them the gradients and weights.
        let large = data.training.all() * 1e30;
        data.training = TrainingImages::of_intensities(data.image, large);
        let untrained = Network::of(&Architecture::new(data.image, &settings), settings.seed);
        let (history, network) = trained(data, &settings);
        assert_eq!(history.diverged_after, Some(0));
        assert!(history.training_loss.is_empty() && history.held_out_loss.is_empty());
        assert!(network.layers().eq(untrained.layers()));
        assert_eq!(
            history.divergence().unwrap(),
            "Training diverged in epoch 1: the loss or a weight was no longer a finite number; no \
             epoch went well, so all of this is of the network before training."
        );
    }
}

#[test]
fn training_that_diverges_later_keeps_the_last_good_epoch() {
    // The held-out loss grows with the weights and with the square of the images' scale. So there is
    // a scale at which it is finite at first and leaves the range of f32 in a later epoch.
    let (data, settings) = small();
    let scaled = |scale: f32| {
        let mut data = data.clone();
        Arc::make_mut(&mut data.held_out).pixels *= scale;
        data
    };
    let (mut low, mut high) = (1e15f32, 1e30f32);
    let (scale, history, network) = loop {
        let scale = (low.log2().midpoint(high.log2())).exp2();
        assert!(
            scale > low && scale < high,
            "between {low} and {high} there is none"
        );
        let (history, network) = trained(scaled(scale), &settings);
        match history.diverged_after {
            None => low = scale,
            Some(0) => high = scale,
            Some(_) => break (scale, history, network),
        }
    };
    let good = history.diverged_after.unwrap();
    assert!(
        history
            .divergence()
            .unwrap()
            .contains(&format!("after epoch {good}"))
    );
    let shorter = Settings {
        epochs: good,
        ..settings
    };
    let (expected, last_good) = trained(scaled(scale), &shorter);
    assert_eq!(expected.diverged_after, None);
    assert_eq!(history.training_loss, expected.training_loss);
    assert_eq!(history.held_out_loss, expected.held_out_loss);
    assert_eq!(network, last_good);
}

#[test]
fn losses_have_bounds_to_be_held_against() {
    let (data, settings) = small();
    let squares = Settings {
        loss: Loss::Mse,
        epochs: 20,
        ..settings.clone()
    };
    let mean = data
        .training
        .all()
        .mapv(f64::from)
        .mean_axis(ndarray::Axis(0))
        .unwrap();
    let entropy = |x: f64, y: f64| {
        let part = |x: f64, y: f64| if x == 0.0 { 0.0 } else { -x * y.ln() };
        part(x, y.max(1e-7)) + part(1.0 - x, (1.0 - y).max(1e-7))
    };
    let (mut of_mean, mut of_itself, mut square) = (0.0, 0.0, 0.0);
    for image in data.held_out.pixels.rows() {
        for (&pixel, &mean) in image.iter().zip(&mean) {
            of_mean += entropy(pixel.into(), mean);
            of_itself += entropy(pixel.into(), pixel.into());
            square += (f64::from(pixel) - mean).powi(2);
        }
    }
    let numbers = data.held_out.pixels.len() as f64;
    let (history, _) = trained(data.clone(), &settings);
    let close = |found: Option<f32>, expected: f64| {
        (f64::from(found.unwrap()) / expected - 1.0).abs() < 1e-5
    };
    assert!(close(history.mean_image_loss, of_mean / numbers));
    assert!(close(history.least_loss, of_itself / numbers));
    // Nothing is below the least, and an untrained network is not near the mean yet.
    assert!(history.least_loss < history.mean_image_loss);
    assert!(
        history
            .held_out_loss
            .iter()
            .all(|&loss| Some(loss) > history.least_loss)
    );

    let (history, _) = trained(data, &squares);
    assert_eq!(history.loss, Loss::Mse);
    assert!(close(history.mean_image_loss, square / numbers));
    assert_eq!(history.least_loss, Some(0.0));
}
