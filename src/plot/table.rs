//! Charts as tables, for those who do not see them or want the digits.

use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
use crate::report::ErrorsOf;
use crate::report::Report;
#[cfg(feature = "general")]
use crate::train::Penalty;
use crate::train::TrainingHistory;

use super::figure::FigureSpec;
use super::loss::LossOf;
use super::number::significant;
use super::shown::Shown;

/// A chart's numbers, written as people read them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberTable {
    /// What the numbers are.
    pub caption: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// Rows with a cell for each column, the first of which is the row's heading. A cell is empty
    /// while its number is not known.
    pub rows: Vec<Vec<String>>,
}

/// Digits of a number, and of its standard error.
const DIGITS: usize = 4;
const ERROR_DIGITS: usize = 2;

impl NumberTable {
    pub(super) fn new<const N: usize>(caption: impl Into<String>, columns: [&str; N]) -> Self {
        Self {
            caption: caption.into(),
            columns: columns.map(String::from).into(),
            rows: Vec::new(),
        }
    }
}

/// The figure's dimensions in its order: their importance to the class, and the pixels that move
/// them most.
#[must_use]
pub fn figure_numbers(report: Option<&Report>, spec: &FigureSpec) -> NumberTable {
    let shown = Shown::new(report, spec);
    let class = shown
        .class
        .map_or(String::new(), |name| format!(" of class {name}"));
    #[cfg(feature = "general")]
    let class = class + report.map_or("", Report::with_latents);
    let metric = spec.metric.name();
    let ([feature, features], place) = (shown.feature_names(), shown.place_names());
    let (has_bars, has_maps) = (shown.has_bars(), shown.has_maps());
    let known = shown.longest_bar().is_some() || has_maps;
    let mut table = NumberTable::new(
        if !has_bars && has_maps {
            format!("The {features} that move each dimension most{}", shown.of())
        } else if shown.shows_signs() {
            format!("Of {features} the direction alone is known, not how much they matter")
        } else if !has_bars {
            format!("{} importance is not known yet", shown.heading())
        } else if known && !shown.measured {
            let why = spec.say("as it has one image");
            format!(
                "The {features} that move each dimension most; latent importance{class} cannot be \
                 measured, {why}"
            )
        } else if known {
            let of = shown.of();
            format!(
                "Latent importance{class} ({metric}) and the {features} that move each dimension most{of}"
            )
        } else {
            "Latent importance is not known yet".into()
        },
        [
            "Dimension",
            "Importance",
            "Standard error",
            &format!("Strongest raising {feature}{place}"),
            &format!("Strongest lowering {feature}{place}"),
        ],
    );
    if known {
        let row = |&dim: &usize| {
            let [mean, error] = measured(shown.bar(dim));
            let [raising, lowering] = strongest(&shown, dim);
            vec![shown.named(dim), mean, error, raising, lowering]
        };
        table.rows = shown.order.iter().map(row).collect();
    }
    #[cfg(feature = "general")]
    if let Some(found) = shown.divergence() {
        let of_class = found.by_class.get(spec.class);
        let number = |value: &f32| significant(f64::from(*value), DIGITS);
        table.columns.push("Divergence (nats)".into());
        if let (Some(_), Some(class)) = (of_class, shown.class) {
            table.columns.push(format!("Divergence, class {class}"));
        }
        table.columns.push("Active".into());
        for (row, &dim) in table.rows.iter_mut().zip(&shown.order) {
            row.push(number(&found.mean[dim]));
            if let (Some(numbers), Some(_)) = (of_class, shown.class) {
                row.push(numbers.get(dim).map_or(String::new(), number));
            }
            row.push(if found.is_active(dim) { "yes" } else { "no" }.into());
        }
    }
    #[cfg(feature = "general")]
    if spec.errors == ErrorsOf::Images && has_bars {
        table.columns[2] += &shown.over_images();
        table.columns.push("Settled to be above the next".into());
        for (row, &dim) in table.rows.iter_mut().zip(&shown.order) {
            row.push(shown.settled(dim).into());
        }
    }
    if !has_bars {
        for cells in table.rows.iter_mut().chain([&mut table.columns]) {
            cells.drain(1..3);
        }
    }
    table
}

/// A number and its standard error.
pub(super) fn measured(found: Option<(f64, Option<f64>)>) -> [String; 2] {
    let error = found.and_then(|(_, error)| error);
    [
        found.map_or(String::new(), |(mean, _)| significant(mean, DIGITS)),
        error.map_or(String::new(), |error| significant(error, ERROR_DIGITS)),
    ]
}

/// Row and column, counted from 1 in the image as it is stored, of the pixels that most raise and
/// most lower a latent as their value rises.
fn strongest(shown: &Shown<'_>, dim: usize) -> [String; 2] {
    if !shown.has_directions() {
        return [String::new(), String::new()];
    }
    [1.0, -1.0].map(|sign| {
        let moved = |pixel| (pixel, sign * shown.map(dim, pixel));
        let most = (0..shown.spec.image.pixels())
            .map(moved)
            .filter(|(_, moved)| *moved > 0.0)
            // The first of equals.
            .reduce(|most, next| if next.1 > most.1 { next } else { most });
        most.map_or("none".into(), |(pixel, _)| shown.place(pixel))
    })
}

/// The loss after every finished epoch.
#[must_use]
pub fn loss_numbers(history: Option<&TrainingHistory>, of: LossOf) -> NumberTable {
    let mut table = NumberTable::new(
        format!("Loss {} after each epoch", of.in_words()),
        ["Epoch", "Training", "Held-out"],
    );
    let Some(history) = history else {
        return table;
    };
    let [training, held_out] = [&history.training_loss, &history.held_out_loss];
    let cell = |losses: &[f32], epoch: usize| {
        let loss = losses.get(epoch);
        loss.map_or(String::new(), |&loss| significant(f64::from(loss), DIGITS))
    };
    table.rows = (0..training.len().max(held_out.len()))
        .map(|epoch| {
            vec![
                (epoch + 1).to_string(),
                cell(training, epoch),
                cell(held_out, epoch),
            ]
        })
        .collect();
    #[cfg(feature = "general")]
    if let Some(parts) = &history.parts {
        let per_image = of.form.nouns().say(match parts.penalty {
            Penalty::Divergence => "Divergence (nats per image)",
            Penalty::Sparsity => "Sum of absolute latents (per image)",
        });
        let lists = [
            ("Reconstruction, training", &parts.training_reconstruction),
            ("Reconstruction, held-out", &parts.held_out_reconstruction),
            (&*format!("{per_image}, training"), &parts.training_penalty),
            (&*format!("{per_image}, held-out"), &parts.held_out_penalty),
            ("Share of latents that are not 0", &parts.active_share),
        ];
        for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            table.columns.push(name.into());
            for (epoch, row) in table.rows.iter_mut().enumerate() {
                row.push(cell(list, epoch));
            }
        }
    }
    table
}
