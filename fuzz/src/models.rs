//! What the readers of models, graphs and sessions make of broken ones.

use latent_lens::data::{File, ImageShape};
use latent_lens::model::files::save::{SaveFormat, save};
use latent_lens::model::files::{Hints, ModelError, open};
use latent_lens::model::graph::{Choice, Graph};
use latent_lens::model::{Layer, Network};
use latent_lens::session;
use ndarray::Array2;
use serde::Deserialize;

use crate::input::Input;
use crate::memory;

/// A model may hold, while it is read, so much beside so many times its files.
const ALLOWED: usize = 64 << 20;
const ALLOWED_PER_BYTE: usize = 256;
/// Numbers of the networks that are run as well.
const RUN: usize = 1 << 16;

/// Models in the files of other libraries.
pub fn model(bytes: &[u8]) {
    let input = Input::new(bytes);
    let hints: Hints = input.said();
    let found = bounded(&input.files, || open(&input.files, &hints));
    match found {
        Ok(model) => works(&model.network),
        Err(error @ ModelError::Refused { .. }) => says(&error.to_string()),
        Err(ModelError::Question(_)) => {}
    }
}

/// A graph as rten runs it.
pub fn graph(bytes: &[u8]) {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Said {
        image: Option<ImageShape>,
        choice: Choice,
    }
    let input = Input::new(bytes);
    let Said { image, choice } = input.said();
    let Some(file) = input.files.first() else {
        return;
    };
    let graph = match Graph::open(&file.bytes) {
        Ok(graph) => graph,
        Err(message) => return says(&message),
    };
    if let Err(message) = graph.cuts(image, &choice) {
        says(&message);
    }
    match graph.halves(image, &choice) {
        Ok(halves) => {
            for half in [halves.encoder, halves.decoder].into_iter().flatten() {
                let size = half.input().size();
                if size < RUN {
                    let made = half.outputs(Array2::zeros((2, size)).view());
                    match made {
                        Ok(made) => assert_eq!(made.dim(), (2, half.output().size())),
                        Err(message) => says(&message),
                    }
                }
            }
        }
        Err(message) => says(&message),
    }
}

/// Sessions, with the reports and histories in them.
pub fn of_session(bytes: &[u8]) {
    let input = Input::new(bytes);
    for file in &input.files {
        match bounded(&input.files, || session::read(file)) {
            Ok(session) => {
                assert_eq!(session.check_moments(), Ok(()));
                let name = file.name.clone();
                let bytes = session::write(&session);
                session::read(&File { name, bytes })
                    .expect("what was read can be written and read");
                works(&session.network);
            }
            Err(error) => says(&error.to_string()),
        }
    }
}

/// A network that was read is one: it runs, and what it says of itself in a file is itself.
pub fn works(network: &Network) {
    assert_eq!(network.check(), Ok(()));
    let weights = |layer: &Layer| layer.weights().iter().map(|of| of.len()).sum::<usize>();
    if network.has_black_box() || network.layers().map(weights).max() > Some(RUN) {
        return;
    }
    let sizes = network
        .encoder()
        .forms()
        .into_iter()
        .chain(network.decoder().forms());
    if sizes
        .into_iter()
        .any(|(_, input, output)| input.size().max(output.size()) > RUN)
    {
        return;
    }
    let image = network.encoder().input().size();
    if network.encoder().is_there() {
        let latents = network.encode(Array2::from_elem((2, image), 0.5).view());
        assert_eq!(latents.dim(), (2, network.dims()));
    }
    if network.decoder().is_there() {
        let made = network.decode(Array2::from_elem((2, network.dims()), 0.5).view());
        assert_eq!(made.nrows(), 2);
    }
    for format in [SaveFormat::Safetensors, SaveFormat::Keras, SaveFormat::Onnx] {
        match save(network, format) {
            Ok(bytes) => {
                let name = format!("saved.{}", format.ending());
                let again = open(&[File { name, bytes }], &Hints::default());
                if format == SaveFormat::Safetensors {
                    let again = again.expect("what was saved can be read");
                    assert_eq!(again.network, *network);
                }
            }
            Err(refusal) => says(&refusal.to_string()),
        }
    }
}

fn bounded<T>(files: &[File], read: impl FnOnce() -> T) -> T {
    let size: usize = files.iter().map(|file| file.bytes.len()).sum();
    let before = memory::start();
    let found = read();
    let taken = memory::peak() - before;
    assert!(
        taken <= ALLOWED + ALLOWED_PER_BYTE * size,
        "{taken} bytes were taken for files of {size}"
    );
    found
}

pub fn says(message: &str) {
    assert!(message.ends_with(['.', '?']), "no sentence: {message}");
}
