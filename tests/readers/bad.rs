//! Files that cannot be used: each is refused by a sentence that names the file, the place and the
//! remedy.

use latent_lens::data::readers::{File, Options, open};

use crate::pack::{self, file, gzip, npy, png, wav, zip};
use crate::read;

/// The message with which these files are refused.
fn message(files: &[File]) -> String {
    match read(files) {
        Ok(collection) => panic!("read: {:?}", collection.preview()),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn refused(name: &str, bytes: impl Into<Vec<u8>>, parts: &[&str]) {
    let message = message(&[file(name, bytes)]);
    assert!(message.starts_with(name), "{message}");
    assert!(message.ends_with('.'), "{message}");
    for part in parts {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn empty_and_unknown_files() {
    refused("a.csv", "", &["empty", "Choose"]);
    refused(
        "a.bin",
        [0, 1, 2, 3, 4, 5],
        &["no form that can be read", "Choose IDX"],
    );
    refused("model.keras", b"\x89HDF\r\n\x1a\n..", &["HDF5"]);
    refused("a.csv", b"\xff\xfe1\0,", &["UTF-16", "UTF-8"]);
    refused("a.csv", b"label,x\n\x81,1\n", &["Windows-1252", "UTF-8"]);
    refused("song.wav", b"OggS....", &["compressed recording"]);
    refused("a.zip", zip(&[]), &["archive is empty"]);
    assert!(message(&[]).contains("no file to read"));
}

#[test]
fn arrays_cut_short_too_long_or_absurdly_large() {
    let images = pack::idx(&[2, 2, 2], &[0, 1, 2, 3, 4, 5, 6, 255]);
    refused(
        "a.idx",
        &images[..images.len() - 1],
        &["8 bytes", "7 follow", "fetch it again"],
    );
    refused("a.idx", &images[..9], &["not an IDX file"]);
    refused("a.idx", pack::idx(&[u32::MAX; 4], &[]), &["at most 536 MB"]);
    refused("a.gz", &gzip(&images)[..30], &["damaged"]);

    let array = npy("<f4", "(2, 1, 2)", &[0; 16]);
    refused(
        "a.npy",
        &array[..array.len() - 3],
        &["16 bytes", "13 follow"],
    );
    refused("a.npy", npy("<f4", "(2, 1, 2)", &[0; 17]), &["more follow"]);
    refused("a.npy", &array[..20], &["within its header"]);
    for shape in [
        "(9999999, 9999, 99)",
        "(4294967296, 4294967296, 4294967296)",
    ] {
        refused("a.npy", npy("<f8", shape, &[]), &["announces", "536 MB"]);
    }
    refused("a.npy", npy("|O", "(3,)", &[]), &["|O", "float32"]);
    refused("a.npy", npy("<f4", "(0, 3, 3)", &[]), &["empty"]);
    refused(
        "a.npy",
        npy("|u1", "(1, 2, 2, 5)", &[0; 20]),
        &["no shape of images"],
    );
    refused(
        "a.npy",
        npy("|u1", "(2, 2, 3, 5)", &[0; 60]),
        &["2 × 2 × 3 × 5", "numpy.moveaxis"],
    );
}

#[test]
fn numbers_that_are_none_and_bytes_in_the_wrong_order() {
    let nan: Vec<u8> = [1.0, f32::NAN]
        .into_iter()
        .flat_map(f32::to_le_bytes)
        .collect();
    refused(
        "a.npy",
        npy("<f4", "(2, 1, 1)", &nan),
        &["number 2", "nan_to_num"],
    );
    let mut floats = vec![0, 0, 0x0d, 3];
    floats.extend([1_u32, 1, 1].iter().flat_map(|size| size.to_be_bytes()));
    floats.extend(f32::INFINITY.to_be_bytes());
    refused("a.idx", floats, &["number 1", "infinite"]);

    let sizes = [10_u32, 28, 28].map(u32::swap_bytes);
    refused(
        "a.idx",
        pack::idx(&sizes, &[0; 7840]),
        &["little-endian", "big-endian"],
    );
    let mut swapped = pack::idx(&sizes, &[0; 7840]);
    swapped[..4].reverse();
    refused("a.idx", swapped, &["little-endian"]);
    let floats: Vec<u8> = [0.5_f32; 9]
        .into_iter()
        .flat_map(f32::to_be_bytes)
        .collect();
    refused(
        "a.npy",
        npy("<f4", "(1, 3, 3)", &floats),
        &["byte order", "float32"],
    );
}

#[test]
fn labels_that_do_not_fit() {
    let images = file("images", pack::idx(&[3, 1, 1], &[1, 2, 255]));
    let labels = file("labels", pack::idx(&[2], &[1, 2]));
    assert_eq!(
        message(&[images, labels.clone()]),
        "labels: There are 2 labels, but 3 images in images. Choose the labels that belong to \
         these images."
    );
    assert!(message(&[labels]).contains("Choose the file of the images as well"));
    let numbers: Vec<u8> = (0..300_u16).flat_map(u16::to_le_bytes).collect();
    refused("y.npy", npy("<u2", "(300,)", &numbers), &["more than 256"]);
    let mut labels = vec![0, 0, 0x0b, 1, 0, 0, 1, 44];
    labels.extend((0..300_u16).flat_map(u16::to_be_bytes));
    refused("y.idx", labels, &["more than 256"]);
    let sizes = [
        file("a.npy", npy("|u1", "(1, 2, 2)", &[9; 4])),
        file("b.npy", npy("|u1", "(1, 2, 3)", &[9; 6])),
    ];
    assert!(message(&sizes).contains("must have one size"));
}

#[test]
fn pictures_cut_short_damaged_or_absurdly_large() {
    let picture = png(8, 8, &[100; 64]);
    refused(
        "a.png",
        &picture[..picture.len() - 20],
        &["damaged or cut short"],
    );
    refused("a.png", &picture[..20], &["damaged or cut short"]);
    let mut flipped = picture.clone();
    flipped[45] ^= 0x55;
    refused("a.png", flipped, &["damaged"]);
    // The png library panics on palettes of other lengths than multiples of 3.
    let mut palette = png(1, 1, &[0]);
    palette[25] = 3;
    palette.splice(33..33, *b"\0\0\0\x04PLTE1234\0\0\0\0");
    crate::mend::mend_png(&mut palette);
    refused("a.png", palette, &["palette"]);
    let mut huge = picture.clone();
    huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    refused(
        "a.png",
        huge,
        &["2147483647 × 2147483647", "Make it smaller"],
    );
    let mut large = picture.clone();
    large[16..24].copy_from_slice(&[0, 0, 0x10, 0, 0, 0, 0x10, 0]);
    refused("a.png", large, &["too short for the size"]);
    refused(
        "a.jpg",
        [0xff, 0xd8, 0xff, 0xe0, 0, 4],
        &["damaged or cut short"],
    );
    // A field of four thousand million values, for which the tiff library would make room.
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend(b"\x03\x01\x03\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0");
    refused("a.tif", tiff, &["longer than the file"]);
    let both = [
        file("a.png", picture),
        file("b.npy", npy("|u1", "(1, 1, 1)", &[1])),
    ];
    assert!(message(&both).contains("Choose files of one form"));
}

#[test]
fn recordings_cut_short_or_of_no_rate() {
    let sound = wav(48_000, &[7; 600]);
    refused("0_a.wav", &sound[..900], &["1200 bytes", "856 follow"]);
    refused("0_a.wav", &sound[..20], &["ends within its header"]);
    refused("0_a.wav", wav(48_000, &[]), &["no samples"]);
    refused("0_a.wav", wav(100, &[7; 600]), &["100 Hz", "Resample"]);
}

#[test]
fn archives_damaged_nested_or_made_to_explode() {
    let images = pack::idx(&[1, 1, 1], &[1]);
    let inner = zip(&[("a.idx", &images)]);
    let message = message(&[file("outer.zip", zip(&[("inner.zip", &inner)]))]);
    assert!(message.starts_with("outer.zip/inner.zip: "), "{message}");
    assert!(message.contains("Unpack it"), "{message}");
    refused(
        "a.zip",
        &inner[..inner.len() - 8],
        &["damaged or cut short"],
    );
    refused("a.gz", gzip(&gzip(&images)), &["archive within an archive"]);

    // 32 MB of zeros in 32 KB, where 1 MB is allowed.
    let zeros = vec![b'0'; 32 << 20];
    let options = Options {
        max_bytes: 1 << 20,
        ..Options::default()
    };
    let packed = zip(&[("a.csv", &zeros)]);
    assert!(packed.len() < 64 << 10);
    let bomb = [file("bomb.zip", packed)];
    let error = open(&bomb, &options, &mut |_| {}).unwrap_err().to_string();
    assert!(
        error.contains("larger than 1049 KB when unpacked"),
        "{error}"
    );

    // Every member is small enough, all of them together are not.
    let names: Vec<String> = (0..20).map(|place| format!("{place}.csv")).collect();
    let row = vec![b'1'; 900_000];
    let members: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), row.as_slice()))
        .collect();
    let bomb = [file("bomb.zip", zip(&members))];
    let error = open(&bomb, &options, &mut |_| {}).unwrap_err().to_string();
    assert!(
        error.contains("Choose") || error.contains("finite"),
        "{error}"
    );
}

#[test]
fn tables_too_wide_or_of_prose() {
    refused(
        "a.csv",
        ",".repeat(2_000_000),
        &["more than 1048584 values"],
    );
    refused(
        "a.csv",
        "Dear reader, these\nare no numbers, nowhere\n",
        &["No column of numbers"],
    );
}
