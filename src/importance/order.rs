//! In which order a stage's measurements are made.

use super::levels::Level;

/// Which measurement stands at which place. Measurements are of targets, of which there are so many
/// in one order.
pub(super) enum Order {
    /// Every target once.
    Once(usize),
    /// Every value of a target, one after the other; then the next target's.
    Values {
        /// Of every target.
        levels: Vec<Vec<Level>>,
        /// Measurements before each target's first.
        before: Vec<usize>,
    },
    /// Permutations, every target once before any a second time, or so many times at each visit.
    Visits(Visits),
}

impl Order {
    pub(super) fn of_values(levels: Vec<Vec<Level>>) -> Self {
        let mut total = 0;
        let before = levels
            .iter()
            .map(|levels| {
                total += levels.len();
                total - levels.len()
            })
            .collect();
        Self::Values { levels, before }
    }

    /// Measurements in all.
    pub(super) fn total(&self) -> usize {
        match self {
            Self::Once(targets) => *targets,
            Self::Values { levels, .. } => levels.iter().map(Vec::len).sum(),
            Self::Visits(visits) => visits.targets.saturating_mul(visits.repeats),
        }
    }

    /// The target that the `place`-th measurement is of, and which one of this target's it is.
    pub(super) fn at(&self, place: usize) -> (usize, usize) {
        match self {
            Self::Once(_) => (place, 0),
            Self::Values { before, .. } => {
                let at = before.partition_point(|&before| before <= place) - 1;
                (at, place - before[at])
            }
            Self::Visits(visits) => visits.at(place),
        }
    }

    /// How many measurements from the `first` on make a batch of about `batch` that ends before the
    /// target `end`.
    pub(super) fn extent(&self, first: usize, end: usize, batch: usize) -> usize {
        match self {
            Self::Once(_) => 1,
            Self::Values { before, .. } => {
                let end = before.get(end).copied().unwrap_or_else(|| self.total());
                batch.min(end - first)
            }
            Self::Visits(visits) => {
                let (at, _) = visits.at(first);
                let (together, _) = visits.visit(first);
                let visited = (batch / together).max(1);
                visited.min(end - at) * together - visits.within(first)
            }
        }
    }
}

/// In which order targets are permuted: all are visited before any is visited again, each time for
/// so many repeats together.
#[derive(Clone, Copy)]
pub(super) struct Visits {
    pub targets: usize,
    pub repeats: usize,
    pub together: usize,
}

impl Visits {
    /// How many repeats the visit that the `place`-th measurement belongs to is for, and how many
    /// each target had before it.
    fn visit(self, place: usize) -> (usize, usize) {
        let before = place / (self.targets * self.together) * self.together;
        (self.together.min(self.repeats - before), before)
    }

    /// How many repeats of the same visit stand before the `place`-th measurement.
    fn within(self, place: usize) -> usize {
        let (together, before) = self.visit(place);
        (place - self.targets * before) % together
    }

    /// The target and the repeat of it that the `place`-th measurement is of.
    fn at(self, place: usize) -> (usize, usize) {
        let (together, before) = self.visit(place);
        let place = place - self.targets * before;
        (place / together, before + place % together)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(order: &Order) -> Vec<(usize, usize)> {
        (0..order.total()).map(|place| order.at(place)).collect()
    }

    #[test]
    fn every_target_is_visited_once_before_any_is_visited_twice() {
        let order = Order::Visits(Visits {
            targets: 2,
            repeats: 5,
            together: 2,
        });
        let expected = [
            [(0, 0), (0, 1), (1, 0), (1, 1)].as_slice(),
            &[(0, 2), (0, 3), (1, 2), (1, 3)],
            &[(0, 4), (1, 4)],
        ];
        assert_eq!(places(&order), expected.concat());
        // A batch holds whole visits, as many as are left before its end.
        assert_eq!(order.extent(0, 2, 4), 4);
        assert_eq!(order.extent(1, 2, 4), 3);
        assert_eq!(order.extent(0, 1, 4), 2);
        assert_eq!(order.extent(8, 2, 4), 2);
    }

    #[test]
    fn values_of_a_target_follow_each_other() {
        let level = |donor| Level {
            donor,
            count: 1,
            of: 3,
        };
        let of_three = [3, 1, 2].map(|count| (0..count).map(level).collect());
        let order = Order::of_values(of_three.into());
        let expected = [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1)];
        assert_eq!(places(&order), expected);
        assert_eq!(order.extent(1, 1, 9), 2);
        assert_eq!(order.extent(1, 3, 4), 4);
        assert_eq!(order.extent(4, 3, 4), 2);
    }
}
