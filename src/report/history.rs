//! What is to be said of how training went.

use super::TrainingHistory;
use crate::numerals::grouped;

impl TrainingHistory {
    /// That training diverged, where it did, and of which network everything is then.
    #[must_use]
    pub fn divergence(&self) -> Option<String> {
        let epochs = self.diverged_after?;
        let of = match epochs {
            0 => "no epoch went well, so all of this is of the network before training".into(),
            _ => format!(
                "all of this is of the network after epoch {}, the last good one",
                grouped(epochs)
            ),
        };
        Some(format!(
            "Training diverged in epoch {}: the loss or a weight was no longer a finite number; {of}.",
            grouped(epochs + 1)
        ))
    }
}
