//! What is said of a variational network's latents, in whole runs: against a literal calculation, and the same
//! however a run is divided, lost or joined.

use std::time::Duration;

use latent_lens::data::ImageShape;
use latent_lens::distribute::{PartialReport, merge};
use latent_lens::engine::Engine;
use latent_lens::importance::Shard;
use latent_lens::model::{Architecture, Network};
use latent_lens::report::Report;
use latent_lens::run::{Part, Run, Stage};
use latent_lens::settings::{Method, Noise, Settings, Variant};
use pollster::block_on;

use crate::share::{alone, classes, settings};

fn variational() -> Settings {
    Settings {
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..settings(Method::Sampled, &[6])
    }
}

/// A mean and a log-variance of every dimension, far from those of the first weights.
fn network() -> Network {
    let image = ImageShape::grey(5, 4);
    Network::of(&Architecture::new(image, &variational()), 7)
}

fn begin() -> Run {
    Run::explain(&Engine::cpu(), variational(), &classes(), network()).unwrap()
}

fn to_the_end(run: &mut Run) -> Vec<Stage> {
    let mut stages = Vec::new();
    loop {
        let update = block_on(run.advance(Duration::ZERO)).unwrap();
        if stages.last() != Some(&update.stage) {
            stages.push(update.stage);
        }
        if update.changed.contains(&Part::Divergence) {
            assert_eq!(
                (update.stage, update.done),
                (Stage::Divergence, update.total)
            );
        }
        if update.stage == Stage::Done {
            return stages;
        }
    }
}

#[test]
fn a_brought_network_s_divergence_is_that_of_its_two_ends() {
    let mut run = begin();
    let stages = to_the_end(&mut run);
    assert!(stages.contains(&Stage::Divergence), "{stages:?}");
    let report = run.report();
    report.check().unwrap();
    let found = report.divergence.as_ref().unwrap();
    let explained = run.explained();
    let encoder = network().encoder().clone();
    let means = encoder.run(explained.pixels.view());
    let logs = encoder
        .of_log_variances()
        .unwrap()
        .run(explained.pixels.view());
    let count = explained.count() as f64;
    for dim in 0..3 {
        let of = |row: usize| [means[(row, dim)], logs[(row, dim)]].map(f64::from);
        let divergence = |row: usize| {
            let [mean, log] = of(row);
            0.5 * (mean.powi(2) + log.exp() - 1.0 - log)
        };
        let close = |found: f32, expected: f64| {
            assert!((f64::from(found) - expected).abs() < 1e-6 * expected.max(1e-3));
        };
        let rows = 0..explained.count();
        close(
            found.mean[dim],
            rows.clone().map(divergence).sum::<f64>() / count,
        );
        for (class, (_, rows)) in explained.classes.iter().enumerate() {
            let sum: f64 = rows.clone().map(divergence).sum();
            close(found.by_class[class][dim], sum / rows.len() as f64);
        }
        let mean = rows.clone().map(|row| of(row)[0]).sum::<f64>() / count;
        let spread = rows.clone().map(|row| (of(row)[0] - mean).powi(2));
        close(found.variance_of_means[dim], spread.sum::<f64>() / count);
        let variance = rows.map(|row| of(row)[1].exp()).sum::<f64>();
        close(found.mean_variance[dim], variance / count);
    }
    // Everything that encodes is of the means.
    let encoded = report.encoded.as_ref().unwrap();
    for latent in &means {
        // Networks are run by libraries, importance by a kernel: the last digit is not the same.
        let is_close = |found: &f32| (found - latent).abs() < 1e-6;
        assert!(encoded.latents.iter().any(is_close));
    }
    let said = report.measured_in_words();
    assert!(said.iter().any(|said| said.contains("exchanges means")));
}

#[test]
fn parts_keep_the_divergence_and_a_lost_run_finds_it() {
    let mut whole = begin();
    to_the_end(&mut whole);
    let whole = &whole.report().divergence;
    let mut parts: Vec<PartialReport> = Shard::all(2)
        .map(|shard| {
            let mut run = begin().of(shard);
            to_the_end(&mut run);
            PartialReport::of(&run).unwrap()
        })
        .collect();
    assert!(parts[1].report.divergence.is_none());
    assert_eq!(&merge(&parts).unwrap().divergence, whole);
    parts.reverse();
    assert_eq!(&merge(&parts).unwrap().divergence, whole);
    parts[1].report.divergence = None;
    parts[1].report.model = None;
    parts[0].report.model = None;
    let refusal = merge(&parts).unwrap_err().to_string();
    assert!(refusal.contains("has not finished divergence"), "{refusal}");

    let mut run = begin();
    block_on(run.resume(Stage::Divergence, None, Duration::ZERO)).unwrap();
    to_the_end(&mut run);
    assert_eq!(&run.report().divergence, whole);
}

#[test]
fn a_plain_network_has_none() {
    let settings = settings(Method::Sampled, &[6]);
    let run = alone(settings, &crate::share::network(&[6]));
    let report: &Report = run.report();
    assert!(report.divergence.is_none());
}

/// Samples of a denoising network are of images with the noise that their loss is of.
#[test]
fn samples_of_a_denoising_network_have_noise() {
    let asked = Settings {
        variant: Variant {
            noise: Noise::Masking,
            noise_level: 0.5,
            ..Variant::default()
        },
        ..settings(Method::Sampled, &[6])
    };
    let mut run = Run::new(&Engine::cpu(), asked, &classes()).unwrap();
    to_the_end(&mut run);
    let samples = run.report().samples.as_ref().unwrap();
    let noisy = samples.noisy.as_ref().unwrap();
    let (mut masked, mut kept, mut lit) = (0, 0, 0);
    for (&clean, &noisy) in samples.images.iter().zip(noisy) {
        assert!(noisy == clean || noisy == 0.0);
        lit += usize::from(clean > 0.0);
        masked += usize::from(clean > 0.0 && noisy == 0.0);
        kept += usize::from(clean > 0.0 && noisy > 0.0);
    }
    // Half of about a hundred, four standard deviations either way.
    let share = masked as f64 / lit as f64;
    let within = 4.0 * (0.25 / lit as f64).sqrt();
    assert!(
        (share - 0.5).abs() < within && kept > 0,
        "{masked} of {lit}"
    );
    // What is shown below is made of what the encoder saw.
    let network = run.network().unwrap();
    let made = network.decode(network.encode(noisy.view()).view());
    for (made, shown) in made.iter().zip(&samples.reconstructions) {
        assert!((made - shown).abs() < 1e-5, "{made} {shown}");
    }
    let json = serde_json::to_string(samples).unwrap();
    assert!(json.contains("\"noisy\":{\"shape\":"));
}
