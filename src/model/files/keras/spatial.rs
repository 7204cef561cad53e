//! Layers of Keras that look at images and signals.

use ndarray::Array2;
use serde_json::Value;

use super::super::chain::{Chain, Channels};
use super::super::error::{Fault, shortened};
use super::super::tensor::{Budget, Tensor};
use super::config::Planned;
use super::steps::Variable;
use crate::data::ImageShape;
use crate::model::{Interpolation, Kind, Margins, Pair, Window};

/// Numbers of a configuration that are not followed.
const LARGEST: u64 = 1 << 24;

/// What a layer of images is called in Keras: its class without the number of directions, and that number.
fn class(planned: &Planned) -> Option<(String, usize)> {
    let rank = [1, 2]
        .into_iter()
        .find(|rank| planned.class.contains(&format!("{rank}D")))?;
    Some((planned.class.replace(&format!("{rank}D"), ""), rank))
}

/// Where a layer's channels stand.
pub(super) fn channels(planned: &Planned) -> Channels {
    if planned.config["data_format"] == "channels_first" {
        Channels::First
    } else {
        Channels::Last
    }
}

/// Adds what the layer does before its activation, if it is one of these.
#[expect(clippy::too_many_lines, reason = "a table of classes")]
pub(super) fn add(
    planned: &Planned,
    interpolates: bool,
    chain: &mut Chain,
    weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let Some((class, rank)) = class(planned) else {
        return Ok(false);
    };
    let layer = Layer { planned, rank };
    let name = planned.name.as_str();
    match class.as_str() {
        "Conv" => {
            let (kernel, filters, size) = layer.kernel(Variable::Kernel, weights, budget)?;
            let window = layer.window(chain, size)?;
            let groups = planned.number(&["groups"]).unwrap_or(1.0) as usize;
            let kind = Kind::Convolution {
                filters,
                groups,
                window,
            };
            layer.with_bias(kind, kernel, filters, chain, weights, budget)?;
        }
        "DepthwiseConv" => {
            let (kernel, filters, size) = layer.depthwise(weights, budget)?;
            let kind = layer.of_each_channel(chain, filters, size)?;
            layer.with_bias(kind, kernel, filters, chain, weights, budget)?;
        }
        "SeparableConv" => {
            let (kernel, inner, size) = layer.depthwise(weights, budget)?;
            let kind = layer.of_each_channel(chain, inner, size)?;
            let none = Array2::zeros((1, inner));
            let first = format!("{name} (each channel)");
            let channels = layer.channels();
            chain.spatial(&first, kind, vec![kernel, none], channels, budget)?;
            let (kernel, filters, size) =
                layer.kernel(Variable::PointwiseKernel, weights, budget)?;
            let kind = Kind::Convolution {
                filters,
                groups: 1,
                window: plain(size),
            };
            layer.with_bias(kind, kernel, filters, chain, weights, budget)?;
        }
        "ConvTranspose" => {
            let (kernel, filters, size) = layer.transposed_kernel(weights, budget)?;
            let kind = layer.transposed(chain, filters, size)?;
            layer.with_bias(kind, kernel, filters, chain, weights, budget)?;
        }
        "MaxPooling" | "AveragePooling" => {
            let size = layer.pair("pool_size", [2; 2])?;
            let window = layer.window(chain, size)?;
            let kind = if class == "MaxPooling" {
                Kind::MaxPooling { window }
            } else {
                Kind::AveragePooling {
                    window,
                    counts_padding: false,
                }
            };
            chain.spatial(name, kind, Vec::new(), layer.channels(), budget)?;
        }
        "GlobalMaxPooling" | "GlobalAveragePooling" => {
            let image = chain.image(name, layer.channels())?;
            let window = plain([image.height, image.width]);
            let kind = if class == "GlobalMaxPooling" {
                Kind::MaxPooling { window }
            } else {
                Kind::AveragePooling {
                    window,
                    counts_padding: false,
                }
            };
            chain.spatial(name, kind, Vec::new(), layer.channels(), budget)?;
            if planned.config["keepdims"] != true {
                chain.flatten();
            }
        }
        "UpSampling" => {
            let factor = layer.pair("size", [2; 2])?;
            let interpolation = match planned.config["interpolation"].as_str() {
                None | Some("nearest") => Interpolation::Nearest,
                Some("bilinear") if interpolates => Interpolation::Bilinear,
                Some(other) => {
                    return Err(Fault::beyond(
                        format!(
                            "its layer \"{}\" ({}) interpolates in a way that cannot be run here ({})",
                            shortened(name),
                            planned.class,
                            shortened(other)
                        ),
                        "use the interpolation \"nearest\"",
                    ));
                }
            };
            let kind = Kind::Upsampling {
                factor,
                interpolation,
            };
            chain.spatial(name, kind, Vec::new(), layer.channels(), budget)?;
        }
        "ZeroPadding" | "Cropping" => {
            let (key, sign) = if class == "Cropping" {
                ("cropping", -1)
            } else {
                ("padding", 1)
            };
            let margins = layer.margins(key)?.map(|pair| pair.map(|side| sign * side));
            let kind = Kind::Padding { margins };
            chain.spatial(name, kind, Vec::new(), layer.channels(), budget)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A window that moves by one pixel within an image.
fn plain(size: Pair) -> Window {
    Window {
        size,
        stride: [1; 2],
        dilation: [1; 2],
        padding: [[0; 2]; 2],
    }
}

struct Layer<'a> {
    planned: &'a Planned,
    /// Directions in which a window moves.
    rank: usize,
}

impl Layer<'_> {
    fn channels(&self) -> Channels {
        channels(self.planned)
    }

    fn unfit(&self, key: &str) -> Fault {
        Fault::damaged(format!(
            "layer \"{}\" says of its {key} what cannot be understood",
            shortened(&self.planned.name)
        ))
    }

    /// A number for the height and one for the width, which Keras gives as one or as many as there are
    /// directions.
    fn pair(&self, key: &str, usual: Pair) -> Result<Pair, Fault> {
        let value = &self.planned.config[key];
        if value.is_null() {
            return Ok(if self.rank == 1 { [1, usual[1]] } else { usual });
        }
        let sides = self.sides(value, key)?;
        Ok(match (self.rank, sides[..].as_ref()) {
            (1, &[side, ..]) => [1, side],
            (_, &[side]) => [side; 2],
            (_, &[height, width, ..]) => [height, width],
            _ => return Err(self.unfit(key)),
        })
    }

    fn sides(&self, value: &Value, key: &str) -> Result<Vec<usize>, Fault> {
        let one = |value: &Value| {
            let side = value.as_u64().filter(|side| *side <= LARGEST);
            side.map(|side| side as usize)
                .ok_or_else(|| self.unfit(key))
        };
        match value {
            Value::Array(values) if !values.is_empty() => values.iter().map(one).collect(),
            value => Ok(vec![one(value)?]),
        }
    }

    /// What is added or cut off before and after.
    fn margins(&self, key: &str) -> Result<Margins, Fault> {
        let value = &self.planned.config[key];
        let of = |value: &Value| {
            let sides = self.sides(value, key)?;
            let before = sides[0] as isize;
            Ok::<_, Fault>([before, sides.get(1).map_or(before, |&after| after as isize)])
        };
        if self.rank == 1 {
            return Ok([[0; 2], of(value)?]);
        }
        if let Some([height, width]) = value.as_array().map(Vec::as_slice) {
            return Ok([of(height)?, of(width)?]);
        }
        Ok([of(value)?; 2])
    }

    /// A window of this size that moves over the images here, with the padding that the layer asks for.
    fn window(&self, chain: &Chain, size: Pair) -> Result<Window, Fault> {
        let image = chain.image(&self.planned.name, self.channels())?;
        let stride = match self.planned.config["strides"] {
            Value::Null if self.planned.class.contains("Pooling") => size,
            _ => self.pair("strides", [1; 2])?,
        };
        let dilation = self.pair("dilation_rate", [1; 2])?;
        let reach = [0, 1].map(|at| size[at].saturating_sub(1).saturating_mul(dilation[at]));
        let padding = match self.planned.config["padding"].as_str().unwrap_or("valid") {
            "valid" => [[0; 2]; 2],
            "same" => [0, 1].map(|at| {
                let side = [image.height, image.width][at];
                let steps = side.div_ceil(stride[at].max(1)) - 1;
                let total = (steps * stride[at] + 1 + reach[at]).saturating_sub(side) as isize;
                [total / 2, total - total / 2]
            }),
            "causal" => [[0; 2], [reach[1] as isize, 0]],
            _ => return Err(self.unfit("padding")),
        };
        Ok(Window {
            size,
            stride,
            dilation,
            padding,
        })
    }

    /// A convolution whose groups are the channels.
    fn of_each_channel(&self, chain: &Chain, filters: usize, size: Pair) -> Result<Kind, Fault> {
        let image = chain.image(&self.planned.name, self.channels())?;
        Ok(Kind::Convolution {
            filters,
            groups: image.channels,
            window: self.window(chain, size)?,
        })
    }

    /// Two axes of a variable that are channels, and those before them that are a window.
    fn stored(
        &self,
        variable: Variable,
        weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
        budget: &mut Budget,
    ) -> Result<(Tensor, Pair, Pair), Fault> {
        let tensor = weights(variable, budget)?;
        let (size, last) = match (self.rank, tensor.shape()) {
            (_, shape) if shape.contains(&0) => return Err(self.unfit("kernel")),
            (1, &[width, one, other]) => ([1, width], [one, other]),
            (2, &[height, width, one, other]) => ([height, width], [one, other]),
            _ => {
                return Err(tensor.wrong_shape(
                    &self.planned.name,
                    &format!("a kernel of {} axes", self.rank + 2),
                ));
            }
        };
        Ok((tensor, size, last))
    }

    /// Window and inputs × filters, the number of filters, and the window's size.
    fn kernel(
        &self,
        variable: Variable,
        weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
        budget: &mut Budget,
    ) -> Result<(Array2<f32>, usize, Pair), Fault> {
        let (tensor, size, [inputs, filters]) = self.stored(variable, weights, budget)?;
        let rows = size[0] * size[1] * inputs;
        let kernel = tensor
            .reshaped(vec![rows, filters])
            .matrix(&self.planned.name)?;
        Ok((kernel, filters, size))
    }

    /// Window × filters of all channels in turn.
    fn depthwise(
        &self,
        weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
        budget: &mut Budget,
    ) -> Result<(Array2<f32>, usize, Pair), Fault> {
        let (tensor, size, [inputs, each]) =
            self.stored(Variable::DepthwiseKernel, weights, budget)?;
        let filters = inputs * each;
        let rows = size[0] * size[1];
        let kernel = tensor
            .reshaped(vec![rows, filters])
            .matrix(&self.planned.name)?;
        Ok((kernel, filters, size))
    }

    /// Window and inputs × filters, of a kernel that is kept the other way round.
    fn transposed_kernel(
        &self,
        weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
        budget: &mut Budget,
    ) -> Result<(Array2<f32>, usize, Pair), Fault> {
        let (tensor, size, [filters, inputs]) = self.stored(Variable::Kernel, weights, budget)?;
        let places = size[0] * size[1];
        let kernel = tensor
            .reshaped(vec![places, filters, inputs])
            .permuted(&[0, 2, 1])
            .reshaped(vec![places * inputs, filters])
            .matrix(&self.planned.name)?;
        Ok((kernel, filters, size))
    }

    fn transposed(&self, chain: &Chain, filters: usize, kernel: Pair) -> Result<Kind, Fault> {
        let image = chain.image(&self.planned.name, self.channels())?;
        let stride = self.pair("strides", [1; 2])?;
        let dilation = self.pair("dilation_rate", [1; 2])?;
        let extra = match self.planned.config["output_padding"] {
            Value::Null => None,
            _ => Some(self.pair("output_padding", [0; 2])?),
        };
        let same = match self.planned.config["padding"].as_str().unwrap_or("valid") {
            "same" => true,
            "valid" => false,
            _ => return Err(self.unfit("padding")),
        };
        let ImageShape { height, width, .. } = image;
        let cut = [0, 1].map(|at| {
            let steps = ([height, width][at] - 1).saturating_mul(stride[at]);
            let reach = kernel[at].saturating_sub(1).saturating_mul(dilation[at]) + 1;
            // In the second direction of a signal nothing moves.
            let extra = extra.map(|extra| {
                if self.rank == 1 && at == 0 {
                    0
                } else {
                    extra[at]
                }
            });
            let (given, before) = match (same, extra) {
                (false, None) => (steps + reach.max(stride[at]), 0),
                (false, Some(extra)) => (steps + reach + extra, 0),
                (true, extra) => {
                    let padded = match extra {
                        None => (stride[at] + reach).saturating_sub(2),
                        Some(extra) => (reach + reach % 2 + extra).saturating_sub(2),
                    };
                    let left = padded.div_ceil(2).min(reach - 1);
                    let given = match extra {
                        None => steps + stride[at],
                        Some(extra) => steps + reach % 2 + extra,
                    };
                    (given, reach - 1 - left)
                }
            };
            let after = (steps + reach) as isize - before as isize - given as isize;
            [before as isize, after]
        });
        Ok(Kind::Transposed {
            filters,
            groups: 1,
            kernel,
            stride,
            dilation,
            cut,
        })
    }

    fn with_bias(
        &self,
        kind: Kind,
        kernel: Array2<f32>,
        filters: usize,
        chain: &mut Chain,
        weights: &mut impl FnMut(Variable, &mut Budget) -> Result<Tensor, Fault>,
        budget: &mut Budget,
    ) -> Result<(), Fault> {
        let name = self.planned.name.as_str();
        let bias = if self.planned.on("use_bias") {
            let bias = weights(Variable::Bias, budget)?.vector(name, filters)?;
            bias.insert_axis(ndarray::Axis(0))
        } else {
            Array2::zeros((1, filters))
        };
        chain.spatial(name, kind, vec![kernel, bias], self.channels(), budget)
    }
}
