//! Whether a network's layers fit each other: those that come from outside may not.

use super::{Dense, Network};

impl Network {
    /// Refuses a network that images cannot pass from end to end, or that is not of finite numbers.
    ///
    /// # Errors
    /// One sentence: what is wrong, and where.
    pub fn check(&self) -> Result<(), String> {
        let mut given = self.encoder.first().map_or(0, Dense::inputs);
        let pixels = given;
        for (half, layers) in [("encoder", &self.encoder), ("decoder", &self.decoder)] {
            if layers.is_empty() {
                return Err(format!("The {half} has no layers."));
            }
            for (at, layer) in layers.iter().enumerate() {
                check(layer, given)
                    .map_err(|what| format!("Layer {} of the {half} {what}.", at + 1))?;
                given = layer.outputs();
            }
        }
        if given == pixels {
            Ok(())
        } else {
            Err(format!(
                "The decoder gives {given} pixels, but the encoder takes {pixels}."
            ))
        }
    }
}

fn check(layer: &Dense, given: usize) -> Result<(), String> {
    let (inputs, outputs) = layer.weight.dim();
    let biases = layer.bias.len();
    let (_, parameter) = layer.activation.key();
    let mut numbers = layer.weight.iter().chain(&layer.bias).chain([&parameter]);
    if inputs == 0 || outputs == 0 {
        Err(format!("has no weights: {inputs} × {outputs}"))
    } else if inputs != given {
        Err(format!("takes {inputs} numbers, but is given {given}"))
    } else if biases != outputs {
        Err(format!("has {biases} biases for {outputs} outputs"))
    } else if !numbers.all(|number| number.is_finite()) {
        Err("holds a number that is infinite or NaN".into())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::model::Activation;

    type Spoil = fn(&mut Network);

    #[test]
    fn what_images_cannot_pass_is_refused_with_the_place() {
        let good = || Network::untrained(6, &[4], 2, 1);
        assert_eq!(good().check(), Ok(()));
        let refusal = |spoil: Spoil| {
            let mut network = good();
            spoil(&mut network);
            network.check().unwrap_err()
        };
        let cases: [(Spoil, &str); 9] = [
            (|of| of.encoder.clear(), "The encoder has no layers."),
            (|of| of.decoder.clear(), "The decoder has no layers."),
            (
                |of| of.encoder[0].weight = Array2::zeros((0, 4)),
                "Layer 1 of the encoder has no weights: 0 × 4.",
            ),
            (
                |of| of.encoder[1].weight = Array2::zeros((3, 2)),
                "Layer 2 of the encoder takes 3 numbers, but is given 4.",
            ),
            (
                |of| of.decoder[0].weight = Array2::zeros((3, 4)),
                "Layer 1 of the decoder takes 3 numbers, but is given 2.",
            ),
            (
                |of| of.decoder[0].bias = Array1::zeros(5),
                "Layer 1 of the decoder has 5 biases for 4 outputs.",
            ),
            (
                |of| of.encoder[0].weight[[1, 1]] = f32::NAN,
                "Layer 1 of the encoder holds a number that is infinite or NaN.",
            ),
            (
                |of| {
                    of.encoder[1].activation = Activation::LeakyRelu {
                        slope: f32::INFINITY,
                    }
                },
                "Layer 2 of the encoder holds a number that is infinite or NaN.",
            ),
            (
                |of| of.decoder.truncate(1),
                "The decoder gives 4 pixels, but the encoder takes 6.",
            ),
        ];
        for (spoil, sentence) in cases {
            assert_eq!(refusal(spoil), sentence);
        }
    }
}
