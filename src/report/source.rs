//! Provenance of a report: its images and its model.

use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::data::Images;
use crate::data::{DataForm, Dataset, Scaling};

/// The images of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DataSource {
    /// What people call the data set; empty where it has no name.
    pub name: String,
    /// The files that it was read from, by their names.
    pub files: Vec<String>,
    /// Images of the chosen classes, whatever they were used for.
    pub count: usize,
    /// Whether the images that are explained were brought as a test set of their own.
    pub test_set: bool,
    /// What was done to values, colours, labels and order on the way from the files to the network, a
    /// sentence each.
    pub handling: Vec<String>,
    /// How the files were read, where that was chosen: the readers' options as JSON.
    pub reading: String,
    /// What the pixels are called, where they are the columns of a table.
    pub columns: Option<Vec<String>>,
    /// What a pixel's value stands for.
    pub pixels: PixelKind,
    /// What a row of numbers is.
    pub form: DataForm,
    /// How the columns were scaled: where each was by itself, and of signals and tables where all were alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// The mean of all explained rows and then that of each class, in the units in which they were stored, where
    /// they are signals: importance is drawn under it.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub means: Option<Vec<Vec<f32>>>,
    /// The name of data that were made here, whose truth is known (see [`made`](crate::data::made)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The smallest and the largest of the explained images' values, as the network is given them.
    pub range: (f32, f32),
}

impl DataSource {
    /// The same, with what can be told from the images themselves.
    #[must_use]
    pub fn of(self, data: &Dataset) -> Self {
        let files = if self.files.is_empty() {
            data.explained.origin.files.clone()
        } else {
            self.files
        };
        #[cfg(feature = "general")]
        let means = (self.form == DataForm::Signal)
            .then(|| means(&data.explained, self.scaling.as_ref()))
            .or(self.means);
        Self {
            files,
            count: data.count,
            test_set: data.test_set,
            range: data.explained.range(),
            #[cfg(feature = "general")]
            means,
            ..self
        }
    }
}

/// The mean of all rows, and of those of each class, as they were stored before each column was scaled.
#[cfg(feature = "general")]
fn means(rows: &Images, scaling: Option<&Scaling>) -> Vec<Vec<f32>> {
    let stored = |column: usize, mean: f64| match scaling {
        Some(Scaling { offset, scale }) if offset.len() == rows.pixels.ncols() => {
            f64::from(offset[column]) + f64::from(scale[column]) * mean
        }
        _ => mean,
    };
    let mean = |of: std::ops::Range<usize>| -> Vec<f32> {
        let count = of.len() as f64;
        let some = rows.pixels.slice(ndarray::s![of, ..]);
        let columns = some.columns().into_iter().enumerate();
        columns
            .map(|(at, column)| {
                let sum: f64 = column.iter().map(|&value| f64::from(value)).sum();
                stored(at, sum / count) as f32
            })
            .collect()
    };
    std::iter::once(0..rows.pixels.nrows())
        .chain(rows.classes.iter().map(|(_, rows)| rows.clone()))
        .map(mean)
        .collect()
}

/// What the value of a pixel stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PixelKind {
    /// Ink on paper: 1 is full ink, as in MNIST.
    Ink,
    /// Light: 1 is white.
    #[default]
    Light,
    /// A number of a table, or the strength of a sound.
    Quantity,
}

/// A model that was trained elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSource {
    /// The files that it was read from, by their names.
    pub files: Vec<String>,
    /// The library whose form they have.
    pub format: String,
    /// What was left aside, folded together or taken for granted, a sentence each.
    pub notes: Vec<String>,
    /// Which part of an autoencoder it is: what the others would tell is left out.
    #[serde(skip_serializing_if = "is_whole")]
    pub part: ModelPart,
}

/// A part of an autoencoder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelPart {
    /// Encoder and decoder.
    #[default]
    Whole,
    /// The encoder alone: there are neither reconstructions nor latent importance.
    Encoder,
    /// The decoder alone, beside latents that were made elsewhere: there is no pixel importance.
    Decoder,
    /// Neither: the latents were made elsewhere.
    Latents,
    /// Nothing but results that were computed elsewhere: neither images, network nor settings are known.
    Results,
}

impl ModelPart {
    /// Of an encoder that encodes any image, and a decoder, as far as they are there.
    #[must_use]
    pub fn of(encodes: bool, decodes: bool) -> Self {
        match (encodes, decodes) {
            (true, true) => Self::Whole,
            (true, false) => Self::Encoder,
            (false, true) => Self::Decoder,
            (false, false) => Self::Latents,
        }
    }

    /// Whether it encodes any image.
    #[must_use]
    pub fn encodes(self) -> bool {
        matches!(self, Self::Whole | Self::Encoder)
    }

    /// Whether it decodes.
    #[must_use]
    pub fn decodes(self) -> bool {
        matches!(self, Self::Whole | Self::Decoder)
    }

    /// What is left out for want of the other parts, in a sentence or two.
    #[must_use]
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Encoder => Some(
                "The model is an encoder alone: reconstructions, their errors and latent importance need a decoder \
                 and are left out.",
            ),
            Self::Decoder => Some(
                "The model is a decoder alone, and the latents were made elsewhere: pixel importance needs an encoder \
                 and is left out.",
            ),
            Self::Latents => Some(
                "The latents were made elsewhere: pixel importance needs an encoder, reconstructions, their errors and \
                 latent importance need a decoder, and all of these are left out.",
            ),
            Self::Results => Some(
                "The results were computed elsewhere: of which images and which network, how often pixels and latents \
                 were permuted and how large their errors are is not known.",
            ),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_whole(part: &ModelPart) -> bool {
    *part == ModelPart::Whole
}
