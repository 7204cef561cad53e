//! What is tried, and what each target begins with.

use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, fs, process};

use latent_lens::data::{Class, File, ImageSet, ImageShape, Pixels};
use latent_lens::distribute::{PartialReport, SharedStage};
use latent_lens::engine::Engine;
use latent_lens::importance::Shard;
use latent_lens::model::files::open;
use latent_lens::model::files::save::{SaveFormat, save};
use latent_lens::model::{Layer, Network};
use latent_lens::run::{Run, Stage};
use latent_lens::session::{self, Session};
use latent_lens::settings::{FeatureKind, Measure, Settings};
use ndarray::Array2;
use pollster::block_on;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::{data, input, messages, models, recorded, reports, root, seeds};

type Target = (&'static str, fn(&[u8]), fn() -> Vec<Vec<u8>>);

const TARGETS: [Target; 26] = [
    ("idx", data::images, || of_sets(&seeds::idx())),
    ("idx-engines", data::of_the_engines, of_the_engines),
    ("csv", data::images, || of_sets(&seeds::tables())),
    ("npy", data::images, || of_sets(&seeds::arrays())),
    ("r", data::images, || of_sets(&seeds::of_r())),
    ("zip", data::images, || of_sets(&seeds::archives())),
    ("png", data::images, || of_sets(&seeds::png_pictures())),
    ("jpeg", data::images, || of_sets(&seeds::jpeg_pictures())),
    ("tiff", data::images, || of_sets(&seeds::tiff_pictures())),
    ("wav", data::images, || of_sets(&seeds::recordings())),
    ("roles", data::images, || {
        of_sets(&seeds::training_and_test())
    }),
    ("labels", data::images, || of_sets(&seeds::labels())),
    ("groups", data::grouping, || of_files(&seeds::groups())),
    ("results", data::found_elsewhere, || {
        of_files(&seeds::results())
    }),
    ("keras", models::model, || of_models(&["keras"])),
    ("torch", models::model, || of_models(&["torch"])),
    ("tfjs", models::model, || of_models(&["tfjs"])),
    ("safetensors", models::model, of_safetensors),
    ("onnx", models::model, || of_models(&["onnx"])),
    ("graph", models::graph, of_graphs),
    ("session", models::of_session, of_sessions),
    ("report", reports::report, of_reports),
    ("parts", reports::parts, of_parts),
    ("network", messages::network, of_networks),
    ("run", messages::run, of_runs),
    ("share", messages::share, of_shares),
];

static CHOSEN: OnceLock<fn(&[u8])> = OnceLock::new();

/// What `LATENT_LENS_FUZZ_TARGET` names.
pub fn chosen() -> fn(&[u8]) {
    *CHOSEN.get().expect("it began")
}

/// Chooses the target; or, where `LATENT_LENS_FUZZ_SEEDS` names a folder, writes what every target begins with into a folder
/// of its own there, and ends.
pub fn begin() {
    if let Ok(folder) = env::var("LATENT_LENS_FUZZ_SEEDS") {
        for (name, _, seeds) in TARGETS {
            write(&Path::new(&folder).join(name), &seeds());
        }
        process::exit(0);
    }
    let asked = env::var("LATENT_LENS_FUZZ_TARGET").unwrap_or_default();
    let Some((name, target, _)) = TARGETS.into_iter().find(|(name, ..)| *name == asked) else {
        let names: Vec<&str> = TARGETS.into_iter().map(|(name, ..)| name).collect();
        eprintln!("LATENT_LENS_FUZZ_TARGET names one of {}.", names.join(", "));
        process::exit(2);
    };
    if name == "graph" {
        // What rten cannot do it says by a panic, which is caught where it is called: a panic that is not ends
        // the process all the same.
        std::panic::set_hook(Box::new(|_| {}));
    }
    CHOSEN.get_or_init(|| target);
}

fn write(folder: &Path, seeds: &[Vec<u8>]) {
    fs::create_dir_all(folder).expect("a folder can be made");
    for (at, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{at}")), seed).expect("a seed can be written");
    }
}

fn of_sets(sets: &[Vec<File>]) -> Vec<Vec<u8>> {
    sets.iter()
        .flat_map(|files| {
            let loose: Vec<File> = files.iter().flat_map(unpacked).collect();
            [input::of("{}", files), input::of("{}", &loose)]
        })
        .collect()
}

fn of_files(files: &[File]) -> Vec<Vec<u8>> {
    files
        .iter()
        .map(|file| input::of("{}", std::slice::from_ref(file)))
        .collect()
}

/// What is in an archive, to be packed when it was broken.
fn unpacked(file: &File) -> Vec<File> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(&file.bytes)) else {
        return vec![file.clone()];
    };
    (0..archive.len())
        .map(|at| {
            let mut member = archive.by_index(at).expect("the archive is whole");
            let name = member.name().expect("the archive is whole");
            let name = format!("{}!{name}", file.name);
            let mut bytes = Vec::new();
            member
                .read_to_end(&mut bytes)
                .expect("the archive is whole");
            File { name, bytes }
        })
        .collect()
}

fn of_the_engines() -> Vec<Vec<u8>> {
    vec![crate::pack::idx(&[6, 3, 4], &(0..72).collect::<Vec<u8>>())]
}

fn of_models(begin: &[&str]) -> Vec<Vec<u8>> {
    recorded::all()
        .into_iter()
        .flat_map(|answers| answers.models)
        .filter(|model| begin.iter().any(|begin| model.name.starts_with(begin)))
        .flat_map(|model| {
            let hints = serde_json::to_string(&model.hints()).expect("hints are JSON");
            let loose: Vec<File> = model.files().iter().flat_map(unpacked).collect();
            [input::of(&hints, &model.files()), input::of(&hints, &loose)]
        })
        .collect()
}

fn of_safetensors() -> Vec<Vec<u8>> {
    let folder = root().join("tests/models/written");
    let written = [
        "deep",
        "convolutional",
        "vae",
        "vae_maps",
        "scaled",
        "signal",
    ];
    let mut seeds: Vec<Vec<u8>> = written
        .iter()
        .map(|name| {
            let name = format!("{name}.safetensors");
            let bytes = fs::read(folder.join(&name)).expect("what is written is committed");
            input::of("{}", &[File { name, bytes }])
        })
        .collect();
    let bytes = save(&small(), SaveFormat::Safetensors).expect("dense layers can be saved");
    let name = "small.safetensors".into();
    seeds.push(input::of("{}", &[File { name, bytes }]));
    seeds
}

fn of_graphs() -> Vec<Vec<u8>> {
    let folder = root().join("tests/models/fixtures/graphs");
    fs::read_dir(folder)
        .expect("graphs are committed")
        .map(|entry| {
            let path = entry.expect("a folder can be read").path();
            let file = File {
                name: "graph.onnx".into(),
                bytes: fs::read(path).expect("graphs are committed"),
            };
            let said = r#"{"image":{"height":6,"width":6,"channels":2},"choice":{}}"#;
            input::of(said, &[file])
        })
        .collect()
}

/// Of 12 pixels and 2 dimensions.
fn small() -> Network {
    Network::untrained(12, &[3], 2, 1)
}

const IMAGE: ImageShape = ImageShape::grey(3, 4);

fn classes() -> Vec<Class> {
    let pixels =
        |label: u8| (0..72).map(move |at: u8| at.wrapping_mul(37).wrapping_add(40 * label));
    [0, 1]
        .map(|label| {
            let pixels = Pixels::Bytes(pixels(label).collect());
            Class::new(
                label,
                ImageSet {
                    image: IMAGE,
                    pixels,
                },
            )
        })
        .into()
}

/// Settings of short runs: as in the paper, and with all that can be asked for beside it.
fn settings() -> [Settings; 2] {
    let plain = Settings {
        dims: 2,
        epochs: 2,
        batch_size: 4,
        ..Settings::default()
    };
    let all = Settings {
        measure: Measure {
            features: FeatureKind::Patches,
            patch: 2,
            opinions: true,
            image_errors: true,
            controls: true,
            networks: 2,
            smaller: true,
            sizes: vec![1, 2],
            ..Measure::default()
        },
        ..plain.clone()
    };
    [plain, all]
}

fn started(settings: Settings) -> Run {
    Run::new(&Engine::cpu(), settings, &classes()).expect("these settings suit these images")
}

/// Works until `stop` is so, or the run is done.
fn work(run: &mut Run, stop: impl Fn(&Run) -> bool) {
    while !stop(run) {
        let update = block_on(run.advance(Duration::from_millis(1))).expect("the run goes on");
        if update.stage == Stage::Done {
            return;
        }
    }
}

fn finished() -> Vec<Run> {
    settings()
        .map(|settings| {
            let mut run = started(settings);
            work(&mut run, |_| false);
            run
        })
        .into()
}

fn of_sessions() -> Vec<Vec<u8>> {
    finished()
        .into_iter()
        .flat_map(|run| {
            let session = Session {
                version: "0.1.0".into(),
                settings: run.report().settings.clone(),
                network: run.network().expect("the run is done").clone(),
                images: None,
                report: Some(run.report().clone()),
                moments: Vec::new(),
            };
            let name = "small.session".into();
            let bytes = session::write(&session);
            let file = File { name, bytes };
            [input::of("{}", &unpacked(&file)), input::of("{}", &[file])]
        })
        .collect()
}

fn of_reports() -> Vec<Vec<u8>> {
    finished()
        .iter()
        .map(|run| text(&json!({ "report": run.report() })))
        .collect()
}

fn of_parts() -> Vec<Vec<u8>> {
    settings()
        .map(|settings| {
            let parts: Vec<PartialReport> = Shard::all(2)
                .map(|shard| {
                    let mut run = started(settings.clone()).of(shard);
                    work(&mut run, |_| false);
                    PartialReport::of(&run).expect("the run is done")
                })
                .collect();
            text(&json!(parts))
        })
        .into()
}

fn of_networks() -> Vec<Vec<u8>> {
    let general = recorded::all()
        .into_iter()
        .flat_map(|answers| answers.models);
    let general = general.filter_map(|model| open(&model.files(), &model.hints()).ok());
    let general = general.map(|model| model.network);
    let networks = std::iter::once(small()).chain(general);
    networks
        .filter(|network| network.parameters() < 1000)
        .map(|known| text(&json!({ "network": network(&known), "dims": [0] })))
        .collect()
}

fn of_runs() -> Vec<Vec<u8>> {
    let classes: Vec<Value> = [0u8, 1]
        .iter()
        .map(|label| json!({ "label": label, "bytes": (0..72).map(|at: u8| at.wrapping_mul(37)).collect::<Vec<u8>>() }))
        .collect();
    let mut seeds = Vec::new();
    for settings in settings() {
        let message = json!({ "settings": settings, "image": IMAGE, "classes": classes });
        seeds.push(text(&message));
        let mut message = message;
        message["network"] = network(&small());
        seeds.push(text(&message));
    }
    seeds
}

fn of_shares() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for settings in settings() {
        for stage in [
            Stage::PixelImportance,
            Stage::GroupImportance,
            Stage::LatentImportance,
        ] {
            let mut run = started(settings.clone());
            work(&mut run, |run| run.stage() == stage);
            if let Some(shared) = SharedStage::of(&run) {
                seeds.push(text(&json!({
                    "stage": shared.stage.name(),
                    "settings": shared.settings,
                    "network": network(shared.network),
                    "image": shared.image,
                    "inputs": matrix(shared.inputs),
                    "classes": shared.classes,
                    "prepared": shared.prepared,
                })));
            }
        }
    }
    seeds
}

fn network(network: &Network) -> Value {
    let layers = |layers: &[Layer]| -> Value {
        layers
            .iter()
            .map(|layer| match layer {
                Layer::Dense(dense) => json!({
                    "weight": matrix(&dense.weight),
                    "bias": dense.bias.to_vec(),
                    "activation": dense.activation,
                }),
                Layer::General(general) => json!({
                    "kind": general.kind,
                    "weights": general.weights.iter().map(matrix).collect::<Vec<_>>(),
                    "activation": general.activation,
                }),
                Layer::BlackBox(_) => unreachable!("networks here are of known layers"),
            })
            .collect()
    };
    let (encoder, decoder) = (network.encoder(), network.decoder());
    json!({
        "input": encoder.input(),
        "encoder": layers(encoder.layers()),
        "latent": decoder.input(),
        "decoder": layers(decoder.layers()),
        "log_variance": encoder.log_variance().map(|head| json!({
            "after": head.after,
            "layers": layers(&head.layers),
        })),
    })
}

fn matrix(matrix: &Array2<f32>) -> Value {
    json!({ "shape": matrix.dim(), "data": matrix.iter().collect::<Vec<_>>() })
}

fn text(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("messages are JSON")
}
