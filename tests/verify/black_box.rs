//! Networks whose inside is not known, or of which a half is missing, in whole runs: against the same network
//! with its layers.

use std::sync::Arc;

use latent_lens::data::{ImageSet, ImageShape};
use latent_lens::engine::Engine;
use latent_lens::model::{Architecture, BlackBox, Called, Function, Half, Layer, Network};
use latent_lens::report::{ModelPart, Report};
use latent_lens::run::{Run, RunError, Stage};
use latent_lens::settings::{
    FeatureKind, LatentDonors, Measure, Method, NetworkKind, Recipients, Settings,
};
use ndarray::{Array2, ArrayView2};
use pollster::block_on;

use crate::share::{alone, classes, settings};

/// Layers, which nobody else sees.
#[derive(Debug)]
struct Hidden(Half);

impl Function for Hidden {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        Box::pin(async move { Ok(self.0.run(rows)) })
    }
}

fn hidden(half: &Half) -> Half {
    let shapes = (half.input().clone(), half.output().clone());
    let layer = BlackBox::new("function", shapes, Arc::new(Hidden(half.clone())));
    Half::new("half", half.input().clone(), vec![Layer::BlackBox(layer)]).unwrap()
}

fn absent(half: &Half) -> Half {
    Half::absent("half", (half.input().clone(), half.output().clone()))
}

fn network(settings: &Settings) -> Network {
    Network::of(&Architecture::new(ImageShape::grey(5, 4), settings), 7)
}

fn boxed(network: &Network) -> Network {
    Network::new(hidden(network.encoder()), hidden(network.decoder())).unwrap()
}

fn report(settings: &Settings, network: &Network) -> Report {
    let run = alone(settings.clone(), network);
    run.report().check().unwrap();
    run.report().clone()
}

fn assert_near(what: &str, found: &Array2<f32>, expected: &Array2<f32>) {
    assert_eq!(found.dim(), expected.dim(), "{what}");
    let largest = expected
        .iter()
        .fold(0.0f32, |most, each| most.max(each.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let off = (found - expected).abs();
        assert!(off <= 1e-5 * largest, "{what}: {found}, not {expected}");
    }
}

#[test]
fn what_is_found_of_a_black_box_is_what_its_layers_tell() {
    let convolutional = Settings {
        kind: NetworkKind::Convolutional,
        filters: vec![2],
        ..settings(Method::Sampled, &[])
    };
    for settings in [
        settings(Method::Sampled, &[6]),
        settings(Method::Exact, &[6]),
        convolutional,
    ] {
        let settings = Settings {
            measure: Measure {
                image_errors: true,
                ..Measure::default()
            },
            ..settings
        };
        let network = network(&settings);
        let known = report(&settings, &network);
        let found = report(&settings, &boxed(&network));
        let of = |report: &Report| {
            let [pixels, latents] = [&report.pixel_importance, &report.latent_importance]
                .map(|estimate| estimate.clone().unwrap().mean);
            let errors = report.image_errors.clone().unwrap();
            let samples = report.samples.clone().unwrap();
            [
                ("V", pixels),
                ("IE", latents),
                ("S", report.direction.clone().unwrap().slope),
                ("latents", report.encoded.clone().unwrap().latents),
                ("samples", samples.reconstructions),
                ("errors of V", errors.pixel_importance),
                ("errors of IE", errors.latent_importance),
            ]
        };
        for ((what, found), (_, expected)) in of(&found).into_iter().zip(of(&known)) {
            assert_near(what, &found, &expected);
        }
        let [found, known] = [found, known].map(|report| report.reconstruction_errors.unwrap());
        for (found, known) in found.mean_squared.iter().zip(&known.mean_squared) {
            assert!((found - known).abs() < 1e-6, "{found}, not {known}");
        }
    }
}

#[test]
fn an_encoder_alone_gives_the_first_two_stages_and_nothing_of_a_decoder() {
    let settings = settings(Method::Sampled, &[6]);
    let network = network(&settings);
    let known = report(&settings, &network);
    let encoder = Network::new(network.encoder().clone(), absent(network.decoder())).unwrap();
    let found = report(&settings, &encoder);
    assert_eq!(
        found.pixel_importance.unwrap().mean,
        known.pixel_importance.unwrap().mean
    );
    assert_eq!(
        found.direction.unwrap().slope,
        known.direction.unwrap().slope
    );
    assert_eq!(
        found.encoded.unwrap().latents,
        known.encoded.unwrap().latents
    );
    assert!(found.latent_importance.is_none() && found.reconstruction_errors.is_none());
    assert!(found.samples.is_none());
}

/// An encoder that knows the latents which `network` gives these classes' images, whose rows take turns.
fn given(network: &Network) -> Half {
    let classes = classes();
    let turns = classes.len();
    let rows: Vec<Vec<usize>> = (0..turns)
        .map(|class| {
            let count = classes[class].images.count();
            (0..count).map(|image| image * turns + class).collect()
        })
        .collect();
    let total = rows.iter().map(Vec::len).sum();
    let mut latents = Array2::zeros((total, network.dims()));
    for (class, rows) in classes.iter().zip(&rows) {
        for (image, &row) in rows.iter().enumerate() {
            let image: Array2<f32> =
                Array2::from_shape_vec((1, 20), class.images.intensities(image).collect()).unwrap();
            let made = network.encode(image.view());
            latents.row_mut(row).assign(&made.row(0));
        }
    }
    let sets: Vec<(&ImageSet, &[usize])> = classes
        .iter()
        .zip(&rows)
        .map(|(class, rows)| (&class.images, rows.as_slice()))
        .collect();
    Half::of_latents(&sets, latents).unwrap()
}

#[test]
fn a_decoder_alone_gives_what_becomes_of_given_latents_and_no_pixel_importance() {
    for method in [Method::Sampled, Method::Exact] {
        let settings = settings(method, &[6]);
        let network = network(&settings);
        let known = report(&settings, &network);
        for decoder in [network.decoder().clone(), hidden(network.decoder())] {
            let decoder = Network::new(given(&network), decoder).unwrap();
            let found = report(&settings, &decoder);
            assert!(found.pixel_importance.is_none());
            assert_eq!(found.model.as_ref().unwrap().part, ModelPart::Decoder);
            let caution = &found.cautions()[0];
            assert!(
                caution.starts_with("The model is a decoder alone"),
                "{caution}"
            );
            let of = |report: &Report| {
                let samples = report.samples.clone().unwrap();
                [
                    ("IE", report.latent_importance.clone().unwrap().mean),
                    ("S", report.direction.clone().unwrap().slope),
                    ("latents", report.encoded.clone().unwrap().latents),
                    ("samples", samples.reconstructions),
                ]
            };
            for ((what, found), (_, expected)) in of(&found).into_iter().zip(of(&known)) {
                assert_near(what, &found, &expected);
            }
            let errors = |report: &Report| report.reconstruction_errors.clone().unwrap();
            for (found, known) in errors(&found)
                .mean_squared
                .iter()
                .zip(&errors(&known).mean_squared)
            {
                assert!((found - known).abs() < 1e-6, "{found}, not {known}");
            }
        }
    }
}

#[test]
fn latents_alone_give_their_slopes_on_the_pixels_and_nothing_of_a_network() {
    // So many that exact importance would be refused, were there a network to be asked.
    let settings = settings(Method::Exact, &[6]);
    let network = network(&settings);
    let latents = Network::new(given(&network), absent(network.decoder())).unwrap();
    let run = alone(settings, &latents);
    let (demand, explained) = (run.demand(), run.explained());
    assert_eq!(
        (demand.pixel_importance, demand.latent_importance),
        (0.0, 0.0)
    );
    let found = run.report();
    found.check().unwrap();
    assert!(found.pixel_importance.is_none() && found.latent_importance.is_none());
    assert!(found.samples.is_none() && found.reconstruction_errors.is_none());
    assert_eq!(found.model.as_ref().unwrap().part, ModelPart::Latents);
    assert!(found.cautions()[0].starts_with("The latents were made elsewhere"));

    let (pixels, latents) = (&explained.pixels, network.encode(explained.pixels.view()));
    assert_near(
        "latents",
        &found.encoded.as_ref().unwrap().latents,
        &latents,
    );
    let of = |column: ndarray::ArrayView1<'_, f32>| -> Vec<f64> {
        let values: Vec<f64> = column.iter().map(|&value| value.into()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(one, other)| one * other).sum()
    };
    let slope = Array2::from_shape_fn((20, 3), |(pixel, dim)| {
        let (x, z) = (of(pixels.column(pixel)), of(latents.column(dim)));
        match product(&x, &x) {
            0.0 => 0.0,
            spread => (product(&x, &z) / spread) as f32,
        }
    });
    assert_near("S", &found.direction.as_ref().unwrap().slope, &slope);
}

/// What is made of a network.
type Changed = fn(&Network) -> Network;

#[test]
fn what_a_missing_half_would_tell_is_refused() {
    let settings = |measure| Settings {
        measure,
        ..settings(Method::Sampled, &[6])
    };
    let refused = |measure: Measure, of: Changed| {
        let settings = settings(measure);
        let network = of(&network(&settings));
        let run = Run::explain(&Engine::cpu(), settings, &classes(), network);
        run.map(|_| ()).unwrap_err().to_string()
    };
    let no_decoder: Changed =
        |whole| Network::new(whole.encoder().clone(), absent(whole.decoder())).unwrap();
    let no_encoder: Changed =
        |whole| Network::new(absent(whole.encoder()), whole.decoder().clone()).unwrap();
    let of_latents: Changed = |whole| Network::new(given(whole), whole.decoder().clone()).unwrap();
    let cases: [(Measure, Changed, &str); 5] = [
        (
            Measure::default(),
            no_encoder,
            "The model is a decoder alone: bring the latents of these images as well, as a matrix with a row for \
             each image.",
        ),
        (
            Measure {
                image_errors: true,
                ..Measure::default()
            },
            no_decoder,
            "Errors over images need both an encoder and a decoder, of which one is missing: leave that out.",
        ),
        (
            Measure {
                latent_donors: LatentDonors::All,
                ..Measure::default()
            },
            no_decoder,
            "To choose whose values latents are given needs a decoder, and there is none: leave that out.",
        ),
        (
            Measure {
                features: FeatureKind::Patches,
                patch: 2,
                ..Measure::default()
            },
            of_latents,
            "Importance of groups needs an encoder that can be asked about other images, and there is none: leave \
             that out.",
        ),
        (
            Measure {
                recipients: Recipients::Class(2),
                ..Measure::default()
            },
            of_latents,
            "To choose who receives the values of pixels needs an encoder that can be asked about other images, and \
             there is none: leave that out.",
        ),
    ];
    for (measure, of, sentence) in cases {
        assert_eq!(refused(measure, of), sentence);
    }
}

#[test]
fn what_only_layers_can_tell_is_refused() {
    let settings = Settings {
        measure: Measure {
            opinions: true,
            ..Measure::default()
        },
        ..settings(Method::Sampled, &[6])
    };
    let network = boxed(&network(&settings));
    let run = Run::explain(&Engine::cpu(), settings, &classes(), network);
    let Err(RunError::Settings(errors)) = run else {
        panic!("it is refused")
    };
    assert_eq!(errors[0].field, "opinions");
}

/// Gives other numbers than it should.
#[derive(Debug)]
struct Wrong(fn(ArrayView2<'_, f32>) -> Result<Array2<f32>, String>);

impl Function for Wrong {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        Box::pin(async move { (self.0)(rows) })
    }
}

#[test]
fn what_a_function_does_wrong_is_said() {
    let settings = settings(Method::Sampled, &[6]);
    let whole = network(&settings);
    let sentence = |wrong| {
        let encoder = whole.encoder();
        let shapes = (encoder.input().clone(), encoder.output().clone());
        let layer = BlackBox::new("function", shapes, Arc::new(Wrong(wrong)));
        let encoder = Half::new(
            "encoder",
            encoder.input().clone(),
            vec![Layer::BlackBox(layer)],
        );
        let network = Network::new(encoder.unwrap(), whole.decoder().clone()).unwrap();
        let mut run = Run::explain(&Engine::cpu(), settings.clone(), &classes(), network).unwrap();
        loop {
            match block_on(run.advance(std::time::Duration::ZERO)) {
                Ok(update) => assert_ne!(update.stage, Stage::Done),
                Err(error) => return error.to_string(),
            }
        }
    };
    let nan = sentence(|rows| Ok(Array2::from_elem((rows.nrows(), 3), f32::NAN)));
    assert!(nan.starts_with("The function gave a number that is infinite or NaN for row 1 of"));
    let other = sentence(|rows| Ok(Array2::zeros((rows.nrows(), 2))));
    assert!(
        other.contains("should give 3 numbers for each, but gave"),
        "{other}"
    );
    let own = sentence(|_| Err("It is tired.".into()));
    assert_eq!(own, "It is tired.");
}
