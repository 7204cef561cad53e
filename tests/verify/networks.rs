//! Networks that differ from others by what a test does to their layers.

use latent_lens::model::{Dense, Half, Network};

/// `network` with its encoder's and its decoder's layers as `change` leaves them.
pub fn changed(
    network: &Network,
    change: impl FnOnce(&mut Vec<Dense>, &mut Vec<Dense>),
) -> Network {
    let layers = |half: &Half| -> Vec<Dense> {
        let layers = half.dense().expect("dense layers");
        layers.into_iter().cloned().collect()
    };
    let (mut encoder, mut decoder) = (layers(network.encoder()), layers(network.decoder()));
    change(&mut encoder, &mut decoder);
    Network::dense(encoder, decoder).expect("layers that follow each other")
}
