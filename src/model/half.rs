//! Half of a network: layers between two shapes.

use ndarray::{Array2, ArrayView2};

#[cfg(feature = "general")]
use super::BlackBox;
use super::architecture::followed;
use super::{Dense, Form, Layer};
use crate::data::Shape;

/// An encoder or a decoder.
///
/// That its layers follow each other is checked when it is made, and nowhere else. Any half tells the
/// shapes of its two ends and takes rows through. Whatever else some halves can do is asked for by a
/// method that gives `None` where one cannot, as [`Half::dense`] does; nobody may assume it.
#[derive(Clone, Debug, PartialEq)]
pub struct Half {
    input: Shape,
    output: Shape,
    layers: Vec<Layer>,
    #[cfg(feature = "general")]
    log_variance: Option<Head>,
}

/// A second end of an encoder: what gives the logarithm of the variance of every latent dimension, of which
/// the half's own end gives the mean.
#[cfg(feature = "general")]
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// After so many of the half's layers it goes its own way.
    pub after: usize,
    /// Its layers, of which there is at least one.
    pub layers: Vec<Layer>,
}

impl Half {
    /// Layers that follow each other from `input` on. `name` is what a sentence calls the half.
    ///
    /// # Errors
    /// One sentence: what is wrong, and where.
    pub fn new(name: &str, input: Shape, layers: Vec<Layer>) -> Result<Self, String> {
        if layers.is_empty() {
            return Err(format!("The {name} has no layers."));
        }
        let mut output = input.clone();
        for (at, layer) in layers.iter().enumerate() {
            output = layer
                .output(&output)
                .map_err(|what| format!("Layer {} of the {name} {what}.", at + 1))?;
        }
        Ok(Self {
            input,
            output,
            layers,
            #[cfg(feature = "general")]
            log_variance: None,
        })
    }

    /// The same with a second end, which gives log-variances.
    ///
    /// # Errors
    /// One sentence: what does not fit.
    #[cfg(feature = "general")]
    pub fn with_log_variance(self, head: Head) -> Result<Self, String> {
        if head.after >= self.layers.len() {
            return Err(format!(
                "The log-variances come after layer {} of the encoder, which has {}.",
                head.after,
                self.layers.len()
            ));
        }
        let layers = self.layers[..head.after].iter().chain(&head.layers);
        let other = Self::new(
            "encoder's log-variances",
            self.input.clone(),
            layers.cloned().collect(),
        )?;
        if head.layers.is_empty() || other.output.size() != self.output.size() {
            return Err(format!(
                "The encoder gives {} means, but {} log-variances.",
                self.output.size(),
                if head.layers.is_empty() {
                    0
                } else {
                    other.output.size()
                }
            ));
        }
        Ok(Self {
            log_variance: Some(head),
            ..self
        })
    }

    /// What gives the log-variances of the latents, if it is the encoder of a variational network.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn log_variance(&self) -> Option<&Head> {
        self.log_variance.as_ref()
    }

    /// The half that gives log-variances (rows × dimensions) instead of means, if there is one.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn of_log_variances(&self) -> Option<Self> {
        let head = self.log_variance.as_ref()?;
        let layers = self.layers[..head.after].iter().chain(&head.layers);
        let layers = layers.cloned().collect();
        Some(Self::new("encoder", self.input.clone(), layers).expect("checked when it was made"))
    }

    /// What it takes.
    #[must_use]
    pub fn input(&self) -> &Shape {
        &self.input
    }

    /// What it gives.
    #[must_use]
    pub fn output(&self) -> &Shape {
        &self.output
    }

    /// Its layers, of which there is at least one.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Its layers without their weights, each with what it takes and gives.
    #[must_use]
    pub fn forms(&self) -> Vec<(Form, Shape, Shape)> {
        let forms: Vec<Form> = self.layers.iter().map(Layer::form).collect();
        followed("half", &self.input, &forms)
    }

    /// Its layers if all of them are dense: what closed forms and the kernels of the engines are for.
    #[must_use]
    pub fn dense(&self) -> Option<Vec<&Dense>> {
        let layers = self.layers.iter();
        let dense = layers.map(|layer| match layer {
            Layer::Dense(dense) => Some(dense),
            Layer::General(_) => None,
            #[cfg(feature = "general")]
            Layer::BlackBox(_) => None,
        });
        dense.collect()
    }

    /// One that is not there, as the decoder of an encoder that came alone: it has its shapes, and nothing can
    /// be asked of it.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn absent(name: &str, (input, output): (Shape, Shape)) -> Self {
        let layer = BlackBox::absent(name, (input.clone(), output.clone()));
        Self {
            input,
            output,
            layers: vec![Layer::BlackBox(layer)],
            log_variance: None,
        }
    }

    /// Whether it can be asked for anything.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn is_there(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.all(|layer| !matches!(layer, Layer::BlackBox(black_box) if !black_box.is_there()))
    }

    /// Whether it can be asked about any row, such as images whose pixels have moved: not where it is missing, or
    /// knows only what it was given.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn takes_any_row(&self) -> bool {
        let mut layers = self.layers.iter();
        layers
            .all(|layer| !matches!(layer, Layer::BlackBox(black_box) if !black_box.takes_any_row()))
    }

    /// Whether the inside of a part of it is not known.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn has_black_box(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.any(|layer| matches!(layer, Layer::BlackBox(_)))
    }

    /// As [`Half::run`], of any half: black boxes are waited for.
    ///
    /// # Errors
    /// One sentence: what a black box says, or what is wrong with what it gives.
    ///
    /// # Panics
    /// If the rows do not have as many numbers as it takes.
    #[cfg(feature = "general")]
    pub async fn outputs(&self, rows: ArrayView2<'_, f32>) -> Result<Array2<f32>, String> {
        let mut made = rows.to_owned();
        let mut shape = self.input.clone();
        for layer in &self.layers {
            made = match layer {
                Layer::BlackBox(black_box) => black_box.call(made.view()).await?,
                _ => layer.run(&shape, made.view()),
            };
            shape = checked(layer, &shape);
        }
        Ok(made)
    }

    /// What it gives (rows × numbers) for each row (rows × numbers).
    ///
    /// For a few rows, such as the images that a person asks about: whole data sets go through an
    /// engine.
    ///
    /// # Panics
    /// If the rows do not have as many numbers as it takes, or a part of it is a black box.
    #[must_use]
    pub fn run(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        let (first, others) = self.layers.split_first().expect("a half has layers");
        let mut made = first.run(&self.input, rows);
        let mut shape = checked(first, &self.input);
        for layer in others {
            made = layer.run(&shape, made.view());
            shape = checked(layer, &shape);
        }
        made
    }
}

fn checked(layer: &Layer, input: &Shape) -> Shape {
    layer.output(input).expect("checked when the half was made")
}
