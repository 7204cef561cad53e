//! Which dimension carries which factor, as a table.

use super::measured::put_cell;
use super::put;
use crate::report::Report;

/// `factor,entropy,gap,dimension,information,by_chance`, a row for each dimension of each factor.
pub(super) fn factors(report: &Report) -> Option<String> {
    let found = report.factors.as_ref()?;
    let mut text = String::from("factor,entropy,gap,dimension,information,by_chance\n");
    for (factor, name) in found.names.iter().enumerate() {
        for (dim, &information) in found.information[factor].iter().enumerate() {
            put(&mut text, format_args!("{name}"));
            for number in [found.entropy[factor], found.gaps[factor]] {
                put_cell(&mut text, Some(f64::from(number)));
            }
            put(&mut text, format_args!(",{}", dim + 1));
            for number in [information, found.by_chance[factor][dim]] {
                put_cell(&mut text, Some(f64::from(number)));
            }
            text.push('\n');
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::data::ImageShape;
    use crate::export::{Table, csv};
    use crate::latents::Factors;
    use crate::report::{Metric, Report};

    #[test]
    fn every_factor_has_a_row_for_each_dimension() {
        let mut report = Report::blank(ImageShape::grey(1, 3), 2, &[3]);
        let of = |report: &Report| csv(report, None, Table::Factors, Metric::Mse);
        assert_eq!(of(&report), None);
        report.factors = Some(Factors {
            names: vec!["hue".into(), "x".into()],
            entropy: vec![2.0, 1.5],
            information: vec![vec![1.0, 0.25], vec![-0.125, 0.5]],
            by_chance: vec![vec![0.25, 0.125], vec![0.0, 0.5]],
            gaps: vec![0.375, 0.25],
            ..Factors::default()
        });
        assert_eq!(
            of(&report).unwrap(),
            "factor,entropy,gap,dimension,information,by_chance\n\
             hue,2,0.375,1,1,0.25\n\
             hue,2,0.375,2,0.25,0.125\n\
             x,1.5,0.25,1,-0.125,0\n\
             x,1.5,0.25,2,0.5,0.5\n"
        );
    }
}
