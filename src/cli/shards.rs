//! `shard` and `merge`: a run in parts that any scheduler can spread, and the whole of them.

use std::fs;
use std::path::Path;
use std::time::Instant;

use flate2::Crc;
use latent_lens::distribute::{self, PartialReport};

use super::arguments::{Merge, Share};
use super::failure::Failure;
use super::folder::Folder;
use super::progress::{Progress, time};
use super::{results, work};

/// Measures one part and writes it to a file.
pub fn shard(request: &Share) -> Result<(), Failure> {
    let start = Instant::now();
    let out = &request.out;
    if request.work.programs.command.is_some() {
        let message = "What a program gives cannot be told from what another gives, so parts of it are not joined: \
                       leave out --command, or say analyse.";
        return Err(Failure::Usage(message.into()));
    }
    let mut progress = Progress::new();
    let mut run = work::prepare(&request.work, &mut progress)?.of(request.part);
    let (folder, name) = Folder::around(out)?;
    work::say_pace(&run, &request.work, &progress)?;

    work::finish(&mut run, &mut progress)?;
    let part = PartialReport::of(&run).expect("the run is over");
    let json = serde_json::to_vec(&part).map_err(Failure::unwritable)?;
    folder.write(&[(name, summed(json))])?;
    progress.finish(&format!(
        "Wrote part {} to {} in {}.",
        request.part,
        out.display(),
        time(start.elapsed())
    ));
    Ok(())
}

/// Joins parts and writes what `analyse` would have written.
pub fn merge(request: &Merge) -> Result<(), Failure> {
    let parts: Vec<PartialReport> = request
        .parts
        .iter()
        .map(|path| read(path))
        .collect::<Result<_, _>>()?;
    let merge = if request.mixed {
        distribute::merge_mixed
    } else {
        distribute::merge
    };
    let report = merge(&parts).map_err(|error| Failure::Failed(error.to_string()))?;
    let asked = (report.opinions.is_some(), report.image_errors.is_some());
    let look = request.look.check(asked.0, asked.1);
    look.map_err(Failure::Usage)?;
    let dims = report.settings.dims;
    request.look.check_axes(dims).map_err(Failure::Usage)?;
    let folder = Folder::open(&request.out)?;
    let mut progress = Progress::new();
    let files = results::files(&report, None, request.look, &mut progress)?;
    folder.write(&files)?;
    progress.finish(&format!(
        "Wrote {} files of {} parts to {}.",
        files.len(),
        parts.len(),
        request.out.display()
    ));
    Ok(())
}

fn read(path: &Path) -> Result<PartialReport, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::unreadable(path, &error))?;
    let part = serde_json::from_slice(&bytes).map_err(|error| {
        Failure::at(
            path,
            format!("This is not what shard writes ({error}). Compute the part again."),
        )
    })?;
    if !is_whole(&bytes) {
        let message =
            "This is not as shard wrote it: its checksum is another. Compute the part again.";
        return Err(Failure::at(path, message));
    }
    Ok(part)
}

/// What stands in a part's file between its content and the sum of that.
const SUM: &str = ",\"checksum\":\"";
/// Hexadecimal digits of a sum.
const DIGITS: usize = 8;

/// A JSON object with a last field that tells whether the others are as they were.
fn summed(mut json: Vec<u8>) -> Vec<u8> {
    json.pop();
    let mut sum = Crc::new();
    sum.update(&json);
    json.extend(format!("{SUM}{:0DIGITS$x}\"}}", sum.sum()).into_bytes());
    json
}

fn is_whole(file: &[u8]) -> bool {
    let end = file.len().saturating_sub(SUM.len() + DIGITS + 2);
    summed([&file[..end], b"}"].concat()) == file
}
