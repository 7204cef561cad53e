//! The kernels' speeds, for the benchmark's page.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::convert::set;
use crate::kernels;

/// An array of `{ name, seconds, operations, bytes }`: see [`kernels::Speed`].
#[wasm_bindgen]
pub async fn kernels() -> Result<Array, JsError> {
    let speeds = kernels::measure().await?;
    let object = |speed: &kernels::Speed| {
        let object = Object::new();
        set(&object, "name", speed.name);
        set(&object, "seconds", speed.seconds);
        set(&object, "operations", speed.operations);
        set(&object, "bytes", speed.bytes);
        object
    };
    Ok(speeds.iter().map(object).collect())
}
