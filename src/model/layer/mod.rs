//! Layers of a network as plain numbers.

#[cfg(feature = "general")]
mod kind;
#[cfg(not(feature = "general"))]
#[path = "no_kind.rs"]
mod kind;
#[cfg(feature = "general")]
mod run;

use ndarray::{Array1, Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::Activation;
#[cfg(feature = "general")]
use super::BlackBox;
use crate::data::Shape;

pub use kind::Kind;
#[cfg(all(feature = "general", any(feature = "engine", feature = "models")))]
pub(crate) use kind::as_image;
#[cfg(feature = "general")]
pub use kind::{Interpolation, Margins, Over, Pair, Window};

/// A layer of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// Every output depends on every input.
    Dense(Dense),
    /// Any other whose inside is known.
    General(General),
    /// One whose inside is not.
    #[cfg(feature = "general")]
    BlackBox(BlackBox),
}

/// A dense layer: activation(input · weight + bias).
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// Inputs × outputs.
    pub weight: Array2<f32>,
    /// One number an output.
    pub bias: Array1<f32>,
    /// Applied to every output.
    pub activation: Activation,
}

/// A layer other than a dense one. Packages without the feature `general` know its shapes, but cannot run
/// it.
#[derive(Clone, Debug, PartialEq)]
pub struct General {
    /// What it does.
    pub kind: Kind,
    /// What it has learned: as many matrices, of such sizes, as [`Kind::weights`] says.
    pub weights: Vec<Array2<f32>>,
    /// Applied to every output.
    pub activation: Activation,
}

/// A layer without what it has learned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Of a [`Dense`].
    Dense {
        /// Numbers that it gives.
        outputs: usize,
        /// Applied to each.
        activation: Activation,
    },
    /// Of a [`General`].
    General {
        /// What it does.
        kind: Kind,
        /// Applied to every output.
        activation: Activation,
    },
    /// Of a [`BlackBox`].
    #[cfg(feature = "general")]
    BlackBox {
        /// What sentences call it.
        name: String,
        /// What it takes.
        input: Shape,
        /// What it gives.
        output: Shape,
        /// What a row takes, in multiply-adds as [`importance`](crate::importance) counts them, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<u64>,
    },
}

impl Form {
    /// What it gives for rows of the shape `input`.
    ///
    /// # Errors
    /// Where it cannot take them: what a sentence says of the layer.
    pub fn output(&self, input: &Shape) -> Result<Shape, String> {
        match self {
            Self::Dense { outputs, .. } if input.size() == 0 || *outputs == 0 => {
                Err(format!("has no weights: {} × {outputs}", input.size()))
            }
            Self::Dense { outputs, .. } => Ok(Shape::Numbers(*outputs)),
            Self::General { kind, .. } => kind.output(input),
            #[cfg(feature = "general")]
            Self::BlackBox {
                input: takes,
                output,
                ..
            } => taken(takes, input).map(|()| output.clone()),
        }
    }

    /// Rows and columns of its weights for rows of the shape `input`, which it takes.
    #[must_use]
    pub fn weights(&self, input: &Shape) -> Vec<(usize, usize)> {
        match self {
            Self::Dense { outputs, .. } => vec![(input.size(), *outputs), (1, *outputs)],
            Self::General { kind, .. } => kind.weights(input),
            #[cfg(feature = "general")]
            Self::BlackBox { .. } => Vec::new(),
        }
    }

    /// Applied to every output.
    #[must_use]
    pub fn activation(&self) -> Activation {
        match self {
            Self::Dense { activation, .. } | Self::General { activation, .. } => *activation,
            #[cfg(feature = "general")]
            Self::BlackBox { .. } => Activation::Linear,
        }
    }

    /// With these weights, which are checked where the layer is used; a black box, which has none, is not there.
    #[must_use]
    pub fn with(&self, weights: Vec<Array2<f32>>) -> Layer {
        match self.clone() {
            Self::Dense { activation, .. } => {
                let mut weights = weights.into_iter();
                Layer::Dense(Dense {
                    weight: weights.next().unwrap_or_default(),
                    bias: weights.flatten().collect(),
                    activation,
                })
            }
            Self::General { kind, activation } => Layer::General(General {
                kind,
                weights,
                activation,
            }),
            #[cfg(feature = "general")]
            Self::BlackBox {
                name,
                input,
                output,
                work,
            } => Layer::BlackBox(BlackBox::absent(name, (input, output)).taking(work)),
        }
    }
}

/// Refuses rows of another shape than a black box takes.
#[cfg(feature = "general")]
fn taken(takes: &Shape, given: &Shape) -> Result<(), String> {
    if takes.agrees(given) {
        Ok(())
    } else {
        let (takes, given) = (takes.size(), given.size());
        Err(format!("takes {takes} numbers, but is given {given}"))
    }
}

impl Layer {
    /// It without its weights.
    #[must_use]
    pub fn form(&self) -> Form {
        match self {
            Self::Dense(layer) => Form::Dense {
                outputs: layer.outputs(),
                activation: layer.activation,
            },
            #[cfg(not(feature = "general"))]
            Self::General(layer) => match layer.kind {},
            #[cfg(feature = "general")]
            Self::General(layer) => Form::General {
                activation: layer.activation,
                kind: layer.kind.clone(),
            },
            #[cfg(feature = "general")]
            Self::BlackBox(black_box) => black_box.form(),
        }
    }

    /// What it gives for rows of the shape `input`.
    ///
    /// # Errors
    /// Where it cannot take them: what a sentence says of the layer.
    pub(super) fn output(&self, input: &Shape) -> Result<Shape, String> {
        match self {
            Self::Dense(Dense { weight, bias, .. }) => {
                let ((inputs, outputs), biases, given) = (weight.dim(), bias.len(), input.size());
                if inputs == 0 || outputs == 0 {
                    Err(format!("has no weights: {inputs} × {outputs}"))
                } else if inputs != given {
                    Err(format!("takes {inputs} numbers, but is given {given}"))
                } else if biases != outputs {
                    Err(format!("has {biases} biases for {outputs} outputs"))
                } else {
                    Ok(Shape::Numbers(outputs))
                }
            }
            Self::General(layer) => {
                let output = layer.kind.output(input)?;
                let found: Vec<(usize, usize)> = layer.weights.iter().map(Array2::dim).collect();
                let expected = layer.kind.weights(input);
                if found == expected {
                    Ok(output)
                } else {
                    Err(format!(
                        "has weights of {found:?}, which should be {expected:?}"
                    ))
                }
            }
            #[cfg(feature = "general")]
            Self::BlackBox(black_box) => {
                taken(&black_box.input, input).map(|()| black_box.output.clone())
            }
        }
    }

    /// All that it has learned: matrices, of which biases are one of a single row.
    #[must_use]
    pub fn weights(&self) -> Vec<ArrayView2<'_, f32>> {
        match self {
            Self::Dense(layer) => {
                let biases = layer.bias.view().insert_axis(Axis(0));
                vec![layer.weight.view(), biases]
            }
            Self::General(layer) => layer.weights.iter().map(|matrix| matrix.view()).collect(),
            #[cfg(feature = "general")]
            Self::BlackBox(_) => Vec::new(),
        }
    }

    /// What it does to each of its sums.
    #[must_use]
    pub fn activation(&self) -> Activation {
        match self {
            Self::Dense(layer) => layer.activation,
            Self::General(layer) => layer.activation,
            #[cfg(feature = "general")]
            Self::BlackBox(_) => Activation::Linear,
        }
    }

    /// Whether all of its weights, biases and parameters are finite numbers.
    pub(super) fn is_finite(&self) -> bool {
        let (_, parameters) = self.activation().key();
        let weights = self.weights();
        let mut numbers = weights.iter().flatten().chain(&parameters);
        numbers.all(|number| number.is_finite())
    }

    /// Outputs (rows × outputs) from rows of the shape `input`.
    pub(super) fn run(&self, input: &Shape, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        #[cfg(not(feature = "general"))]
        let _ = input;
        match self {
            Self::Dense(layer) => layer.run(rows),
            #[cfg(feature = "general")]
            Self::General(layer) => layer.run(input, rows),
            #[cfg(feature = "general")]
            Self::BlackBox(black_box) => panic!("the {} has to be waited for", black_box.name),
            #[cfg(not(feature = "general"))]
            Self::General(layer) => match layer.kind {},
        }
    }
}

impl Dense {
    /// Number of inputs.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.weight.nrows()
    }

    /// Number of outputs.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.weight.ncols()
    }

    /// In plain loops: ndarray's matrix product would add 5 KB, compressed, to the view, which decodes
    /// one image at a time.
    fn run(&self, rows: ArrayView2<'_, f32>) -> Array2<f32> {
        assert_eq!(rows.ncols(), self.inputs(), "numbers for each input");
        let mut output = Array2::zeros((rows.nrows(), self.outputs()));
        for (values, mut sums) in rows.rows().into_iter().zip(output.rows_mut()) {
            sums.assign(&self.bias);
            for (value, weights) in values.iter().zip(self.weight.rows()) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
            for sum in sums {
                *sum = self.activation.apply(*sum);
            }
        }
        output
    }
}
