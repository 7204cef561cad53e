//! Steps of any library, in order, as layers with their activations.
//!
//! Dense layers take over what is done to their inputs and outputs number by number, convolutions what is
//! done channel by channel. Layers that look at images (`spatial`) are given their inputs with the
//! channels of a pixel side by side, however the library has them (`rows`).

mod rows;
mod spatial;

use ndarray::{Array1, Array2, Axis, concatenate};

use super::error::{Fault, shortened};
use super::tensor::Budget;
use crate::data::{Scaling, Shape};
use crate::model::{self, Activation, Dense, General, Kind};

pub(super) use self::rows::{Channels, Order, Rows};
use self::rows::{count, too_large};

/// A dense layer of a file that holds nothing but weights.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    /// Its name in the file.
    pub name: String,
    pub dense: Dense,
    /// The part of the model that holds it, such as the encoder, where the file has parts.
    pub part: Option<String>,
    /// Its activation, where the file holds the slope.
    pub slope: Option<f32>,
}

/// A layer of a chain and where it stood.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// Its name in the file.
    pub name: String,
    pub layer: model::Layer,
    /// The part of the model that holds it, such as the encoder, where the file has parts.
    pub part: Option<String>,
    /// What it gives.
    pub after: Rows,
    /// Its activation, where a file of weights holds the slope.
    pub slope: Option<f32>,
}

/// Layers that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// What the first of them takes.
    pub start: Rows,
    pub steps: Vec<Step>,
    /// What the first layer took over.
    pub images: Option<Images>,
    /// How many of them give the means of a variational encoder.
    pub latents: Option<usize>,
    /// The layers from the images to the log-variances around those means.
    pub spread: Option<Vec<Step>>,
    /// What the columns of a table are scaled by, before the layers and back after them.
    pub scaling: Option<Scaling>,
}

impl Line {
    /// Of dense layers that follow each other.
    pub fn dense(layers: Vec<Layer>, images: Option<Images>) -> Self {
        let inputs = layers.first().map_or(0, |layer| layer.dense.inputs());
        let steps = layers.into_iter().map(|layer| Step {
            after: Rows::plain(vec![layer.dense.outputs()]),
            name: layer.name,
            layer: model::Layer::Dense(layer.dense),
            part: layer.part,
            slope: layer.slope,
        });
        Self {
            start: Rows::plain(vec![inputs]),
            steps: steps.collect(),
            images,
            latents: None,
            spread: None,
            scaling: None,
        }
    }
}

impl Step {
    fn activation_mut(&mut self) -> &mut Activation {
        match &mut self.layer {
            model::Layer::Dense(Dense { activation, .. })
            | model::Layer::General(General { activation, .. }) => activation,
            model::Layer::BlackBox(_) => unreachable!("files of layers have none"),
        }
    }

    /// Puts in an activation that its file does not hold.
    pub fn activate(&mut self, activation: Activation) {
        *self.activation_mut() = activation;
    }
}

/// Layers so far, and what is to be done to the next one.
#[derive(Default)]
pub(super) struct Chain {
    steps: Vec<Step>,
    part: Option<String>,
    /// What images are, where that is known.
    start: Option<Rows>,
    /// What there is so far.
    rows: Option<Rows>,
    /// Whether a layer has decided how images lie in rows.
    pinned: bool,
    /// Not yet part of a layer.
    pending: Option<Pending>,
    /// The last step that gave the numbers another shape or order without a layer.
    reshaped: Option<String>,
    /// What was done to the images before the first layer.
    images: Option<Images>,
    /// How many layers give the means of a variational encoder.
    latents: Option<usize>,
}

/// What the first layer took over from steps before it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Images {
    /// The steps' names in the file.
    pub names: Vec<String>,
    /// Whether they are for values beyond 0 to 1, as files store them.
    pub as_stored: bool,
}

/// What is to be done to the next layer's inputs.
enum Pending {
    Affine(Affine),
    /// A layer of its own unless the next one takes it over: inputs × outputs.
    Map(String, Array2<f64>),
}

/// scale · x + shift: one number each for all, for each channel of an image, or for each number of a row.
struct Affine {
    names: Vec<String>,
    scale: Array1<f64>,
    shift: Array1<f64>,
    /// Whether a normalisation has shown that values lie beyond 0 to 1.
    as_stored: Option<bool>,
}

impl Affine {
    /// Whether this is made for values beyond 0 to 1. What it brings to 0 is taken for the mean and
    /// what it brings to 1 or -1 for the deviation of values; within 0 to 1 their variance is at most
    /// mean · (1 - mean). Scaling alone brings the largest value to 1.
    fn as_stored(&self) -> bool {
        const SLACK: f64 = 0.01;
        self.as_stored.unwrap_or_else(|| {
            let width = self.scale.len().max(self.shift.len());
            let at = |values: &Array1<f64>, at: usize| values[at % values.len()];
            (0..width).any(|place| {
                let (scale, shift) = (at(&self.scale, place), at(&self.shift, place));
                if scale == 0.0 {
                    return false;
                }
                if shift == 0.0 {
                    return scale < 1.0 - SLACK;
                }
                beyond(-shift / scale, 1.0 / (scale * scale))
            })
        })
    }

    fn images(&self) -> Images {
        Images {
            names: self.names.clone(),
            as_stored: self.as_stored(),
        }
    }
}

/// Whether no values from 0 to 1 have this mean and variance.
pub(super) fn beyond(mean: f64, variance: f64) -> bool {
    const SLACK: f64 = 0.01;
    variance > mean * (1.0 - mean) + SLACK
}

impl Chain {
    /// Of images of this shape, as the library has it.
    pub(super) fn of(axes: Option<Vec<usize>>) -> Result<Self, Fault> {
        let Some(axes) = axes else {
            return Ok(Self::default());
        };
        count(&axes).ok_or_else(|| too_large("input", &axes))?;
        let start = Rows::plain(axes);
        Ok(Self {
            start: Some(start.clone()),
            rows: Some(start),
            ..Self::default()
        })
    }

    /// What follows belongs to `part` of the model.
    pub(super) fn enter(&mut self, part: Option<&str>, budget: &mut Budget) -> Result<(), Fault> {
        if self.part.as_deref() != part {
            // It belongs to the part that it ends.
            if !self.steps.is_empty() {
                self.settle(budget)?;
            }
            if let (Some(last), Some(rows)) = (self.steps.last_mut(), &self.rows) {
                last.after = rows.clone();
            }
            self.part = part.map(String::from);
        }
        Ok(())
    }

    /// What there is so far are the means of a variational encoder.
    pub(super) fn means(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        if self.steps.is_empty() {
            return Ok(());
        }
        self.settle(budget)?;
        if let (Some(last), Some(rows)) = (self.steps.last_mut(), &self.rows) {
            last.after = rows.clone();
        }
        self.latents = Some(self.steps.len());
        Ok(())
    }

    /// Multiplies what there is so far by one number.
    pub(super) fn times(&mut self, factor: f64, budget: &mut Budget) -> Result<(), Fault> {
        if factor == 1.0 {
            return Ok(());
        }
        let [scale, shift] = [factor, 0.0].map(|of| Array1::from_elem(1, of));
        self.affine("log-variances", scale, shift, budget)
    }

    /// Lengths of the library's axes here, where they are known.
    pub(super) fn axes(&self) -> Option<&[usize]> {
        self.rows.as_ref().map(|rows| rows.axes.as_slice())
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
        self.pin_by_axes();
        let rows = self.rows.get_or_insert_with(|| Rows::plain(vec![inputs]));
        self.start.get_or_insert_with(|| rows.clone());
        if rows.order != Order::Same {
            let mut placed = Array2::zeros(weight.dim());
            for (number, row) in weight.rows().into_iter().enumerate() {
                placed.row_mut(rows.order.place(number)).assign(&row);
            }
            weight = placed;
        }
        match self.pending.take() {
            Some(Pending::Affine(affine)) => {
                if self.steps.is_empty() {
                    self.images = Some(affine.images());
                }
                let scale = self.each(affine.scale, inputs, &shown)?;
                let shift = self.each(affine.shift, inputs, &shown)?;
                let wide = weight.mapv(f64::from);
                bias = single(bias.mapv(f64::from) + shift.dot(&wide));
                weight = (wide * scale.insert_axis(Axis(1))).mapv(|value| value as f32);
            }
            Some(Pending::Map(_, map)) => {
                weight = map.dot(&weight.mapv(f64::from)).mapv(|value| value as f32);
            }
            None => {}
        }
        let layer = model::Layer::Dense(Dense {
            weight,
            bias,
            activation: Activation::Linear,
        });
        self.push(name, layer, Rows::plain(vec![outputs]));
        Ok(())
    }

    fn push(&mut self, name: &str, layer: model::Layer, after: Rows) {
        self.pinned = true;
        self.rows = Some(after.clone());
        self.steps.push(Step {
            name: name.into(),
            layer,
            part: self.part.clone(),
            after,
            slope: None,
        });
    }

    /// Whether the last layer's sums are what there is so far.
    pub(super) fn ends_in_sums(&self) -> bool {
        let last = self.steps.last();
        self.pending.is_none()
            && last.is_some_and(|step| step.layer.activation() == Activation::Linear)
    }

    /// Whether there is a layer that is not dense.
    fn is_general(&self) -> bool {
        let mut layers = self.steps.iter().map(|step| &step.layer);
        layers.any(|layer| matches!(layer, model::Layer::General(_)))
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
        if !self.steps.is_empty() {
            self.settle(budget)?;
        }
        let shown = shortened(name);
        if activation.key().1.iter().any(|number| !number.is_finite()) {
            return Err(Fault::damaged(format!(
                "\"{shown}\" has a parameter beyond single precision"
            )));
        }
        let is_general = self.is_general();
        let Some(last) = self.steps.last_mut() else {
            return Err(Fault::new(
                format!("\"{shown}\" applies an activation to the images themselves"),
                "remove it from the model, or apply it to the images beforehand",
            ));
        };
        match last.layer.activation() {
            Activation::Linear => last.activate(activation),
            Activation::Relu if activation == Activation::Relu => {}
            _ if is_general => {
                let after = self.rows.clone().unwrap_or_else(|| last.after.clone());
                let layer = General {
                    kind: Kind::Activation,
                    weights: Vec::new(),
                    activation,
                };
                self.push(name, model::Layer::General(layer), after);
            }
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

    /// Cuts off what the last layer gives above `max`.
    pub(super) fn ceiling(
        &mut self,
        name: &str,
        max: f32,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let clipped = |slope, threshold| Activation::ClippedRelu {
            max,
            slope,
            threshold,
        };
        if let (None, Some(last)) = (&self.pending, self.steps.last_mut()) {
            let activation = match last.layer.activation() {
                Activation::Relu => Some(clipped(0.0, 0.0)),
                Activation::LeakyRelu { slope } => Some(clipped(slope, 0.0)),
                Activation::ClippedRelu {
                    max: f32::MAX,
                    slope,
                    threshold,
                } => Some(clipped(slope, threshold)),
                _ => None,
            };
            if let Some(activation) = activation {
                last.activate(activation);
                return Ok(());
            }
        }
        // min(x, max) = max - relu(max - x)
        self.affine(
            name,
            Array1::from_elem(1, -1.0),
            Array1::from_elem(1, f64::from(max)),
            budget,
        )?;
        self.activation(name, Activation::Relu, budget)?;
        self.affine(
            name,
            Array1::from_elem(1, -1.0),
            Array1::from_elem(1, f64::from(max)),
            budget,
        )
    }

    /// x where it is positive, a slope of its own for every unit times x elsewhere: as ReLU of twice
    /// the units, of which the second half turns the sign, and a layer that adds them up.
    pub(super) fn prelu(
        &mut self,
        name: &str,
        slopes: &Array1<f32>,
        budget: &mut Budget,
    ) -> Result<bool, Fault> {
        let Some(&first) = slopes.first() else {
            return Err(Fault::damaged(format!(
                "\"{}\" has no slopes",
                shortened(name)
            )));
        };
        if slopes.iter().all(|&slope| slope == first) {
            let activation = match first {
                0.0 => Activation::Relu,
                1.0 => Activation::Linear,
                slope => Activation::LeakyRelu { slope },
            };
            self.activation(name, activation, budget)?;
            return Ok(false);
        }
        let shown = shortened(name);
        if !self.steps.is_empty() {
            self.settle(budget)?;
        }
        if let Some(last) = self.steps.last()
            && last.layer.activation() == Activation::Relu
        {
            return Ok(false);
        }
        if self.is_of_images() {
            return self.slopes_of_channels(name, slopes, budget);
        }
        let width = self.width().unwrap_or(0);
        let sums = self.steps.last().and_then(|step| match &step.layer {
            model::Layer::Dense(dense) => Some(dense.inputs()),
            _ => None,
        });
        budget.take(name, &[width, sums.unwrap_or(0).saturating_add(2 * width)])?;
        if self.is_general() && (sums.is_none() || !self.ends_in_sums()) {
            // Something else has given them: a layer that keeps them is what is doubled.
            self.dense(name, Array2::from_diag(&Array1::ones(width)), None)?;
        }
        let slopes = self.placed(broadcast(slopes.mapv(f64::from), width, &shown)?);
        self.activation(name, Activation::Relu, budget)?;
        let Some(last) = self.steps.last_mut() else {
            return Ok(false);
        };
        last.after = Rows::plain(vec![2 * width]);
        let model::Layer::Dense(Dense { weight, bias, .. }) = &mut last.layer else {
            return Ok(false);
        };
        *weight = concatenate![Axis(1), *weight, -&*weight];
        *bias = concatenate![Axis(0), *bias, -&*bias];
        let map = concatenate![
            Axis(0),
            Array2::from_diag(&Array1::ones(width)),
            Array2::from_diag(&-slopes)
        ];
        self.pending = Some(Pending::Map(name.into(), map));
        Ok(true)
    }

    /// Multiplies by `scale` and adds `shift`, each one number for all or one for each, as they follow
    /// each other in the library.
    pub(super) fn affine(
        &mut self,
        name: &str,
        scale: Array1<f64>,
        shift: Array1<f64>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let [scale, shift] = self.both(name, scale, shift)?;
        self.step(name, scale, shift, None, budget)
    }

    /// As [`Chain::affine`], by a normalisation that has seen values of this mean and variance.
    pub(super) fn normalise(
        &mut self,
        name: &str,
        seen: &Seen,
        (scale, shift): (Array1<f64>, Array1<f64>),
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let [scale, shift] = self.both(name, scale, shift)?;
        let beyond = seen.is_beyond();
        self.step(name, scale, shift, Some(beyond), budget)
    }

    /// One number for all or one for each, as they lie in rows.
    fn both(
        &self,
        name: &str,
        scale: Array1<f64>,
        shift: Array1<f64>,
    ) -> Result<[Array1<f64>; 2], Fault> {
        if let Some(width) = self.width() {
            for values in [&scale, &shift] {
                if values.len() != 1 && values.len() != width {
                    return Err(unfit(values.len(), width, &shortened(name)));
                }
            }
        }
        Ok([scale, shift].map(|values| self.placed(values)))
    }

    /// Numbers as they follow each other in the library, as they lie in rows.
    fn placed(&self, values: Array1<f64>) -> Array1<f64> {
        let rows = self.rows.as_ref();
        let rows = rows.filter(|rows| rows.order != Order::Same && rows.size() == values.len());
        let Some(rows) = rows else {
            return values;
        };
        let mut placed = Array1::zeros(values.len());
        for (number, value) in values.into_iter().enumerate() {
            placed[rows.order.place(number)] = value;
        }
        placed
    }

    fn step(
        &mut self,
        name: &str,
        scale: Array1<f64>,
        shift: Array1<f64>,
        as_stored: Option<bool>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let shown = shortened(name);
        if matches!(self.pending, Some(Pending::Map(..))) {
            self.settle(budget)?;
        }
        if let Some(Pending::Affine(mut earlier)) = self.pending.take() {
            let width = [&earlier.scale, &earlier.shift, &scale, &shift];
            let width = width.map(Array1::len).into_iter().max().unwrap_or(1);
            if as_stored.is_some() && earlier.as_stored.is_none() {
                earlier.as_stored = Some(earlier.as_stored());
            }
            let all = |values: Array1<f64>| self.each(values, width, &shown);
            let scale = all(scale)?;
            earlier.shift = all(earlier.shift)? * &scale + all(shift)?;
            earlier.scale = all(earlier.scale)? * scale;
            earlier.names.push(name.into());
            self.pending = Some(Pending::Affine(earlier));
            return Ok(());
        }
        if self.scales_last(&scale, &shift, &shown)? {
            return Ok(());
        }
        self.pending = Some(Pending::Affine(Affine {
            names: vec![name.into()],
            scale,
            shift,
            as_stored,
        }));
        Ok(())
    }

    /// Lets the last layer do it, if it can.
    fn scales_last(
        &mut self,
        scale: &Array1<f64>,
        shift: &Array1<f64>,
        shown: &str,
    ) -> Result<bool, Fault> {
        let Some(last) = self.steps.last_mut() else {
            return Ok(false);
        };
        if last.layer.activation() != Activation::Linear {
            return Ok(false);
        }
        let width = last.after.size();
        match &mut last.layer {
            model::Layer::Dense(dense) => {
                let scale = broadcast(scale.clone(), width, shown)?;
                let shift = broadcast(shift.clone(), width, shown)?;
                dense.bias = single(dense.bias.mapv(f64::from) * &scale + shift);
                let weight = dense.weight.mapv(f64::from) * scale;
                dense.weight = weight.mapv(|value| value as f32);
                Ok(true)
            }
            model::Layer::General(layer) => Ok(spatial::scale(layer, scale, shift)),
            model::Layer::BlackBox(_) => Ok(false),
        }
    }

    /// One number for each of `width`, where those of channels are repeated for every pixel.
    fn each(&self, values: Array1<f64>, width: usize, shown: &str) -> Result<Array1<f64>, Fault> {
        let channels = self.rows.as_ref().and_then(|rows| match rows.shape {
            Shape::Image(image) => Some(image.channels),
            _ => None,
        });
        if channels == Some(values.len()) && width > values.len() {
            return Ok((0..width).map(|at| values[at % values.len()]).collect());
        }
        broadcast(values, width, shown)
    }

    /// The layers.
    pub(super) fn finish(mut self, budget: &mut Budget) -> Result<Line, Fault> {
        self.settle(budget)?;
        if let (Some(last), Some(rows)) = (self.steps.last_mut(), self.rows) {
            last.after = rows;
        }
        // Steps that cancel each other, or numbers too large for single precision.
        for step in &self.steps {
            let weights = step.layer.weights();
            if !weights.iter().flatten().all(|value| value.is_finite()) {
                return Err(Fault::new(
                    format!(
                        "layer \"{}\" has weights beyond single precision",
                        shortened(&step.name)
                    ),
                    "train it again, with values of a smaller range",
                ));
            }
        }
        Ok(Line {
            start: self.start.unwrap_or_else(|| Rows::plain(vec![0])),
            steps: self.steps,
            images: self.images,
            latents: self.latents,
            spread: None,
            scaling: None,
        })
    }

    /// Makes what is pending a layer of its own.
    fn settle(&mut self, budget: &mut Budget) -> Result<(), Fault> {
        let (name, weight, shift) = match self.pending.take() {
            None => return Ok(()),
            Some(Pending::Map(name, map)) => {
                // The library knows nothing of twice the units.
                let after = self.rows.take();
                self.rows = self.steps.last().map(|step| step.after.clone());
                let map = map.mapv(|value| value as f32);
                self.dense(&name, map, None)?;
                if let (Some(last), Some(after)) = (self.steps.last_mut(), after) {
                    last.after = after.clone();
                    self.rows = Some(after);
                }
                return Ok(());
            }
            Some(Pending::Affine(affine)) if self.is_general() || self.is_of_images() => {
                return self.scaling(affine, budget);
            }
            Some(Pending::Affine(Affine {
                names,
                scale,
                shift,
                ..
            })) => {
                let name = names.join(", ");
                let shown = shortened(&name);
                let width = self.width().unwrap_or_else(|| scale.len().max(shift.len()));
                budget.take(&name, &[width, width])?;
                let scale = broadcast(scale, width, &shown)?;
                let shift = broadcast(shift, width, &shown)?;
                (name, Array2::from_diag(&scale), Some(single(shift)))
            }
        };
        self.dense(&name, weight.mapv(|value| value as f32), shift)
    }

    /// How many numbers the last layer gives, or what is pending makes of them.
    fn width(&self) -> Option<usize> {
        match &self.pending {
            Some(Pending::Map(_, map)) => Some(map.ncols()),
            _ => self.rows.as_ref().map(Rows::size),
        }
    }
}

fn single(values: Array1<f64>) -> Array1<f32> {
    values.mapv(|value| value as f32)
}

/// Mean and variance of what a normalisation has seen.
pub(super) struct Seen {
    pub mean: Array1<f64>,
    pub variance: Array1<f64>,
}

impl Seen {
    /// Whether values beyond 0 to 1 have been seen.
    pub fn is_beyond(&self) -> bool {
        let mut pairs = self.mean.iter().zip(&self.variance);
        pairs.any(|(&mean, &variance)| beyond(mean, variance))
    }
}

/// Scale and shift of a batch normalisation that no longer learns.
pub(super) fn normalisation(
    name: &str,
    gamma: &Array1<f64>,
    beta: &Array1<f64>,
    seen: &Seen,
    epsilon: f64,
) -> Result<(Array1<f64>, Array1<f64>), Fault> {
    let deviation = seen.variance.mapv(|variance| (variance + epsilon).sqrt());
    if deviation.iter().any(|&deviation| !deviation.is_normal()) {
        return Err(Fault::damaged(format!(
            "layer \"{}\" has a variance that is not positive",
            shortened(name)
        )));
    }
    let scale = gamma / deviation;
    let shift = beta - &seen.mean * &scale;
    Ok((scale, shift))
}

/// One number for each of `width`.
fn broadcast(values: Array1<f64>, width: usize, shown: &str) -> Result<Array1<f64>, Fault> {
    match values.len() {
        length if length == width => Ok(values),
        1 => Ok(Array1::from_elem(width, values[0])),
        length => Err(unfit(length, width, shown)),
    }
}

fn unfit(length: usize, width: usize, shown: &str) -> Fault {
    Fault::new(
        format!("\"{shown}\" has {length} numbers for {width} that reach it"),
        "save the whole model again",
    )
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::model::Half;

    /// What the layers make of one image, apart from how they are kept.
    fn run(steps: Vec<Step>, image: Array2<f32>) -> Array2<f32> {
        let layers = steps.into_iter().map(|step| step.layer).collect();
        let half = Half::new("chain", Shape::Numbers(image.ncols()), layers).unwrap();
        half.run(image.view())
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
        let layers = chain.finish(budget).unwrap().steps;

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
        let layers = chain.finish(budget).unwrap().steps;
        let parts: Vec<_> = layers.iter().map(|layer| layer.part.as_deref()).collect();
        assert_eq!(parts, [Some("encoder"), Some("encoder"), Some("decoder")]);
    }

    #[test]
    fn slopes_of_their_own_are_kept_for_every_unit() {
        let budget = &mut Budget::new();
        let mut chain = Chain::default();
        let dense = array![[1.0, 1.0, -2.0], [0.5, -1.0, 1.0]];
        chain
            .dense("first", dense, Some(array![0.0, 0.5, 0.0]))
            .unwrap();
        assert!(
            chain
                .prelu("prelu", &array![0.5, -0.25, 2.0], budget)
                .unwrap()
        );
        chain.enter(Some("decoder"), budget).unwrap();
        chain
            .dense("second", array![[1.0], [1.0], [1.0]], None)
            .unwrap();
        chain.prelu("same", &array![0.25], budget).unwrap();
        let layers = chain.finish(budget).unwrap().steps;
        // (1, 2) → (2, -0.5, 0) → (2, 0.125, 0); (-1, 0) → (-1, -0.5, 2) → (-0.5, 0.125, 2).
        let encoder: Vec<Step> = layers[..2].to_vec();
        assert_eq!(
            run(encoder.clone(), array![[1.0, 2.0]]),
            array![[2.0, 0.125, 0.0]]
        );
        assert_eq!(
            run(encoder, array![[-1.0, 0.0]]),
            array![[-0.5, 0.125, 2.0]]
        );
        let leaky = Activation::LeakyRelu { slope: 0.25 };
        assert_eq!(layers[2].layer.activation(), leaky);
    }

    #[test]
    fn what_is_done_to_images_tells_which_values_they_have() {
        let taken = |steps: &[(f64, f64)], seen: Option<(f64, f64)>| {
            let budget = &mut Budget::new();
            let mut chain = Chain::default();
            for &(scale, shift) in steps {
                chain
                    .affine("s", array![scale], array![shift], budget)
                    .unwrap();
            }
            if let Some((mean, variance)) = seen {
                let seen = Seen {
                    mean: array![mean],
                    variance: array![variance],
                };
                let one = (array![1.0], array![0.0]);
                chain.normalise("n", &seen, one, budget).unwrap();
            }
            chain.dense("d", array![[1.0]], None).unwrap();
            let line = chain.finish(budget).unwrap();
            assert_eq!(line.steps.len(), 1);
            line.images.unwrap().as_stored
        };
        // Bytes: divided by 255, brought to -1..1, standardised.
        assert!(taken(&[(1.0 / 255.0, 0.0)], None));
        assert!(taken(&[(1.0 / 127.5, -1.0)], None));
        assert!(taken(&[], Some((33.3, 6000.0))));
        // Whatever is divided by 255 at first has been bytes.
        assert!(taken(&[(1.0 / 255.0, 0.0)], Some((0.13, 0.09))));
        // Intensities: brought to -1..1, standardised in one step or in two.
        assert!(!taken(&[(2.0, -1.0)], None));
        assert!(!taken(&[(1.0, -0.1307), (1.0 / 0.3081, 0.0)], None));
        assert!(!taken(&[], Some((0.13, 0.09))));
        // Measurements that are standardised already.
        assert!(taken(&[], Some((0.02, 0.98))));
    }

    #[test]
    fn a_ceiling_joins_what_it_cuts() {
        let budget = &mut Budget::new();
        let mut chain = Chain::default();
        chain.dense("a", array![[1.0, -1.0]], None).unwrap();
        chain.activation("relu", Activation::Relu, budget).unwrap();
        chain.ceiling("six", 6.0, budget).unwrap();
        chain.dense("b", array![[1.0], [1.0]], None).unwrap();
        chain.ceiling("low", -0.5, budget).unwrap();
        let layers = chain.finish(budget).unwrap().steps;
        assert_eq!(run(layers.clone(), array![[7.0]]), array![[-0.5]]);
        assert!(matches!(
            layers[0].layer.activation(),
            Activation::ClippedRelu { max: 6.0, .. }
        ));
        let first = layers[..1].to_vec();
        assert_eq!(run(first, array![[-7.0]]), array![[0.0, 6.0]]);
    }
}
