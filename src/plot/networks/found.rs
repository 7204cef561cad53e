//! What is drawn of a comparison with other networks.

use crate::data::Nouns;
use crate::networks::{Match, Networks, OtherNetwork, Verdict};
use crate::report::{Metric, Report};

use super::super::figure::FigureSpec;
use super::super::number::significant;
use super::super::shown::Shown;
use crate::attribution::Attribution;
use crate::report::Unit;

/// What is known of other networks, where it is of the figure's dimensions.
pub(super) struct Found<'a> {
    pub networks: &'a Networks,
    /// Dimensions that are shown, top first.
    pub order: Vec<usize>,
    /// Whose maps are drawn beside each other.
    pub dim: usize,
    /// Row of latent importance that is shown.
    pub class: usize,
    pub nouns: Nouns,
}

impl<'a> Found<'a> {
    pub fn of(report: Option<&'a Report>, spec: &FigureSpec, dim: Option<usize>) -> Option<Self> {
        let networks = report?.networks.as_ref()?;
        let fits = |other: &OtherNetwork| other.matches.len() == spec.dims;
        if networks.chance.len() != spec.dims || !networks.others.iter().all(fits) {
            return None;
        }
        let order = Shown::new(report, spec).order;
        let first = order.first().copied().unwrap_or(0);
        let dim = dim.filter(|dim| *dim < spec.dims);
        Some(Self {
            networks,
            order,
            dim: dim.unwrap_or(first),
            class: spec.class,
            nouns: spec.form().nouns(),
        })
    }

    pub fn others(&self) -> &'a [OtherNetwork] {
        &self.networks.others
    }

    pub fn matches(&self, dim: usize) -> impl Iterator<Item = &'a Match> {
        self.networks.others.iter().map(move |of| &of.matches[dim])
    }

    pub fn count(&self, dim: usize, verdict: Verdict) -> usize {
        self.matches(dim).filter(|of| of.verdict == verdict).count()
    }

    /// Whether the dimension says the same of every image in the network that is shown.
    pub fn is_inactive(&self, dim: usize) -> bool {
        let mut all = self.matches(dim);
        all.all(|of| of.verdict == Verdict::Inactive) && !self.networks.others.is_empty()
    }

    /// What has become of a dimension, with room and with little: `found again in 3 of 4`, `3 of 4`.
    pub fn verdict(&self, dim: usize) -> [String; 2] {
        if self.is_inactive(dim) {
            return ["inactive".into(), "inactive".into()];
        }
        let all = self.networks.others.len();
        let again = self.count(dim, Verdict::FoundAgain);
        let mixed = self.count(dim, Verdict::Mixed);
        let mixed_in = match mixed {
            0 => String::new(),
            mixed => format!(", mixed in {mixed}"),
        };
        [
            format!("found again in {again} of {all}{mixed_in}"),
            format!("{again} of {all}"),
        ]
    }

    /// Mean of IE over the networks that have the dimension, and its standard deviation over them.
    pub fn importance(&self, dim: usize) -> Option<(f64, Option<f64>)> {
        let mean = self.networks.mean.get(self.class)?.get(dim)?;
        let deviation = self.networks.deviation.get(self.class);
        let deviation = deviation.and_then(|row| row.get(dim).copied().flatten());
        Some((f64::from(*mean), deviation.map(f64::from)))
    }

    /// IE of the dimension in each of the other networks that have it.
    pub fn elsewhere(&self, dim: usize) -> impl Iterator<Item = f64> {
        let class = self.class;
        let found = self.networks.others.iter().filter_map(move |of| {
            let value = of.latent_importance.get(class)?.get(dim)?;
            *value
        });
        found.map(f64::from)
    }

    /// Where the longest mark of importance ends; `None` where there is none.
    pub fn longest(&self, own: &Shown<'_>) -> Option<f64> {
        let ends = (0..own.spec.dims).flat_map(|dim| {
            let mean = self.importance(dim);
            let mean = mean.map(|(mean, deviation)| mean + deviation.unwrap_or(0.0));
            let own = own.bar(dim).map(|(mean, _)| mean);
            self.elsewhere(dim).chain(mean).chain(own)
        });
        let longest = ends.fold(0.0, f64::max);
        (longest > 0.0).then_some(longest)
    }
}

/// The figure with the paper's own maps of single pixels, and with mean squared changes.
pub(super) fn papers(spec: &FigureSpec) -> FigureSpec {
    FigureSpec {
        maps: Attribution::Permutation,
        single: true,
        unit: Unit::Paper,
        metric: Metric::Mse,
        ..spec.clone()
    }
}

/// What is said of a match: `dimension 5, r −0.93`.
pub(super) fn matched(of: &Match) -> String {
    match (of.dim, of.r) {
        (Some(dim), Some(r)) => {
            format!("dimension {}, r {}", dim + 1, significant(f64::from(r), 2))
        }
        _ => "no match".into(),
    }
}

pub(super) fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::FoundAgain => "found again",
        Verdict::Mixed => "mixed",
        Verdict::NotFound => "not found",
        Verdict::Inactive => "inactive",
    }
}
