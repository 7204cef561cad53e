//! Trained models: `--model` opens them, `train` saves them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use latent_lens::model::Network;
use latent_lens::model::files::save::{SaveFormat, save};
use latent_lens::model::files::{self, File, Hints};

use super::arguments::Train;
use super::failure::Failure;
use super::folder::Folder;
use super::progress::{Progress, time};
use super::work;

/// Trains a network and saves it.
pub fn train(request: &Train) -> Result<(), Failure> {
    let start = Instant::now();
    let out = &request.out;
    let format = format(out)?;
    if !request.work.model.is_empty() {
        let message = "A model that is given with --model is trained already. Leave --model out.";
        return Err(Failure::Usage(message.into()));
    }
    let mut run = work::prepare(&request.work)?;
    let (folder, name) = Folder::around(out)?;

    let mut progress = Progress::new();
    let network = work::network(&mut run, &mut progress)?;
    folder.write(&[(name, save(&network, format))])?;
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

/// The network in some files.
pub fn open(paths: &[PathBuf]) -> Result<Network, Failure> {
    let files: Vec<File> = paths
        .iter()
        .map(|path| {
            let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
            Ok(File {
                name: path.display().to_string(),
                bytes,
            })
        })
        .collect::<Result<_, Failure>>()?;
    let model = files::open(&files, &Hints::default())
        .map_err(|error| Failure::Failed(error.to_string()))?;
    for note in model.description.notes {
        eprintln!("{note}");
    }
    Ok(model.network)
}
