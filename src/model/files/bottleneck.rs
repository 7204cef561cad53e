//! Where the encoder ends in one model of a whole autoencoder: at the narrowest of its tensors.

use super::Hints;
use super::chain::{Line, Step};
use super::error::{Asks, ModelError, Question, WeightShape, shortened};
use crate::model::{Form, Kind};

/// How many layers are the encoder, and what is said of that where it was decided.
pub(super) fn narrowest(
    line: &Line,
    file: &str,
    hints: &Hints,
) -> Result<(usize, Option<String>), ModelError> {
    let steps = &line.steps;
    let inner = &steps[..steps.len() - 1];
    let least = inner.iter().map(|step| step.after.size()).min();
    let least = least.unwrap_or(0);
    let narrow = |step: &Step| step.after.size() == least;
    // What only turns, scales or names the same numbers is no place of its own.
    let places: Vec<usize> = (0..inner.len())
        .filter(|&at| narrow(&inner[at]))
        .filter(|&at| at == 0 || !narrow(&inner[at - 1]) || !is_passive(&inner[at]))
        .collect();
    let first = places.first().copied().unwrap_or(0);
    let last = places.last().copied().unwrap_or(0);
    match places.len() {
        0 | 1 => return Ok((first + 1, None)),
        // What pools makes images small, and the decoder begins at the smallest.
        _ if is_pooling(&inner[first]) && (first..=last).all(|at| narrow(&inner[at])) => {
            let note = format!(
                "Several layers give the fewest numbers ({least}): the latents are taken where they are \
                 first so few, after layer \"{}\".",
                shortened(&inner[first].name)
            );
            return Ok((first + 1, Some(note)));
        }
        _ => {}
    }
    let sizes =
        std::iter::once(line.start.size()).chain(steps.iter().map(|step| step.after.size()));
    let layers = steps.iter().zip(sizes).map(|(step, inputs)| WeightShape {
        name: step.name.clone(),
        inputs,
        outputs: step.after.size(),
        class: String::new(),
    });
    Err(ModelError::Question(Box::new(Question {
        text: format!(
            "{} is narrowest ({least}) in several places: after which layer does its encoder end?",
            shortened(file)
        ),
        asks: Asks::Bottleneck,
        layers: layers.collect(),
        proposal: Hints {
            bottleneck: Some(first + 1),
            ..hints.clone()
        },
    })))
}

/// Whether a layer keeps numbers apart from each other, so that it is no further step of a network.
fn is_passive(step: &Step) -> bool {
    let Form::General { kind, .. } = step.layer.form() else {
        return false;
    };
    matches!(
        kind,
        Kind::Scaling
            | Kind::Normalisation { .. }
            | Kind::Softmax
            | Kind::Activation
            | Kind::Reshaping { .. }
            | Kind::Reordering { .. }
    )
}

fn is_pooling(step: &Step) -> bool {
    let Form::General { kind, .. } = step.layer.form() else {
        return false;
    };
    matches!(kind, Kind::MaxPooling { .. } | Kind::AveragePooling { .. })
}
