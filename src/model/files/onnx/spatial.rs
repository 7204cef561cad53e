//! Operations of ONNX that look at images and signals.

use ndarray::{Array2, Axis};

use super::super::chain::{Chain, Channels};
use super::super::error::{Fault, shortened};
use super::super::tensor::{Budget, Tensor};
use super::{Node, Reader};
use crate::data::ImageShape;
use crate::model::{Interpolation, Kind, Margins, Pair, Window};

/// Numbers of attributes that are not followed.
const LARGEST: i64 = 1 << 24;

/// Adds what an operation does, if it is one of these.
pub(super) fn add(
    reader: &Reader<'_>,
    node: &Node<'_>,
    chain: &mut Chain,
    budget: &mut Budget,
) -> Result<bool, Fault> {
    let operation = Operation { reader, node };
    let name = super::layer_name(node, node.called());
    let (kind, weights, channels) = match node.operation {
        "Conv" => operation.convolution(chain, budget)?,
        "ConvTranspose" => operation.transposed(chain, budget)?,
        "MaxPool" | "AveragePool" => {
            let size = operation.pair("kernel_shape", None, 2)?;
            let channels = Channels::First;
            let image = chain.image(name, channels)?;
            let window = operation.window(image, size, true)?;
            let kind = if node.operation == "MaxPool" {
                Kind::MaxPooling { window }
            } else {
                operation.mean(image, window)?
            };
            (kind, Vec::new(), channels)
        }
        "GlobalMaxPool" | "GlobalAveragePool" => {
            let channels = Channels::First;
            let image = chain.image(name, channels)?;
            let largest = node.operation == "GlobalMaxPool";
            (over_all(image, largest), Vec::new(), channels)
        }
        "ReduceMean" | "ReduceMax" => return operation.reduced(chain, budget),
        "Resize" | "Upsample" => {
            let Some((kind, channels)) = operation.upsampling(chain)? else {
                return Ok(true);
            };
            (kind, Vec::new(), channels)
        }
        "Pad" | "Slice" => {
            let margins = if node.operation == "Pad" {
                operation.padding(chain)?
            } else {
                operation.part(chain)?
            };
            if margins.iter().all(|side| *side == [0; 2]) {
                return Ok(true);
            }
            let (channels, margins) = operation.sides(chain, &margins, [0; 2])?;
            (Kind::Padding { margins }, Vec::new(), channels)
        }
        _ => return Ok(false),
    };
    chain.spatial(name, kind, weights, channels, budget)?;
    Ok(true)
}

fn over_all(image: ImageShape, largest: bool) -> Kind {
    let window = Window {
        size: [image.height, image.width],
        stride: [1; 2],
        dilation: [1; 2],
        padding: [[0; 2]; 2],
    };
    if largest {
        Kind::MaxPooling { window }
    } else {
        Kind::AveragePooling {
            window,
            counts_padding: false,
        }
    }
}

struct Operation<'a, 'r> {
    reader: &'r Reader<'a>,
    node: &'r Node<'a>,
}

type Added = (Kind, Vec<Array2<f32>>, Channels);

impl Operation<'_, '_> {
    fn unfit(&self, what: &str) -> Fault {
        Fault::new(
            format!(
                "its operation \"{}\" ({}) {what}",
                self.node.shown(),
                shortened(self.node.operation)
            ),
            super::OTHERS,
        )
    }

    /// An attribute for the height and the width, or for one direction alone.
    fn pair(&self, key: &str, usual: Option<usize>, rank: usize) -> Result<Pair, Fault> {
        let sides = self.node.ints(key)?;
        let whole: Option<Vec<usize>> = sides
            .iter()
            .map(|&side| usize::try_from(side).ok().filter(|_| side <= LARGEST))
            .collect();
        match (whole.as_deref(), usual) {
            (Some(&[height, width]), _) => Ok([height, width]),
            (Some(&[width]), _) => Ok([1, width]),
            (Some([]), Some(usual)) if rank == 1 => Ok([1, usual]),
            (Some([]), Some(usual)) => Ok([usual; 2]),
            _ => Err(self.unfit(&format!("has a {key} that cannot be understood"))),
        }
    }

    /// Padding before and after, where attributes say it.
    fn pads(&self) -> Result<Option<Margins>, Fault> {
        let pads = self.node.ints("pads")?;
        if pads.iter().any(|pad| pad.unsigned_abs() > LARGEST as u64) {
            return Err(self.unfit("has pads that cannot be understood"));
        }
        let pads: Vec<isize> = pads.iter().map(|&pad| pad as isize).collect();
        match pads[..] {
            [] => Ok(None),
            [left, right] => Ok(Some([[0; 2], [left, right]])),
            [top, left, bottom, right] => Ok(Some([[top, bottom], [left, right]])),
            _ => Err(self.unfit("has pads that cannot be understood")),
        }
    }

    fn auto_pad(&self) -> Result<&str, Fault> {
        match self.node.attribute("auto_pad", 4)? {
            Some(field) => Ok(field.text()?),
            None => Ok("NOTSET"),
        }
    }

    /// The window that moves over an image, with its padding; a pooled one may reach beyond it.
    fn window(&self, image: ImageShape, size: Pair, pooled: bool) -> Result<Window, Fault> {
        let rank = if size[0] == 1 && image.height == 1 {
            1
        } else {
            2
        };
        let stride = self.pair("strides", Some(1), rank)?;
        let dilation = self.pair("dilations", Some(1), rank)?;
        let sides = [image.height, image.width];
        let reach = [0, 1].map(|at| size[at].saturating_sub(1).saturating_mul(dilation[at]));
        let mut padding = match self.auto_pad()? {
            "SAME_UPPER" | "SAME_LOWER" => {
                let upper = self.auto_pad()? == "SAME_UPPER";
                [0, 1].map(|at| {
                    let steps = sides[at].div_ceil(stride[at].max(1)) - 1;
                    let total = (steps * stride[at] + 1 + reach[at]).saturating_sub(sides[at]);
                    let (less, more) = ((total / 2) as isize, (total - total / 2) as isize);
                    if upper { [less, more] } else { [more, less] }
                })
            }
            "VALID" => [[0; 2]; 2],
            _ => self.pads()?.unwrap_or_default(),
        };
        if padding.as_flattened().iter().any(|&side| side < 0) {
            return Err(self.unfit("has negative pads"));
        }
        if pooled && self.node.int("ceil_mode", 0)? != 0 {
            for at in [0, 1] {
                let [before, after] = padding[at];
                let wide = sides[at] + (before + after) as usize;
                let rest = wide.saturating_sub(reach[at] + 1);
                let steps = rest.div_ceil(stride[at].max(1));
                // The last window starts within the image or before it.
                let steps = if steps * stride[at] >= sides[at] + before as usize {
                    rest / stride[at].max(1)
                } else {
                    steps
                };
                let lacks = (steps * stride[at]).saturating_sub(rest);
                padding[at][1] += lacks as isize;
            }
        }
        Ok(Window {
            size,
            stride,
            dilation,
            padding,
        })
    }

    fn mean(&self, image: ImageShape, window: Window) -> Result<Kind, Fault> {
        let counts_padding = self.node.int("count_include_pad", 0)? != 0;
        let own = self.pads()?.unwrap_or_default();
        let beyond = window.padding != own && self.auto_pad()? == "NOTSET";
        if counts_padding && beyond && window.outputs([image.height, image.width]).is_some() {
            return Err(self.unfit("counts zeros of which there are fewer at the end (ceil_mode)"));
        }
        Ok(Kind::AveragePooling {
            window,
            counts_padding,
        })
    }

    /// A kernel with its axes in another order, and its sizes before.
    fn kernel(&self, budget: &mut Budget) -> Result<(Tensor, Vec<usize>), Fault> {
        let value = self.node.inputs.get(1).copied().unwrap_or_default();
        let mut kernel = self.reader.constant(value, 0, budget)?;
        let mut shape = kernel.shape().to_vec();
        if shape.len() == 3 {
            shape.insert(2, 1);
            kernel = kernel.reshaped(shape.clone());
        }
        if shape.len() != 4 || shape.contains(&0) {
            return Err(self.unfit("has a kernel of another shape than for images and signals"));
        }
        Ok((kernel.permuted(&[2, 3, 1, 0]), shape))
    }

    fn bias(&self, filters: usize, budget: &mut Budget) -> Result<Array2<f32>, Fault> {
        let value = self.node.inputs.get(2).copied().unwrap_or_default();
        if value.is_empty() {
            return Ok(Array2::zeros((1, filters)));
        }
        let bias = self.reader.constant(value, 0, budget)?;
        let name = self.node.called();
        Ok(bias.vector(name, filters)?.insert_axis(Axis(0)))
    }

    fn groups(&self) -> Result<usize, Fault> {
        let groups = self.node.int("group", 1)?;
        let whole = usize::try_from(groups).ok().filter(|groups| *groups > 0);
        whole.ok_or_else(|| self.unfit("has a number of groups that cannot be understood"))
    }

    fn convolution(&self, chain: &Chain, budget: &mut Budget) -> Result<Added, Fault> {
        let name = self.node.called();
        let image = chain.image(name, Channels::First)?;
        let (kernel, shape) = self.kernel(budget)?;
        let [filters, inputs, height, width] = shape[..] else {
            return Err(self.unfit("has no kernel"));
        };
        let rows = height * width * inputs;
        let kernel = kernel.reshaped(vec![rows, filters]).matrix(name)?;
        let kind = Kind::Convolution {
            filters,
            groups: self.groups()?,
            window: self.window(image, [height, width], false)?,
        };
        let bias = self.bias(filters, budget)?;
        Ok((kind, vec![kernel, bias], Channels::First))
    }

    fn transposed(&self, chain: &Chain, budget: &mut Budget) -> Result<Added, Fault> {
        let name = self.node.called();
        let image = chain.image(name, Channels::First)?;
        let (kernel, shape) = self.kernel(budget)?;
        let [inputs, each, height, width] = shape[..] else {
            return Err(self.unfit("has no kernel"));
        };
        let rows = height * width * inputs;
        // Places of the window, then filters and inputs, which change places.
        let kernel = kernel
            .permuted(&[0, 1, 3, 2])
            .reshaped(vec![rows, each])
            .matrix(name)?;
        let groups = self.groups()?;
        let filters = each.saturating_mul(groups);
        let rank = if height == 1 && image.height == 1 {
            1
        } else {
            2
        };
        let stride = self.pair("strides", Some(1), rank)?;
        let dilation = self.pair("dilations", Some(1), rank)?;
        let extra = self.pair("output_padding", Some(0), rank)?;
        let extra = if rank == 1 { [0, extra[1]] } else { extra };
        let wanted = match self.node.ints("output_shape")?[..] {
            [] => None,
            // The last are those of directions.
            [.., height, width] if rank == 2 => Some([height, width]),
            [.., width] => Some([1, width]),
        };
        let (auto, pads) = (self.auto_pad()?, self.pads()?.unwrap_or_default());
        let size = [height, width];
        let cut = [0, 1].map(|at| {
            let side = [image.height, image.width][at];
            let reach = size[at].saturating_sub(1).saturating_mul(dilation[at]) + 1;
            let full = (side - 1).saturating_mul(stride[at]) + reach + extra[at];
            let given = match wanted {
                Some(wanted) => Some(wanted[at].clamp(0, LARGEST) as usize),
                None if auto.starts_with("SAME") => Some(side * stride[at]),
                None => None,
            };
            let [before, after] = match given {
                None => pads[at],
                Some(given) => {
                    let total = full as isize - given as isize;
                    let (less, more) = (total / 2, total - total / 2);
                    if auto == "SAME_UPPER" {
                        [less, more]
                    } else {
                        [more, less]
                    }
                }
            };
            [before, after - extra[at] as isize]
        });
        let kind = Kind::Transposed {
            filters,
            groups,
            kernel: size,
            stride,
            dilation,
            cut,
        };
        let bias = self.bias(filters, budget)?;
        Ok((kind, vec![kernel, bias], Channels::First))
    }

    /// The mean or the largest of all pixels.
    fn reduced(&self, chain: &mut Chain, budget: &mut Budget) -> Result<bool, Fault> {
        let name = self.node.called();
        let Some(rank) = chain.axes().map(<[usize]>::len).filter(|rank| *rank > 1) else {
            return Ok(false);
        };
        let mut axes = self.node.ints("axes")?;
        if axes.is_empty() {
            let given = self.node.inputs.get(1).copied().unwrap_or_default();
            axes = self.reader.whole(given).unwrap_or_default();
        }
        let count = rank as i64 + 1;
        let mut axes: Vec<i64> = axes
            .iter()
            .map(|&axis| if axis < 0 { axis + count } else { axis })
            .collect();
        axes.sort_unstable();
        let channels = if axes.iter().copied().eq(2..count) {
            Channels::First
        } else if axes.iter().copied().eq(1..count - 1) {
            Channels::Last
        } else {
            return Ok(false);
        };
        let image = chain.image(name, channels)?;
        let kind = over_all(image, self.node.operation == "ReduceMax");
        chain.spatial(name, kind, Vec::new(), channels, budget)?;
        if self.node.int("keepdims", 1)? == 0 {
            chain.flatten();
        }
        Ok(true)
    }

    /// What is done to each axis of an image as what is done to its height and width, and where its
    /// channels stand, to which nothing is done.
    fn sides<T: Copy + PartialEq>(
        &self,
        chain: &Chain,
        all: &[T],
        nothing: T,
    ) -> Result<(Channels, [T; 2]), Fault> {
        let rank = chain.axes().map_or(0, <[usize]>::len);
        let refused = || self.unfit("does this to something else than images");
        if rank != all.len() || rank < 2 {
            return Err(refused());
        }
        let (first, last) = (all[0] == nothing, all[rank - 1] == nothing);
        // Any of them may be the channels where nothing is done to both.
        let own = chain.channels().unwrap_or(Channels::First);
        let channels = match (first, last, own) {
            (false, false, _) => return Err(refused()),
            (true, true, own) => own,
            (true, false, _) => Channels::First,
            (false, true, _) => Channels::Last,
        };
        let sides = match channels {
            Channels::First => &all[1..],
            Channels::Last => &all[..rank - 1],
        };
        match *sides {
            [width] => Ok((channels, [nothing, width])),
            [height, width] => Ok((channels, [height, width])),
            _ => Err(refused()),
        }
    }

    fn upsampling(&self, chain: &Chain) -> Result<Option<(Kind, Channels)>, Fault> {
        let node = self.node;
        let text = |key: &str, usual| match node.attribute(key, 4)? {
            Some(field) => Ok::<_, Fault>(field.text()?),
            None => Ok(usual),
        };
        let Some(axes) = chain.axes().map(<[usize]>::to_vec) else {
            return Err(self.unfit("enlarges images, and the file does not say how large they are"));
        };
        let input = |at: usize| node.inputs.get(at).copied().filter(|name| !name.is_empty());
        let resize = node.operation == "Resize";
        // Before version 11 the second input was that of scales.
        let places = if resize && node.inputs.len() > 2 {
            [2, 3]
        } else {
            [1, 3]
        };
        let scales = input(places[0]).and_then(|name| self.reader.numbers(name));
        let scales = match scales.filter(|scales| !scales.is_empty()) {
            Some(scales) => scales,
            None => match input(places[1]).and_then(|name| self.reader.shape(name)) {
                Some(sizes) if sizes.len() == axes.len() + 1 => {
                    let scale = |(size, &axis): (&Option<i64>, &usize)| {
                        size.map_or(0.0, |size| size as f64 / axis as f64)
                    };
                    let scales = sizes[1..].iter().zip(&axes).map(scale);
                    std::iter::once(1.0).chain(scales).collect()
                }
                _ => node.floats("scales")?,
            },
        };
        let whole = |&scale: &f64| {
            let near = scale.round();
            ((scale - near).abs() < 1e-6 && (1.0..=LARGEST as f64).contains(&near))
                .then_some(near as usize)
        };
        let factors: Option<Vec<usize>> = scales.iter().skip(1).map(whole).collect();
        let Some(factors) = factors.filter(|_| scales.first() == Some(&1.0)) else {
            return Err(self.unfit("does not make images a whole number of times as large"));
        };
        if factors.iter().all(|&factor| factor == 1) {
            return Ok(None);
        }
        let (channels, factor) = self.sides(chain, &factors, 1)?;
        let usual = if resize { "half_pixel" } else { "asymmetric" };
        let place = text("coordinate_transformation_mode", usual)?;
        let nearest = text(
            "nearest_mode",
            if resize {
                "round_prefer_floor"
            } else {
                "floor"
            },
        )?;
        let largest = factor[0].max(factor[1]);
        let interpolation = match (text("mode", "nearest")?, place, nearest) {
            ("nearest", "asymmetric" | "tf_half_pixel_for_nn", "floor")
            | (
                "nearest",
                "half_pixel" | "pytorch_half_pixel",
                "round_prefer_floor" | "round_prefer_ceil",
            ) => Interpolation::Nearest,
            ("nearest", "asymmetric", "round_prefer_floor") if largest <= 2 => {
                Interpolation::Nearest
            }
            ("linear", "half_pixel" | "pytorch_half_pixel", _) => Interpolation::Bilinear,
            ("linear", "align_corners", _) => Interpolation::BilinearCorners,
            (mode, place, _) => {
                let what =
                    format!("interpolates in a way that cannot be run here ({mode}, {place})");
                return Err(self.unfit(&shortened(&what)));
            }
        };
        let kind = Kind::Upsampling {
            factor,
            interpolation,
        };
        Ok(Some((kind, channels)))
    }

    /// What is added before and after along each axis but that of images.
    fn padding(&self, chain: &Chain) -> Result<Vec<[isize; 2]>, Fault> {
        let node = self.node;
        if let Some(mode) = node.attribute("mode", 4)?
            && mode.text()? != "constant"
        {
            return Err(self.unfit("pads with something else than zeros"));
        }
        let value = match node.inputs.get(2).copied().filter(|name| !name.is_empty()) {
            Some(name) => self.reader.number(name),
            None => Some(f64::from(node.float("value", 0.0)?)),
        };
        if value != Some(0.0) {
            return Err(self.unfit("pads with something else than zeros"));
        }
        let rank = chain.axes().map_or(0, <[usize]>::len) + 1;
        let mut pads = node.ints("pads")?;
        if pads.is_empty() {
            let given = node.inputs.get(1).copied().unwrap_or_default();
            pads = self.reader.whole(given).unwrap_or_default();
        }
        let axes = match node.inputs.get(3).copied().filter(|name| !name.is_empty()) {
            Some(name) => self.reader.whole(name).unwrap_or_default(),
            None => (0..rank as i64).collect(),
        };
        let mut all = vec![[0; 2]; rank];
        let fits = pads.len() == 2 * axes.len()
            && pads.iter().all(|pad| pad.unsigned_abs() <= LARGEST as u64);
        for (at, axis) in axes.iter().enumerate() {
            let axis = if *axis < 0 { axis + rank as i64 } else { *axis };
            let place = usize::try_from(axis)
                .ok()
                .and_then(|axis| all.get_mut(axis));
            let Some(place) = place.filter(|_| fits) else {
                return Err(self.unfit("has pads that cannot be understood"));
            };
            *place = [pads[at] as isize, pads[at + axes.len()] as isize];
        }
        if all[0] != [0; 2] {
            return Err(self.unfit("pads images with others"));
        }
        Ok(all.split_off(1))
    }

    /// What is cut off along each axis but that of images.
    fn part(&self, chain: &Chain) -> Result<Vec<[isize; 2]>, Fault> {
        let node = self.node;
        let refused = || self.unfit("takes a part that cannot be told");
        let lengths = chain.axes().ok_or_else(refused)?.to_vec();
        let list = |key: &str, at: usize| -> Result<Option<Vec<i64>>, Fault> {
            match node.inputs.get(at).copied().filter(|name| !name.is_empty()) {
                Some(name) => Ok(Some(self.reader.whole(name).ok_or_else(refused)?)),
                None => Ok(Some(node.ints(key)?).filter(|list| !list.is_empty())),
            }
        };
        let starts = list("starts", 1)?.ok_or_else(refused)?;
        let ends = list("ends", 2)?.ok_or_else(refused)?;
        let axes = list("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = list("steps", 4)?.unwrap_or_else(|| vec![1; starts.len()]);
        let count = lengths.len() as i64 + 1;
        let fits = [&ends, &axes, &steps]
            .iter()
            .all(|list| list.len() == starts.len());
        if !fits || steps.iter().any(|&step| step != 1) {
            return Err(refused());
        }
        let mut all = vec![[0; 2]; lengths.len()];
        for ((&start, &end), &axis) in starts.iter().zip(&ends).zip(&axes) {
            let axis = if axis < 0 { axis + count } else { axis };
            if axis == 0 && start == 0 && end >= i64::from(i32::MAX) {
                continue;
            }
            let axis = usize::try_from(axis - 1).map_err(|_| refused())?;
            let length = *lengths.get(axis).ok_or_else(refused)? as i64;
            let within = |place: i64| {
                let place = if place < 0 {
                    place.saturating_add(length)
                } else {
                    place
                };
                place.clamp(0, length)
            };
            let (start, end) = (within(start), within(end));
            all[axis] = [-start as isize, (end - length) as isize];
        }
        Ok(all)
    }
}
