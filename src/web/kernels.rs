//! The kernels' speeds, for the benchmark's page.

use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use super::convert::set;
use crate::kernels;

/// An object for every kernel: what its line of the benchmark says.
#[wasm_bindgen]
pub fn kernels() -> Array {
    let object = |kernel: &kernels::Kernel| {
        let object = Object::new();
        set(&object, "kernel", kernel.name);
        set(&object, "peer", kernel.limit);
        for (name, figure) in kernel.figures {
            set(&object, name, figure);
        }
        object
    };
    kernels::measure().iter().map(object).collect()
}
