//! What is shown of the encoded space: which two numbers place each image, and its class.

use std::borrow::Cow;

use ndarray::{Array2, Axis};

use crate::plot::chart::Projection;
use crate::plot::figure::FigureSpec;
use crate::report::{ClassSummary, Encoded, Report};

pub(super) struct Plane<'a> {
    pub encoded: &'a Encoded,
    pub classes: &'a [ClassSummary],
    /// Images × 2.
    pub coordinates: Cow<'a, Array2<f32>>,
    pub axes: [String; 2],
    pub kind: Kind,
}

/// Where the coordinates are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The two dimensions of largest standard deviation.
    Dimensions([usize; 2]),
    /// The only dimension; classes stand beneath each other.
    Lanes,
    /// A projection, of which only distances mean something.
    Projection,
}

/// `None` while the encoded space is not known, or where it is that of another run.
pub(super) fn plane<'a>(
    report: Option<&'a Report>,
    projection: Option<&'a Projection>,
    spec: &FigureSpec,
) -> Option<Plane<'a>> {
    let report = report?;
    let encoded = report.encoded.as_ref()?;
    let images = encoded.labels.len();
    if encoded.latents.dim() != (images, spec.dims) || encoded.positions.len() != images {
        return None;
    }
    let made = |coordinates, axes, kind| Plane {
        encoded,
        classes: &report.classes,
        coordinates,
        axes,
        kind,
    };
    if let Some(projection) = projection.filter(|found| found.coordinates.dim() == (images, 2)) {
        let coordinates = Cow::Borrowed(&projection.coordinates);
        return Some(made(coordinates, projection.axes.clone(), Kind::Projection));
    }
    let name = |dim: usize| format!("Dimension {}", dim + 1);
    if let Some(dims) = encoded.most_varying() {
        let coordinates = Cow::Owned(encoded.latents.select(Axis(1), &dims));
        return Some(made(coordinates, dims.map(name), Kind::Dimensions(dims)));
    }
    let lane = |image| match class_of(&report.classes, encoded.labels[image]) {
        Some(class) => -(class as f32),
        None => f32::NAN,
    };
    let coordinates = Array2::from_shape_fn((images, 2), |(image, axis)| match axis {
        0 => encoded.latents[(image, 0)],
        _ => lane(image),
    });
    let axes = [name(0), "class".into()];
    Some(made(Cow::Owned(coordinates), axes, Kind::Lanes))
}

impl Plane<'_> {
    pub fn images(&self) -> usize {
        self.encoded.labels.len()
    }

    pub fn at(&self, image: usize) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(self.coordinates[(image, axis)]))
    }

    /// The images of each class that have a place, class by class.
    pub fn by_class(&self) -> Vec<Vec<usize>> {
        let mut found = vec![Vec::new(); self.classes.len()];
        for (image, &label) in self.encoded.labels.iter().enumerate() {
            let placed = self.at(image).iter().all(|value| value.is_finite());
            if let Some(class) = class_of(self.classes, label).filter(|_| placed) {
                found[class].push(image);
            }
        }
        found
    }

    /// The median place of each class.
    pub fn medians(&self) -> Vec<Option<[f64; 2]>> {
        let median = |class: &ClassSummary| {
            self.encoded
                .median_position(class.label, self.coordinates.view())
        };
        self.classes.iter().map(median).collect()
    }
}

fn class_of(classes: &[ClassSummary], label: u8) -> Option<usize> {
    classes.iter().position(|class| class.label == label)
}
