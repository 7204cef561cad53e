//! A report of results that were computed elsewhere, of which nothing else is known.

use ndarray::Array2;

use super::{DataForm, Metric, ModelPart, ModelSource, PixelKind, Report};
use crate::data::ClassSummary;
use crate::data::readers::Results;
use crate::importance::{DirectionMap, Estimate, Measured};
use crate::settings::{Permute, Settings};

impl Report {
    /// Of these results, whose latent importance is by this metric. Its settings say how many dimensions and which
    /// classes there are, and nothing else: [`ModelPart::Results`] marks it.
    #[must_use]
    pub fn of_results(results: Results, metric: Metric) -> Self {
        let class = |(label, name): (u8, String)| ClassSummary {
            label,
            name,
            training: 0,
            held_out: 0,
            explained: 0,
        };
        let classes: Vec<ClassSummary> = (0..=u8::MAX).zip(results.classes).map(class).collect();
        let settings = Settings {
            dims: results.dims,
            hidden: Vec::new(),
            epochs: 0,
            classes: classes.iter().map(|class| class.label).collect(),
            permute: if results.by_channel {
                Permute::Channel
            } else {
                Permute::Pixel
            },
            ..Settings::default()
        };
        let estimate = |mean: Array2<f32>| Estimate {
            method: Measured::Elsewhere,
            engine: String::new(),
            mean,
            std_error: None,
            repeats: 1,
            fraction: 1.0,
        };
        let mut report = Self::empty("", settings, results.image, classes);
        report.version = env!("CARGO_PKG_VERSION").into();
        report.model = Some(ModelSource {
            files: results.files,
            format: "results".into(),
            notes: results.notes,
            part: ModelPart::Results,
        });
        if results.columns.is_some() {
            report.data.form = DataForm::Table;
            report.data.pixels = PixelKind::Quantity;
            report.data.columns = results.columns;
        }
        report.pixel_importance = results.importance.map(estimate);
        report.direction = results.direction.map(|sign| DirectionMap {
            slope: Array2::zeros((0, 0)),
            sign,
        });
        let by_class = results.latent_importance.map(estimate);
        match metric {
            Metric::Mse => report.latent_importance = by_class,
            Metric::Rmse => report.latent_importance_rmse = by_class,
        }
        report
    }
}
