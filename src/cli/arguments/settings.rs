//! What a run is asked to do.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use latent_lens::data::{Class, Explain, Grouping, Role};
use latent_lens::settings::{
    Downsampling, HiddenActivation, Loss, Method, NetworkKind, Noise, Output, Permute, Settings,
    Variant,
};
use serde::de::DeserializeOwned;

use super::measure::Moving;

/// What a network is trained as, and on which images.
#[derive(Debug, Args)]
pub struct Training {
    /// The classes to look at by their names, such as 0,1 or cat,dog; without it, all there are.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub classes: Option<Vec<String>>,

    /// A kind of autoencoder as it is taught: sets what is not set besides, of the network and of how it is
    /// trained.
    #[arg(long, value_name = "NAME", value_parser = super::presets::names())]
    pub preset: Option<String>,

    /// Latent dimensions: how many numbers an image is squeezed into.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().dims)]
    pub dims: usize,

    /// Of which layers the network is made: dense ones alone, or convolutions of 3 × 3 that move by two
    /// pixels, with dense units for the latents; the decoder mirrors them.
    #[arg(long, value_parser = one_of::<NetworkKind>(KINDS), default_value = KINDS[0])]
    pub kind: NetworkKind,

    /// Units of a dense encoder's hidden layers, such as 512,128; the decoder mirrors them. Without
    /// it, there are none.
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    pub hidden: Vec<usize>,

    /// Filters of a convolutional encoder's layers; the decoder mirrors them. Without it, 8,16.
    #[arg(long, value_name = "FILTERS", value_delimiter = ',')]
    pub filters: Option<Vec<usize>>,

    /// What follows every layer but the last, which ends in a sigmoid.
    #[arg(long, value_parser = one_of::<HiddenActivation>(ACTIVATIONS), default_value = ACTIVATIONS[0])]
    pub activation: HiddenActivation,

    /// What training makes small: binary cross-entropy, the mean squared error or the mean absolute error.
    #[arg(long, value_parser = one_of::<Loss>(LOSSES), default_value = LOSSES[0])]
    pub loss: Loss,

    /// The step size of Adam, which trains the network.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().learning_rate)]
    pub learning_rate: f64,

    /// Images per step of training.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().batch_size)]
    pub batch_size: usize,

    /// How often training passes over the images; with 0 the untrained network is explained.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().epochs)]
    pub epochs: usize,

    /// Of every hundred images of a class, so many are held out: never trained on.
    #[arg(long, value_name = "PERCENT", default_value_t = Settings::default().held_out)]
    pub held_out: u8,

    /// Decides which images are held out, the first weights and every permutation.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().seed)]
    pub seed: u32,

    /// Decides which images are held out, where that is not for --seed to say.
    #[arg(long, value_name = "NUMBER")]
    pub split_seed: Option<u32>,

    /// Decides the first weights, where that is not for --seed to say.
    #[arg(long, value_name = "NUMBER")]
    pub weights_seed: Option<u32>,

    /// Decides the order in which images are trained on, where that is not for --seed to say.
    #[arg(long, value_name = "NUMBER")]
    pub order_seed: Option<u32>,

    #[command(flatten)]
    pub varying: Varying,
}

/// What a network and its training are beyond the paper's.
#[derive(Debug, Args)]
pub struct Varying {
    /// The encoder gives a mean and a log-variance of every latent dimension, and is held to a normal
    /// distribution: a variational autoencoder.
    #[arg(long)]
    pub variational: bool,

    /// By what a variational network's divergence, in nats, is multiplied.
    #[arg(long, value_name = "NUMBER", default_value_t = Variant::default().beta)]
    pub beta: f64,

    /// By what the sum of an image's absolute latents is multiplied in the loss of a sparse network.
    #[arg(long, value_name = "NUMBER", default_value_t = Variant::default().sparsity)]
    pub sparsity: f64,

    /// What is done to images before the encoder sees them; it has to draw them without.
    #[arg(long, value_parser = one_of::<Noise>(NOISES), default_value = NOISES[0])]
    pub noise: Noise,

    /// The standard deviation of Gaussian noise, or the share of numbers that masking sets to 0.
    #[arg(long, value_name = "NUMBER", default_value_t = Variant::default().noise_level)]
    pub noise_level: f64,

    /// The share of units of every hidden layer that a step of training leaves out.
    #[arg(long, value_name = "NUMBER", default_value_t = Variant::default().dropout)]
    pub dropout: f64,

    /// By how much of themselves weights shrink in a step, times the learning rate.
    #[arg(long, value_name = "NUMBER", default_value_t = Variant::default().weight_decay)]
    pub weight_decay: f64,

    /// What follows the decoder's last layer: linear is for the losses mse and mae.
    #[arg(long, value_parser = one_of::<Output>(OUTPUTS), default_value = OUTPUTS[0])]
    pub output: Output,

    /// How convolutions make maps smaller: they move by two pixels, or pooling follows them.
    #[arg(long, value_parser = one_of::<Downsampling>(DOWNSAMPLINGS), default_value = DOWNSAMPLINGS[0])]
    pub downsampling: Downsampling,
}

impl Varying {
    fn variant(&self) -> Variant {
        Variant {
            variational: self.variational,
            beta: self.beta,
            sparsity: self.sparsity,
            noise: self.noise,
            noise_level: self.noise_level,
            dropout: self.dropout,
            weight_decay: self.weight_decay,
            output: self.output,
            downsampling: self.downsampling,
        }
    }
}

/// How the values of settings are typed, the usual one first.
const KINDS: &[&str] = &["dense", "convolutional"];
const LOSSES: &[&str] = &["bce", "mse", "mae"];
const NOISES: &[&str] = &["none", "gaussian", "masking"];
const OUTPUTS: &[&str] = &["sigmoid", "linear"];
const DOWNSAMPLINGS: &[&str] = &["strided", "pooling"];
const PERMUTED: &[&str] = &["pixel", "channel"];
const ACTIVATIONS: &[&str] = &[
    "relu", "elu", "selu", "silu", "gelu", "softplus", "tanh", "sigmoid", "linear",
];

/// Reads one of `names` as settings are read everywhere.
pub(super) fn one_of<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names)
        .map(|name| serde_json::from_value(name.into()).expect("what can be set has these names"))
}

/// What importance is measured on, and how.
#[derive(Debug, Args)]
pub struct Measuring {
    /// The images that importance is measured on: all, held-out (those that the seed holds out, or the
    /// test set), or a number of them, drawn in proportion to the classes. Without it, all where a
    /// model is given, and else those held out.
    #[arg(long, value_name = "all|held-out|NUMBER")]
    pub explain: Option<Explain>,

    /// What is permuted together: each pixel with all of its channels, or each channel of a pixel by
    /// itself.
    #[arg(long, value_parser = one_of::<Permute>(PERMUTED), default_value = PERMUTED[0])]
    pub permute: Permute,

    /// How importance is measured: over all permutations there are, by a few that are drawn, or
    /// the one where it is affordable and the other elsewhere.
    #[arg(long, value_enum, default_value_t = ByMethod::Auto)]
    pub method: ByMethod,

    /// How many permutations are drawn of each pixel and each latent dimension: more make smaller
    /// errors.
    #[arg(long, value_name = "NUMBER", default_value_t = Settings::default().permutations)]
    pub permutations: usize,

    #[command(flatten)]
    pub moving: Moving,
}

/// [`Method`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ByMethod {
    /// Exact where that is affordable, sampled elsewhere.
    Auto,
    /// The expected value over all permutations.
    Exact,
    /// The paper's way: the mean over a few random permutations.
    Sampled,
}

impl From<ByMethod> for Method {
    fn from(method: ByMethod) -> Self {
        match method {
            ByMethod::Auto => Self::Auto,
            ByMethod::Exact => Self::Exact,
            ByMethod::Sampled => Self::Sampled,
        }
    }
}

impl Training {
    /// The settings that were asked for, where there are these classes.
    ///
    /// # Errors
    /// One sentence, if there is no class of a name, or if some of it contradicts the rest.
    pub fn settings(&self, available: &[Class]) -> Result<Settings, String> {
        let usual = Settings::default();
        if self.kind == NetworkKind::Dense && self.filters.is_some() {
            return Err(
                "A dense network has no filters: leave out --filters, or add \
                        --kind convolutional."
                    .into(),
            );
        }
        let mut classes = Vec::new();
        let labels: Vec<u8> = match &self.classes {
            Some(names) => names
                .iter()
                .map(|name| label(name, available))
                .collect::<Result<_, _>>()?,
            None => available.iter().filter_map(named).collect(),
        };
        for label in labels {
            // A class has images on two sides where there is a test set.
            if self.classes.is_some() || !classes.contains(&label) {
                classes.push(label);
            }
        }
        Ok(Settings {
            classes,
            dims: self.dims,
            kind: self.kind,
            hidden: self.hidden.clone(),
            filters: self.filters.clone().unwrap_or(usual.filters),
            activation: self.activation,
            loss: self.loss,
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            epochs: self.epochs,
            held_out: self.held_out,
            seed: self.seed,
            split_seed: self.split_seed,
            weights_seed: self.weights_seed,
            order_seed: self.order_seed,
            variant: self.varying.variant(),
            ..Settings::default()
        })
    }
}

impl Measuring {
    /// `settings` with what was asked for here, where there are these classes, and these `groups` if any
    /// were named.
    ///
    /// # Errors
    /// As [`Training::settings`].
    pub fn added_to(
        &self,
        settings: Settings,
        available: &[Class],
        groups: Option<Grouping>,
    ) -> Result<Settings, String> {
        Ok(Settings {
            explain: self.explain.unwrap_or_default(),
            permute: self.permute,
            method: self.method.into(),
            permutations: self.permutations,
            measure: self.moving.measure(available, groups)?,
            ..settings
        })
    }
}

/// The label of a class, if its images have one.
fn named(class: &Class) -> Option<u8> {
    (class.role != Role::Unlabelled).then_some(class.label)
}

/// The label of the class that is called so.
pub(super) fn label(name: &str, available: &[Class]) -> Result<u8, String> {
    let class = available
        .iter()
        .find(|class| class.name == name)
        .and_then(named);
    class.ok_or_else(|| {
        let mut names: Vec<&str> = Vec::new();
        for class in available.iter().filter(|class| named(class).is_some()) {
            if !names.contains(&class.name.as_str()) {
                names.push(&class.name);
            }
        }
        format!(
            "There is no class {name}; the classes are {}.",
            names.join(", ")
        )
    })
}
