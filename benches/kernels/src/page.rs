//! The kernels' speeds, for the benchmark's page.

use js_sys::{Array, Object, Reflect};
use latent_lens::keyed::{Keyed, Purpose};
use wasm_bindgen::prelude::*;

use super::{Kernel, integrated, measure};

/// The map of integrated gradients from 0 (pixels × dimensions) of a layer of ReLU with these weights
/// (pixels × dimensions) and biases, over images.
#[wasm_bindgen]
pub fn integrated_gradients(weight: Vec<f32>, bias: Vec<f32>, images: Vec<f32>) -> Vec<f32> {
    integrated::map(weight, bias, images)
}

/// Which of so many images each is given the values of, where a run of this seed shuffles a group of pixels.
#[wasm_bindgen]
pub fn shuffled(seed: u32, group: u32, repeat: u32, count: u32) -> Vec<u32> {
    let words = [u64::from(group), u64::from(repeat)];
    Keyed::new(seed, Purpose::Group, &words).permutation(count as usize)
}

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
