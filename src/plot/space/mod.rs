//! The encoded space (the paper's Figure 11): every explained image as a point on a plane, of two
//! dimensions or of a projection, seen whole or through a window.
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
use serde::{Deserialize, Serialize};

pub use plane::KeptPlane;
pub use words::space_numbers;

use crate::report::{Projection, Report};

use super::draw::{DrawError, Pen};
use super::layout::Rect;
use super::maps::unknown;
use super::marks::{Shape, letters};
use super::palette::category;
use super::style::{Colour, LABEL, Style, Type};
use frame::{Axes, Place, good_height, surround};
use plane::{Kind, Plane, names_of_axes, plane};

/// What of the encoded space is drawn, and how it is looked at.
#[derive(Clone, Debug, Default)]
pub struct SpaceSpec<'a> {
    /// Latent dimensions. An encoded space of another number of them is of another run and is not
    /// drawn.
    pub dims: usize,
    /// The plane it is drawn into, if that has a place for each image.
    pub projection: Option<&'a Projection>,
    /// Without a projection: the dimensions across and up, counted from 0; the two of largest
    /// standard deviation where absent, or where these are not two dimensions that there are.
    pub axes: Option<[usize; 2]>,
    /// From where to where the plane is seen across, and up; all of it where absent, or where this
    /// is no range of numbers.
    pub window: Option<[[f64; 2]; 2]>,
    /// Classes that are left out, by their places in the report.
    pub hidden: &'a [usize],
    /// Which images stand out from the others, in the report's order.
    pub chosen: Option<&'a [bool]>,
    /// The image with a ring around it, counted from 0 in the report's order.
    pub selected: Option<usize>,
    /// Where what is found of the plane is kept for the next drawing.
    pub kept: Option<&'a KeptPlane>,
}

/// The encoded space in words, and where its points were drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceLayout {
    /// The chart in words.
    pub summary: String,
    /// x and y of each image in the report's order, in CSS pixels from the area's top
    /// left; not a number where an image has no place or is not drawn. Empty while the space is not
    /// known.
    pub points: Vec<f32>,
    /// Absent while the space is not known.
    pub plane: Option<PlaneLayout>,
}

/// Where the plane was drawn, in CSS pixels from the area's top left, and what of it is seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaneLayout {
    /// The plane's left edge.
    pub x: f64,
    /// The plane's upper edge.
    pub y: f64,
    /// How wide the plane is.
    pub width: f64,
    /// How high the plane is.
    pub height: f64,
    /// From where to where the plane is seen: from the left edge to the right, and from the lower to
    /// the upper.
    pub window: [[f64; 2]; 2],
    /// The window in which all images are.
    pub whole: [[f64; 2]; 2],
    /// The dimensions across and up, counted from 0; absent where these are not two dimensions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dims: Option<[usize; 2]>,
    /// The entries of the legend; none where it has no room.
    pub legend: Vec<LegendPlace>,
}

/// Where a class stands in the legend, in CSS pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LegendPlace {
    /// Its place in the report.
    pub class: usize,
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// How wide the entry is.
    pub width: f64,
    /// How high the entry is.
    pub height: f64,
}

/// Draws the encoded space over the whole of `area`.
///
/// # Errors
/// If the backend cannot draw.
pub fn space<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    report: Option<&Report>,
    spec: &SpaceSpec<'_>,
    style: &Style,
) -> Result<SpaceLayout, DrawError<DB>> {
    let pen = Pen { area, style };
    area.fill(&RGBColor::from(style.background))?;
    let (width, height) = area.dim_in_pixel();
    let names = names(report);
    let letters = letters(&names);
    let place = Place::new((width as i32, height as i32), &names, style);
    let plane = plane(report, spec);
    let key = Key {
        names: &names,
        letters: &letters,
        hidden: spec.hidden,
    };
    let Some(plane) = plane else {
        // The report's heading says how many images there will be.
        let lettered = are_lettered(&place, report.map_or(0, Report::explained), style);
        surround(&pen, &place, "Encoded space", &names_of_axes(spec))?;
        pen.fill(place.plot, unknown(style))?;
        legend(&pen, &place, &key, lettered)?;
        return Ok(SpaceLayout {
            summary: words::summary(None, spec),
            points: Vec::new(),
            plane: None,
        });
    };
    let axes = Axes::new(place.plot, &plane, spec.window);
    let seen = Seen::new(&plane, &axes, spec.hidden);
    let heading = words::heading(&plane, &seen);
    surround(&pen, &place, heading.trim_end_matches(','), &plane.axes)?;
    let lanes = (plane.kind == Kind::Lanes).then_some(letters.as_slice());
    axes.draw(&pen, lanes)?;
    let lettered = are_lettered(&place, seen.images, style);
    let radius = radius(&place, seen.images, style);
    draw_points(&pen, &seen, spec.chosen, |class, shown| {
        if lettered {
            let letter = &letters[class];
            return shown
                .points
                .iter()
                .try_for_each(|&at| pen.text(letter, Type::Label, shown.colour, HPos::Center, at));
        }
        Shape::of(class).draw_all(&pen, shown.points, radius, shown.colour)
    })?;
    if !lettered && lanes.is_none() {
        plates(&pen, &place, &plane, &axes, &key)?;
    }
    if let Some(&at) = spec.selected.and_then(|image| seen.places.get(image)) {
        ring(&pen, at)?;
    }
    let entries = legend(&pen, &place, &key, lettered)?;
    let css = |length: f64| (length / style.scale) as f32;
    let points = seen.places.iter().flat_map(|&(x, y)| [css(x), css(y)]);
    Ok(SpaceLayout {
        summary: words::summary(Some((&plane, &seen)), spec),
        points: points.collect(),
        plane: Some(axes.layout(plane.kind, entries, style)),
    })
}

/// The height, in CSS pixels, at which an area `width` CSS pixels wide shows the encoded space
/// best.
#[must_use]
pub fn space_height(width: f64, report: Option<&Report>, style: &Style) -> f64 {
    (f64::from(good_height(style.px(width), &names(report), style)) / style.scale).ceil()
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

/// To the nearest pixel, of places in the area; as WebAssembly rounds at once.
fn rounded((x, y): (f64, f64)) -> (i32, i32) {
    ((x + 0.5).floor() as i32, (y + 0.5).floor() as i32)
}

/// The images that are drawn.
struct Seen {
    /// In the report's order, in device pixels; not numbers where an image is not drawn.
    places: Vec<(f64, f64)>,
    /// Those that are drawn, class by class.
    by_class: Vec<Vec<usize>>,
    images: usize,
}

impl Seen {
    fn new(plane: &Plane<'_>, axes: &Axes, hidden: &[usize]) -> Self {
        let mut places = vec![(f64::NAN, f64::NAN); plane.images()];
        let mut by_class = vec![Vec::new(); plane.by_class.len()];
        for (class, images) in plane.by_class.iter().enumerate() {
            if hidden.contains(&class) {
                continue;
            }
            for &image in images {
                let at = axes.at(plane.at(image));
                if axes.shows(at) {
                    places[image] = at;
                    by_class[class].push(image);
                }
            }
        }
        Self {
            images: by_class.iter().map(Vec::len).sum(),
            places,
            by_class,
        }
    }
}

/// Points of one class that are drawn in succession.
struct Shown {
    points: Vec<(i32, i32)>,
    colour: Colour,
}

/// How much of the ground is in the colour of images that were not chosen.
const FAINT: f64 = 0.78;

/// Hands `draw` the points in the order in which they are drawn: those that were chosen above the
/// others.
fn draw_points<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    seen: &Seen,
    chosen: Option<&[bool]>,
    draw: impl Fn(usize, Shown) -> Result<(), DrawError<DB>>,
) -> Result<(), DrawError<DB>> {
    let ground = pen.style.background;
    let passes: &[bool] = if chosen.is_some() {
        &[false, true]
    } else {
        &[true]
    };
    for &above in passes {
        for (class, images) in turns(&seen.by_class) {
            let is_above = |&image: &usize| {
                chosen.is_none_or(|chosen| chosen.get(image) == Some(&true)) == above
            };
            let colour = category(class, ground);
            let points = images
                .filter(is_above)
                .map(|image| rounded(seen.places[image]));
            let shown = Shown {
                points: points.collect(),
                colour: if above {
                    colour
                } else {
                    colour.mixed(ground, FAINT)
                },
            };
            draw(class, shown)?;
        }
    }
    Ok(())
}

/// How often each class has its turn.
const TURNS: usize = 4;

/// Classes and images in the order in which they are drawn. Each class has a few turns, so that
/// none lies above all others; not as many as it has images, since a turn is drawn at once.
fn turns(by_class: &[Vec<usize>]) -> impl Iterator<Item = (usize, impl Iterator<Item = usize>)> {
    (0..TURNS).flat_map(move |turn| {
        let classes = by_class.iter().enumerate();
        classes
            .map(move |(class, images)| (class, images.iter().copied().skip(turn).step_by(TURNS)))
    })
}

/// Radius of a plate, in ems.
const PLATE: f64 = 0.72;

/// The letter of each class at its median, where that is seen; plates that would lie on each other
/// move apart.
fn plates<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    plane: &Plane<'_>,
    axes: &Axes,
    key: &Key<'_>,
) -> Result<(), DrawError<DB>> {
    let style = pen.style;
    let radius = style.em(PLATE);
    let (classes, middles): (Vec<usize>, Vec<(f64, f64)>) = plane
        .medians
        .iter()
        .enumerate()
        .filter(|(class, _)| !key.hidden.contains(class))
        .filter_map(|(class, median)| Some((class, axes.at((*median)?))))
        .filter(|(_, at)| axes.shows(*at))
        .unzip();
    let apart = apart(middles, f64::from(2 * radius + style.px(3.0)), place.plot);
    let found: Vec<(usize, (i32, i32))> = classes
        .into_iter()
        .zip(apart.into_iter().map(rounded))
        .collect();
    for &(class, at) in &found {
        let colour = category(class, style.background);
        let disc = |radius, colour| Circle::new(at, radius, RGBColor::from(colour).filled());
        pen.area
            .draw(&disc(radius + style.px(1.0), style.background))?;
        pen.area.draw(&disc(radius, colour))?;
        let inner = radius - style.px(2.0);
        pen.area.draw(&disc(inner.max(1), style.background))?;
    }
    for (class, at) in found {
        let letter = &key.letters[class];
        pen.text(letter, Type::Label, style.text, HPos::Center, at)?;
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

/// What classes are called and how they are told apart.
struct Key<'a> {
    names: &'a [&'a str],
    letters: &'a [String],
    /// Those that are left out.
    hidden: &'a [usize],
}

/// The classes' marks and names; gives where they stand.
fn legend<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    place: &Place,
    key: &Key<'_>,
    lettered: bool,
) -> Result<Vec<LegendPlace>, DrawError<DB>> {
    let style = pen.style;
    let line = style.em(LABEL);
    if place.row < line {
        return Ok(Vec::new());
    }
    if let Some(&(x, first)) = place
        .legend
        .first()
        .filter(|(_, y)| *y < place.plot.bottom())
    {
        let above = place.lines[1].min(first - line);
        pen.note("class", HPos::Left, (x, above))?;
    }
    let shown = |class: usize| !key.hidden.contains(&class);
    let marks = if lettered { 0 } else { place.legend.len() };
    for (class, &(x, y)) in place.legend.iter().enumerate().take(marks) {
        let colour = category(class, style.background);
        let colour = if shown(class) {
            colour
        } else {
            colour.mixed(style.background, FAINT)
        };
        let at = (x + style.em(0.4), y);
        Shape::of(class).draw(pen, at, 4.0 * style.scale, colour)?;
    }
    for (class, (&(x, y), name)) in place.legend.iter().zip(key.names).enumerate() {
        let letter = &key.letters[class];
        let mut at = x + style.em(if lettered { 0.4 } else { 1.6 });
        let colour = match (shown(class), lettered) {
            (false, _) => style.muted.mixed(style.background, 0.4),
            (true, true) => category(class, style.background),
            (true, false) => style.text,
        };
        pen.text(letter, Type::Label, colour, HPos::Center, (at, y))?;
        at += style.em(0.95);
        // A name that is its own letter is not said twice.
        if name != letter {
            let name = style.shortened(&[name], Type::Label, x + place.room - at);
            pen.note(&name, HPos::Left, (at, y))?;
        }
        if !shown(class) {
            // Struck through.
            pen.level(y, (x, at), style.text)?;
        }
    }
    let css = |length: i32| f64::from(length) / style.scale;
    let entry = |(class, &(x, y)): (usize, &(i32, i32))| LegendPlace {
        class,
        x: css(x),
        y: css(y - place.row / 2),
        width: css(place.room),
        height: css(place.row),
    };
    Ok(place.legend.iter().enumerate().map(entry).collect())
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
        let order: Vec<(usize, usize)> = turns(&by_class)
            .flat_map(|(class, images)| images.map(move |image| (class, image)))
            .collect();
        let turns = 1 + order.windows(2).filter(|two| two[0].0 != two[1].0).count();
        assert_eq!(turns, 7);
        let mut images: Vec<usize> = order.into_iter().map(|(_, image)| image).collect();
        images.sort_unstable();
        assert_eq!(images, (0..13).collect::<Vec<_>>());
    }
}
