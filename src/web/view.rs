//! The view's door: what the page draws with and asks on its own thread. Its methods that only other
//! charts than the first figure's need are in `charts`.

#[cfg(feature = "charts")]
use js_sys::Reflect;
use js_sys::{Float32Array, Object, Uint8Array};
use ndarray::ArrayView2;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

use super::canvas::Canvas;
use super::convert::{network_from_js, plain, report_part_from_js, set, value};
use crate::data::idx;
use crate::model::Network;
use crate::plot::{self, Chart, Extra, FigureSpec, KeptPlane, Known, Style};
#[cfg(feature = "charts")]
use crate::report::MeasuredErrors;
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
  /** Size of an image in pixels, and the channels of a pixel: one where absent. */
  image: { height: number; width: number; channels?: number };
  /**
   * Whose maps are shown where each channel is permuted by itself, counted from 0. Default: the first,
   * which is red where there are three.
   */
  channel?: number;
  /** Columns of maps; chosen to make the maps largest where absent. */
  columns?: number;
  /** Most important dimension first (default), or in natural order. */
  sort?: boolean;
  /** The dimensions that are shown, counted from 0, in this order, whatever else is said of it. */
  order?: number[] | null;
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
  /** How latent importance measures the change of a reconstruction. Default: "mse". */
  metric?: "mse" | "rmse";
  /**
   * Colours of images that have one number a pixel, or are shown by the mean of two, four or more, where
   * a chart shows images themselves: ink on the page's ground, black to white on any page, or violet to
   * yellow. Default: "ink".
   */
  images?: "ink" | "bright" | "viridis";
  /** charts alone: whose maps are shown; of another method once the run was asked for it. Default: "permutation". */
  maps?: Attribution;
  /** charts alone: maps of single pixels where groups were moved as well. Default: false. */
  single?: boolean;
  /** charts alone: maps in squared latent units, or as a share of 2 · Var(z). Default: "paper". */
  unit?: "paper" | "share";
  /** charts alone: what a row of numbers is drawn as. Default: "image". */
  form?: "image" | "signal" | "table";
  /** charts alone: so many columns of a table a map shows at most. Default: as many as there is room for. */
  top_columns?: number | null;
  /** charts alone: errors of the permutations, or over the images once the run was asked for them. Default: "repeats". */
  errors?: "repeats" | "images";
}

/** A way to tell which pixels drive a latent dimension. */
export type Attribution =
  | "permutation"
  | "gradient"
  | "smoothgrad"
  | "integrated-zero"
  | "integrated-mean"
  | "occlusion-zero"
  | "occlusion-mean"
  | "variance";

/** What replaces pixels in a fair test. */
export type Filler = "mean" | "zero" | "donor";

/** What a chart is of; what one chart alone heeds is named after it. */
export interface ChartOptions extends FigureOptions {
  /** loss: where its axis ends. Default: the epochs of the run. */
  epochs?: number;
  /** loss: which it is. Default: that of the run. */
  loss?: "bce" | "mse" | "mae";
  /**
   * pair, opinions, agreement, fair-test: the dimension, counted from 0. Default: the figure's first; for
   * agreement the mean over all.
   */
  dim?: number;
  /** space: the image to put a ring around, counted from 0 in the report's order. */
  selected?: number;
  /**
   * space: the dimensions across and up, counted from 0. Default, and where they are not two that
   * there are: those that vary most.
   */
  axes?: [number, number];
  /** space: what of its plane is seen, from where to where across, and up. Default: all of it. */
  window?: PlaneWindow;
  /** space: rows of classes that are left out. Default: none. */
  hidden?: number[];
  /** dendrogram: the distance up to which pixels belong together, 0 to 1. Default: that of the run. */
  cut?: number;
  /** fair-test: what replaces pixels in its curves. Default: "mean". */
  filler?: Filler;
  /** emergence: in the order in which maps came to be what they are; else as in the figure. Default: false. */
  earliest?: boolean;
  /** reconstruction-errors: above which mean squared error images are marked. Default: one in twenty is. */
  error_above?: number;
  /** smaller: how many dimensions are kept. Default: as many as are enough. */
  kept?: number;
}

/** From where to where a plane is seen: from left to right, and from the lower edge to the upper. */
export type PlaneWindow = [across: [from: number, to: number], up: [from: number, to: number]];

/** Where a plane was drawn, that of the encoded space or of the loss, in CSS pixels from the canvas' top left. */
export interface PlaneLayout {
  x: number;
  y: number;
  width: number;
  height: number;
  window: PlaneWindow;
  /** The window in which all images are. */
  whole: PlaneWindow;
  /** The dimensions across and up, counted from 0; absent where these are not two dimensions. */
  dims?: [across: number, up: number];
  /** The legend's entries, by the rows of the classes; none where it has no room. */
  legend: { class: number; x: number; y: number; width: number; height: number }[];
}

/** What is known of a pixel and a dimension. */
export interface PixelFacts {
  /** Row of the report's matrices, counted from 0; that of the shown channel where there is one. */
  pixel: number;
  /** In the image as stored, counted from 1. */
  row: number;
  /** In the image as stored, counted from 1. */
  column: number;
  /** What it is called where it is no pixel of an image: "petal width", "t = 17". */
  name?: string;
  /** Counted from 1, where each channel is permuted by itself. */
  channel?: number;
  /** Of what the map shows; NaN where it shows nothing of the pixel. */
  importance: number;
  std_error: number | null;
  /** Latent units per unit of intensity. */
  slope: number | null;
  /** -1, 0 or 1; 0 as well where the slope is below the threshold. */
  sign: number | null;
  /** What `importance` is and is measured in, where that is not V of the pixel in squared latent units. */
  quantity?: string;
  /** Where groups are shown: what the pixel's is called; null where it is in none. */
  group?: string | null;
  /** V of the group over the sum of V of its pixels alone: Infinity where only the group moves the dimension. */
  shared?: number;
  /** Standard error of `shared`, where it is known. */
  shared_error?: number;
  /** Where groups are shown: the number of the pixel alone, in the same unit. */
  single?: number;
  /** Images in which the pixel is lit, where errors over images are known and these are too few for one. */
  too_few?: number;
}

/**
 * A chart in words, and where its parts are, in CSS pixels from the canvas' top left. Parts that a
 * chart does not have are absent.
 */
export interface ChartLayout {
  /** The chart in words. */
  summary: string;
  /** Dimensions, counted from 0, by position, top first. */
  order?: number[];
  /** The image of each map, by position. */
  maps?: Place[];
  /** The row of each bar, its label included, by position. */
  bars?: Place[];
  /**
   * x and y of each explained image in the report's order, one image after the other; NaN where it
   * has no place or is not drawn, empty while the encoded space is not known.
   */
  points?: Float32Array;
  /**
   * The input of each sample, counted from 0 in the report's order; reconstruction-errors: each image that is
   * pictured, by its place among the explained images, with its reconstruction and the map of its errors.
   */
  images?: { sample: number; x: number; y: number; width: number; height: number }[];
  /**
   * The encoded space, and the loss, whose window is from left to right the epochs and upwards the loss.
   * Absent while the encoded space is not known, and in other charts.
   */
  plane?: PlaneLayout;
  /** The matrix, row by row; rows and columns are those of the latent importance. */
  cells?: {
    row: number;
    column: number;
    /**
     * Cosine similarity, 0 to 1, null where a profile is 0 throughout; agreement: Spearman's ρ between two
     * methods, by their places, −1 to 1, null where a map is the same everywhere; emergence and ranks: row is
     * the dimension and column the epoch's place, and the number is ρ with the final map, or IE.
     */
    value: number | null;
    x: number;
    y: number;
    width: number;
    height: number;
  }[];
  /** fair-test: the row of each method, its name included; null is the random order. */
  scores?: { method: Attribution | null; x: number; y: number; width: number; height: number }[];
  /**
   * fair-test: from left to right the share of pixels replaced, 0 to 1; from the lower edge, 0, to the upper,
   * `most`, how far the latent moves.
   */
  curves?: { x: number; y: number; width: number; height: number; most: number };
  /**
   * dendrogram: from the lower edge, 0, to the upper, `most`, the distance; `leaves` are the pixels, counted
   * from 0, evenly spaced from left to right.
   */
  tree?: { x: number; y: number; width: number; height: number; most: number; leaves: number[] };
  /**
   * reconstruction-errors: above which mean squared error images are marked; from the left the steps of the
   * histogram, with how many images have an error of at least `from` and less than `to`; and the rows of the
   * classes, by their place in the report.
   */
  errors?: {
    above: number;
    steps: {
      from: number;
      to: number;
      count: number;
      x: number;
      y: number;
      width: number;
      height: number;
    }[];
    classes: Place[];
  };
  /** smaller, sizes: what is nearest to each number of dimensions, `step`, from the left. */
  steps?: { step: number; x: number; y: number; width: number; height: number }[];
  /** pinned: what dimensions were matched by, and each with its match. */
  beside?: Beside;
}

/** Two runs, dimension beside dimension. */
export interface Beside {
  /** By their numbers, as both are of one network; by latents of `images` that both explain; or by their maps. */
  by: "network" | "latents" | "maps" | "nothing";
  images?: number;
  /** In the order of the shown run; then those of the pinned one that have no match. */
  rows: {
    /** Of the shown run, and of the pinned one; counted from 0, null where there is none. */
    dim: number | null;
    pinned: number | null;
    /** Pearson's r of what they were matched by. */
    r: number | null;
    /** Pearson's r of the maps, with the sign of `r`. */
    maps: number | null;
    /** Latent importance of both. */
    importance: [number | null, number | null];
    /** The maps of both. */
    places: [Spot, Spot];
    /** The row of bars. */
    bar: Spot;
  }[];
}

/** A rectangle in CSS pixels. */
export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a dimension is drawn. */
export interface Place {
  /** Counted from 0. */
  dim: number;
  /** Row of the latent importance, in charts that show several classes. */
  class?: number;
  /** Whose map it is, in charts that show those of several methods. */
  method?: Attribution;
  /** film-strip: after which epoch; 0 is before training. */
  epoch?: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is said of a report wherever its numbers are shown. */
export interface ReportWords {
  /** Which images importance is measured on, as part of a sentence. */
  explained: string;
  /** What has to be said before any number, a sentence or two each. */
  cautions: string[];
  /** What one number of a row is called, and what several are: "pixel"; absent from the package `view`. */
  features?: [one: string, several: string];
  /** What was moved and whose values, where that is not as in the paper; absent from the package `view`. */
  measured?: string[];
  /** What the loss is added up from and of which images, likewise; absent from the package `view`. */
  loss?: string[];
}

/** Images: a byte for each channel of a pixel, side by side, image after image, row after row. */
export interface Images {
  count: number;
  height: number;
  width: number;
  /** 1 where pixels are grey, 3 where they are red, green and blue. */
  channels: number;
  data: Uint8Array;
}
"#;

/// What the package of the first figure draws.
#[cfg(not(feature = "charts"))]
#[wasm_bindgen(typescript_custom_section)]
const CHARTS: &str = r#"
/** The charts that this package draws. */
export type Chart = "figure" | "loss" | "pair";
"#;

/// Draws a report on canvases, and checks settings and reads images as the engine would.
///
/// Every error is an `Error` whose message is a sentence.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct View {
    pub(super) known: Known,
    pub(super) network: Option<Network>,
    /// Reconstruction errors of the images that were added so far.
    #[cfg(feature = "charts")]
    pub(super) errors: MeasuredErrors,
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

    /// Every reason why a run with these settings would be refused, given the labels and names of the
    /// classes there are: `{ field, message }[]`, empty when there is none. `trains` says whether the run
    /// trains a network. Throws if `settings` lacks the form of settings.
    #[wasm_bindgen(unchecked_return_type = "{ field: string; message: string }[]")]
    pub fn check(
        &self,
        #[wasm_bindgen(unchecked_param_type = "object")] settings: JsValue,
        #[wasm_bindgen(unchecked_param_type = "[label: number, name: string][]")]
        available: JsValue,
        trains: bool,
    ) -> Result<JsValue, JsError> {
        let settings: Settings = value("settings", settings)?;
        let available: Vec<(u8, String)> = value("available", available)?;
        plain(&settings.check(&available, trains))
    }

    /// Reads an IDX file of images, plain or gzip-compressed. Throws if it is not one.
    #[wasm_bindgen(unchecked_return_type = "Images")]
    pub fn decode(&self, bytes: &[u8]) -> Result<Object, JsError> {
        let images = idx::read(bytes).map_err(|error| JsError::new(&error.to_string()))?;
        let object = Object::new();
        set(&object, "count", images.count() as f64);
        set(&object, "height", images.image.height as f64);
        set(&object, "width", images.image.width as f64);
        set(&object, "channels", images.image.channels as f64);
        set(&object, "data", Uint8Array::from(&*images.shades()));
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
        self.known.plane = Some(KeptPlane::default());
        #[cfg(feature = "charts")]
        if Reflect::get(part, &"version".into()).is_ok_and(|version| version.is_string()) {
            // Those were of another run.
            self.known.pictured = None;
            self.known.decoded = None;
            self.errors = MeasuredErrors::default();
        }
        report_part_from_js(&mut self.known.report, part)
    }

    /// Takes over a trained network: `{ encoder, decoder }`, each a list of layers
    /// `{ weight, bias, activation }`. Throws if its layers do not fit each other.
    pub fn network(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "object")] network: &JsValue,
    ) -> Result<(), JsError> {
        self.network = Some(network_from_js(network)?);
        Ok(())
    }

    /// The image, as intensities 0 to 1 row by row, with the channels of a pixel side by side, that the
    /// network makes of a point of the latent space. Undefined while no network is known. Throws if there is not one number for
    /// each of its dimensions.
    pub fn reconstruct(&self, latents: &[f32]) -> Result<Option<Float32Array>, JsError> {
        let Some(network) = &self.network else {
            return Ok(None);
        };
        let (found, dims) = (latents.len(), network.decoder().input().size());
        let latents = ArrayView2::from_shape((1, dims), latents).map_err(|_| {
            JsError::new(&format!(
                "The latent space has {dims} dimensions, but these are {found} numbers."
            ))
        })?;
        let image: Vec<f32> = network.decode(latents).into_iter().collect();
        Ok(Some(Float32Array::from(image.as_slice())))
    }

    /// What is to be said of the report. Undefined while none is known.
    #[wasm_bindgen(unchecked_return_type = "ReportWords | undefined")]
    pub fn words(&self) -> Result<JsValue, JsError> {
        match &self.known.report {
            Some(report) => plain(&report.words()),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// Forgets the report, the projection and the network: what is drawn next is empty, in its
    /// place.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Draws a chart over the whole canvas. Throws if an argument cannot be read or the canvas
    /// cannot be drawn on.
    #[wasm_bindgen(unchecked_return_type = "ChartLayout")]
    pub fn draw(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Chart")] chart: JsValue,
        canvas: HtmlCanvasElement,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<JsValue, JsError> {
        let chart: Chart = value("chart", chart)?;
        let (spec, extra) = read_options(options)?;
        let style: Style = value("theme", theme)?;
        let area = drawing_area(canvas)?;
        let layout = chart
            .draw(&area, &self.known, (&spec, &extra), &style)
            .map_err(|e| failed(&e))?;
        area.present().map_err(|e| failed(&e))?;
        let object = plain(&layout)?;
        if let Some(points) = layout.points {
            set(
                object.unchecked_ref(),
                "points",
                Float32Array::from(points.as_slice()),
            );
        }
        Ok(object)
    }

    /// The height, in CSS pixels, at which a canvas so many CSS pixels wide shows a chart best.
    /// Throws if an argument cannot be read.
    pub fn height(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Chart")] chart: JsValue,
        width: f64,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<f64, JsError> {
        let chart: Chart = value("chart", chart)?;
        let spec: FigureSpec = value("options", options)?;
        let style: Style = value("theme", theme)?;
        Ok(chart.height(width, &self.known, &spec, &style))
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
        match plot::pixel(self.known.report.as_ref(), &spec, dim, (x, y)) {
            Some(found) => plain(&found),
            None => Ok(JsValue::UNDEFINED),
        }
    }
}

/// Options are one object to the page; each part takes what it knows of it.
pub(super) fn read_options(options: JsValue) -> Result<(FigureSpec, Extra), JsError> {
    Ok((
        value("options", options.clone())?,
        value("options", options)?,
    ))
}

fn drawing_area(canvas: HtmlCanvasElement) -> Result<DrawingArea<Canvas, Shift>, JsError> {
    Canvas::new(canvas)
        .map(IntoDrawingArea::into_drawing_area)
        .ok_or_else(|| JsError::new("The browser gives no 2D context for this canvas."))
}

pub(super) fn failed(error: &dyn std::error::Error) -> JsError {
    JsError::new(&format!("The chart could not be drawn: {error}."))
}
