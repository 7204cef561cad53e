//! Tables of other networks and of controls.

use super::{field, number, put};
use crate::networks::{Networks, OtherNetwork};
use crate::report::{Metric, Report};

fn cell(value: Option<f32>) -> String {
    value.map_or(String::new(), number)
}

fn put_classes(text: &mut String, report: &Report, prefix: &str) {
    for class in 0..report.classes.len() {
        let name = format!("{prefix}{}", report.classes[class].name);
        put(text, format_args!(",{}", field(&name)));
    }
}

/// What becomes of each dimension in every other network, then mean and deviation of IE.
pub(super) fn networks(report: &Report) -> Option<String> {
    let found = report.networks.as_ref()?;
    let mut text = String::from(
        "dimension,network,network_dims,held_out_loss,matched_dimension,r,r2,verdict,map_similarity,\
         profile_similarity,chance_r,chance_r2",
    );
    put_classes(&mut text, report, "importance_");
    text.push('\n');
    for dim in 0..report.settings.dims {
        for other in &found.others {
            put_match(&mut text, found, other, dim);
        }
        let mean = |class: usize| found.mean.get(class).map(|row| row[dim]);
        let deviation = |class: usize| found.deviation.get(class).and_then(|row| row[dim]);
        for (name, of) in [
            ("mean", &mean as &dyn Fn(usize) -> Option<f32>),
            ("deviation", &deviation),
        ] {
            put(&mut text, format_args!("{},{name},,,,,,,,,,", dim + 1));
            for class in 0..report.classes.len() {
                put(&mut text, format_args!(",{}", cell(of(class))));
            }
            text.push('\n');
        }
    }
    Some(text)
}

fn put_match(text: &mut String, found: &Networks, other: &OtherNetwork, dim: usize) {
    let of = &other.matches[dim];
    let matched = of.dim.map_or(String::new(), |dim| (dim + 1).to_string());
    put(
        text,
        format_args!(
            "{},{},{},{},{matched},{},{},{},{},{},{},{}",
            dim + 1,
            field(&other.name),
            other.dims,
            cell(other.held_out_loss),
            cell(of.r),
            cell(of.r2),
            of.verdict.key(),
            cell(of.map_similarity),
            cell(of.profile_similarity),
            cell(found.chance.get(dim).copied()),
            cell(found.chance_r2.get(dim).copied().flatten()),
        ),
    );
    for class in &other.latent_importance {
        put(text, format_args!(",{}", cell(class[dim])));
    }
    text.push('\n');
}

/// Maps and IE beside those of controls.
pub(super) fn controls(report: &Report, metric: Metric) -> Option<String> {
    let found = report.controls.as_ref()?;
    let importance = report.latent_importance_by(metric)?;
    let mut text = String::from("dimension,spearman_untrained,spearman_variance");
    put_classes(&mut text, report, "importance_");
    put_classes(&mut text, report, "permuted_importance_");
    text.push('\n');
    for dim in 0..report.settings.dims {
        put(
            &mut text,
            format_args!(
                "{},{},{}",
                dim + 1,
                cell(found.untrained[dim]),
                cell(found.variance[dim])
            ),
        );
        for class in 0..report.classes.len() {
            let value = importance.mean[[class, dim]];
            put(&mut text, format_args!(",{}", number(value)));
        }
        let permuted = found.permuted.as_ref().map(|control| match metric {
            Metric::Mse => &control.latent_importance,
            Metric::Rmse => &control.latent_importance_rmse,
        });
        for class in 0..report.classes.len() {
            let value = permuted.map(|importance| importance[class][dim]);
            put(&mut text, format_args!(",{}", cell(value)));
        }
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::export::{Table, csv};
    use crate::report::{Metric, with_networks};

    #[test]
    fn dimensions_are_listed_by_network_with_their_spread() {
        let report = with_networks();
        let text = csv(&report, None, Table::Networks, Metric::Mse).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "dimension,network,network_dims,held_out_loss,matched_dimension,r,r2,verdict,map_similarity,\
             profile_similarity,chance_r,chance_r2,importance_4,importance_7"
        );
        assert_eq!(
            lines[1],
            "1,\"one, two\",3,0.25,3,-0.75,0.5,found-again,0.5,1,0.5,0.25,2,4"
        );
        assert_eq!(lines[2], "1,mean,,,,,,,,,,,1.5,3");
        assert_eq!(lines[3], "1,deviation,,,,,,,,,,,0.5,");
        assert_eq!(lines[4], "2,\"one, two\",3,0.25,,,,inactive,,,0,,,");
        assert_eq!(lines.len(), 1 + 2 * 3);
    }

    #[test]
    fn controls_stand_beside_what_they_are_controls_of() {
        let report = with_networks();
        let text = csv(&report, None, Table::Controls, Metric::Rmse).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "dimension,spearman_untrained,spearman_variance,importance_4,importance_7,\
             permuted_importance_4,permuted_importance_7"
        );
        assert_eq!(lines[1], "1,0.5,-0.25,1,0.5,0.5,0.25");
        assert_eq!(lines[2], "2,,,0,0,0,0");
        assert_eq!(lines.len(), 3);
    }
}
