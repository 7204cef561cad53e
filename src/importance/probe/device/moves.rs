//! What interventions change, told and drawn on the device.

use std::ops::Range;

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

/// Columns of the inputs that follow each other.
pub(super) struct Piece {
    /// Images × columns.
    pub values: Buffer,
    pub columns: Range<usize>,
}

/// The changes of a batch of interventions.
pub(super) struct Moves {
    shader: Shader,
    /// Columns of the feature that has most.
    pub columns: usize,
    /// Words that are told of an intervention beside its columns.
    told: usize,
    constants: [(&'static str, Constant); 6],
    /// The inputs: one piece, where features have several columns.
    inputs: Vec<Piece>,
    pub delta: Delta,
    /// A row for each place and then, where features have several columns, whose values it was given.
    pub rows: Buffer,
    /// What [`Moves::delta`] reads.
    pub values: Buffer,
    /// Words for each intervention: columns, what is told, lengths of the blocks.
    pub extents: Buffer,
}

impl Moves {
    /// For at most so many interventions at once.
    pub(super) fn new(
        engine: &Engine,
        inputs: Vec<Piece>,
        design: &Design,
        told: usize,
        places: Places,
        most: usize,
    ) -> Self {
        let columns = columns(design);
        let length = columns + told;
        let room = most * places.stride();
        let (delta, exchange, rows, values) = if columns == 1 {
            let exchange = include_str!("changes_of_one.wgsl");
            (Delta::Own, exchange, room, Buffer::room(engine, room))
        } else {
            let exchange = include_str!("changes_of_several.wgsl");
            (
                Delta::OfInputs,
                exchange,
                2 * room,
                inputs[0].values.clone(),
            )
        };
        let constants = [
            (
                "ALL_COLUMNS",
                inputs.iter().map(|piece| piece.columns.len()).sum(),
            ),
            ("COLUMNS", columns),
            ("DONORS", room),
            ("LENGTH", length),
            ("EXTENT", length + places.blocks),
            ("NO_COLUMN", NO_COLUMN as usize),
        ];
        let constants = constants.map(|(name, size)| (name, Constant::Count(size)));
        let sizes = [
            ("IMAGES", places.images),
            ("BLOCK", places.block),
            ("BLOCKS", places.blocks),
            ("STRIDE", places.stride()),
            ("WORDS", HEAD + length),
            ("GROUP", GROUP),
        ];
        let sizes = sizes.map(|(name, size)| (name, Constant::Count(size)));
        Self {
            shader: Shader::new(
                &[
                    include_str!("keyed.wgsl"),
                    include_str!("changes.wgsl"),
                    exchange,
                ],
                &[&sizes[..], &constants].concat(),
            ),
            constants,
            columns,
            told,
            inputs,
            delta,
            rows: Buffer::room(engine, rows),
            values,
            extents: Buffer::room(engine, most * (length + places.blocks)),
        }
    }

    /// What the shaders that read the changes are compiled for.
    pub(super) fn constants(&self) -> [(&'static str, Constant); 6] {
        self.constants
    }

    /// Queues what `interventions` change, and tells so many more words of each.
    pub(super) fn queue(
        &self,
        engine: &Engine,
        interventions: &[Intervention<'_>],
        told: impl Fn(&[usize]) -> Vec<u32>,
    ) {
        let each = HEAD + self.columns + self.told;
        let mut words = Vec::with_capacity(interventions.len() * each);
        let mut donors = Vec::new();
        for intervention in interventions {
            words.extend(Self::head(
                intervention,
                interventions.len() * each,
                &mut donors,
            ));
            let columns = words.len();
            words.extend(intervention.columns.iter().map(|&column| column as u32));
            words[columns..].sort_unstable();
            words.resize(columns + self.columns, NO_COLUMN);
            words.extend(told(intervention.columns));
            debug_assert_eq!(words.len() - columns, each - HEAD);
        }
        words.extend(donors);
        let words = Buffer::of_indices(engine, &words);
        let own = match self.delta {
            Delta::Own => &[&self.values][..],
            Delta::OfInputs => &[],
        };
        for Piece { values, columns } in &self.inputs {
            let common = [values, &words, &self.rows, &self.extents];
            self.shader.launch(
                [interventions.len().div_ceil(GROUP), 1],
                &[&common[..], own].concat(),
                &[interventions.len(), columns.start, columns.len()].map(|number| number as u32),
            );
        }
    }

    /// What changes.wgsl reads first of an intervention. Donors that are given one by one are added to
    /// `donors`, which follow so many words.
    #[cfg_attr(not(feature = "general"), allow(unused_variables, clippy::ptr_arg))]
    fn head(intervention: &Intervention<'_>, words: usize, donors: &mut Vec<u32>) -> [u32; HEAD] {
        let recipients = intervention.exchange.recipients();
        let (start, end) = (recipients.start as u32, recipients.end as u32);
        match &intervention.values {
            Values::Permuted(order) => {
                let key = order.key();
                [0, key as u32, (key >> 32) as u32, start, end]
            }
            Values::Of(image) => [1, *image, 0, start, end],
            #[cfg(feature = "general")]
            Values::Given(sources) => {
                debug_assert_eq!(sources.len(), recipients.len(), "a donor for each");
                let at = (words + donors.len()) as u32;
                donors.extend_from_slice(sources);
                [2, at, 0, start, end]
            }
        }
    }
}

/// How the shaders read by how much an image's columns changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delta {
    /// It is one number of each place.
    Own,
    /// From the inputs of the image and of the one whose values it was given: features may have all columns,
    /// which no adapter could keep for every place.
    OfInputs,
}

impl Delta {
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Own => include_str!("delta_of_one.wgsl"),
            Self::OfInputs => include_str!("delta_of_several.wgsl"),
        }
    }

    /// Whether [`Moves::rows`] are read.
    #[cfg(feature = "general")]
    pub(super) fn reads_rows(self) -> bool {
        self == Self::OfInputs
    }
}

/// Columns of the feature that has most.
pub(super) fn columns(design: &Design) -> usize {
    let features = design.features.iter();
    let columns = features.map(|feature| feature.columns().len());
    columns.max().unwrap_or(1)
}
