//! What lies between encoder and decoder: latents that are drawn, and what is added to the loss for them.

/// How the latents of a batch (images × dimensions) come about in a variational network.
#[derive(Default)]
pub(super) struct Drawn {
    /// Logarithms of the variances. The means are what the encoder gives.
    pub log_variances: Vec<f32>,
    /// Standard normal draws.
    pub noise: Vec<f32>,
    /// What the decoder is given: mean + deviation · noise.
    pub latents: Vec<f32>,
}

impl Drawn {
    /// Draws latents around `means`.
    pub fn draw(&mut self, means: &[f32]) {
        self.latents.clear();
        let around = means.iter().zip(&self.log_variances).zip(&self.noise);
        let latents = around.map(|((&mean, &log_variance), &noise)| {
            let deviation = (0.5 * log_variance).exp();
            mean + deviation * noise
        });
        self.latents.extend(latents);
    }

    /// The divergence from the standard normal distribution, in nats, added up over images and dimensions.
    pub fn divergence(&self, means: &[f32]) -> f64 {
        let each = means.iter().zip(&self.log_variances);
        let divergences = each.map(|(&mean, &log_variance)| {
            let (mean, log_variance) = (f64::from(mean), f64::from(log_variance));
            0.5 * (log_variance.exp() + mean * mean - 1.0 - log_variance)
        });
        divergences.sum()
    }

    /// Makes the gradient in the latents that in the means, and gives that in the log-variances; `weight` is
    /// what the gradient of the divergence is multiplied by.
    pub fn back(&self, means: &[f32], weight: f32, gradient: &mut [f32]) -> Vec<f32> {
        let around = means.iter().zip(&self.log_variances).zip(&self.noise);
        let both = around
            .zip(gradient)
            .map(|(((&mean, &log_variance), &noise), gradient)| {
                let deviation = (0.5 * log_variance).exp();
                let of_log_variance =
                    0.5 * (*gradient * deviation * noise + weight * (deviation * deviation - 1.0));
                *gradient += weight * mean;
                of_log_variance
            });
        both.collect()
    }
}

/// Sum of the absolute latents, and how many are not 0.
pub(super) fn activity(latents: &[f32]) -> (f64, usize) {
    let sum = latents.iter().map(|latent| f64::from(latent.abs())).sum();
    let active = latents.iter().filter(|latent| **latent != 0.0).count();
    (sum, active)
}

/// Adds `weight` times the derivative of absolute latents to the gradient in them.
pub(super) fn add_sparsity(latents: &[f32], weight: f32, gradient: &mut [f32]) {
    for (gradient, &latent) in gradient.iter_mut().zip(latents) {
        let sign = f32::from(u8::from(latent > 0.0)) - f32::from(u8::from(latent < 0.0));
        *gradient += weight * sign;
    }
}
