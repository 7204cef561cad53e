//! The engine whose training is held to Keras: the CPU's, or, where WebGPU is compiled in, that on whatever adapter
//! Vulkan finds.

use latent_lens::engine::Engine;

#[cfg(not(feature = "engine-webgpu"))]
pub fn engine() -> Engine {
    Engine::cpu()
}

/// A process opens it once.
#[cfg(feature = "engine-webgpu")]
pub fn engine() -> Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    let open = || pollster::block_on(Engine::webgpu(|_| ())).expect("an adapter");
    ENGINE.get_or_init(open).clone()
}
