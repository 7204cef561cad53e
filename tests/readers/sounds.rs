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

fn chunk(id: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let size = (bytes.len() as u32).to_le_bytes();
    [id.as_slice(), &size, bytes].concat()
}

/// A file of these chunks.
fn riff(id: &[u8; 4], chunks: &[Vec<u8>]) -> Vec<u8> {
    let chunks = chunks.concat();
    let size = (chunks.len() as u32 + 4).to_le_bytes();
    [id.as_slice(), &size, b"WAVE", &chunks].concat()
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
    chunk(b"fmt ", &form)
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

#[test]
fn the_same_samples_in_every_form_give_the_same_image() {
    let samples = samples(RATE);
    let data = bytes(&samples);
    let expected = one(wav(RATE, &samples)).unwrap();
    let plain = form(1, 1, 16, &[]);
    let extensible = |tag: u8| {
        let guid = b"\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71";
        [
            b"\x16\0\x10\0\x04\0\0\0".as_slice(),
            &[tag],
            &guid[..1],
            &guid[2..],
        ]
        .concat()
    };
    let floats = samples.iter().map(|sample| f64::from(*sample) / 32768.0);
    let doubles: Vec<u8> = floats.clone().flat_map(f64::to_le_bytes).collect();
    let singles: Vec<u8> = floats
        .flat_map(|value| (value as f32).to_le_bytes())
        .collect();
    let padded = |id: &[u8; 4]| [chunk(id, b"odd"), vec![0]].concat();
    let open = |size: u32| {
        let mut open = riff(b"RIFF", &[plain.clone(), chunk(b"data", &data)]);
        let at = open.len() - data.len() - 4;
        open[4..8].copy_from_slice(&size.to_le_bytes());
        open[at..at + 4].copy_from_slice(&size.to_le_bytes());
        open
    };
    let both: Vec<u8> = data
        .chunks(2)
        .flat_map(|sample| [sample, sample].concat())
        .collect();
    let wide: Vec<u8> = data
        .chunks(2)
        .flat_map(|sample| [0, 0, sample[0], sample[1]])
        .collect();
    // The length in a chunk of its own, as files of more than 4 GB have it.
    let mut long = chunk(
        b"ds64",
        &[[0; 8], (data.len() as u64).to_le_bytes(), [0; 8]].concat(),
    );
    long.extend([0; 4]);
    long[4] += 4;
    let mut of_long = chunk(b"data", &data);
    of_long[4..8].fill(0xff);
    for (what, wave) in [
        (
            "chunks before and after",
            riff(
                b"RIFF",
                &[
                    padded(b"LIST"),
                    plain.clone(),
                    padded(b"bext"),
                    chunk(b"data", &data),
                    padded(b"LIST"),
                ],
            ),
        ),
        (
            "odd chunks that are not filled up",
            riff(
                b"RIFF",
                &[
                    chunk(b"LIST", b"odd"),
                    plain.clone(),
                    chunk(b"LIST", b"odd"),
                    chunk(b"data", &data),
                ],
            ),
        ),
        ("a pipe that left 0", open(0)),
        ("a pipe that left the most", open(u32::MAX)),
        ("sox in a pipe", open(0x7fff_f024)),
        (
            "half a sample more",
            riff(
                b"RIFF",
                &[
                    plain.clone(),
                    chunk(b"data", &[data.as_slice(), &[7]].concat()),
                ],
            ),
        ),
        ("RF64", riff(b"RF64", &[long, plain.clone(), of_long])),
        (
            "extensible",
            riff(
                b"RIFF",
                &[form(0xfffe, 1, 16, &extensible(1)), chunk(b"data", &data)],
            ),
        ),
        (
            "32 bits",
            riff(b"RIFF", &[form(1, 1, 32, &[]), chunk(b"data", &wide)]),
        ),
        (
            "floats",
            riff(b"RIFF", &[form(3, 1, 32, &[]), chunk(b"data", &singles)]),
        ),
        (
            "doubles",
            riff(b"RIFF", &[form(3, 1, 64, &[]), chunk(b"data", &doubles)]),
        ),
        (
            "stereo",
            riff(b"RIFF", &[form(1, 2, 16, &[]), chunk(b"data", &both)]),
        ),
    ] {
        let image = one(wave).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(difference(&image, &expected) < 1e-5, "{what}");
    }
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
    let adpcm = riff(b"RIFF", &[form(2, 1, 16, &[]), chunk(b"data", &[0; 64])]);
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
