//! Loss against epoch, on the training and on the held-out images.

use std::borrow::Cow;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, DashedPathElement};
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

#[cfg(feature = "general")]
use crate::data::DataForm;
use crate::numerals::{counted, grouped};
use crate::settings::Loss;
use crate::train::TrainingHistory;
#[cfg(feature = "general")]
use crate::train::{LossParts, Penalty};

use super::draw::{DrawError, Pen};
use super::layout::Rect;
use super::number::{significant, ticks};
use super::space::PlaneLayout;
use super::style::{Colour, LABEL, Style, Type};

/// One line of the chart.
struct Series<'a> {
    name: &'static str,
    /// The same where there is little room.
    short: &'static str,
    values: Cow<'a, [f32]>,
    colour: Colour,
    line: Line,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq)]
enum Line {
    Whole,
    Dashed,
    /// In short dashes far apart.
    #[cfg(feature = "general")]
    Dotted,
}

/// What a loss is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossOf {
    /// What training makes small.
    pub loss: Loss,
    /// Numbers of a pixel.
    pub channels: usize,
    /// What it is the loss of.
    #[cfg(feature = "general")]
    pub form: DataForm,
}

impl LossOf {
    /// What it is measured in, as the end of a phrase.
    pub(super) fn in_words(self) -> &'static str {
        #[cfg(feature = "general")]
        if self.loss == Loss::Bce {
            match self.form {
                DataForm::Image => (),
                DataForm::Signal => return "in nats per time step",
                DataForm::Table => return "in nats per column",
            }
        }
        match (self.loss, self.channels) {
            (Loss::Mse, _) => "as mean squared error",
            (Loss::Mae, _) => "as mean absolute error",
            (Loss::Bce, 0 | 1) => "in nats per pixel",
            (Loss::Bce, _) => "in nats per value",
        }
    }

    fn unit(self) -> &'static str {
        let (_, unit) = self.in_words().split_once(' ').unwrap_or_default();
        unit
    }

    /// Before the first epoch the axis ends a little above the most that always guessing one half
    /// costs: ln 2, a quarter, or a half.
    fn guessing(self) -> f64 {
        match self.loss {
            Loss::Bce => 0.7,
            Loss::Mse => 0.26,
            Loss::Mae => 0.51,
        }
    }
}

/// The loss in words, and where its axes are.
#[derive(Clone, Debug, PartialEq)]
pub struct LossLayout {
    /// The chart in words.
    pub summary: String,
    /// From left to right the epochs, from the start; from the lower edge the loss.
    pub plane: PlaneLayout,
}

/// Narrower charts, in ems, have the lines' names above them.
const NARROW: f64 = 31.0;

/// Height where it is free, in ems.
const HEIGHT: f64 = 10.0;

/// So many names stand side by side above the plot.
const KEYS: usize = 2;

/// Length of the sample of a line beside its name, in ems.
const SAMPLE: f64 = 1.3;

/// Draws the loss over the whole of `area`; the epochs axis ends at `epochs` from the start, so
/// that the lines grow into a fixed frame; 0 epochs are said to be of a network that was not trained
/// here.
///
/// # Errors
/// If the backend cannot draw.
pub fn loss<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    history: Option<&TrainingHistory>,
    (epochs, of): (usize, LossOf),
    style: &Style,
) -> Result<LossLayout, DrawError<DB>> {
    let none: &[f32] = &[];
    // The dashed line is drawn last: where the two run together, both are still seen.
    #[cfg_attr(not(feature = "general"), expect(unused_mut))]
    let mut series = vec![
        Series {
            name: "held-out",
            short: "held-out",
            values: Cow::Borrowed(history.map_or(none, |history| &history.held_out_loss)),
            colour: style.accent,
            line: Line::Whole,
        },
        Series {
            name: "training",
            short: "training",
            values: Cow::Borrowed(history.map_or(none, |history| &history.training_loss)),
            colour: style.text,
            line: Line::Dashed,
        },
    ];
    #[cfg(feature = "general")]
    if let Some(parts) = history.and_then(|history| history.parts.as_ref()) {
        series.extend(parts_of(parts, style));
    }
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    #[cfg_attr(not(feature = "general"), expect(unused_mut))]
    let mut frame = Frame::new(area.dim_in_pixel(), &series, (epochs, of), style);
    #[cfg(feature = "general")]
    if let Some(parts) = history.and_then(|history| history.parts.as_ref()) {
        frame.unit = of.form.nouns().say(unit_with(frame.unit, parts));
    }
    frame.draw(&pen)?;
    if epochs == 0 {
        pen.note("not trained here", HPos::Center, frame.plot.middle())?;
    }
    for line in &series {
        stroke(&pen, line, frame.points(line))?;
    }
    frame.ends(&pen, &series)?;
    #[cfg_attr(not(feature = "general"), expect(unused_mut))]
    let mut summary = summary(&series, epochs, of);
    #[cfg(feature = "general")]
    if let Some(parts) = history.and_then(|history| history.parts.as_ref()) {
        summary += &of.form.nouns().say(parts_in_words(parts, of));
    }
    Ok(LossLayout {
        summary,
        plane: frame.layout(style),
    })
}

/// The height, in CSS pixels, at which an area shows the loss best, however wide it is.
#[must_use]
pub fn loss_height(style: &Style) -> f64 {
    (HEIGHT * style.font_size).ceil()
}

/// The axes: where they stand and what they measure.
struct Frame {
    plot: Rect,
    epochs: f64,
    top: f64,
    /// Whether the lines' names stand above the plot instead of at the lines' ends.
    narrow: bool,
    unit: String,
    /// How wide the name of a line is with its sample and value.
    key: i32,
    /// Where the first name above the plot begins.
    first_key: i32,
}

impl Frame {
    fn new(
        (width, height): (u32, u32),
        series: &[Series<'_>],
        (epochs, of): (usize, LossOf),
        style: &Style,
    ) -> Self {
        let seen = series
            .iter()
            .flat_map(|line| line.values.iter())
            .copied()
            .filter(|value| value.is_finite())
            .fold(0.0, f32::max);
        let narrow = (width as i32) < style.em(NARROW);
        let left = style.label_width(4) + style.em(0.5);
        let name = |line: &Series<'_>| if narrow { line.short } else { line.name };
        let longest = series.iter().map(|line| name(line).chars().count()).max();
        let key = key_width(longest.unwrap_or(0), style);
        let first_key = if series.len() > 2 {
            style.hairline()
        } else {
            left
        };
        let (right, above) = if narrow {
            let lines = series.len().div_ceil(KEYS) as f64;
            (style.label_width(4), style.em(1.9 + 1.3 * lines))
        } else {
            (key, style.em(1.9))
        };
        let below = style.em(1.7);
        Self {
            plot: Rect {
                x: left,
                y: above,
                width: (width as i32 - left - right).max(1),
                height: (height as i32 - above - below).max(1),
            },
            epochs: epochs.max(1) as f64,
            top: if seen > 0.0 {
                f64::from(seen)
            } else {
                of.guessing()
            },
            narrow,
            unit: of.unit().into(),
            key,
            first_key,
        }
    }

    fn layout(&self, style: &Style) -> PlaneLayout {
        let css = |length: i32| f64::from(length) / style.scale;
        let window = [[0.0, self.epochs], [0.0, self.top]];
        PlaneLayout {
            x: css(self.plot.x),
            y: css(self.plot.y),
            width: css(self.plot.width),
            height: css(self.plot.height),
            window,
            whole: window,
            dims: None,
            legend: Vec::new(),
        }
    }

    fn x(&self, epoch: f64) -> i32 {
        self.plot.x + (epoch / self.epochs * f64::from(self.plot.width)).round() as i32
    }

    fn y(&self, loss: f64) -> i32 {
        let share = (loss / self.top).clamp(0.0, 1.0);
        self.plot.bottom() - (share * f64::from(self.plot.height)).round() as i32
    }

    fn draw<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let plot = self.plot;
        let span = (plot.x, plot.right());
        let after = if self.narrow { " after each epoch" } else { "" };
        let title = format!("loss ({}){after}", self.unit);
        // The unit of whole images goes where there is no room for it.
        let whole = self.unit.split(';').next().unwrap_or_default();
        let shorter = format!("loss ({whole}){after}");
        let title = if self.unit == whole {
            title
        } else {
            style.shortened(&[&title, &shorter], Type::Label, plot.right())
        };
        pen.note(&title, HPos::Left, (0, style.em(0.6)))?;
        let most = (plot.height / style.em(1.5).max(1)).clamp(2, 5) as usize;
        for tick in ticks(0.0..=self.top, most, 0.0) {
            let y = self.y(tick.value);
            let zero = tick.value == 0.0;
            pen.level(y, span, if zero { style.muted } else { style.grid })?;
            pen.note(&tick.label, HPos::Right, (plot.x - style.em(0.5), y))?;
        }
        let labels = plot.bottom() + style.em(0.95);
        let most = (plot.width / style.label_width(6).max(1)).clamp(2, 8) as usize;
        for tick in ticks(0.0..=self.epochs, most, 1.0) {
            let x = self.x(tick.value);
            pen.upright(
                x,
                (plot.bottom(), plot.bottom() + style.px(4.0)),
                style.muted,
            )?;
            pen.note(&tick.label, HPos::Center, (x, labels))?;
        }
        if self.narrow {
            return Ok(());
        }
        // Beside the last tick's label, below the lines' names.
        let x = plot.right() + style.label_width(3);
        pen.note("epochs", HPos::Left, (x, labels))
    }

    fn points(&self, line: &Series<'_>) -> Vec<(i32, i32)> {
        let finite = line
            .values
            .iter()
            .enumerate()
            .filter(|(_, v)| v.is_finite());
        finite
            .map(|(epoch, &value)| (self.x(epoch as f64 + 1.0), self.y(f64::from(value))))
            .collect()
    }

    /// A dot at the end of each line, and its key: beside the dot, or above the plot where there
    /// is no room at its side.
    fn ends<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        series: &[Series<'_>],
    ) -> Result<(), DrawError<DB>> {
        let style = pen.style;
        let mut ends: Vec<(&Series<'_>, (i32, i32))> = Vec::new();
        for line in series {
            if let Some(&at) = self.points(line).last() {
                ends.push((line, at));
                let radius = style.px(2.5).max(1);
                let dot = RGBColor::from(line.colour).filled();
                pen.area.draw(&Circle::new(at, radius, dot))?;
            }
        }
        if self.narrow {
            for (position, (line, _)) in ends.iter().enumerate() {
                let (row, column) = (position / KEYS, position % KEYS);
                let x = self.first_key + column as i32 * self.key;
                let at = (x, style.em(2.0) + row as i32 * style.em(1.3));
                key(pen, line, line.short, at)?;
            }
            return Ok(());
        }
        ends.sort_by_key(|(_, at)| at.1);
        let heights: Vec<i32> = ends.iter().map(|(_, at)| at.1).collect();
        let lowest = self.plot.bottom() - style.em(LABEL / 2.0);
        let apart = apart(&heights, style.em(LABEL * 1.35), lowest);
        for ((line, (x, _)), y) in ends.into_iter().zip(apart) {
            key(pen, line, line.name, (x + style.em(0.5), y))?;
        }
        Ok(())
    }
}

/// How wide a key is with a name of so many characters.
fn key_width(name: usize, style: &Style) -> i32 {
    style.em(SAMPLE + 0.9) + style.label_width(name + 6)
}

/// A sample of a line, its name and its last value.
fn key<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    line: &Series<'_>,
    name: &str,
    (x, y): (i32, i32),
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let end = x + style.em(SAMPLE);
    stroke(pen, line, vec![(x, y), (end, y)])?;
    let last = line.values.last().copied().map_or(f64::NAN, f64::from);
    let text = format!("{name} {}", significant(last, 3));
    let at = (end + style.em(0.4), y);
    pen.text(&text, Type::Label, style.text, HPos::Left, at)
}

fn stroke<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    line: &Series<'_>,
    points: Vec<(i32, i32)>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    if points.len() < 2 {
        return Ok(());
    }
    let dashes = match line.line {
        Line::Whole => return pen.path(points, line.colour),
        Line::Dashed => (4.0, 4.0),
        #[cfg(feature = "general")]
        Line::Dotted => (1.5, 4.0),
    };
    let stroke = RGBColor::from(line.colour).stroke_width(style.stroke() as u32);
    let (dash, gap) = (style.px(dashes.0), style.px(dashes.1));
    pen.area
        .draw(&DashedPathElement::new(points, dash.max(1), gap, stroke))
}

/// What the held-out loss is added up from, as lines.
#[cfg(feature = "general")]
fn parts_of(parts: &LossParts, style: &Style) -> [Series<'static>; 2] {
    let weighted = parts.held_out_penalty.iter();
    let weighted = weighted.map(|&penalty| parts.in_loss(penalty));
    [
        Series {
            name: "reconstruction",
            short: "reconstr.",
            values: Cow::Owned(parts.held_out_reconstruction.clone()),
            colour: style.muted,
            line: Line::Whole,
        },
        Series {
            name: match parts.penalty {
                Penalty::Divergence => "β · divergence",
                Penalty::Sparsity => "λ · |latents|",
            },
            short: match parts.penalty {
                Penalty::Divergence => "β · KL",
                Penalty::Sparsity => "λ · |z|",
            },
            values: Cow::Owned(weighted.collect()),
            colour: style.muted,
            line: Line::Dotted,
        },
    ]
}

/// The unit of the axis, with what makes it that of a whole image.
#[cfg(feature = "general")]
fn unit_with(unit: String, parts: &LossParts) -> String {
    let numbers = grouped(parts.numbers);
    match (parts.penalty, unit.starts_with("nats")) {
        (Penalty::Sparsity, _) => unit,
        (Penalty::Divergence, true) => format!("{unit}; × {numbers}: nats per image"),
        (Penalty::Divergence, false) => format!("{unit}; × {numbers}: per image"),
    }
}

/// The last values of what the held-out loss is added up from.
#[cfg(feature = "general")]
fn parts_in_words(parts: &LossParts, of: LossOf) -> String {
    let (Some(&reconstruction), Some(&penalty)) = (
        parts.held_out_reconstruction.last(),
        parts.held_out_penalty.last(),
    ) else {
        return String::new();
    };
    let number = |value: f64| significant(value, 3);
    let (reconstruction, penalty) = (f64::from(reconstruction), f64::from(penalty));
    match parts.penalty {
        Penalty::Divergence => {
            let unit = if of.loss == Loss::Bce { " nats" } else { "" };
            format!(
                " Of a held-out image, in the end: {}{unit} of reconstruction and {} nats of divergence, which count {} times.",
                number(reconstruction * parts.numbers as f64),
                number(penalty),
                parts.weight
            )
        }
        Penalty::Sparsity => format!(
            " In the end the reconstruction is {} of the held-out loss, and the sum of an image's absolute latents, which counts {} times, is {}.",
            number(reconstruction),
            parts.weight,
            number(penalty)
        ),
    }
}

/// Moves heights (sorted from the top) apart until neighbours are `distance` apart and none lies
/// below `lowest`, each as little as its neighbours allow.
fn apart(heights: &[i32], distance: i32, lowest: i32) -> Vec<i32> {
    let mut placed = heights.to_vec();
    for i in 1..placed.len() {
        let crowd = placed[i - 1] + distance - placed[i];
        if crowd > 0 {
            placed[i - 1] -= crowd / 2;
            placed[i] = placed[i - 1] + distance;
        }
    }
    let mut limit = lowest;
    for y in placed.iter_mut().rev() {
        *y = (*y).min(limit);
        limit = *y - distance;
    }
    placed
}

fn summary(series: &[Series<'_>], epochs: usize, of: LossOf) -> String {
    let done = series
        .iter()
        .map(|line| line.values.len())
        .max()
        .unwrap_or(0);
    if epochs == 0 {
        return "No loss: the network was not trained here.".into();
    }
    if done == 0 {
        let epochs = counted(epochs, "epoch", "epochs");
        return format!("Loss over {epochs}: no epoch is finished yet.");
    }
    let ends: Vec<String> = series
        .iter()
        .filter_map(|line| {
            let loss = |value: f32| significant(f64::from(value), 3);
            Some(match &*line.values {
                [] => return None,
                [only] => format!("{} loss {}", line.name, loss(*only)),
                [first, .., last] => {
                    format!(
                        "{} loss from {} to {}",
                        line.name,
                        loss(*first),
                        loss(*last)
                    )
                }
            })
        })
        .collect();
    format!(
        "Loss {} after {} of {}: {}.",
        of.in_words(),
        grouped(done),
        counted(epochs, "epoch", "epochs"),
        ends.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_moved_apart_and_stay_above_the_axis() {
        assert_eq!(apart(&[10, 50], 12, 100), [10, 50]);
        assert_eq!(apart(&[50, 52], 12, 100), [45, 57]);
        assert_eq!(apart(&[97, 98], 12, 100), [88, 100]);
        assert_eq!(apart(&[], 12, 100), [0; 0]);
    }
}
