//! Compute shaders of our own on burn's tensors, in WGSL.
//!
//! Of burn's general operations a step of training takes dozens, each with its own dispatch and
//! memory; on the networks that are trained here, that costs far more than the arithmetic. The
//! shaders here and beside their users do a layer each.
//!
//! A shader's memory is written in place. What it reads and writes must therefore be tensors that
//! nobody else holds, which is what [`Buffer`] is for.

use std::fmt::Write;
use std::sync::Arc;

use burn::tensor::{Int, Tensor, TensorData};
use burn_wgpu::{CubeBackend, CubeTensor};
use cubecl::ir::metadata::Info;
use cubecl::ir::{ElemType, UIntKind};
use cubecl::prelude::{
    AddressType, CubeCount, CubeKernel, ExecutionMode, KernelDefinition, KernelId, KernelMetadata,
    KernelSettings, PrecompiledSource, Scope,
};
use cubecl::server::{KernelArguments, MetadataBindingInfo};

use crate::engine::{Engine, EngineError, read};
use crate::model::{Activation, Dense};

/// Invocations in a workgroup of a [`PRODUCT`].
pub(crate) const INVOCATIONS: usize = 64;
/// Rows and columns that a workgroup computes.
const TILE: usize = 32;
/// 4 x 4 numbers of a matrix product for each invocation. A shader that includes it defines its
/// factors and what becomes of the sums.
pub(crate) const PRODUCT: &str = include_str!("product.wgsl");
/// `activate`, of the constants that [`activation`] gives.
pub(crate) const ACTIVATION: &str = include_str!("activation.wgsl");

/// Numbers on the device: f32, or u32 where they were made from such.
#[derive(Clone, Debug)]
pub(crate) struct Buffer(CubeTensor);

impl Buffer {
    /// Copies numbers to the device.
    pub(crate) fn of(engine: &Engine, values: Vec<f32>) -> Self {
        let count = values.len();
        Self::from(Tensor::<1>::from_data(
            TensorData::new(values, [count]),
            engine.device(),
        ))
    }

    /// Copies whole numbers to the device.
    pub(crate) fn of_indices(engine: &Engine, values: &[u32]) -> Self {
        let values: Vec<i32> = values.iter().map(|&value| value.cast_signed()).collect();
        let count = values.len();
        let tensor = Tensor::<1, Int>::from_data(TensorData::new(values, [count]), engine.device());
        Self(
            tensor
                .try_into_primitive::<CubeBackend>()
                .expect("a graphics device holds its tensors"),
        )
    }

    /// Room for so many numbers, which are undefined.
    pub(crate) fn room(engine: &Engine, count: usize) -> Self {
        Self::from(Tensor::<1>::empty([count], engine.device()))
    }

    /// A layer's weights, inputs × outputs, and below them its bias.
    pub(crate) fn of_layer(engine: &Engine, layer: &Dense) -> Self {
        let weights = layer.weight.iter().chain(&layer.bias);
        Self::of(engine, weights.copied().collect())
    }

    /// Waits until everything queued is done and reads the numbers back.
    ///
    /// # Errors
    /// If the device was lost.
    pub(crate) async fn read(&self) -> Result<Vec<f32>, EngineError> {
        read(Tensor::<1>::from_primitive::<CubeBackend>(self.0.clone())).await
    }
}

impl From<Tensor<1>> for Buffer {
    fn from(tensor: Tensor<1>) -> Self {
        Self(
            tensor
                .try_into_primitive::<CubeBackend>()
                .expect("a graphics device holds its tensors"),
        )
    }
}

/// What an adapter allows a shader.
pub(crate) struct Limits {
    /// Numbers in the largest buffer.
    pub numbers: usize,
    /// Buffers, its parameters among them.
    pub bindings: usize,
}

impl Limits {
    pub(crate) fn of(engine: &Engine) -> Self {
        let Buffer(tensor) = Buffer::room(engine, 1);
        let properties = tensor.client.properties();
        Self {
            numbers: (properties.memory.max_page_size / 4) as usize,
            // cubecl keeps one of them for itself, which its own shaders need.
            bindings: properties.hardware.max_bindings as usize + 1,
        }
    }

    /// Bytes of the largest buffer.
    pub(crate) fn bytes(&self) -> u64 {
        4 * self.numbers as u64
    }

    /// Refuses a buffer of so many numbers where it is larger; `what` begins the sentence.
    pub(crate) fn check(
        &self,
        numbers: usize,
        what: &'static str,
        remedy: &'static str,
    ) -> Result<(), EngineError> {
        if numbers <= self.numbers {
            return Ok(());
        }
        Err(EngineError::TooLarge {
            what,
            remedy,
            bytes: 4 * numbers as u64,
            limit: self.bytes(),
        })
    }
}

/// Declares buffers of these names and types, and after them the parameters.
#[cfg(feature = "general")]
pub(crate) fn declarations(buffers: &[(&str, &str)]) -> String {
    let mut source = String::new();
    let mut declare = |name: &str, access: &str, of: &str| {
        let binding = source.lines().count();
        let line =
            format!("@group(0) @binding({binding}) var<storage, {access}> {name}: array<{of}>;\n");
        source.push_str(&line);
    };
    for (name, of) in buffers {
        declare(name, "read_write", of);
    }
    declare("parameters", "read", "u32");
    source
}

/// A number that a shader is compiled for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constant {
    Count(usize),
    Number(f32),
}

/// The constants that [`ACTIVATION`] needs.
pub(crate) fn activation(activation: Activation) -> [(&'static str, Constant); 4] {
    let (kind, [first, second, third]) = activation.key();
    [
        ("ACTIVATION", Constant::Count(kind as usize)),
        ("PARAMETER", Constant::Number(first)),
        ("PARAMETER_2", Constant::Number(second)),
        ("PARAMETER_3", Constant::Number(third)),
    ]
}

/// A compute shader. Its buffers are bound in order, and after them `parameters: array<u32>`.
#[derive(Clone, Debug)]
pub(crate) struct Shader {
    source: Arc<str>,
}

impl Shader {
    /// The shader of `parts`, one after the other, for these constants. It is compiled when it is
    /// first launched.
    pub(crate) fn new(parts: &[&str], constants: &[(&str, Constant)]) -> Self {
        let mut source = String::new();
        for (name, value) in constants {
            let written = match value {
                Constant::Count(count) => writeln!(source, "const {name} = {count}u;"),
                Constant::Number(number) => writeln!(source, "const {name} = {number:?}f;"),
            };
            written.expect("a string takes any text");
        }
        source.extend(parts.iter().copied());
        Self {
            source: source.into(),
        }
    }

    /// Queues `workgroups` of the shader. All buffers may be written to; no two of them may be the
    /// same.
    pub(crate) fn launch(&self, workgroups: [usize; 2], buffers: &[&Buffer], parameters: &[u32]) {
        let [across, down] = workgroups.map(|count| count as u32);
        let words = parameters
            .chunks(2)
            .map(|pair| u64::from(pair[0]) | pair.get(1).map_or(0, |&high| u64::from(high) << 32));
        let mut arguments = KernelArguments::new();
        for buffer in buffers {
            arguments = arguments.with_buffer(buffer.0.handle.clone().binding());
        }
        arguments.info = MetadataBindingInfo::custom(words.collect());
        buffers[0].0.client.launch(
            Box::new(self.clone()),
            CubeCount::Static(across, down, 1),
            arguments,
        );
    }
}

impl KernelMetadata for Shader {
    fn id(&self) -> KernelId {
        KernelId::new::<Self>().info(Arc::clone(&self.source))
    }

    fn address_type(&self) -> ElemType {
        ElemType::UInt(UIntKind::U32)
    }
}

impl CubeKernel for Shader {
    /// Of nothing: the source is all there is.
    fn define(&self) -> KernelDefinition {
        let settings =
            KernelSettings::new(self.id().cube_dim, ExecutionMode::Checked, AddressType::U32);
        KernelDefinition {
            body: Scope::root(settings.clone()),
            settings,
            info: Info::default(),
        }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        Some(PrecompiledSource {
            source: self.source.to_string(),
            entrypoint_name: "main".into(),
            lang: "wgsl",
        })
    }
}

/// A dense layer's shader: inputs (images × inputs), the layer's buffer, outputs (images ×
/// outputs); parameters: how many images.
pub(crate) fn dense(inputs: usize, outputs: usize, after: Activation) -> Shader {
    let sizes = [
        ("INPUTS", Constant::Count(inputs)),
        ("OUTPUTS", Constant::Count(outputs)),
    ];
    Shader::new(
        &[ACTIVATION, PRODUCT, include_str!("dense.wgsl")],
        &[&sizes[..], &activation(after)].concat(),
    )
}

/// Workgroups for a product of so many rows and columns.
pub(crate) fn tiles(rows: usize, columns: usize) -> [usize; 2] {
    [columns.div_ceil(TILE), rows.div_ceil(TILE)]
}
