//! Networks that are trained on the images of a run, one after the other or side by side.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::data::Dataset;
use crate::engine::{Engine, EngineError};
use crate::importance::at_once;
use crate::model::Network;
use crate::settings::Settings;
use crate::train::{Trainer, TrainingHistory};

/// A network that is trained.
#[derive(Clone, Debug)]
pub struct Trained {
    /// As it is after the last epoch.
    pub network: Network,
    /// How its training went.
    pub history: TrainingHistory,
}

/// The training of several networks on the same images, as a job.
///
/// On the CPU they are trained on several threads where there are some, else slice by slice, and there
/// others can take some over: each depends on its settings alone, so who trains it makes no difference.
pub struct Trainings {
    engine: Engine,
    data: Arc<Dataset>,
    threads: NonZeroUsize,
    all: Vec<Training>,
    threaded: Option<Threads>,
}

struct Training {
    settings: Settings,
    state: State,
    /// Whether [`Trainings::news`] has told of it.
    told: bool,
}

enum State {
    /// Nobody has begun it.
    Left,
    Here(Box<Trainer>),
    /// Another thread or worker has it, and has come so many epochs far.
    Elsewhere(f64),
    Trained(Box<Trained>),
}

/// How long a thread trains until it looks whether that is still wanted.
const SLICE: Duration = Duration::from_millis(40);

impl Trainings {
    /// One training for each of `settings`, which have the same classes and the same split: they train on
    /// the training images of `data`.
    #[must_use]
    pub fn new(
        engine: &Engine,
        data: &Arc<Dataset>,
        settings: Vec<Settings>,
        threads: NonZeroUsize,
    ) -> Self {
        let all = settings.into_iter().map(|settings| Training {
            settings,
            state: State::Left,
            told: false,
        });
        Self {
            engine: engine.clone(),
            data: Arc::clone(data),
            threads,
            all: all.collect(),
            threaded: None,
        }
    }

    /// How many networks there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// A network that is trained, by its place; `None` until it is.
    #[must_use]
    pub fn trained(&self, at: usize) -> Option<&Trained> {
        match &self.all.get(at)?.state {
            State::Trained(trained) => Some(trained),
            _ => None,
        }
    }

    /// A network that is trained and was not told of before, with its settings.
    pub fn news(&mut self) -> Option<(&Settings, &Trained)> {
        let is_new = |of: &Training| matches!(of.state, State::Trained(_)) && !of.told;
        let at = self.all.iter().position(is_new)?;
        let training = &mut self.all[at];
        training.told = true;
        let State::Trained(trained) = &training.state else {
            return None;
        };
        Some((&training.settings, trained))
    }

    /// Epochs that are over, of all networks together; parts of an epoch count where they are known.
    #[must_use]
    pub fn done(&self) -> f64 {
        let done = self.all.iter().enumerate().map(|(at, training)| {
            let epochs = training.epochs();
            match &training.state {
                State::Left => 0.0,
                State::Here(trainer) => trainer.epochs_done(),
                State::Elsewhere(come) => {
                    let threads = self.threaded.as_ref();
                    threads
                        .map_or(*come, |threads| threads.epochs(at))
                        .min(epochs)
                }
                State::Trained(_) => epochs,
            }
        });
        done.sum()
    }

    /// Epochs of all networks together.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.all.iter().map(Training::epochs).sum()
    }

    /// Trains for about `budget`; true once all networks are trained.
    ///
    /// # Errors
    /// If the device stops answering.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        if self.threaded.is_none() && self.threads.get() > 1 && !self.engine.queues() {
            self.begin_threads();
        }
        if self.threaded.is_some() {
            self.hear(budget)?;
        } else if let Some(at) = self.next() {
            self.train(at, budget).await?;
        }
        Ok(self.is_over())
    }

    fn is_over(&self) -> bool {
        let mut all = self.all.iter();
        all.all(|training| matches!(training.state, State::Trained(_)))
    }

    /// The one that is trained here, or is to be next.
    fn next(&self) -> Option<usize> {
        let find = |which: fn(&State) -> bool| self.all.iter().position(|of| which(&of.state));
        find(|state| matches!(state, State::Here(_)))
            .or_else(|| find(|state| matches!(state, State::Left)))
    }

    async fn train(&mut self, at: usize, budget: Duration) -> Result<(), EngineError> {
        let training = &mut self.all[at];
        if matches!(training.state, State::Left) {
            let trainer = Trainer::new(&self.engine, &self.data, &training.settings);
            training.state = State::Here(Box::new(trainer));
        }
        let State::Here(trainer) = &mut training.state else {
            return Ok(());
        };
        if trainer.advance(budget).await? {
            training.state = State::Trained(Box::new(Trained {
                network: trainer.network().await?,
                history: trainer.history().clone(),
            }));
        }
        Ok(())
    }

    // What others train

    /// Leaves a training to somebody else, who gives it back by [`Trainings::take`] or
    /// [`Trainings::take_back`]: its place and its settings. `None` where all are begun, and where what
    /// is left is wanted here.
    pub fn hand_out(&mut self) -> Option<(usize, &Settings)> {
        let here = self.all.iter();
        let is_busy = here.clone().any(|of| matches!(of.state, State::Here(_)));
        let mut left = here
            .enumerate()
            .filter(|(_, of)| matches!(of.state, State::Left));
        if self.threaded.is_some() || left.clone().count() < if is_busy { 1 } else { 2 } {
            return None;
        }
        let (at, _) = left.next_back()?;
        let training = &mut self.all[at];
        training.state = State::Elsewhere(0.0);
        Some((at, &training.settings))
    }

    /// Somebody else has come so many epochs far.
    pub fn come(&mut self, at: usize, epochs: f64) {
        if let Some(training) = self.all.get_mut(at)
            && let State::Elsewhere(come) = &mut training.state
            && epochs >= *come
        {
            *come = epochs;
        }
    }

    /// Takes over what somebody else has trained; false where that is not what was left to them.
    pub fn take(&mut self, at: usize, trained: Trained) -> bool {
        let Some(training) = self.all.get_mut(at) else {
            return false;
        };
        if !matches!(training.state, State::Elsewhere(_))
            || trained.network.dims() != training.settings.dims
            || trained.network.encoder().input().size() != self.data.image.size()
        {
            return false;
        }
        training.state = State::Trained(Box::new(trained));
        true
    }

    /// Somebody else trains this one no longer.
    pub fn take_back(&mut self, at: usize) {
        if let Some(training) = self.all.get_mut(at)
            && matches!(training.state, State::Elsewhere(_))
        {
            training.state = State::Left;
        }
    }

    /// Whether all that is not trained yet is left to others.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.threaded.is_none() && !self.is_over() && self.next().is_none()
    }

    // On threads

    /// Has threads train all that is left; where the system has none, it is done slice by slice.
    fn begin_threads(&mut self) {
        let left = self.all.iter().enumerate();
        let left = left.filter(|(_, of)| matches!(of.state, State::Left));
        let queue: VecDeque<_> = left.map(|(at, of)| (at, of.settings.clone())).collect();
        let places: Vec<usize> = queue.iter().map(|(at, _)| *at).collect();
        let threads = self.threads.get().min(queue.len());
        let Some(begun) = Threads::begin(&self.engine, &self.data, (queue, self.count()), threads)
        else {
            self.threads = NonZeroUsize::MIN;
            return;
        };
        for at in places {
            self.all[at].state = State::Elsewhere(0.0);
        }
        self.threaded = Some(begun);
    }

    /// What threads have trained within `budget`.
    fn hear(&mut self, budget: Duration) -> Result<(), EngineError> {
        let Some(threads) = &self.threaded else {
            return Ok(());
        };
        let mut heard = threads.found.recv_timeout(budget);
        while let Ok((at, trained)) = heard {
            self.all[at].state = State::Trained(Box::new(trained?));
            heard = match threads.found.try_recv() {
                Ok(next) => Ok(next),
                Err(_) => return Ok(()),
            };
        }
        if matches!(heard, Err(RecvTimeoutError::Disconnected)) {
            // What a thread has not come to the end of is done here.
            self.threaded = None;
            self.threads = NonZeroUsize::MIN;
            for at in 0..self.count() {
                self.take_back(at);
            }
        }
        Ok(())
    }
}

impl Training {
    /// One that trains for no epoch counts as one, so that there is something to count.
    fn epochs(&self) -> f64 {
        self.settings.epochs.max(1) as f64
    }
}

/// What a thread says of a network: its place, and what has become of it.
type Found = (usize, Result<Trained, EngineError>);

/// Threads that train; they end when this is dropped.
struct Threads {
    found: Receiver<Found>,
    shared: Arc<Shared>,
}

struct Shared {
    /// What no thread has begun.
    queue: Mutex<VecDeque<(usize, Settings)>>,
    /// Bits of the epochs that are over, by the network's place.
    epochs: Vec<AtomicU64>,
    unwanted: AtomicBool,
}

impl Threads {
    /// `None` where there is no thread to be had.
    fn begin(
        engine: &Engine,
        data: &Arc<Dataset>,
        (queue, count): (VecDeque<(usize, Settings)>, usize),
        threads: usize,
    ) -> Option<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            epochs: (0..count).map(|_| AtomicU64::new(0)).collect(),
            unwanted: AtomicBool::new(false),
        });
        let (tell, found) = channel();
        let spawn = |_| {
            let (engine, data) = (engine.clone(), Arc::clone(data));
            let (shared, tell) = (Arc::clone(&shared), tell.clone());
            let train = move || shared.train(&engine, &data, &tell);
            thread::Builder::new().spawn(train).ok()
        };
        let begun = (0..threads).map_while(spawn).count();
        (begun > 0).then_some(Self { found, shared })
    }

    fn epochs(&self, at: usize) -> f64 {
        let bits = self.shared.epochs.get(at);
        bits.map_or(0.0, |bits| f64::from_bits(bits.load(Ordering::Relaxed)))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.unwanted.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn train(&self, engine: &Engine, data: &Arc<Dataset>, tell: &Sender<Found>) {
        let next = || self.queue.lock().ok()?.pop_front();
        while let Some((at, settings)) = next() {
            let Some(found) = self.train_one(engine, data, (at, &settings)) else {
                return;
            };
            // Nobody may be there to hear it.
            if tell.send((at, found)).is_err() {
                return;
            }
        }
    }

    /// `None` where it is no longer wanted.
    fn train_one(
        &self,
        engine: &Engine,
        data: &Arc<Dataset>,
        (at, settings): (usize, &Settings),
    ) -> Option<Result<Trained, EngineError>> {
        let mut trainer = Trainer::new(engine, data, settings);
        loop {
            if self.unwanted.load(Ordering::Relaxed) {
                return None;
            }
            match at_once(trainer.advance(SLICE)) {
                Ok(false) => {
                    let epochs = trainer.epochs_done().to_bits();
                    self.epochs[at].store(epochs, Ordering::Relaxed);
                }
                Ok(true) => break,
                Err(error) => return Some(Err(error)),
            }
        }
        let history = trainer.history().clone();
        let network = at_once(trainer.network());
        Some(network.map(|network| Trained { network, history }))
    }
}

#[cfg(all(test, feature = "engine-cpu"))]
mod tests;
