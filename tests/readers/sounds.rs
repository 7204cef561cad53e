//! WAV files in the forms in which programs write them.

use latent_lens::data::readers::{Collection, File};

use crate::pack::{file, wav};
use crate::read;

const RATE: u32 = 16_000;

/// A tone that rises, in steps of 16 bits.
fn samples(rate: u32) -> Vec<i16> {
    let samples = (0..rate / 4).map(|place| {
        let time = f64::from(place) / f64::from(rate);
        let turn = std::f64::consts::TAU * (1200.0 + 6000.0 * time) * time;
        (turn.sin() * 20_000.0) as i16
    });
    samples.collect()
}

fn chunk(id: &str, bytes: &[u8]) -> Vec<u8> {
    let size = (bytes.len() as u32).to_le_bytes();
    [id.as_bytes(), &size, bytes].concat()
}

/// A file of these chunks.
fn riff(id: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    let size = (chunks.len() as u32 + 4).to_le_bytes();
    [id.as_bytes(), &size, b"WAVE", &chunks].concat()
}

fn form(tag: u16, channels: u16, bits: u16, more: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut form = Vec::new();
    for word in [tag, channels] {
        form.extend(word.to_le_bytes());
    }
    for long in [RATE, RATE * u32::from(block)] {
        form.extend(long.to_le_bytes());
    }
    for word in [block, bits] {
        form.extend(word.to_le_bytes());
    }
    form.extend(more);
    chunk("fmt ", &form)
}

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

fn image(collection: &Collection) -> Vec<f32> {
    collection.classes()[0].images.intensities(0).collect()
}

fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn one(wave: Vec<u8>) -> Result<Vec<f32>, String> {
    let read = read(&[file("0_a.wav", wave)]);
    read.map(|collection| image(&collection))
        .map_err(|error| error.to_string())
}

/// Makes sure that files hold the same samples as a plain one does.
fn all_same(files: Vec<(&str, Vec<u8>)>) {
    let expected = one(wav(RATE, &samples(RATE))).unwrap();
    for (what, file) in files {
        let image = one(file).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(difference(&image, &expected) < 1e-5, "{what}");
    }
}

#[test]
fn chunks_and_lengths_may_be_as_programs_leave_them() {
    let plain = form(1, 1, 16, &[]);
    let bytes = bytes(&samples(RATE));
    let data = chunk("data", &bytes);
    let odd = |id: &str| chunk(id, b"odd");
    let padded = |id: &str| [odd(id), vec![0]].concat();
    let around = [
        padded("LIST"),
        plain.clone(),
        padded("bext"),
        data.clone(),
        padded("LIST"),
    ];
    let unpadded = [odd("LIST"), plain.clone(), odd("LIST"), data.clone()];
    let open = |size: u32| {
        let mut open = riff("RIFF", &[plain.clone(), data.clone()]);
        let at = open.len() - bytes.len() - 4;
        open[4..8].copy_from_slice(&size.to_le_bytes());
        open[at..at + 4].copy_from_slice(&size.to_le_bytes());
        open
    };
    let half_more = chunk("data", &[bytes.as_slice(), &[7]].concat());
    // The length in a chunk of its own, as files of more than 4 GB have it.
    let sizes = [[0; 8], (bytes.len() as u64).to_le_bytes(), [0; 8]].concat();
    let long = chunk("ds64", &[sizes.as_slice(), &[0; 4]].concat());
    let mut of_long = data.clone();
    of_long[4..8].fill(0xff);
    all_same(vec![
        ("chunks before and after", riff("RIFF", &around)),
        ("odd chunks that are not filled up", riff("RIFF", &unpadded)),
        ("a pipe that left 0", open(0)),
        ("a pipe that left the most", open(u32::MAX)),
        ("sox in a pipe", open(0x7fff_f024)),
        (
            "half a sample more",
            riff("RIFF", &[plain.clone(), half_more]),
        ),
        ("RF64", riff("RF64", &[long, plain, of_long])),
    ]);
}

#[test]
fn samples_may_be_coded_as_programs_do() {
    let samples = samples(RATE);
    let data = bytes(&samples);
    let of = |form: Vec<u8>, data: &[u8]| riff("RIFF", &[form, chunk("data", data)]);
    // Its size, 16 valid bits, a speaker, and the tag as a GUID.
    let extension = b"\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
    let floats = samples.iter().map(|sample| f64::from(*sample) / 32768.0);
    let doubles: Vec<u8> = floats.clone().flat_map(f64::to_le_bytes).collect();
    let singles = floats.flat_map(|value| (value as f32).to_le_bytes());
    let singles: Vec<u8> = singles.collect();
    let both = data.chunks(2).flat_map(|sample| [sample, sample].concat());
    let both: Vec<u8> = both.collect();
    let wide = data.chunks(2).flat_map(|low| [0, 0, low[0], low[1]]);
    let wide: Vec<u8> = wide.collect();
    all_same(vec![
        ("extensible", of(form(0xfffe, 1, 16, extension), &data)),
        ("32 bits", of(form(1, 1, 32, &[]), &wide)),
        ("floats", of(form(3, 1, 32, &[]), &singles)),
        ("doubles", of(form(3, 1, 64, &[]), &doubles)),
        ("stereo", of(form(1, 2, 16, &[]), &both)),
    ]);
}

#[test]
fn what_is_missing_is_told_or_refused() {
    let whole = wav(RATE, &samples(RATE));
    let little = whole[..whole.len() - 100].to_vec();
    let notes = read(&[file("0_a.wav", little)]).unwrap().preview().notes;
    assert!(
        notes.iter().any(|note| note.contains("cut short")),
        "{notes:?}"
    );
    let half = whole[..whole.len() / 2].to_vec();
    assert!(one(half.clone()).unwrap_err().contains("follow"));
    let adpcm = riff("RIFF", &[form(2, 1, 16, &[]), chunk("data", &[0; 64])]);
    assert!(one(adpcm.clone()).unwrap_err().contains("ADPCM"));
    // Neither costs the others.
    let files: Vec<File> = [whole.clone(), half, adpcm, whole]
        .into_iter()
        .enumerate()
        .map(|(place, wave)| file(&format!("{}_{place}.wav", place % 2), wave))
        .collect();
    let collection = read(&files).unwrap();
    assert_eq!(collection.count(), 2);
    let notes = collection.preview().notes;
    let left = notes
        .iter()
        .any(|note| note.contains("2 of 4 recordings") && note.contains("1_1"));
    assert!(left, "{notes:?}");
}

#[test]
fn rates_that_differ_are_brought_to_the_lowest() {
    let files = [
        file("0_a.wav", wav(16_000, &samples(16_000))),
        file("0_b.wav", wav(48_000, &samples(48_000))),
        file("1_c.wav", wav(44_100, &samples(44_100))),
    ];
    let collection = read(&files).unwrap();
    let notes = collection.preview().notes;
    let told = notes
        .iter()
        .any(|note| note.contains("2 of 3") && note.contains("16000 Hz"));
    assert!(told, "{notes:?}");
    let classes = collection.classes();
    let images: Vec<Vec<f32>> = [(0, 0), (0, 1), (1, 0)]
        .map(|(class, place): (usize, usize)| classes[class].images.intensities(place).collect())
        .into();
    // The same tone: without resampling they differ by more than a half.
    assert!(
        difference(&images[0], &images[1]) < 0.05,
        "{}",
        difference(&images[0], &images[1])
    );
    assert!(
        difference(&images[0], &images[2]) < 0.05,
        "{}",
        difference(&images[0], &images[2])
    );
}
