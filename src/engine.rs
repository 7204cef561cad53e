//! Where tensors live: the CPU engine and the WebGPU engine behind one name.

use std::fmt;
use std::pin::Pin;

#[cfg(any(
    feature = "engine-cpu",
    all(feature = "engine-webgpu", feature = "general")
))]
use burn::tensor::TensorData;
use burn::tensor::{Device, Tensor};
#[cfg(feature = "engine-cpu")]
use burn_flex::{Flex, FlexTensor};

#[cfg(feature = "engine-cpu")]
pub use crate::math::kernel::Kernel;

/// Which of the two engines. Code for an engine that is not compiled in is left out with it, and with
/// that the operations that only it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// SIMD on the CPU. Work is done when a call returns.
    #[cfg(feature = "engine-cpu")]
    Cpu,
    /// burn-wgpu: compute shaders. Work is queued, and done when numbers are read back.
    #[cfg(feature = "engine-webgpu")]
    WebGpu,
}

/// What an engine is asked for: there at once on the CPU, waited for elsewhere.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, EngineError>> + 'a>>;

/// A device that trains and measures. Clones share the device.
#[derive(Clone, Debug)]
pub struct Engine {
    kind: EngineKind,
    #[cfg(feature = "engine-cpu")]
    kernel: Kernel,
    device: Device,
    adapter: String,
}

impl Engine {
    /// The CPU engine, with the fastest instructions that this processor has. It is always there.
    #[cfg(feature = "engine-cpu")]
    #[must_use]
    pub fn cpu() -> Self {
        Self::of_kernel(Kernel::all().next().unwrap_or(Kernel::Baseline))
    }

    /// The CPU engine, with the instructions of this kernel.
    #[cfg(feature = "engine-cpu")]
    #[must_use]
    pub fn of_kernel(kernel: Kernel) -> Self {
        Self {
            kind: EngineKind::Cpu,
            kernel,
            device: Device::flex(),
            adapter: String::new(),
        }
    }

    /// The WebGPU engine on the browser's (or the system's) preferred adapter. `on_lost` hears why
    /// the device was lost, should that happen; what waits for the device then may wait for ever.
    ///
    /// # Errors
    /// If there is no adapter or it gives no device.
    #[cfg(feature = "engine-webgpu")]
    pub async fn webgpu(on_lost: impl Fn(String) + Send + 'static) -> Result<Self, EngineError> {
        let (device, setup) = Device::wgpu_options()
            .init_with_setup_async()
            .await
            .map_err(|error| EngineError::NoAdapter(error.to_string()))?;
        setup
            .device
            .set_device_lost_callback(move |_, reason| on_lost(reason));
        let info = setup.adapter.get_info();
        Ok(Self {
            kind: EngineKind::WebGpu,
            #[cfg(feature = "engine-cpu")]
            kernel: Kernel::Baseline,
            device,
            adapter: info.name,
        })
    }

    /// Which engine this is.
    #[must_use]
    pub fn kind(&self) -> EngineKind {
        self.kind
    }

    /// Whether work is queued, and done when numbers are read back, rather than when a call returns.
    #[must_use]
    pub fn queues(&self) -> bool {
        match self.kind {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => false,
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => true,
        }
    }

    /// `cpu` or `webgpu`, as reports and settings write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => "cpu",
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => "webgpu",
        }
    }

    /// What the CPU computes with; on WebGPU, what little is left to the CPU there.
    #[cfg(feature = "engine-cpu")]
    pub(crate) fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// The name of what the CPU computes with, as reports write it: `baseline`, `avx2` or `neon`. `None` on WebGPU, and
    /// in a page, where there is the baseline alone.
    #[cfg(feature = "general")]
    #[must_use]
    pub fn kernel_name(&self) -> Option<&'static str> {
        match self.kind {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu if !cfg!(target_arch = "wasm32") => Some(self.kernel.name()),
            _ => None,
        }
    }

    /// The graphics adapter's own name; empty on the CPU.
    #[must_use]
    pub fn adapter(&self) -> &str {
        &self.adapter
    }

    /// The burn device.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }
}

/// The adapter of this machine, for tests: a process opens it once.
#[cfg(all(test, feature = "engine-webgpu", feature = "general"))]
pub(crate) fn tested() -> &'static Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    ENGINE.get_or_init(|| pollster::block_on(Engine::webgpu(|_| ())).unwrap())
}

#[cfg(feature = "general")]
impl Engine {
    /// A tensor of numbers, row by row.
    pub(crate) fn tensor<const D: usize>(&self, values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
        match self.kind {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => numbers(values, shape),
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => Tensor::from_data(TensorData::new(values, shape), &self.device),
        }
    }

    /// The numbers of a tensor, row by row, when everything queued is done.
    ///
    /// # Errors
    /// If the device was lost or ran out of memory.
    pub(crate) async fn values<const D: usize>(
        &self,
        tensor: Tensor<D>,
    ) -> Result<Vec<f32>, EngineError> {
        match self.kind {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => Ok(host(tensor)),
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => read(tensor).await,
        }
    }

    /// As [`Engine::values`], of several tensors, one after the other.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn all_values(
        &self,
        tensors: Vec<Tensor<1>>,
    ) -> Result<Vec<f32>, EngineError> {
        match self.kind {
            // Without the operation that joins tensors, of all kinds of numbers.
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => Ok(tensors.into_iter().flat_map(host).collect()),
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => read(Tensor::cat(tensors, 0)).await,
        }
    }
}

/// The numbers of a tensor of the CPU engine, row by row.
///
/// By way of the backend's own tensor, as [`numbers`]: burn's general way from and to numbers brings
/// along conversions between all types of them, an eighth of the whole engine.
#[cfg(feature = "engine-cpu")]
pub(crate) fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let tensor = tensor
        .try_into_primitive::<Flex>()
        .expect("the CPU engine's tensors are its own");
    // burn's own operations also turn and cut tensors where they lie.
    #[cfg(feature = "general")]
    let tensor = tensor.to_contiguous();
    let values = tensor
        .as_slice()
        .expect("f32, row by row, as they were made");
    values.to_vec()
}

/// A tensor of the CPU engine of numbers, row by row.
#[cfg(feature = "engine-cpu")]
pub(crate) fn numbers<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
}

/// Reads the numbers of a tensor of the WebGPU engine back, row by row. In a browser this is the only
/// way: a blocking read would stop the thread that has to answer it.
///
/// # Errors
/// If the device was lost or ran out of memory.
#[cfg(feature = "engine-webgpu")]
pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, EngineError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| EngineError::Device(root_cause(&error.to_string())))?;
    data.try_into_vec()
        .map_err(|error| EngineError::Device(format!("{error:?}")))
}

/// The innermost of a chain of causes, the one that says something.
#[cfg(feature = "engine-webgpu")]
fn root_cause(chain: &str) -> String {
    let innermost = chain.rsplit("Caused by:").next().unwrap_or(chain);
    innermost.trim().trim_end_matches('.').to_owned()
}

/// Why an engine cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// The browser or system offers no adapter, or the adapter no device.
    NoAdapter(String),
    /// The device stopped answering.
    Device(String),
    /// Numbers are infinite, or none, where these should be.
    Overflow(&'static str),
    /// What a black box says, in a sentence.
    #[cfg(feature = "general")]
    BlackBox(String),
    /// The engine cannot do this; another one can.
    Unsupported(&'static str),
    /// The adapter has no buffers of this size.
    #[cfg(any(test, feature = "engine-webgpu"))]
    TooLarge {
        /// Of what, as the beginning of a sentence.
        what: &'static str,
        /// What would fit.
        remedy: &'static str,
        /// Bytes that it takes in one buffer.
        bytes: u64,
        /// Bytes of the largest buffer that a shader may be given.
        limit: u64,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAdapter(reason) => write!(f, "There is no WebGPU adapter to use ({reason})."),
            Self::Device(reason) => write!(f, "The device stopped answering ({reason})."),
            Self::Unsupported(what) => f.write_str(what),
            #[cfg(any(test, feature = "engine-webgpu"))]
            Self::TooLarge {
                what,
                remedy,
                bytes,
                limit,
            } => write!(
                f,
                "{what} take {} MB in one buffer, and this graphics adapter allows {} MB \
                 (maxStorageBufferBindingSize): {remedy}, or choose the CPU engine.",
                bytes.div_ceil(1_000_000),
                limit / 1_000_000
            ),
            #[cfg(feature = "general")]
            Self::BlackBox(what) => f.write_str(what),
            Self::Overflow(what) => write!(
                f,
                "{what} cannot be computed: on the way, numbers leave the range of single precision \
                 (3.4e38). Check that the images' values are those that the network was trained on, \
                 or scale them, or its weights, down."
            ),
        }
    }
}

impl std::error::Error for EngineError {}
