//! From files to a network: which reader, which order, which split.

use super::chain::{Images, Layer};
use super::error::{Asked, Asks, Fault, Question, Stop, shortened};
use super::found::{Companions, Found, Knows};
use super::tensor::Budget;
use super::weights;
use super::{
    Description, File, Hints, LayerDescription, MAX_BYTES, Model, ModelError, archive, hdf5, keras,
    onnx, pickle, save, tfjs, torch,
};
use crate::model::{Activation, Network};

/// What was found in one model's files, its layers in order.
struct Opened {
    /// The file that a sentence about it names.
    file: String,
    format: &'static str,
    layers: Vec<Layer>,
    /// Whether the activations are known; if not, all of them stand as linear.
    activated: bool,
    notes: Vec<String>,
    images: Option<Images>,
}

/// Opens a trained dense autoencoder: one whole model, or its encoder and its decoder, in one file
/// or in several that belong together.
///
/// # Errors
/// A sentence that says which file cannot be used, why and what to do, or a question where the
/// files leave something open that `hints` do not answer.
pub fn open(files: &[File], hints: &Hints) -> Result<Model, ModelError> {
    check_sizes(files)?;
    let mut budget = Budget::new();
    let models = read_all(files, hints, &mut budget)?;
    check_order(&models, hints)?;
    let mut opened = Vec::new();
    for (file, found) in models {
        let mut notes = found.notes;
        let layers = if found.knows == Knows::All {
            found.layers
        } else {
            let stored = found.knows == Knows::StoredOrder;
            let asked = Asked { hints, file: &file };
            let (layers, more) =
                weights::arrange(found.layers, stored, &asked).map_err(|stop| stop.of(&file))?;
            notes.extend(more);
            layers
        };
        opened.push(Opened {
            file,
            format: found.format,
            layers,
            activated: found.knows == Knows::All,
            notes,
            images: found.images,
        });
    }
    let joined = join(opened)?;
    let joined = activated(joined, hints)?;
    split(joined, hints)
}

/// Says how a network differs from images of so many pixels, if it does.
///
/// # Errors
/// One sentence that names both sizes.
pub fn fits(network: &Network, pixels: usize) -> Result<(), String> {
    let inputs = network.encoder().input().size();
    if inputs == pixels {
        return Ok(());
    }
    Err(format!(
        "The model takes images of {inputs} pixels, but these have {pixels}; bring the images it \
         was trained on, in the same size."
    ))
}

/// Refuses an order of layers that names one which is in none of the files.
fn check_order(models: &[(String, Found)], hints: &Hints) -> Result<(), ModelError> {
    // Whole models know their order, and of what they leave aside the names are not kept.
    if models.iter().any(|(_, found)| found.knows == Knows::All) {
        return Ok(());
    }
    let all = || models.iter().flat_map(|(_, found)| &found.layers);
    let order = hints.order.as_deref().unwrap_or_default();
    let Some(unknown) = order
        .iter()
        .find(|name| all().all(|layer| layer.name != **name))
    else {
        return Ok(());
    };
    let names: Vec<String> = all().map(|layer| shortened(&layer.name)).collect();
    let problem = format!(
        "the order that was asked for names \"{}\", which is none of its layers",
        shortened(unknown)
    );
    let remedy = format!("choose from {}", names.join(", "));
    Err(Fault::new(problem, remedy).of(&models[0].0))
}

fn check_sizes(files: &[File]) -> Result<(), ModelError> {
    let Some(first) = files.first() else {
        return Err(Fault::new("no file was given", "choose a model's file").of("The model"));
    };
    if let Some(empty) = files.iter().find(|file| file.bytes.is_empty()) {
        return Err(Fault::new("the file is empty", "save or fetch it again").of(&empty.name));
    }
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    if bytes > MAX_BYTES {
        let problem = format!(
            "it has {} MB, and at most {} MB can be read",
            bytes / 1_000_000,
            MAX_BYTES / 1_000_000
        );
        return Err(Fault::new(problem, "save a smaller model").of(&first.name));
    }
    Ok(())
}

/// The readers, those first whose files name others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Onnx,
    Hdf5,
    Zip,
    Pickle,
    Safetensors,
    Unknown,
}

fn format(bytes: &[u8]) -> Format {
    let text = bytes.trim_ascii_start();
    if bytes.starts_with(hdf5::MAGIC) {
        Format::Hdf5
    } else if bytes.starts_with(archive::MAGIC) {
        Format::Zip
    } else if save::safetensors::is_file(bytes) {
        Format::Safetensors
    } else if text.starts_with(b"{") {
        Format::Json
    } else if bytes.starts_with(pickle::MAGIC) {
        Format::Pickle
    } else if onnx::is_model(bytes) {
        Format::Onnx
    } else {
        Format::Unknown
    }
}

fn read_all(
    files: &[File],
    hints: &Hints,
    budget: &mut Budget,
) -> Result<Vec<(String, Found)>, ModelError> {
    let companions = Companions::new(files);
    let formats: Vec<Format> = files.iter().map(|file| format(&file.bytes)).collect();
    let mut found = Vec::new();
    let order = [
        Format::Json,
        Format::Onnx,
        Format::Hdf5,
        Format::Zip,
        Format::Pickle,
        Format::Safetensors,
        Format::Unknown,
    ];
    for format in order {
        for (at, file) in files.iter().enumerate() {
            if formats[at] != format || companions.is_used(at) {
                continue;
            }
            let bytes = file.bytes.as_slice();
            let asked = &Asked {
                hints,
                file: &file.name,
            };
            let read = match format {
                // Of a folder that was saved as a whole.
                Format::Json if files.len() > 1 && keras::is_metadata(bytes) => continue,
                Format::Json => read_json(bytes, at, &companions, asked, budget),
                Format::Onnx => onnx::read(bytes, at, &companions, asked, budget),
                Format::Hdf5 => keras::read_hdf5(bytes, asked, budget),
                Format::Zip => read_zip(bytes, asked, budget),
                Format::Pickle => torch::read_legacy(bytes, asked, budget),
                Format::Safetensors => save::safetensors::read(bytes, budget).map_err(Stop::from),
                Format::Unknown => Err(unknown(bytes).into()),
            };
            found.push((at, read.map_err(|stop| stop.of(&file.name))?));
        }
    }
    // As they were brought, not as they were read.
    found.sort_by_key(|(at, _)| *at);
    let named = |(at, read): (usize, Found)| (files[at].name.clone(), read);
    Ok(found.into_iter().map(named).collect())
}

fn read_json(
    bytes: &[u8],
    at: usize,
    companions: &Companions<'_>,
    asked: &Asked<'_>,
    budget: &mut Budget,
) -> Result<Found, Stop> {
    let file = keras::json(bytes, "content")?;
    if file["weightsManifest"].is_array() {
        tfjs::read(&file, at, companions, asked, budget)
    } else if keras::is_architecture(&file) {
        keras::read_json(&file, at, companions, asked, budget)
    } else {
        Err(Fault::new(
            "it is JSON, but not a model of TensorFlow.js with its weights, nor one that Keras wrote",
            "choose the model.json that TensorFlow.js saved, or the JSON of Keras's to_json, and the \
             weights' files",
        )
        .into())
    }
}

fn read_zip(bytes: &[u8], asked: &Asked<'_>, budget: &mut Budget) -> Result<Found, Stop> {
    let mut archive = archive::Archive::open(bytes)?;
    let has = |wanted: &str| archive.paths().any(|path| path == wanted);
    if has(keras::CONFIG) {
        return keras::read_archive(&mut archive, asked, budget);
    }
    if archive.paths().any(torch::is_pickle) {
        return torch::read(&mut archive, asked, budget);
    }
    Err(Fault::new(
        "it is a zip archive, but neither one of Keras 3 nor one of PyTorch",
        "unpack it and choose the model's files",
    )
    .into())
}

fn unknown(bytes: &[u8]) -> Fault {
    if bytes.starts_with(b"\x1f\x8b") {
        return Fault::new("it is packed with gzip", "unpack it first");
    }
    Fault::new(
        "it is no model in a format that is read here",
        "save the model as Keras (.keras or HDF5), safetensors, a PyTorch state dict, \
         TensorFlow.js layers or ONNX",
    )
}

/// One model: its layers in order, and where the encoder ends if the files say so.
struct Joined {
    opened: Opened,
    encoder_layers: Option<usize>,
}

fn join(mut opened: Vec<Opened>) -> Result<Joined, ModelError> {
    let ends = |model: &Opened| {
        let first = model.layers.first().map_or(0, |layer| layer.dense.inputs());
        let last = model.layers.last().map_or(0, |layer| layer.dense.outputs());
        (first, last)
    };
    if opened.len() > 1
        && let Some(at) = opened.iter().position(is_whole)
    {
        let mut whole = opened.swap_remove(at);
        for other in opened {
            whole.notes.push(format!(
                "{} was left aside, since {} holds the whole autoencoder.",
                shortened(&other.file),
                shortened(&whole.file)
            ));
        }
        return Ok(Joined {
            opened: whole,
            encoder_layers: None,
        });
    }
    if opened.len() > 2 {
        let third = opened[2].file.clone();
        let problem = "it is a third model, and none of them is a whole autoencoder";
        return Err(Fault::new(problem, "choose one encoder and one decoder").of(&third));
    }
    let Some(last) = opened.pop() else {
        return Err(Fault::new("no file is a model", "choose a model's file").of("The model"));
    };
    let Some(first) = opened.pop() else {
        return Ok(Joined {
            opened: last,
            encoder_layers: None,
        });
    };
    let ((a, b), (c, d)) = (ends(&first), ends(&last));
    let (encoder, decoder) = match (b == c && a == d, a > b || says_encoder(&first, &last)) {
        (false, _) => {
            let problem = format!(
                "it takes {c} numbers and gives {d}, which does not fit {} with {a} and {b}",
                shortened(&first.file)
            );
            return Err(
                Fault::new(problem, "choose the two halves of one autoencoder").of(&last.file),
            );
        }
        (true, true) => (first, last),
        (true, false) => (last, first),
    };
    let mut notes = vec![format!(
        "{} is the encoder and {} the decoder.",
        shortened(&encoder.file),
        shortened(&decoder.file)
    )];
    notes.extend(encoder.notes);
    notes.extend(decoder.notes);
    let encoder_layers = encoder.layers.len();
    let layers = encoder.layers.into_iter().chain(decoder.layers).collect();
    Ok(Joined {
        opened: Opened {
            file: encoder.file,
            format: encoder.format,
            layers,
            activated: encoder.activated && decoder.activated,
            notes,
            images: encoder.images,
        },
        encoder_layers: Some(encoder_layers),
    })
}

/// Of two halves of one width, which is first by name.
fn says_encoder(first: &Opened, last: &Opened) -> bool {
    let square = |model: &Opened| {
        let ends = (model.layers.first(), model.layers.last());
        matches!(ends, (Some(a), Some(b)) if a.dense.inputs() == b.dense.outputs())
    };
    let named = |model: &Opened, part| model.file.to_lowercase().contains(part);
    square(first) && !named(first, "dec") && !named(last, "enc")
}

/// Gives images of the size it takes, and narrows in between.
fn is_whole(model: &Opened) -> bool {
    let Some((last, inner)) = model.layers.split_last() else {
        return false;
    };
    let inputs = model.layers[0].dense.inputs();
    last.dense.outputs() == inputs && inner.iter().any(|layer| layer.dense.outputs() < inputs)
}

/// Puts in the activations that files of weights do not have.
fn activated(mut joined: Joined, hints: &Hints) -> Result<Joined, ModelError> {
    if joined.opened.activated {
        return Ok(joined);
    }
    let layers = &mut joined.opened.layers;
    let Some(activations) = &hints.activations else {
        let last = layers.len() - 1;
        let usual = (0..layers.len()).map(|at| {
            if let Some(slope) = layers[at].slope {
                Activation::LeakyRelu { slope }
            } else if at == last {
                Activation::Sigmoid
            } else {
                Activation::Relu
            }
        });
        return Err(ModelError::Question(Box::new(Question {
            text: format!(
                "{} holds weights only: which activation follows each of its {} layers?",
                shortened(&joined.opened.file),
                layers.len()
            ),
            asks: Asks::Activations,
            layers: layers.iter().map(weights::shape).collect(),
            proposal: Hints {
                activations: Some(usual.collect()),
                ..hints.clone()
            },
        })));
    };
    if activations.len() != layers.len() {
        let problem = format!(
            "it has {} dense layers, and activations were given for {}",
            layers.len(),
            activations.len()
        );
        return Err(Fault::new(problem, "name one activation a layer").of(&joined.opened.file));
    }
    for (layer, &activation) in layers.iter_mut().zip(activations) {
        // What the file says itself counts.
        layer.dense.activation = match layer.slope {
            Some(slope) => Activation::LeakyRelu { slope },
            None => activation,
        };
    }
    Ok(joined)
}

fn split(joined: Joined, hints: &Hints) -> Result<Model, ModelError> {
    let Joined {
        mut opened,
        encoder_layers,
    } = joined;
    check_ends(&opened).map_err(|fault| fault.of(&opened.file))?;
    let count = opened.layers.len();
    let encoder_layers = match hints
        .bottleneck
        .or(encoder_layers)
        .or_else(|| parts(&opened.layers))
    {
        Some(layers) if (1..count).contains(&layers) => layers,
        Some(layers) => {
            let problem = format!("its encoder cannot have {layers} of its {count} layers");
            let remedy = format!("choose from 1 to {}", count - 1);
            return Err(Fault::new(problem, remedy).of(&opened.file));
        }
        None => narrowest(&opened, hints)?,
    };
    if let Some(images) = &opened.images {
        opened.notes.push(taken(images));
    }
    let description = Description {
        format: opened.format.into(),
        layers: opened.layers.iter().map(describe).collect(),
        encoder_layers,
        takes_stored_values: opened.images.is_some_and(|images| images.as_stored),
        notes: opened.notes,
    };
    let mut encoder: Vec<_> = opened.layers.into_iter().map(|layer| layer.dense).collect();
    let decoder = encoder.split_off(encoder_layers);
    let network =
        Network::dense(encoder, decoder).map_err(|what| Fault::damaged(what).of(&opened.file))?;
    Ok(Model {
        network,
        description,
    })
}

/// What is said of steps before the first layer.
fn taken(images: &Images) -> String {
    let names: Vec<String> = images
        .names
        .iter()
        .map(|name| format!("\"{}\"", shortened(name)))
        .collect();
    let values = if images.as_stored {
        "the values of images as they are stored, not scaled to 0 to 1"
    } else {
        "intensities from 0 to 1"
    };
    format!(
        "What the model does to images first ({}) was joined with its first layer: it takes {values}.",
        names.join(", ")
    )
}

fn check_ends(opened: &Opened) -> Result<(), Fault> {
    let [first, .., last] = opened.layers.as_slice() else {
        return Err(Fault::new(
            format!(
                "it has {} dense layer, and an autoencoder has two or more",
                opened.layers.len()
            ),
            "choose its other half as well",
        ));
    };
    let (inputs, outputs) = (first.dense.inputs(), last.dense.outputs());
    if inputs == outputs {
        return Ok(());
    }
    Err(Fault::new(
        format!("it makes {outputs} numbers of {inputs} and is no whole autoencoder"),
        if outputs < inputs {
            "if it is an encoder, choose its decoder's file as well"
        } else {
            "if it is a decoder, choose its encoder's file as well"
        },
    ))
}

/// Where the first of exactly two parts ends.
fn parts(layers: &[Layer]) -> Option<usize> {
    let mut ends = layers
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].part != pair[1].part)
        .map(|(at, _)| at + 1);
    let end = ends.next()?;
    let named = |layer: &Layer| layer.part.is_some();
    (ends.next().is_none() && layers.iter().all(named)).then_some(end)
}

fn narrowest(opened: &Opened, hints: &Hints) -> Result<usize, ModelError> {
    let inner = &opened.layers[..opened.layers.len() - 1];
    let widths = inner.iter().map(|layer| layer.dense.outputs());
    let least = widths.clone().min().unwrap_or(0);
    let mut places = widths.enumerate().filter(|&(_, width)| width == least);
    let first = places.next().map_or(1, |(at, _)| at + 1);
    if places.next().is_none() {
        return Ok(first);
    }
    Err(ModelError::Question(Box::new(Question {
        text: format!(
            "{} is narrowest ({least}) in several places: after which layer does its encoder end?",
            shortened(&opened.file)
        ),
        asks: Asks::Bottleneck,
        layers: opened.layers.iter().map(weights::shape).collect(),
        proposal: Hints {
            bottleneck: Some(first),
            ..hints.clone()
        },
    })))
}

fn describe(layer: &Layer) -> LayerDescription {
    LayerDescription {
        name: layer.name.clone(),
        inputs: layer.dense.inputs(),
        outputs: layer.dense.outputs(),
        activation: layer.dense.activation,
    }
}
