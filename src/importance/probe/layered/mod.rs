//! Layers of any kind on the CPU: only what a change reaches is computed again.
//!
//! A pixel is seen by a few rows and columns of the first layer's outputs, these by a few of the next
//! layer's, and so on, until a dense layer sees all. So for every intervention and every image that it
//! changed, each layer is computed within the box that the change reaches, all channels of it, and for what
//! adds up, only the difference is. Which boxes these are is a matter of the feature alone
//! ([`Reach`]) and is found once.
//!
//! What that takes of the unchanged images, the sums before each activation most of all, is kept. Images
//! come first, then the interventions that change them: so what is kept of an image, and what becomes of
//! it, stay in the first cache levels. Of as many images as memory is meant for; what the others' layers
//! give is computed again for each batch of interventions.

mod layer;
mod sums;

use std::collections::HashMap;
use std::sync::Arc;

use ndarray::Array2;

use self::layer::{Layer, Room};
use super::{ByImage, Changes, ImageProbe, Intervention, Outcome, Probe};
use crate::engine::Answer;
use crate::importance::cost::layered::Layered as Cost;
use crate::importance::design::Design;
use crate::importance::reach::{Part, Reach};
use crate::math::LANES;
use crate::model::Half;

/// What is measured at once, in multiply-adds as [`Cost`] counts them: short enough for a slice of work
/// to end on time.
const WORK: f64 = 1e9;
/// Interventions measured at once, at most.
const INTERVENTIONS: f64 = 64.0;
/// Numbers that are kept of images, at most, by all probes of a stage: 256 MB where memory is a page's.
pub(crate) const KEPT: usize = if cfg!(target_arch = "wasm32") {
    1 << 26
} else {
    1 << 28
};

/// Layers, and what is kept of the unchanged images.
pub(super) struct Layered {
    /// Images × columns.
    inputs: Array2<f32>,
    /// Images × outputs.
    outputs: Array2<f32>,
    outcome: Outcome,
    reach: Reach,
    layers: Vec<Layer>,
    /// Where inputs are kept, if the first layer needs them.
    first: Option<usize>,
    /// How many numbers are kept of an image.
    each: usize,
    /// Of as many images as there is memory for.
    kept: Vec<f32>,
    /// All of every layer.
    whole: Vec<[Part; 2]>,
    /// What changes with each feature, by its columns.
    routes: HashMap<Vec<usize>, Route>,
    /// Of one changed image, in multiply-adds.
    work: f64,
}

/// What changes with a feature.
struct Route {
    /// Numbers of the box that it is in.
    size: usize,
    /// Places of its columns in this.
    places: Vec<u32>,
    /// Rows and columns of every layer.
    parts: Vec<[Arc<Part>; 2]>,
}

/// Finds routes, of which many share the rows or the columns of a layer.
struct Router<'a> {
    reach: &'a Reach,
    /// By side, layer, first input and the one after the last.
    known: HashMap<(usize, usize, usize, usize), Arc<Part>>,
}

impl Router<'_> {
    fn route(&mut self, columns: &[usize]) -> Route {
        let (mut sides, places) = self.reach.locate(columns);
        let size = sides[0].len() * sides[1].len() * self.reach.input.channels;
        let layers = self.reach.layers.iter().enumerate();
        let parts = layers.map(|(at, layer)| {
            [0, 1].map(|side| {
                let from = sides[side].clone();
                let part = self.known.entry((side, at, from.start, from.end));
                let part = part.or_insert_with(|| Arc::new(layer.sides[side].part(from)));
                sides[side] = part.to.clone();
                part.clone()
            })
        });
        Route {
            size,
            places,
            parts: parts.collect(),
        }
    }
}

/// Room for an image's numbers on their way through the layers.
#[derive(Default)]
struct Way {
    values: Vec<f32>,
    next: Vec<f32>,
    room: Room,
    /// What is kept of an image that there was no memory for.
    kept: Vec<f32>,
}

impl Layered {
    /// For what `design` moves in `inputs` (images × inputs of the half).
    pub(super) fn new(half: &Half, inputs: Array2<f32>, design: &Design) -> Self {
        let reach = Reach::new(&half.forms());
        let mut layers: Vec<Layer> = reach
            .layers
            .iter()
            .map(|reached| Layer::new(&half.layers()[reached.layer], reached))
            .collect();
        let (mut each, mut before) = (0, None);
        if layers.first().is_some_and(Layer::needs_inputs) {
            before = Some(0);
            each = reach.input.size();
        }
        let first = before;
        for at in 0..layers.len() {
            let is_needed = layers.get(at + 1).is_some_and(Layer::needs_inputs);
            each = layers[at].keep(each, before, is_needed);
            before = layers[at].kept_outputs();
        }
        let whole = reach.layers.iter();
        let whole = whole.map(|layer| [layer.sides[0].whole(), layer.sides[1].whole()]);
        let cost = Cost::new(&half.forms());
        let of_features = design.features.iter().map(|of| cost.of(of.columns()));
        let work = of_features.sum::<f64>() / design.features.len().max(1) as f64;
        let mut router = Router {
            reach: &reach,
            known: HashMap::new(),
        };
        let routes = design.features.iter().map(|feature| {
            let columns = feature.columns().to_vec();
            let route = router.route(&columns);
            (columns, route)
        });
        let mut made = Self {
            routes: routes.collect(),
            outputs: Array2::zeros((inputs.nrows(), half.output().size())),
            kept: Vec::new(),
            whole: whole.collect(),
            inputs: inputs.as_standard_layout().into_owned(),
            outcome: design.outcome,
            layers,
            first,
            each,
            work,
            reach,
        };
        made.fill(KEPT / design.sources().len().max(1));
        made
    }

    /// Computes the outputs, and keeps what is needed of the layers, at most so many numbers.
    fn fill(&mut self, most: usize) {
        let images = self.inputs.nrows();
        let count = most.checked_div(self.each).unwrap_or(images).min(images);
        let mut kept = vec![0.0; count * self.each];
        let mut outputs = std::mem::take(&mut self.outputs);
        let mut way = Way::default();
        for image in 0..images {
            if image < count {
                self.run(image, &mut way, &mut kept[image * self.each..][..self.each]);
            } else {
                let mut scratch = std::mem::take(&mut way.kept);
                scratch.resize(self.each, 0.0);
                self.run(image, &mut way, &mut scratch);
                way.kept = scratch;
            }
            let mut row = outputs.row_mut(image);
            row.iter_mut()
                .zip(&way.values)
                .for_each(|(output, &value)| *output = value);
        }
        self.kept = kept;
        self.outputs = outputs;
    }

    /// Takes an unchanged image through all layers: `kept` gets what is kept of it.
    fn run(&self, image: usize, way: &mut Way, kept: &mut [f32]) {
        let inputs = self.inputs.row(image);
        self.reach
            .enter(inputs.as_slice().expect("row by row"), &mut way.values);
        if let Some(at) = self.first {
            kept[at..][..way.values.len()].copy_from_slice(&way.values);
        }
        for (layer, [rows, columns]) in self.layers.iter().zip(&self.whole) {
            layer.run(
                [rows, columns],
                &mut way.values,
                &mut way.next,
                &mut way.room,
                kept,
            );
        }
    }

    /// Adds to `totals` the squared changes of the outputs of an image in which the columns of a route
    /// changed by `deltas`.
    fn measure(
        &self,
        route: &Route,
        deltas: &[f32],
        way: &mut Way,
        kept: &[f32],
        totals: &mut [f64],
    ) {
        way.values.clear();
        way.values.resize(route.size, 0.0);
        for (&place, &delta) in route.places.iter().zip(deltas) {
            way.values[place as usize] = delta;
        }
        for (layer, [rows, columns]) in self.layers.iter().zip(&route.parts) {
            layer.change(
                [rows, columns],
                &mut way.values,
                &mut way.next,
                &mut way.room,
                kept,
            );
            if way.values.iter().all(|&value| value == 0.0) {
                return;
            }
        }
        if self.outcome == Outcome::Overall {
            totals[0] += way.values.chunks(SQUARES).map(sum_of_squares).sum::<f64>();
            return;
        }
        let (Some(last), Some([rows, columns])) = (self.layers.last(), route.parts.last()) else {
            // Nothing but another order.
            for (&place, &delta) in route.places.iter().zip(deltas) {
                totals[place as usize] += square(delta);
            }
            return;
        };
        let output = last.output();
        let run = columns.to.len() * output.channels;
        for (values, row) in way.values.chunks_exact(run).zip(rows.to.clone()) {
            let start = (row * output.width + columns.to.start) * output.channels;
            for (total, &value) in totals[start..].iter_mut().zip(values) {
                *total += square(value);
            }
        }
    }
}

impl Probe for Layered {
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn outcome(&self) -> Outcome {
        self.outcome
    }

    fn batch(&self) -> usize {
        let most = WORK / (self.inputs.nrows() as f64 * self.work);
        most.clamp(1.0, INTERVENTIONS) as usize
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(async move {
            let changes: Vec<Changes<'_>> = interventions
                .iter()
                .map(|intervention| Changes::of(intervention, &self.inputs))
                .collect();
            let outputs = self.outputs.ncols();
            let width = self.outcome.width(outputs);
            let mut totals = Array2::zeros((changes.len(), width));
            let mut way = Way::default();
            // Of features that the design does not have.
            let mut router = Router {
                reach: &self.reach,
                known: HashMap::new(),
            };
            let others: Vec<Option<Route>> = changes
                .iter()
                .map(|change| {
                    let is_known = self.routes.contains_key(change.columns);
                    (!is_known).then(|| router.route(change.columns))
                })
                .collect();
            let mut moves: Vec<(&Changes<'_>, &Route, usize)> = changes
                .iter()
                .zip(&others)
                .map(|(change, other)| {
                    let route = other
                        .as_ref()
                        .unwrap_or_else(|| &self.routes[change.columns]);
                    (change, route, 0)
                })
                .collect();
            for image in 0..self.inputs.nrows() {
                let mut scratch = std::mem::take(&mut way.kept);
                let mut is_run = false;
                let kept = self.kept.get(image * self.each..(image + 1) * self.each);
                for ((change, route, next), mut totals) in moves.iter_mut().zip(totals.rows_mut()) {
                    // Recipients are in order.
                    if change.rows.get(*next) != Some(&(image as u32)) {
                        continue;
                    }
                    if kept.is_none() && !is_run {
                        scratch.resize(self.each, 0.0);
                        self.run(image, &mut way, &mut scratch);
                        is_run = true;
                    }
                    let kept = kept.unwrap_or(&scratch);
                    let columns = change.columns.len();
                    let deltas = &change.deltas[*next * columns..][..columns];
                    let totals = totals.as_slice_mut().expect("row by row");
                    self.measure(route, deltas, &mut way, kept, totals);
                    *next += 1;
                }
                way.kept = scratch;
            }
            Ok(self.outcome.means(totals, outputs, interventions))
        })
    }
}

impl ImageProbe for Layered {
    fn inputs(&self) -> &Array2<f32> {
        &self.inputs
    }

    fn outputs(&self) -> &Array2<f32> {
        &self.outputs
    }

    fn width(&self) -> usize {
        self.outcome.width(self.outputs.ncols())
    }

    fn by_image<'a>(&'a self, intervention: &'a Intervention<'a>) -> Answer<'a, ByImage> {
        Box::pin(async move {
            let change = Changes::of(intervention, &self.inputs);
            let outputs = self.outputs.ncols();
            let mut squares = Array2::zeros((change.rows.len(), self.outcome.width(outputs)));
            // Of a feature that the design does not have.
            let other;
            let route = if let Some(route) = self.routes.get(change.columns) {
                route
            } else {
                let mut router = Router {
                    reach: &self.reach,
                    known: HashMap::new(),
                };
                other = router.route(change.columns);
                &other
            };
            let mut way = Way::default();
            let mut scratch = Vec::new();
            let deltas = change.deltas.chunks_exact(change.columns.len());
            let images = change.rows.iter().zip(deltas);
            for ((&image, deltas), mut squares) in images.zip(squares.rows_mut()) {
                let image = image as usize;
                let kept =
                    if let Some(kept) = self.kept.get(image * self.each..(image + 1) * self.each) {
                        kept
                    } else {
                        scratch.resize(self.each, 0.0);
                        self.run(image, &mut way, &mut scratch);
                        &scratch
                    };
                let squares = squares.as_slice_mut().expect("row by row");
                self.measure(route, deltas, &mut way, kept, squares);
            }
            Ok(ByImage::new(change, squares, self.outcome, outputs))
        })
    }
}

/// Numbers whose squares are added in f32 before f64 takes over.
const SQUARES: usize = 256;

fn square(change: f32) -> f64 {
    let square = change * change;
    if square.is_finite() {
        f64::from(square)
    } else {
        f64::from(change) * f64::from(change)
    }
}

fn sum_of_squares(changes: &[f32]) -> f64 {
    let mut lanes = [0.0f32; LANES];
    let (chunks, rest) = changes.as_chunks::<LANES>();
    for changes in chunks {
        for (lane, change) in lanes.iter_mut().zip(changes) {
            *lane += change * change;
        }
    }
    let sum = lanes.iter().sum::<f32>() + rest.iter().map(|change| change * change).sum::<f32>();
    if sum.is_finite() {
        f64::from(sum)
    } else {
        // Again, with the range of f64.
        changes.iter().map(|&change| square(change)).sum()
    }
}
