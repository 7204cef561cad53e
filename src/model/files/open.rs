//! From files to a network: which reader, which order, which split.

use super::alone;
use super::chain::{Images, Line, Rows, Step};
use super::error::{Asked, Asks, Fault, Question, Stop, WeightShape, shortened};
use super::exported::Exporter;
use super::found::{Companions, Content, Found};
use super::halves;
use super::tensor::Budget;
use super::weights;
use super::words;
use super::{
    Alone, Description, File, Hints, LayerDescription, MAX_BYTES, Model, ModelError, archive,
    bottleneck, hdf5, keras, modules, onnx, pickle, save, tfjs, torch,
};
use crate::model::{Activation, Half, Network};

/// What was found in one model's files, its layers in order.
struct Opened {
    /// The file that a sentence about it names.
    file: String,
    format: &'static str,
    line: Line,
    /// Whether the activations are known; if not, all of them stand as linear.
    activated: bool,
    notes: Vec<String>,
}

impl Opened {
    fn steps(&self) -> &[Step] {
        &self.line.steps
    }

    /// How many numbers it takes and gives.
    fn ends(&self) -> (usize, usize) {
        let last = self
            .steps()
            .last()
            .map_or(&self.line.start, |step| &step.after);
        (self.line.start.size(), last.size())
    }

    /// What each of its layers takes.
    fn before(&self) -> impl Iterator<Item = &Rows> {
        let after = self.steps().iter().map(|step| &step.after);
        std::iter::once(&self.line.start).chain(after)
    }

    fn shapes(&self) -> Vec<WeightShape> {
        let pairs = self.before().zip(self.steps());
        pairs
            .map(|(before, step)| WeightShape {
                name: step.name.clone(),
                inputs: before.size(),
                outputs: step.after.size(),
                class: String::new(),
            })
            .collect()
    }
}

/// Opens a trained autoencoder: one whole model, or its encoder and its decoder, in one file
/// or in several that belong together.
///
/// # Errors
/// A sentence that says which file cannot be used, why and what to do, or a question where the
/// files leave something open that `hints` do not answer.
pub fn open(files: &[File], hints: &Hints) -> Result<Model, ModelError> {
    check_sizes(files)?;
    let mut budget = Budget::new();
    let mut models = read_all(files, hints, false, &mut budget)?;
    let network = |found: &Found| matches!(found.content, Content::Network { .. });
    if let Some(at) = models.iter().position(|(_, found)| network(found)) {
        let model = whole(models, at, hints)?;
        return Ok(match hints.half {
            Some(half) => model.only(half),
            None => model,
        });
    }
    let modules = |found: &Found| matches!(found.content, Content::Modules { .. });
    if let (Some((file, _)), Some(_)) =
        (models.iter().find(|(_, found)| modules(found)), hints.half)
    {
        return Err(alone::of_modules().of(file));
    }
    if models.iter().any(|(_, found)| modules(found)) {
        if !models.iter().all(|(_, found)| modules(found)) {
            models = read_all(files, hints, true, &mut Budget::new())?;
        }
        return modules::open(models, hints);
    }
    check_order(&models, hints)?;
    let mut opened = Vec::new();
    for (file, found) in models {
        let mut notes = found.notes;
        let (line, activated) = match found.content {
            Content::Line(line) => (line, true),
            Content::Weights(stored) => {
                let asked = Asked {
                    hints,
                    file: &file,
                    modules: false,
                };
                let arranged = weights::arrange(stored.layers, stored.in_order, &asked)
                    .map_err(|stop| stop.of(&file, Some(Exporter::of_weights(found.format))))?;
                notes.extend(arranged.notes);
                let mut line = Line::dense(arranged.layers, stored.images);
                line.scaling = stored.scaling;
                if let Some(branch) = arranged.spread {
                    line.latents = Some(branch.means);
                    let own = Line::dense(branch.layers, None).steps;
                    let shared = line.steps[..branch.after].iter().cloned();
                    line.spread = Some(shared.chain(own).collect());
                }
                (line, false)
            }
            Content::Network { .. } | Content::Modules { .. } => unreachable!("opened before"),
        };
        opened.push(Opened {
            file,
            format: found.format,
            line,
            activated,
            notes,
        });
    }
    let joined = join(opened)?;
    let joined = activated(joined, hints)?;
    match hints.half {
        None => split(joined, hints),
        Some(half) if is_whole(&joined.opened) => Ok(split(joined, hints)?.only(half)),
        Some(half) => half_of(joined.opened, half, hints),
    }
}

/// The network in a file of our own, without what other files hold.
fn whole(mut models: Vec<(String, Found)>, at: usize, hints: &Hints) -> Result<Model, ModelError> {
    let (file, found) = models.swap_remove(at);
    let Content::Network {
        mut network,
        is_scaled,
    } = found.content
    else {
        return Err(Fault::damaged("it holds no network").of(&file));
    };
    let aside = models.iter().map(|(other, _)| {
        format!(
            "{} was left aside, since {} holds the whole autoencoder.",
            shortened(other),
            shortened(&file)
        )
    });
    let mut notes: Vec<String> = aside.collect();
    let was_variational = network.is_variational();
    if let Some(layers) = hints.bottleneck
        && layers != network.encoder().layers().len()
    {
        *network = moved(&network, layers).map_err(|fault| fault.of(&file))?;
    }
    notes.extend(match (was_variational, network.is_variational()) {
        (true, true) => Some(
            "The latents are the means; the file gives their log-variances as well. Nothing is drawn at \
             random."
                .into(),
        ),
        (true, false) => Some(OTHER_LATENTS.into()),
        (false, _) => None,
    });
    if is_scaled {
        notes.push(SCALED.into());
    }
    let encoder_layers = network.encoder().layers().len();
    let halves = [
        ("encoder", network.encoder()),
        ("decoder", network.decoder()),
    ];
    let names: Vec<String> = halves
        .iter()
        .flat_map(|(name, half)| (1..=half.layers().len()).map(move |at| format!("{name} {at}")))
        .collect();
    Ok(Model {
        description: Description {
            format: found.format.into(),
            layers: LayerDescription::of(&network, &names),
            encoder_layers,
            takes_stored_values: is_scaled,
            notes,
        },
        network: *network,
    })
}

/// What is said where the encoder ends elsewhere than at the means.
const OTHER_LATENTS: &str = "The log-variances were left aside: they belong to other latents than those where \
                             the encoder is said to end.";

/// What is said of a network with the scaling of its columns.
const SCALED: &str = "The scaling of the columns is part of the model: it takes and gives numbers as they are \
                      stored.";

/// The network with so many layers in its encoder, and no log-variances.
fn moved(network: &Network, layers: usize) -> Result<Network, Fault> {
    let halves = [network.encoder(), network.decoder()];
    let layers_of = |half: &Half| half.layers().to_vec();
    let mut encoder: Vec<_> = halves.into_iter().flat_map(layers_of).collect();
    let count = encoder.len();
    if !(1..count).contains(&layers) {
        return Err(Fault::new(
            format!("its encoder cannot have {layers} of its {count} layers"),
            format!("choose from 1 to {}", count - 1),
        ));
    }
    let decoder = encoder.split_off(layers);
    let input = network.encoder().input().clone();
    let encoder = Half::new("encoder", input, encoder).map_err(Fault::damaged)?;
    let latent = encoder.output().clone();
    let decoder = Half::new("decoder", latent, decoder).map_err(Fault::damaged)?;
    Network::new(encoder, decoder).map_err(Fault::damaged)
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
    let mut stored = Vec::new();
    for (_, found) in models {
        match &found.content {
            Content::Weights(weights) => stored.push(weights),
            _ => return Ok(()),
        }
    }
    let all = || stored.iter().flat_map(|stored| &stored.layers);
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
    modules: bool,
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
                modules,
            };
            let read = match format {
                // Of a folder that was saved as a whole.
                Format::Json if files.len() > 1 && keras::is_metadata(bytes) => continue,
                Format::Json => read_json(bytes, at, &companions, asked, budget),
                Format::Onnx => onnx::read(bytes, at, &companions, asked, budget),
                Format::Hdf5 => keras::read_hdf5(bytes, asked, budget),
                Format::Zip => read_zip(bytes, asked, budget),
                Format::Pickle => torch::read_legacy(bytes, asked, budget),
                Format::Safetensors => save::safetensors::read(bytes, asked, budget),
                Format::Unknown => Err(unknown(bytes).into()),
            };
            let told = |stop: Stop| stop.of(&file.name, exporter(format, bytes));
            found.push((at, read.map_err(told)?));
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

/// What writes the model in a file as ONNX, where it is not ONNX already.
fn exporter(format: Format, bytes: &[u8]) -> Option<Exporter> {
    let is_tfjs = |file: serde_json::Value| file["weightsManifest"].is_array();
    let of_keras = || {
        if keras::is_whole(bytes) {
            Exporter::Keras
        } else {
            Exporter::KerasProgram
        }
    };
    match format {
        Format::Json if keras::json(bytes, "").is_ok_and(is_tfjs) => Some(Exporter::TensorFlowJs),
        Format::Json => Some(Exporter::KerasProgram),
        Format::Hdf5 => Some(of_keras()),
        Format::Zip => {
            let archive = archive::Archive::open(bytes).ok()?;
            let is_torch = archive.paths().any(torch::is_pickle);
            Some(if is_torch {
                Exporter::Torch
            } else {
                of_keras()
            })
        }
        Format::Pickle | Format::Safetensors => Some(Exporter::Torch),
        Format::Onnx | Format::Unknown => None,
    }
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
    /// What the decoder takes, where it has a file of its own.
    between: Option<Rows>,
}

fn join(mut opened: Vec<Opened>) -> Result<Joined, ModelError> {
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
            between: None,
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
            between: None,
        });
    };
    let ((a, b), (c, d)) = (first.ends(), last.ends());
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
    let encoder_layers = encoder.steps().len();
    notes.extend(encoder.notes);
    notes.extend(decoder.notes);
    let between = decoder.line.start;
    let mut line = encoder.line;
    line.steps.extend(decoder.line.steps);
    if line.spread.is_some() {
        line.latents = Some(encoder_layers);
    }
    Ok(Joined {
        opened: Opened {
            file: encoder.file,
            format: encoder.format,
            line,
            activated: encoder.activated && decoder.activated,
            notes,
        },
        encoder_layers: Some(encoder_layers),
        between: Some(between),
    })
}

/// Of two halves of one width, which is first by name.
fn says_encoder(first: &Opened, last: &Opened) -> bool {
    let square = |model: &Opened| {
        let (taken, given) = model.ends();
        taken == given
    };
    let named = |model: &Opened, part| model.file.to_lowercase().contains(part);
    square(first) && !named(first, "dec") && !named(last, "enc")
}

/// Gives images of the size it takes, and narrows in between.
fn is_whole(model: &Opened) -> bool {
    let (inputs, outputs) = model.ends();
    let Some((_, inner)) = model.steps().split_last() else {
        return false;
    };
    outputs == inputs && inner.iter().any(|step| step.after.size() < inputs)
}

/// Puts in the activations that files of weights do not have.
fn activated(mut joined: Joined, hints: &Hints) -> Result<Joined, ModelError> {
    if joined.opened.activated {
        return Ok(joined);
    }
    let shapes = joined.opened.shapes();
    let layers = &mut joined.opened.line.steps;
    let Some(activations) = &hints.activations else {
        let last = layers.len() - 1;
        let usual = (0..layers.len()).map(|at| {
            if let Some(slope) = layers[at].slope {
                Activation::LeakyRelu { slope }
            } else if at == last {
                match hints.half {
                    Some(Alone::Encoder) => Activation::Linear,
                    _ => Activation::Sigmoid,
                }
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
            layers: shapes,
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
    // On the way to log-variances it is the same, but for these themselves.
    let spread = joined.opened.line.spread.as_mut();
    let inner = spread.and_then(|steps| Some(steps.split_last_mut()?.1));
    for layers in [layers.as_mut_slice(), inner.unwrap_or_default()] {
        for (layer, &activation) in layers.iter_mut().zip(activations) {
            // What the file says itself counts.
            layer.activate(match layer.slope {
                Some(slope) => Activation::LeakyRelu { slope },
                None => activation,
            });
        }
    }
    Ok(joined)
}

fn split(joined: Joined, hints: &Hints) -> Result<Model, ModelError> {
    let Joined {
        mut opened,
        encoder_layers,
        between,
    } = joined;
    check_ends(&opened).map_err(|fault| fault.of(&opened.file))?;
    let count = opened.steps().len();
    let chosen = hints.bottleneck.or(encoder_layers);
    if let (Some(taken), Some(end), true) = (&between, encoder_layers, chosen != encoder_layers)
        && let Some(given) = opened.steps().get(end - 1).map(|step| &step.after)
        && (&given.shape, &given.order) != (&taken.shape, &taken.order)
    {
        let problem =
            "feature maps or numbers in another order pass from its encoder to its decoder";
        let remedy = "let its encoder end where its file does";
        return Err(Fault::new(problem, remedy).of(&opened.file));
    }
    let between = between.filter(|_| chosen == encoder_layers);
    let latents = opened.line.latents.filter(|layers| *layers < count);
    let chosen = chosen.or(latents).or_else(|| parts(opened.steps()));
    let encoder_layers = match chosen {
        Some(layers) if (1..count).contains(&layers) => layers,
        Some(layers) => {
            let problem = format!("its encoder cannot have {layers} of its {count} layers");
            let remedy = format!("choose from 1 to {}", count - 1);
            return Err(Fault::new(problem, remedy).of(&opened.file));
        }
        None => {
            let (layers, note) = bottleneck::narrowest(&opened.line, &opened.file, hints)?;
            opened.notes.extend(note);
            layers
        }
    };
    if let Some(images) = &opened.line.images {
        opened.notes.push(taken(images, opened.steps()));
    }
    let is_latent = opened.line.latents == Some(encoder_layers);
    if opened.line.spread.is_some() && !is_latent {
        opened.notes.push(OTHER_LATENTS.into());
    }
    if opened.line.scaling.is_some() {
        opened.notes.push(SCALED.into());
    }
    let scaling = opened.line.scaling.take();
    let pairs = opened.before().zip(opened.steps());
    let description = Description {
        format: opened.format.into(),
        layers: pairs.map(|(before, step)| describe(before, step)).collect(),
        encoder_layers,
        takes_stored_values: scaling.is_some()
            || opened
                .line
                .images
                .as_ref()
                .is_some_and(|images| images.as_stored),
        notes: opened.notes,
    };
    let mut encoder = opened.line.steps;
    let decoder = encoder.split_off(encoder_layers);
    let spread = opened.line.spread.filter(|_| is_latent);
    let network = halves::network(&opened.line.start, encoder, between, decoder, spread)
        .and_then(|network| match &scaling {
            Some(scaling) => save::scaled::joined(&network, scaling),
            None => Ok(network),
        })
        .map_err(|what| Fault::damaged(what).of(&opened.file))?;
    Ok(Model {
        network,
        description,
    })
}

/// The model of one half, which is all that the files hold.
fn half_of(mut opened: Opened, half: Alone, hints: &Hints) -> Result<Model, ModelError> {
    let (inputs, outputs) = opened.ends();
    if hints.bottleneck.is_some() {
        let problem = "it is half a model, which is not divided";
        return Err(Fault::new(problem, "leave out where its encoder ends").of(&opened.file));
    }
    if opened.line.scaling.is_some() {
        let problem = "it has the scaling of columns, which both halves share";
        return Err(
            Fault::new(problem, "choose the file of the whole autoencoder").of(&opened.file),
        );
    }
    half.check(inputs, outputs)
        .map_err(|fault| fault.of(&opened.file))?;
    if let Some(images) = &opened.line.images {
        opened.notes.push(taken(images, opened.steps()));
    }
    // A variational encoder may give more than its means.
    let latents = opened.line.latents.filter(|_| half == Alone::Encoder);
    if let Some(layers) = latents {
        opened.line.steps.truncate(layers);
    }
    let pairs = opened.before().zip(opened.steps());
    let layers: Vec<_> = pairs.map(|(before, step)| describe(before, step)).collect();
    let description = Description {
        format: opened.format.into(),
        encoder_layers: match half {
            Alone::Encoder => layers.len(),
            Alone::Decoder => 0,
        },
        layers,
        takes_stored_values: half == Alone::Encoder
            && opened
                .line
                .images
                .as_ref()
                .is_some_and(|images| images.as_stored),
        notes: opened.notes,
    };
    let spread = opened.line.spread.filter(|_| latents.is_some());
    let (start, steps) = (&opened.line.start, opened.line.steps);
    let network = match half {
        Alone::Encoder => halves::encoder(start, steps, spread),
        Alone::Decoder => halves::decoder(start, steps),
    };
    Ok(Model {
        network: network.map_err(|what| Fault::damaged(what).of(&opened.file))?,
        description,
    })
}

/// What is said of steps before the first layer.
fn taken(images: &Images, steps: &[Step]) -> String {
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
    let done = match steps.first() {
        Some(first) if first.name == images.names.join(", ") => "is its first layer",
        _ => "was joined with its first layer",
    };
    format!(
        "What the model does to images first ({}) {done}: it takes {values}.",
        names.join(", ")
    )
}

fn check_ends(opened: &Opened) -> Result<(), Fault> {
    let (inputs, outputs) = opened.ends();
    let count = opened.steps().len();
    if count < 2 {
        let layers = if count == 1 { "layer" } else { "layers" };
        return Err(Fault::new(
            format!("it has {count} {layers}, and an autoencoder has two or more"),
            "choose its other half as well",
        ));
    }
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
fn parts(steps: &[Step]) -> Option<usize> {
    let mut ends = steps
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].part != pair[1].part)
        .map(|(at, _)| at + 1);
    let end = ends.next()?;
    let named = |step: &Step| step.part.is_some();
    (ends.next().is_none() && steps.iter().all(named)).then_some(end)
}

impl LayerDescription {
    /// Those of a whole network, by these names.
    pub(super) fn of(network: &Network, names: &[String]) -> Vec<Self> {
        let halves = [network.encoder(), network.decoder()];
        let forms = halves.into_iter().flat_map(Half::forms);
        forms
            .zip(names)
            .map(|((form, input, output), name)| Self {
                name: name.clone(),
                kind: words::kind(&form),
                inputs: input.size(),
                outputs: output.size(),
                activation: form.activation(),
                input,
                output,
            })
            .collect()
    }
}

fn describe(before: &Rows, step: &Step) -> LayerDescription {
    let form = step.layer.form();
    LayerDescription {
        name: step.name.clone(),
        kind: words::kind(&form),
        inputs: before.size(),
        outputs: step.after.size(),
        input: before.shape.clone(),
        output: step.after.shape.clone(),
        activation: form.activation(),
    }
}
