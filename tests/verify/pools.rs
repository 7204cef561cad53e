//! Features × recipients × donors in every combination, against plain loops over recipients and donors.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use latent_lens::data::ImageShape;
use latent_lens::engine::Engine;
use latent_lens::importance::{
    Design, DonorPools, Estimate, Feature, FeaturePools, Importance, Measured, Pools,
};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Architecture, Half, Network};
use latent_lens::settings::{Method, NetworkKind, Permute, Settings};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use pollster::block_on;

use crate::importance::{flat, random_case, sampled};
use crate::literal;
use crate::moves::{finished, importance, measured, plan};
use crate::networks::changed;
use crate::oracle::assert_close;

/// What numbers may be off by, as a share of the largest.
const TOLERANCE: f64 = 1e-5;
const SEED: u32 = 9;
const IMAGES: usize = 26;
const CLASSES: [Range<usize>; 3] = [0..11, 11..25, 25..26];

/// Squared changes of the outputs of `half` (recipients and, within these, donors × outputs) when every
/// image is given every image's values of a feature: h(s, t).
fn changes(half: &Half, inputs: &Array2<f64>, columns: &[usize]) -> Array2<f64> {
    let images = inputs.nrows();
    let mut moved = Array2::zeros((images * images, inputs.ncols()));
    for (pair, mut row) in moved.rows_mut().into_iter().enumerate() {
        row.assign(&inputs.row(pair / images));
        for &column in columns {
            row[column] = inputs[[pair % images, column]];
        }
    }
    let (before, mut after) = (
        literal::forward(half, inputs),
        literal::forward(half, &moved),
    );
    for (pair, mut row) in after.rows_mut().into_iter().enumerate() {
        row -= &before.row(pair / images);
        row.mapv_inplace(|change| change * change);
    }
    after
}

/// The mean over recipients of the mean over the donors of their pools.
fn mean(changes: &Array2<f64>, recipients: Range<usize>, pools: &Pools) -> Array1<f64> {
    let images = pools.images();
    let mut total = Array1::zeros(changes.ncols());
    let count = recipients.len() as f64;
    for recipient in recipients {
        let donors: Vec<usize> = (0..images)
            .filter(|&donor| pools.of(donor) == pools.of(recipient))
            .collect();
        for &donor in &donors {
            let share = 1.0 / (count * donors.len() as f64);
            total.scaled_add(share, &changes.row(recipient * images + donor));
        }
    }
    total
}

/// The mean over recipients and repeats where every pool is permuted by itself.
fn permuted(
    changes: &Array2<f64>,
    recipients: Range<usize>,
    pools: &Pools,
    (purpose, words): (Purpose, &[u64]),
) -> Array1<f64> {
    let images = pools.images();
    let mut total = Array1::zeros(changes.ncols());
    let repeats = plan(Method::Sampled).permutations;
    let share = 1.0 / (recipients.len() * repeats) as f64;
    for repeat in 0..repeats as u64 {
        for pool in 0..pools.members().len() {
            let members: Vec<usize> = (0..images).filter(|&row| pools.of(row) == pool).collect();
            let words = [words, &[repeat, pool as u64]].concat();
            let order = Keyed::new(SEED, purpose, &words).permutation(members.len());
            for (&recipient, &donor) in members.iter().zip(&order) {
                if recipients.contains(&recipient) {
                    let donor = members[donor as usize];
                    total.scaled_add(share, &changes.row(recipient * images + donor));
                }
            }
        }
    }
    total
}

/// One layer with ReLU, without an activation and with a sigmoid, several layers, and convolutions.
fn halves() -> Vec<(&'static str, Half, Array2<f32>)> {
    let one = |activation| {
        let (network, _) = random_case(21, &[16, 5, 16], 1, IMAGES);
        let network = changed(&network, |encoder, _| encoder[0].activation = activation);
        network.encoder().clone()
    };
    let (deep, images) = random_case(22, &[16, 9, 7, 4, 16], 3, IMAGES);
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        filters: vec![3, 5],
        dims: 4,
        ..Settings::default()
    };
    let convolutional = Network::of(&Architecture::new(ImageShape::grey(4, 4), &settings), 3);
    vec![
        ("ReLU", one(Activation::Relu), images.clone()),
        ("linear", one(Activation::Linear), images.clone()),
        ("sigmoid", one(Activation::Sigmoid), images.clone()),
        ("deep", deep.encoder().clone(), images.clone()),
        ("convolutional", convolutional.encoder().clone(), images),
    ]
}

/// Single pixels, one of them blank, and groups, one of which is blank and one of a single pixel.
fn features() -> [(&'static str, Vec<Feature>); 2] {
    let pixels = [0, 1, 2, 3, 10, 15].map(|pixel| vec![pixel]);
    let groups = [
        vec![1, 2, 3, 5],
        vec![0, 4],
        vec![7],
        vec![15, 6],
        (0..16).collect(),
    ];
    let of = |columns: Vec<Vec<usize>>| columns.into_iter().map(Feature::new).collect();
    [("pixels", of(pixels.into())), ("groups", of(groups.into()))]
}

/// Other pools for every feature, of unlike sizes; some have one image, one may have none.
fn by_feature(feature: usize, images: ArrayView2<'_, f32>) -> Pools {
    let next = images.column((feature + 2) % images.ncols());
    let pool = |(row, &value): (usize, &f32)| match value {
        _ if row % 9 == feature % 3 => 1,
        _ if row == 12 => 4,
        value if value > 0.4 => 2,
        _ => 0,
    };
    Pools::new(next.iter().enumerate().map(pool).collect())
}

fn donors() -> [(&'static str, DonorPools); 3] {
    [
        ("all", DonorPools::All),
        (
            "class",
            DonorPools::Fixed(Arc::new(Pools::of_ranges(&CLASSES))),
        ),
        (
            "by feature",
            DonorPools::ByFeature(FeaturePools::new(by_feature)),
        ),
    ]
}

/// Pools of a feature, one of all where there are none.
fn pools_of(donors: &DonorPools, feature: usize, images: &Array2<f32>) -> Pools {
    match donors {
        DonorPools::All => Pools::new(vec![0; images.nrows()]),
        DonorPools::Fixed(pools) => Pools::clone(pools),
        DonorPools::ByFeature(_) => by_feature(feature, images.view()),
    }
}

fn design(images: &Array2<f32>, kind: &str, features: Vec<Feature>) -> Design {
    match kind {
        "groups" => Design::of_groups(images.nrows(), features),
        _ => Design {
            features,
            ..Design::of_pixels(images.nrows(), flat(images), Permute::Pixel)
        },
    }
}

/// By the means that a half is measured by, and as a function that nothing is known of.
fn found(half: &Half, images: &Array2<f32>, design: &Design, method: Method) -> [Estimate; 2] {
    let (engine, plan) = (Engine::cpu(), plan(method));
    let known = Importance::new(&engine, half, images, design.clone(), &plan);
    let of = half.clone();
    let function = async move |images: &Array2<f32>| {
        let outputs = literal::forward(&of, &images.mapv(f64::from));
        Ok(outputs.mapv(|output| output as f32))
    };
    let unknown = Importance::of_function(function, images, design.clone(), &plan);
    [
        finished(block_on(known).unwrap()).estimate(),
        finished(block_on(unknown).unwrap()).estimate(),
    ]
}

#[test]
fn every_combination_is_the_literal_computation() {
    for (half_name, half, images) in halves() {
        let precise = images.mapv(f64::from);
        for (kind, features) in features() {
            let changes: Vec<Array2<f64>> = features
                .iter()
                .map(|feature| changes(&half, &precise, feature.columns()))
                .collect();
            for (donor_name, donors) in donors() {
                for recipients in [0..IMAGES, CLASSES[1].clone(), 17..18] {
                    let design = design(&images, kind, features.clone())
                        .received_by(recipients.clone())
                        .with_donors(donors.clone());
                    let purpose = design.purpose;
                    for method in [Method::Exact, Method::Sampled] {
                        let name = format!(
                            "{half_name}, {kind}, {recipients:?} from {donor_name}, {method:?}"
                        );
                        let mut expected = Array2::zeros((features.len(), half.output().size()));
                        for (feature, changes) in changes.iter().enumerate() {
                            let pools = pools_of(&donors, feature, &images);
                            let words = [feature as u64];
                            let row = match (method, &donors) {
                                (Method::Exact, _) => mean(changes, recipients.clone(), &pools),
                                (_, DonorPools::All) => importance(
                                    &half,
                                    &precise,
                                    features[feature].columns(),
                                    (recipients.clone(), 0..IMAGES),
                                    Some((purpose, &words)),
                                ),
                                _ => {
                                    let key = (purpose, &words[..]);
                                    permuted(changes, recipients.clone(), &pools, key)
                                }
                            };
                            expected.row_mut(feature).assign(&row);
                        }
                        for found in found(&half, &images, &design, method) {
                            assert_close(&name, &found.mean, &expected, TOLERANCE);
                            let is_exact = method == Method::Exact;
                            assert_eq!(found.method == Measured::Exact, is_exact, "{name}");
                            assert_eq!(found.fraction, 1.0, "{name}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn permutations_come_to_the_exact_mean_within_their_error() {
    for (kind, features) in features() {
        for (half_name, half, images) in halves().into_iter().take(4).step_by(3) {
            for (donor_name, donors) in donors() {
                let design = design(&images, kind, features.clone())
                    .received_by(CLASSES[1].clone())
                    .with_donors(donors);
                let exact = measured(&half, &images, design.clone(), Method::Exact);
                let (engine, plan) = (Engine::cpu(), sampled(400, SEED));
                let stage = Importance::new(&engine, &half, &images, design, &plan);
                let found = finished(block_on(stage).unwrap()).estimate();
                let errors = found.std_error.unwrap();
                for ((exact, found), error) in exact.iter().zip(&found.mean).zip(&errors) {
                    let off = (exact - found).abs();
                    assert!(
                        off <= 5.0 * error + 1e-6 * exact,
                        "{half_name}, {kind}, {donor_name}: {found} ± {error} instead of {exact}"
                    );
                }
            }
        }
    }
}

/// If all pixels go together, an image becomes another one of its pool, and so do its latents.
#[test]
fn all_pixels_together_are_worth_twice_the_variance_of_the_latents_within_pools() {
    for (name, half, images) in halves() {
        let all = vec![Feature::new((0..images.ncols()).collect())];
        let latents = literal::forward(&half, &images.mapv(f64::from));
        let twice = |rows: Range<usize>| 2.0 * latents.slice(s![rows, ..]).var_axis(Axis(0), 0.0);
        let within = CLASSES
            .iter()
            .fold(Array1::zeros(latents.ncols()), |sum, rows| {
                sum + twice(rows.clone()) * (rows.len() as f64 / IMAGES as f64)
            });
        let [of_all, of_class, _] = donors();
        for ((_, donors), expected) in [(of_all, twice(0..IMAGES)), (of_class, within)] {
            let design = Design::of_groups(IMAGES, all.clone()).with_donors(donors);
            let found = measured(&half, &images, design, Method::Exact);
            assert!(expected.sum() > 0.0, "{name}");
            assert_close(name, &found, &expected.insert_axis(Axis(0)), TOLERANCE);
        }
    }
}

#[test]
fn values_of_the_classes_make_up_those_of_all() {
    for (half_name, half, images) in halves() {
        for (kind, features) in features() {
            for (_, donors) in donors() {
                let of = |recipients: Range<usize>| {
                    let design = design(&images, kind, features.clone());
                    let design = design.received_by(recipients).with_donors(donors.clone());
                    measured(&half, &images, design, Method::Exact).mapv(f64::from)
                };
                let all = of(0..IMAGES);
                let mean = CLASSES.iter().fold(Array2::zeros(all.dim()), |sum, rows| {
                    sum + of(rows.clone()) * (rows.len() as f64 / IMAGES as f64)
                });
                let all = all.mapv(|v| v as f32);
                assert_close(half_name, &all, &mean, TOLERANCE);
            }
        }
    }
}

#[test]
fn what_is_said_to_be_as_in_the_paper_is_so_to_the_last_bit() {
    for (name, half, images) in halves() {
        for method in [Method::Exact, Method::Sampled] {
            let paper = || Design::of_pixels(IMAGES, flat(&images), Permute::Pixel);
            let same = paper().received_by(0..IMAGES).with_donors(DonorPools::All);
            let bits = |design| measured(&half, &images, design, method).mapv(f32::to_bits);
            assert_eq!(bits(paper()), bits(same), "{name}, {method:?}");
        }
    }
}

/// Copies of each other with the same weights move a unit that holds nothing back twice as far together.
#[test]
fn a_pair_of_copies_is_worth_four_times_each_of_them() {
    let (network, mut images) = random_case(23, &[16, 5, 16], 1, IMAGES);
    let network = changed(&network, |encoder, _| {
        encoder[0].activation = Activation::Linear;
        let weights = encoder[0].weight.row(3).to_owned();
        encoder[0].weight.row_mut(6).assign(&weights);
    });
    let values = images.column(3).to_owned();
    images.column_mut(6).assign(&values);
    for (_, donors) in donors().into_iter().take(2) {
        for recipients in [0..IMAGES, CLASSES[1].clone()] {
            let of = |columns: &[usize]| {
                let design = Design::of_groups(IMAGES, vec![Feature::new(columns.to_vec())]);
                let design = design
                    .received_by(recipients.clone())
                    .with_donors(donors.clone());
                measured(network.encoder(), &images, design, Method::Exact)
            };
            let expected = of(&[3]).mapv(|v| 4.0 * f64::from(v));
            assert!(expected.iter().all(|&v| v > 0.0));
            assert_close("the pair", &of(&[3, 6]), &expected, 1e-6);
            assert_close("the copy", &of(&[6]), &expected.mapv(|v| v / 4.0), 1e-6);
        }
    }
}

/// One pool of all is as none, in every way of measuring.
#[test]
fn one_pool_of_all_is_no_pool() {
    let whole = || DonorPools::Fixed(Arc::new(Pools::new(vec![0; IMAGES])));
    for (name, half, images) in halves() {
        for (kind, features) in features() {
            let design = || design(&images, kind, features.clone());
            let without = measured(&half, &images, design(), Method::Exact).mapv(f64::from);
            let within = measured(&half, &images, design().with_donors(whole()), Method::Exact);
            assert_close(name, &within, &without, 1e-6);
        }
    }
}

/// Dimensions of a class's images are given the values of all, before a decoder of sigmoids and before
/// several layers.
#[test]
fn latents_of_a_class_among_those_of_all_are_the_literal_computation() {
    for sizes in [&[20, 6, 20][..], &[20, 6, 9, 20]] {
        let (network, images) = random_case(31, sizes, 1, 40);
        let latents = network.encode(images.view());
        let precise = latents.mapv(f64::from);
        let classes = [(4, 0..22), (7, 22..39), (9, 39..40)];
        let design = Design::of_latents_among_all(&classes, 6);
        for method in [Method::Exact, Method::Sampled] {
            let found = measured(network.decoder(), &latents, design.clone(), method);
            let expected = Array2::from_shape_fn((3, 6), |(class, dim)| {
                let (label, rows) = &classes[class];
                let words = [u64::from(*label), dim as u64];
                let key = (method == Method::Sampled).then_some((Purpose::Latent, &words[..]));
                let among = (rows.clone(), 0..40);
                let each = importance(network.decoder(), &precise, &[dim], among, key);
                each.mean().unwrap()
            });
            let name = format!("{sizes:?}, {method:?}");
            assert_close(&name, &found, &expected, TOLERANCE);
        }
    }
}

/// Nobody who helps need know which pools were found for others.
#[test]
fn threads_find_the_same_to_the_last_bit() {
    for (name, half, images) in halves() {
        let (_, features) = features().into_iter().next().unwrap();
        let [_, _, (_, donors)] = donors();
        let design = design(&images, "pixels", features).with_donors(donors);
        for method in [Method::Exact, Method::Sampled] {
            let (engine, plan) = (Engine::cpu(), plan(method));
            let stage = || {
                let stage = Importance::new(&engine, &half, &images, design.clone(), &plan);
                block_on(stage).unwrap()
            };
            let alone = finished(stage()).estimate().mean;
            let threads = stage().on_threads(NonZeroUsize::new(3).unwrap());
            assert_eq!(alone, finished(threads).estimate().mean, "{name}");
        }
    }
}

type Of = fn(f32) -> f32;

/// Images of few values, of mostly background that is not 0, and of no background, by many units: as the
/// closed form that sorts the steps of each unit.
#[test]
fn large_groups_are_as_by_sorting() {
    let (network, images) = random_case(61, &[48, 21, 48], 1, 400);
    let activations = [Activation::Relu, Activation::Linear];
    let kinds: [(&str, Of); 4] = [
        ("background", |value| value),
        ("binary", |value| f32::from(value > 0.8)),
        ("another background", |value| 2.5 - 3.0 * value),
        ("three values", |value| (value * 2.0).round() + 1.0),
    ];
    for activation in activations {
        let network = changed(&network, |encoder, _| encoder[0].activation = activation);
        for (name, of) in kinds {
            let mut images = images.mapv(of);
            if name == "another background" {
                // Some that stand far apart from all others.
                images.row_mut(3).fill(40.0);
            }
            let groups: Vec<Feature> = (0..3)
                .map(|group| Feature::new((16 * group..16 * (group + 1)).collect()))
                .collect();
            let half = network.encoder();
            let sorted = Design {
                features: groups.clone(),
                ..Design::of_pixels(400, flat(&images), Permute::Pixel)
            };
            let sorted = measured(half, &images, sorted, Method::Exact).mapv(f64::from);
            let found = measured(half, &images, Design::of_groups(400, groups), Method::Exact);
            assert_close(name, &found, &sorted, 1e-6);
        }
    }
}
