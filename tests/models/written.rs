//! Models and programs that we write. `verify.py` loads them with their own libraries and records
//! what those make of them; here the writers are held to exactly the files that were verified.

use std::collections::BTreeMap;
use std::fs;

use flate2::Crc;
use latent_lens::data::{Class, ClassSummary, ImageSet, ImageShape};
use latent_lens::importance::{Estimate, Measured};
use latent_lens::model::files::code::{Library, code};
use latent_lens::model::files::save::{SaveFormat, save};
use latent_lens::model::files::{File, Hints, open};
use latent_lens::model::{Activation, Network};
use latent_lens::report::{DataSource, Report};
use latent_lens::session::{self, Images, Session};
use latent_lens::settings::{HiddenActivation, Loss, NetworkKind, Settings};
use ndarray::Array2;
use serde::Deserialize;

use crate::general;
use crate::networks::changed;
use crate::recorded::{answers, assert_agrees, folder, matrix};

const FORMATS: [SaveFormat; 3] = [SaveFormat::Safetensors, SaveFormat::Keras, SaveFormat::Onnx];

const SCRIPTS: [&str; 4] = ["keras.json", "torch.json", "composed.json", "general.json"];

/// Checksums of the files that a script verified.
#[derive(Deserialize)]
struct Verified {
    crc32: BTreeMap<String, u32>,
}

pub fn networks() -> Vec<(&'static str, Network)> {
    let mixed = Network::untrained(16, &[8, 7, 6], 3, 9);
    let activations = [
        Activation::Tanh,
        Activation::LeakyRelu { slope: 0.15 },
        Activation::Elu { alpha: 0.7 },
        Activation::Linear,
        Activation::Selu,
        Activation::Softplus,
        Activation::Silu,
        Activation::Sigmoid,
    ];
    let mixed = changed(&mixed, |encoder, decoder| {
        let layers = encoder.iter_mut().chain(decoder);
        for (layer, activation) in layers.zip(activations) {
            layer.activation = activation;
        }
    });
    let flat = changed(&Network::untrained(16, &[], 3, 8), |encoder, _| {
        encoder[0].activation = Activation::Softsign;
    });
    let mut all = vec![
        ("deep", Network::untrained(16, &[6], 3, 7)),
        ("flat", flat),
        ("mixed", mixed),
    ];
    for (_, network) in &mut all {
        *network = changed(network, |encoder, decoder| {
            for layer in encoder.iter_mut().chain(decoder) {
                let biases = layer.bias.iter_mut().enumerate();
                biases.for_each(|(at, bias)| *bias = 0.1 * (at % 5) as f32 - 0.2);
            }
        });
    }
    all
}

/// Activations that not every library has a name for.
fn composed() -> Network {
    let clipped = |max, slope, threshold| Activation::ClippedRelu {
        max,
        slope,
        threshold,
    };
    let activations = [
        clipped(0.5, 0.0, 0.0),
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Swish { beta: 1.7 },
        Activation::ScaledElu {
            alpha: 0.6,
            scale: 1.4,
        },
        clipped(0.75, 0.2, 0.0),
        clipped(f32::MAX, 0.3, 0.1),
        Activation::Sigmoid,
    ];
    let network = Network::untrained(16, &[8, 7, 6], 3, 10);
    changed(&network, |encoder, decoder| {
        let layers = encoder.iter_mut().chain(decoder);
        for (layer, activation) in layers.zip(activations) {
            layer.activation = activation;
            let biases = layer.bias.iter_mut().enumerate();
            biases.for_each(|(at, bias)| *bias = 0.3 * (at % 5) as f32 - 0.5);
        }
    })
}

fn written() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for format in [SaveFormat::Keras, SaveFormat::Onnx] {
        let name = format!("composed.{}", format.ending());
        files.push((name, saved(&composed(), format)));
    }
    for (name, network) in networks() {
        for format in FORMATS {
            files.push((
                format!("{name}.{}", format.ending()),
                saved(&network, format),
            ));
        }
    }
    for (name, network, formats) in general::networks() {
        for format in formats {
            let name = format!("{name}.{}", format.ending());
            files.push((name, saved(&network, format)));
        }
    }
    for (name, settings, image) in programs() {
        for (library, of) in [(Library::Keras, "keras"), (Library::Pytorch, "pytorch")] {
            let program = code(library, &settings, image);
            files.push((format!("{name}_{of}.py"), program.into_bytes()));
        }
    }
    files
}

/// What programs are written for: the paper's network, and those of [`general::networks`] that settings
/// describe.
fn programs() -> [(&'static str, Settings, ImageShape); 3] {
    let dense = Settings {
        dims: 3,
        hidden: vec![6],
        epochs: 3,
        ..Settings::default()
    };
    let convolutional = Settings {
        kind: NetworkKind::Convolutional,
        hidden: Vec::new(),
        filters: vec![3, 4],
        ..dense.clone()
    };
    let coloured = Settings {
        filters: vec![4],
        activation: HiddenActivation::Elu,
        loss: Loss::Mse,
        learning_rate: 2e-3,
        batch_size: 100,
        ..convolutional.clone()
    };
    let colours = ImageShape {
        height: 5,
        width: 4,
        channels: 3,
    };
    [
        ("train", dense, ImageShape::grey(4, 4)),
        ("train_convolutional", convolutional, ImageShape::grey(7, 6)),
        ("train_coloured", coloured, colours),
    ]
}

fn saved(network: &Network, format: SaveFormat) -> Vec<u8> {
    save(network, format).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[test]
#[ignore = "writes the files that verify.py is to verify"]
fn write_anew() {
    let room = folder().join("written");
    fs::create_dir_all(&room).expect("a folder can be made");
    for (name, bytes) in written() {
        fs::write(room.join(name), bytes).expect("a file can be written");
    }
}

#[test]
fn every_file_is_the_one_that_its_library_verified() {
    let mut verified = BTreeMap::new();
    for script in SCRIPTS {
        let text = fs::read_to_string(folder().join("written").join(script)).expect("answers");
        let answers: Verified = serde_json::from_str(&text).expect("checksums");
        verified.extend(answers.crc32);
    }
    for (name, bytes) in written() {
        let mut crc = Crc::new();
        crc.update(&bytes);
        assert_eq!(
            verified.get(&name),
            Some(&crc.sum()),
            "{name} is written otherwise than when it was verified; see tests/models/README.md"
        );
    }
}

#[test]
fn libraries_gave_the_same_reconstructions() {
    let mut networks: BTreeMap<_, _> = networks().into_iter().collect();
    networks.insert("composed", composed());
    let general = general::networks().into_iter();
    networks.extend(general.map(|(name, network, _)| (name, network)));
    let mut count = 0;
    for script in SCRIPTS {
        let answers = answers(&format!("written/{script}"));
        for recorded in &answers.models {
            let (name, _) = recorded.files[0].split_once('.').expect("an ending");
            assert_agrees(
                &recorded.name,
                &networks[name],
                recorded.images.as_ref().unwrap_or(&answers.images),
                &recorded.latents,
                &recorded.reconstructions,
            );
            count += 1;
        }
    }
    let general: usize = general::networks()
        .iter()
        .map(|(.., formats)| formats.len())
        .sum();
    assert_eq!(
        count,
        11 + general,
        "three networks in three formats, one in two, and the others"
    );
}

/// With the hard sigmoids of Keras 3 and of Keras 2.
fn hard() -> Network {
    changed(&Network::untrained(16, &[6], 3, 12), |encoder, decoder| {
        for (at, layer) in encoder.iter_mut().chain(decoder).enumerate() {
            let slope = [1.0 / 6.0, 0.2][at % 2];
            layer.activation = Activation::HardSigmoid { slope };
            layer.weight.mapv_inplace(|weight| 6.0 * weight);
        }
    })
}

#[test]
fn hard_sigmoids_compute_the_same_wherever_they_are_saved() {
    let network = hard();
    let images = Array2::from_shape_fn((5, 16), |(image, pixel)| {
        (image * 7 + pixel * 3) as f32 % 10.0 / 10.0
    });
    let opened = |format: SaveFormat| {
        let file = File {
            name: "hard".into(),
            bytes: saved(&network, format),
        };
        open(&[file], &Hints::default()).expect("it opens").network
    };
    assert_eq!(opened(SaveFormat::Onnx), network);
    let found = opened(SaveFormat::Keras);
    let (ours, theirs) = (network.encode(images.view()), found.encode(images.view()));
    assert!((&ours - &theirs).iter().all(|off| off.abs() < 1e-6));
    let (ours, theirs) = (network.decode(ours.view()), found.decode(ours.view()));
    assert!((&ours - &theirs).iter().all(|off| off.abs() < 1e-6));
    assert!(ours.iter().any(|&value| value == 0.0) && ours.iter().any(|&value| value == 1.0));
}

#[test]
fn what_we_write_opens_here_as_it_was() {
    for (name, network) in networks() {
        for format in FORMATS {
            let file = File {
                name: name.into(),
                bytes: saved(&network, format),
            };
            let opened = open(&[file], &Hints::default()).expect("it opens");
            assert_eq!(opened.network, network, "{name} as {format:?}");
        }
    }
}

#[test]
fn layers_of_every_kind_come_back_from_every_format() {
    for (name, network, formats) in general::networks() {
        let inputs = network.encoder().input().size();
        let images = Array2::from_shape_fn((3, inputs), |(image, at)| {
            ((image * 37 + at * 11) % 23) as f32 / 22.0
        });
        let latents = network.encode(images.view());
        for format in formats {
            let file = File {
                name: name.into(),
                bytes: saved(&network, format),
            };
            let opened = open(&[file], &Hints::default());
            let opened = opened.unwrap_or_else(|error| panic!("{name} as {format:?}: {error}"));
            if format == SaveFormat::Safetensors {
                assert_eq!(opened.network, network, "{name}");
            }
            for (found, expected) in [
                (opened.network.encode(images.view()), latents.clone()),
                (
                    opened.network.decode(latents.view()),
                    network.decode(latents.view()),
                ),
            ] {
                let off = (found - expected).fold(0f32, |most, off| most.max(off.abs()));
                assert!(off < 1e-5, "{name} as {format:?} is off by {off}");
            }
        }
    }
}

#[test]
fn what_a_format_cannot_say_is_refused_by_the_layer() {
    let networks = general::networks();
    let (_, torchlike, _) = networks.last().expect("there are some");
    let refusal = save(torchlike, SaveFormat::Keras).expect_err("Keras has no words for it");
    assert_eq!(
        refusal.to_string(),
        "Layer 1 of the encoder moves by more than a pixel and is dilated, which Keras cannot say; save the \
         network as ONNX or safetensors."
    );
}

#[test]
fn composed_activations_give_the_same_numbers_when_they_come_back() {
    let network = composed();
    let images = Array2::from_shape_fn((9, 16), |(row, column)| (row * column) as f32 / 120.0);
    let latents = network.encode(images.view());
    for format in FORMATS {
        let file = File {
            name: "composed".into(),
            bytes: saved(&network, format),
        };
        let opened = open(&[file], &Hints::default()).expect("it opens").network;
        for (found, expected) in [
            (opened.encode(images.view()), latents.clone()),
            (
                opened.decode(latents.view()),
                network.decode(latents.view()),
            ),
        ] {
            let off = (found - expected).fold(0f32, |most, off| most.max(off.abs()));
            assert!(off < 1e-5, "{format:?} is off by {off}");
        }
    }
}

#[test]
fn images_are_told_apart_by_every_pixel_and_label() {
    let class = |label, bytes: &[u8]| Class::new(label, ImageSet::from_bytes(1, 2, bytes.into()));
    let of = |classes: &[Class]| Images::of("Two", classes);
    let one = of(&[class(3, &[0, 9, 8, 7]), class(5, &[1, 2])]);
    assert_eq!((one.name.as_str(), one.count), ("Two", 3));
    assert_eq!(one, of(&[class(5, &[1, 2]), class(3, &[0, 9, 8, 7])]));
    for other in [
        [class(3, &[0, 9, 8, 6]), class(5, &[1, 2])],
        [class(3, &[8, 7, 0, 9]), class(5, &[1, 2])],
        [class(4, &[0, 9, 8, 7]), class(5, &[1, 2])],
        [class(3, &[0, 9]), class(5, &[8, 7, 1, 2])],
    ] {
        assert_ne!(one.fingerprint, of(&other).fingerprint, "{other:?}");
    }
}

#[expect(clippy::too_many_lines, reason = "a report has many parts")]
#[test]
fn a_session_comes_back_whole() {
    let (_, network) = networks().remove(0);
    let report = Report {
        version: "0.1.0".into(),
        engine: "cpu".into(),
        kernel: Some("avx2".into()),
        settings: Settings {
            dims: 3,
            ..Settings::default()
        },
        data: DataSource::default(),
        model: None,
        image: ImageShape::grey(4, 4),
        latent: None,
        classes: vec![ClassSummary {
            label: 3,
            name: "three".into(),
            training: 9,
            held_out: 2,
            explained: 2,
        }],
        training: None,
        samples: None,
        encoded: None,
        pixel_importance: Some(Estimate {
            method: Measured::Sampled,
            engine: "cpu".into(),
            mean: Array2::from_elem((16, 3), 0.1),
            std_error: None,
            repeats: 1,
            fraction: 0.25,
        }),
        direction: None,
        latent_importance: None,
        latent_importance_rmse: None,
        groups: None,
        donor_checks: None,
        opinions: None,
        image_errors: None,
        emergence: None,
        reconstruction_errors: None,
        controls: None,
        networks: None,
        divergence: None,
        factors: None,
        smaller: None,
        sizes: None,
    };
    let images = Images {
        name: "Threes".into(),
        count: 11,
        fingerprint: "0123456789abcdef".into(),
    };
    let mut session = Session {
        version: "0.1.0".into(),
        settings: Settings {
            dims: 3,
            hidden: vec![6],
            ..Settings::default()
        },
        network,
        images: Some(images.clone()),
        report: Some(report),
        moments: Vec::new(),
    };
    let file = |session: &Session| File {
        name: "mine.session".into(),
        bytes: session::write(session),
    };
    let opened = session::read(&file(&session)).expect("it opens");
    assert_eq!(opened.settings, session.settings);
    assert_eq!(opened.network, session.network);
    assert_eq!(opened.images, Some(images));
    let estimate = opened
        .report
        .and_then(|report| report.pixel_importance)
        .expect("it was there");
    assert_eq!(estimate.mean, Array2::from_elem((16, 3), 0.1));

    let mut convolutional = session.clone();
    convolutional.report = None;
    for (_, network, _) in general::networks() {
        convolutional.network = network;
        let opened = session::read(&file(&convolutional)).expect("it opens");
        assert_eq!(opened.network, convolutional.network);
    }

    // A report of another network is refused before it is drawn.
    let report = session.report.as_mut().expect("it is there");
    report.image.width = 5;
    let error = session::read(&file(&session)).expect_err("it does not fit");
    assert!(error.to_string().starts_with("mine.session: "), "{error}");

    session.report = None;
    let mut bytes = session::write(&session);
    bytes.truncate(bytes.len() / 2);
    let cut = File {
        name: "cut.session".into(),
        bytes,
    };
    assert!(
        session::read(&cut)
            .expect_err("half is no session")
            .to_string()
            .starts_with("cut")
    );
    let reconstructions = session.network.decode(matrix(&[vec![0.5; 3]]).view());
    assert_eq!(reconstructions.dim(), (1, 16));
}
