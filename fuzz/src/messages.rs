//! What the page and its workers tell the engines, as JSON: the same structures that `src/web` reads, checked and used in
//! the same order. Numbers that JSON does not have are null.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::Duration;

use latent_lens::data::{Class, ImageSet, ImageShape, Origin, Pixels, Role, Shape};
use latent_lens::distribute::SharedStage;
use latent_lens::engine::Engine;
use latent_lens::model::{Activation, Dense, General, Half, Head, Kind, Layer, Network};
use latent_lens::run::{Prepared, Run, RunError, Stage};
use latent_lens::settings::Settings;
use ndarray::Array2;
use pollster::block_on;
use serde::Deserialize;

use crate::models::{says, works};

/// Numbers in what is given, at most, where it is worked on.
const SMALL: usize = 1 << 12;

#[derive(Deserialize)]
struct Matrix {
    shape: (usize, usize),
    data: Vec<Option<f32>>,
}

impl Matrix {
    fn read(self) -> Option<Array2<f32>> {
        let numbers = self
            .data
            .into_iter()
            .map(|number| number.unwrap_or(f32::NAN));
        Array2::from_shape_vec(self.shape, numbers.collect()).ok()
    }
}

#[derive(Deserialize)]
struct GivenLayer {
    activation: Activation,
    weight: Option<Matrix>,
    #[serde(default)]
    bias: Vec<f32>,
    kind: Option<Kind>,
    #[serde(default)]
    weights: Vec<Matrix>,
}

impl GivenLayer {
    fn read(self) -> Option<Layer> {
        let activation = self.activation;
        if let Some(kind) = self.kind {
            let weights = self.weights.into_iter().map(Matrix::read);
            return Some(Layer::General(General {
                kind,
                weights: weights.collect::<Option<_>>()?,
                activation,
            }));
        }
        Some(Layer::Dense(Dense {
            weight: self.weight?.read()?,
            bias: self.bias.into(),
            activation,
        }))
    }
}

#[derive(Deserialize)]
struct GivenHead {
    after: usize,
    layers: Vec<GivenLayer>,
}

#[derive(Deserialize)]
struct GivenNetwork {
    input: Option<Shape>,
    encoder: Vec<GivenLayer>,
    latent: Option<Shape>,
    decoder: Vec<GivenLayer>,
    log_variance: Option<GivenHead>,
}

fn layers(given: Vec<GivenLayer>) -> Option<Vec<Layer>> {
    given.into_iter().map(GivenLayer::read).collect()
}

impl GivenNetwork {
    fn read(self) -> Option<Result<Network, String>> {
        let encoder = layers(self.encoder)?;
        let decoder = layers(self.decoder)?;
        let head = match self.log_variance {
            Some(GivenHead {
                after,
                layers: given,
            }) => Some(Head {
                after,
                layers: layers(given)?,
            }),
            None => None,
        };
        let network = || {
            let first = match encoder.first() {
                Some(Layer::Dense(layer)) => Some(Shape::Numbers(layer.inputs())),
                _ => None,
            };
            let input = self.input.or(first).unwrap_or(Shape::Numbers(0));
            let mut encoder = Half::new("encoder", input, encoder)?;
            if let Some(head) = head {
                encoder = encoder.with_log_variance(head)?;
            }
            let latent = self.latent.unwrap_or_else(|| encoder.output().clone());
            let network = Network::new(encoder, Half::new("decoder", latent, decoder)?)?;
            network.check()?;
            Ok(network)
        };
        Some(network())
    }
}

/// A network, which is saved and opened again, and narrowed.
pub fn network(bytes: &[u8]) {
    #[derive(Deserialize)]
    struct Message {
        network: GivenNetwork,
        #[serde(default)]
        dims: Vec<usize>,
    }
    let Ok(Message { network, dims }) = serde_json::from_slice(bytes) else {
        return;
    };
    match network.read() {
        Some(Ok(network)) => {
            works(&network);
            match network.keeping(&dims, &vec![0.5; network.dims()]) {
                Ok(narrower) => works(&narrower),
                Err(message) => says(&message),
            }
        }
        Some(Err(message)) => says(&message),
        None => {}
    }
}

#[derive(Deserialize)]
struct GivenClass {
    label: u8,
    name: Option<String>,
    #[serde(default)]
    role: Role,
    bytes: Vec<u8>,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    of: Vec<(u32, u32)>,
}

/// What begins a run, which then works for a moment in each of its stages.
pub fn run(bytes: &[u8]) {
    #[derive(Deserialize)]
    struct Message {
        settings: Settings,
        image: ImageShape,
        classes: Vec<GivenClass>,
        network: Option<GivenNetwork>,
    }
    let Ok(message) = serde_json::from_slice::<Message>(bytes) else {
        return;
    };
    let Message {
        settings, image, ..
    } = message;
    let size = image
        .height
        .checked_mul(image.width)
        .and_then(|pixels| pixels.checked_mul(image.channels));
    let Some(size) = size.filter(|size| (1..SMALL).contains(size)) else {
        return;
    };
    let mut classes = Vec::new();
    for given in message.classes {
        let count = given.bytes.len() / size;
        let GivenClass { files, of, .. } = given;
        let known = of.iter().all(|(file, _)| (*file as usize) < files.len());
        if count == 0 || count > 64 || !known || !(of.is_empty() || of.len() == count) {
            return;
        }
        let pixels = Pixels::Bytes(given.bytes[..count * size].to_vec());
        classes.push(Class {
            name: given.name.unwrap_or_else(|| given.label.to_string()),
            role: given.role,
            origin: Origin { files, of },
            ..Class::new(given.label, ImageSet { image, pixels })
        });
    }
    let engine = Engine::cpu();
    let began = match message.network.map(GivenNetwork::read) {
        None => Run::new(&engine, settings, &classes),
        Some(Some(Ok(network))) => Run::explain(&engine, settings, &classes, network),
        Some(_) => return,
    };
    match began {
        Ok(run) if is_small(&run) => finish(run),
        Ok(_) => {}
        Err(error) => refused(&error),
    }
}

/// Whether all of it is done within a moment.
fn is_small(run: &Run) -> bool {
    let settings = &run.report().settings;
    let demand = run.demand();
    let work = demand.pixel_importance + demand.latent_importance + demand.group_importance;
    settings.epochs <= 4 && settings.dims <= 32 && work < 1e7
}

fn finish(run: Run) {
    let mut run = run.on_threads(NonZeroUsize::MIN);
    for _ in 0..200 {
        match block_on(run.advance(Duration::from_millis(5))) {
            Ok(update) if update.stage == Stage::Done => {
                assert_eq!(run.report().check(), Ok(()));
                return;
            }
            Ok(_) => {}
            Err(error) => return refused(&error),
        }
    }
}

fn refused(error: &RunError) {
    says(&error.to_string());
}

/// What a helper is told of a stage that another engine has.
pub fn share(bytes: &[u8]) {
    #[derive(Deserialize)]
    struct Message {
        stage: String,
        settings: Settings,
        network: GivenNetwork,
        image: ImageShape,
        inputs: Matrix,
        classes: Vec<(u8, Range<usize>)>,
        prepared: Prepared,
    }
    let Ok(message) = serde_json::from_slice::<Message>(bytes) else {
        return;
    };
    let stages = [
        Stage::PixelImportance,
        Stage::GroupImportance,
        Stage::LatentImportance,
        Stage::Direction,
    ];
    let Some(stage) = stages
        .into_iter()
        .find(|stage| stage.name() == message.stage)
    else {
        return;
    };
    let (Some(inputs), Some(Ok(network))) = (message.inputs.read(), message.network.read()) else {
        return;
    };
    let shared = SharedStage {
        stage,
        settings: &message.settings,
        network: &network,
        image: message.image,
        inputs: &inputs,
        classes: &message.classes,
        prepared: &message.prepared,
    };
    if let Err(message) = shared.check() {
        return says(&message);
    }
    if inputs.len() > SMALL || message.settings.permutations > 64 {
        return;
    }
    match block_on(shared.importance(&Engine::cpu())) {
        Ok(job) => {
            let count = job.total().min(2);
            if count.saturating_mul(job.width()) < SMALL {
                let found = block_on(job.measure(0, count)).expect("the CPU measures what it took");
                assert_eq!(found.nrows(), count);
            }
        }
        Err(error) => says(&error.to_string()),
    }
}
