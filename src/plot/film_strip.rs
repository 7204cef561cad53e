//! The maps after some of the epochs: a row for each dimension, a column for each epoch.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::attribution::Attribution;
use crate::history::MomentMaps;
use crate::importance::{Estimate, Measured};
use crate::report::{DataForm, Report};

use super::chart::{ChartLayout, Extra, Known};
use super::draw::{DrawError, Pen, SCALE_LABELS, SCALE_TITLE};
use super::figure::{FigureSpec, Place, Scale};
use super::layout::Rect;
use super::maps::{key, map};
use super::number::{ceil_to_two_digits, significant};
use super::palette::{ColourScale, Kind};
use super::shown::Shown;
use super::style::{Style, Type};
use super::table::NumberTable;
use super::vectors;

/// Widths and heights in ems.
const MARGIN: f64 = 0.5;
const HEADING: f64 = 2.2;
const TITLES: f64 = 1.6;
const NUMBERS: f64 = 2.4;
const GAP: f64 = 0.25;
const LEAST_MAP: f64 = 3.4;
const LEAST_HEIGHT: f64 = 0.9;
const LEGEND: f64 = 0.7;
const LEGEND_WIDTH: f64 = 14.0;
const BELOW: f64 = 4.0;
/// More columns than this are no easier to compare.
const MOST_COLUMNS: usize = 16;

/// What is drawn: the epochs that have room, and the dimensions.
struct Strip<'a> {
    moments: Vec<&'a MomentMaps>,
    /// How many epochs are known.
    known: usize,
    order: Vec<usize>,
    report: &'a Report,
    spec: FigureSpec,
}

impl<'a> Strip<'a> {
    /// `None` while there is nothing to draw.
    fn of(known: &'a Known, spec: &FigureSpec, columns: usize) -> Option<Self> {
        let report = known.report.as_ref()?;
        let features = report.features();
        let fits = |moment: &&MomentMaps| {
            moment.pixel_importance.dim() == (features, spec.dims) && moment.is_consistent()
        };
        let all: Vec<&MomentMaps> = known.moments.values().filter(fits).collect();
        let order = Shown::new(Some(report), spec).order;
        if all.is_empty() || order.is_empty() {
            return None;
        }
        Some(Self {
            moments: spread(all.len(), columns).map(|at| all[at]).collect(),
            known: all.len(),
            order,
            report,
            spec: FigureSpec {
                maps: Attribution::Permutation,
                single: true,
                scale: Scale::Shared,
                ..spec.clone()
            },
        })
    }

    /// The report after an epoch, as far as maps are concerned.
    fn at(&self, moment: &MomentMaps) -> Report {
        let heading = self.report;
        let (settings, classes) = (heading.settings.clone(), heading.classes.clone());
        Report {
            pixel_importance: Some(Estimate {
                method: Measured::Exact,
                engine: String::new(),
                mean: moment.pixel_importance.clone(),
                std_error: None,
                repeats: 1,
                fraction: 1.0,
            }),
            direction: Some(moment.direction.clone()),
            data: heading.data.clone(),
            ..Report::empty("", settings, heading.image, classes)
        }
    }

    /// The largest number of these dimensions in all epochs that are drawn, rounded up; 1 where they are 0
    /// throughout.
    fn limit(&self, dims: &[usize]) -> f64 {
        let values = self.moments.iter().flat_map(|moment| {
            dims.iter()
                .flat_map(|&dim| moment.pixel_importance.column(dim))
        });
        let most = values.copied().fold(0.0, f32::max);
        if most > 0.0 {
            ceil_to_two_digits(f64::from(most))
        } else {
            1.0
        }
    }
}

/// Of `all` places, so many, evenly spread, the first and the last among them.
fn spread(all: usize, wanted: usize) -> impl Iterator<Item = usize> {
    let wanted = wanted.clamp(1, all.max(1));
    (0..wanted).map(move |at| match wanted {
        1 => all - 1,
        _ => (at * (all - 1) + (wanted - 1) / 2) / (wanted - 1),
    })
}

/// Where everything stands, in device pixels.
struct Places {
    columns: usize,
    map: (i32, i32),
    left: i32,
    top: i32,
    gap: i32,
    bottom: i32,
}

impl Places {
    fn new(width: i32, known: &Known, spec: &FigureSpec, style: &Style) -> Self {
        let em = |length: f64| style.em(length);
        let (gap, left) = (em(GAP).max(1), em(MARGIN + NUMBERS));
        let room = (width - left - em(MARGIN)).max(1);
        let fit = ((room + gap) / (em(LEAST_MAP) + gap)).max(1) as usize;
        let columns = fit.min(MOST_COLUMNS).min(known.moments.len().max(1));
        let across = (room + gap) / columns as i32 - gap;
        // Few maps are no larger for it than in a figure.
        let across = across.clamp(1, em(3.0 * LEAST_MAP));
        let drawn = spec.drawn();
        let down = f64::from(across) * drawn.height as f64 / drawn.width.max(1) as f64;
        let down = (down.round() as i32).clamp(em(LEAST_HEIGHT), 2 * across.max(em(LEAST_HEIGHT)));
        let rows = spec.dims.min(spec.most_shown()) as i32;
        let top = em(MARGIN + HEADING + TITLES);
        Self {
            columns,
            map: (across, down),
            left,
            top,
            gap,
            bottom: top + rows * (down + gap),
        }
    }

    fn map(&self, row: usize, column: usize) -> Rect {
        let (width, height) = self.map;
        Rect {
            x: self.left + column as i32 * (width + self.gap),
            y: self.top + row as i32 * (height + self.gap),
            width,
            height,
        }
    }
}

/// Draws the chart over the whole of `area`, as far as it is known.
///
/// # Errors
/// If the backend cannot draw.
pub fn film_strip<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    known: &Known,
    (spec, _): (&FigureSpec, &Extra),
    style: &Style,
) -> Result<ChartLayout, DrawError<DB>> {
    area.fill(&RGBColor::from(style.background))?;
    let pen = Pen { area, style };
    let (width, _) = area.dim_in_pixel();
    let places = Places::new(width as i32, known, spec, style);
    let at = (style.em(MARGIN), style.em(MARGIN + HEADING / 2.0));
    let room = width as i32 - 2 * style.em(MARGIN);
    let full = format!(
        "{} importance × direction, epoch after epoch",
        spec.form().heading()
    );
    let heading = style.shortened(&[&full, "Maps over epochs"], Type::Heading, room);
    pen.heading(&heading, at)?;
    let Some(strip) = Strip::of(known, spec, places.columns) else {
        return Ok(String::from(UNKNOWN).into());
    };
    let titles = places.top - style.em(TITLES / 2.0);
    for (column, moment) in strip.moments.iter().enumerate() {
        let (middle, _) = places.map(0, column).middle();
        let colour = style.muted;
        let epoch = moment.epoch.to_string();
        pen.text(&epoch, Type::Label, colour, HPos::Center, (middle, titles))?;
    }
    pen.note("epoch", HPos::Left, (style.em(MARGIN), titles))?;

    let common = strip.limit(&strip.order);
    let mut maps = Vec::new();
    let reports: Vec<Report> = strip
        .moments
        .iter()
        .map(|moment| strip.at(moment))
        .collect();
    let shown: Vec<Shown<'_>> = reports
        .iter()
        .map(|report| Shown::new(Some(report), &strip.spec))
        .collect();
    let last = Shown::new(Some(strip.report), &strip.spec);
    for (row, &dim) in strip.order.iter().enumerate() {
        let limit = match spec.scale {
            Scale::Shared => common,
            Scale::Each => strip.limit(&[dim]),
        };
        let scale = ColourScale::new(Kind::Diverging, limit, spec.palette, style.background);
        let (_, middle) = places.map(row, 0).middle();
        let number = (dim + 1).to_string();
        let right = places.left - style.em(0.5);
        pen.text(
            &number,
            Type::Label,
            style.text,
            HPos::Right,
            (right, middle),
        )?;
        // After every epoch a table has the columns that are its most important ones in the end.
        let lead = last.columns(dim);
        for (column, (shown, moment)) in shown.iter().zip(&strip.moments).enumerate() {
            let place = places.map(row, column);
            if spec.form() == DataForm::Image {
                map(&pen, place, shown, dim, &scale)?;
            } else {
                pen.frame(place, style.grid)?;
                let value = |feature| shown.map(dim, feature);
                vectors::draw(&pen, place, shown.vector(&lead, &value), &scale)?;
            }
            let css = |length: i32| f64::from(length) / style.scale;
            maps.push(Place {
                dim,
                class: None,
                method: None,
                epoch: Some(moment.epoch),
                x: css(place.x),
                y: css(place.y),
                width: css(place.width),
                height: css(place.height),
            });
        }
    }
    legend(&pen, &places, spec, common, width as i32)?;
    Ok(ChartLayout {
        summary: summary(&strip),
        order: Some(strip.order.clone()),
        maps: Some(maps),
        ..ChartLayout::default()
    })
}

/// The colours, and what they mean.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    places: &Places,
    spec: &FigureSpec,
    limit: f64,
    width: i32,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let room = width - places.left - style.em(MARGIN);
    let bar = Rect {
        x: places.left,
        y: places.bottom + style.em(0.5),
        width: style.em(LEGEND_WIDTH).min(room),
        height: style.em(LEGEND),
    };
    pen.frame(bar, style.grid)?;
    let scale = ColourScale::new(Kind::Diverging, limit, spec.palette, style.background);
    key(pen, bar, &scale, spec)?;
    let labels = bar.bottom() + style.em(SCALE_LABELS);
    let (end, meaning) = match spec.scale {
        Scale::Shared => (
            significant(limit, 2),
            "all maps to one limit, in squared latent units",
        ),
        Scale::Each => (
            "limit".into(),
            "each dimension to its own limit over all epochs",
        ),
    };
    pen.note(&format!("−{end}"), HPos::Left, (bar.x, labels))?;
    pen.note("0", HPos::Center, (bar.middle().0, labels))?;
    pen.note(&end, HPos::Right, (bar.right(), labels))?;
    let [above, below] = spec.palette.names();
    let full = format!("{meaning}; {above}: latent rises as the value rises, {below}: it falls");
    let title = style.shortened(&[&full, meaning], Type::Label, room);
    let at = (bar.x, bar.bottom() + style.em(SCALE_TITLE));
    pen.note(&title, HPos::Left, at)
}

/// The height at which an area so wide shows it best, in CSS pixels.
#[must_use]
pub fn film_strip_height(width: f64, known: &Known, spec: &FigureSpec, style: &Style) -> f64 {
    let places = Places::new(style.px(width), known, spec, style);
    let height = places.bottom + style.em(LEGEND + BELOW);
    (f64::from(height) / style.scale).ceil()
}

/// The largest number of each map, a row for each epoch that is known and dimension.
#[must_use]
pub fn film_strip_numbers(known: &Known, (spec, _): (&FigureSpec, &Extra)) -> NumberTable {
    let Some(strip) = Strip::of(known, spec, usize::MAX) else {
        return NumberTable::new(UNKNOWN, ["Epoch", "Dimension", "Largest V"]);
    };
    let mut table = NumberTable::new(
        format!(
            "The largest {} importance of each dimension after each epoch, in squared latent units",
            spec.form().nouns().feature[0]
        ),
        ["Epoch", "Dimension", "Largest V", "Sum of V"],
    );
    for moment in &strip.moments {
        for &dim in &strip.order {
            let column = moment.pixel_importance.column(dim);
            let most = column.iter().copied().fold(0.0, f32::max);
            let sum: f64 = column.iter().map(|&value| f64::from(value)).sum();
            table.rows.push(vec![
                moment.epoch.to_string(),
                (dim + 1).to_string(),
                significant(f64::from(most), 4),
                significant(sum, 4),
            ]);
        }
    }
    table
}

const UNKNOWN: &str = "The maps after single epochs are not known yet.";

fn summary(strip: &Strip<'_>) -> String {
    let epochs: Vec<String> = strip
        .moments
        .iter()
        .map(|moment| moment.epoch.to_string())
        .collect();
    let some = match strip.known - strip.moments.len() {
        0 => String::new(),
        _ => format!(", {} of the {} that are known", epochs.len(), strip.known),
    };
    let largest = |&dim: &usize| {
        let of = |moment: &MomentMaps| {
            let column = moment.pixel_importance.column(dim);
            column.iter().copied().fold(0.0, f32::max)
        };
        let most = strip
            .moments
            .iter()
            .max_by(|a, b| of(a).total_cmp(&of(b)))
            .filter(|moment| of(moment) > 0.0);
        match most {
            Some(moment) => format!(
                "dimension {} up to {}, after epoch {}",
                dim + 1,
                significant(f64::from(of(moment)), 3),
                moment.epoch
            ),
            None => format!("dimension {} 0 throughout", dim + 1),
        }
    };
    let said: Vec<String> = strip.order.iter().map(largest).collect();
    format!(
        "The map of each dimension after epochs {}{some}; largest in squared latent units: {}.",
        epochs.join(", "),
        said.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::{ClassSummary, ImageShape};
    use crate::importance::DirectionMap;
    use crate::plot::svg;
    use crate::settings::Settings;

    /// Two dimensions of 3 × 4 pixels after these epochs; a pixel each moves them, by as much as the epoch.
    fn known(epochs: &[usize]) -> Known {
        let settings = Settings {
            dims: 2,
            ..Settings::default()
        };
        let class = ClassSummary {
            label: 0,
            name: "0".into(),
            training: 8,
            held_out: 2,
            explained: 2,
        };
        let moment = |&epoch: &usize| {
            let lit = |(pixel, dim): (usize, usize)| f32::from(u8::from(pixel == dim + 5));
            let maps = Array2::from_shape_fn((12, 2), |at| lit(at) * epoch as f32);
            let moment = MomentMaps {
                epoch,
                direction: DirectionMap {
                    slope: maps.clone(),
                    sign: maps.mapv(|value| if value > 0.0 { 1.0 } else { 0.0 }),
                },
                pixel_importance: maps,
                latent_importance: Array2::ones((1, 2)),
                inactive: vec![false; 2],
            };
            (epoch, moment)
        };
        Known {
            report: Some(Report::empty("cpu", settings, IMAGE, vec![class])),
            moments: epochs.iter().map(moment).collect(),
            ..Known::default()
        }
    }

    const IMAGE: ImageShape = ImageShape::grey(3, 4);

    fn drawn(known: &Known, width: u32) -> (String, ChartLayout) {
        let spec = FigureSpec::new(0, 2, IMAGE);
        let (extra, style) = (Extra::default(), crate::plot::tests::style());
        let height = film_strip_height(width.into(), known, &spec, &style);
        let (document, layout) = svg((width, height as u32), |area| {
            film_strip(area, known, (&spec, &extra), &style)
        })
        .unwrap();
        for place in layout.maps.iter().flatten() {
            assert!(place.x + place.width <= width.into() && place.y + place.height <= height);
        }
        (document, layout)
    }

    #[test]
    fn every_dimension_has_a_row_and_every_epoch_a_column() {
        let (document, layout) = drawn(&known(&[0, 1, 2, 5]), 640);
        let maps = layout.maps.unwrap();
        let of: Vec<_> = maps
            .iter()
            .map(|map| (map.dim, map.epoch.unwrap()))
            .collect();
        let row = |dim| [0, 1, 2, 5].map(|epoch| (dim, epoch));
        assert_eq!(of, [row(0), row(1)].concat());
        assert!(maps.is_sorted_by(|a, b| a.y < b.y || a.x < b.x));
        assert!(document.matches("<image").count() >= 8);
        assert_eq!(
            layout.summary,
            "The map of each dimension after epochs 0, 1, 2, 5; largest in squared latent units: \
             dimension 1 up to 5.00, after epoch 5; dimension 2 up to 5.00, after epoch 5."
        );
    }

    #[test]
    fn where_room_is_short_some_epochs_are_shown_and_said() {
        let epochs: Vec<usize> = (0..=50).collect();
        let (_, layout) = drawn(&known(&epochs), 320);
        let columns = layout.maps.unwrap().len() / 2;
        assert!((2..20).contains(&columns), "{columns}");
        let said = format!(", 50, {columns} of the 51 that are known;");
        assert!(layout.summary.contains(&said), "{}", layout.summary);
        let numbers = film_strip_numbers(
            &known(&epochs),
            (&FigureSpec::new(0, 2, IMAGE), &Extra::default()),
        );
        assert_eq!(numbers.rows.len(), 102);
        assert_eq!(numbers.rows[101], ["50", "2", "50.00", "50.00"]);
    }

    #[test]
    fn nothing_known_is_said() {
        let (_, layout) = drawn(&known(&[]), 640);
        assert_eq!((layout.summary.as_str(), layout.maps), (UNKNOWN, None));
    }

    #[test]
    fn epochs_are_spread_from_the_first_to_the_last() {
        let places = |all, wanted| spread(all, wanted).collect::<Vec<_>>();
        assert_eq!(places(51, 6), [0, 10, 20, 30, 40, 50]);
        assert_eq!(places(4, 16), [0, 1, 2, 3]);
        assert_eq!(places(5, 2), [0, 4]);
        assert_eq!(places(5, 1), [4]);
        assert_eq!(places(1, 7), [0]);
        for wanted in 2..40 {
            let found = places(41, wanted);
            assert!(found.is_sorted_by(|a, b| a < b) && found.len() == wanted);
        }
    }
}
