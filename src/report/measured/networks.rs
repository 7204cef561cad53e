//! Other networks and controls: whether their parts of a report are sound, and what they come to, in words.

use crate::networks::{Controls, MIXED, Networks, Verdict};
use crate::numerals::{counted, grouped};
use crate::report::Report;

impl Verdict {
    /// What is said of a dimension.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FoundAgain => "found again",
            Self::Mixed => "mixed",
            Self::NotFound => "not found",
            Self::Inactive => "inactive",
        }
    }

    /// Its name in reports and tables.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::FoundAgain => "found-again",
            Self::Mixed => "mixed",
            Self::NotFound => "not-found",
            Self::Inactive => "inactive",
        }
    }
}

// What they come to

impl Report {
    /// What became of the dimensions in other networks, and what that means; nothing where none were asked for.
    #[must_use]
    pub fn networks_in_words(&self) -> Vec<String> {
        let wanted = self.settings.measure.networks > 1;
        let untrained = wanted && self.model.is_some();
        let mut sentences = Vec::new();
        if untrained {
            sentences.push(
                "No other networks were trained: how the model that was brought was trained is not known. \
                 Others that were trained like it can be given beside it."
                    .into(),
            );
        }
        let Some(found) = self.networks.as_ref().filter(|all| !all.others.is_empty()) else {
            return sentences;
        };
        sentences.push(counts_in_words(found));
        sentences.push(measure_in_words(found));
        sentences.extend(chance_in_words(found));
        if found.others.iter().any(|other| other.seeds.is_none()) {
            sentences.push(
                "What a network that was brought was trained on is not known here: it may have learned from \
                 images that are explained."
                    .into(),
            );
        }
        let nouns = self.nouns();
        sentences.into_iter().map(|said| nouns.say(said)).collect()
    }

    /// What maps and importance look like beside those of controls; nothing where none were asked for.
    #[must_use]
    pub fn controls_in_words(&self) -> Vec<String> {
        let Some(found) = &self.controls else {
            return Vec::new();
        };
        let mut sentences = Vec::new();
        let untrained = range(&found.untrained);
        let variance = range(&found.variance);
        let maps: Vec<String> = [
            untrained.map(|range| format!("with those of the network before training ({range})")),
            variance.map(|range| format!("with 2·Var of each pixel alone ({range})")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !maps.is_empty() {
            sentences.push(format!(
                "Spearman's ρ of the maps, over the pixels that vary, {}.",
                maps.join(", and ")
            ));
            sentences.push(
                "A map that is much like a control's need not be wrong, but it shows where the images vary \
                 rather than what was learned; one that is unlike them need not be right."
                    .into(),
            );
        }
        if self.model.is_some() {
            sentences.push(
                "A model that was brought has no network before training here, and none was trained on \
                 permuted images."
                    .into(),
            );
        }
        sentences.extend(self.permuted_in_words(found));
        let nouns = self.nouns();
        sentences.into_iter().map(|said| nouns.say(said)).collect()
    }

    fn permuted_in_words(&self, found: &Controls) -> Option<String> {
        let control = found.permuted.as_ref()?;
        let importance = self.latent_importance.as_ref()?;
        // Classes that are not measured have nothing to say.
        let mean = |dim: usize, of: &dyn Fn(usize, usize) -> f32| -> f64 {
            let classes = 0..self.classes.len();
            let sum: f64 = classes.map(|class| f64::from(of(class, dim))).sum();
            sum / self.classes.len().max(1) as f64
        };
        let dims = self.settings.dims;
        let largest = (0..dims)
            .map(|dim| mean(dim, &|class, dim| control.latent_importance[class][dim]))
            .fold(0.0, f64::max);
        let own = |dim: &usize| mean(*dim, &|class, dim| importance.mean[[class, dim]]);
        let above = (0..dims).filter(|dim| own(dim) > largest).count();
        Some(format!(
            "A network that was trained, and explained, on images each pixel of which was permuted over the \
             images ends with a held-out loss of {}. {} of {} have a mean IE above the largest of its \
             dimensions.",
            significant(control.held_out_loss),
            grouped(above),
            counted(dims, "dimension", "dimensions"),
        ))
    }
}

/// Of how many dimensions which can be said.
fn counts_in_words(found: &Networks) -> String {
    let others = found.others.len();
    let dims = found.others[0].matches.len();
    let again = |dim: usize| {
        let verdicts = found.others.iter().map(|other| other.matches[dim].verdict);
        verdicts
            .filter(|verdict| *verdict == Verdict::FoundAgain)
            .count()
    };
    let inactive = |dim: usize| found.others[0].matches[dim].verdict == Verdict::Inactive;
    let count = |which: &dyn Fn(usize) -> bool| (0..dims).filter(|&dim| which(dim)).count();
    let mixed = |dim: usize| {
        let mut matches = found.others.iter().map(|other| other.matches[dim].verdict);
        again(dim) == 0 && matches.any(|verdict| verdict == Verdict::Mixed)
    };
    let all = count(&|dim| again(dim) == others);
    let some = count(&|dim| again(dim) > 0 && again(dim) < others);
    let none = count(&|dim| again(dim) == 0 && !inactive(dim) && !mixed(dim));
    let parts = [
        (
            all,
            if others == 1 {
                "found again"
            } else {
                "found again in all"
            },
        ),
        (some, "in some"),
        (count(&mixed), "only mixed with others"),
        (none, "not found"),
        (count(&inactive), "inactive"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .enumerate()
        .filter(|(at, (count, _))| *at == 0 || *count > 0)
        .map(|(_, (count, what))| format!("{} {what}", grouped(count)))
        .collect();
    format!(
        "Of {}, in {}: {}.",
        counted(dims, "dimension", "dimensions"),
        counted(others, "other network", "other networks"),
        parts.join(", ")
    )
}

/// What counts as found again, and by which numbers.
fn measure_in_words(found: &Networks) -> String {
    // Chance says nothing where there is nothing to be found.
    let matches = found.others.iter().flat_map(|other| &other.matches);
    let chance = found.chance.iter().zip(matches);
    let chance = chance.filter(|(_, of)| of.verdict != Verdict::Inactive);
    let (least, most) = chance.fold((1.0f32, 0.0f32), |(least, most), (r, _)| {
        (least.min(*r), most.max(*r))
    });
    let above = if least < most {
        format!("{} to {}", significant(least), significant(most))
    } else {
        significant(most)
    };
    let predicted = match found.training {
        0 => "fitted on one half of the explained images and measured on the other, in turn".into(),
        images => format!(
            "fitted on {} and measured on those explained",
            counted(images, "training image", "training images")
        ),
    };
    format!(
        "Found again is what correlates with its match, over {}, more than with any latent of {} untrained \
         networks (|r| above {above}); mixed is what does not, but is predicted by all latents of the other \
         network together (R² of {MIXED} or more, {predicted}).",
        counted(found.explained, "explained image", "explained images"),
        found.untrained,
    )
}

/// Where untrained networks predict as well.
fn chance_in_words(found: &Networks) -> Option<String> {
    let chance = found.chance_r2.iter().flatten();
    let count = chance.filter(|r2| **r2 >= MIXED).count();
    (count > 0).then(|| {
        let (what, says) = if count == 1 {
            ("dimension is", "it")
        } else {
            ("dimensions are", "them")
        };
        format!(
            "{} {what} predicted as well by all latents of an untrained network: of {says}, mixed says \
             nothing.",
            grouped(count)
        )
    })
}

/// Median and ends of the numbers that there are.
fn range(numbers: &[Option<f32>]) -> Option<String> {
    let mut known: Vec<f32> = numbers.iter().flatten().copied().collect();
    known.sort_by(f32::total_cmp);
    let median = known.get(known.len().checked_sub(1)? / 2)?;
    let (least, most) = (known.first()?, known.last()?);
    Some(if known.len() == 1 {
        format!("{median:.2}")
    } else {
        format!("median {median:.2}, from {least:.2} to {most:.2}")
    })
}

/// With three digits.
fn significant(number: f32) -> String {
    let number = f64::from(number);
    if number == 0.0 {
        return "0".into();
    }
    let whole = number.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - whole).unwrap_or(0).min(12);
    format!("{number:.decimals$}")
}

// Whether they are sound

impl Report {
    pub(super) fn check_networks(&self, found: &Networks) -> Result<(), String> {
        let (dims, classes) = (self.settings.dims, self.classes.len());
        let wrong = |what: &str| Err(format!("of other networks, {what}"));
        let is_share = |r: &f32| (0.0..=1.0).contains(r);
        let may = |number: Option<f32>, good: &dyn Fn(f32) -> bool| number.is_none_or(good);
        let is_r = |r: f32| (-1.0..=1.0).contains(&r);
        let is_r2 = |r2: f32| r2.is_finite() && r2 <= 1.0;
        let begun = !found.others.is_empty();
        let chance = found.chance.iter().all(is_share)
            && found.chance_r2.iter().all(|r2| may(*r2, &is_r2))
            && [found.chance.len(), found.chance_r2.len()]
                .iter()
                .all(|&count| count == dims || !begun && count == 0);
        if !chance {
            return wrong("chance is beyond what it can be");
        }
        let spread = found.mean.len() == found.deviation.len()
            && (found.mean.len() == classes || !begun && found.mean.is_empty())
            && found
                .mean
                .iter()
                .all(|row| row.len() == dims && row.iter().copied().all(is_amount))
            && found
                .deviation
                .iter()
                .all(|row| row.len() == dims && row.iter().all(|number| may(*number, &is_amount)));
        if !spread {
            return wrong("mean or deviation are beyond what they can be");
        }
        for other in &found.others {
            let mut seen = vec![false; other.dims.min(MOST)];
            let matches = other.matches.len() == dims
                && other.matches.iter().all(|of| {
                    let is_new = of.dim.is_none_or(|dim| {
                        let place = seen.get_mut(dim);
                        place.is_some_and(|seen| !std::mem::replace(seen, true))
                    });
                    is_new
                        && of.dim.is_some() == of.r.is_some()
                        && may(of.r, &is_r)
                        && may(of.r2, &is_r2)
                        && may(of.map_similarity, &is_r)
                        && may(of.profile_similarity, &is_r)
                });
            let maps = other.maps.len() == dims
                && other.maps.iter().all(|map| {
                    map.len() == self.features() && map.iter().all(|value| value.is_finite())
                });
            let profiles = other.latent_importance.len() == classes
                && other.latent_importance.iter().all(|row| {
                    row.len() == dims && row.iter().all(|number| may(*number, &is_amount))
                });
            if !matches || !maps || !profiles || !may(other.held_out_loss, &f32::is_finite) {
                return wrong("numbers of a network are beyond what they can be");
            }
        }
        Ok(())
    }

    pub(super) fn check_controls(&self, found: &Controls) -> Result<(), String> {
        let (dims, classes) = (self.settings.dims, self.classes.len());
        let is_r = |r: f32| (-1.0..=1.0).contains(&r);
        let maps = [&found.untrained, &found.variance]
            .iter()
            .all(|numbers| numbers.len() == dims && numbers.iter().flatten().copied().all(is_r));
        let permuted = found.permuted.as_ref().is_none_or(|control| {
            let both = [&control.latent_importance, &control.latent_importance_rmse];
            control.held_out_loss.is_finite()
                && both.iter().all(|rows| {
                    rows.len() == classes
                        && rows
                            .iter()
                            .all(|row| row.len() == dims && row.iter().copied().all(is_amount))
                })
        });
        if maps && permuted {
            Ok(())
        } else {
            Err("numbers of the controls are beyond what they can be".into())
        }
    }
}

/// Dimensions of another network, at most: a report may say anything.
const MOST: usize = 1 << 16;

fn is_amount(number: f32) -> bool {
    number.is_finite() && number >= 0.0
}

/// Two classes and two dimensions, the second inactive: another network of three, and controls.
#[cfg(test)]
pub(crate) fn with_networks() -> Report {
    use ndarray::array;

    use crate::data::ImageShape;
    use crate::importance::{Estimate, Measured};
    use crate::networks::{Match, OtherNetwork, PermutedControl};

    let estimate = |mean| Estimate {
        method: Measured::Exact,
        engine: "cpu".into(),
        mean,
        std_error: None,
        repeats: 1,
        fraction: 1.0,
    };
    let found = Match {
        dim: Some(2),
        r: Some(-0.75),
        r2: Some(0.5),
        verdict: Verdict::FoundAgain,
        map_similarity: Some(0.5),
        profile_similarity: Some(1.0),
    };
    let inactive = Match {
        dim: None,
        r: None,
        r2: None,
        verdict: Verdict::Inactive,
        map_similarity: None,
        profile_similarity: None,
    };
    Report {
        latent_importance: Some(estimate(array![[1.0, 0.0], [0.25, 0.0]])),
        latent_importance_rmse: Some(estimate(array![[1.0, 0.0], [0.5, 0.0]])),
        networks: Some(Networks {
            untrained: 5,
            chance: vec![0.5, 0.0],
            chance_r2: vec![Some(0.25), None],
            explained: 30,
            training: 170,
            others: vec![OtherNetwork {
                name: "one, two".into(),
                seeds: None,
                dims: 3,
                held_out_loss: Some(0.25),
                matches: vec![found, inactive],
                maps: vec![vec![1.0, -2.0], vec![0.0, 0.0]],
                latent_importance: vec![vec![Some(2.0), None], vec![Some(4.0), None]],
            }],
            mean: vec![vec![1.5, 0.0], vec![3.0, 0.0]],
            deviation: vec![vec![Some(0.5), None], vec![None, None]],
        }),
        controls: Some(Controls {
            untrained: vec![Some(0.5), None],
            variance: vec![Some(-0.25), None],
            permuted: Some(PermutedControl {
                held_out_loss: 0.3,
                latent_importance: vec![vec![0.25, 0.0], vec![0.0625, 0.0]],
                latent_importance_rmse: vec![vec![0.5, 0.0], vec![0.25, 0.0]],
            }),
        }),
        ..Report::blank(ImageShape::grey(1, 2), 2, &[4, 7])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ModelSource;

    fn networks(report: &mut Report) -> &mut Networks {
        report.networks.as_mut().unwrap()
    }

    fn controls(report: &mut Report) -> &mut Controls {
        report.controls.as_mut().unwrap()
    }

    #[test]
    fn what_is_sound_is_read_back_as_it_was() {
        let report = with_networks();
        report.check().unwrap();
        let json = serde_json::to_string(&report).unwrap();
        let back: Report = serde_json::from_str(&json).unwrap();
        back.check().unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        type Spoil = fn(&mut Report);
        let spoils: [(Spoil, &str); 16] = [
            (
                |of| networks(of).chance[0] = 1.5,
                "of other networks, chance",
            ),
            (
                |of| networks(of).chance_r2.truncate(1),
                "of other networks, chance",
            ),
            (
                |of| networks(of).mean[0].truncate(1),
                "of other networks, mean",
            ),
            (
                |of| networks(of).mean[1][0] = -1.0,
                "of other networks, mean",
            ),
            (
                |of| networks(of).deviation[0][0] = Some(f32::NAN),
                "of other networks, mean",
            ),
            (
                |of| networks(of).others[0].matches[0].dim = Some(3),
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].matches[0].dim = None,
                "of other networks, numbers",
            ),
            (
                |of| {
                    let matches = &mut networks(of).others[0].matches;
                    matches[1] = matches[0].clone();
                },
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].matches[0].r = Some(-1.5),
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].matches[0].r2 = Some(1.5),
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].maps[1].truncate(1),
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].latent_importance[1][0] = Some(-1.0),
                "of other networks, numbers",
            ),
            (
                |of| networks(of).others[0].held_out_loss = Some(f32::INFINITY),
                "of other networks, numbers",
            ),
            (
                |of| controls(of).untrained[0] = Some(2.0),
                "numbers of the controls",
            ),
            (
                |of| controls(of).variance.truncate(1),
                "numbers of the controls",
            ),
            (
                |of| {
                    let control = controls(of).permuted.as_mut().unwrap();
                    control.latent_importance_rmse.truncate(1);
                },
                "numbers of the controls",
            ),
        ];
        for (spoil, words) in spoils {
            let mut report = with_networks();
            spoil(&mut report);
            let refusal = report.check().unwrap_err();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }

    #[test]
    fn other_networks_are_told_with_what_they_mean() {
        let mut report = with_networks();
        let said = report.networks_in_words();
        assert_eq!(
            said[0],
            "Of 2 dimensions, in 1 other network: 1 found again, 1 inactive."
        );
        assert!(said[1].contains("over 30 explained images"), "{}", said[1]);
        assert!(said[1].contains("(|r| above 0.500)"), "{}", said[1]);
        assert!(
            said[1].contains("fitted on 170 training images"),
            "{}",
            said[1]
        );
        assert!(said[2].contains("brought"), "{}", said[2]);
        networks(&mut report).chance_r2[0] = Some(0.95);
        networks(&mut report).training = 0;
        let said = report.networks_in_words();
        assert!(said[1].contains("one half of the explained images"));
        assert!(said[2].starts_with("1 dimension is predicted as well"));

        report.networks = None;
        assert!(report.networks_in_words().is_empty());
        report.model = Some(ModelSource::default());
        report.settings.measure.networks = 3;
        let said = report.networks_in_words();
        assert!(said[0].starts_with("No other networks were trained"));
    }

    #[test]
    fn controls_are_told_with_what_they_do_not_mean() {
        let mut report = with_networks();
        let said = report.controls_in_words();
        assert_eq!(
            said[0],
            "Spearman's ρ of the maps, over the pixels that vary, with those of the network before training \
             (0.50), and with 2·Var of each pixel alone (-0.25)."
        );
        assert!(said[1].contains("need not be wrong"));
        assert!(said[2].contains("held-out loss of 0.300"));
        assert!(
            said[2]
                .ends_with("1 of 2 dimensions have a mean IE above the largest of its dimensions.")
        );
        report.controls = None;
        assert!(report.controls_in_words().is_empty());
    }
}
