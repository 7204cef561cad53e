//! Whether what an operation makes can be held: sizes that a file states are looked at before anything asks for
//! memory of that size.

use super::parsed::{MAX_NUMBERS, Node, Parsed};

/// The least and the most that one side of a window, of padding or of a step may be.
const MAX_SIDE: i64 = 4096;
/// By how much a tensor may be enlarged, all axes together.
const MAX_GROWTH: f64 = 65_536.0;

/// Refuses an operation that would make nonsense of sizes.
///
/// # Errors
/// One sentence that names it.
pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), String> {
    let Some(node) = parsed.nodes.iter().find(|node| !is_bounded(node, parsed)) else {
        return Ok(());
    };
    Err(format!(
        "The operation \"{}\" ({}) of the ONNX graph asks for sizes that are too large: the file is damaged, or made for another purpose.",
        node.shown(),
        super::parsed::shown(node.operation)
    ))
}

fn is_bounded(node: &Node<'_>, parsed: &Parsed<'_>) -> bool {
    let windows = [
        "kernel_shape",
        "strides",
        "dilations",
        "pads",
        "output_padding",
        "output_shape",
    ];
    let sides = windows.iter().flat_map(|name| node.ints(name));
    if !sides
        .into_iter()
        .all(|side| (-MAX_SIDE..=MAX_SIDE).contains(side))
    {
        return false;
    }
    let grown = |numbers: &[i64]| {
        numbers
            .iter()
            .map(|&of| (of.abs() + 1) as f64)
            .product::<f64>()
    };
    if matches!(
        node.operation,
        "Conv" | "ConvTranspose" | "MaxPool" | "AveragePool" | "Pad"
    ) && grown(node.ints("pads")) > MAX_GROWTH * MAX_GROWTH
        || node.operation == "ConvTranspose" && grown(node.ints("strides")) > MAX_GROWTH
    {
        return false;
    }
    let few = |at: usize| -> &[f64] {
        let stored = node.inputs.get(at).and_then(|name| parsed.stored.get(name));
        stored.map_or(&[], |stored| &stored.few)
    };
    let product = |numbers: &[f64]| -> f64 {
        let sizes = numbers.iter().map(|of| of.abs().max(1.0));
        sizes.product()
    };
    let numbers = MAX_NUMBERS as f64;
    match node.operation {
        "ConstantOfShape" => product(few(0)) <= numbers,
        "Expand" | "Reshape" | "OneHot" => product(few(1)) <= numbers,
        "Tile" | "Upsample" => product(few(1)) <= MAX_GROWTH,
        "Pad" => few(1).iter().all(|of| of.abs() <= MAX_SIDE as f64),
        "Resize" => {
            let scales: Vec<f64> = if parsed.opset < 11 { few(1) } else { few(2) }.to_vec();
            product(&scales) <= MAX_GROWTH && product(few(3)) <= numbers
        }
        "Range" => (0..2).all(|at| few(at).iter().all(|of| of.abs() <= numbers)),
        // What shapes are made of.
        "Concat" | "Mul" | "Unsqueeze" => {
            let shapes = (0..node.inputs.len())
                .map(few)
                .filter(|numbers| numbers.len() <= 8);
            shapes.flatten().all(|of| of.abs() <= numbers)
        }
        _ => true,
    }
}
