//! What charts show of a variational network's divergence: a point beside each bar of latent importance, on a
//! scale of its own.

use plotters::element::Circle;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

use crate::latents::Divergence;

use super::bars::Axis;
use super::draw::{DrawError, Pen};
use super::layout::Bars;
use super::number::{ceil_to_two_digits, significant};
use super::shown::Shown;
use super::style::LABEL;

/// Radius of a point, and the page's ring around it on a bar, in CSS pixels.
const RADIUS: f64 = 3.0;
const RING: f64 = 1.25;

impl<'a> Shown<'a> {
    /// The divergence of the dimensions that are shown, once it is known.
    pub(super) fn divergence(&self) -> Option<&'a Divergence> {
        let found = self.report?.divergence.as_ref()?;
        let dims = self.spec.dims;
        let fits = [&found.mean, &found.variance_of_means].map(|list| list.len() == dims);
        (fits == [true; 2]).then_some(found)
    }

    /// Where the scale of the divergence ends, in nats, rounded up; `None` where all of it is 0.
    fn most_divergence(&self) -> Option<f64> {
        let found = self.divergence()?;
        let most = found.mean.iter().copied().fold(0.0, f32::max);
        (most > 0.0).then(|| ceil_to_two_digits(f64::from(most)))
    }

    /// How far each dimension is from the standard normal distribution, and which are not active: a sentence
    /// or two.
    pub(super) fn divergence_in_words(&self) -> Option<String> {
        let found = self.divergence()?;
        let named =
            super::summary::named(self, |dim| Some(significant(f64::from(found.mean[dim]), 3)));
        let inactive: Vec<String> = (0..found.mean.len())
            .filter(|&dim| !found.is_active(dim))
            .map(|dim| (dim + 1).to_string())
            .collect();
        let which = if inactive.is_empty() || found.active() == 0 {
            String::new()
        } else {
            format!("; inactive: {}", inactive.join(", "))
        };
        Some(self.spec.say(format!(
            "Divergence from the standard normal distribution over all explained images in nats{named}. {}{which}.",
            found.active_in_words()
        )))
    }
}

/// Marks each bar with a point, how far the dimension is from the standard normal distribution, and those that
/// are not active with a word; and says above them what the points are.
pub(super) fn mark<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Bars,
    shown: &Shown<'_>,
    axis: Axis,
) -> Result<(), DrawError<DB>> {
    let Some(found) = shown.divergence() else {
        return Ok(());
    };
    let style = pen.style;
    let plot = place.marks.plot;
    let most = shown.most_divergence();
    let x = |value: f64, longest: Option<f64>| {
        let share = longest.map_or(0.0, |longest| (value / longest).clamp(0.0, 1.0));
        plot.x + (share * f64::from(plot.width)).round() as i32
    };
    let filled = |colour| RGBColor::from(colour).filled();
    let point = |at: (i32, i32)| -> Result<(), DrawError<DB>> {
        let (ring, radius) = (style.px(RADIUS + RING).max(2), style.px(RADIUS).max(1));
        pen.area
            .draw(&Circle::new(at, ring, filled(style.background)))?;
        pen.area.draw(&Circle::new(at, radius, filled(style.text)))
    };
    let end = most.map_or("0".into(), |most| significant(most, 2));
    let room = plot.right() - place.heading.0 - style.label_width(10);
    let words = style.shortened(
        &[
            &format!("divergence, 0 to {end} nats"),
            &format!("KL, 0 to {end} nats"),
            "KL",
        ],
        super::style::Type::Label,
        room - style.em(1.0),
    );
    let start = plot.right() - style.label_width(words.chars().count());
    pen.note(&words, HPos::Left, (start, place.titles))?;
    point((start - style.em(0.55), place.titles))?;

    for (&dim, row) in shown.order.iter().zip(&place.marks.rows) {
        let middle = row.y + row.height / 2;
        let at = x(f64::from(found.mean[dim]), most);
        if row.height >= style.px(2.0 * RADIUS) {
            point((at, middle))?;
        } else {
            pen.upright(at, (row.y, row.bottom()), style.text)?;
        }
        let has_room = f64::from(row.height) >= f64::from(style.em(LABEL));
        if found.is_active(dim) || shown.empty[dim] || !has_room || !shown.measured {
            continue;
        }
        let bar = shown.bar(dim).map_or(plot.x, |(mean, error)| {
            x(mean + error.unwrap_or(0.0), axis.longest)
        });
        let after = bar.max(at + style.px(RADIUS)) + style.em(0.5);
        if after + style.label_width(8) <= plot.right() + style.em(1.0) {
            pen.note("inactive", HPos::Left, (after, middle))?;
        }
    }
    Ok(())
}
