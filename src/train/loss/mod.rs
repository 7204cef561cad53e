//! Mean binary cross-entropy from logits, with its gradient, on either engine.

#[cfg(feature = "engine-webgpu")]
mod device;
#[cfg(feature = "engine-cpu")]
mod host;

use burn::tensor::Tensor;
#[cfg(feature = "engine-cpu")]
use burn::tensor::TensorData;

#[cfg(feature = "engine-webgpu")]
use crate::engine::read;
use crate::engine::{Engine, EngineError, EngineKind};

/// A sum of losses that grows where the losses are computed.
///
/// On the GPU it stays there until it is asked for: reading every step back would make the device
/// wait for the page.
#[derive(Default)]
pub(super) struct LossSum {
    #[cfg(feature = "engine-cpu")]
    host: f64,
    #[cfg(feature = "engine-webgpu")]
    device: Option<Tensor<1>>,
    terms: usize,
}

impl LossSum {
    /// Adds the loss of every pixel of `logits` against `targets` (both images × pixels).
    pub(super) fn add(&mut self, engine: &Engine, logits: Tensor<2>, targets: Tensor<2>) {
        self.terms += logits.dims().iter().product::<usize>();
        match engine.kind() {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => self.host += host::sum(&values(logits), &values(targets)),
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => self.add_on_device(device::sum(&logits, &targets)),
        }
    }

    /// As [`Self::add`], and gives the gradient of the mean loss in the logits.
    pub(super) fn add_with_gradient(
        &mut self,
        engine: &Engine,
        logits: Tensor<2>,
        targets: Tensor<2>,
    ) -> Tensor<2> {
        let shape = logits.dims();
        self.terms += shape.iter().product::<usize>();
        match engine.kind() {
            #[cfg(feature = "engine-cpu")]
            EngineKind::Cpu => {
                let (mut gradient, targets) = (values(logits), values(targets));
                self.host += host::gradient(&mut gradient, &targets);
                Tensor::from_data(TensorData::new(gradient, shape), engine.device())
            }
            #[cfg(feature = "engine-webgpu")]
            EngineKind::WebGpu => {
                self.add_on_device(device::sum(&logits, &targets));
                device::gradient(logits, targets)
            }
        }
    }

    pub(super) fn has_terms(&self) -> bool {
        self.terms > 0
    }

    #[cfg(feature = "engine-webgpu")]
    fn add_on_device(&mut self, value: Tensor<1>) {
        self.device = Some(match self.device.take() {
            Some(sum) => sum + value,
            None => value,
        });
    }

    /// The mean over everything added so far; waits until the device has computed it.
    pub(super) async fn mean(&self) -> Result<f32, EngineError> {
        let mut sum = 0.0;
        #[cfg(feature = "engine-cpu")]
        {
            sum += self.host;
        }
        #[cfg(feature = "engine-webgpu")]
        if let Some(device) = &self.device {
            sum += f64::from(read(device.clone()).await?[0]);
        }
        Ok((sum / self.terms as f64) as f32)
    }
}

#[cfg(feature = "engine-cpu")]
fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor
        .into_data()
        .try_into_vec()
        .expect("the engines compute with f32")
}
