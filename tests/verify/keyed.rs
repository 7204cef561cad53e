//! The keyed generator and what is drawn from it, against answers recorded from an independent
//! implementation.

use latent_lens::data::{Class, Dataset, ImageSet};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Layer, Network};
use latent_lens::settings::Settings;
use serde::Deserialize;

use crate::oracle::recorded;

/// `keyed.json`.
#[derive(Deserialize)]
struct Answers {
    streams: Vec<Stream>,
    splits: Vec<Split>,
    kernels: Vec<Kernel>,
}

#[derive(Deserialize)]
struct Stream {
    seed: u32,
    purpose: usize,
    words: Vec<u64>,
    draws: Vec<u64>,
    uniforms: Vec<f32>,
    permutation: Vec<u32>,
}

#[derive(Deserialize)]
struct Split {
    seed: u32,
    label: u8,
    images: u16,
    held_out: Vec<u16>,
}

#[derive(Deserialize)]
struct Kernel {
    seed: u32,
    layer: usize,
    fan_in: usize,
    fan_out: usize,
    first_row: Vec<f32>,
    last: f32,
}

fn answers() -> Answers {
    recorded(include_str!("../oracle/keyed.json"))
}

#[test]
fn streams_are_the_recorded_ones() {
    const PURPOSES: [Purpose; 5] = [
        Purpose::Split,
        Purpose::Weights,
        Purpose::Batches,
        Purpose::Pixel,
        Purpose::Latent,
    ];
    for answer in answers().streams {
        let stream = || Keyed::new(answer.seed, PURPOSES[answer.purpose], &answer.words);
        let mut bits = stream();
        assert!(answer.draws.iter().all(|&draw| draw == bits.next_u64()));
        let mut uniforms = stream();
        assert!(
            answer
                .uniforms
                .iter()
                .all(|u| u.to_bits() == uniforms.uniform().to_bits())
        );
        let order = stream().permutation(answer.permutation.len());
        assert_eq!(order, answer.permutation);
    }
}

#[test]
fn splits_are_the_recorded_ones() {
    for answer in answers().splits {
        // Images of two pixels that carry their number.
        let bytes = (0..answer.images).flat_map(u16::to_be_bytes).collect();
        let set = ImageSet::from_bytes(1, 2, bytes);
        let settings = Settings {
            seed: answer.seed,
            ..Settings::default()
        };
        let classes = [Class::new(answer.label, set)];
        let held_out = Dataset::new(&classes, &settings.division(true))
            .unwrap()
            .held_out;
        let numbers: Vec<u16> = held_out
            .pixels
            .rows()
            .into_iter()
            .map(|row| u16::from_be_bytes([0, 1].map(|byte| (row[byte] * 255.0).round() as u8)))
            .collect();
        assert_eq!(numbers, answer.held_out);
    }
}

#[test]
fn initial_weights_are_the_recorded_ones() {
    for answer in answers().kernels {
        let (fan_in, fan_out) = (answer.fan_in, answer.fan_out);
        // A network of this one layer and its mirror image, or of the mirror image and it.
        let network = match answer.layer {
            0 => Network::untrained(fan_in, &[], fan_out, answer.seed),
            _ => Network::untrained(fan_out, &[], fan_in, answer.seed),
        };
        let Some(Layer::Dense(layer)) = network.layers().nth(answer.layer) else {
            panic!("one of its two layers");
        };
        let weight = &layer.weight;
        assert_eq!(weight.dim(), (fan_in, fan_out));
        // The limit's square root may be rounded either way.
        let close = |ours: f32, theirs: f32| (ours - theirs).abs() <= 2.0 * f32::EPSILON;
        assert!(
            weight
                .iter()
                .zip(&answer.first_row)
                .all(|(&a, &b)| close(a, b))
        );
        assert!(close(weight[[fan_in - 1, fan_out - 1]], answer.last));
    }
}
