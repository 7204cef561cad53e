//! A stage's measurements on several threads at once.

use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use web_time::Instant;

use super::stage::Importance;
use crate::engine::EngineError;

/// Threads at once, at most: more than the cores of any machine, and no burden to it.
const THREADS: usize = 1024;

impl Importance {
    /// As [`Importance::advance`], batch for batch the same, on several threads. What they find is
    /// added in the order of one thread, so that not even rounding differs.
    pub(super) fn advance_on_threads(
        &mut self,
        start: Instant,
        budget: Duration,
    ) -> Result<(), EngineError> {
        let stage = &*self;
        let next = Mutex::new(stage.done());
        let take = || {
            let mut next = next.lock().expect("no thread panics here");
            let first = *next;
            (first < stage.total()).then(|| {
                let count = stage.extent(first);
                *next = first + count;
                (first, count)
            })
        };
        let measure = || {
            let mut found = Vec::new();
            while let Some((first, count)) = take() {
                found.push((first, at_once(stage.batch(first, count))));
                if start.elapsed() >= budget {
                    break;
                }
            }
            found
        };
        // No more than there are batches, if all are as the next; where the system has no more
        // threads, those that there are do the work.
        let left = stage.total() - stage.done();
        let batches = left.div_ceil(if left > 0 {
            stage.extent(stage.done())
        } else {
            1
        });
        let threads = self.threads.get().min(batches).min(THREADS);
        let mut found = thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map_while(|_| thread::Builder::new().spawn_scoped(scope, measure).ok())
                .collect();
            let mut found = measure();
            for other in others {
                found.extend(other.join().expect("measuring does not panic"));
            }
            found
        });
        found.sort_unstable_by_key(|(first, _)| *first);
        for (_, measured) in found {
            self.add(measured?.view());
        }
        Ok(())
    }
}

/// What comes of work on the CPU, which is done when it is first asked for.
#[must_use]
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => unreachable!("the CPU lets nobody wait"),
    }
}
