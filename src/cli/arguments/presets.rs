//! Kinds of autoencoders by one name: what such a name stands for is written out before arguments are read.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::OnceLock;

use clap::builder::{PossibleValue, PossibleValuesParser};
use serde::Deserialize;

/// A kind of autoencoder as it is taught. The page reads the same table.
#[derive(Debug, Deserialize)]
struct Preset<'a> {
    name: &'a str,
    teaches: &'a str,
    /// What is not as by default, by what the page calls it.
    #[serde(borrow)]
    settings: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Deserialize)]
struct Table<'a> {
    #[serde(borrow)]
    presets: Vec<Preset<'a>>,
}

const ARGUMENT: &str = "--preset";

fn presets() -> &'static [Preset<'static>] {
    static TABLE: OnceLock<Table<'static>> = OnceLock::new();
    let read = || serde_json::from_str(include_str!("../../settings/presets.json"));
    &TABLE
        .get_or_init(|| read().expect("the table is part of the program"))
        .presets
}

/// The names of all presets, with what each teaches.
pub(super) fn names() -> PossibleValuesParser {
    let values = presets().iter();
    PossibleValuesParser::new(values.map(|each| PossibleValue::new(each.name).help(each.teaches)))
}

/// The program's arguments, with all that a preset stands for after its name but what they say themselves.
/// A name that there is not is left to whoever reads them, and so is a preset beside a model that was trained elsewhere.
pub fn written_out(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<OsString> = arguments.into_iter().collect();
    let Some((at, preset)) = chosen(&all) else {
        return all;
    };
    let is_said = |flag: &str| {
        all.iter().filter_map(|each| each.to_str()).any(|each| {
            each.strip_prefix(flag)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    };
    if is_said("--model") || is_said("--command") {
        return all;
    }
    let mut written = Vec::new();
    for (&name, &text) in &preset.settings {
        let flag = flag(name);
        // Filters are of the kind that the preset chose.
        if is_said(&flag) || (name == "filters" && is_said("--kind")) {
            continue;
        }
        match text {
            "true" => written.push(flag.into()),
            text => written.push(format!("{flag}={text}").into()),
        }
    }
    all.splice(at + 1..=at, written);
    all
}

/// What the terminal calls a setting of the page.
fn flag(name: &str) -> String {
    format!(
        "--{}",
        if name == "hidden-layers" {
            "hidden"
        } else {
            name
        }
    )
}

/// The preset that is asked for, and where its name ends.
fn chosen(arguments: &[OsString]) -> Option<(usize, &'static Preset<'static>)> {
    let at = arguments.iter().position(|each| {
        each.to_str()
            .and_then(|each| each.strip_prefix(ARGUMENT))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    })?;
    let (end, name) = match arguments[at].to_str()?.split_once('=') {
        Some((_, name)) => (at, name),
        None => (at + 1, arguments.get(at + 1)?.to_str()?),
    };
    let preset = presets().iter().find(|each| each.name == name)?;
    Some((end, preset))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use latent_lens::settings::{Downsampling, Loss, NetworkKind, Noise, Settings};

    use super::super::{Arguments, Command};
    use super::*;

    fn settings(arguments: &str) -> Settings {
        let line = format!("latent-lens analyse --images x.npy --out results {arguments}");
        let Command::Analyse(request) =
            Arguments::parse_from(written_out(line.split(' ').map(OsString::from))).command
        else {
            panic!("{line}");
        };
        request.work.training.settings(&[]).unwrap()
    }

    #[test]
    fn a_preset_is_all_that_the_table_says_and_can_be_trained() {
        for preset in presets() {
            let found = settings(&format!("--preset {}", preset.name));
            let found = Settings {
                classes: vec![0],
                ..found
            };
            assert_eq!(found.check(&[(0, "0".into())], true), [], "{}", preset.name);
            assert_eq!(
                found
                    == Settings {
                        classes: vec![0],
                        ..Settings::default()
                    },
                preset.settings.is_empty(),
                "{}",
                preset.name
            );
        }
        let denoising = settings("--preset=keras-denoising");
        assert_eq!(denoising.kind, NetworkKind::Convolutional);
        assert_eq!(denoising.filters, [32, 32]);
        assert_eq!(denoising.variant.noise, Noise::Gaussian);
        assert_eq!(denoising.variant.downsampling, Downsampling::Pooling);
        let variational = settings("--preset pytorch-variational");
        assert!(variational.variant.variational);
        assert_eq!(
            (&variational.hidden[..], variational.dims),
            (&[400][..], 20)
        );
    }

    #[test]
    fn what_is_said_besides_counts_more_than_the_preset() {
        let found = settings("--epochs 3 --preset tensorflow-anomalies --loss=mse");
        assert_eq!((found.epochs, found.loss), (3, Loss::Mse));
        assert_eq!((found.hidden, found.dims), (vec![32, 16], 8));
        let dense = settings("--preset keras-convolutional --kind dense");
        assert_eq!((dense.kind, dense.dims), (NetworkKind::Dense, 128));
    }

    #[test]
    fn without_a_preset_or_beside_a_model_arguments_are_as_they_were() {
        for line in [
            "analyse --preset nix --presets",
            "analyse --preset keras-deep --model mine.keras",
            "analyse --command=./encode --preset=keras-deep",
        ] {
            let line: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(written_out(line.clone()), line);
        }
    }
}
