//! Work on several threads, where a program has them; a page has none.
//!
//! What is divided are numbers that do not depend on each other, so no bit depends on how many threads there are.

use std::num::NonZeroUsize;

/// More threads than this have nothing to do: steps of training have not so many blocks.
#[cfg(not(target_arch = "wasm32"))]
const MOST: usize = 64;

/// Threads that share work.
#[derive(Default)]
pub struct Threads {
    #[cfg(not(target_arch = "wasm32"))]
    pool: Option<rayon::ThreadPool>,
}

impl Threads {
    /// So many; none where the system has no more than the one that asks.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn new(count: NonZeroUsize) -> Self {
        let pool = || rayon::ThreadPoolBuilder::new().num_threads(count.get().min(MOST));
        Self {
            pool: (count.get() > 1).then(|| pool().build().ok()).flatten(),
        }
    }

    /// None.
    #[cfg(target_arch = "wasm32")]
    #[must_use]
    pub fn new(_: NonZeroUsize) -> Self {
        Self {}
    }

    /// Does some work whose loops they share by [`each`].
    #[cfg(not(target_arch = "wasm32"))]
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    /// Does some work.
    #[cfg(target_arch = "wasm32")]
    #[expect(clippy::unused_self, reason = "a page has no threads")]
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }
}

/// Does `work` for each of these: in any order, by all threads that share the work that this is a part of.
#[cfg(not(target_arch = "wasm32"))]
pub fn each<T: Send>(items: impl Iterator<Item = T>, work: impl Fn(T) + Sync) {
    if rayon::current_thread_index().is_none() {
        items.for_each(work);
        return;
    }
    let work = &work;
    rayon::in_place_scope(|scope| {
        for item in items {
            scope.spawn(move |_| work(item));
        }
    });
}
