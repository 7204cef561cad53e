//! Trained models: `--model` opens them, `train` saves them.

use std::path::Path;
use std::time::Instant;

use latent_lens::data::{Class, File, Shape};
use latent_lens::model::Network;
use latent_lens::model::files::save::{SaveFormat, notes, save_with};
use latent_lens::model::files::{self, Asks, Description, Hints, ModelError, Question};
use latent_lens::report::ModelSource;
use latent_lens::run::RunError;

use super::arguments::{Model, Programs, Train};
use super::failure::Failure;
use super::folder::Folder;
use super::progress::{Progress, time};
use super::{graph, latents, program, work};

/// Trains a network and saves it.
pub fn train(request: &Train) -> Result<(), Failure> {
    let start = Instant::now();
    let out = &request.out;
    let format = format(out)?;
    let mut progress = Progress::new();
    let mut run = work::prepare_training(request, &mut progress)?;
    let (folder, name) = Folder::around(out)?;

    let network = work::network(&mut run, &mut progress)?;
    let scaling = run.report().data.scaling.clone();
    let bytes = save_with(&network, scaling.as_ref(), format)
        .map_err(|refusal| Failure::Failed(refusal.to_string()))?;
    folder.write(&[(name, bytes)])?;
    for note in notes(&network, scaling.as_ref(), format) {
        progress.say(&note);
    }
    progress.finish(&format!(
        "Wrote {} in {}.",
        out.display(),
        time(start.elapsed())
    ));
    Ok(())
}

/// The format that a file's name asks for.
fn format(path: &Path) -> Result<SaveFormat, Failure> {
    let formats = [SaveFormat::Safetensors, SaveFormat::Keras, SaveFormat::Onnx];
    let ending = path.extension().unwrap_or_default();
    formats
        .into_iter()
        .find(|format| ending == format.ending())
        .ok_or_else(|| {
            Failure::Usage(format!(
                "{}: The ending says for whom a model is saved. Give one of .safetensors, .keras \
                 and .onnx with --out.",
                path.display()
            ))
        })
}

/// A model that was brought.
pub struct Brought<'a> {
    content: Content<'a>,
    /// Made elsewhere, instead of by an encoder.
    latents: Option<latents::Brought>,
    source: ModelSource,
    /// Whether it scales values itself, so that it is given them as they are stored.
    pub takes_stored_values: bool,
}

enum Content<'a> {
    Network(Box<Network>),
    Graph(Box<graph::Brought>),
    Programs(&'a Programs),
    /// There are latents alone.
    Nothing,
}

impl<'a> Brought<'a> {
    /// Programs that encode, and may decode.
    pub fn of_programs(programs: &'a Programs) -> Self {
        let lines = programs.command.iter().chain(&programs.decode_command);
        Self {
            source: ModelSource {
                files: lines.cloned().collect(),
                format: "program".into(),
                ..ModelSource::default()
            },
            content: Content::Programs(programs),
            latents: None,
            takes_stored_values: false,
        }
    }

    /// Latents without a model.
    fn of_latents(latents: latents::Brought) -> Self {
        Self {
            source: ModelSource {
                files: vec![latents.file.clone()],
                format: "latents".into(),
                notes: vec![latents::order(&latents.file)],
                ..ModelSource::default()
            },
            content: Content::Nothing,
            latents: Some(latents),
            takes_stored_values: false,
        }
    }

    /// The same with latents in place of its encoder.
    fn with(mut self, latents: Option<latents::Brought>) -> Self {
        let order = latents
            .as_ref()
            .map(|latents| latents::order(&latents.file));
        self.source.notes.extend(order);
        self.latents = latents;
        self
    }

    /// The network for these images, which were read from `files`, and where it is from. Says what was decided on the
    /// way.
    pub fn of_images(
        self,
        classes: &[Class],
        files: &[String],
        progress: &Progress,
    ) -> Result<(Network, ModelSource), Failure> {
        let mut source = self.source;
        let (network, mut notes) = match self.content {
            Content::Network(network) => (Some(*network), Vec::new()),
            Content::Graph(graph) => some(graph.network(classes)?),
            Content::Programs(programs) => some(program::network(programs, classes)?),
            Content::Nothing => (None, Vec::new()),
        };
        let takes_maps = network.as_ref().is_some_and(takes_maps);
        let network = match (self.latents, network) {
            (Some(latents), network) => {
                if takes_maps {
                    notes.push(CHANNEL_BY_CHANNEL.into());
                }
                latents.network(network, classes, files)?
            }
            (None, Some(network)) if !network.encoder().is_there() => {
                return Err(Failure::Usage(format!(
                    "{} Give them with --latents.",
                    RunError::NoLatents
                )));
            }
            (None, Some(network)) => network,
            (None, None) => return Err(Failure::Usage("There is no model.".into())),
        };
        for note in &notes {
            progress.say(note);
        }
        source.notes.extend(notes);
        Ok((network, source))
    }
}

/// What is said of latents for a decoder that takes feature maps.
const CHANNEL_BY_CHANNEL: &str =
    "The decoder takes feature maps: the latents are taken channel by channel, each row by row.";

/// Whether a decoder takes feature maps of several channels.
fn takes_maps(network: &Network) -> bool {
    matches!(network.decoder().input(), Shape::Planes(maps) if maps.channels > 1 && maps.pixels() > 1)
}

fn some((network, notes): (Network, Vec<String>)) -> (Option<Network>, Vec<String>) {
    (Some(network), notes)
}

/// The model in the files that were named, or the latents, if any were.
pub fn open(model: &Model, progress: &Progress) -> Result<Option<Brought<'static>>, Failure> {
    let latents = latents::open(model.latents.as_ref(), progress)?;
    if model.files.is_empty() {
        return Ok(latents.map(Brought::of_latents));
    }
    Ok(of_files(model, progress)?.map(|brought| brought.with(latents)))
}

fn of_files(model: &Model, progress: &Progress) -> Result<Option<Brought<'static>>, Failure> {
    let files = super::files::read(&model.files)?;
    if let Some(brought) = graph::open(model, &files, None)? {
        return Ok(Some(run_as_it_is(brought, files, progress)));
    }
    let opened = files::open(&files, &model.hints());
    if let Err(refused) = &opened
        && let Some(brought) = graph::open(model, &files, Some(refused))?
    {
        return Ok(Some(run_as_it_is(brought, files, progress)));
    }
    let opened = opened.map_err(|error| match error {
        ModelError::Question(question) => Failure::Usage(asked(&question)),
        refused @ ModelError::Refused { .. } => Failure::Failed(refusal(&refused)),
    })?;
    let Description {
        notes,
        format,
        takes_stored_values,
        ..
    } = opened.description;
    for note in &notes {
        progress.say(note);
    }
    let source = ModelSource {
        files: files.into_iter().map(|file| file.name).collect(),
        format,
        notes,
        ..ModelSource::default()
    };
    Ok(Some(Brought {
        content: Content::Network(Box::new(opened.network)),
        latents: None,
        source,
        takes_stored_values,
    }))
}

fn run_as_it_is(
    (graph, note): (graph::Brought, String),
    files: Vec<File>,
    progress: &Progress,
) -> Brought<'static> {
    progress.say(&note);
    Brought {
        source: ModelSource {
            files: files.into_iter().map(|file| file.name).collect(),
            format: graph.format(),
            notes: vec![note],
            ..ModelSource::default()
        },
        content: Content::Graph(Box::new(graph)),
        latents: None,
        takes_stored_values: false,
    }
}

/// Why a model cannot be opened, and under it the code that is a way out, if there is one.
fn refusal(refused: &ModelError) -> String {
    match refused {
        ModelError::Refused {
            code: Some(code), ..
        } => format!("{refused}\n\n{code}"),
        _ => refused.to_string(),
    }
}

/// A question about a model, with the argument that answers it and the usual answer.
fn asked(question: &Question) -> String {
    let Question {
        text,
        asks,
        layers,
        proposal,
    } = question;
    let Hints {
        activations,
        bottleneck,
        order,
        layers: steps,
        ..
    } = proposal;
    let all = activations.iter().flatten();
    let all: Vec<String> = all.map(ToString::to_string).collect();
    let (argument, usual) = match asks {
        Asks::Activations => ("--activations", all.join(",")),
        Asks::Bottleneck => ("--bottleneck", bottleneck.unwrap_or(1).to_string()),
        Asks::Order => ("--order", order.clone().unwrap_or_default().join(",")),
        Asks::Layers => {
            let steps = steps.clone().unwrap_or_default();
            ("--layers", format!("\"{}\"", steps.replace('"', "\\\"")))
        }
    };
    let layers: Vec<String> = layers
        .iter()
        .map(|layer| {
            let class = match layer.class.as_str() {
                "" => String::new(),
                class => format!("{class}, "),
            };
            format!(
                "{} ({class}{} to {})",
                layer.name, layer.inputs, layer.outputs
            )
        })
        .collect();
    format!(
        "{text} Say so with {argument}, such as {argument} {usual}. The layers are {}.",
        layers.join(", ")
    )
}
