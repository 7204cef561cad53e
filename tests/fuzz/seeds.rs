//! Small files that are whole, of every kind that the readers of data know: what is broken begins with them.

use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;
use latent_lens::data::readers::File;
use serde::Deserialize;

use crate::pack::{self, file, gzip, npy, png, wav, zip};
use crate::root;

/// Images in the form of MNIST, with and without labels.
pub fn idx() -> Vec<Vec<File>> {
    let images = pack::idx(&[6, 3, 4], &(0..72).collect::<Vec<u8>>());
    let labels = pack::idx(&[6], &[0, 1, 2, 0, 1, 2]);
    let mut floats = vec![0, 0, 0x0d, 3];
    floats.extend([2_u32, 3, 3].iter().flat_map(|size| size.to_be_bytes()));
    floats.extend((0..18).flat_map(|value| (value as f32 / 17.0).to_be_bytes()));
    let mut numbers = vec![0, 0, 0x0c, 1, 0, 0, 0, 6];
    numbers.extend((0..6_i32).flat_map(|label| (20_231_000 + label % 2).to_be_bytes()));
    vec![
        vec![file("images", images.clone()), file("labels", labels)],
        vec![file("images", images.clone()), file("numbers", numbers)],
        vec![file("floats", floats)],
        vec![file("images.gz", gzip(&images))],
    ]
}

/// Tables as spreadsheets and programs write them.
pub fn tables() -> Vec<Vec<File>> {
    vec![
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
    ]
}

/// Arrays of NumPy, two of which belong together.
pub fn arrays() -> Vec<Vec<File>> {
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
    sets
}

/// Files of R, most of them unpacked.
pub fn of_r() -> Vec<Vec<File>> {
    let four = file("images", pack::idx(&[4, 1, 1], &[1, 2, 3, 255]));
    vec![
        vec![as_it_is("plain.RData")],
        vec![as_it_is("text.rda")],
        vec![unpacked("version-2.rda")],
        vec![unpacked("workspace.RData")],
        vec![unpacked("lists.RData")],
        vec![unpacked("frame.rds")],
        vec![unpacked("names.rds")],
        vec![unpacked("raw.rds")],
        vec![four.clone(), unpacked("deferred.rds")],
        vec![four.clone(), unpacked("factor.rds")],
        vec![four, unpacked("latin1.rds")],
    ]
}

fn as_it_is(name: &str) -> File {
    let path = root().join("tests/readers/r").join(name);
    file(name, fs::read(path).expect("the files of R are committed"))
}

fn unpacked(name: &str) -> File {
    let File { name, bytes } = as_it_is(name);
    let mut plain = Vec::new();
    match GzDecoder::new(&bytes[..]).read_to_end(&mut plain) {
        Ok(_) => file(&name, plain),
        Err(_) => File { name, bytes },
    }
}

/// Sets of two roles, which their names tell.
pub fn training_and_test() -> Vec<Vec<File>> {
    vec![
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
    ]
}

/// Archives of several files.
pub fn archives() -> Vec<Vec<File>> {
    let images = npy("|u1", "(2, 2, 2)", &[9; 8]);
    let labels = npy("|u1", "(2,)", &[0, 1]);
    let table = b"label,a,b,c,d\n1,0,0,7,255\n0,9,9,9,9\n".repeat(20);
    vec![
        vec![file(
            "a.npz",
            zip(&[("x.npy", &images), ("y.npy", &labels)]),
        )],
        vec![file(
            "b.zip",
            zip(&[("d/t.csv", &table), ("d/u.csv", &table)]),
        )],
        vec![file("c.zip", zip(&[("0/a.png", &png(3, 3, &[5; 9]))]))],
    ]
}

/// Pictures as PNG.
pub fn png_pictures() -> Vec<Vec<File>> {
    let mut sets = vec![vec![file(
        "a.png",
        png(12, 9, &(0..108).collect::<Vec<u8>>()),
    )]];
    sets.extend(recorded(|recorded| recorded.pictures));
    sets.retain(|files| files[0].name.ends_with("png"));
    sets
}

/// Pictures as JPEG.
pub fn jpeg_pictures() -> Vec<Vec<File>> {
    let mut sets = recorded(|recorded| recorded.pictures);
    sets.retain(|files| files[0].name.ends_with("jpg"));
    sets
}

/// Pictures as TIFF.
pub fn tiff_pictures() -> Vec<Vec<File>> {
    let mut sets = recorded(|recorded| recorded.pictures);
    sets.retain(|files| files[0].name.ends_with("tif"));
    sets
}

/// Pictures beside a table of their labels.
pub fn labels() -> Vec<Vec<File>> {
    let pictures = || (1..4).map(|place| file(&format!("{place}.png"), png(1, 1, &[place])));
    let sets = [
        "id,label\n1,a\n2,b\n3,a\n",
        "a\nb\na\n",
        "1.png\ta\n2.png\tb\n3.png\tb\n",
    ];
    sets.map(|table| pictures().chain([file("t.csv", table)]).collect())
        .into()
}

/// Recordings as WAV.
pub fn recordings() -> Vec<Vec<File>> {
    let samples: Vec<i16> = (0..1200_i32)
        .map(|place| (place * 7919 % 20_011) as i16)
        .collect();
    let mut sets = vec![vec![
        file("0_a.wav", wav(16_000, &samples)),
        file("1_a.wav", wav(16_000, &samples)),
    ]];
    sets.extend(recorded(|recorded| recorded.recordings));
    sets
}

/// Which pixels of 3 × 4 belong together.
pub fn groups() -> Vec<File> {
    vec![
        file("a.png", png(3, 4, &[0, 0, 1, 1, 0, 2, 2, 1, 0, 2, 2, 9])),
        file("b.csv", "a,a,b,\na,b,b,0\nc,c,c,c\n"),
        file("c.csv", "column;group\nc1;\"x;y\"\n7;z\nc11;0\n"),
        file("d.csv", "1\t1\ta\n2\t3\tb\n3\t4\ta\n"),
    ]
}

/// Results and latents that were computed elsewhere.
pub fn results() -> Vec<File> {
    let numbers: Vec<u8> = (0..8_u8)
        .flat_map(|of| f32::from(of).to_le_bytes())
        .collect();
    vec![
        unpacked("aim.RData"),
        unpacked("aim-input.rds"),
        unpacked("aim-direction.rds"),
        unpacked("aim-encoded.csv"),
        file("v.csv", "gene;z1;z2\nTP53;0,5;1\nMYC;1,25;2\n"),
        file("v.npy", npy("<f4", "(4, 2)", &numbers)),
    ]
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
