//! Which dimension of the pinned run is which of the shown one.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::math::ranks::pearson;
use crate::networks::matching::{correlations, matched};
use crate::report::{Encoded, Report};

use super::super::shown::Shown;
use super::Pinned;

/// Over fewer images than these, correlations say little: then maps are compared.
const FEWEST: usize = 20;

/// What dimensions were matched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum MatchedBy {
    /// Both are of one network: a dimension is the one of the same number.
    Network,
    /// The latents of images that both runs explain.
    Latents {
        /// So many images.
        images: usize,
    },
    /// The maps, as the runs explain too few images in common.
    Maps,
    /// There is nothing to match them by.
    Nothing,
}

/// A dimension of the shown run, counted from 0, and its match in the pinned one; either may lack the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    pub dim: Option<usize>,
    pub pinned: Option<usize>,
    /// Pearson's r of what they were matched by.
    pub r: Option<f64>,
    /// Pearson's r of the two maps as they are drawn, the sign of `r` taken into account.
    pub maps: Option<f64>,
}

impl Row {
    /// What the pinned map is multiplied by to be compared: dimensions of opposite signs say the same.
    pub fn sign(&self) -> f64 {
        self.r.map_or(1.0, |r| if r < 0.0 { -1.0 } else { 1.0 })
    }
}

/// The rows in the order of the shown run; dimensions of the pinned one that have no match come last.
pub(super) fn rows(ours: &Shown<'_>, theirs: &Shown<'_>, pinned: &Pinned) -> (MatchedBy, Vec<Row>) {
    let (by, r) = basis(ours, theirs, pinned);
    let dims = ours.spec.dims;
    let matches: Vec<Option<usize>> = match (by, &r) {
        (MatchedBy::Network, _) => (0..dims)
            .map(|dim| (dim < theirs.spec.dims).then_some(dim))
            .collect(),
        (MatchedBy::Nothing, _) | (_, None) => vec![None; dims],
        (_, Some(r)) => {
            let pairs = matched(r).into_iter();
            pairs.map(|pair| pair.map(|pair| pair.dim)).collect()
        }
    };
    let row = |dim: usize| {
        let pinned = matches[dim];
        let r = pinned.and_then(|other| *r.as_ref()?.get((dim, other))?);
        let row = Row {
            dim: Some(dim),
            pinned,
            r: r.map(f64::from),
            maps: None,
        };
        Row {
            maps: pinned.and_then(|other| likeness(ours, theirs, (dim, other), row.sign())),
            ..row
        }
    };
    let mut rows: Vec<Row> = ours.order.iter().map(|&dim| row(dim)).collect();
    if ours.spec.top.is_none() {
        let left = theirs
            .order
            .iter()
            .filter(|dim| !matches.contains(&Some(**dim)));
        rows.extend(left.map(|&dim| Row {
            dim: None,
            pinned: Some(dim),
            r: None,
            maps: None,
        }));
    }
    (by, rows)
}

/// What dimensions are matched by: Pearson's r of every dimension of the shown run (rows) with every one of
/// the pinned run (columns); absent where there is nothing to correlate.
fn basis(
    ours: &Shown<'_>,
    theirs: &Shown<'_>,
    pinned: &Pinned,
) -> (MatchedBy, Option<Array2<Option<f32>>>) {
    let sizes = (ours.spec.dims, theirs.spec.dims);
    let latents = ours
        .report
        .and_then(|report| common(report, &pinned.report))
        .filter(|(a, b)| a.nrows() >= FEWEST && (a.ncols(), b.ncols()) == sizes);
    let images = latents.as_ref().map_or(0, |(a, _)| a.nrows());
    let found = latents.map(|(a, b)| correlations(&a, &b));
    if pinned.same {
        return (MatchedBy::Network, found);
    }
    if found.is_some() {
        return (MatchedBy::Latents { images }, found);
    }
    if ours.spec.image != theirs.spec.image || !ours.has_maps() || !theirs.has_maps() {
        return (MatchedBy::Nothing, None);
    }
    let [a, b] = [ours, theirs].map(|shown| {
        let pixels = shown.spec.image.pixels();
        Array2::from_shape_fn((pixels, shown.spec.dims), |(pixel, dim)| {
            let value = shown.map(dim, pixel) as f32;
            if value.is_finite() { value } else { 0.0 }
        })
    });
    (MatchedBy::Maps, Some(correlations(&a, &b)))
}

/// The latents of the images that both reports explain, in one order.
fn common(ours: &Report, theirs: &Report) -> Option<(Array2<f32>, Array2<f32>)> {
    if ours.data.name != theirs.data.name || ours.image != theirs.image {
        return None;
    }
    let (a, b) = (ours.encoded.as_ref()?, theirs.encoded.as_ref()?);
    let mut places = HashMap::new();
    for image in 0..b.labels.len() {
        // Of images that cannot be told apart, none is taken.
        places
            .entry(key(theirs, b, image))
            .and_modify(|place| *place = None)
            .or_insert(Some(image));
    }
    let mut seen = HashMap::new();
    for image in 0..a.labels.len() {
        *seen.entry(key(ours, a, image)).or_insert(0) += 1;
    }
    let pairs = (0..a.labels.len()).filter_map(|image| {
        let key = key(ours, a, image);
        (seen[&key] == 1).then_some(())?;
        Some((image, (*places.get(&key)?)?))
    });
    let (first, second): (Vec<usize>, Vec<usize>) = pairs.unzip();
    let picked = |latents: ArrayView2<'_, f32>, images: &[usize]| latents.select(Axis(0), images);
    Some((
        picked(a.latents.view(), &first),
        picked(b.latents.view(), &second),
    ))
}

/// What tells an image from all others: its class, and its file and place there, or its place in the class.
fn key<'r>(report: &'r Report, encoded: &'r Encoded, image: usize) -> (&'r str, &'r str, u32) {
    let label = encoded.labels[image];
    let class = report.classes.iter().find(|class| class.label == label);
    let class = class.map_or("", |class| class.name.as_str());
    let file = encoded.file.get(image);
    let file = file.and_then(|&file| encoded.files.get(file as usize));
    match (file, encoded.place.get(image)) {
        (Some(file), Some(&place)) => (class, file, place),
        _ => (class, "", encoded.positions[image]),
    }
}

/// How far two maps agree, as they are drawn: Pearson's r over the pixels.
fn likeness(
    ours: &Shown<'_>,
    theirs: &Shown<'_>,
    (dim, other): (usize, usize),
    sign: f64,
) -> Option<f64> {
    if ours.spec.image != theirs.spec.image || !ours.has_maps() || !theirs.has_maps() {
        return None;
    }
    let values = |shown: &Shown<'_>, dim: usize, sign: f64| -> Vec<f64> {
        let pixels = 0..shown.spec.image.pixels();
        pixels.map(|pixel| shown.map(dim, pixel) * sign).collect()
    };
    pearson(&values(ours, dim, 1.0), &values(theirs, other, sign)).filter(|r| r.is_finite())
}
