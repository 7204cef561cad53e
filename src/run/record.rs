//! What is measured of a network after its epochs, on threads that are idle while it trains.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::work::Work;
use super::{Prepared, Run, RunError, Snapshot, Stage, Update};
use crate::data::Dataset;
use crate::engine::Engine;
use crate::history::{History, Moment};
use crate::importance::{Demand, at_once};
use crate::model::{Layer, Network};
use crate::report::{DataSource, Report};
use crate::settings::Settings;

/// Measures what a run hands out while it trains: the run's own numbers do not depend on it.
///
/// Threads that have nothing else to do measure one epoch each, coarse to fine. Once the network is trained they rest
/// until the run is done, which has all of them by then; [`Recording::finish`] measures what is left. With one thread,
/// epochs 0, 1, 2, 4, 8, … are measured after the run.
pub struct Recording {
    shared: Arc<Shared>,
    basis: Basis,
    threads: Vec<JoinHandle<()>>,
    /// Whether every epoch is measured, or each is that is a power of two.
    every: bool,
}

/// What a run measures on, wherever that is done.
#[derive(Clone)]
struct Basis {
    engine: Engine,
    settings: Settings,
    data: Arc<Dataset>,
    source: DataSource,
    prepared: Prepared,
    demand: Demand,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Something changed.
    news: Condvar,
}

#[derive(Default)]
struct State {
    /// To be measured.
    waiting: BTreeMap<usize, Network>,
    /// Only these epochs are waiting: of so many, one; 0 before any was forgotten.
    step: usize,
    found: History,
    refused: Vec<(usize, RunError)>,
    /// Epochs in hand.
    busy: usize,
    rests: bool,
    is_over: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect(UNPOISONED)
    }
}

impl State {
    /// The next epoch to measure: 0 and the powers of two, then what halves the gaps between those that are there.
    fn next(&mut self) -> Option<(usize, Network)> {
        let order = |epoch: &usize| {
            let halvings = usize::BITS - epoch.trailing_zeros();
            (if is_coarse(*epoch) { 0 } else { halvings }, *epoch)
        };
        while let Some(epoch) = self.waiting.keys().copied().min_by_key(order) {
            let network = self.waiting.remove(&epoch)?;
            if self.found.wants(epoch) {
                return Some((epoch, network));
            }
        }
        None
    }

    fn wait_for(&mut self, epoch: usize, network: Network) {
        let is_left_out = self.step > 0 && !epoch.is_multiple_of(self.step);
        // Steps that are taken once more lead to the same networks.
        let is_known = self.found.at(epoch).is_some() || self.waiting.contains_key(&epoch);
        if is_left_out || is_known {
            return;
        }
        let bytes = |network: &Network| -> usize {
            let weights = network.layers().flat_map(Layer::weights);
            weights.map(|matrix| size_of::<f32>() * matrix.len()).sum()
        };
        let each = bytes(&network);
        self.waiting.insert(epoch, network);
        while self.waiting.len() > 1 && self.waiting.len() * each > History::MOST_BYTES {
            self.step = (2 * self.step).max(2);
            let step = self.step;
            self.waiting.retain(|epoch, _| epoch.is_multiple_of(step));
        }
    }
}

/// Whether an epoch is measured even where nobody is idle.
fn is_coarse(epoch: usize) -> bool {
    epoch == 0 || epoch.is_power_of_two()
}

impl Basis {
    /// Of this run. Where the engine queues its work, the CPU is idle while it trains.
    fn of(run: &Run) -> Self {
        let engine = &run.engine;
        #[cfg(feature = "engine-cpu")]
        let engine = &if engine.queues() {
            Engine::cpu()
        } else {
            engine.clone()
        };
        Self {
            engine: engine.clone(),
            settings: run.report.settings.clone(),
            data: Arc::clone(&run.data),
            source: run.report.data.clone(),
            prepared: run.prepared.clone(),
            demand: run.demand,
        }
    }

    /// Measures a network of the run, slice by slice, as long as `goes_on` says so.
    async fn measure(
        measuring: &mut Run,
        (epoch, network): (usize, Network),
        goes_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Moment>, RunError> {
        measuring.again(network);
        while measuring.stage() != Stage::Done {
            if !goes_on() {
                return Ok(None);
            }
            measuring.advance(SLICE).await?;
        }
        let network = measuring.network().expect("it was given");
        Ok(measuring.report().moment(epoch, network))
    }

    /// A run that measures, on one thread.
    fn run(&self) -> Run {
        let known = (self.prepared.clone(), self.demand);
        let data = Arc::clone(&self.data);
        let settings = self.settings.clone();
        let mut run = Run::at(Work::Done, &self.engine, settings, data, known);
        run.report.data = self.source.clone();
        run
    }
}

/// Between two slices, other work of the same thread is heard.
const SLICE: Duration = Duration::from_millis(50);

impl Run {
    /// Has what this run hands out measured on the threads that it measures on, but for the one that trains, as long as
    /// they are idle; on the CPU, where it is compiled in. Without such threads, nothing is measured before the run is done.
    ///
    /// To be called before the run's first slice; every update is then told to [`Recording::hear`].
    #[must_use]
    pub fn recorded(mut self) -> (Self, Recording) {
        self.takes_snapshots = true;
        if let Work::Training(trainer) = &mut self.work {
            trainer.on_threads(NonZeroUsize::MIN);
        }
        let basis = Basis::of(&self);
        let trains_here = usize::from(!self.engine.queues());
        let idle = if basis.engine.queues() {
            0
        } else {
            self.threads.get() - trains_here
        };
        let recording = Recording::new(basis, idle);
        (self, recording)
    }
}

impl Recording {
    fn new(basis: Basis, idle: usize) -> Self {
        let mut recording = Self {
            shared: Arc::default(),
            basis,
            threads: Vec::new(),
            every: idle > 0,
        };
        recording.spawn(idle);
        recording
    }

    /// Where the system has no more threads, those that there are do the work.
    fn spawn(&mut self, count: usize) {
        let spawned = (0..count).map_while(|_| {
            let (shared, basis) = (Arc::clone(&self.shared), self.basis.clone());
            let work = move || measure_all(&shared, &basis);
            thread::Builder::new().spawn(work).ok()
        });
        self.threads.extend(spawned);
    }

    /// Hears of the run.
    pub fn hear(&mut self, update: &mut Update) {
        let mut state = self.shared.lock();
        state.rests = !matches!(update.stage, Stage::WarmUp | Stage::Training);
        if let Some(Snapshot { epoch, network }) = update.snapshot.take()
            && (self.every || is_coarse(epoch))
            && network.is_finite()
        {
            state.wait_for(epoch, network);
        }
        self.shared.news.notify_all();
    }

    /// Measures what is left, on all threads, once the run whose `report` and `network` these are is done. `goes_on` hears
    /// how many epochs are measured and how many there are, and says whether to go on; `None` if not.
    pub async fn finish(
        self,
        report: &Report,
        network: &Network,
        mut goes_on: impl FnMut(usize, usize) -> bool,
    ) -> Option<Recorded> {
        let last = report.training.as_ref();
        let last = last.map_or(0, |training| training.held_out_loss.len());
        self.shared.end_with(last);
        let mut measuring = self.basis.run();
        loop {
            let (known, total, next) = {
                let mut state = self.shared.lock();
                let known = state.found.moments().len();
                let total = known + state.busy + state.waiting.len();
                let next = state.next();
                if next.is_none() {
                    if state.busy == 0 || self.threads.iter().all(JoinHandle::is_finished) {
                        break;
                    }
                    let news = self.shared.news.wait_timeout(state, SLICE);
                    drop(news.expect(UNPOISONED));
                }
                (known, total, next)
            };
            let Some(next) = next else {
                if !goes_on(known, total) {
                    return None;
                }
                continue;
            };
            let epoch = next.0;
            let mut heard = || goes_on(known, total);
            match Basis::measure(&mut measuring, next, &mut heard).await {
                Ok(None) => return None,
                found => self.shared.keep(epoch, found),
            }
        }
        let mut state = self.shared.lock();
        let mut history = std::mem::take(&mut state.found);
        let refused = std::mem::take(&mut state.refused);
        drop(state);
        if let Some(moment) = report.moment(last, network) {
            history.add(moment);
        }
        Some(Recorded { history, refused })
    }
}

const UNPOISONED: &str = "no thread panics while it holds this";

impl Drop for Recording {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.is_over = true;
            state.waiting.clear();
            self.shared.news.notify_all();
        }
        for thread in self.threads.drain(..) {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// What was measured after a run's epochs.
#[derive(Debug)]
pub struct Recorded {
    /// The moments, of the final network too.
    pub history: History,
    /// Epochs that could not be measured, and why.
    pub refused: Vec<(usize, RunError)>,
}

impl Shared {
    /// The run is done, and this is its last epoch; of steps that were taken once more, others did not lead there.
    fn end_with(&self, last: usize) {
        let mut state = self.lock();
        state.waiting.retain(|&epoch, _| epoch < last);
        state.found = std::mem::take(&mut state.found).ending_with(last);
        state.rests = false;
        self.news.notify_all();
    }

    fn keep(&self, epoch: usize, found: Result<Option<Moment>, RunError>) {
        let mut state = self.lock();
        match found {
            Ok(Some(moment)) => state.found.add(moment),
            Ok(None) => {}
            Err(error) => state.refused.push((epoch, error)),
        }
        self.news.notify_all();
    }
}

/// A thread's work: one epoch after the other, while there are such.
fn measure_all(shared: &Shared, basis: &Basis) {
    let mut measuring = basis.run();
    loop {
        let mut state = shared.lock();
        let next = loop {
            if state.is_over {
                return;
            }
            let next = if state.rests { None } else { state.next() };
            if next.is_some() {
                break next;
            }
            state = shared.news.wait(state).expect(UNPOISONED);
        };
        let Some(next) = next else { return };
        state.busy += 1;
        drop(state);
        let epoch = next.0;
        let mut goes_on = || !shared.lock().is_over;
        let found = at_once(Basis::measure(&mut measuring, next, &mut goes_on));
        shared.lock().busy -= 1;
        shared.keep(epoch, found);
    }
}
