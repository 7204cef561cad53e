//! The encoded space (the paper's Figure 11): every explained image as a point on a plane, of the
//! two dimensions that vary most or of a projection.
//!
//! Few points are letters of their class, as in the paper. Many are shapes, one for each class,
//! and a plate with the letter stands at the median of the class.

mod frame;
mod plane;
mod words;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::Circle;
use plotters::style::text_anchor::HPos;
use plotters::style::{Color, RGBColor};
use plotters_backend::DrawingBackend;

pub use words::space_numbers;

use crate::report::Report;

use super::chart::Projection;
use super::draw::{DrawError, Pen};
use super::figure::FigureSpec;
use super::layout::Rect;
use super::marks::{Shape, letters};
use super::palette::category;
use super::style::{LABEL, Style, Type};
use frame::{Axes, Place, good_height, surround};
use plane::{Kind, Plane, plane};

/// The encoded space in words, and where its points were drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceLayout {
    /// The chart in words.
    pub summary: String,
    /// x and y of each image in the report's order, in CSS pixels from the area's top
    /// left; not a number where an image has no place. Empty while the space is not known.
    pub points: Vec<f32>,
}

/// Draws the encoded space over the whole of `area`: on the plane of `projection` if it has a place
/// for each image, else on that of the two dimensions of largest standard deviation. Puts
/// a ring around the image `selected`, counted from 0 in the report's order.
///
/// An encoded space that does not have the dimensions `spec` asks for is of another run and is not
/// drawn.
///
/// # Errors
/// If the backend cannot draw.
pub fn space<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    projection: Option<&Projection>,
    spec: &FigureSpec,
    selected: Option<usize>,
    style: &Style,
) -> Result<SpaceLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let names = names(report);
    let letters = letters(&names);
    let place = Place::new((width as i32, height as i32), names.len(), style);
    let plane = plane(report, projection, spec);
    surround(&pen, &place, plane.as_ref())?;
    let mut points = Vec::new();
    // The report's heading says how many images there will be.
    let images = plane
        .as_ref()
        .map_or_else(|| report.map_or(0, Report::explained), Plane::images);
    let lettered = are_lettered(&place, images, style);
    if let Some(plane) = &plane {
        let axes = Axes::new(place.plot, plane);
        let lanes = (plane.kind == Kind::Lanes).then_some(letters.as_slice());
        axes.draw(&pen, lanes)?;
        let places: Vec<(f64, f64)> = (0..plane.images())
            .map(|image| axes.at(plane.at(image)))
            .collect();
        if lettered {
            draw_letters(&pen, plane, &letters, &places)?;
        } else {
            draw_shapes(&pen, plane, radius(&place, places.len(), style), &places)?;
            if lanes.is_none() {
                plates(&pen, &place, plane, &axes, &letters)?;
            }
        }
        if let Some(&at) = selected.and_then(|image| places.get(image)) {
            ring(&pen, at)?;
        }
        let css = |length: f64| (length / style.scale) as f32;
        points = places.iter().flat_map(|&(x, y)| [css(x), css(y)]).collect();
    }
    legend(&pen, &place, &names, &letters, lettered)?;
    Ok(SpaceLayout {
        summary: words::summary(plane.as_ref(), selected),
        points,
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the encoded space
/// best.
#[must_use]
pub fn space_height(width: f64, report: Option<&Report>, style: &Style) -> f64 {
    let classes = names(report).len();
    (f64::from(good_height(style.px(width), classes, style)) / style.scale).ceil()
}

fn names(report: Option<&Report>) -> Vec<&str> {
    let classes = report.map_or(&[][..], |report| &report.classes);
    classes.iter().map(|class| class.name.as_str()).collect()
}

/// More points than these are not letters: each letter is a call of its own on a canvas.
const MOST_LETTERS: usize = 400;
/// Letters are read where each has so much room, in squares of the main text's size.
const ROOM: f64 = 1.5;

fn are_lettered(place: &Place, points: usize, style: &Style) -> bool {
    points <= MOST_LETTERS && room(place, points) >= ROOM * f64::from(style.em(1.0)).powi(2)
}

/// Device pixels for each point.
fn room(place: &Place, points: usize) -> f64 {
    let Rect { width, height, .. } = place.plot;
    f64::from(width) * f64::from(height) / points.max(1) as f64
}

/// Radius of a shape, in device pixels: smaller where there are more.
fn radius(place: &Place, points: usize, style: &Style) -> f64 {
    (0.16 * room(place, points).sqrt() / style.scale).clamp(2.2, 4.0) * style.scale
}

fn rounded((x, y): (f64, f64)) -> (i32, i32) {
    (x.round() as i32, y.round() as i32)
}

fn draw_letters<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane<'_>,
    letters: &[String],
    places: &[(f64, f64)],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    for (class, image) in mixed(&plane.by_class()) {
        let colour = category(class, style.background);
        let at = rounded(places[image]);
        pen.text(&letters[class], Type::Label, colour, HPos::Center, at)?;
    }
    Ok(())
}

fn draw_shapes<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane<'_>,
    radius: f64,
    places: &[(f64, f64)],
) -> Result<(), DrawError<DB>> {
    for (class, image) in mixed(&plane.by_class()) {
        let colour = category(class, pen.style.background);
        Shape::of(class).draw(pen, rounded(places[image]), radius, colour)?;
    }
    Ok(())
}

/// How often each class has its turn.
const TURNS: usize = 4;

/// Classes and images in the order in which they are drawn. Each class has a few turns, so that
/// none lies above all others; not as many as it has images, since a canvas takes a turn at once.
fn mixed(by_class: &[Vec<usize>]) -> impl Iterator<Item = (usize, usize)> {
    (0..TURNS).flat_map(move |turn| {
        let classes = by_class.iter().enumerate();
        classes.flat_map(move |(class, images)| {
            let images = images.iter().skip(turn).step_by(TURNS);
            images.map(move |&image| (class, image))
        })
    })
}

/// Radius of a plate, in ems.
const PLATE: f64 = 0.72;

/// The letter of each class at its median; plates that would lie on each other move apart.
fn plates<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    plane: &Plane<'_>,
    axes: &Axes,
    letters: &[String],
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let radius = style.em(PLATE);
    let found: Vec<(usize, (f64, f64))> = plane
        .medians()
        .into_iter()
        .enumerate()
        .filter_map(|(class, median)| Some((class, axes.at(median?))))
        .collect();
    let middles: Vec<(f64, f64)> = found.iter().map(|(_, at)| *at).collect();
    let apart = apart(middles, f64::from(2 * radius + style.px(3.0)), place.plot);
    for ((class, _), at) in found.into_iter().zip(apart) {
        let at = rounded(at);
        let colour = category(class, style.background);
        let disc = |radius, colour| Circle::new(at, radius, RGBColor::from(colour).filled());
        pen.area
            .draw(&disc(radius + style.px(1.0), style.background))?;
        pen.area.draw(&disc(radius, colour))?;
        let inner = radius - style.px(2.0);
        pen.area.draw(&disc(inner.max(1), style.background))?;
        pen.text(&letters[class], Type::Label, style.text, HPos::Center, at)?;
    }
    Ok(())
}

/// Moves places apart until no two are nearer than `distance`, as far as `within` allows.
fn apart(mut places: Vec<(f64, f64)>, distance: f64, within: Rect) -> Vec<(f64, f64)> {
    const ROUNDS: usize = 60;
    let half = distance / 2.0;
    let inside = |value: f64, from: i32, to: i32| {
        let (from, to) = (f64::from(from) + half, f64::from(to) - half);
        value.min(to).max(from)
    };
    for _ in 0..ROUNDS {
        for second in 1..places.len() {
            for first in 0..second {
                let (a, b) = (places[first], places[second]);
                let (x, y) = (b.0 - a.0, b.1 - a.1);
                let far = x.hypot(y);
                if far >= distance {
                    continue;
                }
                // Those at one place part sideways.
                let (x, y) = if far > 0.0 {
                    (x / far, y / far)
                } else {
                    (1.0, 0.0)
                };
                let step = (distance - far) / 2.0;
                places[first] = (a.0 - x * step, a.1 - y * step);
                places[second] = (b.0 + x * step, b.1 + y * step);
            }
        }
        for place in &mut places {
            place.0 = inside(place.0, within.x, within.right());
            place.1 = inside(place.1, within.y, within.bottom());
        }
    }
    places
}

/// A ring in the text's colour, on one of the page's, so that it is seen on any mark.
fn ring<DB: DrawingBackend>(pen: &Pen<'_, DB>, at: (f64, f64)) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    if !(at.0.is_finite() && at.1.is_finite()) {
        return Ok(());
    }
    let radius = style.px(8.0);
    for (colour, width) in [(style.background, 5.0), (style.text, 2.0)] {
        let stroke = RGBColor::from(colour).stroke_width(style.px(width) as u32);
        pen.area.draw(&Circle::new(rounded(at), radius, stroke))?;
    }
    Ok(())
}

/// The classes' marks and names.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    names: &[&str],
    letters: &[String],
    lettered: bool,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let line = style.em(LABEL);
    let drawn = place
        .legend
        .windows(2)
        .all(|two| two[1].1 == two[0].1 || two[1].1 - two[0].1 >= line);
    if !drawn {
        return Ok(());
    }
    if let Some(&(x, first)) = place
        .legend
        .first()
        .filter(|(_, y)| *y < place.plot.bottom())
    {
        let above = place.lines[1].min(first - line);
        pen.note("class", HPos::Left, (x, above))?;
    }
    for (class, (&(x, y), name)) in place.legend.iter().zip(names).enumerate() {
        let colour = category(class, style.background);
        let mut at = x + style.em(0.4);
        if !lettered {
            Shape::of(class).draw(pen, (at, y), 4.0 * style.scale, colour)?;
            at += style.em(1.2);
        }
        let letter = &letters[class];
        let coloured = if lettered { colour } else { style.text };
        pen.text(letter, Type::Label, coloured, HPos::Center, (at, y))?;
        at += style.em(0.95);
        // A name that is its own letter is not said twice.
        if name != letter {
            let room = x + place.room - at;
            let name = style.shortened(&[name], Type::Label, room);
            pen.note(&name, HPos::Left, (at, y))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_move_apart_and_stay_inside() {
        let within = Rect {
            x: 0,
            y: 0,
            width: 200,
            height: 100,
        };
        let far = vec![(50.0, 50.0), (120.0, 50.0)];
        assert_eq!(apart(far.clone(), 20.0, within), far);
        let crowded = vec![(10.0, 10.0), (10.0, 10.0), (12.0, 11.0), (0.0, 99.0)];
        let found = apart(crowded, 20.0, within);
        for (at, a) in found.iter().enumerate() {
            assert!((10.0..=190.0).contains(&a.0) && (10.0..=90.0).contains(&a.1));
            for b in &found[..at] {
                assert!((a.0 - b.0).hypot(a.1 - b.1) > 19.0, "{found:?}");
            }
        }
    }

    #[test]
    fn classes_take_turns_and_every_image_is_drawn_once() {
        let by_class = vec![(0..10).collect(), vec![], (10..13).collect()];
        let order: Vec<(usize, usize)> = mixed(&by_class).collect();
        let turns = 1 + order.windows(2).filter(|two| two[0].0 != two[1].0).count();
        assert_eq!(turns, 7);
        let mut images: Vec<usize> = order.into_iter().map(|(_, image)| image).collect();
        images.sort_unstable();
        assert_eq!(images, (0..13).collect::<Vec<_>>());
    }
}
