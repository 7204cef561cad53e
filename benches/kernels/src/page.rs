//! The kernels' speeds, for the benchmark's page.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{Kernel, measure};

/// An object for every kernel: what its line of the benchmark says.
#[wasm_bindgen]
pub fn kernels() -> Array {
    let object = |kernel: &Kernel| {
        let object = Object::new();
        let set = |name: &str, value: JsValue| {
            Reflect::set(&object, &name.into(), &value).expect("a new object takes any value");
        };
        set("kernel", kernel.name.into());
        set("peer", kernel.limit.into());
        for (name, figure) in kernel.figures {
            set(name, figure.into());
        }
        object
    };
    measure().iter().map(object).collect()
}
