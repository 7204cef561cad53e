//! A network as PyTorch and ONNX run it, where images lie channel by channel: what brings numbers into
//! another order between its layers, and which weights lie in another order for it.

use super::REFUSED;
use crate::data::{ImageShape, Shape};
use crate::model::{Architecture, Form, Kind, Margins, Over, Pair, as_image};

/// How the numbers of a row lie in a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Lies {
    /// Rows × numbers, in our order.
    Rows,
    /// Rows × numbers, those of an image channel by channel.
    Flat(ImageShape),
    /// Rows × channels × height × width, which our rows have pixel by pixel.
    Maps(ImageShape),
    /// The same, which our rows have channel by channel as well.
    Planes(ImageShape),
}

/// What is done next.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Step {
    /// A dense layer, with the images whose numbers it takes and gives channel by channel.
    Dense {
        takes: Option<ImageShape>,
        gives: Option<ImageShape>,
    },
    /// Any other layer with an operation of its own, on rows × numbers or on rows × channels × height ×
    /// width.
    Layer { on: Lies },
    /// Rows × channels × height × width as rows × numbers, in the order in which they lie.
    Flatten,
    /// The reverse.
    Unflatten(ImageShape),
    /// Rows × channels × height × width as rows × numbers, pixel by pixel.
    ToRows(ImageShape),
    /// The reverse.
    FromRows(ImageShape),
    /// Other places of rows × numbers.
    Gather(Vec<u32>),
    /// The activation of a layer.
    Activation,
}

/// A [`Step`] and the layer of its half that it is for.
#[derive(Clone, Debug)]
pub(in super::super) struct Placed {
    pub layer: usize,
    pub step: Step,
}

/// The steps of one half.
#[derive(Debug, Default)]
pub(in super::super) struct Steps {
    pub steps: Vec<Placed>,
}

/// Those of both halves, and how images and latents lie.
#[derive(Debug)]
pub(in super::super) struct ChannelsFirst {
    pub images: Lies,
    pub encoder: Steps,
    pub latents: Lies,
    pub decoder: Steps,
    /// Those of a head of log-variances, from where it goes its own way.
    pub log_variance: Option<Steps>,
    /// After so many of the encoder's layers.
    after: usize,
}

/// The steps of a variational encoder.
pub(in super::super) struct Heads<'a> {
    /// Those that both heads share.
    pub trunk: &'a [Placed],
    pub mean: &'a [Placed],
    pub log_variance: &'a [Placed],
}

/// Whether numbers lie otherwise channel by channel than pixel by pixel.
fn differs(image: ImageShape) -> bool {
    image.channels > 1 && image.pixels() > 1
}

/// Where the numbers of an image lie pixel by pixel, in the order channel by channel.
pub(in super::super) fn planes(image: ImageShape) -> impl Iterator<Item = usize> {
    let ImageShape { channels, .. } = image;
    (0..channels)
        .flat_map(move |channel| (0..image.pixels()).map(move |pixel| pixel * channels + channel))
}

/// The permutation that brings an image into planes, as [`Kind::Reordering`] keeps it.
fn is_to_planes(image: ImageShape, order: &[u32]) -> bool {
    planes(image).eq(order.iter().map(|&place| place as usize))
}

fn is_from_planes(image: ImageShape, order: &[u32]) -> bool {
    let ImageShape { channels, .. } = image;
    let places = (0..image.size()).map(|at| at % channels * image.pixels() + at / channels);
    places.eq(order.iter().map(|&place| place as usize))
}

impl ChannelsFirst {
    /// Images are rows where the first layer is dense.
    pub(in super::super) fn of(architecture: &Architecture) -> Self {
        let images = match (&architecture.input, architecture.encoder.first()) {
            (Shape::Image(image), Some(Form::General { .. })) => Lies::Maps(*image),
            _ => Lies::Rows,
        };
        Self::with(architecture, images)
    }

    /// Where images lie as is said.
    pub(in super::super) fn with(architecture: &Architecture, images: Lies) -> Self {
        let mut encoder = Steps::default();
        let forms = architecture.encoder();
        let given = encoder.follow(&forms, images, None);
        let latents = encoder.latents(forms.len() - 1, given[forms.len()]);
        let after = architecture
            .log_variance
            .as_ref()
            .map_or(0, |head| head.after);
        let log_variance = architecture.halves().into_iter().nth(2).map(|forms| {
            let mut head = Steps::default();
            let given = head.follow(&forms, given[after], None);
            head.latents(forms.len() - 1, given[forms.len()]);
            head
        });
        let mut decoder = Steps::default();
        let forms = architecture.decoder();
        let end = match images {
            Lies::Maps(image) => Some(image),
            _ => None,
        };
        let given = decoder.follow(&forms, latents, end)[forms.len()];
        let last = forms.len() - 1;
        match images {
            Lies::Maps(image) => {
                decoder.maps(last, given, image);
            }
            _ => {
                decoder.rows(last, given);
            }
        }
        Self {
            images,
            encoder,
            latents,
            decoder,
            log_variance,
            after,
        }
    }

    /// The steps of a variational encoder. What only brings numbers into the order that both heads take
    /// is done once.
    pub(in super::super) fn heads(&self) -> Option<Heads<'_>> {
        let own = &self.log_variance.as_ref()?.steps;
        let all = &self.encoder.steps;
        let begins = all.iter().position(|placed| placed.layer >= self.after);
        let (trunk, mean) = all.split_at(begins.unwrap_or(all.len()));
        let only_orders = |step: &Step| {
            !matches!(
                step,
                Step::Dense { .. } | Step::Layer { .. } | Step::Activation
            )
        };
        let alike = mean.iter().zip(own);
        let alike =
            alike.take_while(|(one, other)| one.step == other.step && only_orders(&one.step));
        let alike = alike.count();
        Some(Heads {
            trunk: &all[..trunk.len() + alike],
            mean: &mean[alike..],
            log_variance: &own[alike..],
        })
    }
}

impl Steps {
    fn add(&mut self, layer: usize, step: Step, lies: Lies) -> Lies {
        self.steps.push(Placed { layer, step });
        lies
    }

    /// Brings what an encoder gives into the form of latents.
    fn latents(&mut self, layer: usize, lies: Lies) -> Lies {
        match lies {
            Lies::Maps(image) if differs(image) => self.add(layer, Step::ToRows(image), Lies::Rows),
            // One channel, or one pixel.
            Lies::Maps(image) => Lies::Planes(image),
            lies => lies,
        }
    }

    /// Brings numbers into rows.
    fn rows(&mut self, layer: usize, lies: Lies) -> Lies {
        match lies {
            Lies::Rows => lies,
            Lies::Maps(image) if differs(image) => self.add(layer, Step::ToRows(image), Lies::Rows),
            Lies::Maps(_) | Lies::Planes(_) => self.add(layer, Step::Flatten, Lies::Rows),
            Lies::Flat(image) => {
                self.add(layer, Step::Unflatten(image), Lies::Maps(image));
                self.add(layer, Step::ToRows(image), Lies::Rows)
            }
        }
    }

    /// Brings numbers into the maps of an image.
    fn maps(&mut self, layer: usize, lies: Lies, image: ImageShape) -> Lies {
        match lies {
            Lies::Maps(own) if own == image => return lies,
            Lies::Flat(own) if own == image => {
                return self.add(layer, Step::Unflatten(image), Lies::Maps(image));
            }
            lies => self.rows(layer, lies),
        };
        let step = if differs(image) {
            Step::FromRows(image)
        } else {
            Step::Unflatten(image)
        };
        self.add(layer, step, Lies::Maps(image))
    }

    /// How numbers lie before each layer, and after the last. `end` is the image that the last of these
    /// layers gives.
    fn follow(
        &mut self,
        forms: &[(Form, Shape, Shape)],
        start: Lies,
        end: Option<ImageShape>,
    ) -> Vec<Lies> {
        let mut all = vec![start];
        let mut lies = start;
        for (at, (form, input, output)) in forms.iter().enumerate() {
            lies = match form {
                Form::Dense { .. } => self.dense(at, lies, forms.get(at + 1), end),
                Form::General { kind, .. } => self.general(at, kind, lies, input, output),
                Form::BlackBox { .. } => unreachable!("{REFUSED}"),
            };
            if form.activation() != crate::model::Activation::Linear {
                lies = self.add(at, Step::Activation, lies);
            }
            all.push(lies);
        }
        all
    }

    fn dense(
        &mut self,
        at: usize,
        lies: Lies,
        next: Option<&(Form, Shape, Shape)>,
        end: Option<ImageShape>,
    ) -> Lies {
        let takes = match lies {
            Lies::Maps(image) | Lies::Flat(image) if differs(image) => Some(image),
            _ => None,
        };
        if matches!(lies, Lies::Maps(_) | Lies::Planes(_)) {
            self.add(at, Step::Flatten, Lies::Rows);
        }
        let gives = match next {
            Some((
                Form::General {
                    kind:
                        Kind::Reshaping {
                            to: Shape::Image(image),
                        },
                    ..
                },
                ..,
            )) if differs(*image) => Some(*image),
            None => end.filter(|image| differs(*image)),
            _ => None,
        };
        let after = gives.map_or(Lies::Rows, Lies::Flat);
        self.add(at, Step::Dense { takes, gives }, after)
    }

    fn general(
        &mut self,
        at: usize,
        kind: &Kind,
        lies: Lies,
        input: &Shape,
        output: &Shape,
    ) -> Lies {
        match kind {
            Kind::Activation => lies,
            Kind::Reshaping {
                to: Shape::Image(image),
            } => self.maps(at, lies, *image),
            Kind::Reshaping { .. } => match lies {
                // The next layer brings them into the order that it needs.
                Lies::Maps(_) | Lies::Rows => lies,
                other => self.rows(at, other),
            },
            Kind::Reordering { to, order } => self.reorder(at, (input, to, order), lies),
            // On the numbers of a row, whatever they are.
            Kind::Scaling | Kind::Softmax | Kind::Normalisation { .. }
                if !matches!(input, Shape::Image(_)) =>
            {
                let on = self.rows(at, lies);
                self.add(at, Step::Layer { on }, on)
            }
            _ => {
                let on = self.maps(at, lies, as_image(input));
                self.add(at, Step::Layer { on }, Lies::Maps(as_image(output)))
            }
        }
    }

    fn reorder(&mut self, at: usize, what: (&Shape, &Shape, &[u32]), lies: Lies) -> Lies {
        match what {
            (Shape::Image(image), _, order) if is_to_planes(*image, order) => {
                self.maps(at, lies, *image);
                Lies::Planes(*image)
            }
            (_, Shape::Image(image), order) if is_from_planes(*image, order) => match lies {
                Lies::Planes(own) if own == *image => Lies::Maps(own),
                lies => {
                    self.rows(at, lies);
                    self.add(at, Step::Unflatten(*image), Lies::Maps(*image))
                }
            },
            (_, _, order) => {
                self.rows(at, lies);
                self.add(at, Step::Gather(order.to_vec()), Lies::Rows)
            }
        }
    }
}

/// What PyTorch's convolutions cannot say themselves, since they pad both sides alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Symmetric {
    /// On both sides.
    pub padding: Pair,
    /// Of a transposed convolution, at the end.
    pub output_padding: Pair,
    /// What is left to do: before a convolution, after a transposed one.
    pub margins: Margins,
}

impl Symmetric {
    pub(in super::super) fn of(kind: &Kind) -> Self {
        let mut own = Self::default();
        for side in 0..2 {
            match kind {
                Kind::Convolution { window, .. } => match window.padding[side] {
                    [before, after] if before == after => own.padding[side] = before.unsigned_abs(),
                    padding => own.margins[side] = padding,
                },
                Kind::Transposed {
                    stride,
                    dilation,
                    cut,
                    ..
                } => {
                    let [before, after] = cut[side];
                    let more = before - after;
                    let most = stride[side].max(dilation[side]) as isize;
                    if before >= 0 && (0..most).contains(&more) {
                        own.padding[side] = before.unsigned_abs();
                        own.output_padding[side] = more.unsigned_abs();
                    } else {
                        let both = before.min(after).max(0);
                        own.padding[side] = both.unsigned_abs();
                        own.margins[side] = [both - before, both - after];
                    }
                }
                _ => {}
            }
        }
        own
    }

    /// Whether padding, or cutting off, is a module of its own.
    pub(in super::super) fn is_apart(&self) -> bool {
        self.margins != Margins::default()
    }
}

/// What a step is in an `nn.Sequential`: how many modules, and which of them has the weights.
pub(in super::super) fn modules(step: &Step, form: &Form) -> (usize, usize) {
    match (step, form) {
        (Step::Layer { .. }, Form::General { kind, .. }) => {
            let apart = usize::from(Symmetric::of(kind).is_apart());
            let before = usize::from(matches!(kind, Kind::Convolution { .. }));
            (1 + apart, apart * before)
        }
        _ => (1, 0),
    }
}

/// A matrix of a layer as a tensor of PyTorch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Tensor {
    pub name: &'static str,
    pub shape: Vec<usize>,
    /// For each of its numbers, the place in the matrix, row by row.
    pub order: Vec<usize>,
}

impl Tensor {
    fn vector(name: &'static str, length: usize) -> Self {
        Self {
            name,
            shape: vec![length],
            order: (0..length).collect(),
        }
    }
}

/// A matrix of a network, and the tensor that it is in PyTorch.
#[derive(Debug)]
pub(in super::super) struct Stored {
    /// With the names that PyTorch gives where each half is an `nn.Sequential`.
    pub name: String,
    /// 0 is the encoder, 1 the decoder and 2 what gives log-variances.
    pub half: usize,
    pub layer: usize,
    /// Of the matrix.
    pub size: (usize, usize),
    pub tensor: Tensor,
}

/// Whether these steps are one module of PyTorch, which then needs no `nn.Sequential` around it.
pub(in super::super) fn is_one_module(steps: &[Placed], forms: &[(Form, Shape, Shape)]) -> bool {
    let counts = steps
        .iter()
        .map(|Placed { layer, step }| modules(step, &forms[*layer].0).0);
    counts.sum::<usize>() == 1
}

/// Every matrix of a network in turn: `encoder.0.weight`, `encoder.0.bias`, `encoder.2.weight`, … The
/// encoder of a variational network is followed by `mean` and `log_variance`.
pub(in super::super) fn stored(
    architecture: &Architecture,
    lowered: &ChannelsFirst,
) -> Vec<Stored> {
    let forms = architecture.halves();
    let decoder = (1, "decoder", &lowered.decoder.steps[..]);
    let parts = match lowered.heads() {
        None => vec![(0, "encoder", &lowered.encoder.steps[..]), decoder],
        Some(heads) => vec![
            (0, "encoder", heads.trunk),
            (0, "mean", heads.mean),
            decoder,
            (2, "log_variance", heads.log_variance),
        ],
    };
    let mut stored = Vec::new();
    for (half, name, steps) in parts {
        let is_head = matches!(name, "mean" | "log_variance");
        let alone = is_head && is_one_module(steps, &forms[half]);
        let mut place = 0;
        for Placed { layer, step, .. } in steps {
            let (form, input, _) = &forms[half][*layer];
            let (count, own) = modules(step, form);
            let tensors = tensors(step, form, input);
            let sized = tensors.into_iter().zip(form.weights(input));
            stored.extend(sized.map(|(tensor, size)| Stored {
                name: if alone {
                    format!("{name}.{}", tensor.name)
                } else {
                    format!("{name}.{}.{}", place + own, tensor.name)
                },
                half,
                layer: *layer,
                size,
                tensor,
            }));
            place += count;
        }
    }
    stored
}

/// The tensors of a layer that takes rows of the shape `input`, one a matrix.
pub(in super::super) fn tensors(step: &Step, form: &Form, input: &Shape) -> Vec<Tensor> {
    match (step, form) {
        (Step::Dense { takes, gives }, Form::Dense { outputs, .. }) => {
            let order = |of: &Option<ImageShape>, count: usize| -> Vec<usize> {
                of.map_or_else(|| (0..count).collect(), |image| planes(image).collect())
            };
            let (rows, columns) = (order(takes, input.size()), order(gives, *outputs));
            let weight = columns
                .iter()
                .flat_map(|column| rows.iter().map(move |row| row * outputs + column));
            vec![
                Tensor {
                    name: "weight",
                    shape: vec![*outputs, input.size()],
                    order: weight.collect(),
                },
                Tensor {
                    order: columns,
                    ..Tensor::vector("bias", *outputs)
                },
            ]
        }
        (Step::Layer { on }, Form::General { kind, .. }) => general(kind, *on, input),
        _ => Vec::new(),
    }
}

fn general(kind: &Kind, on: Lies, input: &Shape) -> Vec<Tensor> {
    let channels = as_image(input).channels;
    // Places of the kernel's numbers, the first and the second axis of which are its rows' inmost and
    // its columns, or the other way round.
    let kernel = |[height, width]: Pair, inner: usize, columns: usize, columns_first: bool| {
        let (first, second) = if columns_first {
            (columns, inner)
        } else {
            (inner, columns)
        };
        let mut order = Vec::with_capacity(height * width * inner * columns);
        for one in 0..first {
            for other in 0..second {
                let (row, column) = if columns_first {
                    (other, one)
                } else {
                    (one, other)
                };
                let place = |at: usize| (at * inner + row) * columns + column;
                order.extend((0..height * width).map(place));
            }
        }
        Tensor {
            name: "weight",
            shape: vec![first, second, height, width],
            order,
        }
    };
    match kind {
        Kind::Convolution {
            filters,
            groups,
            window,
        } => vec![
            kernel(window.size, channels / groups, *filters, true),
            Tensor::vector("bias", *filters),
        ],
        Kind::Transposed {
            filters,
            groups,
            kernel: size,
            ..
        } => vec![
            kernel(*size, channels, filters / groups, false),
            Tensor::vector("bias", *filters),
        ],
        Kind::Normalisation {
            over: Over::Row, ..
        } => {
            let of = |name| match on {
                Lies::Maps(image) => Tensor {
                    name,
                    shape: vec![image.channels, image.height, image.width],
                    order: planes(image).collect(),
                },
                _ => Tensor::vector(name, input.size()),
            };
            vec![of("weight"), of("bias")]
        }
        Kind::Scaling | Kind::Normalisation { .. } => {
            vec![
                Tensor::vector("weight", channels),
                Tensor::vector("bias", channels),
            ]
        }
        _ => Vec::new(),
    }
}
