//! WAV recordings, made into spectrograms.

use hound::{SampleFormat, WavReader};

use super::error::ReadError;
use super::options::Options;
use super::part::Images;
use super::paths::{self, Found};
use super::source::{Entry, Source};
use super::spectrogram::{Recipe, SIDE};
use crate::data::Pixels;

/// The most bytes of the file of a recording.
const MAX_FILE: u64 = 64 << 20;

/// Reads all recordings among `entries`, which are nothing else.
pub(super) fn read(
    source: &mut Source<'_>,
    entries: &[Entry],
    options: &Options,
    notes: &mut Vec<String>,
    progress: &mut dyn FnMut(f64),
) -> Result<Images, ReadError> {
    let bytes = (entries.len() * SIDE * SIDE).saturating_mul(4);
    if bytes > options.max_bytes {
        let message = format!(
            "The spectrograms of {} recordings take more than can be held. Choose fewer.",
            entries.len()
        );
        return Err(ReadError::of_all(message));
    }
    let mut all = Vec::with_capacity(entries.len() * SIDE * SIDE);
    let mut recipe: Option<Recipe> = None;
    let mut top: Option<(f64, &str)> = None;
    let mut silent = 0;
    for (place, entry) in entries.iter().enumerate() {
        let file = source.bytes(entry, MAX_FILE)?;
        let (samples, rate) = samples(entry, &file)?;
        drop(file);
        let of_rate = match recipe.take() {
            Some(recipe) if recipe.rate() == rate => recipe,
            _ => Recipe::new(rate).map_err(|message| ReadError::new(&entry.name, message))?,
        };
        let (hertz, first) = *top.get_or_insert((of_rate.top(), &entry.name));
        if hertz != of_rate.top() {
            let message = format!(
                "The recording reaches up to {:.0} Hz, {first} up to {hertz:.0} Hz, so their \
                 pictures would differ in scale. Resample all to one rate.",
                of_rate.top()
            );
            return Err(ReadError::new(&entry.name, message));
        }
        let image = of_rate
            .image(&samples)
            .map_err(|message| ReadError::new(&entry.name, message))?;
        silent += usize::from(image.iter().all(|&value| value == 0.0));
        all.extend(image);
        recipe = Some(of_rate);
        progress((place + 1) as f64 / entries.len() as f64);
    }
    if let Some((hertz, _)) = top.filter(|(hertz, _)| *hertz < Recipe::TOP) {
        notes.push(format!(
            "The recordings reach up to {hertz:.0} Hz only; so does the frequency axis."
        ));
    }
    if silent > 0 {
        notes.push(format!(
            "{silent} recordings are silent: their images are black."
        ));
    }
    let paths: Vec<String> = entries.iter().map(|entry| entry.path.clone()).collect();
    let (labels, found) = paths::of_files(&paths, Found::FileName);
    notes.push(paths::told(found, "recordings"));
    Ok(Images {
        name: String::new(),
        height: SIDE,
        width: SIDE,
        pixels: Pixels::Floats(all),
        labels: Some(labels),
    })
}

/// The samples of a recording from -1 to 1, all channels averaged, and their rate in hertz.
fn samples(entry: &Entry, file: &[u8]) -> Result<(Vec<f32>, u32), ReadError> {
    let damaged = |error: hound::Error| {
        let message = match error {
            hound::Error::Unsupported => {
                "The recording is compressed. Save it as PCM, of 8 to 32 bits, or as floats.".into()
            }
            error => {
                format!(
                    "The recording is damaged or cut short ({error}). Fetch it again or leave it out."
                )
            }
        };
        ReadError::new(&entry.name, message)
    };
    let mut reader = WavReader::new(file).map_err(damaged)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels).max(1);
    // A header can announce more than follows; the file bounds what is asked for.
    let mut samples = Vec::with_capacity((reader.len() as usize).min(file.len()) / channels);
    let (mut sum, mut heard) = (0.0, 0);
    let mut add = |sample: f32| {
        sum += sample;
        heard += 1;
        if heard == channels {
            samples.push(sum / channels as f32);
            (sum, heard) = (0.0, 0);
        }
    };
    match spec.sample_format {
        SampleFormat::Float => {
            for sample in reader.samples::<f32>() {
                add(sample.map_err(damaged)?);
            }
        }
        SampleFormat::Int => {
            let full = 2_f32.powi(i32::from(spec.bits_per_sample.clamp(1, 32)) - 1);
            for sample in reader.samples::<i32>() {
                add(sample.map_err(damaged)? as f32 / full);
            }
        }
    }
    Ok((samples, spec.sample_rate))
}
