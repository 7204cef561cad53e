//! Which dimension carries which factor: in words, and whether it is consistent.

use crate::latents::Factors;
use crate::numerals::grouped;
use crate::report::Report;

/// Dimensions that are named, at most.
const NAMED: usize = 12;
/// The share of a factor's entropy below which a dimension has nothing of it.
const NOTHING: f64 = 0.02;

impl Factors {
    /// What each dimension carries, who shares a factor, what none carries, and the gap, a sentence each.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let dims = self.information.first().map_or(0, Vec::len);
        let factors = 0..self.names.len();
        let carried = |dim: usize| -> Vec<&str> {
            let those = factors.clone().filter(|&factor| self.carries(factor, dim));
            those.map(|factor| self.names[factor].as_str()).collect()
        };
        let mut said: Vec<String> = Vec::new();
        let mut unnamed = 0;
        for dim in 0..dims {
            let sentence = match &carried(dim)[..] {
                [] => continue,
                [only] => {
                    let shares = factors.clone().map(|factor| self.share(factor, dim));
                    if shares.filter(|&share| share >= NOTHING).count() > 1 {
                        format!("Dimension {} carries mostly {only}.", dim + 1)
                    } else {
                        format!("Dimension {} carries {only} and nothing else.", dim + 1)
                    }
                }
                several => format!("Dimension {} mixes {}.", dim + 1, listed(several)),
            };
            if said.len() < NAMED {
                said.push(sentence);
            } else {
                unnamed += 1;
            }
        }
        if unnamed > 0 {
            said.push(format!(
                "{} more {} some of them.",
                grouped(unnamed),
                carry(unnamed)
            ));
        }
        for factor in factors.clone() {
            let those: Vec<String> = (0..dims)
                .filter(|&dim| self.carries(factor, dim))
                .map(|dim| (dim + 1).to_string())
                .collect();
            let name = &self.names[factor];
            match &those.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                [] => said.push(format!("No dimension carries {name}.")),
                [_] => {}
                those if those.len() <= NAMED => {
                    said.push(format!(
                        "Of {name}, dimensions {} each have a part.",
                        listed(those)
                    ));
                }
                those => said.push(format!(
                    "Of {name}, {} dimensions each have a part.",
                    those.len()
                )),
            }
        }
        let none = (0..dims).filter(|&dim| carried(dim).is_empty()).count();
        if none > 0 {
            let inactive = match self.inactive.len() {
                0 => String::new(),
                same if same == none && none == 1 => ", which is inactive".into(),
                same if same == none => ", which are inactive".into(),
                1 => ", of which 1 is inactive".into(),
                some => format!(", of which {some} are inactive"),
            };
            said.push(format!(
                "{none} of {dims} {} none of them{inactive}.",
                carry(none)
            ));
        }
        said.extend(self.gap_in_words());
        said
    }

    fn gap_in_words(&self) -> Option<String> {
        self.gap().map(|gap| {
            format!(
                "The mutual information gap is {gap:.2}: by so much of its entropy, a factor's first dimension is \
                 ahead of its second, on average."
            )
        })
    }
}

/// The verb of so many dimensions.
fn carry(dimensions: usize) -> &'static str {
    if dimensions == 1 { "carries" } else { "carry" }
}

/// `1`, `1 and 2`, `1, 2 and 3`.
fn listed(items: &[&str]) -> String {
    match items {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => items.concat(),
    }
}

impl Report {
    /// As [`Report::check`], of factors.
    pub(super) fn check_factors(&self) -> Result<(), String> {
        let Some(found) = &self.factors else {
            return Ok(());
        };
        let dims = self.settings.dims;
        let numbers = found.information.iter().chain(&found.by_chance).flatten();
        let is_share = |gap: &f32| (0.0..=1.0).contains(gap);
        let whole = found.is_of(dims)
            && found.bins > 0
            && found.inactive.iter().all(|&dim| (dim as usize) < dims)
            && found
                .entropy
                .iter()
                .all(|entropy| entropy.is_finite() && *entropy > 0.0)
            && found.gaps.iter().all(is_share);
        if whole && numbers.clone().all(|number| number.is_finite()) {
            Ok(())
        } else {
            Err("of factors, numbers are missing or beyond what they can be".into())
        }
    }

    /// How far apart dimensions carry factors, or why that is not known though it was asked for.
    pub(super) fn factors_in_words(&self) -> Vec<String> {
        let Some(found) = &self.factors else {
            return self.without_factors().into_iter().collect();
        };
        let measured = format!(
            "Which dimension carries which factor was measured on {} images that were made for it: mutual \
             information in {} bins, less that of shuffled factors; from {:.1} of a factor's entropy on, a dimension \
             is said to carry it.",
            grouped(found.images),
            found.bins,
            Factors::CARRIED
        );
        [measured].into_iter().chain(found.gap_in_words()).collect()
    }

    fn without_factors(&self) -> Option<String> {
        let is_known = self.data.made.as_deref() == Some("shapes");
        (self.settings.measure.factors && !is_known).then(|| {
            "Which dimension carries which factor cannot be measured: what these images are made of is not known, as \
             it is of the data Shapes."
                .into()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageShape;

    /// Of three factors and four dimensions, the last of which is inactive.
    fn found() -> Factors {
        Factors {
            names: ["size", "x", "y"].map(String::from).into(),
            entropy: vec![2.0, 1.0, 4.0],
            information: vec![
                vec![0.19, 0.0, -0.01, 0.0],
                vec![0.02, 0.75, 0.25, 0.0],
                vec![0.0, 0.4, 0.07, 0.0],
            ],
            by_chance: vec![vec![0.01; 4]; 3],
            gaps: vec![0.095, 0.5, 0.0025],
            inactive: vec![3],
            images: 10_000,
            bins: 20,
        }
    }

    #[test]
    fn what_carries_what_is_said() {
        let words = found().in_words();
        let expected = [
            "Dimension 2 mixes x and y.",
            "Dimension 3 carries x and nothing else.",
            "No dimension carries size.",
            "Of x, dimensions 2 and 3 each have a part.",
            "2 of 4 carry none of them, of which 1 is inactive.",
            "The mutual information gap is 0.20: by so much of its entropy, a factor's first dimension is ahead of its \
             second, on average.",
        ];
        assert_eq!(words, expected);
        // A dimension with some of another factor carries more than one.
        let mut mostly = found();
        mostly.information[2][2] = 0.39;
        assert_eq!(mostly.in_words()[1], "Dimension 3 carries mostly x.");
    }

    #[test]
    fn factors_that_are_not_of_the_report_are_refused() {
        let mut report = Report::blank(ImageShape::grey(1, 3), 4, &[3]);
        let spoils: [fn(&mut Factors); 6] = [
            |found| found.names.truncate(2),
            |found| found.information[1].truncate(3),
            |found| found.by_chance[0][0] = f32::NAN,
            |found| found.entropy[0] = 0.0,
            |found| found.gaps[1] = 1.5,
            |found| found.inactive[0] = 4,
        ];
        report.factors = Some(found());
        report.check_factors().unwrap();
        for spoil in spoils {
            let mut other = found();
            spoil(&mut other);
            report.factors = Some(other);
            assert!(report.check_factors().is_err());
        }
    }

    #[test]
    fn why_factors_are_not_known_is_said() {
        let mut report = Report::blank(ImageShape::grey(1, 3), 4, &[3]);
        assert_eq!(report.factors_in_words(), [""; 0]);
        report.settings.measure.factors = true;
        let words = report.factors_in_words();
        assert!(words[0].contains("cannot be measured"), "{words:?}");
        report.data.made = Some("shapes".into());
        assert_eq!(report.factors_in_words(), [""; 0]);
        report.factors = Some(found());
        let words = report.factors_in_words().join(" ");
        assert!(
            words.contains("on 10,000 images") && words.contains("gap is 0.20"),
            "{words}"
        );
    }
}
