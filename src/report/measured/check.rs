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
            if !r2 || !plausibility || check.features > self.features() {
                return Err("of a choice of donors, a number is beyond what it can be".into());
            }
        }
        if let Some(opinions) = &self.opinions {
            self.check_opinions(opinions)?;
        }
        Ok(())
    }

    fn check_groups(&self, groups: &GroupImportance) -> Result<(), String> {
        let (pixels, of) = (self.image.pixels(), &groups.grouping.of);
        let members = groups.grouping.members();
        let most = of.iter().max().map_or(0, |&most| most as usize);
        if of.len() != pixels || most > members.len() || members.iter().any(Vec::is_empty) {
            return Err("the groups are not of its pixels".into());
        }
        let shape = (members.len(), self.settings.dims);
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

fn is_amount(number: f32) -> bool {
    number.is_finite() && number >= 0.0
}

/// Whether there are so many, and each that is there is as it should be.
fn all(numbers: &[Option<f32>], count: usize, good: &dyn Fn(f32) -> bool) -> bool {
    numbers.len() == count && numbers.iter().flatten().all(|&number| good(number))
}
