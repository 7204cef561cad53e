//! WAV recordings, made into spectrograms.

use super::error::ReadError;
use super::labelled::{Labelled, LeftOut};
use super::labels::{Labels, TooManyClasses};
use super::options::Options;
use super::part::{Images, listed};
use super::resample::Resampler;
use super::source::{Entry, Source};
use super::spectrogram::{self, Recipe, SIDE};
use super::wave::{self, Wave};
use crate::data::{ImageShape, Pixels};
use crate::numerals::{counted, grouped};

/// The most bytes of the file of a recording.
const MAX_FILE: u64 = 64 << 20;

/// Reads recordings, which are `files` and nothing else.
pub(super) fn read(
    source: &mut Source<'_>,
    files: Vec<Labelled>,
    options: &Options,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Images, ReadError> {
    let count = files.len();
    let bytes = (count * SIDE * SIDE).saturating_mul(4);
    if bytes > options.max_bytes {
        let message = format!(
            "The spectrograms of {} recordings take more than can be held. Choose fewer.",
            grouped(count)
        );
        return Err(ReadError::of_all(message));
    }
    let mut left_out = LeftOut::default();
    // A tenth of the time, by guess: only the headers are looked at.
    let mut recordings = Vec::with_capacity(count);
    for (place, file) in files.into_iter().enumerate() {
        let rate = rate(source, &file.entry);
        if let Some(rate) = left_out.keep(rate, source)? {
            recordings.push((file, rate));
        }
        progress(0.1 * place as f64 / count as f64);
    }
    // What lies above half the lowest rate is known of some recordings only.
    let Some(lowest) = recordings.iter().map(|(_, rate)| *rate).min() else {
        left_out.told(count, "recordings", notes)?;
        return Err(ReadError::of_all("There is no recording to read."));
    };
    let recipe = Recipe::new(lowest).map_err(ReadError::of_all)?;

    let mut labels = Labels::default();
    let mut read = Vec::with_capacity(recordings.len());
    let mut all = Vec::with_capacity(recordings.len() * SIDE * SIDE);
    let mut resampler: Option<(u32, Resampler)> = None;
    let (mut silent, mut mixed, mut resampled, mut blemished) = (0, 0, 0, Vec::new());
    for (place, (file, rate)) in recordings.iter().enumerate() {
        let entry = &file.entry;
        let heard = recording(source, entry).and_then(|wave| {
            let mut samples = wave.samples;
            if *rate != lowest {
                let known = resampler.take().filter(|(from, _)| from == rate);
                let (_, of_rate) = resampler
                    .insert(known.unwrap_or_else(|| (*rate, Resampler::new(*rate, lowest))));
                samples = of_rate.apply(&samples);
            }
            let image = recipe.image(&samples);
            let image = image.map_err(|message| ReadError::new(&entry.name, message))?;
            Ok((image, wave.channels, wave.blemish))
        });
        if let Some((image, channels, blemish)) = left_out.keep(heard, source)? {
            silent += usize::from(image.iter().all(|&value| value == 0.0));
            mixed += usize::from(channels > 1);
            resampled += usize::from(*rate != lowest);
            blemished.extend(blemish.map(|what| (entry.name.as_str(), what)));
            all.extend(image);
            read.push((entry.path.clone(), 1));
            labels
                .push(&file.class)
                .map_err(|TooManyClasses| ReadError::new(&entry.name, TooManyClasses::MESSAGE))?;
        }
        progress(0.1 + 0.9 * (place + 1) as f64 / recordings.len() as f64);
    }
    left_out.told(count, "recordings", notes)?;
    let mut handling = Vec::new();
    if resampled > 0 {
        handling.push(format!(
            "{} of {} recordings were resampled to {lowest} Hz, the lowest rate among them.",
            grouped(resampled),
            grouped(labels.len())
        ));
    }
    if recipe.top() < Recipe::TOP {
        handling.push(format!(
            "The recordings reach up to {:.0} Hz only; so does the frequency axis.",
            recipe.top()
        ));
    }
    if mixed > 0 {
        let mixed = counted(mixed, "recording", "recordings");
        handling.push(format!("The channels of {mixed} were averaged."));
    }
    notes.extend(handling.iter().cloned());
    if let Some((_, what)) = blemished.first() {
        let names: Vec<&str> = blemished.iter().map(|(name, _)| *name).collect();
        notes.push(format!("Read, though {what}: {}.", listed(&names)));
    }
    if silent > 0 {
        notes.push(format!(
            "{silent} recordings are silent: their images are black."
        ));
    }
    Ok(Images {
        image: ImageShape::grey(SIDE, SIDE),
        pixels: Pixels::Floats(all),
        labels: Some(labels).filter(Labels::tell),
        handling,
        files: read,
        ..Images::default()
    })
}

/// Samples a second, of a recording that can be read.
fn rate(source: &mut Source<'_>, entry: &Entry) -> Result<u32, ReadError> {
    let file = source.bytes(entry, MAX_FILE)?;
    let header = wave::header(&file).map_err(|reason| damaged(entry, &reason))?;
    spectrogram::check(header.rate).map_err(|message| ReadError::new(&entry.name, message))?;
    Ok(header.rate)
}

fn recording(source: &mut Source<'_>, entry: &Entry) -> Result<Wave, ReadError> {
    let file = source.bytes(entry, MAX_FILE)?;
    wave::read(&file).map_err(|reason| damaged(entry, &reason))
}

fn damaged(entry: &Entry, reason: &str) -> ReadError {
    let message =
        format!("The recording cannot be read: {reason}. Fetch it again or leave it out.");
    ReadError::new(&entry.name, message)
}
