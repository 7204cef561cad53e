//! Folders and archives of pictures as people have them.

use latent_lens::data::ImageShape;
use latent_lens::data::readers::{Collection, File, Grey, Need, Options, groups, open};

use crate::files::recorded_picture;
use crate::pack::{file, npy, png, png_of, zip};
use crate::read;

/// Name, number of images and pixels of every class.
fn classes(collection: &Collection) -> Vec<(String, usize, Vec<f32>)> {
    let classes = collection.classes().into_iter();
    classes
        .map(|class| {
            let count = class.images.count();
            let pixels = class.images.pixels.into_floats();
            (class.name, count, pixels)
        })
        .collect()
}

/// A picture of one pixel of this grey.
fn dot(grey: u8) -> Vec<u8> {
    png(1, 1, &[grey])
}

fn notes(files: &[File]) -> Vec<String> {
    read(files).unwrap().preview().notes
}

fn says(notes: &[String], words: &[&str]) {
    let said = notes
        .iter()
        .any(|note| words.iter().all(|words| note.contains(words)));
    assert!(said, "{words:?} in {notes:?}");
}

#[test]
fn the_order_is_that_of_the_paths_however_files_are_brought() {
    let members = [
        ("set/b/2.png", dot(4)),
        ("set/a b/1.png", dot(3)),
        ("set/a/10.png", dot(1)),
        ("set/a/2.png", dot(2)),
    ];
    let loose: Vec<File> = members
        .iter()
        .map(|(name, bytes)| file(&format!("/home/me/{name}"), bytes.clone()))
        .collect();
    let mut turned = loose.clone();
    turned.reverse();
    let packed: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, bytes)| (*name, bytes.as_slice()))
        .collect();
    let expected = [("a", vec![1.0, 2.0]), ("a b", vec![3.0]), ("b", vec![4.0])];
    for files in [loose, turned, vec![file("set.zip", zip(&packed))]] {
        let found = classes(&read(&files).unwrap());
        let found: Vec<(&str, Vec<f32>)> = found
            .iter()
            .map(|(name, _, pixels)| (name.as_str(), pixels.clone()))
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_table_of_names_and_labels_beside_pictures_labels_them() {
    let files = [
        file("all/0001.png", dot(1)),
        file("all/0002.png", dot(2)),
        file("all/0003.png", dot(3)),
        file("all/0004.png", dot(4)),
        file(
            "labels.csv",
            "id,label\n3,Ka\u{308}fer\n1,Ka\u{308}fer\n2,ox\n9,ox\n",
        ),
    ];
    let collection = read(&files).unwrap();
    let found = classes(&collection);
    assert_eq!(found[0], ("Käfer".into(), 2, vec![1.0, 3.0]));
    assert_eq!(found[1], ("ox".into(), 1, vec![2.0]));
    let preview = collection.preview();
    says(&preview.notes, &["1 of 4 pictures", "no label", "0004.png"]);
    says(&preview.notes, &["A row of labels.csv", "9"]);
    assert_eq!(preview.choices.label_column, Some(1));
    assert_eq!(preview.choices.columns, ["id", "label"]);

    // Where several columns may hold the labels, that is asked.
    let table = "file,sex,side\n0001,m,l\n0002,f,r\n0003,f,l\n0004,m,l\n";
    let mut files = files.to_vec();
    files[4] = file("people.csv", table);
    let error = read(&files).unwrap_err();
    let columns = ["file", "sex", "side"].map(String::from);
    assert_eq!(error.needs, Some(Need::Column(columns.into())), "{error}");

    // Who brings labels that fit nothing has to know.
    files[4] = file("labels.csv", "cat\ndog\ncat\n");
    let error = read(&files).unwrap_err().to_string();
    assert!(error.contains("3 rows where there are 4 files"), "{error}");
    // Prose and other tables are passed over.
    files[4] = file("readme.txt", "0001 cat\n");
    files.push(file("sizes.csv", "a,b\n1,2\n"));
    says(&notes(&files), &["readme.txt was skipped", "prose"]);
    says(&notes(&files), &["sizes.csv was left out"]);
}

#[test]
fn masks_and_what_systems_leave_are_left_out() {
    let files = [
        file("b/train/good/1.png", dot(1)),
        file("b/test/good/1.png", dot(2)),
        file("b/test/cut/1.png", dot(3)),
        file("b/ground_truth/cut/1_mask.png", dot(255)),
        file("b/test/cut/._1.png", vec![0, 5, 22, 7]),
        file("b/test/__MACOSX/cut/1.png", dot(9)),
        file("b/Icon\r", Vec::new()),
        file("b/Thumbs.db", vec![0xd0, 0xcf]),
    ];
    let collection = read(&files).unwrap();
    let expected = [
        ("cut".into(), 1, vec![3.0]),
        ("good".into(), 2, vec![2.0, 1.0]),
    ];
    assert_eq!(classes(&collection), expected);
    let notes = collection.preview().notes;
    says(&notes, &["masks", "b/ground_truth/cut/1_mask.png"]);
    says(
        &notes,
        &["a training set of 1 image and a test set of 2 images"],
    );
    assert_eq!(notes.len(), 3, "{notes:?}");
}

#[test]
fn blemished_pictures_are_read_and_unreadable_ones_cost_no_others() {
    let whole = recorded_picture("colour.jpg");
    let end = whole.len();
    let pixels = |bytes: &[u8]| classes(&read(&[file("a.jpg", bytes)]).unwrap()).remove(0).2;
    let expected = pixels(&whole);
    // Without the mark of the end, and with something behind it.
    assert_eq!(pixels(&whole[..end - 2]), expected);
    assert_eq!(
        pixels(&[&whole, b"\0\0trailing".as_slice()].concat()),
        expected
    );

    let mut garbled = recorded_picture("grey.png");
    garbled.splice(33..33, *b"\0\0\0\x02tEXta\0\x01\x02\x03\x04");
    let plain = pixels(&recorded_picture("grey.png"));
    assert_eq!(pixels(&garbled), plain);
    garbled.extend(b"trailing");
    assert_eq!(pixels(&garbled), plain);

    let half = &whole[..end / 2];
    let files = [
        file("x/a.jpg", half),
        file("x/b.jpg", whole.clone()),
        file("y/c.png", &b"\x89PNG\r\n\x1a\nnothing"[..]),
        file("y/d.jpg", whole.clone()),
    ];
    let collection = read(&files).unwrap();
    assert_eq!(collection.count(), 2);
    says(
        &collection.preview().notes,
        &["2 of 4 pictures", "left out", "x/a.jpg", "y/c.png"],
    );
    let error = read(&[file("x/a.jpg", half)]).unwrap_err().to_string();
    assert!(
        error.starts_with("x/a.jpg: The picture is damaged"),
        "{error}"
    );
}

#[test]
fn depths_are_kept_and_told() {
    let words = |values: [u16; 2]| {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_be_bytes())
            .collect();
        png_of(
            1,
            2,
            ::png::ColorType::Grayscale,
            ::png::BitDepth::Sixteen,
            &bytes,
        )
    };
    let of = |files: &[File]| {
        let collection = read(files).unwrap();
        (classes(&collection).remove(0).2, collection.preview().notes)
    };
    let (pixels, said) = of(&[file("a.png", words([257, 65535]))]);
    assert_eq!(pixels, [1.0 / 255.0, 1.0]);
    says(&said, &["1 of 1 pictures have 16 bits"]);
    // Twelve bits in sixteen, over all pictures, and one of eight bits beside them.
    let files = [
        file("a.png", words([0, 300])),
        file("b.png", words([819, 4095])),
        file("c.png", png(1, 2, &[51, 255])),
    ];
    let (pixels, said) = of(&files);
    let expected = [0.0, 300.0 / 4095.0, 0.2, 1.0, 0.2, 1.0];
    let differ = pixels
        .iter()
        .zip(expected)
        .any(|(a, b)| (a - b).abs() > 1e-6);
    assert!(!differ, "{pixels:?}");
    says(&said, &["2 of 3 pictures", "4095", "white"]);
}

#[test]
fn what_grey_leaves_of_colours_is_told() {
    let picture =
        |colour: [u8; 3]| png_of(1, 1, ::png::ColorType::Rgb, ::png::BitDepth::Eight, &colour);
    // Only blue differs, which luma takes for a ninth and the mean for a third.
    let files = [
        file("a/1.png", picture([0, 0, 0])),
        file("b/1.png", picture([0, 0, 200])),
    ];
    let said = |files: &[File], grey| {
        let options = Options {
            grey,
            ..Options::default()
        };
        open(files, &options, &mut |_| {}).unwrap().preview().notes
    };
    let luma = said(&files, Grey::Luma);
    says(&luma, &["luma: 11 %", "by their mean it would be 33 %"]);
    says(&said(&files, Grey::Mean), &["by their mean: 33 %"]);
    let grey = [file("a/1.png", dot(1)), file("b/1.png", picture([7, 7, 7]))];
    let said = said(&grey, Grey::Luma);
    assert!(!said.iter().any(|note| note.contains("Colours became")));
}

#[test]
fn a_jpeg_of_inks_says_which_way_round_they_are_or_is_refused() {
    let mut picture = recorded_picture("cmyk.jpg");
    let adobe = picture
        .windows(5)
        .position(|bytes| bytes == b"Adobe")
        .unwrap();
    picture[adobe] = b'a';
    let error = read(&[file("a.jpg", picture)]).unwrap_err().to_string();
    assert!(error.contains("CMYK"), "{error}");
}

#[test]
fn pages_and_kinds_of_tiff_are_told() {
    let pages = recorded_picture("pages.tif");
    says(
        &notes(&[file("a.tif", pages)]),
        &["Only the first page", "a.tif"],
    );
}

#[test]
fn a_member_that_cannot_be_unpacked_costs_no_others_and_names_are_those_of_the_packer() {
    let members: Vec<(String, Vec<u8>)> = (0..6)
        .map(|place| {
            (
                format!("{}/{place}.png", ["?pfel", "Birnen"][place % 2]),
                dot(place as u8),
            )
        })
        .collect();
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let mut packed = zip(&members);
    // A name in the letters of the first PCs.
    for byte in &mut packed {
        if *byte == b'?' {
            *byte = 0x8e;
        }
    }
    let names = |packed: Vec<u8>| -> Vec<(String, usize)> {
        let found = classes(&read(&[file("Obst.zip", packed)]).unwrap());
        found
            .into_iter()
            .map(|(name, count, _)| (name, count))
            .collect()
    };
    assert_eq!(
        names(packed.clone()),
        [("Äpfel".into(), 3), ("Birnen".into(), 3)]
    );

    // The method of one member, and of all, is bzip2: in its own header and in the directory.
    let places = |packed: &[u8], mark: &[u8], method: usize| -> Vec<usize> {
        let windows = packed.windows(4).enumerate();
        let starts = windows.filter(|(_, bytes)| *bytes == mark);
        starts.map(|(place, _)| place + method).collect()
    };
    let methods = [
        places(&packed, b"PK\x03\x04", 8),
        places(&packed, b"PK\x01\x02", 10),
    ];
    let mut one = packed.clone();
    for places in &methods {
        one[places[0]] = 12;
    }
    assert_eq!(
        names(one.clone()),
        [("Äpfel".into(), 2), ("Birnen".into(), 3)]
    );
    says(
        &notes(&[file("Obst.zip", one)]),
        &["0.png was left out", "bzip2"],
    );
    for place in methods.into_iter().flatten() {
        packed[place] = 12;
    }
    let error = read(&[file("Obst.zip", packed)]).unwrap_err().to_string();
    assert!(
        error.contains("bzip2") && error.contains("deflate"),
        "{error}"
    );
}

#[test]
fn composed_and_decomposed_names_are_one_class() {
    let files = [
        file("A\u{308}pfel/1.png", dot(1)),
        file("Äpfel/2.png", dot(2)),
        file("Birnen/1.png", dot(3)),
    ];
    let found = classes(&read(&files).unwrap());
    assert_eq!(found[0], ("Äpfel".into(), 2, vec![1.0, 2.0]));
    assert_eq!(found.len(), 2);
}

#[test]
fn masks_have_a_group_for_every_colour() {
    let image = ImageShape::grey(2, 3);
    let read = |bytes: Vec<u8>| groups(&[file("mask.png", bytes)], image, None);
    // Black is in no group beside other colours, and is one alone.
    let grey = read(png(2, 3, &[0, 7, 7, 200, 0, 7])).unwrap();
    assert_eq!(grey.grouping.names, ["grey level 7", "grey level 200"]);
    assert_eq!(grey.grouping.of, [0, 1, 1, 2, 0, 1]);
    assert_eq!(grey.notes, ["2 pixels are in no group."]);
    let black = read(png(2, 3, &[0; 6])).unwrap();
    assert_eq!((black.grouping.of, black.notes), (vec![1; 6], Vec::new()));
    // A colour is the same however much shines through, unless it is not to be seen.
    let painted = [
        [255, 0, 0, 255],
        [255, 0, 0, 90],
        [9, 9, 9, 0],
        [0, 0, 255, 255],
        [0, 0, 0, 255],
        [0, 0, 255, 1],
    ];
    let (colours, depth) = (png::ColorType::Rgba, png::BitDepth::Eight);
    let coloured = read(png_of(2, 3, colours, depth, painted.as_flattened())).unwrap();
    assert_eq!(coloured.grouping.names, ["#0000ff", "#ff0000"]);
    assert_eq!(coloured.grouping.of, [2, 2, 0, 1, 0, 1]);
    let words: Vec<u8> = [300_u16, 300, 0, 2, 2, 0]
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    let (colours, depth) = (png::ColorType::Grayscale, png::BitDepth::Sixteen);
    let deep = read(png_of(2, 3, colours, depth, &words)).unwrap();
    assert_eq!(deep.grouping.names, ["grey level 2", "grey level 300"]);

    let refused = |bytes, image| {
        groups(&[file("m.png", bytes)], image, None)
            .unwrap_err()
            .to_string()
    };
    let other = refused(png(3, 2, &[0; 6]), image);
    assert!(
        other.contains("3 × 2") && other.contains("2 × 3"),
        "{other}"
    );
    let photo: Vec<u8> = (0..900_u16)
        .flat_map(|at| [(at / 30) as u8, (at % 30) as u8, 0])
        .collect();
    let photo = png_of(30, 30, png::ColorType::Rgb, png::BitDepth::Eight, &photo);
    let many = refused(photo, ImageShape::grey(30, 30));
    assert!(
        many.contains("256 colours") && many.contains("as PNG"),
        "{many}"
    );
    let table = groups(&[file("a.npy", npy("|u1", "(2, 3)", &[0; 6]))], image, None).unwrap_err();
    assert!(table.to_string().contains("Choose a PNG"), "{table}");
}
