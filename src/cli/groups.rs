//! Which pixels belong together, from a file.

use std::path::PathBuf;

use latent_lens::data::readers::{self, Groups};
use latent_lens::data::{Class, Grouping};
use latent_lens::report::DataSource;

use super::failure::Failure;
use super::files;
use super::progress::Progress;

/// The groups of the pixels of these images, or the columns of this table, in the file that was named, if
/// one was. Says what was found.
pub fn open(
    path: Option<&PathBuf>,
    classes: &[Class],
    source: &DataSource,
    progress: &Progress,
) -> Result<Option<Grouping>, Failure> {
    let (Some(path), Some(first)) = (path, classes.first()) else {
        return Ok(None);
    };
    let file = files::read(std::slice::from_ref(path))?;
    let columns = source.columns.as_deref();
    let Groups { grouping, notes } = readers::groups(&file, first.images.image, columns)
        .map_err(|error| Failure::Failed(error.to_string()))?;
    for note in &notes {
        progress.say(note);
    }
    Ok(Some(grouping))
}
