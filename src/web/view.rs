//! The view's door: what the page draws with, asks and exports on its own thread.

use js_sys::{Object, Uint8Array};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::convert::{plain, report_part_from_js, set, value};
use crate::data::idx;
use crate::export;
use crate::plot::{self, FigureSpec, Style};
use crate::report::{Report, TrainingHistory};
use crate::settings::Settings;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How charts look. Colours are written #rrggbb, lengths are CSS pixels. */
export interface Theme {
  /** Device pixels per CSS pixel: the canvas has its CSS size times this many pixels. */
  scale: number;
  /** CSS font family. */
  font: string;
  font_size: number;
  background: string;
  text: string;
  muted: string;
  grid: string;
  accent: string;
}

/**
 * What the figure is of and how it is looked at; drawn empty but in its final place while nothing
 * is known. What may be absent has the paper's look then.
 */
export interface FigureOptions {
  /** Row of the latent importance. */
  class: number;
  /** Number of latent dimensions. */
  dims: number;
  /** Size of an image in pixels. */
  image: { height: number; width: number };
  /** Columns of maps; chosen to make the maps largest where absent. */
  columns?: number;
  /** Most important dimension first (default), or in natural order. */
  sort?: boolean;
  /** Leave out dimensions that are always 0, once that is known. Default: false. */
  filter_empty?: boolean;
  /** Only so many dimensions from the first in the order. Default: all. */
  top?: number | null;
  /** Degrees by which maps are turned clockwise. Default: 0. */
  rotate?: 0 | 90 | 180 | 270;
  /** Mirror maps left to right, after turning. Default: false. */
  flip_horizontal?: boolean;
  /** Mirror maps top to bottom, after turning. Default: false. */
  flip_vertical?: boolean;
  /** Colours: red and blue, or orange and blue. Default: "paper". */
  palette?: "paper" | "colour-blind";
  /** One scale for all maps, or one for each. Default: "shared". */
  scale?: "shared" | "each";
  /** Slopes nearer to 0 count as no direction; latent units per unit of intensity. Default: 0. */
  threshold?: number;
}

/** What is known of a pixel and a dimension. */
export interface PixelFacts {
  /** Row of the report's matrices, counted from 0. */
  pixel: number;
  /** In the image as stored, counted from 1. */
  row: number;
  /** In the image as stored, counted from 1. */
  column: number;
  importance: number;
  std_error: number | null;
  /** Latent units per unit of intensity. */
  slope: number | null;
  /** -1, 0 or 1; 0 as well where the slope is below the threshold. */
  sign: number | null;
}

/** Where the figure's parts are, in CSS pixels from the canvas' top left, and what they show. */
export interface FigureLayout {
  /** The figure in words. */
  summary: string;
  /** Dimensions, counted from 0, by position, top first. */
  order: number[];
  /** The image of each map, by position. */
  maps: FigurePlace[];
  /** The row of each bar, its label included, by position. */
  bars: FigurePlace[];
}

export interface FigurePlace {
  /** Counted from 0. */
  dim: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Grey images: one byte a pixel, image after image, row after row. */
export interface Images {
  count: number;
  height: number;
  width: number;
  data: Uint8Array;
}
"#;

/// Draws a report on canvases, and checks settings and reads images as the engine would.
///
/// Every error is an `Error` whose message is a sentence.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct View {
    report: Option<Report>,
}

/// The charts that can be exported.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Chart {
    Figure,
    Loss,
}

#[derive(Deserialize)]
struct LossOptions {
    epochs: usize,
}

#[derive(Deserialize)]
struct LossExport {
    /// The epochs that the run was to train where absent.
    epochs: Option<usize>,
}

#[wasm_bindgen]
#[expect(
    clippy::unused_self,
    reason = "the page holds one object and calls its methods"
)]
impl View {
    /// A view of an empty report.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every reason why a run with these settings would be refused, given the labels of the
    /// classes there are: `{ field, message }[]`, empty when there is none. Throws if `settings`
    /// lacks the form of settings.
    #[wasm_bindgen(unchecked_return_type = "{ field: string; message: string }[]")]
    pub fn check(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "{ classes: number[]; dims: number; hidden: number[]; epochs: number; permutations: number; seed: number }"
        )]
        settings: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number[]")] available: JsValue,
    ) -> Result<JsValue, JsError> {
        let settings: Settings = value("settings", settings)?;
        let available: Vec<u8> = value("available", available)?;
        plain(&settings.check(&available))
    }

    /// Reads an IDX file of images, plain or gzip-compressed. Throws if it is not one.
    #[wasm_bindgen(unchecked_return_type = "Images")]
    pub fn decode(&self, bytes: &[u8]) -> Result<Object, JsError> {
        let images = idx::read(bytes).map_err(|error| JsError::new(&error.to_string()))?;
        let object = Object::new();
        set(&object, "count", images.count() as f64);
        set(&object, "height", images.height as f64);
        set(&object, "width", images.width as f64);
        set(&object, "data", Uint8Array::from(images.bytes.as_slice()));
        Ok(object)
    }

    /// Takes over the parts of a report that are there. The first part of a run carries its
    /// version, engine, settings, image and classes, and replaces the report of an earlier run.
    /// Matrices are `{ shape: [rows, columns], data: Float32Array }`, row by row. Throws if a
    /// part lacks the form of its place, and then takes over none after it.
    pub fn update(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "object")] part: &JsValue,
    ) -> Result<(), JsError> {
        report_part_from_js(&mut self.report, part)
    }

    /// Forgets the report: what is drawn next is empty, in its place.
    pub fn reset(&mut self) {
        self.report = None;
    }

    /// Draws the figure over the whole canvas: latent importance of one class as bars, and the
    /// directional map of each dimension in the same order. Throws if an argument cannot be
    /// read or the canvas cannot be drawn on.
    #[wasm_bindgen(unchecked_return_type = "FigureLayout")]
    pub fn draw_figure(
        &self,
        canvas: HtmlCanvasElement,
        #[wasm_bindgen(unchecked_param_type = "FigureOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<JsValue, JsError> {
        let spec: FigureSpec = value("options", options)?;
        let style: Style = value("theme", theme)?;
        let area = drawing_area(canvas)?;
        let layout =
            plot::figure(&area, self.report.as_ref(), &spec, &style).map_err(|e| failed(&e))?;
        plain(&layout)
    }

    /// Draws the loss over the whole canvas, on an axis of so many epochs, and returns the chart
    /// in words. Throws if an argument cannot be read or the canvas cannot be drawn on.
    pub fn draw_loss(
        &self,
        canvas: HtmlCanvasElement,
        #[wasm_bindgen(unchecked_param_type = "{ epochs: number }")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<String, JsError> {
        let LossOptions { epochs } = value("options", options)?;
        let style: Style = value("theme", theme)?;
        let area = drawing_area(canvas)?;
        plot::loss(&area, self.history(), epochs, &style).map_err(|e| failed(&e))
    }

    /// What is known of the pixel at (x, y) of the map of dimension `dim`, counted from 0. The
    /// place is that in the map as it is drawn with these options: from 0, the left and the upper
    /// edge, to 1. Undefined outside the map, and while pixel importance is not known. Throws if
    /// the options cannot be read.
    #[wasm_bindgen(unchecked_return_type = "PixelFacts | undefined")]
    pub fn pixel(
        &self,
        #[wasm_bindgen(unchecked_param_type = "FigureOptions")] options: JsValue,
        dim: usize,
        x: f64,
        y: f64,
    ) -> Result<JsValue, JsError> {
        let spec: FigureSpec = value("options", options)?;
        match plot::pixel(self.report.as_ref(), &spec, dim, (x, y)) {
            Some(found) => plain(&found),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// A chart as an SVG document, so many CSS pixels wide and high; `options` are those that
    /// draw the chart. The epochs of a loss are those of the run where absent. Throws if an
    /// argument cannot be read.
    pub fn export_svg(
        &self,
        #[wasm_bindgen(unchecked_param_type = "\"figure\" | \"loss\"")] kind: JsValue,
        width: f64,
        height: f64,
        #[wasm_bindgen(unchecked_param_type = "FigureOptions | { epochs?: number }")]
        options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<String, JsError> {
        let size = (width.round() as u32, height.round() as u32);
        let style = Style {
            scale: 1.0,
            ..value("theme", theme)?
        };
        let drawn = match value("kind", kind)? {
            Chart::Figure => {
                let spec: FigureSpec = value("options", options)?;
                plot::svg(size, |area| {
                    plot::figure(area, self.report.as_ref(), &spec, &style)
                })
                .map(|(svg, layout)| plot::described(&svg, "Latent space", &layout.summary))
            }
            Chart::Loss => {
                let LossExport { epochs } = value("options", options)?;
                let planned = || Some(self.report.as_ref()?.settings.epochs);
                let epochs = epochs.or_else(planned).unwrap_or(0);
                plot::svg(size, |area| {
                    plot::loss(area, self.history(), epochs, &style)
                })
                .map(|(svg, summary)| plot::described(&svg, "Loss", &summary))
            }
        };
        drawn.map_err(|error| failed(&*error))
    }

    /// A table of the report as CSV. Throws while not all of it has been measured.
    pub fn csv(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "\"pixel_importance\" | \"direction\" | \"latent_importance\""
        )]
        kind: JsValue,
    ) -> Result<String, JsError> {
        let table = value("kind", kind)?;
        let report = self.report.as_ref();
        report
            .and_then(|report| export::csv(report, table))
            .ok_or_else(|| JsError::new("This table is not measured yet."))
    }
}

impl View {
    fn history(&self) -> Option<&TrainingHistory> {
        self.report.as_ref()?.training.as_ref()
    }
}

fn drawing_area(canvas: HtmlCanvasElement) -> Result<DrawingArea<Canvas, Shift>, JsError> {
    Canvas::new(canvas)
        .map(IntoDrawingArea::into_drawing_area)
        .ok_or_else(|| JsError::new("The browser gives no 2D context for this canvas."))
}

fn failed(error: &dyn std::error::Error) -> JsError {
    JsError::new(&format!("The chart could not be drawn: {error}."))
}
