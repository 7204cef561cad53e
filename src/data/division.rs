//! Which images are trained on, and which are explained.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::keyed::{Keyed, Purpose};

/// How images are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Decides which images are held out, and which of many are explained.
    pub seed: u32,
    /// Of every hundred images of a class, so many are held out.
    pub held_out: u8,
    /// Which images importance is measured on.
    pub explain: Explain,
    /// Whether a network is trained on some of them; one that was brought was trained elsewhere.
    pub trains: bool,
}

/// Which images importance is measured on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Explain {
    /// All, for a model that was trained elsewhere; those held out, or the test set, for one that is
    /// trained here.
    #[default]
    Auto,
    /// All, those trained on included.
    All,
    /// Those that the seed holds out; the test set where there is one.
    HeldOut,
    /// So many of those that [`Explain::Auto`] takes, in proportion to the classes.
    Some(NonZeroUsize),
}

impl fmt::Display for Explain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => write!(f, "auto"),
            Self::All => write!(f, "all"),
            Self::HeldOut => write!(f, "held-out"),
            Self::Some(count) => write!(f, "{count}"),
        }
    }
}

impl FromStr for Explain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "all" => Ok(Self::All),
            "held-out" => Ok(Self::HeldOut),
            number => number.parse().map(Self::Some).map_err(|_| {
                "Explained are all images, those held-out, or a number of them.".to_owned()
            }),
        }
    }
}

impl TryFrom<String> for Explain {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Explain> for String {
    fn from(explain: Explain) -> Self {
        explain.to_string()
    }
}

impl Division {
    /// Which of a class's `count` images are held out, and which are not; both in order.
    pub(super) fn split(&self, label: u8, count: usize) -> (Vec<usize>, Vec<usize>) {
        let percent = u64::from(100 - self.held_out.min(99));
        let trained_on = (count as u64 * percent / 100).max(1) as usize;
        let order = Keyed::new(self.seed, Purpose::Split, &[label.into()]).permutation(count);
        let (out, keep) = order.split_at(count.saturating_sub(trained_on));
        (in_order(out), in_order(keep))
    }

    /// `wanted` places, in order, of a class's `count`.
    pub(super) fn choose(&self, label: u8, count: usize, wanted: usize) -> Vec<usize> {
        let order = Keyed::new(self.seed, Purpose::Explained, &[label.into()]).permutation(count);
        in_order(&order[..wanted.min(count)])
    }
}

fn in_order(places: &[u32]) -> Vec<usize> {
    let mut places: Vec<usize> = places.iter().map(|&place| place as usize).collect();
    places.sort_unstable();
    places
}

/// Divides `total` among classes of these sizes in proportion to them (the largest remainders get
/// what rounding leaves), and gives every class two, or what it has, as far as that goes: among
/// fewer nothing can be permuted.
pub(super) fn in_proportion(sizes: &[usize], total: usize) -> Vec<usize> {
    let all: usize = sizes.iter().sum();
    if total >= all {
        return sizes.to_vec();
    }
    let exact = |size: usize| size as u128 * total as u128;
    let mut shares: Vec<usize> = sizes
        .iter()
        .map(|&size| (exact(size) / all as u128) as usize)
        .collect();
    let mut remainders: Vec<Option<u128>> = sizes
        .iter()
        .map(|&size| Some(exact(size) % all as u128))
        .collect();
    for _ in shares.iter().sum::<usize>()..total {
        // Of equal ones, the first.
        let largest = (0..sizes.len())
            .rev()
            .max_by_key(|&class| remainders[class]);
        if let Some(class) = largest {
            shares[class] += 1;
            remainders[class] = None;
        }
    }
    for least in 1..=2 {
        for class in 0..sizes.len() {
            let richest = (0..sizes.len()).max_by_key(|&other| shares[other]);
            if let Some(richest) = richest
                && shares[class] < least.min(sizes[class])
                && shares[richest] > least
            {
                shares[richest] -= 1;
                shares[class] += 1;
            }
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explained_is_written_in_one_word() {
        for (text, explain) in [
            ("auto", Explain::Auto),
            ("all", Explain::All),
            ("held-out", Explain::HeldOut),
            ("60", Explain::Some(NonZeroUsize::new(60).unwrap())),
        ] {
            assert_eq!(text.parse(), Ok(explain));
            assert_eq!(explain.to_string(), text);
        }
        for bad in ["", "0", "-1", "some", "1.5"] {
            assert!(bad.parse::<Explain>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_of_images_is_divided_in_proportion_and_every_class_gets_two() {
        assert_eq!(in_proportion(&[100, 100], 10), [5, 5]);
        assert_eq!(in_proportion(&[600, 300, 100], 10), [5, 3, 2]);
        assert_eq!(in_proportion(&[1, 1000], 100), [1, 99]);
        assert_eq!(in_proportion(&[3, 1000], 100), [2, 98]);
        assert_eq!(in_proportion(&[4, 4, 4], 3), [1, 1, 1]);
        assert_eq!(in_proportion(&[4, 5], 100), [4, 5]);
        let many = in_proportion(&[70, 11, 905, 2, 14], 77);
        assert_eq!(many.iter().sum::<usize>(), 77);
    }
}
