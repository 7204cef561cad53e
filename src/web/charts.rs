//! What the view draws, writes and exports beyond the first figure.

use js_sys::{Float32Array, Object};
use ndarray::{Array2, ArrayView1};
use wasm_bindgen::prelude::*;

use super::convert::{plain, report_part_from_js, set, value};
use super::view::{View, failed, read_options};
use crate::export;
use crate::latents::{Decoded, Plane};
use crate::plot::{self, Chart, FigureSpec, KeptPlane, Pinned, Style};
use crate::report::Projection;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The charts there are. */
export type Chart =
  | "figure"
  | "loss"
  | "pixels"
  | "classes"
  | "pair"
  | "space"
  | "reconstructions"
  | "similarity"
  | "opinions"
  | "agreement"
  | "fair-test"
  | "dendrogram"
  | "emergence"
  | "ranks"
  | "networks"
  | "controls"
  | "reconstruction-errors"
  | "smaller"
  | "sizes"
  | "factors"
  | "film-strip"
  | "decoded"
  | "pinned";

/** A chart's numbers as people read them. */
export interface NumberTable {
  caption: string;
  columns: string[];
  /** The first cell of a row is its heading. A cell is empty while its number is not known. */
  rows: string[][];
}

/** The tables that can be had as CSV. */
export type Table =
  | "pixel_importance"
  | "direction"
  | "latent_importance"
  | "encoded_space"
  | "similarity"
  | "groups"
  | "donor_checks"
  | "opinions"
  | "agreement"
  | "fair_test"
  | "image_errors"
  | "pixel_errors"
  | "emergence"
  | "controls"
  | "networks"
  | "reconstruction_errors"
  | "divergence"
  | "smaller"
  | "sizes"
  | "factors";
"#;

#[wasm_bindgen]
impl View {
    /// Takes over the plane on which the encoded space is seen: two coordinates for each explained
    /// image in the report's order, one image after the other, what the axes are called, and the
    /// name that columns of tables have. Without coordinates, forgets it. Throws if they are not two
    /// for each image.
    pub fn projection(
        &mut self,
        coordinates: Option<Vec<f32>>,
        #[wasm_bindgen(unchecked_param_type = "[string, string]")] axes: JsValue,
        name: String,
    ) -> Result<(), JsError> {
        let axes = value("axes", axes)?;
        self.known.plane = Some(KeptPlane::default());
        self.known.projection =
            coordinates
                .map(|coordinates| {
                    let found = coordinates.len();
                    Array2::from_shape_vec((found / 2, 2), coordinates)
                    .map(|coordinates| Projection { coordinates, axes, name })
                    .map_err(|_| {
                        JsError::new(&format!(
                            "A projection has two coordinates for each image, not {found} in all."
                        ))
                    })
                })
                .transpose()?;
        Ok(())
    }

    /// Which explained images stand out from the others in the encoded space, by their places in the
    /// report's order; without any argument none does.
    pub fn choose(&mut self, images: Option<Vec<u32>>) {
        let encoded = self.known.report.as_ref();
        let count = encoded.and_then(|report| Some(report.encoded.as_ref()?.labels.len()));
        self.known.chosen = images.map(|images| {
            let mut chosen = vec![false; count.unwrap_or(0)];
            for image in images {
                if let Some(found) = chosen.get_mut(image as usize) {
                    *found = true;
                }
            }
            chosen
        });
    }

    /// Takes over what the chart `pinned` sets beside the report: another one, the row of its latent
    /// importance that is shown, and whether both are of the same network. Without a report, forgets it.
    /// Throws if it lacks the form of a report.
    pub fn pin(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "object | undefined")] report: &JsValue,
        class: usize,
        same: bool,
    ) -> Result<(), JsError> {
        let mut found = None;
        if !report.is_undefined() {
            report_part_from_js(&mut found, report)?;
        }
        self.known.pinned = found.map(|report| Pinned {
            report,
            class,
            same,
        });
        Ok(())
    }

    /// Begins what the chart `decoded` shows: a grid of so many rows and columns over two latent dimensions, counted
    /// from 0, or over those that vary most. False where there are fewer than two, and while the network or the
    /// encoded space is not known.
    pub fn decode_plane(&mut self, dims: Option<Vec<usize>>, rows: usize, columns: usize) -> bool {
        let asked = dims.and_then(|dims| <[usize; 2]>::try_from(dims).ok());
        let report = self.known.report.as_ref();
        let plane = report.and_then(|report| report.latent_plane(asked));
        let fits = |plane: &Plane| self.dims() == Some(plane.held.len());
        let plane = plane.filter(fits);
        self.known.decoded = plane.map(|plane| Decoded::of_plane(plane, (rows, columns)));
        self.known.decoded.is_some()
    }

    /// Begins a grid of draws from the standard normal distribution; `which` tells one from the next. False where
    /// the network is not variational, and while it is not known.
    pub fn decode_prior(&mut self, which: u32, rows: usize, columns: usize) -> bool {
        let report = self.known.report.as_ref();
        let seed = report.filter(|report| report.is_variational());
        let asked = seed.map(|report| report.settings.seed).zip(self.dims());
        self.known.decoded =
            asked.map(|(seed, dims)| Decoded::of_prior(seed, which, (rows, columns), dims));
        self.known.decoded.is_some()
    }

    /// Decodes so many more places of the grid; the share of them that is then decoded.
    pub fn decode_more(&mut self, count: usize) -> f64 {
        let (Some(decoded), Some(network)) = (&mut self.known.decoded, &self.network) else {
            return 1.0;
        };
        if decoded.advance(network, count) {
            return 1.0;
        }
        let (rows, columns) = decoded.grid();
        decoded.done() as f64 / (rows * columns) as f64
    }

    /// A place of the grid, counted row by row: its latents, and what the decoder makes of it; undefined while that
    /// is not known.
    #[wasm_bindgen(
        unchecked_return_type = "{ latents: Float32Array; image: Float32Array } | undefined"
    )]
    #[must_use]
    pub fn decoded_place(&self, at: usize) -> JsValue {
        let found = self.known.decoded.as_ref();
        let Some((decoded, image)) = found.and_then(|found| Some((found, found.image(at)?))) else {
            return JsValue::UNDEFINED;
        };
        let object = Object::new();
        let numbers = |row: ArrayView1<'_, f32>| Float32Array::from(row.to_vec().as_slice());
        set(&object, "latents", numbers(decoded.latents(at)));
        set(&object, "image", numbers(image));
        object.into()
    }

    /// How many places of a map can be pointed at, from top to bottom and from left to right: pixels, the time
    /// steps of a signal, or the columns of a table that are shown. Throws if `options` cannot be read.
    #[expect(clippy::unused_self, reason = "the page calls it of a view")]
    #[wasm_bindgen(unchecked_return_type = "{ rows: number; columns: number }")]
    pub fn grid(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
    ) -> Result<JsValue, JsError> {
        let (spec, _) = read_options(options)?;
        let (rows, columns) = plot::grid(&spec);
        let object = Object::new();
        set(&object, "rows", rows as f64);
        set(&object, "columns", columns as f64);
        Ok(object.into())
    }

    /// The numbers of a chart, written as people read them. Throws if an argument cannot be read.
    #[wasm_bindgen(unchecked_return_type = "NumberTable")]
    pub fn numbers(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Chart")] chart: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
    ) -> Result<JsValue, JsError> {
        let chart: Chart = value("chart", chart)?;
        let (spec, extra) = read_options(options)?;
        plain(&chart.numbers(&self.known, (&spec, &extra)))
    }

    /// A chart as an SVG document, so many CSS pixels wide and high. Throws if an argument cannot
    /// be read.
    pub fn export_svg(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Chart")] chart: JsValue,
        width: f64,
        height: f64,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Theme")] theme: JsValue,
    ) -> Result<String, JsError> {
        let chart: Chart = value("chart", chart)?;
        let (spec, extra) = read_options(options)?;
        let style = Style {
            scale: 1.0,
            ..value("theme", theme)?
        };
        let size = (width.round() as u32, height.round() as u32);
        let (svg, layout) = plot::svg(size, |area| {
            chart.draw(area, &self.known, (&spec, &extra), &style)
        })
        .map_err(|error| failed(&*error))?;
        Ok(plot::described(
            &svg,
            &chart.title_of(spec.form()),
            &layout.summary,
        ))
    }

    /// A table of the report as CSV; latent importance by the metric of the options, and pixel importance
    /// in their unit. Throws while not all of it has been measured.
    pub fn csv(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Table")] table: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ChartOptions")] options: JsValue,
    ) -> Result<String, JsError> {
        let table = value("table", table)?;
        let spec: FigureSpec = value("options", options)?;
        let report = self.known.report.as_ref();
        let plane = self.known.projection.as_ref();
        report
            .and_then(|report| export::csv_in(report, plane, table, spec.metric, spec.unit))
            .ok_or_else(|| JsError::new("This table is not measured yet."))
    }
}

impl View {
    /// Latent dimensions of the network, once it is known.
    fn dims(&self) -> Option<usize> {
        Some(self.network.as_ref()?.decoder().input().size())
    }
}
