//! What an intervention changes.

use ndarray::Array2;

use super::{Intervention, Values};

/// The images whose values an intervention changed, and by how much.
pub(super) struct Changes<'a> {
    pub columns: &'a [usize],
    pub rows: Vec<u32>,
    /// For every one of them, by how much each column changed.
    pub deltas: Vec<f32>,
    /// For every one of them, the image that had its new values before.
    pub sources: Vec<u32>,
}

impl<'a> Changes<'a> {
    /// What `intervention` does to `inputs`.
    pub(super) fn of(intervention: &Intervention<'a>, inputs: &Array2<f32>) -> Self {
        let (recipients, donors) = (
            intervention.exchange.recipients(),
            intervention.exchange.donors(),
        );
        let mut changes = Self {
            columns: intervention.columns,
            rows: Vec::with_capacity(recipients.len()),
            deltas: Vec::with_capacity(recipients.len() * intervention.columns.len()),
            sources: Vec::with_capacity(recipients.len()),
        };
        match &intervention.values {
            Values::Permuted(order) => {
                let order = order.clone().permutation(donors.len());
                let first = donors.start as u32;
                let sources = order[recipients.start - donors.start..].iter();
                changes.add(inputs, recipients.zip(sources.map(|source| first + source)));
            }
            Values::Of(source) => changes.add(inputs, recipients.map(|row| (row, *source))),
            #[cfg(feature = "general")]
            Values::Given(sources) => {
                changes.add(inputs, recipients.zip(sources.iter().copied()));
            }
        }
        changes
    }

    /// Gives images other images' values: pairs of recipient and donor.
    fn add(&mut self, inputs: &Array2<f32>, pairs: impl Iterator<Item = (usize, u32)>) {
        if let [column] = *self.columns {
            // Read once, in order, since the column of a row-major matrix is scattered over all of it.
            let values = inputs.column(column).to_vec();
            for (row, source) in pairs {
                let (from, to) = (values[row], values[source as usize]);
                if to != from {
                    self.rows.push(row as u32);
                    self.deltas.push(to - from);
                    self.sources.push(source);
                }
            }
            return;
        }
        for (row, source) in pairs {
            let (from, to) = (inputs.row(row), inputs.row(source as usize));
            if self
                .columns
                .iter()
                .any(|&column| to[column] != from[column])
            {
                let deltas = self.columns.iter().map(|&column| to[column] - from[column]);
                self.deltas.extend(deltas);
                self.rows.push(row as u32);
                self.sources.push(source);
            }
        }
    }

    /// Each changed image by itself.
    #[cfg(feature = "general")]
    pub(super) fn apart(&self) -> Vec<Self> {
        let deltas = self.deltas.chunks_exact(self.columns.len());
        let images = self.rows.iter().zip(&self.sources).zip(deltas);
        images
            .map(|((&row, &source), deltas)| Self {
                columns: self.columns,
                rows: vec![row],
                deltas: deltas.to_vec(),
                sources: vec![source],
            })
            .collect()
    }

    /// The column that changes, where it is only one.
    #[cfg(any(feature = "engine-cpu", feature = "general"))]
    pub(super) fn column(&self) -> Option<usize> {
        match self.columns {
            [column] => Some(*column),
            _ => None,
        }
    }

    /// All images get values in this order of them.
    #[cfg(all(test, any(feature = "engine-cpu", feature = "general")))]
    pub(super) fn permuted(columns: &'a [usize], inputs: &Array2<f32>, order: &[u32]) -> Self {
        let mut changes = Self {
            columns,
            rows: Vec::new(),
            deltas: Vec::new(),
            sources: Vec::new(),
        };
        changes.add(inputs, (0..).zip(order.iter().copied()));
        changes
    }
}
