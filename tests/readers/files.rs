//! Files written by NumPy, Pillow and SciPy (`tests/oracle/files.py`).

use std::collections::HashMap;

use latent_lens::data::readers::{
    Collection, File, Format, Grey, Options, Preview, ReadError, open,
};
use serde::Deserialize;

use crate::pack::zip;
use crate::read;

#[derive(Deserialize)]
struct Recorded {
    arrays: Vec<RecordedArray>,
    pictures: Vec<RecordedPicture>,
    recordings: Vec<RecordedSound>,
}

#[derive(Deserialize)]
struct RecordedArray {
    name: String,
    file: String,
    height: usize,
    width: usize,
    labels: Option<Vec<String>>,
    images: Vec<f32>,
}

#[derive(Deserialize)]
struct RecordedPicture {
    name: String,
    file: String,
    grey: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct RecordedSound {
    name: String,
    file: String,
    image: Vec<f32>,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../oracle/files.json")).unwrap()
}

fn file(name: &str, hex: &str) -> File {
    let bytes = (0..hex.len() / 2)
        .map(|place| u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).unwrap())
        .collect();
    File {
        name: name.into(),
        bytes,
    }
}

/// A picture as Pillow wrote it.
pub fn recorded_picture(name: &str) -> Vec<u8> {
    let mut pictures = recorded().pictures.into_iter();
    let picture = pictures.find(|picture| picture.name == name).unwrap();
    file(name, &picture.file).bytes
}

/// Every picture that Pillow wrote, and its grey by luma.
pub fn recorded_pictures() -> impl Iterator<Item = (String, Vec<u8>, Vec<f32>)> {
    let pictures = recorded().pictures.into_iter();
    pictures.map(|picture| {
        let bytes = file("", &picture.file).bytes;
        (picture.name, bytes, picture.grey.concat())
    })
}

/// Every image by class, in the order of the files within each class.
fn by_class(collection: &Collection) -> HashMap<String, Vec<Vec<f32>>> {
    let classes = collection.classes().into_iter();
    classes
        .map(|class| {
            let images = (0..class.images.count())
                .map(|image| class.images.intensities(image).collect())
                .collect();
            (class.name, images)
        })
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let pairs = a.iter().zip(b);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Reads a file whose colours become grey as those that were recorded did.
fn luma(file: File) -> Result<Collection, ReadError> {
    let options = Options {
        grey: Grey::Luma,
        ..Options::default()
    };
    open(&[file], &options, &mut |_| {})
}

#[test]
fn arrays_of_numpy_are_read_as_numpy_does() {
    for array in recorded().arrays {
        let collection =
            luma(file(&array.name, &array.file)).unwrap_or_else(|error| panic!("{error}"));
        let Preview {
            height,
            width,
            count,
            format,
            ..
        } = collection.preview();
        let size = array.height * array.width;
        assert_eq!(
            (height, width),
            (array.height, array.width),
            "{}",
            array.name
        );
        assert_eq!(count, array.images.len() / size, "{}", array.name);
        assert_eq!(format, Format::Npy);

        let mut expected: HashMap<String, Vec<Vec<f32>>> = HashMap::new();
        for (place, image) in array.images.chunks(size).enumerate() {
            let name = array.labels.as_ref().map(|labels| labels[place].clone());
            let of_class = expected.entry(name.unwrap_or("all".into())).or_default();
            of_class.push(image.to_vec());
        }
        let found = by_class(&collection);
        assert_eq!(found.len(), expected.len(), "{}", array.name);
        for (name, images) in expected {
            let difference = largest_difference(&found[&name].concat(), &images.concat());
            assert!(difference < 1e-6, "{} {name}: {difference}", array.name);
        }
    }
}

#[test]
fn pictures_are_made_grey_as_pillow_does() {
    for picture in recorded().pictures {
        let collection =
            luma(file(&picture.name, &picture.file)).unwrap_or_else(|error| panic!("{error}"));
        let images = collection.classes().remove(0).images;
        assert_eq!(
            (images.image.height, images.image.width),
            (picture.grey.len(), picture.grey[0].len())
        );
        let expected = picture.grey.concat();
        let found: Vec<f32> = images.intensities(0).map(|value| 255.0 * value).collect();
        // Decoders of JPEG may differ in how they round and how they enlarge colour.
        let allowed = match picture.name.as_str() {
            "cmyk.jpg" | "ycck.jpg" => 4.0,
            name if name.ends_with("jpg") => 3.0,
            name if name.contains("sixteen") || name.contains("twelve") => 1e-3,
            "float.tif" => 1e-3,
            _ => 1.0,
        };
        let difference = largest_difference(&found, &expected);
        assert!(difference <= allowed, "{}: {difference}", picture.name);
    }
}

#[test]
fn spectrograms_are_those_of_scipy() {
    for sound in recorded().recordings {
        let collection =
            read(&[file(&sound.name, &sound.file)]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(collection.preview().format, Format::Recordings);
        let image: Vec<f32> = collection.classes()[0].images.intensities(0).collect();
        let difference = largest_difference(&image, &sound.image);
        assert!(difference < 1e-4, "{}: {difference}", sound.name);
    }
}

#[test]
fn recordings_in_an_archive_are_labelled_by_their_file_names() {
    let files: Vec<(String, Vec<u8>)> = recorded()
        .recordings
        .into_iter()
        .filter(|sound| sound.name.contains("44k"))
        .flat_map(|sound| {
            let bytes = file("", &sound.file).bytes;
            let again = sound.name.replace("44k", "again");
            [(sound.name, bytes.clone()), (again, bytes)]
        })
        .collect();
    let members: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let files = [File {
        name: "audio.zip".into(),
        bytes: zip(&members),
    }];
    let mut told = Vec::new();
    let collection = open(&files, &Options::default(), &mut |done| told.push(done)).unwrap();
    let preview = collection.preview();
    let classes: Vec<(u8, &str, usize)> = preview
        .classes
        .iter()
        .map(|class| (class.label, class.name.as_str(), class.count))
        .collect();
    assert_eq!(classes, [(4, "4", 2), (5, "5", 2)]);
    assert_eq!(preview.examples.len(), 4);
    assert!(told.is_sorted() && told.last() == Some(&1.0), "{told:?}");
}
