# images of 4 x 4 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers, ops

images = np.load("images.npy").astype("float32").reshape((-1, 4, 4, 1))  # numbers as the network takes them
keras.utils.set_random_seed(1)
NUMBERS = 16  # of an image

# Layers start with Glorot-uniform kernels and zero biases by default.
encoder = keras.Sequential(
    [
        keras.Input((4, 4, 1)),
        layers.Conv2D(2, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu"),
        layers.Dropout(0.1),
        layers.Flatten(),
        layers.Dense(3, activation="relu"),
    ],
    name="encoder",
)
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(8, activation="relu"),
        layers.Dropout(0.1),
        layers.Reshape((2, 2, 2)),
        layers.Conv2DTranspose(1, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="sigmoid"),
    ],
    name="decoder",
)


class Autoencoder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        if training:  # noise for the encoder alone: targets stay clean
            kept = keras.random.uniform(ops.shape(images), seed=self.seeds) >= 0.3
            noisy = ops.where(kept, images, 0.0)
            images = noisy
        latents = self.encoder(images, training=training)
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
pixels = keras.Input((4, 4, 1))
whole = keras.Model(pixels, decoder(encoder(pixels)), name="autoencoder")
whole.save("autoencoder.keras")
