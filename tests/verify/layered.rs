//! Layers of every kind, in networks made at random, against the literal computation: every image through
//! all layers, for every pair of images and for permutations one by one.

use std::collections::BTreeSet;
use std::ops::Range;

use latent_lens::data::{ImageShape, Shape};
use latent_lens::engine::Engine;
use latent_lens::importance::probe::Outcome;
use latent_lens::importance::{Design, Direction, Exchange, Importance};
use latent_lens::keyed::{Keyed, Purpose};
use latent_lens::model::{
    Activation, Architecture, Form, Half, Interpolation, Kind, Network, Over, Window,
};
use latent_lens::settings::{Method, NetworkKind, Permute, Settings};
use ndarray::{Array2, Axis};
use pollster::block_on;

use crate::importance::{classes_of, measure, sampled};
use crate::literal;
use crate::moves::{finished, importance, measured, plan};
use crate::oracle::assert_close;

/// What numbers may be off by, as a share of the largest.
const TOLERANCE: f64 = 1e-4;
/// Networks made at random.
const NETWORKS: u64 = 60;

/// Draws of everything that a network is made of.
struct Draws(Keyed);

impl Draws {
    fn within(&mut self, range: Range<isize>) -> isize {
        range.start + self.0.below((range.end - range.start) as u32) as isize
    }

    fn size(&mut self, range: Range<usize>) -> usize {
        range.start + self.0.below((range.end - range.start) as u32) as usize
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.size(0..choices.len())]
    }

    fn number(&mut self) -> f32 {
        2.0 * self.0.uniform() - 1.0
    }

    fn window(&mut self, padding: isize) -> Window {
        let mut margin = || self.within(0..padding + 1);
        Window {
            padding: [[margin(), margin()], [margin(), margin()]],
            size: [self.size(1..4), self.size(1..4)],
            stride: [self.size(1..3), self.size(1..4)],
            dilation: [self.size(1..3), self.size(1..3)],
        }
    }

    fn kind(&mut self, image: ImageShape) -> Kind {
        let channels = image.channels;
        match self.size(0..13) {
            0 | 1 => {
                let groups = self.of(&[1, 1, 2, channels]);
                Kind::Convolution {
                    filters: groups * self.of(&[1, 2, 3, 5, 9, 18]),
                    groups,
                    window: self.window(2),
                }
            }
            2 | 3 => {
                let groups = self.of(&[1, 1, 2, channels]);
                let mut cut = || [self.within(-1..2), self.within(-1..2)];
                Kind::Transposed {
                    cut: [cut(), cut()],
                    filters: groups * self.of(&[1, 3, 6, 17]),
                    groups,
                    kernel: [self.size(1..4), self.size(1..4)],
                    stride: [self.size(1..4), self.size(1..3)],
                    dilation: [self.size(1..3), self.size(1..3)],
                }
            }
            4 => Kind::MaxPooling {
                window: self.window(0),
            },
            5 => {
                // With padding, every window must see a part of the image.
                let size = self.size(2..4);
                Kind::MaxPooling {
                    window: Window {
                        size: [size; 2],
                        stride: [2; 2],
                        dilation: [1; 2],
                        padding: [[1, size as isize / 2]; 2],
                    },
                }
            }
            6 => Kind::AveragePooling {
                window: self.window(1),
                counts_padding: self.of(&[true, false]),
            },
            7 => Kind::Upsampling {
                factor: [self.size(1..4), self.size(1..4)],
                interpolation: self.of(&[
                    Interpolation::Nearest,
                    Interpolation::Bilinear,
                    Interpolation::BilinearCorners,
                ]),
            },
            8 => Kind::Padding {
                margins: [
                    [self.within(-1..3), self.within(-1..3)],
                    [self.within(-1..3), self.within(-1..3)],
                ],
            },
            9 => self
                .of(&[Kind::Scaling, Kind::Softmax, Kind::Activation].each_ref())
                .clone(),
            10 => Kind::Normalisation {
                over: self.of(&[Over::Channels, Over::Row]),
                epsilon: 1e-3,
            },
            11 => Kind::Reshaping {
                to: Shape::Image(ImageShape {
                    height: image.width,
                    width: image.height,
                    channels,
                }),
            },
            _ => {
                let mut order: Vec<u32> = (0..image.size() as u32).collect();
                for at in (1..order.len()).rev() {
                    order.swap(at, self.size(0..at + 1));
                }
                Kind::Reordering {
                    to: Shape::Image(image),
                    order,
                }
            }
        }
    }

    fn layer(&mut self, input: &Shape) -> Form {
        let activation = self.of(&[
            Activation::Relu,
            Activation::Relu,
            Activation::Linear,
            Activation::Linear,
            Activation::Tanh,
            Activation::Sigmoid,
            Activation::Elu { alpha: 1.0 },
        ]);
        let Shape::Image(image) = *input else {
            return Form::Dense {
                outputs: self.of(&[2, 7, 9, 20]),
                activation,
            };
        };
        if self.size(0..8) == 0 {
            return Form::Dense {
                outputs: self.of(&[3, 8, 12]),
                activation,
            };
        }
        Form::General {
            kind: self.kind(image),
            activation,
        }
    }

    /// Layers that follow each other from `input`, of not too many numbers, with what they take.
    fn half(&mut self, input: &Shape, count: usize) -> Half {
        let mut layers = Vec::new();
        let mut shape = input.clone();
        while layers.len() < count {
            let form = self.layer(&shape);
            let Ok(output) = form.output(&shape) else {
                continue;
            };
            if output.size() > 700 {
                continue;
            }
            let sizes = form.weights(&shape);
            let is_kernel = sizes.len() == 2 && sizes[0].0 > 1;
            let weights = sizes.iter().enumerate().map(|(at, &(rows, columns))| {
                let scale = 2.0 / (rows as f32).sqrt();
                Array2::from_shape_simple_fn((rows, columns), || match at {
                    0 if is_kernel => scale * self.number(),
                    0 => 1.0 + 0.5 * self.number(),
                    _ => 0.3 * self.number(),
                })
            });
            let weights = weights.collect();
            layers.push(form.with(weights));
            shape = output;
        }
        Half::new("network", input.clone(), layers).expect("they follow each other")
    }

    /// Images of which some numbers are the same in all, some mostly 0.
    fn images(&mut self, count: usize, size: usize) -> Array2<f32> {
        Array2::from_shape_fn((count, size), |(_, place)| {
            let value = self.0.uniform();
            match place % 5 {
                0 => 0.5,
                1 if value < 0.7 => 0.0,
                _ => value,
            }
        })
    }
}

/// Of every feature, exactly and by permutations.
fn hold(name: &str, half: &Half, images: &Array2<f32>, image: ImageShape, permute: Permute) {
    let precise = images.mapv(f64::from);
    let all = || (0..images.nrows(), 0..images.nrows());
    for method in [Method::Exact, Method::Sampled] {
        let design = Design::of_pixels(images.nrows(), image, permute);
        let features = design.features.clone();
        let found = measured(half, images, design.clone(), method);
        let mut expected = Array2::zeros(found.dim());
        for (feature, of) in features.iter().enumerate() {
            let words = [feature as u64];
            let key = (method == Method::Sampled).then_some((Purpose::Pixel, &words[..]));
            let row = importance(half, &precise, of.columns(), all(), key);
            expected.row_mut(feature).assign(&row);
        }
        let name = format!("{name}, {permute:?}, {method:?}");
        close(&name, &found, &expected);

        // Outputs that are not told apart, and recipients beside other donors.
        let few = 1..3;
        let design = Design {
            exchanges: vec![(vec![], Exchange::new(few.clone(), 0..images.nrows()))],
            outcome: Outcome::Overall,
            ..design
        };
        let found = measured(half, images, design, method);
        for (feature, of) in features.iter().enumerate() {
            let words = [feature as u64];
            let key = (method == Method::Sampled).then_some((Purpose::Pixel, &words[..]));
            let ranges = (few.clone(), 0..images.nrows());
            let row = importance(half, &precise, of.columns(), ranges, key);
            expected[[feature, 0]] = row.mean().unwrap();
        }
        let expected = expected.column(0).to_owned().insert_axis(Axis(0));
        close(&format!("{name}, overall"), &found, &expected);
    }
}

/// As near as they should be; both are f32, so one may see a change where the other's rounding hides it.
fn close(name: &str, found: &Array2<f32>, expected: &Array2<f64>) {
    let largest = expected.iter().copied().fold(0.0, f64::max);
    for ((cell, &found), &expected) in found.indexed_iter().zip(expected) {
        let off = (f64::from(found) - expected).abs();
        assert!(
            off <= TOLERANCE * largest,
            "{name} at {cell:?}: {found} instead of {expected}, of {largest}"
        );
    }
}

#[test]
fn any_layers_are_measured_as_the_literal_algorithm_does() {
    let mut kinds = BTreeSet::new();
    for seed in 0..NETWORKS {
        let mut draws = Draws(Keyed::new(7, Purpose::Weights, &[seed]));
        let image = ImageShape {
            height: draws.size(1..6),
            width: draws.size(3..7),
            channels: draws.of(&[1, 2, 3]),
        };
        let layers = draws.size(1..5);
        let half = draws.half(&Shape::Image(image), layers);
        if half.dense().is_some() {
            continue;
        }
        let images = draws.images(6, image.size());
        let output = half.run(images.view());
        if output.iter().any(|number| !number.is_finite()) {
            continue;
        }
        let mut name = format!("network {seed}, {image:?}");
        for (form, ..) in half.forms() {
            name = format!("{name}, {form:?}");
            if let Form::General { kind, .. } = form {
                let kind = format!("{kind:?}");
                kinds.insert(kind.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        for permute in [Permute::Pixel, Permute::Channel] {
            hold(&name, &half, &images, image, permute);
        }
    }
    assert_eq!(kinds.len(), 12, "every kind was there: {kinds:?}");
}

/// What a run of the kind convolutional trains, grey and in colour, at odd and even sizes.
#[test]
fn a_convolutional_network_agrees_with_the_literal_algorithm() {
    for (height, width, channels) in [(9, 6, 1), (8, 8, 3)] {
        let image = ImageShape {
            height,
            width,
            channels,
        };
        let settings = Settings {
            kind: NetworkKind::Convolutional,
            filters: vec![3, 5],
            dims: 4,
            ..Settings::default()
        };
        let network = Network::of(&Architecture::new(image, &settings), 3);
        let mut draws = Draws(Keyed::new(8, Purpose::Weights, &[channels as u64]));
        let images = draws.images(14, image.size());
        let classes = classes_of(&[9, 5]);
        let precise = images.mapv(f64::from);
        for method in [Method::Exact, Method::Sampled] {
            let plan = plan(method);
            let ours = measure(&network, &images, &classes, plan);
            let (v, ie) = if method == Method::Exact {
                (
                    literal::expected_pixel_importance(&network, &precise),
                    literal::expected_latent_importance(&network, &precise, &classes),
                )
            } else {
                let (repeats, seed) = (plan.permutations, plan.seed);
                (
                    literal::pixel_importance(&network, &precise, repeats, seed),
                    literal::latent_importance(&network, &precise, &classes, repeats, seed),
                )
            };
            assert_close("V", &ours.pixels.mean, &v, TOLERANCE);
            assert_close("IE", &ours.latent.mean, &ie, TOLERANCE);
            let latents = literal::forward(network.encoder(), &precise);
            assert_close("latents", &ours.latents, &latents, TOLERANCE);
        }
    }
}

/// However many measure, and in whatever company, to the last bit.
#[test]
fn threads_and_company_change_nothing() {
    let image = ImageShape {
        height: 8,
        width: 7,
        channels: 2,
    };
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        ..Settings::default()
    };
    let network = Network::of(&Architecture::new(image, &settings), 5);
    let images = Draws(Keyed::new(9, Purpose::Weights, &[])).images(40, image.size());
    let stage = || {
        let engine = Engine::cpu();
        let plan = sampled(3, 4);
        block_on(Importance::of_pixels(
            &engine, &network, &images, image, &plan,
        ))
        .unwrap()
    };
    let alone = finished(stage()).estimate().mean;
    let threads = stage().on_threads(3.try_into().unwrap());
    assert_eq!(finished(threads).estimate().mean, alone);
    let mut stretches = stage();
    let mut from = 0;
    while from < stretches.total() {
        let count = (1 + from % 5).min(stretches.total() - from);
        let measured = block_on(stretches.measure(from, count)).unwrap();
        stretches.add(measured.view());
        from += count;
    }
    assert_eq!(stretches.estimate().mean, alone);
}

/// Only one pixel tells images apart, and only what looks at it can tell.
#[test]
fn a_pixel_that_alone_differs_has_all_importance() {
    let image = ImageShape {
        height: 9,
        width: 9,
        channels: 3,
    };
    let settings = Settings {
        kind: NetworkKind::Convolutional,
        filters: vec![4],
        activation: latent_lens::settings::HiddenActivation::Tanh,
        ..Settings::default()
    };
    let network = Network::of(&Architecture::new(image, &settings), 2);
    let pixel = 4 * 9 + 5;
    let images = Array2::from_shape_fn((20, image.size()), |(at, place)| {
        if place / 3 == pixel {
            at as f32 / 20.0
        } else {
            0.4
        }
    });
    let (engine, plan) = (Engine::cpu(), sampled(4, 1));
    let stage = Importance::of_pixels(&engine, &network, &images, image, &plan);
    let stage = finished(block_on(stage).unwrap());
    let v = stage.estimate().mean;
    assert_eq!(v.nrows(), 81);
    let direction = {
        let mut job = Direction::new(&images, stage.features(), stage.latents());
        while !job.advance(std::time::Duration::from_secs(1)) {}
        job.map()
    };
    for (row, (v, s)) in v.rows().into_iter().zip(direction.sign.rows()).enumerate() {
        let is_it = row == pixel;
        assert!(v.iter().all(|&v| (v > 0.0) == is_it), "pixel {row}");
        assert!(s.iter().all(|&s| (s != 0.0) == is_it), "pixel {row}");
    }
}

/// Where channels move together, the direction is that of their mean.
#[test]
fn the_direction_of_a_pixel_is_that_of_the_mean_of_its_channels() {
    let image = ImageShape {
        height: 1,
        width: 2,
        channels: 3,
    };
    let images = Draws(Keyed::new(3, Purpose::Weights, &[1])).images(30, 6);
    // The first latent falls with the first pixel's red; the second rises with how bright it is.
    let latents = Array2::from_shape_fn((30, 2), |(row, dim)| match dim {
        0 => -2.0 * images[[row, 2]],
        _ => images[[row, 1]] + images[[row, 2]] + images[[row, 0]],
    });
    let slopes = |permute| {
        let design = Design::of_pixels(30, image, permute);
        let mut job = Direction::new(&images, &design.features, &latents);
        while !job.advance(std::time::Duration::from_secs(1)) {}
        job.map()
    };
    let by_pixel = slopes(Permute::Pixel);
    assert_eq!(by_pixel.slope.dim(), (2, 2));
    assert!(
        (by_pixel.slope[[0, 1]] - 3.0).abs() < 1e-5,
        "{}",
        by_pixel.slope
    );
    assert!(by_pixel.sign[[0, 0]] < 0.0);
    let by_channel = slopes(Permute::Channel);
    assert_eq!(by_channel.slope.dim(), (6, 2));
    assert!((by_channel.slope[[2, 0]] + 2.0).abs() < 1e-5);
    assert_eq!(by_channel.sign[[0, 0]], 0.0, "the same in all images");

    // Red and green that make up for each other are the same grey in every image.
    let images = Array2::from_shape_fn((30, 3), |(row, channel)| match channel {
        0 => row as f32 / 30.0,
        1 => 1.0 - row as f32 / 30.0,
        _ => 0.25,
    });
    let image = ImageShape { width: 1, ..image };
    let design = Design::of_pixels(30, image, Permute::Pixel);
    let mut job = Direction::new(&images, &design.features, &latents);
    while !job.advance(std::time::Duration::from_secs(1)) {}
    assert!(job.map().slope.iter().all(|&slope| slope == 0.0));
}
