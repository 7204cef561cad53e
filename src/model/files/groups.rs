//! Tensors by their names: which are a layer's kernel and bias, which normalise, and which are none
//! of a network's.

use ndarray::{Array1, Array2, Axis};

use super::chain::{Images, Layer, Seen, beyond, normalisation};
use super::error::{Fault, shortened};
use super::tensor::Tensor;
use super::weights::{Named, ONNX, Weights};
use crate::data::Scaling;
use crate::model::{Activation, Dense};

/// Whose habits a file follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Library {
    Torch,
    Keras,
}

/// Tensors of one module.
struct Group {
    stem: String,
    tensors: Vec<(String, Tensor)>,
}

impl Group {
    fn has(&self, name: &str) -> bool {
        self.tensors.iter().any(|(own, _)| own == name)
    }

    fn take(&mut self, name: &str) -> Option<Tensor> {
        let at = self.tensors.iter().position(|(own, _)| own == name)?;
        Some(self.tensors.remove(at).1)
    }

    fn full(&self, name: &str) -> String {
        if self.stem.is_empty() {
            name.into()
        } else {
            format!("{}.{name}", self.stem)
        }
    }

    /// A layer of the first matrix and the bias that goes by its name.
    fn layer(&mut self) -> Result<Option<Layer>, Fault> {
        let matrix = |(name, tensor): &&(String, Tensor)| {
            tensor.shape().len() == 2 && !standardises(name) && name != "weight_g"
        };
        let several = self.tensors.iter().filter(matrix).count() > 1;
        let Some((last, _)) = self.tensors.iter().find(matrix) else {
            return Ok(None);
        };
        let last = last.clone();
        let name = if several || self.stem.is_empty() {
            self.full(&last)
        } else {
            self.stem.clone()
        };
        let Some(tensor) = self.take(&last) else {
            return Ok(None);
        };
        let weight = tensor.matrix(&name)?;
        let weight = match self.take("weight_g") {
            Some(lengths) if last == "weight_v" => {
                let lengths = lengths.vector(&name, weight.nrows())?;
                normed(weight, &lengths)
            }
            _ => weight,
        };
        let called: Vec<String> = match last.split_at_checked(1) {
            Some(("w" | "W", rest)) if !last.contains("eight") => vec![format!("b{rest}")],
            _ => ["weight", "kernel"]
                .iter()
                .map(|word| last.replace(word, "bias"))
                .collect(),
        };
        let usual = ["bias", "b"].map(String::from);
        let usual = usual.iter().filter(|_| !several);
        let bias = called
            .iter()
            .chain(usual)
            .find(|name| **name != last && self.has(name));
        let bias = bias.cloned().and_then(|name| self.take(&name));
        let (rows, columns) = weight.dim();
        let transposed = match bias.as_ref().map(Tensor::shape) {
            Some([length]) if rows != columns && *length == rows => true,
            Some([length]) if rows != columns && *length == columns => false,
            _ => !matches!(last.as_str(), "kernel" | "w" | "W"),
        };
        let weight = if transposed {
            weight.reversed_axes()
        } else {
            weight
        };
        let weight = weight.as_standard_layout().into_owned();
        let bias = match bias {
            Some(bias) => bias.vector(&name, weight.ncols())?,
            None => Array1::zeros(weight.ncols()),
        };
        Ok(Some(layer(name, weight, bias)))
    }
}

fn layer(name: String, weight: Array2<f32>, bias: Array1<f32>) -> Layer {
    Layer {
        name,
        dense: Dense {
            weight,
            bias,
            activation: Activation::Linear,
        },
        part: None,
        slope: None,
    }
}

/// Rows of these lengths: how PyTorch keeps what it calls weight normalisation.
fn normed(weight: Array2<f32>, lengths: &Array1<f32>) -> Array2<f32> {
    let mut weight = weight.mapv(f64::from);
    for (mut row, &length) in weight.rows_mut().into_iter().zip(lengths) {
        let own = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row *= f64::from(length) / own;
    }
    weight.mapv(|value| value as f32)
}

/// Joins kernels and biases by their names: `encoder.0.weight` and `encoder.0.bias`, or
/// `dense/kernel` and `dense/bias`. A kernel called weight is outputs × inputs, as PyTorch keeps
/// it, unless its bias shows otherwise. Normalisations that have seen the training are joined with
/// the layers that they belong to.
pub(super) fn dense_layers(mut tensors: Vec<Named>, library: Library) -> Result<Weights, Fault> {
    let scaling = columns(&mut tensors);
    let mut groups: Vec<Group> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (name, tensor) in tensors {
        let name = plain(&name);
        let (stem, last) = stem(&name);
        let at = *places.entry(stem.to_owned()).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Group {
                stem: stem.into(),
                tensors: Vec::new(),
            });
        }
        groups[at].tensors.push((last.into(), tensor));
    }
    let mut read = Read {
        layers: Vec::new(),
        weights: Weights::default(),
    };
    let mut normalisations = Vec::new();
    let mut slopes = Vec::new();
    let mut loose = Vec::new();
    let mut standardising = Vec::new();
    for (at, mut group) in groups.into_iter().enumerate() {
        if let Some((name, tensor)) = group
            .tensors
            .iter()
            .find(|(_, tensor)| tensor.shape().len() > 2)
        {
            return Err(Fault::beyond(
                format!(
                    "its \"{}\" has {} axes, as of a convolution, and only dense layers can be used",
                    shortened(&group.full(name)),
                    tensor.shape().len()
                ),
                "train an autoencoder of dense layers",
            ));
        }
        while let Some(layer) = group.layer()? {
            read.layers.push((at, layer));
        }
        if let Some(normalisation) = Normalisation::of(&mut group, library)? {
            normalisations.push((at, normalisation));
        }
        let alone = group.tensors.len() == 1 && !group.stem.is_empty();
        for (name, tensor) in std::mem::take(&mut group.tensors) {
            let full = group.full(&name);
            match tensor.shape() {
                _ if standardises(&name) => standardising.push(full),
                [_] if alone && matches!(name.as_str(), "weight" | "alpha") => {
                    slopes.push((at, group.stem.clone(), tensor));
                }
                [count] if *count > 1 || name.contains("bias") => loose.push((full, tensor)),
                [_, _] => loose.push((full, tensor)),
                _ if ["tracker", "metric", "loss"]
                    .iter()
                    .any(|word| full.contains(word)) => {}
                _ => read.weights.notes.push(format!(
                    "\"{}\" is a single number that belongs to no layer, and was left aside.",
                    shortened(&full)
                )),
            }
        }
    }
    read.tie(&mut loose)?;
    if read.layers.is_empty() {
        return Err(Fault::new(
            "it holds no weights of a dense layer",
            "save the weights of an autoencoder of dense layers",
        ));
    }
    for (at, normalisation) in normalisations {
        read.normalise(at, &normalisation)?;
    }
    for (at, stem, slopes) in slopes {
        read.slopes(at, &stem, slopes)?;
    }
    if let Some((name, tensor)) = loose.first() {
        return Err(read.left(name, tensor));
    }
    if !standardising.is_empty() {
        read.weights.notes.push(not_standardised(&standardising));
    }
    let Read {
        layers,
        mut weights,
    } = read;
    weights.layers = layers.into_iter().map(|(_, layer)| layer).collect();
    weights.scaling = scaling;
    Ok(weights)
}

/// What the columns of a table are scaled by, where the program that we write for PyTorch saved it.
fn columns(tensors: &mut Vec<Named>) -> Option<Scaling> {
    let place = |tensors: &[Named], wanted: &str| {
        tensors
            .iter()
            .position(|(name, _)| plain(name) == format!("column_{wanted}"))
    };
    let (offset, scale) = (place(tensors, "offset")?, place(tensors, "scale")?);
    let values = |at: usize| tensors[at].1.values().to_vec();
    let scaling = Scaling {
        offset: values(offset),
        scale: values(scale),
    };
    let mut at = 0;
    tensors.retain(|_| {
        at += 1;
        at != offset + 1 && at != scale + 1
    });
    Some(scaling)
}

/// A tensor's name without what wrappers put before it or into it.
pub(super) fn plain(name: &str) -> String {
    let mut name = name.strip_suffix(":0").unwrap_or(name);
    // DataParallel, and torch.compile.
    while let Some(inner) = ["module.", "_orig_mod."]
        .iter()
        .find_map(|outer| name.strip_prefix(outer))
    {
        name = inner;
    }
    name.replace("parametrizations.weight.original0", "weight_g")
        .replace("parametrizations.weight.original1", "weight_v")
}

/// The name without its last part, and that part.
pub(super) fn stem(name: &str) -> (&str, &str) {
    name.rsplit_once(['.', '/']).unwrap_or(("", name))
}

/// Whether a tensor of this name, which belongs to no layer, says how images were standardised.
pub(super) fn standardises(name: &str) -> bool {
    const NAMES: [&str; 6] = ["mean", "std", "stdev", "variance", "min", "max"];
    let last = stem(name).1.to_lowercase();
    let mut words = last.split('_');
    words.clone().any(|word| NAMES.contains(&word))
        && !last.starts_with("running_")
        && !last.starts_with("moving_")
        && words.all(|word| word.len() < 10)
}

/// What is said of tensors of such names.
pub(super) fn not_standardised(names: &[String]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("\"{}\"", shortened(name)))
        .collect();
    format!(
        "Beside the layers stand {}: if images were standardised with them for the training, bring images \
         that are, since nothing of the kind is done here.",
        names.join(" and ")
    )
}

/// A batch normalisation.
struct Normalisation {
    name: String,
    seen: Seen,
    scale: Array1<f64>,
    shift: Array1<f64>,
    epsilon: &'static str,
}

impl Normalisation {
    /// That of a group which holds what it has seen.
    fn of(group: &mut Group, library: Library) -> Result<Option<Self>, Fault> {
        let name = group.stem.clone();
        let moments = [
            ["running_mean", "running_var"],
            ["moving_mean", "moving_variance"],
        ];
        let Some([mean, variance]) = moments.into_iter().find(|names| group.has(names[0])) else {
            let pair = [["weight", "bias"], ["gamma", "beta"]];
            if pair
                .iter()
                .any(|names| names.iter().all(|name| group.has(name)))
            {
                return Err(Fault::beyond(
                    format!(
                        "its \"{}\" normalises without having kept what it saw in training, as layer \
                         normalisation does",
                        shortened(&name)
                    ),
                    "use batch normalisation that keeps running statistics, or none",
                ));
            }
            return Ok(None);
        };
        let length = group.tensors.iter().find(|(own, _)| own == mean);
        let length = length.map_or(0, |(_, tensor)| tensor.shape().iter().product());
        let mut all = |names: &[&str], usual: f32| {
            let found = names.iter().find_map(|name| group.take(name));
            let values = found.map_or_else(
                || Ok(Array1::from_elem(length, usual)),
                |tensor| tensor.vector(&name, length),
            );
            values.map(|values: Array1<f32>| values.mapv(f64::from))
        };
        let seen = Seen {
            mean: all(&[mean], 0.0)?,
            variance: all(&[variance], 1.0)?,
        };
        let gamma = all(&["weight", "gamma"], 1.0)?;
        let beta = all(&["bias", "beta"], 0.0)?;
        let (epsilon, said) = match library {
            Library::Torch => (1e-5, "1e-5"),
            Library::Keras => (1e-3, "1e-3"),
        };
        let (scale, shift) = normalisation(&name, &gamma, &beta, &seen, epsilon)?;
        Ok(Some(Self {
            name,
            seen,
            scale,
            shift,
            epsilon: said,
        }))
    }
}

/// Layers so far, each with the place of its group in the file.
struct Read {
    layers: Vec<(usize, Layer)>,
    weights: Weights,
}

impl Read {
    /// One matrix for both directions, with a bias for each.
    fn tie(&mut self, loose: &mut Vec<Named>) -> Result<(), Fault> {
        let [(at, only)] = self.layers.as_mut_slice() else {
            return Ok(());
        };
        let (inputs, outputs) = only.dense.weight.dim();
        let length = |tensor: &Tensor| match *tensor.shape() {
            [length] => length,
            _ => 0,
        };
        let lengths: Vec<usize> = loose.iter().map(|(_, tensor)| length(tensor)).collect();
        if inputs == outputs {
            return Ok(());
        }
        let (wide, narrow) = (inputs.max(outputs), inputs.min(outputs));
        let mut bias = |wanted: usize| -> Result<Array1<f32>, Fault> {
            let at = loose
                .iter()
                .position(|(_, tensor)| length(tensor) == wanted);
            match at.map(|at| loose.remove(at)) {
                Some((name, tensor)) => tensor.vector(&name, wanted),
                None => Ok(Array1::zeros(wanted)),
            }
        };
        let (down, up) = match lengths[..] {
            [one] if one == inputs => {
                let (own, other) = (only.dense.bias.clone(), bias(inputs)?);
                if inputs > outputs {
                    (own, other)
                } else {
                    (other, own)
                }
            }
            [one, other] if one.max(other) == wide && one.min(other) == narrow => {
                (bias(narrow)?, bias(wide)?)
            }
            _ => return Ok(()),
        };
        if inputs < outputs {
            let turned = only.dense.weight.t().as_standard_layout().into_owned();
            only.dense.weight = turned;
        }
        only.dense.bias = down;
        let turned = only.dense.weight.t().as_standard_layout().into_owned();
        let (at, name) = (*at, only.name.clone());
        self.weights.notes.push(format!(
            "Encoder and decoder share the weights \"{}\", the decoder the other way round.",
            shortened(&name)
        ));
        self.layers
            .push((at + 1, layer(format!("{name} (transposed)"), turned, up)));
        Ok(())
    }

    /// Joins a normalisation with the layer before it, or with the one after it where an activation
    /// stands between it and the one before.
    fn normalise(&mut self, at: usize, own: &Normalisation) -> Result<(), Fault> {
        let width = own.scale.len();
        let shown = shortened(&own.name);
        let Some((target, before)) = self.beside(at, &own.name, width) else {
            return Err(Fault::beyond(
                format!("its batch normalisation \"{shown}\" of {width} numbers fits no layer"),
                ONNX,
            ));
        };
        let first = !self
            .layers
            .iter()
            .any(|(_, layer)| layer.dense.inputs() > width);
        let layer = &mut self.layers[target].1;
        let weight = layer.dense.weight.mapv(f64::from);
        let bias = layer.dense.bias.mapv(f64::from);
        let (weight, bias, place) = if before {
            let bias = bias * &own.scale + &own.shift;
            (weight * &own.scale, bias, "gives, before its activation")
        } else {
            let bias = bias + own.shift.dot(&weight);
            let weight = weight * own.scale.view().insert_axis(Axis(1));
            if first {
                let mut pairs = own.seen.mean.iter().zip(&own.seen.variance);
                self.weights.images = Some(Images {
                    names: vec![own.name.clone()],
                    as_stored: pairs.any(|(&mean, &variance)| beyond(mean, variance)),
                });
            }
            (weight, bias, "takes")
        };
        layer.dense.weight = weight.mapv(|value| value as f32);
        layer.dense.bias = bias.mapv(|value| value as f32);
        self.weights.notes.push(format!(
            "Batch normalisation \"{shown}\" was applied to what layer \"{}\" {place}, with the usual \
             epsilon of {}, which the file does not hold.",
            shortened(&layer.name),
            own.epsilon
        ));
        Ok(())
    }

    /// The layer that a module of so many numbers stands beside, and whether it stands after it.
    fn beside(&self, at: usize, name: &str, width: usize) -> Option<(usize, bool)> {
        let gives = |&place: &usize| self.layers[place].1.dense.outputs() == width;
        let takes = |&place: &usize| self.layers[place].1.dense.inputs() == width;
        let all = || 0..self.layers.len();
        let (parent, last) = stem(name);
        let family = |place: usize| {
            let (other, last) = stem(&self.layers[place].1.name);
            (other == parent).then_some(last)
        };
        // Numbered as in nn.Sequential.
        if let Ok(number) = last.parse::<usize>() {
            let numbered = |place: usize| Some((family(place)?.parse::<usize>().ok()?, place));
            let numbers = || all().filter_map(numbered);
            let before = numbers().filter(|&(other, _)| other < number).max();
            let after = numbers().filter(|&(other, _)| other > number).min();
            let after = after.filter(|(_, place)| takes(place));
            match (before.filter(|(_, place)| gives(place)), after) {
                (Some((one, _)), Some((next, place))) if number - one > 1 && next - number == 1 => {
                    return Some((place, false));
                }
                (Some((_, place)), _) => return Some((place, true)),
                (None, Some((_, place))) => return Some((place, false)),
                (None, None) => {}
            }
        }
        // bn1 of fc1.
        let digits = |name: &str| {
            let start = name
                .trim_end_matches(|letter: char| letter.is_ascii_digit())
                .len();
            name[start..].to_owned()
        };
        let alike = |&place: &usize| {
            family(place)
                .is_some_and(|other| !digits(other).is_empty() && digits(other) == digits(last))
        };
        let only = |mut found: Box<dyn Iterator<Item = usize> + '_>| {
            found.next().filter(|_| found.next().is_none())
        };
        let called = only(Box::new(all().filter(gives).filter(alike)));
        let before = all()
            .filter(gives)
            .filter(|&place| self.layers[place].0 < at);
        called
            .or_else(|| before.max_by_key(|&place| self.layers[place].0))
            .or_else(|| only(Box::new(all().filter(gives))))
            .map(|place| (place, true))
            .or_else(|| only(Box::new(all().filter(takes))).map(|place| (place, false)))
    }

    /// The slopes of a PReLU, one for all units.
    fn slopes(&mut self, at: usize, stem: &str, slopes: Tensor) -> Result<(), Fault> {
        let count = slopes.shape().iter().product();
        let slopes = slopes.vector(stem, count)?;
        let shown = shortened(stem);
        let before = self
            .layers
            .iter()
            .enumerate()
            .filter(|(_, (place, _))| *place < at);
        let before = before.max_by_key(|(_, (place, _))| *place);
        let fits = before.filter(|(_, (_, layer))| count == 1 || layer.dense.outputs() == count);
        let Some((place, _)) = fits else {
            return Err(Fault::beyond(
                format!("its \"{shown}\" belongs to no dense layer (perhaps to a normalisation)"),
                ONNX,
            ));
        };
        if slopes.iter().any(|&slope| slope != slopes[0]) {
            return Err(Fault::beyond(
                format!("its \"{shown}\" has a slope for every unit, as PReLU may have"),
                ONNX,
            ));
        }
        let layer = &mut self.layers[place].1;
        layer.slope = Some(slopes[0]);
        self.weights.notes.push(format!(
            "PReLU \"{shown}\" is the activation of layer \"{}\", with its slope of {}.",
            shortened(&layer.name),
            slopes[0]
        ));
        Ok(())
    }

    /// Why a tensor cannot stay.
    fn left(&self, name: &str, tensor: &Tensor) -> Fault {
        let shown = shortened(name);
        let widths = self.layers.iter().map(|(_, layer)| layer.dense.inputs());
        let shared = matches!(*tensor.shape(), [length] if widths.into_iter().any(|inputs| inputs == length));
        if shared {
            return Fault::beyond(
                format!(
                    "its \"{shown}\" has no weights of its own, as where encoder and decoder share weights"
                ),
                ONNX,
            );
        }
        Fault::beyond(
            format!("its \"{shown}\" belongs to no dense layer (perhaps to a normalisation)"),
            ONNX,
        )
    }
}

/// Tensors that a file leaves out because others share their numbers, by the names of both: added, the
/// other way round where their bias shows that.
pub(super) fn shared(
    tensors: &mut Vec<Named>,
    names: &[(String, String)],
) -> Result<Vec<String>, Fault> {
    let mut notes = Vec::new();
    for (missing, kept) in names {
        let find = |wanted: &str| tensors.iter().find(|(name, _)| name == wanted);
        if find(missing).is_some() {
            continue;
        }
        let Some((_, tensor)) = find(kept) else {
            continue;
        };
        let (module, last) = stem(missing);
        let bias = format!("{}bias", &missing[..missing.len() - last.len()]);
        let length = find(&bias).and_then(|(_, bias)| bias.shape().first().copied());
        let turned = match (tensor.shape(), length) {
            (&[rows, columns], Some(length)) if rows != columns && length == columns => true,
            (&[rows, columns], Some(length)) if rows != columns && length == rows => false,
            ([_], _) => false,
            _ => {
                return Err(Fault::beyond(
                    format!(
                        "its \"{}\" shares the weights of \"{}\", and it does not say whether they are \
                         transposed",
                        shortened(missing),
                        shortened(kept)
                    ),
                    ONNX,
                ));
            }
        };
        let tensor = if turned {
            tensor.clone().transposed(kept)?
        } else {
            tensor.clone()
        };
        notes.push(format!(
            "\"{}\" shares the weights of \"{}\"{}.",
            shortened(module),
            shortened(stem(kept).0),
            if turned { ", the other way round" } else { "" }
        ));
        tensors.push((missing.clone(), tensor));
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn named(tensors: &[(&str, &[usize], &[f32])]) -> Vec<Named> {
        let tensor = |&(name, shape, values): &(&str, &[usize], &[f32])| {
            let tensor = Tensor::new(name, shape.to_vec(), values.to_vec()).expect("it fits");
            (name.to_owned(), tensor)
        };
        tensors.iter().map(tensor).collect()
    }

    fn layers(tensors: &[(&str, &[usize], &[f32])]) -> Weights {
        dense_layers(named(tensors), Library::Torch).unwrap_or_else(|fault| panic!("{fault:?}"))
    }

    fn refused(tensors: &[(&str, &[usize], &[f32])]) -> String {
        let fault = dense_layers(named(tensors), Library::Torch).expect_err("it is refused");
        fault.of("f").to_string()
    }

    #[test]
    fn batch_normalisation_stands_where_its_number_says() {
        // (x - 1) / √(4 - 1e-5 + 1e-5) · 3 + 0.5, by the numbers of an nn.Sequential.
        let variance = [4.0f32 - 1e-5];
        let normalising = |stem: &str| {
            let name = |last: &str| format!("{stem}.{last}");
            [
                name("weight"),
                name("bias"),
                name("running_mean"),
                name("running_var"),
            ]
        };
        let of = |number: &str, next: &str| {
            let names = normalising(number);
            let next = format!("{next}.weight");
            layers(&[
                ("module.0.weight", &[1, 2], &[1.0, 2.0]),
                ("module.0.bias", &[1], &[0.5]),
                (&names[0], &[1], &[3.0]),
                (&names[1], &[1], &[0.5]),
                (&names[2], &[1], &[1.0]),
                (&names[3], &[1], &variance),
                (&next, &[2, 1], &[2.0, 4.0]),
            ])
        };
        // Linear, norm, ReLU, Linear: before the activation.
        let found = of("module.1", "module.3");
        let close = |found: &Array2<f32>, expected: Array2<f32>| {
            assert!(
                (found - &expected).iter().all(|off| off.abs() < 1e-5),
                "{found}"
            );
        };
        close(&found.layers[0].dense.weight, array![[1.5], [3.0]]);
        assert!((found.layers[0].dense.bias[0] - (-0.25)).abs() < 1e-5);
        close(&found.layers[1].dense.weight, array![[2.0, 4.0]]);
        assert!(found.notes[0].contains("before its activation, with the usual epsilon of 1e-5"));
        // Linear, ReLU, norm, Linear: after it.
        let found = of("module.2", "module.3");
        close(&found.layers[0].dense.weight, array![[1.0], [2.0]]);
        close(&found.layers[1].dense.weight, array![[3.0, 6.0]]);
        assert!((found.layers[1].dense.bias[1] - (-4.0)).abs() < 1e-5);
        assert!(
            found.notes[0].contains("layer \"3\" takes"),
            "{:?}",
            found.notes
        );
    }

    #[test]
    fn shared_weights_are_read_both_ways() {
        let found = layers(&[
            ("weight", &[1, 2], &[1.0, 2.0]),
            ("bias", &[1], &[0.5]),
            ("decoder_bias", &[2], &[3.0, 4.0]),
        ]);
        assert_eq!(found.layers[0].dense.weight, array![[1.0], [2.0]]);
        assert_eq!(found.layers[1].dense.weight, array![[1.0, 2.0]]);
        assert_eq!(found.layers[1].dense.bias, array![3.0, 4.0]);
        // As restricted Boltzmann machines are kept, images first.
        let found = layers(&[
            ("W", &[2, 1], &[1.0, 2.0]),
            ("v_bias", &[2], &[3.0, 4.0]),
            ("h_bias", &[1], &[0.5]),
        ]);
        assert_eq!(found.layers[0].dense.weight, array![[1.0], [2.0]]);
        assert_eq!(found.layers[0].dense.bias, array![0.5]);
        assert_eq!(found.layers[1].dense.bias, array![3.0, 4.0]);
        let sentence = refused(&[
            ("a.weight", &[2, 3], &[0.0; 6]),
            ("b.weight", &[1, 2], &[0.0; 2]),
            ("up", &[3], &[0.0; 3]),
        ]);
        assert!(sentence.contains("share weights"), "{sentence}");
    }

    #[test]
    fn what_a_file_left_out_is_found_in_its_metadata() {
        let left_out = [("up.weight".to_owned(), "down.weight".to_owned())];
        let mut tensors = named(&[
            ("down.weight", &[1, 2], &[1.0, 2.0]),
            ("up.bias", &[2], &[3.0, 4.0]),
        ]);
        let notes = shared(&mut tensors, &left_out).expect("its bias tells");
        assert_eq!(
            notes,
            ["\"up\" shares the weights of \"down\", the other way round."]
        );
        let found = dense_layers(tensors, Library::Torch).expect("they are two layers");
        assert_eq!(found.layers[1].dense.weight, array![[1.0, 2.0]]);
        let mut square = named(&[
            ("down.weight", &[2, 2], &[0.0; 4]),
            ("up.bias", &[2], &[0.0; 2]),
        ]);
        assert!(shared(&mut square, &left_out).is_err());
    }

    #[test]
    fn tensors_that_are_no_layer_are_named() {
        let with = |name: &str, shape: &[usize], values: &[f32]| {
            let all = [
                ("0.weight", &[1usize, 2][..], &[1.0f32, 2.0][..]),
                (name, shape, values),
            ];
            dense_layers(named(&all), Library::Torch)
        };
        let note =
            |name, shape, values| with(name, shape, values).expect("it opens").notes.join(" ");
        assert!(note("x_mean", &[2], &[0.1, 0.2]).contains("standardised"));
        assert!(note("temperature", &[], &[0.1]).contains("belongs to no layer"));
        assert!(note("1.weight", &[1], &[0.25]).contains("slope of 0.25"));
        let slope = with("1.weight", &[1], &[0.25]).expect("it opens").layers[0].slope;
        assert_eq!(slope, Some(0.25));
        let normed = layers(&[
            ("0.weight_g", &[1, 1], &[10.0]),
            ("0.weight_v", &[1, 2], &[3.0, 4.0]),
        ]);
        assert_eq!(normed.layers[0].dense.weight, array![[6.0], [8.0]]);
        let sentence = refused(&[
            ("0.weight", &[1, 2], &[1.0, 2.0]),
            ("1.weight", &[1], &[1.0]),
            ("1.bias", &[1], &[1.0]),
        ]);
        assert!(sentence.contains("layer normalisation"), "{sentence}");
    }
}
