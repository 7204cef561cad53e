//! Charts as files: SVG, and the same as PNG with its own type, so that it looks the same on a
//! server without any font.

use std::sync::Arc;

use latent_lens::data::ClassSummary;
use latent_lens::history::{History, MomentMaps};
use latent_lens::plot::{Chart, Colour, Extra, FigureSpec, Known, Style, described, svg};
use latent_lens::report::{Projection, Report};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::arguments::Look;
use super::failure::Failure;
use super::folder::File;

/// The largest width of a chart, in CSS pixels.
const WIDTH: f64 = 960.0;
/// Pixels of a PNG per CSS pixel: sharp in print at half a column's width.
const SCALE: f32 = 2.0;
/// The type of the PNGs; SVGs ask for it too, and are content with another.
const FONT: &str = "Noto Sans, system-ui, sans-serif";

/// A chart to be written.
#[derive(Clone)]
struct Drawing {
    /// Of its files, without the ending.
    name: String,
    chart: Chart,
    /// The row of the class that it shows.
    class: usize,
    /// The channel whose maps it shows, where each is permuted by itself.
    channel: usize,
    /// The dimension that it is of, if it is of one.
    dim: Option<usize>,
    /// The encoded space on this plane; without one, on that of its two widest dimensions.
    projection: Option<Projection>,
}

impl Drawing {
    fn new(name: String, chart: Chart, class: usize) -> Self {
        Self {
            name,
            chart,
            class,
            channel: 0,
            dim: None,
            projection: None,
        }
    }
}

/// The figure of the first class, its dimensions in their own order.
pub fn figure(report: &Report, look: Look) -> FigureSpec {
    FigureSpec {
        sort: false,
        ..spec(report, &Drawing::new(String::new(), Chart::Figure, 0), look)
    }
}

/// Every chart of a report, as SVG and as PNG.
pub fn files(
    report: &Report,
    history: Option<&History>,
    projection: Option<&Projection>,
    look: Look,
) -> Result<Vec<File>, Failure> {
    let renderer = Renderer::new();
    let mut known = Known {
        report: Some(report.clone()),
        moments: history
            .into_iter()
            .flat_map(History::moments)
            .map(|moment| (moment.epoch, MomentMaps::from(moment)))
            .collect(),
        ..Known::default()
    };
    let mut files = Vec::new();
    for drawing in drawings(report, projection) {
        let name = &drawing.name;
        let spec = spec(report, &drawing, look);
        known.projection.clone_from(&drawing.projection);
        let extra = Extra {
            dim: drawing.dim,
            axes: look.projection.filter(|_| drawing.projection.is_none()),
            ..Extra::default()
        };
        files.extend(renderer.files((name, drawing.chart), &known, (&spec, &extra))?);
    }
    Ok(files)
}

fn drawings(report: &Report, projection: Option<&Projection>) -> Vec<Drawing> {
    let drawing = Drawing::new;
    let mut drawings: Vec<Drawing> = Vec::new();
    // Latent importance alone is drawn by class, without maps.
    let has_maps = report.pixel_importance.is_some() || report.direction.is_some();
    // Without latent importance it is the same of every class.
    let is_by_class = report.has_latent_importance() || report.divergence.is_some();
    if !is_by_class && has_maps {
        let name = Chart::Figure.file().into();
        drawings.extend(by_channel(report, drawing(name, Chart::Figure, 0)));
    }
    let figures = if is_by_class && (has_maps || !report.is_of_results()) {
        report.classes.len()
    } else {
        0
    };
    for row in 0..figures {
        let name = format!(
            "{}_class_{}",
            Chart::Figure.file(),
            file_name(&report.classes, row)
        );
        drawings.extend(by_channel(report, drawing(name, Chart::Figure, row)));
    }
    for chart in Chart::WHOLE.into_iter().filter(|chart| chart.is_of(report)) {
        let drawing = drawing(chart.file().into(), chart, 0);
        if matches!(chart, Chart::Pixels | Chart::FilmStrip) {
            drawings.extend(by_channel(report, drawing));
        } else if matches!(chart, Chart::Opinions | Chart::FairTest) {
            drawings.extend((0..report.settings.dims).map(|dim| Drawing {
                name: format!("{}_dim_{}", drawing.name, dim + 1),
                dim: Some(dim),
                ..drawing.clone()
            }));
        } else {
            drawings.push(drawing);
        }
    }
    drawings.extend(projection.map(|projection| Drawing {
        projection: Some(projection.clone()),
        ..drawing("encoded_space_tsne".into(), Chart::Space, 0)
    }));
    drawings
}

/// A drawing of maps, once for each channel where each is permuted by itself.
fn by_channel(report: &Report, drawing: Drawing) -> Vec<Drawing> {
    if !report.is_by_channel() {
        return vec![drawing];
    }
    let of = |channel| {
        let name = report.image.channel_name(channel);
        let name = match report.image.channels {
            3 => name,
            _ => format!("channel_{name}"),
        };
        Drawing {
            name: format!("{}_{name}", drawing.name),
            channel,
            ..drawing.clone()
        }
    };
    (0..report.image.channels).map(of).collect()
}

/// The name of the class of a row as part of a file's name. What some system does not take in one is
/// replaced by `-`, and then, as where two names differ in capitals only, the row, counted from 1,
/// stands in front.
fn file_name(classes: &[ClassSummary], row: usize) -> String {
    const LONGEST: usize = 60;
    let name = &classes[row].name;
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '+');
    let kept: String = name
        .chars()
        .take(LONGEST)
        .map(|c| if allowed(c) { c } else { '-' })
        .collect();
    let kept = kept.trim_matches(['.', ' ']);
    let same = |class: &&ClassSummary| class.name.to_lowercase() == name.to_lowercase();
    if kept == name && classes.iter().filter(same).count() == 1 {
        kept.into()
    } else {
        format!("{}-{kept}", row + 1)
    }
}

/// Why a chart could not be drawn.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

fn spec(report: &Report, drawing: &Drawing, look: Look) -> FigureSpec {
    FigureSpec {
        channel: drawing.channel,
        metric: look.metric.into(),
        images: look.image_colours.of(report.data.pixels),
        maps: look.maps,
        unit: look.unit,
        errors: look.errors,
        form: report.form(),
        top_columns: look.top_columns,
        ..FigureSpec::new(drawing.class, report.settings.dims, report.image)
    }
}

/// A chart as SVG, with what has to be said of it.
pub fn draw(
    chart: Chart,
    known: &Known,
    (spec, extra): (&FigureSpec, &Extra),
) -> Result<String, Error> {
    let report = known.report.as_ref().expect("charts here are of a report");
    let style = style();
    let width = chart.width(report, WIDTH);
    let height = chart.height(width, known, spec, &style).ceil();
    let (document, layout) = svg((width as u32, height as u32), |area| {
        chart.draw(area, known, (spec, extra), &style)
    })?;
    let first = report.cautions();
    let of = report.subject_in_words();
    let measured = report.measured_in_words();
    let said = first.iter().map(String::as_str);
    let said = said.chain([layout.summary.as_str(), &of]);
    let said: Vec<&str> = said.chain(measured.iter().map(String::as_str)).collect();
    let summary = said.join(" ");
    Ok(described(
        &document,
        &chart.title_of(report.form()),
        &summary,
    ))
}

/// The page's look on light ground.
fn style() -> Style {
    Style {
        scale: 1.0,
        font: FONT.into(),
        font_size: 13.0,
        background: Colour::WHITE,
        text: Colour(0x1b, 0x1e, 0x23),
        muted: Colour(0x5b, 0x63, 0x6e),
        grid: Colour(0xd8, 0xdc, 0xe2),
        accent: Colour(0x0b, 0x7a, 0x73),
    }
}

fn undrawn(name: &str, error: &dyn std::error::Error) -> Failure {
    Failure::Failed(format!("The chart {name} could not be drawn: {error}."))
}

/// Turns SVG into PNG.
pub struct Renderer {
    options: Options<'static>,
}

impl Renderer {
    pub fn new() -> Self {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
        fonts.load_font_data(notosans::BOLD_TTF.to_vec());
        Self {
            options: Options {
                fontdb: Arc::new(fonts),
                font_family: "Noto Sans".into(),
                ..Options::default()
            },
        }
    }

    /// A chart under its name, as SVG and as PNG.
    pub fn files(
        &self,
        (name, chart): (&str, Chart),
        known: &Known,
        (spec, extra): (&FigureSpec, &Extra),
    ) -> Result<[File; 2], Failure> {
        let svg = draw(chart, known, (spec, extra)).map_err(|error| undrawn(name, &*error))?;
        let png = self.png(&svg).map_err(|error| undrawn(name, &*error))?;
        let svg = (format!("{name}.svg"), svg.into_bytes());
        Ok([svg, (format!("{name}.png"), png)])
    }

    fn png(&self, svg: &str) -> Result<Vec<u8>, Error> {
        Ok(self.picture(svg, SCALE)?.encode_png()?)
    }

    /// With so many pixels per CSS pixel.
    pub fn picture(&self, svg: &str, scale: f32) -> Result<Pixmap, Error> {
        let tree = Tree::from_str(svg, &self.options)?;
        let size = tree.size().to_int_size();
        let pixels = |length: u32| (length as f32 * scale).round() as u32;
        let mut image = Pixmap::new(pixels(size.width()), pixels(size.height()))
            .ok_or("it would have no pixels, or too many")?;
        resvg::render(
            &tree,
            Transform::from_scale(scale, scale),
            &mut image.as_mut(),
        );
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_classes_are_names_of_files() {
        let names = [
            "Äpfel",
            "1000",
            "a/b",
            "a:b",
            "..",
            "e",
            "E",
            &"x".repeat(80),
        ];
        let classes: Vec<ClassSummary> = names
            .iter()
            .map(|&name| ClassSummary {
                label: 0,
                name: name.into(),
                training: 0,
                held_out: 0,
                explained: 2,
            })
            .collect();
        let files: Vec<String> = (0..8).map(|row| file_name(&classes, row)).collect();
        let expected = ["Äpfel", "1000", "3-a-b", "4-a-b", "5-", "6-e", "7-E"];
        assert_eq!(files[..7], expected);
        assert_eq!(files[7], format!("8-{}", "x".repeat(60)));
    }
}
