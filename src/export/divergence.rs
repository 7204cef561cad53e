//! How far latents are from the standard normal distribution, as a table.

use super::{field, number, put};
use crate::report::Report;

/// `dimension,divergence,variance_of_means,mean_variance,active,divergence_CLASS…`, a row for each dimension.
pub(super) fn divergence(report: &Report) -> Option<String> {
    let found = report.divergence.as_ref()?;
    let mut text = String::from("dimension,divergence,variance_of_means,mean_variance,active");
    for class in &report.classes {
        let head = field(&format!("divergence_{}", class.name));
        put(&mut text, format_args!(",{head}"));
    }
    text.push('\n');
    for (dim, &mean) in found.mean.iter().enumerate() {
        put(
            &mut text,
            format_args!(
                "{},{},{},{},{}",
                dim + 1,
                number(mean),
                number(found.variance_of_means[dim]),
                number(found.mean_variance[dim]),
                u8::from(found.is_active(dim))
            ),
        );
        for (class, of_class) in report.classes.iter().zip(&found.by_class) {
            let cell = (class.explained > 0).then(|| number(of_class[dim]));
            put(&mut text, format_args!(",{}", cell.unwrap_or_default()));
        }
        text.push('\n');
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use crate::data::ImageShape;
    use crate::export::{Table, csv};
    use crate::latents::Divergence;
    use crate::report::{Metric, Report};

    #[test]
    fn a_dimension_is_a_row_and_a_class_a_column() {
        let mut report = Report::blank(ImageShape::grey(1, 3), 2, &[3, 4]);
        let of = |report: &Report| csv(report, None, Table::Divergence, Metric::Mse);
        assert_eq!(of(&report), None);
        report.classes[0].name = "a,b".into();
        report.classes[1].explained = 0;
        report.divergence = Some(Divergence {
            mean: vec![1.5, 0.0],
            by_class: vec![vec![1.5, 0.0], vec![0.0, 0.0]],
            variance_of_means: vec![0.75, 0.01],
            mean_variance: vec![0.25, 1.0],
        });
        assert_eq!(
            of(&report).unwrap(),
            "dimension,divergence,variance_of_means,mean_variance,active,\"divergence_a,b\",divergence_4\n\
             1,1.5,0.75,0.25,1,1.5,\n2,0,0.01,1,0,0,\n"
        );
    }
}
