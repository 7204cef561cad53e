//! A network of modules and the steps that a person says.

use ndarray::Array2;

use super::super::chain::beyond;
use super::super::error::shortened;
use super::super::save::channels_first::{ChannelsFirst, Lies, Stored, planes, stored};
use super::text::{Around, Options, Pool, Step};
use super::{Class, Module};
use crate::data::{ImageShape, Shape};
use crate::model::{
    Activation, Architecture, Form, HeadForm, Interpolation, Kind, Margins, Network, Over, Pair,
    Window,
};

/// What PyTorch adds to variances unless it is told otherwise.
const EPSILON: f32 = 1e-5;

/// A network, and what is said of it.
#[derive(Debug)]
pub(super) struct Assembled {
    pub network: Network,
    /// Names of its layers, the encoder's first.
    pub names: Vec<String>,
    pub notes: Vec<String>,
    /// The normalisation that images meet first, and whether it is for values as they are stored.
    pub images: Option<(String, bool)>,
}

/// What reaches the next step in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Given {
    /// Channels × height × width.
    Maps(ImageShape),
    /// Plain numbers; those of an image or of planes channel by channel.
    Numbers(usize),
}

/// A layer so far.
#[derive(Clone)]
struct Laid {
    form: Form,
    name: String,
    /// The module that has its weights.
    module: Option<usize>,
    epsilon: f32,
    /// Batch normalisations that follow it at once.
    folded: Vec<(usize, f32)>,
}

struct Assembly<'a> {
    modules: &'a [Module],
    /// The encoder, the decoder, and what gives log-variances.
    halves: [Vec<Laid>; 3],
    /// After how many layers of the encoder that goes its own way.
    after: usize,
    /// Which half is being built.
    half: usize,
    input: Shape,
    latent: Option<Shape>,
    /// What our rows are here.
    shape: Shape,
    given: Given,
    /// Names of the layers that give log-variances.
    spread: Vec<String>,
    notes: Vec<String>,
    images: Option<(String, bool)>,
    used: Vec<usize>,
}

/// What a sentence says instead of a network.
type Told<T> = Result<T, String>;

/// The network of these steps.
///
/// # Errors
/// What is wrong, and in which step.
pub(super) fn assemble(modules: &[Module], steps: &[Step]) -> Told<Assembled> {
    let (input, steps) = start(modules, steps)?;
    let given = match &input {
        Shape::Image(image) => Given::Maps(*image),
        other => Given::Numbers(other.size()),
    };
    let mut assembly = Assembly {
        modules,
        halves: [Vec::new(), Vec::new(), Vec::new()],
        after: 0,
        half: 0,
        shape: input.clone(),
        input,
        latent: None,
        given,
        spread: Vec::new(),
        notes: Vec::new(),
        images: None,
        used: Vec::new(),
    };
    for step in steps {
        assembly
            .step(step)
            .map_err(|what| format!("step \"{}\" {what}", shortened(&step.to_string())))?;
    }
    assembly.finish()
}

/// What images are, and the steps after that.
fn start<'a>(modules: &[Module], steps: &'a [Step]) -> Told<(Shape, &'a [Step])> {
    let first = steps.iter().find_map(|step| match step {
        Step::Layer { name, .. } => modules.iter().find(|module| module.name == *name),
        _ => None,
    });
    let flat =
        first.is_some_and(|module| matches!(module.class, Class::Convolution { flat: true, .. }));
    let image = |channels, height, width| {
        Shape::Image(ImageShape {
            height,
            width,
            channels,
        })
    };
    match (steps, first.map(|module| &module.class)) {
        ([Step::Images(sizes), rest @ ..], _) => {
            let shape = match sizes[..] {
                [count] => Shape::Numbers(count),
                [channels, length] if flat => image(channels, 1, length),
                [height, width] => image(1, height, width),
                [channels, height, width] => image(channels, height, width),
                _ => return Err("its step \"images\" needs one size, such as 1x28x28".into()),
            };
            Ok((shape, rest))
        }
        (steps, Some(Class::Linear { inputs, .. })) => Ok((Shape::Numbers(*inputs), steps)),
        _ => Err(
            "the steps do not say how large images are: begin with \"images\" and their size, \
                  channels first, such as images 1x28x28"
                .into(),
        ),
    }
}

fn differs(image: ImageShape) -> bool {
    image.channels > 1 && image.pixels() > 1
}

fn size(image: ImageShape) -> String {
    format!("{} × {} × {}", image.channels, image.height, image.width)
}

impl Assembly<'_> {
    fn step(&mut self, step: &Step) -> Told<()> {
        let name = step.to_string();
        match step {
            Step::Images(_) => return Err("stands only at the beginning".into()),
            Step::Layer { name, options } => self.module(name, options)?,
            Step::Activation(activation) => self.activation(*activation, name),
            Step::Pool(pool) => {
                let image = self.maps()?;
                let kind = pooling(pool, image)?;
                self.lay(kind, name, None)?;
            }
            Step::AdaptiveAverage(parts) => {
                let image = self.maps()?;
                let sides = [image.height, image.width];
                if sides[0] % parts[0] != 0 || sides[1] % parts[1] != 0 {
                    return Err(format!(
                        "does not divide {} × {} pixels evenly",
                        sides[0], sides[1]
                    ));
                }
                let size = [sides[0] / parts[0], sides[1] / parts[1]];
                let kind = Kind::AveragePooling {
                    window: window(size, size, [1; 2], Margins::default()),
                    counts_padding: false,
                };
                self.lay(kind, name, None)?;
            }
            Step::Upsample {
                factor,
                interpolation,
            } => {
                let image = self.maps()?;
                let mut factor = *factor;
                // Signals grow in length alone.
                if image.height == 1 && *interpolation == Interpolation::Nearest && self.is_signal()
                {
                    factor[0] = 1;
                }
                let kind = Kind::Upsampling {
                    factor,
                    interpolation: *interpolation,
                };
                self.lay(kind, name, None)?;
            }
            Step::Pad([left, right, above, below]) => {
                self.maps()?;
                let margins = [[*above, *below], [*left, *right]];
                self.lay(Kind::Padding { margins }, name, None)?;
            }
            Step::Flatten => {
                if let Given::Maps(image) = self.given {
                    self.given = Given::Numbers(image.size());
                }
            }
            Step::Unflatten(sizes) => self.unflatten(sizes, name)?,
            Step::Softmax => {
                self.plain()?;
                self.lay(Kind::Softmax, name, None)?;
            }
            Step::LogVariances(names) => self.spread.clone_from(names),
            Step::Latents => {
                self.latents()?;
                self.log_variances()?;
            }
        }
        Ok(())
    }

    /// The way to the log-variances: as that to the means, with other weights in its last layers.
    fn log_variances(&mut self) -> Told<()> {
        let names = std::mem::take(&mut self.spread);
        if names.is_empty() {
            return Ok(());
        }
        let laid = &self.halves[0];
        let weighted: Vec<usize> = (0..laid.len())
            .filter(|&at| laid[at].module.is_some())
            .collect();
        let Some(first) = weighted.len().checked_sub(names.len()) else {
            return Err("comes after fewer layers than its log-variances have".into());
        };
        let places = &weighted[first..];
        self.after = places[0];
        let mut head = laid[self.after..].to_vec();
        for (&place, name) in places.iter().zip(&names) {
            let shown = shortened(name);
            let known = self.modules.iter().position(|module| module.name == *name);
            let Some(module) = known else {
                return Err(format!(
                    "has log-variances of \"{shown}\", which is no layer of the file"
                ));
            };
            let own = &mut head[place - self.after];
            let mean = own.module.map(|at| &self.modules[at]);
            let (Some(mean), []) = (mean, &own.folded[..]) else {
                return Err(format!(
                    "has log-variances of \"{shown}\" beside a layer that is followed by a normalisation"
                ));
            };
            if mean.class != self.modules[module].class {
                return Err(format!(
                    "has log-variances of \"{shown}\", which is not of the size of \"{}\"",
                    shortened(&mean.name)
                ));
            }
            own.module = Some(module);
            own.name.clone_from(name);
            self.used.push(module);
        }
        // They are any numbers, whatever the means are.
        let last = places[places.len() - 1] - self.after;
        if let Form::Dense { activation, .. } | Form::General { activation, .. } =
            &mut head[last].form
        {
            *activation = Activation::Linear;
        }
        self.notes.push(format!(
            "The latents are the means; \"{}\" gives their log-variances, as the steps say. Nothing is drawn at \
             random.",
            shortened(&names[names.len() - 1])
        ));
        self.halves[2] = head;
        Ok(())
    }

    /// Whether the model is of signals, which are images of height 1.
    fn is_signal(&self) -> bool {
        let flat = |module: &Module| matches!(module.class, Class::Convolution { flat: true, .. });
        self.modules.iter().any(flat)
    }

    fn lay(&mut self, kind: Kind, name: String, module: Option<usize>) -> Told<()> {
        let form = Form::General {
            kind,
            activation: Activation::Linear,
        };
        self.shape = form.output(&self.shape)?;
        if let (Given::Maps(_), Shape::Image(image)) = (self.given, &self.shape) {
            self.given = Given::Maps(*image);
        }
        self.halves[self.half].push(Laid {
            form,
            name,
            module,
            epsilon: EPSILON,
            folded: Vec::new(),
        });
        Ok(())
    }

    /// Feature maps, as the next layer takes them.
    fn maps(&mut self) -> Told<ImageShape> {
        match self.given {
            Given::Numbers(count) => Err(format!(
                "takes feature maps, but {count} plain numbers reach it: put unflatten before it, with \
                 the size of the maps, such as unflatten 16x7x7"
            )),
            Given::Maps(image) => {
                if self.shape != Shape::Image(image) {
                    self.lay_from_planes(image, "unflatten".into())?;
                }
                Ok(image)
            }
        }
    }

    /// Numbers that lie channel by channel become those of an image.
    fn lay_from_planes(&mut self, image: ImageShape, name: String) -> Told<()> {
        let to = Shape::Image(image);
        let kind = if differs(image) {
            let mut order = vec![0; image.size()];
            for (at, place) in planes(image).enumerate() {
                order[place] = at as u32;
            }
            Kind::Reordering { to, order }
        } else {
            Kind::Reshaping { to }
        };
        self.lay(kind, name, None)
    }

    /// The numbers of an image lie channel by channel from here on.
    fn lay_to_planes(&mut self, image: ImageShape, name: String) -> Told<()> {
        let to = Shape::Planes(image);
        let kind = if differs(image) {
            let order = planes(image).map(|place| place as u32).collect();
            Kind::Reordering { to, order }
        } else {
            Kind::Reshaping { to }
        };
        self.lay(kind, name, None)
    }

    /// Plain numbers in PyTorch's order, where they are plain; feature maps where not.
    fn plain(&mut self) -> Told<()> {
        match (self.given, self.shape.clone()) {
            (Given::Maps(_), _) => self.maps().map(|_| ()),
            (Given::Numbers(_), Shape::Image(image)) if image.pixels() > 1 => {
                self.lay_to_planes(image, "flatten".into())
            }
            _ => Ok(()),
        }
    }

    fn unflatten(&mut self, sizes: &[usize], name: String) -> Told<()> {
        let (channels, height, width) = match *sizes {
            [channels, height, width] => (channels, height, width),
            [channels, length] => (channels, 1, length),
            _ => return Err("needs one size, channels first, such as 16x7x7".into()),
        };
        let image = ImageShape {
            height,
            width,
            channels,
        };
        match self.given {
            Given::Maps(own) => {
                return Err(format!("takes plain numbers, but {} reach it", size(own)));
            }
            Given::Numbers(count) if count != image.size() => {
                return Err(format!(
                    "makes {} numbers of {count}, which reach it",
                    image.size()
                ));
            }
            Given::Numbers(_) => {}
        }
        if self.shape != Shape::Image(image) && self.shape != Shape::Planes(image) {
            let after_dense = self.halves[self.half]
                .last()
                .is_some_and(|laid| matches!(laid.form, Form::Dense { .. }));
            if after_dense {
                // The weights before it take over the order.
                let to = Shape::Image(image);
                self.lay(Kind::Reshaping { to }, name, None)?;
            } else {
                self.lay_from_planes(image, name)?;
            }
        }
        self.given = Given::Maps(image);
        Ok(())
    }

    fn activation(&mut self, activation: Activation, name: String) {
        let laid = &mut self.halves[self.half];
        if let Some(last) = laid.last_mut()
            && let Form::Dense {
                activation: own, ..
            }
            | Form::General {
                activation: own, ..
            } = &mut last.form
            && *own == Activation::Linear
        {
            *own = activation;
            return;
        }
        laid.push(Laid {
            form: Form::General {
                kind: Kind::Activation,
                activation,
            },
            name,
            module: None,
            epsilon: EPSILON,
            folded: Vec::new(),
        });
    }

    fn latents(&mut self) -> Told<()> {
        if self.half == 1 {
            return Err("stands twice".into());
        }
        if self.halves[0].is_empty() {
            return Err("stands before any layer".into());
        }
        if let Shape::Image(image) = self.shape
            && image.pixels() > 1
        {
            self.lay_to_planes(image, "latents".into())?;
        }
        self.half = 1;
        self.latent = Some(self.shape.clone());
        Ok(())
    }

    fn module(&mut self, name: &str, options: &Options) -> Told<()> {
        let Some(at) = self.modules.iter().position(|module| module.name == name) else {
            let names: Vec<String> = self
                .modules
                .iter()
                .map(|module| shortened(&module.name))
                .collect();
            return Err(format!(
                "names no layer of the file; they are {}",
                names.join(", ")
            ));
        };
        self.used.push(at);
        let module = &self.modules[at];
        let told = |options: &Options| {
            Options {
                epsilon: None,
                groups: None,
                ..options.clone()
            } != Options::default()
        };
        if !matches!(module.class, Class::Convolution { .. }) && told(options) {
            return Err("has options of a convolution, and is none".into());
        }
        match module.class.clone() {
            Class::Linear { inputs, outputs } => self.linear(at, inputs, outputs),
            Class::Convolution { .. } => self.convolution(at, options),
            Class::Batch { channels } => {
                self.batch(at, channels, options.epsilon.unwrap_or(EPSILON))
            }
            Class::Layer { shape } => self.layer_norm(at, &shape, options),
            Class::Slope { .. } => self.slope(at),
        }
    }

    fn linear(&mut self, at: usize, inputs: usize, outputs: usize) -> Told<()> {
        let name = self.modules[at].name.clone();
        match self.given {
            Given::Maps(image) => Err(format!(
                "takes plain numbers, but feature maps of {} reach it: put flatten before it",
                size(image)
            )),
            Given::Numbers(count) if count != inputs => Err(format!(
                "takes {inputs} numbers, but {count} reach it: change strides, paddings or pooling \
                 before it, or the size of the images"
            )),
            Given::Numbers(_) => {
                self.halves[self.half].push(Laid {
                    form: Form::Dense {
                        outputs,
                        activation: Activation::Linear,
                    },
                    name,
                    module: Some(at),
                    epsilon: EPSILON,
                    folded: Vec::new(),
                });
                self.shape = Shape::Numbers(outputs);
                self.given = Given::Numbers(outputs);
                Ok(())
            }
        }
    }

    fn convolution(&mut self, at: usize, options: &Options) -> Told<()> {
        let module = &self.modules[at];
        let Class::Convolution {
            first,
            second,
            window: size,
            flat,
            transposed,
        } = module.class
        else {
            return Ok(());
        };
        let name = module.name.clone();
        let biases = module.bias.as_ref().map(Vec::len);
        let image = self.maps()?;
        let channels = image.channels;
        // Of signals, only the second of two numbers counts.
        let along = |pair: Pair, none: usize| if flat { [none, pair[1]] } else { pair };
        let (stride, dilation) = (along(options.stride, 1), along(options.dilation, 1));
        if options.transposed && transposed == Some(false) {
            return Err(format!(
                "is a convolution by its biases, of which there are {}, and not a transposed one",
                biases.unwrap_or(0)
            ));
        }
        let is_transposed = options.transposed
            || transposed == Some(true)
            || transposed.is_none() && channels != second && channels == first;
        let around = match options.padding {
            Around::By(pair) => along(pair, 0).map(|side| [side as isize; 2]),
            Around::Same => [0, 1].map(|side| {
                let all = (dilation[side] * (size[side] - 1)) as isize;
                [all / 2, all - all / 2]
            }),
        };
        let reach = |count: usize| format!("takes {count} channels, but {channels} reach it");
        let kind = if is_transposed {
            if channels != first {
                return Err(reach(first));
            }
            let groups = options.groups.or(biases.map(|count| count / second));
            let groups = groups.unwrap_or(1).max(1);
            let more = along(options.output_padding, 0);
            let cut = [0, 1].map(|side| {
                let [before, after] = around[side];
                [before, after - more[side] as isize]
            });
            Kind::Transposed {
                filters: second * groups,
                groups,
                kernel: size,
                stride,
                dilation,
                cut,
            }
        } else {
            if options.output_padding != [0; 2] {
                return Err("has output-padding, which only transposed convolutions have".into());
            }
            let groups = channels.checked_div(second).unwrap_or(0);
            let told = options.groups.is_none_or(|told| told == groups);
            if groups * second != channels || !told || first % groups.max(1) != 0 || groups == 0 {
                return Err(reach(second * options.groups.unwrap_or(1)));
            }
            Kind::Convolution {
                filters: first,
                groups,
                window: window(size, stride, dilation, around),
            }
        };
        let filters = match &kind {
            Kind::Transposed { filters, .. } | Kind::Convolution { filters, .. } => *filters,
            _ => 0,
        };
        if biases.is_some_and(|count| count != filters) {
            return Err(format!(
                "has {} biases for {filters} channels",
                biases.unwrap_or(0)
            ));
        }
        self.lay(kind, name, Some(at))
    }

    fn batch(&mut self, at: usize, channels: usize, epsilon: f32) -> Told<()> {
        let module = &self.modules[at];
        let name = module.name.clone();
        let reached = match self.given {
            Given::Maps(image) => image.channels,
            Given::Numbers(count) => count,
        };
        if reached != channels {
            return Err(format!(
                "normalises {channels} channels, but {reached} reach it"
            ));
        }
        let shown = shortened(&name);
        self.notes.push(format!(
            "Batch normalisation \"{shown}\" is as after training, with an epsilon of {epsilon}, which the \
             file does not hold."
        ));
        if self.half == 0 && self.halves[0].is_empty() {
            let seen = module
                .seen
                .iter()
                .flat_map(|(mean, variance)| mean.iter().zip(variance));
            let mut seen = seen.map(|(&mean, &variance)| (f64::from(mean), f64::from(variance)));
            let stored = seen.any(|(mean, variance)| beyond(mean, variance));
            self.images = Some((name.clone(), stored));
        }
        if let Some(last) = self.halves[self.half].last_mut()
            && takes_over(&last.form)
        {
            last.folded.push((at, epsilon));
            return Ok(());
        }
        self.plain()?;
        self.lay(Kind::Scaling, name, Some(at))?;
        self.last().epsilon = epsilon;
        Ok(())
    }

    fn layer_norm(&mut self, at: usize, shape: &[usize], options: &Options) -> Told<()> {
        let name = self.modules[at].name.clone();
        let epsilon = options.epsilon.unwrap_or(EPSILON);
        self.plain()?;
        let over = match (self.given, shape, options.groups) {
            (Given::Numbers(count), &[length], None | Some(1)) if count == length => Over::Channels,
            (Given::Maps(image), &[length], Some(1)) if length == image.channels => Over::Row,
            (Given::Maps(image), &[channels, height, width], None)
                if [channels, height, width] == [image.channels, image.height, image.width] =>
            {
                Over::Row
            }
            (Given::Maps(image), &[channels, length], None)
                if image.height == 1 && [channels, length] == [image.channels, image.width] =>
            {
                Over::Row
            }
            (Given::Maps(image), &[length], Some(groups)) if length == image.channels => {
                return Err(format!(
                    "normalises {groups} groups of channels apart, which cannot be run here: only one \
                     group can"
                ));
            }
            (Given::Maps(image), &[length], None) if length == image.channels => {
                return Err(
                    "normalises channels: say groups 1 after it if it is a GroupNorm of one group; other \
                     normalisations of feature maps cannot be run here"
                        .into(),
                );
            }
            _ => {
                return Err(format!(
                    "normalises numbers of the shape {shape:?}, which do not reach it"
                ));
            }
        };
        let shown = shortened(&name);
        self.notes.push(format!(
            "Normalisation \"{shown}\" has an epsilon of {epsilon}, which the file does not hold."
        ));
        self.lay(Kind::Normalisation { over, epsilon }, name, Some(at))
    }

    fn slope(&mut self, at: usize) -> Told<()> {
        let module = &self.modules[at];
        let slope = module.weight[0];
        if module.weight.iter().any(|&of| of != slope) {
            return Err(
                "has a slope for every channel, which cannot be run here: only one slope can"
                    .into(),
            );
        }
        let name = module.name.clone();
        self.activation(Activation::LeakyRelu { slope }, name);
        Ok(())
    }

    fn last(&mut self) -> &mut Laid {
        let half = &mut self.halves[self.half];
        half.last_mut().expect("a layer was laid")
    }

    fn finish(mut self) -> Told<Assembled> {
        let Some(latent) = self.latent.clone() else {
            return Err(
                "the steps do not say where the encoder ends: put latents after the step that gives \
                 the latents"
                    .into(),
            );
        };
        if !self.spread.is_empty() {
            return Err("the steps say log-variances after the latents: put them before".into());
        }
        if self.halves[1].is_empty() {
            return Err("the steps end with the latents: go on to the reconstructions".into());
        }
        // Reconstructions that are flat are images in PyTorch's order.
        if let (Given::Numbers(count), Shape::Image(image)) = (self.given, self.input.clone())
            && count == image.size()
        {
            self.unflatten(
                &[image.channels, image.height, image.width],
                "unflatten".into(),
            )?;
        }
        if let Given::Maps(_) = self.given {
            self.maps()?;
        }
        if !self.shape.agrees(&self.input) {
            let of = |shape: &Shape| match shape {
                Shape::Image(image) => size(*image),
                other => format!("{} numbers", other.size()),
            };
            return Err(format!(
                "the steps make {} of images of {}: change strides, paddings, output-paddings or what \
                 enlarges images",
                of(&self.shape),
                of(&self.input)
            ));
        }
        for (at, module) in self.modules.iter().enumerate() {
            if !self.used.contains(&at) {
                self.notes.push(format!(
                    "Layer \"{}\" was left out, since the steps do not name it.",
                    shortened(&module.name)
                ));
            }
        }
        let network = self.network(latent)?;
        let names = self.halves.into_iter().flatten().map(|laid| laid.name);
        Ok(Assembled {
            names: names.take(network.layers().count()).collect(),
            network,
            notes: self.notes,
            images: self.images,
        })
    }

    /// With the weights of the modules.
    fn network(&self, latent: Shape) -> Told<Network> {
        let forms = |half: usize| {
            self.halves[half]
                .iter()
                .map(|laid| laid.form.clone())
                .collect()
        };
        let mut architecture = Architecture {
            input: self.input.clone(),
            encoder: forms(0),
            latent,
            decoder: forms(1),
            log_variance: (!self.halves[2].is_empty()).then(|| HeadForm {
                after: self.after,
                layers: forms(2),
            }),
        };
        let images = match self.input {
            Shape::Image(image) => Lies::Maps(image),
            _ => Lies::Rows,
        };
        let lowered = ChannelsFirst::with(&architecture, images);
        let matrices: Told<Vec<Array2<f32>>> = stored(&architecture, &lowered)
            .into_iter()
            .map(|stored| self.matrix(&stored))
            .collect();
        // The end is an image by its size alone.
        if let [
            ..,
            _,
            Form::General {
                kind: Kind::Reshaping { to },
                activation: Activation::Linear,
            },
        ] = &architecture.decoder[..]
            && to.agrees(&architecture.input)
        {
            architecture.decoder.pop();
        }
        Network::from_parts(&architecture, matrices?)
    }

    /// A matrix of a layer.
    fn matrix(&self, stored: &Stored) -> Told<Array2<f32>> {
        let laid = &self.halves[stored.half][stored.layer];
        let shown = shortened(&laid.name);
        let Some(module) = laid.module.map(|at| &self.modules[at]) else {
            return Err(format!("layer \"{shown}\" has no weights"));
        };
        let numbers = stored.tensor.order.len();
        let is_weight = stored.tensor.name == "weight";
        let told = |fault: super::super::error::Fault| fault.problem().to_owned();
        let mut values: Vec<f32> = match (&module.class, is_weight) {
            (Class::Batch { .. }, is_weight) => {
                let (scale, shift) = module.scaling(laid.epsilon).map_err(told)?;
                let values = if is_weight { scale } else { shift };
                values.into_iter().map(|value| value as f32).collect()
            }
            (_, true) => module.weight.clone(),
            (_, false) => module.bias.clone().unwrap_or_else(|| vec![0.0; numbers]),
        };
        // Of one group of channels: the same for all pixels of each.
        if let Class::Layer { .. } = module.class
            && values.len() < numbers
        {
            let each = numbers / values.len();
            values = values.iter().flat_map(|&value| vec![value; each]).collect();
        }
        if values.len() != numbers {
            return Err(format!(
                "layer \"{shown}\" has {} numbers where {numbers} belong",
                values.len()
            ));
        }
        for &(at, epsilon) in &laid.folded {
            let (scale, shift) = self.modules[at].scaling(epsilon).map_err(told)?;
            fold(
                &mut values,
                &stored.tensor.shape,
                &laid.form,
                (&scale, &shift),
            );
        }
        let mut own = vec![0.0; numbers];
        for (&place, value) in stored.tensor.order.iter().zip(values) {
            own[place] = value;
        }
        Array2::from_shape_vec(stored.size, own).map_err(|error| error.to_string())
    }
}

/// Whether a layer's weights can take over a normalisation of what it gives.
fn takes_over(form: &Form) -> bool {
    match form {
        Form::Dense { activation, .. } => *activation == Activation::Linear,
        Form::General { kind, activation } => {
            *activation == Activation::Linear
                && matches!(
                    kind,
                    Kind::Convolution { .. } | Kind::Transposed { groups: 1, .. }
                )
        }
        Form::BlackBox { .. } => false,
    }
}

/// Multiplies weights or biases by what a normalisation does to the outputs; biases have one axis.
fn fold(values: &mut [f32], shape: &[usize], form: &Form, (scale, shift): (&[f64], &[f64])) {
    let transposed = matches!(
        form,
        Form::General {
            kind: Kind::Transposed { .. },
            ..
        }
    );
    let axis = usize::from(transposed && shape.len() > 1);
    let inner: usize = shape[axis + 1..].iter().product();
    for (at, value) in values.iter_mut().enumerate() {
        let output = at / inner % shape[axis];
        let more = if shape.len() == 1 { shift[output] } else { 0.0 };
        *value = (f64::from(*value) * scale[output] + more) as f32;
    }
}

fn window(size: Pair, stride: Pair, dilation: Pair, padding: Margins) -> Window {
    Window {
        size,
        stride,
        dilation,
        padding,
    }
}

fn pooling(pool: &Pool, image: ImageShape) -> Told<Kind> {
    let mut own = pool.clone();
    // Signals have a height of 1.
    if image.height == 1 && own.size[0] > 1 {
        own.size[0] = 1;
        own.stride[0] = 1;
        own.padding[0] = 0;
        own.dilation[0] = 1;
    }
    let sides = [image.height, image.width];
    let mut padding = own.padding.map(|side| [side as isize; 2]);
    let mut reaches = false;
    for side in 0..2 {
        let span = (own.size[side] - 1) * own.dilation[side] + 1;
        if own.padding[side] * 2 > own.size[side] {
            return Err("has more padding than half its window".into());
        }
        let wide = sides[side] + 2 * own.padding[side];
        let Some(room) = wide.checked_sub(span) else {
            return Err(format!(
                "does not fit into {} × {} pixels",
                image.height, image.width
            ));
        };
        let stride = own.stride[side];
        if own.ceil && room % stride != 0 {
            // A window begins within the image or the zeros before it, or not at all.
            let begins = (room / stride + 1) * stride;
            if begins < sides[side] + own.padding[side] {
                padding[side][1] += (begins - room) as isize;
                reaches = true;
            }
        }
    }
    let window = window(own.size, own.stride, own.dilation, padding);
    if own.largest {
        return Ok(Kind::MaxPooling { window });
    }
    let has_padding = own.padding != [0; 2];
    if reaches && has_padding && own.counts_padding {
        return Err("counts its padding and reaches beyond it, which cannot be run here".into());
    }
    Ok(Kind::AveragePooling {
        window,
        counts_padding: own.counts_padding && has_padding,
    })
}
