//! What becomes of reports that come from outside: those of sessions, and the parts of a run.

use latent_lens::distribute::{PartialReport, merge};
use latent_lens::export::{Table, csv};
use latent_lens::plot::{Chart, Colour, Extra, FigureSpec, Known, Style, svg};
use latent_lens::report::{Metric, Report};
use serde::Deserialize;

use crate::models::says;

/// Numbers of the reports that are drawn as well.
const DRAWN: usize = 1 << 12;

/// A report, what is chosen of a chart, and what is drawn.
#[derive(Deserialize)]
struct Shown {
    report: Report,
    options: Option<FigureSpec>,
    #[serde(default)]
    extra: Extra,
}

/// What a report that passes its check says, and its tables and charts.
pub fn report(bytes: &[u8]) {
    let Ok(shown) = serde_json::from_slice::<Shown>(bytes) else {
        return;
    };
    if let Err(what) = shown.report.check() {
        assert!(!what.is_empty());
        return;
    }
    let Shown {
        report,
        options,
        extra,
    } = shown;
    for said in report.cautions() {
        says(&said);
    }
    let _ = report.words();
    let _ = (report.measured_in_words(), report.loss_in_words());
    let _ = (report.controls_in_words(), report.networks_in_words());
    for table in TABLES {
        for metric in [Metric::Mse, Metric::Rmse] {
            let _ = csv(&report, None, table, metric);
        }
    }
    if report.image.size() > DRAWN || report.settings.dims > 64 || report.classes.len() > 64 {
        return;
    }
    let spec = FigureSpec::new(0, report.settings.dims, report.image);
    for spec in [Some(spec), options].into_iter().flatten() {
        draw(&report, &spec, &extra);
    }
}

fn draw(report: &Report, spec: &FigureSpec, extra: &Extra) {
    let known = Known {
        report: Some(report.clone()),
        ..Known::default()
    };
    let style = Style {
        scale: 1.0,
        font: "sans-serif".into(),
        font_size: 13.0,
        background: Colour::WHITE,
        text: Colour(0, 0, 0),
        muted: Colour(9, 9, 9),
        grid: Colour(8, 8, 8),
        accent: Colour(7, 7, 7),
    };
    for chart in Chart::WHOLE.into_iter().chain([Chart::Figure, Chart::Pair]) {
        if !chart.is_of(report) {
            continue;
        }
        let height = chart.height(600.0, &known, spec, &style);
        assert!(height.is_finite() && height >= 0.0);
        if height > 20_000.0 {
            continue;
        }
        svg((600, height.ceil() as u32), |area| {
            chart.draw(area, &known, (spec, extra), &style)
        })
        .expect("a document takes all that is drawn");
        let _ = chart.numbers(&known, (spec, extra));
    }
}

/// Parts of a run, joined.
pub fn parts(bytes: &[u8]) {
    let Ok(parts) = serde_json::from_slice::<Vec<PartialReport>>(bytes) else {
        return;
    };
    match merge(&parts) {
        Ok(report) => assert_eq!(report.check(), Ok(())),
        Err(error) => says(&error.to_string()),
    }
}

const TABLES: [Table; 19] = [
    Table::PixelImportance,
    Table::Direction,
    Table::LatentImportance,
    Table::EncodedSpace,
    Table::Groups,
    Table::DonorChecks,
    Table::Opinions,
    Table::Agreement,
    Table::FairTest,
    Table::ImageErrors,
    Table::PixelErrors,
    Table::Networks,
    Table::Controls,
    Table::ReconstructionErrors,
    Table::Divergence,
    Table::Smaller,
    Table::Sizes,
    Table::Factors,
    Table::Similarity,
];
