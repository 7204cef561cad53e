//! What is shown of the encoded space: which two numbers place each image, and its class.

use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;

use super::SpaceSpec;
use crate::data::{ClassSummary, Nouns};
use crate::report::{Encoded, Projection, Report};

pub(super) struct Plane<'a> {
    pub encoded: &'a Encoded,
    pub classes: &'a [ClassSummary],
    pub nouns: Nouns,
    placed: Rc<Placed>,
}

/// Where the images are on a plane.
#[derive(Debug)]
pub(super) struct Placed {
    pub axes: [String; 2],
    pub kind: Kind,
    /// The images of each class that have a place, class by class.
    pub by_class: Vec<Vec<usize>>,
    /// The median place of each class.
    pub medians: Vec<Option<[f64; 2]>>,
    /// The least and the greatest number on either axis; the greatest is below the least where no
    /// image has a place.
    pub extent: [[f64; 2]; 2],
    /// Standard deviations along the axes, where these are dimensions.
    pub deviations: [f64; 2],
    coordinates: Vec<[f32; 2]>,
}

/// What was found of a plane, for who draws the same one again and again. To be emptied when the
/// report or the projection is another.
#[derive(Clone, Debug, Default)]
pub struct KeptPlane(RefCell<Option<(Asked, Rc<Placed>)>>);

/// What decides which plane it is, of one report and one projection.
type Asked = (usize, Option<[usize; 2]>, bool);

/// Where the coordinates are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The two dimensions of largest standard deviation.
    Widest([usize; 2]),
    /// Two dimensions that were asked for.
    Asked([usize; 2]),
    /// The only dimension; classes stand beneath each other.
    Lanes,
    /// A projection, of which only distances mean something.
    Projection,
}

/// `None` while the encoded space is not known, or where it is that of another run.
pub(super) fn plane<'a>(report: Option<&'a Report>, spec: &SpaceSpec<'a>) -> Option<Plane<'a>> {
    let report = report?;
    let encoded = report.encoded.as_ref()?;
    let images = encoded.labels.len();
    if encoded.latents.dim() != (images, spec.dims) || encoded.positions.len() != images {
        return None;
    }
    let key = (spec.dims, spec.axes, spec.projection.is_some());
    let kept = spec.kept.map(|kept| &kept.0);
    let known = kept.and_then(|kept| {
        let kept = kept.borrow();
        let (of, placed) = kept.as_ref()?;
        (*of == key).then(|| Rc::clone(placed))
    });
    let placed = known.unwrap_or_else(|| {
        let placed = Rc::new(placed(report, encoded, spec));
        if let Some(kept) = kept {
            *kept.borrow_mut() = Some((key, Rc::clone(&placed)));
        }
        placed
    });
    Some(Plane {
        encoded,
        classes: &report.classes,
        nouns: report.nouns(),
        placed,
    })
}

fn placed(report: &Report, encoded: &Encoded, spec: &SpaceSpec<'_>) -> Placed {
    let (coordinates, axes, kind) = coordinates(report, encoded, spec);
    let by_class = by_class(&report.classes, encoded, &coordinates);
    let along = |images: &[usize], axis: usize| -> Vec<f32> {
        images
            .iter()
            .map(|&image| coordinates[image][axis])
            .collect()
    };
    let middle = |images: &Vec<usize>| {
        let [x, y] = [0, 1].map(|axis| median(along(images, axis)));
        Some([x?, y?])
    };
    let extent = [0, 1].map(|axis| {
        let images = by_class.iter().flatten();
        let values = images.map(|&image| f64::from(coordinates[image][axis]));
        values.fold([f64::MAX, f64::MIN], |[least, most], value| {
            [value.min(least), value.max(most)]
        })
    });
    let deviation = |dim: usize| encoded.standard_deviations()[dim];
    Placed {
        deviations: match kind {
            Kind::Widest(dims) | Kind::Asked(dims) => dims.map(deviation),
            Kind::Lanes => [deviation(0), 0.0],
            Kind::Projection => [0.0; 2],
        },
        medians: by_class.iter().map(middle).collect(),
        axes,
        kind,
        by_class,
        extent,
        coordinates,
    }
}

/// The coordinates, what they are called, and where they are from.
fn coordinates(
    report: &Report,
    encoded: &Encoded,
    spec: &SpaceSpec<'_>,
) -> (Vec<[f32; 2]>, [String; 2], Kind) {
    let images = encoded.labels.len();
    let fits = |found: &&Projection| found.coordinates.dim() == (images, 2);
    if let Some(projection) = spec.projection.filter(fits) {
        let places = projection.coordinates.rows().into_iter();
        let places = places.map(|place| [place[0], place[1]]).collect();
        return (places, projection.axes.clone(), Kind::Projection);
    }
    let latents = encoded.latents.rows().into_iter();
    let kind = asked(spec).map(Kind::Asked);
    let kind = kind.or_else(|| encoded.most_varying().map(Kind::Widest));
    if let Some(kind @ (Kind::Asked(dims) | Kind::Widest(dims))) = kind {
        let places = latents.map(|latents| dims.map(|dim| latents[dim]));
        return (places.collect(), dims.map(name), kind);
    }
    let rows = Rows::of(&report.classes);
    let lane = |label: u8| match rows.row(label) {
        Some(class) => -(class as f32),
        None => f32::NAN,
    };
    let places = latents
        .zip(&encoded.labels)
        .map(|(latents, &label)| [latents[0], lane(label)]);
    let axes = [name(0), "class".into()];
    (places.collect(), axes, Kind::Lanes)
}

fn name(dim: usize) -> String {
    format!("Dimension {}", dim + 1)
}

/// The two dimensions that are asked for, if there are such two.
fn asked(spec: &SpaceSpec<'_>) -> Option<[usize; 2]> {
    let there = |[x, y]: &[usize; 2]| x != y && *x.max(y) < spec.dims;
    spec.axes.filter(there)
}

/// What the axes will be called, while the encoded space is not known.
pub(super) fn names_of_axes(spec: &SpaceSpec<'_>) -> [String; 2] {
    if let Some(projection) = spec.projection {
        return projection.axes.clone();
    }
    if let Some(dims) = asked(spec) {
        return dims.map(name);
    }
    if spec.dims == 1 {
        return [name(0), "class".into()];
    }
    ["most", "second most"].map(|most| format!("the dimension that varies {most}"))
}

fn by_class(
    classes: &[ClassSummary],
    encoded: &Encoded,
    coordinates: &[[f32; 2]],
) -> Vec<Vec<usize>> {
    let rows = Rows::of(classes);
    let mut found = vec![Vec::new(); classes.len()];
    let images = encoded.labels.iter().zip(coordinates).enumerate();
    for (image, (&label, [x, y])) in images {
        let placed = x.is_finite() && y.is_finite();
        if let Some(class) = rows.row(label).filter(|_| placed) {
            found[class].push(image);
        }
    }
    found
}

impl Deref for Plane<'_> {
    type Target = Placed;

    fn deref(&self) -> &Placed {
        &self.placed
    }
}

impl Placed {
    pub fn images(&self) -> usize {
        self.coordinates.len()
    }

    pub fn at(&self, image: usize) -> [f64; 2] {
        self.coordinates[image].map(f64::from)
    }
}

/// The row of each label among the classes.
struct Rows([Option<u8>; 256]);

impl Rows {
    fn of(classes: &[ClassSummary]) -> Self {
        let mut rows = [None; 256];
        for (row, class) in (0..=u8::MAX).zip(classes).rev() {
            rows[usize::from(class.label)] = Some(row);
        }
        Self(rows)
    }

    fn row(&self, label: u8) -> Option<usize> {
        self.0[usize::from(label)].map(usize::from)
    }
}

/// The middle value, or the mean of the two in the middle.
fn median(mut values: Vec<f32>) -> Option<f64> {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    if values.is_empty() {
        return None;
    }
    let (lower, upper, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    let upper = f64::from(*upper);
    if !even {
        return Some(upper);
    }
    let lower = lower.iter().copied().max_by(f32::total_cmp)?;
    Some(f64::midpoint(f64::from(lower), upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_or_between_the_two_in_the_middle() {
        for (values, expected) in [
            (vec![], None),
            (vec![3.0], Some(3.0)),
            (vec![9.0, 1.0, 2.0], Some(2.0)),
            (vec![0.0, 1.0], Some(0.5)),
            (vec![8.0, 2.0, 4.0, -1.0], Some(3.0)),
            (vec![5.0, 5.0, 5.0, 1.0], Some(5.0)),
        ] {
            assert_eq!(median(values.clone()), expected, "{values:?}");
        }
    }
}
