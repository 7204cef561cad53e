//! What a run is asked to do: one table of settings, checked once, before it starts.

#[cfg(feature = "general")]
mod measure;
#[cfg(feature = "general")]
mod variant;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::data::{Division, Explain};

#[cfg(feature = "general")]
pub use measure::{Donors, FeatureKind, LatentDonors, Measure, Recipients};
#[cfg(feature = "general")]
pub use variant::{Downsampling, Noise, Output, Variant};

/// Settings of one run. The defaults are those of Section 3 of the paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Labels of the classes to keep, in the order they are shown.
    pub classes: Vec<u8>,
    /// Number of latent dimensions d.
    pub dims: usize,
    /// Of which layers the network is made.
    pub kind: NetworkKind,
    /// Units of a dense encoder's hidden layers, input side first; the decoder mirrors them.
    pub hidden: Vec<usize>,
    /// Channels that each of a convolutional encoder's layers gives, input side first; the decoder
    /// mirrors them.
    pub filters: Vec<usize>,
    /// What follows every layer but the last, which ends in a sigmoid.
    pub activation: HiddenActivation,
    /// What training makes small.
    pub loss: Loss,
    /// Step size of Adam.
    pub learning_rate: f64,
    /// Images per training step.
    pub batch_size: usize,
    /// Passes over the training images; 0 explains the network with the weights it begins with, or
    /// one that was trained elsewhere.
    pub epochs: usize,
    /// Which images importance is measured on.
    pub explain: Explain,
    /// Of every hundred images of a class, so many are held out where there is no test set.
    pub held_out: u8,
    /// What stage 1 permutes together.
    pub permute: Permute,
    /// How the importance stages measure.
    pub method: Method,
    /// Permutations of each pixel and of each latent dimension where importance is sampled (the
    /// paper's n_perm).
    pub permutations: usize,
    /// Seed of the split, the initial weights, the batch order and every permutation.
    pub seed: u32,
    /// Seed of the split, where it is another.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_seed: Option<u32>,
    /// Seed of the initial weights, where it is another.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights_seed: Option<u32>,
    /// Seed of the batch order, where it is another.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_seed: Option<u32>,
    /// What the network and its training are beyond the paper's; absent where they are the paper's. Packages
    /// without the feature `general` do not know it.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Variant::is_default")]
    pub variant: Variant,
    /// What is moved, whose and by whose, where that is not as in the paper; absent where it is. Packages
    /// without the feature `general` do not know it.
    #[cfg(feature = "general")]
    #[serde(skip_serializing_if = "Measure::is_default")]
    pub measure: Measure,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            classes: vec![0, 1],
            dims: 12,
            kind: NetworkKind::Dense,
            hidden: Vec::new(),
            filters: vec![8, 16],
            activation: HiddenActivation::Relu,
            loss: Loss::Bce,
            learning_rate: 1e-3,
            batch_size: 256,
            epochs: 50,
            explain: Explain::Auto,
            held_out: 15,
            permute: Permute::Pixel,
            method: Method::Auto,
            permutations: 4,
            seed: 1,
            #[cfg(feature = "general")]
            split_seed: None,
            #[cfg(feature = "general")]
            weights_seed: None,
            #[cfg(feature = "general")]
            order_seed: None,
            #[cfg(feature = "general")]
            variant: Variant::default(),
            #[cfg(feature = "general")]
            measure: Measure::default(),
        }
    }
}

/// Of which layers a network is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkKind {
    /// Dense ones alone, as in the paper.
    #[default]
    Dense,
    /// Convolutions of 3 × 3 that move by two pixels, and dense units for the latents; mirrored by
    /// transposed convolutions.
    Convolutional,
}

/// What training makes small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Binary cross-entropy, the mean over an image's numbers, as in the paper.
    #[default]
    Bce,
    /// Mean squared error.
    Mse,
    /// Mean absolute error.
    Mae,
}

/// What follows every layer but the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HiddenActivation {
    /// As in the paper.
    #[default]
    Relu,
    /// With an alpha of 1.
    Elu,
    /// Scaled ELU.
    Selu,
    /// Also called swish.
    Silu,
    /// By the normal distribution, not its approximation.
    Gelu,
    /// ln(1 + exp(x)).
    Softplus,
    /// Hyperbolic tangent.
    Tanh,
    /// Logistic function.
    Sigmoid,
    /// None at all.
    Linear,
}

/// What stage 1 permutes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permute {
    /// A pixel with all of its channels.
    #[default]
    Pixel,
    /// Each channel of a pixel by itself.
    Channel,
}

/// How an importance stage measures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Exact where that is affordable, sampled elsewhere; each stage decides by itself.
    #[default]
    Auto,
    /// The expected value over all permutations, without drawing any.
    Exact,
    /// The paper's way: the mean over a few random permutations.
    Sampled,
}

/// Why a setting cannot be used, in words for the person who set it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingError {
    /// Name of the field of [`Settings`].
    pub field: String,
    /// One sentence: what is wrong and what would be right.
    pub message: String,
}

const MAX_DIMS: usize = 512;
const MAX_HIDDEN_LAYERS: usize = 10;
const MAX_UNITS: usize = 4096;
const MAX_FILTERS: usize = 512;
const MAX_BATCH_SIZE: usize = 8192;
const MAX_EPOCHS: usize = 2000;
const MAX_PERMUTATIONS: usize = 1000;
const MAX_HELD_OUT: usize = 90;

/// What decides a network besides its settings: each is [`Settings::seed`] where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeds {
    /// Which images are held out, and which of many are explained.
    pub split: u32,
    /// The initial weights.
    pub weights: u32,
    /// In which order images are trained on.
    pub order: u32,
}

#[cfg(feature = "general")]
impl Seeds {
    /// What a network of these seeds is called.
    #[must_use]
    pub fn name(&self) -> String {
        if self.weights == self.order {
            format!("seed {}", self.weights)
        } else {
            format!("weights {}, order {}", self.weights, self.order)
        }
    }
}

impl Settings {
    /// The settings of the `k`-th other network beside the one of these: the same images are held out, weights
    /// and order are drawn by seeds that are larger by `k`, and nothing is asked but to train it.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn replica(&self, k: u32) -> Self {
        let seeds = self.seeds();
        Self {
            split_seed: Some(seeds.split),
            weights_seed: Some(seeds.weights.wrapping_add(k)),
            order_seed: Some(seeds.order.wrapping_add(k)),
            measure: Measure::default(),
            ..self.clone()
        }
    }

    /// The seeds of the split, the initial weights and the batch order.
    #[must_use]
    pub fn seeds(&self) -> Seeds {
        #[cfg(feature = "general")]
        let [split, weights, order] = [self.split_seed, self.weights_seed, self.order_seed]
            .map(|seed| seed.unwrap_or(self.seed));
        #[cfg(not(feature = "general"))]
        let [split, weights, order] = [self.seed; 3];
        Seeds {
            split,
            weights,
            order,
        }
    }

    /// Whether a run with these settings trains the same network, on the same images, as one with the others: they
    /// differ at most in what is measured of it.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn trains_same(&self, other: &Self) -> bool {
        let of_network = |settings: &Self| {
            let seeds = settings.seeds();
            let Self {
                permute,
                method,
                permutations,
                seed,
                measure,
                ..
            } = Self::default();
            Self {
                permute,
                method,
                permutations,
                seed,
                split_seed: Some(seeds.split),
                weights_seed: Some(seeds.weights),
                order_seed: Some(seeds.order),
                measure,
                ..settings.clone()
            }
        };
        of_network(self) == of_network(other)
    }

    /// How a run with these settings divides its images; `trains` says whether it trains a network or
    /// explains one that was trained elsewhere.
    #[must_use]
    pub fn division(&self, trains: bool) -> Division {
        Division {
            seed: self.seeds().split,
            held_out: self.held_out,
            explain: self.explain,
            trains,
        }
    }

    /// Every reason why these settings cannot be used where there are classes of these labels and
    /// names; empty when they can. What only concerns training is of no concern to a run that explains
    /// a network which was trained elsewhere: it has the sizes it has.
    #[must_use]
    pub fn check(&self, available: &[(u8, String)], trains: bool) -> Vec<SettingError> {
        let mut errors = check_measure(self, available);
        let mut refuse = |field: &str, message: String| {
            errors.push(SettingError {
                field: field.into(),
                message,
            });
        };

        if self.classes.is_empty() {
            refuse("classes", "Choose at least one class.".into());
        }
        for (position, label) in self.classes.iter().enumerate() {
            let Some((_, name)) = available.iter().find(|(known, _)| known == label) else {
                let known: Vec<&str> = available.iter().map(|(_, name)| name.as_str()).collect();
                refuse(
                    "classes",
                    format!(
                        "There is no class {label}; the classes are {}.",
                        known.join(", ")
                    ),
                );
                continue;
            };
            if self.classes[..position].contains(label) {
                refuse("classes", format!("Class {name} is named twice."));
            }
        }
        let mut within = |field: &str, what: &str, value: usize, allowed: RangeInclusive<usize>| {
            if !allowed.contains(&value) {
                let (min, max) = allowed.into_inner();
                refuse(
                    field,
                    format!("{what} must be a whole number from {min} to {max}."),
                );
            }
        };
        within(
            "permutations",
            "Permutations",
            self.permutations,
            1..=MAX_PERMUTATIONS,
        );
        within(
            "held_out",
            "The share that is held out, in per cent,",
            self.held_out.into(),
            1..=MAX_HELD_OUT,
        );
        if !trains {
            return errors;
        }
        within("dims", "Latent dimensions", self.dims, 1..=MAX_DIMS);
        for &units in &self.hidden {
            within("hidden", "Units of a hidden layer", units, 1..=MAX_UNITS);
        }
        within("epochs", "Epochs", self.epochs, 0..=MAX_EPOCHS);
        within(
            "batch_size",
            "Images per step",
            self.batch_size,
            1..=MAX_BATCH_SIZE,
        );
        for &filters in &self.filters {
            within("filters", "Filters of a layer", filters, 1..=MAX_FILTERS);
        }
        for (field, layers) in [("hidden", &self.hidden), ("filters", &self.filters)] {
            if layers.len() > MAX_HIDDEN_LAYERS {
                refuse(
                    field,
                    format!("At most {MAX_HIDDEN_LAYERS} hidden layers can be used."),
                );
            }
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= 1.0) {
            refuse(
                "learning_rate",
                "The learning rate must be a number above 0, at most 1.".into(),
            );
        }
        // Of a network that is brought nothing of it is asked.
        if trains {
            errors.extend(check_variant(self));
        }
        errors.extend(self.check_kind());
        errors
    }

    /// Every reason why there can be no network of this kind.
    fn check_kind(&self) -> Vec<SettingError> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: String| {
            errors.push(SettingError {
                field: field.into(),
                message,
            });
        };
        // A page checks settings with a package that calculates nothing.
        #[cfg(all(feature = "engine", not(feature = "general")))]
        if self.kind == NetworkKind::Convolutional {
            refuse("kind", "This package has dense networks alone.".into());
        }
        if self.kind == NetworkKind::Convolutional {
            if self.filters.is_empty() {
                refuse(
                    "filters",
                    "A convolutional network needs the filters of at least one layer.".into(),
                );
            }
            if !self.hidden.is_empty() {
                refuse(
                    "hidden",
                    "A convolutional network has no hidden dense layers: leave them out, or choose \
                     the kind dense."
                        .into(),
                );
            }
        }
        errors
    }
}

#[cfg(feature = "general")]
fn check_measure(settings: &Settings, available: &[(u8, String)]) -> Vec<SettingError> {
    settings.measure.check(settings, available)
}

#[cfg(feature = "general")]
fn check_variant(settings: &Settings) -> Vec<SettingError> {
    settings.variant.check(settings)
}

#[cfg(not(feature = "general"))]
fn check_variant(_: &Settings) -> Vec<SettingError> {
    Vec::new()
}

#[cfg(not(feature = "general"))]
fn check_measure(_: &Settings, _: &[(u8, String)]) -> Vec<SettingError> {
    Vec::new()
}
