//! What a run is asked to do: one table of settings, checked once, at the door.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Settings of one run. The defaults are those of Section 3 of the paper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Labels of the classes to keep, in the order they are shown.
    pub classes: Vec<u8>,
    /// Number of latent dimensions d.
    pub dims: usize,
    /// Units of the encoder's hidden layers, input side first; the decoder mirrors them.
    pub hidden: Vec<usize>,
    /// Passes over the training images; 0 explains the network with the weights it begins with.
    pub epochs: usize,
    /// How the importance stages measure.
    pub method: Method,
    /// Permutations of each pixel and of each latent dimension where importance is sampled (the
    /// paper's n_perm).
    pub permutations: usize,
    /// Seed of the split, the initial weights, the batch order and every permutation.
    pub seed: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            classes: vec![0, 1],
            dims: 12,
            hidden: Vec::new(),
            epochs: 50,
            method: Method::Auto,
            permutations: 4,
            seed: 1,
        }
    }
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

/// Images per training step, as in the paper.
pub const BATCH_SIZE: usize = 256;

const MAX_DIMS: usize = 512;
const MAX_HIDDEN_LAYERS: usize = 10;
const MAX_UNITS: usize = 4096;
const MAX_EPOCHS: usize = 2000;
const MAX_PERMUTATIONS: usize = 1000;

impl Settings {
    /// Every reason why these settings cannot be used for images whose labels are `available`;
    /// empty when they can.
    #[must_use]
    pub fn check(&self, available: &[u8]) -> Vec<SettingError> {
        let mut errors = Vec::new();
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
            if !available.contains(label) {
                let known: Vec<String> = available.iter().map(u8::to_string).collect();
                refuse(
                    "classes",
                    format!(
                        "There is no class {label}; the classes are {}.",
                        known.join(", ")
                    ),
                );
            } else if self.classes[..position].contains(label) {
                refuse("classes", format!("Class {label} is named twice."));
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
        within("dims", "Latent dimensions", self.dims, 1..=MAX_DIMS);
        for &units in &self.hidden {
            within("hidden", "Units of a hidden layer", units, 1..=MAX_UNITS);
        }
        within("epochs", "Epochs", self.epochs, 0..=MAX_EPOCHS);
        within(
            "permutations",
            "Permutations",
            self.permutations,
            1..=MAX_PERMUTATIONS,
        );
        if self.hidden.len() > MAX_HIDDEN_LAYERS {
            refuse(
                "hidden",
                format!("At most {MAX_HIDDEN_LAYERS} hidden layers can be used."),
            );
        }
        errors
    }
}
