//! How many interventions are measured at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How long a larger batch than is worthwhile may take: a person who wants to pause waits until it is
/// done.
const BATCH_TIME: Duration = Duration::from_millis(30);

/// As many interventions as are measured in time, as the clock has told lately.
pub(super) struct Pace {
    /// That are worthwhile at once, and that fit.
    least: usize,
    most: usize,
    batch: AtomicUsize,
}

impl Pace {
    pub(super) fn new(least: usize, most: usize) -> Self {
        let least = least.clamp(1, most);
        Self {
            least,
            most,
            batch: AtomicUsize::new(least),
        }
    }

    pub(super) fn batch(&self) -> usize {
        self.batch.load(Ordering::Relaxed)
    }

    /// So many were measured at once, in so much time.
    pub(super) fn took(&self, count: usize, time: Duration) {
        let fitting = BATCH_TIME.as_secs_f64() / time.as_secs_f64() * count as f64;
        // A first batch compiles shaders, and any may have waited for other work.
        let fitting = (fitting as usize).clamp(count / 2, 2 * count);
        let fitting = fitting.clamp(self.least, self.most);
        self.batch.store(fitting, Ordering::Relaxed);
    }
}
