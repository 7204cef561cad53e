//! Whether these parts are consistent with the rest of a report.

use crate::attribution::{Attribution, FairTest, Opinions};
use crate::importance::GroupImportance;
use crate::report::Report;
use crate::report::check::{check_estimate, fits};

impl Report {
    /// As [`Report::check`], of groups, donors and opinions.
    pub(in crate::report) fn check_measured(&self) -> Result<(), String> {
        if let Some(groups) = &self.groups {
            self.check_groups(groups)?;
        }
        for check in self.donor_checks.iter().flatten() {
            let r2 = check.r2.is_none_or(|r2| (0.0..=1.0).contains(&r2));
            let plausibility = check.plausibility.is_none_or(is_amount);
            let looked = check.features <= self.features() && check.images <= self.explained();
            if !r2 || !plausibility || !looked {
                return Err("of a choice of donors, a number is beyond what it can be".into());
            }
        }
        if let Some(opinions) = &self.opinions {
            self.check_opinions(opinions)?;
        }
        if let Some(errors) = &self.image_errors {
            self.check_image_errors(errors)?;
        }
        if let Some(networks) = &self.networks {
            self.check_networks(networks)?;
        }
        if let Some(controls) = &self.controls {
            self.check_controls(controls)?;
        }
        self.check_dimensions()?;
        self.check_kind()?;
        self.check_factors()?;
        Ok(())
    }

    fn check_groups(&self, groups: &GroupImportance) -> Result<(), String> {
        if groups.grouping.check(self.image).is_err() {
            return Err("the groups are not of its pixels, or empty".into());
        }
        let pixels = self.image.pixels();
        let shape = (groups.grouping.names.len(), self.settings.dims);
        check_estimate("group importance", &groups.importance, shape)?;
        let mut is_joined = vec![false; pixels + groups.merges.len()];
        for (found, merge) in (pixels..).zip(&groups.merges) {
            let [a, b] = [merge.a, merge.b].map(|cluster| cluster as usize);
            let is_new = a < b && b < found && !is_joined[a] && !is_joined[b];
            if !is_new || !(0.0..=1.0).contains(&merge.distance) {
                return Err("clusters are joined that there are not, or too far apart".into());
            }
            is_joined[a] = true;
            is_joined[b] = true;
        }
        Ok(())
    }

    fn check_opinions(&self, opinions: &Opinions) -> Result<(), String> {
        let shape = (self.features(), self.settings.dims);
        let mut seen = vec![Attribution::Permutation];
        for opinion in &opinions.methods {
            let name = opinion.method.name();
            fits(&format!("the map of {name}"), &opinion.map, shape)?;
            fits(&format!("the signs of {name}"), &opinion.sign, shape)?;
            let is_sign = |sign: &f32| [-1.0, 0.0, 1.0].contains(sign);
            if !opinion.map.iter().copied().all(is_amount) || !opinion.sign.iter().all(is_sign) {
                return Err(format!(
                    "numbers of the map of {name} are beyond what they can be"
                ));
            }
            if opinion.images > self.recipients() {
                return Err(format!(
                    "the map of {name} is of more images than there are"
                ));
            }
            if seen.contains(&opinion.method) {
                return Err(format!("{name} has more than one map"));
            }
            seen.push(opinion.method);
        }
        let dims = self.settings.dims;
        for found in &opinions.agreement {
            let known = seen.contains(&found.a) && seen.contains(&found.b);
            let spearman = all(&found.spearman, dims, &|rho| (-1.0..=1.0).contains(&rho));
            let overlap = all(&found.overlap, dims, &|share| (0.0..=1.0).contains(&share));
            if !known || !spearman || !overlap {
                return Err("numbers of the methods' agreement are beyond what they can be".into());
            }
        }
        match &opinions.test {
            Some(test) => check_test(test, &seen, dims),
            None => Ok(()),
        }
    }
}

fn check_test(test: &FairTest, methods: &[Attribution], dims: usize) -> Result<(), String> {
    let rises = test.shares.windows(2).all(|pair| pair[0] < pair[1]);
    let inside = test.shares.iter().all(|share| (0.0..=1.0).contains(share));
    let known =
        |method: &Option<Attribution>| method.is_none_or(|method| methods.contains(&method));
    if !rises || !inside || test.winners.len() != dims || !test.winners.iter().all(known) {
        return Err("the fair test is not of its shares, dimensions and methods".into());
    }
    let shape = (dims, test.shares.len());
    for score in &test.scores {
        fits("a curve of the fair test", &score.curves, shape)?;
        let found = [&score.area, &score.std_error];
        let found = found.map(|numbers| all(numbers, dims, &is_amount));
        let curves = score.curves.iter().copied().all(is_amount);
        if !known(&score.method) || !curves || found != [true; 2] {
            return Err("numbers of the fair test are beyond what they can be".into());
        }
    }
    Ok(())
}

pub(super) fn is_amount(number: f32) -> bool {
    number.is_finite() && number >= 0.0
}

/// Whether there are so many, and each that is there is as it should be.
fn all(numbers: &[Option<f32>], count: usize, good: &dyn Fn(f32) -> bool) -> bool {
    numbers.len() == count && numbers.iter().flatten().all(|&number| good(number))
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::attribution::{Agreement, Filler, Opinion, Score};
    use crate::data::{Grouping, ImageShape};
    use crate::importance::{DonorCheck, Estimate, FoundOn, Measured, Merge};
    use crate::settings::Donors;

    /// Four pixels in two groups, three dimensions; every part of it is there.
    fn whole() -> Report {
        let matrix = |rows, columns| Array2::from_elem((rows, columns), 0.5);
        let some = || vec![Some(0.5), None, Some(0.25)];
        let mut report = Report::blank(ImageShape::grey(2, 2), 3, &[4]);
        report.groups = Some(GroupImportance {
            grouping: Grouping {
                names: vec!["a".into(), "b".into()],
                of: vec![1, 2, 0, 1],
            },
            importance: Estimate {
                method: Measured::Exact,
                engine: "cpu".into(),
                mean: matrix(2, 3),
                std_error: Some(matrix(2, 3)),
                repeats: 1,
                fraction: 1.0,
            },
            merges: vec![
                Merge {
                    a: 0,
                    b: 3,
                    distance: 0.25,
                },
                Merge {
                    a: 1,
                    b: 4,
                    distance: 1.0,
                },
            ],
            clustered_on: None,
        });
        report.donor_checks = Some(vec![DonorCheck {
            donors: Donors::Class,
            r2: Some(1.0),
            plausibility: Some(2.5),
            features: 4,
            images: 15,
            fitted_on: FoundOn {
                images: 15,
                of: 15,
                training: false,
            },
        }]);
        report.opinions = Some(Opinions {
            methods: vec![Opinion {
                method: Attribution::Gradient,
                images: 15,
                map: matrix(4, 3),
                sign: Array2::ones((4, 3)),
            }],
            agreement: vec![Agreement {
                a: Attribution::Permutation,
                b: Attribution::Gradient,
                spearman: some(),
                overlap: some(),
            }],
            without_gradients: None,
            test: Some(FairTest {
                ordered_by: 7,
                measured_on: 8,
                shares: vec![0.0, 1.0],
                scores: vec![Score {
                    method: None,
                    filler: Filler::Mean,
                    curves: matrix(3, 2),
                    area: some(),
                    std_error: some(),
                }],
                winners: vec![Some(Attribution::Gradient), None, None],
            }),
        });
        report
    }

    type Spoil = fn(&mut Report);

    fn groups(report: &mut Report) -> &mut GroupImportance {
        report.groups.as_mut().unwrap()
    }

    fn donors(report: &mut Report) -> &mut DonorCheck {
        &mut report.donor_checks.as_mut().unwrap()[0]
    }

    fn opinions(report: &mut Report) -> &mut Opinions {
        report.opinions.as_mut().unwrap()
    }

    fn test(report: &mut Report) -> &mut FairTest {
        opinions(report).test.as_mut().unwrap()
    }

    #[test]
    fn what_is_sound_is_read_back_as_it_was() {
        let report = whole();
        report.check().unwrap();
        let json = serde_json::to_string(&report).unwrap();
        let back: Report = serde_json::from_str(&json).unwrap();
        back.check().unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let spoils: [(Spoil, &str); 23] = [
            (|of| groups(of).grouping.of[0] = 3, "the groups are not"),
            (|of| groups(of).grouping.of[1] = 1, "the groups are not"),
            (
                |of| groups(of).grouping.of.truncate(3),
                "the groups are not",
            ),
            (
                |of| groups(of).importance.mean = Array2::zeros((4, 3)),
                "of group importance, it has 4 × 3 numbers where 2 × 3 belong",
            ),
            (
                |of| groups(of).importance.mean[(0, 1)] = f32::NAN,
                "of group importance, a number is infinite",
            ),
            (|of| groups(of).merges[1].b = 5, "clusters are joined"),
            (|of| groups(of).merges[1].a = 0, "clusters are joined"),
            (|of| groups(of).merges[0].b = 0, "clusters are joined"),
            (
                |of| groups(of).merges[1].distance = 1.5,
                "clusters are joined",
            ),
            (|of| donors(of).r2 = Some(-0.1), "of a choice of donors"),
            (
                |of| donors(of).plausibility = Some(f32::INFINITY),
                "of a choice of donors",
            ),
            (|of| donors(of).features = 5, "of a choice of donors"),
            (|of| donors(of).images = 16, "of a choice of donors"),
            (
                |of| opinions(of).methods[0].map[(0, 0)] = -1.0,
                "numbers of the map of gradients",
            ),
            (
                |of| opinions(of).methods[0].sign[(0, 0)] = 0.5,
                "numbers of the map of gradients",
            ),
            (
                |of| opinions(of).methods[0].images = 16,
                "the map of gradients is of more images",
            ),
            (
                |of| opinions(of).methods[0].method = Attribution::Permutation,
                "permutation has more than one map",
            ),
            (
                |of| opinions(of).agreement[0].spearman[0] = Some(1.5),
                "numbers of the methods' agreement",
            ),
            (
                |of| opinions(of).agreement[0].b = Attribution::Variance,
                "numbers of the methods' agreement",
            ),
            (
                |of| test(of).shares = vec![0.5, 0.5],
                "the fair test is not",
            ),
            (
                |of| test(of).winners[1] = Some(Attribution::Smoothgrad),
                "the fair test is not",
            ),
            (
                |of| test(of).scores[0].area[0] = Some(f32::NAN),
                "numbers of the fair test",
            ),
            (
                |of| test(of).scores[0].curves = Array2::zeros((2, 3)),
                "of a curve of the fair test, it has 2 × 3 numbers where 3 × 2 belong",
            ),
        ];
        for (spoil, words) in spoils {
            let mut report = whole();
            spoil(&mut report);
            let refusal = report.check().unwrap_err();
            assert!(refusal.starts_with(words), "{refusal}");
        }
    }
}
