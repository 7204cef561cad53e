//! A stage's measurements, made slice by slice by one worker, or stretch by stretch by several.

use std::time::Duration;

use ndarray::{Array2, ArrayView2, Axis, s};
use web_time::Instant;

use super::design::Target;
use super::order::Order;
use super::probe::{Intervention, Values};
use super::stage::{Importance, Means};
use super::tally::is_measurement;
use crate::engine::EngineError;
use crate::keyed::Keyed;

impl Importance {
    /// Measures for about `budget`; true once everything is measured.
    ///
    /// # Errors
    /// If the device stops answering, or numbers are larger than those of a report.
    pub async fn advance(&mut self, budget: Duration) -> Result<bool, EngineError> {
        let start = Instant::now();
        // A browser has no threads, and needs no code for them.
        if cfg!(not(target_arch = "wasm32")) && self.threads.get() > 1 && self.engine == "cpu" {
            self.advance_on_threads(start, budget)?;
        } else {
            while self.done < self.total() {
                let measured = self.batch(self.done, self.extent(self.done)).await?;
                self.add(measured.view());
                if start.elapsed() >= budget {
                    break;
                }
            }
        }
        self.check()?;
        Ok(self.done >= self.total())
    }

    /// How many measurements, from the `first` on, are best made at once.
    pub(super) fn extent(&self, first: usize) -> usize {
        let source = self.targets[self.order.at(first).0].source;
        // Targets of a source follow each other.
        let end = self
            .targets
            .partition_point(|target| target.source <= source);
        let batch = match &self.means {
            Means::Closed(_) => 1,
            Means::Probes(probes) => probes[source].batch(),
        };
        self.order.extent(first, end, batch)
    }

    /// Makes `count` measurements of one probe, from the `first` on, at once.
    pub(super) async fn batch(
        &self,
        first: usize,
        count: usize,
    ) -> Result<Array2<f64>, EngineError> {
        let target = |place: usize| &self.targets[self.order.at(place).0];
        let measured = match &self.means {
            Means::Closed(forms) => {
                let target = target(first);
                let (form, columns) = (&forms[target.source], self.design.columns(target));
                #[cfg(feature = "general")]
                let measured = if self.design.is_of_paper() {
                    form.measure(columns)
                } else {
                    let pools = self.pools(target);
                    form.measure_among(columns, target.exchange.recipients(), pools.as_deref())
                };
                #[cfg(not(feature = "general"))]
                let measured = form.measure(columns);
                measured.insert_axis(Axis(0))
            }
            Means::Probes(probes) => {
                let interventions: Vec<Intervention<'_>> = (first..first + count)
                    .map(|place| self.intervention(place))
                    .collect();
                probes[target(first).source].measure(&interventions).await?
            }
        };
        if measured.iter().copied().all(is_measurement) {
            Ok(measured)
        } else {
            Err(self.overflow())
        }
    }

    /// What is to be done for the `place`-th measurement.
    fn intervention(&self, place: usize) -> Intervention<'_> {
        let (at, nth) = self.order.at(place);
        let target = &self.targets[at];
        Intervention {
            columns: self.design.columns(target),
            exchange: &target.exchange,
            values: self.values(target, at, nth),
        }
    }

    /// Whose values the target `at` is given for its `nth` measurement.
    fn values(&self, target: &Target, at: usize, nth: usize) -> Values {
        let key = || [&target.key[..], &[nth as u64]].concat();
        let keyed = |key: &[u64]| Keyed::new(self.seed, self.design.purpose, key);
        #[cfg(feature = "general")]
        if let Some(pools) = self.pools(target) {
            let recipients = target.exchange.recipients();
            return Values::Given(match &self.order {
                Order::Values { levels, .. } => pools.given(recipients, levels[at][nth].donor),
                Order::Once(_) | Order::Visits(_) => {
                    let of_pool = |pool| keyed(&[&key()[..], &[pool]].concat());
                    pools.permuted(recipients, of_pool)
                }
            });
        }
        match &self.order {
            Order::Values { levels, .. } => Values::Of(levels[at][nth].donor),
            Order::Once(_) | Order::Visits(_) => Values::Permuted(keyed(&key())),
        }
    }

    /// Makes `count` measurements from the `first` on, a row each, and keeps nothing of them.
    ///
    /// The measurements stand in one order and each is a matter of its own: its permutation is keyed
    /// by what it is of, and its numbers do not depend on what is measured beside it. So anyone with
    /// the same images and network can make any stretch of them, and the results are those of one
    /// worker, to the last bit, where they are added up in that order ([`Importance::add`]).
    ///
    /// # Errors
    /// If the device stops answering.
    ///
    /// # Panics
    /// If there are not so many.
    pub async fn measure(&self, first: usize, count: usize) -> Result<Array2<f64>, EngineError> {
        assert!(first + count <= self.total(), "only what is to be measured");
        let mut values = Array2::zeros((count, self.width()));
        let mut done = 0;
        while done < count {
            let next = self.extent(first + done).min(count - done);
            let measured = self.batch(first + done, next).await?;
            values
                .slice_mut(s![done..done + next, ..])
                .assign(&measured);
            done += next;
        }
        Ok(values)
    }

    /// Takes over the measurements that are next in order, a row each; true once there are all.
    ///
    /// # Panics
    /// If there are not so many left, or the rows have not [`Importance::width`] numbers.
    pub fn add(&mut self, measured: ArrayView2<'_, f64>) -> bool {
        assert!(
            self.done + measured.nrows() <= self.total(),
            "only what is left"
        );
        for values in measured.rows() {
            let (at, nth) = self.order.at(self.done);
            let target = &self.targets[at];
            match &self.order {
                Order::Once(_) | Order::Visits(_) => self.tally.add(target.row, values),
                Order::Values { levels, .. } => {
                    if nth == 0 {
                        self.tally.begin();
                    }
                    let level = &levels[at][nth];
                    let share = f64::from(level.count) / f64::from(level.of);
                    self.tally.add_value(share, values);
                    if nth + 1 == levels[at].len() {
                        self.tally.end(target.row);
                    }
                }
            }
            self.done += 1;
        }
        self.done >= self.total()
    }

    /// How many measurements are best made at once.
    #[must_use]
    pub fn stride(&self) -> usize {
        if self.total() == 0 { 1 } else { self.extent(0) }
    }

    /// What has been added up so far, for [`Importance::restore`].
    #[must_use]
    pub fn state(&mut self) -> Vec<f64> {
        let mut state = Vec::new();
        self.visit(&mut |number| state.push(*number));
        state
    }

    /// Goes on from the `state` that a stage of the same images, network and plan was in; false if
    /// this is none.
    #[must_use]
    pub fn restore(&mut self, state: &[f64]) -> bool {
        // Counts, means and sums of squares, the first of them how many measurements there were.
        let are_counts_or_means = state.iter().all(|number| (0.0..f64::MAX).contains(number));
        if state.len() != self.state().len() || !are_counts_or_means {
            return false;
        }
        if state[0] > self.total() as f64 || state[0].fract() != 0.0 {
            return false;
        }
        let mut numbers = state.iter();
        self.visit(&mut |number| *number = *numbers.next().expect("there are as many"));
        self.check().is_ok()
    }

    /// Every number that measurements change, in one order: how many there were comes first.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        let mut done = self.done as f64;
        visit(&mut done);
        self.done = done as usize;
        self.tally.visit(visit);
    }
}
