//! The operations that rten is given, and what is said of others.

use rten::{OpRegistry, op_registry};

use super::parsed::{Node, Parsed, shown};

macro_rules! operations {
    ($($name:ident)*; natively: $($more:ident)*) => {
        /// As ONNX names them.
        const NAMES: &[&str] = &[
            $(stringify!($name),)*
            $(#[cfg(not(target_arch = "wasm32"))] stringify!($more),)*
        ];

        /// Those that the page leaves to the terminal: it would have to fetch them all before it runs any.
        #[cfg(target_arch = "wasm32")]
        const NATIVE: &[&str] = &[$(stringify!($more)),*];

        /// The same for rten.
        #[cfg(not(target_arch = "wasm32"))]
        pub(super) fn registry() -> OpRegistry {
            op_registry!($($name,)* $($more),*)
        }

        /// The same for rten.
        #[cfg(target_arch = "wasm32")]
        pub(super) fn registry() -> OpRegistry {
            op_registry!($($name),*)
        }
    };
}

// Without what loops, works on sequences or draws at random, what is for sound alone, and what rten 0.27 has but
// does not let one choose.
operations! {
    Abs Acos Add And ArgMax ArgMin Asin Atan AveragePool BatchNormalization Cast CastLike Ceil Clip Concat Conv
    ConstantOfShape ConvTranspose Cos CumSum DepthToSpace Div Einsum Elu Equal Erf Exp Expand
    Flatten Floor Gather GatherElements Gelu Gemm GlobalAveragePool Greater
    GreaterOrEqual HardSigmoid HardSwish Identity If InstanceNormalization IsInf IsNaN
    LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization MatMul Max MaxPool Mean Min Mod
    Mul Neg Not Or PRelu Pad Pow Range Reciprocal
    ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare
    Relu Reshape Resize Round ScatterElements Shape Sigmoid Sign Sin Size Slice Softmax Softplus
    Softsign Split Sqrt Squeeze Sub Sum Tan Tanh Tile Transpose Trilu Unsqueeze Upsample Where Xor;
    natively: DequantizeLinear EyeLike GRU GatherND GridSample LSTM NonZero OneHot QuantizeLinear ScatterND TopK
}

/// Taken for other operations, or read by rten itself.
const OTHERS: [&str; 2] = ["Constant", "Dropout"];

/// Operations that a sentence names, at most.
const MOST: usize = 8;

/// Refuses operations that are not run.
///
/// # Errors
/// One sentence that names them all, and says what to do.
pub(super) fn check(parsed: &Parsed<'_>) -> Result<(), String> {
    let all = parsed.nodes.iter().flat_map(|node: &Node<'_>| {
        let own = [(node.domain, node.operation)];
        own.into_iter().chain(node.within.iter().copied())
    });
    let mut lacking: Vec<String> = all
        .filter(|(domain, name)| {
            let known = NAMES.contains(name) || OTHERS.contains(name);
            !known || !matches!(*domain, "" | "ai.onnx")
        })
        .map(|(domain, name)| match domain {
            "" | "ai.onnx" => shown(name),
            domain => format!("{} of {}", shown(name), shown(domain)),
        })
        .collect();
    lacking.sort_unstable();
    lacking.dedup();
    if lacking.is_empty() {
        return Ok(());
    }
    let draws = |name: &String| {
        name.starts_with("Random") || *name == "Multinomial" || *name == "Bernoulli"
    };
    #[cfg(target_arch = "wasm32")]
    let is_native = lacking.iter().all(|name| NATIVE.contains(&name.as_str()));
    #[cfg(not(target_arch = "wasm32"))]
    let is_native = false;
    let remedy = if is_native {
        "explain the model in the terminal, which runs them, or export it with other operations"
    } else if lacking.iter().any(draws) {
        "export the model without what it draws at random, with the means for latents"
    } else if lacking.iter().any(|name| name == "Loop" || name == "Scan") {
        "export the model with its loops written out"
    } else {
        "export the model with other operations (another opset often does so), or run it elsewhere and bring it as a function"
    };
    let count = lacking.len();
    let mut named = lacking[..count.min(MOST)].join(", ");
    if count > MOST {
        named = format!("{named} and {} more", count - MOST);
    }
    Err(format!(
        "The ONNX graph has operations that are not run here ({named}): {remedy}."
    ))
}
