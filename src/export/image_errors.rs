//! Tables of errors over images.

use super::{Features, class_name, measured, name_dims, number, put};
use crate::data::ClassSummary;
use crate::report::{Metric, Report};

/// Of IE, a row for each class and dimension.
pub(super) fn by_class(report: &Report, metric: Metric) -> Option<String> {
    let errors = report.image_errors.as_ref()?;
    let importance = measured(report.latent_importance_by(metric))?;
    let squared = measured(report.latent_importance.as_ref())?;
    let found = errors.latent_importance_by(metric);
    let mut text = String::from(
        "class,dimension,importance,error_over_images,rank,next,difference,error_of_difference,settled\n",
    );
    for (class, order) in errors.order.iter().enumerate() {
        let name = class_name(report, class);
        let is_measured = report
            .classes
            .get(class)
            .is_none_or(ClassSummary::is_measured);
        let unsettled = report.unsettled(class);
        for dim in 0..order.len() {
            put(&mut text, format_args!("{name},{}", dim + 1));
            if !is_measured {
                text.push_str(",,,,,,,\n");
                continue;
            }
            let rank = order.iter().position(|&of| of as usize == dim).unwrap_or(0);
            put(
                &mut text,
                format_args!(
                    ",{},{},{}",
                    number(importance.mean[[class, dim]]),
                    number(found[[class, dim]]),
                    rank + 1
                ),
            );
            let next = order.get(rank + 1).zip(errors.differences[class].get(rank));
            if let Some((&next, &error)) = next {
                let next = next as usize;
                let difference = squared.mean[[class, dim]] - squared.mean[[class, next]];
                let is_settled =
                    squared.mean[[class, dim]] > 0.0 && !unsettled.contains(&[dim, next]);
                let settled = if is_settled { "yes" } else { "no" };
                put(
                    &mut text,
                    format_args!(
                        ",{},{},{},{settled}\n",
                        next + 1,
                        number(difference),
                        number(error)
                    ),
                );
            } else {
                text.push_str(",,,,\n");
            }
        }
    }
    Some(text)
}

/// Of V, a row for each pixel.
pub(super) fn by_pixel(report: &Report) -> Option<String> {
    let errors = report.image_errors.as_ref()?;
    let features = Features::of(report, errors.pixel_importance.nrows());
    let mut text = String::from(features.head());
    name_dims(&mut text, errors.pixel_importance.ncols());
    text.push_str(",lit\n");
    let rows = errors.pixel_importance.rows().into_iter().zip(&errors.lit);
    for (feature, (values, lit)) in rows.enumerate() {
        features.put(&mut text, feature);
        for &value in values {
            put(&mut text, format_args!(",{}", number(value)));
        }
        put(&mut text, format_args!(",{lit}\n"));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::data::ImageShape;
    use crate::importance::{Estimate, ImageErrors, Measured};

    #[test]
    fn errors_are_written_out() {
        let mut report = Report::blank(ImageShape::grey(1, 2), 2, &[3, 7]);
        for class in &mut report.classes {
            class.explained = 20;
        }
        report.latent_importance = Some(Estimate {
            method: Measured::Exact,
            engine: "cpu".into(),
            mean: array![[0.25, 0.5], [0.5, 0.125]],
            std_error: None,
            repeats: 1,
            fraction: 1.0,
        });
        assert_eq!(by_class(&report, Metric::Mse), None);
        assert_eq!(by_pixel(&report), None);
        report.image_errors = Some(ImageErrors {
            pixel_method: Measured::Exact,
            latent_method: Measured::Exact,
            pixel_importance: array![[0.5, 0.25], [0.0, 0.125]],
            latent_importance: array![[0.0625, 0.125], [0.25, 0.5]],
            latent_importance_rmse: Array2::zeros((2, 2)),
            order: vec![vec![1, 0], vec![0, 1]],
            differences: vec![vec![0.125], vec![0.0625]],
            lit: vec![4, 12],
        });
        assert_eq!(
            by_class(&report, Metric::Mse).unwrap(),
            "class,dimension,importance,error_over_images,rank,next,difference,error_of_difference,settled\n\
             3,1,0.25,0.0625,2,,,,\n\
             3,2,0.5,0.125,1,1,0.25,0.125,no\n\
             7,1,0.5,0.25,1,2,0.375,0.0625,yes\n\
             7,2,0.125,0.5,2,,,,\n"
        );
        assert_eq!(
            by_pixel(&report).unwrap(),
            "pixel,row,col,dim_1,dim_2,lit\n1,1,1,0.5,0.25,4\n2,1,2,0,0.125,12\n"
        );
        report.classes[0].explained = 1;
        let text = by_class(&report, Metric::Mse).unwrap();
        assert!(text.contains("\n3,1,,,,,,,\n3,2,,,,,,,\n7,1,0.5"));
    }
}
