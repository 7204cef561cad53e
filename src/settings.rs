//! What a run is asked to do: one table of settings, checked once, before it starts.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::data::{Division, Explain};

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
    /// Passes over the training images; 0 explains the network with the weights it begins with, or
    /// one that was trained elsewhere.
    pub epochs: usize,
    /// Which images importance is measured on.
    pub explain: Explain,
    /// Of every hundred images of a class, so many are held out where there is no test set.
    pub held_out: u8,
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
            explain: Explain::Auto,
            held_out: 15,
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
const MAX_HELD_OUT: usize = 90;

impl Settings {
    /// How a run with these settings divides its images; `trains` says whether it trains a network or
    /// explains one that was trained elsewhere.
    #[must_use]
    pub fn division(&self, trains: bool) -> Division {
        Division {
            seed: self.seed,
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
        if self.hidden.len() > MAX_HIDDEN_LAYERS {
            refuse(
                "hidden",
                format!("At most {MAX_HIDDEN_LAYERS} hidden layers can be used."),
            );
        }
        errors
    }
}
