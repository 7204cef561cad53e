//! Numbers at the ends of their range: importance is right, or refused in a sentence, and never
//! infinite or NaN.

use std::time::Duration;

use latent_lens::data::{Class, ImageSet};
use latent_lens::engine::{Engine, EngineError};
use latent_lens::importance::{Direction, Estimate, Feature, Importance, Plan};
use latent_lens::model::{Activation, Dense, Network};
use latent_lens::run::{Run, Stage};
use latent_lens::settings::{Method, Settings};
use ndarray::{Array1, Array2, array};
use pollster::block_on;

use crate::importance::{flat, sampled};
use crate::networks::changed;

const SLICE: Duration = Duration::from_millis(1);

fn plan(method: Method) -> Plan {
    Plan {
        method,
        ..sampled(3, 1)
    }
}

/// A layer without bias.
fn layer(weight: Array2<f32>, activation: Activation) -> Dense {
    Dense {
        bias: Array1::zeros(weight.ncols()),
        weight,
        activation,
    }
}

/// Of one pixel and one dimension.
fn one(encoder: f32, decoder: f32, activation: Activation) -> Network {
    let half = |weight: f32| vec![layer(array![[weight]], activation)];
    Network::dense(half(encoder), half(decoder)).unwrap()
}

fn pixel_importance(
    network: &Network,
    images: &Array2<f32>,
    method: Method,
) -> Result<Estimate, EngineError> {
    block_on(async {
        let engine = Engine::cpu();
        let mut stage =
            Importance::of_pixels(&engine, network, images, flat(images), &plan(method)).await?;
        while !stage.advance(SLICE).await? {}
        Ok(stage.estimate())
    })
}

fn latent_importance(
    network: &Network,
    latents: &Array2<f32>,
    method: Method,
) -> Result<Estimate, EngineError> {
    let classes = [(0, 0..latents.nrows())];
    block_on(async {
        let engine = Engine::cpu();
        let plan = plan(method);
        let mut stage = Importance::of_latents(&engine, network, latents, &classes, &plan).await?;
        while !stage.advance(SLICE).await? {}
        Ok(stage.estimate())
    })
}

/// The mean of the squared differences of all pairs of values, times `factor`, in f64.
fn of_pairs(values: &[f32], factor: f64) -> f64 {
    let values = || values.iter().map(|&value| f64::from(value) * factor);
    let squares = values().flat_map(|one| values().map(move |other| (one - other).powi(2)));
    squares.sum::<f64>() / (values().count() as f64).powi(2)
}

#[track_caller]
fn assert_near(found: &Estimate, expected: f64) {
    let share = f64::from(found.mean[[0, 0]]) / expected;
    assert!(
        (share - 1.0).abs() < 1e-5,
        "{} is not {expected}",
        found.mean[[0, 0]]
    );
    let errors = found.std_error.as_ref().unwrap();
    assert!(errors.iter().all(|error| error.is_finite()));
}

#[test]
fn values_up_to_the_largest_float_have_their_importance() {
    let values = [f32::MAX, f32::MIN, 0.0, 1e38, -2e-38];
    let images = Array2::from_shape_vec((5, 1), values.into()).unwrap();
    let network = one(1e-38, 1.0, Activation::Linear);
    let found = pixel_importance(&network, &images, Method::Exact).unwrap();
    assert_near(&found, of_pairs(&values, f64::from(1e-38f32)));
    // Where values are tried, their differences are taken in f32, which may not hold these.
    let found = pixel_importance(&network, &images, Method::Sampled);
    assert_eq!(
        found.unwrap_err(),
        EngineError::Overflow("Pixel importance")
    );
}

#[test]
fn squares_may_leave_the_range_that_their_mean_is_in() {
    // One image of a hundred is far off, so that the square of a change is 1.6e39 and its mean in
    // range; with one layer and with several.
    let mut values = [0.0f32; 100];
    values[3] = 2.0;
    let latents = Array2::from_shape_vec((100, 1), values.into()).unwrap();
    let slope = Activation::LeakyRelu { slope: 1.0 };
    let network = one(1.0, 2e19, slope);
    let expected = of_pairs(&values, f64::from(2e19f32));
    assert_near(
        &latent_importance(&network, &latents, Method::Exact).unwrap(),
        expected,
    );
    let network = changed(&network, |_, decoder| {
        decoder.insert(0, layer(array![[1.0]], slope));
    });
    assert_near(
        &latent_importance(&network, &latents, Method::Exact).unwrap(),
        expected,
    );
    // And with all images off, it is not.
    let network = changed(&network, |_, decoder| decoder[1].weight.fill(1e20));
    let latents = Array2::from_shape_fn((100, 1), |(image, _)| image as f32);
    for method in [Method::Exact, Method::Sampled] {
        let found = latent_importance(&network, &latents, method);
        assert_eq!(
            found.unwrap_err(),
            EngineError::Overflow("Latent importance")
        );
    }
}

#[test]
fn errors_are_right_where_their_squares_leave_the_range() {
    // Importance of about 1e-26 and 1e26: squares of its deviations are beyond f32.
    for scale in [1e-13f32, 1e13] {
        let values: Vec<f32> = (0..40).map(|image| (image * image % 17) as f32).collect();
        let images = Array2::from_shape_vec((40, 1), values).unwrap();
        let measure = |scale| {
            let network = one(scale, 1.0, Activation::Linear);
            let found = pixel_importance(&network, &images, Method::Sampled).unwrap();
            (found.mean[[0, 0]], found.std_error.unwrap()[[0, 0]])
        };
        let ((mean, error), (usual, usual_error)) = (measure(scale), measure(1.0));
        let square = f64::from(scale).powi(2);
        for (found, usual) in [(mean, usual), (error, usual_error)] {
            assert!(usual > 0.0);
            let share = f64::from(found) / (f64::from(usual) * square);
            assert!((share - 1.0).abs() < 1e-5, "{found} at a scale of {scale}");
        }
    }
}

#[test]
fn directions_have_a_sign_however_small_and_are_refused_when_too_large() {
    // Slopes of 1e-50 and 1e50.
    let tiny = Direction::new(
        &array![[0.0], [3e38]],
        &Feature::each(1),
        &array![[0.0], [3e-12]],
    );
    let huge = Direction::new(
        &array![[0.0], [3e-40]],
        &Feature::each(1),
        &array![[0.0], [3e10]],
    );
    for (mut direction, is_good) in [(tiny, true), (huge, false)] {
        while !direction.advance(SLICE) {}
        assert_eq!(direction.check().is_ok(), is_good);
        assert_eq!(direction.map().sign, array![[1.0]]);
    }
}

#[test]
fn a_network_beyond_the_range_is_refused_before_anything_is_reported() {
    let bytes = (0..40).map(|image| image * 6).collect();
    let classes = [Class::new(0, ImageSet::from_bytes(1, 1, bytes))];
    let settings = Settings {
        classes: vec![0],
        ..Settings::default()
    };
    let explain = |network: Network| {
        let mut run = Run::explain(&Engine::cpu(), settings.clone(), &classes, network).unwrap();
        let outcome = loop {
            match block_on(run.advance(SLICE)) {
                Ok(update) if update.stage == Stage::Done => break Ok(()),
                Ok(_) => {}
                Err(error) => break Err(error.to_string()),
            }
        };
        // What was found until then is finite: it can be written.
        run.report().check().unwrap();
        let written = serde_json::to_value(run.report()).unwrap();
        outcome.map(|()| written)
    };
    let deep = |weight: f32| {
        let encoder = vec![
            layer(array![[weight, -weight]], Activation::Linear),
            layer(array![[weight], [weight]], Activation::Linear),
        ];
        let decoder = vec![layer(array![[1.0]], Activation::Sigmoid)];
        Network::dense(encoder, decoder).unwrap()
    };
    for (network, what) in [
        (one(f32::MAX, 1.0, Activation::Relu), "Pixel importance"),
        (one(1e20, 1e-20, Activation::Linear), "Pixel importance"),
        (one(1.0, 1e20, Activation::Linear), "Latent importance"),
        (one(1.0, f32::MAX, Activation::Softplus), "Reconstructions"),
        (deep(1e30), "Reconstructions"),
    ] {
        let refusal = explain(network.clone()).unwrap_err();
        let sentence = EngineError::Overflow(what).to_string();
        assert_eq!(refusal, sentence, "{network:?}");
    }
    // Near the end of the range, all of it is there, and nothing is null in its place.
    let report = explain(one(5e18, 2e-19, Activation::Linear)).unwrap();
    let found = report["pixel_importance"]["mean"]["data"][0].as_f64();
    assert!(found.unwrap() > 1e36, "{found:?}");
    for part in [
        "samples",
        "encoded",
        "pixel_importance",
        "direction",
        "latent_importance",
    ] {
        assert!(report[part].is_object(), "{part}");
        assert!(!report[part].to_string().contains("null"), "{part}");
    }
}
