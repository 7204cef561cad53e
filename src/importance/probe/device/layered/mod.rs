//! Layers of any kind on a GPU: of the images that changed, what the change reaches.
//!
//! A pixel moves only its receptive field, so of every layer a box is computed, for changed images only.
//! What goes from layer to layer is the change: of most kinds its sums follow linearly, so that what did
//! not change need not be read, and the first layer takes the differences of the feature's columns. The
//! sums of the unchanged images, which activations need, are computed once; so is what goes into layers
//! that are not linear (max pooling, normalisation, softmax), which are computed with the change and
//! without it.
//!
//! Images that do not fit into the adapter's buffers at once are taken block by block.

mod boxes;
mod shaders;
mod steps;

use ndarray::{Array2, s};
use web_time::Instant;

use self::boxes::Boxes;
use self::shaders::{Bound, Place, Program};
use self::steps::Step;
use super::super::{Intervention, Outcome, Probe};
use super::moves::{Moves, Piece, Places, columns};
use super::pace::Pace;
use super::{ACROSS, BATCH, BATCH_NUMBERS, DOWN, FEWER, IMAGES, SMALLER, WEIGHTS};
use crate::data::ImageShape;
use crate::engine::{Answer, Engine, EngineError};
use crate::gpu::{Buffer, Constant, Limits, Shader, declarations};
use crate::importance::design::{Design, Feature};
use crate::model::{Activation, Half, Kind, Pair, as_image};

/// Numbers of the changed images of one intervention that are computed at once: 64 MB.
const BLOCK_NUMBERS: usize = 16 << 20;
/// Numbers that are kept of the unchanged images: 1 GB.
const KEPT_NUMBERS: usize = 256 << 20;
const TOO_MUCH: EngineError = EngineError::Unsupported(
    "On a graphics card at most 1 GB is kept of what all layers make of the explained images, and this is more: explain \
     fewer images, or choose the CPU engine.",
);
/// Places of a batch.
const PLACES: usize = 1 << 20;
/// Multiply-adds in a batch that is worth its launches on the slowest adapter, where an output costs as much
/// as so many.
const WORTHWHILE: usize = 16 << 20;
const OUTPUT: usize = 16;

/// The layers, what they give for unchanged images, and what is launched for changed ones.
pub(super) struct Kernel {
    engine: Engine,
    inputs: Array2<f32>,
    /// Images × outputs.
    outputs: Array2<f32>,
    outcome: Outcome,
    pace: Pace,
    places: Places,
    moves: Moves,
    boxes: Boxes,
    /// Puts the changes of the inputs into their box, where they do not lie there as they are.
    scatter: Option<Program>,
    /// Each takes what the one before gave.
    layers: Vec<Layer>,
    squares: Shader,
    /// What a layer takes and what it gives, in turn.
    changes: [Buffer; 2],
}

/// A step, on its way.
struct Layer {
    /// Of the changed images; none where what is below is taken as it is.
    changed: Option<Program>,
    /// Its weights, or its order.
    own: Option<Buffer>,
    /// Of every block, what it keeps of the unchanged images.
    kept: Vec<Buffer>,
}

impl Kernel {
    /// # Errors
    /// If the device stops answering, or is too small.
    pub(super) async fn new(
        engine: &Engine,
        half: &Half,
        inputs: Array2<f32>,
        design: &Design,
        limits: &Limits,
    ) -> Result<Self, EngineError> {
        let input = as_image(half.input());
        let steps = Step::all(half);
        let features = design.features.iter().map(Feature::columns);
        let boxes = Boxes::new(input, &steps, features);
        let sizes = Sizes::new(input, &steps, &boxes);
        let places = sizes.places(inputs.nrows(), limits)?;
        let output = steps.last().map_or(input, |step| step.to);

        let most = (PLACES / places.stride())
            .min(BATCH_NUMBERS / (places.block * sizes.widest_box))
            .min(BATCH_NUMBERS / output.size())
            .min(BATCH_NUMBERS / columns(design))
            .clamp(1, BATCH);
        let least = WORTHWHILE / places.images.saturating_mul(sizes.work).max(1);
        let pieces = pieces(engine, &inputs, design, limits)?;
        // Where the images are of one block, they fit into one buffer.
        let whole = (places.blocks == 1).then(|| pieces[0].values.clone());
        let told = 2 * boxes.sizes.len();
        let moves = Moves::new(engine, pieces, design, told, places, most);

        let mut layers: Vec<Layer> = steps.iter().map(|step| Layer::new(engine, step)).collect();
        let mut outputs = Array2::zeros((places.images, output.size()));
        for block in 0..places.blocks {
            let first = block * places.block;
            let rows = first..places.images.min(first + places.block);
            let mut below = whole.clone().unwrap_or_else(|| {
                let images = inputs.slice(s![rows.clone(), ..]);
                Buffer::of(engine, images.iter().copied().collect())
            });
            for (step, layer) in steps.iter().zip(&mut layers) {
                below = layer.run(engine, step, below, rows.len());
            }
            let read = Array2::from_shape_vec((rows.len(), output.size()), below.read().await?);
            outputs
                .slice_mut(s![rows, ..])
                .assign(&read.expect("one row of outputs an image"));
        }
        let extents = moves.constants();
        for (at, (step, layer)) in steps.iter().zip(&mut layers).enumerate() {
            let place = Place {
                step: at,
                below: boxes.sizes[at],
                own: boxes.sizes[at + 1],
            };
            layer.changed = if at == 0 && step.is_dense() {
                Some(shaders::first(step, moves.delta, &extents))
            } else if step.changes_nothing() && place.below == sides(step.from) {
                None
            } else {
                Some(shaders::changed(step, place, &extents))
            };
        }
        let takes_columns = steps.first().is_some_and(Step::is_dense);
        let scatter = (!takes_columns && (places.blocks > 1 || !boxes.are_grey_pixels(design)))
            .then(|| shaders::scatter(input, boxes.sizes[0], moves.delta, &extents));
        let room = most * places.block * sizes.widest_box;
        Ok(Self {
            engine: engine.clone(),
            inputs,
            outputs,
            outcome: design.outcome,
            pace: Pace::new(least, most),
            squares: squares(output, boxes.sizes[steps.len()], steps.len(), &extents),
            scatter,
            layers,
            places,
            moves,
            boxes,
            changes: [Buffer::room(engine, room), Buffer::room(engine, room)],
        })
    }

    /// Measures at most as many interventions as fit.
    async fn totals(&self, interventions: &[Intervention<'_>]) -> Result<Array2<f64>, EngineError> {
        let start = Instant::now();
        let count = interventions.len();
        let totals = self.queue(interventions).read().await?;
        self.pace.took(count, start.elapsed());
        let outputs = self.outputs.ncols();
        let totals = Array2::from_shape_vec((count, outputs), totals)
            .expect("one row of totals an intervention");
        let sums = totals.mapv(f64::from);
        Ok(self.outcome.means(sums, outputs, interventions))
    }

    /// Interventions × outputs: sums over the images of squared changes.
    fn queue(&self, interventions: &[Intervention<'_>]) -> Buffer {
        let count = interventions.len();
        self.moves.queue(&self.engine, interventions, |columns| {
            self.boxes.origins(columns)
        });
        let width = self.outputs.ncols();
        let totals = Buffer::room(&self.engine, count * width);
        for block in 0..self.places.blocks {
            let changes = self.changes_of(block, count);
            self.squares.launch(
                [width.div_ceil(ACROSS), count.div_ceil(DOWN)],
                &[changes, &self.moves.extents, &totals],
                &self.parameters(block, count),
            );
        }
        totals
    }

    /// Queues the layers for the changed images of a block; gives how their outputs change.
    fn changes_of(&self, block: usize, count: usize) -> &Buffer {
        let parameters = self.parameters(block, count);
        let places = count * self.places.block;
        let [mut below, mut above] = [&self.moves.values, &self.changes[0]];
        let mut launch = |program: &Program, layer: Option<&Layer>| {
            let buffer = |bound: &Bound| match bound {
                Bound::Values => &self.moves.values,
                Bound::Below => below,
                Bound::Weights | Bound::Order => own(layer.expect("a layer").own.as_ref()),
                Bound::Kept => &layer.expect("a layer").kept[block],
                Bound::Rows => &self.moves.rows,
                Bound::Extents => &self.moves.extents,
                Bound::Outputs => above,
            };
            let buffers: Vec<&Buffer> = program.bound.iter().map(buffer).collect();
            let workgroups = program.workgroups(places);
            program.shader.launch(workgroups, &buffers, &parameters);
            let first = std::ptr::eq(above, &raw const self.changes[0]);
            (below, above) = (above, &self.changes[usize::from(first)]);
        };
        if let Some(scatter) = &self.scatter {
            launch(scatter, None);
        }
        for layer in &self.layers {
            if let Some(program) = &layer.changed {
                launch(program, Some(layer));
            }
        }
        below
    }

    /// As changed.wgsl tells.
    fn parameters(&self, block: usize, count: usize) -> [u32; 4] {
        [count, self.places.block, self.places.stride(), block].map(|number| number as u32)
    }
}

impl Probe for Kernel {
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
        self.pace.batch()
    }

    fn measure<'a>(&'a self, interventions: &'a [Intervention<'a>]) -> Answer<'a, Array2<f64>> {
        Box::pin(self.totals(interventions))
    }
}

impl Layer {
    fn new(engine: &Engine, step: &Step) -> Self {
        let own = match &step.kind {
            Kind::Reordering { order, .. } => Some(Buffer::of_indices(engine, order)),
            Kind::Reshaping { to } => {
                let order: Vec<u32> = (0..to.size() as u32).collect();
                Some(Buffer::of_indices(engine, &order))
            }
            _ if step.weights.is_empty() => None,
            _ => {
                let weights = step.weights.iter().flatten();
                Some(Buffer::of(engine, weights.copied().collect()))
            }
        };
        Self {
            changed: None,
            own,
            kept: Vec::new(),
        }
    }

    /// What so many unchanged images become, of which it keeps what changed ones will need.
    fn run(&mut self, engine: &Engine, step: &Step, below: Buffer, images: usize) -> Buffer {
        if step.changes_nothing() {
            return below;
        }
        let program = shaders::unchanged(step);
        let numbers = images * step.to.size();
        let sums = (program.bound.contains(&Bound::Kept)).then(|| Buffer::room(engine, numbers));
        let outputs = Buffer::room(engine, numbers);
        let buffer = |bound: &Bound| match bound {
            Bound::Below => &below,
            Bound::Weights | Bound::Order => own(self.own.as_ref()),
            Bound::Kept => own(sums.as_ref()),
            Bound::Outputs => &outputs,
            Bound::Values | Bound::Rows | Bound::Extents => unreachable!("of changed images"),
        };
        let buffers: Vec<&Buffer> = program.bound.iter().map(buffer).collect();
        let workgroups = program.workgroups(images);
        let parameters = [images as u32];
        program.shader.launch(workgroups, &buffers, &parameters);
        if step.is_linear() {
            self.kept.extend(sums);
        } else {
            self.kept.push(below);
        }
        outputs
    }
}

/// The inputs in as many buffers as they need.
///
/// # Errors
/// If they need several and a feature has several columns, which have to be in one.
fn pieces(
    engine: &Engine,
    inputs: &Array2<f32>,
    design: &Design,
    limits: &Limits,
) -> Result<Vec<Piece>, EngineError> {
    let (images, width) = inputs.dim();
    let undivided = if columns(design) == 1 {
        images
    } else {
        inputs.len()
    };
    limits.check(undivided, IMAGES, FEWER)?;
    let most = (limits.numbers / images.max(1)).clamp(1, width);
    let starts = (0..width).step_by(most);
    let piece = |start: usize| {
        let columns = start..width.min(start + most);
        let values = inputs.slice(s![.., columns.clone()]);
        Piece {
            values: Buffer::of(engine, values.iter().copied().collect()),
            columns,
        }
    };
    Ok(starts.map(piece).collect())
}

fn own(buffer: Option<&Buffer>) -> &Buffer {
    buffer.expect("what its shader reads")
}

fn sides(image: ImageShape) -> Pair {
    [image.height, image.width]
}

/// Adds up how far the outputs move, of which a box of this height and width is computed.
fn squares(
    output: ImageShape,
    [height, width]: Pair,
    step: usize,
    extents: &[(&str, Constant)],
) -> Shader {
    let buffers = [("below", "f32"), ("extents", "u32"), ("totals", "f32")];
    let sizes = [
        ("NUMBERS", output.size()),
        ("FILTERS", output.channels),
        ("WIDTH", output.width),
        ("BOX_HEIGHT", height),
        ("BOX_WIDTH", width),
        ("OWN", height * width * output.channels),
        ("STEP", step),
        ("ACROSS", ACROSS),
        ("DOWN", DOWN),
    ];
    let sizes = sizes.map(|(name, size)| (name, Constant::Count(size)));
    Shader::new(
        &[&declarations(&buffers), include_str!("squares.wgsl")],
        &[&sizes[..], extents].concat(),
    )
}

/// What decides how much is computed at once.
struct Sizes {
    /// Numbers of the largest box, and of the largest layer.
    widest_box: usize,
    widest: usize,
    /// Numbers that are kept of an image.
    kept: usize,
    /// Of a changed image, in multiply-adds.
    work: usize,
    /// Numbers of the largest weights.
    weights: usize,
}

impl Sizes {
    fn new(input: ImageShape, steps: &[Step], boxes: &Boxes) -> Self {
        let planes = || std::iter::once(input).chain(steps.iter().map(|step| step.to));
        let boxes = planes().zip(&boxes.sizes);
        let boxes: Vec<usize> = boxes
            .map(|(plane, [height, width])| height * width * plane.channels)
            .collect();
        let each = |step: &Step| match &step.kind {
            Kind::Convolution { groups, window, .. } => {
                window.size[0] * window.size[1] * (step.from.channels / groups)
            }
            Kind::Transposed { groups, kernel, .. } => {
                kernel[0] * kernel[1] * (step.from.channels / groups)
            }
            Kind::MaxPooling { window } | Kind::AveragePooling { window, .. } => {
                window.size[0] * window.size[1]
            }
            _ => 1,
        };
        let work = steps.iter().zip(boxes.windows(2)).map(|(step, sizes)| {
            // No more than the box below has.
            sizes[1] * (each(step).min(sizes[0]) + OUTPUT)
        });
        let kept = steps.iter().map(|step| match step.is_linear() {
            false => step.from.size(),
            true if step.activation == Activation::Linear => 0,
            true => step.to.size(),
        });
        let weights = steps
            .iter()
            .map(|step| step.weights.iter().map(Array2::len).sum());
        Self {
            work: work.sum(),
            kept: kept.sum(),
            widest_box: boxes.iter().copied().max().unwrap_or(1),
            widest: planes().map(ImageShape::size).max().unwrap_or(1),
            weights: weights.max().unwrap_or(0),
        }
    }

    /// # Errors
    /// If the adapter's buffers are too small, or it would take too much memory.
    fn places(&self, images: usize, limits: &Limits) -> Result<Places, EngineError> {
        limits.check(self.weights, WEIGHTS, SMALLER)?;
        limits.check(self.widest, "What a layer makes of an image", SMALLER)?;
        if self.kept.saturating_mul(images) > KEPT_NUMBERS {
            return Err(TOO_MUCH);
        }
        let most = (BLOCK_NUMBERS.min(limits.numbers) / self.widest_box)
            .min(limits.numbers / self.widest)
            .max(1);
        let blocks = images.div_ceil(most).max(1);
        Ok(Places {
            images,
            block: images.div_ceil(blocks).max(1),
            blocks,
        })
    }
}
