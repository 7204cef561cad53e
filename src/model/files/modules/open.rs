//! From the modules of all files to a network, or to the question what stands between them.

use super::super::error::{Asks, Fault, Question, shortened};
use super::super::found::{Content, Found};
use super::super::{Description, Hints, LayerDescription, Model, ModelError};
use super::Module;
use super::assemble::{Assembled, assemble};
use super::propose::{Proposal, propose};
use super::text::{Step, parse, written};

/// What one file holds.
struct Weights {
    file: String,
    format: &'static str,
    modules: Vec<Module>,
    in_order: bool,
    notes: Vec<String>,
}

/// The network of the modules of these files and of the steps that `hints` say.
pub(in super::super) fn open(
    found: Vec<(String, Found)>,
    hints: &Hints,
) -> Result<Model, ModelError> {
    let files = found.into_iter().map(|(file, found)| {
        let Content::Modules { modules, in_order } = found.content else {
            let problem = "it is a model beside the weights of another";
            return Err(Fault::new(problem, "choose the files of one model").of(&file));
        };
        Ok(Weights {
            file,
            format: found.format,
            modules,
            in_order,
            notes: found.notes,
        })
    });
    let mut files: Vec<Weights> = files.collect::<Result<_, _>>()?;
    apart(&mut files);
    let Some(first) = files.first() else {
        return Err(Fault::damaged("it holds no weights").of("The model"));
    };
    let (file, format) = (first.file.clone(), first.format);
    let stored = files.iter().all(|file| file.in_order);
    let mut notes: Vec<String> = files
        .iter_mut()
        .flat_map(|file| file.notes.drain(..))
        .collect();
    let modules: Vec<Module> = files.into_iter().flat_map(|file| file.modules).collect();
    let refused = |problem: String| {
        let remedy = "write the steps as the program that made the model has them";
        Fault::new(problem, remedy).of(&file)
    };
    let steps = match &hints.layers {
        Some(text) => parse(text)
            .map_err(|what| refused(format!("{what}, in what its layers are said to be")))?,
        None => Vec::new(),
    };
    // Where only the size of the images is said, the rest is asked for with it.
    let (Some(text), [_, ..]) = (&hints.layers, &steps[..]) else {
        return Err(asked(&file, &modules, stored, hints, None));
    };
    if let [images @ Step::Images(_)] = &steps[..] {
        return Err(asked(&file, &modules, stored, hints, Some(images)));
    }
    let Assembled {
        network,
        names,
        notes: more,
        images,
    } = assemble(&modules, &steps).map_err(refused)?;
    notes.push(format!(
        "The file holds weights alone; its layers were said to be: {text}"
    ));
    notes.extend(more);
    let takes_stored_values = images.as_ref().is_some_and(|(_, stored)| *stored);
    if let Some((name, stored)) = &images {
        let values = if *stored {
            "the values of images as they are stored, not scaled to 0 to 1"
        } else {
            "intensities from 0 to 1"
        };
        notes.push(format!(
            "\"{}\" normalises the images first: the model takes {values}.",
            shortened(name)
        ));
    }
    Ok(Model {
        description: Description {
            format: format.into(),
            layers: LayerDescription::of(&network, &names),
            encoder_layers: network.encoder().layers().len(),
            takes_stored_values,
            notes,
        },
        network,
    })
}

/// Gives modules that are called alike in several files the names of these.
fn apart(files: &mut [Weights]) {
    let names: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            file.modules
                .iter()
                .map(|module| module.name.clone())
                .collect()
        })
        .collect();
    let clash = (1..names.len()).any(|at| {
        names[at]
            .iter()
            .any(|name| names[..at].iter().any(|others| others.contains(name)))
    });
    if !clash {
        return;
    }
    for (number, file) in files.iter_mut().enumerate() {
        let base = file.file.rsplit('/').next().unwrap_or_default();
        let stem = base.split('.').next().unwrap_or_default();
        for module in &mut file.modules {
            module.name = format!("{stem}.{}", module.name);
            module.dictionary += number << 16;
        }
    }
}

/// The question what stands between modules, with usual steps.
fn asked(
    file: &str,
    modules: &[Module],
    stored: bool,
    hints: &Hints,
    images: Option<&Step>,
) -> ModelError {
    let all: Vec<&Module> = modules.iter().collect();
    let mut dictionaries: Vec<usize> = modules.iter().map(|module| module.dictionary).collect();
    dictionaries.sort_unstable();
    dictionaries.dedup();
    // One of several networks, or the parts of one.
    let whole = dictionaries
        .iter()
        .filter(|_| dictionaries.len() > 1)
        .map(|wanted| {
            let own: Vec<&Module> = all
                .iter()
                .copied()
                .filter(|module| module.dictionary == *wanted)
                .collect();
            propose(&own, stored, images)
        });
    let whole = whole.filter(|proposal| proposal.cost.is_some());
    let best = whole.min_by_key(|proposal| proposal.cost);
    let several = best.is_some();
    let proposal = best.unwrap_or_else(|| propose(&all, stored, images));
    let Proposal { steps, cost } = proposal;
    let size = match steps.first() {
        Some(size @ Step::Images(_)) => size.to_string(),
        _ => "images".into(),
    };
    let what = match (cost, images) {
        (None, _) => "No usual strides, paddings and poolings make their sizes fit each other, so change what \
                      is proposed to what the program says that made them."
            .to_owned(),
        (Some(_), None) => format!(
            "What is proposed is guessed from their sizes, {size} among it: compare it with the program \
             that made them."
        ),
        (Some(_), Some(_)) => "What is proposed is guessed from their sizes: compare it with the program \
                               that made them."
            .to_owned(),
    };
    let mut text = format!(
        "{} holds weights alone: what stands between its layers, and what are their strides and \
         paddings? {what}",
        shortened(file)
    );
    if several {
        text.push_str(" The file holds several networks; layers that are not named are left out.");
    }
    ModelError::Question(Box::new(Question {
        text,
        asks: Asks::Layers,
        layers: modules.iter().map(Module::shape).collect(),
        proposal: Hints {
            layers: Some(written(&steps)),
            ..hints.clone()
        },
    }))
}
