//! Parts of a network that are functions of JavaScript, `call(rows, count)`: `rows` is a `Float32Array` of
//! `count` rows one after the other, and so is what the function gives, at once or as a promise.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use js_sys::{Error, Float32Array, Function as JsFunction, Promise};
use ndarray::{Array2, ArrayView2};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::model::{BlackBox, Called, Form, Function, Layer};

#[derive(Default)]
struct Kept {
    last: usize,
    functions: HashMap<usize, JsFunction>,
}

thread_local! {
    /// A value of JavaScript cannot leave its thread, and a [`Function`] can: it has the number of one.
    static KEPT: RefCell<Kept> = RefCell::default();
}

/// A layer that asks `call`, where its form is that of a black box.
pub(super) fn layer(form: Form, call: JsFunction) -> Layer {
    match form {
        Form::BlackBox {
            name,
            input,
            output,
            work,
        } => {
            let function = Arc::new(Numbered::keep(&name, call));
            Layer::BlackBox(BlackBox::new(name, (input, output), function).taking(work))
        }
        known => known.with(Vec::new()),
    }
}

/// A function of JavaScript by its number, which is forgotten with it.
#[derive(Debug)]
struct Numbered {
    name: String,
    number: usize,
}

impl Numbered {
    fn keep(name: &str, call: JsFunction) -> Self {
        let number = KEPT.with_borrow_mut(|kept| {
            kept.last += 1;
            kept.functions.insert(kept.last, call);
            kept.last
        });
        Self {
            name: name.into(),
            number,
        }
    }
}

impl Drop for Numbered {
    fn drop(&mut self) {
        // The table may be gone before it, where its thread ends.
        let _ = KEPT.try_with(|kept| kept.borrow_mut().functions.remove(&self.number));
    }
}

impl Function for Numbered {
    fn call<'a>(&'a self, rows: ArrayView2<'a, f32>) -> Called<'a> {
        Box::pin(async move {
            let name = &self.name;
            let call = KEPT.with_borrow(|kept| kept.functions.get(&self.number).cloned());
            let call = call.ok_or_else(|| {
                format!("The {name} belongs to another thread: bring its model again.")
            })?;
            let count = rows.nrows();
            let given: Vec<f32> = rows.iter().copied().collect();
            let given = Float32Array::from(given.as_slice());
            let told = |error: &JsValue| format!("The {name} failed: {}", sentence(error));
            let made = call
                .call2(&JsValue::UNDEFINED, &given.into(), &(count as f64).into())
                .map_err(|error| told(&error))?;
            let made = JsFuture::from(Promise::resolve(&made))
                .await
                .map_err(|error| told(&error))?;
            let made: Float32Array = made.dyn_into().map_err(|_| {
                format!("The {name} must give a Float32Array, or a promise of one.")
            })?;
            let length = made.length() as usize;
            Array2::from_shape_vec((count, length / count), made.to_vec()).map_err(|_| {
                format!(
                    "The {name} was given {count} rows and gave {length} numbers, which is not as many for each."
                )
            })
        })
    }
}

/// What was thrown, as a sentence.
fn sentence(error: &JsValue) -> String {
    let words = match error.dyn_ref::<Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    };
    let end = if words.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{words}{end}")
}
