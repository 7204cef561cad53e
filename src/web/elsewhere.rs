//! The readers' door for what was made elsewhere: results and latents in, a report and a matrix out.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::convert::{latents_to_js, plain, results_to_js, value};
use super::data::{error_of, list};
use crate::data::readers::{self, ResultsOptions};
use crate::report::{Metric, Report};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How results are to be read; what is absent is as the files say, or usual. */
export interface ResultsOptions {
  shape?: { height: number; width: number; channels: number };
  /** In which order lines stand for pixels. Default: "row-major". */
  layout?: "row-major" | "column-major";
}

/** What a table is that holds no images, and by what that is told. */
export interface Told {
  is: "results" | "latents";
  by: "columns" | "name";
}
"#;

/// What each of these files is, where it says that it holds results or latents; null where it does not. Of texts the
/// beginning is enough.
#[wasm_bindgen(unchecked_return_type = "(Told | null)[]")]
pub fn told(
    #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
) -> Result<JsValue, JsError> {
    let told: Vec<_> = list(files)?.iter().map(readers::told).collect();
    plain(&told)
}

/// Reads results that were computed elsewhere, whose latent importance is by this metric. Returns a report, of which
/// nothing else is known. Throws a `ReadError` if the files cannot be used.
#[wasm_bindgen(unchecked_return_type = "object")]
pub fn read_results(
    #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
    #[wasm_bindgen(unchecked_param_type = "ResultsOptions")] options: JsValue,
    #[wasm_bindgen(unchecked_param_type = "\"mse\" | \"rmse\"")] metric: JsValue,
) -> Result<JsValue, JsValue> {
    let options: ResultsOptions = value("options", options)?;
    let metric: Metric = value("metric", metric)?;
    let found = readers::results(&list(files)?, &options).map_err(|error| error_of(&error))?;
    let report = Report::of_results(found, metric);
    let checked = report.check();
    checked.map_err(|what| JsError::new(&format!("The results do not fit each other: {what}.")))?;
    Ok(results_to_js(&report)?)
}

/// Reads latents that were made elsewhere, `{ latents, notes }`: a row for each image, and what was taken for granted.
/// Throws a `ReadError` if the files cannot be used.
#[wasm_bindgen(unchecked_return_type = "{ latents: object; notes: string[] }")]
pub fn read_latents(
    #[wasm_bindgen(unchecked_param_type = "DataFile[]")] files: &Array,
) -> Result<JsValue, JsValue> {
    let found = readers::latents(&list(files)?).map_err(|error| error_of(&error))?;
    Ok(latents_to_js(&found)?)
}
