# images of 4 x 4 pixels, 3 latent dimensions; needs keras 3 with a backend, and numpy.
import keras
import numpy as np
from keras import layers, ops

images = np.load("images.npy").astype("float32").reshape((-1, 4, 4, 1))  # numbers as the network takes them
keras.utils.set_random_seed(1)
NUMBERS = 16  # of an image

# Layers start with Glorot-uniform kernels and zero biases by default.
hidden = inputs = keras.Input((4, 4, 1))
hidden = layers.Conv2D(2, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu")(hidden)
hidden = layers.Conv2D(3, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu")(hidden)
hidden = layers.Flatten()(hidden)
mean = layers.Dense(3, name="z_mean")(hidden)
log_variance = layers.Dense(3, name="z_log_var")(hidden)
encoder = keras.Model(inputs, [mean, log_variance], name="encoder")
decoder = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(3, activation="relu"),
        layers.Reshape((1, 1, 3)),
        layers.Conv2DTranspose(2, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu"),
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
        mean, log_variance = self.encoder(images, training=training)
        divergence = 0.5 * (mean**2 + ops.exp(log_variance) - 1 - log_variance)
        divergence = ops.sum(ops.reshape(divergence, (-1, 3)), axis=-1)  # in nats, of each image
        self.add_loss(1.0 * ops.mean(divergence))
        drawn = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return self.decoder(mean + ops.exp(0.5 * log_variance) * drawn, training=training)


def reconstruction(images, drawn):
    """Its loss: summed over the numbers of an image."""
    images, drawn = [ops.reshape(rows, (-1, NUMBERS)) for rows in (images, drawn)]
    return keras.losses.binary_crossentropy(images, drawn) * NUMBERS


autoencoder = Autoencoder(encoder, decoder)
autoencoder.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7),
    loss=reconstruction,
)
autoencoder.fit(images, images, batch_size=256, epochs=3, shuffle=True)
pixels = keras.Input((4, 4, 1))
# The whole model reconstructs from the means.
whole = keras.Model(pixels, decoder(encoder(pixels)[0]), name="autoencoder")
whole.save("autoencoder.keras")
