//! What charts show of errors over images.

use ndarray::Array2;

use crate::importance::ImageErrors;
use crate::report::{ErrorsOf, Report};

use super::draw::{DrawError, Pen};
use super::figure::FigureSpec;
use super::layout::BarMarks;
use super::shown::Shown;
use plotters_backend::DrawingBackend;

/// How far from the bars' ends the mark of an unsettled order stands, and how long its ends are, in ems.
const BESIDE: f64 = 0.5;
const END: f64 = 0.3;

/// The errors of V that are shown: those over images, where these are asked for, else `repeats`.
pub(super) fn pixel_errors<'a>(
    report: Option<&'a Report>,
    spec: &FigureSpec,
    repeats: Option<&'a Array2<f32>>,
) -> Option<&'a Array2<f32>> {
    match spec.errors {
        ErrorsOf::Repeats => repeats,
        ErrorsOf::Images => Some(&report?.image_errors.as_ref()?.pixel_importance),
    }
}

impl<'a> Shown<'a> {
    /// The same of IE.
    pub(super) fn bar_errors(&self, repeats: Option<&'a Array2<f32>>) -> Option<&'a Array2<f32>> {
        match self.spec.errors {
            ErrorsOf::Repeats => repeats,
            ErrorsOf::Images => {
                let errors = self.report?.image_errors.as_ref()?;
                Some(errors.latent_importance_by(self.spec.metric))
            }
        }
    }

    /// Whether errors over images are shown, and known.
    fn has_errors_over_images(&self) -> bool {
        let report = self.report.filter(|_| self.measured);
        self.spec.errors == ErrorsOf::Images
            && report.is_some_and(|report| report.image_errors.is_some())
    }

    /// What the errors are of, as the end of `standard error`.
    pub(super) fn over_images(&self) -> String {
        if self.spec.errors == ErrorsOf::Images {
            self.spec.say(" over images")
        } else {
            String::new()
        }
    }

    /// The dimensions of the class whose order is not settled, where errors over images are shown.
    pub(super) fn unsettled(&self) -> Vec<[usize; 2]> {
        let report = self.report.filter(|_| self.has_errors_over_images());
        report.map_or(Vec::new(), |report| report.unsettled(self.spec.class))
    }

    /// Positions whose dimension is not settled to be more important than the next one's, or the other way
    /// round.
    fn unsettled_positions(&self) -> Vec<usize> {
        let pairs = self.unsettled();
        let is_unsettled = |(_, pair): &(usize, &[usize])| {
            pairs.contains(&[pair[0], pair[1]]) || pairs.contains(&[pair[1], pair[0]])
        };
        let neighbours = self.order.windows(2).enumerate();
        neighbours.filter(is_unsettled).map(|(at, _)| at).collect()
    }

    /// Whether a dimension is settled to be more important than the next one in the class's order: in a word, for
    /// a table; empty where it is the last or of no importance.
    pub(super) fn settled(&self, dim: usize) -> &'static str {
        let errors = self.report.and_then(|report| report.image_errors.as_ref());
        let order = errors.and_then(|errors| errors.order.get(self.spec.class));
        let has_next =
            order.is_some_and(|order| order.last().is_some_and(|&last| last as usize != dim));
        let counts = self.bar(dim).is_some_and(|(mean, _)| mean > 0.0);
        if !has_next || !counts {
            ""
        } else if self.unsettled().iter().any(|&[one, _]| one == dim) {
            "no"
        } else {
            "yes"
        }
    }

    /// What errors are shown, and which order they leave open, in a sentence or two.
    pub(super) fn errors_in_words(&self) -> Option<String> {
        if self.spec.errors != ErrorsOf::Images || !self.measured {
            return None;
        }
        if !self.has_errors_over_images() {
            return Some(self.spec.say("Errors over images are not known yet."));
        }
        let pairs = self.unsettled();
        let named = |[one, other]: &[usize; 2]| format!("{} over {}", one + 1, other + 1);
        let named: Vec<String> = pairs.iter().take(NAMED).map(named).collect();
        let which = match (named.len(), pairs.len()) {
            (0, _) => "the order of dimensions is settled".into(),
            (first, all) if first < all => format!(
                "not settled are {all} neighbours in the order of dimensions, such as {}",
                named.join(", ")
            ),
            _ => format!("not settled is dimension {}", named.join(", ")),
        };
        Some(self.spec.say(format!(
            "Errors are over images: how far importance would be off had other images been explained; {which}."
        )))
    }
}

/// How many neighbours whose order is open are named.
const NAMED: usize = 5;

/// Marks bars next to each other whose order is not settled: a bracket beside their ends.
pub(super) fn mark_unsettled<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &BarMarks,
    shown: &Shown<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let x = place.plot.right() + style.em(BESIDE);
    let ends = (x - style.em(END), x);
    let middle = |at: usize| {
        let row = place.rows.get(at)?;
        Some(row.y + row.height / 2)
    };
    for at in shown.unsettled_positions() {
        let (Some(from), Some(to)) = (middle(at), middle(at + 1)) else {
            continue;
        };
        pen.upright(x, (from, to), style.muted)?;
        pen.level(from, ends, style.muted)?;
        pen.level(to, ends, style.muted)?;
    }
    Ok(())
}

/// Images in which a feature is lit, where these are too few for its error to say something.
pub(super) fn too_few(report: Option<&Report>, feature: usize) -> Option<u32> {
    let lit = *report?.image_errors.as_ref()?.lit.get(feature)?;
    ImageErrors::is_too_few(lit).then_some(lit)
}
