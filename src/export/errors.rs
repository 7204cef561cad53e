//! The table of reconstruction errors.

use super::{class_name, field, number, put};
use crate::report::Report;

/// A row for each explained image, in the order of the encoded space; `rank` 1 is the largest mean squared
/// error.
pub(super) fn reconstruction_errors(report: &Report) -> Option<String> {
    let (found, encoded) = (report.errors()?, report.encoded.as_ref()?);
    let mut ranks = vec![0; found.mean_squared.len()];
    for (rank, image) in found.order().into_iter().enumerate() {
        ranks[image] = rank + 1;
    }
    let mut text =
        String::from("class,class_place,file,file_place,mean_squared_error,cross_entropy,rank\n");
    let errors = found.mean_squared.iter().zip(&found.cross_entropy);
    for (image, (&squared, &entropy)) in errors.enumerate() {
        let label = encoded.labels[image];
        let row = report.classes.iter().position(|class| class.label == label);
        let class = row.map_or(String::new(), |row| class_name(report, row));
        let file = encoded
            .file
            .get(image)
            .and_then(|&file| encoded.files.get(file as usize));
        let place = encoded
            .place
            .get(image)
            .map(|place| (place + 1).to_string());
        put(
            &mut text,
            format_args!(
                "{class},{},{},{},{},{},{}\n",
                encoded.positions[image] + 1,
                file.map_or(String::new(), |file| field(file)),
                place.unwrap_or_default(),
                number(squared),
                number(entropy),
                ranks[image]
            ),
        );
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use crate::data::ImageShape;
    use crate::export::{Table, csv};
    use crate::report::{Encoded, Metric, ReconstructionErrors, Report};

    #[test]
    fn every_image_has_its_errors_and_its_rank() {
        let mut report = Report::blank(ImageShape::grey(1, 2), 1, &[3, 7]);
        let table = |report: &Report| csv(report, None, Table::ReconstructionErrors, Metric::Mse);
        assert_eq!(table(&report), None);
        report.encoded = Some(Encoded {
            labels: vec![3, 7, 7],
            positions: vec![84, 85, 99],
            files: vec!["a, b.npy".into()],
            file: vec![0, 0, 0],
            place: vec![7, 4, 0],
            latents: Array2::zeros((3, 1)),
        });
        report.reconstruction_errors = Some(ReconstructionErrors {
            mean_squared: vec![0.25, 0.5, 0.0],
            cross_entropy: vec![0.75, 1.5, 0.125],
            by_value: vec![0.0, 0.5],
            ..ReconstructionErrors::default()
        });
        assert_eq!(
            table(&report).unwrap(),
            "class,class_place,file,file_place,mean_squared_error,cross_entropy,rank\n\
             3,85,\"a, b.npy\",8,0.25,0.75,2\n\
             7,86,\"a, b.npy\",5,0.5,1.5,1\n\
             7,100,\"a, b.npy\",1,0,0.125,3\n"
        );
        let encoded = report.encoded.as_mut().unwrap();
        (encoded.file, encoded.place) = Default::default();
        assert!(table(&report).unwrap().contains("\n3,85,,,0.25,"));
    }
}
