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

use std::fs;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use latent_lens::data::readers::{
    Channels, Decimal, File, Gaps, Grey, LabelColumn, Normalise, Options, ResultsOptions, Roles,
    groups, latents, open, results, told,
};
use latent_lens::data::{ImageShape, idx};
use latent_lens::report::{Metric, Report};
use serde::Deserialize;

use mutate::{Random, mutate};
use pack::{file, gzip, npy, png, wav, zip};

/// What unpacked files and pixels may take here: little, so that taking more shows.
const MAX_BYTES: usize = 1 << 20;
/// Pixels are held twice while they are joined, beside one unpacked file; vectors that grow may be
/// twice as large as what is in them.
const ALLOWED: usize = 8 * MAX_BYTES;
/// Lists of columns, members and labels may take so many times the file.
const ALLOWED_PER_BYTE: usize = 64;

#[test]
fn idx_files() {
    let images = pack::idx(&[6, 3, 4], &(0..72).collect::<Vec<u8>>());
    let labels = pack::idx(&[6], &[0, 1, 2, 0, 1, 2]);
    let mut floats = vec![0, 0, 0x0d, 3];
    floats.extend([2_u32, 3, 3].iter().flat_map(|size| size.to_be_bytes()));
    floats.extend((0..18).flat_map(|value| (value as f32 / 17.0).to_be_bytes()));
    let mut numbers = vec![0, 0, 0x0c, 1, 0, 0, 0, 6];
    numbers.extend((0..6_i32).flat_map(|label| (20_231_000 + label % 2).to_be_bytes()));
    let sets = [
        vec![file("images", images.clone()), file("labels", labels)],
        vec![file("images", images.clone()), file("numbers", numbers)],
        vec![file("floats", floats)],
        vec![file("images.gz", gzip(&images))],
    ];
    fuzz("idx", &sets, |files, _| files);
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
    let sets = [
        vec![file(
            "a.csv",
            "label,a,b,c,d\n1,0,0.5,7,255\n0,9,9,9,9\n1,2,3,4,5\n",
        )],
        vec![file(
            "b.csv",
            "a;b;c;d;class\n\"1,5\";2;3;-4e2;\"ca;t\"\r\n5;6;7;8;dog\r\n",
        )],
        vec![
            file("c.csv", "\"\",x\n1,3\n2,4\n"),
            file("d.csv", "9 2 3 4\n5 6 7 8\n"),
        ],
        vec![file("e.csv", "7\t1\t2\t3\t4\n".repeat(40))],
        vec![file(
            "f.csv",
            "sep=;\r\nid;site;age;smoker;\r\n17;\"A\";9.060,5;True;\r\n4;B;1'234;False;\r\n9;A;NA;True;\r\n",
        )],
        vec![file(
            "g.csv",
            b"label,x,y2\nB\xe4r,1,2\nB\xf6r,3,4\nB\xe4r,5,6\n",
        )],
        vec![file(
            "h.csv",
            "# a  b c\n  1.0   2.5 3\n  4  5.25 6 \n# end\n",
        )],
        vec![file(
            "i.csv",
            [
                b"\xff\xfe".to_vec(),
                "name\tage\tbmi\nä\t1\t2\nb\t3\t?\n"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes)
                    .collect(),
            ]
            .concat(),
        )],
    ];
    fuzz("csv", &sets, |files, _| files);
}

#[test]
fn arrays_of_numpy() {
    let floats: Vec<u8> = (0..24)
        .flat_map(|value| (value as f32).to_le_bytes())
        .collect();
    let doubles: Vec<u8> = (0..12)
        .flat_map(|value| f64::from(value).to_be_bytes())
        .collect();
    let words: Vec<u8> = "one\0two\0"
        .chars()
        .flat_map(|c| (c as u32).to_le_bytes())
        .collect();
    let mut sets = vec![
        vec![file("a.npy", npy("<f4", "(2, 3, 4)", &floats))],
        vec![file("b.npy", npy(">f8", "(3, 4)", &doubles))],
        vec![
            file("x.npy", npy("|u1", "(2, 2, 2, 3)", &floats[..24])),
            file("y.npy", npy("<U4", "(2,)", &words)),
        ],
        vec![
            file("x.npy", npy("|u1", "(2, 2, 2)", &[9; 8])),
            file("y.npy", npy("<i8", "(2,)", &[7; 16])),
        ],
        vec![
            file("x.npy", npy("|u1", "(2, 2, 2)", &[9; 8])),
            file("y.npy", npy("|u1", "(2, 3)", &[0, 1, 0, 1, 0, 0])),
        ],
        vec![
            file("x.npy", npy("|u1", "(2, 2, 2)", &[9; 8])),
            file("y.npy", npy("|S3", "(2,)", b"a\xe4bcat")),
        ],
    ];
    sets.extend(recorded(|recorded| recorded.arrays));
    fuzz("npy", &sets, |files, _| files);
}

#[test]
fn files_of_r() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/r/");
    let of_r = |name: &str| fs::read(format!("{folder}{name}")).unwrap();
    let unpacked = |name: &str| {
        let mut bytes = Vec::new();
        GzDecoder::new(&of_r(name)[..])
            .read_to_end(&mut bytes)
            .unwrap();
        file(name, bytes)
    };
    let four = file("images", pack::idx(&[4, 1, 1], &[1, 2, 3, 255]));
    let sets = [
        vec![file("plain.RData", of_r("plain.RData"))],
        vec![file("text.rda", of_r("text.rda"))],
        vec![unpacked("version-2.rda")],
        vec![unpacked("workspace.RData")],
        vec![unpacked("lists.RData")],
        vec![unpacked("frame.rds")],
        vec![unpacked("names.rds")],
        vec![unpacked("raw.rds")],
        vec![four.clone(), unpacked("deferred.rds")],
        vec![four.clone(), unpacked("factor.rds")],
        vec![four, unpacked("latin1.rds")],
    ];
    fuzz("r", &sets, |files, random| match random.below(4) {
        0 => files
            .into_iter()
            .map(|File { name, bytes }| file(&name, gzip(&bytes)))
            .collect(),
        _ => files,
    });
}

#[test]
fn training_and_test_sets() {
    let sets = [
        vec![
            file("train.csv", "label,a,b,c,d\n1,0,0,7,255\n0,9,9,9,9\n"),
            file("test.csv", "label,a,b,c,d\n1,0,0,7,9\n0,9,9,9,8\n"),
        ],
        vec![file(
            "a.npz",
            zip(&[
                ("train_images.npy", &npy("|u1", "(2, 2, 2)", &[9; 8])),
                ("test_images.npy", &npy("|u1", "(2, 2, 2)", &[7; 8])),
                ("test_labels.npy", &npy("|u1", "(2,)", &[0, 1])),
            ]),
        )],
        vec![
            file("train/a.png", png(3, 3, &[5; 9])),
            file("test/b.png", png(4, 3, &[7; 12])),
        ],
    ];
    fuzz("roles", &sets, |files, _| files);
}

#[test]
fn archives() {
    let images = npy("|u1", "(2, 2, 2)", &[9; 8]);
    let labels = npy("|u1", "(2,)", &[0, 1]);
    let table = b"label,a,b,c,d\n1,0,0,7,255\n0,9,9,9,9\n".repeat(20);
    let sets = [
        vec![file(
            "a.npz",
            zip(&[("x.npy", &images), ("y.npy", &labels)]),
        )],
        vec![file(
            "b.zip",
            zip(&[("d/t.csv", &table), ("d/u.csv", &table)]),
        )],
        vec![file("c.zip", zip(&[("0/a.png", &png(3, 3, &[5; 9]))]))],
    ];
    fuzz("zip", &sets, |files, _| files);
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
    let mut sets = vec![vec![file(
        "a.png",
        png(12, 9, &(0..108).collect::<Vec<u8>>()),
    )]];
    sets.extend(recorded(|recorded| recorded.pictures));
    sets.retain(|files| files[0].name.ends_with("png"));
    fuzz("png", &sets, |mut files, random| {
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
    let mut sets = recorded(|recorded| recorded.pictures);
    sets.retain(|files| files[0].name.ends_with("jpg"));
    fuzz("jpeg", &sets, |files, _| files);
}

#[test]
fn pictures_as_tiff() {
    let mut sets = recorded(|recorded| recorded.pictures);
    sets.retain(|files| files[0].name.ends_with("tif"));
    fuzz("tiff", &sets, |files, _| files);
}

#[test]
fn pictures_with_a_table_of_labels() {
    let pictures = || (1..4).map(|place| file(&format!("{place}.png"), png(1, 1, &[place])));
    let sets = [
        "id,label\n1,a\n2,b\n3,a\n",
        "a\nb\na\n",
        "1.png\ta\n2.png\tb\n3.png\tb\n",
    ];
    let sets = sets.map(|table| pictures().chain([file("t.csv", table)]).collect());
    fuzz("labels", &sets, |files, _| files);
}

#[test]
fn recordings() {
    let samples: Vec<i16> = (0..1200_i32)
        .map(|place| (place * 7919 % 20_011) as i16)
        .collect();
    let mut sets = vec![vec![
        file("0_a.wav", wav(16_000, &samples)),
        file("1_a.wav", wav(16_000, &samples)),
    ]];
    sets.extend(recorded(|recorded| recorded.recordings));
    fuzz("wav", &sets, |files, _| files);
}

/// Which pixels belong together is read by another function.
#[test]
fn groups_of_pixels() {
    let image = ImageShape::grey(3, 4);
    let names: Vec<String> = (0..12).map(|place| format!("c{place}")).collect();
    let seeds = [
        file("a.png", png(3, 4, &[0, 0, 1, 1, 0, 2, 2, 1, 0, 2, 2, 9])),
        file("b.csv", "a,a,b,\na,b,b,0\nc,c,c,c\n"),
        file("c.csv", "column;group\nc1;\"x;y\"\n7;z\nc11;0\n"),
        file("d.csv", "1\t1\ta\n2\t3\tb\n3\t4\ta\n"),
    ];
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
    let of_r = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/readers/r/");
        let mut bytes = fs::read(format!("{folder}{name}")).unwrap();
        if bytes.starts_with(b"\x1f\x8b") {
            let mut plain = Vec::new();
            GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
            bytes = plain;
        }
        file(name, bytes)
    };
    let numbers: Vec<u8> = (0..8_u8)
        .flat_map(|of| f32::from(of).to_le_bytes())
        .collect();
    let seeds = [
        of_r("aim.RData"),
        of_r("aim-input.rds"),
        of_r("aim-direction.rds"),
        of_r("aim-encoded.csv"),
        file("v.csv", "gene;z1;z2\nTP53;0,5;1\nMYC;1,25;2\n"),
        file("v.npy", npy("<f4", "(4, 2)", &numbers)),
    ];
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

/// Files as NumPy, Pillow and SciPy write them.
#[derive(Deserialize)]
struct Recorded {
    arrays: Vec<RecordedFile>,
    pictures: Vec<RecordedFile>,
    recordings: Vec<RecordedFile>,
}

#[derive(Deserialize)]
struct RecordedFile {
    name: String,
    file: String,
}

fn recorded(of: impl Fn(Recorded) -> Vec<RecordedFile>) -> Vec<Vec<File>> {
    let recorded = serde_json::from_str(include_str!("../oracle/files.json")).unwrap();
    of(recorded)
        .into_iter()
        .map(|RecordedFile { name, file: hex }| {
            let bytes: Vec<u8> = (0..hex.len() / 2)
                .map(|place| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap())
                .collect();
            vec![file(&name, bytes)]
        })
        .collect()
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
