//! The matrices of a report as CSV, to be read by spreadsheets and statistics programs.
//!
//! Everything is counted from 1, as people are shown it: pixels row by row from the image's top
//! left, their rows and columns, and dimensions. Numbers have as many digits as it takes to read
//! the same number back. A table exists once each of its cells has been measured.

use std::fmt::Write;

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::report::{Encoded, Estimate, Metric, Report};

/// The tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// V: `pixel,row,col,dim_1,…`.
    PixelImportance,
    /// S, as -1, 0 or 1: `pixel,row,col,dim_1,…`.
    Direction,
    /// IE: `class,dimension,importance,std_error`, the error left out where it is not known.
    LatentImportance,
    /// Z: `class,image,dim_1,…`, the image counted among all images of its class.
    EncodedSpace,
}

/// One table of a report as CSV, latent importance by `metric`; `None` while it is not known.
#[must_use]
pub fn csv(report: &Report, table: Table, metric: Metric) -> Option<String> {
    match table {
        Table::PixelImportance => {
            let found = measured(report.pixel_importance.as_ref())?;
            Some(by_pixel(report, &found.mean))
        }
        Table::Direction => Some(by_pixel(report, &report.direction.as_ref()?.sign)),
        Table::LatentImportance => {
            let found = measured(report.latent_importance_by(metric))?;
            Some(by_class(report, found))
        }
        Table::EncodedSpace => Some(by_image(report.encoded.as_ref()?)),
    }
}

fn measured(estimate: Option<&Estimate>) -> Option<&Estimate> {
    estimate.filter(|found| found.repeats > 0)
}

fn by_pixel(report: &Report, matrix: &Array2<f32>) -> String {
    let width = report.image.width.max(1);
    let mut text = String::from("pixel,row,col");
    name_dims(&mut text, matrix.ncols());
    for (pixel, values) in matrix.rows().into_iter().enumerate() {
        let (row, column) = (pixel / width + 1, pixel % width + 1);
        put(&mut text, format_args!("{},{row},{column}", pixel + 1));
        end_row(&mut text, values);
    }
    text
}

fn by_image(encoded: &Encoded) -> String {
    let mut text = String::from("class,image");
    name_dims(&mut text, encoded.latents.ncols());
    let images = encoded.labels.iter().zip(&encoded.positions);
    for ((label, position), values) in images.zip(encoded.latents.rows()) {
        put(&mut text, format_args!("{label},{}", position + 1));
        end_row(&mut text, values);
    }
    text
}

/// Ends the first row with a column for each dimension.
fn name_dims(text: &mut String, dims: usize) {
    for dim in 1..=dims {
        put(text, format_args!(",dim_{dim}"));
    }
    text.push('\n');
}

fn end_row(text: &mut String, values: ArrayView1<'_, f32>) {
    for &value in values {
        put(text, format_args!(",{}", number(value)));
    }
    text.push('\n');
}

fn by_class(report: &Report, estimate: &Estimate) -> String {
    let mut text = String::from("class,dimension,importance,std_error\n");
    for ((class, dim), &mean) in estimate.mean.indexed_iter() {
        // A report names every class it has a row for.
        let label = report.classes.get(class).map_or(class, |c| c.label.into());
        let error = estimate.std_error.as_ref();
        let error = error.map_or(String::new(), |error| number(error[(class, dim)]));
        let mean = number(mean);
        put(
            &mut text,
            format_args!("{label},{},{mean},{error}\n", dim + 1),
        );
    }
    text
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string takes every write");
}

/// The shortest decimal that is read back as the same number.
fn number(value: f32) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let text = format!("{value:?}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.into(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::report::{DirectionMap, ImageShape};

    fn report() -> Report {
        let image = ImageShape {
            height: 2,
            width: 1,
        };
        Report {
            encoded: Some(Encoded {
                labels: vec![3, 7],
                positions: vec![85, 99],
                latents: array![[0.5, 0.0, 2.0], [1.25, 0.0, 0.0]],
            }),
            pixel_importance: Some(Estimate {
                mean: array![[0.1, 0.0, 12.0], [1.5e-9, 0.333_333_34, 0.25]],
                std_error: None,
                repeats: 1,
                fraction: 1.0,
            }),
            direction: Some(DirectionMap {
                slope: array![[0.5, -0.0, -2.0], [1.0, 1.0, -1.0]],
                sign: array![[1.0, -0.0, -1.0], [1.0, 1.0, -1.0]],
            }),
            latent_importance: Some(Estimate {
                mean: array![[0.01, 0.02], [0.04, 0.0]],
                std_error: Some(array![[0.001, 0.002], [0.003, 0.0]]),
                repeats: 4,
                fraction: 1.0,
            }),
            latent_importance_rmse: Some(Estimate {
                mean: array![[0.1, 0.15], [0.2, 0.0]],
                std_error: None,
                repeats: 1,
                fraction: 1.0,
            }),
            ..Report::blank(image, 3, &[3, 7])
        }
    }

    #[test]
    fn pixels_and_dimensions_are_counted_from_one() {
        let report = report();
        assert_eq!(
            csv(&report, Table::PixelImportance, Metric::Mse).unwrap(),
            "pixel,row,col,dim_1,dim_2,dim_3\n1,1,1,0.1,0,12\n2,2,1,1.5e-9,0.33333334,0.25\n"
        );
        assert_eq!(
            csv(&report, Table::Direction, Metric::Mse).unwrap(),
            "pixel,row,col,dim_1,dim_2,dim_3\n1,1,1,1,0,-1\n2,2,1,1,1,-1\n"
        );
        let mut wide = report;
        wide.image = ImageShape {
            height: 1,
            width: 2,
        };
        let table = csv(&wide, Table::Direction, Metric::Mse).unwrap();
        assert!(table.contains("\n2,1,2,1,1,-1\n"));
    }

    #[test]
    fn classes_go_by_their_labels_and_unknown_errors_are_left_out() {
        let mut report = report();
        assert_eq!(
            csv(&report, Table::LatentImportance, Metric::Mse).unwrap(),
            "class,dimension,importance,std_error\n\
             3,1,0.01,0.001\n3,2,0.02,0.002\n7,1,0.04,0.003\n7,2,0,0\n"
        );
        report.latent_importance.as_mut().unwrap().std_error = None;
        let table = csv(&report, Table::LatentImportance, Metric::Mse).unwrap();
        assert!(table.contains("\n7,1,0.04,\n"));
    }

    #[test]
    fn latent_importance_is_by_the_metric_that_is_asked_for() {
        assert_eq!(
            csv(&report(), Table::LatentImportance, Metric::Rmse).unwrap(),
            "class,dimension,importance,std_error\n3,1,0.1,\n3,2,0.15,\n7,1,0.2,\n7,2,0,\n"
        );
    }

    #[test]
    fn encoded_images_go_by_their_class_and_place_in_it() {
        assert_eq!(
            csv(&report(), Table::EncodedSpace, Metric::Mse).unwrap(),
            "class,image,dim_1,dim_2,dim_3\n3,86,0.5,0,2\n7,100,1.25,0,0\n"
        );
    }

    #[test]
    fn numbers_are_read_back_as_they_were() {
        for value in [0.1, 1.0 / 3.0, -2.5e-12, f32::MIN_POSITIVE, f32::MAX, 1e7] {
            assert_eq!(number(value).parse(), Ok(value));
        }
    }

    #[test]
    fn what_is_not_measured_is_no_table() {
        let mut report = report();
        report.pixel_importance.as_mut().unwrap().repeats = 0;
        report.direction = None;
        report.encoded = None;
        report.latent_importance.as_mut().unwrap().repeats = 0;
        for table in [
            Table::PixelImportance,
            Table::Direction,
            Table::LatentImportance,
            Table::EncodedSpace,
        ] {
            assert_eq!(csv(&report, table, Metric::Mse), None);
        }
    }
}
