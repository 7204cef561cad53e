//! The matrices of a report as CSV, to be read by spreadsheets and statistics programs.
//!
//! Everything is counted from 1, as people are shown it: pixels row by row from the image's top
//! left, their rows and columns, and dimensions. Classes have the names that people gave them. Numbers have as many digits as it takes to read
//! the same number back. A table exists once each of its cells has been measured.

#[cfg(feature = "general")]
mod dimensions;
#[cfg(feature = "general")]
mod divergence;
#[cfg(feature = "general")]
mod errors;
#[cfg(feature = "general")]
mod factors;
#[cfg(feature = "general")]
mod history;
#[cfg(feature = "general")]
mod image_errors;
#[cfg(feature = "general")]
mod measured;
#[cfg(feature = "general")]
mod networks;

use std::fmt::Write;

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

#[cfg(feature = "general")]
pub use self::history::csv_of_epochs;
use crate::importance::Estimate;
#[cfg(feature = "general")]
use crate::report::{DataForm, Unit};
use crate::report::{Encoded, Metric, Projection, Report};

/// The tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// V: `pixel,row,col,dim_1,…`; of signals `time_step,dim_1,…`; where each channel of a pixel is permuted by itself,
    /// `pixel,row,col,channel,dim_1,…`, the channel red, green or blue where there are three, else its
    /// number; of a table's columns `column,dim_1,…`. Where groups were moved as well, `group` stands before
    /// the dimensions, and `group_dim_1,…`, V of the group, and `shared_credit_dim_1,…`, that over the sum of V
    /// of its pixels, after them; empty where the pixel is in none.
    PixelImportance,
    /// S, as -1, 0 or 1: as V.
    Direction,
    /// IE: `class,dimension,importance,std_error`, the error left out where it is not known, and both
    /// where a class has fewer than two images to explain. Where latents are feature maps, it is
    /// `class,dimension,channel,row,col,importance,std_error`.
    LatentImportance,
    /// Z: `class,class_place,file,file_place,dim_1,…`, the image counted among all images of its class, and in
    /// the file that it is from; then `tsne_1,tsne_2`, or what else the plane is called, where it is
    /// seen on one.
    EncodedSpace,
    /// Cosine similarity of importance profiles: `class` and a column for each class; empty where a
    /// profile is 0 throughout.
    #[serde(alias = "likeness")]
    Similarity,
    /// V of groups: `group,pixels,dimension,importance,std_error,shared_credit,shared_credit_error`.
    #[cfg(feature = "general")]
    Groups,
    /// What is known of each choice of donors: `donors,r2,plausibility,features,images,fitted_on,fitted_images`:
    /// how many features and images plausibility is of, and which images and how many what neighbours tell
    /// was fitted on.
    #[cfg(feature = "general")]
    DonorChecks,
    /// The maps of all methods: `pixel,row,col,method,dimension,importance,sign`, the pixel as in the table of
    /// V, and permutation among the methods.
    #[cfg(feature = "general")]
    Opinions,
    /// How far the methods agree: `a,b,dimension,spearman,overlap`.
    #[cfg(feature = "general")]
    Agreement,
    /// The fair test: `method,filler,dimension,area,std_error,winner,change_at_0,…`, the method `random` where
    /// the order is, the winner empty where methods cannot be told apart, and a column for each share of the
    /// pixels that is replaced.
    #[cfg(feature = "general")]
    FairTest,
    /// Errors of IE over images: `class,dimension,importance,error_over_images,rank,next,difference,
    /// error_of_difference,settled`, the dimension that is next in the class's order, how much less its
    /// importance is (as MSE), the error of that over images, and whether it is settled that it is less.
    #[cfg(feature = "general")]
    ImageErrors,
    /// Errors of V over images, as V; then `lit`, in how many images the pixel has another value than most.
    #[cfg(feature = "general")]
    PixelErrors,
    /// When each map came to be what it is.
    #[cfg(feature = "general")]
    Emergence,
    /// Maps and importance beside those of networks that have nothing to learn:
    /// `dimension,spearman_untrained,spearman_variance`, then `importance_CLASS` for every class, and
    /// `permuted_importance_CLASS`, which is of the dimension of that number in a network trained on permuted
    /// images and has nothing to do with the dimension otherwise.
    #[cfg(feature = "general")]
    Controls,
    /// What becomes of each dimension in other networks:
    /// `dimension,network,network_dims,held_out_loss,matched_dimension,r,r2,verdict,map_similarity,profile_similarity,chance_r,chance_r2`,
    /// then `importance_CLASS`, IE of the matched dimension, for every class. After the networks, `mean` and
    /// `deviation` of IE over those in which the dimension was found again, the first network included.
    #[cfg(feature = "general")]
    Networks,
    /// How far off each reconstruction is: `class,class_place,file,file_place,mean_squared_error,cross_entropy,rank`,
    /// the image as in the table of Z, and rank 1 the largest mean squared error.
    #[cfg(feature = "general")]
    ReconstructionErrors,
    /// How far the latents of a variational network are from the standard normal distribution, in nats:
    /// `dimension,divergence,variance_of_means,mean_variance,active`, then `divergence_CLASS` for every class;
    /// empty where it has no explained image.
    #[cfg(feature = "general")]
    Divergence,
    /// What becomes of the loss where only some dimensions are kept: `kept,dimension,importance,mean,loss,random_1,…`.
    #[cfg(feature = "general")]
    Smaller,
    /// What other numbers of latent dimensions come to: `dims,training_loss,held_out_loss,inactive,diverged_after`.
    #[cfg(feature = "general")]
    Sizes,
    /// Which dimension carries which factor: `factor,entropy,gap,dimension,information,by_chance`, in nats, a row
    /// for each dimension of each factor.
    #[cfg(feature = "general")]
    Factors,
}

/// One table of a report as CSV, latent importance by `metric`; `None` while it is not known. The
/// encoded space has the coordinates of `plane` beside its own; those of another number of images are
/// left out.
#[must_use]
pub fn csv(
    report: &Report,
    plane: Option<&Projection>,
    table: Table,
    metric: Metric,
) -> Option<String> {
    #[cfg(feature = "general")]
    return csv_in(report, plane, table, metric, Unit::Paper);
    #[cfg(not(feature = "general"))]
    of_the_paper(report, plane, table, metric)
}

/// As [`csv`], with importance of pixels and groups in `unit`: columns of shares say so (`share_dim_1`,
/// `importance_share`), and are empty where there is no share.
#[cfg(feature = "general")]
#[must_use]
pub fn csv_in(
    report: &Report,
    plane: Option<&Projection>,
    table: Table,
    metric: Metric,
    unit: Unit,
) -> Option<String> {
    let is_paper = report.groups.is_none() && unit == Unit::Paper;
    match table {
        Table::PixelImportance if !is_paper => measured::pixel_importance(report, unit),
        Table::Groups => measured::groups(report, unit),
        Table::DonorChecks => measured::donor_checks(report),
        Table::Opinions => measured::opinions(report, unit),
        Table::Agreement => measured::agreement(report),
        Table::FairTest => measured::fair_test(report),
        Table::ImageErrors => image_errors::by_class(report, metric),
        Table::PixelErrors => image_errors::by_pixel(report),
        Table::Networks => networks::networks(report),
        Table::Controls => networks::controls(report, metric),
        Table::ReconstructionErrors => errors::reconstruction_errors(report),
        Table::Divergence => divergence::divergence(report),
        Table::Smaller => dimensions::smaller(report),
        Table::Sizes => dimensions::sizes(report),
        Table::Factors => factors::factors(report),
        table => of_the_paper(report, plane, table, metric),
    }
}

fn of_the_paper(
    report: &Report,
    plane: Option<&Projection>,
    table: Table,
    metric: Metric,
) -> Option<String> {
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
        Table::EncodedSpace => Some(by_image(report, report.encoded.as_ref()?, plane)),
        Table::Similarity => {
            let found = measured(report.latent_importance_by(metric))?;
            Some(by_pair(report, &found.cosine_similarity()))
        }
        #[cfg(feature = "general")]
        _ => None,
    }
}

fn measured(estimate: Option<&Estimate>) -> Option<&Estimate> {
    estimate.filter(|found| found.repeats > 0)
}

fn by_pixel(report: &Report, matrix: &Array2<f32>) -> String {
    let features = Features::of(report, matrix.nrows());
    let mut text = String::from(features.head());
    name_dims(&mut text, matrix.ncols());
    text.push('\n');
    for (feature, values) in matrix.rows().into_iter().enumerate() {
        features.put(&mut text, feature);
        end_row(&mut text, values);
    }
    text
}

/// What the features of a report are called in the first columns of a table.
struct Features<'a> {
    report: &'a Report,
    columns: Option<&'a Vec<String>>,
    channels: Option<usize>,
}

impl<'a> Features<'a> {
    /// Of a table of so many features.
    fn of(report: &'a Report, count: usize) -> Self {
        let columns = report.data.columns.as_ref();
        Self {
            report,
            columns: columns.filter(|columns| columns.len() == count),
            channels: report.is_by_channel().then_some(report.image.channels),
        }
    }

    /// Whether a feature is a time step of a signal.
    #[cfg(feature = "general")]
    fn is_signal(&self) -> bool {
        self.channels.is_none() && self.report.form() == DataForm::Signal
    }

    fn head(&self) -> &'static str {
        #[cfg(feature = "general")]
        if self.is_signal() {
            return "time_step";
        }
        match (self.columns, self.channels) {
            (Some(_), _) => "column",
            (None, Some(_)) => "pixel,row,col,channel",
            (None, None) => "pixel,row,col",
        }
    }

    /// Begins the row of a feature.
    fn put(&self, text: &mut String, feature: usize) {
        if let Some(columns) = self.columns {
            text.push_str(&field(&columns[feature]));
            return;
        }
        #[cfg(feature = "general")]
        if self.is_signal() {
            return put(text, format_args!("{}", feature + 1));
        }
        let width = self.report.image.width.max(1);
        let pixel = feature / self.channels.unwrap_or(1);
        let (row, column) = (pixel / width + 1, pixel % width + 1);
        put(text, format_args!("{},{row},{column}", pixel + 1));
        if let Some(channels) = self.channels {
            let name = self.report.image.channel_name(feature % channels);
            put(text, format_args!(",{name}"));
        }
    }
}

fn by_image(report: &Report, encoded: &Encoded, plane: Option<&Projection>) -> String {
    let images = encoded.labels.len();
    let plane = plane.filter(|plane| plane.coordinates.dim() == (images, 2));
    let mut text = String::from("class,class_place,file,file_place");
    name_dims(&mut text, encoded.latents.ncols());
    for axis in [1, 2] {
        if let Some(Projection { name, .. }) = plane {
            put(&mut text, format_args!(",{name}_{axis}"));
        }
    }
    text.push('\n');
    let images = encoded.labels.iter().zip(&encoded.positions).enumerate();
    for (image, (&label, position)) in images {
        let class = report.classes.iter().find(|class| class.label == label);
        let class = class.map_or(String::new(), |class| field(&class.name));
        let (file, place) = match (encoded.file.get(image), encoded.place.get(image)) {
            (Some(&file), Some(place)) => {
                let name = encoded.files.get(file as usize).map_or("", String::as_str);
                (field(name), (place + 1).to_string())
            }
            _ => Default::default(),
        };
        put(
            &mut text,
            format_args!("{class},{},{file},{place}", position + 1),
        );
        let places = plane.map(|plane| plane.coordinates.row(image));
        let values = encoded.latents.row(image);
        for &value in values.iter().chain(places.iter().flatten()) {
            put(&mut text, format_args!(",{}", number(value)));
        }
        text.push('\n');
    }
    text
}

fn by_pair(report: &Report, similarity: &Array2<Option<f64>>) -> String {
    let mut text = String::from("class");
    for class in 0..similarity.ncols() {
        put(&mut text, format_args!(",{}", class_name(report, class)));
    }
    text.push('\n');
    for (class, values) in similarity.rows().into_iter().enumerate() {
        text.push_str(&class_name(report, class));
        for value in values {
            let value = value.map_or(String::new(), |value| number(value as f32));
            put(&mut text, format_args!(",{value}"));
        }
        text.push('\n');
    }
    text
}

/// What the class of a row is called, as a field.
fn class_name(report: &Report, row: usize) -> String {
    // A report names every class it has a row for.
    let class = report.classes.get(row);
    class.map_or(String::new(), |class| field(&class.name))
}

/// A text as a field: in quotation marks where it could be taken for several.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

/// Adds a column for each dimension to the first row.
fn name_dims(text: &mut String, dims: usize) {
    for dim in 1..=dims {
        put(text, format_args!(",dim_{dim}"));
    }
}

fn end_row(text: &mut String, values: ArrayView1<'_, f32>) {
    for &value in values {
        put(text, format_args!(",{}", number(value)));
    }
    text.push('\n');
}

fn by_class(report: &Report, estimate: &Estimate) -> String {
    let place = if report.latent.is_some() {
        "channel,row,col,"
    } else {
        ""
    };
    let mut text = format!("class,dimension,{place}importance,std_error\n");
    for ((class, dim), &mean) in estimate.mean.indexed_iter() {
        let known = report.is_measured(class);
        let written = |value: f32| if known { number(value) } else { String::new() };
        let error = estimate.std_error.as_ref();
        let error = error.map_or(String::new(), |error| written(error[(class, dim)]));
        let place = report.dimension_place(dim);
        let place = place.map_or(String::new(), |[channel, row, column]| {
            format!("{channel},{row},{column},")
        });
        put(
            &mut text,
            format_args!(
                "{},{},{place}{},{error}\n",
                class_name(report, class),
                dim + 1,
                written(mean)
            ),
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
    use crate::data::ImageShape;
    use crate::importance::{DirectionMap, Measured};
    use crate::settings::Permute;

    fn report() -> Report {
        let image = ImageShape::grey(2, 1);
        Report {
            encoded: Some(Encoded {
                labels: vec![3, 7],
                positions: vec![85, 99],
                files: vec!["a, b.npy".into()],
                file: vec![0, 0],
                place: vec![7, 4],
                latents: array![[0.5, 0.0, 2.0], [1.25, 0.0, 0.0]],
            }),
            pixel_importance: Some(Estimate {
                method: Measured::Sampled,
                engine: "cpu".into(),
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
                method: Measured::Sampled,
                engine: "cpu".into(),
                mean: array![[0.01, 0.02], [0.04, 0.0]],
                std_error: Some(array![[0.001, 0.002], [0.003, 0.0]]),
                repeats: 4,
                fraction: 1.0,
            }),
            latent_importance_rmse: Some(Estimate {
                method: Measured::Sampled,
                engine: "cpu".into(),
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
            csv(&report, None, Table::PixelImportance, Metric::Mse).unwrap(),
            "pixel,row,col,dim_1,dim_2,dim_3\n1,1,1,0.1,0,12\n2,2,1,1.5e-9,0.33333334,0.25\n"
        );
        assert_eq!(
            csv(&report, None, Table::Direction, Metric::Mse).unwrap(),
            "pixel,row,col,dim_1,dim_2,dim_3\n1,1,1,1,0,-1\n2,2,1,1,1,-1\n"
        );
        let mut table = report.clone();
        table.data.columns = Some(vec!["mean radius".into(), "a \"b\"".into()]);
        assert_eq!(
            csv(&table, None, Table::Direction, Metric::Mse).unwrap(),
            "column,dim_1,dim_2,dim_3\nmean radius,1,0,-1\n\"a \"\"b\"\"\",1,1,-1\n"
        );
        let mut wide = report;
        wide.image = ImageShape::grey(1, 2);
        let table = csv(&wide, None, Table::Direction, Metric::Mse).unwrap();
        assert!(table.contains("\n2,1,2,1,1,-1\n"));
    }

    #[test]
    fn classes_go_by_their_names_and_what_is_unknown_is_left_out() {
        let mut report = report();
        assert_eq!(
            csv(&report, None, Table::LatentImportance, Metric::Mse).unwrap(),
            "class,dimension,importance,std_error\n\
             3,1,0.01,0.001\n3,2,0.02,0.002\n7,1,0.04,0.003\n7,2,0,0\n"
        );
        report.latent_importance.as_mut().unwrap().std_error = None;
        let table = csv(&report, None, Table::LatentImportance, Metric::Mse).unwrap();
        assert!(table.contains("\n7,1,0.04,\n"));
        report.classes[0].name = "T-shirt, top".into();
        report.classes[1].explained = 1;
        let table = csv(&report, None, Table::LatentImportance, Metric::Mse).unwrap();
        assert!(table.ends_with("\n\"T-shirt, top\",2,0.02,\n7,1,,\n7,2,,\n"));
    }

    #[test]
    fn channels_that_are_permuted_by_themselves_stand_in_rows_of_their_own() {
        let mut report = report();
        report.image = ImageShape {
            channels: 3,
            ..ImageShape::grey(1, 2)
        };
        report.settings.permute = Permute::Channel;
        report.direction = Some(DirectionMap {
            slope: Array2::ones((6, 1)),
            sign: Array2::ones((6, 1)),
        });
        let table = |report: &Report| csv(report, None, Table::Direction, Metric::Mse).unwrap();
        assert_eq!(
            table(&report),
            "pixel,row,col,channel,dim_1\n1,1,1,red,1\n1,1,1,green,1\n1,1,1,blue,1\n\
             2,1,2,red,1\n2,1,2,green,1\n2,1,2,blue,1\n"
        );
        report.image.channels = 6;
        report.image.width = 1;
        assert!(table(&report).ends_with("\n1,1,1,6,1\n"));
    }

    #[test]
    fn dimensions_of_feature_maps_have_their_place() {
        let mut report = report();
        report.latent = Some(ImageShape {
            channels: 2,
            ..ImageShape::grey(1, 1)
        });
        let table = csv(&report, None, Table::LatentImportance, Metric::Mse).unwrap();
        assert!(table.starts_with(
            "class,dimension,channel,row,col,importance,std_error\n3,1,1,1,1,0.01,0.001\n3,2,2,1,1,"
        ));
    }

    #[test]
    fn latent_importance_is_by_the_metric_that_is_asked_for() {
        assert_eq!(
            csv(&report(), None, Table::LatentImportance, Metric::Rmse).unwrap(),
            "class,dimension,importance,std_error\n3,1,0.1,\n3,2,0.15,\n7,1,0.2,\n7,2,0,\n"
        );
    }

    #[test]
    fn encoded_images_go_by_their_class_and_their_places_in_it_and_in_their_file() {
        assert_eq!(
            csv(&report(), None, Table::EncodedSpace, Metric::Mse).unwrap(),
            "class,class_place,file,file_place,dim_1,dim_2,dim_3\n3,86,\"a, b.npy\",8,0.5,0,2\n\
             7,100,\"a, b.npy\",5,1.25,0,0\n"
        );
    }

    #[test]
    fn places_on_a_plane_stand_beside_the_latents() {
        let encoded = |coordinates: Array2<f32>| {
            let plane = Projection {
                coordinates,
                axes: Default::default(),
                name: "umap".into(),
            };
            csv(&report(), Some(&plane), Table::EncodedSpace, Metric::Mse).unwrap()
        };
        assert_eq!(
            encoded(array![[-1.5, 2.0], [0.25, 0.0]]),
            "class,class_place,file,file_place,dim_1,dim_2,dim_3,umap_1,umap_2\n3,86,\"a, b.npy\",8,0.5,0,2,-1.5,2\n\
             7,100,\"a, b.npy\",5,1.25,0,0,0.25,0\n"
        );
        assert!(!encoded(array![[-1.5, 2.0]]).contains("umap"));
    }

    #[test]
    fn similarity_is_class_by_class_and_empty_where_there_is_no_profile() {
        let mut report = report();
        let similarity =
            |report: &Report| csv(report, None, Table::Similarity, Metric::Mse).unwrap();
        // By hand: 0.01 / |(0.01, 0.02)| = 1 / √5.
        assert_eq!(
            similarity(&report),
            "class,3,7\n3,1,0.4472136\n7,0.4472136,1\n"
        );
        report.latent_importance.as_mut().unwrap().mean = array![[0.01, 0.02], [0.0, 0.0]];
        assert_eq!(similarity(&report), "class,3,7\n3,1,\n7,,\n");
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
            Table::Similarity,
        ] {
            assert_eq!(csv(&report, None, table, Metric::Mse), None);
        }
    }
}
