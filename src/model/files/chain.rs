//! Steps of any library, in order, as dense layers with their activations.

use ndarray::{Array1, Array2, Axis};

use super::error::{Fault, shortened};
use super::tensor::Budget;
use crate::model::{Activation, Dense};

/// A dense layer and where it stood.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Its name in the file.
    pub name: String,
    pub dense: Dense,
    /// The part of the model that holds it, such as the encoder, where the file has parts.
    pub part: Option<String>,
}

/// Layers so far, and what is to be done to the next one.
#[derive(Default)]
pub(super) struct Chain {
    layers: Vec<Layer>,
    part: Option<String>,
    /// scale · x + shift, not yet part of a layer.
    pending: Option<Affine>,
}

/// scale · x + shift, number by number.
struct Affine {
    name: String,
    scale: Array1<f32>,
    shift: Array1<f32>,
}

impl Chain {
    /// What follows belongs to `part` of the model.
    pub(super) fn enter(&mut self, part: Option<&str>, budget: &mut Budget) -> Result<(), Fault> {
        if self.part.as_deref() != part {
            // It belongs to the part that it ends.
            self.settle(budget)?;
            self.part = part.map(String::from);
        }
        Ok(())
    }

    /// Adds a dense layer; `weight` is inputs × outputs.
    pub(super) fn dense(
        &mut self,
        name: &str,
        mut weight: Array2<f32>,
        bias: Option<Array1<f32>>,
    ) -> Result<(), Fault> {
        let shown = shortened(name);
        let (inputs, outputs) = weight.dim();
        if let Some(width) = self.width()
            && width != inputs
        {
            return Err(Fault::new(
                format!("layer \"{shown}\" takes {inputs} numbers, but {width} reach it"),
                "only dense layers that follow each other can be used, so flatten images before \
                 the first",
            ));
        }
        let mut bias = bias.unwrap_or_else(|| Array1::zeros(outputs));
        if let Some(Affine { scale, shift, .. }) = self.pending.take() {
            bias += &broadcast(shift, inputs, &shown)?.dot(&weight);
            weight *= &broadcast(scale, inputs, &shown)?.insert_axis(Axis(1));
        }
        self.layers.push(Layer {
            name: name.into(),
            dense: Dense {
                weight,
                bias,
                activation: Activation::Linear,
            },
            part: self.part.clone(),
        });
        Ok(())
    }

    /// Applies an activation to what the layers give so far.
    pub(super) fn activation(
        &mut self,
        name: &str,
        activation: Activation,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        if activation == Activation::Linear {
            return Ok(());
        }
        self.settle(budget)?;
        let shown = shortened(name);
        let Some(last) = self.layers.last_mut() else {
            return Err(Fault::new(
                format!("\"{shown}\" applies an activation to the images themselves"),
                "remove it from the model, or apply it to the images beforehand",
            ));
        };
        match last.dense.activation {
            Activation::Linear => last.dense.activation = activation,
            Activation::Relu if activation == Activation::Relu => {}
            _ => {
                return Err(Fault::new(
                    format!(
                        "\"{shown}\" follows layer \"{}\", which has an activation of its own",
                        shortened(&last.name)
                    ),
                    "use one activation a layer",
                ));
            }
        }
        Ok(())
    }

    /// Multiplies by `scale` and adds `shift`, each one number for all or one for each.
    pub(super) fn affine(
        &mut self,
        name: &str,
        scale: Array1<f32>,
        shift: Array1<f32>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let shown = shortened(name);
        self.settle(budget)?;
        match self.layers.last_mut() {
            Some(last) if last.dense.activation == Activation::Linear => {
                let width = last.dense.outputs();
                let scale = broadcast(scale, width, &shown)?;
                last.dense.bias *= &scale;
                last.dense.bias += &broadcast(shift, width, &shown)?;
                last.dense.weight *= &scale;
            }
            _ => {
                self.pending = Some(Affine {
                    name: name.into(),
                    scale,
                    shift,
                });
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, budget: &mut Budget) -> Result<Vec<Layer>, Fault> {
        self.settle(budget)?;
        Ok(self.layers)
    }

    /// Makes what is pending a layer of its own.
    fn settle(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        let Some(Affine { name, scale, shift }) = self.pending.take() else {
            return Ok(());
        };
        let shown = shortened(&name);
        let width = self.width().unwrap_or_else(|| scale.len().max(shift.len()));
        budget.take(&name, &[width, width])?;
        let scale = broadcast(scale, width, &shown)?;
        let shift = broadcast(shift, width, &shown)?;
        self.dense(&name, Array2::from_diag(&scale), Some(shift))
    }

    fn width(&self) -> Option<usize> {
        self.layers.last().map(|layer| layer.dense.outputs())
    }
}

/// Scale and shift of a batch normalisation that no longer learns.
pub(super) fn normalisation(
    name: &str,
    gamma: &Array1<f32>,
    beta: &Array1<f32>,
    mean: &Array1<f32>,
    variance: &Array1<f32>,
    epsilon: f64,
) -> Result<(Array1<f32>, Array1<f32>), Fault> {
    let deviation = variance.mapv(|variance| (f64::from(variance) + epsilon).sqrt());
    if deviation.iter().any(|&deviation| !deviation.is_normal()) {
        return Err(Fault::damaged(format!(
            "layer \"{}\" has a variance that is not positive",
            shortened(name)
        )));
    }
    let scale = gamma.mapv(f64::from) / deviation;
    let shift = beta.mapv(f64::from) - mean.mapv(f64::from) * &scale;
    Ok((scale.mapv(|x| x as f32), shift.mapv(|x| x as f32)))
}

/// One number for each of `width`.
fn broadcast(values: Array1<f32>, width: usize, shown: &str) -> Result<Array1<f32>, Fault> {
    match values.len() {
        length if length == width => Ok(values),
        1 => Ok(Array1::from_elem(width, values[0])),
        length => Err(Fault::new(
            format!("\"{shown}\" has {length} numbers for {width} that reach it"),
            "save the whole model again",
        )),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::model::Network;

    /// What the layers make of one image, apart from how they are kept.
    fn run(layers: Vec<Layer>, image: Array2<f32>) -> Array2<f32> {
        let network = Network {
            encoder: layers.into_iter().map(|layer| layer.dense).collect(),
            decoder: Vec::new(),
        };
        network.encode(image.view())
    }

    #[test]
    fn affine_steps_are_folded_into_their_neighbours_or_stand_alone() {
        let budget = &mut Budget::new();
        let mut chain = Chain::default();
        // Before any layer, after a sum, after an activation, twice in a row and at the end.
        chain
            .affine("in", array![2.0, 3.0], array![1.0, -1.0], budget)
            .unwrap();
        chain
            .dense("first", array![[1.0, 2.0], [0.5, -1.0]], None)
            .unwrap();
        chain
            .affine("sums", array![0.5], array![0.25, 2.0], budget)
            .unwrap();
        chain.activation("relu", Activation::Relu, budget).unwrap();
        chain
            .affine("a", array![3.0, 4.0], array![1.0], budget)
            .unwrap();
        chain
            .affine("b", array![0.5, 2.0], array![0.0, 1.0], budget)
            .unwrap();
        chain
            .dense("second", array![[1.0], [-0.125]], Some(array![0.5]))
            .unwrap();
        chain.activation("tanh", Activation::Tanh, budget).unwrap();
        chain
            .affine("out", array![10.0], array![5.0], budget)
            .unwrap();
        let layers = chain.finish(budget).unwrap();

        // (0.5, 1) → (2, 2) → (3, 2) → (1.75, 3) → relu → (6.25, 13) → (3.125, 27) → 0.25.
        let expected = 0.25f32.tanh() * 10.0 + 5.0;
        let found = run(layers, array![[0.5, 1.0]]);
        assert!(
            (found[[0, 0]] - expected).abs() < 1e-5,
            "{found} {expected}"
        );
    }

    #[test]
    fn what_ends_a_part_stays_in_it() {
        let budget = &mut Budget::new();
        let mut chain = Chain::default();
        chain.enter(Some("encoder"), budget).unwrap();
        chain.dense("down", array![[1.0], [1.0]], None).unwrap();
        chain.activation("relu", Activation::Relu, budget).unwrap();
        chain
            .affine("norm", array![2.0], array![0.5], budget)
            .unwrap();
        chain.enter(Some("decoder"), budget).unwrap();
        chain.dense("up", array![[1.0, 1.0]], None).unwrap();
        let layers = chain.finish(budget).unwrap();
        let parts: Vec<_> = layers.iter().map(|layer| layer.part.as_deref()).collect();
        assert_eq!(parts, [Some("encoder"), Some("encoder"), Some("decoder")]);
    }
}
