//! Variational networks and scaled columns: what libraries made of the files that they wrote
//! (`record_log_variances.py`) and of those that we write (`verify_variational.py`).

use std::collections::BTreeMap;
use std::fs;

use flate2::Crc;
use latent_lens::data::{ImageShape, Scaling};
use latent_lens::model::files::code::{Library, code_with};
use latent_lens::model::files::save::{SaveFormat, notes, save_with};
use latent_lens::model::files::{File, Hints, ModelError, open};
use latent_lens::model::{Activation, Architecture, Dense, Head, Layer, Network};
use latent_lens::settings::{
    HiddenActivation, Loss, NetworkKind, Noise, Output, Settings, Variant,
};
use ndarray::{Array2, ArrayView2};
use serde::Deserialize;

use crate::recorded::{fixture, folder, matrix};

const FORMATS: [SaveFormat; 3] = [SaveFormat::Safetensors, SaveFormat::Keras, SaveFormat::Onnx];

const SCRIPTS: [&str; 3] = [
    "variational-keras.json",
    "variational-onnx.json",
    "variational-torch.json",
];

/// What a library makes of images.
#[derive(Deserialize)]
struct Recorded {
    name: String,
    files: Vec<String>,
    #[serde(default)]
    hints: Hints,
    images: Vec<Vec<f32>>,
    latents: Vec<Vec<f32>>,
    /// None of a network that is not variational.
    log_variances: Option<Vec<Vec<f32>>>,
    reconstructions: Option<Vec<Vec<f32>>>,
}

#[derive(Deserialize)]
struct Answers {
    #[serde(default)]
    crc32: BTreeMap<String, u32>,
    models: Vec<Recorded>,
}

fn answers(path: &str) -> Answers {
    let text = fs::read_to_string(folder().join(path)).expect("answers are committed");
    serde_json::from_str(&text).expect("answers have the form of `Answers`")
}

fn log_variances(network: &Network, images: ArrayView2<'_, f32>) -> Option<Array2<f32>> {
    Some(network.encoder().of_log_variances()?.run(images))
}

/// How far off the found numbers are, in the unit of the largest of those expected, or of 1.
fn off(name: &str, found: &Array2<f32>, expected: &Array2<f32>) -> f32 {
    assert_eq!(found.dim(), expected.dim(), "{name}");
    let most = |values: &Array2<f32>| values.fold(1f32, |most, value| most.max(value.abs()));
    let off = (found - expected).fold(0f32, |most, off| most.max(off.abs()));
    off / most(expected)
}

/// Holds a network against recorded answers, within 1e-5.
fn assert_agrees(network: &Network, recorded: &Recorded) {
    let name = &recorded.name;
    let images = matrix(&recorded.images);
    let latents = network.encode(images.view());
    let mut pairs = vec![("latents", latents.clone(), matrix(&recorded.latents))];
    if let Some(expected) = &recorded.log_variances {
        let found = log_variances(network, images.view());
        let found = found.unwrap_or_else(|| panic!("{name} has no log-variances"));
        pairs.push(("log-variances", found, matrix(expected)));
    } else {
        assert!(!network.is_variational(), "{name} has log-variances");
    }
    if let Some(expected) = &recorded.reconstructions {
        let found = network.decode(latents.view());
        pairs.push(("reconstructions", found, matrix(expected)));
    }
    for (what, found, expected) in pairs {
        let off = off(name, &found, &expected);
        assert!(off <= 1e-5, "{what} of {name} are off by {off}");
    }
}

#[test]
fn log_variances_are_those_of_the_libraries() {
    let answers = answers("fixtures/log-variances.json");
    for recorded in &answers.models {
        let files: Vec<File> = recorded.files.iter().map(|name| fixture(name)).collect();
        let model = open(&files, &recorded.hints)
            .unwrap_or_else(|error| panic!("{}: {error}", recorded.name));
        assert_agrees(&model.network, recorded);
    }
    assert_eq!(answers.models.len(), 9, "models were added or lost");
}

/// The answer that is filled in where nothing tells which of two heads is which opens the file, with the other
/// one for the log-variances; asked for the other way round, they change places.
#[test]
fn heads_that_nothing_tells_apart_are_asked_for() {
    let files = [fixture("torch-more/vae.pt")];
    let Err(ModelError::Question(question)) = open(&files, &Hints::default()) else {
        panic!("nothing tells which is which");
    };
    assert!(
        question.text.contains("which one gives the means"),
        "{}",
        question.text
    );
    let activations = [
        Activation::Relu,
        Activation::Linear,
        Activation::Relu,
        Activation::Sigmoid,
    ];
    let opened = |order: &[&str]| {
        let hints = Hints {
            order: Some(order.iter().map(|&name| name.into()).collect()),
            activations: Some(activations.to_vec()),
            ..Hints::default()
        };
        open(&files, &hints).expect("it opens")
    };
    let images =
        Array2::from_shape_fn((3, 16), |(row, at)| ((row * 7 + at * 5) % 11) as f32 / 10.0);
    let one = opened(&["fc1", "fc21", "fc3", "fc4"]);
    let other = opened(&["fc1", "fc22", "fc3", "fc4"]);
    let spread = |network: &Network| log_variances(network, images.view()).expect("a second head");
    assert_eq!(spread(&one.network), other.network.encode(images.view()));
    assert_eq!(spread(&other.network), one.network.encode(images.view()));
    let said = one.description.notes.join(" ");
    assert!(
        said.contains("\"fc22\" gives their log-variances, as is usual"),
        "{said}"
    );
}

/// Weights that are not zero anywhere, from what an untrained network has.
fn stirred(network: &Network) -> Network {
    let mut number = 0;
    let matrices = network.layers().flat_map(Layer::weights).map(|matrix| {
        number += 1;
        let mut at = 0;
        matrix.mapv(|weight| {
            at += 1;
            weight + 0.05 * ((at * 7 + number * 3) % 11) as f32 / 10.0 - 0.02
        })
    });
    let matrices = matrices.collect();
    Network::from_parts(&Architecture::from(network), matrices).expect("the same sizes")
}

fn settings(hidden: &[usize], filters: &[usize]) -> Settings {
    Settings {
        kind: if filters.is_empty() {
            NetworkKind::Dense
        } else {
            NetworkKind::Convolutional
        },
        hidden: hidden.into(),
        filters: filters.into(),
        dims: 3,
        epochs: 3,
        variant: Variant {
            variational: true,
            ..Variant::default()
        },
        ..Settings::default()
    }
}

fn of(settings: &Settings, image: ImageShape) -> Network {
    stirred(&Network::of(&Architecture::new(image, settings), 5))
}

/// One whose log-variances have a layer of their own before the last.
fn deep_head() -> Network {
    let plain = of(&settings(&[6], &[]), ImageShape::grey(1, 16));
    let layer = |inputs: usize, outputs: usize, activation| {
        Layer::Dense(Dense {
            weight: Array2::from_shape_fn((inputs, outputs), |(row, column)| {
                ((row * 5 + column * 3) % 7) as f32 / 7.0 - 0.4
            }),
            bias: (0..outputs).map(|at| 0.1 * at as f32 - 0.1).collect(),
            activation,
        })
    };
    let head = Head {
        after: 1,
        layers: vec![
            layer(6, 4, Activation::Tanh),
            layer(4, 3, Activation::Linear),
        ],
    };
    let encoder = plain
        .encoder()
        .clone()
        .with_log_variance(head)
        .expect("it fits");
    Network::new(encoder, plain.decoder().clone()).expect("it fits")
}

fn columns(count: usize, least: f32) -> Scaling {
    Scaling {
        offset: (0..count).map(|at| 3.0 * at as f32 - 20.0).collect(),
        scale: (0..count).map(|at| least + 1.5 * at as f32).collect(),
    }
}

/// Networks that are saved, with the scaling of their columns.
fn networks() -> Vec<(&'static str, Network, Option<Scaling>)> {
    let row = ImageShape::grey(1, 16);
    let linear = |of: Settings| Settings {
        loss: Loss::Mse,
        variant: Variant {
            output: Output::Linear,
            ..of.variant
        },
        ..of
    };
    let mut plain = settings(&[6], &[]);
    plain.variant.variational = false;
    let mut tiny = columns(16, 0.5);
    tiny.scale[3] = 1e-9;
    tiny.offset[3] = 2e-9;
    vec![
        ("vae", of(&settings(&[6], &[]), row), None),
        ("vae_flat", of(&settings(&[], &[]), row), None),
        (
            "vae_maps",
            of(&settings(&[], &[2, 3]), ImageShape::grey(4, 4)),
            None,
        ),
        ("vae_deep", deep_head(), None),
        ("signal", of(&settings(&[], &[2]), row), None),
        ("scaled", of(&plain, row), Some(columns(16, 0.5))),
        ("scaled_tiny", of(&linear(plain.clone()), row), Some(tiny)),
        (
            "scaled_vae",
            of(&linear(settings(&[6], &[])), row),
            Some(columns(16, 0.5)),
        ),
        (
            "scaled_signal",
            of(&linear(settings(&[], &[2])), row),
            Some(columns(16, 0.5)),
        ),
    ]
}

fn programs() -> Vec<(&'static str, Settings, ImageShape, Option<Scaling>)> {
    let with = |variant: Variant, hidden: &[usize]| Settings {
        variant,
        ..settings(hidden, &[])
    };
    let row = ImageShape::grey(1, 16);
    let image = ImageShape::grey(4, 4);
    let usual = Variant::default;
    let mut everything = with(
        Variant {
            dropout: 0.2,
            weight_decay: 0.01,
            output: Output::Linear,
            ..usual()
        },
        &[8, 6],
    );
    everything.loss = Loss::Mae;
    everything.activation = HiddenActivation::Elu;
    let masking = Variant {
        noise: Noise::Masking,
        noise_level: 0.3,
        dropout: 0.1,
        ..usual()
    };
    let mut scaled = with(
        Variant {
            variational: true,
            beta: 4.0,
            output: Output::Linear,
            noise: Noise::Gaussian,
            noise_level: 0.2,
            ..usual()
        },
        &[6],
    );
    scaled.loss = Loss::Mse;
    vec![
        ("kind_variational", settings(&[6], &[]), row, None),
        ("kind_variational_maps", settings(&[], &[2, 3]), image, None),
        (
            "kind_sparse",
            with(
                Variant {
                    sparsity: 1e-3,
                    ..usual()
                },
                &[],
            ),
            row,
            None,
        ),
        (
            "kind_denoising",
            with(
                Variant {
                    noise: Noise::Gaussian,
                    ..usual()
                },
                &[6],
            ),
            row,
            None,
        ),
        (
            "kind_masking_maps",
            Settings {
                variant: masking,
                ..settings(&[], &[2])
            },
            image,
            None,
        ),
        ("kind_everything", everything, row, None),
        ("kind_scaled", scaled, row, Some(columns(16, 0.5))),
    ]
}

fn written() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (name, network, scaling) in networks() {
        for format in FORMATS {
            let bytes = save_with(&network, scaling.as_ref(), format);
            let bytes = bytes.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
            files.push((format!("{name}.{}", format.ending()), bytes));
        }
    }
    for (name, settings, image, scaling) in programs() {
        for (library, of) in [(Library::Keras, "keras"), (Library::Pytorch, "pytorch")] {
            let program = code_with(library, &settings, image, scaling.as_ref());
            files.push((format!("{name}_{of}.py"), program.into_bytes()));
        }
    }
    files
}

#[test]
#[ignore = "writes the files that verify_variational.py is to verify"]
fn write_variational_anew() {
    let room = folder().join("written");
    for (name, bytes) in written() {
        fs::write(room.join(name), bytes).expect("a file can be written");
    }
}

#[test]
fn every_file_is_the_one_that_was_verified() {
    let mut verified = BTreeMap::new();
    for script in SCRIPTS {
        verified.extend(answers(&format!("written/{script}")).crc32);
    }
    let mut count = 0;
    for (name, bytes) in written() {
        // Programs for PyTorch are compiled and not run; of what is not dense the layout of weights is held
        // to PyTorch by `verify_general.py`.
        let maps = ["vae_maps", "signal", "scaled_signal"];
        let of_maps = maps.iter().any(|of| name == format!("{of}.safetensors"));
        if name.ends_with("_pytorch.py") || of_maps {
            continue;
        }
        let mut crc = Crc::new();
        crc.update(&bytes);
        assert_eq!(
            verified.get(&name),
            Some(&crc.sum()),
            "{name} is written otherwise than when it was verified; see tests/models/README.md"
        );
        count += 1;
    }
    assert_eq!(
        count,
        9 + 9 + 6 + 7,
        "networks in three formats, and programs"
    );
}

/// What the libraries make of our files: of scaled ones, from numbers as they were stored.
#[test]
fn libraries_give_the_same_numbers() {
    let mut count = 0;
    let ours: BTreeMap<_, _> = networks()
        .into_iter()
        .map(|(name, network, scaling)| (name, (network, scaling)))
        .collect();
    for script in SCRIPTS {
        for recorded in &answers(&format!("written/{script}")).models {
            let (name, _) = recorded.name.split_once('.').expect("an ending");
            let (network, scaling) = &ours[name];
            let mut recorded = Recorded {
                name: recorded.name.clone(),
                files: Vec::new(),
                hints: Hints::default(),
                images: recorded.images.clone(),
                latents: recorded.latents.clone(),
                log_variances: recorded.log_variances.clone(),
                reconstructions: recorded.reconstructions.clone(),
            };
            if let Some(Scaling { offset, scale }) = scaling {
                let given = |rows: &mut Vec<Vec<f32>>| {
                    for row in rows {
                        for (at, value) in row.iter_mut().enumerate() {
                            *value = (*value - offset[at]) / scale[at];
                        }
                    }
                };
                given(&mut recorded.images);
                recorded.reconstructions.iter_mut().for_each(given);
            }
            assert_agrees(network, &recorded);
            count += 1;
        }
    }
    assert_eq!(count, 9 + 9 + 6, "networks in three formats");
}

#[test]
fn what_we_write_comes_back() {
    for (name, network, scaling) in networks() {
        let size = network.encoder().input().size();
        let given = Array2::from_shape_fn((3, size), |(row, at)| {
            ((row * 7 + at * 5) % 11) as f32 / 10.0
        });
        let stored = Array2::from_shape_fn((3, size), |(row, at)| match &scaling {
            Some(Scaling { offset, scale }) => offset[at] + scale[at] * given[[row, at]],
            None => given[[row, at]],
        });
        let latents = network.encode(given.view());
        let mut reconstructions = network.decode(latents.view());
        if let Some(Scaling { offset, scale }) = &scaling {
            for mut row in reconstructions.rows_mut() {
                row *= &ndarray::Array1::from(scale.clone());
                row += &ndarray::Array1::from(offset.clone());
            }
        }
        for format in FORMATS {
            let shown = format!("{name} as {format:?}");
            let bytes = save_with(&network, scaling.as_ref(), format).expect("it can be said");
            let file = File {
                name: name.into(),
                bytes,
            };
            let opened = open(&[file], &Hints::default());
            let opened = opened.unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!(
                opened.description.takes_stored_values,
                scaling.is_some(),
                "{shown}"
            );
            let found = opened.network.encode(stored.view());
            assert!(off(&shown, &found, &latents) < 2e-5, "latents of {shown}");
            let back = opened.network.decode(found.view());
            assert!(
                off(&shown, &back, &reconstructions) < 2e-5,
                "reconstructions of {shown}"
            );
            let expected = log_variances(&network, given.view());
            let found = log_variances(&opened.network, stored.view());
            assert_eq!(
                found.is_some(),
                expected.is_some(),
                "log-variances of {shown}"
            );
            if let (Some(found), Some(expected)) = (found, expected) {
                assert!(
                    off(&shown, &found, &expected) < 2e-5,
                    "log-variances of {shown}"
                );
                let said = opened.description.notes.join(" ");
                assert!(said.contains("log-variances"), "{shown}: {said}");
            }
        }
    }
}

#[test]
fn what_is_saved_is_said() {
    let all = networks();
    let said = |name: &str, format| {
        let (_, network, scaling) = all
            .iter()
            .find(|(own, ..)| *own == name)
            .expect("it is there");
        notes(network, scaling.as_ref(), format).join(" ")
    };
    assert!(said("vae", SaveFormat::Keras).contains("from the means, without drawing"));
    assert!(said("vae", SaveFormat::Onnx).contains("log_variance"));
    assert!(said("scaled", SaveFormat::Safetensors).contains("column_offset"));
    assert!(!said("scaled", SaveFormat::Keras).contains("means"));
    assert!(said("signal", SaveFormat::Keras).contains("images of one row"));
    assert!(!said("vae_maps", SaveFormat::Keras).contains("one row"));
    let network = Network::untrained(16, &[], 3, 1);
    assert_eq!(
        notes(&network, None, SaveFormat::Keras),
        Vec::<String>::new()
    );
}
