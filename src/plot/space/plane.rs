//! What is shown of the encoded space: which two numbers place each image, and its class.

use std::borrow::Cow;

use ndarray::{Array2, Axis};

use super::SpaceSpec;
use crate::report::{ClassSummary, Encoded, Projection, Report};

pub(super) struct Plane<'a> {
    pub encoded: &'a Encoded,
    pub classes: &'a [ClassSummary],
    /// Images × 2.
    pub coordinates: Cow<'a, Array2<f32>>,
    pub axes: [String; 2],
    pub kind: Kind,
    /// The images of each class that have a place, class by class.
    pub by_class: Vec<Vec<usize>>,
    /// The median place of each class.
    pub medians: Vec<Option<[f64; 2]>>,
}

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
    let (coordinates, axes, kind) = placed(report, encoded, spec);
    let by_class = by_class(&report.classes, encoded, &coordinates);
    let median = |images: &Vec<usize>| {
        let [x, y] = [0, 1].map(|axis| {
            let values = images.iter().map(|&image| coordinates[(image, axis)]);
            median(values.collect())
        });
        Some([x?, y?])
    };
    Some(Plane {
        encoded,
        classes: &report.classes,
        axes,
        kind,
        medians: by_class.iter().map(median).collect(),
        by_class,
        coordinates,
    })
}

/// The coordinates, what they are called, and where they are from.
fn placed<'a>(
    report: &Report,
    encoded: &'a Encoded,
    spec: &SpaceSpec<'a>,
) -> (Cow<'a, Array2<f32>>, [String; 2], Kind) {
    let images = encoded.labels.len();
    let fits = |found: &&Projection| found.coordinates.dim() == (images, 2);
    if let Some(projection) = spec.projection.filter(fits) {
        let coordinates = Cow::Borrowed(&projection.coordinates);
        return (coordinates, projection.axes.clone(), Kind::Projection);
    }
    let kind = asked(spec)
        .map(Kind::Asked)
        .or_else(|| encoded.most_varying().map(Kind::Widest));
    if let Some(kind @ (Kind::Asked(dims) | Kind::Widest(dims))) = kind {
        let coordinates = Cow::Owned(encoded.latents.select(Axis(1), &dims));
        return (coordinates, dims.map(name), kind);
    }
    let rows = Rows::of(&report.classes);
    let lane = |image: usize| match rows.row(encoded.labels[image]) {
        Some(class) => -(class as f32),
        None => f32::NAN,
    };
    let coordinates = Array2::from_shape_fn((images, 2), |(image, axis)| match axis {
        0 => encoded.latents[(image, 0)],
        _ => lane(image),
    });
    let axes = [name(0), "class".into()];
    (Cow::Owned(coordinates), axes, Kind::Lanes)
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
    coordinates: &Array2<f32>,
) -> Vec<Vec<usize>> {
    let rows = Rows::of(classes);
    let mut found = vec![Vec::new(); classes.len()];
    for (image, &label) in encoded.labels.iter().enumerate() {
        let placed = coordinates.row(image).iter().all(|value| value.is_finite());
        if let Some(class) = rows.row(label).filter(|_| placed) {
            found[class].push(image);
        }
    }
    found
}

impl Plane<'_> {
    pub fn images(&self) -> usize {
        self.encoded.labels.len()
    }

    pub fn at(&self, image: usize) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(self.coordinates[(image, axis)]))
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
    let even = values.len() % 2 == 0;
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
