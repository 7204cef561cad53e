//! Maps of other methods against captum's, recorded, and the fair test against itself done literally.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use latent_lens::attribution::{
    Asked, Attribution, Attributions, FairTest, Filler, NOISE, Opinions, Trial,
};
use latent_lens::data::{ImageShape, Images, Origin, Shape};
use latent_lens::engine::Engine;
use latent_lens::importance::DirectionMap;
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{Activation, Dense, Form, Half, Layer, Network};
use latent_lens::settings::{Method, Permute, Settings};
use ndarray::{Array1, Array2, Axis};
use pollster::block_on;
use serde::Deserialize;

use crate::importance::{classes_of, flat, random_case};
use crate::literal;
use crate::moves::measured;
use crate::networks::changed;
use crate::oracle::{assert_close, matrix, recorded};

/// What maps may be off by, as a share of the largest value.
const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Recorded {
    seed: u32,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    image: ImageShape,
    by_channel: bool,
    images: Vec<Vec<f64>>,
    layers: Vec<RecordedLayer>,
    methods: BTreeMap<String, Map>,
}

#[derive(Deserialize)]
struct RecordedLayer {
    form: Form,
    kernel: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

#[derive(Deserialize)]
struct Map {
    map: Vec<Vec<f64>>,
    signed: Vec<Vec<f64>>,
}

/// An encoder with a decoder that nothing is asked about.
fn with_decoder(encoder: Half) -> Network {
    let (pixels, dims) = (encoder.input().size(), encoder.output().size());
    let decoder = Layer::Dense(Dense {
        weight: Array2::zeros((dims, pixels)),
        bias: Array1::zeros(pixels),
        activation: Activation::Linear,
    });
    let decoder = Half::new("decoder", Shape::Numbers(dims), vec![decoder]).unwrap();
    Network::new(encoder, decoder).unwrap()
}

fn single(rows: &[Vec<f64>]) -> Array2<f32> {
    matrix(rows).mapv(|number| number as f32)
}

impl Case {
    fn network(&self) -> Network {
        let layers = self.layers.iter().map(|layer| {
            let bias = std::slice::from_ref(&layer.bias);
            layer.form.with(vec![single(&layer.kernel), single(bias)])
        });
        let encoder = Half::new("encoder", Shape::Image(self.image), layers.collect());
        with_decoder(encoder.unwrap())
    }
}

fn images_of(pixels: Array2<f32>, classes: Vec<(u8, Range<usize>)>) -> Images {
    Images {
        positions: (0..pixels.nrows() as u32).collect(),
        origin: Origin::default(),
        pixels,
        classes,
    }
}

/// Everything that is asked about, but for V and S.
struct Subject {
    network: Network,
    images: Images,
    image: ImageShape,
    settings: Settings,
    recipients: Range<usize>,
}

impl Subject {
    fn ask<T>(&self, v: &Array2<f32>, of: impl FnOnce(&Asked<'_>) -> T) -> T {
        let direction = DirectionMap {
            slope: v.clone(),
            sign: v.mapv(|_| -1.0),
        };
        of(&Asked {
            engine: &Engine::cpu(),
            network: &self.network,
            explained: &self.images,
            image: self.image,
            recipients: self.recipients.clone(),
            settings: &self.settings,
            importance: v,
            direction: &direction,
        })
    }

    fn opinions(&self, v: &Array2<f32>) -> Opinions {
        self.ask(v, |asked| {
            block_on(async {
                let mut job = Attributions::new(asked);
                let mut slices = 0;
                while !job.advance(Duration::ZERO).await.unwrap() {
                    assert!(job.done() <= job.total() * 1.000_001);
                    slices += 1;
                }
                assert!(slices >= job.known() && (job.done() / job.total() - 1.0).abs() < 1e-9);
                job.opinions().clone()
            })
        })
    }

    fn test(&self) -> Option<FairTest> {
        let features = match self.settings.permute {
            Permute::Pixel => self.image.pixels(),
            Permute::Channel => self.image.size(),
        };
        let v = Array2::zeros((features, self.network.dims()));
        self.ask(&v, |asked| {
            block_on(async {
                let mut job = Trial::new(asked).await.unwrap()?;
                while !job.advance(Duration::ZERO).await.unwrap() {
                    assert!(job.done() <= job.total() && job.test().is_none());
                }
                job.test().cloned()
            })
        })
    }
}

fn name(method: Attribution) -> String {
    let written = serde_json::to_value(method).unwrap();
    written.as_str().unwrap().to_owned()
}

fn assert_signs(what: &str, ours: &Array2<f32>, signed: &Array2<f64>) {
    let largest = signed
        .iter()
        .fold(0.0f64, |most, value| most.max(value.abs()));
    for ((cell, &sign), &of) in ours.indexed_iter().zip(signed) {
        if of.abs() > 1e-5 * largest || of == 0.0 {
            let expected = if of == 0.0 { 0.0 } else { of.signum() };
            assert_eq!(f64::from(sign), expected, "{what} at {cell:?}: {of}");
        }
    }
}

#[test]
fn maps_are_those_of_captum() {
    let recorded: Recorded = recorded(include_str!("../oracle/attribution.json"));
    let mut compared = 0;
    for case in &recorded.cases {
        let network = case.network();
        let pixels = single(&case.images);
        let count = pixels.nrows();
        let permute = if case.by_channel {
            Permute::Channel
        } else {
            Permute::Pixel
        };
        let subject = Subject {
            images: images_of(pixels, vec![(0, 0..count)]),
            image: case.image,
            settings: Settings {
                seed: recorded.seed,
                permute,
                ..Settings::default()
            },
            recipients: 0..count,
            network,
        };
        let is_dense = subject.network.encoder().dense().is_some();
        let shape = matrix(&case.methods["gradient"].map).dim();
        let opinions = subject.opinions(&Array2::ones(shape));
        assert_eq!(opinions.without_gradients, None);
        for opinion in &opinions.methods {
            let Some(theirs) = case.methods.get(&name(opinion.method)) else {
                assert_eq!(opinion.method, Attribution::Variance);
                continue;
            };
            let what = format!("{}: {}", case.name, name(opinion.method));
            assert_eq!(opinion.images, count, "{what}");
            assert_close(&what, &opinion.map, &matrix(&theirs.map), TOLERANCE);
            let has_signs = is_dense || !what.contains("occlusion");
            if has_signs {
                assert_signs(&what, &opinion.sign, &matrix(&theirs.signed));
            } else {
                assert!(opinion.sign.iter().all(|&sign| sign == -1.0), "{what}");
            }
            compared += 1;
        }
    }
    assert_eq!(compared, recorded.cases.len() * 6);
}

/// What one recipient's map is, all of them together are the mean of; baselines, noise and variances are of
/// all images all the same.
#[test]
fn maps_are_means_over_recipients() {
    let (network, images) = random_case(31, &[12, 5, 12], 1, 20);
    let network = changed(&network, |encoder, _| {
        encoder[0].activation = Activation::Relu;
    });
    let mut subject = Subject {
        image: flat(&images),
        images: images_of(images, classes_of(&[9, 11])),
        settings: Settings::default(),
        recipients: 9..20,
        network,
    };
    let v = Array2::zeros((12, 5));
    let class = subject.opinions(&v);
    let mut means: Vec<Array2<f64>> = vec![Array2::zeros(v.dim()); 7];
    for row in 9..20 {
        subject.recipients = row..row + 1;
        for (mean, opinion) in means.iter_mut().zip(subject.opinions(&v).methods) {
            assert_eq!(opinion.images, 1);
            *mean += &opinion.map.mapv(|of| f64::from(of) / 11.0);
        }
    }
    for (mean, opinion) in means.iter().zip(&class.methods) {
        assert_eq!(opinion.images, 11);
        assert_close(&name(opinion.method), &opinion.map, mean, 1e-5);
    }
    // Squared differences to every image, of one recipient after the other.
    let pixels = subject.images.pixels.mapv(f64::from);
    let variance = Array2::from_shape_fn(v.dim(), |(pixel, _)| {
        let column = pixels.column(pixel);
        let of = |row: usize| {
            column
                .iter()
                .map(move |&x| (x - column[row]).powi(2))
                .sum::<f64>()
        };
        (9..20).map(of).sum::<f64>() / 11.0 / 20.0
    });
    assert_close("variance", &class.methods[6].map, &variance, 1e-5);
}

/// Place of a value among others, 1 at the smallest, equal ones sharing theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let count = |of: &dyn Fn(f64) -> bool| values.iter().filter(|&&value| of(value)).count() as f64;
    let rank = |&value: &f64| {
        count(&|other| other < value) + f64::midpoint(count(&|other| other == value), 1.0)
    };
    values.iter().map(rank).collect()
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f(a - mean_a, b - mean_b))
            .sum()
    };
    sum(&|a, b| a * b) / (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt()
}

#[test]
fn agreement_is_spearmans_and_the_share_of_the_first() {
    let (network, mut images) = random_case(32, &[45, 6, 45], 1, 30);
    // Some pixels are the same everywhere, and say nothing of whether methods agree.
    for pixel in [0, 7, 44] {
        images.column_mut(pixel).fill(0.25);
    }
    let network = changed(&network, |encoder, _| {
        encoder[0].activation = Activation::Relu;
        // Never active, whatever the image: every map but the variance is 0.
        encoder[0].bias[3] = -1e4;
    });
    let v = measured_v(&network, &images, flat(&images), Permute::Pixel);
    let subject = Subject {
        image: flat(&images),
        images: images_of(images, vec![(0, 0..30)]),
        settings: Settings::default(),
        recipients: 0..30,
        network,
    };
    let opinions = subject.opinions(&v);
    assert_eq!(opinions.agreement.len(), 28);
    let map = |method| match method {
        Attribution::Permutation => &v,
        method => {
            &opinions
                .methods
                .iter()
                .find(|of| of.method == method)
                .unwrap()
                .map
        }
    };
    let differ = |pixel: &usize| {
        let column = subject.images.pixels.column(*pixel);
        column.iter().any(|value| *value != column[0])
    };
    let varying: Vec<usize> = (0..45).filter(differ).collect();
    assert!(varying.len() < 43 && varying.len() > 30);
    for agreement in &opinions.agreement {
        for dim in 0..6 {
            let column = |method| -> Vec<f64> {
                let column = map(method).column(dim);
                varying
                    .iter()
                    .map(|&pixel| f64::from(column[pixel]))
                    .collect()
            };
            let (a, b) = (column(agreement.a), column(agreement.b));
            if dim == 3 {
                let known = (agreement.spearman[dim], agreement.overlap[dim]);
                assert_eq!(known, (None, None), "{agreement:?}");
                continue;
            }
            let rho = pearson(&ranks(&a), &ranks(&b));
            let found = f64::from(agreement.spearman[dim].unwrap());
            assert!(
                (found - rho).abs() < 1e-6,
                "{found} instead of {rho}: {agreement:?}"
            );
            // Two of them; here no two are equal.
            let first = |values: &[f64]| -> Vec<usize> {
                let ranks = ranks(values);
                let last = ranks.len() as f64 - 2.0;
                (0..ranks.len()).filter(|&at| ranks[at] > last).collect()
            };
            let (a, b) = (first(&a), first(&b));
            let common = a.iter().filter(|at| b.contains(at)).count() as f32;
            assert_eq!((a.len(), b.len()), (2, 2));
            assert_eq!(agreement.overlap[dim], Some(common / 2.0));
        }
    }
}

fn measured_v(
    network: &Network,
    images: &Array2<f32>,
    image: ImageShape,
    permute: Permute,
) -> Array2<f32> {
    let design = latent_lens::importance::Design::of_pixels(images.nrows(), image, permute);
    measured(network.encoder(), images, design, Method::Exact)
}

const SEED: u32 = 3;
const FILLERS: [Filler; 3] = [Filler::Mean, Filler::Zero, Filler::Donor];

fn draw(words: [u64; 2]) -> Keyed {
    Keyed::new(SEED, Purpose::FairTest, &words)
}

/// The fair test of the maps of half the images, word for word, in float64.
struct Literal {
    /// By method, the floor last; by filler; images × dimensions.
    areas: Vec<[Array2<f64>; 3]>,
    /// Likewise; dimensions × shares.
    curves: Vec<[Array2<f64>; 3]>,
}

fn columns_of(image: ImageShape, feature: usize) -> Range<usize> {
    feature * image.channels..(feature + 1) * image.channels
}

fn fair_test(
    subject: &Subject,
    maps: &[Array2<f64>],
    halves: &[Vec<usize>; 2],
    shares: &[f32],
) -> Literal {
    let images = subject.images.pixels.mapv(f64::from);
    let [a, b] = halves;
    let (of_a, of_b) = (images.select(Axis(0), a), images.select(Axis(0), b));
    let latents = literal::forward(subject.network.encoder(), &of_b);
    let features = subject.image.pixels();
    let twice: Vec<f64> = latents
        .columns()
        .into_iter()
        .map(|z| 2.0 * z.var(0.0))
        .collect();
    let mean = of_a.mean_axis(Axis(0)).unwrap();
    let filled = |filler| {
        let mut filled = Array2::zeros(of_b.dim());
        for (place, mut row) in filled.rows_mut().into_iter().enumerate() {
            match filler {
                Filler::Mean => row.assign(&mean),
                Filler::Zero => {}
                Filler::Donor => {
                    let mut others: Vec<usize> = (0..b.len()).collect();
                    others.remove(place);
                    let other = draw([1, b[place] as u64]).below(others.len() as u32);
                    row.assign(&of_b.row(others[other as usize]));
                }
            }
        }
        filled
    };
    let ties = draw([2, 0]).permutation(features);
    let order = |map: &Array2<f64>, dim: usize| -> Vec<u32> {
        let mut order = ties.clone();
        order.sort_by(|&a, &b| map[[b as usize, dim]].total_cmp(&map[[a as usize, dim]]));
        order
    };
    let curve = |order: &[u32], filled: &Array2<f64>, dim: usize| -> Array2<f64> {
        let mut heights = Array2::zeros((b.len(), shares.len()));
        for (at, share) in shares.iter().enumerate() {
            let mut moved = of_b.clone();
            for &feature in &order[..(share * features as f32).round() as usize] {
                for column in columns_of(subject.image, feature as usize) {
                    moved.column_mut(column).assign(&filled.column(column));
                }
            }
            let after = literal::forward(subject.network.encoder(), &moved);
            for image in 0..b.len() {
                let change = after[[image, dim]] - latents[[image, dim]];
                heights[[image, at]] = change * change / twice[dim];
            }
        }
        heights
    };
    let mut literal = Literal {
        areas: Vec::new(),
        curves: Vec::new(),
    };
    for method in 0..=maps.len() {
        let measured = FILLERS.map(|filler| {
            let filled = filled(filler);
            let mut areas = Array2::zeros(latents.dim());
            let mut curves = Array2::zeros((latents.ncols(), shares.len()));
            for dim in 0..latents.ncols() {
                let heights = if let Some(map) = maps.get(method) {
                    curve(&order(map, dim), &filled, dim)
                } else {
                    let orders = (0..4).map(|which| draw([3, which]).permutation(features));
                    let curves = orders.map(|order| curve(&order, &filled, dim));
                    curves.reduce(|all, more| all + more).unwrap() / 4.0
                };
                curves
                    .row_mut(dim)
                    .assign(&heights.mean_axis(Axis(0)).unwrap());
                for (image, heights) in heights.rows().into_iter().enumerate() {
                    let stretches = shares.windows(2).enumerate();
                    areas[[image, dim]] = stretches
                        .map(|(at, pair)| {
                            let width = f64::from(pair[1]) - f64::from(pair[0]);
                            width * (heights[at] + heights[at + 1]) / 2.0
                        })
                        .sum();
                }
            }
            (areas, curves)
        });
        let [mean, zero, donor] = measured;
        literal.areas.push([mean.0, zero.0, donor.0]);
        literal.curves.push([mean.1, zero.1, donor.1]);
    }
    literal
}

/// Mean and standard error of the mean.
fn mean_and_error(values: &Array1<f64>) -> (f64, f64) {
    let count = values.len() as f64;
    (values.mean().unwrap(), values.std(1.0) / count.sqrt())
}

fn halves_of(classes: &[(u8, Range<usize>)]) -> [Vec<usize>; 2] {
    let mut halves = [Vec::new(), Vec::new()];
    let orders = classes.iter().flat_map(|(label, rows)| {
        let order = draw([0, u64::from(*label)]).permutation(rows.len());
        order.into_iter().map(|place| rows.start + place as usize)
    });
    for (dealt, row) in orders.enumerate() {
        halves[dealt % 2].push(row);
    }
    for half in &mut halves {
        half.sort_unstable();
    }
    halves
}

/// SmoothGrad of one layer of ReLU: how many of an image's copies each unit is active for, times its weights.
fn smoothgrad(subject: &Subject, rows: &[usize]) -> Array2<f64> {
    let layer = subject.network.encoder().dense().unwrap()[0];
    let weight = layer.weight.mapv(f64::from);
    let images = subject.images.pixels.mapv(f64::from).select(Axis(0), rows);
    let values = || images.iter().copied();
    let range = values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min);
    let mut active = Array1::<f64>::zeros(weight.ncols());
    for (image, &row) in images.rows().into_iter().zip(rows) {
        for copy in 0..16 {
            let mut draws = Keyed::new(SEED, Purpose::Noise, &[row as u64, copy]);
            let mut noisy = image.to_owned();
            let mut pairs = noisy.exact_chunks_mut(2).into_iter();
            for mut pair in &mut pairs {
                let radius = (-2.0 * (1.0 - f64::from(draws.uniform())).ln()).sqrt();
                let angle = std::f64::consts::TAU * f64::from(draws.uniform());
                let scale = radius * range * f64::from(NOISE);
                pair += &ndarray::array![scale * angle.cos(), scale * angle.sin()];
            }
            let sums = noisy.dot(&weight) + layer.bias.mapv(f64::from);
            active += &sums.mapv(|sum| f64::from(u8::from(sum > 0.0)) / 16.0);
        }
    }
    let mean = active / rows.len() as f64;
    Array2::from_shape_fn((subject.image.pixels(), weight.ncols()), |(pixel, unit)| {
        let columns = columns_of(subject.image, pixel);
        let weight: f64 = columns.map(|column| weight[[column, unit]]).sum();
        weight.abs() * mean[unit]
    })
}

fn check_fair_test(subject: &Subject, has_smoothgrad: bool) -> FairTest {
    let halves = halves_of(&subject.images.classes);
    let half = subject.images.pixels.select(Axis(0), &halves[0]);
    let v = measured_v(&subject.network, &half, subject.image, Permute::Pixel);
    let of_half = Subject {
        network: subject.network.clone(),
        recipients: 0..half.nrows(),
        images: images_of(half, vec![(0, 0..halves[0].len())]),
        settings: subject.settings.clone(),
        image: subject.image,
    };
    let mut maps = vec![v.mapv(f64::from)];
    for opinion in of_half.opinions(&v).methods {
        maps.push(match opinion.method {
            Attribution::Smoothgrad if has_smoothgrad => smoothgrad(subject, &halves[0]),
            _ => opinion.map.mapv(f64::from),
        });
    }
    let test = subject.test().unwrap();
    assert_eq!(
        (test.ordered_by, test.measured_on),
        (halves[0].len(), halves[1].len())
    );
    assert_eq!(test.scores.len(), (maps.len() + 1) * 3);
    let literal = fair_test(subject, &maps, &halves, &test.shares);
    let dims = subject.network.dims();
    for (at, score) in test.scores.iter().enumerate() {
        let (method, filler) = (at / 3, at % 3);
        assert_eq!(score.filler, FILLERS[filler]);
        // Noise is named by the image's place among all, which it has not among half of them.
        if score.method == Some(Attribution::Smoothgrad) && !has_smoothgrad {
            continue;
        }
        let what = format!("{:?}, {:?}", score.method, score.filler);
        assert_close(
            &what,
            &score.curves,
            &literal.curves[method][filler],
            TOLERANCE,
        );
        for dim in 0..dims {
            let areas = literal.areas[method][filler].column(dim).to_owned();
            let (area, error) = mean_and_error(&areas);
            let [found, error_found] =
                [&score.area, &score.std_error].map(|of| f64::from(of[dim].unwrap()));
            assert!(
                (found - area).abs() < 1e-4 * area,
                "{what}: {found}, {area}"
            );
            assert!(
                (error_found - error).abs() < 1e-4 * area,
                "{what}: {error_found}, {error}"
            );
        }
    }
    if has_smoothgrad {
        for dim in 0..dims {
            let beats = |one: usize, other: usize| {
                (0..3).all(|filler| {
                    let of = |at: usize| literal.areas[at][filler].column(dim).to_owned();
                    let (mean, error) = mean_and_error(&(of(one) - of(other)));
                    mean > 0.0 && mean > 2.0 * error
                })
            };
            let all = 0..=maps.len();
            let mut winners = all
                .clone()
                .filter(|&one| all.clone().all(|other| other == one || beats(one, other)));
            let winner = winners.next().map(|at| test.scores[3 * at].method);
            assert_eq!(test.winners[dim], winner.flatten(), "dimension {dim}");
        }
    }
    test
}

#[test]
fn the_fair_test_is_what_it_says() {
    let settings = Settings {
        seed: SEED,
        method: Method::Exact,
        ..Settings::default()
    };
    let (network, images) = random_case(33, &[30, 4, 30], 1, 41);
    let one_layer = changed(&network, |encoder, _| {
        encoder[0].activation = Activation::Relu;
    });
    let subject = |network, image, images: &Array2<f32>| Subject {
        network,
        image,
        images: images_of(images.clone(), classes_of(&[20, 1, 20])),
        settings: settings.clone(),
        recipients: 0..41,
    };
    check_fair_test(&subject(one_layer.clone(), flat(&images), &images), true);
    // More shares than features are no more than the features.
    let colour = ImageShape {
        height: 5,
        width: 3,
        channels: 2,
    };
    let test = check_fair_test(&subject(one_layer, colour, &images), true);
    assert_eq!(test.shares.len(), 16);
    let (deep, images) = random_case(34, &[30, 9, 8, 3, 30], 3, 41);
    check_fair_test(&subject(deep, flat(&images), &images), false);

    let recorded: Recorded = recorded(include_str!("../oracle/attribution.json"));
    let case = recorded
        .cases
        .iter()
        .find(|case| case.name == "convolutional, two channels");
    let case = case.unwrap();
    let pixels = single(&case.images);
    let convolutional = Subject {
        images: images_of(pixels, classes_of(&[6, 5])),
        recipients: 0..11,
        ..subject(case.network(), case.image, &images)
    };
    check_fair_test(&convolutional, false);
}

#[test]
fn too_few_images_are_not_halved() {
    let (network, images) = random_case(35, &[6, 2, 6], 1, 3);
    let subject = Subject {
        network,
        image: flat(&images),
        images: images_of(images, classes_of(&[2, 1])),
        settings: Settings::default(),
        recipients: 0..3,
    };
    assert!(subject.test().is_none());
}

/// Pixels 0 and 1 are copies of each other, on or off, and the latent is the larger of them: setting one of
/// them to 0 changes nothing, setting both changes all. Pixel 2 has a little to say.
#[test]
fn a_pair_that_matters_only_together_is_found_along_the_way() {
    let mut draws = Keyed::new(1, Purpose::Weights, &[7]);
    let mut images = Array2::from_shape_simple_fn((80, 12), || draws.uniform());
    for mut image in images.rows_mut() {
        let on = f32::from(u8::from(image[0] < 0.5));
        (image[0], image[1]) = (on, on);
    }
    // x₀ + x₁ − relu(x₀ + x₁ − 1), and a tenth of x₂.
    let mut first = Array2::zeros((12, 3));
    for (pixel, unit, weight) in [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (0, 1, 1.0),
        (1, 1, 1.0),
        (2, 2, 0.1),
    ] {
        first[[pixel, unit]] = weight;
    }
    let layer = |weight, bias: &[f32], activation| {
        Layer::Dense(Dense {
            weight,
            bias: bias.iter().copied().collect(),
            activation,
        })
    };
    let second = ndarray::array![[1.0f32], [-1.0], [1.0]];
    let layers = vec![
        layer(first, &[0.0, -1.0, 0.0], Activation::Relu),
        layer(second, &[0.0], Activation::Linear),
    ];
    let encoder = Half::new("encoder", Shape::Numbers(12), layers).unwrap();
    let subject = Subject {
        network: with_decoder(encoder),
        image: flat(&images),
        images: images_of(images, vec![(0, 0..80)]),
        settings: Settings::default(),
        recipients: 0..80,
    };
    let opinions = subject.opinions(&Array2::zeros((12, 1)));
    let map = |method| {
        let mut methods = opinions.methods.iter();
        methods
            .find(|opinion| opinion.method == method)
            .unwrap()
            .map
            .column(0)
            .to_owned()
    };
    let occluded = map(Attribution::OcclusionZero);
    assert!(occluded[0] == 0.0 && occluded[1] == 0.0 && occluded[2] > 0.0);
    // Half the way is with a slope of 1: half for each of the pair, where it is on.
    let integrated = map(Attribution::IntegratedZero);
    assert!((integrated[0] - 0.25).abs() < 0.06 && integrated[0] == integrated[1]);
    assert!(integrated[2] < 0.1 && integrated[3] == 0.0);
    let test = subject.test().unwrap();
    let area = |method, filler| {
        let mut scores = test.scores.iter();
        let score = scores.find(|score| score.method == Some(method) && score.filler == filler);
        score.unwrap().area[0].unwrap()
    };
    let [found, missed] = [Attribution::IntegratedZero, Attribution::OcclusionZero]
        .map(|method| area(method, Filler::Zero));
    assert!(found > missed + 0.3, "{found}, {missed}");
    assert_ne!(test.winners[0], Some(Attribution::OcclusionZero));
}
