//! Layers as Keras has them: classes, what they are given, and weights.

use serde_json::{Value, json};

use crate::data::{ImageShape, Scaling, Shape};
use crate::model::activation::Keras;
use crate::model::{Activation, Form, Interpolation, Kind, Margins, Over, Window, as_image};

/// A layer of Keras.
#[derive(Clone, Debug)]
pub(in super::super) struct KerasLayer {
    pub class: &'static str,
    /// All but its name, in the order in which people write it.
    pub config: Vec<(String, Value)>,
    /// Which layer of its half has the weights, if this one has any.
    pub weights: Option<usize>,
}

/// What a tensor of Keras is for a row: its axes.
type Axes = Vec<usize>;

/// The layers of one half, and what goes in and comes out.
#[derive(Debug)]
pub(in super::super) struct KerasHalf {
    pub input: Axes,
    pub output: Axes,
    pub layers: Vec<KerasLayer>,
}

/// Layers so far.
struct Layers {
    axes: Axes,
    layers: Vec<KerasLayer>,
}

/// Which layer cannot be said, and what is said of it.
pub(super) type Unsaid = (usize, String);

fn image_axes(image: ImageShape) -> Axes {
    vec![image.height, image.width, image.channels]
}

/// Whether this brings an image into planes, or planes into an image.
fn is_transposition(input: &Shape, kind: &Kind) -> Option<(ImageShape, bool)> {
    let Kind::Reordering { to, order } = kind else {
        return None;
    };
    let planes = |image: &ImageShape| super::channels_first::planes(*image);
    match (input, to) {
        (Shape::Image(image), _) => {
            let places = order.iter().map(|&place| place as usize);
            planes(image).eq(places).then_some((*image, true))
        }
        (_, Shape::Image(image)) => {
            let back = planes(image).enumerate();
            let is_back = back
                .into_iter()
                .all(|(at, place)| order.get(place).is_some_and(|&of| of as usize == at));
            is_back.then_some((*image, false))
        }
        _ => None,
    }
}

/// Both halves. Latents that are feature maps stay height × width × channels, as Keras has them.
pub(in super::super) fn halves(
    encoder: &[(Form, Shape, Shape)],
    decoder: &[(Form, Shape, Shape)],
) -> Result<[KerasHalf; 2], (&'static str, Unsaid)> {
    let input = match encoder.first() {
        Some((Form::General { .. }, Shape::Image(image), _)) => image_axes(*image),
        Some((_, input, _)) => vec![input.size()],
        None => Vec::new(),
    };
    let skipped = turned(encoder, decoder);
    let (encoder, decoder) = (&encoder[..encoder.len() - skipped], &decoder[skipped..]);
    let encoder = half(input.clone(), encoder, 0).map_err(|what| ("encoder", what))?;
    let mut decoder =
        half(encoder.output.clone(), decoder, skipped).map_err(|what| ("decoder", what))?;
    // Reconstructions as images are.
    if decoder.output != input {
        decoder.layers.push(KerasLayer {
            class: "Reshape",
            config: given([("target_shape", json!(input))]),
            weights: None,
        });
        decoder.output = input;
    }
    Ok([encoder, decoder])
}

/// How many layers at the end of an encoder and at the beginning of its decoder only bring the latents
/// into planes, and back: 1 or none.
pub(super) fn turned(encoder: &[(Form, Shape, Shape)], decoder: &[(Form, Shape, Shape)]) -> usize {
    let image = |layer: Option<&(Form, Shape, Shape)>| match layer {
        Some((Form::General { kind, activation }, input, _))
            if *activation == Activation::Linear =>
        {
            is_transposition(input, kind)
        }
        _ => None,
    };
    match (image(encoder.last()), image(decoder.first())) {
        (Some((one, true)), Some((other, false))) if one == other => 1,
        _ => 0,
    }
}

/// What scales the columns of rows with these axes, and what scales them back: normalisations, or
/// multiplications where a deviation is too small or too large for Keras to square it.
pub(in super::super) fn scaled(scaling: &Scaling, axes: &[usize]) -> [KerasLayer; 2] {
    let number = |value: f64| json!((value as f32).to_string().parse::<f64>().unwrap_or(value));
    let wide = |values: &[f32]| values.iter().map(|&of| f64::from(of)).collect::<Vec<f64>>();
    let (offset, scale) = (wide(&scaling.offset), wide(&scaling.scale));
    // As the axes of one row.
    let listed = |values: Vec<f64>| {
        let mut items: Vec<Value> = values.into_iter().map(number).collect();
        for &axis in axes.iter().skip(1).rev() {
            items = items.chunks(axis).map(|chunk| json!(chunk)).collect();
        }
        json!(items)
    };
    let layer = |class, config| KerasLayer {
        class,
        config,
        weights: None,
    };
    let squares = scale.iter().all(|scale| (1e-6..1e18).contains(scale));
    let last = match axes.len() {
        1 => json!([-1]),
        count => json!((1..=count).collect::<Vec<usize>>()),
    };
    if squares {
        let config = |invert: bool| {
            let variance = scale.iter().map(|scale| scale * scale).collect();
            given([
                ("axis", last.clone()),
                ("mean", listed(offset.clone())),
                ("variance", listed(variance)),
                ("invert", json!(invert)),
            ])
        };
        return [
            layer("Normalization", config(false)),
            layer("Normalization", config(true)),
        ];
    }
    let pairs = || offset.iter().zip(&scale);
    let first = given([
        (
            "scale",
            listed(scale.iter().map(|scale| 1.0 / scale).collect()),
        ),
        (
            "offset",
            listed(pairs().map(|(offset, scale)| -offset / scale).collect()),
        ),
    ]);
    let back = given([
        ("scale", listed(scale.clone())),
        ("offset", listed(offset.clone())),
    ]);
    [layer("Rescaling", first), layer("Rescaling", back)]
}

pub(super) fn half(
    input: Axes,
    forms: &[(Form, Shape, Shape)],
    skipped: usize,
) -> Result<KerasHalf, Unsaid> {
    let mut layers = Layers {
        axes: input.clone(),
        layers: Vec::new(),
    };
    let mut before = None;
    for (at, (form, input, output)) in forms.iter().enumerate() {
        let at = at + skipped;
        match form {
            Form::Dense { outputs, .. } => layers.dense(at, *outputs),
            Form::General { kind, .. } => layers
                .general(at, kind, (input, output), before)
                .map_err(|what| (at, what))?,
            Form::BlackBox { .. } => return Err((at, "is a black box".into())),
        }
        layers.activate(at, form);
        before = Some(form.activation());
    }
    Ok(KerasHalf {
        input,
        output: layers.axes,
        layers: layers.layers,
    })
}

pub(super) fn given<const N: usize>(config: [(&str, Value); N]) -> Vec<(String, Value)> {
    config.map(|(name, value)| (name.to_owned(), value)).into()
}

impl Layers {
    fn add<const N: usize>(
        &mut self,
        class: &'static str,
        config: [(&str, Value); N],
        weights: Option<usize>,
    ) {
        self.layers.push(KerasLayer {
            class,
            config: given(config),
            weights,
        });
    }

    /// The activation of a layer, as one of its settings where it can be.
    fn activate(&mut self, at: usize, form: &Form) {
        if form.activation() == Activation::Linear {
            return;
        }
        let takes_one = matches!(
            form,
            Form::Dense { .. }
                | Form::General {
                    kind: Kind::Convolution { .. } | Kind::Transposed { .. },
                    ..
                }
        );
        let mut layers = self.layers.iter_mut().rev();
        let own = layers.find(|layer| takes_one && layer.weights == Some(at));
        match (form.activation().keras(), own) {
            (Keras::Function(function), Some(own)) => {
                own.config.push(("activation".into(), function));
            }
            (Keras::Function(function), None) => {
                self.add("Activation", [("activation", function)], None);
            }
            (Keras::Layers(layers), _) => {
                for (class, config) in layers {
                    let config = config.as_object().cloned().unwrap_or_default();
                    let config = config.into_iter().collect();
                    self.layers.push(KerasLayer {
                        class,
                        config,
                        weights: None,
                    });
                }
            }
        }
    }

    fn dense(&mut self, at: usize, outputs: usize) {
        self.flatten();
        self.add("Dense", [("units", json!(outputs))], Some(at));
        self.axes = vec![outputs];
    }

    fn flatten(&mut self) {
        if self.axes.len() > 1 {
            self.add("Flatten", [], None);
            self.axes = vec![self.axes.iter().product()];
        }
    }

    fn shaped(&mut self, axes: Axes) {
        if self.axes != axes {
            self.add("Reshape", [("target_shape", json!(axes))], None);
            self.axes = axes;
        }
    }

    fn general(
        &mut self,
        at: usize,
        kind: &Kind,
        (input, output): (&Shape, &Shape),
        before: Option<Activation>,
    ) -> Result<(), String> {
        match kind {
            Kind::Activation => return Ok(()),
            Kind::Reshaping {
                to: Shape::Image(image),
            } => {
                self.shaped(image_axes(*image));
                return Ok(());
            }
            Kind::Reshaping { .. } => {
                self.flatten();
                return Ok(());
            }
            Kind::Reordering { .. } => {
                let (image, to_planes) = is_transposition(input, kind)
                    .ok_or("brings numbers into an order of its own")?;
                let ImageShape {
                    height,
                    width,
                    channels,
                } = image;
                let (from, dims) = if to_planes {
                    (image_axes(image), [3, 1, 2])
                } else {
                    (vec![channels, height, width], [2, 3, 1])
                };
                self.shaped(from);
                self.add("Permute", [("dims", json!(dims))], None);
                self.axes = if to_planes {
                    vec![channels, height, width]
                } else {
                    image_axes(image)
                };
                return Ok(());
            }
            // On the numbers of a row, whatever they are.
            Kind::Scaling | Kind::Softmax | Kind::Normalisation { .. }
                if !matches!(input, Shape::Image(_)) =>
            {
                self.flatten();
            }
            _ => self.shaped(image_axes(as_image(input))),
        }
        self.spatial(at, kind, as_image(input), before)?;
        if self.axes.len() > 1 {
            self.axes = image_axes(as_image(output));
        }
        Ok(())
    }

    fn spatial(
        &mut self,
        at: usize,
        kind: &Kind,
        image: ImageShape,
        before: Option<Activation>,
    ) -> Result<(), String> {
        match kind {
            Kind::Convolution {
                filters,
                groups,
                window,
            } => self.convolution(at, (*filters, *groups), window, image)?,
            Kind::Transposed { .. } => self.transposed(at, kind)?,
            Kind::MaxPooling { window } => {
                // Zeros around change nothing where all numbers are larger.
                let is_positive = before.is_some_and(|activation| {
                    matches!(
                        activation,
                        Activation::Relu | Activation::Sigmoid | Activation::Softplus
                    )
                });
                self.pooling("MaxPooling2D", window, image, is_positive)?;
            }
            Kind::AveragePooling {
                window,
                counts_padding,
            } => self.pooling("AveragePooling2D", window, image, *counts_padding)?,
            Kind::Upsampling {
                factor,
                interpolation,
            } => {
                let interpolation = match interpolation {
                    Interpolation::Nearest => "nearest",
                    Interpolation::Bilinear => "bilinear",
                    Interpolation::BilinearCorners => {
                        return Err("enlarges images with their corners aligned".into());
                    }
                };
                let config = [
                    ("size", json!(factor)),
                    ("interpolation", json!(interpolation)),
                ];
                self.add("UpSampling2D", config, None);
            }
            Kind::Padding { margins } => {
                self.padding(margins);
            }
            Kind::Scaling => {
                let config = [("axis", json!(-1)), ("epsilon", json!(0.0))];
                self.add("BatchNormalization", config, Some(at));
            }
            Kind::Normalisation { over, epsilon } => {
                let axis = match over {
                    Over::Row if self.axes.len() > 1 => json!([1, 2, 3]),
                    _ => json!([-1]),
                };
                let config = [("axis", axis), ("epsilon", json!(epsilon))];
                self.add("LayerNormalization", config, Some(at));
            }
            Kind::Softmax => self.add("Softmax", [("axis", json!(-1))], None),
            Kind::Activation | Kind::Reshaping { .. } | Kind::Reordering { .. } => {}
        }
        Ok(())
    }

    /// Zeros around, then what is cut off.
    fn padding(&mut self, margins: &Margins) {
        let grown = margins.map(|side| side.map(|of| of.max(0)));
        let cut = margins.map(|side| side.map(|of| (-of).max(0)));
        for (class, name, margins) in [
            ("ZeroPadding2D", "padding", grown),
            ("Cropping2D", "cropping", cut),
        ] {
            if margins != Margins::default() {
                self.add(class, [(name, json!(margins))], None);
            }
        }
    }

    fn convolution(
        &mut self,
        at: usize,
        (filters, groups): (usize, usize),
        window: &Window,
        image: ImageShape,
    ) -> Result<(), String> {
        if window.stride != [1; 2] && window.dilation != [1; 2] {
            return Err("moves by more than a pixel and is dilated".into());
        }
        let padding = self.padded(window, image);
        let is_square = window.stride[0] == window.stride[1];
        if groups > 1 && groups == image.channels && is_square {
            let config = [
                ("kernel_size", json!(window.size)),
                ("strides", json!(window.stride)),
                ("padding", json!(padding)),
                ("depth_multiplier", json!(filters / groups)),
                ("dilation_rate", json!(window.dilation)),
            ];
            self.add("DepthwiseConv2D", config, Some(at));
            return Ok(());
        }
        let config = [
            ("filters", json!(filters)),
            ("kernel_size", json!(window.size)),
            ("strides", json!(window.stride)),
            ("padding", json!(padding)),
            ("dilation_rate", json!(window.dilation)),
            ("groups", json!(groups)),
        ];
        self.add("Conv2D", config, Some(at));
        Ok(())
    }

    /// What Keras calls the padding of a window, after zeros of their own where it has no word.
    fn padded(&mut self, window: &Window, image: ImageShape) -> &'static str {
        if window.padding == Margins::default() {
            return "valid";
        }
        if is_same(window, image) {
            return "same";
        }
        self.padding(&window.padding);
        "valid"
    }

    fn pooling(
        &mut self,
        class: &'static str,
        window: &Window,
        image: ImageShape,
        takes_zeros: bool,
    ) -> Result<(), String> {
        if window.dilation != [1; 2] {
            return Err("pools with a dilation".into());
        }
        let is_same = is_same(window, image) && !(class == "AveragePooling2D" && takes_zeros);
        let padding = if window.padding == Margins::default() {
            "valid"
        } else if is_same {
            "same"
        } else if takes_zeros {
            self.padding(&window.padding);
            "valid"
        } else {
            return Err("pools with a padding of its own".into());
        };
        let config = [
            ("pool_size", json!(window.size)),
            ("strides", json!(window.stride)),
            ("padding", json!(padding)),
        ];
        self.add(class, config, None);
        Ok(())
    }

    fn transposed(&mut self, at: usize, kind: &Kind) -> Result<(), String> {
        let Kind::Transposed {
            filters,
            groups,
            kernel,
            stride,
            dilation,
            cut,
        } = kind
        else {
            return Ok(());
        };
        if *groups > 1 {
            return Err("is a transposed convolution of several groups".into());
        }
        if *dilation != [1; 2] {
            return Err("is a dilated transposed convolution".into());
        }
        // Of the same size by its output padding, else with more cut off afterwards.
        let exact = [0, 1].map(|side| {
            let mut more = 0..stride[side].min(kernel[side]);
            more.find(|&more| same_cut(kernel[side], stride[side], Some(more)) == cut[side])
        });
        let rest = |own: Margins| -> Option<Margins> {
            let rest = [0, 1].map(|side| [0, 1].map(|end| own[side][end] - cut[side][end]));
            rest.iter().flatten().all(|&of| of <= 0).then_some(rest)
        };
        let by = |own: fn(usize, usize) -> [isize; 2]| {
            [0, 1].map(|side| own(kernel[side], stride[side]))
        };
        let (same, valid) = (
            by(|kernel, stride| same_cut(kernel, stride, None)),
            by(valid_cut),
        );
        let (padding, more, rest) = match exact {
            _ if same == *cut => ("same", None, Margins::default()),
            [Some(height), Some(width)] => ("same", Some([height, width]), Margins::default()),
            _ => match (rest(same), rest(valid)) {
                (_, Some(rest)) if valid == *cut => ("valid", None, rest),
                (Some(rest), _) => ("same", None, rest),
                (None, Some(rest)) => ("valid", None, rest),
                (None, None) => {
                    let what = "is a transposed convolution that reaches beyond all of its windows";
                    return Err(what.into());
                }
            },
        };
        let config = [
            ("filters", json!(filters)),
            ("kernel_size", json!(kernel)),
            ("strides", json!(stride)),
            ("padding", json!(padding)),
        ];
        self.add("Conv2DTranspose", config, Some(at));
        if let (Some(more), Some(last)) = (more, self.layers.last_mut()) {
            last.config.push(("output_padding".into(), json!(more)));
        }
        self.padding(&rest);
        Ok(())
    }
}

/// Whether a window's padding is what Keras calls "same": a side is divided by the stride and rounded up.
fn is_same(window: &Window, image: ImageShape) -> bool {
    let sides = [image.height, image.width];
    (0..2).all(|side| {
        let stride = window.stride[side];
        let span = (window.size[side] - 1) * window.dilation[side] + 1;
        let steps = sides[side].div_ceil(stride) - 1;
        let all = (steps * stride + span).saturating_sub(sides[side]) as isize;
        window.padding[side] == [all / 2, all - all / 2]
    })
}

/// What Keras cuts off all that the windows of a transposed convolution reach, where its padding is
/// "same": a side becomes `stride` times as long, or as its output padding says.
fn same_cut(kernel: usize, stride: usize, more: Option<usize>) -> [isize; 2] {
    let padded = match more {
        None => kernel + stride - 2,
        Some(more) => kernel + kernel % 2 + more - 2,
    };
    let before = padded.div_ceil(2).min(kernel - 1);
    let reach = kernel as isize - 1;
    [reach - before as isize, reach - (padded - before) as isize]
}

/// The same, where it is "valid".
fn valid_cut(kernel: usize, stride: usize) -> [isize; 2] {
    [0, (kernel as isize - stride as isize).min(0)]
}
