//! What interventions change, told and drawn on the device.

use super::super::{Intervention, Values};
use crate::engine::Engine;
use crate::gpu::{Buffer, Constant, Shader};
use crate::importance::design::Design;

/// Invocations in a workgroup of changes.wgsl.
const GROUP: usize = 64;
/// Words of an intervention before its columns, in changes.wgsl.
const HEAD: usize = 5;
/// Instead of a column, where a feature has fewer than others.
const NO_COLUMN: u32 = u32::MAX;

/// Where the changed images of an intervention stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// All images, so many of a block, and so many blocks.
    pub images: usize,
    pub block: usize,
    pub blocks: usize,
}

impl Places {
    /// Places of an intervention.
    pub(super) fn stride(self) -> usize {
        self.block * self.blocks
    }
}

/// The changes of a batch of interventions.
pub(super) struct Moves {
    shader: Shader,
    /// Columns of the feature that has most.
    pub columns: usize,
    /// Words that are told of an intervention beside its columns.
    told: usize,
    places: Places,
    /// Images × inputs.
    input: Buffer,
    /// A row for each place; by how much each column changed there.
    pub rows: Buffer,
    pub deltas: Buffer,
    /// Words for each intervention: columns, what is told, lengths of the blocks.
    pub extents: Buffer,
}

impl Moves {
    /// For at most so many interventions at once.
    pub(super) fn new(
        engine: &Engine,
        input: Buffer,
        inputs: usize,
        design: &Design,
        told: usize,
        places: Places,
        most: usize,
    ) -> Self {
        let columns = columns(design);
        let length = columns + told;
        let exchange = if columns == 1 {
            include_str!("changes_of_one.wgsl")
        } else {
            include_str!("changes_of_several.wgsl")
        };
        let sizes = [
            ("INPUTS", inputs),
            ("IMAGES", places.images),
            ("BLOCK", places.block),
            ("BLOCKS", places.blocks),
            ("STRIDE", places.stride()),
            ("COLUMNS", columns),
            ("WORDS", HEAD + length),
            ("LENGTH", length),
            ("EXTENT", length + places.blocks),
            ("GROUP", GROUP),
        ];
        Self {
            shader: Shader::new(
                &[
                    include_str!("keyed.wgsl"),
                    include_str!("changes.wgsl"),
                    exchange,
                ],
                &sizes.map(|(name, size)| (name, Constant::Count(size))),
            ),
            columns,
            told,
            places,
            input,
            rows: Buffer::room(engine, most * places.stride()),
            deltas: Buffer::room(engine, most * places.stride() * columns),
            extents: Buffer::room(engine, most * (length + places.blocks)),
        }
    }

    /// What the shaders that read the changes are compiled for.
    pub(super) fn constants(&self) -> [(&'static str, Constant); 3] {
        let length = self.columns + self.told;
        [
            ("COLUMNS", Constant::Count(self.columns)),
            ("LENGTH", Constant::Count(length)),
            ("EXTENT", Constant::Count(length + self.places.blocks)),
        ]
    }

    /// Queues what `interventions` change, and tells so many more words of each.
    pub(super) fn queue(
        &self,
        engine: &Engine,
        interventions: &[Intervention<'_>],
        told: impl Fn(&[usize]) -> Vec<u32>,
    ) {
        let words = interventions.iter().flat_map(|intervention| {
            let columns = intervention.columns.iter().map(|&column| column as u32);
            let none = std::iter::repeat(NO_COLUMN);
            let columns = columns.chain(none).take(self.columns);
            let told = told(intervention.columns);
            debug_assert_eq!(told.len(), self.told);
            head(intervention).into_iter().chain(columns).chain(told)
        });
        let words = Buffer::of_indices(engine, &words.collect::<Vec<u32>>());
        self.shader.launch(
            [interventions.len().div_ceil(GROUP), 1],
            &[&self.input, &words, &self.rows, &self.deltas, &self.extents],
            &[interventions.len() as u32],
        );
    }
}

/// Columns of the feature that has most.
pub(super) fn columns(design: &Design) -> usize {
    let features = design.features.iter();
    let columns = features.map(|feature| feature.columns().len());
    columns.max().unwrap_or(1)
}

/// What changes.wgsl reads first of an intervention.
fn head(intervention: &Intervention<'_>) -> [u32; HEAD] {
    let recipients = intervention.exchange.recipients();
    let (start, end) = (recipients.start as u32, recipients.end as u32);
    match &intervention.values {
        Values::Permuted(order) => {
            let key = order.key();
            [0, key as u32, (key >> 32) as u32, start, end]
        }
        Values::Of(image) => [1, *image, 0, start, end],
        #[cfg(feature = "general")]
        Values::Given(_) => unimplemented!("donors one by one"),
    }
}
