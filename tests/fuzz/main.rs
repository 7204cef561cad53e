//! Every reader against files broken at random: none may panic, nor take more memory than the
//! limits allow.
//!
//! The cases are the same in every run of the same length. Each reader is tried for
//! `LATENT_LENS_FUZZ_SECONDS` seconds (2 where it is not set): `cargo test --features readers
//! --test fuzz -- --nocapture` also tells how many files that were, and what they did.

#![cfg(feature = "readers")]

mod memory;
#[path = "../readers/mend.rs"]
mod mend;
mod mutate;
#[path = "../readers/pack.rs"]
mod pack;
mod seeds;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use latent_lens::data::readers::{
    Channels, Decimal, File, Gaps, Grey, LabelColumn, Normalise, Options, ResultsOptions, Roles,
    groups, latents, open, results, told,
};
use latent_lens::data::{ImageShape, idx};
use latent_lens::report::{Metric, Report};

use mutate::{Random, mutate};
use pack::{file, gzip, npy, png, zip};

/// What unpacked files and pixels may take here: little, so that taking more shows.
const MAX_BYTES: usize = 1 << 20;
/// Pixels are held twice while they are joined, beside one unpacked file; vectors that grow may be
/// twice as large as what is in them.
const ALLOWED: usize = 8 * MAX_BYTES;
/// Lists of columns, members and labels may take so many times the file.
const ALLOWED_PER_BYTE: usize = 64;

#[test]
fn idx_files() {
    fuzz("idx", &seeds::idx(), |files, _| files);
}

#[test]
fn idx_files_that_are_packed_after_they_were_broken() {
    let images = pack::idx(&[6, 3, 4], &(0..72).collect::<Vec<u8>>());
    fuzz(
        "idx in gzip",
        &[vec![file("images.gz", images)]],
        |mut files, _| {
            for file in &mut files {
                file.bytes = gzip(&file.bytes);
            }
            files
        },
    );
}

/// What the engines read is read by another function.
#[test]
fn idx_files_of_the_engines() {
    let seed = pack::idx(&[6, 3, 4], &(0..72).collect::<Vec<u8>>());
    let mut random = Random::new("engines");
    let mut done = 0;
    let end = Instant::now() + seconds();
    while Instant::now() < end {
        let bytes = mutate(&seed, &[], &mut random);
        let read = catch_unwind(|| idx::read(&bytes).map(|images| idx::write(&images)));
        assert!(read.is_ok(), "panicked on {bytes:02x?}");
        done += 1;
    }
    println!("idx of the engines: {done} files");
}

#[test]
fn tables() {
    fuzz("csv", &seeds::tables(), |files, _| files);
}

#[test]
fn arrays_of_numpy() {
    fuzz("npy", &seeds::arrays(), |files, _| files);
}

#[test]
fn files_of_r() {
    fuzz("r", &seeds::of_r(), |files, random| match random.below(4) {
        0 => files
            .into_iter()
            .map(|File { name, bytes }| file(&name, gzip(&bytes)))
            .collect(),
        _ => files,
    });
}

#[test]
fn training_and_test_sets() {
    fuzz("roles", &seeds::training_and_test(), |files, _| files);
}

#[test]
fn archives() {
    fuzz("zip", &seeds::archives(), |files, _| files);
}

#[test]
fn archives_that_are_packed_after_their_members_were_broken() {
    let sets = [
        vec![
            file("0/a.png", png(3, 3, &[5; 9])),
            file("1/b.png", png(4, 3, &[7; 12])),
        ],
        vec![
            file("x.npy", npy("|u1", "(2, 2, 2)", &[9; 8])),
            file("y.npy", npy("|u1", "(2,)", &[0, 1])),
        ],
    ];
    fuzz("members", &sets, |files, _| {
        let members: Vec<(&str, &[u8])> = files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect();
        vec![file("all.zip", zip(&members))]
    });
}

#[test]
fn pictures_as_png() {
    fuzz("png", &seeds::png_pictures(), |mut files, random| {
        // Most would be refused for their check sums alone.
        if random.below(4) > 0 {
            for file in &mut files {
                mend::mend_png(&mut file.bytes);
            }
        }
        files
    });
}

#[test]
fn pictures_as_jpeg() {
    fuzz("jpeg", &seeds::jpeg_pictures(), |files, _| files);
}

#[test]
fn pictures_as_tiff() {
    fuzz("tiff", &seeds::tiff_pictures(), |files, _| files);
}

#[test]
fn pictures_with_a_table_of_labels() {
    fuzz("labels", &seeds::labels(), |files, _| files);
}

#[test]
fn recordings() {
    fuzz("wav", &seeds::recordings(), |files, _| files);
}

/// Which pixels belong together is read by another function.
#[test]
fn groups_of_pixels() {
    let image = ImageShape::grey(3, 4);
    let names: Vec<String> = (0..12).map(|place| format!("c{place}")).collect();
    let seeds = seeds::groups();
    let mut random = Random::new("groups");
    let (mut done, mut accepted, mut most) = (0, 0, 0);
    let end = Instant::now() + seconds();
    while Instant::now() < end {
        let mut seed = random.choose(&seeds).clone();
        let others = [random.choose(&seeds).bytes.clone()];
        seed.bytes = mutate(&seed.bytes, &others, &mut random);
        if random.below(4) > 0 && seed.name.ends_with("png") {
            mend::mend_png(&mut seed.bytes);
        }
        let before = memory::start();
        let size = seed.bytes.len();
        let files = [seed];
        let read = catch_unwind(|| groups(&files, image, Some(&names)));
        let taken = memory::peak() - before;
        let Ok(read) = read else {
            panic!("groups: case {done} panicked: {files:02x?}");
        };
        match read {
            Ok(found) => {
                accepted += 1;
                let grouping = found.grouping;
                assert_eq!(grouping.of.len(), 12);
                let groups = 1..=grouping.names.len() as u32;
                assert!(groups.clone().all(|group| grouping.of.contains(&group)));
                assert!(grouping.of.iter().all(|of| *of == 0 || groups.contains(of)));
            }
            Err(error) => {
                let message = error.to_string();
                assert!(message.ends_with('.'), "no sentence: {message}");
            }
        }
        assert!(
            taken <= ALLOWED + ALLOWED_PER_BYTE * size,
            "{taken}: {files:02x?}"
        );
        most = most.max(taken);
        done += 1;
    }
    println!(
        "groups: {done} files, {accepted} accepted, at most {} KB",
        most / 1000
    );
    assert!(done > 0 && accepted > 0);
}

/// Results and latents that were computed elsewhere.
#[test]
fn results_of_others() {
    let seeds = seeds::results();
    let mut random = Random::new("results");
    let (mut done, mut accepted, mut most) = (0, 0, 0);
    let end = Instant::now() + seconds();
    while Instant::now() < end {
        let mut seed = random.choose(&seeds).clone();
        let others = [random.choose(&seeds).bytes.clone()];
        seed.bytes = mutate(&seed.bytes, &others, &mut random);
        let before = memory::start();
        let files = [seed];
        let read = catch_unwind(|| {
            let rows = latents(&files).map(|found| found.values.nrows());
            let _ = told(&files[0]);
            let found = results(&files, &ResultsOptions::default());
            let found = found.map(|found| Report::of_results(found, Metric::Mse));
            (rows, found)
        });
        let taken = memory::peak() - before;
        let Ok((rows, found)) = read else {
            panic!("results: case {done} panicked: {files:02x?}");
        };
        match &found {
            Ok(report) => {
                accepted += 1;
                assert_eq!(report.check(), Ok(()), "{files:02x?}");
            }
            Err(error) => assert!(error.to_string().ends_with('.'), "no sentence: {error}"),
        }
        if let Err(error) = rows {
            assert!(error.to_string().ends_with('.'), "no sentence: {error}");
        }
        let size = files[0].bytes.len();
        assert!(
            taken <= ALLOWED + 8 * ALLOWED_PER_BYTE * size,
            "{taken}: {files:02x?}"
        );
        most = most.max(taken);
        done += 1;
    }
    println!(
        "results: {done} files, {accepted} accepted, at most {} KB",
        most / 1000
    );
    assert!(done > 0 && accepted > 0);
}

/// The folder of the project.
fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

fn seconds() -> Duration {
    let seconds = std::env::var("LATENT_LENS_FUZZ_SECONDS").ok();
    Duration::from_secs_f64(seconds.map_or(2.0, |seconds| {
        seconds
            .parse()
            .expect("LATENT_LENS_FUZZ_SECONDS is a number")
    }))
}

/// Breaks the files of one set after another, lets `after` pack them, and reads them.
fn fuzz(name: &str, sets: &[Vec<File>], after: impl Fn(Vec<File>, &mut Random) -> Vec<File>) {
    let mut random = Random::new(name);
    for files in sets {
        let whole = after(files.clone(), &mut Random::new(""));
        let read = open(&whole, &Options::default(), &mut |_| {});
        let asked = |error: &latent_lens::data::readers::ReadError| error.needs.is_some();
        assert!(
            read.is_ok() || read.as_ref().is_err_and(asked),
            "{:?}",
            read.err()
        );
    }
    let (mut done, mut accepted, mut most, mut slowest) = (0, 0, 0, Duration::ZERO);
    let end = Instant::now() + seconds();
    while Instant::now() < end {
        let mut files = random.choose(sets).clone();
        let others: Vec<Vec<u8>> = random
            .choose(sets)
            .iter()
            .map(|file| file.bytes.clone())
            .collect();
        let place = random.below(files.len());
        files[place].bytes = mutate(&files[place].bytes, &others, &mut random);
        let files = after(files, &mut random);
        let options = options(&mut random);
        let size: usize = files.iter().map(|file| file.bytes.len()).sum();

        let start = Instant::now();
        let before = memory::start();
        let read = catch_unwind(AssertUnwindSafe(|| {
            let collection = open(&files, &options, &mut |_| {})?;
            let classes = collection.classes();
            let count: usize = classes.iter().map(|class| class.images.count()).sum();
            assert_eq!(collection.preview().count, count);
            Ok::<_, latent_lens::data::readers::ReadError>(())
        }));
        let taken = memory::peak() - before;
        slowest = slowest.max(start.elapsed());
        most = most.max(taken);
        done += 1;
        let Ok(read) = read else {
            panic!("{name}: case {done} panicked, {options:?}: {files:02x?}");
        };
        match read {
            Ok(()) => accepted += 1,
            Err(error) => {
                let message = error.to_string();
                assert!(message.ends_with(['.', '?']), "no sentence: {message}");
            }
        }
        assert!(
            taken <= ALLOWED + ALLOWED_PER_BYTE * size,
            "{name}: case {done} took {taken} bytes, {options:?}: {files:02x?}"
        );
    }
    println!(
        "{name}: {done} files, {accepted} accepted, at most {} KB and {} ms",
        most / 1000,
        slowest.as_millis()
    );
    assert!(done > 0);
}

fn options(random: &mut Random) -> Options {
    let mut options = Options {
        max_bytes: MAX_BYTES,
        ..Options::default()
    };
    match random.below(20) {
        0 => {
            options.shape = Some(ImageShape {
                height: random.below(6),
                width: random.below(6),
                channels: random.below(5),
            });
        }
        1 => options.size = Some((random.below(40), random.below(40))),
        2 => options.label_column = Some(LabelColumn::Index(random.below(6))),
        3 => options.header = Some(random.below(2) == 0),
        4 => options.grey = [Grey::Mean, Grey::Luma, Grey::Never][random.below(3)],
        5 => options.normalise = Some(Normalise::MinMax),
        6 => options.normalise = Some(Normalise::Keep),
        7 => options.images = Some("x".into()),
        8 => options.gaps = Gaps::Drop,
        9 => options.drop = vec![LabelColumn::Index(random.below(6))],
        10 => options.keep = vec![LabelColumn::Index(random.below(6))],
        11 => options.normalise = Some(Normalise::MinMaxColumn),
        12 => options.normalise = Some(Normalise::Standard),
        13 => options.decimal = Some(Decimal::Comma),
        14 | 15 => options.roles = Roles::ByName,
        16 => options.channels = Some(Channels::First),
        17 => options.channels = Some(Channels::Last),
        _ => {}
    }
    options
}
