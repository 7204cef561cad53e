# images of 1 x 16 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers, ops

images = np.load("images.npy").astype("float32").reshape((-1, 16))  # numbers as the network takes them
keras.utils.set_random_seed(1)
NUMBERS = 16  # of an image

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
        keras.Input((16,)),
        layers.Dense(3, activation="relu"),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(16, activation="sigmoid"),
    ],
    name="decoder",
)


class Autoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        latents = self.encoder(images, training=training)
        absolute = ops.sum(ops.abs(latents), axis=-1)
        self.add_loss(0.001 * ops.mean(absolute))
        return self.decoder(latents, training=training)


def reconstruction(images, drawn):
    """Its loss: the mean over the numbers of an image."""
    images, drawn = [ops.reshape(rows, (-1, NUMBERS)) for rows in (images, drawn)]
    return keras.losses.binary_crossentropy(images, drawn)


autoencoder = Autoencoder(encoder, decoder)
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss=reconstruction,
)
autoencoder.fit(images, images, batch_size=256, epochs=3, shuffle=True)
pixels = keras.Input((16,))
whole = keras.Model(pixels, decoder(encoder(pixels)), name="autoencoder")
whole.save("autoencoder.keras")
