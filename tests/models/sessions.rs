//! Sessions of every kind of network, and of data that were made here: what is opened again says what was saved.

use std::time::Duration;

use latent_lens::data::{DataForm, made};
use latent_lens::engine::Engine;
use latent_lens::model::files::File;
use latent_lens::report::{DataSource, PixelKind, Report};
use latent_lens::run::{Run, Stage};
use latent_lens::session::{self, Images, Session};
use latent_lens::settings::{
    Downsampling, Loss, Measure, NetworkKind, Noise, Output, Settings, Variant,
};
use pollster::block_on;

/// A finished run on data that were made.
fn finished(name: &str, count: usize, settings: Settings) -> Session {
    let made = made::make(name, 3, count).expect("there are such data");
    let settings = Settings {
        classes: made.classes.iter().map(|class| class.label).collect(),
        ..settings
    };
    let (form, pixels) = match made.columns {
        Some(_) => (DataForm::Signal, PixelKind::Quantity),
        None => (DataForm::Image, PixelKind::Light),
    };
    let source = DataSource {
        name: made.kind.title.into(),
        handling: made.handling,
        columns: made.columns,
        form,
        pixels,
        made: Some(name.into()),
        ..DataSource::default()
    };
    let run = Run::new(&Engine::cpu(), settings.clone(), &made.classes).expect("they fit");
    let mut run = run.on_data(source);
    while block_on(run.advance(Duration::from_millis(50)))
        .expect("the CPU always answers")
        .stage
        != Stage::Done
    {}
    Session {
        version: "0.1.0".into(),
        settings,
        network: run.network().expect("it is trained").clone(),
        images: Some(Images::of(made.kind.title, &made.classes)),
        report: Some(run.report().clone()),
        moments: Vec::new(),
    }
}

/// All that is said of a report, and the report itself.
fn told(report: &Report) -> Vec<String> {
    let mut told = report.cautions();
    told.extend(report.loss_in_words());
    told.extend(report.measured_in_words());
    told.extend([report.subject_in_words(), report.explained_in_words()]);
    if let Some(divergence) = &report.divergence {
        told.push(divergence.active_in_words());
    }
    if let Some(factors) = &report.factors {
        told.extend(factors.in_words());
    }
    told.push(serde_json::to_string(report).expect("a report is JSON"));
    told
}

fn assert_comes_back(what: &str, session: &Session) {
    let file = File {
        name: "mine.session".into(),
        bytes: session::write(session),
    };
    let opened = session::read(&file).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(opened.settings, session.settings, "{what}");
    assert_eq!(opened.network, session.network, "{what}");
    assert_eq!(opened.images, session.images, "{what}");
    let [found, saved] =
        [&opened, session].map(|of| told(of.report.as_ref().expect("there is one")));
    assert_eq!(found, saved, "{what}");
}

fn small(variant: Variant) -> Settings {
    Settings {
        dims: 3,
        hidden: vec![6],
        epochs: 2,
        learning_rate: 0.01,
        variant,
        ..Settings::default()
    }
}

#[test]
fn networks_of_every_kind_come_back_with_all_that_is_said_of_them() {
    let variant = Variant::default;
    let linear = |more: Variant| Settings {
        loss: Loss::Mse,
        ..small(Variant {
            output: Output::Linear,
            ..more
        })
    };
    let variational = Variant {
        variational: true,
        beta: 0.25,
        ..variant()
    };
    let sparse = Variant {
        sparsity: 0.01,
        weight_decay: 0.1,
        ..variant()
    };
    let denoising = Variant {
        noise: Noise::Masking,
        noise_level: 0.3,
        dropout: 0.2,
        ..variant()
    };
    let pooled = Settings {
        kind: NetworkKind::Convolutional,
        hidden: Vec::new(),
        filters: vec![2],
        ..linear(Variant {
            downsampling: Downsampling::Pooling,
            ..variational.clone()
        })
    };
    for (what, settings) in [
        ("variational", linear(variational)),
        ("sparse", linear(sparse)),
        ("denoising", linear(denoising)),
        ("max-pooling, variational", pooled),
    ] {
        let session = finished("waveform", 60, settings);
        let report = session.report.as_ref().expect("there is one");
        let of_divergence = report.divergence.is_some();
        assert_eq!(of_divergence, session.network.is_variational(), "{what}");
        assert_comes_back(what, &session);
    }
}

#[test]
fn factors_of_shapes_come_back_with_their_data() {
    let settings = Settings {
        hidden: Vec::new(),
        epochs: 1,
        measure: Measure {
            factors: true,
            ..Measure::default()
        },
        ..small(Variant::default())
    };
    let session = finished("shapes", 40, settings);
    let report = session.report.as_ref().expect("there is one");
    assert_eq!(report.data.made.as_deref(), Some("shapes"));
    assert!(report.factors.is_some());
    assert_comes_back("shapes", &session);
}

/// What was saved gives the same numbers again.
#[test]
fn settings_that_come_back_train_the_same_network() {
    let settings = Settings {
        loss: Loss::Mse,
        ..small(Variant {
            variational: true,
            output: Output::Linear,
            noise: Noise::Gaussian,
            ..Variant::default()
        })
    };
    let session = finished("rank-two", 40, settings);
    let file = File {
        name: "mine.session".into(),
        bytes: session::write(&session),
    };
    let opened = session::read(&file).expect("it opens");
    let again = finished("rank-two", 40, opened.settings);
    assert_eq!(again.network, session.network);
    assert_eq!(again.images, session.images);
}
